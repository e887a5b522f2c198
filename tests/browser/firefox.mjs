// The same page in a stock Firefox, driven by WebDriver BiDi: a short review.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [program, firefox, logs, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "pipemine-firefox-"));
const html = join(folder, "review.html");
execFileSync(program, ["report", ...logs.split(","), "-q", "-o", html]);

/** @param {0 | 1} light whether pages are told that light is preferred, or dark */
const launch = (light) =>
  puppeteer.launch({
    browser: "firefox",
    executablePath: firefox,
    headless: true,
    timeout: 120_000,
    defaultViewport: { width: 1280, height: 800 },
    extraPrefsFirefox: { "browser.download.folderList": 2, "browser.download.dir": folder, "layout.css.prefers-color-scheme.content-override": light },
  });
const browser = await launch(1);
const page = await browser.newPage();
page.setDefaultTimeout(120_000);
const said = [];
page.on("console", (message) => ["error", "warn"].includes(message.type()) && said.push(message.text()));
page.on("pageerror", (error) => said.push(String(error)));
page.on("request", (request) => /^https?:/.test(request.url()) && said.push(`a request: ${request.url()}`));

const goto = async () => {
  await page.goto(pathToFileURL(html).href);
  await page.waitForSelector("body.ready");
};
const text = (selector) => page.$eval(selector, (element) => element.textContent);
const shown = () => text("#shown");
const until = (selector, words) => page.waitForFunction((selector, words) => document.querySelector(selector).textContent.includes(words), {}, selector, words);
const shot = (name) => page.screenshot({ path: join(shots, `firefox-${name}.png`) });
const SAVED = join(folder, "decisions.txt");
const saved = async () => {
  for (let wait = 0; wait < 600; wait++) {
    try {
      const file = readFileSync(SAVED, "utf8");
      if (file.endsWith("\n")) return file;
    } catch {
      // It is not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail("nothing was saved");
};

try {
  await goto();
  const all = await shown();
  await page.type("#words", "exe");
  await page.type("#words", " no such pipe");
  assert.match(await shown(), /^0 candidates/);
  await page.$eval("#words", (words) => {
    words.value = "";
    words.dispatchEvent(new Event("input"));
  });
  assert.equal(await shown(), all);
  await page.select("#verdict", "");
  assert.notEqual(await shown(), all);
  await page.click("#head .names button");
  const names = await page.$$eval("#rows .names .mono", (all) => all.map((name) => name.textContent.toLowerCase()));
  assert.deepEqual(names, [...names].sort());
  await page.select("#verdict", "1");
  await shot("list");

  const outcome = await text("#outcome");
  await page.focus("#list");
  for (const key of ["Enter", "x", "j", "e", "j", "x", "z"]) await page.keyboard.press(key);
  await until("#kept", "2 decisions, kept in this browser until you save");
  await page.focus("#why");
  await page.keyboard.type("in Firefox");
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await until("#kept", "3 decisions");
  await page.focus("#more > summary");
  await page.keyboard.press("Enter");
  assert.ok(await page.$eval("#more", (more) => more.open));
  await page.keyboard.press("Enter");
  await shot("detail");
  await page.reload();
  await page.waitForSelector("body.ready");
  await until("#kept", "3 decisions, kept in this browser until you save");

  const decided = await text("#outcome");
  await page.click("#save");
  const file = await saved();
  assert.equal(file.trim().split("\n").length, 4);
  assert.match(file, /\tin Firefox$/m);
  await until("#kept", "3 decisions, as saved");
  await page.select("#verdict", "decided");
  await page.focus("#list");
  await page.keyboard.press("a");
  await page.keyboard.press("u");
  await until("#kept", "0 decisions, kept");
  assert.equal(await text("#outcome"), outcome);
  const input = await page.$("#load");
  await input.uploadFile(SAVED);
  await until("#kept", "3 decisions, kept");
  assert.equal(await text("#outcome"), decided);

  for (const [name, width, height] of [["desktop", 1280, 800], ["phone", 390, 844]]) {
    await page.setViewport({ width, height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
    await shot(name);
  }
  const inDark = await launch(0);
  const dark = await inDark.newPage();
  await dark.goto(pathToFileURL(html).href);
  await dark.waitForSelector("body.ready");
  await dark.click("#rows .names");
  await dark.screenshot({ path: join(shots, "firefox-dark.png") });
  await inDark.close();
  assert.deepEqual(said, [], "the console stays silent");
  console.log(`ok: a review in ${await browser.version()}\n1 passed, 0 failed`);
} catch (error) {
  console.log(`FAILED: a review in Firefox\n${error instanceof Error ? error.stack : error}\n${said.join("\n")}\n0 passed, 1 failed`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
