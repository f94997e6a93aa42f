// Typing in series: Ctrl+Enter (or ⌘+Enter) sends from any field; the next form begins at its first empty field.
// The keys are listened to on the page, so that they act at once in a form that has just come.

const seen = new WeakSet();
let started = false;

export function start(root) {
  for (const form of root.querySelectorAll("form[data-series]")) {
    if (seen.has(form)) continue;
    seen.add(form);
    if (!root.querySelector(".error-summary")) form.querySelector("[data-series-here]")?.focus();
    form.dataset.series = "on";
  }
  if (started) return;
  started = true;
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  const form = event.target.closest("form[data-series]");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  event.preventDefault();
  form.requestSubmit();
}
