// Colours, shapes and plain words of everything a person or a post can be. Colours are Okabe and Ito's; every colour has a
// shape or a letter of its own beside it, so that no meaning rests on colour alone.

import { element, svg } from "./dom.js";

/** Colours by name. */
export const COLOURS = {
  blue: "#0072b2", vermilion: "#d55e00", green: "#009e73", sky: "#56b4e9", orange: "#e69f00", pink: "#cc79a7",
  yellow: "#f0e442", grey: "#929dab", dark: "#4a5464", ink: "#1d2430", rust: "#b84700", violet: "#7a3e9d",
};

/** Two worlds, left and right: colour of lines and words, and the dash of the second. */
export const WORLDS = [{ colour: "#0072b2" }, { colour: "#b84700", dash: "6 3" }];

const STAGE_AWAY = 255;
const COUNTED = 1;
const REAL_CODES = [2, 3];
const STAGE_IN_USE = 10;

/** Steps on the way to a budget: few, grouped from `persim.state.Stage`. `size` is relative to a usual dot. */
export const STAGE_STEPS = [
  { key: "outside", words: "eligible, not on the way", colour: COLOURS.grey, shape: "dot", size: 0.8 },
  { key: "waiting", words: "handed on, waiting", colour: COLOURS.orange, edge: "#9a6a00", shape: "triangle", size: 1.15 },
  { key: "assessed", words: "raised, being assessed", colour: COLOURS.sky, edge: "#1f7db3", shape: "diamond", size: 1.15 },
  { key: "planned", words: "plan, money, setting up", colour: COLOURS.blue, shape: "square", size: 1.05 },
  { key: "real", words: "budget in use, real", colour: COLOURS.green, shape: "eye", size: 1.35 },
  { key: "unreal", words: "in use, not real", colour: COLOURS.green, shape: "ring", size: 1.2 },
  { key: "counted", words: "counted, nothing in use", colour: COLOURS.rust, shape: "cross", size: 1.1 },
  { key: "ineligible", words: "not found eligible", colour: "#c3cad3", shape: "dot", size: 0.7 },
];

const INELIGIBLE = STAGE_STEPS.length - 1;

/** Barriers, grouped as `persim.barriers` groups them; `codes` are those of `persim.state.Barrier`. */
export const BARRIER_STEPS = [
  { key: "ineligible", words: "not found eligible", codes: [], colour: "#c3cad3", shape: "dot", size: 0.7 },
  { key: "in_use", words: "a budget in use", codes: [], colour: COLOURS.green, shape: "eye", size: 1.35 },
  { key: "none", words: "none recorded", codes: [0], colour: COLOURS.grey, shape: "dot", size: 0.85 },
  { key: "no_occasion", words: "no occasion yet", codes: [19], colour: COLOURS.grey, shape: "ring", size: 0.85 },
  { key: "need", words: "need not recognised", codes: [2], colour: COLOURS.sky, edge: "#1f7db3", shape: "diamond", size: 1.15 },
  { key: "readiness", words: "“not stable enough now”", codes: [3], colour: COLOURS.blue, shape: "square", size: 1.05 },
  { key: "time", words: "no time, nobody there", codes: [1, 4, 5], colour: COLOURS.orange, edge: "#9a6a00", shape: "triangle", size: 1.15 },
  { key: "role", words: "somebody else's job", codes: [6, 12], colour: COLOURS.pink, edge: "#9c4577", shape: "dot", size: 1.1 },
  { key: "knowledge", words: "process not known", codes: [7], colour: "#8a7a00", shape: "cross", size: 1.05 },
  { key: "risk", words: "risk seen, or the law", codes: [8, 9], colour: COLOURS.vermilion, shape: "fall", size: 1.15 },
  { key: "information", words: "not told of budgets", codes: [10], colour: COLOURS.violet, shape: "hexagon", size: 1.05 },
  { key: "process", words: "steps, money, market", codes: [13, 14, 15, 16, 17], colour: COLOURS.ink, shape: "square", size: 0.95 },
  { key: "choice", words: "declined, or ended", codes: [11, 18], colour: COLOURS.dark, shape: "ring", size: 1.1 },
];

