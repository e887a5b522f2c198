// Which families are shown, and in which order.

import { Review } from "./data.js";
import { fold, visible } from "./text.js";

/**
 * @typedef {"name" | "image" | "verdict" | "events" | "hosts" | "days" | "first" | "last"} Column
 * @typedef {object} Choice
 * @property {string} words all must be in the name, the image, the product, a member or a user
 * @property {string} verdict a verdict's number, "decided", "undecided" or "" for all
 * @property {string} image
 * @property {string} host the host's number, or ""
 * @property {string} current "logged" or "dropped" by the config in use, or ""
 * @property {Column} column
 * @property {boolean} rising
 */

/** Chooses among the families of a page; what is searched is folded once. */
export class Chooser {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    const { families } = review;
    // As they are shown, so that what is copied from the page is found.
    const folded = review.data.strings.map((text) => fold(visible(text)));
    this.texts = families.name.map((name, index) =>
      [name, families.image[index], families.product[index], ...families.names[index], ...families.images[index], ...families.users[index]]
        .map((text) => folded[text])
        .join("\n"),
    );
  }

  /**
   * @param {Choice} choice @param {ArrayLike<number>} verdicts @param {(index: number) => boolean} isDecided
   * @returns {number[]} families in order
   */
  choose(choice, verdicts, isDecided) {
    const { families } = this.review;
    const words = fold(visible(choice.words)).split(/\s+/).filter((word) => word !== "");
    const host = choice.host === "" ? -1 : Number(choice.host);
    const chosen = [];
    for (let index = 0; index < this.review.count; index++) {
      const isOfVerdict =
        choice.verdict === "" ||
        (choice.verdict === "decided" ? isDecided(index) : String(verdicts[index]) === choice.verdict);
      const isOfCurrent =
        choice.current === "" || (families.current[index] < families.events[index]) === (choice.current === "logged");
      if (
        isOfVerdict &&
        isOfCurrent &&
        words.every((word) => this.texts[index].includes(word)) &&
        (choice.image === "" || this.review.image(index) === choice.image) &&
        (host < 0 || this.isOn(index, host))
      ) {
        chosen.push(index);
      }
    }
    return this.sort(chosen, choice, verdicts);
  }

  /** @param {number} index @param {number} host */
  isOn(index, host) {
    const cells = this.review.families.cells[index];
    for (let at = 0; at < cells.length; at += 3) {
      if (cells[at] === host) {
        return true;
      }
    }
    return false;
  }

  /** @param {number[]} chosen @param {Choice} choice @param {ArrayLike<number>} verdicts */
  sort(chosen, { column, rising }, verdicts) {
    const { review } = this;
    const { families } = review;
    const text = (/** @type {(index: number) => string} */ of) => {
      const texts = new Map(chosen.map((index) => [index, fold(of(index))]));
      return (/** @type {number} */ a, /** @type {number} */ b) => {
        const [x, y] = [texts.get(a) ?? "", texts.get(b) ?? ""];
        return x < y ? -1 : x > y ? 1 : 0;
      };
    };
    const number = (/** @type {(index: number) => number | null} */ of) => (/** @type {number} */ a, /** @type {number} */ b) =>
      (of(a) ?? -Infinity) - (of(b) ?? -Infinity) || 0;
    const by = {
      name: () => text((index) => review.name(index)),
      image: () => text((index) => review.image(index)),
      verdict: () => number((index) => verdicts[index]),
      events: () => number((index) => families.events[index]),
      hosts: () => number((index) => review.hosts[index]),
      days: () => number((index) => review.days[index]),
      first: () => number((index) => families.first[index]),
      last: () => number((index) => families.last[index]),
    }[column]();
    // The draft's own order decides between equals: by events, then by name.
    return chosen.sort((a, b) => (rising ? by(a, b) : by(b, a)) || a - b);
  }
}
