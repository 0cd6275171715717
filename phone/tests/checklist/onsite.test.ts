/** Rules of what happens at the gate, inside, around the task and after the submission. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import type { Template } from "../../src/checklist/model.ts";
import { draw, seedOf } from "../../src/engine/draw.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import type { Item } from "../../src/engine/status.ts";
import { classWords, drawFault, listed, proposed, within } from "../../src/visit/classes.ts";
import { wayWords } from "../../src/visit/geofence.ts";
import { entryOf, entryWords, type GateForm, gateFault } from "../../src/visit/gate.ts";
import { isDecidable, openAt, openItems, resultsOf, stateWords } from "../../src/visit/history.ts";
import { acceptedIn, waitingIn } from "../../src/visit/late.ts";
import { fixFault, fixOf, mayConfirm, mayFix, nameIn, othersOf, wholeOf } from "../../src/visit/onspot.ts";
import { assignmentsFor, mayRefile, targetsLike } from "../../src/visit/refiling.ts";
import { hashOf, parseRoute, type Route } from "../../src/visit/route.ts";
import { mayRecuse, tasksOf } from "../../src/visit/tasks.ts";
import { clockWords, dayWords, lasted, minutesOf, ticking } from "../../src/visit/timing.ts";
import { usualTemplates } from "../../src/visit/usual.ts";

const row = (id: string, doc: JsonObject) => ({ id, doc });
const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);

interface Case {
  visit: string;
  number: number;
  from: [number, number, number][];
  count: number;
  pupils: number;
  drawn: [number, number, number[]][];
}

test("phone and server draw alike", () => {
  const path = fileURLToPath(new URL("../../../tests/vectors/class_draw.json", import.meta.url));
  const { draws } = JSON.parse(readFileSync(path, "utf-8")) as { draws: Case[] };
  for (const one of draws) {
    const classes = one.from.map(([grade, number, size]) => ({ grade, number, size }));
    const drawn = draw(seedOf(one.visit, one.number), classes, one.count, one.pupils);
    expect(drawn.map(({ grade, number, pupils }) => [grade, number, pupils])).toEqual(one.drawn);
  }
});

test("the classes proposed for a draw are those of the card, then those of the last draw", () => {
  const target = { type: "primary", grades: null, classes: 8, students: 320 };
  expect(proposed(target).map(({ count, size }) => [count, size])).toEqual([[2, 40], [2, 40], [1, 40], [1, 40], [1, 40], [1, 40]]);
  const again = proposed(target, [[2, 1, 31], [2, 2, 30], [5, 1, 28]]);
  expect(again.map(({ count }) => count)).toEqual([0, 2, 0, 0, 1, 0]);
  expect(listed(again)).toEqual([{ grade: 2, number: 1, size: 31 }, { grade: 2, number: 2, size: 30 }, { grade: 5, number: 1, size: 28 }]);
  expect(proposed({ type: "primary", grades: [1, 2] }).map(({ count, size }) => [count, size])).toEqual([[0, 45], [0, 45]]);
});

test("a draw needs classes, and another one a reason", () => {
  const some = listed(proposed({ type: "primary", grades: [1], classes: 2, students: 80 }));
  expect(drawFault([], 0, "")).toContain("请先填写");
  expect(drawFault(some, 0, "")).toBe("");
  expect(drawFault(some, 1, " ")).toContain("须写明原因");
  expect(drawFault(some, 9, "又一次")).toContain("最多抽取9次");
  expect([within(Number.NaN, 1, 99), within(120, 1, 99), within(30.4, 1, 99)]).toEqual([1, 99, 30]);
  expect(classWords({ grade: 4, number: 2 })).toBe("四年级2班");
});

test("a refusal at the gate needs its circumstances and a witness; being let in needs the card", () => {
  const form: GateForm = { admitted: "", shown: false, informed: "", refusedBy: "", reason: "", witness: "" };
  expect(gateFault(form)).toContain("是否进入");
  expect(gateFault({ ...form, admitted: "yes" })).toContain("督学证");
  const inside = { ...form, admitted: "yes", shown: true, informed: " 值班负责人 " };
  expect([gateFault(inside), entryOf(inside)]).toEqual(["", { admitted: true, certificates_shown: true, informed: "值班负责人" }]);
  const refused = { ...form, admitted: "no", refusedBy: "门卫", reason: "不开门" };
  expect(gateFault({ ...refused, reason: " " })).toContain("情形");
  expect(gateFault(refused)).toContain("见证");
  const whole = entryOf({ ...refused, witness: "7" });
  expect(whole).toEqual({ admitted: false, certificates_shown: false, refused_by: "门卫", reason: "不开门", witness: 7 });
  expect(entryWords(whole, "王某")).toBe("被拒绝进入（门卫），未出示督学证。情形：不开门 见证：王某。");
  expect(entryWords(entryOf(inside), "")).toBe("已进入，已出示督学证，已告知值班负责人。");
});

test("what former visits left open stands on the card, the gravest first, and what was fixed on the spot is looked at again", () => {
  const found = (id: string, doc: JsonObject) => row(id, { target: "t", visit: "old", severity: "minor", item: "TY-02", at: "2026-09-01T00:00:00Z", ...doc });
  const rows = [
    found("a", { state: "reported" }), found("b", { state: "in_notice", severity: "serious", item: "ZY-01" }),
    found("c", { state: "closed" }), found("d", { state: "withdrawn" }), found("e", { state: "recorded" }),
    found("f", { state: "closed", on_spot: { before: [], after: [] }, reopened: 0 }),
    found("g", { state: "reported", target: "other" }), found("h", { state: "returned", visit: "v" }),
  ];
  expect(ids(openItems(rows, "t"))).toEqual(["b", "a", "h", "f"]);
  expect(ids(openItems(rows, "t", row("v", { kind: "routine" })))).toEqual(["b", "a", "f"]);
  expect(ids(openAt(openItems(rows, "t"), "ZY-01#3"))).toEqual(["b"]);
  expect(rows.map(isDecidable).filter(Boolean)).toHaveLength(2);
  expect([stateWords(rows[0]!), stateWords(rows[5]!)]).toEqual(["单位已报整改，待复查", "上次即知即改，请回头看"]);
});

test("a review sees what it closed, and what was closed before and may have relapsed; another visit sees neither", () => {
  const review = row("v", { kind: "review_visit", started_at: "2026-11-22T02:00:00Z" });
  const closed = (at: string | null) => row("a", { target: "t", visit: "old", state: "closed", on_spot: null, closed_at: at });
  expect(openItems([closed(null)], "t", review)).toHaveLength(1);
  expect(openItems([closed("2026-11-22T10:30:00+08:00")], "t", review)).toHaveLength(1);
  expect(openItems([closed("2026-11-21T10:30:00+08:00")], "t", review)).toHaveLength(1);
  const open = row("b", { target: "t", visit: "old", state: "reported", severity: "minor" });
  expect(ids(openItems([row("a", { ...closed(null).doc, severity: "veto" }), open], "t", review))).toEqual(["b", "a"]);
  expect(openItems([closed(null)], "t", row("v", { kind: "routine" }))).toEqual([]);
});

test("a review may say of each problem what the server takes of it, and no more", () => {
  const words = (doc: JsonObject) => resultsOf(row("f", doc)).map((one) => one.words);
  expect(words({ state: "reported" })).toEqual(["已整改", "基本整改", "未整改"]);
  expect(words({ state: "closed" })).toEqual(["反弹"]);
  expect(["confirmed", "in_notice", "rectifying", "returned", "withdrawn"].flatMap((state) => words({ state }))).toEqual([]);
  const relapsed = { state: "closed", relapse_found_at: "2026-11-22T02:00:00Z" };
  expect([words(relapsed), stateWords(row("f", relapsed))]).toEqual([[], "已登记反弹，由督导办重新打开"]);
});

test("a fix on the spot has pictures of both sides, and somebody else's word", () => {
  expect(fixFault([], ["b"])).toContain("整改前");
  expect(fixFault(["a"], [])).toContain("整改后");
  expect(fixFault(["a", "b"], ["b"])).toContain("同一张");
  expect(fixFault(["a"], ["b"])).toBe("");
  const fixed = row("f", { by: 1, responsibility: "unit", on_spot: { before: ["a"], after: ["b"] } });
  expect(fixOf(fixed)).toEqual({ before: ["a"], after: ["b"], confirmed_by: null });
  expect([mayConfirm(fixed, 1), mayConfirm(fixed, 2)]).toEqual([false, true]);
  expect(mayConfirm(row("f", { by: 1, on_spot: { before: ["a"], after: ["b"], confirmed_by: 2 } }), 3)).toBe(false);
  expect([mayFix(fixed, "moderate"), mayFix(fixed, "serious"), mayFix(row("g", { responsibility: "person" }), "minor")]).toEqual([true, false, false]);
});

test("an amended finding says all of it anew", () => {
  const doc = { item: "TY-02", text: "一人", answer_key: "TY-02", chosen_severity: "minor", severity: "minor", severity_reason: "首次", responsibility: "person", self_found_fixed: true, on_spot: null, standard: null, number: 3 };
  expect(wholeOf(doc)).toEqual({
    ...{ item: "TY-02", text: "一人", answer_key: "TY-02", severity: "minor", severity_reason: "首次" },
    ...{ responsibility: "person", self_found_fixed: true, on_spot: null },
  });
  expect(wholeOf({ ...doc, standard: "s1" })["standard"]).toBe("s1");
});

test("the others of a crew are named", () => {
  const assignment = { crew: [{ id: 1, name: "甲" }, { id: 2, name: "乙" }] };
  expect(othersOf(assignment, 1)).toEqual([{ id: 2, name: "乙" }]);
  expect([nameIn(assignment, 2), nameIn(assignment, 9), nameIn({}, 2)]).toEqual(["乙", "同组督查员", "同组督查员"]);
});

test("a visit moves to an open assignment of its track without a visit, or to a unit that is searched for", () => {
  const visit = row("v", { assignment: "a0", track: "department" });
  const task = (id: string, state: string, track = "department") => row(id, { state, track });
  const tasks = [task("a0", "departed"), task("a1", "released"), task("a2", "done"), task("a3", "departed", "station"), task("a4", "departed")];
  expect(ids(assignmentsFor(visit, tasks, [visit, row("w", { assignment: "a4" })]))).toEqual(["a1"]);
  const targets = { t1: { name: "东街小学", active: true }, t2: { name: "西街小学", active: true }, t3: { name: "东街中学", active: false } };
  expect(ids(targetsLike(" 东街 ", targets, "t9"))).toEqual(["t1"]);
  expect(ids(targetsLike("小学", targets, "t1"))).toEqual(["t2"]);
  expect(targetsLike("", targets, "")).toEqual([]);
  expect([mayRefile({ leader: 1 }, 1), mayRefile({ leader: 1 }, 2), mayRefile({}, 2)]).toEqual([true, false, true]);
});

test("the day shows open tasks first, own visits among them, and nothing to do where somebody stays away", () => {
  const doc = (more: JsonObject) => ({ target_name: "甲校", scheduled_on: "2026-11-22", kind: "review_visit", mode: "covert", leader: 1, ...more });
  const assignments = [
    row("a1", doc({ state: "done", scheduled_on: "2026-11-20" })), row("a2", doc({ state: "accepted" })),
    row("a3", doc({ state: "departed", recused: true })), row("a4", doc({ state: "departed", leader: 2 })),
  ];
  const visits = [row("v4", { assignment: "a4", state: "returned" }), row("v9", { assignment: null, target: "t9", state: "in_progress", started_at: "2026-11-22T01:00:00Z" })];
  const tasks = tasksOf(assignments, visits, { t9: { name: "培训点" } }, 1);
  expect(tasks.map(({ id, state, visit, over }) => [id, state, visit, over])).toEqual([
    ["a2", "已接受", "", false], ["a4", "已退回", "v4", false], ["", "进行中", "v9", false], ["a3", "已申报回避", "", true], ["a1", "已完成", "", true],
  ]);
  expect([tasks[0]!.kind, tasks[0]!.mode, tasks[0]!.next?.name, tasks[1]!.next, tasks[3]!.startable]).toEqual(["复查", "暗访", "assignment.depart", undefined, false]);
  expect([mayRecuse({ state: "released" }), mayRecuse({ state: "done" })]).toEqual([true, false]);
});

test("addenda: what stands beside the record, what waits for the leader, what was dismissed", () => {
  const addenda = [{ op: "o1", round: 1, kind: "visit", verb: "amend", data: { remarks: "补充" } }];
  expect(acceptedIn({ addenda })).toEqual([{ id: "o1", what: "补充说明", words: "补充", state: "已附在第1轮记录后" }]);
  const item = (id: string, name: string, where: Item["where"]): Item =>
    ({ id, what: "operation", name, visit: "v", where, words: "只在这部手机上", code: "", reason: "", percent: 0, way: "none" });
  const items = [item("o2", "finding.record", "server"), item("e1", "evidence.add", "server"), item("o4", "visit.amend", "phone")];
  const late = (op: string, kind: string, verb: string, object: string, more: JsonObject = {}) =>
    row(op, { op, kind, verb, object, status: "quarantined", code: "late_lock", ...more });
  const operations = [
    late("o1", "visit", "amend", "v", { fate: { outcome: "accepted", reason: "" } }), late("o2", "finding", "record", "f2"),
    late("o3", "evidence", "add", "e1", { fate: { outcome: "dismissed", reason: "与本次无关" } }), late("o5", "visit", "amend", "other"),
  ];
  expect(waitingIn("v", items, operations, { o4: "来电说明" }).map(({ what, words, state }) => [what, words, state])).toEqual([
    ["问题", "", "服务器已收到，等待组长确认"], ["照片", "", "未采纳：与本次无关"], ["补充说明", "来电说明", "只在这部手机上"],
  ]);
});

test("times are those of China, whatever the phone's zone", () => {
  expect([clockWords("2026-11-22T01:05:00Z"), clockWords("2026-11-22T09:05:00+08:00"), clockWords("?")]).toEqual(["09:05", "09:05", ""]);
  expect([dayWords("2026-11-22"), dayWords("2026-11-21T17:00:00Z"), dayWords("")]).toEqual(["11月22日", "11月22日", ""]);
  expect([lasted(0, 72 * 60_000), lasted(0, 59_000), lasted(5, 0)]).toEqual(["1小时12分", "0分", "0分"]);
  expect([ticking(0, 187_000), minutesOf(0, 187_000, false), minutesOf(0, 187_000, true)]).toEqual(["03:07", 3.1, 3]);
});

test("the way is told by direction and distance", () => {
  const from = { lng: 108.7, lat: 30.9 };
  expect(wayWords(from, { lng: 108.7, lat: 30.95 })).toBe("正北方向，直线约5.6公里");
  expect(wayWords(from, { lng: 108.7043, lat: 30.8963 })).toBe("东南方向，直线约600米");
  expect(wayWords(from, from)).toContain("直线约50米");
});

test("a visit on nobody's order asks the newest published checklists for such a target, the general page first", () => {
  const list = (code: string, version: number, more: object = {}) =>
    ({ code, version, name: code, method: "", anonymous: false, result: "findings", status: "published", items: [{ targets: ["suspected"] }], ...more }) as unknown as Template & { status: string };
  const all = [
    list("YX", 2), list("YX", 1), list("TY", 1), list("AB", 1), list("ZY", 1, { items: [{ targets: ["primary"] }] }),
    list("WS", 1, { result: "aggregate" }), list("XX", 1, { status: "draft" }),
  ];
  expect(usualTemplates(all, "suspected")).toEqual([["TY", 1], ["AB", 1], ["YX", 2]]);
});

test("every screen comes back to itself after a reload", () => {
  const routes: Route[] = [
    { screen: "report" }, { screen: "task", assignment: "a/1" }, { screen: "draw", visit: "v" },
    { screen: "addenda", visit: "v" }, { screen: "section", visit: "v", section: "TY.0", key: "XT-01#2" },
  ];
  expect(routes.map((route) => parseRoute(hashOf(route)))).toEqual(routes);
  expect(parseRoute("#task/")).toEqual({ screen: "today" });
});
