/** What goes wrong on the way, told from what goes wrong in the phone. */
import { LineDown, Refused } from "./http.ts";
import { Problem } from "./reasons.ts";

/** What a round did not get through, null for nothing; the work itself is in its rows. */
export type Trouble = LineDown | Refused | Problem | null;

/** Troubles of line and server, after which everything is still here; anything else is a fault and is loud. */
export function isExpected(fault: unknown): fault is LineDown | Refused | Problem {
  return fault instanceof LineDown || fault instanceof Refused || fault instanceof Problem;
}
