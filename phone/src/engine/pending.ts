/** What is still only on this phone: for the office, which sees who holds unsent work (protocol, Report). */
import { fact } from "./meta.ts";
import type { FileRow, Reading } from "./store/port.ts";
import type { Pending } from "./wire.ts";

export async function pendingWork(tx: Reading): Promise<Pending> {
  const ops = await tx.where("ops", "waiting", 1);
  const files = (await tx.prefix("files", "")).filter((file) => isUnsent(file));
  const made = [...ops, ...files].map((row) => row.made);
  const offset = (await fact(tx, "contact"))?.offset ?? 0;
  return {
    ops: ops.length,
    uploads: files.length,
    bytes: files.reduce((sum, file) => sum + file.size - file.offset, 0),
    oldest: made.length > 0 ? Math.max(0, Math.min(...made) - offset) : null,
  };
}

/** Whether the server has not all bytes of it yet, and nobody has put it down. */
export function isUnsent(file: FileRow): boolean {
  return file.bytes === 1 && file.verified === 0 && file.offset < file.size && !file.down;
}
