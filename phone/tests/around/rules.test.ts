/** The rules around the visit: messages, room, time, problems, fates, the phone's own name. */
import { expect, test } from "vitest";

import { skewWords, span, zoneWords } from "../../src/around/clock.ts";
import { deviceName, doorwayOf } from "../../src/around/device.ts";
import { contradictions, fatesOf, questionOf, standingOf } from "../../src/around/fates.ts";
import { clearing, lastSeq, leadsTo, messagesOf, unreadOf } from "../../src/around/inbox.ts";
import { openProblems } from "../../src/around/problems.ts";
import { type Found, judged, report, worst } from "../../src/around/selfcheck.ts";
import { LOW_BYTES, mayCapture, roomOf, size } from "../../src/around/space.ts";
import type { Template } from "../../src/checklist/model.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import type { Item } from "../../src/engine/status.ts";
import { hashOf, parseRoute } from "../../src/visit/route.ts";

const MB = 1024 * 1024;
const shown = (id: string, doc: JsonObject) => ({ id, doc });

test("a clock that is off by two minutes or more is told, with how much and which way", () => {
  expect([skewWords(null), skewWords(119_000), skewWords(-119_000)]).toEqual(["", "", ""]);
  expect(skewWords(300_000)).toContain("快5分钟");
  expect(skewWords(-2 * 86_400_000)).toContain("慢2天");
  expect([span(0), span(999), span(61_000), span(7_200_000)]).toEqual(["0秒", "0秒", "1分钟", "2小时"]);
});

test("any zone but Beijing's is told", () => {
  expect(zoneWords(480)).toBe("");
  expect(zoneWords(0)).toContain("中国标准时间");
  expect(zoneWords(540)).not.toBe("");
});

test("below 200 MB no picture is taken; a browser that does not tell is believed", () => {
  const room = (free: number) => roomOf({ usage: 50 * MB, quota: 50 * MB + free }, null);
  expect([mayCapture(room(LOW_BYTES)), mayCapture(room(LOW_BYTES - 1)), mayCapture(roomOf({}, null))]).toEqual([true, false, true]);
  expect(roomOf({ usage: 5, quota: 3 }, true)).toEqual({ free: 0, used: 5, persisted: true });
  expect([size(0), size(900), size(350 * MB), size(3.2 * 1024 * MB)]).toEqual(["0 B", "900 B", "350 MB", "3.2 GB"]);
});

const message = (seq: number, kind: string, read = false) =>
  shown(`m${seq}`, { seq, kind, title: kind, body: "", at: "2026-11-20T01:00:00Z", read, subject: { kind: "visit", id: "v1" } });

test("messages stand newest first, and the live socket hears of the newest that is here", () => {
  const rows = messagesOf([message(1, "a.b"), message(3, "a.b", true), message(2, "a.b")]);
  expect(rows.map(({ seq }) => seq)).toEqual([3, 2, 1]);
  expect([lastSeq(rows), lastSeq([]), unreadOf(rows).length]).toEqual([3, 0, 2]);
});

test("marking all read takes few operations and never passes over a message that wants a word", () => {
  const kinds = ["a.b", "a.b", "visit.returned", "a.b", "a.b"];
  const rows = messagesOf(kinds.map((kind, at) => message(at + 1, kind)));
  expect(clearing(rows)).toEqual([{ id: "m2", upto: 2 }, { id: "m4", upto: null }, { id: "m5", upto: null }]);
  expect(clearing(messagesOf([message(1, "a.b"), message(2, "a.b")]))).toEqual([{ id: "m2", upto: 2 }]);
  expect(clearing(messagesOf([message(1, "visit.returned")]))).toEqual([]);
  expect(clearing(messagesOf([message(1, "a.b"), message(2, "visit.returned", true), message(3, "a.b")]))).toEqual([{ id: "m3", upto: 3 }]);
});

test("a message leads where this phone has something to show", () => {
  const [row] = messagesOf([message(1, "visit.returned")]);
  expect(leadsTo(row!, [shown("v1", {})])).toEqual({ screen: "visit", visit: "v1" });
  expect(leadsTo(row!, [])).toBeNull();
  expect(leadsTo({ ...row!, kind: "operation.dismissed" }, [])).toEqual({ screen: "uploads" });
  expect(leadsTo({ ...row!, kind: "assignment.cancelled" }, [])).toEqual({ screen: "today" });
});

