/** What former visits left behind at a target: open problems, and what was put right on the spot and is looked at again. */
import { codeOf } from "../checklist/keys.ts";
import type { Severity } from "../checklist/model.ts";
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";

/** States in which a problem still concerns the unit, in plain words. */
const OPEN: Record<string, string> = {
  ...{ confirmed: "已确认，待发通知书", in_notice: "已列入通知书，待整改", rectifying: "整改中" },
  ...{ reported: "单位已报整改，待复查", returned: "退回重改", referred: "已移送" },
};
const DECIDED: Record<string, string> = { closed: "已销号", returned: "退回重改" };
const WEIGHT: Record<Severity, number> = { veto: 0, serious: 1, moderate: 2, minor: 3 };

/** Findings of other visits at this target which are still open, the gravest first; with what `during` it was closed. */
export function openItems(findings: readonly Shown[], target: string, during?: Shown): Shown[] {
  const here = findings.filter(({ doc }) => doc["target"] === target && doc["visit"] !== during?.id);
  const isListed = ({ doc }: Shown) => text(doc["state"]) in OPEN || isToRecheck(doc) || isClosedDuring(doc, during);
  return here.filter(isListed).sort(byWeight);
}

/** A review's own decisions stay in sight: what it closed was open when it began. */
function isClosedDuring(doc: Shown["doc"], during?: Shown): boolean {
  if (during?.doc["kind"] !== "review_visit" || doc["state"] !== "closed") return false;
  const closed = Date.parse(text(doc["closed_at"]));
  return Number.isNaN(closed) || closed >= Date.parse(text(during.doc["started_at"]));
}

/** Put right while the former crew stayed: the next visit looks whether it lasted. */
function isToRecheck(doc: Shown["doc"]): boolean {
  return doc["state"] === "closed" && !!doc["on_spot"] && doc["reopened"] === 0;
}

export function stateWords({ doc }: Shown): string {
  if (isToRecheck(doc)) return "上次即知即改，请回头看";
  const state = text(doc["state"]);
  return OPEN[state] ?? DECIDED[state] ?? "";
}

/** Whether a review may decide it: only what the unit has reported as rectified. */
export function isDecidable({ doc }: Shown): boolean {
  return doc["state"] === "reported";
}

/** Open items of the same question. */
export function openAt(items: readonly Shown[], key: string): Shown[] {
  return items.filter(({ doc }) => text(doc["item"]) === codeOf(key));
}

function byWeight(a: Shown, b: Shown): number {
  const weight = ({ doc }: Shown) => WEIGHT[text(doc["severity"]) as Severity] ?? 4;
  return weight(a) - weight(b) || text(a.doc["at"]).localeCompare(text(b.doc["at"]));
}
