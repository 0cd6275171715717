/** The engine of the phone: everything but screens. One object per open app; all it knows is in the store. */
import { Base } from "./base.ts";
import { Capture } from "./capture.ts";
import { type Clock, deviceClock } from "./clock.ts";
import { contentHash } from "./content.ts";
import { Drafts } from "./drafts.ts";
import { exportUnsent } from "./export.ts";
import { type Http, Refused } from "./http.ts";
import { type Chance, deviceChance } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import { type OneAnswer, Outbox } from "./outbox.ts";
import { Overlay } from "./overlay.ts";
import { Pull } from "./pull.ts";
import { Push } from "./push.ts";
import { Putting } from "./putting.ts";
import { Problem } from "./reasons.ts";
import { Restore } from "./restore.ts";
import { Session } from "./session.ts";
import { Status } from "./status.ts";
import type { OpRow, Store } from "./store/port.ts";
import { recount } from "./sums.ts";
import { isExpected, type Trouble } from "./trouble.ts";
import { type Sent, Uploads, type UploadPace } from "./uploads.ts";

export interface Ports {
  store: Store;
  http: Http;
  clock?: Clock;
  chance?: Chance;
  /** Rows of one page of a pull. */
  limit?: number;
  pace?: UploadPace;
}

/** The classes the engine is made of; another one may take the place of each. */
export const PARTS = { Base, Capture, Outbox, Overlay, Pull, Push, Restore, Session, Status, Uploads };

export type Parts = typeof PARTS;

/** What a person says to one question. */
export interface Said {
  value: Json;
  note?: string;
  settles?: string[];
}

export class Engine {
  readonly session: Session;
  readonly outbox: Outbox;
  readonly overlay: Overlay;
  readonly uploads: Uploads;
  readonly status: Status;
  readonly pull: Pull;
  readonly push: Push;
  readonly capture: Capture;
  readonly drafts: Drafts;
  readonly putting: Putting;
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly restore: Restore;

  private constructor(ports: Ports, parts: Parts) {
    const { store, http, clock = deviceClock, chance = deviceChance } = ports;
    this.store = store;
    this.session = new parts.Session({ store, http, clock, chance });
    this.outbox = new parts.Outbox(store, clock, chance);
    this.overlay = new parts.Overlay(store);
    this.uploads = new parts.Uploads(store, this.session, ports.pace);
    this.status = new parts.Status(store);
    this.capture = new parts.Capture(store, this.outbox);
    this.drafts = new Drafts(store);
    this.putting = new Putting(store, this.outbox, clock);
    this.clock = clock;
    const base = new parts.Base();
    this.restore = new parts.Restore(store, this.session, base, this.outbox, this.uploads);
    const pulling = { base, outbox: this.outbox, uploads: this.uploads, restore: this.restore };
    this.pull = new parts.Pull(store, this.session, pulling, ports.limit);
    this.push = new parts.Push(store, this.session, this.outbox, clock);
  }

  /** Over what the store holds, unread: what is there can be shown at once. `recount` has to come before any `sync`. */
  static over(ports: Ports, parts: Partial<Parts> = {}): Engine {
    return new Engine(ports, { ...PARTS, ...parts });
  }

  static async open(ports: Ports, parts: Partial<Parts> = {}): Promise<Engine> {
    const engine = Engine.over(ports, parts);
    await engine.recount();
    return engine;
  }

  /** Sums counted anew from the rows, so that a damaged database is noticed and mended. Raises for unreadable rows. */
  recount(): Promise<void> {
    return this.store.write(["base", "scopes"], recount);
  }

  /** One operation (`kind.verb`), durable when this resolves. */
  do(name: string, id: string, data: JsonObject = {}): Promise<OpRow> {
    return this.outbox.add(name, id, data);
  }

  /** Begin the visit of an assignment under the revision this phone sees; the visit's id. */
  async start(assignment: string): Promise<string> {
    const seen = await this.overlay.document("assignment", assignment);
    const visit = this.outbox.newId();
    await this.do("visit.start", visit, { assignment, rev: seen?.["rev"] ?? 0 });
    return visit;
  }

  /** Answers of a visit, each on the revision this phone sees. `settles` names the rivals decided against. */
  async answer(visit: string, said: Record<string, Said>): Promise<OpRow> {
    const [id, doc] = await this.overlay.look(async (view) => [await view.visit(visit), await view.document("visit", visit)] as const);
    const known = (doc?.["answers"] ?? {}) as Record<string, JsonObject>;
    const based = Object.entries(said).map(([key, one]) => [key, { ...one, base: Number(known[key]?.["rev"] ?? 0) }]);
    return this.outbox.answer(id, Object.fromEntries(based) as Record<string, OneAnswer>);
  }

  /** Submit the visit as this phone shows it. Raises `Problem`: `no_visit`, `set_aside`. */
  async submit(visit: string): Promise<OpRow> {
    const id = await this.overlay.visit(visit);
    const doc = await this.overlay.document("visit", id);
    if (doc === undefined) throw new Problem("no_visit");
    const [findings, evidence] = [await this.overlay.all("finding"), await this.overlay.all("evidence")];
    const own = await this.store.read(["ops"], (tx) => tx.where("ops", "visit", id));
    if (own.some((op) => op.aside !== "" && !op.down)) throw new Problem("set_aside");
    const hash = contentHash({ id, doc }, findings, evidence);
    return this.do("visit.submit", id, { hash, upto: own.at(-1)?.n ?? 0 });
  }

  /**
   * Push until empty, offer where the server has another life, pull to a consistent point. Neither stops the other;
   * the first trouble is returned, null where there was none. Faults of the store are raised.
   */
  async sync(progress?: (rows: number) => void): Promise<Trouble> {
    const first = await this.attempt(() => this.hand());
    const second = await this.attempt(() => this.receive(progress));
    return first ?? second;
  }

  private async hand(): Promise<void> {
    await this.restore.offer();
    await this.push.run();
  }

  private async receive(progress?: (rows: number) => void): Promise<void> {
    try {
      await this.pull.run(progress);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      if (fault.code === "deposit_only") return this.deposit();
      if (fault.code !== "epoch") throw fault;
      await this.hand();
      await this.pull.run(progress);
    }
    await this.hand(); // a life of the server that only this pull made known
  }

  /** What the server says to a phone that may only hand in: what it has taken, and in which life. */
  private async deposit(): Promise<void> {
    const heard = await this.push.ask();
    await this.restore.notice(heard.epoch);
    await this.hand();
    await this.pull.deposited(heard.at);
  }

  private async attempt(work: () => Promise<void>): Promise<Trouble> {
    try {
      await work();
      return null;
    } catch (fault) {
      if (!isExpected(fault)) throw fault;
      return fault;
    }
  }

  /** Send files; how many are there now, and what kept others from it. */
  upload(): Promise<Sent> {
    return this.uploads.run();
  }

  /** Everything that is only on this phone, as pieces of a ZIP file. */
  export(): AsyncGenerator<Uint8Array> {
    return exportUnsent(this.store, this.clock);
  }
}
