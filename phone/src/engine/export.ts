/** The last resort: everything that is only on this phone, as a file that the office can read. */
import type { Capture } from "./capture.ts";
import { fact } from "./meta.ts";
import { bodyOf } from "./outbox.ts";
import { isUnsent } from "./pending.ts";
import type { Store } from "./store/port.ts";
import { TABLES } from "./store/port.ts";

const PIECE = 0x8000;

/**
 * JSON in pieces, one at a time, so that sixty photos need not lie in memory twice: `{format, device, user, ops, files}`,
 * operations word for word as they would be sent, the bytes of files in base64.
 */
export async function* exportUnsent(store: Store, capture: Capture): AsyncGenerator<string> {
  const [identity, ops, files] = await store.read(TABLES, async (tx) => {
    const unsent = (await tx.prefix("files", "")).filter((file) => isUnsent(file) || file.refused !== "");
    return [await fact(tx, "identity"), await tx.where("ops", "waiting", 1), unsent] as const;
  });
  const head = { format: "dudao-unsent-work", device: identity?.device ?? "", user: identity?.username ?? "" };
  yield `${JSON.stringify(head).slice(0, -1)},"ops":[${ops.map((op) => op.body ?? bodyOf(op)).join(",")}],"files":[`;
  let comma = "";
  for (const { key, sha256, filetype, visit } of files) {
    const bytes = await capture.bytesOf(key);
    if (bytes === null) continue;
    const said = JSON.stringify({ evidence: key, visit, sha256, filetype, base64: base64(bytes) });
    yield `${comma}${said}`;
    comma = ",";
  }
  yield "]}";
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += PIECE) {
    text += String.fromCharCode(...bytes.subarray(from, from + PIECE));
  }
  return btoa(text);
}
