/** The messages of the sync protocol as far as a phone speaks them (docs/sync-protocol.md). */
import type { Json, JsonObject } from "./json.ts";

export const API = "/api/v1";
export const SCHEMA = 1;
export const MAX_OPS = 200;
/** Bytes of a batch; the protocol allows 1 MB inflated, the envelope needs some. */
export const MAX_BATCH = 900_000;
export const MAX_OFFER = 2000;
export const MAX_ROWS = 2000;

export type OpStatus = "applied" | "merged" | "conflict" | "held" | "quarantined" | "error" | "id_reused";

const STATUSES: readonly string[] = ["applied", "merged", "conflict", "held", "quarantined", "error", "id_reused"];

/** Statuses after which something else will still be said about the operation. */
export const UNDECIDED: readonly OpStatus[] = ["held", "error"];

export interface OpResult extends JsonObject {
  op: string;
  status: OpStatus;
}

export interface PushAnswer {
  results: OpResult[];
  have: number;
  missing: number[];
  durable: number | null;
}

export type PulledRow = [scope: string, kind: string, id: string, doc: JsonObject | null];

export interface Page {
  epoch: string;
  rows: PulledRow[];
  drop: string[];
  reset: string[];
  more: boolean;
  cursor: string;
  csum: Record<string, string>;
  durable: number | null;
}

export interface Pending extends JsonObject {
  ops: number;
  uploads: number;
  bytes: number;
  oldest: number | null;
}

/** Whether this is an answer of the server at all: a hotel's sign-in page is none, and acknowledges nothing. */
export function isPushAnswer(value: unknown): value is PushAnswer {
  const results = (value as PushAnswer | null)?.results;
  return Array.isArray(results) && results.every((one) => typeof one?.op === "string" && STATUSES.includes(one.status));
}

export function isPage(value: unknown): value is Page {
  const page = value as Page | null;
  return Array.isArray(page?.rows) && typeof page.cursor === "string" && typeof page.more === "boolean";
}

export function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
