// The page: who one is, where one looks, and what is shown there. It keeps no truth of its own; after every change
// it asks for the state again and shows that.

import { composer } from "./composer.js";
import { confirmed } from "./confirm.js";
import { byId, initials, make, tone } from "./dom.js";
import { hasKeyboard, keepFocus } from "./focus.js";
import { homes } from "./home.js";
import { draw } from "./messages.js";
import { modals } from "./modal.js";
import { loadEmoji } from "./mrkdwn.js";
import * as server from "./server.js";
import { shortcuts } from "./shortcuts.js";

const kept = (name) => sessionStorage.getItem(name);
const keep = (name, value) => sessionStorage.setItem(name, value);

let about = null;
let state = null;
let user = kept("user");
let channel = kept("channel");
let thread = null;
let threadOpener = null;
let type = null;
const seen = new Map();

const names = {
  people: new Map(),
  channels: new Map(),
  apps: new Set(),
  stamp: "",
  person: (id, label) => names.people.get(id) ?? label ?? id,
  channel: (id) => names.channels.get(id) ?? id,
  isApp: (id) => names.apps.has(id),
  message: (address) => messageLink(address),
};

const here = () => state.channels.find(({ id }) => id === channel) ?? state.channels[0];
let taking = null;
const tools = { names, press, openThread, shortcut: (message) => taking.at(message) };

// --- the state, one request at a time, and once more if something changed meanwhile ---

let asking = false;
let again = false;

async function refresh() {
  again = true;
  if (asking) return;
  asking = true;
  try {
    while (again) {
      again = false;
      const asked = user;
      const next = await server.state(asked, state?.user === asked ? state.version : 0);
      if (asked !== user) again = true;
      else if (!next.unchanged) show(next);
    }
  } catch (error) {
    if (error instanceof server.Unknown) lost();
  } finally {
    asking = false;
  }
}

function show(next) {
  state = next;
  names.people = new Map([...state.people, ...state.apps].map(({ id, name }) => [id, name]));
  names.channels = new Map(state.channels.map(({ id, name }) => [id, name]));
  names.apps = new Set(state.apps.map(({ id }) => id));
  drawChannels();
  drawMessages();
  drawThread();
  drawHome.visit(about.home && here().kind === "direct" ? user : null);
  drawHome.draw(state.home);
  drawModal(state.modal);
  keepFocus();
}

function inOrder(place) {
  const own = [...place.ephemerals, ...place.typed].filter(({ thread_ts }) => !thread_ts);
  return [...place.messages, ...own].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

function drawMessages() {
  const place = here();
  const messages = inOrder(place);
  const scroll = byId("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  byId("channel-name").textContent = (place.kind === "channel" ? "# " : "") + place.name;
  byId("line").placeholder = place.kind === "channel" ? `Message #${place.name}, or / for a command` : `Message ${place.name}, or / for a command`;
  const list = byId("messages");
  const moved = list.dataset.place !== `${user} ${place.id}`;
  if (moved) {
    list.replaceChildren();
    list.dataset.place = `${user} ${place.id}`;
  }
  const news = draw(list, messages, tools);
  // Another place or person is no news. The lists themselves are silent: a card that counts its steps would never
  // let a screen reader finish.
  if (!moved) announce(news);
  drawChips(place.tries);
  byId("welcome").hidden = messages.length > 0;
  byId("chips").hidden = messages.length === 0;
  seen.set(`${user} ${place.id}`, messages.at(-1)?.ts ?? "");
  if (atEnd || moved) scroll.scrollTop = scroll.scrollHeight;
}

function drawChannels() {
  for (const [id, kind] of [["channels", "channel"], ["direct", "direct"]]) {
    byId(id).replaceChildren(...state.channels.filter((one) => one.kind === kind).map((one) => channelItem(one)));
  }
}

function channelItem(one) {
  const current = one.id === here().id;
  const last = one.messages.at(-1)?.ts ?? "";
  const news = !current && last > (seen.get(`${user} ${one.id}`) ?? "");
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: "channel", "data-channel": one.id, "aria-current": current ? "page" : undefined, "data-news": news, onclick: () => go(one.id) },
      make("span", { class: "channel-mark", "aria-hidden": "true" }, one.kind === "channel" ? "#" : "◉"),
      make("span", {}, one.name),
      news ? make("span", { class: "unseen" }, "has news") : null,
    ),
  );
}

