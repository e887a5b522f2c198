// Puts the page together: what is shown, what is decided, and what the draft makes of it.

import { fold, counted, grouped, percent, signed, fileName, visible } from "./text.js";
import { byId, element } from "./element.js";
import { EXCLUDE, KEEP, Review } from "./data.js";
import { Decisions, decisionKey } from "./decisions.js";
import { Kept } from "./kept.js";
import { Draft, decidedVerdict } from "./effect.js";
import { Chooser } from "./choice.js";
import { List } from "./list.js";
import { Detail } from "./detail.js";
import { ask, help, listen } from "./keys.js";

/** @typedef {import("./decisions.js").Verb} Verb */

class Page {
  constructor() {
    const block = byId("data", HTMLScriptElement);
    this.kept = new Kept(block.dataset.digest ?? "");
    this.review = new Review(JSON.parse(block.textContent ?? ""));
    const { review } = this;
    this.draft = new Draft(review);
    this.chooser = new Chooser(review);
    /** @type {import("./choice.js").Choice} */
    this.choice = { words: "", verdict: "1", image: "", host: "", current: "", column: "events", rising: false };
    this.keys = Array.from({ length: review.count }, (_, index) => decisionKey(review.kind(index), review.name(index), review.image(index)));
    /** @type {Map<string, { kind: string, pipe: string, image: string }>} */
    const candidates = new Map();
    this.keys.forEach((key, index) => {
      if (review.families.decidable[index] && !candidates.has(key)) {
        candidates.set(key, { kind: review.kind(index), pipe: review.name(index), image: review.image(index) });
      }
    });
    this.decisions = new Decisions(candidates);
    this.wanted = Uint8Array.from(review.families.guards);
    this.effect = this.draft.undecided;
    /** Decisions that are in no file yet. */
    this.isUnsaved = false;
    const state = (/** @type {number} */ index) => this.state(index);
    this.list = new List(review, byId("list", HTMLElement), byId("head", HTMLElement), byId("rows", HTMLElement), {
      state,
      open: (index) => this.open(index),
      sort: (column) => this.sort(column),
      selected: () => this.showSelection(),
    });
    this.detail = new Detail(review, byId("detail", HTMLElement), {
      state,
      decision: (index) => this.decisions.of(this.keys[index]),
      decide: (index, verb, why) => this.decide([index], verb, why),
      explain: (index, why) => this.explain(index, why),
      effect: (index, verb) => ({ now: this.effect, then: this.draft.effect(this.want([[this.keys[index], verb]])) }),
      open: (index) => this.open(index),
      close: () => this.close(),
    });
  }

  start() {
    this.fillTools();
    this.wire();
    document.body.classList.add("ready");
    this.restore();
    const isNone = !this.review.families.guards.includes(1);
    if (isNone) {
      this.choice.verdict = "";
    }
    byId("verdict", HTMLSelectElement).value = this.choice.verdict;
    this.list.drawHead(this.choice);
    this.refresh();
    this.show();
  }

  /** What was decided before: in this browser, or else in the file that the page was made with. */
  restore() {
    const { decisions } = this.review.data;
    this.take(decisions === null ? null : { text: decisions, isUnsaved: false });
    this.take(this.kept.read());
    this.decisions.before = [];
    this.kept.listen((work) => {
      this.take(work);
      this.refresh();
    });
  }

  /** Goes on with what was decided. @param {import("./kept.js").Work | null} work */
  take(work) {
    try {
      if (work) {
        this.decisions.load(work.text);
        this.isUnsaved = work.isUnsaved;
      }
    } catch {
      // What another program stored under this name is not read.
    }
  }

  fillTools() {
    const { families, hosts, current } = { ...this.review.data };
    const images = [...new Set(families.image)].map((text) => this.review.text(text));
    images.sort((a, b) => (fold(fileName(a)) < fold(fileName(b)) ? -1 : 1));
    const option = (/** @type {string} */ value, /** @type {string} */ words) => element("option", { value }, words);
    byId("image", HTMLSelectElement).append(...images.map((image) => option(image, `${visible(fileName(image))}  (${visible(image)})`)));
    const named = hosts.map((host, number) => ({ host: visible(host), number })).filter(({ host }) => host !== "-");
    named.sort((a, b) => (a.host < b.host ? -1 : 1));
    byId("host", HTMLSelectElement).append(...named.map(({ host, number }) => option(String(number), host)));
    byId("current-label", HTMLElement).hidden = current === null;
  }

