// What the page's scripts work out without a page: run by node, called from test_app_scripts.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const module = (name) => import(pathToFileURL(`${process.env.STATIC}/${name}.js`).href);
const shapes = await module("chart_shapes");
const drawn = await module("drawn_chart");
const dom = await module("dom");
const { readFilm, readFilms } = await module("film");
const palette = await module("palette");
const places = await module("stage_places");
const words = await module("stage_words");
const person = await module("person");
const { Crowd } = await module("stage_crowd");
const { spansOf } = await module("life_strip");
const api = await module("api");
const room = await module("lesson_room");

const bytes = readFileSync(process.env.FILM);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const film = readFilm(buffer);
const known = JSON.parse(readFileSync(process.env.KNOWN, "utf8"));

test("ticks are round, at most six, and within the range", () => {
  for (const [low, high] of [[0, 0.31], [0, 1], [-0.05, 0.42], [0, 7], [0, 1e-4], [0, 12345]]) {
    const ticks = shapes.ticksBetween(low, high);
    assert.ok(ticks.length >= 2 && ticks.length <= 6, `${low} ${high}: ${ticks}`);
    assert.ok(ticks.every((one) => one >= low - 1e-9 && one <= high * 1.0001 + 1e-9));
  }
});

test("a range holds every value, 0 too when asked for, and is never empty", () => {
  const series = [{ own: [null, 0.2, 0.4], low: [0.1, 0.1, null], high: [0.3, 0.5, null] }];
  const [low, high] = shapes.rangeOf(series);
  assert.equal(low, 0);
  assert.ok(high > 0.5 && high < 0.6);
  for (const empty of [[], [{ own: [null] }], [{ own: [0, 0] }]]) {
    const range = shapes.rangeOf(empty);
    assert.ok(range[1] > range[0] && range.every(Number.isFinite));
  }
});

test("a line has a gap where a value is missing, and a band ends there", () => {
  const x = (week) => week;
  const y = (value) => value;
  assert.equal(shapes.linePath([1, 2, null, 4, 5], x, y), "M0.0 1.0L1.0 2.0M3.0 4.0L4.0 5.0");
  assert.equal(shapes.bandPath([1, 1, null, 1, 1], [2, 2, null, 2, 2], x, y).match(/Z/g).length, 2);
  assert.equal(shapes.bandPath(null, null, x, y), "");
});

test("labels never cover each other and stay in the chart", () => {
  for (const wanted of [[50, 51, 52], [0, 0, 0, 0], [100, 99, 3], [10]]) {
    const heights = shapes.labelHeights(wanted, 5, 120, 15);
    const sorted = [...heights].sort((a, b) => a - b);
    assert.ok(sorted.every((one, at) => !at || one - sorted[at - 1] >= 14.99), String(heights));
    assert.ok(sorted.every((one) => one <= 120));
  }
});

test("a table shows each quarter and the last week", () => {
  assert.deepEqual(shapes.tableWeeks(30), [0, 13, 26, 29]);
  assert.deepEqual(shapes.tableWeeks(1), [0]);
});

test("a drawing is closed from what is known to the last week", () => {
  const values = new Array(20).fill(null);
  values[12] = 0.5;
  values[14] = 0.7;
  const closed = drawn.closedDrawing(values, 10, 0.1);
  assert.deepEqual(closed.slice(0, 10), new Array(10).fill(null));
  assert.equal(closed[10], 0.1);
  assert.ok(Math.abs(closed[13] - 0.6) < 1e-9);
  assert.equal(closed[19], 0.7);
  assert.ok(closed.slice(10).every((one) => one !== null));
});

test("points for the keyboard end in the last week and leave the first to what is known", () => {
  assert.deepEqual(drawn.handleWeeks(104, 260).at(-1), 259);
  assert.ok(drawn.handleWeeks(104, 260).every((week) => week > 104));
  assert.deepEqual(drawn.handleWeeks(50, 52), [51]);
});

test("numbers and dates are said in words", () => {
  assert.equal(dom.percent(0.184), "18\u00a0%");
  assert.equal(dom.percent(null), "–");
  assert.equal(dom.inUnit(0.051, "percent"), "5.1\u00a0%");
  assert.equal(dom.inUnit(0.273, "points"), "+27.3\u00a0points");
  assert.equal(dom.inUnit(-0.273, "points"), "−27.3\u00a0points");
  assert.equal(dom.wholeOrParts(12345), "12\u202f345");
  assert.equal(dom.wholeOrParts(-0.001, 1), "0.0");
  assert.equal(dom.dateOf("2008-04-07", 0), "April 2008");
  assert.equal(dom.dayOf("2008-04-07", 153), "14 March 2011");
  assert.equal(dom.counted(1, "person", "people"), "1 person");
});

