// What the browser does for the page without a network: it shows the last ticker that it had.
"use strict";

const KEPT = "draad"; // the last ticker, and the files that it needs; nothing else is kept
const HOME = new URL("./", self.location).href;
const STATIC = `${HOME}static/`;
const MOST_FILES = 12;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The home page in each language that was read: at most five addresses.
function home(language) {
  return /^(en|nl|fr|ar)$/.test(language) ? `${HOME}?lang=${language}` : HOME;
}

async function ticker(request) {
  const kept = await caches.open(KEPT);
  const mine = home(new URL(request.url).searchParams.get("lang"));
  try {
    const answer = await fetch(request);
    if (answer.ok && request.url === mine) await kept.put(mine, answer.clone());
    return answer;
  } catch (error) {
    const pages = (await kept.keys()).map((each) => each.url).filter((url) => !url.startsWith(STATIC));
    const last = await kept.match(pages.includes(mine) ? mine : pages.at(-1) ?? HOME);
    if (last) return last;
    throw error;
  }
}

// A file's address says what is in it (?v=), so one that is kept is right for ever.
async function file(request) {
  const kept = await caches.open(KEPT);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await kept.put(request, answer.clone());
    const files = (await kept.keys()).filter((each) => each.url.startsWith(STATIC));
    for (const old of files.slice(0, -MOST_FILES)) await kept.delete(old);
  }
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(ticker(request));
  else if (request.url.startsWith(STATIC)) event.respondWith(file(request));
});
