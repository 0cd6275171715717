/** What belongs to the phone and not to a person: it outlives signing out and a rebuilt database. */
import type { Json } from "../engine/json.ts";
import type { Store } from "../engine/store/port.ts";
import type { Check } from "./selfcheck.ts";

export interface Settings {
  /** Per cent of the ordinary size of letters. */
  scale: number;
  /** The hint at the home screen was put away. */
  hintHidden: boolean;
  /** The last self-check; `sent` once the office has it. */
  selfcheck: { at: number; app: string; user: number; checks: Check[]; sent: boolean } | null;
}

/** 标准, 大, 特大, 最大; at 360 px the last one still shows every screen whole. */
export const SCALES = [100, 115, 130, 150] as const;
export const SCALE_WORDS: Record<number, string> = { 100: "标准", 115: "大", 130: "特大", 150: "最大" };

export const ORDINARY: Settings = { scale: 100, hintHidden: false, selfcheck: null };

const KEY = "settings";

export class SettingsBook {
  constructor(private readonly store: Store) {}

  async read(): Promise<Settings> {
    const row = await this.store.read(["meta"], (tx) => tx.get("meta", KEY));
    const told = { ...ORDINARY, ...((row?.value ?? {}) as Partial<Settings>) };
    return { ...told, scale: (SCALES as readonly number[]).includes(told.scale) ? told.scale : ORDINARY.scale };
  }

  /** The settings with this change in them, durable when it resolves. */
  change(change: Partial<Settings>): Promise<Settings> {
    return this.store.write(["meta"], async (tx) => {
      const before = ((await tx.get("meta", KEY))?.value ?? {}) as Partial<Settings>;
      const after = { ...ORDINARY, ...before, ...change };
      await tx.put("meta", { key: KEY, value: JSON.parse(JSON.stringify(after)) as Json });
      return after;
    });
  }
}
