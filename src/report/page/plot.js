// Small drawings of when and where a family was seen.

import { Review } from "./data.js";
import { drawing } from "./element.js";
import { counted, grouped, visible } from "./text.js";

/** So many bars at most; of a longer time, several days share one. */
export const BARS = 30;

/** Events by day, for the list. @param {Review} review @param {number} index @returns {SVGElement} */
export function trend(review, index) {
  const size = review.daysOfBar(BARS);
  const bars = new Array(Math.ceil(review.data.days[1] / size)).fill(0);
  for (const [, day, events] of review.cells(index)) {
    if (day >= 0) {
      bars[Math.floor(day / size)] += events;
    }
  }
  const most = Math.max(1, ...bars);
  const width = 84 / Math.max(bars.length, 1);
  const rects = bars.map((events, at) => {
    const height = events === 0 ? 0.6 : Math.max(2, (events / most) * 20);
    return drawing("rect", { x: at * width, y: 22 - height, width: Math.max(1, Math.min(width - 1, 10)), height });
  });
  return drawing("svg", { class: "trend", viewBox: "0 0 84 22", preserveAspectRatio: "xMinYMid", "aria-hidden": "true" }, ...rects);
}

/** So many hosts have a row; the table has all. */
const HOSTS = 12;
/** Units of the drawing: where columns begin, how wide they are together, and the sum beside them; how high bars and rows are. */
const [LEFT, WIDTH, TOTAL, BARS_HEIGHT, ROW_HEIGHT] = [112, 300, 62, 30, 18];
/** So many letters of a host's name fit beside its row. */
const LETTERS = 17;

/**
 * @typedef {object} Times What the columns of a drawing stand for.
 * @property {string} what
 * @property {number} count
 * @property {(column: number) => string} name
 * @property {[number, string][]} marks what stands below these columns; below the last one it ends with it
 */

/**
 * Events by host and time: a bar for all hosts over each column, and a row for each host, the darker the more.
 * @param {Review} review @param {Iterable<[number, number, number]>} cells host, column (-1 where there is none), events
 * @param {Times} times @returns {SVGElement}
 */
export function hostsBy(review, cells, times) {
  /** @type {Map<number, number[]>} */
  const rows = new Map();
  const all = new Array(times.count).fill(0);
  for (const [host, column, events] of cells) {
    const row = rows.get(host) ?? new Array(times.count).fill(0);
    if (column >= 0 && column < times.count) {
      row[column] += events;
      all[column] += events;
    }
    rows.set(host, row);
  }
  const sum = (/** @type {number[]} */ row) => row.reduce((total, events) => total + events, 0);
  const shown = [...rows].sort((a, b) => sum(b[1]) - sum(a[1])).slice(0, HOSTS);
  const most = Math.max(1, ...shown.flatMap(([, row]) => row));
  const width = WIDTH / times.count;
  const box = (/** @type {number} */ column) => ({ x: LEFT + column * width, width: Math.max(1, width - 2) });
  const title = (/** @type {number} */ column, /** @type {number} */ events) => drawing("title", {}, `${times.name(column)}: ${counted(events, "event")}`);
  const text = (/** @type {number} */ y, /** @type {string} */ words) => drawing("text", { class: "label", x: LEFT - 8, y }, words);
  const total = (/** @type {number} */ y, /** @type {number} */ events) => drawing("text", { class: "label", x: LEFT + WIDTH + TOTAL, y }, grouped(events));

  const parts = [text(BARS_HEIGHT - 3, counted(rows.size, "host")), total(BARS_HEIGHT - 3, sum(all))];
  const tallest = Math.max(1, ...all);
  all.forEach((events, column) => {
    const height = events === 0 ? 0.6 : Math.max(2, (events / tallest) * (BARS_HEIGHT - 4));
    parts.push(drawing("rect", { ...box(column), y: BARS_HEIGHT - height, height }, title(column, events)));
  });
  shown.forEach(([host, row], place) => {
    const y = BARS_HEIGHT + 4 + place * ROW_HEIGHT;
    const name = visible(review.data.hosts[host] ?? "–");
    parts.push(text(y + 13, name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name), total(y + 13, sum(row)));
    row.forEach((events, column) => {
      const strength = 0.25 + 0.75 * (Math.log1p(events) / Math.log1p(most));
      /** @type {import("./element.js").Attributes} */
      const look = events === 0 ? { class: "empty" } : { opacity: strength.toFixed(2) };
      parts.push(drawing("rect", { ...box(column), y: y + 2, height: ROW_HEIGHT - 4, rx: 2, ...look }, title(column, events)));
    });
  });
  const bottom = BARS_HEIGHT + 4 + shown.length * ROW_HEIGHT + 13;
  for (const [column, words] of times.marks) {
    const isEnd = column > 0 && column === times.count - 1;
    parts.push(drawing("text", { class: isEnd ? "label" : "", x: box(column).x + (isEnd ? width - 2 : 0), y: bottom }, words));
  }
  const label = `Events by host and ${times.what}, ${counted(rows.size, "host")}; the table below has the figures`;
  return drawing("svg", { class: "cells", viewBox: `0 0 ${LEFT + WIDTH + TOTAL} ${bottom + 5}`, role: "img", "aria-label": label }, ...parts);
}
