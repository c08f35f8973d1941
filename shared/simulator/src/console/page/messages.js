// Lists of messages that change in place: only what changed is drawn again, so that focus and reading stay put.

import { renderBlocks, sign } from "./blocks.js";
import { initials, make, tone } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/**
 * Makes `list` show `messages`; `tools` is { names, press, openThread, shortcut }, `thread` hides the link to the thread.
 * Returns what is worth reading out: new messages, and cards whose sign changed, but not every step of a progress.
 */
export function draw(list, messages, tools, thread = false) {
  const news = [];
  const shown = new Map([...list.children].map((item) => [item.dataset.key, item]));
  let previous = null;
  let place = list.firstElementChild;
  for (const message of messages) {
    const key = `${message.kind} ${message.ts}`;
    const follows = groups(previous, message);
    const print = JSON.stringify([message, follows, tools.names.stamp]);
    let item = shown.get(key);
    shown.delete(key);
    if (!item) {
      item = make("li", { "data-key": key });
      fill(item, message, follows, tools, thread);
    } else if (item.print !== print) {
      refill(item, () => fill(item, message, follows, tools, thread));
    }
    const said = sign(message.blocks);
    if (item.print === undefined || item.said !== said) news.push(`${tools.names.person(message.user)}: ${message.plain}`);
    item.said = said;
    item.print = print;
    if (item === place) place = place.nextElementSibling;
    else list.insertBefore(item, place);
    previous = message;
  }
  for (const item of shown.values()) item.remove();
  return news;
}

/** A person's second line within a few minutes needs no second head. */
function groups(previous, message) {
  if (!previous || previous.user !== message.user || previous.kind !== message.kind) return false;
  return !message.edited && message.blocks.length === 0 && previous.blocks.length === 0 && message.ts - previous.ts < 180;
}

/** Draws again without losing the focus of someone who is about to press a button. */
function refill(item, again) {
  const focused = item.contains(document.activeElement) ? document.activeElement : null;
  const action = focused?.dataset.action;
  again();
  if (!focused) return;
  const same = action ? item.querySelector(`[data-action="${CSS.escape(action)}"]`) : item.querySelector("button");
  (same ?? item).focus({ preventScroll: true });
}

function fill(item, message, follows, tools, thread) {
  const { names } = tools;
  const at = new Date(Number(message.ts) * 1000);
  const typed = message.kind === "typed";
  const card = message.blocks.length > 0;
  const name = names.person(message.user);
  item.className = `message ${message.kind}${follows ? " follows" : ""}`;
  item.tabIndex = -1;
  const body = typed
    ? make("div", { class: "m-typed" }, make("code", {}, ...mentions(message.text, names)))
    : card
      ? make("div", { class: "card" }, renderBlocks(message.blocks, names, (button, element) => tools.press(message, button, element)))
      : make("div", { class: "m-text" }, mrkdwn(message.text, names));
  item.replaceChildren(
    make("span", { class: "face", "data-tone": names.isApp(message.user) ? "app" : tone(message.user), "aria-hidden": "true" }, names.isApp(message.user) ? "" : initials(name)),
    make(
      "div",
      { class: "m-main" },
      make(
        "div",
        { class: "m-head" },
        make("span", { class: "m-name" }, name),
        names.isApp(message.user) ? make("span", { class: "m-app" }, "app") : null,
        make("time", { class: "m-time", datetime: at.toISOString(), title: at.toLocaleString() }, clock.format(at)),
        message.edited ? make("span", { class: "m-edited" }, "edited") : null,
        message.kind !== "message" ? make("span", { class: "m-only" }, "Only visible to you") : null,
      ),
      body,
      !thread && message.replies && (message.replies.length > 0 || names.isApp(message.user)) ? threadLink(message, tools) : null,
    ),
    tools.shortcut(message) ?? "",
  );
}

/** A command is shown as it was typed, but for the names. */
function mentions(text, names) {
  return text.split(/(<[@#][^>]+>)/).map((part) => {
    const found = /^<([@#])([^|>]+)/.exec(part);
    if (!found) return part;
    return found[1] === "@" ? "@" + names.person(found[2]) : "#" + names.channel(found[2]);
  });
}

function threadLink(message, tools) {
  const count = message.replies.length;
  const last = count > 0 ? `last at ${clock.format(new Date(Number(message.replies[count - 1].ts) * 1000))}` : "";
  return make(
    "button",
    { type: "button", class: "m-thread", "data-action": "open thread", onclick: (event) => tools.openThread(message.ts, event.currentTarget) },
    make("strong", {}, count === 0 ? "Reply" : count === 1 ? "1 reply" : `${count} replies`),
    make("span", {}, last),
  );
}
