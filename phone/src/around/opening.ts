/** Opening a database that may be damaged: what the server can give again is not worth a stop. */
import { Engine, type Parts, type Ports } from "../engine/engine.ts";
import { learn } from "../engine/meta.ts";
import { Problem } from "../engine/reasons.ts";

export interface Opened {
  engine: Engine;
  /** Downloaded rows were unreadable and were thrown away; own work was not touched. */
  mended: boolean;
}

/**
 * The engine over this store. Where it does not open, the pulled rows go, and once more. Raises what went wrong then:
 * own work itself is damaged, and a person has to decide (`salvage`, then a new database).
 */
export async function openMended(ports: Ports, parts: Partial<Parts> = {}): Promise<Opened> {
  try {
    return { engine: await Engine.open(ports, parts), mended: false };
  } catch (fault) {
    if (fault instanceof Problem) throw fault;
    await ports.store.write(["base", "scopes", "meta"], async (tx) => {
      await tx.clear("base");
      await tx.clear("scopes");
      await learn(tx, "cursor", null);
      await learn(tx, "pulled", 0);
    });
    return { engine: await Engine.open(ports, parts), mended: true };
  }
}