function go(id) {
  channel = id;
  keep("channel", id);
  closeThread(false);
  drawer(false);
  drawChannels();
  drawMessages();
  drawHome.visit(about.home && here().kind === "direct" ? user : null);
  if (hasKeyboard()) byId("line").focus();
  else byId("open-rail").focus();
}

// --- links to messages: those of this workspace lead to them here, as in Slack itself ---

function messageLink(address) {
  const { protocol, hostname, pathname } = new URL(address);
  const [, place, first, rest] = /^\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})$/.exec(pathname) ?? [];
  const own = protocol === "https:" && hostname === `${state.workspace.domain}.slack.com` && names.channels.has(place);
  return own ? `#${place}/${first}.${rest}` : null;
}

function follow() {
  const [place, ts] = decodeURIComponent(location.hash.slice(1)).split("/");
  history.replaceState(null, "", location.pathname);
  if (!ts || !names.channels.has(place)) return;
  if (place !== here().id) go(place);
  const item = byId("messages").querySelector(`[data-key="${CSS.escape(`message ${ts}`)}"]`);
  if (!item) return notice("That message is gone.");
  item.tabIndex = -1;
  item.scrollIntoView({ block: "center" });
  item.focus({ preventScroll: true });
}

addEventListener("hashchange", follow);

// --- threads ---

function openThread(ts, opener) {
  thread = ts;
  threadOpener = opener?.closest("[data-key]")?.dataset.key;
  byId("thread").hidden = false;
  byId("app").dataset.thread = "open";
  byId("thread-messages").replaceChildren();
  drawThread();
  byId("thread-title").focus();
}

function closeThread(refocus = true) {
  if (thread === null) return;
  thread = null;
  byId("thread").hidden = true;
  delete byId("app").dataset.thread;
  if (!refocus) return;
  const opener = document.querySelector(`#messages [data-key="${CSS.escape(threadOpener ?? "")}"] .m-thread`);
  (opener ?? byId(hasKeyboard() ? "line" : "scroll")).focus();
}

function drawThread() {
  if (thread === null) return;
  const place = here();
  const parent = place.messages.find(({ ts }) => ts === thread);
  if (!parent) return closeThread();
  const own = place.ephemerals.filter(({ thread_ts }) => thread_ts === thread);
  const replies = [...parent.replies, ...own].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  const scroll = byId("thread").querySelector(".scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const opened = byId("thread-messages").childElementCount === 0;
  const news = draw(byId("thread-messages"), [parent, ...replies], tools, true);
  if (!opened) announce(news);
  if (atEnd) scroll.scrollTop = scroll.scrollHeight;
}

// --- typing and pressing ---

async function send(line) {
  const place = here();
  try {
    const answer = await server.slash({ user, channel: place.id, line });
    if (answer.note) notice(answer.note);
    return true;
  } catch (error) {
    return failed(error);
  } finally {
    byId("scroll").scrollTop = byId("scroll").scrollHeight;
    refresh();
  }
}

async function reply(event) {
  event.preventDefault();
  const line = byId("reply-line");
  const text = line.value.trim();
  if (!text || thread === null) return;
  line.value = "";
  try {
    await server.reply({ user, channel: here().id, thread_ts: thread, text });
  } catch (error) {
    line.value = text;
    failed(error);
  } finally {
    refresh();
  }
}

async function press(message, button, element) {
  if (button.url) window.open(button.url, "_blank", "noopener,noreferrer");
  if (button.confirm && !(await confirmed(button.confirm, names))) return;
  element.setAttribute("aria-busy", "true");
  try {
    const answer = await server.press({ user, channel: here().id, ts: message.ts, action_id: button.action_id, value: button.chosen });
    if (answer.status !== 200) notice(`The app answered the press with ${answer.status}.`);
  } catch (error) {
    failed(error);
  } finally {
    element.removeAttribute("aria-busy");
    refresh();
  }
}

/** What a view needs of the page, for a modal or for a Home tab. */
const viewTools = (surface) => ({
  names,
  people: () => about.people,
  channels: () => state.channels.filter(({ kind }) => kind === "channel"),
  confirmed: (question) => confirmed(question, names),
  act: (fields, name, values) => tell(() => server.act({ user, surface, fields, name, values })),
  suggest: (fields, name, typed) => server.suggest({ user, surface, fields, name, typed }).catch((error) => ({ options: [], problem: failed(error) || "failed" })),
});

const drawModal = modals({ send: (fields) => tell(() => server.submit({ user, fields })), close: () => server.close({ user }).catch(failed).finally(refresh), tools: viewTools("modal") });
const drawHome = homes({ open: () => tell(() => server.openHome({ user })), tools: viewTools("home") });

/** Tells the app something. What came of it is in the state. */
async function tell(asks) {
  try {
    const answer = await asks();
    if (answer.status !== 200) notice(`The app answered with ${answer.status}.`);
  } catch (error) {
    failed(error);
  } finally {
    refresh();
  }
}

function take({ callback_id }, message) {
  const at = message ? { channel: here().id, ts: message.ts } : null;
  return tell(() => server.shortcut({ user, callback_id, message: at }));
}

function failed(error) {
  if (error instanceof server.Unknown) lost();
  else notice(error instanceof TypeError ? "Signalbox cannot be reached. Is it still running?" : error.message);
  return false;
}

function announce(news) {
  if (news.length > 0) byId("news").replaceChildren(...news.map((text) => make("p", {}, text)));
}

let noticeTimer = 0;
function notice(text) {
  const box = byId("notice");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (box.hidden = true), 7000);
}

