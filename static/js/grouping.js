// The page of cards, [data-cards-wall]: read, show, group. Everything works without it, with a page after each act.
//   form[data-card-act]     sent without leaving the page; both halves are fetched again, whoever acted
//   input[data-pick]        the selection, kept when a half is drawn again; the same one for buttons, drag and keys
//   [data-drag] onto [data-group="12"]   puts the card, and those ticked with it, in that group
//   keys (shortcuts.js): ↓ ↑ from card to card, A show, X refuse (its reason, then Enter), U undo, G choose a group,
//                        N name a new one
// A half where somebody types is not drawn again before they are done: no title is lost.

const HALVES = ["cards_queue", "cards_groups"];
const picked = new Map(); // card id → the group in which it was ticked
const stale = new Set();
let wall = null;
let undoable = [];
let dragged = null;
let started = false;

export function start() {
  wall = document.querySelector("[data-cards-wall]");
  if (!started) for (const box of boxes()) if (box.defaultChecked) picked.set(...box.value.split(":")); // chosen on the console
  restore();
  if (started) return;
  started = true;
  wall.querySelector("[data-cards-watch]").addEventListener("live", refresh); // empty: the focus is never in it
  document.addEventListener("htmx:after:swap", restore);
  document.addEventListener("submit", submitted);
  document.addEventListener("change", changed);
  document.addEventListener("focusout", () => setTimeout(catchUp));
  document.addEventListener("shortcut", (event) => KEYS[event.detail.key]?.() && event.preventDefault());
  document.addEventListener("keydown", refuse);
  document.addEventListener("dragstart", dragStarts);
  document.addEventListener("dragover", (event) => over(event) && event.preventDefault());
  document.addEventListener("drop", dropped);
  document.addEventListener("dragend", dragEnds);
}

const typing = (half) => half.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox], [type=radio]), textarea, select");
const written = (half) => [...half.querySelectorAll("input[name=title]")].some((field) => field.value !== field.defaultValue);

function refresh() {
  for (const id of HALVES) {
    const half = document.getElementById(id);
    if (!half) continue;
    if (typing(half) || written(half)) stale.add(id);
    else draw(half);
  }
}

function draw(half) {
  stale.delete(half.id);
  half.dispatchEvent(new CustomEvent("cards"));
}

function catchUp() {
  for (const id of [...stale]) {
    const half = document.getElementById(id);
    if (half && !typing(half) && !written(half)) draw(half);
  }
}

// Acts.

async function submitted(event) {
  const form = event.target;
  if (!form.matches("[data-card-act]")) return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.matches("[data-nothing]")) return;
  const body = new URLSearchParams(new FormData(form, button));
  if (form.id === "read" && !body.has("cards")) addFocused(body, form.id);
  await act(button?.getAttribute("formaction") ?? form.getAttribute("action"), body, form);
}

async function act(address, body, form) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body, redirect: "manual" });
  } catch {
    complain(wall.dataset.offline);
    return;
  }
  if (answer.type !== "opaqueredirect") {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    complain(page.querySelector("[data-cards-error] p:not(.notice__title)")?.textContent ?? page.querySelector("main p")?.textContent);
    refresh();
    return;
  }
  complain("");
  for (const value of body.getAll("cards")) picked.delete(value.split(":")[0]);
  if (form?.matches("[data-undoable]")) sayLast(address, body);
  if (form?.matches("[data-undoable]")) undoable = body.getAll("cards").map((value) => `${value.split(":")[0]}:0`);
  if (form?.matches("[data-cards-undo]")) undoable = [];
  offerUndo();
  for (const field of form?.querySelectorAll("input[name=title]") ?? []) field.value = field.defaultValue;
  restore();
  for (const id of HALVES) stale.add(id);
  document.activeElement?.matches("input[name=title], select") && document.activeElement.blur();
  catchUp();
}

function complain(words) {
  const zone = wall.querySelector("[data-cards-error]");
  zone.replaceChildren();
  if (!words) return;
  const line = document.createElement("p");
  line.className = "notice notice--error";
  line.setAttribute("role", "alert");
  line.textContent = words;
  zone.append(line);
}

function offerUndo() {
  const form = wall.querySelector("[data-cards-undo]");
  if (!form) return;
  for (const field of form.querySelectorAll("input[name=cards]")) field.remove();
  for (const value of undoable) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "cards", value }));
  form.hidden = undoable.length === 0;
}

// Which decision it is that can be taken back; the card is still where it was read.
function sayLast(address, body) {
  const line = wall.querySelector("[data-undo-words]");
  if (!line) return;
  const cards = body.getAll("cards").map((value) => value.split(":")[0]);
  const { shown, refused, severalShown, severalRefused } = line.dataset;
  const text = document.querySelector(`[data-card="${cards[0]}"] .card-words`)?.textContent.slice(0, 60) ?? "";
  const [one, several] = address.endsWith("refus") ? [refused, severalRefused] : [shown, severalShown];
  line.textContent = cards.length > 1 ? several.replace("{n}", cards.length) : one.replace("{text}", () => text);
}

