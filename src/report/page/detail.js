// One candidate in full: reasons, what a decision would do, members, evidence, its rule, and who else uses the name.

import { EXCLUDE, KEEP, REVIEW, Review, VERDICTS } from "./data.js";
import { NO_REASON } from "./decisions.js";
import { element } from "./element.js";
import { byDay, byHour } from "./evidence.js";
import { brief, counted, date, fold, grouped, instant, percent, signed, visible } from "./text.js";

/**
 * @typedef {import("./decisions.js").Decision} Decision
 * @typedef {import("./effect.js").Effect} Effect
 *
 * @typedef {object} Asks What the panel asks for.
 * @property {(index: number) => { verdict: number, note: string }} state
 * @property {(index: number) => Decision | undefined} decision
 * @property {(index: number, verb: import("./decisions.js").Verb | null, why: string) => void} decide
 * @property {(index: number, why: string) => void} explain
 * @property {(index: number, verb: import("./decisions.js").Verb) => { now: Effect, then: Effect }} effect
 * @property {(index: number) => void} open
 * @property {() => void} close
 */

/** So many of a long list are shown. */
const MANY = 50;

export class Detail {
  /** @param {Review} review @param {HTMLElement} panel @param {Asks} asks */
  constructor(review, panel, asks) {
    this.review = review;
    this.panel = panel;
    this.asks = asks;
    /** The family that is shown, or -1. */
    this.index = -1;
    /** Families by name. @type {Map<string, number[]>} */
    this.byName = new Map();
    for (let index = 0; index < review.count; index++) {
      const name = fold(review.name(index));
      this.byName.set(name, [...(this.byName.get(name) ?? []), index]);
    }
  }

  /** @param {number} index */
  show(index) {
    const isNew = index !== this.index;
    const why = isNew ? "" : this.why?.value ?? "";
    const focused = this.parts().findIndex((part) => part === document.activeElement);
    const opened = [...this.panel.querySelectorAll("details")].map(({ open }) => open);
    this.index = index;
    const { review } = this;
    const { verdict } = this.asks.state(index);
    this.panel.replaceChildren(
      element(
        "div",
        { class: "top" },
        element("div", {}, element("span", { class: `chip ${VERDICTS[verdict]}` }, VERDICTS[verdict]), element("h2", {}, brief(review.name(index)))),
        element("button", { type: "button", class: "quiet", id: "close", "aria-label": "Close", click: () => this.asks.close() }, "✕"),
      ),
      element("p", { class: "by" }, review.kind(index) === "created" ? "created by " : "opened by ", element("code", {}, brief(review.image(index)))),
      this.facts(index),
      this.decide(index, why),
      ...this.part("Reasons", this.reasons(index)),
      ...this.part("The rule that it would get", ...this.rule(index)),
      ...this.part("Events by host and day", ...byDay(review, index), this.lastSeen(index)),
      ...this.part("Events by host and hour of the day (UTC)", ...byHour(review, index)),
      ...this.part("Members", ...this.members(index)),
      ...this.part("Who else uses the name", this.others(index)),
    );
    if (isNew) {
      this.panel.scrollTop = 0;
      return;
    }
    // The focus, and what was unfolded, stay as they were.
    this.panel.querySelectorAll("details").forEach((details, place) => (details.open = opened[place] ?? false));
    this.parts()[focused]?.focus({ preventScroll: true });
  }

