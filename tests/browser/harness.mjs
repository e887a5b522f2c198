// A browser, a page, and runs of the program. What a test finds wrong it throws.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [program, browserPath, logs, shots] = process.argv.slice(2);
export { logs, shots };
export const folder = mkdtempSync(join(tmpdir(), "pipemine-page-"));

export function pipemine(...args) {
  return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** How long anything may take. Nothing is tried twice: a slow machine gets the time that it needs, and no test waits for it. */
const PATIENCE = 120_000;

export const browser = await chromium.launch({
  executablePath: browserPath,
  headless: true,
  timeout: PATIENCE,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A page in a browser that has seen nothing before; what is to run `before` its own script can be given. Whatever its console or a dialog says is an error. */
export async function open(file, { before, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  if (before) await context.addInitScript(before);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const said = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("dialog", (dialog) => {
    said.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => /^https?:/.test(request.url()) && said.push(`a request: ${request.url()}`));
  await page.goto(pathToFileURL(join(folder, file)).href);
  // Set when the page's script has come to its end; events are handled at once from then on.
  if (options.javaScriptEnabled !== false) await page.locator("body.ready").waitFor();
  return {
    page,
    close: async () => {
      assert.deepEqual(said, [], "the console stays silent");
      await context.close();
    },
  };
}

/** What the page says of the draft. */
export async function outcome(page) {
  const text = await page.locator("#outcome").innerText();
  const match = /^([\d,]+) of [\d,]+ events dropped .*?([\d,]+) rules?/.exec(text.replaceAll("\n", " "));
  assert.ok(match, `the page is exact: ${text}`);
  const number = (digits) => Number(digits.replaceAll(",", ""));
  return { dropped: number(match[1]), rules: number(match[2]) };
}

/** What a draft with a file of decisions really comes to, by its explanation and its XML. */
export function drafted(decisions, ...more) {
  const args = ["draft", ...logs.split(","), "-q", "-o", "draft.xml", "--explain", "why.json", ...more];
  pipemine(...args, ...(decisions ? ["--decisions", decisions] : []));
  const { summary, candidates } = JSON.parse(readFileSync(join(folder, "why.json"), "utf8"));
  const xml = readFileSync(join(folder, "draft.xml"), "utf8");
  const rules = xml.match(/<Rule /g)?.length ?? 0;
  assert.equal(rules, summary.rules);
  return { dropped: summary.dropped, rules, candidates, xml };
}

/** Saves by the page's button; gives the file's name and text. */
export async function save(page, name, press = () => page.click("#save")) {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  assert.equal(download.suggestedFilename(), "decisions.txt");
  await download.saveAs(join(folder, name));
  return readFileSync(join(folder, name), "utf8");
}

export async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error instanceof Error ? error.stack : error}`);
  }
}
let passed = 0;
let failed = 0;

export async function end() {
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
