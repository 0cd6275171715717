/** Where each piece of work is, derived from the rows whenever it is asked for and stored nowhere. */
import { isUnsent } from "./pending.ts";
import { reason } from "./reasons.ts";
import type { FileRow, OpRow, Reading, Store, TableName } from "./store/port.ts";
import { text } from "./wire.ts";

export type Where = "phone" | "sending" | "server" | "verified";

export interface Item {
  /** Operation id, or evidence id of a file. */
  id: string;
  what: "operation" | "file";
  name: string;
  visit: string;
  where: Where;
  /** 只在这部手机上 / 正在上传 n% / 服务器已收到 / 已核验 */
  words: string;
  /** Why it does not go on, "" where all is well: stable code and the sentence for the person. */
  code: string;
  reason: string;
  /** For a file the percentage the server has. */
  percent: number;
}

const NEEDED: readonly TableName[] = ["ops", "files", "base"];
const FINE = ["applied", "merged"];

export class Status {
  constructor(private readonly store: Store) {}

  /** Everything that is not settled for good: unsent work first, in the order in which it was made. */
  items(): Promise<Item[]> {
    return this.store.read(NEEDED, async (tx) => {
      const files = await tx.prefix("files", "");
      const held = new Map(files.map((file) => [file.n, file]));
      const ops = (await tx.prefix("ops", "")).filter((op) => !held.has(op.n));
      const items = [...(await Promise.all(ops.map((op) => operationItem(tx, op))))];
      for (const file of files) items.push(await fileItem(tx, file));
      return items;
    });
  }

  /** How many pieces are only on this phone. */
  unsent(): Promise<number> {
    return this.store.read(NEEDED, async (tx) => {
      const waiting = await tx.where("ops", "waiting", 1);
      return waiting.length + (await tx.prefix("files", "")).filter(isUnsent).length;
    });
  }
}

async function operationItem(tx: Reading, op: OpRow): Promise<Item> {
  const trouble = op.waiting ? { code: op.aside, detail: "" } : await troubleOf(tx, op);
  const where: Where = op.waiting ? "phone" : op.shown || trouble.code ? "server" : "verified";
  const found = item(op.op, "operation", op.name, op.visit, where, trouble.code, op.waiting ? 0 : 100);
  return { ...found, reason: trouble.detail || found.reason };
}

/** The reviewer's word stands above what was answered at first; the server's own sentence says more than ours. */
async function troubleOf(tx: Reading, op: OpRow): Promise<{ code: string; detail: string }> {
  const doc = (await tx.get("base", `operation/${op.op}`))?.doc;
  const status = text(doc?.["status"]) || (op.answer?.status ?? "");
  if (doc?.["fate"] || status === "" || FINE.includes(status)) return { code: "", detail: "" };
  const code = text(doc?.["code"]) || op.answer?.code || status;
  return { code, detail: text(doc?.["detail"]) || text(op.answer?.result["detail"]) };
}

async function fileItem(tx: Reading, file: FileRow): Promise<Item> {
  const [fact] = (await tx.where("ops", "visit", file.visit)).filter((op) => op.n === file.n);
  const state = text((await tx.get("base", `evidence/${file.key}`))?.doc["state"]);
  const code = file.refused || fact?.aside || (state === "corrupt" ? "corrupt" : "");
  const percent = Math.floor((100 * file.offset) / file.size);
  return item(file.key, "file", "evidence.add", file.visit, whereIs(file, fact), code, percent);
}

function whereIs(file: FileRow, fact: OpRow | undefined): Where {
  if (file.verified > 0) return "verified";
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
  return { id, what, name, visit, where, words: words(where, percent), code, reason: code && reason(code), percent };
}

function words(where: Where, percent: number): string {
  const said = { phone: "只在这部手机上", sending: `正在上传 ${percent}%`, server: "服务器已收到", verified: "已核验" };
  return said[where];
}
