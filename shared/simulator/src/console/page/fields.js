// What can be filled in on a view: a plain control for each kind of element, what is in it, and what is wrong with it
// before it is sent. The values are texts, as the server takes them; a field of several has several.

import { make } from "./dom.js";
import { emoji } from "./mrkdwn.js";
import { picker } from "./picker.js";

/** The property in which the state of a view has the value of an element. */
const SLOT = {
  plain_text_input: "value",
  number_input: "value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  checkboxes: "selected_options",
  users_select: "selected_user",
  channels_select: "selected_channel",
  conversations_select: "selected_conversation",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
};

/** The value that the state has, as a list of texts or of options. */
export function stateOf(element, state) {
  const value = state?.[SLOT[element.type]];
  const list = value === null || value === undefined ? [] : [value].flat();
  return list.map((one) => (typeof one === "object" ? { value: one.value, text: one.text.text } : { value: String(one), text: String(one) }));
}

/** Whether several controls make the field, which a label then names as a group. */
export const isGroup = ({ type }) => ["radio_buttons", "checkboxes", "multi_static_select"].includes(type);

/**
 * Makes the control of an element with these attributes. `chosen` is as `stateOf` gives it. `tools` has the people and
 * channels, `suggest(text)`, and `changed()`, which is called when a person has finished a change.
 * The result has the `node`, what gets the `focus`, and `chosen()`.
 */
export function control(element, attributes, chosen, tools) {
  return CONTROL[element.type]?.(element, attributes, chosen, tools) ?? null;
}

const single = (node) => ({
  node,
  focus: node,
  chosen: () => (node.value === "" ? [] : [{ value: node.value, text: node.value }]),
});

function typed(node, chosen, tools) {
  node.value = chosen[0]?.value ?? "";
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !tools.dispatches) return;
    event.preventDefault();
    tools.changed();
  });
  return single(node);
}

function picked(node, chosen, tools) {
  node.value = chosen[0]?.value ?? "";
  node.addEventListener("change", tools.changed);
  return single(node);
}

const option = ({ text, value }) => make("option", { value }, emoji(text.text));

function select(attributes, empty, options, chosen, tools) {
  return picked(make("select", attributes, empty === null ? null : make("option", { value: "" }, empty), options), chosen, tools);
}

/** The options of an element, each with the label of its group. */
const choices = ({ options, option_groups }) =>
  options?.map((one) => ({ ...one, group: null })) ??
  option_groups.flatMap(({ label, options: inner }) => inner.map((one) => ({ ...one, group: label.text })));

/** Boxes or buttons of which a person ticks some. */
function ticks(kind, element, attributes, chosen, tools) {
  const { id, name, ...rest } = attributes;
  const most = element.max_selected_items ?? Infinity;
  let group = null;
  const rows = choices(element).flatMap((one, at) => {
    const box = make("input", { id: `${id}-${at}`, type: kind, name, value: one.value, checked: chosen.some(({ value }) => value === one.value) });
    const note = one.description ? make("span", { class: "tick-note" }, emoji(one.description.text)) : null;
    const head = one.group !== null && one.group !== group ? make("p", { class: "tick-group" }, emoji(one.group)) : null;
    group = one.group;
    return [head, make("label", { class: "tick" }, box, make("span", {}, emoji(one.text.text), note))].filter(Boolean);
  });
  const required = kind === "radio" ? rest["aria-required"] : undefined;
  const node = make("div", { ...rest, "aria-required": required, id, class: "ticks", role: kind === "radio" ? "radiogroup" : "group" }, rows);
  const boxes = [...node.querySelectorAll("input")];
  const limit = () => {
    const full = boxes.filter(({ checked }) => checked).length >= most;
    for (const box of boxes) box.disabled = full && !box.checked;
  };
  node.addEventListener("change", () => {
    limit();
    tools.changed();
  });
  limit();
  return {
    node,
    get focus() {
      return boxes.find(({ checked }) => checked) ?? boxes[0];
    },
    chosen: () => boxes.filter(({ checked }) => checked).map(({ value }) => ({ value, text: value })),
  };
}

