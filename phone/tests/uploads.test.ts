/** Photos on their way: nothing is begun anew that can go on, nothing deleted that the server could lose. */
import { expect, test } from "vitest";

import { Refused } from "../src/engine/http.ts";
import { ASSIGNMENT, County, exported, exportedWork, type Handset, hashOfBytes } from "./county.ts";

const sent = (phone: Handset) =>
  phone.line.requests.filter((one) => one.path.includes("upload")).map((one) => one.method).join(" ");

async function ready(size = 25): Promise<{ phone: Handset; visit: string; evidence: string }> {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const evidence = await phone.photo(visit, size);
  await phone.engine.sync();
  phone.line.requests.length = 0;
  return { phone, visit, evidence };
}

test("a file goes up in pieces, each with its place and hash, and stands in the row after each", async () => {
  const { phone, evidence } = await ready();
  expect(await phone.engine.upload()).toEqual({ done: 1, trouble: null });
  const patches = phone.line.requests.filter((one) => one.method === "PATCH");
  expect(patches.map((one) => one.headers["Upload-Offset"])).toEqual(["0", "10", "20"]);
  expect(patches.every((one) => one.headers["Upload-Checksum"]!.startsWith("sha256 "))).toBe(true);
  expect(await phone.file(evidence)).toMatchObject({ offset: 25, verified: 0, bytes: 1 });
});

test("after a cut it goes on from where the server stands, and not from where the phone thinks", async () => {
  const { phone, evidence } = await ready();
  phone.line.planned.push(...(["none", "none", "cut"] as never[]));
  expect((await phone.engine.upload()).trouble).not.toBeNull();
  expect(await phone.file(evidence)).toMatchObject({ offset: 10 });
  expect(await phone.words()).toContain("正在上传 40%");
  phone.line.requests.length = 0;
  expect(await phone.engine.upload()).toEqual({ done: 1, trouble: null });
  expect(sent(phone)).toBe("HEAD PATCH");
  expect(phone.server.life.feed.get("evidence", evidence)!["state"]).toBe("verified");
});

test("a lost answer to the last piece is found out by asking", async () => {
  const { phone } = await ready(10);
  phone.line.planned.push(...(["none", "lost answer"] as never[]));
  await phone.engine.upload();
  phone.line.requests.length = 0;
  expect(await phone.engine.upload()).toEqual({ done: 1, trouble: null });
  expect(sent(phone)).toBe("HEAD");
});

test("bytes wait for their fact, and are deleted when verified was pulled and a backup has passed that", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const evidence = await phone.photo(visit);
  expect(await phone.engine.upload()).toEqual({ done: 0, trouble: null });
  await phone.engine.sync();
  await phone.engine.upload();
  phone.server.backUp();
  await phone.engine.sync();
  expect([(await phone.file(evidence)).verified > 0, (await phone.chunks()).length]).toEqual([true, 1]);
  phone.server.backUp();
  await phone.engine.sync();
  expect([await phone.file(evidence), await phone.chunks()]).toMatchObject([{ bytes: 0 }, []]);
  expect(await phone.words()).toEqual(["已核验"]);
  expect(await phone.engine.capture.bytesOf(evidence)).toBeNull();
});

test("a restored server receives the photo again", async () => {
  const { phone, evidence } = await ready();
  phone.server.backUp();
  await phone.engine.upload();
  await phone.engine.sync();
  phone.server.restore();
  await phone.engine.sync();
  expect(phone.server.life.feed.get("evidence", evidence)!["state"]).toBe("awaited");
  await phone.engine.upload();
  expect(phone.server.life.feed.get("evidence", evidence)!["state"]).toBe("verified");
});

test("what the server does not take is not sent again, is shown with its reason, kept and exported", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const bytes = new TextEncoder().encode("no picture");
  const evidence = await phone.engine.capture.keep({ visit, bytes, filetype: "text/plain" });
  await phone.engine.sync();
  await phone.engine.upload();
  phone.line.requests.length = 0;
  await phone.engine.upload();
  expect(phone.line.requests).toEqual([]);
  const [item] = (await phone.engine.status.items()).filter((one) => one.what === "file");
  expect(item).toMatchObject({ id: evidence, code: "unsupported_type", where: "phone" });
  const [file] = (await exportedWork(phone)).files;
  expect(file).toMatchObject({ evidence, sha256: hashOfBytes(bytes), size: bytes.length });
  expect((await exported(phone)).get(file.name)).toEqual(bytes);
});

