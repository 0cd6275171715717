/** Whether one value may be stored as the answer of one item: what the server would refuse is said here at once. */
import { isAllowed, keyOf, parseKey } from "./keys.ts";
import type { Item } from "./model.ts";

export interface Fault {
  path: string;
  code: string;
  message: string;
}

type Said = [code: string, message: string];

export const LONGEST_TEXT = 2000;
const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const EVIDENCE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const REPEATS = { class: "按班级", grade: "按年级", respondent: "按受访者" };

/** What is wrong with the answer, null where nothing is. `grades` of the target, for items repeated by grade. */
export function faultOf(
  item: Item, key: unknown, value: unknown, note: unknown = "", grades: readonly number[] | null = null,
): Fault | null {
  const parsed = parseKey(key);
  if (!parsed) return { path: "answers", code: "bad_key", message: "应答编号格式不正确，应为“条目编号”或“条目编号#序号”。" };
  const path = `answers.${keyOf(parsed.code, parsed.number)}`;
  const parts: [string, () => Said | null][] = [
    [path, () => keyFault(item, parsed.code, parsed.number, grades)],
    [`${path}.value`, () => CHECKS[item.type](item, value)],
    [`${path}.note`, () => (typeof note === "string" ? textFault(note, "备注") : ["not_text", "备注应为文字。"])],
  ];
  for (const [where, check] of parts) {
    const said = check();
    if (said) return { path: where, code: said[0], message: said[1] };
  }
  return null;
}

function keyFault(item: Item, code: string, number: number | null, grades: readonly number[] | null): Said | null {
  if (code !== item.code) return ["wrong_item", `应答编号不属于条目${item.code}。`];
  if (!item.repeat) return number === null ? null : ["repeat_not_allowed", `条目${item.code}只能有一份应答，不能带“#序号”。`];
  if (number === null) return ["repeat_missing", `条目${item.code}须${REPEATS[item.repeat]}分别应答，请带“#序号”。`];
  if (isAllowed(item, number, grades)) return null;
  const grade = `被查单位没有条目${item.code}所问的${number}年级。`;
  return ["repeat_out_of_range", item.repeat === "grade" ? grade : `条目${item.code}没有序号${number}。`];
}

/** Lengths are counted in code points, as the server counts them. */
function textFault(text: string, what: string): Said | null {
  if ([...text].length > LONGEST_TEXT) return ["too_long", `${what}不得超过${LONGEST_TEXT}字。`];
  return text.includes("\x00") || /\p{Surrogate}/u.test(text) ? ["bad_characters", `${what}含有无法保存的字符。`] : null;
}

const CHECKS: Record<Item["type"], (item: Item, value: unknown) => Said | null> = {
  yes_no: (_, value) => (["yes", "no"].includes(value as string) ? null : ["not_an_option", "请选择“是”或“否”。"]),
  yes_no_na: (_, value) =>
    ["yes", "no", "na"].includes(value as string) ? null : ["not_an_option", "请选择“是”“否”或“不适用”。"],
  number: numberFault,
  single: singleFault,
  multi: multiFault,
  text: (item, value) => {
    if (typeof value !== "string") return ["not_text", "请填写文字。"];
    return item.format === "time" ? timeFault(item, value) : textFault(value, "文字");
  },
  photo: evidenceFault,
  signature: evidenceFault,
};

function numberFault({ number: spec }: Item, value: unknown): Said | null {
  if (typeof value !== "number") return ["not_a_number", "请填写数字。"];
  if (!Number.isFinite(value)) return ["not_a_number", "请填写有效的数字。"];
  if (!spec) return null;
  if (value < spec.minimum || value > spec.maximum) {
    return ["out_of_range", `数值应在${spec.minimum}至${spec.maximum}${spec.unit}之间。`];
  }
  return spec.integer && !Number.isInteger(value) ? ["not_an_integer", `请填写整数（单位：${spec.unit}）。`] : null;
}

function singleFault(item: Item, value: unknown): Said | null {
  const known = typeof value === "string" && (item.options ?? []).includes(value);
  return known ? null : ["not_an_option", "请从所列选项中选择一项。"];
}

function multiFault(item: Item, value: unknown): Said | null {
  if (!Array.isArray(value)) return ["not_a_list", "请从所列选项中选择一项或多项。"];
  if (value.length === 0) return ["empty", "请至少选择一项。"];
  const wrong = value.map((one) => singleFault(item, one)).find((said) => said);
  return wrong ?? (new Set(value).size < value.length ? ["repeated", "同一选项不能重复选择。"] : null);
}

function timeFault({ time }: Item, value: string): Said | null {
  if (!TIME.test(value)) return ["not_a_time", "请按24小时制填写时间，例如08:20。"];
  const outside = time && (value < time.earliest || value > time.latest);
  return outside ? ["out_of_range", `时间应在${time.earliest}至${time.latest}之间。`] : null;
}

function evidenceFault(item: Item, value: unknown): Said | null {
  if (!Array.isArray(value)) return ["not_a_list", "应为佐证编号的列表。"];
  if (!value.every((one) => typeof one === "string" && EVIDENCE.test(one))) {
    return ["bad_evidence_id", "佐证编号格式不正确。"];
  }
  if (new Set(value).size < value.length) return ["repeated", "同一佐证不能重复列出。"];
  const what = item.type === "signature" ? "签名" : "照片";
  return item.count && value.length > item.count.maximum ? ["too_many", `${what}最多${item.count.maximum}份。`] : null;
}
