/** Around the store: settings, room, retries, a guarded camera, a damaged database, messages read at once. */
import { expect, test } from "vitest";

import { guarded } from "../../src/around/guard.ts";
import { openMended } from "../../src/around/opening.ts";
import { retry } from "../../src/around/retry.ts";
import { databaseHolds } from "../../src/around/selfcheck.ts";
import { ORDINARY, SettingsBook } from "../../src/around/settings.ts";
import { holdings, LOW_BYTES, type Room } from "../../src/around/space.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { BaseRow, Store } from "../../src/engine/store/port.ts";
import { MemoryStore } from "../../src/engine/store/memory.ts";
import { Line, seeded } from "../server/line.ts";
import { County } from "../county.ts";

test("settings outlive the next opening, and an unknown size of letters is the ordinary one", async () => {
  const store = new MemoryStore();
  expect(await new SettingsBook(store).read()).toEqual(ORDINARY);
  await new SettingsBook(store).change({ scale: 130 });
  await new SettingsBook(store).change({ hintHidden: true });
  expect(await new SettingsBook(store).read()).toEqual({ ...ORDINARY, scale: 130, hintHidden: true });
  await new SettingsBook(store).change({ scale: 999 });
  expect((await new SettingsBook(store).read()).scale).toBe(100);
});

test("the probe of the database leaves nothing behind, and a store that refuses is told, not raised", async () => {
  const phone = await new County().phone();
  expect(await databaseHolds(phone.store)).toBe(true);
  expect(await phone.chunks()).toEqual([]);
  const broken: Store = { read: () => Promise.reject(new Error("x")), write: () => Promise.reject(new Error("x")) };
  expect(await databaseHolds(broken)).toBe(false);
});

test("the storage view counts what is not sent apart from what is only kept", async () => {
  const county = new County();
  const phone = await county.phone();
  const visit = await phone.begin();
  await phone.photo(visit, 25);
  const before = await holdings(phone.store);
  expect([before.unsent, before.kept, before.waiting]).toEqual([{ count: 1, bytes: 25 }, { count: 0, bytes: 0 }, 1]);
  await phone.engine.sync();
  await phone.engine.upload();
  const after = await holdings(phone.store);
  expect([after.unsent, after.kept, after.waiting]).toEqual([{ count: 0, bytes: 0 }, { count: 1, bytes: 25 }, 0]);
  expect([after.rows > 0, after.pulled > 0]).toEqual([true, true]);
});

test("no camera opens below 200 MB, and what is under way stays as it was; a picture at hand is still kept", async () => {
  const phone = await new County().phone();
  const room: Room = { free: LOW_BYTES - 1, used: 0, persisted: null };
  const Guarded = guarded(async () => room);
  const capture = new Guarded(phone.store, phone.engine.outbox);
  await expect(capture.begin({ visit: "v" })).rejects.toMatchObject({ code: "storage_low" });
  expect(await capture.underWay()).toBeNull();
  await capture.keep({ visit: await phone.begin(), bytes: new Uint8Array([1]), filetype: "image/jpeg" });
  room.free = LOW_BYTES;
  await capture.begin({ visit: "v" });
  expect(await capture.underWay()).toEqual({ visit: "v" });
});

test("a file that was refused goes up from its first byte when the person asks", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const photo = await phone.photo(visit, 25);
  const row = { ...(await phone.file(photo)), refused: "gave_up", restarts: 4, offset: 10, url: "/x" };
  await phone.store.write(["files"], (tx) => tx.put("files", row));
  await retry(phone.store, photo);
  await phone.engine.sync();
  await phone.engine.upload();
  expect(phone.server.life.blobs.size).toBe(1);
});

test("what was set aside goes into the queue again, word for word", async () => {
  const phone = await new County().phone();
  const op = await phone.engine.do("visit.amend", "v", { remarks: "x" });
  await phone.engine.outbox.setAside(op, "op_too_large");
  await retry(phone.store, op.op);
  expect((await phone.ops()).find((row) => row.op === op.op)).toEqual(op);
});

test("downloaded rows that are unreadable are thrown away and come anew; own work stays and goes out", async () => {
  const county = new County();
  const phone = await county.phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: "no" } });
  await phone.store.write(["base"], (tx) => tx.put("base", { key: "visit/x", scope: "s" } as BaseRow));
  const line = new Line(county.server, seeded(1));
  line.device = phone.line.device;
  let shown: Engine | undefined;
  const show = async (engine: Engine) => void (await (shown = engine).overlay.all("visit"));
  expect(await openMended({ store: phone.store, http: line, clock: phone.clock }, {}, show)).toBe(true);
  expect(await shown!.sync()).toBeNull();
  expect(county.server.life.feed.get("visit", visit)!["answers"]).toMatchObject({ Q1: { value: "no" } });
  expect(await openMended({ store: phone.store, http: line }, {}, show)).toBe(false);
});

test("a database that does not open even then is raised, and nothing of it is touched", async () => {
  const phone = await new County().phone();
  const before = await phone.store.read(["meta"], (tx) => tx.prefix("meta", ""));
  const shut: Store = { read: (tables, work) => phone.store.read(tables, work), write: () => Promise.reject(new Error("InvalidStateError")) };
  await expect(openMended({ store: shut, http: phone.line }, {}, async () => undefined)).rejects.toThrow("InvalidStateError");
  expect(await phone.store.read(["meta"], (tx) => tx.prefix("meta", ""))).toEqual(before);
});

test("everything up to a number is read on the screen at once", async () => {
  const county = new County();
  for (const seq of [1, 2, 3]) county.server.life.feed.put("user:1", "inbox", `m${seq}`, { seq, kind: "a", read: false });
  county.server.life.grant(1, "user:1");
  const phone = await county.phone();
  await phone.engine.do("inbox.read", "m2", { upto: 2 });
  const shown = await phone.engine.overlay.all("inbox");
  expect(shown.map(({ doc }) => doc["read"])).toEqual([true, true, false]);
});
