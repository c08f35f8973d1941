// Asks for operations by form, in the real product: `node forms.mjs <address-with-token> <folder-for-screenshots>`,
// against a server with the example catalogue. All of it by keyboard; once more on a phone.

import { becomes, cards, channel, hold, run, send, shot } from "./page.mjs";

const dialog = (page) => page.locator("#modal");
const widerThanScreen = (page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
const inDialog = (page) => page.evaluate(() => document.getElementById("modal").contains(document.activeElement));

async function desktop(open) {
  const page = await open("forms", { viewport: { width: 1280, height: 1000 }, colorScheme: "light" });
  await page.locator("#person").selectOption("UADA");
  await channel(page, "ops");
  const line = page.getByRole("combobox", { name: "Message or command" });

  // The list of what may be asked for here, and from it the form of one operation.
  await line.fill("/signalbox");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  hold("the focus is in the list", await inDialog(page));
  const wanted = dialog(page).getByLabel("What do you want to run?");
  await wanted.focus();
  await shot(page, "console-picker.png");
  hold("only what may be asked for here is offered", !(await wanted.innerText()).includes("release:"));
  await wanted.selectOption("scale");
  await page.getByText("Run a service in another size").waitFor();
  await dialog(page).getByLabel("service").selectOption("web");
  await dialog(page).getByLabel("Where").selectOption("qa");
  await becomes("in qa the number of copies is fixed, and not asked for", async () => (await dialog(page).getByLabel("copies").count()) === 0);
  await dialog(page).getByLabel("Where").selectOption("prod");
  await dialog(page).getByLabel("reason").waitFor();
  hold("in production a reason is asked for", true);
  await dialog(page).getByLabel("size").selectOption("large");

  // What is missing is said beside its field, and gets the focus.
  await dialog(page).getByRole("button", { name: "Continue" }).click();
  await becomes("what is missing has the focus", () => dialog(page).getByLabel("reason").evaluate((e) => e === document.activeElement));
  await page.keyboard.type("oh");
  await dialog(page).getByRole("button", { name: "Continue" }).click();
  await page.getByText(/at least 5 characters/).first().waitFor();
  await dialog(page).getByLabel("reason").fill("the sale begins");
  await dialog(page).getByRole("button", { name: "Continue" }).click();

  // Nothing protected runs without its summary, and without its name.
  await page.getByText("Check this before it runs.").waitFor();
  await shot(page, "console-forms.png");
  hold("nothing has been started", (await cards(page).filter({ hasText: "scale" }).count()) === 0);
  await dialog(page).getByLabel("Type prod to go on").fill("qa");
  await dialog(page).getByRole("button", { name: "Run it" }).click();
  await page.getByText("Type prod exactly as it is written").waitFor();
  await dialog(page).getByLabel("Type prod to go on").fill("prod");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "hidden" });
  const card = cards(page).filter({ hasText: "scale" }).last();
  await card.filter({ hasText: "Succeeded" }).waitFor();
  hold("what was looked at has run", (await card.innerText()).includes("prod"));

  // Its card offers the same once more, and the line to type.
  await card.getByRole("button", { name: "Run again…" }).click();
  await dialog(page).waitFor();
  hold("the form has what was asked for", (await dialog(page).getByLabel("reason").inputValue()) === "the sale begins");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  await card.getByRole("button", { name: "Copy as command" }).click();
  await page.getByText("To ask for it once more, type:").first().waitFor();
  hold("its line can be copied", true);

  // A line that says not enough, and a shortcut, open the form as well.
  await send(page, "/rollback web qa");
  await dialog(page).waitFor();
  hold("what the line says is filled in", (await dialog(page).getByLabel("service").inputValue()) === "web");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Shortcuts", exact: true }).click();
  await page.getByRole("menuitem", { name: /Scale a service/ }).waitFor();
  await page.keyboard.press("Escape");

  // The app's own page.
  await page.locator("#direct button").click();
  await page.getByRole("tab", { name: "Home" }).click();
  await page.getByText("Your latest runs").waitFor();
  await shot(page, "console-home.png");
  await page.context().close();
}

async function phone(open) {
  const page = await open("forms on a phone", { viewport: { width: 360, height: 740 }, colorScheme: "dark", hasTouch: true });
  await page.getByRole("button", { name: "Channels and people" }).tap();
  await page.locator("#person").selectOption("UADA");
  await page.getByRole("button", { name: /ops/ }).tap();
  await page.getByRole("combobox", { name: "Message or command" }).fill("/provision");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  hold("a form fits on a phone", !(await widerThanScreen(page)));
  await shot(page, "console-forms-phone.png");
  await dialog(page).getByLabel("name").fill("preview-42");
  await dialog(page).getByRole("button", { name: "Continue" }).tap();
  await dialog(page).waitFor({ state: "hidden" });
  await cards(page).filter({ hasText: "provision" }).last().filter({ hasText: "Succeeded" }).waitFor();
  hold("and is sent from there", true);
  await page.context().close();
}

await run(async ({ open }) => {
  await desktop(open);
  await phone(open);
});
