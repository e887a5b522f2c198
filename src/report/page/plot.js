// Small drawings of when and where a family was seen.

import { Review } from "./data.js";
import { drawing } from "./element.js";
import { counted, day, grouped } from "./text.js";

/** So many bars at most; of a longer time, several days share one. */
const BARS = 30;

/** Events by day, for the list. @param {Review} review @param {number} index @returns {SVGElement} */
export function trend(review, index) {
  const days = review.byDay(index);
  const size = Math.max(1, Math.ceil(days.length / BARS));
  const bars = [];
  for (let at = 0; at < days.length; at += size) {
    bars.push(days.slice(at, at + size).reduce((sum, events) => sum + events, 0));
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

/** Events by host and day, the darker the more. @param {Review} review @param {number} index @returns {SVGElement} */
export function hostsByDay(review, index) {
  const { hosts, days } = review.data;
  /** @type {Map<number, number[]>} */
  const rows = new Map();
  const count = Math.min(days[1], 4000);
  const size = Math.max(1, Math.ceil(count / BARS));
  const columns = Math.max(1, Math.ceil(count / size));
  for (const [host, at, events] of review.cells(index)) {
    const row = rows.get(host) ?? new Array(columns).fill(0);
    if (at >= 0 && at < count) {
      row[Math.floor(at / size)] += events;
    }
    rows.set(host, row);
  }
  const sum = (/** @type {number[]} */ row) => row.reduce((all, events) => all + events, 0);
  const shown = [...rows].sort((a, b) => sum(b[1]) - sum(a[1])).slice(0, HOSTS);
  const most = Math.max(1, ...shown.flatMap(([, row]) => row));
  const [left, height, width] = [120, 18, 300 / columns];
  const parts = shown.flatMap(([host, row], y) => {
    const name = hosts[host] ?? "–";
    const label = drawing("text", { class: "label", x: left - 8, y: y * height + 13 }, name.length > 18 ? `${name.slice(0, 17)}…` : name);
    const cells = row.map((events, x) => {
      const title = drawing("title", {}, `${day(days[0] + x * size)}: ${counted(events, "event")}`);
      const box = { x: left + x * width, y: y * height + 2, width: Math.max(1, width - 2), height: height - 4, rx: 2 };
      const strength = 0.25 + 0.75 * (Math.log1p(events) / Math.log1p(most));
      return drawing("rect", events === 0 ? { ...box, class: "empty" } : { ...box, opacity: strength.toFixed(2) }, title);
    });
    return [label, ...cells];
  });
  const bottom = shown.length * height + 13;
  const ends = count === 0 ? [] : [
    drawing("text", { x: left, y: bottom }, day(days[0])),
    drawing("text", { class: "label", x: left + 300, y: bottom }, day(days[0] + count - 1)),
  ];
  const label = `Events by host and day, ${grouped(rows.size)} hosts; the table below has the figures`;
  return drawing("svg", { class: "cells", viewBox: `0 0 424 ${bottom + 5}`, role: "img", "aria-label": label }, ...parts, ...ends);
}
