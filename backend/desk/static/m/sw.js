// The app itself, to be had without a network. Data never pass here: they are in IndexedDB.
const CACHE = "dudao-16fd8dbae202";
const FILES = ["/m/", ...["/static/m/assets/index.35864fc0056e.js","/static/m/assets/index.cf61fff17738.css","/static/m/assets/worker.c4fa1e432b62.js"]];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
  // Work goes past this script where the browser can do that: every piece of a photo that was handed to it would stay in
  // the tab's memory until this script's garbage is collected, and that is small and seldom.
  event.addRoutes?.([
    { condition: { urlPattern: "/api/*" }, source: "network" },
    { condition: { urlPattern: { pathname: "/m/", search: "" } }, source: { cacheName: CACHE } },
    { condition: { urlPattern: "/static/m/*" }, source: { cacheName: CACHE } },
  ]).catch(() => undefined);
});

addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("dudao-") && name !== CACHE) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(old());
});

addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const page = pathname === "/m/" || pathname.startsWith("/m/?");
  if (page || FILES.includes(pathname)) {
    event.respondWith(caches.match(page ? "/m/" : pathname).then((found) => found ?? fetch(event.request)));
  }
});

// A new version takes over on a tap of the person, never by itself.
addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});
