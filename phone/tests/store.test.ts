/** What the engine asks of a database, of both that there are: the one in memory and IndexedDB. */
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, test } from "vitest";

import { Crash, MemoryStore } from "../src/engine/store/memory.ts";
import { IndexedStore } from "../src/engine/store/indexed.ts";
import type { BaseRow, Store } from "../src/engine/store/port.ts";
import { recount } from "../src/engine/sums.ts";
import { ASSIGNMENT, County } from "./county.ts";

const row = (kind: string, id: string, scope: string): BaseRow => ({
  ...{ key: `${kind}/${id}`, scope, kind, id, sum: "0".repeat(16), doc: { rev: 1, list: [1, { a: null }] } },
});

function indexed(): Store {
  return new IndexedStore("dudao", { indexedDB: new IDBFactory(), IDBKeyRange });
}

describe.each([
  ["memory", () => new MemoryStore() as Store],
  ["IndexedDB", indexed],
])("%s", (_, open) => {
  test("keeps rows as they were and finds them by key, prefix and index, in the order of their keys", async () => {
    const store = open();
    await store.write(["base"], async (tx) => {
      for (const [kind, id, scope] of [["visit", "2", "a"], ["visit", "1", "b"], ["target", "9", "a"]] as const) {
        await tx.put("base", row(kind, id, scope));
      }
    });
    const read = <R>(work: (tx: Parameters<Parameters<Store["read"]>[1]>[0]) => Promise<R>) => store.read(["base"], work);
    expect(await read((tx) => tx.get("base", "visit/2"))).toEqual(row("visit", "2", "a"));
    expect(await read((tx) => tx.get("base", "visit/3"))).toBeUndefined();
    expect((await read((tx) => tx.prefix("base", "visit/"))).map((one) => one.id)).toEqual(["1", "2"]);
    expect((await read((tx) => tx.prefix("base", ""))).length).toBe(3);
    expect((await read((tx) => tx.where("base", "scope", "a"))).map((one) => one.key)).toEqual(["target/9", "visit/2"]);
  });

  test("a transaction that fails has changed nothing", async () => {
    const store = open();
    const failing = store.write(["base", "meta"], async (tx) => {
      await tx.put("base", row("visit", "1", "a"));
      await tx.put("meta", { key: "n", value: 1 });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await store.read(["base"], (tx) => tx.prefix("base", ""))).toEqual([]);
    expect(await store.read(["meta"], (tx) => tx.get("meta", "n"))).toBeUndefined();
  });

  test("sees inside a transaction what it wrote there, and removes and clears", async () => {
    const store = open();
    const seen = await store.write(["base"], async (tx) => {
      await tx.put("base", row("visit", "1", "a"));
      await tx.put("base", row("visit", "2", "a"));
      await tx.remove("base", "visit/1");
      const found = (await tx.where("base", "scope", "a")).map((one) => one.id);
      await tx.clear("base");
      return [found, await tx.prefix("base", "")];
    });
    expect(seen).toEqual([["2"], []]);
  });

  test("keeps bytes as bytes", async () => {
    const store = open();
    const bytes = new Uint8Array([0, 255, 7]).buffer;
    await store.write(["chunks"], (tx) => tx.put("chunks", { key: "p/0", bytes }));
    const found = await store.read(["chunks"], (tx) => tx.get("chunks", "p/0"));
    expect([...new Uint8Array(found!.bytes)]).toEqual([0, 255, 7]);
  });

  test("carries a whole visit with a photo to the server", async () => {
    const phone = await new County().phone("lead", open());
    const visit = await phone.begin();
    await phone.engine.answer(visit, { Q1: { value: "yes" } });
    const evidence = await phone.photo(visit);
    expect(await phone.engine.sync()).toBeNull();
    expect(await phone.engine.upload()).toEqual({ done: 1, trouble: null });
    expect(await phone.engine.sync()).toBeNull();
    await phone.engine.submit(visit);
    expect(await phone.engine.sync()).toBeNull();
    expect(phone.server.life.feed.get("visit", visit)!["state"]).toBe("submitted");
    expect(phone.server.life.feed.get("evidence", evidence)!["state"]).toBe("verified");
    expect(new Set(await phone.words())).toEqual(new Set(["已核验"]));
  });
});

test("IndexedDB keeps everything over a restart of the app", async () => {
  const factory = { indexedDB: new IDBFactory(), IDBKeyRange };
  const first = new IndexedStore("dudao", factory);
  const phone = await new County().phone("lead", first);
  const visit = await phone.engine.start(ASSIGNMENT);
  await phone.engine.answer(visit, { Q1: { value: "no" } });
  first.close();
  phone.store = new IndexedStore("dudao", factory);
  await phone.open();
  expect(await phone.value(visit, "Q1")).toBe("no");
  expect(await phone.engine.status.unsent()).toBe(2);
});

test("a connection that the system dropped is opened again", async () => {
  const store = indexed() as IndexedStore;
  await store.write(["meta"], (tx) => tx.put("meta", { key: "n", value: 1 }));
  let dropped = false;
  const found = await store.read(["meta"], async (tx) => {
    if (!dropped) {
      dropped = true;
      throw new Error("Connection to Indexed Database server lost. Refresh the page to try again");
    }
    return tx.get("meta", "n");
  });
  expect(found?.value).toBe(1);
});

test("a full phone says so in plain words, and nothing of the attempt is kept", async () => {
  const store = indexed();
  const full = store.write(["meta"], async (tx) => {
    await tx.put("meta", { key: "n", value: 1 });
    throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
  });
  await expect(full).rejects.toThrow("手机存储空间已满");
  expect(await store.read(["meta"], (tx) => tx.get("meta", "n"))).toBeUndefined();
});

test("a write that fails is loud", async () => {
  const store = indexed();
  const unclonable = { key: "n", value: (() => 1) as never };
  await expect(store.write(["meta"], (tx) => tx.put("meta", unclonable))).rejects.toThrow();
});

test("a process that died in the middle does nothing more", async () => {
  const store = new MemoryStore();
  store.crashAt(1, "before");
  await expect(store.write(["meta"], (tx) => tx.put("meta", { key: "n", value: 1 }))).rejects.toThrow(Crash);
  await expect(store.read(["meta"], (tx) => tx.get("meta", "n"))).rejects.toThrow(Crash);
  const again = store.reopened();
  expect(await again.read(["meta"], (tx) => tx.get("meta", "n"))).toBeUndefined();
  again.crashAt(1, "after");
  await expect(again.write(["meta"], (tx) => tx.put("meta", { key: "n", value: 2 }))).rejects.toThrow(Crash);
  expect((await again.reopened().read(["meta"], (tx) => tx.get("meta", "n")))?.value).toBe(2);
});

test("a phone of three thousand rows takes its first download in one piece and knows its sum", async () => {
  const county = new County();
  for (let id = 0; id < 3000; id++) county.server.life.feed.put(`crew:${ASSIGNMENT}`, "target", String(id), { name: "校" });
  const phone = await county.phone();
  const scope = await phone.store.read(["scopes"], (tx) => tx.get("scopes", `crew:${ASSIGNMENT}`));
  expect(scope?.sum).toBe(county.server.life.feed.scope(`crew:${ASSIGNMENT}`).sum);
  await phone.store.write(["base", "scopes"], recount);
  expect((await phone.store.read(["scopes"], (tx) => tx.get("scopes", `crew:${ASSIGNMENT}`)))?.sum).toBe(scope?.sum);
});