  wire() {
    const on = (/** @type {string} */ id, /** @type {string} */ event, /** @type {(event: Event) => void} */ act) => byId(id, HTMLElement).addEventListener(event, act);
    const words = byId("words", HTMLInputElement);
    on("words", "input", () => {
      this.choice.words = words.value;
      this.show();
    });
    for (const id of /** @type {const} */ (["verdict", "image", "host", "current"])) {
      on(id, "change", () => {
        this.choice[id] = byId(id, HTMLSelectElement).value;
        this.show();
      });
    }
    on("sort", "change", () => this.sort(/** @type {import("./choice.js").Column} */ (byId("sort", HTMLSelectElement).value)));
    on("tools", "submit", (event) => event.preventDefault());
    on("help", "click", help);
    on("undo", "click", () => this.undo());
    on("save", "click", () => this.save());
    on("load", "change", () => void this.load());
    const why = () => byId("many-why", HTMLInputElement).value;
    on("many-exclude", "click", () => this.decide([...this.list.selection], "exclude", why()));
    on("many-keep", "click", () => this.decide([...this.list.selection], "keep", why()));
    on("many-undecided", "click", () => this.decide([...this.list.selection], null, why()));
    on("many-none", "click", () => this.list.select([]));
    const more = byId("more", HTMLDetailsElement);
    addEventListener("beforeprint", () => {
      const { open } = more;
      more.open = true;
      addEventListener("afterprint", () => (more.open = open), { once: true });
    });
    addEventListener("beforeunload", (event) => {
      if (this.isUnsaved && !this.kept.can) {
        event.preventDefault();
      }
    });
    this.wireKeys();
  }

  wireKeys() {
    const go = (/** @type {number} */ by) => (/** @type {KeyboardEvent} */ event) => {
      const { anchor } = this.list;
      this.list.move(this.list.here + by);
      if (event.shiftKey) {
        this.list.anchor = anchor;
        this.list.range();
      }
      if (!byId("detail", HTMLElement).hidden && !event.shiftKey) {
        this.open(this.list.shown[this.list.here]);
      }
    };
    const some = () => {
      const { selection, shown, here } = this.list;
      return selection.size > 0 ? [...selection] : shown.slice(here, here + 1);
    };
    const decide = (/** @type {Verb | null} */ verb) => () => this.decide(some(), verb, this.typed());
    listen({
      ArrowDown: go(1),
      ArrowUp: go(-1),
      j: go(1),
      k: go(-1),
      PageDown: (event) => go(this.list.page)(event),
      PageUp: (event) => go(-this.list.page)(event),
      Home: (event) => go(-this.list.shown.length)(event),
      End: (event) => go(this.list.shown.length)(event),
      Enter: () => this.open(this.list.shown[this.list.here]),
      " ": () => this.list.toggle(),
      a: () => this.list.select(this.list.shown),
      x: decide("exclude"),
      e: decide("keep"),
      u: decide(null),
      w: () => document.getElementById("why")?.focus(),
      "/": () => byId("words", HTMLInputElement).focus(),
      z: () => this.undo(),
      s: () => this.save(),
      "?": help,
      Escape: () => this.escape(),
    });
  }

  escape() {
    const { activeElement } = document;
    if (activeElement instanceof HTMLInputElement || activeElement instanceof HTMLSelectElement) {
      byId("list", HTMLElement).focus();
    } else if (!byId("detail", HTMLElement).hidden) {
      this.close();
    } else {
      this.list.select([]);
    }
  }

  /** What was typed as the reason, for the candidate that is open or for those selected. */
  typed() {
    const why = this.list.selection.size > 0 ? byId("many-why", HTMLInputElement) : document.getElementById("why");
    return why instanceof HTMLInputElement ? why.value : "";
  }

  /** What becomes of a family, and what is to be said of it. @param {number} index */
  state(index) {
    const decision = this.decisions.of(this.keys[index]);
    const verdict = decision || this.effect !== this.draft.undecided ? this.effect.verdicts[index] : this.review.families.verdict[index];
    const isRefused = decision !== undefined && decision.verb !== "keep" && verdict !== EXCLUDE;
    const note = !decision ? "" : isRefused ? (this.wanted[index] === KEEP ? "a guard keeps" : "refused") : "yours";
    return { verdict, note };
  }

