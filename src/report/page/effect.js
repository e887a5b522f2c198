// What a draft with these decisions would come to: which families it drops, events dropped, and rules.
//
// Rules are made from families here as src/draft/rule/mod.rs makes them: names of one image for the same kinds of event
// are a list, and images of one product with the same list, or the same shape of names, share a rule. What the rule of
// each family does by itself was tried when the page was made (src/draft/candidate_trial.rs). A family whose rule would drop events
// of another that stays is a matter of what can be carved out. That is known where all is as in the draft that the page
// was made with; elsewhere the page does not guess: such a family is `unsure`.

import { EXCLUDE, KEEP, Review } from "./data.js";
import { fold } from "./text.js";

/**
 * @typedef {object} Effect
 * @property {number} rules without those that are unsure
 * @property {number} dropped events, without those of families that are unsure
 * @property {Uint8Array} verdicts of each family, in the end
 * @property {number[]} unsure families of which only a new draft can tell
 * @property {number} unsureEvents how many more events may be dropped with them
 *
 * @typedef {{ members: number[], isSure: boolean }} Rule
 * @typedef {{ product: number, image: number, names: Map<number, [number[], number[]]> }} Deeds What one image does that may be dropped.
 */

/** What a decision makes of what the guards say. @param {number} guards @param {string} [verb] @returns {number} */
export function decidedVerdict(guards, verb) {
  switch (verb) {
    case "keep":
      return KEEP;
    case "exclude-anyway":
      return EXCLUDE;
    case "exclude":
      return guards === KEEP ? KEEP : EXCLUDE;
    default:
      return guards;
  }
}

