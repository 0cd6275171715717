/** Opening a database that may be damaged: what the server can give again is not worth a stop. */
import { Engine, type Parts, type Ports } from "../engine/engine.ts";
import { learn } from "../engine/meta.ts";
import { Problem } from "../engine/reasons.ts";

/**
 * The engine over this store: shown first, then its rows are counted. Where either fails, the pulled rows go, and once
 * more. Whether they went; own work was not touched. Raises what went wrong then: own work itself is damaged, and a
 * person has to decide (`salvage`, then a new database).
 */
export async function openMended(ports: Ports, parts: Partial<Parts>, show: (engine: Engine) => Promise<void>): Promise<boolean> {
  const engine = Engine.over(ports, parts);
  try {
    await show(engine);
    await engine.recount();
    return false;
  } catch (fault) {
    if (fault instanceof Problem) throw fault;
  }
  await ports.store.write(["base", "scopes", "meta"], async (tx) => {
    await tx.clear("base");
    await tx.clear("scopes");
    await learn(tx, "cursor", null);
    await learn(tx, "pulled", 0);
  });
  await engine.recount();
  await show(engine);
  return true;
}
