// The modal that the app opened for whoever one is: what there is to read and to fill in, and what is wrong with it.

import { byId } from "./dom.js";
import { keepFocus } from "./focus.js";
import { emoji } from "./mrkdwn.js";
import { viewPanel } from "./view.js";

/** Sets the dialog up. `send(fields)` and `close()` return promises; `tools` is as for `viewPanel`. */
export function modals({ send, close, tools }) {
  const dialog = byId("modal");
  const form = byId("modal-form");
  const panel = viewPanel(byId("modal-fields"), tools);
  let open = null;
  let hash = null;
  // The errors that the app gave last. They are shown once, because errors that the page found itself must stay when
  // something else changes.
  let said = null;
  // The modal that was closed here last. The program may not know yet, so an older state must not open it again.
  let left = null;

  const hide = () => {
    open = null;
    hash = null;
    panel.reset();
    dialog.close();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = byId("modal-send");
    if (button.hidden || button.hasAttribute("aria-busy")) return;
    const problems = panel.problems();
    // If the same problem is found again, its field gets the focus again.
    panel.complain({});
    panel.complain(problems);
    if (Object.keys(problems).length > 0) return;
    said = null;
    button.setAttribute("aria-busy", "true");
    send(panel.values()).finally(() => button.removeAttribute("aria-busy"));
  });
  const leave = () => {
    left = open;
    hide();
    close();
  };
  byId("modal-close").addEventListener("click", leave);
  dialog.addEventListener("cancel", (event) => {
    if (event.target === dialog) leave();
  });
  dialog.addEventListener("close", keepFocus);

  function head({ title, submit, close: leaving }) {
    byId("modal-title").textContent = emoji(title.text);
    byId("modal-send").hidden = !submit;
    byId("modal-send").textContent = emoji(submit?.text ?? "Submit");
    byId("modal-close").textContent = emoji(leaving?.text ?? "Close");
  }

  /** Shows the modal as it stands, or none. What was filled in stays, as long as it is the same one. */
  return (modal) => {
    if (modal && modal.id === left) return;
    if (!modal) return open === null ? undefined : hide();
    const fresh = open !== modal.id;
    if (fresh) panel.reset();
    const before = panel.first();
    if (fresh || hash !== modal.hash) {
      head(modal.view);
      panel.draw(modal);
    }
    [open, hash] = [modal.id, modal.hash];
    if (!dialog.open) dialog.showModal();
    // A form that comes after a page without fields begins at its first field, too.
    const lost = !dialog.contains(document.activeElement) || document.activeElement === dialog;
    if (fresh || lost || (!before && document.activeElement === byId("modal-close"))) (panel.first() ?? byId("modal-close")).focus();
    if (said !== JSON.stringify(modal.errors)) panel.complain(modal.errors);
    said = JSON.stringify(modal.errors);
    const whole = byId("modal-error");
    whole.textContent = modal.errors[""] ?? "";
    whole.hidden = whole.textContent === "";
  };
}
