// The app itself, to be had without a network. Data never pass here: they are in IndexedDB.
const CACHE = "dudao-274f82f17da7";
const FILES = ["/m/", ...["/static/m/assets/index.c4bd69cfc8c6.js","/static/m/assets/index.cf61fff17738.css","/static/m/assets/worker.c4fa1e432b62.js"]];

addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES))));

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
