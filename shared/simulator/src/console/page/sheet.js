// Keeps the page of something that runs up to date: asks for it again, and puts in what changed. Whoever reads on, or
// has the focus on something, stays there. Without a script the page reloads itself.

const EVERY = 1000;

const word = (main) => main.querySelector(".whole")?.innerText.trim() ?? "";

function swap(next) {
  const main = document.querySelector("main");
  const log = main.querySelector("#log");
  const atEnd = log && log.scrollHeight - log.scrollTop - log.clientHeight < 20;
  const held = main.contains(document.activeElement) ? document.activeElement : null;
  const before = word(main);
  main.replaceWith(next);
  const now = next.querySelector("#log");
  if (log && now) now.scrollTop = atEnd ? now.scrollHeight : log.scrollTop;
  if (held?.id) document.getElementById(held.id)?.focus({ preventScroll: true });
  else if (held) next.querySelector(`a[href="${CSS.escape(held.getAttribute("href"))}"]`)?.focus({ preventScroll: true });
  if (word(next) !== before) document.getElementById("news").textContent = word(next);
}

async function again() {
  const main = document.querySelector("main");
  if (!("moves" in main.dataset)) return;
  try {
    const answer = document.hidden ? null : await fetch(location.href, { credentials: "same-origin" });
    const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page?.querySelector("main");
    // Started again, and this address opens nothing any more: what is said there is shown.
    if (answer?.status === 401) return location.reload();
    if (next && next.outerHTML !== main.outerHTML) {
      document.title = page.title;
      swap(next);
    }
  } catch {
    // Away for a moment, or for good; what was seen last stays.
  }
  setTimeout(again, EVERY);
}

setTimeout(again, EVERY);
