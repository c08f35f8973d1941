// The blocks of a modal or of a Home tab, with what a person fills in. When the app changes the view, only the blocks
// that changed are drawn again, and what was filled in stays wherever block and action keep their ids.

import { renderBlocks } from "./blocks.js";
import { make } from "./dom.js";
import { control, isGroup, stateOf, wrong } from "./fields.js";
import { emoji } from "./mrkdwn.js";

let count = 0;

/**
 * Draws views into `body`. `tools` has `names`, `people()`, `channels()`, `act(fields, name, values, element)`,
 * `suggest(fields, name, text)` and `confirmed(question)`.
 */
export function viewPanel(body, tools) {
  let shown = new Map();
  let complaints = "";

  const fields = () => [...shown.values()].flatMap(({ fields: inner }) => inner);
  const values = () => Object.fromEntries(fields().map((field) => [field.name, field.chosen().map(({ value }) => value)]));

  async function act(element, name, chosen, node) {
    if (element.url) window.open(element.url, "_blank", "noopener,noreferrer");
    if (element.confirm && !(await tools.confirmed(element.confirm))) return;
    node?.setAttribute("aria-busy", "true");
    await tools.act(values(), name, chosen);
    node?.removeAttribute("aria-busy");
  }

  function makeField(element, block, state, before, labelled) {
    const input = block.type === "input";
    const id = `field-${(count += 1)}`;
    const described = input ? [block.hint ? `${id}-hint` : null, `${id}-error`].filter(Boolean).join(" ") : undefined;
    const attributes = {
      id, "data-action": element.action_id, placeholder: element.placeholder?.text, "aria-describedby": described,
      "aria-required": input && !block.optional ? "true" : undefined, ...labelled(id),
    };
    if (isGroup(element)) attributes.name = id;
    const dispatches = !input || Boolean(block.dispatch_action);
    const field = { id, element, block: block.block_id, name: input ? block.block_id : element.action_id, required: input && !block.optional };
    const old = before.get(`${block.block_id} ${element.action_id} ${element.type}`);
    const made = control(element, attributes, old ?? stateOf(element, state?.[block.block_id]?.[element.action_id]), {
      people: tools.people,
      channels: tools.channels,
      dispatches,
      suggest: (text) => tools.suggest(values(), field.name, text),
      changed: () => dispatches && act(element, field.name, made.chosen().map(({ value }) => value), null),
    });
    return made && Object.assign(made, field);
  }

  function build(block, state, before) {
    const made = [];
    if (block.type === "input") {
      const { element } = block;
      const group = isGroup(element);
      const field = makeField(element, block, state, before, (id) => (group ? { "aria-labelledby": `${id}-label` } : {}));
      if (!field) return { node: make("div"), fields: [] };
      made.push(field);
      const words = [emoji(block.label.text), block.optional ? make("span", {}, " (optional)") : make("span", { class: "must", "aria-hidden": "true" }, " *")];
      const node = make(
        "div",
        { class: "field" },
        group ? make("p", { id: `${field.id}-label`, class: "label" }, words) : make("label", { for: field.id }, words),
        block.hint ? make("p", { id: `${field.id}-hint`, class: "field-hint" }, emoji(block.hint.text)) : null,
        field.node,
        make("p", { class: "field-error", id: `${field.id}-error`, hidden: true }),
      );
      return { node, fields: made };
    }
    const label = (element) => element.placeholder?.text ?? block.text?.text ?? "Choice";
    const [node] = renderBlocks([block], tools.names, (button, element) => act(button, button.action_id, button.chosen === undefined ? [] : [button.chosen], element), (element) => {
      const field = makeField(element, block, state, before, () => ({ "aria-label": label(element) }));
      if (!field) return null;
      made.push(field);
      return make("div", { class: "field inline" }, field.node);
    });
    return { node: node ?? make("div", { hidden: true }), fields: made };
  }

  /** Shows the view as it stands. */
  function draw({ view, values: state, errors }) {
    const before = new Map(fields().map((field) => [`${field.block} ${field.element.action_id} ${field.element.type}`, field.chosen()]));
    const focused = body.contains(document.activeElement) ? document.activeElement.closest("[data-action]")?.dataset.action : undefined;
    const next = new Map();
    let place = body.firstElementChild;
    for (const block of view.blocks) {
      const print = JSON.stringify(block);
      const old = shown.get(block.block_id);
      const item = old?.print === print ? old : { ...build(block, state, before), print };
      next.set(block.block_id, item);
      if (item.node === place) place = place.nextElementSibling;
      else body.insertBefore(item.node, place);
    }
    for (const [id, { node }] of shown) if (next.get(id)?.node !== node) node.remove();
    shown = next;
    if (focused && !body.contains(document.activeElement)) focusAction(focused);
    complaints = "";
    complain(errors);
  }

  function focusAction(action) {
    const field = fields().find(({ element }) => element.action_id === action);
    const target = field?.focus ?? body.querySelector(`[data-action="${CSS.escape(action)}"]`);
    target?.focus({ preventScroll: true });
  }

  /** Shows what is wrong with the fields, by block. The first of them gets the focus when it was not shown before. */
  function complain(errors) {
    const news = JSON.stringify(errors);
    if (news === complaints) return;
    complaints = news;
    let first = null;
    for (const field of fields()) {
      const box = body.querySelector(`#${field.id}-error`);
      if (!box) continue;
      const why = errors[field.block] ?? "";
      box.textContent = why;
      box.hidden = why === "";
      // An empty value would mean that nothing is wrong.
      for (const target of new Set([field.node, field.focus])) {
        if (why === "") target.removeAttribute("aria-invalid");
        else target.setAttribute("aria-invalid", "true");
      }
      if (why !== "") first ??= field;
    }
    first?.focus.focus();
  }

  return {
    draw,
    values,
    complain,
    /** What is wrong with the fields before they are sent, by block. */
    problems: () => {
      const found = fields().map((field) => [field.block, wrong(field, field.chosen().map(({ value }) => value))]);
      return Object.fromEntries(found.filter(([, why]) => why !== ""));
    },
    /** The field that should have the focus at first, if there is one. */
    first: () => (fields().find(({ element }) => element.focus_on_load) ?? fields()[0])?.focus,
    /** Forgets everything, because another view comes. */
    reset: () => {
      shown = new Map();
      complaints = "";
      body.replaceChildren();
    },
  };
}