  /** What guards and decisions say, with some decided otherwise. @param {[string, Verb][]} changes */
  want(changes = []) {
    const other = new Map(changes);
    const { guards } = this.review.families;
    return Uint8Array.from(guards, (said, index) => {
      const key = this.keys[index];
      return decidedVerdict(said, other.get(key) ?? this.decisions.of(key)?.verb);
    });
  }

  /** @param {number[]} indexes @param {Verb | null} verb @param {string} why */
  decide(indexes, verb, why) {
    const { guards, decidable } = this.review.families;
    const can = indexes.filter((index) => index !== undefined && decidable[index]);
    const guarded = can.filter((index) => guards[index] === KEEP);
    const isExclude = verb === "exclude" || verb === "exclude-anyway";
    if (isExclude && can.length === 1 && guarded.length === 1) {
      if (this.decisions.of(this.keys[can[0]])?.verb === "exclude-anyway") {
        this.apply(can, "exclude-anyway", why);
      } else {
        this.confirm(can[0], why);
      }
      return;
    }
    const some = isExclude ? can.filter((index) => guards[index] !== KEEP) : can;
    this.apply(some, verb, why);
    if (isExclude && guarded.length > 0) {
      const words = `${counted(guarded.length, "candidate")} of the ${grouped(can.length)} selected stay as they are, since a guard keeps them. Each can be opened and excluded anyway.`;
      ask("Some are kept by a guard", [element("p", {}, words)], ["Close"], () => {});
    }
  }

  /** A guard's word is overruled only expressly, with a reason. @param {number} index @param {string} typed */
  confirm(index, typed) {
    const { families } = this.review;
    if (families.rule[index].length === 0) {
      ask("It cannot be excluded", [element("p", {}, "No filter can say its name or its image safely.")], ["Close"], () => {});
      return;
    }
    const reasons = families.reasons[index];
    const against = [];
    for (let at = 0; at < reasons.length; at += 3) {
      const [guard, verdict, text] = this.review.texts(reasons.slice(at, at + 3));
      if (verdict === "keep") {
        against.push(element("li", {}, element("b", {}, guard), `: ${visible(text)}`));
      }
    }
    const why = element("input", { type: "text", id: "anyway-why", required: true, placeholder: "why it is safe here", "aria-label": "Why it is safe here" });
    why.value = typed;
    const body = [
      element("p", {}, element("code", {}, visible(this.review.name(index))), " of ", element("code", {}, visible(this.review.image(index)))),
      element("ul", {}, ...against),
      why,
    ];
    ask("A guard keeps it. Exclude it anyway?", body, ["Leave it", "Exclude anyway"], (answer) => {
      if (answer === "Exclude anyway") {
        this.apply([index], "exclude-anyway", why.value);
      }
      byId("list", HTMLElement).focus();
    });
    const [, anyway] = document.querySelectorAll("#dialog-buttons button");
    anyway?.classList.replace("main", "danger");
    why.focus();
  }

  /** @param {number[]} indexes @param {Verb | null} verb @param {string} why */
  apply(indexes, verb, why) {
    if (indexes.length > 0) {
      this.decisions.decide(indexes.map((index) => [this.keys[index], verb === null ? null : { verb, why }]));
      this.changed();
    }
  }

  /** Another reason for what is decided changes no figure: nothing is drawn anew, least of all what is being clicked. @param {number} index @param {string} why */
  explain(index, why) {
    const key = this.keys[index];
    const decision = this.decisions.of(key);
    if (decision && decision.why !== why) {
      this.decisions.decide([[key, { ...decision, why }]]);
      this.keep(true);
      this.showEffect();
    }
  }

  undo() {
    if (this.decisions.undo()) {
      this.changed();
    }
  }

  /** After a decision. */
  changed() {
    this.keep(true);
    this.refresh();
  }

  /** @param {boolean} isUnsaved */
  keep(isUnsaved) {
    this.isUnsaved = isUnsaved;
    this.kept.write({ text: this.decisions.text(), isUnsaved });
  }

  /** Brings everything up to what is decided now. A row stays where it is: the next search or filter sorts it in. */
  refresh() {
    this.wanted = this.want();
    this.effect = this.decisions.decided.size === 0 ? this.draft.undecided : this.draft.effect(this.wanted);
    this.list.draw();
    if (this.detail.index >= 0) {
      this.detail.show(this.detail.index);
    }
    this.showEffect();
  }

