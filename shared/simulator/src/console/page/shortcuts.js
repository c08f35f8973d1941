// The app's shortcuts: a menu beside the message box, and one at each message that everybody sees.

import { make } from "./dom.js";
import { openMenu } from "./menu.js";

/** `list` has the shortcuts; `take(shortcut, message)` is called when a person chose one. */
export function shortcuts({ list, take }) {
  const of = (type) => list.filter((one) => one.type === type);
  const open = (opener, label, type, message) =>
    openMenu(opener, label, of(type).map((one) => ({ label: one.name, note: one.description, choose: () => take(one, message) })));
  const button = (label, mark, type, message) =>
    make(
      "button",
      { type: "button", class: "quiet shortcut", "aria-label": label, "aria-haspopup": "menu", "data-action": "shortcuts", onclick: (event) => open(event.currentTarget, label, type, message) },
      mark,
    );
  return {
    /** The button beside the message box, or null. */
    beside: () => (of("global").length > 0 ? button("Shortcuts", "⚡", "global", null) : null),
    /** The button at a message, or null. */
    at: (message) => (of("message").length > 0 && message.kind === "message" ? button("Shortcuts for this message", "⚡", "message", message) : null),
  };
}
