/** What the screen shows: the server's rows with this phone's own work on top, until the server has spoken. */
import { expect, test } from "vitest";

import { canonical, hashOf } from "../src/engine/canonical.ts";
import type { JsonObject } from "../src/engine/json.ts";
import { ASSIGNMENT, County } from "./county.ts";

test("a visit can be begun, worked on and read again without any network", async () => {
  const phone = await new County().phone();
  const { engine } = phone;
  const visit = await engine.start(ASSIGNMENT);
  await engine.do("visit.check_in", visit, { reason: "没有信号" });
  await engine.do("visit.sample", visit, { classes: [{ grade: 3, number: 2, pupils: [7, 19] }] });
  await engine.do("visit.amend", visit, { remarks: "雨天", notice_number: null });
  await engine.do("visit.feedback", visit, { text: "好" });
  await engine.do("visit.sign", visit, { inspectors: ["s1"] });
  await engine.answer(visit, { Q1: { value: 45, note: "三年级" } });
  expect(await engine.overlay.document("visit", visit)).toMatchObject({
    ...{ assignment: ASSIGNMENT, target: "t1", templates: [["TY", 1]], state: "in_progress", round: 1, started_by: 1 },
    ...{ check_in: { place: null, reason: "没有信号", by: 1 }, sample: [{ grade: 3, number: 2, pupils: [7, 19] }] },
    ...{ details: { remarks: "雨天" }, feedback: { text: "好", explanation: "" } },
    ...{ signatures: { inspectors: ["s1"], unit: [], refused: "" } },
    answers: { Q1: { value: 45, note: "三年级", rev: 0, by: 1 } },
  });
  await engine.do("visit.cancel", visit, { reason: "停课" });
  expect(await engine.overlay.document("visit", visit)).toMatchObject({ state: "cancelled" });
});

test("findings are recorded, amended as a whole and withdrawn; photos belong to their visit", async () => {
  const phone = await new County().phone();
  const { engine } = phone;
  const visit = await engine.start(ASSIGNMENT);
  const finding = engine.outbox.newId();
  await engine.do("finding.record", finding, { visit, item: "Q1", text: "超时", responsibility: "person" });
  await engine.do("finding.amend", finding, { item: "Q1", text: "作业超时" });
  expect(await engine.overlay.document("finding", finding)).toMatchObject({
    ...{ visit, item: "Q1", text: "作业超时", responsibility: "unit", chosen_severity: null, on_spot: null },
  });
  await engine.do("finding.withdraw", finding, { reason: "看错了" });
  expect(await engine.overlay.document("finding", finding)).toMatchObject({ state: "withdrawn" });
  const photo = await phone.photo(visit);
  expect((await engine.overlay.all("evidence")).map((row) => [row.id, row.doc["visit"]])).toEqual([[photo, visit]]);
  expect((await phone.ops()).map((op) => op.visit)).toEqual(Array(5).fill(visit));
});

test("assignments, messages and suspected sites show at once what the person did", async () => {
  const county = new County();
  county.server.life.feed.put("user:1", "inbox", "m1", { seq: 1, title: "通知", read: false });
  const { engine } = await county.phone();
  await engine.do("assignment.depart", ASSIGNMENT);
  await engine.do("inbox.read", "m1", { upto: 1 });
  await engine.do("target.report", "t9", { name: "无牌培训点", address: "巷子里" });
  expect(await engine.overlay.document("assignment", ASSIGNMENT)).toMatchObject({ state: "departed", target: "t1" });
  expect(await engine.overlay.document("inbox", "m1")).toMatchObject({ read: true, title: "通知" });
  expect(await engine.overlay.document("target", "t9")).toMatchObject({ name: "无牌培训点", kind: "suspected_site" });
});