function external(element, attributes, chosen, tools, several) {
  const { suggest, changed } = tools;
  const made = picker({
    attributes: { ...attributes, placeholder: attributes.placeholder ?? "Type to search" },
    chosen, several, most: element.max_selected_items, least: element.min_query_length ?? 3, suggest, changed,
  });
  return { node: made.node, focus: made.input, chosen: made.chosen };
}

/** Moments are seconds since 1970; the browser's field has the time of this place. */
const toLocal = (seconds) => {
  const at = new Date(Number(seconds) * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

const CONTROL = {
  plain_text_input: ({ multiline, max_length }, attributes, chosen, tools) =>
    typed(make(multiline ? "textarea" : "input", { ...attributes, maxlength: max_length ?? 3000, rows: multiline ? 3 : undefined }), chosen, tools),
  number_input: ({ is_decimal_allowed }, attributes, chosen, tools) =>
    typed(make("input", { ...attributes, type: "text", inputmode: is_decimal_allowed ? "decimal" : "numeric", autocomplete: "off" }), chosen, tools),
  static_select: (element, { placeholder, ...attributes }, chosen, tools) => {
    const must = attributes["aria-required"] && element.initial_option;
    const groups = element.option_groups?.map(({ label, options }) => make("optgroup", { label: label.text }, options.map(option)));
    return select(attributes, must ? null : (placeholder ?? "Choose…"), groups ?? element.options.map(option), chosen, tools);
  },
  multi_static_select: (element, { placeholder, ...attributes }, chosen, tools) => ticks("checkbox", element, attributes, chosen, tools),
  external_select: (element, attributes, chosen, tools) => external(element, attributes, chosen, tools, false),
  multi_external_select: (element, attributes, chosen, tools) => external(element, attributes, chosen, tools, true),
  users_select: (_, { placeholder, ...attributes }, chosen, tools) =>
    select(attributes, placeholder ?? "Choose somebody…", tools.people().map(({ id, name }) => make("option", { value: id }, name)), chosen, tools),
  channels_select: (_, { placeholder, ...attributes }, chosen, tools) =>
    select(attributes, placeholder ?? "Choose a channel…", tools.channels().map(({ id, name }) => make("option", { value: id }, `# ${name}`)), chosen, tools),
  radio_buttons: (element, attributes, chosen, tools) => ticks("radio", element, attributes, chosen, tools),
  checkboxes: (element, attributes, chosen, tools) => ticks("checkbox", element, attributes, chosen, tools),
  datepicker: (_, attributes, chosen, tools) => picked(make("input", { ...attributes, type: "date" }), chosen, tools),
  timepicker: (_, attributes, chosen, tools) => picked(make("input", { ...attributes, type: "time" }), chosen, tools),
  datetimepicker: (_, attributes, chosen, tools) => {
    const node = make("input", { ...attributes, type: "datetime-local" });
    node.value = chosen[0] ? toLocal(chosen[0].value) : "";
    node.addEventListener("change", tools.changed);
    const seconds = () => String(Math.floor(new Date(node.value).getTime() / 1000));
    return { node, focus: node, chosen: () => (node.value === "" ? [] : [{ value: seconds(), text: node.value }]) };
  },
};
CONTROL.conversations_select = CONTROL.channels_select;

/** What is wrong with the values of a field, in words for the person, or an empty text. */
export function wrong({ element, required }, values) {
  const { type, min_length = 0, is_decimal_allowed, min_value, max_value, max_selected_items = Infinity } = element;
  if (values.length === 0) return required ? "Please fill this in." : "";
  if (values.length > max_selected_items) return `Please choose no more than ${max_selected_items}.`;
  const [value] = values;
  if (type === "plain_text_input" && [...value].length < min_length) return `Please write at least ${min_length} characters.`;
  if (type !== "number_input") return "";
  if (!/^-?\d+(\.\d+)?$/.test(value)) return is_decimal_allowed ? "Please write a number, such as 1.5." : "Please write a whole number.";
  if (!is_decimal_allowed && value.includes(".")) return "Please write a whole number.";
  if (min_value !== undefined && Number(value) < Number(min_value)) return `Please write a number that is not below ${min_value}.`;
  if (max_value !== undefined && Number(value) > Number(max_value)) return `Please write a number that is not above ${max_value}.`;
  return "";
}
