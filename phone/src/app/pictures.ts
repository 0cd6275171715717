/** Pictures: taken, made upright and smaller, kept with their hash; and shown from what this phone still holds. */
import { deviceTime } from "../engine/clock.ts";
import type { Json, JsonObject } from "../engine/json.ts";
import { engine, loud, poke, seen } from "./phone.ts";
import { lastPlace, locate } from "./position.ts";

const LONGEST_EDGE = 2048;
const QUALITY = 0.85;

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

/** Keep a picture; its evidence id once it was read back from the database. */
export async function keepPhoto(file: File, { visit, key, finding }: Belongs): Promise<string> {
  const taken = Date.now();
  const { bytes, filetype } = await upright(file);
  const more = { kind: "photo", answer_key: key, ...(finding ? { finding } : {}), ...circumstances(taken) };
  const id = await loud(() => engine.capture.keep({ visit, bytes, filetype, more }));
  seen.resumed = false;
  poke();
  return id;
}

export async function keepSignature(png: Blob, visit: string, key: string): Promise<string> {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const more = { kind: "signature", answer_key: key, ...circumstances(Date.now()) };
  return loud(() => engine.capture.keep({ visit, bytes, filetype: "image/png", more }));
}

function circumstances(at: number): JsonObject {
  const device = { os: navigator.platform.slice(0, 80), app: "web" };
  return { taken_at: deviceTime(at), location: lastPlace() as unknown as Json, device };
}

/** Upright and at most 2048 pixels long; what the browser cannot read (HEIC) goes as it is. */
async function upright(file: File): Promise<{ bytes: Uint8Array; filetype: string }> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  const blob = picture ? await smaller(picture) : file;
  return { bytes: new Uint8Array(await blob.arrayBuffer()), filetype: blob.type || "image/heic" };
}

async function smaller(picture: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  [canvas.width, canvas.height] = [0, 0]; // gives the memory back at once
  if (!blob) throw new Error("the canvas gave no picture");
  return blob;
}

/** An address of the picture for this page, "" where its bytes are gone; to be revoked by whoever shows it. */
export async function addressOf(id: string, filetype: string): Promise<string> {
  const bytes = await engine.capture.bytesOf(id);
  return bytes ? URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: filetype })) : "";
}
