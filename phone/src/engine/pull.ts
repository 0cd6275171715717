/** Receiving what the phone may see, until a consistent point (protocol, Pull). */
import type { Base } from "./base.ts";
import { checked, LineDown, parsed, Refused, syncTime } from "./http.ts";
import { fact, learn } from "./meta.ts";
import type { Outbox } from "./outbox.ts";
import { pendingWork } from "./pending.ts";
import type { Restore } from "./restore.ts";
import type { Session } from "./session.ts";
import type { Store, Writing } from "./store/port.ts";
import { TABLES } from "./store/port.ts";
import { NO_ROWS } from "./sums.ts";
import type { Uploads } from "./uploads.ts";
import { API, isPage, MAX_ROWS, type Page } from "./wire.ts";

/** Where the phone stood when it asked: an answer to an older question changes nothing. */
interface Asked {
  cursor: string | null;
  epoch: string;
}

export interface PullParts {
  base: Base;
  outbox: Outbox;
  uploads: Uploads;
  restore: Restore;
}

export class Pull {
  constructor(
    protected readonly store: Store,
    protected readonly session: Session,
    protected readonly parts: PullParts,
    protected readonly limit: number = MAX_ROWS,
  ) {}

  /**
   * Page after page until `more: false`; `page` is told how many rows have come. Raises `Refused`: after 403
   * `deposit_only` nothing of the county is left here, after 409 `epoch` the phone begins anew and has to offer.
   */
  async run(progress: (rows: number) => void = () => undefined): Promise<void> {
    const began = await this.store.read(["meta"], (tx) => fact(tx, "heard"));
    let rows = 0;
    for (let more = true, repaired = false; more; progress(rows)) {
      const page = await this.page(began);
      rows += page.rows.length;
      more = page.more;
      if (!more && !repaired) more = repaired = await this.differs(page);
    }
  }

  /**
   * Whether rows are missing or wrong here although the page was the last. The server compares sums only where the phone
   * stood at the head as it asked; on a phone at work every pull brings something, and that moment might never come.
   */
  private async differs(page: Page): Promise<boolean> {
    const mine = await this.store.read(TABLES, (tx) => this.parts.base.sums(tx));
    return Object.entries(page.csum).some(([scope, sum]) => (mine[scope] ?? NO_ROWS) !== sum);
  }

  private async page(began: number): Promise<Page> {
    const [asked, body] = await this.store.read(TABLES, async (tx) => {
      const [cursor, epoch] = [await fact(tx, "cursor"), await fact(tx, "epoch")];
      const csum = await this.parts.base.sums(tx);
      return [{ cursor, epoch }, { cursor, limit: this.limit, csum, pending: await pendingWork(tx) }] as const;
    });
    const { page, at } = await this.ask(JSON.stringify(body));
    await this.arrive(page, asked, began, at);
    return page;
  }

  private async ask(body: string): Promise<{ page: Page; at: number }> {
    const headers = { "Content-Type": "application/json" };
    const answer = await this.session.send({ method: "POST", path: `${API}/sync/pull`, headers, body });
    try {
      const page = parsed(checked(answer));
      if (!isPage(page) || syncTime(answer) === 0) throw new LineDown("this is no answer of the server");
      return { page, at: syncTime(answer) };
    } catch (fault) {
      if (fault instanceof Refused) await this.refused(fault);
      throw fault;
    }
  }

  private async refused(fault: Refused): Promise<void> {
    if (fault.status === 403 && fault.code === "deposit_only") await this.shut();
    if (fault.status === 409 && fault.code === "epoch") {
      await this.store.write(TABLES, (tx) => this.parts.restore.enter(tx, String(fault.problem["epoch"] ?? "")));
    }
  }

  /** A revoked phone keeps its unsent work and nothing of the county. */
  protected shut(): Promise<void> {
    return this.store.write(TABLES, async (tx) => {
      await this.parts.base.erase(tx);
      await learn(tx, "deposit", true);
    });
  }

  protected arrive(page: Page, asked: Asked, began: number, at: number): Promise<void> {
    return this.store.write(TABLES, async (tx) => {
      const [cursor, epoch] = [await fact(tx, "cursor"), await fact(tx, "epoch")];
      if (cursor !== asked.cursor || epoch !== asked.epoch) return;
      if (page.epoch !== epoch) await this.parts.restore.enter(tx, page.epoch);
      await this.parts.base.apply(tx, page);
      await learn(tx, "deposit", false);
      if (!page.more) await this.complete(tx, began, at);
    });
  }

  /**
   * A consistent point: what the server has decided is now shown by its own rows. Not before everything kept was offered
   * in this life of the server: what was decided in another one may be unknown here.
   */
  protected async complete(tx: Writing, began: number, at: number): Promise<void> {
    await learn(tx, "pulled", at);
    await this.parts.uploads.pulled(tx, at);
    if (await this.parts.base.settledIn(tx)) await this.letGo(tx, began, at);
  }

  private async letGo(tx: Writing, began: number, at: number): Promise<void> {
    const durable = await fact(tx, "durable");
    await this.parts.outbox.pulled(tx, began);
    await this.parts.outbox.forget(tx, durable, at);
    await this.parts.uploads.forget(tx, durable, at);
  }

  /** For a phone that may only deposit: what was taken is shown no more, and goes when a backup has passed it. */
  deposited(at: number): Promise<void> {
    return this.store.write(TABLES, async (tx) => {
      if (!(await this.parts.base.settledIn(tx))) return;
      await this.parts.uploads.deposited(tx, at);
      await this.letGo(tx, await fact(tx, "heard"), at);
    });
  }
}
