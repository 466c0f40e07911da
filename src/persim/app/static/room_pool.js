// What a room predicted, as a chart and in words. Anonymous, and only counted while it is fewer than three.

import { barChart, lineChart } from "./charts.js";
import { counted, element, inUnit } from "./dom.js";
import { startOf } from "./predict.js";

const POOLED_COLOUR = "#7a3e9d";
const RIGHT_COLOUR = "#00795a";
const FAINT_COLOUR = "rgb(122 62 157 / .2)";
const SHOWN_COLOUR = "#1d2430";

/** The sentence above a chart: how many have answered. @returns {string} */
export function poolWords(pool, covered = false) {
  if (pool.n === 0) return "Nobody has committed to a prediction yet.";
  const said = pool.n === 1 ? "1 prediction" : counted(pool.n, "prediction");
  if (covered) return `${said}, covered.`;
  return pool.few ? `${said}. They are shown from ${pool.fewest} on.` : `${said}.`;
}

/** A line given at some weeks, as one value for every week from `first` to `last`: straight between, null outside. */
export function everyWeek(weeks, values, first, last) {
  const found = new Array(last - first + 1).fill(null);
  for (let place = 0; place < weeks.length; place += 1) {
    const [week, value] = [weeks[place], values[place]];
    found[week - first] = value;
    if (place === 0) continue;
    const [before, from] = [weeks[place - 1], values[place - 1]];
    for (let at = before + 1; at < week; at += 1) found[at - first] = from + ((value - from) * (at - before)) / (week - before);
  }
  return found;
}

/** The rows of a pooled choice: words, how many, the share of the room, and whether it is what the runs show. */
export function choiceRows(pool, right = []) {
  return pool.choices.map((words, number) => ({
    words, n: pool.counts[number], share: pool.n ? pool.counts[number] / pool.n : 0, right: right[number] === true,
  }));
}

/** Pooled choices as bars whose names may run over several lines. */
class ChoiceBars {
  constructor(host, spec) {
    this.list = element("ul", { class: "room-bars" });
    this.note = element("p", { class: "chart-note" });
    host.append(this.list, this.note);
    this.update(spec);
  }

  update({ rows, n, note }) {
    this.note.textContent = note;
    this.list.replaceChildren(...rows.map((row) => {
      const bar = element("i");
      bar.style.width = `${(100 * row.share).toFixed(1)}%`;
      return element(
        "li", { class: row.right ? "is-right" : "" }, element("span", { class: "room-choice-words", text: row.words }),
        element("b", { text: `${row.n} of ${n}` }), element("span", { class: "room-bar", attributes: { "aria-hidden": "true" } }, bar),
        row.right ? element("span", { class: "room-right", text: "✓ what the runs show" }) : null,
      );
    }));
  }

  destroy() {
    this.list.remove();
    this.note.remove();
  }
}

/** The bars of a pooled number: only the stretch that was used, with one empty bar to each side. */
export function numberBars(pool) {
  const used = pool.counts.map((n, place) => (n ? place : -1)).filter((place) => place >= 0);
  const [first, last] = [Math.max(0, used[0] - 1), Math.min(pool.counts.length - 1, used[used.length - 1] + 1)];
  return pool.counts.slice(first, last + 1).map((n, place) => ({
    name: `${inUnit(pool.edges[first + place], pool.unit)} to ${inUnit(pool.edges[first + place + 1], pool.unit)}`,
    value: n, colour: POOLED_COLOUR, words: String(n),
  }));
}

/** The lines of pooled curves: faint ones, the middle half with its median, what was known, and what the runs show. */
export function pooledSeries(pool, known, shown) {
  const spread = (values) => everyWeek(pool.weeks, values, known.first, known.last);
  const series = pool.curves.map((values) => ({ name: "", colour: FAINT_COLOUR, own: spread(values) }));
  known.known.forEach((line) => series.push({ name: "", colour: SHOWN_COLOUR, own: line.middle }));
  series.push({
    name: "the room", colour: POOLED_COLOUR, dash: "7 5", own: spread(pool.median), low: spread(pool.low), high: spread(pool.high),
  });
  const line = shown?.series.find((one) => one.asked);
  if (line) series.push({ name: "the runs", colour: RIGHT_COLOUR, own: line.middle, low: line.low, high: line.high });
  return series;
}

/** What the pooled predictions say in words. @returns {string} */
export function pooledWords(pool, shown) {
  if (pool.few) return "";
  if (pool.kind === "number") {
    const said = `Half of the room lies between ${inUnit(pool.low, pool.unit)} and ${inUnit(pool.high, pool.unit)}; the median is ${inUnit(pool.median, pool.unit)}.`;
    return shown?.reading?.value === undefined || shown.reading.value === null ? said : `${said} The runs say ${inUnit(shown.reading.value, pool.unit)}.`;
  }
  if (pool.kind === "curve") {
    const last = pool.median.length - 1;
    return `At the end, half of the room lies between ${inUnit(pool.low[last], pool.unit)} and ${inUnit(pool.high[last], pool.unit)}; the median is ${inUnit(pool.median[last], pool.unit)}.`;
  }
  const most = Math.max(...pool.counts);
  const first = pool.choices.filter((_, number) => pool.counts[number] === most);
  return first.length === 1 ? `Most: ${first[0]}.` : "";
}

/** A picture of pooled predictions that stays and is brought up to date. */
export class PooledPicture {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.chart = null;
    this.form = "";
  }

  /**
   * @param {Object} pool what the server tells @param {?Object} known a curve's known past
   * @param {?Object} shown what the reveal shows, once it is open @param {boolean} covered only their number is shown
   */
  show(pool, known, shown, covered = false) {
    const form = pool.few ? "few" : `${pool.kind} ${pool.title}`;
    if (form !== this.form) {
      this.chart?.destroy();
      this.chart = null;
      this.host.replaceChildren();
      this.form = form;
    }
    if (pool.few) {
      this.host.replaceChildren(element("p", { class: "room-few", text: poolWords(pool, covered) }));
      return;
    }
    const spec = this.described(pool, known, shown);
    if (this.chart) this.chart.update(spec);
    else if (pool.kind === "choice") this.chart = new ChoiceBars(this.host, spec);
    else this.chart = (pool.kind === "curve" ? lineChart : barChart)(this.host, spec);
  }

  described(pool, known, shown) {
    const note = pooledWords(pool, shown);
    if (pool.kind === "choice") return { rows: choiceRows(pool, shown?.right), n: pool.n, note };
    if (pool.kind === "number") return { title: pool.label, unit: "number", high: Math.max(...pool.counts), note, bars: numberBars(pool) };
    return {
      title: known.title, unit: pool.unit, start: startOf(known.start, known.first), weeks: known.last - known.first + 1,
      low: pool.bounds[0], high: pool.bounds[1], zero: pool.bounds[0] === 0, height: 340, note, series: pooledSeries(pool, known, shown),
    };
  }
}
