/** An answer as a person reads it. */
import type { Item } from "../checklist/model.ts";

const WORDS: Record<string, string> = { yes: "是", no: "否", na: "不适用" };

export function readable(item: Item, value: unknown): string {
  if (item.type === "photo" || item.type === "signature") return `${Array.isArray(value) ? value.length : 0}份`;
  if (Array.isArray(value)) return value.join("、");
  if (typeof value === "number") return `${value}${item.number?.unit ?? ""}`;
  return item.type.startsWith("yes_no") ? (WORDS[String(value)] ?? "未填写") : String(value ?? "未填写");
}
