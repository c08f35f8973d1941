// The box at the bottom: completion of commands, earlier lines, sending. All of it works from the keyboard.

import { byId, make } from "./dom.js";
import { hasKeyboard } from "./focus.js";

const KEPT = 50;

/** Sets the box up. `send(line)` returns a promise; the line comes back into the box if it fails. */
export function composer({ suggestions, send }) {
  const form = byId("composer");
  const line = byId("line");
  const list = byId("completions");
  const history = JSON.parse(sessionStorage.getItem("history") ?? "[]");
  let back = history.length;
  let offered = [];
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    line.setAttribute("aria-expanded", "false");
    line.removeAttribute("aria-activedescendant");
  };

  const offer = () => {
    const typed = line.value;
    offered = typed.startsWith("/") ? suggestions().filter(({ text }) => text.startsWith(typed) && text !== typed) : [];
    if (offered.length === 0) return close();
    chosen = -1;
    list.replaceChildren(
      ...offered.map(({ text, hint }, i) =>
        make(
          "li",
          { id: `completion-${i}`, role: "option", "aria-selected": "false", onmousedown: (event) => take(event, i) },
          make("code", {}, text),
          hint ? make("span", {}, hint) : null,
        ),
      ),
    );
    list.hidden = false;
    line.setAttribute("aria-expanded", "true");
    line.removeAttribute("aria-activedescendant");
  };

  const choose = (i) => {
    chosen = (i + offered.length) % offered.length;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    line.setAttribute("aria-activedescendant", `completion-${chosen}`);
  };

  const put = (text) => {
    line.value = text;
    line.setSelectionRange(text.length, text.length);
    close();
  };

  // A command wants its words next; a whole line is ready to send.
  const completed = ({ text, whole }) => put(whole ? text : text + " ");

  const take = (event, i) => {
    event.preventDefault();
    completed(offered[i]);
  };

  const recall = (step) => {
    const next = back + step;
    if (next < 0 || next > history.length) return;
    back = next;
    put(history[back] ?? "");
  };

  line.addEventListener("input", offer);
  line.addEventListener("focus", () => line.value === "/" && offer());
  line.addEventListener("blur", close);
  line.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = !list.hidden;
    if (event.key === "Escape" && open) close();
    else if (event.key === "ArrowDown" && open) choose(chosen + 1);
    else if (event.key === "ArrowUp" && open && chosen >= 0) choose(chosen - 1);
    else if (event.key === "ArrowUp") recall(-1);
    else if (event.key === "ArrowDown") recall(1);
    else if (event.key === "Enter" && open && chosen >= 0 && !event.shiftKey) completed(offered[chosen]);
    // As in a shell: the first offer is taken where none is chosen. With nothing offered Tab moves on as everywhere.
    else if (event.key === "Tab" && open && !event.shiftKey) completed(offered[Math.max(chosen, 0)]);
    else return;
    event.preventDefault();
  });

  const submit = async (text) => {
    close();
    if (history.at(-1) !== text) history.push(text);
    history.splice(0, history.length - KEPT);
    back = history.length;
    sessionStorage.setItem("history", JSON.stringify(history));
    line.value = "";
    if (hasKeyboard()) line.focus();
    if (!(await send(text)) && line.value === "") line.value = text;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = line.value.trim();
    if (text !== "") submit(text);
  });

  return { submit };
}
