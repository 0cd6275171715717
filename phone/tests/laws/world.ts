/** Two phones of a crew, a server, bad lines and an operator: what happens to them, and what must hold after each step. */
import type { Parts } from "../../src/engine/engine.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import type { FileRow, OpRow } from "../../src/engine/store/port.ts";
import { Crash } from "../../src/engine/store/memory.ts";
import { bodyOf, saidIn } from "../../src/engine/outbox.ts";
import { hashOfBytes } from "../../src/engine/uploads.ts";
import { type Random, seeded } from "../server/line.ts";
import { POISON } from "../server/custody.ts";
import { Server } from "../server/server.ts";
import { must, Phone } from "./phone.ts";

export const NAMES = ["lead", "member"] as const;
const VISITS = ["a", "b"];
/** Assignments whose visit somebody works on before the phone that began it has said so. */
const LATE = ["c", "d", "e"];
const KEYS = ["Q1", "Q2"];

export class World {
  readonly server = new Server();
  readonly phones: Phone[] = [];
  readonly random: Random;
  private visits = new Map<string, string>();
  private used = 0;

  constructor(
    readonly parts: Partial<Parts>,
    seed: number,
  ) {
    this.random = seeded(seed);
  }

  async begin(): Promise<void> {
    for (const assignment of [...VISITS, ...LATE]) {
      this.server.life.feed.put(`crew:${assignment}`, "assignment", assignment, { templates: [["TY", 1]], state: "departed" });
      for (const user of [1, 2]) this.server.life.grant(user, `crew:${assignment}`);
    }
    for (const [place, name] of NAMES.entries()) {
      const phone = new Phone(name, place + 1, this, this.random);
      await phone.open();
      phone.line.device = (await phone.engine.session.signIn(name, "right", { name, platform: "test" })).device;
      await phone.engine.sync();
      this.phones.push(phone);
    }
    for (const assignment of VISITS) this.visits.set(assignment, await this.phones[0]!.engine.start(assignment));
    for (const phone of this.phones) await phone.engine.sync();
    this.server.backUp();
    this.server.durable = null;
    this.note();
  }

  visit(which: number): string {
    return this.visits.get(VISITS[which % VISITS.length]!)!;
  }

  // What may happen

