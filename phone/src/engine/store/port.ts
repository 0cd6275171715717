/**
 * The port to the phone's database: tables of rows under a text key, and transactions over some of them.
 *
 * A transaction is all or nothing, also when the process is killed; writing transactions that share a table run one
 * after another. Inside one only the store may be awaited (IndexedDB ends a transaction that waits for anything else).
 */
import type { Json, JsonObject } from "../json.ts";
import type { OpStatus } from "../wire.ts";

/** A document as it was pulled. `sum` is its part of the scope's checksum, 16 hex digits. */
export interface BaseRow {
  key: string;
  scope: string;
  kind: string;
  id: string;
  sum: string;
  doc: JsonObject;
}

/** A scope the phone was told a checksum of or holds rows of; `sum` is the phone's own. */
export interface ScopeRow {
  key: string;
  sum: string;
  told: boolean;
}

/** What the server said to an operation. `at`: `Sync-Time` of that answer; `heard`: this phone's count of answers. */
export interface OpAnswer {
  status: OpStatus;
  code: string;
  at: number;
  heard: number;
  result: JsonObject;
}

/** An operation. `body` is its exact text from the first attempt on; `waiting` and `shown` are 0 or 1 (indexed). */
export interface OpRow {
  key: string;
  op: string;
  n: number;
  name: string;
  id: string;
  visit: string;
  at: string;
  made: number;
  data: JsonObject;
  body: string | null;
  waiting: 0 | 1;
  shown: 0 | 1;
  aside: string;
  answer: OpAnswer | null;
  /** When it went into an exported file, by this phone's clock; rows of before say nothing. */
  exported?: number;
  /** When the person put it down (`putting.ts`). */
  down?: number;
}

/**
 * A photo, signature or document on its way; its bytes are rows of `chunks`. `url` and `offset` are where the upload
 * stands, `restarts` how often it began anew, `refused` the code of a refusal for good, `verified` the `Sync-Time` of
 * the pull that told `verified` (0: none in this epoch), `bytes` whether they are still here.
 */
export interface FileRow {
  key: string;
  n: number;
  visit: string;
  sha256: string;
  size: number;
  filetype: string;
  made: number;
  chunks: number;
  url: string;
  offset: number;
  restarts: number;
  refused: string;
  verified: number;
  bytes: 0 | 1;
  /** Whether a small picture of it lies here; rows of before say nothing. */
  preview?: 0 | 1;
  /** As of an operation. */
  exported?: number;
  down?: number;
}

export interface ChunkRow {
  key: string;
  bytes: ArrayBuffer;
}

export interface MetaRow {
  key: string;
  value: Json;
}

export interface Tables {
  meta: MetaRow;
  base: BaseRow;
  scopes: ScopeRow;
  ops: OpRow;
  files: FileRow;
  chunks: ChunkRow;
}

export type TableName = keyof Tables;

/** Fields that may be asked for besides the key. Schema changes are additive. */
export const INDEXES: Record<TableName, readonly string[]> = {
  meta: [],
  base: ["scope"],
  scopes: [],
  ops: ["waiting", "shown", "visit", "op"],
  files: [],
  chunks: [],
};

export const TABLES = Object.keys(INDEXES) as TableName[];

export interface Reading {
  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined>;
  /** Rows whose key begins so, in the order of their keys. */
  prefix<T extends TableName>(table: T, start: string): Promise<Tables[T][]>;
  /** Rows whose indexed field has this value, in the order of their keys. */
  where<T extends TableName>(table: T, field: string, value: string | number): Promise<Tables[T][]>;
}

export interface Writing extends Reading {
  put<T extends TableName>(table: T, row: Tables[T]): Promise<void>;
  remove(table: TableName, key: string): Promise<void>;
  clear(table: TableName): Promise<void>;
}

export interface Store {
  read<R>(tables: readonly TableName[], work: (tx: Reading) => Promise<R>): Promise<R>;
  /** Durable when it resolves. Rejects loudly, with nothing changed. */
  write<R>(tables: readonly TableName[], work: (tx: Writing) => Promise<R>): Promise<R>;
}

/** The largest piece of bytes in one row. */
export const CHUNK = 1024 * 1024;

/** A key that sorts as its number does. */
export function numberKey(n: number): string {
  return String(n).padStart(12, "0");
}
