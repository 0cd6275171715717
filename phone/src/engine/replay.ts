/**
 * What each operation changes on the screen before the server has said so: pure, one small function per operation.
 *
 * Only what the person did is replayed, never what the server will make of it (scores, numbers, states of others).
 */
import { type ClassToday, draw, seedOf } from "./draw.ts";
import type { Json, JsonObject } from "./json.ts";
import { type OneAnswer, saidIn } from "./outbox.ts";
import type { OpRow } from "./store/port.ts";
import { text } from "./wire.ts";

/** The documents under replay; `doc` gives a copy that may be changed, undefined where there is none. */
export interface Scene {
  me: number;
  doc(kind: string, id: string): JsonObject | undefined;
  put(kind: string, id: string, doc: JsonObject): void;
  /** Ids of a kind that the replay looks at. */
  ids(kind: string): string[];
}

type Step = (scene: Scene, op: OpRow) => void;

const STEPS: Record<string, Step> = {
  "assignment.accept": (scene, op) => change(scene, "assignment", op.id, { state: "accepted" }),
  "assignment.decline": (scene, op) => change(scene, "assignment", op.id, { declined: op.data["reason"] ?? "" }),
  "assignment.depart": (scene, op) => change(scene, "assignment", op.id, { state: "departed" }),
  "assignment.leave": (scene, op) => change(scene, "assignment", op.id, { left: true }),
  "recusal.declare": (scene, op) => change(scene, "assignment", assignmentOf(op), { recused: true }),
  "visit.start": start,
  "visit.check_in": (scene, op) => change(scene, "visit", op.visit, { check_in: checkIn(scene, op) }),
  "visit.sample": (scene, op) => change(scene, "visit", op.visit, { sample: op.data["classes"] ?? [] }),
  "visit.enter": (scene, op) => change(scene, "visit", op.visit, { entry: entry(scene, op) }),
  "visit.draw_classes": drawn,
  "visit.refile": refile,
  "visit.amend": amend,
  "visit.feedback": (scene, op) => change(scene, "visit", op.visit, { feedback: feedback(scene, op) }),
  "visit.sign": (scene, op) => change(scene, "visit", op.visit, { signatures: signatures(op) }),
  "visit.submit": (scene, op) => change(scene, "visit", op.visit, { state: "submitted" }),
  "visit.cancel": (scene, op) => change(scene, "visit", op.visit, { state: "cancelled" }),
  "answer.set": answer,
  "finding.record": (scene, op) => scene.put("finding", op.id, { ...newFinding(scene, op), ...said(op) }),
  "finding.amend": (scene, op) => change(scene, "finding", op.id, said(op)),
  "finding.withdraw": (scene, op) => change(scene, "finding", op.id, { state: "withdrawn" }),
  "finding.confirm_fix": confirmFix,
  "review.decide": decide,
  "evidence.add": (scene, op) => scene.put("evidence", op.id, scene.doc("evidence", op.id) ?? evidence(scene, op)),
  "inbox.read": readInbox,
  "inbox.acknowledge": (scene, op) => change(scene, "inbox", op.id, { read: true, acknowledged: true }),
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
  if (["visit.start", "visit.refile", "recusal.declare"].includes(op.name)) found.push(["assignment", assignmentOf(op)]);
  if (op.name === "review.decide") found.push(...decisions(op).map(({ finding }): [string, string] => ["finding", finding]));
  return found;
}

/** `upto` reads everything up to that number. */
function readInbox(scene: Scene, op: OpRow): void {
  const upto = Number(op.data["upto"] ?? 0);
  const through = scene.ids("inbox").filter((id) => Number(scene.doc("inbox", id)?.["seq"]) <= upto);
  for (const id of [op.id, ...through]) change(scene, "inbox", id, { read: true });
}

