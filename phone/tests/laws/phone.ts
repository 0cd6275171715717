/** One phone of the stories: its disk, its engine, its line, and what it has seen. */
import { Engine } from "../../src/engine/engine.ts";
import type { OpRow } from "../../src/engine/store/port.ts";
import { MemoryStore } from "../../src/engine/store/memory.ts";
import { hashOfBytes } from "../../src/engine/uploads.ts";
import type { Position } from "../server/feed.ts";
import { Line, type Random } from "../server/line.ts";
import type { World } from "./world.ts";

const PIECE = 7;

export class Broken extends Error {}

export function must(holds: boolean, law: string): asserts holds {
  if (!holds) throw new Broken(law);
}

/** One phone: its disk, what was ever made on it, and how far it has heard of the server's present life. */
export class Phone {
  store = new MemoryStore();
  engine!: Engine;
  readonly line: Line;
  readonly made = new Map<string, OpRow>();
  readonly photos = new Map<string, Uint8Array>();
  /** The server's time when it made up the last complete page that arrived here. */
  seen = 0;
  /** So many complete pulls may pass until a disk that was damaged is mended. */
  damaged = 0;
  everDamaged = false;
  /** Where it stood in the feed when it was looked at last. */
  stood: Position | null = null;
  /** What it saw decided, in whatever life of the server: of a restore it hears only later. */
  readonly settled = new Set<string>();

  constructor(
    readonly name: string,
    readonly user: number,
    private readonly world: World,
    random: Random,
  ) {
    this.line = new Line(world.server, random);
  }

  async open(): Promise<void> {
    const http = { send: (request: Parameters<Line["send"]>[0]) => this.send(request) };
    const pace = { piece: PIECE, moved: () => undefined };
    const { random, parts } = this.world;
    const chance = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
    const clock = { now: () => this.world.server.now + this.user * 3_600_000 };
    this.engine = await Engine.open({ store: this.store, http, clock, chance, limit: 3, pace }, parts);
  }

  private async send(request: Parameters<Line["send"]>[0]) {
    const answer = await this.line.send(request);
    if (request.path.endsWith("/sync/pull") && answer.status === 200 && answer.text.includes('"more":false')) {
      this.seen = Number(answer.headers["sync-time"]);
    }
    return answer;
  }

  /** The process died: another one opens over the same disk. */
  async restart(): Promise<void> {
    this.store = this.store.reopened();
    await this.open();
  }

  rows<T>(table: "ops" | "files" | "base"): T[] {
    const rows = [...(this.store.disk.get(table)?.entries() ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([, row]) => row as T);
  }

  /** Where it stands in the feed, as the server wrote it; null before the first pull and after a loss of all rows. */
  stands(): Position | null {
    const row = this.store.disk.get("meta")?.get("cursor") as { value: string | null } | undefined;
    return JSON.parse(row?.value ?? "null") as Position | null;
  }

  row(op: string): OpRow | undefined {
    return this.rows<OpRow>("ops").find((row) => row.op === op);
  }

  bytes(evidence: string): string {
    const chunks = [...(this.store.disk.get("chunks")?.entries() ?? [])].filter(([key]) => key.startsWith(evidence));
    const parts = chunks.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => (row as { bytes: ArrayBuffer }).bytes);
    return hashOfBytes(Uint8Array.from(parts.flatMap((part) => [...new Uint8Array(part)])));
  }
}
