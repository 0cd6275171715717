/** 本机自检: what this phone can do, judged; asking the browser is elsewhere (`app/probes.ts`). */
import type { JsonObject } from "../engine/json.ts";
import type { Store } from "../engine/store/port.ts";
import { hashOfBytes } from "../engine/uploads.ts";
import { skewWords, span, zoneWords } from "./clock.ts";
import { mayCapture, type Room, size } from "./space.ts";

export type Health = "good" | "weak" | "bad" | "unknown";

/** One line of the page, and of what the office gets. */
export interface Check {
  name: string;
  title: string;
  health: Health;
  words: string;
}

/** How far a permission is: `absent` where the phone has no such thing, `unknown` where the browser does not tell. */
export type Permission = "granted" | "prompt" | "denied" | "absent" | "unknown";

/** What was found; no member of it is a judgement. */
export interface Found {
  secure: boolean;
  worker: "active" | "waiting" | "none" | "absent";
  database: { ok: boolean; ms: number };
  camera: Permission;
  location: Permission;
  room: Room;
  /** Device minus server, ms; null before the first contact. */
  skew: number | null;
  /** Minutes east of UTC. */
  zone: number;
  server: boolean;
  socket: "open" | "closed" | "absent";
  wakeLock: boolean;
  locks: boolean;
  pictures: boolean;
  compression: boolean;
  installed: boolean;
  wechat: boolean;
  update: boolean;
}

type Judge = [name: string, title: string, judge: (found: Found) => [Health, string]];

const JUDGES: readonly Judge[] = [
  ["secure_context", "加密连接", ({ secure }) => pick(secure, "地址已加密。", "bad", "地址未加密：不能离线使用、不能拍照。请改用 https 地址。")],
  ["browser", "浏览器", ({ wechat }) => pick(!wechat, "浏览器可用。", "bad", "正在微信中：不能可靠保存。请点右上角“···”选“在浏览器打开”。")],
  ["service_worker", "离线打开", ({ worker }) => workerWords(worker)],
  ["indexed_db", "本机数据库", ({ database }) => pick(database.ok, `写入并读回正确，用时${database.ms}毫秒。`, "bad", "写入后读不回来，请勿用这部手机填写，请联系督导办。")],
  ["storage_free", "剩余空间", ({ room }) => roomWords(room)],
  ["storage_persisted", "长期保存", ({ room }) => persistedWords(room)],
  ["camera", "相机", ({ camera }) => allowed(camera, "相机", "拍照时会请您允许。", "照片只能从文件选取。")],
  ["location", "定位", ({ location }) => allowed(location, "定位", "签到时会请您允许。", "签到时需填写无法定位的理由。")],
  ["pictures", "照片处理", ({ pictures }) => pick(pictures, "可以缩小和加水印。", "weak", "不能缩小照片，将按原图上传，请更新浏览器。")],
  ["server", "服务器", ({ server }) => pick(server, "可以连接。", "weak", "现在连不上，工作先保存在手机上，连上后自动发送。")],
  ["clock", "手机时间", ({ skew }) => clockWords(skew)],
  ["time_zone", "时区", ({ zone }) => pick(zoneWords(zone) === "", "北京时间。", "weak", zoneWords(zone))],
  ["live_socket", "消息通道", ({ socket }) => socketWords(socket)],
  ["wake_lock", "上传时不熄屏", ({ wakeLock }) => pick(wakeLock, "可以。", "weak", "不支持：上传大量照片时请不要锁屏。")],
  ["locks", "多个页面", ({ locks }) => pick(locks, "同时打开多个页面也只由一个同步。", "weak", "不支持：请只打开一个页面。")],
  ["compression", "压缩传输", ({ compression }) => pick(compression, "可以。", "bad", "浏览器过旧，不能发送数据。请更新浏览器。")],
  ["install", "主屏幕", ({ installed }) => pick(installed, "已从主屏幕打开。", "weak", "还没有添加到主屏幕，打开较慢，数据可能被系统清理。")],
  ["version", "应用版本", ({ update }) => pick(!update, "已是最新。", "weak", "有新版本，请在页面上方点“更新”。")],
];

