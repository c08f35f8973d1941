// Talking to the program: asking for the state, typing, pressing, and hearing of changes.

/** The address is no longer good: the program was started again. */
export class Unknown extends Error {}

async function ask(path, options) {
  const answer = await fetch("/console/api/" + path, { credentials: "same-origin", ...options });
  if (answer.status === 401) throw new Unknown();
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? `The console answered ${answer.status}.`);
  return body;
}

const send = (path, body) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const about = () => ask("about");
export const state = (user, since) => ask("state?" + new URLSearchParams({ user, since }));
export const slash = (body) => send("slash", body);
export const reply = (body) => send("reply", body);
export const press = (body) => send("press", body);
export const submit = (body) => send("submit", body);
export const act = (body) => send("act", body);
export const suggest = (body) => send("suggest", body);
export const openHome = (body) => send("home", body);
export const shortcut = (body) => send("shortcut", body);
export const close = (body) => send("close", body);

/**
 * Calls `changed` whenever something changed, and `status` with "live", "reconnecting" or "unknown". The browser's
 * own reconnecting gives up on some failures, so a closed stream is opened again from here.
 */
export function listen(changed, status) {
  let waited = 250;
  const open = () => {
    const stream = new EventSource("/console/api/stream");
    stream.onopen = () => {
      waited = 250;
      status("live");
    };
    stream.onmessage = (event) => changed(JSON.parse(event.data).version);
    stream.onerror = async () => {
      stream.close();
      status("reconnecting");
      try {
        await about();
      } catch (error) {
        if (error instanceof Unknown) return status("unknown");
      }
      setTimeout(open, waited);
      waited = Math.min(waited * 2, 2000);
    };
  };
  open();
}
