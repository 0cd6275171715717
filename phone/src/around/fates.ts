/** 上传中心: what is where, what waits for a person, and what a reviewer has decided about work that was set aside. */
import { codeOf } from "../checklist/keys.ts";
import type { Template } from "../checklist/model.ts";
import type { JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import type { Item } from "../engine/status.ts";
import { text } from "../engine/wire.ts";

export const NAMES: Record<string, string> = {
  ...{ "assignment.accept": "接受任务", "assignment.decline": "退回任务", "assignment.depart": "出发" },
  ...{ "assignment.leave": "中途退出", "recusal.declare": "申请回避", "visit.start": "开始到访" },
  ...{ "visit.check_in": "签到", "visit.enter": "亮明身份", "visit.sample": "抽样", "visit.draw_classes": "抽取班级" },
  ...{ "visit.amend": "证件与文书", "visit.feedback": "现场反馈", "visit.sign": "签字", "visit.submit": "提交" },
  ...{ "visit.cancel": "取消到访", "visit.alarm": "紧急情况", "visit.refile": "改挂单位", "answer.set": "填写" },
  ...{ "finding.record": "记录问题", "finding.amend": "修改问题", "finding.withdraw": "撤销问题" },
  ...{ "finding.confirm_fix": "确认即改", "evidence.add": "照片或签名", "review.decide": "复查结论" },
  ...{ "inbox.read": "消息已读", "inbox.acknowledge": "确认知悉消息", "target.report": "上报疑似无证点" },
  "phone.put_down": "留底内容的说明",
};

export function nameOf(operation: string): string {
  return NAMES[operation] ?? "其他操作";
}

/** Whether the server has not all of it. */
export function isHere(item: Item): boolean {
  return item.where === "phone" || item.where === "sending";
}

export interface Standing {
  /** Only on this phone and stuck: something has to be done about it. */
  stuck: Item[];
  /** Only on this phone, on its way. */
  here: Item[];
  /** Refused for good, taken out in a file and put down. */
  down: Item[];
  /** With the server, which did not let it count (yet). */
  aside: Item[];
  /** With the server, not yet confirmed by a complete pull or a checked hash. */
  received: Item[];
  done: Item[];
}

/** Codes after which waiting is all there is to do. */
const PASSING = ["corrupt"];

export function standingOf(items: readonly Item[]): Standing {
  const sorted: Standing = { stuck: [], here: [], down: [], aside: [], received: [], done: [] };
  for (const item of items) sorted[groupOf(item)].push(item);
  return sorted;
}

function groupOf(item: Item): keyof Standing {
  if (item.where === "down") return "down";
  const stuck = item.code !== "" && !PASSING.includes(item.code);
  if (isHere(item)) return stuck ? "stuck" : "here";
  if (item.what === "file" && stuck) return "stuck";
  if (item.code !== "") return "aside";
  return item.where === "server" ? "received" : "done";
}

/** What a reviewer decided about an operation of this person. */
export interface Fate {
  op: string;
  name: string;
  /** The visit it was about, "" for none. */
  visit: string;
  outcome: "accepted" | "refiled" | "dismissed";
  words: string;
  reason: string;
  by: string;
  at: string;
}

const OUTCOMES: Record<string, string> = { accepted: "已采纳", refiled: "已改挂采纳", dismissed: "未采纳" };

/** Newest first. `operations` are the documents of kind `operation`. */
export function fatesOf(operations: readonly Shown[]): Fate[] {
  const decided = operations.filter(({ doc }) => doc["fate"]);
  return decided.map(fateOf).sort((a, b) => b.at.localeCompare(a.at));
}

function fateOf({ id, doc }: Shown): Fate {
  const fate = doc["fate"] as JsonObject;
  const [kind, outcome] = [text(doc["kind"]), text(fate["outcome"]) as Fate["outcome"]];
  const addendum = (fate["detail"] as JsonObject | undefined)?.["status"] === "addendum";
  return {
    ...{ op: id, name: `${kind}.${text(doc["verb"])}`, outcome, reason: text(fate["reason"]) },
    ...{ visit: kind === "visit" || kind === "answer" ? text(doc["object"]) : "", by: text(fate["by_name"]) },
    ...{ at: text(fate["at"]), words: `${OUTCOMES[outcome] ?? "已处理"}${addendum ? "（作为补录）" : ""}` },
  };
}

/** A question that two phones answered differently and nobody has settled. */
export interface Contradiction {
  visit: string;
  key: string;
  rivals: number;
}

export function contradictions(visits: readonly Shown[]): Contradiction[] {
  return visits.flatMap(({ id, doc }) =>
    Object.entries((doc["conflicts"] ?? {}) as Record<string, unknown[]>)
      .filter(([, rivals]) => rivals.length > 0)
      .map(([key, rivals]) => ({ visit: id, key, rivals: rivals.length })),
  );
}

/** Where a question stands in its checklist, null where no template here has it. */
export function questionOf(templates: readonly Template[], key: string): { section: string; text: string } | null {
  const code = codeOf(key);
  const template = templates.find((one) => one.items.some((item) => item.code === code));
  const item = template?.items.find((one) => one.code === code);
  if (!template || !item) return null;
  const titles = [...new Set(template.items.map((one) => one.section))];
  return { section: `${template.code}.${titles.indexOf(item.section)}`, text: item.text };
}
