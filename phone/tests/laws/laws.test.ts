/** The protocol's invariants, as far as a phone can break them, under crashes, bad lines, restores and lost scopes. */
import fc from "fast-check";
import { test } from "vitest";

import { play, stories } from "./steps.ts";

const RUNS = Number(process.env["LAW_RUNS"] ?? 24);
const SEED = Number(process.env["LAW_SEED"] ?? 20261122);

test("nothing is lost, nothing doubled, nothing left that may not be seen, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(stories(), (told) => play({}, told)),
    { numRuns: RUNS, seed: SEED },
  );
});
