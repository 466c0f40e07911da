// Predictions: how a visitor makes one, and how far off it was, in words. What is said is worked out by plain functions.

import { drawable } from "./charts.js";
import { element, inUnit, mondayOf, wholeOrParts } from "./dom.js";

export const CHART_HEIGHT = 320;
export const YOUR_LINE = "your prediction";

/** The first day of a part of a run. @param {string} start @param {number} week @returns {string} as 2008-04-07 */
export function startOf(start, week) {
  return mondayOf(start, week).toISOString().slice(0, 10);
}

/** A line of the server as a chart draws it: the mean over runs with its band. */
export function asLine(line, looks) {
  return { name: line.name, own: line.middle, low: line.low, high: line.high, ...looks };
}

/** A prediction as a room gathers it: the choice's place, the number, or pairs of week and value, one a quarter. */
export function asAnswer(question, prediction, first = 0) {
  if (question.predict !== "curve") return prediction;
  const last = prediction.length - 1;
  const pairs = [];
  prediction.forEach((value, place) => {
    if (value !== null && ((last - place) % 13 === 0)) pairs.push([first + place, Number(value.toFixed(4))]);
  });
  return pairs;
}

/** The size of a difference: shares in percentage points. @param {number} x @param {string} unit @returns {string} */
export function sizeWords(x, unit) {
  if (unit !== "percent") return inUnit(Math.abs(x), unit);
  const points = wholeOrParts(100 * Math.abs(x), 0);
  return `${points} percentage ${points === "1" ? "point" : "points"}`;
}

/** How far a value lies from a reading, in words, in the unit of the reading. */
export function distanceWords(value, reading, unit) {
  const apart = value - reading.value;
  const inBand = reading.low !== null && value >= reading.low && value <= reading.high;
  const size = sizeWords(apart, unit);
  const side = apart > 0 ? "above" : "below";
  if (/^0(\.0+)?(\D|$)/.test(size)) return "That is what the runs have on average.";
  if (inBand) return `That lies within the band of the runs: ${size} ${side} their mean, which chance alone can do.`;
  return `That is ${size} ${side} the mean of the runs, outside what nine in ten of them show.`;
}

/** What is said of a number that was predicted. @returns {string[]} */
export function numberWords(prediction, shown, unit) {
  const { value, low, high } = shown.reading;
  if (value === null) return ["The runs have no base for this number."];
  const band = low === null ? "" : ` (nine in ten runs: ${inUnit(low, unit)} to ${inUnit(high, unit)})`;
  return [
    `You said ${inUnit(prediction, unit)}. The runs say ${inUnit(value, unit)}${band}.`,
    distanceWords(prediction, shown.reading, unit),
  ];
}

/** How a drawn curve lies to a line of runs, from a place on. @returns {{inBand: number, apart: number, end: number, endRuns: number}} */
export function curveDistance(drawn, line, from) {
  let [n, inBand, apart] = [0, 0, 0];
  let last = from;
  for (let place = from; place < Math.min(drawn.length, line.middle.length); place += 1) {
    if (drawn[place] === null || line.middle[place] === null) continue;
    n += 1;
    last = place;
    apart += Math.abs(drawn[place] - line.middle[place]);
    if (drawn[place] >= line.low[place] && drawn[place] <= line.high[place]) inBand += 1;
  }
  return { inBand: n ? inBand / n : 0, apart: n ? apart / n : 0, end: drawn[last], endRuns: line.middle[last] };
}

/** What is said of a curve that was drawn. @returns {string[]} */
export function curveWords(drawn, line, from, unit) {
  const found = curveDistance(drawn, line, from);
  const mean = sizeWords(found.apart, unit);
  const share = Math.round(10 * found.inBand);
  const inside = share === 10 ? "lies within the band of the runs all the way"
    : share === 0 ? "lies nowhere within the band of the runs" : `lies within the band of the runs in about ${share} of 10 weeks`;
  const side = found.end > found.endRuns ? "higher" : "lower";
  const close = found.inBand >= 0.9 ? "You drew what the runs do." : `Your line ends ${side} than theirs.`;
  return [
    `At the end you drew ${inUnit(found.end, unit)}; the runs end at ${inUnit(found.endRuns, unit)}. ${close}`,
    `Your line ${inside}; on average it is ${mean} away from their mean.`,
  ];
}

