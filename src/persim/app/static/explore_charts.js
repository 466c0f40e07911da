// The charts beside the picture: take-up, the way to a budget, what stands in it, hours, choice and control.

import { BarTable } from "./bar_table.js";
import { lineChart } from "./charts.js";
import { barrierCounts, wayCounts } from "./counts.js";
import { counted, element, wholeOrParts } from "./dom.js";
import { BARRIER_WORDS, COLOURS, WORLDS } from "./palette.js";
import { capital } from "./stage_words.js";

const HOURS = [
  "hours_crisis", "hours_detained", "hours_cto", "hours_unsettled", "hours_routine", "hours_reviews", "hours_talk", "hours_forms",
];
const TAKE_UP = ["reported_take_up", "real_take_up"];
const LIVED = ["control_felt"];
const MOST_BARRIERS = 8;
const SERIES_COLOURS = {
  reported: COLOURS.rust, real: "#00795a", control: COLOURS.blue, difference: COLOURS.violet, barrier: COLOURS.dark,
  hours: COLOURS.blue,
};
const WORLD_COLOURS = WORLDS.map((world) => world.colour);

/** The outcomes that the charts need: few while a dial is turned, all of them when it rests. @param {boolean} all */
export function chartedOutcomes(all) {
  return all ? [...TAKE_UP, ...LIVED, "control_recorded", ...HOURS] : [...TAKE_UP, ...LIVED];
}

/** The charts of the explore page. */
export class ExploreCharts {
  /** @param {HTMLElement} host @param {Object} known the catalogue @param {function(number): string} nameOf world -> name */
  constructor(host, known, nameOf) {
    this.known = known;
    this.nameOf = nameOf;
    this.hosts = Object.fromEntries(
      ["takeUp", "difference", "way", "barriers", "lived", "hours"].map((key) => [key, element("div", { class: "chart-place" })]),
    );
    host.replaceChildren(...Object.values(this.hosts));
    this.charts = {};
    this.tables = {
      way: new BarTable(this.hosts.way, "The way to a budget, this week"),
      barriers: new BarTable(this.hosts.barriers, "What stands in the way, this week"),
      hours: new BarTable(this.hosts.hours, "Where a coordinator's week goes"),
    };
    this.curves = null;
    this.films = [];
    this.week = 0;
    this.hosts.difference.hidden = true;
  }

  /** Draw new curves. @param {Object} curves as the server gives them */
  setCurves(curves) {
    this.curves = curves;
    if (curves.worlds[0].outcomes.hours_forms) this.hours = curves; // else those of before stay until the dial rests
    const two = curves.worlds.length === 2;
    this.line("takeUp", "Take-up of personal budgets", "percent", this.takeUp(two), this.takeUpNote(two));
    this.line("lived", "Felt choice and control", "index", this.lived(two), `Mean of eligible people, from 0 to 1. ${this.bandNote()}`);
    this.difference(two);
    this.drawHours();
    this.mark(this.week);
  }

  /** The films that the week's counts are taken from. */
  setFilms(films) {
    this.films = films;
    this.mark(this.week);
  }

  /** Show a week in every chart. */
  mark(week) {
    this.week = week;
    for (const key of ["takeUp", "difference", "lived"]) this.charts[key]?.mark(week);
    if (this.films.length) this.drawWeek();
    this.drawHours();
  }

  bandNote() {
    const { replicates, interval } = this.curves;
    return replicates > 1 ? `Line: this run. Band: ${interval} of ${counted(replicates, "run")}, each with other luck and people.` : "";
  }

  takeUpNote(two) {
    const what = two ? "Solid: real, in use and agreed with the person. Dashed: as reported by the council." :
      "Reported: counted by the council. Real: in use, plan agreed, and the sum known or free to vary.";
    return `Share of eligible people. ${what} ${this.bandNote()}`;
  }

