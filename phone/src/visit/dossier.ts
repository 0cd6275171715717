/** A visit as this phone shows it, with everything that belongs to it: what the screens and the rules look at. */
import type { Facts } from "../checklist/completeness.ts";
import { codeOf } from "../checklist/keys.ts";
import type { Answers, Attached, Template } from "../checklist/model.ts";
import type { JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";

export interface Dossier {
  id: string;
  doc: JsonObject;
  target: JsonObject;
  assignment: JsonObject;
  templates: Template[];
  /** Those of this visit. */
  findings: Shown[];
  evidence: Shown[];
  /** The wordings of the county. */
  standards: Shown[];
  /** Other visits of this target that the phone holds. */
  earlier: Shown[];
  /** What former visits left open at this target (`history.openItems`). */
  history: Shown[];
  /** Words of the server on this phone's own operations. */
  operations: Shown[];
}

/** The page that every visit fills in. */
export const GENERAL = "TY";

/** The states in which nothing more is to be entered. */
const CLOSED = ["submitted", "approved", "cancelled"];

export function isOpen({ doc }: Dossier): boolean {
  return !CLOSED.includes(text(doc["state"]));
}

/** A review asks the general page and what had failed; everything else may be answered and is not waited for. */
export function isAsked({ doc, history }: Dossier, template: string, item: string): boolean {
  return doc["kind"] !== "review_visit" || template === GENERAL || history.some((one) => one.doc["item"] === item);
}

/** Whether an unanswered item of this checklist keeps the visit from being submitted. */
export function isDue({ doc }: Dossier, template: string): boolean {
  return doc["kind"] !== "review_visit" || template === GENERAL;
}

export function isReview({ doc }: Dossier): boolean {
  return doc["kind"] === "review_visit";
}

export function answersOf({ doc }: Dossier): Answers {
  return (doc["answers"] ?? {}) as unknown as Answers;
}

export function standing(findings: readonly Shown[]): Shown[] {
  return findings.filter(({ doc }) => doc["state"] !== "withdrawn");
}

/** What the rules of the checklist look at; `answers` may be ahead of what is stored. */
export function factsOf(dossier: Dossier, answers: Answers = answersOf(dossier)): Facts {
  const type = typeOf(dossier.target);
  const grades = dossier.target["grades"] as number[] | null | undefined;
  return { answers, type, grades: grades?.length ? grades : null, evidence: attached(dossier) };
}

/** The checklist's word for the target; an unlicensed site, and one reported just now, is checked as a suspected one. */
export function typeOf(target: JsonObject): Facts["type"] {
  const said = text(target["type"]);
  return (said === "unlicensed" || target["kind"] === "suspected_site" ? "suspected" : said) as Facts["type"];
}

/** Evidence stands at its own key, or at that of the finding it proves. */
function attached({ findings, evidence }: Dossier): Attached[] {
  const at = new Map(standing(findings).map(({ id, doc }) => [id, text(doc["answer_key"]) || text(doc["item"])]));
  return evidence.map(({ doc }) => {
    const key = text(doc["answer_key"]) || (at.get(text(doc["finding"])) ?? "");
    return { key, kind: text(doc["kind"]) };
  });
}

/** The answer to the same question at the last visit of this target that the phone knows of. */
export function lastAnswer({ earlier }: Dossier, key: string): { value: unknown; at: string } | null {
  const found = earlier
    .filter(({ doc }) => (doc["answers"] as JsonObject | undefined)?.[key] !== undefined)
    .sort((a, b) => text(b.doc["submitted_at"]).localeCompare(text(a.doc["submitted_at"])))[0];
  if (!found) return null;
  const answer = (found.doc["answers"] as Record<string, JsonObject>)[key]!;
  return { value: answer["value"], at: text(found.doc["submitted_at"]) || text(answer["at"]) };
}

/** The findings on a question: under its key, or under its item where no key was named. */
export function findingsAt({ findings }: Dossier, key: string): Shown[] {
  return standing(findings).filter(({ doc }) => text(doc["answer_key"]) === key || (!doc["answer_key"] && doc["item"] === codeOf(key)));
}
