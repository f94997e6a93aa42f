// Shows <button data-print hidden> and prints the page: without script the browser's own menu does it.

export function start(root) {
  for (const button of root.querySelectorAll("[data-print][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
