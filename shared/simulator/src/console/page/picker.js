// A search box with a list of options that the app gives while a person types:
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

import { make } from "./dom.js";
import { emoji } from "./mrkdwn.js";

/** For how long nothing more is typed before the app is asked, in milliseconds. */
const PAUSE = 150;

/**
 * Makes the box. `chosen` has the options that are chosen at first, `several` says whether there may be more than one,
 * and `most` how many. `suggest(text)` gives a promise of `{ options, problem }`. `changed` is called after a choice.
 */
export function picker({ attributes, chosen, several, most = Infinity, least, suggest, changed }) {
  const { id } = attributes;
  const list = make("ul", { id: `${id}-list`, class: "picker-list", role: "listbox", "aria-label": "Options", hidden: true });
  const status = make("p", { class: "field-hint picker-status", role: "status" });
  const input = make("input", {
    ...attributes, type: "text", role: "combobox", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  });
  const kept = make("ul", { class: "picked", "aria-label": "Chosen" });
  let picked = [...chosen];
  let offered = [];
  let active = -1;
  let asked = 0;
  let timer = 0;

  const showChosen = () => {
    if (!several) return void (input.value = picked[0] ? emoji(picked[0].text) : "");
    kept.hidden = picked.length === 0;
    kept.replaceChildren(
      ...picked.map((option, at) =>
        make(
          "li",
          {},
          make("button", { type: "button", "aria-label": `Remove ${option.text}`, onclick: () => drop(at) }, emoji(option.text), make("span", { "aria-hidden": "true" }, " ✕")),
        ),
      ),
    );
  };

  const close = () => {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const drop = (at) => {
    picked.splice(at, 1);
    showChosen();
    input.focus();
    changed();
  };

  const take = (option) => {
    if (!several) picked = [option];
    else if (!picked.some(({ value }) => value === option.value) && picked.length < most) picked.push(option);
    input.value = "";
    status.textContent = several && picked.length >= most ? `No more than ${most} can be chosen.` : "";
    showChosen();
    close();
    changed();
  };

  const choose = (at) => {
    active = (at + offered.length) % offered.length;
    const options = [...list.querySelectorAll("[role=option]")];
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  };

  const offer = (options) => {
    offered = options;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const items = options.map((option, at) =>
      make(
        "li",
        {
          id: `${id}-option-${at}`,
          role: "option",
          "aria-selected": "false",
          onclick: () => take(option),
        },
        make("span", {}, emoji(option.text)),
        option.description ? make("span", { class: "picker-note" }, emoji(option.description)) : null,
      ),
    );
    list.replaceChildren(...grouped(options, items, id));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
  };

  const search = async () => {
    const text = input.value.trim();
    if (text.length < least) {
      close();
      status.textContent = text === "" ? "" : `Type at least ${least} characters.`;
      return;
    }
    const mine = (asked += 1);
    status.textContent = "Searching…";
    const { options, problem } = await suggest(text);
    // Somebody typed on, chose something or went away, so this answer is too old.
    if (mine !== asked) return;
    offer(options);
    status.textContent = problem ? "No options came from the app." : options.length === 0 ? "Nothing was found." : `${options.length} found.`;
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  };

  // Otherwise a press on the scroll bar would take the focus away, and the list would close.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("input", soon);
  input.addEventListener("click", () => list.hidden && soon());
  input.addEventListener("blur", () => {
    close();
    status.textContent = "";
    const emptied = input.value.trim() === "" && !several && picked.length > 0;
    if (emptied) picked = [];
    // What was typed and not chosen is no value, so it does not stay.
    if (several) input.value = "";
    else showChosen();
    if (emptied) changed();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "Escape" && open) close();
    else if (event.key === "ArrowDown" && open) choose(active + 1);
    else if (event.key === "ArrowUp" && open) choose(active < 0 ? offered.length - 1 : active - 1);
    else if (event.key === "ArrowDown") search();
    // Enter takes only what is highlighted, so nobody chooses by mistake.
    else if (event.key === "Enter" && open && active >= 0) take(offered[active]);
    else if (event.key === "Enter" && open) choose(0);
    else if (event.key === "Backspace" && several && input.value === "" && picked.length > 0) drop(picked.length - 1);
    else return;
    event.preventDefault();
  });

  showChosen();
  return {
    node: make("div", { class: "picker" }, several ? kept : null, input, list, status),
    input,
    chosen: () => picked,
  };
}

/** The options under the labels of their groups, if they have such. */
function grouped(options, items, id) {
  const shown = [];
  let group = null;
  let within = null;
  options.forEach((option, at) => {
    if (!option.group) return void shown.push(items[at]);
    if (option.group !== group) {
      group = option.group;
      const label = make("span", { id: `${id}-group-${at}`, class: "picker-group" }, emoji(group));
      within = make("ul", { role: "group", "aria-labelledby": label.id });
      shown.push(make("li", { role: "presentation" }, label, within));
    }
    within.append(items[at]);
  });
  return shown;
}
