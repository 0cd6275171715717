/** What may happen in a county, as fast-check makes it up: small numbers, so that a failure shrinks to a short story. */
import fc from "fast-check";

import { Broken } from "./phone.ts";
import { World } from "./world.ts";
import type { Parts } from "../../src/engine/engine.ts";

export const EVERYTHING = [
  ...["answer", "answer", "answer", "photo", "early", "arrive", "sync", "sync", "sync", "upload", "upload", "crash"],
  ...["revoke", "grant", "move", "purge", "backup", "restore", "damage", "poison", "at once"],
];

export interface Step {
  name: string;
  who: number;
  arg: number;
}

export interface Story {
  seed: number;
  steps: Step[];
}

/** Stories of these steps; a name that is there more often happens more often. */
export function stories(names: readonly string[] = EVERYTHING): fc.Arbitrary<Story> {
  const step = fc.record({ name: fc.constantFrom(...names), who: fc.nat({ max: 1 }), arg: fc.nat({ max: 11 }) });
  return fc.record({ seed: fc.nat(), steps: fc.array(step, { minLength: 1, maxLength: 30, size: "max" }) });
}

/** From bad to none. */
const WEATHER = [0.5, 0.2, 0];

async function take(world: World, { name, who, arg }: Step, place: number): Promise<void> {
  switch (name) {
    case "answer":
      return world.answer(who, arg, `v${place}`);
    case "poison":
      return world.answer(who, arg, "poison");
    case "photo":
      return world.photograph(who, arg);
    case "early":
      return world.early(who, arg);
    case "arrive":
      return world.arrive();
    case "sync":
      return world.sync(who, WEATHER[arg % 3]!);
    case "upload":
      return world.upload(who, WEATHER[arg % 3]!);
    case "at once":
      return world.atOnce(who, arg, `v${place}`);
    case "crash":
      return world.crash(who, 1 + (arg >> 1), arg % 2 === 0 ? "before" : "after");
    case "revoke":
      return world.grant(who, arg, false);
    case "grant":
      return world.grant(who, arg, true);
    case "move":
      return world.move(arg);
    case "purge":
      return world.server.life.feed.purge();
    case "backup":
      return world.server.backUp();
    case "restore":
      return world.restore();
    case "damage":
      return world.damage(who);
    default:
      throw new Error(`no such step: ${name}`);
  }
}

/** Play a story to its end. Rejects with `Broken` where a law does not hold. */
export async function play(parts: Partial<Parts>, { seed, steps }: Story): Promise<void> {
  const world = new World(parts, seed);
  await world.begin();
  for (const [place, one] of steps.entries()) {
    await take(world, one, place);
    await world.check();
  }
  await world.settle();
}

export { Broken };
