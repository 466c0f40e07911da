// Where the parts of a loop diagram lie, and what a room's predictions become: run by node, called from test_loop_scripts.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const module = (name) => import(pathToFileURL(`${process.env.STATIC}/${name}.js`).href);
const places = await module("loop_places");
const { loopInWords, strengthWords } = await module("loops");
const pool = await module("room_pool");
const loops = JSON.parse(readFileSync(process.env.LOOPS, "utf8"));
const rings = JSON.parse(readFileSync(process.env.RINGS, "utf8"));
const FRAMES = [{ x: 370, y: 200, rx: 280, ry: 170 }, { x: 175, y: 180, rx: 116, ry: 150 }];

test("the rings of every loop are those that Python finds", () => {
  for (const loop of loops) {
    const found = places.ringsOf(loop).map((ring) => ring.map((link) => link.from).join(" ")).sort();
    assert.deepEqual(found, rings[loop.key].sort());
  }
});

test("every node of every loop has a place within the frame, and no two are near each other", () => {
  for (const loop of loops) {
    for (const frame of FRAMES) {
      const layout = places.loopPlaces(loop, frame);
      const all = loop.nodes.map((node) => layout.places.get(node.key));
      all.forEach((one, number) => {
        assert.ok(Math.abs(one.x - frame.x) <= frame.rx + 1 && Math.abs(one.y - frame.y) <= frame.ry + 1, loop.key);
        for (const other of all.slice(0, number)) {
          assert.ok(Math.abs(one.x - other.x) > 55 || Math.abs(one.y - other.y) > 55, `${loop.key} ${frame.rx}`);
        }
      });
    }
  }
});

test("no letter stands on a node, and every loop has one", () => {
  for (const loop of loops) {
    for (const frame of FRAMES) {
      const { letters, places: all } = places.loopPlaces(loop, frame);
      assert.ok(letters.length >= 1);
      for (const letter of letters) {
        for (const one of all.values()) assert.ok(Math.hypot(letter.x - one.x, letter.y - one.y) > 38, `${loop.key} ${frame.rx}`);
      }
    }
  }
});

test("arrows begin and end outside the boxes of their nodes", () => {
  const box = { w: 100, h: 40 };
  for (const loop of loops) {
    const layout = places.loopPlaces(loop, FRAMES[0]);
    for (const link of loop.links) {
      const curve = places.curveOf(link, layout, FRAMES[0]);
      const { start, end } = places.outsideBoxes(curve, box, box, 5);
      assert.ok(start < end, `${loop.key} ${link.from}`);
      const tip = places.alongCurve(curve, end);
      const to = layout.places.get(link.to);
      assert.ok(Math.abs(tip.x - to.x) >= 54.9 || Math.abs(tip.y - to.y) >= 24.9, `${loop.key} ${link.from}`);
    }
  }
});

test("words are wrapped at spaces and none is lost", () => {
  assert.deepEqual(places.wrappedWords("Incidents put down to a budget", 14), ["Incidents put", "down to a", "budget"]);
  assert.deepEqual(places.wrappedWords("Unbreakablyverylong word", 6), ["Unbreakablyverylong", "word"]);
});

test("a loop is told in words, on or off", () => {
  const blame = loops.find((loop) => loop.key === "blame");
  const said = loopInWords(blame, false);
  assert.match(said, /^Risk and blame, a balancing loop, switched off\./);
  assert.match(said, /Held back for perceived risk lowers Offers/);
  assert.doesNotMatch(loopInWords(blame, true), /switched off/);
});

test("what a loop does is told with its size, and with chance where chance could do as much", () => {
  const told = { unit: "share", n: 8, difference: [null, 0, 0.082], low: [null, 0, 0.06], high: [null, 0, 0.1] };
  assert.match(strengthWords(told), /raised it by 8\.2\u00a0points, over 8 pairs/);
  assert.doesNotMatch(strengthWords(told), /Chance/);
  assert.match(strengthWords({ ...told, difference: [null, 0, -0.001], low: [null, 0, -0.01] }), /lowered it by .*Chance alone/);
  assert.equal(strengthWords({ ...told, difference: [null] }), "");
});

test("a curve given at some weeks is straight between them and nothing outside", () => {
  assert.deepEqual(pool.everyWeek([2, 4, 5], [0, 1, 3], 0, 6), [null, null, 0, 0.5, 1, 3, null]);
});

test("the bars of a number leave out what nobody said, but for one to each side", () => {
  const told = { kind: "number", unit: "percent", n: 4, counts: [0, 0, 1, 0, 3, 0, 0, 0, 0, 0], edges: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] };
  assert.deepEqual(pool.numberBars(told).map((bar) => bar.value), [0, 1, 0, 3, 0]);
});

test("a room of fewer than three is only counted in words", () => {
  assert.equal(pool.poolWords({ n: 0, few: true, fewest: 3 }), "Nobody has committed to a prediction yet.");
  assert.equal(pool.poolWords({ n: 2, few: true, fewest: 3 }), "2 predictions. They are shown from 3 on.");
  assert.equal(pool.poolWords({ n: 7, few: true, fewest: 3 }, true), "7 predictions, covered.");
});
