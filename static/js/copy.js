// Shows the copy button of <div data-copy="text"> where the browser can copy, and says when it is done.

export function start(root) {
  if (!navigator.clipboard) return;
  for (const box of root.querySelectorAll("[data-copy]")) {
    const button = box.querySelector("[data-copy-button]");
    if (!button || !button.hidden) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(box.dataset.copy);
        box.querySelector("[data-copy-said]").textContent = button.dataset.copied;
      } catch {
        window.getSelection().selectAllChildren(box.querySelector("code"));
      }
    });
  }
}
