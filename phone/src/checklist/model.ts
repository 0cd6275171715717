/** What a checklist is: the JSON of the `template` document (docs/checklists.md). Fields at their default are absent. */
import type { Json } from "../engine/json.ts";

export type TargetType =
  | "primary" | "junior" | "nine_year" | "complete_junior" | "special" | "subject" | "non_subject" | "suspected";
export type AnswerType =
  | "yes_no" | "yes_no_na" | "number" | "single" | "multi" | "text" | "photo" | "signature";
export type Repeat = "class" | "grade" | "respondent";
export type Severity = "minor" | "moderate" | "serious" | "veto";
export type GradeRange = [first: number, last: number];

export type PassRule =
  | { op: "="; value: string }
  | { op: "<=" | ">="; value: number }
  | { op: "time<=" | "time>="; value: string }
  | { op: "in"; options: string[] }
  | { op: "by_stage"; primary: string; junior: string };

export type Test =
  | { op: "="; value: string }
  | { op: "<=" | ">="; value: number }
  | { op: "time<=" | "time>="; value: string }
  | { op: "any"; options: string[] };

export interface Variant {
  targets?: TargetType[];
  grades?: GradeRange;
  pass: PassRule;
}

export interface Condition {
  item: string;
  is: Test;
}

export interface Proof {
  kind: "photo" | "document";
  minimum?: number;
  when?: "always" | "fail";
}

export interface Item {
  code: string;
  section: string;
  text: string;
  type: AnswerType;
  targets: TargetType[];
  grades?: GradeRange;
  repeat?: Repeat;
  number?: { unit: string; minimum: number; maximum: number; integer?: boolean };
  options?: string[];
  grades_of_option?: GradeRange[];
  format?: "long" | "time";
  time?: { earliest: string; latest: string };
  count?: { minimum: number; maximum: number };
  pass?: PassRule;
  severity?: Severity;
  default_days?: number;
  basis: { document: string; article?: string }[];
  optional?: boolean;
  refusable?: boolean;
  variants?: Variant[];
  show_if?: Condition[];
  proof?: Proof;
}

export interface Policy {
  code: string;
  name: string;
  number?: string;
  confidence: string;
}

export interface Template {
  code: string;
  version: number;
  name: string;
  method: string;
  anonymous: boolean;
  result: "findings" | "aggregate";
  items: Item[];
  policies?: Policy[];
}

/** A stored answer; `value` and `note` are read, anything else is ignored. */
export interface Answer {
  value?: Json | undefined;
  note?: Json | undefined;
}

export type Answers = Record<string, Answer>;

/** One piece of evidence: the key it is at (an item's code counts for all its answers) and its kind. */
export interface Attached {
  key: string;
  kind: string;
}

export function itemOf(template: Template, code: string): Item | undefined {
  return template.items.find((item) => item.code === code);
}
