// What a lesson says of predictions: run by node, called from test_lesson_page.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const module = (name) => import(pathToFileURL(`${process.env.STATIC}/${name}.js`).href);
const predict = await module("predict");
const reveal = await module("lesson_reveal");

const plain = (text) => text.replaceAll(/[\u00a0\u202f]/g, " ");
const line = { asked: true, middle: [0.1, 0.2, 0.2, 0.2], low: [0.1, 0.15, 0.15, 0.15], high: [0.1, 0.25, 0.25, 0.25] };

test("a curve is measured from the week it was drawn on", () => {
  const found = predict.curveDistance([null, 0.2, 0.2, 0.4], line, 1);
  assert.equal(found.inBand, 2 / 3);
  assert.ok(Math.abs(found.apart - 0.2 / 3) < 1e-12);
  assert.deepEqual([found.end, found.endRuns], [0.4, 0.2]);
});

test("a curve in the band all the way is said to be so", () => {
  const said = predict.curveWords([null, 0.2, 0.2, 0.2], line, 1, "percent").join(" ");
  assert.match(said, /You drew what the runs do/);
  assert.match(said, /all the way/);
  assert.match(predict.curveWords([null, 0.9, 0.9, 0.9], line, 1, "percent").join(" "), /ends higher than theirs.*nowhere/);
});

test("weeks without a base count for nothing", () => {
  const gaps = { middle: [null, 0.2, null, 0.2], low: [null, 0.1, null, 0.1], high: [null, 0.3, null, 0.3] };
  assert.equal(predict.curveDistance([0.9, 0.2, 0.9, 0.2], gaps, 0).inBand, 1);
});

test("a number is put beside the runs and their band", () => {
  const shown = { reading: { value: 0.1, low: 0.06, high: 0.14 } };
  assert.match(plain(predict.numberWords(0.3, shown, "percent").join(" ")), /You said 30 %.*20 percentage points above.*outside/);
  assert.match(predict.numberWords(0.12, shown, "percent").join(" "), /within the band/);
  assert.match(predict.numberWords(0.1, shown, "percent").join(" "), /have on average/);
  assert.deepEqual(predict.numberWords(0.1, { reading: { value: null } }, "percent").length, 1);
});

test("a choice is right, wrong, an opinion, or not settled", () => {
  const question = { choices: ["more", "less"], opinion: false };
  assert.match(predict.choiceWords(question, 0, { right: [true, false] })[1], /what the runs show/);
  assert.match(predict.choiceWords(question, 1, { right: [true, false] })[1], /another answer: more/);
  assert.match(predict.choiceWords(question, 1, { right: [null, null] })[1], /do not settle/);
  assert.match(predict.choiceWords({ ...question, opinion: true }, 1, { right: [null, null] })[1], /no right answer/);
});

test("an answer is given to the room as its place, its number, or a point a quarter up to the last week", () => {
  assert.equal(predict.asAnswer({ predict: "choice" }, 2), 2);
  assert.equal(predict.asAnswer({ predict: "number" }, 0.3), 0.3);
  const drawn = [...Array(20).fill(null), ...Array(40).fill(0.25)];
  assert.deepEqual(predict.asAnswer({ predict: "curve" }, drawn, 25), [[45, 0.25], [58, 0.25], [71, 0.25], [84, 0.25]]);
});

test("a difference is told with its interval, what it settles, and the least that counts", () => {
  const shown = {
    unit: "percent", read: "Real: with", against_name: "without", smallest: 0.01,
    difference: { value: 0.054, low: 0.046, high: 0.062, n: 40, direction: "rises" },
  };
  const said = plain(reveal.differenceWords(shown));
  assert.match(said, /\+5\.4 points \(mean over 40 pairs of runs, 95 % interval \+4\.6 points to \+6\.2 points\), so it is higher/);
  assert.match(said, /1\.0 points counts as hardly a change/);
  assert.equal(reveal.differenceWords({ difference: null }), "");
});
