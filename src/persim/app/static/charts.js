// Charts of a run: curves with their bands and a moving week, curves to be drawn by hand, bars. Crisp SVG.

import { axisWords } from "./chart_shapes.js";
import { element, inUnit, svg } from "./dom.js";
import { DrawnChart } from "./drawn_chart.js";
import { TimeChart } from "./time_chart.js";

const BAR = { height: 22, gap: 26, top: 4 };

/**
 * Curves over the weeks of a run.
 * @param {HTMLElement} host
 * @param {{title: string, unit: string, start: string, weeks: number, note?: string, zero?: boolean, low?: number,
 *   high?: number, height?: number, interval?: string,
 *   series: {name: string, colour: string, dash?: string, own?: number[], middle?: number[], low?: number[],
 *   high?: number[]}[]}} spec
 * @returns {TimeChart} `update(spec)`, `mark(week)`, `destroy()`
 */
export function lineChart(host, spec) {
  return new TimeChart(host, spec);
}

/**
 * A chart in which a visitor draws what will happen from a week on: by pointer, or point by point by keyboard.
 * @param {HTMLElement} host
 * @param {Object} spec as `lineChart`, its series the known past; and
 *   `from`: first week that is drawn, `name`: of the drawn curve, `high`: top of the axis (needed: nothing may give the
 *   answer away), `onChange(values)`: called with one value a week (null before `from`) when all of it is drawn
 * @returns {DrawnChart} as `lineChart`, and `values()` (null until something is drawn), `setValues(values)`, `clear()`,
 *   `lock(true)` (nothing can be drawn any more), `reveal(series)` (the answer joins the picture)
 */
export function drawable(host, spec) {
  return new DrawnChart(host, spec);
}

class BarChart {
  constructor(host, spec) {
    this.spec = { unit: "percent", ...spec };
    this.title = element("strong");
    this.plot = element("div", { class: "chart-plot", attributes: { role: "img" } });
    this.note = element("p", { class: "chart-note" });
    this.figure = element(
      "figure", { class: "chart bars" }, element("div", { class: "chart-heading" }, this.title), this.plot, this.note,
    );
    host.append(this.figure);
    this.watcher = new ResizeObserver(() => this.draw());
    this.watcher.observe(this.plot);
    this.draw();
  }

  update(spec) {
    Object.assign(this.spec, spec);
    this.draw();
  }

  destroy() {
    this.watcher.disconnect();
    this.figure.remove();
  }

  words(value, bar) {
    return bar.words ?? inUnit(value, this.spec.unit);
  }

  draw() {
    const width = Math.round(this.plot.clientWidth);
    if (!width) return;
    const { bars, unit } = this.spec;
    const most = this.spec.high ?? Math.max(1e-9, ...bars.map((bar) => Math.max(bar.value ?? 0, bar.high ?? 0)));
    const parts = [];
    bars.forEach((bar, number) => {
      const y = BAR.top + number * (BAR.height + BAR.gap);
      const room = width - 2;
      const long = Math.max(bar.value ? 2 : 0, (room * (bar.value ?? 0)) / most);
      const word = { x: 0, y: y + 13 };
      parts.push(svg("text", { class: "bar-name", text: bar.name, attributes: word }));
      const value = { x: width, y: y + 13, "text-anchor": "end" };
      parts.push(svg("text", { class: "bar-value", text: this.words(bar.value, bar), attributes: value }));
      const place = { x: 0, y: y + 19, height: 14, rx: 2 };
      parts.push(svg("rect", { attributes: { ...place, width: room, fill: "#f0f2f5" } }));
      parts.push(svg("rect", { attributes: { ...place, width: long.toFixed(1), fill: bar.colour ?? "#0072b2" } }));
      if (bar.low !== undefined && bar.low !== null) {
        const ends = [bar.low, bar.high].map((end) => Math.min(room, Math.max(0, (room * end) / most)).toFixed(1));
        const line = { x1: ends[0], x2: ends[1], y1: y + 26, y2: y + 26, stroke: "#1d2430", "stroke-width": 1.5 };
        parts.push(svg("line", { attributes: line }));
      }
    });
    const height = BAR.top + bars.length * (BAR.height + BAR.gap) - 8;
    const attributes = { viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true" };
    this.plot.replaceChildren(svg("svg", { attributes }, ...parts));
    this.title.textContent = this.spec.title;
    this.note.textContent = this.spec.note ?? "";
    this.note.hidden = !this.spec.note;
    const listed = bars.map((bar) => `${bar.name}: ${this.words(bar.value, bar)}`).join("; ");
    this.plot.setAttribute("aria-label", `${this.spec.title}. ${listed}. Longest bar: ${axisWords(most, unit)}.`);
  }
}

/**
 * Bars one under another, each with its name and value.
 * @param {HTMLElement} host
 * @param {{title: string, unit?: string, note?: string, high?: number,
 *   bars: {name: string, value: number, colour?: string, low?: number, high?: number, words?: string}[]}} spec
 * @returns {BarChart} `update(spec)`, `destroy()`
 */
export function barChart(host, spec) {
  return new BarChart(host, spec);
}
