// Countdowns on the server's clock, whatever the device's own says:
//   <p role="timer" data-countdown="end, ISO" data-now="the server's moment, ISO"><b data-countdown-clock>jusqu’à 18 h 42</b></p>
//   data-countdown-over="dépassé de"   past the end, counts up behind these words (facilitators only); else stays at 0:00
//   data-said-five, data-said-one, data-said-over   said in [data-said] five minutes and one minute before, and at the end
// Nothing else is announced: a clock that speaks every second is noise.

const MILESTONES = [[300, "saidFive"], [60, "saidOne"], [0, "saidOver"]]; // seconds
const clocks = new WeakMap(); // element → {now, skew, left}
let timer = null;

export function start() {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const known = clocks.get(element);
    if (known?.now !== element.dataset.now) {
      clocks.set(element, { now: element.dataset.now, skew: Date.parse(element.dataset.now) - Date.now(), left: known?.left });
    }
  }
  tick();
  timer ??= setInterval(tick, 250);
}

function tick() {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const clock = clocks.get(element);
    if (clock) show(element, clock);
  }
}

function show(element, clock) {
  const left = Math.ceil((Date.parse(element.dataset.countdown) - Date.now() - clock.skew) / 1000);
  if (Number.isNaN(left)) return;
  const place = element.querySelector("[data-countdown-clock]");
  const over = element.dataset.countdownOver;
  const words = element.querySelector("[data-countdown-words]");
  if (words) words.textContent = words.dataset.countdownWords;
  const text = left < 0 && over ? `${over} ${written(-left)}` : written(Math.max(0, left));
  if (place.textContent !== text) place.textContent = text;
  element.toggleAttribute("data-late", left < 0);
  for (const [seconds, words] of MILESTONES) {
    if (clock.left > seconds && left <= seconds && element.dataset[words]) say(element.dataset[words]);
  }
  clock.left = left;
}

function written(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function say(words) {
  const zone = document.querySelector("[data-said]");
  if (zone) zone.textContent = words;
}