/** The assignment that an operation names; a recusal may name it by its own id. */
function assignmentOf(op: OpRow): string {
  return text(op.data["assignment"]) || (op.name === "recusal.declare" ? op.id : "");
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
  const { target, kind, mode, track } = assignment;
  const templates = assignment["templates"] ?? op.data["templates"]; // on nobody's order: those that the phone asks
  scene.put("visit", op.visit, {
    ...{ rev: 0, assignment: op.data["assignment"] ?? null, target: target ?? op.data["target"] ?? null },
    ...{ kind: kind ?? "routine", mode: mode ?? "open", track: track ?? "", templates: templates ?? [] },
    ...{ state: "in_progress", round: 1, started_by: scene.me, started_at: op.at, check_in: null, sample: [] },
    ...{ details: {}, feedback: null, signatures: null, answers: {}, conflicts: {} },
  });
}

function checkIn(scene: Scene, op: OpRow): JsonObject {
  return { place: op.data["location"] ?? null, reason: op.data["reason"] ?? "", by: scene.me, device_at: op.at };
}

/** Posts, never names; `witness` is another inspector's id. */
function entry(scene: Scene, op: OpRow): JsonObject {
  const { admitted, certificates_shown, informed, refused_by, reason, witness } = op.data;
  return {
    ...{ admitted: admitted ?? true, certificates_shown: certificates_shown ?? false, informed: informed ?? "" },
    ...{ refused_by: refused_by ?? "", reason: reason ?? "", witness: witness ?? null },
    ...{ by: scene.me, at: op.at, device_at: op.at },
  };
}

/** The draw is made here as the server will make it, under the id that the operation names. */
function drawn(scene: Scene, op: OpRow): void {
  const doc = scene.doc("visit", op.visit);
  if (doc === undefined) return;
  const before = (doc["draws"] ?? []) as Json[];
  const { count = 3, pupils = 10, number = before.length + 1, reason = "" } = op.data as Record<string, number>;
  if (before.some((one) => (one as JsonObject)["visit"] === op.id && (one as JsonObject)["number"] === number)) return;
  const today = (op.data["classes"] ?? []) as unknown as ClassToday[];
  const seed = seedOf(op.id, number);
  const classes = draw(seed, today, count, pupils) as unknown as Json;
  const from = today.map((one) => [one.grade, one.number, one.size]);
  const said = { number, visit: op.id, seed, from, count, pupils, classes, reason, by: scene.me, at: op.at, device_at: op.at };
  scene.put("visit", op.visit, { ...doc, draws: [...before, said], sample: classes });
}

/** Filed under an assignment that this phone knows, or at a target whose assignment the server makes. */
function refile(scene: Scene, op: OpRow): void {
  const doc = scene.doc("visit", op.visit);
  if (doc === undefined) return;
  const { assignment, target } = doc;
  const before = { assignment: assignment ?? null, target: target ?? null, reason: op.data["reason"] ?? "", by: scene.me, at: op.at };
  const to = scene.doc("assignment", assignmentOf(op));
  const where = { assignment: op.data["assignment"] ?? null, target: to?.["target"] ?? op.data["target"] ?? null };
  if (target === where.target) return; // pulled already
  const footing = to ? { kind: to["kind"] ?? "", mode: to["mode"] ?? "", templates: joined(doc["templates"], to["templates"]) } : {};
  scene.put("visit", op.visit, { ...doc, ...where, ...footing, refiled: [...((doc["refiled"] ?? []) as Json[]), before] });
}

/** The checklists answered so far, and those that the right assignment has besides. */
function joined(mine: Json | undefined, more: Json | undefined): Json {
  const [own, other] = [(mine ?? []) as [string, number][], (more ?? []) as [string, number][]];
  return [...own, ...other.filter(([code]) => !own.some((one) => one[0] === code))];
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

function confirmFix(scene: Scene, op: OpRow): void {
  const fix = scene.doc("finding", op.id)?.["on_spot"] as JsonObject | null | undefined;
  if (fix) change(scene, "finding", op.id, { on_spot: { ...fix, confirmed_by: scene.me } });
}

function decisions(op: OpRow): { finding: string; result: string }[] {
  return (op.data["decisions"] ?? []) as unknown as { finding: string; result: string }[];
}

/** Mostly rectified is not closed; what relapsed is opened anew by the office. */
function decide(scene: Scene, op: OpRow): void {
  for (const { finding, result } of decisions(op)) {
    const after = result === "relapsed" ? { relapse_found_at: op.at } : { state: result === "partly" ? "returned" : result };
    change(scene, "finding", finding, after);
  }
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
