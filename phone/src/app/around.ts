/** What the screens around the visit look at: messages, the live socket, room, settings, the self-check. */
import { computed, reactive } from "vue";

import { skewWords, zoneWords } from "../around/clock.ts";
import { announcementsOf, clearing, lastSeq, type Announcement, type Message, messagesOf, unreadOf, wordFor } from "../around/inbox.ts";
import { Live } from "../around/live.ts";
import { type Check, report } from "../around/selfcheck.ts";
import { ORDINARY, type Settings, SettingsBook } from "../around/settings.ts";
import { mayCapture, type Room, size, UNKNOWN_ROOM } from "../around/space.ts";
import type { Shown, View } from "../engine/overlay.ts";
import { IndexedStore } from "../engine/store/indexed.ts";
import { API } from "../engine/wire.ts";
import { letters } from "./letters.ts";
import { act, engine, look, loud, onLook, poke, seen } from "./phone.ts";
import { appVersion, checkPhone } from "./probes.ts";
import { measured } from "./room.ts";
import { connect } from "./socket.ts";

interface Around {
  messages: Message[];
  announcements: Announcement[];
  /** Documents of what became of set-aside work. */
  operations: Shown[];
  room: Room;
  /** Whether the live socket is open. */
  live: boolean;
  settings: Settings;
  checking: boolean;
}

export const around: Around = reactive({
  ...{ messages: [], announcements: [], operations: [], room: UNKNOWN_ROOM, live: false },
  ...{ settings: ORDINARY, checking: false },
});

export const unread = computed(() => unreadOf(around.messages).length);

/** Minutes east of UTC. */
export const zone = (): number => -new Date().getTimezoneOffset();

/** What is wrong around the work and needs the person, worst first; empty where all is well. */
export const warnings = computed(() => {
  const low = mayCapture(around.room) ? "" : `手机只剩${size(around.room.free ?? 0)}，已暂停拍照。请先联网上传，或清理手机空间。`;
  const mended = seen.mended ? "下载的数据有损坏，已清除，正在重新下载；未发送的工作不受影响。" : "";
  const open = window.isSecureContext ? "" : "此地址未加密，手机不允许离线使用和拍照。请使用 https 地址。";
  return [open, low, mended, skewWords(seen.skew), zoneWords(zone())].filter(Boolean);
});

const book = new SettingsBook(new IndexedStore("dudao-device"));
const timer = {
  after: (ms: number, what: () => void) => {
    const running = setTimeout(what, ms);
    return () => clearTimeout(running);
  },
  chance: Math.random,
};
const live = new Live({
  ...{ connect, timer, poked: poke, last: () => lastSeq(around.messages) },
  token: () => engine.session.access(),
  renew: (used) => engine.session.renewed(used),
  standing: (seq) => seq > lastSeq(around.messages) && poke(),
  moved: (open) => (around.live = open),
});

/** Settings belong to the phone: they are there before anybody has signed in, and where the database is damaged. */
export async function beginSettings(): Promise<void> {
  apply(await book.read());
}

export async function beginAround(): Promise<void> {
  onLook(readAround);
  await look();
  for (const event of ["online", "focus"]) addEventListener(event, attend);
  document.addEventListener("visibilitychange", attend);
  attend();
}

/** The socket lives while somebody looks at a signed-in phone; the room may have changed meanwhile. */
function attend(): void {
  void measured().then((room) => (around.room = room));
  if (document.hidden) return;
  if (seen.identity && !seen.identity.ended && !seen.deposit) live.start();
  else live.stop();
}

let signedIn = "";

async function readAround(view: View): Promise<() => void> {
  const found = {
    messages: messagesOf(await view.all("inbox")),
    announcements: announcementsOf(await view.all("announcement")),
    operations: await view.all("operation"),
  };
  return () => {
    Object.assign(around, found);
    settle();
  };
}

/** What follows from who is signed in, and whether all is well. */
function settle(): void {
  const now = `${seen.identity?.user.id ?? ""}/${seen.identity?.ended}/${seen.deposit}`;
  if (now !== signedIn) attend();
  signedIn = now;
  if (seen.pulled > 0 && !seen.trouble && !seen.deposit) void settleSelfCheck();
}

function apply(settings: Settings): void {
  around.settings = settings;
  letters(settings.scale);
}

export async function change(settings: Partial<Settings>): Promise<void> {
  apply(await loud(() => book.change(settings)));
}

export async function readMessage(message: Message): Promise<void> {
  await act("inbox.read", message.id, {});
}

/** 我已知悉: without a network, too; the office is told when there is one. */
export async function acknowledge(message: Message): Promise<void> {
  await act(wordFor(message), message.id, {});
}

export async function readAll(): Promise<void> {
  for (const { id, upto } of clearing(around.messages)) await act("inbox.read", id, upto === null ? {} : { upto });
}

/** Ask the phone what it can do, show it, keep it, and tell the office when that is possible. */
export async function selfCheck(): Promise<void> {
  if (around.checking) return;
  around.checking = true;
  const checks: Check[] = await checkPhone(around.live).finally(() => (around.checking = false));
  const user = seen.identity?.user.id ?? 0;
  await change({ selfcheck: { at: Date.now(), app: appVersion(), user, checks, sent: false } });
  await tellOffice();
}

/** Whether it reached the office; a line that is down is no fault, the next good answer brings it there. */
async function tellOffice(): Promise<void> {
  const last = around.settings.selfcheck;
  if (!last || last.sent || !seen.identity || seen.identity.ended) return;
  const body = JSON.stringify(report(last.app, navigator.userAgent, last.checks));
  const headers = { "Content-Type": "application/json" };
  const answer = await engine.session.send({ method: "POST", path: `${API}/sync/selfcheck`, headers, body }).catch(() => null);
  if (answer?.status === 200) await change({ selfcheck: { ...last, sent: true } });
}

let settling = false;

/** Once for each person and each version of the app by itself; what was not sent goes with the next good answer. */
async function settleSelfCheck(): Promise<void> {
  if (settling || !seen.identity) return;
  settling = true;
  const last = around.settings.selfcheck;
  const known = last?.user === seen.identity.user.id && last.app === appVersion();
  await (known ? tellOffice() : selfCheck()).finally(() => (settling = false));
}
