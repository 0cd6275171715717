/** The checksum of a scope: what tells that the phone holds what the server has (protocol, Pull). */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

import type { JsonObject } from "./json.ts";
import type { Writing } from "./store/port.ts";

export const NO_ROWS = "0".repeat(16);
const MODULUS = 1n << 64n;

/** The part of one row: the first 8 bytes of SHA-256 of `kind/id/rev`, as 16 hex digits. */
export function partOf(kind: string, id: string, doc: JsonObject): string {
  return bytesToHex(sha256(utf8ToBytes(`${kind}/${id}/${String(doc["rev"])}`)).slice(0, 8));
}

export function plus(sum: string, part: string): string {
  return hex(BigInt(`0x${sum}`) + BigInt(`0x${part}`));
}

export function minus(sum: string, part: string): string {
  return hex(BigInt(`0x${sum}`) - BigInt(`0x${part}`) + MODULUS);
}

function hex(value: bigint): string {
  return (value % MODULUS).toString(16).padStart(16, "0");
}

/** Count every scope's sum anew from its rows: what a damaged database lost shows at the next pull and comes again. */
export async function recount(tx: Writing): Promise<void> {
  const before = await tx.prefix("scopes", "");
  const sums = new Map(before.map((row) => [row.key, 0n]));
  for (const row of await tx.prefix("base", "")) {
    sums.set(row.scope, (sums.get(row.scope) ?? 0n) + BigInt(`0x${partOf(row.kind, row.id, row.doc)}`));
  }
  const kept = new Map(before.map((row) => [row.key, row]));
  for (const [key, total] of sums) {
    const [row, sum] = [kept.get(key) ?? { key, told: false, sum: "" }, hex(total)];
    if (row.sum !== sum) await tx.put("scopes", { ...row, sum });
  }
}
