// Focus is never lost. Messages, lists and chips are drawn again whenever something changed, dialogs and menus close:
// what had the focus may be gone by then, and somebody without a mouse would have to begin at the top of the page.
// So it is remembered where the focus was, in words that are still good after drawing again, and the same place or
// the nearest to it takes it.

import { byId } from "./dom.js";

/** Whether focusing the message box brings no keyboard up that covers what there is to read. */
export const hasKeyboard = () => matchMedia("(pointer: fine)").matches;

let last = null;

const gone = (element) => !element.isConnected || !element.checkVisibility({ visibilityProperty: true });

function describe(element) {
  const item = element.closest("[data-key]");
  return {
    element,
    list: item?.parentElement.id,
    key: item?.dataset.key,
    action: element.dataset.action,
    channel: element.dataset.channel,
    line: element.dataset.line,
  };
}

const named = (within, name, value) =>
  value === undefined ? null : within?.querySelector(`[data-${name}="${CSS.escape(value)}"]`);

function nearest({ element, list, key, action, channel, line }) {
  if (!gone(element)) return element;
  const item = list && named(byId(list), "key", key);
  const all = [named(item, "action", action), item, named(document, "channel", channel), named(byId("chips"), "line", line)];
  const rest = [hasKeyboard() ? byId("line") : byId("scroll"), byId("home")];
  return [...all, ...rest].find((one) => one && !gone(one)) ?? document.body;
}

/** Puts the focus back where it was or near, if what had it is gone. */
export function keepFocus() {
  if (!last || document.querySelector("dialog[open], [popover]")) return;
  const active = document.activeElement;
  if (active && active !== document.body && !gone(active)) return;
  nearest(last).focus({ preventScroll: true });
}

document.addEventListener("focusin", ({ target }) => {
  if (!target.closest("dialog, [popover]")) last = describe(target);
});
document.addEventListener("focusout", ({ target }) => {
  setTimeout(() => {
    if (document.activeElement !== document.body || target.closest("dialog, [popover]")) return;
    // Somebody clicked beside everything: that is where they want to be.
    if (!gone(target)) last = null;
    else keepFocus();
  });
});
