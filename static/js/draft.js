// Keeps on this device what is being typed in <form data-draft="key">, so that an expired page, a lost connection or a
// closed tab costs nothing. Given back only to empty fields; forgotten by a page that holds [data-draft-clear="key"].
//
//   <form data-draft="need-new"> … <p data-draft-note data-saved="…" data-offline="…" data-restored="…" hidden></p></form>

const PREFIX = "emglev-draft:";
const SENT = "emglev-sent:"; // sent from this tab: if the next page says it went well, the draft has served
const DELAY = 600; // ms after the last key
const SKIPPED = ["password", "hidden", "file", "submit", "button"];
const MAX_AGE = 14 * 24 * 3600 * 1000; // two weeks, for shared computers

export function start(root) {
  for (const done of root.querySelectorAll("[data-draft-clear]")) forget(done.dataset.draftClear);
  for (const form of root.querySelectorAll("form[data-draft]")) {
    if (!form.draftStarted) keep(form);
  }
}

function keep(form) {
  form.draftStarted = true;
  const key = form.dataset.draft;
  const note = form.querySelector("[data-draft-note]");
  if (wasSent(key) && document.querySelector("#flash .notice--ok")) forget(key);
  const early = [...form.elements].some((field) => field.value && field.defaultValue !== undefined && field.value !== field.defaultValue);
  if (restore(form, read(key))) say(note, "restored");
  if (early && !form.querySelector("[aria-invalid]")) save(form, key, note); // typed before this script arrived
  form.addEventListener("submit", () => markSent(key));
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(form, key, note), DELAY);
  });
  // The page may go at any moment on a phone: what is on screen is kept at once.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer && form.isConnected) write(key, fields(form));
  });
  window.addEventListener("offline", () => save(form, key, note));
  window.addEventListener("online", () => note && say(note, "saved"));
}

// A browser that may keep nothing forgets nothing either.
function markSent(key) {
  try {
    sessionStorage.setItem(SENT + key, "1");
  } catch {
    return;
  }
}

function wasSent(key) {
  try {
    const sent = sessionStorage.getItem(SENT + key) !== null;
    sessionStorage.removeItem(SENT + key);
    return sent;
  } catch {
    return false;
  }
}

function save(form, key, note) {
  if (!form.isConnected) return;
  if (write(key, fields(form))) say(note, navigator.onLine ? "saved" : "offline");
}

function fields(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || SKIPPED.includes(field.type)) continue;
    const chosen = field.type === "radio" || field.type === "checkbox";
    if (chosen && !field.checked) continue;
    (values[field.name] ??= []).push(field.value);
  }
  return values;
}

// True when something came back. What the server sent (after a refusal) wins over the draft.
function restore(form, values) {
  if (!values) return false;
  let given = false;
  for (const field of form.elements) {
    const kept = values[field.name];
    if (!kept || SKIPPED.includes(field.type)) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      const group = [...form.elements].filter((other) => other.name === field.name);
      if (group.some((other) => other.defaultChecked) || field.checked || !kept.includes(field.value)) continue;
      field.checked = true;
    } else if (field.value === "" && kept[rank(form, field)]) {
      field.value = kept[rank(form, field)];
    } else {
      continue;
    }
    given = true;
  }
  return given;
}

// Several fields may share a name (the lines of a financing plan): each finds its own words again.
function rank(form, field) {
  return [...form.elements].filter((other) => other.name === field.name && !SKIPPED.includes(other.type)).indexOf(field);
}

function say(note, what) {
  if (!note?.dataset[what]) return;
  note.hidden = false;
  note.classList.toggle("draft-note--offline", what === "offline");
  note.textContent = note.dataset[what];
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + key));
    return kept && Date.now() - kept.at < MAX_AGE ? kept.values : null;
  } catch {
    return null; // private browsing, or something that we did not write
  }
}

function write(key, values) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values }));
    return true;
  } catch {
    return false;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // nothing was kept
  }
}
