/** Single facts of the phone, each a row of `meta`. */
import type { Contact } from "./clock.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Reading, Writing } from "./store/port.ts";

/** Who is signed in on which device. `ended`: the server no longer knows the session; work goes on being kept. */
export interface Identity {
  username: string;
  user: { id: number; name: string };
  device: string;
  access: string;
  refresh: string;
  ended: boolean;
}

export interface Facts {
  identity: Identity | null;
  /** The last number given to an operation of this device. */
  n: number;
  /** Answers to operations heard so far. */
  heard: number;
  cursor: string | null;
  epoch: string;
  /** The epoch in which everything kept was offered last. */
  offered: string;
  /** Received-time up to which the server has a backup; null where none is configured. */
  durable: number | null;
  contact: Contact | null;
  /** The server takes work and tells nothing (a revoked device, a closed account). */
  deposit: boolean;
  /** Highest contiguous number in custody, and the gaps above it. */
  have: number;
  missing: number[];
  /** `Sync-Time` of the last complete pull. */
  pulled: number;
  /** Where the person was when the camera opened: a phone short of memory may end the app meanwhile. */
  capturing: JsonObject | null;
}

const NOTHING: Facts = {
  identity: null,
  n: 0,
  heard: 0,
  cursor: null,
  epoch: "",
  offered: "",
  durable: null,
  contact: null,
  deposit: false,
  have: 0,
  missing: [],
  pulled: 0,
  capturing: null,
};

export async function fact<K extends keyof Facts>(tx: Reading, name: K): Promise<Facts[K]> {
  const row = await tx.get("meta", name);
  return row === undefined ? NOTHING[name] : (row.value as Facts[K]);
}

export async function learn<K extends keyof Facts>(tx: Writing, name: K, value: Facts[K]): Promise<void> {
  await tx.put("meta", { key: name, value: value as Json });
}
