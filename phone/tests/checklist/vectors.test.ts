/** Every case of the vectors that the server runs too, against the phone's rules. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { missingForSubmit } from "../../src/checklist/completeness.ts";
import { choiceFault, severityAfter } from "../../src/checklist/grading.ts";
import { type Item, itemOf, type Template } from "../../src/checklist/model.ts";
import { faultOf } from "../../src/checklist/validate.ts";
import { respondentGrade, verdict } from "../../src/checklist/verdict.ts";
import { applies, hiddenBy } from "../../src/checklist/visibility.ts";

type Case = any;
type Runner = (one: Case) => unknown;

function vectors(name: string): Case {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../../tests/vectors/${name}.json`, import.meta.url)), "utf-8"));
}

const RULES = vectors("checklist_rules");
const CONDITIONS = vectors("checklist_conditions");
const item = (one: Case): Item => RULES.items[one.item];

/** What only the server decides: scores, due dates and shares of questionnaires. */
const SERVER_ONLY = ["score", "due_date", "violation_share"];

const OF_RULES: Record<string, Runner> = {
  applies: (one) => applies(item(one), one.target_type, one.grades),
  validate: (one) => {
    const fault = faultOf(item(one), one.key, one.value, one.note, one.grades);
    return fault && { path: fault.path, code: fault.code };
  },
  verdict: (one) => verdict(item(one), one.value, one.stage, one.grade),
  respondent_grade: (one) => respondentGrade(RULES.templates[one.template], one.answers, one.number),
  missing: (one) => {
    const templates = one.templates.map((code: string) => RULES.templates[code]);
    const facts = { answers: one.answers, type: one.target_type, grades: one.grades, evidence: [] };
    return missingForSubmit(templates, facts).map(({ key, code }) => ({ key, code }));
  },
  grading: (one) => severityAfter(one.base, one.repeat_within_12_months, one.self_found_fixed),
  severity_choice: (one) => choiceFault(one.base, one.chosen, one.reason),
};

const template = (one: Case): Template => CONDITIONS.templates[one.template];
const named = (one: Case): Item => itemOf(template(one), one.item)!;

const OF_CONDITIONS: Record<string, Runner> = {
  shown: (one) => hiddenBy(template(one), named(one), one.target_type, one.grades, one.answers),
  verdict: (one) => verdict(named(one), one.value, one.stage, one.grade),
  missing: (one) => {
    const evidence = one.evidence.map(([key, kind]: [string, string]) => ({ key, kind }));
    const facts = { answers: one.answers, type: "primary" as const, grades: null, evidence };
    return missingForSubmit([template(one)], facts).map(({ key, code }) => [key, code]);
  },
};

for (const [about, all, runners] of [["rules", RULES, OF_RULES], ["conditions", CONDITIONS, OF_CONDITIONS]]) {
  test.each(Object.keys(runners))(`the phone agrees with every vector of ${about}: %s`, (group) => {
    const told = all[group].map((one: Case) => [one, runners[group](one)]);
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter(([one, outcome]: Case) => JSON.stringify(outcome) !== JSON.stringify(one.expected))).toEqual([]);
  });
}

test("no group of vectors is left out but what only the server decides", () => {
  const groups = (all: Case) => Object.keys(all).filter((name) => !["about", "items", "templates"].includes(name)).sort();
  expect(groups(RULES)).toEqual([...Object.keys(OF_RULES), ...SERVER_ONLY].sort());
  expect(groups(CONDITIONS)).toEqual(Object.keys(OF_CONDITIONS).sort());
});
