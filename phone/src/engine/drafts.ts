/** Half-written forms: words that are no operation yet outlive a reload, an update and a kill. */
import { isObject, type JsonObject, plain } from "./json.ts";
import type { Store } from "./store/port.ts";

export class Drafts {
  constructor(private readonly store: Store) {}

  /** What was written under this name and not yet done; null where nothing was. */
  async read(name: string): Promise<JsonObject | null> {
    const row = await this.store.read(["meta"], (tx) => tx.get("meta", keyOf(name)));
    return isObject(row?.value) ? row.value : null;
  }

  keep(name: string, words: JsonObject): Promise<void> {
    return this.store.write(["meta"], (tx) => tx.put("meta", { key: keyOf(name), value: plain(words) }));
  }

  forget(name: string): Promise<void> {
    return this.store.write(["meta"], (tx) => tx.remove("meta", keyOf(name)));
  }
}

function keyOf(name: string): string {
  return `draft/${name}`;
}
