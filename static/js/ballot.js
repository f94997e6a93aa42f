// A ballot on a phone, <form data-ballot="step id">: each <select data-dots> becomes − and + around its gommettes, the bar
// says what is left, a dialog sums up before anything is sent, and what is chosen is kept on this phone until it is sent.
// Without script the selects, radios and checkboxes work as they are.

const KEPT = "emglev-ballot:";

export function prepare(form) {
  if (form.dataset.prepared) return;
  form.dataset.prepared = "yes";
  restore(form);
  for (const row of form.querySelectorAll("[data-vote]")) armStepper(form, row);
  form.addEventListener("change", () => changed(form));
  const check = form.querySelector("[data-check]");
  check.textContent = check.dataset.check; // without script it sends at once, and says so
  check.addEventListener("click", (event) => {
    event.preventDefault();
    sumUp(form);
  });
  const dialog = form.querySelector("dialog");
  dialog.querySelector("[data-back]").addEventListener("click", () => dialog.close());
  form.addEventListener("htmx:error", () => failed(dialog));
  form.addEventListener("htmx:response:error", (event) => refused(form, dialog, event.detail.ctx?.response?.status ?? 0));
  refresh(form);
}

// Something on it differs from what the server knows.
export function isUnsent(form) {
  return [...fields(form)].some((field) =>
    field.matches("select") ? !field.selectedOptions[0]?.defaultSelected : field.checked !== field.defaultChecked,
  );
}

// On the page that says « Enregistré », what was kept has served.
export function forget(step) {
  try {
    sessionStorage.removeItem(KEPT + step);
  } catch {
    // nothing was kept
  }
}

function fields(form) {
  return form.querySelectorAll("select[data-dots], input[name=choice]");
}

function armStepper(form, row) {
  const select = row.querySelector("select[data-dots]");
  if (!select) return;
  row.querySelector("[data-plain]").hidden = true;
  row.querySelector("[data-stepper]").hidden = false;
  for (const button of row.querySelectorAll("button[data-by]")) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      select.selectedIndex += Number(button.dataset.by);
      changed(form);
    });
  }
}

function changed(form) {
  keep(form);
  refresh(form);
}

// The option's place in its list is its number of dots: 0, 1, 2…
function placed(form) {
  return [...form.querySelectorAll("select[data-dots]")].reduce((sum, select) => sum + select.selectedIndex, 0);
}

function refresh(form) {
  const left = Number(form.dataset.total ?? 0) - placed(form);
  for (const row of form.querySelectorAll("[data-vote]")) refreshRow(row, left);
  for (const dot of form.querySelectorAll("[data-left-dot]")) {
    dot.classList.toggle("phone-bar__used", Number(dot.dataset.leftDot) > left);
  }
  const bar = form.querySelector("[data-bar]");
  const text = words(bar, form.dataset.total ? left : form.querySelectorAll("input[name=choice]:checked").length);
  if (bar.textContent !== text) bar.textContent = text;
}

function refreshRow(row, left) {
  const select = row.querySelector("select[data-dots]");
  if (!select) return;
  const n = select.selectedIndex;
  row.querySelectorAll("[data-dot]").forEach((dot, place) => (dot.hidden = place >= n));
  const said = row.querySelector("[data-placed]");
  said.textContent = words(said, n);
  disable(row.querySelector("[data-by='-1']"), n === 0);
  disable(row.querySelector("[data-by='1']"), left <= 0 || n === select.options.length - 1);
  row.querySelector(".vote__tray").classList.toggle("vote__tray--filled", n > 0);
}

function disable(button, is) {
  button.setAttribute("aria-disabled", is ? "true" : "false");
}

function words(element, n) {
  if (n < 0) return element.dataset.over.replace("{n}", -n);
  return (n === 0 ? element.dataset.none : n === 1 ? element.dataset.one : element.dataset.many).replace("{n}", n);
}

function sumUp(form) {
  const dialog = form.querySelector("dialog");
  const list = dialog.querySelector("[data-summary]");
  list.replaceChildren(...[...form.querySelectorAll("[data-vote]")].map(line).filter(Boolean));
  dialog.querySelector("[data-blank]").hidden = list.childElementCount > 0;
  const spare = dialog.querySelector("[data-spare]");
  const left = Number(form.dataset.total ?? 0) - placed(form);
  spare.hidden = left <= 0 || list.childElementCount === 0;
  spare.textContent = left > 0 ? words(spare, left) : "";
  dialog.showModal();
}

// What a row says in the summary: its title, and its gommettes.
function line(row) {
  const select = row.querySelector("select[data-dots]");
  const chosen = select ? select.selectedIndex > 0 : row.querySelector("input[name=choice]").checked;
  if (!chosen) return null;
  const item = document.createElement("li");
  item.className = "ballot-line";
  const title = document.createElement("span");
  title.textContent = row.dataset.vote;
  item.append(title);
  if (select) {
    const dots = document.createElement("span");
    dots.className = "ballot-line__dots";
    dots.append(...[...row.querySelectorAll("[data-dot]:not([hidden]), [data-placed]")].map((part) => part.cloneNode(true)));
    item.append(dots);
  }
  return item;
}

// The network is gone: everything stays, the same button sends again. Sending twice counts once.
function failed(dialog) {
  dialog.querySelector("[data-failed]").hidden = false;
  const send = dialog.querySelector("[data-send]");
  send.textContent = send.dataset.again;
  if (!dialog.open) dialog.showModal();
}

// Refusals are told on the page; a server that breaks is told as a network that is gone.
function refused(form, dialog, status) {
  if (status >= 500) failed(dialog);
  else if (form.isConnected) dialog.close();
}

function keep(form) {
  const values = [...fields(form)].filter((field) => field.matches("select") || field.checked).map((field) => field.value);
  try {
    sessionStorage.setItem(KEPT + form.dataset.ballot, JSON.stringify(values));
  } catch {
    // kept on the screen only
  }
}

// What was chosen before the page was closed; after a refusal, what the server sent back wins.
function restore(form) {
  if (form.dataset.refused) return;
  let values = null;
  try {
    values = JSON.parse(sessionStorage.getItem(KEPT + form.dataset.ballot));
  } catch {
    return;
  }
  if (!Array.isArray(values)) return;
  for (const field of fields(form)) {
    if (!field.matches("select")) field.checked = values.includes(field.value);
    else if ([...field.options].some((option) => values.includes(option.value))) {
      field.value = values.find((value) => [...field.options].some((option) => option.value === value));
    }
  }
}
