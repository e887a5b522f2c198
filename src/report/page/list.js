// The candidates as a grid of which only the rows in sight are made.

import { Review, VERDICTS } from "./data.js";
import { element } from "./element.js";
import { trend } from "./plot.js";
import { brief, date, fileName, grouped } from "./text.js";

/** The height of a row, as page.css has it. */
const ROW = 46;
/** So many rows beyond the edges are made too. */
const SPARE = 8;
/** So many rows are printed. */
const PRINTED = 1000;

/** @type {{ column: import("./choice.js").Column | "", name: string, class: string }[]} */
const COLUMNS = [
  { column: "", name: "Selected", class: "tick" },
  { column: "verdict", name: "Verdict", class: "verdict" },
  { column: "name", name: "Pipe and image", class: "names" },
  { column: "events", name: "Events", class: "n events" },
  { column: "hosts", name: "Hosts", class: "n hosts" },
  { column: "days", name: "Days", class: "n days" },
  { column: "first", name: "First seen", class: "n when first" },
  { column: "last", name: "Last seen", class: "n when last" },
  { column: "", name: "By day", class: "line" },
];

/**
 * @typedef {object} Rows What the grid asks for.
 * @property {(index: number) => { verdict: number, note: string }} state
 * @property {(index: number) => void} open
 * @property {(column: import("./choice.js").Column) => void} sort
 * @property {() => void} selected
 */

export class List {
  /** @param {Review} review @param {HTMLElement} grid @param {HTMLElement} head @param {HTMLElement} rows @param {Rows} asks */
  constructor(review, grid, head, rows, asks) {
    this.review = review;
    this.grid = grid;
    this.head = head;
    this.rows = rows;
    this.asks = asks;
    /** @type {number[]} */
    this.shown = [];
    /** @type {Set<number>} */
    this.selection = new Set();
    /** The place of the row that keys act on. */
    this.here = 0;
    /** Where a range began. */
    this.anchor = 0;
    grid.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(grid);
    rows.addEventListener("click", (event) => this.click(event));
    addEventListener("beforeprint", () => this.draw(PRINTED));
    addEventListener("afterprint", () => this.draw());
  }

  /** @param {import("./choice.js").Choice} choice */
  drawHead(choice) {
    const cells = COLUMNS.map(({ column, name, class: kind }) => {
      const isSorted = column !== "" && choice.column === column;
      const arrow = isSorted ? (choice.rising ? " ↑" : " ↓") : "";
      /** @type {import("./element.js").Attributes} */
      const sort = isSorted ? { "aria-sort": choice.rising ? "ascending" : "descending" } : {};
      const label = column === ""
        ? element("span", { class: kind === "tick" ? "unseen" : "" }, name)
        : element("button", { type: "button", click: () => this.asks.sort(column) }, name + arrow);
      return element("div", { role: "columnheader", class: kind, ...sort }, label);
    });
    const focused = [...this.head.querySelectorAll("button")].findIndex((button) => button === document.activeElement);
    this.head.replaceChildren(element("div", { role: "row", class: "row", "aria-rowindex": 1 }, ...cells));
    this.head.querySelectorAll("button")[focused]?.focus();
  }

  /** @param {number[]} shown */
  show(shown) {
    const index = this.shown[this.here];
    this.shown = shown;
    this.here = Math.max(0, shown.indexOf(index));
    this.grid.setAttribute("aria-rowcount", String(shown.length + 1));
    this.rows.style.height = `${Math.max(shown.length * ROW, 60)}px`;
    this.draw();
  }

