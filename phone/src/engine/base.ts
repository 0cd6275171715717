/** Rows as they were pulled, by the rules of the feed (protocol, Pull). Nothing of this phone's own work is in them. */
import type { JsonObject } from "./json.ts";
import { fact, learn } from "./meta.ts";
import type { Reading, ScopeRow, Writing } from "./store/port.ts";
import { minus, NO_ROWS, partOf, plus } from "./sums.ts";
import type { Page } from "./wire.ts";

/** The sums of the scopes that a page touches, written back once at its end. */
class Tally {
  private readonly rows = new Map<string, ScopeRow>();

  constructor(private readonly tx: Writing) {}

  async change(scope: string, part: string, how: (sum: string, part: string) => string): Promise<void> {
    const row = await this.row(scope);
    row.sum = how(row.sum, part);
  }

  async told(scope: string): Promise<void> {
    (await this.row(scope)).told = true;
  }

  async write(): Promise<void> {
    for (const row of this.rows.values()) await this.tx.put("scopes", row);
  }

  private async row(scope: string): Promise<ScopeRow> {
    let row = this.rows.get(scope) ?? (await this.tx.get("scopes", scope));
    row ??= { key: scope, sum: NO_ROWS, told: false };
    this.rows.set(scope, row);
    return row;
  }
}

export class Base {
  /** One page, whole or not at all, with the cursor that follows it: applying it twice is applying it once. */
  async apply(tx: Writing, page: Page): Promise<void> {
    for (const scope of [...page.drop, ...page.reset]) await this.clearScope(tx, scope);
    const tally = new Tally(tx);
    for (const [scope, kind, id, doc] of page.rows) {
      if (doc === null) await this.remove(tx, tally, scope, `${kind}/${id}`);
      else await this.put(tx, tally, scope, kind, id, doc);
    }
    for (const scope of Object.keys(page.csum)) await tally.told(scope);
    await tally.write();
    await this.advance(tx, page);
  }

  protected async advance(tx: Writing, page: Page): Promise<void> {
    await learn(tx, "cursor", page.cursor);
    await learn(tx, "durable", page.durable);
  }

  private async put(
    tx: Writing,
    tally: Tally,
    scope: string,
    kind: string,
    id: string,
    doc: JsonObject,
  ): Promise<void> {
    const [key, sum] = [`${kind}/${id}`, partOf(kind, id, doc)];
    await this.drop(tx, tally, key);
    await tx.put("base", { key, scope, kind, id, sum, doc });
    await tally.change(scope, sum, plus);
  }

  /** A removal counts only if the row is held under that scope: so the order of arrival does not matter. */
  private async remove(tx: Writing, tally: Tally, scope: string, key: string): Promise<void> {
    const row = await tx.get("base", key);
    if (row !== undefined && this.isHeldUnder(row.scope, scope)) await this.drop(tx, tally, key);
  }

  protected isHeldUnder(recorded: string, scope: string): boolean {
    return recorded === scope;
  }

  private async drop(tx: Writing, tally: Tally, key: string): Promise<void> {
    const row = await tx.get("base", key);
    if (row === undefined) return;
    await tx.remove("base", key);
    await tally.change(row.scope, row.sum, minus);
  }

  protected async clearScope(tx: Writing, scope: string): Promise<void> {
    for (const row of await tx.where("base", "scope", scope)) await tx.remove("base", row.key);
    await tx.remove("scopes", scope);
  }

  /** Nothing pulled remains, and the next pull begins anew. */
  async erase(tx: Writing): Promise<void> {
    await tx.clear("base");
    await tx.clear("scopes");
    await learn(tx, "cursor", null);
  }

  /** The phone's own sum of every scope it was ever told a sum of. */
  async sums(tx: Reading): Promise<Record<string, string>> {
    const told = (await tx.prefix("scopes", "")).filter((row) => row.told);
    return Object.fromEntries(told.map((row) => [row.key, row.sum]));
  }

  /** Whether everything kept was offered in this life of the server: only then its word allows to forget. */
  async settledIn(tx: Reading): Promise<boolean> {
    return (await fact(tx, "offered")) === (await fact(tx, "epoch"));
  }
}
