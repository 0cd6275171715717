/** RFC 8785 canonical JSON and SHA-256 of it. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

import type { Json } from "./json.ts";

/** Members by UTF-16 code units, numbers and texts as ECMAScript writes them: just what the RFC asks for. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`);
  return `{${members.join(",")}}`;
}

/** Lower-case hex. */
export function hashOf(value: Json): string {
  return bytesToHex(sha256(utf8ToBytes(canonical(value))));
}
