// The key of the picture: every mark with how many there are this week, then posts and lines.

import { element, svg } from "./dom.js";
import { AWAY_STEP, COLOURS, HAND_OFF_LINES, HAND_OFF_WORDS, keyEntry, lineMark, postMark, PROFESSIONS, stepMark, stepsOf, TOLD_COLOUR }
  from "./palette.js";
import { stepCounts } from "./stage_words.js";

const ENDS = ["M9 -1l6 6m0-6l-6 6", "M10 7l5-8", "M13 -4l0 8l-8-1"]; // of hand-offs: lost, not taken, taken
const RING = { key: "ring", words: "ringed: lives that have come to differ", colour: COLOURS.ink, shape: "ring", size: 1.4 };

// How a post is drawn when nobody works in it, when somebody is away, and how often there was time: words, and strokes.
const POST_STATES = [
  ["post vacant", [{ r: 6.6, stroke: "#7b8694", "stroke-dasharray": "2.5 2.5" }]],
  ["away this week", [{ r: 6.6, stroke: "#7b8694" }]],
  ["ring, its dark part: time for budgets", [
    { r: 7.4, stroke: "#d9dfe6" }, { r: 7.4, stroke: "#7b8694", "stroke-dasharray": "30 46.5", transform: "rotate(-90)" },
  ]],
];

function postState([words, strokes]) {
  const circles = strokes.map((one) => svg("circle", { attributes: { fill: "none", "stroke-width": 1.8, ...one } }));
  return keyEntry(svg("svg", { attributes: { viewBox: "-9 -9 18 18", "aria-hidden": "true" } }, ...circles), words);
}

function countedEntry(step) {
  const count = element("b");
  return { count, node: element("li", {}, stepMark(step), count, element("span", { text: step.words })) };
}

function tell(entry, n) {
  if (entry.count.textContent !== String(n)) entry.count.textContent = String(n);
}

/** The key of one picture. */
export class StageKey {
  /** @param {boolean} whole with posts and lines */
  constructor(whole) {
    this.list = element("ul", { class: "stage-key", attributes: { "aria-label": "Key, with how many there are this week" } });
    const posts = PROFESSIONS.map((profession, number) => keyEntry(postMark(number), profession.words));
    const lines = HAND_OFF_WORDS.map((words, outcome) => {
      const { colour, dash } = HAND_OFF_LINES[outcome];
      return keyEntry(lineMark(colour, dash, ENDS[outcome]), `handed on: ${words}`);
    });
    this.marks = element(
      "ul", { class: "stage-key marks", attributes: { "aria-label": "Key of posts and lines", hidden: !whole } },
      posts, POST_STATES.map(postState), lines, keyEntry(lineMark(TOLD_COLOUR, []), "word of mouth"),
    );
    this.nodes = [this.list, this.marks];
    this.colour = "";
  }

  /** Show a week's numbers. @returns {number} people on no caseload */
  show(film, week, colour, ringed) {
    const steps = stepsOf(colour);
    if (this.colour !== colour) {
      this.colour = colour;
      this.entries = [...steps, AWAY_STEP].map(countedEntry);
      this.ring = countedEntry(RING);
      this.list.replaceChildren(...this.entries.map((one) => one.node), this.ring.node);
    }
    const { counts, away } = stepCounts(film, colour, week);
    [...counts, away].forEach((n, step) => tell(this.entries[step], n));
    this.entries[steps.length].node.hidden = away === 0;
    this.ring.node.hidden = !ringed;
    if (ringed) tell(this.ring, ringed.size);
    return away;
  }
}
