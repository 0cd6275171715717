/** When and where a picture was taken: what is told of it, what is doubtful about it, and what its preview says. */
import type { JsonObject } from "../engine/json.ts";
import { text } from "../engine/wire.ts";
import { arrival, type Place } from "./geofence.ts";

/** Older files were not taken just now (as the server has it: half an hour). */
export const JUST_NOW_MS = 1_800_000;
/** A clock that is out by more is told (protocol, Push: Time). */
export const SKEW_MS = 120_000;
const BEIJING_MS = 8 * 3_600_000;
/** Metres; a place that is less sure says little about a gate. */
const UNSURE = 500;

/** When a file was taken, ms by the device's clock: it may be older than the moment it was chosen, never younger. */
export function takenAt(chosen: number, modified: number): number {
  return modified > 0 ? Math.min(chosen, modified) : chosen;
}

/** What the device knows beyond the picture's own fact. `offset`: its clock minus the server's, ms; null never heard. */
export interface Device {
  offset: number | null;
  mock?: boolean | null;
}

/** What a reviewer will see of it, too: nothing here keeps a picture from being taken. */
export function doubtsOf(doc: JsonObject, target: JsonObject | null, device: Device): string[] {
  const place = (doc["location"] ?? null) as Place | null;
  const found = place ? doubtsOfPlace(place, target) : ["无定位"];
  if (device.mock) found.push("系统提示模拟定位");
  const [taken, declared] = [Date.parse(text(doc["taken_at"])), Date.parse(text(doc["at"]))];
  if (declared - taken > JUST_NOW_MS) found.push("不是当场拍摄");
  if (device.offset !== null && Math.abs(device.offset) > SKEW_MS) found.push(clockWords(device.offset));
  return found;
}

function doubtsOfPlace(place: Place, target: JsonObject | null): string[] {
  const found: string[] = [];
  if ((place.accuracy ?? 0) > UNSURE) found.push("定位误差大");
  const { metres, inside } = arrival(place, target);
  if (!inside) found.push(`距被查单位${metres}米`);
  return found;
}

export function clockWords(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const span = minutes < 120 ? `${minutes}分钟` : `约${Math.round(minutes / 60)}小时`;
  return `手机时钟${offset > 0 ? "快" : "慢"}${span}`;
}

/** Coordinates and how sure they are, in one manner everywhere. */
export function placeWords(place: Place | null): string {
  return place ? `${place.lng.toFixed(5)}, ${place.lat.toFixed(5)} ±${Math.round(place.accuracy ?? 0)}米` : "无定位";
}

/** Beijing time, whatever the zone of the phone or of whoever wrote it down. */
export function timeWords(taken: string): string {
  const at = Date.parse(taken);
  return Number.isNaN(at) ? "" : new Date(at + BEIJING_MS).toISOString().slice(0, 19).replace("T", " ");
}

/** The beginning of a hash, enough to be compared by eye. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ");
}

/** The lines burned into a preview: place, time, coordinates, team, hash of the original, doubts. */
export function watermark(doc: JsonObject, unit: string, crew: string[], doubts: readonly string[]): string[] {
  const lines = [unit, timeWords(text(doc["taken_at"])), placeWords((doc["location"] ?? null) as Place | null)];
  if (crew.length > 0) lines.push(`督查组：${crew.join("、")}`);
  lines.push(`原件 SHA-256：${shortHash(text(doc["sha256"]))}`);
  const told = doubts.filter((doubt) => doubt !== "无定位");
  if (told.length > 0) lines.push(`请注意：${told.join("，")}`);
  return lines.filter(Boolean);
}
