/** What the screen shows: the pulled documents, with this phone's own undecided operations replayed on top. */
import type { JsonObject } from "./json.ts";
import { fact } from "./meta.ts";
import { replay, type Scene, touched } from "./replay.ts";
import type { OpRow, Reading, Store, TableName } from "./store/port.ts";
import { text, UNDECIDED } from "./wire.ts";

export interface Shown {
  id: string;
  doc: JsonObject;
}

export const VIEW: readonly TableName[] = ["meta", "base", "ops"];

export class Overlay {
  constructor(protected readonly store: Store) {}

  /** Several questions to one moment of the phone: own work is replayed once for all of them. */
  look<R>(work: (view: View, tx: Reading) => Promise<R>, more: readonly TableName[] = []): Promise<R> {
    return this.store.read([...VIEW, ...more], async (tx) => work(new View(tx, await this.replayed(tx)), tx));
  }

  document(kind: string, id: string): Promise<JsonObject | undefined> {
    return this.look((view) => view.document(kind, id));
  }

  all(kind: string): Promise<Shown[]> {
    return this.look((view) => view.all(kind));
  }

  /** The id of the visit that work under this id belongs to: a second phone's own start joins the first one's. */
  visit(id: string): Promise<string> {
    return this.store.read(VIEW, (tx) => realVisit(tx, id));
  }

  /** The documents that own operations change, as they are after them. */
  private async replayed(tx: Reading): Promise<Map<string, JsonObject>> {
    const shown = (await tx.where("ops", "shown", 1)).filter(isShown);
    const ops = await renamed(tx, shown);
    const before = new Map<string, JsonObject | undefined>();
    for (const op of ops) {
      for (const [kind, id] of await looksAt(tx, op)) {
        const key = `${kind}/${id}`;
        if (!before.has(key)) before.set(key, (await tx.get("base", key))?.doc);
      }
    }
    const after = new Map<string, JsonObject>();
    const scene: Scene = {
      me: (await fact(tx, "identity"))?.user.id ?? 0,
      doc: (kind, id) => after.get(`${kind}/${id}`) ?? before.get(`${kind}/${id}`),
      put: (kind, id, doc) => after.set(`${kind}/${id}`, doc),
      ids: (kind) => [...before.keys()].filter((key) => key.startsWith(`${kind}/`)).map((key) => key.slice(kind.length + 1)),
    };
    for (const op of ops) replay(scene, op);
    return after;
  }
}

/** One moment: the pulled documents and own work on top. Only inside the transaction it was made in. */
export class View {
  constructor(
    private readonly tx: Reading,
    private readonly own: ReadonlyMap<string, JsonObject>,
  ) {}

  /** The document as the person sees it, undefined where there is none; `visit` may be an id it became part of. */
  async document(kind: string, id: string): Promise<JsonObject | undefined> {
    const key = `${kind}/${kind === "visit" ? await realVisit(this.tx, id) : id}`;
    return this.own.get(key) ?? (await this.tx.get("base", key))?.doc;
  }

  /** All documents of a kind, in the order of their ids. */
  async all(kind: string): Promise<Shown[]> {
    const found = new Map((await this.tx.prefix("base", `${kind}/`)).map((row) => [row.key, row.doc]));
    for (const [key, doc] of this.own) if (key.startsWith(`${kind}/`)) found.set(key, doc);
    const rows = [...found].map(([key, doc]) => ({ id: key.slice(kind.length + 1), doc }));
    return rows.filter((row) => row.doc["same_as"] === undefined).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  visit(id: string): Promise<string> {
    return realVisit(this.tx, id);
  }
}

/** A submission that was refused is over at once: showing the visit as submitted would keep the person from going on. */
function isShown(op: OpRow): boolean {
  const refused = op.answer !== null && !["applied", "merged", ...UNDECIDED].includes(op.answer.status);
  return !(op.name === "visit.submit" && refused);
}

/** What was read up to a number is more than the operation names. */
async function looksAt(tx: Reading, op: OpRow): Promise<[string, string][]> {
  if (op.name !== "inbox.read" || op.data["upto"] == null) return touched(op);
  const all = (await tx.prefix("base", "inbox/")).map((row): [string, string] => ["inbox", row.id]);
  return [...touched(op), ...all];
}

/** Under the ids that the server knows their visits by, each asked once. */
async function renamed(tx: Reading, ops: readonly OpRow[]): Promise<OpRow[]> {
  const names = [...new Set(ops.map((op) => op.visit).filter(Boolean))];
  const real = new Map(await Promise.all(names.map(async (id) => [id, await realVisit(tx, id)] as const)));
  return ops.map((op) => ({ ...op, visit: real.get(op.visit) ?? op.visit }));
}

async function realVisit(tx: Reading, id: string): Promise<string> {
  const same = text((await tx.get("base", `visit/${id}`))?.doc["same_as"]);
  if (same !== "") return same;
  const own = (await tx.where("ops", "visit", id)).find((op) => op.name === "visit.start" && op.id === id);
  return text(own?.answer?.result["visit"]) || id;
}
