/**
 * Photos, signatures and documents on their way (protocol, Uploads: tus 1.0.0).
 *
 * Where an upload stands is in its row, so it goes on after a kill. The bytes are deleted only after `verified` was
 * pulled and a backup of the server has passed that moment.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { type Answer, checked, LineDown, Refused } from "./http.ts";
import { isPast } from "./outbox.ts";
import { release } from "./release.ts";
import { isExpected, type Trouble } from "./trouble.ts";
import type { Session } from "./session.ts";
import { CHUNK, type ChunkRow, type FileRow, numberKey, type Store, type Writing } from "./store/port.ts";
import { API, text } from "./wire.ts";

/** Codes of refusals that sending the same bytes again would not change. */
const FOR_GOOD = [413, 415];
const RESTARTS = 3;
const FINE = ["applied", "merged"];
/** Requests for one file in one go; what is not through by then goes on next time. */
const ROUNDS = 200;

/** How many files are there now, and what kept others from it. */
export interface Sent {
  done: number;
  trouble: Trouble;
}

export interface UploadPace {
  /** Bytes of one PATCH. */
  piece: number;
  /** Called after each piece with the row as it is then. */
  moved: (file: FileRow) => void;
}

export class Uploads {
  constructor(
    protected readonly store: Store,
    protected readonly session: Session,
    protected readonly pace: UploadPace = { piece: CHUNK, moved: () => undefined },
  ) {}

  /** Send what is not there yet, oldest first. A refusal of one file is not the others'; a broken line is all of theirs. */
  async run(): Promise<Sent> {
    const sent: Sent = { done: 0, trouble: null };
    for (const file of await this.due()) {
      try {
        sent.done += (await this.send(file)) ? 1 : 0;
      } catch (fault) {
        if (!isExpected(fault)) throw fault;
        sent.trouble = fault;
        if (!(fault instanceof Refused)) break;
      }
      this.hold(null);
    }
    return sent;
  }

  /** Files whose fact is in custody and whose bytes the server has not, as far as the phone knows. */
  protected due(): Promise<FileRow[]> {
    return this.store.read(["files", "ops", "base"], async (tx) => {
      const waiting = new Set((await tx.where("ops", "waiting", 1)).map((row) => row.n));
      const files = (await tx.prefix("files", "")).filter(
        (file) => file.bytes && !file.verified && !file.refused && !waiting.has(file.n) && file.offset < file.size,
      );
      const states = await Promise.all(files.map((file) => tx.get("base", `evidence/${file.key}`)));
      return files.filter((_, place) => states[place]?.doc["state"] !== "verified").sort((a, b) => a.n - b.n);
    });
  }

  /** Whether all bytes are there now. */
  private async send(first: FileRow): Promise<boolean> {
    let file = first.url ? await this.ask(first) : first;
    for (let round = 0; round < ROUNDS && !file.refused; round++) {
      if (file.offset >= file.size) return true;
      file = file.url ? await this.patch(file) : await this.create(file);
      this.pace.moved(file);
    }
    return false;
  }

