// When and where one candidate was seen: two drawings, each with its table.

import { Review } from "./data.js";
import { element } from "./element.js";
import { BARS, hostsBy } from "./plot.js";
import { counted, day, grouped, visible } from "./text.js";

/** So many rows of a table are shown. */
const ROWS = 400;

/** Events by host and day. @param {Review} review @param {number} index @returns {Node[]} */
export function byDay(review, index) {
  const [first, count] = review.data.days;
  const size = review.daysOfBar(BARS);
  const columns = Math.ceil(count / size);
  const cells = [...review.cells(index)];
  const date = (/** @type {number} */ at) => day(first + at);
  /** @type {[number, string][]} */
  const ends = [[0, date(0)], [columns - 1, date(count - 1)]];
  const drawing = hostsBy(
    review,
    cells.map(([host, at, events]) => [host, at < 0 ? at : Math.floor(at / size), events]),
    {
      what: "day",
      count: columns,
      name: (column) => (size === 1 ? date(column) : `${date(column * size)} to ${date(Math.min(column * size + size, count) - 1)}`),
      marks: ends.slice(0, columns),
    },
  );
  return [drawing, table(review, "Day (UTC)", cells, (at) => (at < 0 ? "a wrong clock" : date(at)))];
}

/** Events by host and hour of the day. @param {Review} review @param {number} index @returns {Node[]} */
export function byHour(review, index) {
  const cells = [...review.hours(index)];
  const known = cells.reduce((sum, [, , events]) => sum + events, 0);
  const unknown = review.families.events[index] - known;
  const name = (/** @type {number} */ hour) => `${String(hour).padStart(2, "0")}:00`;
  const note = element("p", { class: "small" }, `The hour of ${counted(unknown, "event")} is not known.`);
  if (known === 0) {
    return [note];
  }
  const drawing = hostsBy(review, cells, { what: "hour of the day", count: 24, name, marks: [0, 6, 12, 18].map((hour) => [hour, name(hour)]) });
  return [drawing, ...(unknown > 0 ? [note] : []), table(review, "Hour (UTC)", cells, name)];
}

/** The figures behind a drawing. @param {Review} review @param {string} time @param {[number, number, number][]} cells @param {(column: number) => string} name */
function table(review, time, cells, name) {
  const head = element("tr", {}, element("th", { scope: "col" }, "Host"), element("th", { scope: "col" }, time), element("th", { scope: "col", class: "n" }, "Events"));
  const rows = cells.slice(0, ROWS).map(([host, at, events]) =>
    element("tr", {}, element("td", {}, visible(review.data.hosts[host] ?? "–")), element("td", {}, name(at)), element("td", { class: "n" }, grouped(events))),
  );
  const more = cells.length > ROWS ? ` (the first ${ROWS} of ${grouped(cells.length)})` : "";
  return element(
    "details",
    {},
    element("summary", {}, `As a table${more}`),
    element("table", { class: "plain" }, element("thead", {}, head), element("tbody", {}, ...rows)),
  );
}