test("open problems stand by place, the worst first; what is settled is gone", () => {
  const found = (id: string, severity: string, state: string, target: string, by = 1) =>
    shown(id, { severity, state, target, visit: `v-${target}`, text: id, by, at: "2026-11-20T01:00:00Z", basis: [{ name: "某法", article: "第一条" }] });
  const places = openProblems({
    findings: [
      found("a", "minor", "confirmed", "t1"), found("b", "veto", "recorded", "t2"), found("c", "serious", "rectifying", "t1", 2),
      found("d", "veto", "closed", "t1"), found("e", "veto", "withdrawn", "t1"), found("f", "minor", "rectified_on_spot", "t3"),
    ],
    ...{ visits: [shown("v-t1", { target: "t1" })], targets: { t1: { name: "甲" }, t2: { name: "乙" } }, me: 1 },
  });
  expect(places.map(({ name, problems }) => [name, problems.map(({ id }) => id)])).toEqual([["乙", ["b"]], ["甲", ["c", "a"]]]);
  expect(places[1]!.problems.map(({ visit, mine, basis, level }) => [visit, mine, basis, level])).toEqual([
    ["v-t1", false, ["《某法》第一条"], "严重"], ["v-t1", true, ["《某法》第一条"], "一般"],
  ]);
});

test("a finding of this phone alone, which has no target yet, stands with its visit's", () => {
  const findings = [shown("a", { visit: "v", state: "recorded", chosen_severity: "moderate", text: "x" })];
  const [place] = openProblems({ findings, visits: [shown("v", { target: "t" })], targets: { t: { name: "甲" } }, me: 1 });
  expect([place!.name, place!.problems[0]!.weight]).toEqual(["甲", 1]);
});

const item = (id: string, more: Partial<Item>): Item => ({
  ...{ id, what: "operation", name: "answer.set", visit: "v", where: "phone", words: "", code: "", reason: "", percent: 0, way: "none" },
  ...more,
});

test("each piece stands where a person would look for it", () => {
  const sorted = standingOf([
    item("waits", {}),
    item("large", { code: "op_too_large" }),
    item("put down", { where: "down", code: "op_too_large" }),
    item("refused", { what: "file", code: "heic_unavailable" }),
    item("gave up", { what: "file", where: "server", code: "gave_up" }),
    item("anew", { what: "file", where: "sending", code: "corrupt" }),
    item("held", { where: "server", code: "held" }),
    item("there", { where: "server" }),
    item("done", { where: "verified" }),
  ]);
  const ids = Object.fromEntries(Object.entries(sorted).map(([group, rows]) => [group, (rows as Item[]).map(({ id }) => id)]));
  expect(ids).toEqual({
    ...{ stuck: ["large", "refused", "gave up"], down: ["put down"], here: ["waits", "anew"], aside: ["held"], received: ["there"], done: ["done"] },
  });
});

test("the fate of set-aside work is told in words, with who and why; the undecided is no fate", () => {
  const fates = fatesOf([
    shown("o1", { kind: "answer", verb: "set", object: "v1", fate: { outcome: "dismissed", reason: "重复", by_name: "李", at: "2026-11-20T01:00:00Z" } }),
    shown("o2", { kind: "finding", verb: "record", object: "f", fate: { outcome: "accepted", at: "2026-11-21T01:00:00Z", detail: { status: "addendum" } } }),
    shown("o3", { kind: "answer", verb: "set", object: "v1", status: "held" }),
  ]);
  expect(fates.map(({ op, words, reason, visit }) => [op, words, reason, visit])).toEqual([
    ["o2", "已采纳（作为补录）", "", ""], ["o1", "未采纳", "重复", "v1"],
  ]);
});

