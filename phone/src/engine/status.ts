/** Where each piece of work is, derived from the rows whenever it is asked for and stored nowhere. */
import type { JsonObject } from "./json.ts";
import { isUnsent } from "./pending.ts";
import { STAND_IN } from "./putting.ts";
import { reason } from "./reasons.ts";
import type { FileRow, OpRow, Reading, Store, TableName } from "./store/port.ts";
import { text } from "./wire.ts";

export type Where = "phone" | "sending" | "server" | "verified" | "down";

/** What a person may do with refused work: nothing here, take it out first, or put it down (`putting.ts`). */
export type Way = "none" | "export" | "down";

export interface Item {
  /** Operation id, or evidence id of a file. */
  id: string;
  what: "operation" | "file";
  name: string;
  visit: string;
  where: Where;
  /** 只在这部手机上 / 正在上传 n% / 服务器已收到 / 已核验 / 已导出留底 */
  words: string;
  /** Why it does not go on, "" where all is well: stable code and the sentence for the person. */
  code: string;
  reason: string;
  /** For a file the percentage the server has. */
  percent: number;
  way: Way;
}

export const STANDING: readonly TableName[] = ["ops", "files", "base"];
const FINE = ["applied", "merged"];
/** In custody, and nothing that this phone could do makes it count: a reviewer decides. */
const SET_ASIDE = ["quarantined", "id_reused"];

export class Status {
  constructor(private readonly store: Store) {}

  /** Everything that is not settled for good: unsent work first, in the order in which it was made. */
  items(): Promise<Item[]> {
    return this.store.read(STANDING, itemsIn);
  }

  /** How many pieces are only on this phone. */
  unsent(): Promise<number> {
    return this.store.read(STANDING, async (tx) => {
      const waiting = await tx.where("ops", "waiting", 1);
      return waiting.length + (await tx.prefix("files", "")).filter(isUnsent).length;
    });
  }
}

/** The same inside a transaction of the caller. Every table is read once, however many files there are. */
export async function itemsIn(tx: Reading): Promise<Item[]> {
  const [files, ops, operationRows, evidence] = await Promise.all([
    ...[tx.prefix("files", ""), tx.prefix("ops", "")] as const,
    ...[tx.prefix("base", "operation/"), tx.prefix("base", "evidence/")] as const,
  ]);
  const facts = new Map(ops.map((op) => [op.n, op]));
  const own = new Set(files.map((file) => file.n));
  const told = new Map(operationRows.map((row) => [row.id, row.doc]));
  const seen = new Map(evidence.map((row) => [row.id, row.doc]));
  const operations = ops.filter((op) => !own.has(op.n)).map((op) => operationItem(op, told.get(op.op)));
  return [...operations, ...files.map((file) => fileItem(file, facts.get(file.n), seen.get(file.key)))];
}

/** The same piece after some more bytes of it went out. */
export function movedTo(before: Item, file: FileRow): Item {
  const where = whereIs(file, undefined);
  const percent = Math.floor((100 * file.offset) / file.size);
  return { ...before, where, percent, words: words(where, percent) };
}

function operationItem(op: OpRow, doc: JsonObject | undefined): Item {
  const trouble = op.answer === null ? { code: op.aside, detail: "" } : troubleOf(op, doc);
  const where = whereOf(op, trouble.code);
  const found = item(op.op, "operation", op.name, op.visit, where, trouble.code, op.waiting ? 0 : 100);
  if (op.down && op.answer !== null && trouble.code) return { ...found, code: "", reason: "已交督导办核对，您已知悉。" };
  return { ...found, reason: trouble.detail || found.reason, way: wayOf(op, doc) };
}

function whereOf(op: OpRow, code: string): Where {
  if (op.answer === null) return op.down ? "down" : "phone";
  return op.waiting ? "phone" : op.shown || code ? "server" : "verified";
}

function wayOf(op: OpRow, doc: JsonObject | undefined): Way {
  if (op.answer === null) return op.aside === "" || op.down ? "none" : op.exported ? "down" : "export";
  const status = text(doc?.["status"]) || op.answer.status;
  return SET_ASIDE.includes(status) && !doc?.["fate"] && !op.down ? "down" : "none";
}

/** The reviewer's word stands above what was answered at first; the server's own sentence says more than ours. */
function troubleOf(op: OpRow, doc: JsonObject | undefined): { code: string; detail: string } {
  const status = text(doc?.["status"]) || (op.answer?.status ?? "");
  if (op.name === STAND_IN || doc?.["fate"] || status === "" || FINE.includes(status)) return { code: "", detail: "" };
  const code = text(doc?.["code"]) || op.answer?.code || status;
  return { code, detail: text(doc?.["detail"]) || text(op.answer?.result["detail"]) };
}

function fileItem(file: FileRow, fact: OpRow | undefined, doc: JsonObject | undefined): Item {
  const code = file.refused || fact?.aside || (text(doc?.["state"]) === "corrupt" ? "corrupt" : "");
  const percent = Math.floor((100 * file.offset) / file.size);
  const found = item(file.key, "file", "evidence.add", file.visit, whereIs(file, fact), code, percent);
  const mayGo = file.refused === "" || file.down || file.bytes === 0;
  return { ...found, way: mayGo ? "none" : file.exported ? "down" : "export" };
}

function whereIs(file: FileRow, fact: OpRow | undefined): Where {
  if (file.verified > 0) return "verified";
  if (file.down) return "down";
  if (file.offset >= file.size) return "server";
  return fact?.waiting || file.offset === 0 ? "phone" : "sending";
}

function item(
  id: string,
  what: Item["what"],
  name: string,
  visit: string,
  where: Where,
  code: string,
  percent: number,
): Item {
  return { id, what, name, visit, where, words: words(where, percent), code, reason: code && reason(code), percent, way: "none" };
}

function words(where: Where, percent: number): string {
  const sending = `正在上传 ${percent}%`;
  return { phone: "只在这部手机上", sending, server: "服务器已收到", verified: "已核验", down: "已导出留底" }[where];
}
