/** Identifiers: UUIDv7 (RFC 9562 section 5.7). */
import type { Clock } from "./clock.ts";

/** Random bytes; the browser's by default, seeded ones in tests. */
export type Chance = (length: number) => Uint8Array;

export const deviceChance: Chance = (length) => globalThis.crypto.getRandomValues(new Uint8Array(length));

/** 48 bits of milliseconds, then chance: never the same twice, also when the clock is set back. */
export function uuid7(clock: Clock, chance: Chance): string {
  const bytes = new Uint8Array(16);
  bytes.set(chance(10), 6);
  let stamp = Math.max(0, Math.floor(clock.now()));
  for (let place = 5; place >= 0; place--) {
    bytes[place] = stamp % 256;
    stamp = Math.floor(stamp / 256);
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