export class Draft {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    const { families } = review;
    /** @type {Map<string, number>} */
    const numbers = new Map();
    const number = (/** @type {string} */ key) => {
      const known = numbers.get(key) ?? numbers.size;
      numbers.set(key, known);
      return known;
    };
    const shape = (/** @type {number[]} */ parts, /** @type {string} */ text) =>
      number(parts.length === 0 ? `=${fold(text)}` : `~${review.texts(parts).join("\t")}`);
    /** Names and images without case, by number. */
    this.names = families.name_shape.map((parts, index) => shape(parts, review.name(index)));
    this.images = families.image_shape.map((parts, index) => shape(parts, review.image(index)));
    this.keys = [...numbers.keys()];
    /** Families that drop events of this one. @type {Map<number, number[]>} */
    this.droppedBy = new Map();
    families.others.forEach((others, index) => {
      for (const other of others) {
        this.droppedBy.set(other, [...(this.droppedBy.get(other) ?? []), index]);
      }
    });
    this.guards = Uint8Array.from(families.guards);
    /** What stays beside each family's rule in the draft without decisions. @type {Map<number, string>} */
    this.stayed = new Map();
    /** The rules of that draft. @type {Set<string>} */
    this.known = new Set();
    this.stayed = this.staying(this.guards);
    this.known = new Set(this.rules(this.guards, this.stayed).map((rule) => rule.members.join()));
    this.undecided = this.effect(this.guards);
  }

  /** Whether the figures are those of the draft that the page was made with. @returns {boolean} */
  get agrees() {
    const { rules, dropped } = this.review.data.undecided;
    return this.undecided.rules === rules && this.undecided.dropped === dropped;
  }

  /** Of each family to exclude whose rule drops others: those of them that stay. @param {Uint8Array} wanted @returns {Map<number, string>} */
  staying(wanted) {
    const { others, blocked } = this.review.families;
    const staying = new Map();
    const stays = (/** @type {number} */ other) =>
      wanted[other] !== EXCLUDE || (this.guards[other] === EXCLUDE && blocked[other]);
    others.forEach((all, index) => {
      if (wanted[index] === EXCLUDE && all.length > 0) {
        staying.set(index, all.filter(stays).join());
      }
    });
    return staying;
  }

  /** @param {Uint8Array} wanted what guards and decisions say of each family @returns {Effect} */
  effect(wanted) {
    const { families } = this.review;
    const staying = this.staying(wanted);
    const verdicts = Uint8Array.from(wanted);
    /** Whether a rule holds the family. */
    const has = new Uint8Array(this.review.count);
    const unsure = new Set();
    let rules = 0;
    const asBefore = (/** @type {number} */ index) =>
      this.guards[index] === EXCLUDE && (staying.get(index) ?? "") === (this.stayed.get(index) ?? "");
    const isAlone = (/** @type {number} */ index) => (staying.get(index) ?? "") === "";
    for (const rule of this.rules(wanted, staying)) {
      const isKnown = this.known.has(rule.members.join()) && rule.members.every(asBefore);
      if (!isKnown && !rule.members.every(isAlone)) {
        rule.members.forEach((index) => unsure.add(index));
        continue;
      }
      const isRefused = (/** @type {number} */ index) =>
        families.refused[index] !== null || (isKnown && !isAlone(index) && families.verdict[index] !== EXCLUDE);
      if (!rule.members.some(isRefused)) {
        rules += 1;
        rule.members.forEach((index) => (has[index] = isKnown ? 2 : 1));
      }
    }
    let dropped = 0;
    let unsureEvents = 0;
    for (let index = 0; index < this.review.count; index++) {
      if (wanted[index] !== EXCLUDE) {
        continue;
      }
      const byOther = () => (this.droppedBy.get(index) ?? []).some((other) => has[other] > 0);
      if (has[index] === 2) {
        dropped += families.dropped[index];
      } else if (has[index] === 1 || byOther()) {
        dropped += families.alone[index];
      } else if (unsure.has(index)) {
        unsureEvents += families.alone[index];
        verdicts[index] = EXCLUDE;
      } else {
        verdicts[index] = KEEP;
      }
    }
    const open = [...unsure].filter((index) => has[index] === 0);
    return { rules, dropped, verdicts, unsure: open, unsureEvents };
  }

  /**
   * The rules for all families that are wanted, before any is refused.
   * @param {Uint8Array} wanted @param {Map<number, string>} staying @returns {{ members: number[] }[]}
   */
  rules(wanted, staying) {
    const rules = [];
    const list = this.review.data.list;
    for (const { images, keys, kinds } of this.demands(wanted, staying).values()) {
      const isExact = (/** @type {Deeds} */ deeds) => this.keys[deeds.image].startsWith("=");
      const exact = images.filter(isExact).sort((a, b) => (this.keys[a.image] < this.keys[b.image] ? -1 : 1));
      const together = [...images.filter((deeds) => !isExact(deeds)).map((deeds) => [deeds]), ...chunks(exact, list)];
      const sorted = keys.sort((a, b) => (this.keys[a] < this.keys[b] ? -1 : 1));
      for (const some of together) {
        for (const names of chunks(sorted, list)) {
          const of = some.flatMap((deeds) => names.flatMap((name) => kinds.flatMap((kind) => deeds.names.get(name)?.[kind] ?? [])));
          rules.push({ members: of.sort((a, b) => a - b) });
        }
      }
    }
    return rules;
  }

  /**
   * What rules are wanted for: names and kinds, with the images that need just these.
   * @param {Uint8Array} wanted @param {Map<number, string>} staying
   * @returns {Map<string, { images: Deeds[], keys: number[], kinds: number[] }>}
   */
  demands(wanted, staying) {
    const demands = new Map();
    const demand = (/** @type {Deeds} */ deeds, /** @type {number[]} */ kinds, /** @type {number[]} */ keys) => {
      const key = `${deeds.product} ${kinds.join("+")} ${keys.join()}`;
      const known = demands.get(key) ?? { images: [], keys, kinds };
      known.images.push(deeds);
      demands.set(key, known);
    };
    for (const deeds of this.deeds(wanted, staying)) {
      const shapes = [...deeds.names].filter(([name]) => this.keys[name].startsWith("~"));
      /** @type {Map<string, [number[], number[]]>} kinds with their names */
      const lists = new Map();
      for (const [name, of] of deeds.names) {
        const kinds = [0, 1].filter((kind) => of[kind].length > 0);
        if (this.keys[name].startsWith("~")) {
          demand(deeds, kinds, [name]);
          continue;
        }
        // What a shape of the same image drops already needs no rule.
        const left = kinds.filter((kind) => !shapes.some(([shape, its]) => its[kind].length > 0 && this.holds(shape, name)));
        if (left.length > 0) {
          const list = lists.get(left.join()) ?? [left, []];
          list[1].push(name);
          lists.set(left.join(), list);
        }
      }
      for (const [kinds, names] of lists.values()) {
        demand(deeds, kinds, names.sort((a, b) => a - b));
      }
    }
    return demands;
  }

  /** By product and image, the names that may be dropped. @param {Uint8Array} wanted @param {Map<number, string>} staying @returns {Iterable<Deeds>} */
  deeds(wanted, staying) {
    const { product, kind, blocked } = this.review.families;
    /** @type {Map<string, Deeds>} */
    const all = new Map();
    for (let index = 0; index < this.review.count; index++) {
      const isBlocked =
        blocked[index] && this.guards[index] === EXCLUDE && staying.get(index) === this.stayed.get(index);
      if (wanted[index] !== EXCLUDE || isBlocked) {
        continue;
      }
      const key = `${product[index]} ${this.images[index]}`;
      const deeds = all.get(key) ?? { product: product[index], image: this.images[index], names: new Map() };
      all.set(key, deeds);
      const of = deeds.names.get(this.names[index]) ?? [[], []];
      deeds.names.set(this.names[index], of);
      of[kind[index] - 17].push(index);
    }
    return all.values();
  }

  /** Whether a shape holds a name; both by their numbers. @param {number} shape @param {number} name @returns {boolean} */
  holds(shape, name) {
    const parts = this.keys[shape].slice(1).split("\t");
    const text = this.keys[name].slice(1);
    const [begin, end] = [parts[0], parts[parts.length - 1]];
    return text.startsWith(begin) && text.endsWith(end) && parts.slice(1, -1).every((part) => text.includes(part));
  }
}

/** @template T @param {T[]} all @param {number} size @returns {T[][]} */
function chunks(all, size) {
  const parts = [];
  for (let at = 0; at < all.length; at += size) {
    parts.push(all.slice(at, at + size));
  }
  return parts;
}
