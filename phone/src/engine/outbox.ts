/**
 * Operations: written with their number in one transaction, sent in that order, never lost.
 *
 * A row is what the phone has to say, and by being `shown` also the overlay of what it said: the two cannot come apart.
 * It leaves the queue with the server's word (custody), the overlay with the first complete pull that began after the
 * final word, and the phone when a backup of the server has passed it.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

import type { Clock } from "./clock.ts";
import { deviceTime } from "./clock.ts";
import type { Chance } from "./ids.ts";
import { uuid7 } from "./ids.ts";
import { type Json, type JsonObject, plain } from "./json.ts";
import { fact, learn } from "./meta.ts";
import { numberKey, type OpRow, type Reading, type Store, type TableName, type Writing } from "./store/port.ts";
import { MAX_BATCH, MAX_OPS, type OpResult, SCHEMA, text, UNDECIDED } from "./wire.ts";

export interface OneAnswer extends JsonObject {
  value: Json;
  note?: string;
  base?: number;
  settles?: string[];
}

/** How long acknowledged work is kept where the server tells of no backup (protocol, Phone duties). */
export const KEPT_MS = 14 * 24 * 3600 * 1000;

/** Answers in one operation; far below what fits into 256 KB. */
const COALESCE_UP_TO = 200;

export const OUTBOX: readonly TableName[] = ["meta", "ops", "base"];

export class Outbox {
  constructor(
    protected readonly store: Store,
    protected readonly clock: Clock,
    protected readonly chance: Chance,
  ) {}

  newId(): string {
    return uuid7(this.clock, this.chance);
  }

  /** One operation, durable when this resolves; `name` is `kind.verb`. */
  add(name: string, id: string, data: JsonObject = {}): Promise<OpRow> {
    return this.store.write(OUTBOX, (tx) => this.addIn(tx, name, id, plain(data)));
  }

  /** The same inside a transaction of the caller: what belongs to the operation is stored with it or not at all. */
  async addIn(tx: Writing, name: string, id: string, data: JsonObject): Promise<OpRow> {
    const n = (await fact(tx, "n")) + 1;
    await learn(tx, "n", n);
    const made = this.clock.now();
    const row: OpRow = {
      ...{ key: numberKey(n), op: this.newId(), n, name, id, visit: await visitOf(tx, name, id, data) },
      ...{ at: deviceTime(made), made, data, body: null, waiting: 1, shown: 1, aside: "", answer: null },
    };
    await tx.put("ops", row);
    return row;
  }

  /** Answers of a visit. Those that were never attempted and are the last of the visit are one operation with these. */
  answer(visit: string, answers: Record<string, OneAnswer>): Promise<OpRow> {
    return this.store.write(OUTBOX, async (tx) => {
      const last = (await tx.where("ops", "visit", visit)).at(-1);
      if (last === undefined || !this.mayJoin(last, answers)) {
        return this.addIn(tx, "answer.set", visit, { answers: plain(answers) });
      }
      const joined = { ...last, data: { answers: joinAnswers(saidIn(last), plain(answers)) } };
      await tx.put("ops", joined);
      return joined;
    });
  }

  /** After the first attempt an operation is frozen: the server may have it, under its id and with its content. */
  protected mayJoin(last: OpRow, answers: Record<string, OneAnswer>): boolean {
    const size = Object.keys(saidIn(last)).length + Object.keys(answers).length;
    return last.name === "answer.set" && last.body === null && last.waiting === 1 && size <= COALESCE_UP_TO;
  }

  waiting(): Promise<OpRow[]> {
    return this.store.read(["ops"], (tx) => tx.where("ops", "waiting", 1));
  }

  /** The oldest operations that fit into one push, frozen before anything of them leaves the phone. */
  batch(limit: number = MAX_OPS): Promise<OpRow[]> {
    return this.store.write(["ops"], async (tx) => {
      const batch: OpRow[] = [];
      let size = 0;
      for (const row of await tx.where("ops", "waiting", 1)) {
        if (row.aside !== "") continue;
        const body = row.body ?? bodyOf(row);
        size += bytesIn(body) + 1;
        if (batch.length === limit || (batch.length > 0 && size > MAX_BATCH)) break;
        batch.push({ ...row, body });
        if (row.body === null) await tx.put("ops", { ...row, body });
      }
      return batch;
    });
  }

