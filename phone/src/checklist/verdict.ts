/** Whether an answer passes, by stage and grade. */
import { keyOf, parseKey } from "./keys.ts";
import type { Answers, Item, PassRule, TargetType, Template, Variant } from "./model.ts";

/** `recorded`: there is no rule. `not_applicable`: the inspector said so; never a failure. */
export type Verdict = "pass" | "fail" | "recorded" | "not_applicable";

const LAST_PRIMARY_GRADE = 6;

/** Judge a value that may be stored; `grade` is the respondent's or the measured one, null where unknown. */
export function verdict(item: Item, value: unknown, stage: TargetType, grade: number | null = null): Verdict {
  if (item.type === "yes_no_na" && value === "na") return "not_applicable";
  if (!item.pass) return "recorded";
  return passes(item, ruleFor(item, item.pass, stage, grade), value, stage, grade) ? "pass" : "fail";
}

/** The rule of the first variant for this stage and grade, else the usual one. */
function ruleFor(item: Item, usual: PassRule, stage: TargetType, grade: number | null): PassRule {
  return (item.variants ?? []).find((variant) => fits(variant, stage, grade))?.pass ?? usual;
}

/** A variant for grades needs to know the grade: nobody is blamed on a guess. */
function fits({ targets, grades }: Variant, stage: TargetType, grade: number | null): boolean {
  if (targets?.length && !targets.includes(stage)) return false;
  return !grades || (grade !== null && grades[0] <= grade && grade <= grades[1]);
}

function passes(item: Item, rule: PassRule, value: unknown, stage: TargetType, grade: number | null): boolean {
  switch (rule.op) {
    case "=":
      return value === rule.value;
    case "<=":
      return (value as number) <= rule.value;
    case ">=":
      return (value as number) >= rule.value;
    case "time<=":
      return (value as string) <= rule.value;
    case "time>=":
      return (value as string) >= rule.value;
    case "in":
      return (Array.isArray(value) ? value : [value]).every((one) => rule.options.includes(one));
    case "by_stage": {
      const options = item.options ?? [];
      return options.indexOf(value as string) <= options.indexOf(stageLimit(rule, stage, grade));
    }
  }
}

/** Where a school may teach both stages the grade decides; without it the more generous limit does. */
function stageLimit(rule: { primary: string; junior: string }, stage: TargetType, grade: number | null): string {
  if (stage === "primary") return rule.primary;
  return stage === "junior" || grade === null || grade > LAST_PRIMARY_GRADE ? rule.junior : rule.primary;
}

/** The grade respondent `number` gave; null if nobody asked or the option spans several grades. */
export function respondentGrade(template: Template, answers: Answers, number: number | null): number | null {
  const asked = template.items.find((item) => item.grades_of_option?.length);
  if (!asked) return null;
  const range = asked.grades_of_option![(asked.options ?? []).indexOf(answers[keyOf(asked.code, number)]?.value as string)];
  return range && range[0] === range[1] ? range[0] : null;
}

/** The grade an answer is about: the key's own, or what its respondent said; null if nobody knows. */
export function gradeOf(template: Template, item: Item, answers: Answers, key: string): number | null {
  const number = parseKey(key)?.number ?? null;
  if (item.repeat === "grade") return number;
  return item.repeat === "respondent" ? respondentGrade(template, answers, number) : null;
}
