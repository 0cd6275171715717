/** A bad line between a phone and the server, by a seed. */
import { type Answer, type Http, LineDown, type Request } from "../../src/engine/http.ts";
import type { Server } from "./server.ts";

export type Random = () => number;

/** mulberry32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const FAULTS = ["lost request", "lost answer", "twice", "late copy", "503", "401", "cut", "portal"] as const;
export type Fault = (typeof FAULTS)[number];

const UNAVAILABLE: Answer = { status: 503, headers: { "retry-after": "1" }, text: '{"code":"unavailable"}' };
const PORTAL: Answer = { status: 200, headers: {}, text: "<html>请登录无线网络</html>" };

export class Line implements Http {
  /** How often something goes wrong, 0 to 1. */
  badness = 0;
  /** Faults that come next, before any by chance. */
  readonly planned: Fault[] = [];
  readonly requests: Request[] = [];
  device = "";
  private copies: Request[] = [];

  constructor(
    private readonly server: Server,
    private readonly random: Random,
  ) {}

  /** Copies under way are lost with the server they were meant for. */
  clear(): void {
    this.copies = [];
  }

  async send(request: Request): Promise<Answer> {
    this.requests.push(request);
    await this.deliverCopy();
    const fault = this.planned.shift() ?? (this.random() < this.badness ? this.any() : null);
    switch (fault) {
      case "lost request":
        throw new LineDown(fault);
      case "lost answer":
        await this.server.send(request);
        throw new LineDown(fault);
      case "twice":
        await this.server.send(request);
        return this.server.send(request);
      case "late copy":
        this.copies.push(request);
        return this.server.send(request);
      case "503":
        return UNAVAILABLE;
      case "401":
        this.server.expire(this.device);
        return this.server.send(request);
      case "cut":
        return this.cut(request);
      case "portal":
        return PORTAL;
      default:
        return this.server.send(request);
    }
  }

  private any(): Fault {
    return FAULTS[Math.floor(this.random() * FAULTS.length)]!;
  }

  /** The network brings an old request once more, long after its answer. */
  private async deliverCopy(): Promise<void> {
    if (this.copies.length > 0 && this.random() < 0.5) await this.server.send(this.copies.shift()!);
  }

  /** Half of the bytes arrive, and the phone hears nothing. */
  private async cut(request: Request): Promise<Answer> {
    if (request.body instanceof Uint8Array) {
      await this.server.send({ ...request, body: request.body.slice(0, Math.ceil(request.body.length / 2)) });
    }
    throw new LineDown("cut");
  }
}