// --- the connection ---

const WORDS = { live: "Live", reconnecting: "Reconnecting…", unknown: "Restarted: use the new address" };

function status(name) {
  byId("status").dataset.state = name;
  byId("status-text").textContent = WORDS[name];
  // A new program counts its versions from the start again.
  if (name === "reconnecting" && state) state.version = 0;
}

function lost() {
  status("unknown");
  notice("Signalbox was started again. Please use the address it printed this time.");
}

// --- people, drawers, start ---

function become(id) {
  // Who looks at their direct messages with the app sees those of the other person next.
  if (channel === user) channel = id;
  user = id;
  keep("user", id);
  closeThread(false);
  const face = byId("person-face");
  face.dataset.tone = tone(id);
  face.textContent = initials(about.people.find((one) => one.id === id).name);
  refresh();
}

function drawer(open) {
  byId("app").dataset.rail = open ? "open" : "closed";
  byId("scrim").hidden = !open;
  byId("open-rail").setAttribute("aria-expanded", String(open));
  if (open) byId("close-rail").focus();
}

const chip = ({ line, note }) =>
  make(
    "button",
    { type: "button", class: "chip", "data-line": line, "aria-label": note ? `Send ${line}, which ${note}` : `Send ${line}`, onclick: () => type(line) },
    make("code", {}, line),
    note ? make("span", {}, note) : null,
  );

/** What there is to try, by who one is and where; drawn again only if that changed. */
function drawChips(tries) {
  const print = JSON.stringify(tries);
  const chips = byId("chips");
  if (chips.dataset.print === print) return;
  chips.dataset.print = print;
  byId("welcome-chips").replaceChildren(...tries.slice(0, 3).map(chip));
  chips.replaceChildren(...tries.map(chip));
}

function suggestions() {
  const lines = here().tries.map(({ line, note }) => ({ text: line, hint: note ?? "try this", whole: true }));
  return [...about.commands.map(({ name, hint }) => ({ text: name, hint, whole: false })), ...lines];
}

async function start() {
  try {
    [about] = await Promise.all([server.about(), loadEmoji()]);
  } catch (error) {
    failed(error);
    return;
  }
  byId("intro").textContent = about.intro;
  taking = shortcuts({ list: about.shortcuts, take });
  const beside = taking.beside();
  if (beside) byId("line-box").prepend(beside);
  type = composer({ suggestions: () => (state ? suggestions() : []), send }).submit;
  const pick = byId("person");
  pick.append(...about.people.map(({ id, name }) => make("option", { value: id }, name)));
  if (!about.people.some(({ id }) => id === user)) user = about.people[0].id;
  pick.value = user;
  pick.addEventListener("change", () => become(pick.value));
  byId("open-rail").addEventListener("click", () => drawer(true));
  for (const id of ["close-rail", "scrim"]) {
    byId(id).addEventListener("click", () => {
      drawer(false);
      byId("open-rail").focus();
    });
  }
  byId("close-thread").addEventListener("click", () => closeThread());
  byId("reply").addEventListener("submit", reply);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], [popover]")) return;
    if (byId("app").dataset.rail !== "open") return closeThread();
    drawer(false);
    byId("open-rail").focus();
  });
  become(user);
  server.listen(refresh, status);
  if (hasKeyboard()) byId("line").focus();
}

start();