test("one file's trouble is not the others'", async () => {
  const { phone, visit } = await ready();
  await phone.photo(visit, 12);
  await phone.engine.sync();
  phone.line.planned.push("503");
  const { done, trouble } = await phone.engine.upload();
  expect([done, trouble instanceof Refused && trouble.status]).toEqual([1, 503]);
});

test("a database that lost bytes says so before anything wrong is sent", async () => {
  const { phone, evidence } = await ready();
  await phone.store.write(["chunks"], (tx) => tx.clear("chunks"));
  await phone.engine.upload();
  expect((await phone.file(evidence)).refused).toBe("not_readable");
});

test("bytes that changed in the database are given up after a few whole attempts", async () => {
  const { phone, evidence } = await ready();
  const [chunk] = await phone.chunks();
  await phone.store.write(["chunks"], (tx) => tx.put("chunks", { ...chunk!, bytes: new Uint8Array(25).buffer }));
  await phone.engine.upload();
  expect(await phone.file(evidence)).toMatchObject({ refused: "gave_up", restarts: 4 });
});

test("a photo of several megabytes lies in rows of at most one, and hashes alike", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const bytes = new Uint8Array(2_500_000).map((_, at) => at % 251);
  const evidence = await phone.engine.capture.keep({ visit, bytes, filetype: "image/jpeg" });
  expect((await phone.chunks()).map((row) => row.bytes.byteLength)).toEqual([1048576, 1048576, 402848]);
  expect(hashOfBytes((await phone.engine.capture.bytesOf(evidence))!)).toBe((await phone.file(evidence)).sha256);
});

test("where a picture was being taken is known after the app was ended, until there is one or none is wanted", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const place = { visit, answer_key: "Q1" };
  await phone.engine.capture.begin(place);
  await phone.open();
  expect(await phone.engine.capture.underWay()).toEqual(place);
  await phone.photo(visit);
  expect(await phone.engine.capture.underWay()).toBeNull();
  await phone.engine.capture.begin(place);
  await phone.engine.capture.abandon();
  expect(await phone.engine.capture.underWay()).toBeNull();
});

test("a picture without bytes is refused in plain words", async () => {
  const phone = await new County().phone();
  const empty = { visit: "v", bytes: new Uint8Array(), filetype: "image/jpeg" };
  await expect(phone.engine.capture.keep(empty)).rejects.toThrow("没有取到文件内容");
});

test("a photo whose visit the phone may not see any more is let go of once a backup has passed its last byte", async () => {
  const { phone, evidence } = await ready();
  await phone.engine.upload();
  phone.server.life.grants.get(1)!.delete(`crew:${ASSIGNMENT}`);
  await phone.engine.sync();
  expect(await phone.engine.overlay.document("evidence", evidence)).toBeUndefined();
  await phone.engine.sync();
  expect((await phone.file(evidence)).verified).toBeGreaterThan(0);
  expect((await phone.chunks()).length).toBe(1);
  phone.server.backUp();
  await phone.engine.sync();
  expect([await phone.file(evidence), await phone.chunks()]).toMatchObject([{ bytes: 0 }, []]);
});

test("a photo whose fact waits for somebody's decision is kept, whatever of it arrived", async () => {
  const { phone, visit, evidence } = await ready();
  await phone.engine.upload();
  const [fact] = (await phone.ops()).filter((op) => op.name === "evidence.add" && op.id === evidence);
  const held = { ...fact!, answer: { ...fact!.answer!, status: "quarantined" as const } };
  await phone.store.write(["ops"], (tx) => tx.put("ops", held));
  phone.server.life.grants.get(1)!.delete(`crew:${ASSIGNMENT}`);
  for (let round = 0; round < 3; round++) await phone.engine.sync();
  expect([visit !== "", (await phone.file(evidence)).verified]).toEqual([true, 0]);
});
