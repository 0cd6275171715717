/** The one engine of this tab, its runner, and what the screens look at. */
import { reactive } from "vue";

import { deviceName } from "../around/device.ts";
import { guarded } from "../around/guard.ts";
import { openMended } from "../around/opening.ts";
import type { Engine } from "../engine/engine.ts";
import { FetchHttp, LineDown, Refused } from "../engine/http.ts";
import type { JsonObject } from "../engine/json.ts";
import { fact, type Identity } from "../engine/meta.ts";
import type { Shown, View } from "../engine/overlay.ts";
import { Problem, reason } from "../engine/reasons.ts";
import { type LaneName, Runner } from "../engine/runner.ts";
import { type Item, itemsIn, movedTo } from "../engine/status.ts";
import { IndexedStore } from "../engine/store/indexed.ts";
import { CHUNK, type FileRow, type Reading } from "../engine/store/port.ts";
import { text } from "../engine/wire.ts";
import { awakeWhile } from "./awake.ts";
import { go, route } from "./route.ts";
import { measured } from "./room.ts";

export interface Seen {
  identity: Identity | null;
  assignments: Shown[];
  visits: Shown[];
  findings: Shown[];
  targets: Record<string, Shown["doc"]>;
  items: Item[];
  /** What keeps messages from going; "" where the last answer was a good one. */
  trouble: string;
  /** Rows received so far while the first download runs; 0 otherwise. */
  receiving: number;
  /** A fault of the phone itself. */
  fault: string;
  /** What the phone refused just now, in a sentence that says the way on. */
  refused: string;
  /** The database does not open, not even without what was downloaded. */
  damaged: string;
  /** Downloaded rows were unreadable and come anew. */
  mended: boolean;
  /** The server takes work from this phone and tells it nothing any more. */
  deposit: boolean;
  /** `Sync-Time` of the last complete pull; 0 before the first. */
  pulled: number;
  /** A new version of the app waits for a tap. */
  update: boolean;
  /** This phone's clock minus the server's at the last contact, ms; null before the first. */
  skew: number | null;
  /** The app ended while a picture was being taken; the person is back at that question. */
  resumed: boolean;
}

export const seen: Seen = reactive({
  ...{ identity: null, assignments: [], visits: [], findings: [], targets: {}, items: [], trouble: "", receiving: 0, fault: "" },
  ...{ refused: "", damaged: "", mended: false, deposit: false, pulled: 0 },
  ...{ update: false, skew: null, resumed: false },
});

export let engine: Engine;
export const DATABASE = "dudao";
export const store = new IndexedStore(DATABASE);
let runner: Runner | undefined;
/** Whether the database was opened and counted: before, only the day is read, where the day is what is looked at. */
let hasOpened = route.value.screen !== "today";

/** Open the database, show what is there at once, and begin to work once `shown` has put it on the screen. */
export async function begin(shown: () => Promise<void>): Promise<void> {
  const pace = { piece: CHUNK / 4, moved };
  const http = new FetchHttp(location.origin, (...told) => fetch(...told));
  const firstLook = async (over: Engine) => {
    engine = over;
    await look();
    await shown();
    await resume();
  };
  seen.mended = await openMended({ store, http, pace }, { Capture: guarded(measured) }, firstLook);
  hasOpened = true;
  const timer = { after, chance: Math.random };
  const work = { sync, upload, unsent: () => engine.status.unsent() };
  runner = new Runner(work, timer, lead, (fault) => (seen.fault = String(fault)));
  for (const event of ["online", "focus"]) addEventListener(event, poke);
  document.addEventListener("visibilitychange", poke);
  poke();
}

/** Back to the question where a picture was being taken when the app ended (a phone short of memory ends it). */
async function resume(): Promise<void> {
  const place = await engine.capture.underWay();
  if (!place || !seen.identity) return;
  seen.resumed = true;
  const [visit, section, key] = [place["visit"], place["section"], place["key"]].map(String) as [string, string, string];
  go(section ? { screen: "section", visit, section, key } : { screen: "visit", visit });
}

/** What is read in the same moment as everything else; what it returns puts it on the screen. */
export type Looker = (view: View, tx: Reading) => Promise<() => void>;

/** Read what `told` in every look, too. */
export function onLook(told: Looker): void {
  looking.push(told);
}

const looking: Looker[] = [];

/** Nothing is sent before the database was counted: until then there is no runner. */
export function poke(): void {
  if (seen.identity && !document.hidden) runner?.poke();
}

export async function signIn(username: string, password: string): Promise<void> {
  const platform = /Android/.test(navigator.userAgent) ? "android" : /iPhone|iPad/.test(navigator.userAgent) ? "ios" : "web";
  await engine.session.signIn(username, password, { name: deviceName(navigator.userAgent, await model()), platform });
  void navigator.storage?.persist?.();
  await look();
  poke();
}

/** What the phone is called by its maker, where the browser tells. */
async function model(): Promise<string> {
  type Told = { getHighEntropyValues?(names: string[]): Promise<{ model?: string }> };
  const told = (navigator as { userAgentData?: Told }).userAgentData;
  return (await told?.getHighEntropyValues?.(["model"]).catch(() => undefined))?.model ?? "";
}

/** One operation of the person: in the database when this resolves, shown at once, sent when it can be. */
export async function act(name: string, id: string, data: JsonObject = {}): Promise<void> {
  await loud(() => engine.do(name, id, data));
  await look();
  poke();
}

