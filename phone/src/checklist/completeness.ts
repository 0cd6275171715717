/** What is missing before a visit may be submitted: the server's own rules, so that the phone says so before it does. */
import { keyOf, parseKey } from "./keys.ts";
import type { Answer, Answers, Attached, Item, TargetType, Template } from "./model.ts";
import { faultOf } from "./validate.ts";
import { gradeOf, verdict } from "./verdict.ts";
import { applies, type Grades, isShown, numbersShown } from "./visibility.ts";

/** One gap: the answer key (the item's code where nothing is answered yet), a stable code, the sentence. */
export interface Missing {
  key: string;
  code: string;
  message: string;
}

/** What the rules look at besides the templates. `grades` null: those usual for the type. */
export interface Facts {
  answers: Answers;
  type: TargetType;
  grades: Grades;
  evidence: readonly Attached[];
}

/** Every gap, in the order of the templates and their items. */
export function missingForSubmit(templates: readonly Template[], facts: Facts): Missing[] {
  return templates.flatMap((template) =>
    template.items.filter((item) => applies(item, facts.type, facts.grades)).flatMap((item) => gaps(template, item, facts)),
  );
}

/** An item that applies has to be answered unless it is optional or a long text. */
export function isMandatory(item: Item): boolean {
  return !item.optional && item.format !== "long";
}

export function gaps(template: Template, item: Item, facts: Facts): Missing[] {
  const numbers = item.show_if ? numbersShown(template, item, facts.answers) : null;
  const own = ownAnswers(template, item, facts.answers);
  const unanswered = expected(item, numbers, own).map((key) => said(key, "unanswered", `未填写：${item.text}`));
  const wrong = Object.entries(own).flatMap(([key, answer]) => gap(item, key, answer, facts.grades));
  return [...unanswered, ...wrong, ...lackingProofs(template, item, facts, own)];
}

/** The answers of an item that are shown, by key. */
function ownAnswers(template: Template, item: Item, answers: Answers): Answers {
  const own = Object.entries(answers).filter(([key]) => {
    const parsed = parseKey(key);
    return parsed?.code === item.code && isShown(template, item, answers, parsed.number);
  });
  return Object.fromEntries(own);
}

/** The keys that have to be there and are not. */
function expected(item: Item, numbers: number[] | null, own: Answers): string[] {
  if (!isMandatory(item)) return [];
  if (numbers === null) return Object.keys(own).length > 0 ? [] : [item.code];
  return numbers.map((number) => keyOf(item.code, number)).filter((key) => !(key in own));
}

function gap(item: Item, key: string, { value, note = "" }: Answer, grades: Grades): Missing[] {
  const fault = faultOf(item, key, value ?? null, note, grades);
  if (fault) return [said(key, "invalid", `${item.text}：${fault.message}`)];
  if (!isMandatory(item) || !Array.isArray(value) || !item.count) return [];
  const refused = item.refusable === true && String(note).trim() !== "";
  return value.length >= item.count.minimum || refused ? [] : [tooFew(item, key, value.length)];
}

function tooFew(item: Item, key: string, present: number): Missing {
  if (item.type === "signature") {
    return said(key, "unsigned", `${item.text}：缺少签名${item.refusable ? "；拒签的请在备注中写明原因" : ""}`);
  }
  return said(key, "too_few_photos", `${item.text}：至少${item.count!.minimum}张照片，现有${present}张`);
}

/** Answers that lack the evidence the item insists on: with every answer, or with one that does not pass. */
function lackingProofs(template: Template, item: Item, facts: Facts, own: Answers): Missing[] {
  return Object.entries(own).flatMap(([key, { value }]) => {
    const due = proofDue(template, item, facts, key, value);
    const what = item.proof?.kind === "document" ? "材料" : "照片";
    const present = facts.evidence.filter((one) => one.kind === item.proof?.kind && [key, item.code].includes(one.key)).length;
    return present >= due ? [] : [said(key, "no_proof", `${item.text}：至少附${due}份${what}，现有${present}份`)];
  });
}

/** How many pieces of evidence an answer needs now. */
export function proofDue(template: Template, item: Item, facts: Facts, key: string, value: unknown): number {
  const { proof } = item;
  if (!proof) return 0;
  const least = proof.minimum ?? 1;
  if (proof.when === "always") return value === "na" ? 0 : least;
  return fails(template, item, facts, key, value) ? least : 0;
}

/** Whether an answer may be stored and does not pass. */
export function fails(template: Template, item: Item, facts: Facts, key: string, value: unknown): boolean {
  if (faultOf(item, key, value)) return false;
  return verdict(item, value, facts.type, gradeOf(template, item, facts.answers, key)) === "fail";
}

function said(key: string, code: string, message: string): Missing {
  return { key, code, message };
}
