/** The store of the browser: IndexedDB over Dexie, with strict durability (a kill must not lose what was saved). */
import Dexie, { type Table, type Transaction } from "dexie";

import { Problem } from "../reasons.ts";
import { INDEXES, TABLES, type Reading, type Store, type TableName, type Tables, type Writing } from "./port.ts";

/** Where to find IndexedDB where it is not a global of the browser. */
export interface Factory {
  indexedDB: unknown;
  IDBKeyRange: unknown;
}

const VERSION = 1;

export class IndexedStore implements Store {
  private readonly database: Dexie;

  constructor(name: string, factory?: Factory) {
    const options = { chromeTransactionDurability: "strict", ...factory } as ConstructorParameters<typeof Dexie>[1];
    this.database = new Dexie(name, options);
    this.database
      .version(VERSION)
      .stores(Object.fromEntries(TABLES.map((table) => [table, ["key", ...INDEXES[table]].join(", ")])));
  }

  close(): void {
    this.database.close();
  }

  read<R>(tables: readonly TableName[], work: (tx: Reading) => Promise<R>): Promise<R> {
    return this.run("readonly", tables, work);
  }

  write<R>(tables: readonly TableName[], work: (tx: Writing) => Promise<R>): Promise<R> {
    return this.run("readwrite", tables, work);
  }

  /** iOS drops the connection of a page that slept: open again and try once more, then be loud. */
  private async run<R>(mode: "readonly" | "readwrite", tables: readonly TableName[], work: (tx: Writing) => Promise<R>) {
    const attempt = () =>
      this.database.transaction(mode, [...tables], (tx) => work(new Rows(tx))) as unknown as Promise<R>;
    try {
      return await attempt();
    } catch (fault) {
      if (isFull(fault)) throw new Problem("storage_full");
      if (!isLostConnection(fault)) throw fault;
      this.database.close({ disableAutoOpen: false });
      await this.database.open();
      return attempt();
    }
  }
}

function isFull(fault: unknown): boolean {
  return fault instanceof Error && /QuotaExceeded/.test(`${fault.name} ${String((fault as { inner?: unknown }).inner)}`);
}

/** A transaction that failed so has changed nothing, so it may run again. */
function isLostConnection(fault: unknown): boolean {
  const text = String(fault instanceof Error ? `${fault.name} ${fault.message}` : fault);
  return /connection.*lost|database connection is closing|DatabaseClosedError/i.test(text);
}

class Rows implements Writing {
  constructor(private readonly tx: Transaction) {}

  async get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined> {
    return this.of(table).get(key);
  }

  async prefix<T extends TableName>(table: T, start: string): Promise<Tables[T][]> {
    const rows = this.of(table);
    return start === "" ? rows.orderBy("key").toArray() : rows.where("key").startsWith(start).toArray();
  }

  async where<T extends TableName>(table: T, field: string, value: string | number): Promise<Tables[T][]> {
    return this.of(table).where(field).equals(value).sortBy("key");
  }

  async put<T extends TableName>(table: T, row: Tables[T]): Promise<void> {
    await this.of(table).put(row);
  }

  async remove(table: TableName, key: string): Promise<void> {
    await this.of(table).delete(key);
  }

  async clear(table: TableName): Promise<void> {
    await this.of(table).clear();
  }

  private of<T extends TableName>(table: T): Table<Tables[T], string> {
    return this.tx.table(table);
  }
}
