// A participant's phone: <div data-room="/a/CODE/etat" data-live hx-get hx-trigger="room" hx-target="#room_main">.
// When the room moves, asks where it is (a few bytes of JSON) and draws #room_main again only if it shows another step or
// another state. Others' votes and an extension never redraw a ballot being filled: an extension moves the countdown.

import { forget, isUnsent, prepare } from "./ballot.js";
import { start as count } from "./countdown.js";

const ENTERED = ["lobby", "running"];
let watch = null;
let unsent = false; // choices that were never sent were on the screen that goes

export function start(root) {
  for (const form of root.querySelectorAll("form[data-ballot]")) prepare(form);
  for (const sent of root.querySelectorAll("[data-ballot-sent]")) forget(sent.dataset.ballotSent);
  if (watch) return;
  watch = document.querySelector("[data-room]");
  watch.addEventListener("live", look);
  window.addEventListener("offline", () => connected(false));
  window.addEventListener("online", look);
  connected(navigator.onLine);
  document.addEventListener("htmx:after:swap", (event) => event.detail.ctx?.sourceElement === watch && arrived());
  document.addEventListener("htmx:finally:request", (event) => event.detail.ctx?.sourceElement !== watch && look());
  document.addEventListener("htmx:error", () => connected(false));
}

async function look() {
  let state;
  try {
    const answer = await fetch(watch.dataset.room, { headers: { accept: "application/json" } });
    connected(true);
    if (!answer.ok) return;
    state = await answer.json();
  } catch {
    connected(false);
    return;
  }
  const main = document.getElementById("room_main");
  if (!main || main.querySelector(".htmx-request")) return; // a ballot is on its way: its answer looks again
  if (holds(main, state)) {
    extend(main, state);
    return;
  }
  const form = main.querySelector("form[data-ballot]");
  unsent = form !== null && isUnsent(form);
  watch.dispatchEvent(new CustomEvent("room"));
}

// Whether the screen still says where the room is. Somebody choosing a collège is left in peace.
function holds(main, state) {
  if (main.dataset.door === "open" && ENTERED.includes(state.room)) return true;
  const { step, status, room } = main.dataset;
  return step === String(state.step ?? "") && status === (state.status ?? "") && room === state.room;
}

function extend(main, state) {
  const clock = main.querySelector("[data-countdown]");
  if (!clock || !state.closes_at || Date.parse(clock.dataset.countdown) === Date.parse(state.closes_at)) return;
  clock.dataset.countdown = state.closes_at;
  clock.dataset.now = state.now;
  count();
  say(clock.dataset.extended);
}

function arrived() {
  const main = document.getElementById("room_main");
  if (window.location.search) window.history.replaceState(null, "", watch.getAttribute("hx-get"));
  if (unsent) main.prepend(document.getElementById("unsent").content.cloneNode(true));
  unsent = false;
  say(main.dataset.words);
  window.scrollTo(0, 0);
  if (document.activeElement === document.body) main.querySelector("h1")?.focus({ preventScroll: true });
}

function connected(is) {
  for (const element of document.querySelectorAll("[data-connection]")) {
    element.hidden = (element.dataset.connection === "on") !== is;
  }
}

function say(words) {
  const zone = document.querySelector("[data-said]");
  if (zone && words) zone.textContent = words;
}