  showEffect() {
    const { data } = this.review;
    const { effect } = this;
    const before = this.draft.undecided;
    const about = this.isExact() ? "" : "about ";
    const figure = (/** @type {number} */ now, /** @type {number} */ then, /** @type {string} */ words) => {
      const change = signed(now - then);
      return [element("b", {}, `${about}${grouped(now)}`), ` ${words}`, change !== "" && element("span", { class: "change" }, change)];
    };
    const unsure = effect.unsure.length === 0 ? "" : ` · perhaps ${counted(effect.unsureEvents, "event")} more: ${counted(effect.unsure.length, "candidate")} overlap with what stays`;
    byId("outcome", HTMLElement).replaceChildren(
      ...element(
        "div",
        {},
        ...figure(effect.dropped, before.dropped, `of ${grouped(data.events)} events dropped (${percent(effect.dropped, data.events)})`),
        " · ",
        ...figure(effect.rules, before.rules, effect.rules === 1 ? "rule" : "rules"),
        unsure,
      ).childNodes,
    );
    const decided = this.decisions.decided.size;
    const where = this.kept.can
      ? "kept in this browser until you save"
      : "this browser keeps nothing for the page: save before you close it";
    const kept = byId("kept", HTMLElement);
    kept.textContent = decided === 0 && !this.isUnsaved ? "Nothing decided yet." : `${counted(decided, "decision")}, ${this.isUnsaved ? where : "as saved"}.`;
    kept.classList.toggle("warn", this.isUnsaved && !this.kept.can);
    byId("undo", HTMLButtonElement).disabled = this.decisions.before.length === 0;
  }

  /** Whether the figures are exact: they must be where a draft was made to compare them with. */
  isExact() {
    return this.draft.agrees && this.effect.unsure.length === 0;
  }

  show() {
    const verdicts = Array.from({ length: this.review.count }, (_, index) => this.state(index).verdict);
    const isDecided = (/** @type {number} */ index) => this.decisions.of(this.keys[index]) !== undefined;
    this.list.show(this.chooser.choose(this.choice, verdicts, isDecided));
    this.count();
    this.showSelection();
  }

  count() {
    const events = this.list.shown.reduce((sum, index) => sum + this.review.families.events[index], 0);
    byId("shown", HTMLOutputElement).textContent = `${counted(this.list.shown.length, "candidate")}, ${counted(events, "event")}`;
  }

  /** @param {import("./choice.js").Column} column */
  sort(column) {
    const isText = column === "name" || column === "image" || column === "verdict";
    this.choice.rising = this.choice.column === column ? !this.choice.rising : isText;
    this.choice.column = column;
    byId("sort", HTMLSelectElement).value = column;
    this.list.drawHead(this.choice);
    this.show();
  }

  /** @param {number} index */
  open(index) {
    if (index === undefined) {
      return;
    }
    const panel = byId("detail", HTMLElement);
    panel.hidden = false;
    panel.parentElement?.classList.add("open");
    this.detail.show(index);
    const place = this.list.shown.indexOf(index);
    if (place >= 0) {
      this.list.move(place);
    }
  }

  close() {
    const panel = byId("detail", HTMLElement);
    panel.hidden = true;
    panel.parentElement?.classList.remove("open");
    this.detail.index = -1;
    byId("list", HTMLElement).focus();
  }

  showSelection() {
    const { selection, shown } = this.list;
    const hidden = selection.size - shown.reduce((sum, index) => sum + Number(selection.has(index)), 0);
    byId("many", HTMLElement).hidden = selection.size === 0;
    byId("selected", HTMLElement).textContent = `${grouped(selection.size)} selected${hidden === 0 ? "" : `, ${grouped(hidden)} of them not shown`}`;
  }

  save() {
    const file = new Blob([this.decisions.text()], { type: "text/plain;charset=utf-8" });
    const link = element("a", { href: URL.createObjectURL(file), download: "decisions.txt" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.keep(false);
    this.showEffect();
  }

  async load() {
    const input = byId("load", HTMLInputElement);
    const file = input.files?.[0];
    if (!file) {
      return;
    }
    try {
      this.decisions.load(await file.text());
      this.changed();
      this.show();
    } catch (error) {
      ask("This file cannot be read", [element("p", {}, `${visible(file.name)}: ${visible(error instanceof Error ? error.message : String(error))}`)], ["Close"], () => {});
    }
    input.value = "";
  }
}

new Page().start();
