/** After a restore of the server from a backup: the phone brings back what the server lost (protocol, Offer). */
import type { Base } from "./base.ts";
import { checked, LineDown, parsed } from "./http.ts";
import { fact, learn } from "./meta.ts";
import type { Outbox } from "./outbox.ts";
import type { Session } from "./session.ts";
import { type OpRow, type Store, TABLES, type Writing } from "./store/port.ts";
import type { Uploads } from "./uploads.ts";
import { API, MAX_OFFER } from "./wire.ts";

export class Restore {
  constructor(
    protected readonly store: Store,
    protected readonly session: Session,
    protected readonly base: Base,
    protected readonly outbox: Outbox,
    protected readonly uploads: Uploads,
  ) {}

  /** Another life of the server: what was pulled goes, what is kept has to be offered, no upload of ours stands. */
  async enter(tx: Writing, epoch: string): Promise<void> {
    await this.base.erase(tx);
    await learn(tx, "epoch", epoch);
    await learn(tx, "offered", "");
    await this.uploads.beginAnew(tx);
  }

  /** The server named its epoch: if it is another one than ours, enter it. */
  notice(epoch: string): Promise<void> {
    return this.store.write(TABLES, async (tx) => {
      if (epoch !== "" && epoch !== (await fact(tx, "epoch"))) await this.enter(tx, epoch);
    });
  }

  /**
   * Offer everything acknowledged that is still kept, unless that was done in this epoch. What the server lacks goes
   * back into the queue under its own number. Interrupted, it is done again from the beginning.
   */
  async offer(): Promise<void> {
    const [epoch, kept] = await this.store.read(["meta", "ops"], async (tx) => {
      const done = (await fact(tx, "offered")) === (await fact(tx, "epoch"));
      return [await fact(tx, "epoch"), done ? null : (await tx.where("ops", "waiting", 0)).filter(isAnswered)] as const;
    });
    if (kept === null || epoch === "") return;
    for (let from = 0; from < kept.length; from += MAX_OFFER) {
      await this.some(kept.slice(from, from + MAX_OFFER).map((row) => row.op), epoch);
    }
    await this.store.write(["meta"], async (tx) => {
      if ((await fact(tx, "epoch")) === epoch) await learn(tx, "offered", epoch);
    });
  }

  private async some(ids: string[], epoch: string): Promise<void> {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ ids });
    const answer = checked(await this.session.send({ method: "POST", path: `${API}/sync/offer`, headers, body }));
    const lack = (parsed(answer) as { lack?: unknown }).lack;
    if (!Array.isArray(lack)) throw new LineDown("this is no answer of the server");
    if (answer.headers["sync-epoch"] !== epoch) throw new LineDown("the server has another life by now");
    await this.store.write(["meta", "ops"], async (tx) => {
      if ((await fact(tx, "epoch")) !== epoch) return;
      for (const op of lack.map(String)) {
        for (const row of await tx.where("ops", "op", op)) await this.outbox.resend(tx, row);
      }
    });
  }
}

/** What was put down unsent was never the server's: its number belongs to another operation now. */
function isAnswered(row: OpRow): boolean {
  return row.answer !== null;
}
