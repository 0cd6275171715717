/** Keeping a photo, signature or document: its bytes, its fact and its place in the upload queue, all or nothing. */
import { bytesToHex } from "@noble/hashes/utils.js";

import type { JsonObject } from "./json.ts";
import { plain } from "./json.ts";
import { fact, learn } from "./meta.ts";
import type { Outbox } from "./outbox.ts";
import { Problem } from "./reasons.ts";
import { release } from "./release.ts";
import { CHUNK, type Store, type TableName, type Writing } from "./store/port.ts";
import { chunkKey, hashOfBytes, previewKey } from "./uploads.ts";

export interface Picture {
  visit: string;
  bytes: Uint8Array;
  filetype: string;
  /** Further members of `evidence.add`: kind, answer_key, finding, taken_at, location, mock, device. */
  more?: JsonObject;
}

/** Shorter ones are hashed here at once: the way to the system's own takes longer. */
const HASHED_AT_ONCE = 65_536;

const CAPTURE: readonly TableName[] = ["meta", "ops", "base", "files", "chunks"];

export class Capture {
  constructor(
    protected readonly store: Store,
    protected readonly outbox: Outbox,
  ) {}

  /** The camera is about to open for this place (visit, answer key, finding): after a restart the app comes back here. */
  begin(place: JsonObject): Promise<void> {
    return this.store.write(["meta"], (tx) => learn(tx, "capturing", plain(place)));
  }

  /** Where a picture was being taken when the app ended; null for nowhere. */
  underWay(): Promise<JsonObject | null> {
    return this.store.read(["meta"], (tx) => fact(tx, "capturing"));
  }

  /** The person came back without a picture. */
  abandon(): Promise<void> {
    return this.store.write(["meta"], (tx) => learn(tx, "capturing", null));
  }

  /** The evidence's id, once its bytes have been read back from the database and still hash alike. */
  async keep(picture: Picture): Promise<string> {
    if (picture.bytes.length === 0) throw new Problem("no_photo");
    const evidence = this.outbox.newId();
    const digest = await digestOf(picture.bytes);
    await this.save(evidence, picture, digest);
    await this.readBack(evidence, picture.bytes);
    return evidence;
  }

  protected save(evidence: string, picture: Picture, digest: string): Promise<void> {
    return this.store.write(CAPTURE, async (tx) => {
      await this.saveBytes(tx, evidence, picture.bytes);
      await this.saveFact(tx, evidence, picture, digest);
      await learn(tx, "capturing", null);
    });
  }

  protected async saveFact(tx: Writing, evidence: string, picture: Picture, digest: string): Promise<void> {
    const { visit, filetype, bytes } = picture;
    const data = { visit, sha256: digest, size: bytes.length, filetype, ...plain(picture.more ?? {}) };
    const { n, made } = await this.outbox.addIn(tx, "evidence.add", evidence, data);
    await tx.put("files", {
      ...{ key: evidence, n, visit, sha256: digest, size: bytes.length, filetype, made },
      ...{ chunks: Math.ceil(bytes.length / CHUNK), url: "", offset: 0, restarts: 0, refused: "", verified: 0, bytes: 1 },
    });
  }

  /** As ArrayBuffers, not Blobs: Safari loses those. */
  protected async saveBytes(tx: Writing, evidence: string, bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; from += CHUNK) {
      const piece = bytes.slice(from, from + CHUNK).buffer as ArrayBuffer;
      await tx.put("chunks", { key: chunkKey(evidence, from / CHUNK), bytes: piece });
      release(piece);
    }
  }

  /** Row after row, each let go of before the next: pieces that hash alike make a whole that does. */
  private async readBack(evidence: string, bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; from += CHUNK) {
      const row = await this.store.read(["chunks"], (tx) => tx.get("chunks", chunkKey(evidence, from / CHUNK)));
      const wanted = await digestOf(bytes.subarray(from, from + CHUNK));
      if (row === undefined || (await digestOf(new Uint8Array(row.bytes))) !== wanted) throw new Problem("not_readable");
      release(row.bytes);
    }
  }

  /** The small picture that is shown for the file; made of its bytes, so it may be made anew. */
  keepPreview(evidence: string, bytes: Uint8Array): Promise<void> {
    return this.store.write(["files", "chunks"], async (tx) => {
      const file = await tx.get("files", evidence);
      if (file === undefined) return;
      await tx.put("chunks", { key: previewKey(evidence), bytes: bytes.slice().buffer as ArrayBuffer });
      await tx.put("files", { ...file, preview: 1 });
    });
  }

  async previewOf(evidence: string): Promise<Uint8Array | null> {
    const row = await this.store.read(["chunks"], (tx) => tx.get("chunks", previewKey(evidence)));
    return row ? new Uint8Array(row.bytes) : null;
  }

  /** The same in the pieces in which they lie, so that they need not be in memory twice; empty where they are gone. */
  async piecesOf(evidence: string): Promise<ArrayBuffer[]> {
    const rows = await this.store.read(["chunks"], (tx) => tx.prefix("chunks", `${evidence}/`));
    return rows.map((row) => row.bytes);
  }

  /** The bytes of a file that are still here, for showing or export; null where they are gone. */
  async bytesOf(evidence: string): Promise<Uint8Array | null> {
    const rows = await this.store.read(["chunks"], (tx) => tx.prefix("chunks", `${evidence}/`));
    if (rows.length === 0) return null;
    const whole = new Uint8Array(rows.reduce((sum, row) => sum + row.bytes.byteLength, 0));
    let at = 0;
    for (const row of rows) {
      whole.set(new Uint8Array(row.bytes), at);
      at += row.bytes.byteLength;
    }
    return whole;
  }
}

/** SHA-256 beside the page's own work where the system does it; plain HTTP and old systems have only ours. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle || bytes.length < HASHED_AT_ONCE) return hashOfBytes(bytes);
  return bytesToHex(new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
}
