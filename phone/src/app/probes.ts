/** Asking the browser what this phone can do; judging it is `around/selfcheck.ts`. Nothing here prompts the person. */
import { isWeChat } from "../around/device.ts";
import { type Check, databaseHolds, type Found, judged, type Permission } from "../around/selfcheck.ts";
import { seen, store } from "./phone.ts";
import { measured } from "./room.ts";

/** The hash in the name of the script that runs. */
export function appVersion(): string {
  const script = document.querySelector<HTMLScriptElement>("script[type=module]")?.src ?? "";
  return /\.([0-9a-f]{12})\.js$/.exec(script)?.[1] ?? "";
}

export async function checkPhone(live: boolean): Promise<Check[]> {
  const found: Found = {
    ...{ secure: window.isSecureContext, worker: await workerState(), database: await database() },
    ...{ camera: await camera(), location: await permission("geolocation", "geolocation" in navigator) },
    ...{ room: await measured(), skew: seen.skew, zone: -new Date().getTimezoneOffset() },
    ...{ server: await reached(), socket: typeof WebSocket === "undefined" ? "absent" : live ? "open" : "closed" },
    ...{ wakeLock: "wakeLock" in navigator, locks: "locks" in navigator, pictures: canDraw() },
    ...{ compression: typeof CompressionStream !== "undefined", installed: isInstalled() },
    ...{ wechat: isWeChat(navigator.userAgent), update: seen.update },
  };
  return judged(found);
}

/** Opened from the home screen. */
export function isInstalled(): boolean {
  return matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;
}

async function workerState(): Promise<Found["worker"]> {
  if (!("serviceWorker" in navigator)) return "absent";
  const found = await navigator.serviceWorker.getRegistration("/m/");
  if (!found) return "none";
  return found.active ? "active" : "waiting";
}

async function database(): Promise<Found["database"]> {
  const began = performance.now();
  const ok = await databaseHolds(store);
  return { ok, ms: Math.round(performance.now() - began) };
}

async function camera(): Promise<Permission> {
  if (!navigator.mediaDevices?.enumerateDevices) return "absent";
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return permission("camera", devices.some(({ kind }) => kind === "videoinput"));
}

async function permission(name: string, there: boolean): Promise<Permission> {
  if (!there) return "absent";
  const told = await navigator.permissions?.query({ name: name as PermissionName }).catch(() => null);
  return told?.state ?? "unknown";
}

async function reached(): Promise<boolean> {
  const answer = await fetch("/m/sw.js", { cache: "no-store", signal: AbortSignal.timeout(5000) }).catch(() => null);
  return answer?.ok === true;
}

function canDraw(): boolean {
  return typeof createImageBitmap === "function" && document.createElement("canvas").getContext("2d") !== null;
}
