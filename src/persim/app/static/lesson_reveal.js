// What a reveal shows when it is opened: the chart, the prediction beside it, how far off it was, and what the runs settle.

import { queryOf } from "./address.js";
import { barChart, lineChart } from "./charts.js";
import { element, inUnit, wholeOrParts } from "./dom.js";
import { paragraphs } from "./lesson_text.js";
import { CHART_HEIGHT, asLine, curveForm, predictionWords, startOf } from "./predict.js";

const LINE_COLOURS = ["#5b6777", "#0072b2", "#b84700", "#00795a"];
const LINE_DASHES = [null, "6 3", "2 3"];
const BAR_COLOURS = ["#8793a3", "#0072b2", "#b84700", "#00795a"];
const SETTLED = {
  rises: "so it is higher", falls: "so it is lower", hardly_changes: "so it hardly changes", not_settled: "so these runs do not settle it",
};

function lookOf(line, shown) {
  const worlds = Math.max(...shown.series.map((one) => one.world)) + 1;
  const kinds = Math.max(...shown.series.map((one) => one.outcome)) + 1;
  if (worlds === 1) return { colour: LINE_COLOURS[(line.outcome + 1) % 4], dash: LINE_DASHES[line.outcome % 3] };
  return { colour: LINE_COLOURS[line.world % 4], dash: kinds > 1 ? LINE_DASHES[line.outcome % 3] : LINE_DASHES[line.world ? 0 : 1] };
}

/** A line as it is drawn; among many, only the one that was asked for has its band. */
function lineOf(line, shown) {
  const drawn = asLine(line, lookOf(line, shown));
  if (shown.series.length <= 3 || line.asked) return drawn;
  return { name: drawn.name, own: drawn.own, colour: drawn.colour, dash: drawn.dash };
}

function barColour(bar, shown) {
  const worlds = Math.max(...shown.bars.map((one) => one.world)) + 1;
  const groups = Math.max(...shown.bars.map((one) => one.group)) + 1;
  return BAR_COLOURS[(worlds > 1 ? bar.world : groups > 1 ? bar.group : 1) % 4];
}

function runsWords(shown) {
  return `Means over ${wholeOrParts(shown.replicates)} runs of ${wholeOrParts(shown.people)} synthetic people in each world; bands hold nine in ten runs.`;
}

function drawChart(host, shown, question, prediction, known) {
  if (shown.chart === "bars") {
    const bars = shown.bars.map((bar) => ({ ...bar, colour: barColour(bar, shown) }));
    return barChart(host, { title: shown.title, unit: shown.unit, bars, high: shown.unit === "index" ? 1 : undefined, note: runsWords(shown) });
  }
  const series = shown.series.map((line) => lineOf(line, shown));
  if (question?.predict === "curve" && known) {
    const chart = curveForm(host, question, { ...known, given: [] }, prediction, () => {});
    if (prediction) chart.setValues(prediction);
    chart.lock(true);
    chart.reveal(series);
    chart.update({ note: `${runsWords(shown)} Dashed violet: your prediction.` });
    return chart;
  }
  const weeks = shown.last - shown.first + 1;
  return lineChart(host, {
    title: shown.title, unit: shown.unit, start: startOf(shown.start, shown.first), weeks, series, interval: shown.interval, zero: true,
    height: CHART_HEIGHT,    note: runsWords(shown),
  });
}

/** The difference that was read, with its interval, in words; "" without one. @returns {string} */
export function differenceWords(shown) {
  const found = shown.difference;
  if (!found || found.value === null) return "";
  const size = (x) => (shown.unit === "percent" ? inUnit(x, "points") : inUnit(x, shown.unit));
  const least = shown.smallest
    ? ` Less than ${shown.unit === "percent" ? `${wholeOrParts(100 * shown.smallest, 1)} points` : inUnit(shown.smallest, shown.unit)} counts as hardly a change.` : "";
  const pairs = `mean over ${found.n} pairs of runs, 95 % interval ${size(found.low)} to ${size(found.high)}`;
  return `${shown.read}, less ${shown.against_name}: ${size(found.value)} (${pairs}), ${SETTLED[found.direction]}.${least}`;
}

function exploreLink(shown) {
  const dials = [...new Set(shown.settings.worlds.flatMap((world) => [
    ...Object.keys(world.dials), ...world.steps.flatMap((step) => Object.keys(step.dials)),
  ]))];
  const query = queryOf({ ...shown.settings, people: 400 }, {}, dials);
  return element("a", { class: "button", text: "Look into these worlds", attributes: { href: `/?${query}` } });
}

/**
 * A reveal, opened.
 * @param {HTMLElement} host @param {Object} shown as the server tells it
 * @param {?Object} question that it answers @param {?*} prediction @param {?Object} known the part of a curve that was given
 */
export function showReveal(host, shown, question, prediction, known) {
  const said = question && prediction !== null
    ? element("div", { class: "how-far", attributes: { role: "status" } }, predictionWords(question, prediction, shown).map((text, number) => element("p", { class: number ? "" : "yours", text })))
    : null;
  const study = shown.study && shown.reading.value !== null
    ? `A study with other people in each arm would need ${wholeOrParts(shown.reading.value)} ${shown.study} in each to find this difference in four of five trials.` : "";
  const chartHost = element("div", { class: "lesson-chart" });
  const difference = differenceWords(shown);
  host.replaceChildren(...[
    said, chartHost,
    study ? element("p", { class: "study-size", text: study }) : null,
    difference ? element("p", { class: "small difference", text: difference }) : null,
    ...paragraphs(shown.after),
    element(
      "details", { class: "small chance" }, element("summary", { text: "What is in these numbers" }),
      element("p", { text: "Worlds of one pair have the same synthetic people and the same luck. Bands and intervals are chance only: whether the model is right is not in them." }),
      shown.caveats.map((text) => element("p", { text })), element("p", {}, exploreLink(shown)),
    ),
  ].filter(Boolean));
  return drawChart(chartHost, shown, question, prediction, known);
}
