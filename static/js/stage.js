// Makes the stage of the room, the same for everybody, one person's: the order of options, the mark of the collège, and
// the ballot as this phone knows it (being filled, on its way, recorded, refused). Nothing is asked of the server.

import { counted, prepare } from "./ballot.js";

// FNV-1a, 32 bits, as app/workshops/queries/options.py: each seat has its order, always the same.
function drawn(text) {
  let found = 2166136261;
  for (const letter of text) found = Math.imul(found ^ letter.charCodeAt(0), 16777619) >>> 0;
  return found;
}

// me: {seat, place, step}; acts: {send, changed, edit, keep}.
export function dress(section, me, entry, acts) {
  for (const slot of section.querySelectorAll("[data-mine]")) {
    slot.replaceWith(document.getElementById("my_mark").content.cloneNode(true));
  }
  for (const list of section.querySelectorAll("[data-shuffle]")) {
    const key = (row) => drawn(`${me.seat}-${me.step}-${row.dataset.option}`);
    const rows = [...list.children].sort((a, b) => key(a) - key(b) || a.dataset.option - b.dataset.option);
    if (rows.some((row, place) => row !== list.children[place])) list.append(...rows);
  }
  for (const field of section.querySelectorAll("input[name=place]")) field.value = me.place;
  for (const link of section.querySelectorAll("a[data-here]")) {
    if (me.place !== "1") link.search = `?personne=${me.place}`;
  }
  const form = section.querySelector("form[data-ballot]");
  if (form) prepare(form, { choices: entry.draft ?? entry.pending ?? entry.recorded, ...acts });
  for (const [selector, act] of [["a[data-edit]", acts.edit], ["a[data-keep]", acts.keep]]) {
    section.querySelector(selector)?.addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
  }
  paint(section, entry);
}

// Show what is true of one's ballot now.
export function paint(section, entry) {
  const sent = entry.pending ?? entry.recorded;
  const filling = Boolean(entry.draft) || !sent;
  const open = section.hasAttribute("data-open");
  for (const part of section.querySelectorAll("[data-part]")) part.hidden = (part.dataset.part === "ballot") !== filling;
  const state = entry.pending ? "pending" : entry.recorded?.late ? "late" : entry.recorded ? "recorded" : "";
  for (const each of section.querySelectorAll("[data-sent]")) each.hidden = (open && filling) || each.dataset.sent !== state;
  const mine = section.querySelector("[data-my-vote]");
  if (mine) lines(mine, sent);
  const none = section.querySelector("[data-none-sent]");
  if (none) none.hidden = Boolean(sent || entry.refused);
  const keep = section.querySelector("[data-keep]");
  if (keep) keep.hidden = !sent;
  refusal(section, entry.refused);
}

function refusal(section, message) {
  section.querySelector(":scope > [data-refusal]")?.remove();
  if (!message) return;
  document.querySelector("main > [data-refusal]")?.remove(); // said by the page when it came, said again here
  const notice = document.createElement("div");
  notice.dataset.refusal = "";
  notice.setAttribute("role", "alert");
  notice.append(document.getElementById("refused").content.cloneNode(true));
  notice.querySelector("[data-reason]").textContent = message;
  section.prepend(notice);
}

function lines(mine, sent) {
  mine.hidden = !sent;
  const marks = sent?.marks ?? {};
  for (const row of mine.querySelectorAll("[data-line]")) {
    const mark = marks[row.dataset.line] ?? 0;
    row.hidden = !mark;
    for (const dot of row.querySelectorAll("[data-line-dot]")) dot.hidden = Number(dot.dataset.lineDot) > mark;
    for (const word of row.querySelectorAll("[data-line-grade]")) word.hidden = Number(word.dataset.lineGrade) !== mark;
    const said = row.querySelector("[data-line-count]");
    if (said && mark) said.textContent = counted(said, mark);
  }
  const given = Object.values(marks).reduce((sum, mark) => sum + mark, 0);
  mine.querySelector("[data-line-blank]").hidden = given > 0;
  const spare = mine.querySelector("[data-line-spare]");
  if (spare) {
    const left = Number(spare.dataset.lineSpare) - given;
    spare.hidden = left <= 0 || given === 0;
    if (left > 0) spare.textContent = counted(spare, left);
  }
  const words = mine.querySelector("[data-line-words]");
  if (words) {
    words.hidden = !sent?.words;
    words.textContent = sent?.words ?? "";
  }
}
