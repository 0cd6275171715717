/**
 * The live socket (protocol, Live): it says that there is something, never what. It may be lost at any time, so every
 * (re)connection asks anew; it comes back with full jitter, so that a county's phones do not return all at once.
 */
import { isObject } from "../engine/json.ts";
import { pause, type Timer } from "../engine/runner.ts";

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): unknown;
  heard(text: string): unknown;
  closed(code: number): unknown;
}

export interface LivePorts {
  connect(protocols: string[], events: SocketEvents): Socket;
  timer: Timer;
  /** The access token. Rejects where nobody is signed in. */
  token(): Promise<string>;
  /** The server refused that token. Rejects where it cannot be renewed. */
  renew(used: string): Promise<void>;
  /** Number of the newest message that is here. */
  last(): number;
  /** There is something to pull. */
  poked(): void;
  /** How the inbox stands on the server. */
  standing(seq: number, unread: number): unknown;
  /** Whether the socket is open, for the screen. */
  moved(open: boolean): unknown;
}

export const PROTOCOL = "inspection.v1";
const TOKEN_REFUSED = 4401;
const REVOKED = 4403;
/** The server ends a socket that says nothing for half an hour; asking again also brings what was lost. */
export const HELLO_MS = 10 * 60_000;
/** A socket that lived so long was a good one: the next pause is short again. */
export const STEADY_MS = 30_000;

const nothing = (): void => undefined;

export class Live {
  private socket: Socket | null = null;
  private wanted = false;
  private failures = 0;
  /** Of the present attempt: what an older socket still says does not count. */
  private turn = 0;
  private used = "";
  private cancel = nothing;
  private steady = nothing;

  constructor(private readonly ports: LivePorts) {}

  /** Be connected from now on; where a pause is running, now. Does nothing where a socket is there. */
  start(): void {
    this.wanted = true;
    this.cancel();
    if (this.socket === null) void this.connect();
  }

  stop(): void {
    this.wanted = false;
    this.cancel();
    this.drop();
  }

  private drop(): void {
    this.turn += 1;
    this.steady();
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.ports.moved(false);
  }

  private async connect(): Promise<void> {
    const turn = ++this.turn;
    try {
      const token = await this.ports.token();
      if (turn !== this.turn || !this.wanted) return;
      this.used = token;
      this.socket = this.ports.connect([PROTOCOL, `bearer.${base64url(token)}`], this.events(turn));
    } catch {
      if (turn === this.turn) this.later();
    }
  }

  private events(turn: number): SocketEvents {
    const isMine = () => turn === this.turn;
    return {
      opened: () => isMine() && this.opened(),
      heard: (text) => isMine() && this.heard(text),
      closed: (code) => isMine() && void this.closed(code),
    };
  }

  private opened(): void {
    this.ports.moved(true);
    this.steady = this.ports.timer.after(STEADY_MS, () => (this.failures = 0));
    this.hello();
    this.ports.poked();
  }

  private hello(): void {
    this.socket?.send(JSON.stringify({ type: "hello", inbox: this.ports.last() }));
    this.cancel = this.ports.timer.after(HELLO_MS, () => this.hello());
  }

  private heard(text: string): void {
    const told = read(text);
    if (told?.["type"] === "poke") this.ports.poked();
    if (told?.["type"] === "inbox") this.ports.standing(Number(told["seq"]) || 0, Number(told["unread"]) || 0);
  }

  private async closed(code: number): Promise<void> {
    this.cancel();
    this.drop();
    if (!this.wanted) return;
    if (code === REVOKED) {
      this.wanted = false;
      return this.ports.poked(); // the next pull says what became of this phone
    }
    const turn = this.turn;
    if (code === TOKEN_REFUSED) await this.ports.renew(this.used).catch(nothing);
    if (turn === this.turn && this.wanted) this.later();
  }

  private later(): void {
    this.failures += 1;
    this.socket = null;
    this.cancel = this.ports.timer.after(pause(this.failures, this.ports.timer.chance()), () => void this.connect());
  }
}

function read(text: string): Record<string, unknown> | null {
  try {
    const told: unknown = JSON.parse(text);
    return isObject(told) ? told : null;
  } catch {
    return null;
  }
}

/** As the sub-protocol carries it: without padding. */
export function base64url(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
