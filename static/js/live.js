// Live parts: <div data-live="/direct/moderation-3" hx-get="…" hx-trigger="live">. One stream a page; on each message,
// a `live` event on every element of the stream, so that htmx fetches it anew. The stream says only « something changed »:
// « room-3 17 », a topic and its version. An element with data-topic="room-3" does not hear the other topics.
// It is closed while the tab is hidden, and opened again (with jitter) when the tab or the network comes back; a projector
// is alone and waits for nobody.

const RETRY = [2000, 5000, 15000, 30000]; // ms
const SOON = 600; // ms, for a projector
const BEAT = 1000; // ms
const SLEPT = 3000; // ms between two beats: the machine of the projector slept, and its stream may have died unseen
const alone = document.documentElement.dataset.ecran === "projecteur";
let stream = null;
let address = null;
let since = null; // when the page was drawn: what moved before the stream opens is told at once
let failures = 0;
let timer = null;
let started = false;
let beatAt = Date.now();

export function start() {
  const element = document.querySelector("[data-live]");
  if (!element) return;
  if (element.dataset.live !== address) {
    address = element.dataset.live;
    since = element.dataset.asOf;
    close();
    if (!document.hidden) open();
  }
  if (started) return;
  started = true;
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : resume()));
  window.addEventListener("online", resume);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && resume());
  if (alone) setInterval(beat, BEAT);
}

// Nobody touches a projector that wakes, and a machine that wakes tells its pages nothing.
function beat() {
  if (Date.now() - beatAt > SLEPT && !document.hidden) resume();
  beatAt = Date.now();
}

function open() {
  if (stream || !address) return;
  stream = new EventSource(since ? `${address}${address.includes("?") ? "&" : "?"}depuis=${since}` : address);
  since = null; // later, everything is fetched when the stream opens again
  stream.addEventListener("open", () => (failures = 0));
  stream.addEventListener("message", (event) => refresh(event.data.split(" ")[0]));
  stream.addEventListener("error", retry);
}

function close() {
  clearTimeout(timer);
  timer = null;
  stream?.close();
  stream = null;
}

// Something may have happened meanwhile: fetch at once, then listen.
function resume() {
  close();
  timer = setTimeout(() => {
    refresh();
    open();
  }, alone ? 0 : Math.random() * 1500);
}

// The browser's own retry is the same for everyone; a hall of people must not come back at the same second.
function retry() {
  close();
  const wait = RETRY[Math.min(failures, RETRY.length - 1)];
  failures += 1;
  timer = setTimeout(() => {
    refresh();
    open();
  }, alone ? SOON : wait * (0.5 + Math.random()));
}

// Without a topic (the tab or the network came back), everything is fetched again.
function refresh(topic) {
  for (const element of document.querySelectorAll(`[data-live="${CSS.escape(address)}"]`)) {
    if (topic && element.dataset.topic && element.dataset.topic !== topic) continue;
    // Never under somebody's hands: what holds the focused field waits for the next message.
    if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    element.dispatchEvent(new CustomEvent("live"));
  }
}
