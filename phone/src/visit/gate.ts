/** At the gate: the crew shows itself and is let in, or is refused; what came before was the covert part. */
import type { JsonObject } from "../engine/json.ts";
import { text } from "../engine/wire.ts";

/** As it is typed; `informed` and `refusedBy` are posts, never names. */
export interface GateForm {
  /** "yes", "no", or "" for not said yet. */
  admitted: string;
  shown: boolean;
  informed: string;
  refusedBy: string;
  reason: string;
  /** The id of another of the crew, as text. */
  witness: string;
}

export const POSTS = ["校长（负责人）", "副校长", "值班负责人", "教务主任"];
export const GUARDS = ["门卫", "值班人员", "负责人"];

/** What keeps it from being recorded; "" where nothing does. */
export function gateFault(form: GateForm): string {
  if (form.admitted === "") return "请选择是否进入。";
  if (form.admitted === "yes") return form.shown ? "" : "进入前应出示督学证。";
  if (form.reason.trim() === "") return "被拒绝进入的，请写明情形。";
  return form.witness === "" ? "被拒绝进入的，须由本组另一名督查员见证。" : "";
}

/** The data of `visit.enter`. */
export function entryOf(form: GateForm): JsonObject {
  const shown = { certificates_shown: form.shown };
  if (form.admitted === "yes") return { admitted: true, ...shown, informed: form.informed.trim() };
  const { refusedBy, reason, witness } = form;
  return { admitted: false, ...shown, refused_by: refusedBy.trim(), reason: reason.trim(), witness: Number(witness) };
}

/** How the crew was met, in one sentence. */
export function entryWords(entry: JsonObject, witness: string): string {
  const shown = entry["certificates_shown"] ? "已出示督学证" : "未出示督学证";
  if (entry["admitted"]) {
    const informed = text(entry["informed"]);
    return `已进入，${shown}${informed ? `，已告知${informed}` : ""}。`;
  }
  const by = text(entry["refused_by"]);
  return `被拒绝进入${by ? `（${by}）` : ""}，${shown}。情形：${text(entry["reason"])} 见证：${witness}。`;
}
