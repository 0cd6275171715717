/** The visit that is open: its dossier, and answers that are on the screen before they are in the database. */
import { computed, reactive, shallowRef } from "vue";

import type { Answers, Template } from "../checklist/model.ts";
import type { Said } from "../engine/engine.ts";
import type { Json, JsonObject } from "../engine/json.ts";
import type { Shown, View } from "../engine/overlay.ts";
import { text } from "../engine/wire.ts";
import { Answering } from "../visit/answering.ts";
import { answersOf, type Dossier, typeOf } from "../visit/dossier.ts";
import { type PublishedTemplate, usualTemplates } from "../visit/usual.ts";
import { openItems } from "../visit/history.ts";
import { signed } from "../visit/leaving.ts";
import { engine, look, loud, onLook, poke, seen } from "./phone.ts";
import { go, route } from "./route.ts";

/** Null while it is being read, or where this phone holds no such visit. */
export const dossier = shallowRef<Dossier | null>(null);
export const reading = shallowRef(false);
const drafts: Record<string, Said> = reactive({});
let queue = new Answering(async () => undefined, () => undefined, () => undefined);
let opened = "";

const LOOK_MS = 250;
const SEND_MS = 1500;

/** The answers as the person sees them. */
export const answers = computed<Answers>(() =>
  dossier.value ? { ...answersOf(dossier.value), ...(drafts as Record<string, { value: Json }>) } : {},
);

/** Whether everything typed is in the database. */
export const saved = computed(() => Object.keys(drafts).length === 0);

/** With the signatures that stand for the signature items. */
export const filled = computed<Answers>(() => (dossier.value ? { ...signed(dossier.value), ...answers.value } : {}));

/** Show this visit; what is not in the database yet of another one gets there first. */
export async function open(visit: string): Promise<void> {
  if (opened === visit) return read();
  reading.value = true;
  await settled();
  for (const key of Object.keys(drafts)) delete drafts[key];
  [opened, dossier.value] = [visit, null];
  queue = new Answering((said) => engine.answer(visit, said), written, (fault) => (seen.fault = String(fault)));
  await read().finally(() => (reading.value = false));
}

export function settled(): Promise<void> {
  return queue.settled();
}

/** An answer: on the screen now, in the database soon, sent after a while. */
export function say(key: string, said: Said): void {
  drafts[key] = said;
  queue.say(key, said);
}

/** The person begins the visit of an assignment. */
export async function start(assignment: string): Promise<void> {
  const visit = await engine.start(assignment);
  await look();
  poke();
  go({ screen: "visit", visit });
}

/** The person begins a visit nobody was sent on; the checklists are those the server will choose, too. */
export async function startAt(target: string): Promise<void> {
  const doc = await engine.overlay.document("target", target);
  const all = (await engine.overlay.all("template")).map((row) => row.doc as unknown as PublishedTemplate);
  const visit = engine.outbox.newId();
  await loud(() => engine.do("visit.start", visit, { target, templates: usualTemplates(all, typeOf(doc ?? {})) as unknown as Json }));
  await look();
  poke();
  go({ screen: "visit", visit });
}

/** Another operation on the open visit. Answers given before it come before it. */
export async function settle(work: () => Promise<unknown>): Promise<void> {
  await loud(settled);
  await work();
  await look();
  poke();
}

let [looking, sending] = [0, 0];

function written(): void {
  clearTimeout(looking);
  clearTimeout(sending);
  looking = window.setTimeout(() => void look(), LOOK_MS);
  sending = window.setTimeout(poke, SEND_MS);
}

/** Of the visit that is open: read in every look, and at once when it is opened. */
async function reads(view: View): Promise<() => void> {
  if (opened === "" || !("visit" in route.value)) return () => undefined;
  const [visit, waiting] = [opened, queue.keys()];
  const found = await dossierOf(view, visit);
  return () => {
    if (visit !== opened) return;
    dossier.value = found;
    const here = [...waiting, ...queue.keys()];
    for (const key of Object.keys(drafts)) if (!here.includes(key)) delete drafts[key];
  };
}

async function read(): Promise<void> {
  (await engine.overlay.look(reads))();
}

onLook(reads);

async function dossierOf(view: View, visit: string): Promise<Dossier | null> {
  const [id, doc] = [await view.visit(visit), await view.document("visit", visit)];
  if (!doc) return null;
  const target = await view.document("target", text(doc["target"]));
  const assignment = await view.document("assignment", text(doc["assignment"]));
  const [findings, evidence] = [await view.all("finding"), await view.all("evidence")];
  const own = (rows: Shown[]) => rows.filter((row) => row.doc["visit"] === id);
  const earlier = (await view.all("visit")).filter((row) => row.id !== id && row.doc["target"] === doc["target"]);
  return {
    ...{ id, doc, target: target ?? {}, assignment: assignment ?? {}, templates: await templatesOf(view, doc) },
    ...{ findings: own(findings), evidence: own(evidence), standards: await view.all("standard_finding"), earlier },
    history: openItems(findings, text(doc["target"]), { id, doc }),
    operations: await view.all("operation"),
  };
}

/** The versions that the visit is pinned to, in its order. */
async function templatesOf(view: View, doc: JsonObject): Promise<Template[]> {
  const all = (await view.all("template")).map((row) => row.doc as unknown as Template);
  const pinned = (doc["templates"] ?? []) as [string, number][];
  const found = pinned.map(([code, version]) => all.find((one) => one.code === code && one.version === version));
  return found.filter((one) => one !== undefined);
}
