/** A server with one crew on one assignment, and phones signed in to it. */
import { Engine } from "../src/engine/engine.ts";
import { hashOfBytes } from "../src/engine/uploads.ts";
import { MemoryStore } from "../src/engine/store/memory.ts";
import type { ChunkRow, FileRow, OpRow, Store } from "../src/engine/store/port.ts";
import { Line, seeded } from "./server/line.ts";
import { Server } from "./server/server.ts";

export const ASSIGNMENT = "0198aaaa-0000-7000-8000-000000000001";
export const PIECE = 10;

export class County {
  readonly server = new Server();

  constructor() {
    this.server.life.feed.put(`crew:${ASSIGNMENT}`, "assignment", ASSIGNMENT, {
      ...{ templates: [["TY", 1]], target: "t1", kind: "routine", mode: "open", track: "school", state: "accepted" },
    });
    for (const user of [1, 2]) this.server.life.grant(user, `crew:${ASSIGNMENT}`);
  }

  /** A phone of this person, signed in and synced. */
  async phone(name = "lead", store: Store = new MemoryStore()): Promise<Handset> {
    const phone = new Handset(this.server, name, store);
    await phone.open();
    await phone.engine.session.signIn(name, "right", { name: `${name} 的手机`, platform: "test" });
    phone.line.device = (await phone.engine.session.identity())!.device;
    await phone.engine.sync();
    return phone;
  }
}

export class Handset {
  engine!: Engine;
  readonly line: Line;
  readonly clock = { now: () => this.server.now + this.skew };
  skew = 0;

  constructor(
    readonly server: Server,
    readonly name: string,
    public store: Store,
  ) {
    this.line = new Line(server, seeded(1));
  }

  async open(): Promise<void> {
    const pace = { piece: PIECE, moved: () => undefined };
    this.engine = await Engine.open({ store: this.store, http: this.line, clock: this.clock, pace });
  }

  async begin(): Promise<string> {
    const visit = await this.engine.start(ASSIGNMENT);
    await this.engine.sync();
    return visit;
  }

  /** The value that the screen shows. */
  async value(visit: string, key: string): Promise<unknown> {
    const doc = await this.engine.overlay.document("visit", visit);
    return (doc?.["answers"] as Record<string, { value: unknown }> | undefined)?.[key]?.value;
  }

  async photo(visit: string, size = 25): Promise<string> {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 7 + size) % 256);
    return this.engine.capture.keep({ visit, bytes, filetype: "image/jpeg" });
  }

  ops(): Promise<OpRow[]> {
    return this.store.read(["ops"], (tx) => tx.prefix("ops", ""));
  }

  async file(evidence: string): Promise<FileRow> {
    return (await this.store.read(["files"], (tx) => tx.get("files", evidence)))!;
  }

  chunks(): Promise<ChunkRow[]> {
    return this.store.read(["chunks"], (tx) => tx.prefix("chunks", ""));
  }

  async words(): Promise<string[]> {
    return (await this.engine.status.items()).map((item) => item.words);
  }
}

/** What lies in an export, by its path: read by the directory at its end, as every program does. */
export async function exported(phone: Handset): Promise<Map<string, Uint8Array>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of phone.engine.export()) pieces.push(piece.slice());
  return unzipped(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
}

export function unzipped(whole: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(whole.buffer);
  const end = whole.length - 22;
  const found = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [size, name, from] = [view.getUint32(at + 24, true), view.getUint16(at + 28, true), view.getUint32(at + 42, true)];
    const start = from + 30 + view.getUint16(from + 26, true);
    found.set(new TextDecoder().decode(whole.slice(at + 46, at + 46 + name)), whole.slice(start, start + size));
    at += 46 + name;
  }
  return found;
}

export async function exportedWork(phone: Handset) {
  return JSON.parse(new TextDecoder().decode((await exported(phone)).get("work.json")));
}

export { hashOfBytes };
