// Cards on a phone. A card is kept on this phone until the server says it is recorded: sent at once, then again when the
// network comes back, when the page wakes, and after a pause that grows. Its key is made here, so that twice is once.
//   form[data-card-form="address"] data-step     the form; [data-card-text] keeps what is being typed
//   [data-unsent-cards] with [data-unsent-list] and a <template data-unsent-card>
//   [data-at-table], [data-no-table]             what is for who sits at a table, or at none
// Whose they are: [data-room] of the shell (data-seat, data-place, data-workshop, data-table). A device that is given back
// forgets them in one place: kept.js.

import { get, set } from "./kept.js";
import { fetchMine, say } from "./mine.js";

const PAUSES = [2000, 5000, 15000, 30000, 60000]; // ms
let cards = null; // { key, seat, place, step, text, table, refused }
let failures = 0;
let timer = null;
let sending = false;
let started = false;

const shell = () => document.querySelector("[data-room]")?.dataset;
const place = (name) => `emglev-cards-${shell()?.workshop}-${name}`;

export function start() {
  if (!shell()?.seat) return;
  cards ??= read(place("unsent"), []);
  const form = document.querySelector("[data-card-form]");
  const text = form?.querySelector("[data-card-text]");
  if (text && !text.value) text.value = read(place(`draft-${shell().seat}-${form.dataset.step}`), "");
  for (const part of document.querySelectorAll("[data-at-table]")) part.hidden = !shell().table;
  for (const part of document.querySelectorAll("[data-no-table]")) part.hidden = Boolean(shell().table);
  draw();
  if (started) return;
  started = true;
  document.addEventListener("submit", submitted);
  document.addEventListener("input", typed);
  document.addEventListener("click", clicked);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  window.addEventListener("online", flush);
  flush();
}

function submitted(event) {
  if (event.target.matches("[data-card-form]")) {
    event.preventDefault();
    keep(event.target);
  } else if (event.target.matches("[data-take-back]")) {
    event.preventDefault();
    takeBack(event.target);
  }
}

function keep(form) {
  const field = form.querySelector("[data-card-text]");
  const text = field.value.trim();
  if (!text) return field.focus();
  const box = form.querySelector("[name=table]");
  const table = box?.checked ? "true" : "";
  if (box) box.checked = false; // said for one card, never for the next
  const { seat, place: person } = shell();
  cards.push({ key: newKey(), seat, place: person, step: form.dataset.step, to: form.dataset.cardForm, text, table });
  write(place("unsent"), cards);
  field.value = "";
  write(place(`draft-${seat}-${form.dataset.step}`), "");
  field.focus();
  draw();
  flush();
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

// One after the other, in their order; the first that finds no network stops the others.
async function flush() {
  clearTimeout(timer);
  if (sending) return;
  sending = true;
  try {
    for (let card = next(); card; card = next()) {
      const wait = await send(card);
      if (wait) {
        timer = setTimeout(flush, wait * (0.7 + Math.random() * 0.6));
        break;
      }
    }
  } finally {
    sending = false;
  }
}

const next = () => cards.find((card) => !card.refused);

// How long to wait before another try, in ms; 0 when this card is settled.
async function send(card) {
  const { key, seat, step, text, table, place: person } = card; // seat: the device may have gone to somebody else since
  let answer, said;
  try {
    const body = new URLSearchParams({ key, seat, step, text, table, place: person });
    answer = await fetch(card.to, { method: "POST", body, redirect: "error" });
    said = await answer.json();
  } catch {
    return pause();
  }
  if (answer.status === 429 || answer.status >= 500) return Number(answer.headers.get("retry-after")) * 1000 || pause();
  failures = 0;
  if (answer.ok) cards = cards.filter((each) => each.key !== key);
  else card.refused = said.message;
  write(place("unsent"), cards);
  say(said.message);
  draw();
  if (answer.ok) fetchMine();
  return 0;
}

function pause() {
  const wait = PAUSES[Math.min(failures, PAUSES.length - 1)];
  failures += 1;
  draw();
  return wait;
}

async function takeBack(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Error("refused");
  } catch {
    form.submit(); // the page says why
    return;
  }
  document.activeElement?.blur();
  await fetchMine();
}

function typed({ target }) {
  if (!target.matches("[data-card-text]")) return;
  const form = target.closest("form");
  write(place(`draft-${shell().seat}-${form.dataset.step}`), target.value);
}

function clicked({ target }) {
  const again = target.closest("[data-again]");
  const line = target.closest("[data-key-of]");
  if (!line || !(again || target.closest("[data-forget]"))) return;
  const card = cards.find((each) => each.key === line.dataset.keyOf);
  const field = document.querySelector("[data-card-text]");
  if (again && field) {
    field.value = [field.value.trim(), card.text].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
  if (again && !field) return; // nowhere to put it: it stays readable
  cards = cards.filter((each) => each !== card);
  write(place("unsent"), cards);
  draw();
}

function draw() {
  const zone = document.querySelector("[data-unsent-cards]");
  const model = document.querySelector("template[data-unsent-card]");
  if (!zone || !model) return;
  const mine = cards.filter((card) => card.seat === shell().seat);
  zone.hidden = mine.length === 0;
  zone.querySelector("[data-unsent-list]").replaceChildren(...mine.map((card) => lineOf(card, model)));
}

function lineOf(card, model) {
  const line = model.content.firstElementChild.cloneNode(true);
  line.dataset.keyOf = card.key;
  line.querySelector("[data-words]").textContent = card.text;
  if (card.refused) line.querySelector("[data-why]").textContent = card.refused;
  line.querySelector("[data-acts]").hidden = !card.refused;
  const again = line.querySelector("[data-again]");
  again.hidden = !document.querySelector("[data-card-text]");
  return line;
}

function read(name, otherwise) {
  try {
    return JSON.parse(get(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(name, value) {
  set(name, value.length ? JSON.stringify(value) : null);
}