export function judged(found: Found): Check[] {
  return JUDGES.map(([name, title, judge]) => {
    const [health, words] = judge(found);
    return { name, title, health, words };
  });
}

function pick(fine: boolean, good: string, otherwise: Health, words: string): [Health, string] {
  return fine ? ["good", good] : [otherwise, words];
}

function workerWords(worker: Found["worker"]): [Health, string] {
  if (worker === "active") return ["good", "没有网络也能打开。"];
  if (worker === "waiting") return ["weak", "正在准备，联网等一会儿再看。"];
  return ["bad", worker === "none" ? "还没有准备好：没有网络时打不开，请联网重新打开一次。" : "浏览器不支持离线打开，请更新或更换浏览器。"];
}

function roomWords(room: Room): [Health, string] {
  if (room.free === null) return ["unknown", "浏览器没有告知，请在系统设置中查看。"];
  return pick(mayCapture(room), `还可以用${size(room.free)}。`, "bad", `只剩${size(room.free)}，不能再拍照。请先上传或清理手机空间。`);
}

function persistedWords({ persisted }: Room): [Health, string] {
  if (persisted === null) return ["unknown", "浏览器没有告知。"];
  return pick(persisted, "系统已同意长期保存。", "weak", "系统空间紧张时可能清理，请添加到主屏幕并及时上传。");
}

function allowed(permission: Permission, what: string, asked: string, without: string): [Health, string] {
  const said: Record<Permission, [Health, string]> = {
    granted: ["good", "已允许。"],
    prompt: ["good", asked],
    denied: ["weak", `已被禁止，请在浏览器的网站设置中允许${what}。${without}`],
    absent: ["weak", `没有找到${what}。${without}`],
    unknown: ["unknown", `浏览器没有告知。${asked}`],
  };
  return said[permission];
}

function clockWords(skew: number | null): [Health, string] {
  if (skew === null) return ["unknown", "还没有连上过服务器，无法核对。"];
  const wrong = skewWords(skew);
  return wrong ? ["weak", wrong] : ["good", `与服务器相差${span(Math.abs(skew))}。`];
}

function socketWords(socket: Found["socket"]): [Health, string] {
  if (socket === "open") return ["good", "已连接，新消息马上到达。"];
  return ["weak", socket === "closed" ? "未连接，消息每五分钟取一次。" : "浏览器不支持，消息每五分钟取一次。"];
}

/** The worst of them: what the person has to look at first. */
export function worst(checks: readonly Check[]): Health {
  const order: Health[] = ["bad", "weak", "unknown", "good"];
  return order.find((health) => checks.some((check) => check.health === health)) ?? "unknown";
}

/** The message for the office (protocol, Self-check). */
export function report(app: string, system: string, checks: readonly Check[]): JsonObject {
  const told = checks.map(({ name, health, words }) => ({ name, health, words: words.slice(0, 200) }));
  return { app: app.slice(0, 40), system: system.slice(0, 200), checks: told };
}

const PROBE = "selfcheck/probe";
const PROBE_BYTES = 256 * 1024;

/** Write bytes, read them back, compare, and take them away again. False also where the database refuses. */
export async function databaseHolds(store: Store): Promise<boolean> {
  const bytes = Uint8Array.from({ length: PROBE_BYTES }, (_, at) => (at * 31) % 251);
  try {
    await store.write(["chunks"], (tx) => tx.put("chunks", { key: PROBE, bytes: bytes.slice().buffer }));
    const row = await store.read(["chunks"], (tx) => tx.get("chunks", PROBE));
    await store.write(["chunks"], (tx) => tx.remove("chunks", PROBE));
    return row !== undefined && hashOfBytes(new Uint8Array(row.bytes)) === hashOfBytes(bytes);
  } catch {
    return false;
  }
}
