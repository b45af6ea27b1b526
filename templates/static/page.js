// What the page does where scripts may run; without them everything still works by links and forms.
"use strict";

const LIVE = 8000; // milliseconds between two looks for new headlines
const SLOWEST = 300000; // after errors, at most
const SEEN = "draad.seen"; // the highest headline that was on screen before: kept here, never sent

const pane = document.querySelector(".pane");
const button = document.getElementById("fresh");
const say = button ? button.textContent : "";
let waiting = null; // newer lines than those on screen
let etag = null; // of what was last fetched
let pause = LIVE;
let seen = 0;
let latest = 0;

function remembered() {
  try { return Number(localStorage.getItem(SEEN)) || 0; } catch { return 0; }
}

function remember() {
  if (latest <= remembered()) return;
  try { localStorage.setItem(SEEN, String(latest)); } catch { /* nothing is kept, then */ }
}

function highest(list) {
  return Math.max(0, ...[...list.querySelectorAll(".line")].map((line) => Number(line.dataset.id)));
}

function markNew(list) {
  for (const line of list.querySelectorAll(".line")) line.classList.toggle("new", Number(line.dataset.id) > seen);
  latest = Math.max(latest, highest(list));
}

function isIdle(list) {
  const box = pane && getComputedStyle(pane).overflowY === "auto" ? pane : document.scrollingElement;
  return box.scrollTop < 60 && !list.contains(document.activeElement);
}

function show(list) {
  const old = document.getElementById("ticker");
  for (const open of old.querySelectorAll("details[open]")) {
    const line = list.querySelector("#" + open.closest(".line").id + " details[class='" + open.className + "']");
    if (line) line.open = true;
  }
  const current = old.querySelector(".line[aria-current]");
  const same = current && list.querySelector("#" + current.id);
  if (same) same.setAttribute("aria-current", "true");
  markNew(list);
  old.replaceWith(list);
  waiting = null;
  button.hidden = true;
}

function offer(list) {
  const old = document.getElementById("ticker");
  const count = [...list.querySelectorAll(".line")].filter((line) => !old.querySelector("#" + line.id)).length;
  if (count === 0 || isIdle(old)) return show(list);
  waiting = list;
  button.textContent = `${say} (${count})`;
  button.hidden = false;
}

async function look() {
  const list = document.getElementById("ticker");
  const answer = await fetch(list.dataset.live, { cache: "no-cache" });
  if (!answer.ok) throw new Error(answer.statusText);
  const tag = answer.headers.get("ETag");
  if (tag === etag) return;
  etag = tag;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("ticker");
  if (found && found.textContent !== list.textContent) offer(document.adoptNode(found));
}

async function live() {
  if (!document.hidden) {
    try { await look(); pause = LIVE; } catch { pause = Math.min(pause * 2, SLOWEST); }
  }
  setTimeout(live, pause);
}

function startTicker() {
  const list = document.getElementById("ticker");
  if (!list) return;
  seen = remembered() || highest(list); // on a first visit new is what arrives during it
  markNew(list);
  addEventListener("pagehide", remember);
  document.addEventListener("visibilitychange", () => { if (document.hidden) remember(); });
  const current = pane && list.querySelector(".line[aria-current]");
  if (current) pane.scrollTop = current.offsetTop - pane.clientHeight / 3;
  if (!list.dataset.live) return;
  button.addEventListener("click", () => {
    if (waiting) show(waiting);
    (pane || document.scrollingElement).scrollTop = 0;
  });
  setTimeout(live, LIVE);
}

function startCopying() {
  for (const copy of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue; // the browser has one on https and on localhost only
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.textContent = copy.dataset.copied;
    });
  }
}

function hideBroken(image) {
  if (image.matches("article img")) image.hidden = true;
}

startTicker();
startCopying();
addEventListener("error", (event) => { if (event.target instanceof HTMLImageElement) hideBroken(event.target); }, true);
for (const image of document.images) if (image.complete && image.naturalWidth === 0) hideBroken(image);
