/** Time: the device's own, which may be wrong, and what is known of the server's. */
export interface Clock {
  /** Milliseconds since 1970 by the device. */
  now(): number;
}

export const deviceClock: Clock = { now: () => Date.now() };

/** The last word of the server on time: `offset` is device minus server, in ms. */
export interface Contact {
  server: number;
  device: number;
  offset: number;
}

/** An instant of the device as RFC 3339 with the offset of its zone: operations say when by the wall clock there. */
export function deviceTime(now: number): string {
  const away = -new Date(now).getTimezoneOffset();
  const local = new Date(now + away * 60_000).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.floor(Math.abs(away) / 60), Math.abs(away) % 60];
  return `${local}${away < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
