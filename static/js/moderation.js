// The workspace of moderators, on an element [data-moderation]; everything works without it, with more gestures.
//   [data-notice="3"]      a link on what the machine noticed: pressed, ticks [data-masks="3"], the box that masks it
//   [data-mask-selection]  shown while a passage of [data-words] is selected: adds it to #passages
//   M                      masks the selection, or the notice that has the focus, or the first not masked yet; the
//                          focus goes on to the next one
//   [data-tick-all]        ticks or unticks the whole queue; what is ticked stays so when the queue is refreshed
//   [data-bulk]            the decision on what is ticked: opened by L, which goes to its first choice
//   [data-undo="10"]       taken away after as many seconds
// What was done is said again once the page is there: a message that comes with a page is not read out by itself.

const TICKED = "emglev-ticked"; // what is ticked stays so from one contribution to the next, in this tab
const ticked = new Set(remembered());
let started = false;

export function start(root) {
  marks();
  tickAgain();
  for (const undo of root.querySelectorAll("[data-undo]")) {
    setTimeout(() => undo.remove(), Number(undo.dataset.undo) * 1000);
  }
  if (started) return;
  started = true;
  sayAgain();
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
  document.addEventListener("selectionchange", selected);
  document.addEventListener("shortcut", (event) => {
    if (event.detail.key === "m" && mask()) event.preventDefault();
    if (event.detail.key === "a" && tickAll()) event.preventDefault();
    if (event.detail.key === "l" && openBulk()) event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", tickAgain);
  const all = document.querySelector("[data-tick-all]");
  if (all) all.hidden = false;
}

function clicked(event) {
  const notice = event.target.closest("[data-notice]");
  if (notice) {
    event.preventDefault();
    toggle(notice.dataset.notice);
  } else if (event.target.closest("[data-mask-selection]")) {
    add(passage());
  } else if (event.target.closest("[data-tick-all]")) {
    tickAll();
  }
}

function changed({ target }) {
  if (target.matches("[data-masks]")) {
    marks();
    if (target.checked) choose();
  } else if (target.matches(".queue__check input")) {
    ticked[target.checked ? "add" : "delete"](target.value);
    remember();
    count();
  }
}

// Masking.

function mask() {
  const words = passage();
  if (words) return add(words);
  const focused = document.activeElement.closest("[data-notice], [data-masks]");
  const boxes = [...document.querySelectorAll("[data-masks]")];
  const number = focused?.dataset.notice ?? focused?.dataset.masks ?? boxes.find((box) => !box.checked)?.dataset.masks;
  if (!number) return false;
  toggle(number);
  const next = boxes.find((box) => !box.checked)?.dataset.masks;
  // Nothing more to mask: Enter sends, instead of pressing the same notice again.
  (next ? document.querySelector(`[data-notice="${next}"]`) : document.getElementById("mask"))?.focus();
  return true;
}

function toggle(number) {
  document.querySelector(`[data-masks="${number}"]`)?.click();
}

function choose() {
  const radio = document.getElementById("mask");
  if (radio && !radio.checked) radio.click();
}

function passage() {
  const chosen = getSelection();
  const place = document.querySelector("[data-words]");
  if (chosen.isCollapsed || !place?.contains(chosen.anchorNode) || !place.contains(chosen.focusNode)) return "";
  const part = chosen.getRangeAt(0).cloneContents();
  for (const label of part.querySelectorAll(".noticed__kind")) label.remove();
  return part.textContent.replace(/\s+/g, " ").trim();
}

function add(words) {
  const field = document.getElementById("passages");
  if (!words || !field) return false;
  field.value = [...field.value.split("\n").filter(Boolean), words].join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.closest("details")?.setAttribute("open", "");
  getSelection().removeAllRanges();
  choose();
  return true;
}

function selected() {
  const offer = document.querySelector("[data-mask-selection]");
  if (offer) offer.hidden = !passage();
}

function marks() {
  for (const box of document.querySelectorAll("[data-masks]")) {
    document.querySelector(`[data-notice="${box.dataset.masks}"]`)?.classList.toggle("noticed--masked", box.checked);
  }
}

// The selection of the queue.

function boxes() {
  return [...document.querySelectorAll(".queue__check input")];
}

function tickAgain() {
  const there = new Set(boxes().map((box) => box.value));
  for (const value of [...ticked]) if (!there.has(value)) ticked.delete(value); // decided, or on another page
  for (const box of boxes()) box.checked = ticked.has(box.value);
  remember();
  count();
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(TICKED)) ?? [];
  } catch {
    return [];
  }
}

function remember() {
  try {
    sessionStorage.setItem(TICKED, JSON.stringify([...ticked]));
  } catch {
    // kept for this page only
  }
}

function openBulk() {
  const bulk = document.querySelector("[data-bulk]");
  bulk?.setAttribute("open", "");
  bulk?.querySelector("input[type=radio]")?.focus();
  return bulk !== null;
}

function tickAll() {
  const all = boxes();
  const rest = all.filter((box) => !box.checked);
  for (const box of rest.length ? rest : all) box.click();
  return all.length > 0;
}

function count() {
  const number = boxes().filter((box) => box.checked).length;
  const place = document.querySelector("[data-ticked]");
  if (place) place.textContent = number ? `(${number})` : "";
  if (number) document.querySelector("[data-bulk]")?.setAttribute("open", "");
}

function sayAgain() {
  const region = document.getElementById("flash");
  const said = region?.innerHTML.trim();
  if (!said) return;
  region.innerHTML = "";
  setTimeout(() => (region.innerHTML = said), 150);
}
