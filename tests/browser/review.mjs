// A person's review, from opening the page to the draft that comes of it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drafted, end, folder, logs, open, outcome, pipemine, save, shots, test } from "./harness.mjs";

const sources = logs.split(",");
pipemine("report", ...sources, "-q", "-o", "review.html");
const rows = (page) => page.locator("#rows .row");
const first = (page) => rows(page).first();

await test("the page agrees with the draft before anything is decided", async () => {
  const { page, close } = await open("review.html");
  const { dropped, rules } = drafted();
  assert.deepEqual(await outcome(page), { dropped, rules });
  await close();
});

await test("search, sort and filter", async () => {
  const { page, close } = await open("review.html");
  await page.selectOption("#verdict", "");
  const all = await page.locator("#shown").innerText();
  await page.fill("#words", "mojo chrome");
  assert.notEqual(await page.locator("#shown").innerText(), all);
  for (const text of await rows(page).allInnerTexts()) {
    assert.match(text.toLowerCase(), /mojo/);
  }
  await page.fill("#words", "no such pipe");
  assert.match(await page.locator("#rows").innerText(), /No candidate/);
  await page.fill("#words", "");
  await page.selectOption("#verdict", "2");
  assert.match(await first(page).innerText(), /keep/);
  await page.selectOption("#verdict", "");
  await page.getByRole("button", { name: "Pipe and image" }).click();
  const names = await page.locator("#rows .names .mono").allInnerTexts();
  const folded = names.map((name) => name.toLowerCase());
  assert.deepEqual(folded, [...folded].sort());
  await close();
});

await test("decide ten, undo, save, draft with the file, open again", async () => {
  const { page, close } = await open("review.html");
  for (let place = 0; place < 10; place++) {
    await page.locator(`#rows [data-place="${place}"] .names`).click();
    await page.fill("#why", `reason ${place}`);
    await page.locator("#detail").getByRole("button", { name: place % 3 === 2 ? "Keep" : "Exclude", exact: true }).click();
    assert.match(await page.locator(`#rows [data-place="${place}"] .mine`).innerText(), /yours|refused/);
  }
  const ten = await outcome(page);
  await page.click("#undo");
  assert.match(await page.locator("#kept").innerText(), /^9 decisions/);
  await page.locator("#detail").getByRole("button", { name: "Exclude", exact: true }).click();
  assert.deepEqual(await outcome(page), ten);
  const text = await save(page, "decisions.txt");
  assert.equal(text.trim().split("\n").length, 11);
  const { dropped, rules, xml } = drafted("decisions.txt");
  assert.deepEqual({ dropped, rules }, ten, "the draft is what the page said");
  assert.notEqual(xml, drafted().xml);
  await page.reload();
  assert.deepEqual(await outcome(page), ten, "nothing is lost on reload");
  await close();

  pipemine("report", ...sources, "-q", "-o", "again.html", "--decisions", "decisions.txt");
  const again = await open("again.html");
  assert.deepEqual(await outcome(again.page), ten);
  assert.equal(await save(again.page, "again.txt"), text, "the file comes back as it was");
  await again.close();

  const other = await open("review.html");
  await other.page.setInputFiles("#load", join(folder, "decisions.txt"));
  await other.page.locator("#kept", { hasText: "10 decisions" }).waitFor();
  assert.deepEqual(await outcome(other.page), ten);
  await other.close();
});

await test("comments and lines about other logs survive", async () => {
  const { page, close } = await open("review.html");
  const text = "# ours\n\nkeep\tany\t\\gone\tC:\\x.exe\twhy\n";
  writeFileSync(join(folder, "other.txt"), text);
  await page.setInputFiles("#load", join(folder, "other.txt"));
  assert.equal(await save(page, "same.txt"), text);
  writeFileSync(join(folder, "broken.txt"), "keep what\n");
  await page.setInputFiles("#load", join(folder, "broken.txt"));
  await page.locator("#dialog", { hasText: "line 1: a decision is five fields" }).waitFor();
  await page.keyboard.press("Escape");
  await close();
});

