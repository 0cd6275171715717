/** Answers on their way into the database: what is typed is on the screen at once and waits for no disk. */
import type { Said } from "../engine/engine.ts";

type Write = (said: Record<string, Said>) => Promise<unknown>;

export class Answering {
  private pending = new Map<string, Said>();
  private writing = new Map<string, Said>();
  private running: Promise<void> | null = null;

  /** `written` is told after each write, `failed` what went wrong: the answers stay here and are tried again. */
  constructor(
    private readonly write: Write,
    private readonly written: () => void,
    private readonly failed: (fault: unknown) => void,
  ) {}

  /** The later word on a question counts; nothing is awaited. */
  say(key: string, said: Said): void {
    this.pending.set(key, said);
    this.start();
  }

  /** Questions whose answer is not in the database yet. */
  keys(): string[] {
    return [...new Set([...this.writing.keys(), ...this.pending.keys()])];
  }

  /** Resolves when all is in the database. Raises what keeps it from getting there. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
    if (this.pending.size === 0) return;
    const work = this.drain();
    this.run(work.catch(() => undefined)); // the caller hears of it
    await work;
  }

  private start(): void {
    if (!this.running) this.run(this.drain().catch(this.failed));
  }

  /** One write at a time. */
  private run(work: Promise<void>): void {
    this.running = work.finally(() => (this.running = null));
  }

  private async drain(): Promise<void> {
    while (this.pending.size > 0) {
      [this.writing, this.pending] = [this.pending, new Map()];
      try {
        await this.write(Object.fromEntries(this.writing));
      } catch (fault) {
        this.pending = new Map([...this.writing, ...this.pending]);
        throw fault;
      } finally {
        this.writing = new Map();
      }
      this.written();
    }
  }
}
