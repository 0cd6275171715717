/** Answer keys: `ZY-06` for a single answer, `ZY-07#4` where the item repeats. */
import type { Item } from "./model.ts";

export interface AnswerKey {
  code: string;
  number: number | null;
}

const KEY = /^([A-Z][A-Z0-9]{1,7}-[0-9]{2,3})(?:#([1-9][0-9]{0,3}))?$/;
const HIGHEST_NUMBER = 9999;

/** The parts of a key, null where it is none. */
export function parseKey(key: unknown): AnswerKey | null {
  const found = typeof key === "string" && !key.endsWith("\n") ? KEY.exec(key) : null;
  return found && { code: found[1]!, number: found[2] ? Number(found[2]) : null };
}

export function keyOf(code: string, number: number | null = null): string {
  return number === null ? code : `${code}#${number}`;
}

export function codeOf(key: string): string {
  return key.split("#")[0]!;
}

/** Whether that number may stand behind `#`; `grades` are those of the target, null for all. */
export function isAllowed(item: Item, number: number, grades: readonly number[] | null): boolean {
  if (item.repeat !== "grade") return number >= 1 && number <= HIGHEST_NUMBER;
  const [first, last] = item.grades ?? [1, 9];
  return number >= first && number <= last && (grades === null || grades.includes(number));
}
