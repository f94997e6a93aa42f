// One's own cards, as the server holds them: <section data-my-cards="address" data-pending>. While one of them waits to be
// read, this page looks again by itself, at moments of its own and never hidden: a card read is not told to all phones.
//   [data-wanted]                     not brought yet (the stage of a room is the same for everybody)
//   li[data-card][data-state][data-told]   one card, and what is said when its state changed

const OFTEN = 10000; // ms, and as much again by chance
let timer = null;
let shown = { zone: null, html: "" };
let asked = 0; // the last question: an older answer that comes after it is dropped
let started = false;

const found = () => document.querySelector("[data-my-cards]");

export function start() {
  if (found()?.hasAttribute("data-wanted")) fetchMine();
  else watch();
  if (started) return;
  started = true;
  document.addEventListener("visibilitychange", () => document.hidden || !found()?.hasAttribute("data-pending") || fetchMine());
}

function watch() {
  clearTimeout(timer);
  timer = null;
  if (found()?.hasAttribute("data-pending")) timer = setTimeout(again, OFTEN * (1 + Math.random()));
}

// Hidden, it waits to be looked at.
function again() {
  if (!document.hidden) fetchMine();
}

// Without a network, what is shown stays, until the next time.
export async function fetchMine() {
  clearTimeout(timer);
  const address = found() && new URL(found().dataset.myCards, window.location.href);
  if (!address) return;
  const place = document.querySelector("[data-room]")?.dataset.place;
  if (place) address.searchParams.set("personne", place);
  const mine = (asked += 1);
  try {
    const answer = await fetch(address, { headers: { "hx-request": "true", "hx-target": "section#my_cards" } });
    const html = answer.ok ? await answer.text() : "";
    if (html && mine === asked) put(new DOMParser().parseFromString(html, "text/html").getElementById("my_cards"));
  } catch {
    // asked again later
  }
  watch();
}

// Never under somebody's hands; what is the same is left as it is.
function put(part) {
  const zone = found();
  const html = part.outerHTML;
  if (!zone || zone.contains(document.activeElement) || (zone === shown.zone && html === shown.html)) return;
  for (const card of part.querySelectorAll("[data-card]")) {
    const before = zone.querySelector(`[data-card="${card.dataset.card}"]`);
    if (before && before.dataset.state !== card.dataset.state) say(card.dataset.told);
  }
  part.querySelector("details")?.toggleAttribute("open", zone.querySelector("details")?.open ?? false);
  zone.replaceWith(part);
  shown = { zone: part, html };
}

export function say(words) {
  const zone = document.querySelector("[data-card-said]") ?? document.querySelector("[data-said]");
  if (zone && words) zone.textContent = words;
}
