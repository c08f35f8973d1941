// Slack's markup as elements: https://docs.slack.dev/messaging/formatting-message-text
// The same rules, as plain text, are in mrkdwn.rs. Text becomes text nodes; addresses become links only if they are
// of the web.

import { make, webAddress } from "./dom.js";

let pictures = new Map();

/** The table of emoji that terminals use too. */
export async function loadEmoji() {
  const answer = await fetch("/console/emoji.txt");
  const lines = answer.ok ? (await answer.text()).trim().split("\n") : [];
  pictures = new Map(lines.map((line) => line.split(" ")));
}

const entities = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Shortcodes to pictures, in text that is otherwise plain. */
export const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (code, name) => pictures.get(name) ?? code);

/** Markup to a list of nodes. `names` says how people and channels are called. */
export function mrkdwn(text, names) {
  return text.split("```").flatMap((part, i) => {
    if (i % 2 === 1) return [make("pre", { tabindex: "0" }, entities(part.replace(/^\n+|\n+$/g, "")))];
    // A line break beside a block of its own would show as an empty line.
    const trimmed = part.replace(i > 0 ? /^\n/ : /^$/, "");
    return quoted(trimmed, names);
  });
}

function quoted(text, names) {
  const nodes = [];
  let quote = [];
  const flush = () => {
    if (quote.length > 0) nodes.push(make("blockquote", {}, lines(quote, names)));
    quote = [];
  };
  let plain = [];
  const flushPlain = () => {
    if (plain.length > 0) nodes.push(...lines(plain, names));
    plain = [];
  };
  for (const line of text.split("\n")) {
    const mark = /^(?:&gt;|>) ?/.exec(line);
    if (mark) {
      flushPlain();
      quote.push(line.slice(mark[0].length));
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  flushPlain();
  return nodes;
}

const lines = (list, names) =>
  list.flatMap((line, i) => [...(i > 0 ? [make("br")] : []), ...inline(line, names)]);

function inline(line, names) {
  return line.split("`").flatMap((piece, i, all) => {
    const closed = i % 2 === 1 && i < all.length - 1;
    if (closed) return [make("code", {}, entities(piece))];
    return marked(i % 2 === 1 ? "`" + piece : piece, names);
  });
}

const MARKS = { "*": "strong", _: "em", "~": "s" };

/** Bold, italic, struck: around words only, as Slack does. */
function marked(text, names) {
  const found = /(?<![\p{L}\p{N}])([*_~])(?=[^\s*_~]|[*_~][^\s])((?:(?!\1).)*?[^\s])\1(?![\p{L}\p{N}])/u.exec(text);
  // A mark within <…> belongs to an address.
  const angle = /<[^<>]+>/.exec(text);
  if (angle && (!found || angle.index < found.index)) {
    const before = text.slice(0, angle.index);
    const after = text.slice(angle.index + angle[0].length);
    return [...words(before), bracket(angle[0].slice(1, -1), names), ...marked(after, names)];
  }
  if (!found) return words(text);
  const [whole, mark, inside] = found;
  return [
    ...words(text.slice(0, found.index)),
    make(MARKS[mark], {}, marked(inside, names)),
    ...marked(text.slice(found.index + whole.length), names),
  ];
}

const words = (text) => (text === "" ? [] : [emoji(entities(text))]);

function bracket(inside, names) {
  const bar = inside.indexOf("|");
  const what = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : inside.slice(bar + 1);
  if (what.startsWith("@")) return make("span", { class: "mention" }, "@" + names.person(what.slice(1), label));
  if (what.startsWith("#")) return make("span", { class: "mention" }, "#" + (label ?? names.channel(what.slice(1))));
  if (what.startsWith("!date^")) return date(what, label);
  if (what.startsWith("!")) return make("span", { class: "mention loud" }, label ?? "@" + what.slice(1));
  const address = webAddress(entities(what));
  const shown = emoji(entities(label ?? what));
  const own = address === null ? null : names.message?.(address);
  if (own) return make("a", { href: own }, shown);
  return address === null ? shown : make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown);
}

/** <!date^seconds^format|fallback>, in the reader's own time. */
function date(what, fallback) {
  const [, seconds, format = "", link] = what.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return fallback ?? "";
  const show = (options) => new Intl.DateTimeFormat(undefined, options).format(at);
  const forms = {
    date_num: () => at.toISOString().slice(0, 10),
    date: () => show({ dateStyle: "long" }),
    date_pretty: () => show({ dateStyle: "long" }),
    date_short: () => show({ dateStyle: "medium" }),
    date_short_pretty: () => show({ dateStyle: "medium" }),
    date_long: () => show({ dateStyle: "full" }),
    date_long_pretty: () => show({ dateStyle: "full" }),
    time: () => show({ timeStyle: "short" }),
    time_secs: () => show({ timeStyle: "medium" }),
    ago: () => ago(at),
  };
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => forms[name]?.() ?? whole);
  const time = make("time", { datetime: at.toISOString(), title: at.toLocaleString() }, text);
  const address = link ? webAddress(link) : null;
  return address ? make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, time) : time;
}

function ago(at) {
  const minutes = Math.round((at.getTime() - Date.now()) / 60_000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 48 * 60) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}