  /** What can have the focus. */
  parts() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.panel.querySelectorAll("button, input, pre, summary, a"))];
  }

  /** @param {string} title @param {...Node} content */
  part(title, ...content) {
    return [element("h3", {}, title), ...content];
  }

  /** @param {number} index */
  facts(index) {
    const { families, data } = this.review;
    const fact = (/** @type {string} */ figure, /** @type {string} */ words) => element("span", {}, element("b", {}, figure), ` ${words}`);
    const some = (/** @type {number} */ number, /** @type {string} */ noun) => fact(grouped(number), number === 1 ? noun : `${noun}s`);
    const hosts = data.hosts.filter((host) => host !== "-").length;
    const current = families.current[index];
    return element(
      "div",
      { class: "facts" },
      some(families.events[index], "event"),
      fact(`${grouped(this.review.hosts[index])} of ${grouped(hosts)}`, hosts === 1 ? "host" : "hosts"),
      some(this.review.days[index], "day"),
      fact(date(families.first[index]), "first"),
      fact(date(families.last[index]), "last"),
      current !== undefined && fact(grouped(current), "dropped by the config in use"),
    );
  }

  /** @param {number} index @param {string} typed */
  decide(index, typed) {
    const { families } = this.review;
    const decision = this.asks.decision(index);
    const isGuarded = families.guards[index] === KEEP;
    const cannot = !families.decidable[index]
      ? "No file of decisions can name it: its name holds what would break a line."
      : "";
    const noRule = families.rule[index].length === 0 ? "No filter can say it safely: it cannot be excluded." : "";
    this.why = element("input", { type: "text", id: "why", placeholder: "why: for whoever reads the file next year", "aria-label": "Why", spellcheck: "false" });
    this.why.value = decision?.why === NO_REASON ? "" : decision?.why ?? typed;
    this.why.addEventListener("change", () => this.asks.explain(index, this.why?.value ?? ""));
    const button = (/** @type {string} */ words, /** @type {import("./decisions.js").Verb | null} */ verb, /** @type {string} */ kind, /** @type {boolean} */ disabled) =>
      element(
        "button",
        {
          type: "button",
          class: kind,
          disabled,
          "aria-pressed": String((decision?.verb ?? null) === verb),
          click: () => this.asks.decide(index, verb, this.why?.value ?? ""),
        },
        words,
      );
    return element(
      "div",
      { class: "decide", role: "group", "aria-label": "Your decision" },
      element(
        "div",
        { class: "buttons" },
        isGuarded
          ? button("Exclude anyway…", "exclude-anyway", "danger", cannot !== "" || noRule !== "")
          : button("Exclude", "exclude", "", cannot !== "" || noRule !== ""),
        button("Keep", "keep", "", cannot !== ""),
        button("Undecided", null, "quiet", false),
      ),
      cannot === "" && this.why,
      ...[cannot, noRule].filter((words) => words !== "").map((words) => element("p", { class: "warn" }, words)),
      cannot === "" && noRule === "" && this.outlook(index, decision),
    );
  }

  /** What the decision does, or what excluding it would do. @param {number} index @param {Decision | undefined} decision */
  outlook(index, decision) {
    const { families, data } = this.review;
    const isGuarded = families.guards[index] === KEEP;
    if (decision?.verb === "exclude" && isGuarded) {
      return element("p", { class: "warn" }, "It was decided to exclude it, but a guard keeps it: it stays logged. Only “exclude anyway” says that this is meant.");
    }
    const isExcluded = this.asks.state(index).verdict === EXCLUDE;
    const { now, then } = this.asks.effect(index, isExcluded ? "keep" : isGuarded ? "exclude-anyway" : "exclude");
    const events = then.dropped - now.dropped;
    const rules = then.rules - now.rules;
    const refused = families.refused[index];
    if (refused !== null && !isExcluded) {
      const cost = events < 0 ? ` Others would lose the rule that they share with it: ${counted(-events, "event")} fewer dropped.` : "";
      return element("p", { class: "warn" }, `Its rule would be refused, whatever is decided: ${visible(this.review.text(refused))}.${cost}`);
    }
    const isUnsure = then.unsure.includes(index) || now.unsure.includes(index);
    const words = isExcluded ? "Keeping it would change the draft:" : "Excluding it would change the draft:";
    if (isUnsure) {
      const others = families.others[index].length;
      const what = others === 0 ? "A rule that it would share" : "Its rule";
      return element("p", {}, `${what} would also drop events of ${others === 0 ? "others" : counted(others, "other candidate")}. Whether it can be told from those that stay is seen when the draft is made: up to ${counted(families.alone[index], "event")} more (${percent(families.alone[index], data.events)}).`);
    }
    const change = `${signed(events) || "no"} ${Math.abs(events) === 1 ? "event" : "events"} dropped, ${signed(rules) || "no"} ${rules === 0 ? "new " : ""}${Math.abs(rules) === 1 ? "rule" : "rules"}.`;
    return element("p", {}, `${words} ${change}`);
  }

  /** @param {number} index */
  reasons(index) {
    const reasons = this.review.families.reasons[index];
    const list = element("ul", {});
    for (let at = 0; at < reasons.length; at += 3) {
      const [guard, verdict, text] = this.review.texts(reasons.slice(at, at + 3));
      list.append(element("li", {}, element("span", { class: `chip ${verdict}` }, guard), ` ${brief(text)}`));
    }
    return list;
  }

  /** @param {number} index */
  rule(index) {
    const { families, data } = this.review;
    const rule = this.review.texts(families.rule[index]);
    if (rule.length === 0) {
      return [element("p", { class: "small" }, "None: no filter can say it safely.")];
    }
    /** @type {Node[]} */
    const parts = [element("pre", { tabindex: 0 }, rule.map(brief).join("\n"))];
    const hidden = families.hidden[index];
    parts.push(
      element("p", { class: "small" }, hidden === 0
        ? `It hides none of ${grouped(data.witnesses)} examples of what attackers do. The draft may join it with others, and carves out what must stay.`
        : `It would hide ${grouped(hidden)} of ${grouped(data.witnesses)} examples of what attackers do${families.refused[index] === null ? "; whether that is worth it is for you to decide" : ", and is refused"}:`),
    );
    const hides = this.review.texts(families.hides[index]);
    const list = element("ul", {});
    for (let at = 0; at < hides.length; at += 4) {
      const [, name, image, what] = hides.slice(at, at + 4);
      list.append(element("li", {}, element("code", {}, visible(name)), " of ", element("code", {}, visible(image)), `: ${visible(what)}`));
    }
    parts.push(list);
    const others = families.others[index];
    if (others.length > 0) {
      parts.push(element("p", { class: "small" }, `By itself it would also drop events of ${counted(others.length, "other candidate")}:`), this.links(others));
    }
    return parts;
  }

  /** When it was last seen, and who ran it. @param {number} index */
  lastSeen(index) {
    const users = this.review.texts(this.review.families.users[index]);
    const last = this.review.families.last[index];
    return element("p", { class: "small" }, `Last at ${last === null ? "–" : instant(last)}. Run by ${users.length === 0 ? "users that the logs do not name" : users.slice(0, MANY).map(visible).join(", ")}.`);
  }

  /** @param {number} index */
  members(index) {
    const { families } = this.review;
    const item = (/** @type {number} */ text) => element("li", {}, element("code", {}, brief(this.review.text(text))));
    const [names, images] = [families.names[index], families.images[index]];
    /** @type {Node[]} */
    const parts = [element("ul", {}, ...names.map(item))];
    if (families.name_count[index] > names.length) {
      parts.push(element("p", { class: "small" }, `and ${grouped(families.name_count[index] - names.length)} more names`));
    }
    if (images.length > 1) {
      parts.push(element("p", { class: "small" }, `by ${counted(images.length, "image")}:`), element("ul", {}, ...images.slice(0, MANY).map(item)));
    }
    return parts;
  }

  /** @param {number} index */
  others(index) {
    const others = (this.byName.get(fold(this.review.name(index))) ?? []).filter((other) => other !== index);
    return others.length === 0 ? element("p", { class: "small" }, "Nobody, in these logs.") : this.links(others);
  }

  /** @param {number[]} families */
  links(families) {
    const link = (/** @type {number} */ index) => {
      const { verdict } = this.asks.state(index);
      const words = [element("bdi", {}, brief(this.review.name(index))), ` ${this.review.kind(index)} by `, element("bdi", {}, brief(this.review.image(index)))];
      return element(
        "li",
        {},
        element("a", { href: `#row-${index}`, click: (/** @type {Event} */ event) => { event.preventDefault(); this.asks.open(index); } }, ...words),
        " ",
        element("span", { class: `chip ${VERDICTS[verdict]}` }, `${VERDICTS[verdict]}${verdict === REVIEW ? ": to decide" : ""}`),
      );
    };
    const more = families.length > MANY ? [element("li", { class: "small" }, `and ${grouped(families.length - MANY)} more`)] : [];
    return element("ul", {}, ...families.slice(0, MANY).map(link), ...more);
  }
}
