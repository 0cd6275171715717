/** What a submission signs (protocol, The content hash of `visit.submit`), from what the screen shows. */
import { hashOf } from "./canonical.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Shown } from "./overlay.ts";
import { text } from "./wire.ts";

export function contentHash(visit: Shown, findings: readonly Shown[], evidence: readonly Shown[]): string {
  return hashOf({
    visit: visit.id,
    round: visit.doc["round"] ?? 1,
    templates: sortedTemplates(visit.doc["templates"]),
    answers: answersOf(visit.doc),
    findings: ofVisit(visit, findings)
      .filter((row) => row.doc["state"] !== "withdrawn")
      .map(findingContent),
    evidence: ofVisit(visit, evidence).map(evidenceContent),
  });
}

function ofVisit(visit: Shown, rows: readonly Shown[]): Shown[] {
  return rows.filter((row) => row.doc["visit"] === visit.id).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** By code, then by version as a number. */
function sortedTemplates(templates: Json | undefined): Json {
  const pairs = [...((templates ?? []) as [string, number][])];
  return pairs.sort(([a, one], [b, other]) => (a === b ? one - other : a < b ? -1 : 1));
}

function answersOf(doc: JsonObject): JsonObject {
  const answers = Object.entries((doc["answers"] ?? {}) as Record<string, JsonObject>);
  return Object.fromEntries(answers.map(([key, one]) => [key, { value: one["value"] ?? null, note: text(one["note"]) }]));
}

function findingContent({ id, doc }: Shown): JsonObject {
  return {
    ...{ id, item: doc["item"]!, answer_key: doc["answer_key"]!, text: doc["text"]! },
    ...{ severity: doc["chosen_severity"] ?? null, severity_reason: doc["severity_reason"]! },
    ...{ responsibility: doc["responsibility"]!, self_found_fixed: doc["self_found_fixed"]! },
    on_spot: onSpot(doc["on_spot"]),
  };
}

function onSpot(value: Json | undefined): Json {
  if (!value) return null;
  const { before, after } = value as { before?: string[]; after?: string[] };
  return { before: [...(before ?? [])].sort(), after: [...(after ?? [])].sort() };
}

function evidenceContent({ id, doc }: Shown): JsonObject {
  const { sha256, size, kind, answer_key, finding } = doc;
  return { id, sha256: sha256!, size: size!, kind: kind!, answer_key: answer_key!, finding: finding ?? null };
}
