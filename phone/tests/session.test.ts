/** Signed in or not: nothing that happens to a session may cost work (protocol, Transport). */
import { expect, test } from "vitest";

import { Refused } from "../src/engine/http.ts";
import { Problem } from "../src/engine/reasons.ts";
import { ASSIGNMENT, County } from "./county.ts";

const DEVICE = { name: "x", platform: "test" };

test("an access token that ran out is renewed once, whoever needs it at the same time", async () => {
  const phone = await new County().phone();
  phone.server.expire(phone.line.device);
  phone.line.requests.length = 0;
  const ask = () => phone.engine.session.send({ method: "POST", path: "/api/v1/sync/offer", headers: {}, body: '{"ids":[]}' });
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect(phone.line.requests.filter((request) => request.path.endsWith("refresh")).length).toBe(1);
});

test("a lost answer to the renewal signs nobody out", async () => {
  const phone = await new County().phone();
  for (let round = 0; round < 3; round++) {
    phone.server.expire(phone.line.device);
    phone.line.planned.push(...(["none", "lost answer"] as never[]));
    expect(await phone.engine.sync()).not.toBeNull();
    phone.line.planned.length = 0;
    expect(await phone.engine.sync()).toBeNull();
  }
});

test("a session that the server ended keeps the work, shows it, and goes on after a new sign-in", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: "no" } });
  for (let round = 0; round < 3; round++) phone.server.expire(phone.line.device);
  const identity = (await phone.engine.session.identity())!;
  await phone.store.write(["meta"], (tx) =>
    tx.put("meta", { key: "identity", value: { ...identity, refresh: '{"device":"?","counter":-9}' } }),
  );
  expect((await phone.engine.sync()) as Problem).toMatchObject({ code: "signed_out" });
  expect(await phone.value(visit, "Q1")).toBe("no");
  phone.server.expire(phone.line.device);
  await phone.engine.session.signIn("lead", "right", DEVICE);
  expect((await phone.engine.session.identity())?.device).toBe(identity.device);
  phone.server["expired"].clear();
  expect(await phone.engine.sync()).toBeNull();
  expect(phone.server.life.feed.get("visit", visit)!["answers"]).toMatchObject({ Q1: { value: "no" } });
});

test("somebody else signs in only when nothing is unsent, and then finds an empty phone with an id of its own", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  const before = (await phone.engine.session.identity())!.device;
  await phone.engine.answer(visit, { Q1: { value: "no" } });
  await expect(phone.engine.session.signIn("member", "right", DEVICE)).rejects.toMatchObject({ code: "unsent_work" });
  await expect(phone.engine.session.signOut()).rejects.toMatchObject({ code: "unsent_work" });
  await phone.engine.sync();
  await phone.engine.session.signIn("member", "right", DEVICE);
  expect((await phone.engine.session.identity())!.device).not.toBe(before);
  expect([await phone.ops(), await phone.engine.overlay.all("visit")]).toEqual([[], []]);
});

test("a wrong password changes nothing", async () => {
  const phone = await new County().phone();
  const before = await phone.engine.session.identity();
  await expect(phone.engine.session.signIn("lead", "wrong", DEVICE)).rejects.toBeInstanceOf(Refused);
  expect(await phone.engine.session.identity()).toEqual(before);
});

test("after signing out nothing of the county is here", async () => {
  const phone = await new County().phone();
  await phone.engine.session.signOut();
  for (const table of ["base", "ops", "meta", "scopes"] as const) {
    expect(await phone.store.read([table], (tx) => tx.prefix(table, ""))).toEqual([]);
  }
});

test("a revoked phone hands in what it has, holds nothing of the county, and forgets its own when a backup has it", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: "no" } });
  await phone.photo(visit);
  phone.server.revoked.add(phone.line.device);
  await phone.engine.sync();
  expect(await phone.store.read(["base"], (tx) => tx.prefix("base", ""))).toEqual([]);
  expect((await phone.ops()).map((op) => [op.waiting, op.shown])).toEqual(Array(3).fill([0, 0]));
  await phone.engine.upload();
  await phone.engine.sync();
  const kept = [...phone.server.life.kept.values()].map((one) => [one.status, one.detail["code"]]);
  expect(kept).toEqual([["applied", undefined], ["quarantined", "author_disabled"], ["quarantined", "author_disabled"]]);
  expect([phone.server.life.blobs.size, (await phone.chunks()).length]).toEqual([1, 1]);
  phone.server.backUp();
  await phone.engine.sync();
  expect([await phone.ops(), await phone.chunks()]).toEqual([[], []]);
});

test("a phone that is trusted again receives everything again", async () => {
  const phone = await new County().phone();
  phone.server.revoked.add(phone.line.device);
  await phone.engine.sync();
  phone.server.revoked.clear();
  await phone.engine.sync();
  expect(await phone.engine.overlay.document("assignment", ASSIGNMENT)).toMatchObject({ rev: 1 });
});