test("questions that two phones answered differently are named one by one, and found in their section", () => {
  const rows = [shown("v1", { conflicts: { "TY-02": [{ id: "a" }], "TY-03": [] } }), shown("v2", {})];
  expect(contradictions(rows)).toEqual([{ visit: "v1", key: "TY-02", rivals: 1 }]);
  const template = { code: "TY", items: [{ code: "TY-01", section: "甲", text: "x" }, { code: "TY-02", section: "乙", text: "y" }] };
  expect(questionOf([template as unknown as Template], "TY-02#3")).toEqual({ section: "TY.1", text: "y" });
  expect(questionOf([template as unknown as Template], "ZZ-01")).toBeNull();
});

const FINE: Found = {
  ...{ secure: true, worker: "active", database: { ok: true, ms: 9 }, camera: "granted", location: "granted" },
  ...{ room: roomOf({ usage: 0, quota: 1024 * MB }, true), skew: 0, zone: 480, server: true, socket: "open" },
  ...{ wakeLock: true, locks: true, pictures: true, compression: true, installed: true, wechat: false, update: false },
};

test("a sound phone is told sound in every line, and each thing that lacks turns its own line alone", () => {
  const bad = (found: Partial<Found>) => judged({ ...FINE, ...found }).filter(({ health }) => health !== "good").map(({ name, health }) => `${name} ${health}`);
  expect(bad({})).toEqual([]);
  expect(bad({ secure: false })).toEqual(["secure_context bad"]);
  expect(bad({ wechat: true })).toEqual(["browser bad"]);
  expect([bad({ worker: "none" }), bad({ worker: "absent" }), bad({ worker: "waiting" })].flat()).toEqual(["service_worker bad", "service_worker bad", "service_worker weak"]);
  expect(bad({ database: { ok: false, ms: 1 } })).toEqual(["indexed_db bad"]);
  expect(bad({ room: roomOf({ usage: 0, quota: 100 * MB }, false) })).toEqual(["storage_free bad", "storage_persisted weak"]);
  expect(bad({ room: roomOf({}, null) })).toEqual(["storage_free unknown", "storage_persisted unknown"]);
  expect([bad({ camera: "denied" }), bad({ camera: "prompt" }), bad({ location: "absent" })].flat()).toEqual(["camera weak", "location weak"]);
  expect([bad({ skew: 200_000 }), bad({ skew: null }), bad({ zone: 0 })].flat()).toEqual(["clock weak", "clock unknown", "time_zone weak"]);
  expect([bad({ server: false }), bad({ socket: "closed" }), bad({ compression: false })].flat()).toEqual(["server weak", "live_socket weak", "compression bad"]);
});

test("what goes to the office is what the server takes: names, states and words of bounded length", () => {
  const checks = judged({ ...FINE, secure: false });
  const told = report("v".repeat(50), "s".repeat(300), checks) as { app: string; system: string; checks: { name: string; health: string; words: string }[] };
  expect([told.app.length, told.system.length, told.checks.length <= 40]).toEqual([40, 200, true]);
  expect(told.checks.every(({ name, words }) => /^[a-z_]{1,32}$/.test(name) && words.length > 0 && words.length <= 200)).toBe(true);
  expect([worst(checks), worst(judged(FINE)), worst([])]).toEqual(["bad", "good", "unknown"]);
});

test("the phone is called as its maker calls it, and the way to the home screen is that of its system", () => {
  const android = "Mozilla/5.0 (Linux; Android 14; PJD110) AppleWebKit/537.36 Chrome/131.0 Mobile";
  expect([deviceName(android), deviceName("Mozilla/5.0 (Linux; Android 10; K) Chrome"), deviceName(android, "Find X7")]).toEqual(["PJD110", "Android 手机", "Find X7"]);
  expect([deviceName("x iPhone x"), deviceName("Windows NT"), deviceName("")]).toEqual(["iPhone", "Windows 电脑", "其他设备"]);
  expect([doorwayOf(android, false), doorwayOf(android, true), doorwayOf(`${android} MicroMessenger/8`, true)]).toEqual(["android", "installed", "wechat"]);
  expect([doorwayOf("iPhone Safari", false), doorwayOf("iPhone CriOS/9", false), doorwayOf("", false)]).toEqual(["ios", "ios_other", "other"]);
});

test("every screen around the visit has an address of its own", () => {
  for (const screen of ["problems", "inbox", "selfcheck", "storage", "handover", "install"] as const) {
    expect(parseRoute(hashOf({ screen }))).toEqual({ screen });
  }
});
