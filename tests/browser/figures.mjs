// What a page weighs, and how quickly it answers: for 200,000 pairs made here, and for the logs that are given.

import { createWriteStream, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { browser, folder, logs, open, pipemine } from "./harness.mjs";

const PAIRS = 200_000;
const HOSTS = 200;
const FAMILIES = 20_000;
const DAYS = 14;
/** Each figure is the median of so many. */
const ROUNDS = 7;

/** Each event is a pair of its own: a name of one of the families, as a program made it that makes ten of them. */
async function write(file) {
  const out = createWriteStream(join(folder, file));
  // The same numbers in every run.
  let seed = 1;
  const chance = (below) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
  for (let number = 0; number < PAIRS; number++) {
    const family = number % FAMILIES;
    const [program, pid, host] = [family % (FAMILIES / 10), 4 * (1 + (chance(2 ** 31) >> 8) % 16000), (chance(2 ** 31) >> 8) % HOSTS];
    const time = new Date(Date.UTC(2024, 2, 4 + ((chance(2 ** 31) >> 8) % DAYS), number % 24, number % 60, 0, number % 1000));
    const event = {
      EventID: 17,
      SourceName: "Microsoft-Windows-Sysmon",
      Hostname: `H${String(host).padStart(3, "0")}`,
      RecordNumber: number + 1,
      UtcTime: time.toISOString().replace("T", " ").slice(0, -1),
      ProcessId: pid,
      PipeName: `\\svc${String(family).padStart(5, "0")}chan.${pid}.${number}${chance(2 ** 31)}`,
      Image: `C:\\Program Files\\Vendor${program % 50}\\App${program}\\app${program}.exe`,
      User: `CORP\\u${host}`,
    };
    if (!out.write(`${JSON.stringify(event)}\n`)) await new Promise((resolve) => out.once("drain", resolve));
  }
  await new Promise((resolve) => out.end(resolve));
  return join(folder, file);
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

/**
 * Sets a control of the page to one value after the other: milliseconds until each was handled, and until it was on the
 * screen; medians.
 */
async function answer(page, id, values) {
  const times = await page.evaluate(
    async ([id, values, rounds]) => {
      const control = document.getElementById(id);
      const times = [];
      for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        control.value = values[round % values.length];
        control.dispatchEvent(new Event(control.tagName === "SELECT" ? "change" : "input"));
        const handled = performance.now() - start;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        times.push([handled, performance.now() - start]);
      }
      return times;
    },
    [id, values, 2 * ROUNDS],
  );
  return [0, 1].map((place) => median(times.map((time) => time[place])).toFixed(0)).join(" / ");
}

async function measure(log, name) {
  pipemine("report", log, "-q", "-o", "figures.html");
  const file = join(folder, "figures.html");
  const paints = [];
  let answers;
  for (let round = 0; round < ROUNDS; round++) {
    const { page, close } = await open("figures.html");
    // A page may be ready before its first paint is told of.
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    paints.push(await page.evaluate(() => [
      performance.getEntriesByName("first-contentful-paint")[0].startTime,
      performance.getEntriesByType("navigation")[0].loadEventEnd,
    ]));
    if (round === ROUNDS - 1) {
      answers = [await answer(page, "verdict", ["1", ""]), await answer(page, "words", ["svc0123", ""])];
      answers.push((await page.locator("#shown").innerText()).split(" ")[0]);
    }
    await close();
  }
  const [filter, search, candidates] = answers;
  const [paint, ready] = [0, 1].map((place) => median(paints.map((paint) => paint[place])).toFixed(0));
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const page = `${megabytes(statSync(file).size)} (${megabytes(gzipSync(readFileSync(file)).length)} packed)`;
  console.log(`| ${[name, candidates, page, `${paint} ms`, `${ready} ms`, `${filter} ms`, `${search} ms`].join(" | ")} |`);
}

console.log("| logs | candidates | page | first paint | ready | filter: handled / shown | search: handled / shown |");
console.log("|---|--:|--:|--:|--:|--:|--:|");
for (const log of logs.split(",").filter((log) => log !== "")) await measure(log, basename(log));
await measure(await write("pairs.jsonl"), `${PAIRS.toLocaleString("en-US")} pairs, ${HOSTS} hosts`);
await browser.close();
