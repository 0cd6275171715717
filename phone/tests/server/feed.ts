/** The fake server's documents and their feed: numbers per scope, tombstones, floors, sums (protocol, Pull). */
import type { JsonObject } from "../../src/engine/json.ts";
import { minus, NO_ROWS, partOf, plus } from "../../src/engine/sums.ts";
import type { Page, PulledRow } from "../../src/engine/wire.ts";

interface FeedRow {
  seq: number;
  kind: string;
  id: string;
  doc: JsonObject | null;
}

interface Scope {
  head: number;
  floor: number;
  sum: string;
  rows: Map<string, FeedRow>;
}

/** What a cursor says. */
export interface Position {
  epoch: string;
  at: Record<string, number>;
  fresh: Record<string, number>;
}

export interface Asking {
  cursor: string | null;
  limit: number;
  csum: Record<string, string>;
}

export class Feed {
  scopes = new Map<string, Scope>();
  /** Where each object lives now. */
  homes = new Map<string, string>();
  /** How often a scope was sent again because its sum differed. */
  repairs = 0;

  static copy(of: Feed): Feed {
    return Object.assign(new Feed(), structuredClone({ scopes: of.scopes, homes: of.homes }));
  }

  get(kind: string, id: string): JsonObject | null {
    const home = this.homes.get(`${kind}/${id}`);
    return home === undefined ? null : (this.scopes.get(home)?.rows.get(`${kind}/${id}`)?.doc ?? null);
  }

  scopeOf(kind: string, id: string): string | undefined {
    return this.homes.get(`${kind}/${id}`);
  }

  /** A new state of an object, in this scope from now on; its revision is counted here. */
  put(scope: string, kind: string, id: string, doc: JsonObject): void {
    const rev = Number(this.get(kind, id)?.["rev"] ?? 0) + 1;
    const before = this.scopeOf(kind, id);
    if (before !== undefined && before !== scope) this.write(before, kind, id, null);
    this.write(scope, kind, id, { ...doc, rev });
    this.homes.set(`${kind}/${id}`, scope);
  }

  remove(kind: string, id: string): void {
    const scope = this.scopeOf(kind, id);
    if (scope === undefined) return;
    this.write(scope, kind, id, null);
    this.homes.delete(`${kind}/${id}`);
  }

  private write(name: string, kind: string, id: string, doc: JsonObject | null): void {
    const scope = this.scope(name);
    const before = scope.rows.get(`${kind}/${id}`)?.doc;
    if (before) scope.sum = minus(scope.sum, partOf(kind, id, before));
    if (doc) scope.sum = plus(scope.sum, partOf(kind, id, doc));
    scope.head += 1;
    scope.rows.set(`${kind}/${id}`, { seq: scope.head, kind, id, doc });
  }

  scope(name: string): Scope {
    const scope = this.scopes.get(name) ?? { head: 0, floor: 0, sum: NO_ROWS, rows: new Map() };
    this.scopes.set(name, scope);
    return scope;
  }

  /** Tombstones go, and the floor rises: older cursors have to begin the scope again. */
  purge(): void {
    for (const scope of this.scopes.values()) {
      for (const [key, row] of scope.rows) if (row.doc === null) scope.rows.delete(key);
      scope.floor = scope.head;
    }
  }

  page(asking: Asking, visible: ReadonlySet<string>, epoch: string, durable: number | null): Page | "epoch" {
    const position = read(asking.cursor, epoch);
    if (position === null) return "epoch";
    const drop = Object.keys(position.at).filter((name) => !visible.has(name));
    for (const name of drop) delete position.at[name], delete position.fresh[name];
    const reset = this.enter(position, visible, asking.csum);
    const rows = this.rows(position, visible);
    const sent = rows.slice(0, asking.limit);
    const more = rows.length > sent.length;
    this.advance(position, sent, rows[sent.length]?.[0], visible);
    const heads = [...visible].filter((name) => position.at[name] === this.scope(name).head);
    const csum = Object.fromEntries(heads.map((name) => [name, this.scope(name).sum]));
    const told = sent.map(([scope, row]): PulledRow => [scope, row.kind, row.id, structuredClone(row.doc)]);
    return { epoch, rows: told, drop, reset, more, cursor: JSON.stringify(position), csum, durable };
  }

  private enter(position: Position, visible: ReadonlySet<string>, csum: Record<string, string>): string[] {
    const reset: string[] = [];
    for (const name of visible) {
      const [scope, at] = [this.scope(name), position.at[name]];
      const low = at !== undefined && at < scope.floor && !(name in position.fresh);
      const differs = at === scope.head && name in csum && csum[name] !== scope.sum;
      if (low || differs) reset.push(name);
      if (differs) this.repairs += 1;
      if (at !== undefined && !low && !differs) continue;
      position.at[name] = 0;
      position.fresh[name] = scope.head;
    }
    return reset;
  }

  private rows(position: Position, visible: ReadonlySet<string>): [string, FeedRow][] {
    return [...visible].sort().flatMap((name) => {
      const [after, start] = [position.at[name] ?? 0, position.fresh[name] ?? 0];
      const rows = [...this.scope(name).rows.values()].sort((a, b) => a.seq - b.seq);
      const fit = rows.filter((row) => row.seq > after && (row.doc !== null || row.seq > start));
      return fit.map((row): [string, FeedRow] => [name, row]);
    });
  }

  private advance(position: Position, sent: [string, FeedRow][], next: string | undefined, visible: ReadonlySet<string>) {
    for (const [scope, row] of sent) position.at[scope] = row.seq;
    for (const name of visible) {
      if (next !== undefined && name >= next) continue;
      position.at[name] = this.scope(name).head;
      delete position.fresh[name];
    }
  }
}

function read(cursor: string | null, epoch: string): Position | null {
  if (cursor === null) return { epoch, at: {}, fresh: {} };
  const position = JSON.parse(cursor) as Position;
  return position.epoch === epoch ? position : null;
}
