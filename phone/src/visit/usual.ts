/** The checklists of a visit nobody chose any for: the general page and every one that asks this type of target. */
import type { TargetType, Template } from "../checklist/model.ts";
import { GENERAL } from "./dossier.ts";

export interface PublishedTemplate extends Template {
  status: string;
}

/** `[[code, version], …]` as the server chooses them: the newest published versions, the general page first. */
export function usualTemplates(all: readonly PublishedTemplate[], type: TargetType): [code: string, version: number][] {
  const fitting = all.filter(({ status, result, items }) => status === "published" && result === "findings" && items.some((item) => item.targets.includes(type)));
  const newest = new Map<string, number>();
  for (const { code, version } of fitting) newest.set(code, Math.max(version, newest.get(code) ?? 0));
  return [...newest].sort(([a], [b]) => Number(b === GENERAL) - Number(a === GENERAL) || (a < b ? -1 : 1));
}