/** Legal status under the Act; shown only when asked for. */
export const LEGAL_STEPS = [
  { key: "voluntary", words: "voluntary", codes: [0], colour: COLOURS.grey, shape: "dot", size: 0.8 },
  { key: "section", words: "detained under a section", codes: [1, 2], colour: COLOURS.dark, shape: "square", size: 1.1 },
  { key: "cto", words: "community treatment order", codes: [3], colour: COLOURS.orange, edge: "#9a6a00", shape: "diamond", size: 1.2 },
];

/** Somebody who is on no caseload. */
export const AWAY_STEP = { key: "away", words: "discharged", colour: "#d3d9e0", shape: "dot", size: 0.6 };

/** What each barrier is, in words, by its code. */
export const BARRIER_WORDS = [
  "", "nobody was at work in the coordinator's post", "eligible need was not recognised",
  "not found “stable enough now”", "no time was left that week", "a budget was not recommended",
  "not held to be part of the job", "it was not known how a budget is got", "the risk that was seen was not accepted",
  "the law was taken to stand in the way", "budgets were not explained", "declined: a choice",
  "the hand-off waited or was lost", "steps and waits", "asked to contribute", "a dispute over who pays", "the panel",
  "no support was to be found", "the budget ended", "no occasion yet",
];

/** What each stage is, in words, by its code. */
export const STAGE_WORDS = [
  "not on the way to a budget", "handed on, waiting", "budgets raised", "being assessed", "waiting for the sum",
  "writing the support plan", "waiting for funding", "before the panel", "refused, contested", "being set up",
  "a budget in use",
];

/** Professions, by code: word, letter and shape of the mark. */
export const PROFESSIONS = [
  { words: "nurse", letter: "N", shape: "dot" },
  { words: "social worker", letter: "S", shape: "square" },
  { words: "occupational therapist", letter: "O", shape: "diamond" },
  { words: "brokers", letter: "B", shape: "hexagon" },
  { words: "council team", letter: "C", shape: "house" },
];

/** What became of a hand-off, by its code. */
export const HAND_OFF_WORDS = ["lost", "not taken", "taken"];

/** Colour and dash of a hand-off, by its code. */
export const HAND_OFF_LINES = [
  { colour: COLOURS.rust, dash: [2, 4] }, { colour: "#9a6a00", dash: [6, 4] }, { colour: COLOURS.blue, dash: [] },
];

/** Colour of word of mouth. */
export const TOLD_COLOUR = "#00795a";

const STEPS_BY_CODE = { barrier: byCode(BARRIER_STEPS), legal: byCode(LEGAL_STEPS) };

function byCode(steps) {
  const found = [];
  steps.forEach((step, number) => {
    for (const code of step.codes) found[code] = number;
  });
  return found;
}

/** Is nothing under way at a step? Such dots lie below the others. */
export function isQuiet(step) {
  return step.key === "outside" || step.key === "ineligible" || step.key === "none" || step.key === "voluntary";
}

/** The steps of a colouring: "stage", "barrier" or "legal". */
export function stepsOf(colour) {
  return { stage: STAGE_STEPS, barrier: BARRIER_STEPS, legal: LEGAL_STEPS }[colour] ?? STAGE_STEPS;
}

/** The number of the step on the way to a budget; -1 for somebody on no caseload. */
export function stageStep(stage, budget, eligible = 1) {
  if (stage === STAGE_AWAY) return -1;
  if (stage === STAGE_IN_USE) return REAL_CODES.includes(budget) ? 4 : 5;
  if (stage >= 2) return stage <= 4 ? 2 : 3;
  if (budget === COUNTED) return 6;
  return stage === 0 && !eligible ? INELIGIBLE : stage;
}

/**
 * The number of a person's step in a week; -1 for somebody on no caseload.
 * @param {Film} film @param {string} colour "stage", "barrier" or "legal"
 */
