/** Custody and judgement of the fake server (protocol, Push): every operation kept once, judged by the rules. */
import { contentHash } from "../../src/engine/content.ts";
import type { Json, JsonObject } from "../../src/engine/json.ts";
import type { OpStatus } from "../../src/engine/wire.ts";
import { Feed } from "./feed.ts";

export interface Author {
  user: number;
  device: string;
  depositOnly: boolean;
}

export interface Kept {
  raw: string;
  author: Author;
  n: number;
  at: number;
  decided: number;
  status: OpStatus;
  detail: JsonObject;
}

interface Sent {
  op: string;
  n: number;
  kind: string;
  verb: string;
  id: string;
  data: JsonObject;
}

interface Verdict {
  status: OpStatus;
  detail?: JsonObject;
}

/** A value that no rule accepts. */
export const POISON = "poison";

const HELD = (id: string): Verdict => ({ status: "held", detail: { waits: { kind: "visit", id } } });

/** One life of the server: what a backup holds. */
export class Life {
  feed = new Feed();
  kept = new Map<string, Kept>();
  /** Scopes each user may read now, and every one ever granted: work under those is accepted however late. */
  grants = new Map<number, Set<string>>();
  granted = new Map<number, Set<string>>();
  /** Effects in the order in which they came about. */
  effects: { op: string; device: string; n: number; object: string }[] = [];
  /** Content hashes of the bytes that were received whole. */
  blobs = new Set<string>();
  aliases = new Map<string, string>();
  /** The newest number of each device that spoke of an answer: an older one never overrides it. */
  newest = new Map<string, number>();

  static copy(of: Life): Life {
    const { kept, grants, granted, effects, blobs, aliases, newest } = of;
    const copied = structuredClone({ kept, grants, granted, effects, blobs, aliases, newest });
    return Object.assign(new Life(), copied, { feed: Feed.copy(of.feed) });
  }

  grant(user: number, scope: string): void {
    for (const table of [this.grants, this.granted]) table.set(user, (table.get(user) ?? new Set()).add(scope));
  }

  visible(user: number): Set<string> {
    return new Set([...(this.grants.get(user) ?? []), `user:${user}`]);
  }

  /** Take and judge a batch; the results in the order sent. */
  push(ops: JsonObject[], author: Author, now: number): JsonObject[] {
    const fresh = ops.filter((op) => !this.kept.has(String(op["op"])));
    for (const op of fresh) this.take(op as unknown as Sent, author, now);
    for (const op of [...fresh].sort((a, b) => Number(a["n"]) - Number(b["n"]))) this.judge(String(op["op"]), now);
    this.judgeWaiting(now);
    return ops.map((op) => this.result(op, author));
  }

  private take(op: Sent, author: Author, now: number): void {
    const known = { raw: JSON.stringify(op), author, n: op.n, at: now, decided: 0 };
    this.kept.set(op.op, { ...known, status: "error", detail: {} });
  }

  private result(op: JsonObject, author: Author): JsonObject {
    const kept = this.kept.get(String(op["op"]))!;
    if (kept.author.device !== author.device || kept.raw !== JSON.stringify(op)) {
      return { op: op["op"]!, status: "id_reused" };
    }
    return { op: op["op"]!, status: kept.status, ...kept.detail };
  }