  /** Every status means custody: the operations leave the queue. What was not answered stays in it. */
  async settle(tx: Writing, batch: readonly OpRow[], results: readonly OpResult[], at: number): Promise<void> {
    const told = new Map(results.map((result) => [result.op, result]));
    let heard = await fact(tx, "heard");
    for (const { key, op } of batch) {
      const [row, result] = [await tx.get("ops", key), told.get(op)];
      if (row?.op !== op || result === undefined) continue;
      heard += 1;
      const answer = { status: result.status, code: text(result["code"]), at, heard, result };
      await tx.put("ops", { ...row, waiting: 0, answer });
    }
    await learn(tx, "heard", heard);
  }

  /** What no message can carry stays here, is shown, and holds nothing up. */
  setAside(row: OpRow, code: string): Promise<void> {
    return this.store.write(["ops"], (tx) => tx.put("ops", { ...row, aside: code }));
  }

  /** A complete pull that began when `began` answers had been heard: decided work leaves the overlay. */
  async pulled(tx: Writing, began: number): Promise<void> {
    for (const row of await tx.where("ops", "shown", 1)) {
      if (row.answer === null || row.answer.heard > began) continue;
      const answer = await this.lastWord(tx, row);
      if (!this.staysShown(answer.status)) await tx.put("ops", { ...row, answer, shown: 0 });
    }
  }

  /** Held work is still on its way: until somebody decides, the person goes on seeing what they did. */
  protected staysShown(status: string): boolean {
    return (UNDECIDED as readonly string[]).includes(status);
  }

  /** What was held when it arrived may be decided by now: then its document says so, or is gone. */
  private async lastWord(tx: Reading, row: OpRow): Promise<NonNullable<OpRow["answer"]>> {
    const answer = row.answer!;
    if (!this.staysShown(answer.status)) return answer;
    const doc = (await tx.get("base", `operation/${row.op}`))?.doc;
    if (doc === undefined) return { ...answer, status: "applied" };
    if (doc["fate"]) return { ...answer, status: "quarantined" };
    return { ...answer, status: doc["status"] as OpResult["status"], code: text(doc["code"]) };
  }

  /** Forget what the server cannot lose any more. `now` is the server's time, which no wrong clock of ours reaches. */
  async forget(tx: Writing, durable: number | null, now: number): Promise<void> {
    for (const row of await tx.where("ops", "shown", 0)) {
      if (this.mayForget(row, durable, now)) await tx.remove("ops", row.key);
    }
  }

  protected mayForget(row: OpRow, durable: number | null, now: number): boolean {
    return row.waiting === 0 && row.answer !== null && isPast(row.answer.at, durable, now);
  }

  /** Back into the queue, word for word and under the same id: a restored server lacks it. */
  async resend(tx: Writing, row: OpRow): Promise<void> {
    await tx.put("ops", { ...row, waiting: 1, shown: 1, answer: null });
  }
}

/** Whether a backup has passed that moment; 14 days where there is none. */
export function isPast(at: number, durable: number | null, now: number): boolean {
  return durable === null ? now > at + KEPT_MS : durable >= at;
}

export function saidIn(row: OpRow): Record<string, OneAnswer> {
  const answers = row.name === "answer.set" ? row.data["answers"] : undefined;
  return (answers ?? {}) as Record<string, OneAnswer>;
}

/** The later word counts, on the base that the first one saw: what came in between is a contradiction to be shown. */
function joinAnswers(before: Record<string, OneAnswer>, after: Record<string, OneAnswer>): Record<string, OneAnswer> {
  const joined = { ...before };
  for (const [key, said] of Object.entries(after)) {
    const first = before[key];
    joined[key] = first?.base === undefined || said.settles ? said : { ...said, base: first.base };
  }
  return joined;
}

/** The exact text of an operation on the wire. */
export function bodyOf(row: OpRow): string {
  const [kind, verb] = row.name.split(".");
  const { op, n, id, at, data } = row;
  return JSON.stringify({ op, n, kind, verb, id, schema: SCHEMA, at, data });
}

export function bytesIn(body: string): number {
  return new TextEncoder().encode(body).length;
}

export function hashOfText(body: string): string {
  return bytesToHex(sha256(utf8ToBytes(body)));
}

/** The visit an operation belongs to, "" for none: the last number of a visit is what its submission waits for. */
async function visitOf(tx: Reading, name: string, id: string, data: JsonObject): Promise<string> {
  if (name.startsWith("visit.") || name === "answer.set" || name === "review.decide") return id;
  if (typeof data["visit"] === "string") return data["visit"];
  if (!name.startsWith("finding.")) return "";
  const own = (await tx.prefix("ops", "")).find((row) => row.name === "finding.record" && row.id === id);
  return own?.visit ?? text((await tx.get("base", `finding/${id}`))?.doc["visit"]);
}
