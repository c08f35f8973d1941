// A menu under the button that opens it. Arrow keys move in it, and Escape or Tab closes it.

import { make } from "./dom.js";
import { keepFocus } from "./focus.js";

/** Opens a menu of `items`, each `{ label, note, choose }`, under `opener`. */
export function openMenu(opener, label, items) {
  const close = () => list.hidePopover();
  const buttons = items.map(({ label: text, note, choose }) =>
    make(
      "button",
      {
        type: "button",
        role: "menuitem",
        onclick: () => {
          close();
          choose();
        },
      },
      text,
      note ? make("span", { class: "menu-note" }, note) : null,
    ),
  );
  const list = make("div", { role: "menu", popover: "auto", class: "menu", "aria-label": label }, buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") close();
    if (!step) return;
    event.preventDefault();
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  });
  list.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    list.remove();
    keepFocus();
  });
  // Everything outside of an open dialog is out of reach, so a menu of the dialog has to be inside.
  (opener.closest("dialog") ?? document.body).append(list);
  list.showPopover();
  const { left, bottom, top } = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  list.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  list.style.top = `${bottom + height + 8 > innerHeight ? Math.max(8, top - height - 4) : bottom + 4}px`;
  buttons[0].focus();
}
