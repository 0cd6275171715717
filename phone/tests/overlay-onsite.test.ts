/** What the screen shows at once of entry, draws, fixes, decisions, refiling and staying away. */
import { expect, test } from "vitest";

import { clearing, messagesOf, unreadOf, wordFor } from "../src/around/inbox.ts";
import { draw, seedOf } from "../src/engine/draw.ts";
import { ASSIGNMENT, County } from "./county.ts";

const CLASSES = [1, 2, 3].map((number) => ({ grade: 4, number, size: 40 }));

test("entry and draws stand in the visit before the server has heard of them", async () => {
  const { engine } = await new County().phone();
  const visit = await engine.start(ASSIGNMENT);
  await engine.do("visit.enter", visit, { admitted: false, refused_by: "门卫", reason: "不开门", witness: 2 });
  await engine.do("visit.draw_classes", visit, { classes: CLASSES, count: 2, pupils: 3, number: 1 });
  const first = draw(seedOf(visit, 1), CLASSES, 2, 3);
  expect(await engine.overlay.document("visit", visit)).toMatchObject({
    entry: { admitted: false, certificates_shown: false, refused_by: "门卫", reason: "不开门", witness: 2, by: 1 },
    ...{ sample: first, draws: [{ number: 1, visit, seed: seedOf(visit, 1), count: 2, pupils: 3, classes: first, by: 1 }] },
  });
  await engine.do("visit.enter", visit, { certificates_shown: true, informed: "校长" });
  await engine.do("visit.draw_classes", visit, { classes: CLASSES, count: 2, pupils: 3, number: 2, reason: "外出研学" });
  await engine.do("visit.draw_classes", visit, { classes: CLASSES, count: 2, pupils: 3, number: 2 }); // the same once more
  const doc = (await engine.overlay.document("visit", visit))!;
  expect(doc["entry"]).toMatchObject({ admitted: true, informed: "校长", witness: null });
  expect((doc["draws"] as { number: number; reason: string }[]).map(({ number, reason }) => [number, reason])).toEqual([[1, ""], [2, "外出研学"]]);
  expect(doc["sample"]).toEqual(draw(seedOf(visit, 2), CLASSES, 2, 3));
});

test("the other inspector's word and a review's decisions show at once", async () => {
  const county = new County();
  const found = { visit: "old", target: "t1", state: "reported", on_spot: { before: ["a"], after: ["b"], confirmed_by: null } };
  for (const id of ["f1", "f2"]) county.server.life.feed.put(`crew:${ASSIGNMENT}`, "finding", id, found);
  const { engine } = await county.phone("member");
  const visit = await engine.start(ASSIGNMENT);
  await engine.do("finding.confirm_fix", "f1");
  await engine.do("finding.confirm_fix", "f3"); // of which this phone knows nothing
  await engine.do("review.decide", visit, { decisions: [{ finding: "f2", result: "returned", reason: "未改" }] });
  expect(await engine.overlay.document("finding", "f1")).toMatchObject({ on_spot: { before: ["a"], after: ["b"], confirmed_by: 2 } });
  expect(await engine.overlay.document("finding", "f2")).toMatchObject({ state: "returned" });
  expect(await engine.overlay.document("finding", "f3")).toBeUndefined();
});

test("a visit filed elsewhere is shown there, and the first place is remembered", async () => {
  const county = new County();
  county.server.life.feed.put(`crew:${ASSIGNMENT}`, "assignment", "a2", {
    ...{ target: "t2", track: "school", state: "released", kind: "review_visit", mode: "covert", templates: [["TY", 2], ["ZY", 1]] },
  });
  const { engine } = await county.phone();
  const visit = await engine.start(ASSIGNMENT);
  await engine.do("visit.refile", visit, { reason: "选错", assignment: "a2" });
  expect(await engine.overlay.document("visit", visit)).toMatchObject({
    ...{ kind: "review_visit", mode: "covert", templates: [["TY", 1], ["ZY", 1]] },
    ...{ assignment: "a2", target: "t2", refiled: [{ assignment: ASSIGNMENT, target: "t1", reason: "选错" }] },
  });
  await engine.do("visit.refile", visit, { reason: "又选错", target: "t3" });
  await engine.do("visit.refile", visit, { reason: "又选错", target: "t3" });
  const doc = (await engine.overlay.document("visit", visit))!;
  expect([doc["assignment"], doc["target"], (doc["refiled"] as unknown[]).length]).toEqual([null, "t3", 2]);
});

test("who stays away or drops out sees it on the task", async () => {
  const { engine } = await new County().phone();
  await engine.do("recusal.declare", ASSIGNMENT, { kind: "near_relative" });
  expect(await engine.overlay.document("assignment", ASSIGNMENT)).toMatchObject({ recused: true });
  await engine.do("assignment.leave", ASSIGNMENT, { reason: "生病" });
  expect(await engine.overlay.document("assignment", ASSIGNMENT)).toMatchObject({ left: true });
});

test("a visit nobody was sent on has its checklists at once", async () => {
  const { engine } = await new County().phone();
  const visit = engine.outbox.newId();
  await engine.do("target.report", "t9", { name: "培训点" });
  await engine.do("visit.start", visit, { target: "t9", templates: [["TY", 1]] });
  expect(await engine.overlay.document("visit", visit)).toMatchObject({ target: "t9", kind: "routine", mode: "open", templates: [["TY", 1]] });
});

test("a review's words are on the screen at once: mostly rectified goes back, a relapse waits for the office", async () => {
  const county = new County();
  const put = (id: string, state: string) => county.server.life.feed.put(`crew:${ASSIGNMENT}`, "finding", id, { state, visit: "old" });
  put("f1", "reported");
  put("f2", "closed");
  const phone = await county.phone();
  const visit = await phone.engine.start(ASSIGNMENT);
  const decisions = [{ finding: "f1", result: "partly", reason: "差一块" }, { finding: "f2", result: "relapsed", reason: "又补课" }];
  const { at } = await phone.engine.do("review.decide", visit, { decisions });
  const shown = await phone.engine.overlay.all("finding");
  expect(shown.map(({ doc }) => [doc["state"], doc["relapse_found_at"]])).toEqual([["returned", undefined], ["closed", at]]);
});

test("a message that asks for it is acknowledged without a network", async () => {
  const county = new County();
  county.server.life.feed.put("user:1", "inbox", "m1", { seq: 1, kind: "visit.alarm", needs_ack: true, acknowledged: false, read: true });
  const phone = await county.phone();
  const [message] = messagesOf(await phone.engine.overlay.all("inbox"));
  expect([unreadOf([message!]).length, clearing([message!]), wordFor(message!)]).toEqual([1, [], "inbox.acknowledge"]);
  await phone.engine.do(wordFor(message!), "m1");
  const after = messagesOf(await phone.engine.overlay.all("inbox"));
  expect([unreadOf(after), after[0]!.acknowledged]).toEqual([[], true]);
  expect((await phone.ops()).map((op) => [op.name, op.id, op.data])).toEqual([["inbox.acknowledge", "m1", {}]]);
});
