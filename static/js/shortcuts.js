// Keyboard shortcuts of a page for whoever works on it (moderation, console of a room, cards of a recueil), on an element
// [data-shortcuts-for], whose value names the page:
//   [data-key="p"]        pressed, clicked (a radio is checked, a link followed)
//                         (a text area is opened, and takes the focus)
//   [data-key-also="#id"] on such an element: what its key presses first (a reason implies a refusal)
//   [data-key-unless="…"] unless this is there already (a reason for masking does not imply a refusal)
//   [data-key-sure]       on such an element: its key only brings the focus and shows its [data-sure]; Enter acts
//   [data-key-next], [data-key-previous]   links for J and K
//   <dialog data-shortcuts-help>           opened by ? and by [data-shortcuts-open]
//   <input type="checkbox" data-shortcuts-switch>   turns all of them off, kept on this device
// Before all that, a « shortcut » event that other modules may take (moderation.js masks with M).
// Never inside a field, nor with Ctrl, Alt or Meta: WCAG 2.1.4.

const KEPT = "emglev-shortcuts";
let started = false;
let armed = null; // the button that waits for Enter, and what it does

export function start(root) {
  show(enabled());
  const toggle = root.querySelector("[data-shortcuts-switch]");
  if (toggle) {
    toggle.checked = enabled();
    toggle.onchange = () => turn(toggle.checked);
  }
  for (const opener of root.querySelectorAll("[data-shortcuts-open]")) {
    opener.hidden = false;
    opener.onclick = help;
  }
  if (started) return;
  started = true;
  document.addEventListener("keydown", pressed);
  document.addEventListener("htmx:after:swap", look);
}

function pressed(event) {
  if (!enabled() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    help();
    return;
  }
  const key = event.key.toLowerCase();
  const taken = !document.dispatchEvent(new CustomEvent("shortcut", { cancelable: true, detail: { key } }));
  const name = { j: "[data-key-next]", k: "[data-key-previous]" }[key];
  const target = taken ? null : document.querySelector(name ?? `[data-key="${CSS.escape(key)}"]`);
  if (taken || target) event.preventDefault();
  if (target) press(target);
}

function press(target) {
  const { keyAlso, keyUnless } = target.dataset;
  if (keyAlso && !(keyUnless && document.querySelector(keyUnless))) document.querySelector(keyAlso)?.click();
  if (target.dataset.keySure !== undefined) return arm(target);
  if (target.matches("textarea")) target.closest("details")?.setAttribute("open", "");
  else target.click();
  if (target.matches("input, textarea")) target.focus();
}

function arm(button) {
  armed = { button, to: button.form.action };
  sure(button, true);
  button.addEventListener("blur", () => sure(button, false), { once: true });
  button.focus();
}

function sure(button, waits) {
  const words = button.querySelector("[data-sure]");
  if (words) words.hidden = !waits;
}

// The page was drawn again under the hand: Enter never does anything but what its key said.
function look() {
  if (!armed || document.activeElement !== armed.button) return;
  if (armed.button.form?.action === armed.to) sure(armed.button, true);
  else armed.button.blur();
}

function typing(element) {
  return element.isContentEditable || (element.matches("input, textarea, select") && !element.matches("[type=radio], [type=checkbox]"));
}

function help() {
  const dialog = document.querySelector("dialog[data-shortcuts-help]");
  dialog?.showModal();
  dialog?.scrollTo(0, 0); // the focus is on its last button
}

function enabled() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function turn(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // kept for this page only
  }
  show(on);
}

function show(on) {
  document.querySelector("[data-shortcuts-for]")?.setAttribute("data-shortcuts", on ? "on" : "off");
}
