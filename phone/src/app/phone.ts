/** The one engine of this tab, its runner, and what the screens look at. */
import { reactive } from "vue";

import { Engine } from "../engine/engine.ts";
import { FetchHttp, Refused } from "../engine/http.ts";
import type { Identity } from "../engine/meta.ts";
import type { Shown } from "../engine/overlay.ts";
import { Problem, reason } from "../engine/reasons.ts";
import { Runner } from "../engine/runner.ts";
import type { Item } from "../engine/status.ts";
import { IndexedStore } from "../engine/store/indexed.ts";

export interface Seen {
  identity: Identity | null;
  assignments: Shown[];
  targets: Record<string, Shown["doc"]>;
  items: Item[];
  /** What keeps messages from going; "" where the last answer was a good one. */
  trouble: string;
  /** Rows received so far while the first download runs; 0 otherwise. */
  receiving: number;
  /** A fault of the phone itself. */
  fault: string;
}

export const seen: Seen = reactive({
  ...{ identity: null, assignments: [], targets: {}, items: [], trouble: "", receiving: 0, fault: "" },
});

let engine: Engine;
let runner: Runner;

/** Open the database, show what is there at once, and begin to work. */
export async function begin(): Promise<void> {
  const http = new FetchHttp(location.origin, (...told) => fetch(...told));
  engine = await Engine.open({ store: new IndexedStore("dudao"), http });
  const timer = { after, chance: Math.random };
  const work = { sync, upload, unsent: () => engine.status.unsent() };
  runner = new Runner(work, timer, lead, (fault) => (seen.fault = String(fault)));
  await look();
  for (const event of ["online", "focus"]) addEventListener(event, poke);
  document.addEventListener("visibilitychange", poke);
  poke();
}

export function poke(): void {
  if (seen.identity && !document.hidden) runner.poke();
}

export async function signIn(username: string, password: string): Promise<void> {
  await engine.session.signIn(username, password, { name: navigator.platform || "手机", platform: "web" });
  await look();
  poke();
}

/** One operation of the person: in the database when this resolves, shown at once, sent when it can be. */
export async function act(name: string, id: string): Promise<void> {
  await engine.do(name, id);
  await look();
  poke();
}

export async function signOut(): Promise<void> {
  await engine.session.signOut();
  runner.stop();
  await look();
}

/** Everything that is only on this phone, as a file. */
export async function exported(): Promise<Blob> {
  const pieces: string[] = [];
  for await (const piece of engine.export()) pieces.push(piece);
  return new Blob(pieces, { type: "application/json" });
}

/** The sentence for the person. */
export function words(fault: unknown): string {
  if (fault instanceof Problem) return fault.message;
  if (fault instanceof Refused) return String(fault.problem["detail"] ?? reason(fault.code));
  return reason("offline");
}

async function sync() {
  const first = seen.assignments.length === 0;
  const trouble = await engine.sync((rows) => (seen.receiving = first ? rows : 0));
  seen.receiving = 0;
  seen.trouble = trouble ? words(trouble) : "";
  await look();
  return trouble;
}

async function upload() {
  const sent = await engine.upload();
  await look();
  return sent;
}

/** Read anew what the screens show. */
async function look(): Promise<void> {
  seen.identity = await engine.session.identity();
  seen.assignments = await engine.overlay.all("assignment");
  seen.targets = Object.fromEntries((await engine.overlay.all("target")).map((row) => [row.id, row.doc]));
  seen.items = await engine.status.items();
}

function after(ms: number, what: () => void): () => void {
  const timer = setTimeout(what, ms);
  return () => clearTimeout(timer);
}

/** Only one tab works at a time; without the lock's API every tab does, which the store's transactions bear. */
async function lead(work: () => Promise<void>): Promise<boolean> {
  if (!navigator.locks) return work().then(() => true);
  return navigator.locks.request("dudao", { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
}
