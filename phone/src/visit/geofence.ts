/** How far a check-in is from its target, as the server reckons it: offline the phone has to know whether to ask why. */
import type { JsonObject } from "../engine/json.ts";

/** Degrees; `accuracy` in metres. */
export interface Place {
  lng: number;
  lat: number;
  accuracy?: number | null;
  datum?: string;
}

const LEAST_RADIUS = 500;
const MOST_UNSURE = 2000;
const EARTH = 6_371_008.8;
const [AXIS, ECCENTRICITY] = [6_378_245.0, 0.006693421622965943];
const radians = (degrees: number) => (degrees * Math.PI) / 180;

export interface Arrival {
  /** Metres to the target; null where one of the two places is not known. */
  metres: number | null;
  inside: boolean;
}

/** Whether that place is at the target; without a place nobody is, without one of the target everybody. */
export function arrival(place: Place | null, target: JsonObject | null): Arrival {
  if (place === null) return { metres: null, inside: false };
  if (!target) return { metres: null, inside: true };
  const metres = distance(place, target as unknown as Place);
  return { metres: Math.round(metres), inside: metres <= Math.max(LEAST_RADIUS, Math.min(place.accuracy ?? 0, MOST_UNSURE)) };
}

/** Metres along the earth between two positions of any datum (haversine). */
export function distance(one: Place, other: Place): number {
  const [a, b] = [toWgs84(one), toWgs84(other)];
  const [dlat, dlng] = [radians(b.lat - a.lat), radians(b.lng - a.lng)];
  const half = Math.sin(dlat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dlng / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(half)));
}

const WINDS = ["正北", "东北", "正东", "东南", "正南", "西南", "正西", "西北"];

/** How to get there from here, in words: direction and distance as the crow flies. */
export function wayWords(from: Place, to: Place): string {
  const [a, b] = [toWgs84(from), toWgs84(to)];
  const east = (b.lng - a.lng) * Math.cos(radians((a.lat + b.lat) / 2));
  const turn = (Math.atan2(east, b.lat - a.lat) + 2 * Math.PI) % (2 * Math.PI);
  const metres = distance(from, to);
  const far = metres < 950 ? `${Math.max(50, Math.round(metres / 50) * 50)}米` : `${(metres / 1000).toFixed(1)}公里`;
  return `${WINDS[Math.round(turn / (Math.PI / 4)) % 8]}方向，直线约${far}`;
}

function toWgs84(place: Place): { lng: number; lat: number } {
  if (place.datum !== "gcj02") return place;
  const [dlng, dlat] = shift(place.lng, place.lat);
  return { lng: place.lng - dlng, lat: place.lat - dlat };
}

/** How many degrees GCJ-02 lies east and north of WGS-84 here (the published approximation of the transform). */
function shift(lng: number, lat: number): [east: number, north: number] {
  const [x, y] = [lng - 105, lat - 35];
  const wave = 20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI);
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  north += ((wave + waves(y, [20, 1], [40, 3]) + waves(y, [160, 12], [320, 30])) * 2) / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  east += ((wave + waves(x, [20, 1], [40, 3]) + waves(x, [150, 12], [300, 30])) * 2) / 3;
  const slope = Math.sin(radians(lat));
  const root = Math.sqrt(1 - ECCENTRICITY * slope * slope);
  const dlat = degrees((north * root ** 3) / (AXIS * (1 - ECCENTRICITY)));
  return [degrees((east * root) / (AXIS * Math.cos(radians(lat)))), dlat];
}

function waves(value: number, ...parts: [height: number, length: number][]): number {
  return parts.reduce((sum, [height, length]) => sum + height * Math.sin((value * Math.PI) / length), 0);
}

function degrees(value: number): number {
  return (value * 180) / Math.PI;
}
