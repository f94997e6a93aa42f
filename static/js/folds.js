// [data-folds]: what is folded opens when an address leads to it (#etape-12), and on paper in any browser. Without script, one
// more click opens it, and recent browsers print it all.

let started = false;
let opened = [];

export function start() {
  reveal();
  if (started) return;
  started = true;
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", unfold);
  addEventListener("afterprint", fold);
}

function reveal() {
  const target = document.getElementById(location.hash.slice(1)); // our own ids: nothing to decode, nothing that fails
  const inside = target?.closest("[data-folds]");
  if (!inside) return;
  for (let part = target; part && part !== inside; part = part.parentElement) if (part.matches("details")) part.open = true;
  target.querySelector(":scope > details")?.setAttribute("open", "");
  target.scrollIntoView();
}

function unfold() {
  opened = [...document.querySelectorAll("[data-folds] details:not([open])")];
  for (const each of opened) each.open = true;
}

function fold() {
  for (const each of opened) each.open = false;
  opened = [];
}
