/** A person asks for another try at what was refused or set aside. */
import type { Store } from "../engine/store/port.ts";

/** `id`: of the evidence, or of the operation. The bytes are sent anew from the first; nothing else changes. */
export function retry(store: Store, id: string): Promise<void> {
  return store.write(["files", "ops"], async (tx) => {
    const file = await tx.get("files", id);
    if (file?.bytes) await tx.put("files", { ...file, url: "", offset: 0, restarts: 0, refused: "", down: 0 });
    for (const row of await tx.where("ops", "op", id)) if (row.waiting && row.aside) await tx.put("ops", { ...row, aside: "" });
  });
}
