// A participant's phone, <div data-room="/direct/a/CODE">. The stream brings what the room looks at, whole, as JSON with
// the stage's HTML, the same for everybody: #room_main is drawn again when the step, its status or the room changed, and
// never while a ballot of the same open step is being filled. What is personal is added here (stage.js) from what this
// phone keeps (kept.js). The phone asks nothing when the room moves; it only wonders, when it heard nothing for long,
// whether its stream still lives.

import { refill } from "./ballot.js";
import { start as count } from "./countdown.js";
import { keeper } from "./kept.js";
import { outbox } from "./outbox.js";
import { dress, paint } from "./stage.js";

const ENTERED = ["lobby", "running"];
const OVER = ["closed", "published"];
const NOTHING = { marks: {}, words: "" };
const RETRY = [2000, 5000, 15000, 30000]; // ms
const DEAF = 75000; // ms without a word after which one wonders
const shell = document.querySelector("[data-room]");
const { seat, place, workshop } = shell.dataset;
const kept = keeper(workshop);
const flush = outbox({ address: shell.dataset.post, kept, told });
let stream = null;
let stage = null; // the last message
let heardAt = Date.now();
let failures = 0;
let timer = null;
let started = false;

export function start() {
  if (started) return;
  started = true;
  learn(main());
  if (seat) wear(main());
  document.querySelector("[data-give-back]")?.addEventListener("submit", () => kept.leave());
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : wake()));
  window.addEventListener("online", wake);
  window.addEventListener("offline", () => connected(false));
  window.addEventListener("pageshow", (event) => event.persisted && (kept.left() ? window.location.reload() : wake()));
  window.addEventListener("pagehide", close);
  setInterval(wonder, DEAF / 3);
  if (navigator.onLine === false) connected(false);
  open();
  flush();
}

const main = () => document.getElementById("room_main");
const stepOf = (section) => section.dataset.step;

// The page came with what the server knows of this ballot; only one that waits here is newer.
function learn(section) {
  if (!seat || !stepOf(section)) return;
  const entry = kept.read(seat, stepOf(section));
  const recorded = section.dataset.recorded ? JSON.parse(section.dataset.recorded) : null;
  if (!entry.pending) kept.write(seat, stepOf(section), { recorded });
  const asked = new URLSearchParams(window.location.search);
  if (!asked.has("modifier")) return;
  if (!entry.draft) kept.write(seat, stepOf(section), { place, draft: recorded ?? NOTHING });
  window.history.replaceState(null, "", shell.dataset.page + (place === "1" ? "" : `?personne=${place}`));
}

// Make a section of the stage this person's.
function wear(section) {
  const step = stepOf(section);
  const entry = () => kept.read(seat, step);
  const form = section.querySelector("form[data-ballot]");
  const change = (parts) => {
    kept.write(seat, step, { place, ...parts });
    paint(section, entry());
  };
  dress(section, { seat, place, step }, entry(), {
    changed: (choices) => kept.write(seat, step, { place, draft: choices }),
    send: (choices) => {
      change({ draft: null, refused: null, pending: { ...choices, at: Date.now() } });
      clearFlash();
      window.scrollTo(0, 0);
      section.querySelector("h1")?.focus({ preventScroll: true });
      flush();
    },
    edit: () => {
      const draft = entry().pending ?? entry().recorded ?? NOTHING;
      refill(form, draft);
      change({ draft });
    },
    keep: () => change({ draft: null, refused: null }),
  });
}

// The server said what became of a ballot: it is there, and so may the stream be.
function told(ofSeat, step) {
  connected(true);
  if (!stream && !document.hidden) wake();
  const section = main();
  if (ofSeat !== seat || step !== stepOf(section)) return;
  const entry = kept.read(seat, step);
  paint(section, entry);
  if (entry.recorded && !entry.refused) say(entry.recorded.late ? shell.dataset.saidLate : shell.dataset.saidRecorded);
  if (stage && OVER.includes(stage.room)) clean();
}

function open() {
  if (stream || document.hidden) return;
  stream = new EventSource(shell.dataset.room);
  stream.addEventListener("open", () => connected(true));
  stream.addEventListener("message", heard);
  stream.addEventListener("error", retry);
}