await test("what a guard keeps is excluded expressly, and not by the way", async () => {
  const { page, close } = await open("review.html");
  await page.selectOption("#verdict", "2");
  const before = await outcome(page);
  await page.locator("#list").focus();
  await page.keyboard.press("a");
  await page.keyboard.press("x");
  assert.match(await page.locator("#dialog").innerText(), /a guard keeps/);
  await page.keyboard.press("Escape");
  assert.deepEqual(await outcome(page), before);
  await page.keyboard.press("Escape");
  await first(page).locator(".names").click();
  await page.getByRole("button", { name: "Exclude anyway…" }).click();
  await page.fill("#anyway-why", "tested");
  await page.getByRole("button", { name: "Exclude anyway", exact: true }).click();
  const text = await save(page, "anyway.txt");
  assert.match(text, /^exclude-anyway\t.*\ttested$/m);
  const { dropped, rules } = drafted("anyway.txt");
  if (!/about|perhaps/.test(await page.locator("#outcome").innerText())) {
    assert.deepEqual(await outcome(page), { dropped, rules });
  }
  await close();
});

/** The page and a draft with what the page saves, which must be the same. */
async function agreed(page, name) {
  await save(page, name);
  const { dropped, rules, xml } = drafted(name);
  const told = await outcome(page);
  assert.deepEqual(told, { dropped, rules }, name);
  return { ...told, xml };
}

await test("the draft changes as the page says: exclude, keep, undo", async () => {
  const { page, close } = await open("review.html");
  const undecided = await agreed(page, "none.txt");
  /** What the open candidate's panel says that a decision would do. */
  const foretold = async (pattern) => {
    const text = await page.locator("#detail .decide").innerText();
    const [, sign, digits] = pattern.exec(text) ?? assert.fail(text);
    return Number(digits.replaceAll(",", "")) * (sign === "−" ? -1 : 1);
  };
  const decide = async (verdict, button, pattern) => {
    await page.selectOption("#verdict", verdict);
    await first(page).locator(".names").click();
    const change = await foretold(pattern);
    await page.locator("#detail").getByRole("button", { name: button, exact: true }).click();
    return change;
  };
  const more = await decide("1", "Exclude", /Excluding it would change the draft: ([+−])([\d,]+) events?/);
  const excluded = await agreed(page, "exclude.txt");
  assert.equal(excluded.dropped - undecided.dropped, more);
  assert.ok(more > 0);
  const name = await page.locator("#detail h2").innerText();
  const rule = await page.locator("#detail pre").innerText();
  const filter = rule.split("\n").find((line) => line.includes("<PipeName"))?.trim() ?? assert.fail(rule);
  assert.ok(excluded.xml.split(filter).length > undecided.xml.split(filter).length, `the draft holds ${name}'s rule`);

  const fewer = await decide("0", "Keep", /Keeping it would change the draft: ([+−])([\d,]+) events?/);
  const kept = await agreed(page, "keep.txt");
  assert.equal(kept.dropped - excluded.dropped, fewer);
  assert.ok(fewer < 0);
  assert.notEqual(kept.xml, excluded.xml);

  await page.click("#undo");
  assert.deepEqual(await agreed(page, "undone.txt"), excluded, "one step back");
  await page.click("#undo");
  assert.deepEqual(await agreed(page, "undone-all.txt"), undecided, "the first draft, byte for byte");
  await close();
});

