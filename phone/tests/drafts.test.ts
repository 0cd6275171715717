/** Half-written forms outlive the app and go with the person. */
import { expect, test } from "vitest";

import { MemoryStore } from "../src/engine/store/memory.ts";
import { County } from "./county.ts";

test("words that are no operation yet are there when the app opens again, and go when they are done", async () => {
  const store = new MemoryStore();
  const phone = await new County().phone("lead", store);
  await phone.engine.drafts.keep("finding/v1/TY-02/new", { words: "到场仅一" });
  phone.store = store.reopened();
  await phone.open();
  expect(await phone.engine.drafts.read("finding/v1/TY-02/new")).toEqual({ words: "到场仅一" });
  expect(await phone.engine.drafts.read("finding/v1/TY-03/new")).toBeNull();
  await phone.engine.drafts.forget("finding/v1/TY-02/new");
  expect(await phone.engine.drafts.read("finding/v1/TY-02/new")).toBeNull();
});

test("whoever signs in next finds nothing of it", async () => {
  const phone = await new County().phone();
  await phone.engine.drafts.keep("feedback/v1", { words: "已说明" });
  await phone.engine.session.signOut();
  expect(await phone.engine.drafts.read("feedback/v1")).toBeNull();
});