function close() {
  clearTimeout(timer);
  stream?.close();
  stream = null;
}

// The page or the network comes back: a stream that says it is open may be dead, so it is always opened anew; its first
// message is the present state. A hall of people must not come back at the same instant.
function wake() {
  close();
  flush();
  timer = setTimeout(open, Math.random() * 800);
}

function retry() {
  close();
  connected(false);
  timer = setTimeout(open, RETRY[Math.min(failures, RETRY.length - 1)] * (0.5 + Math.random()));
  failures += 1;
}

function heard(event) {
  heardAt = Date.now();
  failures = 0;
  connected(true);
  const said = JSON.parse(event.data);
  const shown = holds(main(), said);
  stage = said;
  if (OVER.includes(main().dataset.room) && ENTERED.includes(said.room)) return reopened();
  if (shown) extend(main(), said);
  else show(said);
  if (OVER.includes(said.room)) clean();
  flush();
}

// Closed, then opened again: this phone has forgotten its ballots, the server has not. Not all phones at the same instant.
function reopened() {
  setTimeout(() => window.location.reload(), Math.random() * 1500);
}

// Long without a word: a few bytes say whether the room moved meanwhile; then the stream was deaf.
async function wonder() {
  if (document.hidden || Date.now() - heardAt < DEAF * (0.8 + Math.random() * 0.4)) return;
  heardAt = Date.now();
  try {
    const answer = await fetch(shell.dataset.look, { headers: { accept: "application/json" } });
    if (answer.ok && !holds(main(), await answer.json())) wake();
    connected(true);
  } catch {
    connected(false);
  }
}

// Whether the screen says where the room is. Somebody at the door is left in peace.
function holds(section, { room, step, status }) {
  if (section.dataset.door === "open" && ENTERED.includes(room)) return true;
  const is = section.dataset;
  return is.room === room && is.step === String(step ?? "") && is.status === (status ?? "");
}

function show(said) {
  const old = main();
  const typed = document.activeElement?.matches?.("textarea, input:not([type=radio], [type=checkbox]), select");
  const lost = old.hasAttribute("data-open") && Boolean(kept.read(seat, stepOf(old)).draft) && !holds(old, said);
  const atDoor = !seat && ENTERED.includes(said.room) && document.getElementById("my_door");
  const next = atDoor ? door(atDoor) : parsed(said.html);
  next.id = old.id;
  old.replaceWith(next);
  document.querySelector("main > [data-refusal]")?.remove();
  clearFlash();
  for (const clock of next.querySelectorAll("[data-now]")) clock.dataset.now = said.now; // drawn earlier, heard now
  if (seat) wear(next);
  if (lost) next.prepend(document.getElementById("unsent").content.cloneNode(true));
  document.dispatchEvent(new CustomEvent("stage"));
  say(next.dataset.words);
  window.scrollTo(0, 0);
  if (!typed) next.querySelector("h1, [role=heading]")?.focus({ preventScroll: true });
}

// In its template the door has no heading of its own: the page has one already.
function door(template) {
  const section = template.content.firstElementChild.cloneNode(true);
  const title = section.querySelector("[data-title]");
  title.setAttribute("role", "heading");
  title.setAttribute("aria-level", "1");
  return section;
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("#room_main");
}

function extend(section, said) {
  const clock = section.querySelector("[data-countdown]");
  if (!clock || !said.closes_at || Date.parse(clock.dataset.countdown) === Date.parse(said.closes_at)) return;
  clock.dataset.countdown = said.closes_at;
  clock.dataset.now = said.now;
  count();
  say(clock.dataset.extended);
}

// The room is closed: nothing is kept, unless a ballot is still on its way.
function clean() {
  if (!kept.pending().length) kept.forget();
}

function connected(is) {
  for (const element of document.querySelectorAll("[data-connection]")) {
    element.hidden = (element.dataset.connection === "on") !== is;
  }
}

// What was said when one came in is old news.
function clearFlash() {
  document.getElementById("flash")?.replaceChildren();
}

function say(words) {
  const zone = document.querySelector("[data-said]");
  if (zone && words) zone.textContent = words;
}
