/** Where the phone is. A person who denied it, or a cellar, is no error: then it is null. */
import { ref } from "vue";

import type { Place } from "../visit/geofence.ts";

const FRESH_MS = 120_000;

interface Known {
  place: Place;
  at: number;
  /** What the system says of another app making the place up; browsers by themselves do not tell. */
  mock: boolean | null;
}

let last: Known | null = null;

/** Why there was no place at the last asking, in plain words; "" where there was one. */
export const noPlace = ref("");

const WHY: Record<number, string> = {
  1: "没有定位权限：照片照常保存，但会注明“无定位”。请在系统设置中允许浏览器使用位置信息，再重新拍摄。",
  2: "暂时取不到定位：照片照常保存，但会注明“无定位”。到室外或窗边后可再拍一张。",
  3: "定位超时：照片照常保存，但会注明“无定位”。到室外或窗边后可再拍一张。",
};

/** Ask now; null where there is no answer in that time. */
export function locate(timeout = 12_000): Promise<Place | null> {
  if (!navigator.geolocation) return Promise.resolve(none(2));
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), timeout + 1000); // the browser's own clock stands while it asks for permission
    const asked = { enableHighAccuracy: true, timeout, maximumAge: 20_000 };
    navigator.geolocation.getCurrentPosition((found) => resolve(keep(found)), ({ code }) => resolve(none(code)), asked);
  });
}

/** The last place that is not too old: a picture that was taken waits for no satellite. */
export function lastPlace(): Place | null {
  return lastKnown()?.place ?? null;
}

/** With what the system says of it. */
export function lastKnown(): Known | null {
  return last && Date.now() - last.at < FRESH_MS ? last : null;
}

function keep(found: GeolocationPosition): Place {
  const { coords } = found;
  const place = { lng: coords.longitude, lat: coords.latitude, accuracy: Math.min(coords.accuracy, 40_000_000) };
  last = { place, at: Date.now(), mock: mocked(found) };
  noPlace.value = "";
  return place;
}

/** Shells around a browser hand Android's word on under one of these names; it is believed where it is there. */
function mocked(found: GeolocationPosition): boolean | null {
  const told = { ...(found as object), ...(found.coords as object) } as Record<string, unknown>;
  const word = [told["mocked"], told["isMock"], told["isFromMockProvider"]].find((one) => typeof one === "boolean");
  return (word as boolean | undefined) ?? null;
}

function none(code: number): null {
  noPlace.value = WHY[code] ?? WHY[2]!;
  return null;
}