  private async create(file: FileRow): Promise<FileRow> {
    const said = { evidence: file.key, sha256: file.sha256, filetype: file.filetype };
    const metadata = Object.entries(said).map(([name, value]) => `${name} ${btoa(value)}`);
    const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(",") };
    const answer = await this.tus("POST", `${API}/uploads/`, headers);
    if (FOR_GOOD.includes(answer.status)) return this.refuse(file, answer);
    const url = checked(answer).headers["location"];
    if (!url) throw new LineDown("this is no answer of the server");
    return this.keep(file, { url, offset: 0 });
  }

  /** One piece from where the upload stands. */
  private async patch(file: FileRow): Promise<FileRow> {
    const piece = await this.piece(file);
    if (piece === null) return this.keep(file, { refused: "not_readable" });
    const headers = {
      "Upload-Offset": String(file.offset),
      "Content-Type": "application/offset+octet-stream",
      "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...sha256(piece)))}`,
    };
    const answer = await this.tus("PATCH", file.url, headers, piece);
    if (answer.status === 460) return this.spoilt(file, answer);
    if (FOR_GOOD.includes(answer.status)) return this.refuse(file, answer);
    if ([404, 409, 410].includes(answer.status)) return this.ask(file);
    return this.keep(file, { offset: offsetOf(checked(answer), file) });
  }

  /** How far did it come? Only the server knows: a cut may have brought more, or less, than was heard of. */
  protected async ask(file: FileRow): Promise<FileRow> {
    const answer = await this.tus("HEAD", file.url, {});
    if (answer.status === 404 || answer.status === 410) return this.keep(file, { url: "", offset: 0 });
    return this.keep(file, { offset: offsetOf(checked(answer), file) });
  }

  /** A piece that came damaged is sent again; a whole that is not what was declared begins anew, a few times. */
  private async spoilt(file: FileRow, answer: Answer): Promise<FileRow> {
    if (answer.text.includes("checksum_differs")) return this.again(file, {});
    return this.again(file, { url: "", offset: 0 });
  }

  private again(file: FileRow, change: Partial<FileRow>): Promise<FileRow> {
    const restarts = file.restarts + 1;
    return this.keep(file, { ...change, restarts, refused: restarts > RESTARTS ? "gave_up" : "" });
  }

  private refuse(file: FileRow, answer: Answer): Promise<FileRow> {
    const code = new Refused(answer.status, JSON.parse(answer.text || "{}"), {}).code;
    return this.keep(file, { refused: code || "too_large" });
  }

  /** Write what is known now, if the row still is the one that was asked about. */
  private async keep(file: FileRow, change: Partial<FileRow>): Promise<FileRow> {
    return this.store.write(["files"], async (tx) => {
      const row = await tx.get("files", file.key);
      if (row === undefined || row.url !== file.url) throw new LineDown("the upload began anew meanwhile");
      const changed = { ...row, ...change };
      await tx.put("files", changed);
      return changed;
    });
  }

  private tus(
    method: "POST" | "PATCH" | "HEAD",
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array,
  ): Promise<Answer> {
    const own = { "Tus-Resumable": "1.0.0", ...headers };
    return this.session.send({ method, path, headers: own, ...(body ? { body } : {}) });
  }

  /** The bytes from the offset on, at most a piece and to the end of their row; null where the row is gone. */
  private async piece(file: FileRow): Promise<Uint8Array | null> {
    const place = Math.floor(file.offset / CHUNK);
    const key = chunkKey(file.key, place);
    if (this.held?.key !== key) this.hold(await this.store.read(["chunks"], async (tx) => (await tx.get("chunks", key)) ?? null));
    if (this.held === null) return null;
    const from = file.offset - place * CHUNK;
    return new Uint8Array(this.held.bytes, from, Math.min(this.pace.piece, this.held.bytes.byteLength - from));
  }

  /** The row whose pieces go out just now: a megabyte is read once, not once for each of its pieces. */
  private held: ChunkRow | null = null;

  private hold(row: ChunkRow | null): void {
    if (this.held) release(this.held.bytes);
    this.held = row;
  }

  /** A complete pull came at `at`, by the server's clock: what it says of our files. */
  async pulled(tx: Writing, at: number): Promise<void> {
    for (const file of await tx.prefix("files", "")) {
      const state = text((await tx.get("base", `evidence/${file.key}`))?.doc["state"]);
      const sure = state === "verified" || (state === "" && (await this.isOutOfSight(tx, file)));
      if (sure && file.verified === 0) await tx.put("files", { ...file, verified: at });
      if (state === "corrupt" && file.offset >= file.size && !file.refused) await this.startOver(tx, file);
    }
  }

  /**
   * The fact counts, and the phone may not see it any more (others were sent, the visit is long over): nobody will tell it
   * of `verified`. The acknowledgement of the last byte is the server's word then, as for a phone that may only deposit.
   */
  private async isOutOfSight(tx: Writing, file: FileRow): Promise<boolean> {
    if (file.offset < file.size || file.refused) return false;
    const fact = await tx.get("ops", numberKey(file.n));
    return fact === undefined || (fact.shown === 0 && FINE.includes(fact.answer?.status ?? ""));
  }

  private async startOver(tx: Writing, file: FileRow): Promise<void> {
    const restarts = file.restarts + 1;
    await tx.put("files", { ...file, url: "", offset: 0, restarts, refused: restarts > RESTARTS ? "gave_up" : "" });
  }

  /** Another epoch: no upload of before stands, nothing is verified until it is pulled again. */
  async beginAnew(tx: Writing): Promise<void> {
    for (const file of await tx.prefix("files", "")) {
      if (file.bytes) await tx.put("files", { ...file, url: "", offset: 0, verified: 0, restarts: 0 });
    }
  }

  /** Delete bytes that the server cannot lose any more. The row stays: it says where the photo is. */
  async forget(tx: Writing, durable: number | null, now: number): Promise<void> {
    for (const file of await tx.prefix("files", "")) {
      if (file.bytes && this.mayDelete(file, durable, now)) await this.deleteBytes(tx, file);
      else if (!file.bytes && file.preview) await this.deletePreview(tx, file);
    }
  }

  /** The small picture stays as long as the phone may see the fact: a returned visit is gone through again. */
  private async deletePreview(tx: Writing, file: FileRow): Promise<void> {
    if (await tx.get("base", `evidence/${file.key}`)) return;
    await tx.remove("chunks", previewKey(file.key));
    await tx.put("files", { ...file, preview: 0 });
  }

  protected mayDelete(file: FileRow, durable: number | null, now: number): boolean {
    return file.verified > 0 && isPast(file.verified, durable, now);
  }

  private async deleteBytes(tx: Writing, file: FileRow): Promise<void> {
    for (let place = 0; place < file.chunks; place++) await tx.remove("chunks", chunkKey(file.key, place));
    await tx.put("files", { ...file, bytes: 0 });
  }

  /**
   * A phone that may only deposit is told of `verified` by nobody. The server hashes the whole before it acknowledges
   * the last byte: that is its word for it here.
   */
  async deposited(tx: Writing, now: number): Promise<void> {
    for (const file of await tx.prefix("files", "")) {
      if (file.bytes && file.offset >= file.size && !file.verified) await tx.put("files", { ...file, verified: now });
    }
  }
}

function offsetOf(answer: Answer, file: FileRow): number {
  const offset = Number(answer.headers["upload-offset"] ?? NaN);
  if (!Number.isInteger(offset) || offset < 0 || offset > file.size) throw new LineDown("no offset in the answer");
  return offset;
}

export function chunkKey(file: string, place: number): string {
  return `${file}/${numberKey(place)}`;
}

/** Outside of all that `chunkKey` names: no preview is ever taken for bytes of a file. */
export function previewKey(file: string): string {
  return `preview/${file}`;
}

export function hashOfBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