export function stepAt(film, colour, person, week) {
  const stage = film.at("stage", person, week);
  if (stage === STAGE_AWAY) return -1;
  if (colour === "stage") return stageStep(stage, film.at("budget", person, week), film.at("eligible", person, week));
  if (colour === "barrier" && stage === STAGE_IN_USE) return 1;
  if (colour === "barrier" && stage < 2 && !film.at("eligible", person, week)) return 0;
  return STEPS_BY_CODE[colour][film.at(colour, person, week)] ?? 0;
}

/** The outline of a shape around 0, 0, as the path of an SVG. @param {string} shape @param {number} r */
export function shapePath(shape, r) {
  const n = (x) => (x * r).toFixed(2);
  const through = (...points) => `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join("L")}Z`;
  if (shape === "square") return through([-0.86, -0.86], [0.86, -0.86], [0.86, 0.86], [-0.86, 0.86]);
  if (shape === "diamond") return through([0, -1.12], [1.12, 0], [0, 1.12], [-1.12, 0]);
  if (shape === "triangle") return through([0, -1.1], [1.08, 0.82], [-1.08, 0.82]);
  if (shape === "fall") return through([0, 1.1], [1.08, -0.82], [-1.08, -0.82]);
  if (shape === "hexagon") return through([0, -1.12], [1, -0.56], [1, 0.56], [0, 1.12], [-1, 0.56], [-1, -0.56]);
  if (shape === "house") return through([0, -1.15], [1.05, -0.2], [0.82, 0.95], [-0.82, 0.95], [-1.05, -0.2]);
  if (shape === "cross") {
    const [a, b] = [0.36, 1];
    return through(
      [-a, -b], [a, -b], [a, -a], [b, -a], [b, a], [a, a], [a, b], [-a, b], [-a, a], [-b, a], [-b, -a], [-a, -a],
    );
  }
  return `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;
}

/** How a shape is filled: "full", "hollow", or "eye" (full, with a white middle). */
export function fillOf(shape) {
  return { ring: "hollow", eye: "eye" }[shape] ?? "full";
}

/** A step's mark for a key, as a small picture. @returns {SVGElement} */
export function stepMark(step, r = 5) {
  const hollow = fillOf(step.shape) === "hollow";
  const size = r * step.size;
  const attributes = hollow
    ? { d: shapePath(step.shape, size - 0.8), fill: "#fff", stroke: step.colour, "stroke-width": 1.8 }
    : { d: shapePath(step.shape, size), fill: step.colour, stroke: step.edge ?? "none" };
  const eye = step.shape === "eye" ? svg("circle", { attributes: { r: size * 0.36, fill: "#fff" } }) : null;
  return svg(
    "svg", { attributes: { viewBox: "-9 -9 18 18", "aria-hidden": "true" } }, svg("path", { attributes }), eye,
  );
}

/** A profession's mark for a key. @returns {SVGElement} */
export function postMark(profession) {
  const { shape, letter } = PROFESSIONS[profession];
  const attributes = { "text-anchor": "middle", y: 3.4, fill: "#fff", "font-size": 9.5, "font-weight": 700 };
  return svg(
    "svg", { attributes: { viewBox: "-9 -9 18 18", "aria-hidden": "true" } },
    svg("path", { attributes: { d: shapePath(shape, 7.6), fill: COLOURS.dark } }),
    svg("text", { text: letter, attributes }),
  );
}

/** A line's mark for a key: of a hand-off, or of word of mouth. @returns {SVGElement} */
export function lineMark(colour, dash, end = "") {
  const attributes = { d: "M-14 4Q0 -8 12 3", fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": dash.join(" ") };
  return svg(
    "svg", { class: "wide", attributes: { viewBox: "-16 -9 32 18", "aria-hidden": "true" } },
    svg("path", { attributes }), end ? svg("path", { attributes: { d: end, fill: "none", stroke: colour, "stroke-width": 2 } }) : null,
  );
}

/** A list entry of a key: a mark and its words. */
export function keyEntry(mark, words, more = {}) {
  return element("li", more, mark, element("span", { text: words }));
}
