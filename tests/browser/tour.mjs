// Follows the tour of README.md like a person who sees the program for the first time, step by step, and checks that
// everything happens as README.md says: `node tour.mjs <address-with-token> <folder-for-screenshots>`, against a server
// that was just started.
//
// The script types and presses exactly what README.md says. The first thing that is different is printed, and the exit
// code is 1.

import { cards, channel, hold, becomes, run, send, shot } from "./page.mjs";

await run(async ({ open, origin, browser }) => {
  const page = await open("tour", { viewport: { width: 1280, height: 860 } });
  const line = page.getByRole("combobox", { name: "Message or command" });
  const card = (name) => cards(page).filter({ hasText: name }).last();
  const ended = (name, how) => card(name).filter({ hasText: how }).waitFor();
  const thread = page.getByRole("complementary", { name: "Thread" });
  const messageOf = (text) => page.locator("#messages .message:not(.ephemeral)", { has: page.locator(".card", { hasText: text }) });
  const openThread = async (name) => {
    await messageOf(name).last().getByRole("button", { name: /repl/i }).click();
    await thread.waitFor();
  };

  hold("one is somebody, in a channel", (await page.locator("#person").inputValue()) === "UADA" && (await page.locator("#channel-name").innerText()) === "# releases");
  await page.locator("#welcome-chips .chip").first().waitFor();
  const first = await page.locator("#welcome-chips .chip").first().innerText();
  hold(`an empty channel offers the first step: ${first}`, first === "/release web 1.0.0");

  await send(page, "/release web 1.0.0");
  await ended("release", "Succeeded");
  hold("/release web 1.0.0: succeeds", true);
  await becomes("and is not offered again, the next version is", async () => {
    const chips = await page.locator("#chips .chip code").allInnerTexts();
    return chips.includes("/release web 1.0.1") && !chips.includes("/release web 1.0.0");
  });

  await send(page, "/deploy web 2.0.0");
  await card("deploy").getByRole("link", { name: "View run" }).waitFor();
  const [github] = await Promise.all([page.waitForEvent("popup"), card("deploy").getByRole("link", { name: "View run" }).click()]);
  await github.getByRole("heading", { name: /^#\d+ deploy web 2\.0\.0/ }).waitFor();
  hold("its card leads to the run's page on the practice GitHub", new URL(github.url()).origin === origin);
  await github.locator(".whole", { hasText: "In progress" }).waitFor();
  await shot(github, "tour-github-running.png");
  await github.locator(".whole", { hasText: "Success" }).waitFor();
  hold("which keeps up by itself", /^Success: #\d+ deploy/.test(await github.title()));
  for (const part of ["build", "Compile", "Roll out", "version", "2.0.0", "The end of the log"]) await github.getByText(part, { exact: false }).first().waitFor();
  await shot(github, "tour-github.png");
  await github.getByRole("link", { name: "Back to the console" }).click();
  await github.getByRole("status").filter({ hasText: "Live" }).waitFor();
  hold("and back to the console", true);
  await github.close();
  await ended("deploy", "Succeeded");
  await openThread("deploy");
  for (const step of ["build › Compile", "deploy › Roll out"]) await thread.getByText(step).waitFor();
  hold("/deploy web 2.0.0: its jobs and steps pass in the card's thread", true);
  await page.keyboard.press("Escape");

  await send(page, "/promote web prod");
  await ended("promote", "Step");
  hold("/promote web prod: stage by stage", true);
  await ended("promote", "Succeeded");
  const [jenkins] = await Promise.all([page.waitForEvent("popup"), card("promote").getByRole("link", { name: "View run" }).click()]);
  for (const stage of ["Build", "Test", "Canary", "Roll out"]) await jenkins.getByText(stage, { exact: true }).waitFor();
  hold("its card leads to the build's page on the practice Jenkins", (await jenkins.title()).startsWith("Success: shop » promote #"));
  await jenkins.close();

  await send(page, "/nightly");
  await card("nightly").filter({ hasText: "failed in test › End to end" }).waitFor();
  hold("/nightly: fails; the card names the step and shows the end of its log", (await card("nightly").innerText()).includes("found 502 from /checkout"));
  const [failed] = await Promise.all([page.waitForEvent("popup"), card("nightly").getByRole("link", { name: "View run" }).click()]);
  await failed.locator("#log", { hasText: "found 502 from /checkout" }).waitFor();
  hold("so does its page", (await failed.locator(".whole").innerText()).includes("Failure"));
  await failed.close();
  await card("nightly").getByRole("button", { name: "Try again" }).click();
  await page.locator("#confirm-yes").click();
  await card("nightly").filter({ hasText: "attempt 2" }).waitFor();
  await card("nightly").filter({ hasText: "Failed" }).waitFor();
  hold("and it can be run again", true);

  await send(page, "/migrate");
  await card("migrate").filter({ hasText: "Unknown" }).waitFor();
  hold("/migrate: after a while the card says that nobody knows", (await card("migrate").innerText()).includes("Where to look"));
  const [lost] = await Promise.all([page.waitForEvent("popup"), card("migrate").getByRole("link", { name: "view it" }).click()]);
  await lost.getByText("no run appeared").waitFor();
  hold("where to look is a page, and it says that no run appeared", true);
  await lost.close();
  await card("migrate").getByRole("button", { name: "It failed" }).or(card("migrate").getByRole("button", { name: /fail/i })).first().click();
  await page.locator("#confirm-yes").click();
  await card("migrate").filter({ hasText: "checked and settled it" }).waitFor();
  hold("and a person decides", !(await card("migrate").innerText()).includes("Unknown"));

  await send(page, "/rollout api steps=4");
  await card("rollout").getByRole("button", { name: "Cancel" }).click();
  await page.locator("#confirm-yes").click();
  await card("rollout").filter({ hasText: "Cancelled" }).waitFor();
  hold("/rollout api steps=4: is stopped with the button on its card", true);

  await channel(page, "ops");
  await send(page, "/smoke-test web");
  await ended("smoke-test", "Failed");
  hold("/smoke-test web in #ops: fails", true);
  const alert = cards(page).filter({ hasText: "in practice" }).first();
  await alert.getByRole("button", { name: "Acknowledge" }).waitFor({ timeout: 180_000 });
  hold("a minute later there is a card for the new error", (await alert.innerText()).includes("does not answer on"));
  await messageOf("in practice").first().getByRole("button", { name: /repl/i }).click();
  await page.getByPlaceholder("Reply…").fill("ack");
  await page.keyboard.press("Enter");
  await alert.filter({ hasText: "cknowledged" }).waitFor();
  hold("which is acknowledged by typing ack in its thread", !(await alert.getByRole("button", { name: "Acknowledge", exact: true }).count()));
  await page.keyboard.press("Escape");

  await channel(page, "releases");
  await page.locator("#person").selectOption("UMALLORY");
  await becomes("Mallory is offered nothing that she may not ask for", async () => {
    const chips = await page.locator("#chips .chip code").allInnerTexts();
    return chips.length > 0 && chips.every((chip) => chip.startsWith("/signalbox "));
  });
  const before = await page.locator("#messages .message.ephemeral").count();
  await send(page, "/release web 1.0.0");
  const refused = page.locator("#messages .message.ephemeral").nth(before);
  await refused.waitFor();
  const why = await refused.innerText();
  hold(`/release web 1.0.0 as Mallory: is refused: ${why.replaceAll("\n", " ")}`, /not carried out/i.test(why) && why.includes("You are not allowed to run this"));
  hold("with who may ask", why.includes("Ada") && why.includes("Grace"));

  await page.locator("#person").selectOption("UADA");
  await becomes("Ada is offered what she may ask for", async () =>
    (await page.locator("#chips .chip code").allInnerTexts()).some((chip) => chip.startsWith("/deploy")));
  for (const [command, says] of [["help", "deploy"], ["history", "deploy"], ["alerts", ""]]) {
    const shown = page.locator("#messages .message.ephemeral");
    const at = await shown.count();
    await send(page, `/signalbox ${command}`);
    await shown.nth(at).waitFor();
    hold(`/signalbox ${command}`, (await shown.nth(at).innerText()).includes(says));
  }

  await channel(page, "ops");
  const told = page.locator("#messages .message.ephemeral");
  const asked = await told.count();
  await send(page, "/signalbox history 3 nightly");
  await told.nth(asked).getByRole("link").first().click();
  await becomes("a line of a list leads to its card, in its channel, and it has the focus", async () =>
    (await page.locator("#channel-name").innerText()) === "# releases" &&
    (await page.evaluate(() => document.activeElement.querySelector(".card")?.innerText.includes("nightly"))));

  // By now everything has ended, and nothing that is visible says that something is still running.
  for (const place of ["releases", "ops"]) {
    await channel(page, place);
    const underWay = await page.evaluate(() =>
      [...document.querySelectorAll("#messages .message:not(.typed)")]
        .map((message) => message.querySelector(".card, .m-text").innerText.split("\n")[0])
        .filter((title) => /\b(Running|Starting|Trying again|Step \d)/.test(title)),
    );
    const moving = await cards(page).filter({ hasText: "⏳" }).count();
    const cancels = await cards(page).getByRole("button", { name: "Cancel", exact: true }).count();
    hold(`in #${place} no message says that something is under way: ${underWay.join(" | ")}`, underWay.length + moving + cancels === 0);
    const links = await page.evaluate(() => [...document.querySelectorAll("#messages a")].map((link) => link.href));
    hold(`every link in #${place} leads somewhere: ${links.length}`, links.length > 0 || place === "ops");
    for (const link of new Set(links.map((link) => link.split("#")[0]))) {
      hold(`${link} is on this machine`, new URL(link).origin === origin);
      const answer = await page.request.get(link);
      hold(`${link} is there`, answer.status() === 200);
    }
  }
  await shot(page, "tour-end.png");

  // A person who opens the address without the token is told what to do.
  const stranger = await (await browser.newContext()).newPage();
  const answer = await stranger.goto(origin + "/");
  hold("the bare address says what to do", answer.status() === 401 && (await stranger.innerText("body")).includes("Please use the address that Signalbox printed"));
  const link = await stranger.goto(origin + "/console/github/practice/shop");
  hold("so does a card's link without it", link.status() === 401 && (await stranger.innerText("body")).includes("Please use the address"));
});
