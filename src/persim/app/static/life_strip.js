// A life as a strip: one bar a week, coloured by step on the way to a budget, the week of the clock in it.

import { dayOf, element, svg } from "./dom.js";
import { AWAY_STEP, STAGE_STEPS, stepAt } from "./palette.js";

const HIGH = 16;

/**
 * Weeks in a row at the same step.
 * @param {Film} film @param {number} person @returns {{step: number, first: number, stop: number}[]}
 */
export function spansOf(film, person) {
  const spans = [];
  for (let week = 0; week < film.weeks; week += 1) {
    const step = stepAt(film, "stage", person, week);
    const last = spans[spans.length - 1];
    if (last && last.step === step) last.stop = week + 1;
    else spans.push({ step, first: week, stop: week + 1 });
  }
  return spans;
}

/**
 * One strip for each film. @param {Film[]} films @param {number} person
 * @param {{names?: string[], parted?: number, week?: number, onWeek?: function(number): void}} options
 * @returns {{node: HTMLElement, mark: function(number): void}}
 */
export function lifeStrip(films, person, { names = [], parted = null, week = null, onWeek = null } = {}) {
  const { weeks, start } = films[0];
  const marks = [];
  const rows = films.map((film, number) => {
    const bars = spansOf(film, person).map(({ step, first, stop }) => {
      const { colour, key, words } = step < 0 ? AWAY_STEP : STAGE_STEPS[step];
      const low = step <= 0 || key === "ineligible";
      const box = { x: first, width: stop - first, y: low ? HIGH / 2 : 0, height: low ? HIGH / 2 : HIGH, fill: colour };
      return svg("rect", { attributes: box }, svg("title", { text: `${words}, from ${dayOf(start, first)}` }));
    });
    if (parted !== null && parted < weeks) {
      const line = { x1: parted, x2: parted, y1: -3, y2: HIGH + 3, stroke: "#1d2430", "stroke-width": 2, "vector-effect": "non-scaling-stroke" };
      bars.push(svg("line", { attributes: line }));
    }
    const now = svg("line", { attributes: { y1: -3, y2: HIGH + 3, stroke: "#7a3e9d", "stroke-width": 2, "vector-effect": "non-scaling-stroke" } });
    marks.push(now);
    const attributes = { viewBox: `0 0 ${weeks} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" };
    const picture = svg("svg", { attributes, on: onWeek ? { click: (event) => onWeek(weekUnder(event, weeks)) } : {} }, ...bars, now);
    return element("div", { class: "strip" }, names[number] ? element("span", { text: names[number] }) : null, picture);
  });
  const steps = [...new Set(films.flatMap((film) => spansOf(film, person).map(({ step }) => step)))].sort((a, b) => a - b);
  const words = steps.map((step) => (step < 0 ? AWAY_STEP : STAGE_STEPS[step]));
  const key = element("ul", { class: "strip-key" }, words.map(({ colour, words: said }) => {
    const box = svg("rect", { attributes: { x: -6, y: -6, width: 12, height: 12, fill: colour } });
    return element("li", {}, svg("svg", { attributes: { viewBox: "-7 -7 14 14", "aria-hidden": "true" } }, box), said);
  }));
  const mark = (at) => {
    for (const line of marks) {
      line.setAttribute("visibility", at === null ? "hidden" : "visible");
      line.setAttribute("x1", at ?? 0);
      line.setAttribute("x2", at ?? 0);
    }
  };
  mark(week);
  const years = element("div", { class: "strip-years" }, element("span", { text: dayOf(start, 0) }), element("span", { text: dayOf(start, weeks - 1) }));
  return { node: element("div", { class: "strips" }, ...rows, years, key), mark };
}

function weekUnder(event, weeks) {
  const box = event.currentTarget.getBoundingClientRect();
  return Math.min(weeks - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * weeks)));
}
