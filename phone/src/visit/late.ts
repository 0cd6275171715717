/** Addenda: what came after the submission, and what has become of it. */
import type { Json, JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import type { Item } from "../engine/status.ts";
import { text } from "../engine/wire.ts";

export interface Late {
  id: string;
  /** 补充说明, 照片, 问题, … */
  what: string;
  words: string;
  state: string;
}

const WHAT: Record<string, string> = {
  ...{ "visit.amend": "补充说明", "evidence.add": "照片", "finding.record": "问题", "answer.set": "填写" },
};
const FATES: Record<string, string> = { accepted: "组长已采纳，附在记录后", refiled: "已转到应属的到访", dismissed: "未采纳" };

/** The addenda that stand beside the rounds of a visit, oldest first. */
export function acceptedIn(visit: JsonObject): Late[] {
  const rows = (visit["addenda"] ?? []) as Json[] as JsonObject[];
  return rows.map((row) => {
    const name = `${text(row["kind"])}.${text(row["verb"])}`;
    const data = (row["data"] ?? {}) as JsonObject;
    const words = text(data["remarks"]) || text(data["text"]);
    return { id: text(row["op"]), what: WHAT[name] ?? "其他内容", words, state: `已附在第${Number(row["round"])}轮记录后` };
  });
}

/**
 * This phone's own late work on a visit that is not accepted: on its way, waiting for the leader, or dismissed.
 * `said` are the words of operations, by their id: the server's answer does not repeat them.
 */
export function waitingIn(visit: string, items: readonly Item[], operations: readonly Shown[], said: JsonObject = {}): Late[] {
  const own = items.filter((item) => item.visit === visit);
  const told = operations.filter(({ doc }) => isLate(doc) && belongs(doc, visit, own));
  const known = new Set(told.flatMap(({ doc }) => [text(doc["op"]), text(doc["object"])]));
  const unsent = own.filter((item) => item.where === "phone" && item.name in WHAT && !known.has(item.id));
  return [
    ...told.filter(({ doc }) => fateOf(doc) !== "accepted").map(({ id, doc }) => ({ id, what: whatOf(doc), words: text(said[text(doc["op"])]), state: stateOf(doc) })),
    ...unsent.map((item) => ({ id: item.id, what: WHAT[item.name]!, words: text(said[item.id]), state: item.words })),
  ];
}

function isLate(doc: JsonObject): boolean {
  return doc["code"] === "late_lock" || doc["status"] === "quarantined";
}

function belongs(doc: JsonObject, visit: string, own: readonly Item[]): boolean {
  return doc["object"] === visit || own.some(({ id }) => id === doc["op"] || id === doc["object"]);
}

function whatOf(doc: JsonObject): string {
  return WHAT[`${text(doc["kind"])}.${text(doc["verb"])}`] ?? "其他内容";
}

function fateOf(doc: JsonObject): string {
  return text((doc["fate"] as JsonObject | undefined)?.["outcome"]);
}

function stateOf(doc: JsonObject): string {
  const reason = text((doc["fate"] as JsonObject | undefined)?.["reason"]);
  const fate = FATES[fateOf(doc)];
  return fate ? [fate, reason].filter(Boolean).join("：") : "服务器已收到，等待组长确认";
}