  /** Something a phone does; where it dies of it, it opens again. */
  private async act(phone: Phone, what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
    } catch (fault) {
      if (!(fault instanceof Crash)) throw fault;
      await phone.restart();
    }
  }

  answer(who: number, which: number, value: string): Promise<void> {
    const [phone, visit] = [this.phone(who), this.visit(which)];
    const key = KEYS[(which >> 1) % KEYS.length]!;
    return this.act(phone, () => phone.engine.answer(visit, { [key]: { value } }));
  }

  /** On a visit that nobody has heard of yet: held, until its start arrives. */
  async early(who: number, what: number): Promise<void> {
    const phone = this.phone(who);
    const [visit, assignment] = [phone.engine.outbox.newId(), LATE[this.used++]];
    if (assignment === undefined) return;
    if (what % 2 === 0) await this.photographOf(phone, visit);
    else await this.act(phone, () => phone.engine.answer(visit, { Q1: { value: "early" } }));
    this.waiting.push({ visit, assignment, who });
  }

  private waiting: { visit: string; assignment: string; who: number }[] = [];

  /** Another phone of the crew makes the visit known that others have waited for. */
  async arrive(): Promise<void> {
    const next = this.waiting.shift();
    if (!next) return;
    const phone = this.phone(next.who + 1);
    await this.act(phone, () => phone.engine.do("visit.start", next.visit, { assignment: next.assignment, rev: 1 }));
    if (!phone.rows<OpRow>("ops").some((row) => row.id === next.visit)) this.waiting.push(next); // died before it was kept
  }

  async photograph(who: number, which: number): Promise<void> {
    await this.photographOf(this.phone(who), this.visit(which));
  }

  private async photographOf(phone: Phone, visit: string): Promise<void> {
    const bytes = Uint8Array.from({ length: 5 + Math.floor(this.random() * 20) }, () => Math.floor(this.random() * 256));
    const picture = { visit, bytes, filetype: "image/jpeg" };
    await this.act(phone, async () => phone.photos.set(await phone.engine.capture.keep(picture), bytes));
  }

  async sync(who: number, badness: number): Promise<void> {
    const phone = this.phone(who);
    phone.line.badness = badness;
    await this.act(phone, async () => {
      const trouble = await phone.engine.sync();
      if (trouble === null) this.checkPulled(phone);
    });
    phone.line.badness = 0;
  }

  async upload(who: number, badness: number): Promise<void> {
    const phone = this.phone(who);
    phone.line.badness = badness;
    await this.act(phone, () => phone.engine.upload());
    phone.line.badness = 0;
  }

  /** Messages, files and typing at the same time, as on a phone in the hand. */
  async atOnce(who: number, which: number, value: string): Promise<void> {
    const [phone, visit] = [this.phone(who), this.visit(which)];
    await this.act(phone, async () => {
      const typing = phone.engine.answer(visit, { [KEYS[0]!]: { value } });
      const done = await Promise.allSettled([phone.engine.sync(), typing, phone.engine.upload(), phone.engine.sync()]);
      for (const one of done) if (one.status === "rejected") throw one.reason;
    });
  }

  crash(who: number, nth: number, when: "before" | "after"): void {
    this.phone(who).store.crashAt(nth, when);
  }

  grant(who: number, which: number, yes: boolean): void {
    const scopes = this.server.life.grants.get(who % 2 === 0 ? 1 : 2)!;
    const scope = `crew:${VISITS[which % 2]}`;
    if (yes) scopes.add(scope);
    else scopes.delete(scope);
  }

  /** The target's history: one object that lives now here, now there, or nowhere. */
  move(where: number): void {
    const feed = this.server.life.feed;
    if (where % 3 === 2) feed.remove("finding", "f");
    else feed.put(`crew:${VISITS[where % 3]}`, "finding", "f", { visit: "none", at: this.server.now });
  }

  restored = false;

  restore(): void {
    this.restored = true;
    this.server.restore();
    for (const phone of this.phones) phone.line.clear();
  }

  /** A row of the phone's database is lost behind its back. */
  async damage(who: number): Promise<void> {
    const phone = this.phone(who);
    phone.damaged = 2;
    phone.everDamaged = true;
    const [first] = phone.rows<{ key: string }>("base");
    if (first) phone.store.disk.get("base")!.delete(first.key);
    await phone.restart();
  }

  private phone(who: number): Phone {
    return this.phones[who % this.phones.length]!;
  }

  // What must hold

  /** After every step. */
  async check(): Promise<void> {
    this.note();
    for (const phone of this.phones) {
      this.checkCustody(phone);
      this.checkBytes(phone);
      await this.checkView(phone);
      this.checkCursor(phone);
    }
    this.checkNumbers();
  }

  /** I12: in one life of the server no phone goes back to where it stood, but where a scope is sent anew. */
  private checkCursor(phone: Phone): void {
    const [before, now] = [phone.stood, phone.stands()];
    phone.stood = now;
    if (now === null || now.epoch !== before?.epoch) return;
    for (const [scope, at] of Object.entries(now.at)) {
      must(scope in now.fresh || at >= (before.at[scope] ?? 0), `I12: ${scope} went back to ${at}`);
    }
  }

  /** Remember what was made, as it was made: a first attempt freezes it. */
  private note(): void {
    for (const phone of this.phones) {
      for (const row of phone.rows<OpRow>("ops")) {
        const before = phone.made.get(row.op);
        must(!before?.body || before.body === row.body, "I1: an operation changed after its first attempt");
        phone.made.set(row.op, structuredClone(row));
      }
    }
  }

  /** I1: every operation is on its phone or, word for word, on the server. */
  private checkCustody(phone: Phone): void {
    const here = new Set(phone.rows<OpRow>("ops").map((row) => row.op));
    for (const [op, row] of phone.made) {
      if (here.has(op)) continue;
      must(this.server.life.kept.get(op)?.raw === bodyOf(row), `I1: ${row.name} ${row.n} is lost`);
    }
  }

  /** Bytes of a photo are on the phone or, by their hash, on the server; a fact without bytes is a photo lost. */
  private checkBytes(phone: Phone): void {
    for (const file of phone.rows<FileRow>("files")) {
      const safe = this.server.life.blobs.has(file.sha256) || phone.bytes(file.key) === file.sha256;
      must(safe, "I1: the bytes of a photo are lost");
    }
    for (const row of phone.made.values()) {
      if (row.name !== "evidence.add") continue;
      const held = phone.store.disk.get("files")!.has(row.id) || this.server.life.blobs.has(String(row.data["sha256"]));
      must(held, "I1: a photo's fact without its bytes");
    }
  }

  /** I15: until a complete pull has shown what the server made of it, the person sees what they did. */
  private async checkView(phone: Phone): Promise<void> {
    const last = new Map<string, { row: OpRow; value: string }>();
    for (const row of [...phone.made.values()].sort((a, b) => a.n - b.n)) {
      this.hear(phone, row);
      if (row.name === "evidence.add" && !phone.settled.has(row.op)) await this.checkPhotoShown(phone, row);
      for (const [key, said] of Object.entries(saidIn(row))) last.set(`${row.visit} ${key}`, { row, value: String(said.value) });
    }
    for (const [place, { row, value }] of last) {
      const doc = await phone.engine.overlay.document("visit", row.visit);
      if (phone.settled.has(row.op) || doc === undefined) continue;
      const shown = (doc["answers"] as Record<string, JsonObject>)[place.split(" ")[1]!]?.["value"];
      must(shown === value, `I15: ${value} was typed, ${String(shown)} is shown`);
    }
  }

  /** What the phone can know of a decision, in whatever life of the server. */
  private hear(phone: Phone, row: OpRow): void {
    const decided = this.server.life.kept.get(row.op)?.decided ?? 0;
    if (phone.row(row.op)?.waiting === 1) phone.settled.delete(row.op);
    else if (decided > 0 && decided <= phone.seen) phone.settled.add(row.op);
  }

  private async checkPhotoShown(phone: Phone, row: OpRow): Promise<void> {
    const shown = await phone.engine.overlay.document("evidence", row.id);
    must(shown !== undefined, "I15: a photo was taken and is not shown");
  }

  /** I3 and loss detection: one number, one operation; in the order in which the phone gave them. */
  private checkNumbers(): void {
    const owners = new Map<string, string>();
    for (const [op, { author, n }] of this.server.life.kept) {
      const before = owners.get(`${author.device}/${n}`) ?? op;
      must(before === op, `I2: number ${n} was given to two operations`);
      owners.set(`${author.device}/${n}`, op);
    }
    for (const phone of this.phones) {
      const numbers = [...phone.made.values()].map((row) => row.n);
      must(new Set(numbers).size === numbers.length, "I2: a number was given twice");
      must(Math.max(0, ...numbers) === numbers.length, "I1: a number belongs to no operation");
    }
  }

  /** I5, I6: after a complete pull the phone holds what the server shows it then, and no row of a scope it lacks. */
  private checkPulled(phone: Phone): void {
    if (!phone.line.requests.at(-1)!.path.endsWith("pull")) return;
    const visible = this.server.life.visible(phone.user);
    const rows = phone.rows<{ scope: string; key: string; doc: JsonObject }>("base");
    const seen = rows.find((row) => !visible.has(row.scope));
    must(seen === undefined, `I6: ${seen?.key} of a scope that was lost is still here`);
    if (phone.damaged-- > 0) return;
    const { feed } = this.server.life;
    const whole = this.phones.every((one) => !one.everDamaged);
    must(!whole || feed.repairs === 0, "I5: a scope had to be sent again although no disk was damaged");
    const theirs = [...feed.homes].filter(([, scope]) => visible.has(scope)).map(([key]) => key);
    const held = new Map(rows.map((row) => [row.key, row.doc]));
    must(theirs.length === held.size, `I5: ${held.size} rows here, ${theirs.length} there`);
    for (const key of theirs) {
      const [kind, id] = key.split("/") as [string, string];
      must(JSON.stringify(held.get(key)) === JSON.stringify(feed.get(kind, id)), `I5: another ${key}`);
    }
  }

  // The end

  /** The weather clears: everything arrives, everybody agrees, and nothing is kept for ever. */
  async settle(): Promise<void> {
    for (const which of [0, 1]) for (const who of [0, 1]) this.grant(who, which, true);
    while (this.waiting.length > 0) await this.arrive();
    for (const phone of this.phones) await phone.restart();
    for (let round = 0; round < 5; round++) await this.rounds();
    await this.check();
    this.checkArrived();
    this.server.backUp();
    this.server.now += 1000;
    for (let round = 0; round < 3; round++) await this.rounds();
    await this.check();
    for (const phone of this.phones) await this.checkConverged(phone);
  }

  private async rounds(): Promise<void> {
    for (const phone of this.phones) {
      await phone.engine.sync();
      await phone.engine.upload();
    }
  }

  /** I2: exactly one effect of each; I9: nothing stays held once its visit exists; every byte arrived. */
  private checkArrived(): void {
    const { kept, effects, blobs } = this.server.life;
    for (const phone of this.phones) {
      for (const [op, row] of phone.made) {
        const there = kept.get(op);
        must(there !== undefined && there.raw === (row.body ?? bodyOf(row)), `I1: ${row.name} ${row.n} never arrived`);
        must(there.status !== "held", "I9: held for ever");
        must(effects.filter((effect) => effect.op === op).length <= 1, "I2: two effects of one operation");
      }
      for (const bytes of phone.photos.values()) must(blobs.has(hashOfBytes(bytes)), "I11: a photo never arrived");
    }
    const inOrder = !effects.some((one, at) => isOvertaken(one, effects.slice(at + 1)));
    must(inOrder || this.restored, "I3: an older operation came after a newer");
    this.checkNewest();
  }

  /** I3: what one phone alone said of a question stands as it said it last. */
  private checkNewest(): void {
    const said = new Map<string, { phone: Phone; row: OpRow; value: string }[]>();
    for (const phone of this.phones) {
      for (const row of [...phone.made.values()].sort((a, b) => a.n - b.n)) {
        if (this.server.life.kept.get(row.op)!.status === "quarantined") continue;
        for (const [key, { value }] of Object.entries(saidIn(row))) {
          const place = `${row.visit} ${key}`;
          said.set(place, [...(said.get(place) ?? []), { phone, row, value: String(value) }]);
        }
      }
    }
    for (const [place, all] of said) {
      if (new Set(all.map((one) => one.phone)).size > 1) continue;
      const [visit, key] = place.split(" ") as [string, string];
      const answers = this.server.life.feed.get("visit", visit)!["answers"] as Record<string, JsonObject>;
      must(answers[key]?.["value"] === all.at(-1)!.value, "I3: an older answer overrode a newer one");
    }
  }

  /** I15: of its own work the phone shows nothing more than the server has; and it keeps nothing for ever. */
  private async checkConverged(phone: Phone): Promise<void> {
    phone.damaged = 0;
    this.checkPulled(phone);
    for (const { key, doc } of phone.rows<{ key: string; doc: JsonObject }>("base")) {
      const [kind, id] = key.split("/") as [string, string];
      if (doc["same_as"] !== undefined) continue;
      const shown = await phone.engine.overlay.document(kind, id);
      must(JSON.stringify(shown) === JSON.stringify(doc), `I15: ${key} is shown as it is not`);
    }
    must(phone.rows("ops").length === 0, "bounds: a phone must forget what a backup holds");
    must((phone.store.disk.get("chunks")?.size ?? 0) === 0, "bounds: a phone must drop bytes that are safe elsewhere");
  }
}

interface Effect {
  device: string;
  object: string;
  n: number;
}

function isOvertaken(one: Effect, later: Effect[]): boolean {
  return later.some((next) => next.device === one.device && next.object === one.object && next.n < one.n);
}

export { POISON };