  /** Whatever waits is looked at again, until nothing moves. */
  judgeWaiting(now: number): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (const [op, kept] of this.kept) if (kept.status === "held") moved = this.judge(op, now) || moved;
    }
  }

  /** Whether it came to another status. */
  private judge(id: string, now: number): boolean {
    const kept = this.kept.get(id)!;
    const op = JSON.parse(kept.raw) as Sent;
    const before = kept.status;
    const verdict: Verdict = kept.author.depositOnly ? quarantined("author_disabled") : this.verdict(op, kept);
    const told = { status: verdict.status, detail: verdict.detail ?? {} };
    this.kept.set(id, { ...kept, ...told, decided: verdict.status === "held" ? 0 : now });
    this.tell(id, op, kept.author.user, verdict);
    return verdict.status !== before;
  }

  /** The author follows what was not simply applied through an `operation` document. */
  private tell(id: string, op: Sent, user: number, verdict: Verdict): void {
    const known = this.feed.get("operation", id);
    if (known === null && ["applied", "merged"].includes(verdict.status)) return;
    if (known?.["status"] === verdict.status) return;
    const said = { op: id, n: op.n, kind: op.kind, verb: op.verb, object: op.id, status: verdict.status };
    this.feed.put(`user:${user}`, "operation", id, { ...said, code: verdict.detail?.["code"] ?? "" });
  }

  private verdict(op: Sent, kept: Kept): Verdict {
    switch (`${op.kind}.${op.verb}`) {
      case "visit.start":
        return this.start(op, kept);
      case "answer.set":
        return this.onVisit(kept, op.id, (visit, doc) => this.answer(op, kept, visit, doc));
      case "evidence.add":
        return this.onVisit(kept, String(op.data["visit"]), (visit) => this.evidence(op, kept, visit));
      case "visit.amend":
        return this.onVisit(kept, op.id, (visit, doc) => this.put(op, kept, "visit", visit, { ...doc, details: op.data }));
      case "visit.submit":
        return this.onVisit(kept, op.id, (visit, doc) => this.submit(op, kept, visit, doc));
      default:
        return quarantined("unknown_kind");
    }
  }

  private onVisit(kept: Kept, id: string, work: (visit: string, doc: JsonObject) => Verdict): Verdict {
    const visit = this.aliases.get(id) ?? id;
    const [doc, scope] = [this.feed.get("visit", visit), this.feed.scopeOf("visit", visit)];
    if (doc === null || !this.granted.get(kept.author.user)?.has(scope ?? "")) return HELD(id);
    return doc["state"] === "submitted" ? quarantined("late_lock") : work(visit, doc);
  }

  private start(op: Sent, kept: Kept): Verdict {
    const assignment = String(op.data["assignment"]);
    const scope = `crew:${assignment}`;
    if (!this.granted.get(kept.author.user)?.has(scope)) return quarantined("late_assignment");
    const begun = [...this.feed.scope(scope).rows.values()].find((row) => row.kind === "visit" && row.doc);
    if (begun && begun.id !== op.id) {
      this.aliases.set(op.id, begun.id);
      this.feed.put(scope, "visit", op.id, { assignment, state: "cancelled", same_as: begun.id });
      return this.effect(op, kept, `start of ${op.id}`, { visit: begun.id });
    }
    const { templates } = this.feed.get("assignment", assignment)!;
    const doc = { assignment, templates: templates!, state: "in_progress", round: 1, details: {}, answers: {}, conflicts: {} };
    this.feed.put(scope, "visit", op.id, doc);
    return this.effect(op, kept, `start of ${op.id}`, { visit: op.id });
  }

  /** A register with a base check: same device by order, other device by base; else both are kept. */
  private answer(op: Sent, kept: Kept, visit: string, doc: JsonObject): Verdict {
    const saying = Object.entries(op.data["answers"] as Record<string, JsonObject>);
    if (saying.some(([, said]) => said["value"] === POISON)) return quarantined("invalid");
    const answers = { ...(doc["answers"] as Record<string, JsonObject>) };
    const conflicts = structuredClone(doc["conflicts"] as Record<string, Json[]>);
    const told: Record<string, OpStatus> = {};
    for (const [key, said] of saying) {
      const [now, base] = [answers[key], Number(said["base"] ?? 0)];
      const same = now?.["device"] === kept.author.device;
      const place = `${kept.author.device}/${visit}/${key}`;
      const overtaken = op.n < (this.newest.get(place) ?? 0);
      if (!overtaken) this.newest.set(place, op.n);
      if (overtaken) told[key] = "merged";
      else if (now !== undefined && JSON.stringify(now["value"]) === JSON.stringify(said["value"])) told[key] = "merged";
      else if (now !== undefined && !same && base !== now["rev"]) {
        (conflicts[key] ??= []).push({ id: op.op, value: said["value"]!, device: kept.author.device });
        told[key] = "conflict";
      } else {
        const next = { value: said["value"]!, note: said["note"] ?? "", rev: Number(now?.["rev"] ?? 0) + 1 };
        answers[key] = { ...next, by: kept.author.user, device: kept.author.device };
        told[key] = "applied";
      }
    }
    this.feed.put(this.feed.scopeOf("visit", visit)!, "visit", visit, { ...doc, answers, conflicts });
    const worst = (["conflict", "merged", "applied"] as const).find((one) => Object.values(told).includes(one));
    return { ...this.effect(op, kept, visit, { answers: told }), status: worst ?? "applied" };
  }

  private evidence(op: Sent, kept: Kept, visit: string): Verdict {
    const scope = this.feed.scopeOf("visit", visit)!;
    const state = this.blobs.has(String(op.data["sha256"])) ? "verified" : "awaited";
    const doc = { kind: "photo", answer_key: "", finding: null, ...op.data, visit, state };
    this.feed.put(scope, "evidence", op.id, doc);
    return this.effect(op, kept, op.id, {});
  }

  private put(op: Sent, kept: Kept, kind: string, id: string, doc: JsonObject): Verdict {
    this.feed.put(this.feed.scopeOf(kind, id)!, kind, id, doc);
    return this.effect(op, kept, id, {});
  }

  private submit(op: Sent, kept: Kept, visit: string, doc: JsonObject): Verdict {
    const own = new Set([...this.kept.values()].filter((one) => one.author.device === kept.author.device).map((one) => one.n));
    for (let n = 1; n <= Number(op.data["upto"]); n++) if (!own.has(n)) return HELD(visit);
    const evidence = this.all("evidence");
    const expected = contentHash({ id: visit, doc }, this.all("finding"), evidence);
    if (expected !== op.data["hash"]) return { status: "conflict", detail: { code: "content_differs", expected } };
    return this.put(op, kept, "visit", visit, { ...doc, state: "submitted", content_hash: expected });
  }

  all(kind: string): { id: string; doc: JsonObject }[] {
    const keys = [...this.feed.homes.keys()].filter((key) => key.startsWith(`${kind}/`));
    return keys.map((key) => key.slice(kind.length + 1)).map((id) => ({ id, doc: this.feed.get(kind, id)! }));
  }

  private effect(op: Sent, kept: Kept, object: string, detail: JsonObject): Verdict {
    this.effects.push({ op: op.op, device: kept.author.device, n: op.n, object });
    return { status: "applied", detail };
  }

  /** All bytes of a file are here and are what was declared. */
  received(sha256: string): void {
    this.blobs.add(sha256);
    for (const { id, doc } of this.all("evidence")) {
      if (doc["sha256"] !== sha256) continue;
      this.feed.put(this.feed.scopeOf("evidence", id)!, "evidence", id, { ...doc, state: "verified" });
    }
  }

  numbers(device: string): { have: number; missing: number[] } {
    const own = [...this.kept.values()].filter((one) => one.author.device === device).map((one) => one.n);
    const missing = [];
    for (let n = 1; n < Math.max(0, ...own); n++) if (!own.includes(n)) missing.push(n);
    return { have: missing.length > 0 ? missing[0]! - 1 : Math.max(0, ...own), missing };
  }
}

function quarantined(code: string): Verdict {
  return { status: "quarantined", detail: { code } };
}