  takeUp(two) {
    if (!two) {
      const { outcomes } = this.curves.worlds[0];
      return [
        { name: "reported", colour: SERIES_COLOURS.reported, dash: "6 4", ...outcomes.reported_take_up },
        { name: "real", colour: SERIES_COLOURS.real, ...outcomes.real_take_up },
      ];
    }
    return this.curves.worlds.flatMap(({ outcomes }, number) => [
      { name: `${number ? "right" : "left"}, reported`, colour: WORLD_COLOURS[number], dash: "6 4", own: outcomes.reported_take_up.own },
      { name: `${number ? "right" : "left"}, real`, colour: WORLD_COLOURS[number], ...outcomes.real_take_up },
    ]);
  }

  lived(two) {
    return this.curves.worlds.map(({ outcomes }, number) => ({
      name: two ? (number ? "right" : "left") : "felt control",
      colour: two ? WORLD_COLOURS[number] : SERIES_COLOURS.control, ...outcomes.control_felt,
    }));
  }

  line(key, title, unit, series, note) {
    const { start, interval } = this.curves;
    const weeks = Math.max(...this.curves.worlds.map((world) => world.weeks));
    const spec = { title, unit, start, weeks, series, note, interval };
    if (this.charts[key]) this.charts[key].update(spec);
    else this.charts[key] = lineChart(this.hosts[key], spec);
  }

  difference(two) {
    this.hosts.difference.hidden = !two;
    if (!two || !this.curves.differences) return;
    const { middle, low, high } = this.curves.differences.real_take_up;
    const series = [{ name: "right − left", colour: SERIES_COLOURS.difference, own: middle, low, high }];
    const note = `Real take-up, right minus left, the same people and luck in both. Line: mean of ${counted(this.curves.replicates, "pair")}; ` +
      "band: its 95 % interval. It says how sure chance leaves us, not how sure the model is.";
    this.line("difference", "What the difference comes to", "points", series, note);
  }

  /** Colours and names of the columns of a table of bars. */
  columns(two, colour) {
    return two ? ["left", "right"].map((name, number) => ({ name, colour: WORLD_COLOURS[number] })) : [{ name: "people", colour }];
  }

  drawWeek() {
    const two = this.films.length === 2;
    const ways = this.films.map((film) => wayCounts(film, Math.min(this.week, film.weeks - 1)));
    const rows = ways[0].map((step, at) => ({ name: step.name, values: ways.map((way) => way[at].value) }));
    const note = "People of this run. Each line holds those of the next.";
    this.tables.way.update({ columns: this.columns(two, SERIES_COLOURS.real), rows, unit: "number", note });
    this.drawBarriers(two);
  }

  drawBarriers(two) {
    const counts = this.films.map((film) => barrierCounts(film, Math.min(this.week, film.weeks - 1)));
    const most = (code) => Math.max(...counts.map((one) => one[code]));
    const codes = counts[0].map((n, code) => code).filter((code) => code && most(code)).sort((a, b) => most(b) - most(a));
    const rows = codes.slice(0, MOST_BARRIERS).map((code) => ({ name: capital(BARRIER_WORDS[code]), values: counts.map((one) => one[code]) }));
    const note = `${codes.length > MOST_BARRIERS ? "The eight commonest. " : ""}Eligible people without a budget, by the gate that closed first or what holds them up now. Which gate is ` +
      "first depends on the order of gates.";
    this.tables.barriers.update({ columns: this.columns(two, SERIES_COLOURS.barrier), rows, unit: "number", note });
  }

  drawHours() {
    const curves = this.hours;
    if (!curves?.worlds[0].outcomes.hours_forms) return;
    const at = (values) => values[Math.min(this.week, values.length - 1)] ?? 0;
    const rows = HOURS.map((name) => {
      const values = curves.worlds.map(({ outcomes }) => at(outcomes[name].own));
      const label = capital(this.known.outcomes[name].label.replace(/^Hours, /, ""));
      return { name: label, values, words: values.map((value) => `${wholeOrParts(value, 1)} h`) };
    });
    const note = "Hours a week of a practitioner at work, mean of the last quarter of a year.";
    this.tables.hours.update({ columns: this.columns(curves.worlds.length === 2, SERIES_COLOURS.hours), rows, unit: "hours", note });
  }
}
