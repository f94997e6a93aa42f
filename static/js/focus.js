// After htmx replaced the part that held the focus, gives it to the heading of the new results or to the summary of
// errors (the first [data-focus] of the part); a whole page that comes back with errors starts at their summary.
// Live parts, which come by themselves, never take the focus.

let started = false;

export function start() {
  if (started) return;
  started = true;
  document.querySelector(".error-summary")?.focus();
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx?.sourceElement?.closest?.("[data-live]")) return;
    const target = part(ctx);
    const heading = target?.matches("[data-focus]") ? target : target?.querySelector("[data-focus]");
    if (!heading) return;
    if (!heading.hasAttribute("tabindex")) heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: inView(heading) });
  });
}

// The target itself when its content was replaced; what now has its id when it was replaced whole.
function part(ctx) {
  const target = typeof ctx?.target === "string" ? document.querySelector(ctx.target) : ctx?.target;
  if (!target) return null;
  return target.isConnected ? target : target.id ? document.getElementById(target.id) : null;
}

function inView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
}
