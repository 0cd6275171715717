/** 问题: what was found at the places this phone knows of and is not settled yet. */
import { LEVELS } from "../checklist/grading.ts";
import type { JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";

export interface OpenProblem {
  id: string;
  /** The visit on this phone, "" where it is not here (of an earlier visit). */
  visit: string;
  text: string;
  level: string;
  state: string;
  days: number;
  basis: string[];
  repeated: boolean;
  mine: boolean;
  /** Worst first. */
  weight: number;
  at: string;
}

export interface Place {
  target: string;
  name: string;
  problems: OpenProblem[];
}

const SETTLED = ["closed", "withdrawn", "rectified_on_spot"];

export const STATES: Record<string, string> = {
  ...{ recorded: "已记录，待审核", confirmed: "已确认", in_notice: "已列入通知书", rectifying: "整改中" },
  ...{ reported: "已报整改，待复查", returned: "退回重改", referred: "已移送" },
};

const WEIGHTS = ["minor", "moderate", "serious", "veto"];

export interface Known {
  findings: readonly Shown[];
  visits: readonly Shown[];
  targets: Record<string, JsonObject>;
  me: number;
}

/** By place, the one with the worst problem first; within a place the worst first. */
export function openProblems(known: Known): Place[] {
  const places = new Map<string, Place>();
  for (const row of known.findings.filter(({ doc }) => !SETTLED.includes(text(doc["state"])))) {
    const visit = known.visits.find(({ id }) => id === row.doc["visit"]);
    const target = text(row.doc["target"]) || text(visit?.doc["target"]);
    const name = text(known.targets[target]?.["name"]) || text(visit?.doc["target_name"]) || "其他单位";
    const place = places.get(target) ?? { target, name, problems: [] };
    place.problems.push(problemOf(row, visit?.id ?? "", known.me));
    places.set(target, place);
  }
  for (const place of places.values()) place.problems.sort((a, b) => b.weight - a.weight || b.at.localeCompare(a.at));
  const worst = (place: Place) => place.problems[0]!.weight;
  return [...places.values()].sort((a, b) => worst(b) - worst(a) || a.name.localeCompare(b.name, "zh"));
}

function problemOf({ id, doc }: Shown, visit: string, me: number): OpenProblem {
  const severity = text(doc["severity"]) || text(doc["chosen_severity"]) || "minor";
  const level = LEVELS[severity as keyof typeof LEVELS];
  return {
    ...{ id, visit, text: text(doc["text"]), level: level?.words ?? "", at: text(doc["at"]) },
    ...{ state: STATES[text(doc["state"])] ?? text(doc["state"]), days: Number(doc["due_days"] ?? level?.days ?? 0) },
    ...{ basis: basisOf(doc), repeated: doc["repeated"] === true, mine: doc["by"] === me },
    weight: WEIGHTS.indexOf(severity),
  };
}

/** Documents with their articles, ready to be read. */
function basisOf(doc: JsonObject): string[] {
  const rows = (doc["basis"] ?? []) as JsonObject[];
  return rows.map((row) => cited(text(row["name"]), text(row["article"]))).filter((words) => words !== "《》");
}

function cited(name: string, article: string): string {
  return `${name.startsWith("《") ? name : `《${name}》`}${article}`;
}
