// The projected page. What does not fit goes on on the next page, turned every 12 seconds, by hand when motion is unwelcome.
//   [data-screen]          holds the state of the keys: ← → pages, B black, F freeze, + − size, ? help
//   [data-screen-pages]    columns as wide as itself (screen.css): one column a page
//   [data-screen-count]    what the live region says every 30 seconds, if it changed
// The keys' state stands on <html>: the page itself is morphed at each change of the room.

const TURN = 12000; // ms
const SAY = 30000; // ms
const SIZES = ["80", "90", "100", "110", "125"];
const KEPT = "emglev-screen-size";
const root = document.documentElement;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const state = { key: null, page: 0, byHand: false, said: "", started: false };
const KEYS = {
  arrowright: () => turnByHand(1),
  arrowleft: () => turnByHand(-1),
  b: () => toggle("blank"),
  f: freeze,
  "+": () => resize(1),
  "-": () => resize(-1),
  "?": () => document.querySelector("dialog[data-screen-help]").showModal(),
};

export function start() {
  lay();
  if (state.started) return;
  state.started = true;
  root.dataset.size = kept();
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", clicked);
  document.addEventListener("htmx:before:request", (event) => "frozen" in root.dataset && event.preventDefault());
  window.addEventListener("resize", lay);
  document.fonts?.ready.then(lay);
  setInterval(() => state.byHand || still.matches || "frozen" in root.dataset || turn(1), TURN);
  setInterval(say, SAY);
}

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

function clicked(event) {
  const by = event.target.closest?.("[data-screen-turn]")?.dataset.screenTurn;
  if (by) turnByHand(Number(by));
}

// Which page shows, out of how many. Another step, or another state of it, starts at its first page.
function lay() {
  const box = document.querySelector("[data-screen-pages]");
  const pager = document.querySelector("[data-screen-pager]");
  if (!box) return;
  if (box.dataset.screenPages !== state.key) Object.assign(state, { key: box.dataset.screenPages, page: 0, byHand: false });
  const pages = count(box);
  state.page = ((state.page % pages) + pages) % pages;
  box.scrollLeft = state.page * stride(box);
  if (!pager) return;
  pager.hidden = pages < 2;
  pager.querySelector("[data-screen-place]").textContent = `${state.page + 1}/${pages}`;
}

function stride(box) {
  return box.clientWidth + parseFloat(getComputedStyle(box).columnGap);
}

function count(box) {
  return Math.max(1, Math.round((box.scrollWidth + parseFloat(getComputedStyle(box).columnGap)) / stride(box)));
}

function turn(by) {
  state.page += by;
  lay();
}

function turnByHand(by) {
  state.byHand = true;
  turn(by);
}

function toggle(name) {
  if (name in root.dataset) delete root.dataset[name];
  else root.dataset[name] = "";
}

// What happened meanwhile is fetched when the page thaws.
function freeze() {
  toggle("frozen");
  if (!("frozen" in root.dataset)) document.getElementById("screen_main").dispatchEvent(new CustomEvent("live"));
}

function resize(by) {
  const place = SIZES.indexOf(root.dataset.size) + by;
  root.dataset.size = SIZES[Math.min(SIZES.length - 1, Math.max(0, place))];
  try {
    localStorage.setItem(KEPT, root.dataset.size);
  } catch {
    // for this page only
  }
  lay();
}

function kept() {
  try {
    const size = localStorage.getItem(KEPT);
    return SIZES.includes(size) ? size : "100";
  } catch {
    return "100";
  }
}

function say() {
  const words = document.querySelector("[data-screen-count]")?.textContent.trim().replace(/\s+/g, " ") ?? "";
  if (!words || words === state.said) return;
  state.said = words;
  document.querySelector("[data-said]").textContent = words;
}
