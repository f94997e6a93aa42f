// Sends ballots, and again until the server says what became of each: recorded (durable) or refused (with the reason).
// A network that is gone, a server that breaks or is too busy: it stays here, and goes again when something moves (the
// network, the page, a message of the stream) or after a while, never before the server said one may come back.
// The same ballot sent twice counts once: the server knows it by its step and its seat.

const WAITS = [1500, 4000, 10000, 20000, 40000]; // ms, each more or less half
const PATIENCE = 15000; // ms

// address: where; kept: see kept.js; told(seat, step): an entry changed.
export function outbox({ address, kept, told }) {
  let busy = false;
  let failures = 0;
  let timer = null;
  let notBefore = 0;

  async function flush() {
    clearTimeout(timer);
    if (busy) return;
    const early = notBefore - Date.now();
    if (early > 0) return void (timer = setTimeout(flush, early));
    busy = true;
    let left = false;
    for (const ballot of kept.pending()) left = !(await send(ballot)) || left;
    busy = false;
    if (left) later();
    else if (kept.pending().length) flush(); // changed while it was on its way
  }

  function later() {
    const wait = WAITS[Math.min(failures, WAITS.length - 1)] * (0.5 + Math.random());
    failures += 1;
    timer = setTimeout(flush, Math.max(wait, notBefore - Date.now()));
  }

  // Whether the server said what became of it.
  async function send(ballot) {
    let answer;
    let said;
    try {
      answer = await fetch(address, {
        method: "POST", body: body(ballot), headers: { accept: "application/json" }, keepalive: true,
        signal: AbortSignal.timeout(PATIENCE),
      });
      said = await answer.json();
    } catch {
      return false;
    }
    if (said.state === "recorded") settle(ballot, { recorded: { ...ballot.pending, late: said.late === true }, refused: null });
    else if (said.state === "refused" && answer.status < 500 && answer.status !== 429) {
      settle(ballot, { refused: said.message, draft: ballot.pending });
    } else {
      notBefore = Date.now() + 1000 * (Number(answer.headers.get("retry-after")) || 0) * (1 + Math.random() / 4);
      return false;
    }
    failures = 0;
    return true;
  }

  // What was chosen meanwhile stays to be sent.
  function settle(ballot, parts) {
    const now = kept.read(ballot.seat, ballot.step).pending;
    if (now && now.at !== ballot.pending.at) {
      if (parts.recorded) kept.write(ballot.seat, ballot.step, { recorded: parts.recorded });
      return;
    }
    kept.write(ballot.seat, ballot.step, { ...parts, pending: null });
    told(ballot.seat, ballot.step);
  }

  return flush;
}

// seat: a device may have gone to somebody else while the ballot waited.
function body({ seat, step, place, pending }) {
  const sent = new URLSearchParams({ seat, step, place, words: pending.words ?? "" });
  for (const [option, mark] of Object.entries(pending.marks)) {
    if (mark) sent.append(pending.kind, pending.kind === "choice" ? option : `${option}:${mark}`);
  }
  return sent;
}
