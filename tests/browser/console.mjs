// Drives the console page in a real browser: `node console.mjs <address-with-token> <folder-for-screenshots>`.
//
// What must hold: everything works from the keyboard, the focus is never lost, changes appear by themselves, the page
// fits on a phone, it sends no request to any other server, and it reports no error. The first thing that does not hold
// is printed, and the exit code is 1. The variable CHROMIUM names another browser than /usr/bin/chromium.

import { SLOW, becomes, cards, hold, mutely, run, send, shot } from "./page.mjs";

const widerThanScreen = (page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
const focused = (target) => target.evaluate((element) => element === document.activeElement);

/** Presses Tab until this element has the focus, because a person without a mouse must be able to get there. */
async function tabTo(page, target, key = "Tab") {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${target} cannot be reached with ${key}`);
}

async function desktop(open) {
  const page = await open("desktop", { viewport: { width: 1280, height: 860 }, colorScheme: "light" });
  hold("the token is gone from the address", !page.url().includes("token"));
  hold("the title says what this is", (await page.title()) === "Signalbox console — practice Slack");
  await page.locator("#person").selectOption("UADA");
  await page.getByRole("button", { name: "releases" }).click();
  const line = page.getByRole("combobox", { name: "Message or command" });

  const first = (await cards(page).count()) === 0;
  if (first) {
    hold("an empty channel offers something to try", (await page.locator("#welcome-chips .chip:visible").count()) >= 1);
    await shot(page, "console-welcome.png");
  }

  await tabTo(page, line);
  await page.keyboard.type("/rel");
  await page.locator("#completions [role=option]").first().waitFor();
  await shot(page, "console-completion.png");
  await page.keyboard.press("Escape");
  await page.keyboard.type("ease web 1.0.0");
  const ephemerals = page.locator("#messages .message.ephemeral");
  const before = { cards: await cards(page).count(), ephemerals: await ephemerals.count() };
  await page.keyboard.press("Enter");
  await page.locator("#messages .message.typed code", { hasText: "/release web 1.0.0" }).last().waitFor();
  await ephemerals.nth(before.ephemerals).waitFor();
  hold("a command is answered for its author's eyes", await ephemerals.last().getByText("Only visible to you").isVisible());
  const card = cards(page).nth(before.cards);
  await card.waitFor();
  await card.filter({ hasText: "Succeeded" }).waitFor();
  hold("the card ends with Succeeded, without reloading", true);

  await tabTo(page, line);
  await page.keyboard.type("/smoke-test web");
  await page.keyboard.press("Enter");
  await cards(page).nth(before.cards + 1).filter({ hasText: "Failed" }).waitFor();
  hold("a failure says so on its card", true);
  const edges = await page.evaluate(() =>
    [...document.querySelectorAll(".card")].filter((card) => {
      const side = (name) => getComputedStyle(card)[`border${name}Color`] + getComputedStyle(card)[`border${name}Width`];
      return getComputedStyle(card, "::before").content !== "none" || side("Left") !== side("Right") || card.dataset.lamp;
    }).length);
  hold("cards have no edge and no colour that the message does not have", edges === 0);
  const item = page.locator("#messages .message:not(.ephemeral)", { has: page.locator(".card") }).nth(before.cards + 1);
  const replies = item.getByRole("button", { name: /repl/ });
  await replies.waitFor();
  await tabTo(page, replies, "Shift+Tab");
  await page.keyboard.press("Enter");
  const thread = page.getByRole("complementary", { name: "Thread" });
  await thread.locator("li").nth(1).waitFor();
  hold("the card's thread opens from the keyboard", true);
  await shot(page, "console-desktop.png");
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, "console-desktop-dark.png");
  await page.emulateMedia({ colorScheme: "light" });
  await page.keyboard.press("Escape");
  await becomes("Escape closes it and goes back to where it was opened", () => replies.evaluate((e) => e === document.activeElement));

  await tabTo(page, line);
  await page.keyboard.press("ArrowUp");
  hold("ArrowUp brings the last line back", (await line.inputValue()) === "/smoke-test web");
  await line.fill("");
  await page.keyboard.type("/rollo");
  await page.keyboard.press("Tab");
  hold("Tab completes a command, and the line keeps the focus",
    (await line.inputValue()).startsWith("/rollout") && (await line.evaluate((e) => e === document.activeElement)));
  await line.fill("");
  await page.keyboard.type("/rollout web");
  const at = await cards(page).count();
  await page.keyboard.press("Enter");
  const rollout = cards(page).nth(at);
  const cancel = rollout.getByRole("button", { name: "Cancel" });
  await cancel.waitFor();
  await tabTo(page, cancel, "Shift+Tab");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await shot(page, "console-confirm.png");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  hold("declining the question cancels nothing", !(await rollout.innerText()).includes("Cancelled"));
  await tabTo(page, cancel, "Shift+Tab");
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await tabTo(page, page.locator("#confirm-yes"));
  await page.keyboard.press("Enter");
  await rollout.filter({ hasText: "Cancelled" }).waitFor();
  await cancel.waitFor({ state: "detached" });
  hold("the card ends with Cancelled and has no button left", true);

  await elsewhere(page, line);
  await alert(page);

  await page.locator("#person").selectOption("UMALLORY");
  const adas = page.locator("#messages .message.typed", { hasText: "/rollout web" });
  await adas.first().waitFor({ state: "detached" });
  hold("one person's commands are not shown to another", true);
  const shown = await cards(page).count();
  const mallorys = await ephemerals.count();
  await line.focus();
  await page.keyboard.type("/release web 9.9.9");
  await page.keyboard.press("Enter");
  await ephemerals.nth(mallorys).waitFor();
  const refusal = await ephemerals.nth(mallorys).innerText();
  hold(`who may not is refused: ${refusal.split("\n").at(-1)}`, /may not|not allowed|refused|denied|not permitted/i.test(refusal));
  await page.waitForTimeout(1000);
  hold("and nothing was started", (await cards(page).count()) === shown);
  await shot(page, "console-refused.png");

  await mutely(async () => {
    await page.route("**/console/api/stream", (route) => route.abort());
    await page.reload();
    await page.getByRole("status").filter({ hasText: "Reconnecting" }).waitFor();
    await page.unroute("**/console/api/stream");
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
  });
  hold("a lost connection is said, and found again", true);
  await page.context().close();
}

/** What has the focus may be drawn again, removed or closed. The focus then never goes back to the top of the page. */
async function focus(open) {
  const page = await open("focus", { viewport: { width: 1280, height: 860 } });
  await page.locator("#person").selectOption("UADA");
  await page.getByRole("button", { name: "releases" }).click();
  const line = page.getByRole("combobox", { name: "Message or command" });
  const chip = (text) => page.locator("#chips .chip:visible", { hasText: text });
  const nowhere = () => page.evaluate(() => document.activeElement === document.body);
  const card = (name) => cards(page).filter({ hasText: name }).last();

  await chip("/rollout api steps=4").focus();
  const at = await cards(page).count();
  await page.keyboard.press("Enter");
  await becomes("after a chip the message box has the focus", () => focused(line));
  await cards(page).nth(at).waitFor();
  const rollout = cards(page).nth(at);
  const cancel = rollout.getByRole("button", { name: "Cancel" });
  await cancel.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  // Meanwhile the card of the rollout is drawn again with each step.
  const step = await rollout.innerText();
  await becomes("a card goes on while a question is asked", async () => (await rollout.innerText()) !== step);
  await page.keyboard.press("Escape");
  await becomes("a question that was declined leaves the focus on its button", () => focused(cancel));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.locator("#confirm-yes").focus();
  await page.keyboard.press("Enter");
  await rollout.filter({ hasText: "Cancelled" }).waitFor();
  await cancel.waitFor({ state: "detached" });
  await becomes("a button that is gone leaves the focus on its card", () =>
    rollout.evaluate((card) => card.closest("li").contains(document.activeElement)));

  // The list of channels is drawn again at every change. The channel with the focus keeps it.
  const ops = page.locator(".channel", { hasText: "ops" });
  await send(page, "/rollout web steps=3");
  await ops.focus();
  await card("rollout").filter({ hasText: "Succeeded" }).waitFor();
  hold("who stands on a channel stays there while messages come", await focused(ops));
  await page.keyboard.press("Enter");
  await becomes("another channel begins in its message box", () => focused(line));
  await page.getByRole("button", { name: "releases" }).click();
  await page.locator("#person").focus();
  await page.locator("#person").selectOption("ULINUS");
  await page.locator("#chips .chip", { hasText: "/release" }).waitFor({ state: "detached" });
  hold("another person keeps the focus where one is chosen", await focused(page.locator("#person")));
  // A suggested line that the newly chosen person may not send disappears.
  await page.locator("#person").selectOption("UADA");
  await chip(/release web/).focus();
  await page.evaluate(() => {
    const person = document.getElementById("person");
    person.value = "ULINUS";
    person.dispatchEvent(new Event("change"));
  });
  await page.locator("#chips .chip", { hasText: "/release" }).waitFor({ state: "detached" });
  await becomes("a chip that is gone leaves the focus beside it", () => focused(line));
  await page.locator("#person").selectOption("UADA");

  const message = page.locator("#messages .message:not(.ephemeral)", { has: page.locator(".card") }).last();
  const replies = message.getByRole("button", { name: /repl/i });
  await replies.click();
  await page.getByPlaceholder("Reply…").focus();
  await page.getByRole("button", { name: "Close thread" }).click();
  await becomes("a thread that is closed leaves the focus where it was opened", () => focused(replies));
  await replies.click();
  await page.getByPlaceholder("Reply…").focus();
  await page.locator(".channel", { hasText: "general" }).click();
  await becomes("nor is it lost with a thread that closes because one goes elsewhere", () => focused(line));
  hold("the focus is somewhere", !(await nowhere()));

  // But a person who clicks on an empty place wants the focus nowhere.
  await page.locator("#channel-name").click();
  await page.waitForTimeout(300);
  hold("and it is forced on nobody", !(await focused(line)));
  await page.context().close();
}

/** A run on the practice GitHub beside one on the practice Jenkins. Then one run that fails and is tried again. */
async function elsewhere(page, line) {
  const at = await cards(page).count();
  for (const command of ["/deploy web 2.0.0", "/promote web prod", "/nightly"]) {
    await line.focus();
    await page.keyboard.type(command);
    await page.keyboard.press("Enter");
    await page.locator("#messages .message.typed code", { hasText: command }).last().waitFor();
  }
  // The cards may come in any order, so each is found by its text.
  const card = (name) => cards(page).filter({ hasText: name }).last();
  await cards(page).nth(at + 2).waitFor();
  await card("deploy").filter({ hasText: "Step" }).waitFor();
  await card("promote").filter({ hasText: "Step" }).waitFor();
  hold("steps of a workflow and stages of a job appear as they pass", true);
  await shot(page, "console-dispatch.png");
  await card("deploy").filter({ hasText: "Succeeded" }).waitFor();
  await card("promote").filter({ hasText: "Succeeded" }).waitFor();
  hold("a workflow and a job end on their cards", true);
  const message = page.locator("#messages .message:not(.ephemeral)", { has: page.locator(".card", { hasText: "deploy" }) }).last();
  await message.getByRole("button", { name: /repl/ }).click();
  const steps = page.getByRole("complementary", { name: "Thread" });
  await steps.getByText("deploy › Roll out").waitFor();
  hold("its steps are in its thread", true);
  await page.setViewportSize({ width: 1280, height: 1000 });
  await message.scrollIntoViewIfNeeded();
  await shot(page, "console-targets.png");
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.keyboard.press("Escape");
  const nightly = card("nightly");
  await nightly.filter({ hasText: "failed in test › End to end" }).waitFor();
  hold("a failure names the step and shows the end of its log", (await nightly.innerText()).includes("found 502 from /checkout"));
  const again = nightly.getByRole("button", { name: "Try again" });
  await again.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.locator("#confirm-yes").focus();
  await page.keyboard.press("Enter");
  await nightly.filter({ hasText: "attempt 2" }).waitFor();
  hold("it is run again from its card", true);
  await nightly.filter({ hasText: "Failed" }).waitFor();
}

/** The smoke test left an error in a log that is watched. Uses the menu on its card and a form, by keyboard only. */
async function alert(page) {
  await page.getByRole("button", { name: /ops/ }).click();
  const card = cards(page).filter({ hasText: "in practice" }).first();
  await card.getByRole("button", { name: "More actions" }).waitFor({ timeout: 3 * SLOW });
  hold("an error in a watched log has a card", true);
  const more = card.getByRole("button", { name: "More actions" });
  await more.focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu");
  await menu.waitFor();
  await shot(page, "console-menu.png");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  await becomes("Escape leaves the menu where it was opened", () => more.evaluate((e) => e === document.activeElement));

  await page.keyboard.press("Enter");
  await menu.waitFor();
  await page.keyboard.press("Enter");
  const form = page.getByRole("dialog", { name: "Acknowledge" });
  await form.waitFor();
  await form.getByLabel("How long").selectOption("4h");
  await form.getByLabel("Note").fill("rolling <b>back</b>");
  await shot(page, "console-form.png");
  await tabTo(page, form.getByRole("button", { name: "Acknowledge" }));
  await page.keyboard.press("Enter");
  await form.waitFor({ state: "hidden" });
  await card.filter({ hasText: "rolling <b>back</b>" }).waitFor();
  hold("a form from the menu says more than a button, and its words are only words", true);

  const bulletin = page.locator("#messages .message", { has: page.locator(".b-image img") }).last();
  await bulletin.waitFor({ timeout: 3 * SLOW });
  hold("the window's bulletin has its chart", true);
  await page.setViewportSize({ width: 1360, height: 1080 });
  await bulletin.scrollIntoViewIfNeeded();
  await shot(page, "console-watch.png");
  await page.setViewportSize({ width: 1280, height: 860 });

  await more.click();
  await page.getByRole("menuitem", { name: "Mute…" }).click();
  const mute = page.getByRole("dialog", { name: "Mute" });
  await mute.getByRole("button", { name: "Mute" }).click();
  hold("a field that must be filled in is asked for", await mute.isVisible());
  await page.keyboard.press("Escape");
  await mute.waitFor({ state: "hidden" });

  await page.locator("#person").selectOption("UMALLORY");
  await more.click();
  await page.getByRole("menuitem", { name: "Mute…" }).click();
  await page.getByText("You are not allowed to do this").last().waitFor();
  hold("who may not is told so before there is anything to fill in", !(await mute.isVisible()));
  await page.locator("#person").selectOption("UADA");
  await page.getByRole("button", { name: "releases" }).click();
}

/** The page that a card leads to. It keeps up to date and leaves the focus alone; in light, in dark and on a phone. */
async function sheet(open) {
  const page = await open("sheet", { viewport: { width: 1280, height: 860 } });
  await page.locator("#person").selectOption("UADA");
  await page.getByRole("button", { name: "releases" }).click();
  const at = await cards(page).count();
  await send(page, "/deploy api 3.0.0");
  const link = cards(page).nth(at).getByRole("link", { name: "View run" });
  await link.focus();
  const [run] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("Enter")]);
  await run.locator(".whole", { hasText: "In progress" }).waitFor();
  const log = run.locator("#log");
  await tabTo(run, log);
  const before = await run.locator("main").innerText();
  await becomes("a run's page keeps up by itself", async () => (await run.locator("main").innerText()) !== before);
  hold("and whoever reads its log stays there", await focused(log));
  await shot(run, "sheet.png");
  await run.emulateMedia({ colorScheme: "dark" });
  const [ground, ink] = await run.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
  hold(`it is dark by night: ${ink} on ${ground}`, ground === "rgb(21, 26, 33)");
  await shot(run, "sheet-dark.png");
  await run.setViewportSize({ width: 390, height: 844 });
  hold("it fits a phone", !(await widerThanScreen(run)));
  await shot(run, "sheet-phone.png");
  await run.locator(".whole", { hasText: "Success" }).waitFor();
  await run.goto(new URL(run.url()).origin + "/console/jenkins/job/shop/job/promote/");
  hold("so does a list of builds", !(await widerThanScreen(run)));
  const there = await mutely(() => run.goto(run.url() + "99/"));
  await run.getByRole("heading", { name: "There is nothing here" }).waitFor();
  hold("what is not there is said on a page", there.status() === 404);
  await page.context().close();
}

/** The cases of mrkdwn.rs, and texts that try to be treated as markup. */
async function markup(open) {
  const page = await open("markup", {});
  const shown = (text) =>
    page.evaluate(async (text) => {
      const { mrkdwn } = await import("/console/mrkdwn.js");
      const box = document.createElement("div");
      box.append(...mrkdwn(text, { person: (id) => (id === "U1" ? "Ada" : id), channel: (id) => id }));
      return { text: box.textContent, tags: [...box.querySelectorAll("*")].map((e) => e.localName).join(" "), html: box.innerHTML };
    }, text);
  for (const [text, expected, tags] of [
    ["*Succeeded* in _4 s_ ~not~ 3", "Succeeded in 4 s not 3", "strong em s"],
    ["2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name", ""],
    ["`a*b*c` ```\n*x* &lt;y&gt;\n```", "a*b*c *x* <y>", "code pre"],
    ["<@U1> in <#C1|releases>, <https://a.example/x_y_|the log>", "@Ada in #releases, the log", "span span a"],
    [":white_check_mark: at 12:30:00 :no_such:", "✅ at 12:30:00 :no_such:", ""],
    ["*_both_* (*paren*)", "both (paren)", "strong em strong"],
    ["&gt; said\nand", "saidand", "blockquote"],
    ["<img src=x onerror=alert(1)>", "img src=x onerror=alert(1)", ""],
    ["&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>", ""],
    ["<javascript:alert(1)|press me>", "press me", ""],
    ["<data:text/html,x|press me>", "press me", ""],
    ["a <unclosed and `unclosed", "a <unclosed and `unclosed", ""],
  ]) {
    const got = await shown(text);
    if (got.text !== expected || got.tags !== tags) throw new Error(`${text} is shown as ${JSON.stringify(got)}`);
  }
  hold("markup is shown as Slack shows it, and never as more than text", true);
  await page.context().close();
}

async function phone(open, colorScheme, name) {
  const options = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme };
  const page = await open(name, options);
  await cards(page).first().waitFor();
  hold(`${name}: nothing is wider than the screen`, !(await widerThanScreen(page)));
  const box = await page.getByRole("combobox", { name: "Message or command" }).boundingBox();
  hold(`${name}: the message box is within reach`, box !== null && box.y + box.height <= 844 && box.width > 200);
  await shot(page, `${name}.png`);
  await page.getByRole("button", { name: "Channels and people" }).tap();
  await page.getByRole("button", { name: "releases" }).waitFor();
  await page.waitForTimeout(300);
  hold(`${name}: the drawer fits`, !(await widerThanScreen(page)));
  await shot(page, `${name}-drawer.png`);
  await page.getByRole("button", { name: "releases" }).tap();
  await page.getByRole("button", { name: /repl/ }).last().tap();
  await page.getByRole("complementary", { name: "Thread" }).locator("li").nth(1).waitFor();
  hold(`${name}: a thread fits`, !(await widerThanScreen(page)));
  await shot(page, `${name}-thread.png`);
  await page.getByRole("button", { name: "Close thread" }).tap();
  await page.getByRole("button", { name: "Channels and people" }).tap();
  await page.getByRole("button", { name: /ops/ }).tap();
  await page.getByRole("button", { name: "More actions" }).first().tap();
  await page.getByRole("menuitem", { name: "Acknowledge with a note…" }).tap();
  const form = page.getByRole("dialog", { name: "Acknowledge" });
  await form.waitFor();
  hold(`${name}: a form fits`, !(await widerThanScreen(page)));
  await shot(page, `${name}-form.png`);
  await form.getByRole("button", { name: "Leave it" }).tap();
  await form.waitFor({ state: "hidden" });
  await page.context().close();
}

await run(async ({ open }) => {
  await desktop(open);
  await focus(open);
  await sheet(open);
  await markup(open);
  await phone(open, "light", "console-phone");
  await phone(open, "dark", "console-phone-dark");
});