test("a film is read as Python wrote it", () => {
  assert.equal(film.weeks, known.weeks);
  assert.equal(film.people, known.people);
  for (const [layer, row, week, value] of known.values) assert.equal(film.at(layer, row, week), value, `${layer} ${row} ${week}`);
  for (const [name, n] of Object.entries(known.happenings)) {
    let found = 0;
    for (let week = 0; week < film.weeks; week += 1) found += film.during(name, week).length;
    assert.equal(found, n, name);
  }
});

test("films that follow each other are read apart, also from an odd place", () => {
  for (const odd of [0, 1]) {
    const both = new Uint8Array(2 * (4 + bytes.length) + odd);
    const view = new DataView(both.buffer);
    const length = bytes.length + odd;
    view.setUint32(0, length, true);
    both.set(bytes, 4);
    view.setUint32(4 + length, bytes.length, true);
    both.set(bytes, 8 + length);
    const films = readFilms(both.buffer);
    assert.equal(films.length, 2);
    for (const one of films) assert.deepEqual(Array.from(one.row("post", 7)), Array.from(film.row("post", 7)));
  }
});

test("everybody has a step of every colouring in every week", () => {
  for (const colour of ["stage", "barrier", "legal"]) {
    const steps = palette.stepsOf(colour);
    for (let week = 0; week < film.weeks; week += 7) {
      const { counts, away } = words.stepCounts(film, colour, week);
      assert.equal(counts.length, steps.length);
      assert.equal(counts.reduce((a, b) => a + b, away), film.people);
    }
  }
});

test("every stage, barrier and legal status of the model has words and a mark of its own", () => {
  for (let stage = 0; stage <= 10; stage += 1) {
    for (let budget = 0; budget <= 4; budget += 1) {
      for (const eligible of [0, 1]) assert.ok(palette.STAGE_STEPS[palette.stageStep(stage, budget, eligible)]);
    }
    assert.ok(palette.STAGE_WORDS[stage]);
  }
  const codes = (steps) => steps.flatMap((step) => step.codes).sort((a, b) => a - b);
  assert.deepEqual(codes(palette.BARRIER_STEPS), Array.from({ length: 20 }, (_, code) => code));
  assert.deepEqual(codes(palette.LEGAL_STEPS), [0, 1, 2, 3]);
  assert.equal(palette.BARRIER_WORDS.length, 20);
  for (const steps of [palette.STAGE_STEPS, palette.BARRIER_STEPS, palette.LEGAL_STEPS]) {
    assert.equal(new Set(steps.map((step) => `${step.shape} ${step.colour}`)).size, steps.length);
    assert.equal(new Set(steps.map((step) => step.words)).size, steps.length);
  }
});

test("somebody keeps the place while the coordinator stays, and nobody shares one", () => {
  const found = places.placesOf(film);
  for (let week = 0; week < film.weeks; week += 1) {
    const taken = new Set();
    for (let one = 0; one < film.people; one += 1) {
      const away = film.at("stage", one, week) === 255;
      const holder = away ? `away ${film.teamOfPerson[one]}` : film.at("post", one, week);
      const slot = found.slots[one * film.weeks + week];
      assert.ok(!taken.has(`${holder} ${slot}`));
      taken.add(`${holder} ${slot}`);
      if (!week) continue;
      const awayBefore = film.at("stage", one, week - 1) === 255;
      if (away === awayBefore && film.at("post", one, week) === film.at("post", one, week - 1)) {
        assert.equal(slot, found.slots[one * film.weeks + week - 1]);
      }
    }
  }
});

test("everybody lies in the picture and on nobody else, from a phone to a projector", () => {
  const found = places.placesOf(film);
  for (const width of [280, 358, 600, 760, 1240, 1800]) {
    const layout = places.layoutOf(film, found, width, width < 560 ? 1.75 * width : 0.52 * width);
    const at = Array.from({ length: film.people }, (_, one) => places.placeAt(film, found, layout, one, 20));
    for (const [x, y] of at) assert.ok(x > 0 && x < width && y > 0 && y < layout.height, `${width}: ${x}, ${y}`);
    for (let one = 0; one < at.length; one += 1) {
      for (let other = 0; other < one; other += 1) {
        const apart = Math.hypot(at[one][0] - at[other][0], at[one][1] - at[other][1]);
        assert.ok(apart > layout.dot, `${width}: ${one} on ${other}`);
      }
    }
    for (const post of layout.outside) assert.ok(layout.postX[post] > 0 && layout.postX[post] < width);
  }
});

