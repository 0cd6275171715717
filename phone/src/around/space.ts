/** Room on the phone: how much is free, what takes how much, and when no more pictures may be taken (phone.md, rule 11). */
import { fact } from "../engine/meta.ts";
import { isUnsent } from "../engine/pending.ts";
import type { Store } from "../engine/store/port.ts";

/** Below this no camera opens: what is half written when the room ends is lost. */
export const LOW_BYTES = 200 * 1024 * 1024;

/** What the browser reckons; `null` where it does not tell. */
export interface Room {
  free: number | null;
  used: number | null;
  persisted: boolean | null;
}

export const UNKNOWN_ROOM: Room = { free: null, used: null, persisted: null };

export function roomOf(told: { usage?: number; quota?: number }, persisted: boolean | null): Room {
  const { usage, quota } = told;
  const free = usage === undefined || quota === undefined ? null : Math.max(0, quota - usage);
  return { free, used: usage ?? null, persisted };
}

/** A browser that does not tell its room is believed to have some: the write itself is loud where it has none. */
export function mayCapture({ free }: Room): boolean {
  return free === null || free >= LOW_BYTES;
}

/** What the phone holds, each with its bytes (files) or its rows (the rest). */
export interface Holdings {
  /** Pictures that the server has not. */
  unsent: { count: number; bytes: number };
  /** Pictures that the server has and that are kept until its backup has passed them. */
  kept: { count: number; bytes: number };
  /** Rows pulled of the county. */
  rows: number;
  /** Operations not sent yet. */
  waiting: number;
  /** `Sync-Time` of the last complete pull, 0 for none. */
  pulled: number;
}

export function holdings(store: Store): Promise<Holdings> {
  return store.read(["files", "ops", "base", "meta"], async (tx) => {
    const files = (await tx.prefix("files", "")).filter((file) => file.bytes === 1);
    const [unsent, kept] = [files.filter(isUnsent), files.filter((file) => !isUnsent(file))];
    return {
      ...{ unsent: sumOf(unsent), kept: sumOf(kept), rows: (await tx.prefix("base", "")).length },
      ...{ waiting: (await tx.where("ops", "waiting", 1)).length, pulled: await fact(tx, "pulled") },
    };
  });
}

function sumOf(files: readonly { size: number }[]): { count: number; bytes: number } {
  return { count: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0) };
}

/** 3.2 GB, 350 MB, 12 KB. */
export function size(bytes: number): string {
  const units: [number, string, number][] = [[1024 ** 3, "GB", 1], [1024 ** 2, "MB", 0], [1024, "KB", 0]];
  const [unit, name, digits] = units.find(([from]) => bytes >= from) ?? [1, "B", 0];
  return `${(bytes / unit).toFixed(digits)} ${name}`;
}
