/**
 * Faults planted on purpose, each one line of thought away from the real engine: the laws must catch every one.
 *
 * A mutant takes the place of a part; `laws` says which laws may catch it, so that one which merely breaks everything
 * proves nothing; `focus` the steps that matter to it, so that the hunt is short.
 */
import type { Picture } from "../../src/engine/capture.ts";
import { PARTS, type Parts } from "../../src/engine/engine.ts";
import { fact, learn } from "../../src/engine/meta.ts";
import type { FileRow, OpRow, Writing } from "../../src/engine/store/port.ts";
import type { OpResult, Page } from "../../src/engine/wire.ts";

export interface Mutant {
  parts: Partial<Parts>;
  laws: RegExp;
  focus: string;
}

class ForgetsAtOnce extends PARTS.Outbox {
  protected override mayForget(row: OpRow): boolean {
    return row.answer !== null;
  }
}

class NeverOffers extends PARTS.Restore {
  override async offer(): Promise<void> {
    await this.store.write(["meta"], async (tx) => learn(tx, "offered", await fact(tx, "epoch")));
  }
}

class ResendsUnderNewIds extends PARTS.Outbox {
  override async resend(tx: Writing, row: OpRow): Promise<void> {
    await super.resend(tx, { ...row, op: this.newId(), body: null });
  }
}

/** The page's rows are stored in another transaction than the cursor that follows them. */
class CursorFirst extends PARTS.Pull {
  protected override async arrive(page: Page, asked: never, began: number, at: number): Promise<void> {
    await this.store.write(["meta"], (tx) => learn(tx, "cursor", page.cursor));
    await super.arrive(page, { ...(asked as object), cursor: page.cursor } as never, began, at);
  }
}

class DeletesBytesWhenSent extends PARTS.Uploads {
  protected override mayDelete(file: FileRow, durable: number | null, now: number): boolean {
    return file.offset >= file.size || super.mayDelete(file, durable, now);
  }
}

class DeletesBytesBeforeABackup extends PARTS.Uploads {
  protected override mayDelete(file: FileRow): boolean {
    return file.verified > 0;
  }
}

class KeepsVerifiedOverEpochs extends PARTS.Uploads {
  override async beginAnew(): Promise<void> {}
}

class ReusesIds extends PARTS.Outbox {
  override async addIn(...said: Parameters<InstanceType<Parts["Outbox"]>["addIn"]>): Promise<OpRow> {
    const row = { ...(await super.addIn(...said)), op: said[2] };
    await said[0].put("ops", row);
    return row;
  }
}

class MeltsFrozenWork extends PARTS.Outbox {
  protected override mayJoin(last: OpRow): boolean {
    return last.name === "answer.set" && last.waiting === 1;
  }
}

class DropsHeldFromTheOverlay extends PARTS.Outbox {
  protected override staysShown(): boolean {
    return false;
  }
}

class LeavesTheOverlayAtOnce extends PARTS.Outbox {
  override async settle(tx: Writing, batch: readonly OpRow[], results: readonly OpResult[], at: number): Promise<void> {
    await super.settle(tx, batch, results, at);
    await this.pulled(tx, Infinity);
  }
}

/** Sending is taken for arriving. */
class BelievesTheLine extends PARTS.Outbox {
  override async batch(limit?: number): Promise<OpRow[]> {
    const batch = await super.batch(limit);
    await this.store.write(["ops"], async (tx) => {
      for (const row of batch) await tx.put("ops", { ...row, waiting: 0 });
    });
    return batch;
  }
}

class NumbersApart extends PARTS.Outbox {
  override async add(...said: Parameters<InstanceType<Parts["Outbox"]>["add"]>): Promise<OpRow> {
    const row = await super.add(...said);
    await this.store.write(["meta"], (tx) => learn(tx, "n", row.n));
    return row;
  }

  override async addIn(...said: Parameters<InstanceType<Parts["Outbox"]>["addIn"]>): Promise<OpRow> {
    const row = await super.addIn(...said);
    await learn(said[0], "n", row.n - 1);
    return row;
  }
}

class NewestFirst extends PARTS.Outbox {
  override async batch(): Promise<OpRow[]> {
    const waiting = await super.batch();
    return waiting.slice(-1);
  }
}

class KeepsDroppedScopes extends PARTS.Base {
  protected override async clearScope(): Promise<void> {}
}

class RemovesWhateverTheScope extends PARTS.Base {
  protected override isHeldUnder(): boolean {
    return true;
  }
}

