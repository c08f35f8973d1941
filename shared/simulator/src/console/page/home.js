// The app's Home tab, beside its direct messages. It is drawn for each person by the app.

import { byId } from "./dom.js";
import { viewPanel } from "./view.js";

/** Sets the tabs up. `open()` tells the app that a person opened the Home tab; `tools` is as for `viewPanel`. */
export function homes({ open, tools }) {
  const panel = viewPanel(byId("home-blocks"), tools);
  const tabs = [byId("tab-messages"), byId("tab-home")];
  let at = null;
  let home = false;
  let drawn = null;

  function show() {
    byId("tabs").hidden = at === null;
    tabs.forEach((tab, i) => {
      const selected = home === (i === 1);
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
    });
    byId("home").hidden = !home;
    byId("scroll").hidden = home;
    byId("composer").hidden = home;
  }

  function turn(to) {
    if (home === to) return;
    home = to;
    show();
    if (home) open();
  }

  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => turn(i === 1));
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      turn(i === 0);
      tabs[1 - i].focus();
    });
  });

  return {
    /** Says where one is, and as whom: `place` is the person's direct messages with the app, or null elsewhere. */
    visit(place) {
      if (place === at) return;
      // Another person's Home tab is opened by them, while elsewhere there are only messages.
      const stays = home && place !== null && at !== null;
      at = place;
      home = stays;
      show();
      if (stays) open();
    },
    /** Shows the Home tab as it stands. */
    draw(view) {
      byId("home-empty").hidden = view !== null;
      if (view === null) panel.reset();
      if (drawn !== view?.id) panel.reset();
      drawn = view?.id;
      if (view) panel.draw(view);
    },
  };
}
