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

/**
 * Findings of other visits at this target which are still open, the gravest first, closed ones last. A review sees the closed ones, too:
 * its own decisions stay in sight, and what was closed before may have relapsed (回头看).
 */
export function openItems(findings: readonly Shown[], target: string, during?: Shown): Shown[] {
  const here = findings.filter(({ doc }) => doc["target"] === target && doc["visit"] !== during?.id);
  const isReview = during?.doc["kind"] === "review_visit";
  const isListed = ({ doc }: Shown) => text(doc["state"]) in OPEN || isToRecheck(doc) || (isReview && doc["state"] === "closed");
  return here.filter(isListed).sort(byWeight);
}

/** Put right while the former crew stayed: the next visit looks whether it lasted. */
function isToRecheck(doc: Shown["doc"]): boolean {
  return doc["state"] === "closed" && !!doc["on_spot"] && doc["reopened"] === 0;
}

export function stateWords({ doc }: Shown): string {
  if (doc["relapse_found_at"]) return "已登记反弹，由督导办重新打开";
  if (isToRecheck(doc)) return "上次即知即改，请回头看";
  const state = text(doc["state"]);
  return OPEN[state] ?? DECIDED[state] ?? "";
}

/** Whether a review has to decide it: the unit has reported it as rectified. */
export function isDecidable({ doc }: Shown): boolean {
  return doc["state"] === "reported";
}

export type Result = "closed" | "partly" | "returned" | "relapsed";

/** What the person is asked for beside the result. */
export const ASKED: Record<Result, string> = {
  ...{ closed: "说明（选填）", partly: "还差什么（退回单位继续整改）", returned: "还差什么（退回单位重改）" },
  relapsed: "反弹的情形（由督导办重新打开）",
};

/** What a review may say of it (workflow.md section 8), nothing where it may say nothing now. */
export function resultsOf({ doc }: Shown): { value: Result; words: string }[] {
  if (doc["state"] === "closed") return doc["relapse_found_at"] ? [] : [{ value: "relapsed", words: "反弹" }];
  if (doc["state"] !== "reported") return []; // the unit has said nothing yet
  return [{ value: "closed", words: "已整改" }, { value: "partly", words: "基本整改" }, { value: "returned", words: "未整改" }];
}

/** Open items of the same question. */
export function openAt(items: readonly Shown[], key: string): Shown[] {
  return items.filter(({ doc }) => text(doc["item"]) === codeOf(key));
}

function byWeight(a: Shown, b: Shown): number {
  const weight = ({ doc }: Shown) => (WEIGHT[text(doc["severity"]) as Severity] ?? 4) + (doc["state"] === "closed" ? 5 : 0);
  return weight(a) - weight(b) || text(a.doc["at"]).localeCompare(text(b.doc["at"]));
}
