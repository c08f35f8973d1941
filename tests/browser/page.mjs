// What the scripts that drive the console share: the browser, the checks, and the first steps.
//
// The page may send requests only to the program itself, and no page may report an error.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, folder] = process.argv.slice(2);

// On a slow machine, the first answer may take this long.
export const SLOW = 60_000;
const complaints = [];
// While the connection is cut on purpose, the browser reports that as an error.
let muted = false;

/** While this runs, pages may report errors. */
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

/** Waits until something holds, because the page may still be drawing what just came. */
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

/** Runs a script in a browser. The first check that fails ends it, and the exit code is 1. */
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