test("nothing flickers: typed, sent, answered and pulled, the screen shows the same", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: "new" } });
  const seen = [await phone.value(visit, "Q1")];
  phone.line.planned.push("lost answer");
  await phone.engine.push.run().catch(() => undefined);
  seen.push(await phone.value(visit, "Q1"));
  await phone.engine.push.run();
  seen.push(await phone.value(visit, "Q1"));
  await phone.engine.pull.run();
  seen.push(await phone.value(visit, "Q1"));
  expect(seen).toEqual(["new", "new", "new", "new"]);
  expect((await phone.ops()).map((op) => op.shown)).toEqual([0, 0]);
});

test("what was refused is shown no more after the pull, and its fate is told in the server's words or ours", async () => {
  const phone = await new County().phone();
  const visit = await phone.begin();
  await phone.engine.answer(visit, { Q1: { value: "poison" } });
  await phone.engine.sync();
  expect(await phone.value(visit, "Q1")).toBeUndefined();
  const item = (await phone.engine.status.items()).find((one) => one.name === "answer.set");
  expect(item).toMatchObject({ words: "服务器已收到", code: "invalid", reason: "内容有误，未生效，已交督导办处理。" });
});

test("held work stays on the screen until it is decided", async () => {
  const county = new County();
  const [lead, member] = [await county.phone("lead"), await county.phone("member")];
  const visit = await lead.engine.start(ASSIGNMENT);
  const photo = await member.photo(visit);
  await member.engine.sync();
  await member.engine.sync();
  expect((await member.engine.status.items())[0]).toMatchObject({ id: photo, where: "phone" });
  expect(await member.engine.overlay.document("evidence", photo)).toMatchObject({ visit });
  await lead.engine.sync();
  await member.engine.sync();
  expect((await member.ops()).map((op) => [op.shown, op.answer!.status])).toEqual([[0, "applied"]]);
  expect(await member.engine.overlay.document("evidence", photo)).toMatchObject({ visit, rev: 1 });
});

test("two phones that both began offline work on one visit, and the second finds its work there", async () => {
  const county = new County();
  const [lead, member] = [await county.phone("lead"), await county.phone("member")];
  const first = await lead.begin();
  const second = await member.engine.start(ASSIGNMENT);
  await member.engine.answer(second, { Q2: { value: "second" } });
  await member.engine.sync();
  expect(await member.engine.overlay.visit(second)).toBe(first);
  expect(await member.value(second, "Q2")).toBe("second");
  expect((await member.engine.overlay.all("visit")).map((row) => row.id)).toEqual([first]);
  await member.engine.answer(second, { Q1: { value: "joined" } });
  expect((await member.ops()).at(-1)!.id).toBe(first);
  expect(await member.value(first, "Q1")).toBe("joined");
});

test("a submission signs what the screen shows; one that differs is shown as refused, and the next one passes", async () => {
  const county = new County();
  const [lead, member] = [await county.phone("lead"), await county.phone("member")];
  const visit = await lead.begin();
  await member.engine.sync();
  await lead.engine.answer(visit, { Q1: { value: 1 } });
  await member.engine.answer(visit, { Q2: { value: 2 } });
  await member.engine.sync();
  await lead.engine.submit(visit);
  await lead.engine.push.run();
  expect(await lead.engine.overlay.document("visit", visit)).toMatchObject({ state: "in_progress" });
  await lead.engine.sync();
  expect((await lead.engine.status.items()).at(-1)).toMatchObject({ code: "content_differs" });
  await lead.engine.submit(visit);
  await lead.engine.sync();
  expect(await lead.engine.overlay.document("visit", visit)).toMatchObject({ state: "submitted" });
  expect((await lead.ops()).at(-1)!.data["upto"]).toBe(3);
});

test("a visit nobody knows cannot be submitted", async () => {
  const { engine } = await new County().phone();
  await expect(engine.submit("0198")).rejects.toThrow("找不到这次到访");
});

test("canonical JSON is that of RFC 8785", () => {
  const sample: JsonObject = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 1e-27],
    string: '\u20ac$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
    "\u20ac": 1,
    "\ud83d\ude02": 2,
    "\r": 3,
    "1": 4,
  };
  expect(canonical(sample)).toBe(
    '{"\\r":3,"1":4,"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","€":1,"😂":2}',
  );
  expect(hashOf({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
});
