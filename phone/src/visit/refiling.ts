/** A visit that was begun on the wrong target: where it may belong instead. */
import type { JsonObject } from "../engine/json.ts";
import type { Shown } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";

const OPEN = ["released", "accepted", "departed"];
const MOST = 8;

/** Open assignments of the visit's track that have no visit yet. */
export function assignmentsFor(visit: Shown, assignments: readonly Shown[], visits: readonly Shown[]): Shown[] {
  const taken = new Set(visits.map(({ doc }) => doc["assignment"]));
  const track = visit.doc["track"];
  return assignments.filter(
    ({ id, doc }) => id !== visit.doc["assignment"] && doc["track"] === track && OPEN.includes(text(doc["state"])) && !taken.has(id),
  );
}

/** Targets whose name, code or address holds these words; none before something was typed. */
export function targetsLike(words: string, targets: Record<string, JsonObject>, except: string): Shown[] {
  const wanted = words.trim();
  if (wanted === "") return [];
  const fits = (doc: JsonObject) => ["name", "code", "address"].some((member) => text(doc[member]).includes(wanted));
  const found = Object.entries(targets).filter(([id, doc]) => id !== except && doc["active"] === true && fits(doc));
  return found.map(([id, doc]) => ({ id, doc })).slice(0, MOST);
}

/** Only the leader of the crew files a visit elsewhere. */
export function mayRefile(assignment: JsonObject, me: number): boolean {
  return assignment["leader"] === undefined || assignment["leader"] === me;
}
