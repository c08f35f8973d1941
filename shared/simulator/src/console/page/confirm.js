// The question before something is done that cannot be undone.

import { textObject } from "./blocks.js";
import { byId } from "./dom.js";
import { keepFocus } from "./focus.js";
import { emoji } from "./mrkdwn.js";

/** Asks, and resolves to whether it was confirmed. */
export function confirmed({ title, text, confirm, deny, style }, names) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = emoji(title.text);
  byId("confirm-text").replaceChildren(...textObject(text, names));
  byId("confirm-yes").textContent = confirm?.text ?? "Yes";
  byId("confirm-yes").dataset.style = style ?? "primary";
  byId("confirm-deny").textContent = deny?.text ?? "No";
  dialog.showModal();
  dialog.onclose = keepFocus;
  // Not `close`: it comes late enough to be taken for the answer to the next question.
  return new Promise((resolve) => {
    dialog.oncancel = () => resolve(false);
    dialog.onsubmit = (event) => resolve(event.submitter?.value === "confirm");
  });
}
