// What the page does where scripts may run; without them everything still works by links and forms.
"use strict";

const SLOWEST = 600; // seconds between two looks for news after errors, at most
const MOST_PIECES = 20; // that are asked for to close a gap: 600 lines
const SEEN = "draad.seen"; // the highest headline that was on screen before: kept here, never sent

const list = document.getElementById("ticker");
const pane = document.querySelector(".pane");
const button = document.getElementById("fresh");
const { worker } = document.currentScript.dataset;
const language = document.documentElement.lang;
const each = (selector, within = document) => [...within.querySelectorAll(selector)];

// What is new since the last visit

let seen = 0;

function remembered() {
  try { return Number(localStorage.getItem(SEEN)) || 0; } catch { return 0; }
}

function remember() {
  const latest = highest();
  if (latest <= remembered()) return;
  try { localStorage.setItem(SEEN, String(latest)); } catch { /* nothing is kept, then */ }
}

function highest() {
  return Math.max(0, ...each(".line", list).map((line) => Number(line.dataset.id)));
}

function markNew() {
  for (const line of each(".line", list)) line.classList.toggle("new", Number(line.dataset.id) > seen);
}

// News that comes in while the page is open

let waiting = null; // the newest lines, newest first, while the reader is further down
let tag = null; // of what was last looked at
let timer = 0;
let pause = 0; // seconds

function scroller() {
  return pane && getComputedStyle(pane).overflowY === "auto" ? pane : document.scrollingElement;
}

function isIdle() {
  return scroller().scrollTop < 60 && !list.contains(document.activeElement);
}

