// Names, logs, files and browsers as they should not be, and what a hand does that is quicker than the eye.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { drafted, end, folder, logs, open, outcome, pipemine, save, test } from "./harness.mjs";

pipemine("report", ...logs.split(","), "-q", "-o", "review.html");
const first = (page) => page.locator("#rows .row").first();
const kept = (page) => page.locator("#kept").innerText();
const button = (page, name) => page.locator("#detail").getByRole("button", { name, exact: true });
const pressed = (page) => page.locator("#detail [aria-pressed=true]").innerText();

/** A page of events that differ from one in what is given. */
function report(name, events) {
  const event = (fields, at) =>
    JSON.stringify({
      EventID: 17,
      SourceName: "Microsoft-Windows-Sysmon",
      Hostname: "H1",
      RecordNumber: at + 1,
      UtcTime: "2024-03-04 01:02:03.000",
      ProcessId: 4,
      PipeName: "\\x",
      Image: "C:\\Program Files\\A\\a.exe",
      User: "u",
      ...fields,
    });
  writeFileSync(join(folder, `${name}.jsonl`), events.map(event).join("\n"));
  pipemine("report", `${name}.jsonl`, "-q", "-o", `${name}.html`);
  return `${name}.html`;
}

await test("what is unfolded is unfolded by the keyboard, too", async () => {
  const { page, close } = await open("review.html");
  await page.focus("#more > summary");
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("#more").evaluate((more) => more.open));
  await page.focus("#list");
  await page.keyboard.press("Enter");
  await page.locator("#detail summary").first().focus();
  await page.keyboard.press(" ");
  assert.ok(await page.locator("#detail details").first().evaluate((details) => details.open));
  await page.keyboard.press("e");
  assert.equal(await pressed(page), "Keep");
  assert.ok(await page.locator("#detail details").first().evaluate((details) => details.open), "and stays so");
  await close();
});

await test("the open candidate is scrolled by the keyboard", async () => {
  const { page, close } = await open("review.html");
  await first(page).locator(".names").click();
  await page.focus("#detail");
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector("#detail").scrollTop > 0);
  assert.equal(await page.locator(".row.here").getAttribute("data-place"), "0");
  await page.keyboard.press("j");
  assert.equal(await page.locator(".row.here").getAttribute("data-place"), "1");
  await close();
});

await test("the focus stays on the button that decided", async () => {
  const { page, close } = await open("review.html");
  await first(page).locator(".names").click();
  await button(page, "Keep").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Keep");
  await close();
});

await test("a click after the reason was changed is not lost", async () => {
  const { page, close } = await open("review.html");
  await first(page).locator(".names").click();
  await button(page, "Exclude").click();
  await page.fill("#why", "on second thoughts");
  await button(page, "Keep").click();
  assert.equal(await pressed(page), "Keep");
  assert.match(await save(page, "why.txt"), /^keep\t.*\ton second thoughts$/m);
  await page.fill("#why", "at last");
  const other = page.locator('#rows [data-place="2"]');
  await other.locator(".names").click();
  assert.match(await other.getAttribute("class"), /here/);
  assert.match(await save(page, "why.txt"), /^keep\t.*\tat last$/m);
  await close();
});

await test("Enter in the dialog's field does what was asked for, and not without a reason", async () => {
  const { page, close } = await open("review.html");
  await page.selectOption("#verdict", "2");
  await first(page).locator(".names").click();
  await button(page, "Exclude anyway…").click();
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("#dialog").isVisible());
  await page.keyboard.type("our own tool");
  await page.keyboard.press("Enter");
  assert.match(await save(page, "enter.txt"), /^exclude-anyway\t.*\tour own tool$/m);
  await close();
});

await test("a selection that is not in sight is told", async () => {
  const { page, close } = await open("review.html");
  await page.keyboard.press("a");
  const all = Number(/^(\d+) selected$/.exec(await page.locator("#selected").innerText())[1]);
  await page.fill("#words", "no such pipe");
  assert.equal(await page.locator("#selected").innerText(), `${all} selected, ${all} of them not shown`);
  await close();
});

await test("after a reload the page knows what is in no file yet", async () => {
  const { page, close } = await open("review.html");
  await first(page).locator(".names").click();
  await button(page, "Keep").click();
  await page.reload();
  assert.equal(await kept(page), "1 decision, kept in this browser until you save.");
  await save(page, "kept.txt");
  await page.reload();
  assert.equal(await kept(page), "1 decision, as saved.");
  await close();
});

