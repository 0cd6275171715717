/** Ready wordings of findings on an item: the county's standard findings first, then the item's own. */
import { LEVELS } from "../checklist/grading.ts";
import type { Item, Severity, Template } from "../checklist/model.ts";
import type { JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";

export interface Wording {
  /** Id of the standard finding; "" for the item's own. */
  standard: string;
  text: string;
  severity: Severity;
  days: number;
  /** Documents and articles, ready to be read. */
  basis: string[];
  measure: string;
}

/** Drafts and defaults of the product are no basis that a notice may name. */
const NOT_CITABLE = ["local_practice", "product_default"];

export function wordingsOf(template: Template, item: Item, standards: readonly Shown[]): Wording[] {
  const own = standards.filter(({ doc }) => doc["item"] === item.code).map(standardWording);
  const severity = item.severity ?? "minor";
  const days = item.default_days ?? LEVELS[severity].days;
  return [...own, { standard: "", text: item.text, severity, days, basis: basisOf(template, item), measure: "" }];
}

function standardWording({ id, doc }: Shown): Wording {
  const severity = text(doc["severity"]) as Severity;
  const basis = ((doc["basis"] ?? []) as JsonObject[]).map((one) => cited(text(one["name"]), text(one["article"])));
  return { standard: id, text: text(doc["text"]), severity, days: Number(doc["days"]), basis, measure: text(doc["measure"]) };
}

function basisOf(template: Template, item: Item): string[] {
  return item.basis.flatMap(({ document, article = "" }) => {
    const policy = (template.policies ?? []).find((one) => one.code === document);
    return policy && !NOT_CITABLE.includes(policy.confidence) ? [cited(policy.name, article)] : [];
  });
}

function cited(name: string, article: string): string {
  return `${name.startsWith("《") ? name : `《${name}》`}${article}`;
}
