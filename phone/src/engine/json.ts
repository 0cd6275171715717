/** What JSON can say. Rows and messages are made of nothing else, so that no proxy of a screen reaches the store. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export type JsonObject = { [name: string]: Json };

/** A copy without anything that JSON does not know: IndexedDB refuses the proxies of a screen, and the work is gone. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