await test("the same page, opened twice, is one review", async () => {
  const { page, close } = await open("review.html");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await first(other).locator(".names").click();
  await button(other, "Keep").click();
  await page.locator("#kept", { hasText: "1 decision," }).waitFor();
  await page.locator('#rows [data-place="1"] .names').click();
  await button(page, "Keep").click();
  await other.locator("#kept", { hasText: "2 decisions," }).waitFor();
  assert.equal(await save(page, "one.txt"), await save(other, "two.txt"));
  await close();
});

await test("another page of the same folder keeps its own", async () => {
  const { page, close } = await open("review.html");
  await page.keyboard.press("e");
  assert.match(await kept(page), /^1 decision,/);
  await page.goto(pathToFileURL(join(folder, report("beside", [{}]))).href);
  assert.equal(await kept(page), "Nothing decided yet.");
  await page.goto(pathToFileURL(join(folder, "review.html")).href);
  assert.match(await kept(page), /^1 decision,/);
  await close();
});

const DENIED = 'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })';
const FULL = 'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }';
for (const [what, before] of [["denied", DENIED], ["full", FULL], ["none", 'Object.defineProperty(window, "localStorage", { value: null })']]) {
  await test(`a browser's storage that is ${what} is told, and the review goes on`, async () => {
    const { page, close } = await open("review.html", { before });
    assert.equal(await kept(page), "Nothing decided yet.");
    await page.keyboard.press("e");
    assert.match(await kept(page), /^1 decision, this browser keeps nothing/);
    assert.match(await save(page, "denied.txt"), /^keep\t/m);
    assert.equal(await kept(page), "1 decision, as saved.");
    await close();
  });
}

await test("what is damaged in the browser's storage is not read", async () => {
  const { page, close } = await open("review.html");
  for (const damage of ["{", "null", '{"text":7}', '{"text":"keep what\\n"}', "keep\tany\tx\ty\tz", "[]", ""]) {
    await page.evaluate((damage) => localStorage.setItem(`pipemine:${document.querySelector("#data").dataset.digest}`, damage), damage);
    await page.reload();
    assert.equal(await kept(page), "Nothing decided yet.", damage);
  }
  await close();
});

await test("every name that a file can hold comes back from it", async () => {
  const names = ["\ufeffa", "b\ufeff", "c\u0085", "d\u00a0", "e ", "#f", "g\u200b", "=1+1", "@SUM(1)", "__proto__", "constructor", "toString", "\ud800", "שלום", "a".repeat(100_000)];
  const events = names.flatMap((name) => [1, 2].map((day) => ({ PipeName: `\\${name}`, Image: `C:\\Program Files\\${name}\\x.exe`, Hostname: `H${day}`, UtcTime: `2024-03-0${day} 01:02:03.000` })));
  const { page, close } = await open(report("names", events));
  await page.selectOption("#verdict", "");
  await page.keyboard.press("a");
  await page.keyboard.press("e");
  const decided = await kept(page);
  const text = await save(page, "names.txt");
  await page.reload();
  assert.equal(await kept(page), decided.replace("kept in this browser until you save", "as saved"));
  pipemine("draft", "names.jsonl", "-q", "-o", "names.xml", "--decisions", "names.txt", "--explain", "names.json");
  pipemine("report", "names.jsonl", "-q", "-o", "again.html", "--decisions", "names.txt");
  const again = await open("again.html");
  assert.equal(await kept(again.page), `${text.trim().split("\n").length - 1} decisions, as saved.`);
  assert.equal(await again.page.locator("text=fits nothing").count(), 0);
  await again.close();
  // What stands on the page for a name can be searched for.
  await page.fill("#words", "\\u{d800}");
  assert.match(await page.locator("#shown").innerText(), /^1 candidate,/);
  await page.fill("#words", "");
  const longest = await page.locator("#rows .mono").evaluateAll((all) => Math.max(...all.map((name) => name.textContent.length)));
  assert.ok(longest < 2100, `${longest} characters of a name are on the page`);
  await close();
});

