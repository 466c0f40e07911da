// Shapes and places of charts: ticks, ranges, paths, labels that do not cover each other. Nothing here touches a page.

import { wholeOrParts } from "./dom.js";

const LABEL_GAP = 15;

/**
 * Ticks from 0 (or below) to the largest value, at most five.
 * @param {number} low @param {number} high @returns {number[]}
 */
export function ticksBetween(low, high) {
  const span = Math.max(high - low, 1e-9);
  const raw = span / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((one) => one * power >= raw * 0.999);
  const found = [];
  for (let number = Math.ceil(low / step - 1e-9); number * step <= high + step * 1e-6; number += 1) {
    found.push(Number((number * step).toPrecision(12)));
  }
  return found;
}

/**
 * The range of what is drawn: 0 is in it when asked for, and there is a little air above.
 * @returns {[number, number]}
 */
export function rangeOf(series, { zero = true, low = null, high = null } = {}) {
  let least = zero ? 0 : Infinity;
  let most = zero ? 0 : -Infinity;
  for (const one of series) {
    for (const values of [one.own, one.low, one.high, one.middle]) {
      if (!values) continue;
      for (const value of values) {
        if (value === null || value === undefined) continue;
        if (value < least) least = value;
        if (value > most) most = value;
      }
    }
  }
  if (!(most > least)) [least, most] = [Math.min(least, 0) || 0, (Number.isFinite(most) ? most : 0) + 0.1];
  const air = 0.06 * (most - least);
  return [low ?? (least < 0 || !zero ? least - air : least), high ?? most + air];
}

/** The path of a line with gaps where a value is missing. @param {?number[]} values */
export function linePath(values, x, y) {
  let path = "";
  let pen = "M";
  if (!values) return path;
  for (let week = 0; week < values.length; week += 1) {
    const value = values[week];
    if (value === null || value === undefined) pen = "M";
    else {
      path += `${pen}${x(week).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
    }
  }
  return path;
}

/** The path of a band between two lines. */
export function bandPath(low, high, x, y) {
  if (!low || !high) return "";
  let path = "";
  let first = -1;
  for (let week = 0; week <= low.length; week += 1) {
    const known = week < low.length && low[week] !== null && high[week] !== null;
    if (known && first < 0) first = week;
    if (!known && first >= 0) {
      const upper = [];
      const lower = [];
      for (let at = first; at < week; at += 1) {
        upper.push(`${x(at).toFixed(1)} ${y(high[at]).toFixed(1)}`);
        lower.push(`${x(at).toFixed(1)} ${y(low[at]).toFixed(1)}`);
      }
      path += `M${upper.join("L")}L${lower.reverse().join("L")}Z`;
      first = -1;
    }
  }
  return path;
}

/** Heights of labels so that none covers another, each as near its own as may be. */
export function labelHeights(wanted, least, most, gap = LABEL_GAP) {
  const order = wanted.map((_, number) => number).sort((a, b) => wanted[a] - wanted[b]);
  const places = order.map((number) => Math.min(Math.max(wanted[number], least), most));
  for (let at = 1; at < places.length; at += 1) places[at] = Math.max(places[at], places[at - 1] + gap);
  for (let at = places.length - 1, top = most; at >= 0; at -= 1, top -= gap) places[at] = Math.min(places[at], top);
  const found = [];
  order.forEach((number, at) => {
    found[number] = places[at];
  });
  return found;
}

/** The value of a series to be read in a week: the run's own, else the middle. */
export function valueAt(one, week) {
  return one.own?.[week] ?? one.middle?.[week] ?? null;
}

/** The last value of a series that is known. */
export function lastValue(one) {
  for (let week = (one.own ?? one.middle ?? []).length - 1; week >= 0; week -= 1) {
    const value = valueAt(one, week);
    if (value !== null) return value;
  }
  return null;
}

/** A value beside an axis: short, its unit said by the chart. */
export function axisWords(value, unit) {
  if (unit === "percent") return `${wholeOrParts(100 * value, Number.isInteger(Math.round(1000 * value) / 10) ? 0 : 1)}\u00a0%`;
  if (unit === "points") return `${value > 0 ? "+" : ""}${wholeOrParts(100 * value, 0)}`;
  if (unit === "per person-year") return wholeOrParts(100 * value, Number.isInteger(Math.round(1000 * value) / 10) ? 0 : 1);
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 0.1 ? 2 : 1;
  return wholeOrParts(value, digits);
}

/** The weeks that a table shows: each quarter, and the last. @param {number} weeks @returns {number[]} */
export function tableWeeks(weeks) {
  const found = [];
  for (let week = 0; week < weeks - 1; week += 13) found.push(week);
  return [...found, weeks - 1];
}
