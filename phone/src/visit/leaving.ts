/** The check before leaving: what the server would miss, and what the person should know before they go. */
import { fails, type Missing, missingForSubmit } from "../checklist/completeness.ts";
import { codeOf } from "../checklist/keys.ts";
import type { Answers, Item } from "../checklist/model.ts";
import type { Json, JsonObject } from "../engine/json.ts";
import { text } from "../engine/wire.ts";
import { answersOf, type Dossier, factsOf, isDue, isReview } from "./dossier.ts";
import { arrival, type Place } from "./geofence.ts";
import { isDecidable } from "./history.ts";

/** Papers that the footing of a visit demands: cards shown, number of the check notice. */
const PAPERS: Record<string, { cards: number; notice: boolean }> = {
  administrative_check: { cards: 2, notice: true },
  joint_check: { cards: 2, notice: false },
};
const UNASKED = ["unanswered", "too_few_photos", "unsigned", "no_proof"];

export function papersOf(kind: string): { cards: number; notice: boolean } {
  return PAPERS[kind] ?? { cards: 0, notice: false };
}

/** Everything that keeps the visit from being submitted. */
export function gapsOf(dossier: Dossier, answers: Answers = answersOf(dossier)): Missing[] {
  const filled = { ...signed(dossier), ...answers };
  const items = new Map(dossier.templates.flatMap((template) => template.items).map((item) => [item.code, item]));
  const found = missingForSubmit(dossier.templates, factsOf(dossier, filled));
  const due = found.filter((gap) => !isExcused(dossier.doc, items.get(codeOf(gap.key)), gap) && !isUnasked(dossier, gap));
  return [...due, ...witnesses(dossier, items, filled), ...papers(dossier.doc), ...conflicts(dossier.doc)];
}

/** Signatures given by `visit.sign` stand for the signature items. */
export function signed({ doc, templates }: Dossier): Answers {
  const given = (doc["signatures"] ?? {}) as { inspectors?: string[]; unit?: string[]; refused?: string };
  const filled: Answers = {};
  for (const item of templates.flatMap((template) => template.items)) {
    if (item.type !== "signature") continue;
    const ids = (item.refusable ? given.unit : given.inspectors) ?? [];
    const note = item.refusable ? (given.refused ?? "") : "";
    if (ids.length > 0 || note) filled[item.code] = { value: ids as Json, note };
  }
  return filled;
}

function isExcused(doc: JsonObject, item: Item | undefined, gap: Missing): boolean {
  const entry = doc["entry"] as JsonObject | null | undefined;
  const signature = item?.type === "signature";
  if (entry && !entry["admitted"]) return UNASKED.includes(gap.code) && !(signature && !item.refusable);
  return doc["mode"] === "covert" && !entry && signature && item.refusable === true;
}

/** A review is about what had failed: the other questions may stay open. */
function isUnasked(dossier: Dossier, gap: Missing): boolean {
  const template = dossier.templates.find((one) => one.items.some((item) => item.code === codeOf(gap.key)));
  return gap.code === "unanswered" && template !== undefined && !isDue(dossier, template.code);
}

/** A refusal needs two inspectors' signatures, wherever two were sent. */
function witnesses({ doc, assignment }: Dossier, items: Map<string, Item>, filled: Answers): Missing[] {
  const entry = doc["entry"] as JsonObject | null | undefined;
  const names = (key: string) => filled[key]!.value as string[];
  const keys = Object.keys(filled).filter((key) => items.get(codeOf(key))?.type === "signature");
  const isUnits = (key: string) => items.get(codeOf(key))!.refusable === true;
  const refused = keys.some((key) => isUnits(key) && names(key).length === 0 && text(filled[key]!.note as Json).trim() !== "");
  if (!(refused || (entry && !entry["admitted"])) || assignment["own"]) return [];
  const most = Math.max(0, ...keys.filter((key) => !isUnits(key)).map((key) => names(key).length));
  if (most >= 2 || ((assignment["crew"] ?? []) as Json[]).length < 2) return [];
  const message = "被查单位拒签或拒绝检查的，须由两名以上督查员签名。";
  return [{ key: "signatures.inspectors", code: "two_inspectors", message }];
}

function papers(doc: JsonObject): Missing[] {
  const details = (doc["details"] ?? {}) as { cards?: string[]; notice_number?: string };
  const { cards, notice } = papersOf(text(doc["kind"]));
  const shown = new Set((details.cards ?? []).map((card) => card.trim()).filter(Boolean)).size;
  const found: Missing[] = [];
  const few = `须登记${cards}名以上执法人员出示的证件号，现有${shown}个。`;
  if (shown < cards) found.push({ key: "details.cards", code: "certificates_missing", message: few });
  const lacking = "行政检查须登记检查通知书文号。";
  const unnamed = notice && !(details.notice_number ?? "").trim();
  if (unnamed) found.push({ key: "details.notice_number", code: "check_notice_missing", message: lacking });
  return found;
}

function conflicts(doc: JsonObject): Missing[] {
  const keys = Object.keys((doc["conflicts"] ?? {}) as JsonObject).sort();
  return keys.map((key) => ({ key, code: "conflict", message: `${key}与同组另一部手机填写的不同，请当面核对后选定。` }));
}

/** What holds nothing up, but should be seen before leaving. */
export function warningsOf(dossier: Dossier): string[] {
  const { doc, target, findings } = dossier;
  const found: string[] = [];
  const checkIn = doc["check_in"] as { place?: Place | null } | null | undefined;
  if (!checkIn) found.push("尚未签到，本次到访将不计入覆盖。");
  else if (!arrival(checkIn.place ?? null, target["location"] as JsonObject | null).inside) {
    found.push(checkIn.place ? "签到位置不在被查单位范围内，已登记原因。" : "签到时没有取得定位，已登记原因。");
  }
  if (!doc["feedback"]) found.push("尚未登记现场反馈。");
  if (doc["mode"] !== "covert" && !doc["entry"]) found.push("尚未登记进入情况（出示督学证、告知负责人）。");
  const undecided = isReview(dossier) ? dossier.history.filter(isDecidable).length : 0;
  if (undecided > 0) found.push(`还有${undecided}个已报整改的问题没有复查结论。`);
  const alone = findings.filter(({ doc: one }) => one["state"] !== "withdrawn" && isUnconfirmed(one)).length;
  if (alone > 0) found.push(`有${alone}处即知即改尚未经另一名督查员确认，提交后仍按待整改处理。`);
  const failing = dossier.templates.flatMap((template) => template.items.filter((item) => isUnrecorded(dossier, template.result, item)));
  for (const item of failing) found.push(`“${item.text}”不符合，尚未记录问题。`);
  if (findings.length > 0 && !doc["signatures"]) found.push("问题尚未经被查单位签字确认。");
  return found;
}

function isUnconfirmed(doc: JsonObject): boolean {
  const fix = doc["on_spot"] as JsonObject | null | undefined;
  return !!fix && !fix["confirmed_by"];
}

function isUnrecorded(dossier: Dossier, result: string, item: Item): boolean {
  if (result !== "findings" || !item.severity) return false;
  const recorded = dossier.findings.some(({ doc }) => doc["item"] === item.code && doc["state"] !== "withdrawn");
  return !recorded && failing(dossier, item);
}

function failing(dossier: Dossier, item: Item): boolean {
  const template = dossier.templates.find((one) => one.items.includes(item))!;
  const facts = factsOf(dossier);
  const keys = Object.keys(facts.answers).filter((key) => codeOf(key) === item.code);
  return keys.some((key) => fails(template, item, facts, key, facts.answers[key]?.value));
}
