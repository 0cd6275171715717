/** A new version of the app waits until the person takes it: a half-filled form is never pulled away. */
import { settled } from "./open.ts";
import { seen } from "./phone.ts";

let worker: ServiceWorker | null = null;

/** An app on the home screen may stay open for weeks: it asks for a new version when it is shown, so often at most. */
const EVERY_MS = 3_600_000;

export async function watchForUpdates(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const found = await navigator.serviceWorker.register("/m/sw.js", { scope: "/m/" });
  offer(found);
  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - asked < EVERY_MS) return;
    asked = Date.now();
    void found.update().catch(() => undefined);
  });
  found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", () => offer(found)));
}

/** The first worker of all has nothing to replace. */
function offer({ waiting }: ServiceWorkerRegistration): void {
  if (!waiting || !navigator.serviceWorker.controller) return;
  worker = waiting;
  seen.update = true;
}

/** On a tap: what is typed gets into the database, the new version takes over, the page begins anew at its place. */
export async function takeOver(): Promise<void> {
  await settled();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker?.postMessage("take over");
}
