/** Whether the laws would notice: every planted fault must be caught, by a law that speaks of it. */
import fc from "fast-check";
import { expect, test } from "vitest";

import { MUTANTS } from "./mutants.ts";
import { Broken, play, stories } from "./steps.ts";

const RUNS = 400;
const SEED = 20261122;

test.each(Object.entries(MUTANTS))("a phone that %s is caught", async (_, { parts, laws, focus }) => {
  const hunt = fc.asyncProperty(stories(focus.split(" ")), (told) => play(parts, told));
  const found = await fc.check(hunt, { numRuns: RUNS, seed: SEED, endOnFailure: true });
  expect(found.failed).toBe(true);
  expect(found.errorInstance).toBeInstanceOf(Broken);
  expect((found.errorInstance as Error).message).toMatch(laws);
});
