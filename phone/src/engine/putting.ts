/**
 * Putting down what the server will never take (protocol, Phone duties: no answer tells a phone to discard its work, a
 * person may). What is put down stays on the phone, in a state of its own, until somebody else uses the phone: it waits
 * for nothing and keeps nobody from signing out. It has to be safe first: in an exported file, or in custody.
 */
import type { Clock } from "./clock.ts";
import type { Outbox } from "./outbox.ts";
import { bodyOf, bytesIn, hashOfText, OUTBOX } from "./outbox.ts";
import { Problem } from "./reasons.ts";
import type { FileRow, OpRow, Store, Writing } from "./store/port.ts";

/** The operation that takes the number of one that was put down: it says what is missing and that a person has it. */
export const STAND_IN = "phone.put_down";

export class Putting {
  constructor(
    private readonly store: Store,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * `id`: of the evidence, or of the operation. Raises `Problem`: `not_refused` for what may still go out, `not_exported`
   * for what is nowhere but here.
   */
  down(id: string): Promise<void> {
    return this.store.write([...OUTBOX, "files"], async (tx) => {
      const file = await tx.get("files", id);
      if (file) await this.fileDown(tx, file);
      for (const row of await tx.where("ops", "op", id)) await this.opDown(tx, row);
    });
  }

  private async fileDown(tx: Writing, file: FileRow): Promise<void> {
    if (file.refused === "") throw new Problem("not_refused");
    if (!file.exported) throw new Problem("not_exported");
    await tx.put("files", { ...file, down: this.clock.now() });
  }

  /** What has an answer is in custody: it has left the queue, and the person has seen what became of it. */
  private async opDown(tx: Writing, row: OpRow): Promise<void> {
    if (row.answer !== null) return tx.put("ops", { ...row, down: this.clock.now() });
    if (row.aside === "") throw new Problem("not_refused");
    if (!row.exported) throw new Problem("not_exported");
    await this.standIn(tx, row);
    const file = row.name === "evidence.add" ? await tx.get("files", row.id) : undefined;
    if (file) await tx.put("files", { ...file, refused: file.refused || row.aside, down: this.clock.now() });
  }

  /**
   * A gap in the numbers would hold back every submission that comes after it, on any visit. So the number goes out with
   * an operation that the server keeps and shows to the office; the one put down keeps its text under another key.
   */
  private async standIn(tx: Writing, row: OpRow): Promise<void> {
    const body = row.body ?? bodyOf(row);
    const [kept, size] = [`${row.key}/down`, bytesIn(body)];
    await tx.put("ops", { ...row, key: kept, body, waiting: 0, shown: 0, down: this.clock.now() });
    const data = { op: row.op, name: row.name, visit: row.visit, code: row.aside, size, sha256: hashOfText(body) };
    const { aside, exported, down, ...rest } = row;
    const said = { op: this.outbox.newId(), name: STAND_IN, id: row.op, data, body: null, answer: null };
    await tx.put("ops", { ...rest, ...said, waiting: 1, shown: 0, aside: "" });
  }
}
