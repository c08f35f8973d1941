// Block Kit as elements. What a block may hold is checked where it was posted; what is unknown here is left out.

import { make } from "./dom.js";
import { openMenu } from "./menu.js";
import { emoji, mrkdwn } from "./mrkdwn.js";

/**
 * The blocks of a message or of a view. `press(button, element)` is called when a button is pressed, and
 * `control(element, block)` makes what can be filled in.
 */
export function renderBlocks(blocks, names, press, control) {
  return blocks.map((block) => RENDER[block.type]?.(block, names, press, control)).filter(Boolean);
}

const RENDER = {
  header: (block) => make("h3", { class: "b-header" }, emoji(block.text.text)),
  section: (block, names, press, control) =>
    make(
      "div",
      { class: block.accessory ? "b-section with-accessory" : "b-section" },
      make(
        "div",
        { class: "b-section-body" },
        block.text ? make("div", { class: "b-text" }, textObject(block.text, names)) : null,
        block.fields ? make("div", { class: "b-fields" }, block.fields.map((field) => fieldOf(field, names))) : null,
      ),
      block.accessory ? element(block.accessory, names, press, control, block) : null,
    ),
  context: (block, names, press) =>
    make("div", { class: "b-context" }, block.elements.map((one) => element(one, names, press))),
  actions: (block, names, press, control) =>
    make("div", { class: "b-actions" }, block.elements.map((one) => element(one, names, press, control, block))),
  divider: () => make("hr", { class: "b-divider" }),
  image: (block) => picture(block),
  rich_text: (block, names) => make("div", { class: "b-text" }, block.elements.map((part) => rich(part, names))),
};

const fieldOf = (field, names) => make("div", { class: "b-field" }, textObject(field, names));

/** A text object to nodes. */
export const textObject = (text, names) =>
  text.type === "mrkdwn" ? mrkdwn(text.text, names) : [emoji(text.text)];

function element(one, names, press, control, block) {
  if (one.type === "button") return button(one, press);
  if (one.type === "overflow") return menu(one, press);
  if (one.type === "image") return picture(one);
  if (!one.text) return control?.(one, block) ?? null;
  return make("span", {}, textObject(one, names));
}

function button(one, press) {
  const made = make(
    "button",
    {
      type: "button",
      class: "button",
      "data-style": one.style,
      "data-action": one.action_id,
      "aria-label": one.accessibility_label,
      "aria-haspopup": one.confirm ? "dialog" : undefined,
    },
    emoji(one.text.text),
  );
  made.addEventListener("click", () => press(one, made));
  return made;
}

/** A button that opens a list of choices. Each choice is pressed as `{ ...menu, chosen: value }`. */
function menu(one, press) {
  const opener = make("button", { type: "button", class: "button", "data-action": one.action_id, "aria-haspopup": "menu", "aria-label": "More actions" }, "⋯");
  const items = one.options.map(({ text, value }) => ({
    label: emoji(text.text),
    choose: () => press({ ...one, chosen: value }, opener),
  }));
  opener.addEventListener("click", () => openMenu(opener, "More actions", items));
  return opener;
}

/** The page loads nothing from elsewhere: a picture that is not the program's own is shown by its words. */
function picture(one) {
  const own = URL.canParse(one.image_url) && new URL(one.image_url).origin === location.origin;
  const shown = own ? make("img", { src: one.image_url, alt: one.alt_text }) : make("span", {}, "🖼 ", one.alt_text);
  return make("figure", { class: "b-image" }, one.title ? make("figcaption", {}, emoji(one.title.text)) : null, shown);
}

function rich(part, names) {
  const inner = () => (part.elements ?? []).map((one) => rich(one, names));
  switch (part.type) {
    case "rich_text_section":
      return make("span", {}, inner());
    case "rich_text_list":
      return make(part.style === "ordered" ? "ol" : "ul", {}, inner().map((item) => make("li", {}, item)));
    case "rich_text_preformatted":
      return make("pre", { tabindex: "0" }, inner());
    case "rich_text_quote":
      return make("blockquote", {}, inner());
    case "text":
      return styled(part.text, part.style ?? {});
    case "link":
      return make("span", {}, mrkdwn(`<${part.url}|${part.text ?? part.url}>`, names));
    case "user":
      return make("span", { class: "mention" }, "@" + names.person(part.user_id));
    case "channel":
      return make("span", { class: "mention" }, "#" + names.channel(part.channel_id));
    case "emoji":
      return emoji(`:${part.name}:`);
    default:
      return null;
  }
}

function styled(text, style) {
  let node = text;
  if (style.code) node = make("code", {}, node);
  if (style.bold) node = make("strong", {}, node);
  if (style.italic) node = make("em", {}, node);
  if (style.strike) node = make("s", {}, node);
  return node;
}

/** What a card says of itself at first sight: the first emoji in its blocks. Where that changed, the card is news. */
export function sign(blocks) {
  for (const block of blocks) {
    const text = [block.text?.text, ...(block.fields ?? []).map((field) => field.text)].join(" ");
    const found = /:[a-z][a-z0-9_+-]*:/.exec(text);
    if (found) return found[0];
  }
  return undefined;
}
