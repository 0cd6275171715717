/**
 * What each operation changes on the screen before the server has said so: pure, one small function per operation.
 *
 * Only what the person did is replayed, never what the server will make of it (scores, numbers, states of others).
 */
import type { JsonObject } from "./json.ts";
import { type OneAnswer, saidIn } from "./outbox.ts";
import type { OpRow } from "./store/port.ts";
import { text } from "./wire.ts";

/** The documents under replay; `doc` gives a copy that may be changed, undefined where there is none. */
export interface Scene {
  me: number;
  doc(kind: string, id: string): JsonObject | undefined;
  put(kind: string, id: string, doc: JsonObject): void;
}

type Step = (scene: Scene, op: OpRow) => void;

const STEPS: Record<string, Step> = {
  "assignment.accept": (scene, op) => change(scene, "assignment", op.id, { state: "accepted" }),
  "assignment.decline": (scene, op) => change(scene, "assignment", op.id, { declined: op.data["reason"] ?? "" }),
  "assignment.depart": (scene, op) => change(scene, "assignment", op.id, { state: "departed" }),
  "visit.start": start,
  "visit.check_in": (scene, op) => change(scene, "visit", op.visit, { check_in: checkIn(scene, op) }),
  "visit.sample": (scene, op) => change(scene, "visit", op.visit, { sample: op.data["classes"] ?? [] }),
  "visit.amend": amend,
  "visit.feedback": (scene, op) => change(scene, "visit", op.visit, { feedback: feedback(scene, op) }),
  "visit.sign": (scene, op) => change(scene, "visit", op.visit, { signatures: signatures(op) }),
  "visit.submit": (scene, op) => change(scene, "visit", op.visit, { state: "submitted" }),
  "visit.cancel": (scene, op) => change(scene, "visit", op.visit, { state: "cancelled" }),
  "answer.set": answer,
  "finding.record": (scene, op) => scene.put("finding", op.id, { ...newFinding(scene, op), ...said(op) }),
  "finding.amend": (scene, op) => change(scene, "finding", op.id, said(op)),
  "finding.withdraw": (scene, op) => change(scene, "finding", op.id, { state: "withdrawn" }),
  "evidence.add": (scene, op) => scene.put("evidence", op.id, scene.doc("evidence", op.id) ?? evidence(scene, op)),
  "inbox.read": (scene, op) => change(scene, "inbox", op.id, { read: true }),
  "target.report": report,
};

/** Replay one operation; one that this version does not know changes nothing. */
export function replay(scene: Scene, op: OpRow): void {
  STEPS[op.name]?.(scene, op);
}

/** Documents that the replay of an operation looks at, as `[kind, id]`. */
export function touched(op: OpRow): [string, string][] {
  const found: [string, string][] = [[kindOf(op.name), op.id]];
  if (op.visit !== "") found.push(["visit", op.visit]);
  if (op.name === "visit.start") found.push(["assignment", text(op.data["assignment"])]);
  return found;
}

function kindOf(name: string): string {
  const kind = name.split(".")[0]!;
  return kind === "answer" ? "visit" : kind;
}

function change(scene: Scene, kind: string, id: string, members: JsonObject): void {
  const doc = scene.doc(kind, id);
  if (doc !== undefined) scene.put(kind, id, { ...doc, ...members });
}

function start(scene: Scene, op: OpRow): void {
  if (scene.doc("visit", op.visit) !== undefined) return;
  const assignment = scene.doc("assignment", text(op.data["assignment"])) ?? {};
  const { target, kind, mode, track, templates } = assignment;
  scene.put("visit", op.visit, {
    ...{ rev: 0, assignment: op.data["assignment"] ?? null, target: target ?? op.data["target"] ?? null },
    ...{ kind: kind ?? "", mode: mode ?? "", track: track ?? "", templates: templates ?? [] },
    ...{ state: "in_progress", round: 1, started_by: scene.me, started_at: op.at, check_in: null, sample: [] },
    ...{ details: {}, feedback: null, signatures: null, answers: {}, conflicts: {} },
  });
}

function checkIn(scene: Scene, op: OpRow): JsonObject {
  return { place: op.data["location"] ?? null, reason: op.data["reason"] ?? "", by: scene.me, device_at: op.at };
}

/** What is null in it was not said; the rest of the details stays. */
function amend(scene: Scene, op: OpRow): void {
  const details = scene.doc("visit", op.visit)?.["details"] as JsonObject | undefined;
  const named = Object.entries(op.data).filter(([, value]) => value !== null);
  change(scene, "visit", op.visit, { details: { ...details, ...Object.fromEntries(named) } });
}

function feedback(scene: Scene, op: OpRow): JsonObject {
  return { text: op.data["text"] ?? "", explanation: op.data["explanation"] ?? "", by: scene.me, at: op.at };
}

function signatures(op: OpRow): JsonObject {
  const { inspectors, unit, refused } = op.data;
  return { inspectors: inspectors ?? [], unit: unit ?? [], refused: refused ?? "" };
}

function answer(scene: Scene, op: OpRow): void {
  const doc = scene.doc("visit", op.visit);
  if (doc === undefined) return;
  const answers = { ...(doc["answers"] as JsonObject) };
  const conflicts = { ...((doc["conflicts"] ?? {}) as JsonObject) };
  for (const [key, one] of Object.entries(saidIn(op))) {
    answers[key] = shownAnswer(scene, op, one, answers[key] as JsonObject | undefined);
    if (one.settles) delete conflicts[key];
  }
  scene.put("visit", op.visit, { ...doc, answers, conflicts });
}

/** `rev` stays that of the server: the next answer has to name what this phone really saw there. */
function shownAnswer(scene: Scene, op: OpRow, one: OneAnswer, before: JsonObject | undefined): JsonObject {
  return { value: one.value, note: one.note ?? "", rev: before?.["rev"] ?? 0, by: scene.me, at: op.at };
}

function newFinding(scene: Scene, op: OpRow): JsonObject {
  return { rev: 0, visit: op.visit, state: "recorded", by: scene.me, at: op.at };
}

/** `finding.record` and `finding.amend` say the whole finding: what they leave out has its default. */
function said(op: OpRow): JsonObject {
  const { item, text: words, answer_key, severity, severity_reason, responsibility, self_found_fixed, on_spot } = op.data;
  const { standard } = op.data;
  return {
    ...{ item: item ?? "", text: words ?? "", answer_key: answer_key ?? "", chosen_severity: severity ?? null },
    ...{ severity_reason: severity_reason ?? "", responsibility: responsibility ?? "unit" },
    ...{ self_found_fixed: self_found_fixed ?? false, on_spot: on_spot ?? null },
    standard: standard ?? null,
  };
}

function evidence(scene: Scene, op: OpRow): JsonObject {
  const { sha256, size, filetype, kind, answer_key, finding, taken_at, location } = op.data;
  return {
    ...{ rev: 0, visit: op.visit, sha256: sha256 ?? "", size: size ?? 0, filetype: filetype ?? "" },
    ...{ kind: kind ?? "photo", answer_key: answer_key ?? "", finding: finding ?? null },
    ...{ taken_at: taken_at ?? null, location: location ?? null, state: "awaited", by: scene.me, at: op.at },
  };
}

function report(scene: Scene, op: OpRow): void {
  const { name, address, location } = op.data;
  const known = { rev: 0, kind: "suspected_site", active: true };
  scene.put("target", op.id, { ...known, name: name ?? "", address: address ?? "", location: location ?? null });
}
