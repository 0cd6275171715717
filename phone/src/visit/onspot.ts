/** 即知即改: what was put right while the inspectors stayed, proven by pictures before and after (workflow section 5). */
import type { Severity } from "../checklist/model.ts";
import type { Json, JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";

export interface Fix {
  before: string[];
  after: string[];
  confirmed_by: number | null;
}

export function fixOf({ doc }: Shown): Fix | null {
  const fix = doc["on_spot"] as unknown as Fix | null | undefined;
  return fix ? { before: fix.before ?? [], after: fix.after ?? [], confirmed_by: fix.confirmed_by ?? null } : null;
}

/** Only minor and moderate items without individual liability; `level` is the one that holds now. */
export function mayFix({ doc }: Shown, level: Severity): boolean {
  return doc["responsibility"] !== "person" && ["minor", "moderate"].includes(level);
}

/** What a fix still lacks; "" where it may be recorded. */
export function fixFault(before: readonly string[], after: readonly string[]): string {
  if (before.length === 0) return "请先拍摄或选用整改前的照片。";
  if (after.length === 0) return "请拍摄整改后的照片。";
  return before.some((id) => after.includes(id)) ? "同一张照片不能既作整改前、又作整改后。" : "";
}

/** Whether this person may confirm it: another than its author, while nobody has. */
export function mayConfirm(row: Shown, me: number): boolean {
  const fix = fixOf(row);
  return fix !== null && fix.confirmed_by === null && row.doc["by"] !== me;
}

/** The whole finding as `finding.amend` says it anew: what it leaves out would fall back to its default. */
export function wholeOf(doc: JsonObject): JsonObject {
  const { item, text: words, answer_key, chosen_severity, severity_reason, responsibility, self_found_fixed, on_spot, standard } = doc;
  return {
    ...{ item: item ?? "", text: words ?? "", answer_key: answer_key ?? "", severity: chosen_severity ?? null },
    ...{ severity_reason: severity_reason ?? "", responsibility: responsibility ?? "unit" },
    ...{ self_found_fixed: self_found_fixed ?? false, on_spot: on_spot ?? null },
    ...(text(standard) ? { standard: standard! } : {}),
  };
}

/** The others of the crew: one of them witnesses a refusal, or confirms a fix. */
export function othersOf(assignment: JsonObject, me: number): { id: number; name: string }[] {
  const crew = (assignment["crew"] ?? []) as Json[] as { id: number; name: string }[];
  return crew.filter(({ id }) => id !== me);
}

export function nameIn(assignment: JsonObject, id: unknown): string {
  const crew = (assignment["crew"] ?? []) as Json[] as { id: number; name: string }[];
  return crew.find((one) => one.id === id)?.name ?? "同组督查员";
}
