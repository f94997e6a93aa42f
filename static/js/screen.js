// The projected page. What does not fit goes on on the next page, turned every 12 seconds, by hand when motion is unwelcome.
//   [data-screen]          holds the state of the keys: ← → pages, B black, F freeze, + − size, ? help
//   [data-screen-pages]    columns as wide as itself (screen.css): one column a page
//   [data-screen-count]    what the live region says every 30 seconds, if it changed
//   [data-turned="2 …"]    the page that the console wants, 0 for turning by itself; [data-says] is told which page shows
// The keys' state stands on <html>: the page itself is morphed at each change of the room.
// Nobody stands beside a projector: after sleep, a cut or a failure, it asks again by itself, every second until answered.

const TURN = 12000; // ms
const SAY = 30000; // ms
const AGAIN = 1000; // ms
const WATCH = 10000; // ms: a stream that died without a word is not noticed otherwise
const CLOSE = "screen__pages--close"; // rows a little closer
const DENSE = "screen__pages--dense"; // rows as close as they may be
const FLOWING = "screen__pages--flowing"; // pages filled, not cut after five
const SIZES = ["80", "90", "100", "110", "125"];
const KEPT = "emglev-screen-size";
const root = document.documentElement;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const TOLD = 150; // ms: pages laid out several times in a row are told once
const state = { key: null, page: 0, byHand: still.matches, turned: "", told: "", telling: null, said: "", started: false, again: null };
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
  document.addEventListener("htmx:error", () => (state.again ??= setInterval(look, AGAIN)));
  document.addEventListener("htmx:after:swap", answered);
  window.addEventListener("resize", lay);
  document.fonts?.ready.then(lay);
  setInterval(() => state.byHand || "frozen" in root.dataset || turn(1), TURN);
  setInterval(say, SAY);
  setInterval(look, WATCH);
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

function look() {
  document.getElementById("screen_main").dispatchEvent(new CustomEvent("live"));
}

function answered() {
  clearInterval(state.again);
  state.again = null;
}

// Which page shows, out of how many. Another step, or another state of it, starts at its first page.
function lay() {
  const box = document.querySelector("[data-screen-pages]");
  const pager = document.querySelector("[data-screen-pager]");
  if (!box) return;
  if (box.dataset.screenPages !== state.key) Object.assign(state, { key: box.dataset.screenPages, page: 0, byHand: still.matches });
  obey(box.closest("[data-turned]").dataset.turned);
  const pages = fit(box);
  state.page = ((state.page % pages) + pages) % pages;
  box.scrollLeft = state.page * stride(box);
  tell({ key: state.key, page: state.page + 1, pages, held: state.byHand });
  if (!pager) return;
  pager.hidden = pages < 2;
  pager.querySelector("[data-screen-place]").textContent = `${state.page + 1}/${pages}`;
}

// What the console wants, once: the keys of this page may change it afterwards.
function obey(turned) {
  if (turned === state.turned) return;
  state.turned = turned;
  if (!turned) return;
  const page = parseInt(turned, 10);
  state.byHand = page > 0;
  if (page > 0) state.page = page - 1;
}

// A page that nobody looks at says nothing; one that was not heard says it again when it is laid out again.
function tell(shown) {
  const words = new URLSearchParams(shown).toString();
  if (document.hidden || words === state.told) return;
  state.told = words;
  clearTimeout(state.telling);
  state.telling = setTimeout(async () => {
    try {
      const { says } = document.getElementById("screen_main").dataset;
      const answer = await fetch(says, { method: "POST", body: new URLSearchParams(words), credentials: "omit" });
      if (!answer.ok) state.told = "";
    } catch {
      state.told = "";
    }
  }, TOLD);
}

function stride(box) {
  return box.clientWidth + parseFloat(getComputedStyle(box).columnGap);
}

function count(box) {
  return Math.max(1, Math.round((box.scrollWidth + parseFloat(getComputedStyle(box).columnGap)) / stride(box)));
}

// As many pages as the server cut; when they do not hold, rows come closer, then pages are filled.
function fit(box) {
  const wanted = box.querySelectorAll(".screen__last").length + 1;
  const ways = [[], [CLOSE], [DENSE], [DENSE, FLOWING]].map((names) => [set(box, names), names]);
  const [pages, names] = ways.find(([n]) => n <= wanted) ?? ways.sort(([one], [other]) => one - other)[0];
  set(box, names);
  return pages;
}

function set(box, names) {
  for (const name of [CLOSE, DENSE, FLOWING]) box.classList.toggle(name, names.includes(name));
  return count(box);
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
  if (!("frozen" in root.dataset)) look();
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