class NamesNoSums extends PARTS.Base {
  override async sums(): Promise<Record<string, string>> {
    return {};
  }
}

class PhotoInTwoSteps extends PARTS.Capture {
  protected override async save(evidence: string, picture: Picture, digest: string): Promise<void> {
    await this.store.write(["meta", "ops", "base", "files"], (tx) => this.saveFact(tx, evidence, picture, digest));
    await this.store.write(["chunks"], (tx) => this.saveBytes(tx, evidence, picture.bytes));
  }
}

class KeepsTheCursorOverEpochs extends PARTS.Base {
  override async erase(tx: Writing): Promise<void> {
    await tx.clear("scopes");
    await learn(tx, "cursor", null);
  }
}

/** Once at its head it stands where it stood at the first. */
class StandsAtTheFirst extends PARTS.Base {
  private first: string | null = null;

  protected override async advance(tx: Writing, page: Page): Promise<void> {
    await super.advance(tx, page);
    if (page.more) return;
    this.first ??= page.cursor;
    await learn(tx, "cursor", this.first);
  }
}

export const MUTANTS: Record<string, Mutant> = {
  "forgets an operation before a backup has it": {
    ...{ parts: { Outbox: ForgetsAtOnce }, laws: /I1/, focus: "answer sync restore" },
  },
  "does not offer after a restore": {
    ...{ parts: { Restore: NeverOffers }, laws: /I1/, focus: "answer sync restore" },
  },
  "resends under new ids": {
    ...{ parts: { Outbox: ResendsUnderNewIds }, laws: /I1|I2/, focus: "answer sync restore" },
  },
  "moves the cursor before the rows are stored": {
    ...{ parts: { Pull: CursorFirst, Base: NamesNoSums }, laws: /I5|I15/, focus: "answer sync sync crash" },
  },
  "deletes bytes when they are sent": {
    ...{ parts: { Uploads: DeletesBytesWhenSent }, laws: /I1/, focus: "photo sync sync upload restore" },
  },
  "deletes bytes before a backup has them": {
    ...{ parts: { Uploads: DeletesBytesBeforeABackup }, laws: /I1/, focus: "photo sync sync upload restore" },
  },
  "takes an upload of another epoch for one of this": {
    ...{ parts: { Uploads: KeepsVerifiedOverEpochs }, laws: /I1/, focus: "photo sync sync upload restore" },
  },
  "gives all operations of an object one id": {
    ...{ parts: { Outbox: ReusesIds }, laws: /I1|I2|I15/, focus: "answer sync" },
  },
  "changes an operation after its first attempt": {
    ...{ parts: { Outbox: MeltsFrozenWork }, laws: /I1|I3/, focus: "answer sync" },
  },
  "drops held work from the overlay": {
    ...{ parts: { Outbox: DropsHeldFromTheOverlay }, laws: /I15/, focus: "early sync" },
  },
  "drops work from the overlay at the answer": {
    ...{ parts: { Outbox: LeavesTheOverlayAtOnce }, laws: /I15/, focus: "answer sync" },
  },
  "takes sending for arriving": {
    ...{ parts: { Outbox: BelievesTheLine }, laws: /I1|bounds/, focus: "answer sync" },
  },
  "counts in another transaction": {
    ...{ parts: { Outbox: NumbersApart }, laws: /I1|I2/, focus: "photo early sync crash" },
  },
  "sends the newest first": {
    ...{ parts: { Outbox: NewestFirst }, laws: /I3/, focus: "answer photo sync" },
  },
  "keeps a scope that was dropped": {
    ...{ parts: { Base: KeepsDroppedScopes }, laws: /I6/, focus: "sync revoke grant" },
  },
  "removes an object whatever its scope": {
    ...{ parts: { Base: RemovesWhateverTheScope }, laws: /I5/, focus: "sync sync move" },
  },
  "names no sums": {
    ...{ parts: { Base: NamesNoSums }, laws: /I5|I15/, focus: "sync damage" },
  },
  "stores a photo and its fact apart": {
    ...{ parts: { Capture: PhotoInTwoSteps }, laws: /I1/, focus: "photo crash" },
  },
  "goes back in the feed": {
    ...{ parts: { Base: StandsAtTheFirst }, laws: /I12/, focus: "photo photo photo photo sync sync" },
  },
  "keeps the rows of another epoch": {
    ...{ parts: { Base: KeepsTheCursorOverEpochs }, laws: /I5|I6/, focus: "answer sync sync restore" },
  },
};
