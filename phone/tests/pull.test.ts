/** What a phone holds of the server's rows: scopes gained and lost, removals, floors, sums, another life. */
import { expect, test } from "vitest";

import { Base } from "../src/engine/base.ts";
import { MemoryStore } from "../src/engine/store/memory.ts";
import { TABLES, type BaseRow, type ScopeRow } from "../src/engine/store/port.ts";
import { type Page } from "../src/engine/wire.ts";
import { partOf, plus } from "../src/engine/sums.ts";
import { ASSIGNMENT, County, type Handset } from "./county.ts";

const SCOPE = `crew:${ASSIGNMENT}`;
const PAGE: Page = { epoch: "e1", rows: [], drop: [], reset: [], more: false, cursor: "c", csum: {}, durable: null };

async function applied(...pages: Partial<Page>[]): Promise<Record<string, string>> {
  const store = new MemoryStore();
  for (const page of pages) await store.write(TABLES, (tx) => new Base().apply(tx, { ...PAGE, ...page }));
  return Object.fromEntries([...store.disk.get("base")!.values()].map((row) => [(row as BaseRow).key, (row as BaseRow).scope]));
}

const put = (scope: string, rev = 1): Page["rows"][0] => [scope, "finding", "f", { rev }];
const gone = (scope: string): Page["rows"][0] => [scope, "finding", "f", null];

test.each([
  ["moves with the removal first", [gone("a"), put("b")], { "finding/f": "b" }],
  ["moves with the removal last", [put("b"), gone("a")], { "finding/f": "b" }],
  ["is removed where it is", [gone("a")], {}],
  ["comes twice", [put("a", 2), put("a", 3)], { "finding/f": "a" }],
])("an object that %s", async (_, rows, held) => {
  expect(await applied({ rows: [put("a")] }, { rows: rows as Page["rows"] })).toEqual(held);
});

test("a scope that is dropped takes only what is held under it", async () => {
  expect(await applied({ rows: [put("a")] }, { rows: [put("b")] }, { drop: ["a"] })).toEqual({ "finding/f": "b" });
  expect(await applied({ rows: [put("a")] }, { drop: ["a"] })).toEqual({});
});

test("a page that comes twice is as one that came once, also in the sums", async () => {
  const page = { ...PAGE, reset: ["b"], rows: [put("a"), gone("b"), put("b", 2), gone("a")], csum: { a: "", b: "" } };
  const sums = async (times: number) => {
    const store = new MemoryStore();
    for (let time = 0; time < times; time++) await store.write(TABLES, (tx) => new Base().apply(tx, page));
    return [...store.disk.get("scopes")!.values()] as ScopeRow[];
  };
  expect(await sums(2)).toEqual(await sums(1));
});

test("the sum of a scope is that of the protocol", () => {
  expect(partOf("target", "99", { rev: 3 })).toBe("af3f65c1df58db58");
  expect(plus("ffffffffffffffff", "0000000000000002")).toBe("0000000000000001");
});

async function synced(): Promise<{ county: County; phone: Handset; visit: string }> {
  const county = new County();
  const phone = await county.phone();
  return { county, phone, visit: await phone.begin() };
}

test("a scope that was lost while the phone was away leaves it, and the own unsent work stays and arrives", async () => {
  const { county, phone, visit } = await synced();
  await phone.engine.answer(visit, { Q1: { value: "mine" } });
  county.server.life.grants.get(1)!.delete(SCOPE);
  await phone.engine.pull.run();
  expect(await phone.engine.overlay.document("assignment", ASSIGNMENT)).toBeUndefined();
  expect(await phone.value(visit, "Q1")).toBeUndefined();
  expect((await phone.ops()).filter((op) => op.waiting).length).toBe(1);
  await phone.engine.sync();
  expect(county.server.life.feed.get("visit", visit)!["answers"]).toMatchObject({ Q1: { value: "mine" } });
  expect(await phone.store.read(["base"], (tx) => tx.where("base", "scope", SCOPE))).toEqual([]);
});

test("a cursor below a risen floor receives the scope anew, without what was removed", async () => {
  const { county, phone } = await synced();
  const { feed } = county.server.life;
  feed.put(SCOPE, "finding", "f", { visit: "v" });
  await phone.engine.sync();
  feed.remove("finding", "f");
  feed.purge();
  await phone.engine.sync();
  expect(await phone.engine.overlay.document("finding", "f")).toBeUndefined();
  expect(await phone.engine.overlay.document("assignment", ASSIGNMENT)).toMatchObject({ rev: 1 });
});

test("a row that the phone's database lost comes back by the sum", async () => {
  const { phone } = await synced();
  await phone.store.write(["base"], (tx) => tx.remove("base", `assignment/${ASSIGNMENT}`));
  await phone.open();
  await phone.engine.sync();
  expect(await phone.engine.overlay.document("assignment", ASSIGNMENT)).toMatchObject({ rev: 1 });
});

test("a phone that lost all rows of a scope names it with a sum of nothing", async () => {
  const { phone } = await synced();
  await phone.store.write(["base"], (tx) => tx.clear("base"));
  await phone.open();
  await phone.engine.sync();
  const asked = JSON.parse(String(phone.line.requests.filter((one) => one.path.endsWith("pull")).at(-1)!.body));
  expect(asked.csum[SCOPE]).toBe("0".repeat(16));
  expect(await phone.engine.overlay.document("assignment", ASSIGNMENT)).toMatchObject({ rev: 1 });
});

test("an answer to an older question of the phone changes nothing", async () => {
  const { county, phone } = await synced();
  const late = await phone.line.send(phone.line.requests.filter((one) => one.path.endsWith("pull")).at(-1)!);
  county.server.life.feed.put(SCOPE, "finding", "f", { visit: "v" });
  await phone.engine.sync();
  const cursor = (await phone.store.read(["meta"], (tx) => tx.get("meta", "cursor")))!.value;
  const asked = { cursor: "older", epoch: "e1" };
  await (phone.engine.pull as unknown as { arrive: (...all: unknown[]) => Promise<void> }).arrive(JSON.parse(late.text), asked, 9, 9);
  expect((await phone.store.read(["meta"], (tx) => tx.get("meta", "cursor")))!.value).toBe(cursor);
});

test("a restored server gets back what it lost, and the screen never shows less than was done", async () => {
  const { county, phone, visit } = await synced();
  county.server.backUp();
  await phone.engine.answer(visit, { Q1: { value: "after the backup" } });
  await phone.engine.sync();
  await phone.engine.sync();
  county.server.restore();
  phone.line.planned.push(...(["none", "none", "lost request"] as never[]));
  await phone.engine.sync();
  expect(county.server.life.feed.get("visit", visit)!["answers"]).toEqual({});
  await phone.engine.sync();
  expect(county.server.life.feed.get("visit", visit)!["answers"]).toMatchObject({ Q1: { value: "after the backup" } });
  expect(await phone.value(visit, "Q1")).toBe("after the backup");
});

test("the first download tells how far it is", async () => {
  const county = new County();
  for (let id = 0; id < 5000; id++) county.server.life.feed.put(SCOPE, "target", String(id), {});
  const phone = await county.phone();
  await phone.store.write(TABLES, (tx) => new Base().erase(tx));
  const told: number[] = [];
  await phone.engine.sync((rows) => told.push(rows));
  expect(told).toEqual([2000, 4000, 5001]);
});
