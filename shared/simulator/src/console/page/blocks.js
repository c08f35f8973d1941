// Block Kit as elements. What a block may hold is checked where it was posted; what is unknown here is left out.

import { make } from "./dom.js";
import { keepFocus } from "./focus.js";
import { emoji, mrkdwn } from "./mrkdwn.js";

/** A message's blocks. `press(button, element)` is called when a button is pressed. */
export function renderBlocks(blocks, names, press) {
  return blocks.map((block) => RENDER[block.type]?.(block, names, press)).filter(Boolean);
}

const RENDER = {
  header: (block) => make("h3", { class: "b-header" }, emoji(block.text.text)),
  section: (block, names, press) =>
    make(
      "div",
      { class: block.accessory ? "b-section with-accessory" : "b-section" },
      make(
        "div",
        { class: "b-section-body" },
        block.text ? make("div", { class: "b-text" }, textObject(block.text, names)) : null,
        block.fields ? make("div", { class: "b-fields" }, block.fields.map((field) => fieldOf(field, names))) : null,
      ),
      block.accessory ? element(block.accessory, names, press) : null,
    ),
  context: (block, names, press) =>
    make("div", { class: "b-context" }, block.elements.map((one) => element(one, names, press))),
  actions: (block, names, press) =>
    make("div", { class: "b-actions" }, block.elements.map((one) => element(one, names, press))),
  divider: () => make("hr", { class: "b-divider" }),
  image: (block) => picture(block),
  rich_text: (block, names) => make("div", { class: "b-text" }, block.elements.map((part) => rich(part, names))),
};

const fieldOf = (field, names) => make("div", { class: "b-field" }, textObject(field, names));

/** A text object to nodes. */
export const textObject = (text, names) =>
  text.type === "mrkdwn" ? mrkdwn(text.text, names) : [emoji(text.text)];

function element(one, names, press) {
  if (one.type === "button") return button(one, press);
  if (one.type === "overflow") return menu(one, press);
  if (one.type === "image") return picture(one);
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

/** A button that opens a list of choices, each pressed as `{ ...menu, chosen: value }`. */
function menu(one, press) {
  const opener = make("button", { type: "button", class: "button", "data-action": one.action_id, "aria-haspopup": "menu", "aria-label": "More actions" }, "⋯");
  opener.addEventListener("click", () => {
    const close = () => list.hidePopover();
    const choose = ({ value }) => {
      close();
      press({ ...one, chosen: value }, opener);
    };
    const items = one.options.map((option) =>
      make("button", { type: "button", role: "menuitem", onclick: () => choose(option) }, emoji(option.text.text)),
    );
    const list = make("div", { role: "menu", popover: "auto", class: "menu", "aria-label": "More actions" }, items);
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Tab") close();
      if (!step) return;
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    });
    list.addEventListener("toggle", ({ newState }) => {
      if (newState !== "closed") return;
      list.remove();
      keepFocus();
    });
    document.body.append(list);
    list.showPopover();
    const { left, bottom, top } = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = list;
    list.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    list.style.top = `${bottom + height + 8 > innerHeight ? Math.max(8, top - height - 4) : bottom + 4}px`;
    items[0].focus();
  });
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
