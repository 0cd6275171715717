/** Work that is refused for good: taken out first, then put down; what is nowhere else is never put down. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { retry } from "../src/around/retry.ts";
import { type Entry, zip } from "../src/engine/zip.ts";
import { bodyOf } from "../src/engine/outbox.ts";
import { ASSIGNMENT, County, exported, exportedWork, type Handset } from "./county.ts";

async function refusedPhoto(): Promise<{ phone: Handset; visit: string; photo: string }> {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const bytes = new TextEncoder().encode("no picture");
  const photo = await phone.engine.capture.keep({ visit, bytes, filetype: "text/plain" });
  await phone.engine.sync();
  await phone.engine.upload();
  return { phone, visit, photo };
}

const wayOf = async (phone: Handset, id: string) => (await phone.engine.status.items()).find((item) => item.id === id);

test("a refused photo is put down once it was exported, keeps nobody from signing out, and is still on the phone", async () => {
  const { phone, photo } = await refusedPhoto();
  const { engine } = phone;
  expect(await wayOf(phone, photo)).toMatchObject({ where: "phone", way: "export", code: "unsupported_type" });
  await expect(engine.putting.down(photo)).rejects.toMatchObject({ code: "not_exported" });
  await expect(engine.session.signOut()).rejects.toMatchObject({ code: "unsent_work" });
  await exported(phone);
  expect(await wayOf(phone, photo)).toMatchObject({ way: "down" });
  await engine.putting.down(photo);
  expect(await wayOf(phone, photo)).toMatchObject({ where: "down", words: "已导出留底", way: "none" });
  expect([await engine.status.unsent(), (await phone.chunks()).length]).toEqual([0, 1]);
  expect((await exportedWork(phone)).files.map((file: { evidence: string }) => file.evidence)).toEqual([photo]);
  await engine.session.signOut();
  expect(await phone.ops()).toEqual([]);
});

test("an export that was broken off counts for nothing", async () => {
  const { phone, photo } = await refusedPhoto();
  for await (const piece of phone.engine.export()) if (piece.length > 0) break;
  await expect(phone.engine.putting.down(photo)).rejects.toMatchObject({ code: "not_exported" });
});

test("what was put down goes up after all when the person asks", async () => {
  const { phone, photo } = await refusedPhoto();
  await exported(phone);
  await phone.engine.putting.down(photo);
  await retry(phone.store, photo);
  expect([await wayOf(phone, photo), await phone.engine.status.unsent()]).toMatchObject([{ where: "phone", code: "" }, 1]);
});

test("work that may still go out is never put down", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const photo = await phone.photo(visit);
  const op = await phone.engine.do("visit.amend", visit, { remarks: "x" });
  await exported(phone);
  for (const id of [photo, op.op]) await expect(phone.engine.putting.down(id)).rejects.toMatchObject({ code: "not_refused" });
});

test("an operation that no message can carry leaves its number to one that says so, and later submissions pass", async () => {
  const phone = await new County().phone();
  const { engine } = phone;
  const visit = await phone.begin();
  const large = await engine.do("visit.amend", visit, { remarks: "x".repeat(4000) });
  await engine.outbox.setAside(large, "op_too_large");
  await expect(engine.putting.down(large.op)).rejects.toMatchObject({ code: "not_exported" });
  expect((await exportedWork(phone)).ops).toEqual([JSON.parse(bodyOf(large))]);
  await engine.putting.down(large.op);
  await engine.submit(visit);
  expect(await engine.sync()).toBeNull();
  expect(phone.server.life.feed.get("visit", visit)!["state"]).toBe("submitted");
  const stored = [...phone.server.life.kept.values()].find((row) => row.n === large.n)!;
  expect(JSON.parse(stored.raw)).toMatchObject({ kind: "phone", verb: "put_down", id: large.op, data: { op: large.op, name: "visit.amend" } });
  expect(await wayOf(phone, large.op)).toMatchObject({ where: "down" });
  expect((await exportedWork(phone)).ops.map((op: { op: string }) => op.op)).toEqual([large.op]);
  expect(await engine.status.unsent()).toBe(0);
});

test("what the server keeps for a reviewer is acknowledged without an export, and stays in its custody", async () => {
  const phone = await new County().phone();
  const op = await phone.engine.do("assignment.fold", ASSIGNMENT);
  await phone.engine.sync();
  expect(await wayOf(phone, op.op)).toMatchObject({ where: "server", way: "down" });
  await phone.engine.putting.down(op.op);
  expect(await wayOf(phone, op.op)).toMatchObject({ code: "", way: "none", reason: "已交督导办核对，您已知悉。" });
});

async function* piecesOf(bytes: Uint8Array, each: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += each) yield bytes.slice(at, at + each);
}

test("other programs open the ZIP and find every checksum right", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * at) % 251);
  const entries: Entry[] = [
    { name: "work.json", pieces: () => piecesOf(new TextEncoder().encode("{}"), 1) },
    { name: "files/照片.jpg", pieces: () => piecesOf(bytes, 4096) },
    { name: "files/empty.bin", pieces: () => piecesOf(new Uint8Array(), 1) },
  ];
  const pieces: Uint8Array[] = [];
  for await (const piece of zip(entries)) pieces.push(piece);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBe(4096);
  const folder = mkdtempSync(join(tmpdir(), "zip-"));
  writeFileSync(join(folder, "a.zip"), Buffer.concat(pieces));
  const script = "import sys,zipfile,hashlib;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;print([(n,len(z.read(n))) for n in z.namelist()])";
  const told = execFileSync("python3", ["-X", "utf8", "-c", script, join(folder, "a.zip")], { encoding: "utf-8" });
  rmSync(folder, { recursive: true });
  expect(told.trim()).toBe("[('work.json', 2), ('files/照片.jpg', 100000), ('files/empty.bin', 0)]");
});

test("what no ZIP of this kind can hold is refused in a sentence", async () => {
  const nothing = new Uint8Array();
  const many: Entry[] = Array.from({ length: 65_536 }, (_, at) => ({ name: `${at}`, pieces: () => piecesOf(nothing, 1) }));
  const all = (async () => {
    for await (const piece of zip(many)) if (piece.length < 0) return;
  })();
  await expect(all).rejects.toMatchObject({ code: "export_too_large" });
});
