// What this phone keeps of its ballots, until the room closes: one entry a workshop, a seat and a step.
//   {place, draft, pending, recorded, refused}: choices being made, sent but not yet known to be recorded, recorded, and
//   why the last was refused. Each but the last is {marks: {option: number}, words}. Without storage, kept by this page.

const PREFIX = "emglev-room:";
const page = new Map();
let left = false; // the device is given back: this page keeps nothing more, whatever it still hears

export function keeper(workshop) {
  const start = `${PREFIX}${workshop}:`;
  const name = (seat, step) => `${start}${seat}:${step}`;
  const read = (seat, step) => parsed(get(name(seat, step)));
  return {
    read,
    // Change some parts of an entry; an entry without anything is forgotten.
    write(seat, step, parts) {
      const entry = { ...read(seat, step), ...parts };
      const empty = !entry.draft && !entry.pending && !entry.recorded && !entry.refused;
      set(name(seat, step), empty ? null : JSON.stringify(entry));
    },
    // Every ballot that waits to be sent, whoever of this phone it is from.
    pending() {
      return names(start).map((key) => ({ key, entry: parsed(get(key)) })).filter(({ entry }) => entry.pending)
        .map(({ key, entry }) => {
          const [seat, step] = key.slice(start.length).split(":");
          return { seat, step, ...entry };
        });
    },
    // The room is closed.
    forget() {
      for (const key of names(start)) set(key, null);
    },
    // The device is given back: nor the cards of whoever had it (cards.js).
    leave() {
      for (const key of [...names(start), ...names(`emglev-cards-${workshop}-`)]) set(key, null);
      left = true;
    },
    left: () => left,
  };
}

function parsed(text) {
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function names(start) {
  let kept = [];
  try {
    kept = Object.keys(localStorage);
  } catch {
    // this page only
  }
  return [...new Set([...kept, ...page.keys()])].filter((key) => key.startsWith(start));
}

export function get(key) {
  if (page.has(key)) return page.get(key);
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function set(key, text) {
  if (left) return;
  page.delete(key);
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    if (text !== null) page.set(key, text);
  }
}