await test("a whole review by keyboard alone: search, sort, filter, decide ten, undo, save, load", async () => {
  const { page, close } = await open("review.html");
  const keys = async (...all) => {
    for (const key of all) await page.keyboard.press(key);
  };
  const shown = () => page.locator("#shown").innerText();
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  /** Goes on by Tab until the focus is there. */
  const tabTo = async (there) => {
    for (let step = 0; step < 60; step++) {
      if ((await focused()).startsWith(there)) return;
      await keys("Tab");
    }
    assert.fail(`no Tab leads to ${there}`);
  };
  const toDecide = await shown();
  await keys("/");
  await page.keyboard.type("exe");
  assert.notEqual(await shown(), toDecide);
  await keys("Control+a", "Delete");
  assert.equal(await shown(), toDecide);
  await tabTo("verdict");
  await keys("ArrowUp");
  assert.notEqual(await shown(), toDecide, "all verdicts");
  await keys("ArrowDown");
  assert.equal(await shown(), toDecide);
  await tabTo("Pipe and image");
  await keys("Enter");
  assert.match(await focused(), /^Pipe and image ↑/, "the focus stays where it was");
  const names = (await page.locator("#rows .names .mono").allInnerTexts()).map((name) => name.toLowerCase());
  assert.deepEqual(names, [...names].sort());

  await keys("/", "Escape", "Enter", "w");
  await page.keyboard.type("by hand");
  await keys("Escape", "x");
  for (let place = 1; place < 7; place++) {
    await keys("j", place % 3 === 0 ? "e" : "x");
  }
  await keys("Escape", "ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown");
  assert.match(await page.locator("#selected").innerText(), /^3 selected/);
  await keys("x", "Escape");
  assert.match(await page.locator("#kept").innerText(), /^10 decisions/);
  await keys("z");
  assert.match(await page.locator("#kept").innerText(), /^7 decisions/);
  await keys("Shift+ArrowUp", "Shift+ArrowUp", "e", "Escape", "?");
  assert.match(await page.locator("#dialog").innerText(), /save decisions/);
  await keys("Enter");
  const text = await save(page, "keys.txt", () => keys("s"));
  assert.match(text, /\tby hand$/m);
  assert.equal(text.trim().split("\n").length, 11);
  const told = await outcome(page);
  const { dropped, rules } = drafted("keys.txt");
  assert.deepEqual(told, { dropped, rules });
  // On a busy machine Chromium may let a key pass that comes while it works: a person presses it again.
  const opened = page.waitForEvent("filechooser");
  let chooser;
  while (!chooser) {
    await tabTo("load");
    await keys("Enter");
    chooser = await Promise.race([opened, page.waitForTimeout(5000)]);
  }
  await chooser.setFiles(join(folder, "keys.txt"));
  await page.locator("#kept", { hasText: "10 decisions, kept" }).waitFor();
  assert.deepEqual(await outcome(page), told);
  await close();
});

