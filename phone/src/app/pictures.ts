/**
 * Pictures: the original is kept as the camera gave it, with its hash; what is shown is a small one made of it.
 *
 * The original is what the evidence declares and what is uploaded. Its preview is drawn from bytes that are in the
 * database already, so nothing waits for it and a kill in between costs nothing: it is drawn when it is looked at.
 */
import { deviceTime } from "../engine/clock.ts";
import type { Json, JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import { Problem } from "../engine/reasons.ts";
import { release } from "../engine/release.ts";
import { text } from "../engine/wire.ts";
import { preview } from "../preview/previews.ts";
import { refusal } from "../preview/size.ts";
import { doubtsOf, JUST_NOW_MS, takenAt, watermark } from "../visit/circumstances.ts";
import { dossier } from "./open.ts";
import { engine, loud, poke, seen } from "./phone.ts";
import { lastKnown, lastPlace, locate } from "./position.ts";

/** What a picture belongs to. */
export interface Belongs {
  visit: string;
  section: string;
  key: string;
  finding?: string;
}

/** Remembered before the camera opens; the position is asked for meanwhile. */
export async function beforeCamera(place: Belongs): Promise<void> {
  void locate();
  await loud(() => engine.capture.begin({ ...place }));
}

export async function noPicture(): Promise<void> {
  seen.resumed = false;
  await loud(() => engine.capture.abandon());
}

/**
 * Keep a picture as it is; its evidence id once it was read back from the database. `modified`: when the file was made,
 * 0 where nobody says. Raises `Problem` for what the server would not take.
 */
export async function keepPhoto(file: Blob, { visit, key, finding }: Belongs, modified = 0): Promise<string> {
  const chosen = Date.now();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const code = refusal(bytes);
  if (code) throw new Problem(code);
  const taken = takenAt(chosen, modified);
  const more = { kind: "photo", answer_key: key, ...(finding ? { finding } : {}), ...circumstances(taken, chosen) };
  const filetype = file.type || "image/heic";
  const id = await engine.capture.keep({ visit, bytes, filetype, more }).finally(() => release(bytes.buffer));
  seen.resumed = false;
  poke();
  return id;
}

export async function keepSignature(png: Blob, visit: string, key: string): Promise<string> {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const now = Date.now();
  const more = { kind: "signature", answer_key: key, ...circumstances(now, now) };
  return engine.capture.keep({ visit, bytes, filetype: "image/png", more });
}

/** Where the phone is now says nothing about a file that is older. */
function circumstances(taken: number, now: number): JsonObject {
  const device = { os: navigator.platform.slice(0, 80), app: "web" };
  const isNow = now - taken <= JUST_NOW_MS;
  const mock = isNow ? (lastKnown()?.mock ?? null) : null;
  return { taken_at: deviceTime(taken), location: isNow ? (lastPlace() as unknown as Json) : null, mock, device };
}

/** What is doubtful about a picture, for the person who took it. */
export function doubts(row: Shown): string[] {
  if (row.doc["kind"] === "signature") return [];
  const target = (dossier.value?.target["location"] ?? null) as JsonObject | null;
  return doubtsOf(row.doc, target, { offset: row.doc["rev"] === 0 ? seen.skew : null, mock: row.doc["mock"] === true });
}

function lines(row: Shown): string[] {
  const { target, assignment }: { target: JsonObject; assignment: JsonObject } = dossier.value ?? { target: {}, assignment: {} };
  const crew = ((assignment["crew"] ?? []) as JsonObject[]).map((one) => text(one["name"])).filter(Boolean);
  return watermark(row.doc, text(target["name"]), crew, doubts(row));
}

/**
 * An address of the picture for this page, to be revoked by whoever shows it; "" where its bytes are gone,
 * "unreadable" where this browser cannot show them.
 */
export async function addressOf(row: Shown): Promise<string> {
  const small = await engine.capture.previewOf(row.id);
  if (small) return addressFor(small);
  const pieces = await engine.capture.piecesOf(row.id);
  if (pieces.length === 0) return "";
  const original = new Blob(pieces, { type: text(row.doc["filetype"]) });
  pieces.forEach(release);
  if (row.doc["kind"] === "signature") return URL.createObjectURL(original);
  const made = await preview(original, lines(row));
  if (!made) return "unreadable";
  const drawn = new Uint8Array(made);
  await engine.capture.keepPreview(row.id, drawn).catch(() => undefined); // it can be drawn again
  return addressFor(drawn);
}

/** The browser has the bytes then, the page has not. */
function addressFor(jpeg: Uint8Array): string {
  const picture = new Blob([jpeg as Uint8Array<ArrayBuffer>], { type: "image/jpeg" });
  release(jpeg.buffer);
  return URL.createObjectURL(picture);
}
