/** The classes that are there today, grade by grade, as an inspector fills them in before the draw. */
import { gradesOf } from "../checklist/visibility.ts";
import type { TargetType } from "../checklist/model.ts";
import type { ClassToday } from "../engine/draw.ts";
import type { JsonObject } from "../engine/json.ts";

/** One grade: how many classes, how many pupils in each, and which classes differ from that. */
export interface GradeToday {
  grade: number;
  count: number;
  size: number;
  other: Record<number, number>;
}

export const MOST_CLASSES = 30;
const USUAL_SIZE = 45;
const LARGEST = 99;

/** What is filled in at first: the last draw's list, else what the target's card says, evenly over its grades. */
export function proposed(target: JsonObject, from: readonly (readonly number[])[] = []): GradeToday[] {
  const grades = [...gradesOf(target["type"] as TargetType, (target["grades"] as number[] | null) ?? null)];
  const all = grades.length > 0 ? grades : [1, 2, 3, 4, 5, 6, 7, 8, 9];
  if (from.length > 0) return all.map((grade) => ofGrade(grade, from));
  const [classes, pupils] = [Number(target["classes"] ?? 0), Number(target["students"] ?? 0)];
  const size = classes > 0 && pupils > 0 ? within(Math.round(pupils / classes), 1, LARGEST) : USUAL_SIZE;
  const each = Math.floor(classes / all.length);
  return all.map((grade, place) => ({ grade, count: each + Number(place < classes % all.length), size, other: {} }));
}

function ofGrade(grade: number, from: readonly (readonly number[])[]): GradeToday {
  const own = from.filter(([of]) => of === grade);
  const size = own[0]?.[2] ?? USUAL_SIZE;
  const other = own.filter((one) => one[2] !== size).map((one): [number, number] => [one[1]!, one[2]!]);
  return { grade, count: own.length, size, other: Object.fromEntries(other) };
}

export function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(Math.round(Number.isFinite(value) ? value : least), least), most);
}

/** The list that is drawn from. */
export function listed(grades: readonly GradeToday[]): ClassToday[] {
  return grades.flatMap(({ grade, count, size, other }) =>
    Array.from({ length: count }, (_, i) => ({ grade, number: i + 1, size: within(other[i + 1] ?? size, 1, LARGEST) })),
  );
}

/** What the server would refuse, in its words; "" where nothing is wrong. */
export function drawFault(classes: readonly ClassToday[], draws: number, reason: string): string {
  if (classes.length === 0) return "请先填写当日在校的班级。";
  if (classes.length > 200) return "班级过多，最多200个。";
  if (draws >= 9) return "一次到访最多抽取9次。";
  return draws > 0 && reason.trim() === "" ? "重新抽取须写明原因，原抽取结果予以保留。" : "";
}

const DIGITS = "零一二三四五六七八九";

export function gradeWords(grade: number): string {
  return `${DIGITS[grade] ?? grade}年级`;
}

export function classWords({ grade, number }: { grade: number; number: number }): string {
  return `${gradeWords(grade)}${number}班`;
}
