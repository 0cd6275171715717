/** Levels of findings: what they are called, when they are due, which one an inspector may choose. */
import type { Severity } from "./model.ts";

const LADDER: readonly Severity[] = ["minor", "moderate", "serious", "veto"];

export const LEVELS: Record<Severity, { words: string; days: number }> = {
  minor: { words: "一般", days: 15 },
  moderate: { words: "较重", days: 7 },
  serious: { words: "严重", days: 3 },
  veto: { words: "一票否决", days: 1 },
};

/** One level up for a repeat, one down for what the unit found and fixed itself; the rules never make a veto final. */
export function severityAfter(
  base: Severity, repeat: boolean, selfFoundFixed: boolean,
): { severity: Severity; veto_candidate: boolean } {
  const step = LADDER.indexOf(base) + Number(repeat) - Number(selfFoundFixed);
  const severity = LADDER[Math.min(Math.max(step, 0), LADDER.length - 1)]!;
  return { severity, veto_candidate: severity === "veto" };
}

/** Why a level may not be chosen; null where it may. */
export function choiceFault(base: Severity, chosen: Severity, reason: string): string | null {
  const drop = LADDER.indexOf(base) - LADDER.indexOf(chosen);
  if (drop < 0) return "severity_raised";
  if (drop > 1) return "severity_too_low";
  return drop === 1 && reason.trim() === "" ? "reason_missing" : null;
}

/** The level below, where there is one. */
export function lower(base: Severity): Severity | undefined {
  return LADDER[LADDER.indexOf(base) - 1];
}