/** What is said of a choice. @returns {string[]} */
export function choiceWords(question, prediction, shown) {
  const right = shown.right;
  const yours = `You said: ${question.choices[prediction]}.`;
  if (question.opinion) return [yours, "There is no right answer to this one."];
  if (right[prediction] === true) return [yours, "That is what the runs show."];
  const answer = right.findIndex((one) => one === true);
  if (answer >= 0) return [yours, `The runs show another answer: ${question.choices[answer]}.`];
  return [yours, "These runs do not settle it: chance is too large to tell."];
}

/**
 * What is said of a prediction when its reveal is opened.
 * @returns {string[]} sentences
 */
export function predictionWords(question, prediction, shown) {
  if (question.predict === "choice") return choiceWords(question, prediction, shown);
  if (question.predict === "number") return numberWords(prediction, shown, question.unit);
  const line = shown.series.find((one) => one.asked);
  return curveWords(prediction, line, question.from_week - shown.first, question.unit);
}

// Asking

function choiceForm(question, prediction, onChange) {
  const name = `choice-${question.id}`;
  const options = question.choices.map((text, number) => {
    const input = element("input", {
      attributes: { type: "radio", name, value: number, checked: prediction === number }, on: { change: () => onChange(number) },
    });
    return element("label", { class: "answer" }, input, element("span", { text }));
  });
  return element("fieldset", { class: "answers" }, element("legend", { text: "Your prediction" }), options);
}

function numberForm(question, prediction, onChange) {
  const scale = question.unit === "percent" ? 100 : 1;
  const field = element("input", {
    attributes: {
      type: "number", id: `number-${question.id}`, inputmode: "decimal", min: question.low * scale, max: question.high * scale,
      step: "any", value: prediction === null ? null : Number((prediction * scale).toFixed(4)),
    },
    on: {
      input: () => {
        const value = field.value.trim() === "" ? NaN : Number(field.value) / scale;
        onChange(value >= question.low && value <= question.high ? value : null);
      },
    },
  });
  const unit = question.unit === "percent" ? "out of 100" : question.unit === "number" || question.unit === "index" ? "" : question.unit;
  const bounds = `from ${wholeOrParts(question.low * scale)} to ${wholeOrParts(question.high * scale)}`;
  return element(
    "p", { class: "number-answer" }, element("label", { text: "Your prediction", attributes: { for: field.id } }),
    field, element("span", { text: unit }), element("span", { class: "small soft", text: bounds }),
  );
}

/** The chart of a curve to be predicted: what is known, and room to draw. */
export function curveForm(host, question, known, prediction, onChange) {
  const weeks = known.last - known.first + 1;
  const series = known.known.map((line) => asLine(line, { name: "", colour: "#1d2430" }));
  known.given.forEach((line, number) => series.push(asLine(line, { colour: ["#5b6777", "#8a6d00"][number % 2], dash: "2 3" })));
  return drawable(host, {
    title: known.title, unit: question.unit, start: startOf(known.start, known.first), weeks, from: known.from_week - known.first,
    height: CHART_HEIGHT, low: question.low, high: question.high, zero: question.low === 0, name: YOUR_LINE, series, interval: known.interval,
    note: known.given.length ? "Dotted: worlds that are known. Lines are means over many runs; bands hold nine in ten." : "",
    onChange: (values) => onChange(values === null ? null : values.slice()),
  });
}

/**
 * The form of a question.
 * @param {HTMLElement} host @param {Object} question @param {?*} prediction what was chosen before a reload
 * @param {function(?*): void} onChange called with the prediction, null while there is none
 * @param {?Object} known what the server tells of a curve
 * @returns {?Object} the chart of a curve
 */
export function predictionForm(host, question, prediction, onChange, known = null) {
  if (question.predict === "choice") host.append(choiceForm(question, prediction, onChange));
  else if (question.predict === "number") host.append(numberForm(question, prediction, onChange));
  else {
    const chart = curveForm(host, question, known, prediction, onChange);
    if (prediction) chart.setValues(prediction);
    return chart;
  }
  return null;
}