async function ask(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { wait: Number(answer.headers.get("Retry-After")) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const older = page.querySelector(".turn a[rel=next]");
  return { tag: answer.headers.get("ETag"), lines: each(".line", page), older: older && older.getAttribute("href") };
}

const isMissing = (line) => !document.getElementById(line.id);

// Return the newest lines, piece by piece down to one that brings nothing new; null where nothing changed.
async function newest() {
  let piece = await ask(list.dataset.live);
  if (piece.tag && piece.tag === tag) return null;
  tag = piece.tag;
  const lines = piece.lines;
  for (let more = 1; more < MOST_PIECES && piece.older && piece.lines.some(isMissing); more++) {
    piece = await ask(piece.older);
    lines.push(...piece.lines);
  }
  return lines;
}

// What a line says, whatever the reader has done with it.
function said(line) {
  const copy = line.cloneNode(true);
  copy.classList.remove("new");
  copy.removeAttribute("aria-current");
  for (const open of each("[open]", copy)) open.removeAttribute("open");
  for (const time of each("time[title]", copy)) time.removeAttribute("title");
  return copy.outerHTML;
}

const focusable = (line) => each("a, summary", line);

function replaceLine(old, line) {
  if (said(old) === said(line)) return old;
  const focused = focusable(old).indexOf(document.activeElement);
  for (const open of each("details[open]", old)) {
    const same = line.querySelector(`details[class="${open.className}"]`);
    if (same) same.open = true;
  }
  if (old.hasAttribute("aria-current")) line.setAttribute("aria-current", "true");
  old.replaceWith(line);
  if (focused >= 0) focusable(line)[focused]?.focus({ preventScroll: true });
  return line;
}

// Return the section of a line's day, made if it has none yet; *after* is the line that comes behind it.
function dayOf(line, after) {
  const told = line.closest(".day");
  const here = list.querySelector(`.day[data-day="${told.dataset.day}"]`);
  if (here) return here;
  const made = told.cloneNode(true);
  made.querySelector(".lines").replaceChildren();
  const next = after ? after.closest(".day") : list.querySelector(".day, .turn");
  list.insertBefore(made, next);
  return made;
}

// Make the page's first lines what *lines* are: those that are missing come in, those that are gone go.
function merge(lines) {
  for (const empty of each(".empty, .starting", list)) empty.remove();
  let after = null; // the line behind the one that is looked at
  for (const line of [...lines].reverse()) {
    const day = dayOf(line, after);
    const old = document.getElementById(line.id);
    if (old) { after = replaceLine(old, line); continue; }
    const inDay = after && after.closest(".day") === day;
    day.querySelector(".lines").insertBefore(document.adoptNode(line), inDay ? after : null);
    after = line;
  }
  const kept = new Set(lines.map((line) => line.id));
  const last = lines[lines.length - 1];
  const shown = each(".line", list);
  const end = last ? shown.findIndex((line) => line.id === last.id) : -1;
  for (const line of shown.slice(0, end)) if (!kept.has(line.id) && !line.hasAttribute("aria-current")) line.remove();
  for (const day of each(".day", list)) if (!day.querySelector(".line")) day.remove();
  markNew();
  waiting = null;
  button.hidden = true;
}

function offer(lines) {
  const count = lines.filter(isMissing).length;
  if (count === 0 || isIdle()) return merge(lines);
  waiting = lines;
  const form = new Intl.PluralRules(language).select(count);
  const text = button.getAttribute(`data-${form}`) || button.dataset.other;
  button.textContent = text.replace("{n}", String(count));
  button.hidden = false;
}

function tellOffline() {
  const told = document.getElementById("offline");
  if (told) told.hidden = navigator.onLine;
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  const usual = Number(list.dataset.look);
  try {
    const lines = await newest();
    if (lines) offer(lines);
    pause = usual;
  } catch (error) {
    pause = Math.min(Math.max(pause * 2, error.wait || 0), Math.max(SLOWEST, error.wait || 0));
  }
  timer = setTimeout(look, pause * 1000);
}

function startOffline() {
  tellOffline();
  addEventListener("offline", tellOffline);
  addEventListener("online", () => { tellOffline(); if (list && list.dataset.live) look(); });
  navigator.serviceWorker?.register(worker).catch(() => { /* then there is no ticker without a network */ });
}

function startTicker() {
  if (!list) return;
  seen = remembered() || highest(); // on a first visit new is what arrives during it
  markNew();
  addEventListener("pagehide", remember);
  const current = pane && list.querySelector(".line[aria-current]");
  if (current) pane.scrollTop = current.offsetTop - pane.clientHeight / 3;
  if (list.dataset.live) startLooking();
  document.addEventListener("visibilitychange", () => { if (document.hidden) remember(); });
}

function startLooking() {
  pause = Number(list.dataset.look);
  timer = setTimeout(look, pause * 1000);
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else look(); });
  addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  button.addEventListener("click", () => {
    if (waiting) merge(waiting);
    scroller().scrollTop = 0;
  });
}

// Keys

function step(by) {
  const links = each(".headline a", list || document);
  const here = links.findIndex((link) => link.closest(".line").contains(document.activeElement));
  const from = here >= 0 ? here : links.findIndex((link) => link.closest(".line").hasAttribute("aria-current"));
  const next = links[from < 0 ? (by > 0 ? 0 : -1) : from + by];
  if (next) next.focus();
}

function openSource() {
  const line = document.activeElement.closest(".line");
  const link = line ? line.dataset.link : document.querySelector(".reading .button")?.href;
  if (link) open(link, "_blank", "noopener");
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: openSource,
  "/": () => document.querySelector("input[type=search]")?.focus(),
  "?": () => document.getElementById("keys").showModal(),
};

function startKeys() {
  const help = document.getElementById("keys-button");
  help.hidden = false;
  help.addEventListener("click", KEYS["?"]);
  document.getElementById("keys-close").addEventListener("click", () => document.getElementById("keys").close());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog[open]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}

// How long ago a time is, when it is pointed at

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function tellAgo(event) {
  const time = event.target.closest?.("time[datetime]");
  if (!time) return;
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) || UNITS[2];
  time.title = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

function startCopying() {
  for (const copy of each("[data-copy]")) {
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
startOffline();
startKeys();
startCopying();
addEventListener("mouseover", tellAgo);
addEventListener("error", (event) => { if (event.target instanceof HTMLImageElement) hideBroken(event.target); }, true);
for (const image of document.images) if (image.complete && image.naturalWidth === 0) hideBroken(image);
