// Loaded by every page: wakes each behaviour when the page, or a part that htmx brought, holds an element that needs it.
// A behaviour is a module that exports start(root); start may be called again on new parts.

const BEHAVIOURS = [
  ["[data-draft], [data-draft-clear]", () => import("./draft.js")],
  ["[data-live]", () => import("./live.js")],
  ["[data-room]", () => import("./room.js")],
  ["[data-card-form], [data-unsent-cards]", () => import("./cards.js")],
  ["[data-my-cards]", () => import("./mine.js")],
  ["[data-cards-wall]", () => import("./grouping.js")],
  ["[data-screen]", () => import("./screen.js")],
  ["[data-countdown]", () => import("./countdown.js")],
  ["[data-copy]", () => import("./copy.js")],
  ["[data-insert-into]", () => import("./insert.js")],
  ["[data-passkey]", () => import("./passkey.js")],
  ["[data-pointing]", () => import("./pointing.js")],
  ["[data-folds]", () => import("./folds.js")],
  ["[data-print]", () => import("./print.js")],
  ["[data-series]", () => import("./series.js")],
  ["[data-moderation]", () => import("./moderation.js")],
  ["[data-shortcuts-for]", () => import("./shortcuts.js")],
  ["[hx-get], [hx-post], [hx-delete], [hx-boost], .error-summary", () => import("./focus.js")],
  ["#failure", () => import("./failure.js")],
];

const AGAIN = [1000, 3000, 9000]; // ms: a network that loses a module may bring it the next time

async function insist(load) {
  for (const wait of AGAIN) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return load();
}

// <html data-awake>: all that the page asked for has come and started.
async function wake(root) {
  const needed = BEHAVIOURS.filter(([selector]) => root.querySelector(selector));
  await Promise.all(needed.map(async ([, load]) => (await insist(load)).start(root)));
  document.documentElement.dataset.awake = "";
}

wake(document);
document.addEventListener("htmx:after:swap", () => wake(document));
document.addEventListener("stage", () => wake(document)); // a room looks at something else: see room.js