await test("hostile names are text", async () => {
  const names = [
    "\\</script><script>alert(1)</script>",
    "\\<!--<script>",
    "\\\"><img src=x onerror=alert(1)>",
    "\\'onmouseover='alert(1)",
    "\\{{data}}{{script}}",
    "\\javascript:alert(1)",
    "\\]]>&lt;b&gt;",
    "\\\u202Egpj.exe",
    "\\a\tb\nc",
    "\\__proto__",
    "\\${alert(1)}`",
    "\\constructor",
    "\\line\u2028end\u2029",
    "\\lone\ud800x\udc00",
    `\\${"long".repeat(2000)}`,
    `\\${"\u0301".repeat(500)}`,
  ];
  const line = (name, at) =>
    JSON.stringify({ EventID: 17, SourceName: "Microsoft-Windows-Sysmon", Hostname: `<b>H${at % 2}`, RecordNumber: at, UtcTime: `2024-03-0${4 + (at % 5)} 01:02:03.000`, ProcessId: 4, PipeName: name, Image: `C:\\Program Files\\${name.slice(1).replace(/[\t\n]/g, " ")}\\x.exe`, User: "<i>u" });
  const all = names.flatMap((name, at) => [0, 1, 2].map((round) => line(name, at * 3 + round)));
  writeFileSync(join(folder, "hostile.jsonl"), all.join("\n"));
  pipemine("report", "hostile.jsonl", "-q", "-o", "hostile.html");
  for (const javaScriptEnabled of [true, false]) {
    const { page, close } = await open("hostile.html", { javaScriptEnabled });
    if (javaScriptEnabled) {
      await page.selectOption("#verdict", "");
      for (let place = 0; place < names.length; place++) {
        await page.locator(`#rows [data-place="${place}"] .names`).click();
      }
      assert.equal(await page.locator("img, #app b > *, iframe").count(), 0);
      assert.equal(await page.evaluate(() => document.scripts.length), 2);
      const shown = await page.locator("#rows .names .mono").allInnerTexts();
      assert.ok(shown.some((text) => text === names[0]), shown.join("\n"));
      for (const made of ["\\u{202e}", "\\u{2028}", "\\u{d800}x\\u{dc00}"]) {
        assert.ok(shown.some((text) => text.includes(made)), made);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      for (let place = 0; place < names.length; place++) {
        const wide = await page.evaluate(() => {
          const panel = document.querySelector("#detail");
          return Math.max(document.documentElement.scrollWidth - innerWidth, panel.scrollWidth - panel.clientWidth);
        });
        assert.ok(wide <= 0, `${wide} pixels too wide`);
        await page.keyboard.press("j");
      }
      await page.keyboard.press("Escape");
      await page.keyboard.press("a");
      await page.keyboard.press("e");
      const decided = await page.locator("#kept").textContent();
      await save(page, "hostile.txt");
      pipemine("report", "hostile.jsonl", "-q", "-o", "decided.html", "--decisions", "hostile.txt");
      const again = await open("decided.html");
      assert.equal((await again.page.locator("#kept").innerText()).split(",")[0].replace(/\.$/, ""), decided.split(",")[0], "each name is known again");
      await again.close();
    } else {
      assert.match(await page.locator("noscript").innerText(), /<script>alert/);
    }
    await close();
  }
});

await test("logs without a pipe event", async () => {
  writeFileSync(join(folder, "none.jsonl"), '{"EventID":1,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"H","UtcTime":"2024-03-04 01:02:03.000"}\n');
  pipemine("report", "none.jsonl", "-q", "-o", "none.html");
  const { page, close } = await open("none.html");
  assert.match(await page.locator("#rows").innerText(), /no pipe event/);
  for (const key of ["Enter", "x", "j", "a", "e", "z"]) await page.keyboard.press(key);
  await page.emulateMedia({ media: "print" });
  await close();
});

await test("no script but the page's own can run", async () => {
  const file = join(folder, "injected.html");
  const html = readFileSync(join(folder, "review.html"), "utf8");
  writeFileSync(file, html.replace("</main>", "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\"></main>"));
  const { page } = await open("injected.html");
  assert.equal(await page.title(), "pipemine: review of pipe events");
  await page.context().close();
});

await test("without scripts there are the summary and a table", async () => {
  const { page, close } = await open("review.html", { javaScriptEnabled: false });
  assert.match(await page.locator(".tiles").innerText(), /Dropped by the draft/);
  assert.ok((await page.locator("noscript table tbody tr").count()) > 20);
  assert.ok(await page.locator("#app").isHidden());
  await page.screenshot({ path: join(shots, "noscript.png") });
  await close();
});

await test("no serious violation of accessibility", async () => {
  const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  for (const colorScheme of ["light", "dark"]) {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
      const { page, close } = await open("review.html", { colorScheme, viewport });
      const serious = async (when) => {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        const bad = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        assert.deepEqual(bad.map(({ id, nodes }) => `${when}: ${id}: ${nodes.map((node) => node.html).slice(0, 3).join("; ")}`), []);
      };
      await serious(`${colorScheme} list`);
      await page.click("#more > summary");
      await first(page).locator(".names").click();
      await serious(`${colorScheme} detail`);
      await page.keyboard.press("?");
      await serious(`${colorScheme} dialog`);
      await page.keyboard.press("Escape");
      await page.locator("#detail details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
      await page.keyboard.press("x");
      await serious(`${colorScheme} decided`);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Shift+ArrowDown");
      await serious(`${colorScheme} selected`);
      await page.fill("#words", "no such pipe");
      await serious(`${colorScheme} nothing found`);
      await close();
    }
  }
});

await test("pictures, in which nothing is wider than the screen", async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, viewport] of [["desktop", { width: 1280, height: 800 }], ["phone", { width: 390, height: 844 }]]) {
      const { page, close } = await open("review.html", { colorScheme, viewport });
      const shot = (part) => page.screenshot({ path: join(shots, `${name}-${colorScheme}-${part}.png`) });
      await shot("list");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name}: ${wide} pixels too wide`);
      await rows(page).nth(1).locator(".names").click();
      await shot("detail");
      await page.keyboard.press("x");
      if (name === "phone") {
        await page.click("#close");
      }
      await page.click("#more > summary");
      await page.screenshot({ path: join(shots, `${name}-${colorScheme}-whole.png`), fullPage: true });
      await close();
    }
  }
});

await end();
