// What the scripts that drive the console have in common: the browser, what counts as holding, and the first steps.
//
// Nothing may be asked of anyone but the program itself, and no page may complain of anything.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, folder] = process.argv.slice(2);

// The first of a slow machine's answers may take this long.
export const SLOW = 60_000;
const complaints = [];
// While the connection is cut on purpose, the browser reports just that.
let muted = false;

/** While this is done, pages may complain. */
export async function mutely(does) {
  muted = true;
  const gave = await does();
  muted = false;
  return gave;
}

export function hold(what, holds) {
  if (!holds) throw new Error(what);
  console.log(`ok  ${what}`);
}

/** What holds in a moment, if not yet: the page may be drawing what just came. */
export async function becomes(what, check) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await check().catch(() => false)) return hold(what, true);
    await new Promise((done) => setTimeout(done, 100));
  }
  hold(what, false);
}

export const shot = (page, name) => page.screenshot({ path: join(folder, name) });
export const cards = (page) => page.locator("#messages .message:not(.ephemeral) .card");
export const channel = (page, name) => page.locator(".channel", { hasText: name }).click();

/** Types a command and sends it. */
export async function send(page, command) {
  const line = page.getByRole("combobox", { name: "Message or command" });
  await line.fill(command);
  await page.keyboard.press("Enter");
  await page.locator("#messages .message.typed code", { hasText: command }).last().waitFor();
}

/** Drives a browser; the first thing that does not hold ends it, and the exit code is 1. */
export async function run(drives) {
  if (!address || !folder) {
    console.error("usage: node <script> <address-with-token> <folder-for-screenshots>");
    process.exit(2);
  }
  mkdirSync(folder, { recursive: true });
  const origin = new URL(address).origin;
  const watch = (page, name) => {
    page.on("console", (message) => {
      if (!muted && ["error", "warning"].includes(message.type())) complaints.push(`${name}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== origin) complaints.push(`${name}: asked ${request.url()}`);
    });
    page.setDefaultTimeout(SLOW);
  };
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
  const open = async (name, options) => {
    const context = await browser.newContext(options);
    context.on("page", (page) => watch(page, name));
    const page = await context.newPage();
    await page.goto(address);
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
    return page;
  };
  try {
    await drives({ browser, open, origin });
    hold(`the pages complain of nothing and ask nobody else: ${complaints.join("; ") || "quiet"}`, complaints.length === 0);
  } catch (error) {
    console.error(`FAILED  ${error.message}`);
    const pages = browser.contexts().flatMap((context) => context.pages());
    for (const page of pages) await shot(page, "failed.png").catch(() => {});
    for (const complaint of complaints) console.error(`        ${complaint}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
