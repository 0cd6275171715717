/** The last resort: everything that is only on this phone, as a file that the office can read. */
import type { Clock } from "./clock.ts";
import { fact } from "./meta.ts";
import { bodyOf } from "./outbox.ts";
import { isUnsent } from "./pending.ts";
import type { FileRow, OpRow, Store } from "./store/port.ts";
import { TABLES } from "./store/port.ts";
import { chunkKey } from "./uploads.ts";
import { type Entry, zip } from "./zip.ts";

const ENDINGS: Record<string, string> = {
  ...{ "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "image/heif": "heic" },
  "application/pdf": "pdf",
};

interface Leaving {
  head: { format: string; device: string; user: string };
  ops: OpRow[];
  files: FileRow[];
}

/**
 * A ZIP in pieces: `work.json` is `{format, device, user, ops, files}`, operations word for word as they would be sent;
 * beside it each file as it was taken. One piece at a time is in memory, however many photos there are. Once the last
 * piece was taken, the rows remember that they were exported, and when: only then they may be put down (`putting.ts`).
 */
export async function* exportUnsent(store: Store, clock: Clock): AsyncGenerator<Uint8Array> {
  const leaving = await whatLeaves(store);
  yield* zip(entriesOf(store, leaving));
  const at = clock.now();
  await store.write(["ops", "files"], async (tx) => {
    for (const { key, op } of leaving.ops) {
      const row = await tx.get("ops", key);
      if (row?.op === op) await tx.put("ops", { ...row, exported: at });
    }
    for (const { key } of leaving.files) {
      const row = await tx.get("files", key);
      if (row) await tx.put("files", { ...row, exported: at });
    }
  });
}

/** What waits, what was refused, and what was put down before: that is nowhere else. */
function whatLeaves(store: Store): Promise<Leaving> {
  return store.read(TABLES, async (tx) => {
    const identity = await fact(tx, "identity");
    const head = { format: "dudao-unsent-work", device: identity?.device ?? "", user: identity?.username ?? "" };
    const ops = (await tx.prefix("ops", "")).filter((op) => op.waiting === 1 || op.aside !== "");
    const files = (await tx.prefix("files", "")).filter((file) => file.bytes === 1 && (isUnsent(file) || file.refused !== ""));
    return { head, ops, files };
  });
}

function* entriesOf(store: Store, { head, ops, files }: Leaving): Generator<Entry> {
  const told = files.map((file) => {
    const { key: evidence, visit, sha256, size, filetype } = file;
    return { evidence, visit, sha256, size, filetype, name: nameOf(file) };
  });
  const start = JSON.stringify(head).slice(0, -1);
  const work = `${start},"ops":[${ops.map((op) => op.body ?? bodyOf(op)).join(",")}],"files":${JSON.stringify(told)}}`;
  yield { name: "work.json", pieces: () => once(new TextEncoder().encode(work)) };
  for (const file of files) yield { name: nameOf(file), pieces: () => bytesIn(store, file) };
}

function nameOf({ key, filetype }: FileRow): string {
  return `files/${key}.${ENDINGS[filetype] ?? "bin"}`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Row after row, each let go of before the next is read. */
async function* bytesIn(store: Store, { key, chunks }: FileRow): AsyncGenerator<Uint8Array> {
  for (let place = 0; place < chunks; place++) {
    const row = await store.read(["chunks"], (tx) => tx.get("chunks", chunkKey(key, place)));
    if (row) yield new Uint8Array(row.bytes);
  }
}
