/**
 * When to sync (phone.md, rule 9): at the start, when the app is shown, when the system says online, on a poke of the
 * server, by a button, every 15 s while work is waiting, and else every 5 minutes. `navigator.onLine` is no answer: only
 * the server's last real one is.
 */
import { Refused } from "./http.ts";
import type { Trouble } from "./trouble.ts";
import type { Sent } from "./uploads.ts";

/** What the runner needs of an engine. */
export interface Work {
  sync(): Promise<Trouble>;
  upload(): Promise<Sent>;
  unsent(): Promise<number>;
}

export interface Timer {
  /** Call back after so many ms; the result takes it back. */
  after(ms: number, what: () => void): () => void;
  /** From 0 up to 1. */
  chance(): number;
}

/** What goes on at the same time: messages wait for no photo. */
export type LaneName = "messages" | "files";

/** Only one tab works in a lane: the others' work is in the same store. Resolves false where another one leads. */
export type Lead = (lane: LaneName, work: () => Promise<void>) => Promise<boolean>;

export const WAITING_MS = 15_000;
export const POLL_MS = 300_000;
const FIRST_PAUSE_MS = 1000;

/** Full jitter between 1 s and 5 min, so that a county's phones do not come back all at once (protocol, Phone duties). */
export function pause(failures: number, chance: number): number {
  return FIRST_PAUSE_MS + chance * (Math.min(POLL_MS, FIRST_PAUSE_MS * 2 ** failures) - FIRST_PAUSE_MS);
}

/** One kind of work, never twice at once; asked for while it runs, it runs once more. */
class Lane {
  private running = false;
  private again = false;
  private failures = 0;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly timer: Timer,
    private readonly work: () => Promise<{ trouble: Trouble; next: number }>,
    private readonly fault: (fault: unknown) => void,
  ) {}

  now(): void {
    this.cancel();
    if (this.running) this.again = true;
    else void this.run();
  }

  stop(): void {
    this.cancel();
    this.again = false;
  }

  private async run(): Promise<void> {
    this.running = true;
    let wait = POLL_MS;
    try {
      const { trouble, next } = await this.work();
      this.failures = trouble ? this.failures + 1 : 0;
      wait = trouble ? Math.max(pause(this.failures, this.timer.chance()), told(trouble)) : next;
    } catch (fault) {
      this.fault(fault);
    }
    this.running = false;
    if (this.again) {
      this.again = false;
      return this.run();
    }
    this.cancel = this.timer.after(wait, () => this.now());
  }
}

/** `Retry-After` of the server, ms. */
function told(trouble: Trouble): number {
  return trouble instanceof Refused ? trouble.wait * 1000 : 0;
}

/** Messages and files go in lanes of their own: a photo on a slow line keeps no answer waiting. */
export class Runner {
  private readonly messages: Lane;
  private readonly files: Lane;
  /** The last real word: null all is well, else the trouble; undefined before the first. */
  trouble: Trouble | undefined = undefined;

  constructor(
    private readonly work: Work,
    private readonly timer: Timer,
    private readonly lead: Lead = async (_, work) => (await work(), true),
    fault: (fault: unknown) => void = (fault) => console.error(fault),
  ) {
    this.messages = new Lane(timer, () => this.talk(), fault);
    this.files = new Lane(timer, () => this.send(), fault);
  }

  /** Something happened after which work may pass: start, shown, online, poke, button, a new operation. */
  poke(): void {
    this.messages.now();
  }

  stop(): void {
    this.messages.stop();
    this.files.stop();
  }

  private async talk(): Promise<{ trouble: Trouble; next: number }> {
    const led = await this.lead("messages", async () => {
      this.trouble = await this.work.sync();
    });
    if (!led) return { trouble: null, next: WAITING_MS };
    if (!this.trouble) this.files.now();
    return { trouble: this.trouble ?? null, next: await this.next() };
  }

  private async send(): Promise<{ trouble: Trouble; next: number }> {
    let sent: Sent = { done: 0, trouble: null };
    const led = await this.lead("files", async () => {
      sent = await this.work.upload();
    });
    if (sent.done > 0) this.messages.now(); // to hear that they are verified
    return { trouble: sent.trouble, next: led ? POLL_MS : WAITING_MS };
  }

  private async next(): Promise<number> {
    const waiting = (await this.work.unsent()) > 0;
    return waiting ? WAITING_MS : POLL_MS * (0.8 + 0.4 * this.timer.chance());
  }
}
