/** The tasks of the day as somebody sees them: what each is, how far it is, and what comes next. */
import type { JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";

export const KINDS: Record<string, string> = {
  ...{ routine: "经常性督导", special: "专项督导", comprehensive: "综合督导", administrative_check: "行政检查" },
  ...{ joint_check: "联合执法", tip_check: "举报核查", review_visit: "复查", teaching_guidance: "视导" },
};
export const MODES: Record<string, string> = { open: "明察", covert: "暗访" };
const STATES: Record<string, string> = {
  ...{ released: "待接受", accepted: "已接受", departed: "已出发", done: "已完成", cancelled: "已取消" },
};
export const VISIT_STATES: Record<string, string> = {
  ...{ departed: "进行中", arrived: "进行中", in_progress: "进行中", feedback_given: "已反馈", submitted: "已提交" },
  ...{ approved: "已审核", returned: "已退回", cancelled: "已取消" },
};

/** What the leader does next; the others of a crew learn of it when the leader departs. */
const NEXT: Record<string, { name: string; words: string }> = {
  released: { name: "assignment.accept", words: "接受任务" },
  accepted: { name: "assignment.depart", words: "出发" },
};
const OVER = ["done", "cancelled"];

export interface Task {
  /** The assignment's id; "" for a visit whose assignment the server has not made yet. */
  id: string;
  name: string;
  day: string;
  mode: string;
  kind: string;
  state: string;
  visit: string;
  startable: boolean;
  next: { name: string; words: string } | undefined;
  /** Nothing more is to be done here by this person. */
  over: boolean;
}

/** Open ones first, each group by day; visits nobody was sent on stand among them. */
export function tasksOf(assignments: readonly Shown[], visits: readonly Shown[], targets: Record<string, JsonObject>, me: number): Task[] {
  const known = new Set(assignments.map(({ id }) => id));
  const own = visits.filter(({ doc }) => !known.has(text(doc["assignment"])) && doc["state"] !== "cancelled");
  const rows = [...assignments.map((row) => taskOf(row, visits, me)), ...own.map((row) => ownTask(row, targets))];
  return rows.sort((a, b) => Number(a.over) - Number(b.over) || (a.over ? -1 : 1) * a.day.localeCompare(b.day));
}

export function taskOf({ id, doc }: Shown, visits: readonly Shown[], me: number): Task {
  const state = text(doc["state"]);
  const visit = visits.find((row) => row.doc["assignment"] === id && row.doc["state"] !== "cancelled");
  const away = doc["recused"] ? "已申报回避" : doc["left"] ? "已中途退出" : "";
  const shown = away || (visit && state === "departed" ? (VISIT_STATES[text(visit.doc["state"])] ?? "") : (STATES[state] ?? ""));
  return {
    ...{ id, name: text(doc["target_name"]), day: text(doc["scheduled_on"]), mode: MODES[text(doc["mode"])] ?? "" },
    ...{ kind: KINDS[text(doc["kind"])] ?? "", state: shown, visit: away ? "" : (visit?.id ?? "") },
    startable: state === "departed" && !away,
    next: doc["leader"] === me && !away ? NEXT[state] : undefined,
    over: OVER.includes(state) || away !== "",
  };
}

function ownTask({ id, doc }: Shown, targets: Record<string, JsonObject>): Task {
  const state = text(doc["state"]);
  return {
    ...{ id: "", name: text(targets[text(doc["target"])]?.["name"]) || "到访", day: text(doc["started_at"]).slice(0, 10) },
    ...{ mode: MODES[text(doc["mode"])] ?? "", kind: KINDS[text(doc["kind"])] ?? "", state: VISIT_STATES[state] ?? "", visit: id },
    ...{ startable: false, next: undefined, over: state === "approved" },
  };
}

/** Before the visit has begun somebody may still say that they must stay away. */
export function mayRecuse(assignment: JsonObject): boolean {
  return ["released", "accepted", "departed"].includes(text(assignment["state"]));
}
