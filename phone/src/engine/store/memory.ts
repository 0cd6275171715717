/** The store in memory: for tests, for Node, and for showing what happens when the process dies in the middle. */
import { INDEXES, TABLES, type Reading, type Store, type TableName, type Tables, type Writing } from "./port.ts";

/** The process died here. Nothing of the engine may catch it and go on. */
export class Crash extends Error {}

type Rows = Map<string, unknown>;
export type Disk = Map<TableName, Rows>;

export function emptyDisk(): Disk {
  return new Map(TABLES.map((name) => [name, new Map<string, unknown>()]));
}

export class MemoryStore implements Store {
  private last: Promise<unknown> = Promise.resolve();
  private dead = false;
  private countdown = 0;
  private kept = true;
  /** Writing transactions so far. */
  writes = 0;

  constructor(readonly disk: Disk = emptyDisk()) {}

  /** Die at the `nth` writing transaction from now (1: the next), before or after it is on disk. */
  crashAt(nth: number, when: "before" | "after"): void {
    [this.countdown, this.kept] = [nth, when === "after"];
  }

  /** A new process over the same disk; the old one is dead. */
  reopened(): MemoryStore {
    this.dead = true;
    return new MemoryStore(this.disk);
  }

  read<R>(tables: readonly TableName[], work: (tx: Reading) => Promise<R>): Promise<R> {
    return this.queue(() => work(new Transaction(this.disk, tables)));
  }

  write<R>(tables: readonly TableName[], work: (tx: Writing) => Promise<R>): Promise<R> {
    return this.queue(async () => {
      const tx = new Transaction(this.disk, tables);
      const result = await work(tx);
      this.commit(tx);
      return result;
    });
  }

  private commit(tx: Transaction): void {
    this.writes += 1;
    const dies = this.countdown > 0 && --this.countdown === 0;
    if (!dies || this.kept) tx.commit();
    if (dies) {
      this.dead = true;
      throw new Crash("the process died");
    }
  }

  /** One after another, as a database with one writer does it. */
  private queue<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.last.then(() => {
      if (this.dead) throw new Crash("this process is dead");
      return work();
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

class Transaction implements Writing {
  private readonly changed = new Map<TableName, Map<string, unknown>>();

  constructor(
    private readonly disk: Disk,
    private readonly tables: readonly TableName[],
  ) {}

  commit(): void {
    for (const [table, rows] of this.changed) {
      for (const [key, row] of rows) {
        if (row === undefined) this.disk.get(table)?.delete(key);
        else this.disk.get(table)?.set(key, row);
      }
    }
  }

  async get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined> {
    const changes = this.of(table);
    return structuredClone(changes.has(key) ? changes.get(key) : this.disk.get(table)?.get(key)) as Tables[T];
  }

  async prefix<T extends TableName>(table: T, start: string): Promise<Tables[T][]> {
    return this.some(table, (key) => key.startsWith(start));
  }

  async where<T extends TableName>(table: T, field: string, value: string | number): Promise<Tables[T][]> {
    if (!INDEXES[table].includes(field)) throw new Error(`no index ${table}.${field}`);
    return this.some(table, (_, row) => row[field] === value);
  }

  async put<T extends TableName>(table: T, row: Tables[T]): Promise<void> {
    this.of(table).set(row.key, structuredClone(row));
  }

  async remove(table: TableName, key: string): Promise<void> {
    this.of(table).set(key, undefined);
  }

  async clear(table: TableName): Promise<void> {
    for (const key of this.disk.get(table)?.keys() ?? []) this.of(table).set(key, undefined);
    for (const key of [...this.of(table).keys()]) this.of(table).set(key, undefined);
  }

  private some<T extends TableName>(
    table: T,
    fits: (key: string, row: Record<string, unknown>) => boolean,
  ): Tables[T][] {
    const rows = new Map([...(this.disk.get(table) ?? []), ...this.of(table)]);
    const found = [...rows].filter(([key, row]) => row !== undefined && fits(key, row as Record<string, unknown>));
    found.sort(([a], [b]) => (a < b ? -1 : 1));
    return found.map(([, row]) => structuredClone(row) as Tables[T]);
  }

  private of(table: TableName): Map<string, unknown> {
    if (!this.tables.includes(table)) throw new Error(`table ${table} is not part of this transaction`);
    let rows = this.changed.get(table);
    if (rows === undefined) this.changed.set(table, (rows = new Map()));
    return rows;
  }
}