await test("files of other editors: marks, line ends, lines twice and against each other", async () => {
  const { page, close } = await open("review.html");
  const { strings, families } = await page.evaluate(() => JSON.parse(document.querySelector("#data").textContent));
  const [a, b, c] = families.guards.flatMap((guards, index) => (guards === 1 && families.rule[index].length > 0 && families.decidable[index] ? [index] : [])).slice(0, 3)
    .map((index) => `${families.kind[index] === 17 ? "created" : "connected"}\t${strings[families.name[index]]}\t${strings[families.image[index]]}`);
  const lines = ["# ours", "", `exclude\t${a}\tfirst`, `keep\t\t${a.toUpperCase().replace(/^[A-Z]+/, (kind) => kind.toLowerCase())}\tlast`, `keep\t${b}\tx`, `exclude\t${b.replace(/^\w+/, "any")}\ty`, `exclude\t${c}\tz`, `exclude\t${c}\tz`];
  writeFileSync(join(folder, "edited.txt"), `\ufeff${lines.join("\r\n")}\r\n`);
  await page.setInputFiles("#load", join(folder, "edited.txt"));
  await page.locator("#kept", { hasText: /^[34] decisions/ }).waitFor();
  const told = await outcome(page);
  for (const file of ["edited.txt", "tidied.txt"]) {
    const { dropped, rules } = drafted(file);
    assert.deepEqual({ dropped, rules }, told, file);
    await save(page, "tidied.txt");
  }
  writeFileSync(join(folder, "picture.txt"), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 254]));
  await page.setInputFiles("#load", join(folder, "picture.txt"));
  await page.locator("#dialog", { hasText: "cannot be read" }).waitFor();
  await page.keyboard.press("Escape");
  assert.deepEqual(await outcome(page), told, "what was decided stays");
  writeFileSync(join(folder, "huge.txt"), "# a comment\nkeep\tany\t\\gone\tC:\\x.exe\twhy\n".repeat(200_000));
  await page.setInputFiles("#load", join(folder, "huge.txt"));
  await page.locator("#kept", { hasText: /^0 decisions, this browser keeps nothing/ }).waitFor();
  await page.click("#undo");
  assert.deepEqual(await outcome(page), told);
  await close();
});

await test("a line about both kinds stays for the kind that these logs do not have", async () => {
  const { page, close } = await open(report("kinds", [{}]));
  writeFileSync(join(folder, "kinds.txt"), "keep\tany\t\\X\tC:\\Program Files\\A\\a.exe\tours\n");
  await page.setInputFiles("#load", join(folder, "kinds.txt"));
  await page.locator("#kept", { hasText: "1 decision" }).waitFor();
  await page.keyboard.press("u");
  assert.equal(await save(page, "kinds-out.txt"), "keep\tconnected\t\\X\tC:\\Program Files\\A\\a.exe\tours\n");
  await close();
});

await test("one event, no host, wrong clocks", async () => {
  const times = ["2015-01-01", "2026-11-24", "1601-01-01", "2999-01-01"];
  const facts = async (name, events) => {
    const { page, close } = await open(report(name, events));
    await first(page).locator(".names").click();
    const text = (await page.locator(".facts").innerText()).replaceAll("\n", " ");
    const bars = await page.locator("#rows .trend rect").evaluateAll((all) => all.map((bar) => Number(bar.getAttribute("height"))));
    await close();
    return { text, bars };
  };
  assert.match((await facts("one", [{}])).text, /^1 event 1 of 1 host 1 day 2024-03-04 first/);
  assert.match((await facts("nobody", [{ Hostname: undefined }])).text, /^1 event 0 of 0 hosts 0 days/);
  const { text, bars } = await facts("clocks", times.map((day) => ({ UtcTime: `${day} 01:02:03.000` })));
  assert.match(text, /^4 events 1 of 1 host 2 days/, "a day on which the clock was wrong is none");
  assert.ok(bars[0] > 1 && bars.at(-1) > 1, `the last day is drawn: ${bars}`);
});

await test("what is printed says what is left out, and leaves the page as it was", async () => {
  const events = Array.from({ length: 1100 }, (_, at) => ({ PipeName: `\\${String.fromCharCode(97 + (at % 26)).repeat(3)}${String(at).split("").map((digit) => "qwertzuiop"[digit]).join("")}` }));
  const { page, close } = await open(report("many", events));
  await page.selectOption("#verdict", "");
  const count = /^[\d,]+/.exec(await page.locator("#shown").innerText())[0];
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.match(await page.locator("#rows").innerText(), new RegExp(`The first 1,000 of ${count} candidates are printed`));
  assert.ok(await page.locator("#more").evaluate((more) => more.open));
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.ok((await page.locator("#rows .row").count()) < 100);
  assert.ok(!(await page.locator("#more").evaluate((more) => more.open)));
  await close();
});

await test("narrow, enlarged, in forced colours: nothing is cut", async () => {
  for (const options of [{ viewport: { width: 320, height: 640 } }, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, { forcedColors: "active" }, { reducedMotion: "reduce" }]) {
    const { page, close } = await open("review.html", options);
    await page.keyboard.press("Shift+ArrowDown");
    for (const part of ["list", "detail"]) {
      const cut = await page.evaluate(() => [
        document.documentElement.scrollWidth - innerWidth,
        ...[...document.querySelectorAll("button, .button")].map((button) => button.scrollWidth - button.clientWidth),
      ]);
      assert.ok(Math.max(...cut) <= 0, `${JSON.stringify(options)} ${part}: ${cut}`);
      await page.keyboard.press("Enter");
    }
    await close();
  }
});

await end();