// The selection.

function changed({ target }) {
  if (!target.matches("[data-pick]")) return;
  const [card, group] = target.value.split(":");
  if (target.checked) picked.set(card, group);
  else picked.delete(card);
  const number = picked.size;
  say(number === 1 ? wall.dataset.selectedOne : wall.dataset.selectedMany.replace("{n}", number));
}

// What is ticked stays so; a card that somebody else moved meanwhile keeps its tick, and its new place.
function restore() {
  const there = new Set();
  for (const box of document.querySelectorAll("[data-pick]")) {
    const [card] = box.value.split(":");
    there.add(card);
    box.checked = picked.has(card);
  }
  for (const card of [...picked.keys()]) if (!there.has(card)) picked.delete(card);
  for (const item of document.querySelectorAll("[data-drag]")) item.draggable = true;
}

function addFocused(body, form) {
  const box = document.activeElement.closest(".card-item")?.querySelector(`[data-pick][form="${form}"]`);
  if (box) body.append("cards", box.value);
}

// Keys.

const choosing = () => document.activeElement.matches("[data-refuse] input"); // there, arrows go from reason to reason
const boxes = () => [...document.querySelectorAll("[data-pick]")];

function step(by) {
  const all = boxes();
  if (!all.length) return false;
  const here = all.indexOf(document.activeElement.closest(".card-item")?.querySelector("[data-pick]"));
  all[Math.min(all.length - 1, Math.max(0, here + by))].focus();
  return true;
}

function approve() {
  const form = document.getElementById("read");
  const button = form?.querySelector("[data-approve]");
  if (!button) return false;
  const after = beside(document.activeElement);
  form.requestSubmit(button);
  after?.focus();
  return true;
}

// Where one reads on, once this card is settled.
function beside(element) {
  const item = element?.closest("#cards_queue .card-item");
  return (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector("[data-pick]");
}

function open(selector, field) {
  const fold = document.querySelector(selector);
  const box = document.activeElement.closest("#cards_queue .card-item")?.querySelector("[data-pick]");
  if (!fold) return false;
  if (box && !boxes().some((each) => each.checked && each.form?.id === "read")) box.click();
  if (fold.matches("details")) fold.open = true;
  fold.querySelector(field)?.focus();
  return true;
}

// Enter on a reason refuses; the form's own answer to Enter would be its first button, which shows.
function refuse(event) {
  if (event.key !== "Enter" || event.repeat || !event.target.matches("[data-refuse] input[type=radio]")) return;
  event.preventDefault();
  const after = beside(document.querySelector("#cards_queue [data-pick]:checked"));
  event.target.form.requestSubmit(document.querySelector("[data-refusal]"));
  after?.focus();
}

function focus(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  return Boolean(field);
}

function undo() {
  const form = wall.querySelector("[data-cards-undo]:not([hidden])");
  form?.requestSubmit();
  return Boolean(form);
}

const KEYS = {
  arrowdown: () => !choosing() && step(1),
  arrowup: () => !choosing() && step(-1),
  a: approve,
  x: () => open("[data-refuse]", "input:checked"),
  u: undo,
  g: () => focus("[data-into]"),
  n: () => focus("[data-new-title]"),
};

// Drag and drop.

function dragStarts(event) {
  const item = event.target.closest?.("[data-drag]");
  if (!item) return;
  const mine = item.querySelector("[data-pick]").value;
  const ticked = boxes().filter((box) => box.checked && box.form?.id === "pick").map((box) => box.value);
  dragged = ticked.includes(mine) ? ticked : [mine];
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", item.querySelector(".card-words").textContent);
  wall.dataset.dragging = "";
}

function over(event) {
  const group = dragged && event.target.closest?.("[data-group]");
  for (const each of document.querySelectorAll("[data-over]")) if (each !== group) delete each.dataset.over;
  if (group) group.dataset.over = "";
  return group;
}

async function dropped(event) {
  const group = over(event);
  const form = document.getElementById("pick");
  if (!group || !form?.querySelector("[data-into]")) return;
  event.preventDefault();
  const body = new URLSearchParams([["step", form.elements.step.value], ["cluster", group.dataset.group], ...dragged.map((value) => ["cards", value])]);
  dragEnds();
  await act(form.getAttribute("action"), body, null);
  say(wall.dataset.moved);
}

function dragEnds() {
  dragged = null;
  delete wall.dataset.dragging;
  for (const each of document.querySelectorAll("[data-over]")) delete each.dataset.over;
}

function say(words) {
  const zone = wall.querySelector("[data-said]");
  if (zone && words) zone.textContent = words;
}