  /** Makes the rows in sight. @param {number} [all] so many rows, wherever the list is scrolled */
  draw(all) {
    const top = this.grid.scrollTop - this.head.offsetHeight;
    const first = all ? 0 : Math.max(0, Math.floor(top / ROW) - SPARE);
    const last = all ?? Math.ceil((this.grid.scrollTop + this.grid.clientHeight) / ROW) + SPARE;
    const rows = this.shown.slice(first, last).map((index, at) => this.row(index, first + at));
    if (rows.length === 0) {
      const words = this.review.count === 0 ? "These logs hold no pipe event: there is nothing to decide." : "No candidate is like this. Clear the search, or show all verdicts.";
      const cell = element("div", { role: "gridcell", class: "none" }, words);
      rows.push(element("div", { role: "row" }, cell));
    }
    if (all && this.shown.length > all) {
      const words = `The first ${grouped(all)} of ${grouped(this.shown.length)} candidates are printed.`;
      rows.push(element("div", { role: "row" }, element("div", { role: "gridcell", class: "none" }, words)));
    }
    this.rows.replaceChildren(...rows);
    // The row that keys act on may be out of sight, and is not there then.
    const here = this.rows.querySelector(".here");
    if (here) {
      this.grid.setAttribute("aria-activedescendant", here.id);
    } else {
      this.grid.removeAttribute("aria-activedescendant");
    }
  }

  /** @param {number} index @param {number} place @returns {HTMLElement} */
  row(index, place) {
    const { review } = this;
    const { families } = review;
    const { verdict, note } = this.asks.state(index);
    const image = brief(review.image(index));
    const file = fileName(image);
    const cell = (/** @type {string} */ kind, /** @type {import("./element.js").Child[]} */ ...children) =>
      element("div", { role: "gridcell", class: kind }, ...children);
    const name = brief(review.name(index));
    const row = element(
      "div",
      {
        role: "row",
        id: `row-${index}`,
        class: place === this.here ? "row here" : "row",
        "aria-rowindex": place + 2,
        "aria-selected": String(this.selection.has(index)),
        "data-place": place,
      },
      element("div", { role: "gridcell", class: "tick", title: "Select" }, element("span", { class: "unseen" }, this.selection.has(index) ? "selected" : "not selected")),
      cell("verdict", element("span", { class: `chip ${VERDICTS[verdict]}` }, VERDICTS[verdict]), note !== "" && element("span", { class: "mine" }, note)),
      cell(
        "names",
        element("div", { class: "mono", title: name }, name),
        element("div", { class: "image", title: image }, element("span", {}, image.slice(0, image.length - file.length)), element("span", {}, `${file} · ${review.kind(index)}`)),
      ),
      cell("n events", grouped(families.events[index])),
      cell("n hosts", grouped(review.hosts[index])),
      cell("n days", grouped(review.days[index])),
      cell("n when first", date(families.first[index])),
      cell("n when last", date(families.last[index])),
      cell("line", trend(review, index)),
    );
    row.style.top = `${place * ROW}px`;
    return row;
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest("[data-place]");
    if (!(row instanceof HTMLElement)) {
      return;
    }
    const place = Number(row.dataset.place);
    if (event.shiftKey) {
      this.here = place;
      this.range();
    } else if (target?.closest(".tick") || event.ctrlKey || event.metaKey) {
      this.here = place;
      this.toggle();
    } else {
      this.move(place);
      this.asks.open(this.shown[place]);
    }
  }

  /** Goes to a row, and scrolls it into sight. @param {number} place */
  move(place) {
    this.here = Math.max(0, Math.min(this.shown.length - 1, place));
    this.anchor = this.here;
    const top = this.here * ROW;
    const height = this.grid.clientHeight - this.head.offsetHeight;
    if (top < this.grid.scrollTop) {
      this.grid.scrollTop = top;
    } else if (top + ROW > this.grid.scrollTop + height) {
      this.grid.scrollTop = top + ROW - height;
    }
    this.draw();
  }

  /** How many rows a page has. */
  get page() {
    return Math.max(1, Math.floor(this.grid.clientHeight / ROW) - 1);
  }

  /** Selects the row, or takes it out of the selection. */
  toggle() {
    const index = this.shown[this.here];
    if (index !== undefined && !this.selection.delete(index)) {
      this.selection.add(index);
    }
    this.anchor = this.here;
    this.asks.selected();
    this.draw();
  }

  /** Selects all from where the range began. */
  range() {
    const [from, to] = [Math.min(this.anchor, this.here), Math.max(this.anchor, this.here)];
    this.shown.slice(from, to + 1).forEach((index) => this.selection.add(index));
    this.asks.selected();
    this.draw();
  }

  /** Selects these and no others. @param {number[]} indexes */
  select(indexes) {
    this.selection = new Set(indexes);
    this.anchor = this.here;
    this.asks.selected();
    this.draw();
  }
}
