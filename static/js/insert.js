// Shows the buttons [data-insert="text"] inside [data-insert-into="id of a field"]: each writes its text where one was
// typing in that field.

export function start(root) {
  for (const box of root.querySelectorAll("[data-insert-into]")) {
    const field = document.getElementById(box.dataset.insertInto);
    if (!field) continue;
    for (const button of box.querySelectorAll("button[data-insert][hidden]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const at = field.selectionStart;
        const space = at > 0 && !/\s/.test(field.value[at - 1]) ? " " : "";
        field.focus();
        field.setRangeText(space + button.dataset.insert, at, field.selectionEnd, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  }
}
