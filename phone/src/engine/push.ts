/** Handing the outbox over, batch by batch, until it is empty (protocol, Push). */
import type { Clock } from "./clock.ts";
import { checked, parsed, Refused, LineDown, syncTime } from "./http.ts";
import type { JsonObject } from "./json.ts";
import { fact, learn } from "./meta.ts";
import type { Outbox } from "./outbox.ts";
import { pendingWork } from "./pending.ts";
import type { Session } from "./session.ts";
import type { OpRow, Store } from "./store/port.ts";
import { TABLES } from "./store/port.ts";
import { API, isPushAnswer, MAX_OPS, type OpResult, type PushAnswer } from "./wire.ts";

/** An answer, its `Sync-Time`, and the life of the server that gave it. */
export interface Heard {
  answer: PushAnswer;
  at: number;
  epoch: string;
}

/** Statuses of a message that is refused for what is in it: a smaller one may pass. */
const FOR_ITS_CONTENT = [400, 413];

export class Push {
  constructor(
    protected readonly store: Store,
    protected readonly session: Session,
    protected readonly outbox: Outbox,
    protected readonly clock: Clock,
  ) {}

  /** Until the outbox is empty. Raises what the line or the server refuse; everything is then still here. */
  async run(): Promise<void> {
    let limit = MAX_OPS;
    for (;;) {
      const batch = await this.outbox.batch(limit);
      if (batch.length === 0) break;
      limit = await this.hand(batch);
    }
  }

  /** One batch, and how many operations the next one may hold. */
  private async hand(batch: OpRow[]): Promise<number> {
    const epoch = await this.store.read(["meta"], (tx) => fact(tx, "epoch"));
    try {
      const heard = await this.send(batch);
      await this.take(batch, heard, epoch);
      return MAX_OPS;
    } catch (fault) {
      if (!(fault instanceof Refused) || !FOR_ITS_CONTENT.includes(fault.status)) throw fault;
      if (batch.length === 1) await this.outbox.setAside(batch[0]!, fault.code || "op_too_large");
      return Math.max(1, Math.floor(batch.length / 2));
    }
  }

  /** Hear `durable` also where there is nothing to say: a phone that may not pull learns it nowhere else. */
  async ask(): Promise<Heard> {
    const epoch = await this.store.read(["meta"], (tx) => fact(tx, "epoch"));
    const heard = await this.send([]);
    await this.take([], heard, epoch);
    return heard;
  }

  private async send(batch: OpRow[]): Promise<Heard> {
    const head = JSON.stringify({ clock: await this.clockNow(), pending: await this.pending() }).slice(0, -1);
    const body = `${head},"ops":[${batch.map((row) => row.body).join(",")}]}`;
    const headers = { "Content-Type": "application/json" };
    const answer = checked(await this.session.send({ method: "POST", path: `${API}/sync/push`, headers, body }));
    const told = parsed(answer);
    if (!isPushAnswer(told) || syncTime(answer) === 0) throw new LineDown("this is no answer of the server");
    return { answer: told, at: syncTime(answer), epoch: answer.headers["sync-epoch"] ?? "" };
  }

  /** An answer of a server that was restored meanwhile acknowledges nothing in its present life. */
  protected async take(batch: OpRow[], heard: Heard, epochBefore: string): Promise<void> {
    await this.store.write(["meta", "ops"], async (tx) => {
      const present = await fact(tx, "epoch");
      if (present !== epochBefore && present !== heard.epoch) return;
      await this.settle(tx, batch, heard.answer.results, heard.at);
      await learn(tx, "durable", heard.answer.durable);
      await learn(tx, "have", heard.answer.have);
      await learn(tx, "missing", heard.answer.missing);
    });
  }

  protected settle(
    tx: Parameters<Outbox["settle"]>[0],
    batch: OpRow[],
    results: OpResult[],
    at: number,
  ): Promise<void> {
    return this.outbox.settle(tx, batch, results, at);
  }

  private async clockNow(): Promise<JsonObject> {
    const contact = await this.store.read(["meta"], (tx) => fact(tx, "contact"));
    const now = this.clock.now();
    if (contact === null) return { now, offset: null, age: null };
    return { now, offset: contact.offset, age: Math.max(0, Math.round((now - contact.device) / 1000)) };
  }

  private pending() {
    return this.store.read(TABLES, (tx) => pendingWork(tx));
  }
}