test("arrow keys go to the nearest in their direction", () => {
  const xs = [0, 10, 30, 10];
  const ys = [0, 0, 0, 50];
  assert.equal(places.nearestTowards(xs, ys, 0, 1, 0), 1);
  assert.equal(places.nearestTowards(xs, ys, 1, 1, 0), 2);
  assert.equal(places.nearestTowards(xs, ys, 1, 0, 1), 3);
  assert.equal(places.nearestTowards(xs, ys, 0, -1, 0), -1);
});

test("a week is told in words, its people counted", () => {
  const said = words.weekWords(film, 20, "stage", new Set([1, 2]));
  assert.match(said, /^Week of \d+ \w+ \d{4}\. \d+ people on a caseload: /);
  assert.match(said, /2 lives have come to differ/);
  const one = words.personWords(film, 3, 20, "stage");
  assert.equal(one.title, "Synthetic person 3");
  assert.ok(!/CTO|section|voluntary/.test(one.text));
  assert.ok(words.postWords(film, 0, 20).text.length > 20);
  assert.ok(words.postWords(film, film.posts - 1, 20).text.includes("outside the teams"));
});

test("a life is cut into spans that hold every week once", () => {
  const spans = spansOf(film, 5);
  assert.equal(spans[0].first, 0);
  assert.equal(spans.at(-1).stop, film.weeks);
  assert.ok(spans.every((span, at) => !at || (span.first === spans[at - 1].stop && span.step !== spans[at - 1].step)));
});

test("sentences are told by year, and rows of the ledger stand apart from the words", () => {
  const years = person.byYear([{ date: "2008-05-05" }, { date: "2008-06-02" }, { date: "2010-01-04" }]);
  assert.deepEqual(years.map(({ year, sentences }) => [year, sentences.length]), [["2008", 2], ["2010", 1]]);
  assert.deepEqual(person.withoutRows("It closed. [12 | 13]"), ["It closed.", "12 | 13"]);
  assert.equal(person.whoseDoing({ kind: "opportunity" }), "gate");
  assert.equal(person.whoseDoing({ kind: "care review" }), "care");
});

test("only those who change their place move, and everybody arrives", () => {
  const found = places.placesOf(film);
  const layout = places.layoutOf(film, found, 760, 420);
  const everybody = new Crowd(film, found);
  everybody.settle(layout, 0, 0, 0);
  for (let week = 1; week < film.weeks; week += 1) {
    const before = Array.from({ length: film.people }, (_, one) => places.placeAt(film, found, layout, one, week - 1).join());
    const after = Array.from({ length: film.people }, (_, one) => places.placeAt(film, found, layout, one, week).join());
    everybody.settle(layout, week - 1, week, 300);
    for (const one of everybody.movers) {
      assert.ok(before[one] !== after[one] || film.at("generation", one, week) !== film.at("generation", one, week - 1));
    }
    assert.ok(everybody.movers.length < film.people / 4);
    everybody.arrive();
    const [x, y] = places.placeAt(film, found, layout, 5, week);
    assert.ok(Math.hypot(everybody.where.x[5] - x, everybody.where.y[5] - y) < 0.01);
  }
});

test("a browser that keeps nothing has one token for as long as the page stands", () => {
  const refuse = () => {
    throw new Error("no storage");
  };
  globalThis.window = { sessionStorage: { getItem: refuse, setItem: refuse } };
  const token = api.visitorToken();
  assert.match(token, /^[0-9a-f]{32}$/);
  assert.equal(api.visitorToken(), token);
});

test("two who ask at once how the class stands both hear that the reveal is closed", async () => {
  const state = { in_session: true, lesson: "one", part: "asked", revealed: { one: ["before"] } };
  globalThis.fetch = (route, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("given up", "AbortError")));
    setTimeout(() => resolve({ ok: true, json: async () => state }), 5);
  });
  const both = await Promise.all([room.mayOpen("one", "asked"), room.mayOpen("one", "asked")]);
  assert.deepEqual(both, [false, false]);
  assert.equal(await room.mayOpen("one", "before"), true);
});
