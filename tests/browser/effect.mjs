// What the page says of decisions is what a draft with them comes to: for many decisions, chosen by chance.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Review } from "../../src/report/page/data.js";
import { Decisions, decisionKey } from "../../src/report/page/decisions.js";
import { Draft, decidedVerdict } from "../../src/report/page/effect.js";
import { drafted, end, folder, logs, pipemine, test } from "./harness.mjs";

const rounds = Number(process.env.ROUNDS ?? 6);
pipemine("report", ...logs.split(","), "-q", "-o", "review.html");
const html = readFileSync(join(folder, "review.html"), "utf8");
const review = new Review(JSON.parse(/<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)[1]));
const draft = new Draft(review);
const { families } = review;

// The same numbers in every run.
let seed = 20250303;
const chance = () => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8) / 2 ** 24;

/** Decisions on candidates for which `may` holds. */
function some(share, anyway, may) {
  const candidates = new Map();
  const changes = [];
  for (let index = 0; index < review.count; index++) {
    const [kind, pipe, image] = [review.kind(index), review.name(index), review.image(index)];
    candidates.set(decisionKey(kind, pipe, image), { kind, pipe, image });
    if (chance() < share && may(index) && families.decidable[index] && families.rule[index].length > 0) {
      const verb = chance() < 0.3 ? "keep" : chance() < anyway ? "exclude-anyway" : "exclude";
      changes.push([decisionKey(kind, pipe, image), { verb, why: "by chance" }]);
    }
  }
  const decisions = new Decisions(candidates);
  decisions.decide(changes);
  return decisions;
}

const isReview = (index) => families.guards[index] === 1;
let exact = 0;
for (let round = 0; round < rounds; round++) {
  // Every other time as a person decides: on what is left to be decided.
  const ofPerson = round % 2 === 0;
  await test(`decisions by chance, ${round}`, async () => {
    const decisions = ofPerson ? some([0.2, 0.9][(round / 2) % 2], 0, isReview) : some([0.02, 0.1, 0.3][round % 3], 0.2, () => true);
    writeFileSync(join(folder, "chance.txt"), decisions.text());
    const wanted = Uint8Array.from(families.guards, (said, index) =>
      decidedVerdict(said, decisions.of(decisionKey(review.kind(index), review.name(index), review.image(index)))?.verb),
    );
    const effect = draft.effect(wanted);
    const real = drafted("chance.txt");
    const told = `${effect.dropped} + ${effect.unsureEvents} events, ${effect.rules} rules; really ${real.dropped}, ${real.rules}; ${effect.unsure.length} unsure`;
    const excluded = real.candidates.map(({ verdict }) => verdict);
    const wrong = excluded.flatMap((verdict, index) =>
      (verdict === "exclude") === (effect.verdicts[index] === 0) || effect.unsure.includes(index) ? [] : [`${review.name(index)} of ${review.image(index)}`],
    );
    assert.deepEqual(wrong, [], told);
    if (effect.unsure.length === 0) {
      exact += ofPerson ? 1 : 0;
      assert.equal(effect.dropped, real.dropped, told);
      // What is excluded against a guard has a rule of its own, and the draft may write several for it where the page counts one.
      const difference = Math.abs(effect.rules - real.rules);
      assert.ok(difference === 0 || (!ofPerson && difference <= 2), told);
    } else {
      assert.ok(real.dropped >= effect.dropped && real.dropped <= effect.dropped + effect.unsureEvents, told);
    }
    if (process.env.TELL) console.log(told);
  });
}
await test("what is left to a person is told exactly", async () => assert.equal(exact, Math.ceil(rounds / 2)));
await end();
