// The modal that the app opened for whoever one is: fields to fill in, and what is wrong with them.

import { byId, make } from "./dom.js";
import { keepFocus } from "./focus.js";
import { emoji } from "./mrkdwn.js";

/** Sets the dialog up. `send(fields)` and `close()` return promises; `people()` gives those who can be picked. */
export function modals({ send, close, people }) {
  const dialog = byId("modal");
  const form = byId("modal-form");
  let open = null;
  // Closed here, and perhaps not there yet: it is not opened again by a state of before.
  let left = null;

  const hide = () => {
    open = null;
    dialog.close();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (byId("modal-send").hasAttribute("aria-busy")) return;
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    byId("modal-send").setAttribute("aria-busy", "true");
    send(fields).finally(() => byId("modal-send").removeAttribute("aria-busy"));
  });
  const leave = () => {
    left = open;
    hide();
    close();
  };
  byId("modal-close").addEventListener("click", leave);
  dialog.addEventListener("cancel", leave);
  dialog.addEventListener("close", keepFocus);

  /** Shows the modal as it stands, or none. What was typed stays, as long as it is the same one. */
  return (modal) => {
    if (modal && modal.id === left) return;
    if (!modal) return open === null ? undefined : hide();
    if (open !== modal.id) {
      open = modal.id;
      const { view } = modal;
      byId("modal-title").textContent = emoji(view.title.text);
      byId("modal-fields").replaceChildren(...view.blocks.filter(({ type }) => type === "input").map((input) => field(input, people())));
      byId("modal-send").textContent = view.submit?.text ?? "Submit";
      byId("modal-close").textContent = view.close?.text ?? "Close";
      if (!dialog.open) dialog.showModal();
    }
    complain(modal.errors);
  };
}

function field(input, people) {
  const { block_id: name, element } = input;
  const attributes = { id: `modal-${name}`, name, required: !input.optional, "aria-describedby": `modal-${name}-error` };
  return make(
    "div",
    { class: "field" },
    make("label", { for: attributes.id }, emoji(input.label.text), input.optional ? make("span", {}, " (optional)") : null),
    input.hint ? make("p", { class: "field-hint" }, emoji(input.hint.text)) : null,
    FIELD[element.type]?.(element, attributes, people),
    make("p", { class: "field-error", id: attributes["aria-describedby"], role: "alert", hidden: true }),
  );
}

const FIELD = {
  plain_text_input: ({ multiline, max_length, initial_value }, attributes) => {
    const made = make(multiline ? "textarea" : "input", { ...attributes, maxlength: max_length, rows: multiline ? 3 : undefined });
    made.value = initial_value ?? "";
    return made;
  },
  static_select: ({ options, initial_option }, attributes) =>
    make(
      "select",
      attributes,
      initial_option ? null : make("option", { value: "" }, "Choose…"),
      options.map(({ text, value }) => make("option", { value, selected: value === initial_option?.value }, emoji(text.text))),
    ),
  users_select: ({ initial_user }, attributes, people) =>
    make(
      "select",
      attributes,
      make("option", { value: "" }, "Choose somebody…"),
      people.map(({ id, name }) => make("option", { value: id, selected: id === initial_user }, name)),
    ),
};

function complain(errors) {
  for (const box of byId("modal-fields").querySelectorAll(".field-error")) {
    const of = box.parentElement.querySelector("[name]");
    const why = errors[of.name] ?? "";
    if (box.textContent !== why) box.textContent = why;
    box.hidden = why === "";
    // An empty value would mean that nothing is wrong.
    if (why !== "") of.setAttribute("aria-invalid", "true");
    else of.removeAttribute("aria-invalid");
  }
  const whole = byId("modal-error");
  whole.textContent = errors[""] ?? "";
  whole.hidden = whole.textContent === "";
}
