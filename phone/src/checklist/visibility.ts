/** Which items are shown, and by which rule one is hidden: type of target, grades, or a condition. */
import { keyOf } from "./keys.ts";
import { type Answers, type Condition, type Item, itemOf, type TargetType, type Template, type Test } from "./model.ts";

export type HiddenBy = "type" | "grades" | "condition";
export type Grades = readonly number[] | null;

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const GRADES: Partial<Record<TargetType, number[]>> = {
  ...{ primary: range(1, 6), junior: range(7, 9), nine_year: range(1, 9), complete_junior: range(7, 9) },
  special: range(1, 9),
};

/** The grades of a target; without its own those usual for its type. */
export function gradesOf(type: TargetType, grades: Grades): readonly number[] {
  return grades ?? GRADES[type] ?? [];
}

/** Whether a target of this type with these grades has to answer the item. */
export function applies(item: Item, type: TargetType, grades: Grades = null): boolean {
  if (!item.targets.includes(type)) return false;
  if (!item.grades) return true;
  const [first, last] = item.grades;
  return gradesOf(type, grades).some((grade) => grade >= first && grade <= last);
}

/** Why the target is not shown the item; null if it is. */
export function hiddenBy(
  template: Template, item: Item, type: TargetType, grades: Grades, answers: Answers,
): HiddenBy | null {
  if (!item.targets.includes(type)) return "type";
  if (!applies(item, type, grades)) return "grades";
  return numbersShown(template, item, answers)?.length === 0 ? "condition" : null;
}

/** Whether all conditions of the item hold; `number` is that behind `#` where the item repeats. */
export function isShown(template: Template, item: Item, answers: Answers, number: number | null = null): boolean {
  return (item.show_if ?? []).every((condition) => holds(template, condition, answers, number));
}

/** For which numbers it is shown: null where it is shown as a whole, empty where it is hidden. */
export function numbersShown(template: Template, item: Item, answers: Answers): number[] | null {
  const leading = (item.show_if ?? []).map((each) => itemOf(template, each.item)).find((found) => found?.repeat);
  if (!leading) return isShown(template, item, answers) ? null : [];
  const numbers = new Set(Object.keys(answers).flatMap((key) => numberBehind(key, leading.code)));
  return [...numbers].sort((a, b) => a - b).filter((number) => isShown(template, item, answers, number));
}

function numberBehind(key: string, code: string): number[] {
  const [own, number] = key.split("#");
  return own === code && number !== undefined && /^[0-9]{1,4}$/.test(number) ? [Number(number)] : [];
}

function holds(template: Template, condition: Condition, answers: Answers, number: number | null): boolean {
  const asked = itemOf(template, condition.item);
  if (!asked || !isShown(template, asked, answers, number)) return false;
  return matches(condition.is, answers[keyOf(asked.code, asked.repeat ? number : null)]?.value);
}

/** Whether a value, possibly none or one of another kind, is what the condition asks for. */
function matches(test: Test, value: unknown): boolean {
  switch (test.op) {
    case "=":
      return value === test.value;
    case "<=":
      return typeof value === "number" && value <= test.value;
    case ">=":
      return typeof value === "number" && value >= test.value;
    case "time<=":
      return typeof value === "string" && value <= test.value;
    case "time>=":
      return typeof value === "string" && value >= test.value;
    case "any":
      return (Array.isArray(value) ? value : [value]).some((one) => test.options.includes(one));
  }
}
