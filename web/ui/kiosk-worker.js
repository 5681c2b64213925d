// Runs beside a kiosk's pages, in the browser: when a screen is asked for and the server does not answer, it shows what was kept for that. It keeps nothing else.
const keep = "luukku-kiosk";
const downPage = "/kiosk/down";
const answerTime = 10_000;

async function store() {
  const cache = await caches.open(keep);
  const answer = await fetch(downPage, { cache: "no-store" });
  if (!answer.ok) throw new Error("nothing to keep");
  const parts = [...(await answer.clone().text()).matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((m) => m[1]);
  for (const old of await cache.keys()) await cache.delete(old);
  await cache.addAll(parts);
  await cache.put(downPage, answer);
}

self.addEventListener("install", (event) => event.waitUntil(store().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function screenOr(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(answerTime) });
    if (answer.status < 500) {
      store().catch(() => {});
      return answer;
    }
  } catch {
    // nobody is there
  }
  return (await caches.match(downPage)) ?? Response.error();
}

self.addEventListener("fetch", (event) => {
  const { mode, method, url } = event.request;
  const at = new URL(url);
  if (method !== "GET" || at.origin !== self.location.origin) return;
  if (mode === "navigate" && /^(\/[a-z]{2})?\/kiosk(\/|$)/.test(at.pathname)) event.respondWith(screenOr(event.request));
  else if (at.pathname.startsWith("/assets/")) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
