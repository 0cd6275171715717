/** A visit as the screens see it: what is missing before leaving, how far its sections are, what was answered last. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import type { Answers, Template } from "../../src/checklist/model.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import { answersOf, type Dossier, findingsAt, lastAnswer } from "../../src/visit/dossier.ts";
import { gapsOf, signed, warningsOf } from "../../src/visit/leaving.ts";
import { keyFor, numbersOf, numberWords, sectionsOf } from "../../src/visit/sections.ts";
import { wordingsOf } from "../../src/visit/wordings.ts";

const VECTORS = fileURLToPath(new URL("../../../tests/vectors/checklist_rules.json", import.meta.url));
const TY = (JSON.parse(readFileSync(VECTORS, "utf-8")) as { templates: Record<string, Template> }).templates["TY"]!;

const FULL: Answers = {
  ...{ "TY-01": { value: "yes", note: "" }, "TY-02": { value: 2, note: "" }, "TY-03": { value: "yes", note: "" } },
  ...{ "TY-04": { value: "no", note: "" }, "TY-08": { value: "no", note: "" } },
  "TY-05": { value: ["0198a000-0000-7000-8000-000000000001"], note: "" },
};
const SIGNATURES = { inspectors: ["s1", "s2"].map(uuid), unit: [uuid("s3")], refused: "" };

function uuid(name: string): string {
  return `0198a000-0000-7000-8000-0000000000${name.replace("s", "a")}`;
}

function dossier(doc: JsonObject = {}, more: Partial<Dossier> = {}): Dossier {
  const usual = { state: "in_progress", kind: "routine", mode: "open", check_in: null, feedback: null, signatures: null };
  const answers = FULL as unknown as JsonObject;
  return {
    ...{ id: "v1", doc: { ...usual, answers, ...doc }, target: { type: "primary", grades: null, location: null } },
    ...{ assignment: { crew: [{ id: 1 }, { id: 2 }] }, templates: [TY], findings: [], evidence: [], standards: [], earlier: [], history: [], operations: [] },
    ...more,
  };
}

const codes = (gaps: { key: string; code: string }[]) => gaps.map(({ key, code }) => [key, code]);

test("signatures given once stand for the signature items", () => {
  expect(codes(gapsOf(dossier()))).toEqual([["TY-09", "unanswered"], ["TY-10", "unanswered"]]);
  expect(gapsOf(dossier({ signatures: SIGNATURES }))).toEqual([]);
});

test("a refused signature needs two inspectors where two were sent", () => {
  const refused = (names: string[]) => dossier({ signatures: { inspectors: names, unit: [], refused: "负责人外出" } });
  expect(codes(gapsOf(refused([uuid("s1")])))).toEqual([["signatures.inspectors", "two_inspectors"]]);
  expect(gapsOf(refused([uuid("s1"), uuid("s2")]))).toEqual([]);
  expect(gapsOf({ ...refused([uuid("s1")]), assignment: { crew: [{ id: 1 }] } })).toEqual([]);
});

test("a covert visit that showed no card is not signed by the unit", () => {
  const covert = { mode: "covert", signatures: { inspectors: SIGNATURES.inspectors, unit: [], refused: "" } };
  expect(gapsOf(dossier(covert))).toEqual([]);
  expect(codes(gapsOf(dossier({ ...covert, entry: { admitted: true } })))).toEqual([["TY-10", "unanswered"]]);
});

test("a check of an institution needs two cards and the number of the notice", () => {
  const check = { kind: "administrative_check", signatures: SIGNATURES };
  const lacking = [["details.cards", "certificates_missing"], ["details.notice_number", "check_notice_missing"]];
  expect(codes(gapsOf(dossier({ ...check, details: { cards: ["A1", "A1 "] } })))).toEqual(lacking);
  expect(gapsOf(dossier({ ...check, details: { cards: ["A1", "B2"], notice_number: "云检〔2026〕1号" } }))).toEqual([]);
});

test("an answer in conflict holds the submission up", () => {
  const found = gapsOf(dossier({ signatures: SIGNATURES, conflicts: { "TY-01": [{ id: "x", value: "no" }] } }));
  expect(codes(found)).toEqual([["TY-01", "conflict"]]);
});

test("what holds nothing up is said before leaving", () => {
  const few = { ...FULL, "TY-02": { value: 1, note: "" } } as unknown as JsonObject;
  const words = warningsOf(dossier({ answers: few, signatures: SIGNATURES }));
  expect(words).toHaveLength(4);
  expect(words[0]).toContain("尚未签到");
  expect(words[1]).toContain("现场反馈");
  expect(words[2]).toContain("进入情况");
  expect(words[3]).toContain("到场人数");
  const recorded = [{ id: "f", doc: { item: "TY-02", answer_key: "TY-02", state: "recorded" } }];
  const done = { answers: few, signatures: SIGNATURES, feedback: { text: "已说明" }, check_in: { place: { lng: 1, lat: 1 } }, entry: { admitted: true } };
  expect(warningsOf(dossier(done, { findings: recorded }))).toEqual([]);
});

test("sections say how many mandatory questions lack nothing", () => {
  const seen = dossier({ signatures: SIGNATURES });
  const told = (answers: Answers) => sectionsOf(seen, answers).map(({ id, done, due }) => [id, done, due]);
  expect(told({})).toEqual([["TY.0", 0, 5], ["TY.1", 0, 1], ["TY.2", 0, 2]]);
  expect(told({ ...signed(seen), ...answersOf(seen) })).toEqual([["TY.0", 5, 5], ["TY.1", 1, 1], ["TY.2", 2, 2]]);
});

test("a review asks the general page and what had failed, and waits only for the general page", () => {
  const ZY = { ...TY, code: "ZY", items: ["ZY-01", "ZY-02", "ZY-03"].map((code) => ({ ...TY.items[0]!, code, section: "作业" })) };
  const history = [{ id: "f", doc: { item: "ZY-02", state: "reported" } }];
  const more = { templates: [TY, ZY], history };
  const review = dossier({ kind: "review_visit", signatures: SIGNATURES }, more);
  const shown = (answers: Answers) => sectionsOf(review, answers).at(-1)!;
  expect([shown(FULL).items.map(({ code }) => code), shown(FULL).due]).toEqual([["ZY-02"], 0]);
  expect(shown({ ...FULL, "ZY-03": { value: "yes" } }).items.map(({ code }) => code)).toEqual(["ZY-02", "ZY-03"]);
  expect(gapsOf(review)).toEqual([]);
  expect(gapsOf(dossier({ signatures: SIGNATURES }, more)).map(({ key }) => key)).toEqual(["ZY-01", "ZY-02", "ZY-03"]);
  expect(warningsOf(review).join()).toContain("还有1个已报整改的问题没有复查结论");
});

test("what repeats is asked number by number, of the grades that there are", () => {
  const item = { ...TY.items[0]!, code: "XX-01", repeat: "grade" as const, grades: [3, 6] as [number, number] };
  const each = { ...item, code: "XX-02", repeat: "class" as const };
  const template = { ...TY, items: [item, each] };
  const seen = dossier({}, { templates: [template] });
  expect(numbersOf(seen, template, "grade", {})).toEqual([1, 2, 3, 4, 5, 6]);
  expect(numbersOf(seen, template, "class", {})).toEqual([1]);
  expect(numbersOf(seen, template, "class", { "XX-02#3": { value: "yes" } })).toEqual([1, 2, 3]);
  const drawn = dossier({ sample: [{ grade: 4, number: 2, pupils: [1] }, { grade: 5, number: 1, pupils: [2] }] }, { templates: [template] });
  expect(numbersOf(drawn, template, "class", {})).toEqual([1, 2]);
  expect(["class", "grade", "respondent"].map((kind) => numberWords(drawn, kind as "class", 2))).toEqual(["五年级1班", "二年级", "第2位受访者"]);
  expect(numberWords(seen, "class", 2)).toBe("第2个班级");
  const classes = (...all: [number, number][]) => ({ classes: all.map(([grade, number]) => ({ grade, number, pupils: [1] })) });
  const twice = dossier({ draws: [classes([4, 2], [5, 1]), classes([1, 1], [4, 2])], sample: [] }, { templates: [template] });
  expect([1, 2, 3].map((n) => numberWords(twice, "class", n))).toEqual(["四年级2班", "五年级1班", "一年级1班"]);
  expect(numbersOf(twice, template, "class", {})).toEqual([1, 2, 3]);
  expect(keyFor(seen, template, item, { grade: 2 }, {})).toBeNull();
  expect(keyFor(seen, template, item, { grade: 3 }, {})).toBe("XX-01#3");
});

test("the newest earlier visit that knows the question tells the last answer", () => {
  const visit = (at: string, answers: JsonObject) => ({ id: at, doc: { submitted_at: at, answers } });
  const earlier = [
    visit("2026-09-01T08:00:00Z", { "TY-02": { value: 3 } }),
    visit("2026-10-01T08:00:00Z", { "TY-02": { value: 4 } }),
    visit("2026-11-01T08:00:00Z", { "TY-01": { value: "yes" } }),
  ];
  expect(lastAnswer(dossier({}, { earlier }), "TY-02")).toEqual({ value: 4, at: "2026-10-01T08:00:00Z" });
  expect(lastAnswer(dossier({}, { earlier }), "TY-03")).toBeNull();
});

test("findings stand at their question, withdrawn ones nowhere", () => {
  const row = (id: string, doc: JsonObject) => ({ id, doc: { item: "TY-02", state: "recorded", ...doc } });
  const findings = [row("a", { answer_key: "TY-02" }), row("b", { answer_key: "" }), row("c", { answer_key: "TY-02", state: "withdrawn" })];
  expect(findingsAt(dossier({}, { findings }), "TY-02").map(({ id }) => id)).toEqual(["a", "b"]);
});

test("the county's wordings come first, drafts are no basis", () => {
  const item = TY.items.find((one) => one.code === "TY-02")!;
  const basis = [{ document: "XZCF", name: "行政处罚法", article: "第四十二条" }];
  const standard = { id: "s1", doc: { item: "TY-02", text: "仅一人到场", severity: "moderate", days: 5, basis, measure: "补足" } };
  const [first, own] = wordingsOf(TY, item, [standard, { id: "s2", doc: { item: "TY-03", text: "另一条" } }]);
  expect(first).toEqual({
    ...{ standard: "s1", text: "仅一人到场", severity: "moderate", days: 5, basis: ["《行政处罚法》第四十二条"], measure: "补足" },
  });
  expect([own!.standard, own!.severity, own!.days]).toEqual(["", "minor", 15]);
  expect(wordingsOf(TY, TY.items.find((one) => one.code === "TY-05")!, [])[0]!.basis).toEqual([]);
});
