// What the page was made with: see src/report/data.rs. A number that stands for a text is its place in `strings`.

/**
 * @typedef {{ rules: number, dropped: number }} Outcome
 *
 * @typedef {object} Families One column each, in the draft's order.
 * @property {number[]} kind 17 (created) or 18 (connected)
 * @property {number[]} name text
 * @property {number[]} image text
 * @property {number[]} product text
 * @property {number[]} guards what the guards say: 0 exclude, 1 review, 2 keep
 * @property {number[]} verdict what became of it in the draft without decisions
 * @property {boolean[]} blocked whether nothing could tell it there from what must stay, so that it had no rule
 * @property {number[]} events
 * @property {(number | null)[]} first milliseconds since 1970
 * @property {(number | null)[]} last
 * @property {number[][]} cells host, day, events; one after the other
 * @property {number[][]} hours host, hour of the day (UTC), events; one after the other: without events of which it is not known
 * @property {number[][]} users texts
 * @property {number[][]} names texts
 * @property {number[]} name_count
 * @property {number[][]} images texts
 * @property {number[][]} reasons guard, verdict, sentence: texts
 * @property {number[][]} name_shape beginning, parts, end: texts; none of one name
 * @property {number[][]} image_shape
 * @property {number[][]} rule lines: texts
 * @property {number[]} alone events of its own that its rule drops
 * @property {number[][]} others families that its rule would drop events of
 * @property {number[]} hidden how many pairs that attackers use its rule would hide
 * @property {number[][]} hides the first of them: kind, name, image, what is known: texts
 * @property {(number | null)[]} refused why its rule is refused whatever is decided: text
 * @property {number[]} dropped events that the draft without decisions drops
 * @property {number[]} current events that the config in use drops
 * @property {boolean[]} decidable whether a file of decisions can name it
 *
 * @typedef {object} Data
 * @property {number} events
 * @property {Outcome} undecided
 * @property {Outcome | null} decided
 * @property {string | null} decisions
 * @property {string | null} current
 * @property {number} list how many texts a list in a rule holds at most
 * @property {number} witnesses
 * @property {string[]} hosts
 * @property {[number, number]} days the first day since 1970-01-01, and how many
 * @property {Families} families
 * @property {string[]} strings
 */

export const EXCLUDE = 0;
export const REVIEW = 1;
export const KEEP = 2;
/** The words for verdicts. */
export const VERDICTS = ["exclude", "review", "keep"];

/** The families, with the texts in place of their numbers. */
export class Review {
  /** @param {Data} data */
  constructor(data) {
    this.data = data;
    this.families = data.families;
    this.count = data.families.kind.length;
    /** @type {Uint32Array} */
    this.hosts = new Uint32Array(this.count);
    /** @type {Uint32Array} */
    this.days = new Uint32Array(this.count);
    for (let index = 0; index < this.count; index++) {
      const hosts = new Set();
      const days = new Set();
      for (const [host, day] of this.cells(index)) {
        hosts.add(host);
        if (day >= 0) {
          days.add(day);
        }
      }
      this.hosts[index] = hosts.size;
      this.days[index] = days.size;
    }
  }

  /** @param {number} text @returns {string} */
  text(text) {
    return this.data.strings[text] ?? "";
  }

  /** @param {number[]} texts @returns {string[]} */
  texts(texts) {
    return texts.map((text) => this.text(text));
  }

  /** @param {number} index @returns {string} */
  name(index) {
    return this.text(this.families.name[index]);
  }

  /** @param {number} index @returns {string} */
  image(index) {
    return this.text(this.families.image[index]);
  }

  /** @param {number} index @returns {string} */
  kind(index) {
    return this.families.kind[index] === 17 ? "created" : "connected";
  }

  /** Host, day (-1 where the clock was wrong) and events. @param {number} index */
  cells(index) {
    return threes(this.families.cells[index]);
  }

  /** Host, hour of the day and events. @param {number} index */
  hours(index) {
    return threes(this.families.hours[index]);
  }

  /** How many days share one of so many bars over the whole time. @param {number} bars @returns {number} */
  daysOfBar(bars) {
    return Math.max(1, Math.ceil(this.data.days[1] / bars));
  }
}

/** @param {number[]} flat @returns {Generator<[number, number, number]>} */
function* threes(flat) {
  for (let at = 0; at + 2 < flat.length; at += 3) {
    yield [flat[at], flat[at + 1], flat[at + 2]];
  }
}
