// When the server breaks (5xx, which htmx does not show) or the network is gone, says so in the messages zone.
// The words come from <template id="failure">, translated by the server.

let started = false;

export function start() {
  if (started) return;
  started = true;
  document.addEventListener("htmx:response:error", (event) => {
    if ((event.detail.ctx?.response?.status ?? 0) >= 500) say("server", event);
  });
  document.addEventListener("htmx:error", (event) => say("network", event));
}

function say(kind, event) {
  // Live parts try again by themselves: telling each failure would only alarm.
  if (event.detail.ctx?.sourceElement?.closest?.("[data-live]")) return;
  const words = document.getElementById("failure").content.querySelector(`[data-failure="${kind}"]`);
  const zone = document.getElementById("flash");
  zone.replaceChildren(...words.cloneNode(true).childNodes);
  zone.scrollIntoView({ block: "nearest" });
}