/** A failed write of the phone is never silent. */
export async function loud<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof Problem) seen.refused = fault.message;
    else seen.fault = String(fault);
    throw fault;
  }
}

export async function signOut(): Promise<void> {
  await engine.session.signOut();
  runner?.stop();
  await look();
}

/** Everything that is only on this phone, as a file. A Blob of Blobs: the browser has the bytes, the page never all of them. */
export async function exported(): Promise<Blob> {
  const pieces: Blob[] = [];
  for await (const piece of engine.export()) pieces.push(new Blob([piece as Uint8Array<ArrayBuffer>]));
  await look();
  return new Blob(pieces, { type: "application/zip" });
}

/** The sentence for the person. */
export function words(fault: unknown): string {
  if (fault instanceof Problem) return fault.message;
  if (fault instanceof Refused) return said(fault);
  return fault instanceof LineDown ? reason("offline") : `手机出现故障（${String(fault)}），请截图并联系督导办。`;
}

/** A server that does not know what every version of it knows is another one. */
function said({ status, code, problem }: Refused): string {
  const foreign = [404, 405, 501].includes(status) || (code === "" && status < 500);
  return foreign ? reason("server_differs") : String(problem["detail"] ?? reason(code));
}

async function sync() {
  const first = seen.pulled === 0;
  const trouble = await engine.sync((rows) => (seen.receiving = first ? rows : 0));
  seen.receiving = 0;
  seen.trouble = trouble ? words(trouble) : "";
  if (trouble instanceof Refused && trouble.code === "upgrade") void lookForUpdate();
  await look();
  return trouble;
}

async function upload() {
  const sent = await awakeWhile(waitsForFiles(), () => engine.upload());
  await look();
  return sent;
}

async function lookForUpdate(): Promise<void> {
  await (await navigator.serviceWorker?.getRegistration())?.update().catch(() => undefined);
}

function waitsForFiles(): boolean {
  return seen.items.some((item) => item.what === "file" && item.percent < 100 && !item.code);
}

/** Something changed: show it here and in the other tabs of this phone. */
export function look(): Promise<void> {
  tabs?.postMessage("changed");
  return show();
}

const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("dudao");
if (tabs) tabs.onmessage = () => void (engine && show());

/** Read anew what the screens show; one reading after another, and one is enough for all that asked before it began. */
function show(): Promise<void> {
  if (next) return next;
  const begin = () => {
    next = null;
    return readAll();
  };
  reading = next = reading.then(begin, begin);
  return reading;
}

let reading: Promise<void> = Promise.resolve();
let next: Promise<void> | null = null;

/** One transaction, so that the screen never shows two moments at once. */
async function readAll(): Promise<void> {
  const shown = await engine.overlay.look(async (view, tx) => {
    const day = await readDay(view, tx);
    const more: (() => void)[] = [() => Object.assign(seen, day)];
    for (const told of looking) more.push(await told(view, tx));
    return more;
  }, ["files"]);
  for (const put of shown) put();
}

async function readDay(view: View, tx: Reading): Promise<Partial<Seen>> {
  const facts = Promise.all([fact(tx, "identity"), fact(tx, "deposit"), fact(tx, "pulled"), fact(tx, "contact")]);
  const rows = Promise.all([view.all("assignment"), view.all("visit"), itemsIn(tx)]);
  const [[identity, deposit, pulled, contact], [assignments, visits, items]] = [await facts, await rows];
  return {
    ...{ identity, deposit, pulled, skew: contact?.offset ?? null, assignments, visits, items },
    ...(hasOpened ? await readCounty(view) : { targets: await targetsOf(view, [...assignments, ...visits]) }),
  };
}

async function readCounty(view: View): Promise<Pick<Seen, "targets" | "findings">> {
  const targets = Object.fromEntries((await view.all("target")).map((row) => [row.id, row.doc]));
  return { targets, findings: await view.all("finding") };
}

/** Of the day's own work alone: a cold start shows the day before it has read a county. */
async function targetsOf(view: View, rows: readonly Shown[]): Promise<Seen["targets"]> {
  const ids = [...new Set(rows.map((row) => text(row.doc["target"])).filter(Boolean))];
  const docs = await Promise.all(ids.map(async (id) => [id, await view.document("target", id)] as const));
  return Object.fromEntries(docs.filter((one): one is [string, Shown["doc"]] => one[1] !== undefined));
}

const MOVED_MS = 1000;
let moving = 0;

/** Some more bytes of a file went out: its line moves at once, everything else is read again at most once a second. */
function moved(file: FileRow): void {
  const at = seen.items.findIndex((item) => item.id === file.key);
  if (at >= 0) seen.items[at] = movedTo(seen.items[at]!, file);
  moving ||= window.setTimeout(() => {
    moving = 0;
    void look();
  }, MOVED_MS);
}

function after(ms: number, what: () => void): () => void {
  const timer = setTimeout(what, ms);
  return () => clearTimeout(timer);
}

/** Only one tab works in a lane; without the lock's API every tab does, which the store's transactions bear. */
async function lead(lane: LaneName, work: () => Promise<void>): Promise<boolean> {
  if (!navigator.locks) return work().then(() => true);
  return navigator.locks.request(`dudao-${lane}`, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
}
