/** The fields of a form, kept as they are typed and put back when the form is shown again (after a reload, too). */
import { type Ref, watch } from "vue";

import type { Json, JsonObject } from "../engine/json.ts";
import { Answering } from "../visit/answering.ts";
import { engine, loud, seen } from "./phone.ts";

/** `done` is called when the form became an operation: its draft goes. */
export function draftOf(name: string, fields: Record<string, Ref<string>>): { done: () => Promise<void> } {
  const write = (said: Record<string, { value: Json }>) => engine.drafts.keep(name, said["form"]!.value as JsonObject);
  const queue = new Answering(write, () => undefined, (fault) => (seen.fault = String(fault)));
  let typed = false;

  watch(Object.values(fields), () => {
    typed = true;
    queue.say("form", { value: Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value])) });
  });
  void loud(() => engine.drafts.read(name)).then((found) => {
    if (typed || !found) return;
    for (const [field, value] of Object.entries(found)) {
      const kept = fields[field];
      if (kept && typeof value === "string") kept.value = value;
    }
  });

  return {
    done: async () => {
      await queue.settled();
      await loud(() => engine.drafts.forget(name));
    },
  };
}
