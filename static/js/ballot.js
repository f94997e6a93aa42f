// A ballot on a phone, <form data-ballot="step id" data-kind="dots|choice|grade">: each list of gommettes becomes − and +
// around them, the bar says what is left or chosen, a dialog sums up before anything is sent.
// Without script the lists, radios and checkboxes work as they are.

// send(choices): what was validated; changed(choices): what is being chosen. Choices: {kind, marks, words}.
export function prepare(form, { choices, send, changed }) {
  if (choices) fill(form, choices);
  for (const row of form.querySelectorAll("[data-vote]")) arm(form, row);
  form.addEventListener("input", () => {
    refresh(form);
    changed(read(form));
  });
  const check = form.querySelector("[data-check]");
  check.textContent = check.dataset.check; // without script it sends at once, and says so
  const dialog = form.querySelector("dialog");
  dialog.querySelector("[data-back]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!dialog.open) return sumUp(form, dialog);
    dialog.close();
    send(read(form));
  });
  refresh(form);
}

// What is on the ballot.
export function read(form) {
  const marks = {};
  for (const field of form.querySelectorAll("[data-mark]")) {
    if (!chosen(field)) continue;
    const [option, mark] = field.value.split(":");
    if (mark !== "0") marks[option] = Number(mark ?? 1);
  }
  const objects = form.querySelector("[data-objects]:checked") !== null;
  return { kind: form.dataset.kind, marks, words: (objects && form.elements.words?.value.trim()) || "" };
}

// Other choices than those on the screen.
export function refill(form, choices) {
  fill(form, choices);
  refresh(form);
}

function fill(form, { marks, words }) {
  for (const field of form.querySelectorAll("[data-mark]")) {
    const option = field.closest("[data-option]").dataset.option;
    if (field.matches("select")) field.value = `${option}:${marks[option] ?? 0}`;
    else field.checked = field.value.includes(":") ? field.value === `${option}:${marks[option] ?? 0}` : option in marks;
  }
  if (form.elements.words) form.elements.words.value = words ?? "";
}

function chosen(field) {
  return field.matches("select") ? field.selectedIndex > 0 : field.checked;
}

function arm(form, row) {
  const select = row.querySelector("select[data-mark]");
  if (!select) return;
  row.querySelector("[data-plain]").hidden = true;
  row.querySelector("[data-stepper]").hidden = false;
  for (const button of row.querySelectorAll("button[data-by]")) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      select.selectedIndex += Number(button.dataset.by);
      select.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

// The option's place in its list is its number of dots: 0, 1, 2…
function placed(form) {
  return [...form.querySelectorAll("select[data-mark]")].reduce((sum, select) => sum + select.selectedIndex, 0);
}

function refresh(form) {
  const total = Number(form.dataset.total ?? 0);
  const left = total - placed(form);
  for (const row of form.querySelectorAll("[data-vote]")) refreshRow(row, left);
  for (const dot of form.querySelectorAll("[data-left-dot]")) {
    dot.classList.toggle("phone-bar__used", Number(dot.dataset.leftDot) > left);
  }
  const bar = form.querySelector("[data-bar]");
  const text = counted(bar, total ? left : Object.keys(read(form).marks).length);
  if (bar.textContent !== text) bar.textContent = text;
}

function refreshRow(row, left) {
  const select = row.querySelector("select[data-mark]");
  if (!select) return;
  const n = select.selectedIndex;
  row.querySelectorAll("[data-dot]").forEach((dot, place) => (dot.hidden = place >= n));
  const said = row.querySelector("[data-placed]");
  said.textContent = counted(said, n);
  row.querySelector("[data-by='-1']").setAttribute("aria-disabled", String(n === 0));
  row.querySelector("[data-by='1']").setAttribute("aria-disabled", String(left <= 0 || n === select.options.length - 1));
  row.querySelector(".vote__tray").classList.toggle("vote__tray--filled", n > 0);
}

// The words that an element has for this number.
export function counted(element, n) {
  if (n < 0) return element.dataset.over.replace("{n}", -n);
  return (n === 0 && "none" in element.dataset ? element.dataset.none : n === 1 ? element.dataset.one : element.dataset.many)
    .replace("{n}", n);
}

function sumUp(form, dialog) {
  const list = dialog.querySelector("[data-summary]");
  list.replaceChildren(...[...form.querySelectorAll("[data-vote]")].map(line).filter(Boolean));
  dialog.querySelector("[data-blank]").hidden = list.childElementCount > 0;
  const spare = dialog.querySelector("[data-spare]");
  const left = Number(form.dataset.total ?? 0) - placed(form);
  spare.hidden = left <= 0 || list.childElementCount === 0;
  spare.textContent = left > 0 ? counted(spare, left) : "";
  tellUnrated(dialog.querySelector("[data-unrated]"), form.querySelectorAll("[data-vote]").length - list.childElementCount);
  const why = dialog.querySelector("[data-said-why]");
  if (why) {
    why.textContent = read(form).words;
    why.hidden = !why.textContent;
  }
  dialog.showModal();
}

// What becomes of the choices that were given no mention; element: null if the vote has no mentions.
function tellUnrated(element, n) {
  if (!element) return;
  element.hidden = n === 0;
  element.textContent = n ? counted(element, n) : "";
}

// What a row says in the summary: its title, and its gommettes or its mention.
function line(row) {
  const field = [...row.querySelectorAll("[data-mark]")].find((each) => chosen(each) && !each.value.endsWith(":0"));
  if (!field) return null;
  const item = document.createElement("li");
  item.className = "ballot-line";
  const title = document.createElement("span");
  title.textContent = row.dataset.vote;
  item.append(title);
  if (field.matches("select")) {
    const dots = document.createElement("span");
    dots.className = "ballot-line__dots";
    dots.append(...[...row.querySelectorAll("[data-dot]:not([hidden]), [data-placed]")].map((part) => part.cloneNode(true)));
    item.append(dots);
  } else if (field.dataset.said) {
    const word = document.createElement("b");
    word.textContent = field.dataset.said;
    item.append(word);
  }
  return item;
}
