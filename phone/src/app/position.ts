/** Where the phone is. A person who denied it, or a cellar, is no error: then it is null. */
import type { Place } from "../visit/geofence.ts";

const FRESH_MS = 120_000;
let last: { place: Place; at: number } | null = null;

/** Ask now; null where there is no answer in that time. */
export function locate(timeout = 12_000): Promise<Place | null> {
  if (!navigator.geolocation) return Promise.resolve(null);
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), timeout + 1000); // the browser's own clock stands while it asks for permission
    const asked = { enableHighAccuracy: true, timeout, maximumAge: 20_000 };
    navigator.geolocation.getCurrentPosition((found) => resolve(keep(found)), () => resolve(null), asked);
  });
}

/** The last place that is not too old: a picture that was taken waits for no satellite. */
export function lastPlace(): Place | null {
  return last && Date.now() - last.at < FRESH_MS ? last.place : null;
}

function keep({ coords }: GeolocationPosition): Place {
  const place = { lng: coords.longitude, lat: coords.latitude, accuracy: Math.min(coords.accuracy, 40_000_000) };
  last = { place, at: Date.now() };
  return place;
}
