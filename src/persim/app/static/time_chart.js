// A chart over time: title, readout, axes, curves with bands, the moving week, a table. `charts.js` hands it out.

import { axisWords, bandPath, labelHeights, lastValue, linePath, rangeOf, tableWeeks, ticksBetween, valueAt }
  from "./chart_shapes.js";
import { counted, dayOf, element, inUnit, mondayOf, svg } from "./dom.js";

const TIME_CHART_HEIGHT = 190;
const LABEL_FACE = "600 12.5px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif";
const MARGIN = { top: 12, bottom: 24, left: 46 };

const labelWidths = new Map();

function widthOfLabel(name) {
  if (!labelWidths.has(name)) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = LABEL_FACE;
    labelWidths.set(name, Math.ceil(pen.measureText(name).width) + 2);
  }
  return labelWidths.get(name);
}

/** A chart over time: what `lineChart` and `drawable` are made of. */
export class TimeChart {
  constructor(host, spec) {
    this.spec = { unit: "percent", zero: true, weeks: 1, series: [], height: TIME_CHART_HEIGHT, ...spec };
    this.width = 0;
    this.week = null;
    this.reading = null;
    this.readout = element("div", { class: "chart-readout" });
    this.heading = element("strong", { text: this.spec.title });
    this.tableButton = element("button", {
      class: "button slight", text: "Table", attributes: { type: "button", "aria-expanded": "false" },
      on: { click: () => this.toggleTable() },
    });
    this.table = element("div", { class: "scroll", attributes: { hidden: true } });
    this.plot = element("div", {
      class: "chart-plot", attributes: { tabindex: "0", role: "img" },
      on: {
        pointermove: (event) => this.read(this.weekAt(event.clientX)),
        pointerleave: () => this.read(null),
        blur: () => this.read(null),
        keydown: (event) => this.readByKey(event),
      },
    });
    this.note = element("p", { class: "chart-note" });
    this.figure = element(
      "figure", { class: "chart" },
      element("div", { class: "chart-heading" }, this.heading, this.tableButton),
      this.readout, this.plot, this.table, this.note,
    );
    this.build();
    host.append(this.figure);
    this.watcher = new ResizeObserver(() => this.resized());
    this.watcher.observe(this.plot);
    this.resized();
    this.draw();
  }

  build() {
    this.picture = svg("svg", { attributes: { "aria-hidden": "true", height: this.spec.height } });
    this.rules = svg("g");
    this.bands = svg("g");
    this.lines = svg("g");
    this.labels = svg("g");
    this.now = svg("line", { class: "now", attributes: { visibility: "hidden" } });
    this.dots = svg("g");
    this.cursor = svg("line", { class: "read", attributes: { visibility: "hidden" } });
    this.picture.append(this.rules, this.bands, this.now, this.cursor, this.lines, this.dots, this.labels);
    this.plot.replaceChildren(this.picture);
    this.drawnSeries = [];
  }

  resized() {
    const width = Math.round(this.plot.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    this.draw();
  }

  /** New values, or any part of the description. */
  update(spec = {}) {
    Object.assign(this.spec, spec);
    this.draw();
  }

  /** The week at which the clock stands; null for none. */
  mark(week) {
    this.week = week;
    this.placeNow();
    if (this.reading === null) this.say();
  }

  destroy() {
    this.watcher.disconnect();
    this.figure.remove();
  }

  x(week) {
    return this.left + ((this.right - this.left) * week) / Math.max(1, this.spec.weeks - 1);
  }

  y(value) {
    return this.bottom - ((this.bottom - MARGIN.top) * (value - this.range[0])) / (this.range[1] - this.range[0]);
  }

  weekAt(clientX) {
    const place = clientX - this.plot.getBoundingClientRect().left;
    const week = Math.round(((place - this.left) / (this.right - this.left)) * (this.spec.weeks - 1));
    return Math.min(this.spec.weeks - 1, Math.max(0, week));
  }

  /** The series whose values are told and stand in the table. */
  readable() {
    return this.spec.series.filter((one) => one.name);
  }

  /** The names that need room at the right. */
  namesAtTheEnd() {
    return this.labelled().map((one) => one.name);
  }

  labelled() {
    return this.spec.series.filter((one) => one.name && lastValue(one) !== null);
  }

  frame() {
    const { spec, width } = this;
    const longest = Math.max(0, ...this.namesAtTheEnd().map(widthOfLabel));
    const room = longest ? Math.min(longest + 10, 170, width * 0.36) : 12;
    this.left = MARGIN.left;
    this.right = Math.max(this.left + 60, width - room);
    this.bottom = spec.height - MARGIN.bottom;
    this.range = rangeOf(spec.series, spec);
  }

  draw() {
    if (!this.width) return;
    this.frame();
    const { spec } = this;
    this.heading.textContent = spec.title;
    this.note.textContent = spec.note ?? "";
    this.note.hidden = !spec.note;
    this.picture.setAttribute("height", spec.height);
    this.picture.setAttribute("viewBox", `0 0 ${this.width} ${spec.height}`);
    this.drawAxes();
    this.drawSeries();
    this.drawLabels();
    this.placeNow();
    this.readout.style.minHeight = `${1.35 * this.readoutLines()}em`;
    this.say();
    this.plot.setAttribute("aria-label", this.inWords());
    if (!this.table.hidden) this.fillTable();
  }

  drawAxes() {
    const key = [this.width, this.range, this.right, this.spec.start, this.spec.weeks, this.spec.unit].join();
    if (key === this.axesKey) return;
    this.axesKey = key;
    const parts = [];
    for (const value of ticksBetween(...this.range)) {
      const y = Math.round(this.y(value)) + 0.5;
      const kind = value === 0 ? "base" : "rule";
      parts.push(svg("line", { class: kind, attributes: { x1: this.left, x2: this.right, y1: y, y2: y } }));
      const words = axisWords(value, this.spec.unit);
      const place = { x: this.left - 8, y: y + 4, "text-anchor": "end" };
      parts.push(svg("text", { class: "axis", text: words, attributes: place }));
    }
    parts.push(...this.years());
    this.rules.replaceChildren(...parts);
  }

  years() {
    const { start, weeks } = this.spec;
    if (!start) return [];
    const parts = [];
    const begin = mondayOf(start, 0).getTime();
    const span = mondayOf(start, weeks - 1).getTime() - begin;
    const year = mondayOf(start, 0).getUTCFullYear();
    const each = (this.right - this.left) / Math.max(1, weeks / 52) < 42 ? 2 : 1;
    for (let next = year + 1; ; next += each) {
      const x = this.left + ((this.right - this.left) * (Date.UTC(next, 0, 1) - begin)) / Math.max(1, span);
      if (x > this.right + 1) break;
      const at = Math.round(x) + 0.5;
      parts.push(svg("line", { class: "base", attributes: { x1: at, x2: at, y1: this.bottom, y2: this.bottom + 4 } }));
      const place = { x: at, y: this.bottom + 17, "text-anchor": "middle" };
      parts.push(svg("text", { class: "axis", text: next, attributes: place }));
    }
    return parts;
  }

  drawSeries() {
    const { series } = this.spec;
    while (this.drawnSeries.length < series.length) {
      const parts = {
        band: svg("path", { class: "band" }), middle: svg("path", { class: "middle" }), line: svg("path", { class: "line" }),
        dot: svg("circle", { attributes: { r: 4, stroke: "#fff", "stroke-width": 1.5 } }),
      };
      this.bands.append(parts.band);
      this.lines.append(parts.middle, parts.line);
      this.dots.append(parts.dot);
      this.drawnSeries.push(parts);
    }
    for (const parts of this.drawnSeries.splice(series.length)) for (const part of Object.values(parts)) part.remove();
    const x = (week) => this.x(week);
    const y = (value) => this.y(value);
    series.forEach((one, number) => {
      const parts = this.drawnSeries[number];
      parts.band.setAttribute("d", bandPath(one.low, one.high, x, y));
      parts.band.setAttribute("fill", one.colour);
      parts.middle.setAttribute("d", one.own ? linePath(one.middle, x, y) : "");
      parts.middle.setAttribute("stroke", one.colour);
      parts.line.setAttribute("d", linePath(one.own ?? one.middle, x, y));
      parts.line.setAttribute("stroke", one.colour);
      parts.line.setAttribute("stroke-dasharray", one.dash ?? "");
      parts.dot.setAttribute("fill", one.colour);
    });
  }

  drawLabels() {
    const shown = this.labelled();
    const wanted = shown.map((one) => this.y(lastValue(one)));
    const heights = labelHeights(wanted, MARGIN.top, this.bottom - 2);
    const room = this.width - this.right - 8;
    this.labels.replaceChildren(...shown.map((one, number) => {
      const attributes = { x: this.right + 8, y: heights[number] + 4, fill: one.ink ?? one.colour };
      const text = svg("text", { class: "label", text: one.name, attributes });
      if (widthOfLabel(one.name) > room) text.setAttribute("textLength", room);
      if (widthOfLabel(one.name) > room) text.setAttribute("lengthAdjust", "spacingAndGlyphs");
      return text;
    }));
  }

  placeNow() {
    if (!this.width) return;
    const week = this.reading ?? this.week;
    const at = Math.round(this.x(this.week ?? 0)) + 0.5;
    this.now.setAttribute("visibility", this.week === null ? "hidden" : "visible");
    for (const [name, value] of [["x1", at], ["x2", at], ["y1", MARGIN.top - 8], ["y2", this.bottom]]) {
      this.now.setAttribute(name, value);
    }
    this.spec.series.forEach((one, number) => {
      const dot = this.drawnSeries[number]?.dot;
      const value = week === null ? null : valueAt(one, week);
      dot?.setAttribute("visibility", value === null ? "hidden" : "visible");
      if (value !== null) dot?.setAttribute("transform", `translate(${this.x(week).toFixed(1)} ${this.y(value).toFixed(1)})`);
    });
  }

  /** Read the values of one week; null goes back to the clock's. */
  read(week) {
    if (week === this.reading || !this.width) return;
    this.reading = week;
    this.cursor.setAttribute("visibility", week === null ? "hidden" : "visible");
    if (week !== null) {
      const at = Math.round(this.x(week)) + 0.5;
      for (const [name, value] of [["x1", at], ["x2", at], ["y1", MARGIN.top - 8], ["y2", this.bottom]]) {
        this.cursor.setAttribute(name, value);
      }
    }
    this.placeNow();
    this.say();
  }

  readByKey(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, PageUp: 13, PageDown: -13 };
    const ends = { Home: 0, End: this.spec.weeks - 1 };
    const from = this.reading ?? this.week ?? this.spec.weeks - 1;
    if (event.key in steps) this.read(Math.min(this.spec.weeks - 1, Math.max(0, from + steps[event.key])));
    else if (event.key in ends) this.read(ends[event.key]);
    else if (event.key === "Escape") this.read(null);
    else return;
    event.preventDefault();
    this.plot.setAttribute("aria-label", this.readout.textContent);
  }

  say() {
    const week = this.reading ?? this.week ?? this.spec.weeks - 1;
    const parts = [this.spec.start ? `${dayOf(this.spec.start, week)}: ` : ""];
    const between = this.readable().some((one) => one.name.includes(",")) ? "; " : ", ";
    let any = false;
    for (const one of this.readable()) {
      const value = valueAt(one, week);
      if (value === null) continue;
      parts.push(any ? between : "", `${one.name} `, element("b", { text: inUnit(value, this.spec.unit) }));
      any = true;
      if (this.reading !== null && one.low && one.low[week] !== null) {
        parts.push(` (${inUnit(one.low[week], this.spec.unit)} to ${inUnit(one.high[week], this.spec.unit)})`);
      }
    }
    this.readout.replaceChildren(...(any ? parts : [parts[0], this.nothingYet()]));
  }

  /** Lines that the readout can need, so that nothing jumps when values are read. */
  readoutLines() {
    const signs = this.readable().reduce((sum, one) => sum + one.name.length + (one.low ? 26 : 9), 20);
    return Math.min(4, Math.ceil((signs * 6.7) / this.width));
  }

  nothingYet() {
    return "nothing to count yet";
  }

  inWords() {
    const { spec } = this;
    const ends = this.labelled().map((one) => `${one.name} ends at ${inUnit(lastValue(one), spec.unit)}`);
    return `${spec.title}. ${counted(spec.weeks, "week")}. ${ends.join("; ")}. Arrow keys read week by week.`;
  }

  toggleTable() {
    this.table.hidden = !this.table.hidden;
    this.tableButton.setAttribute("aria-expanded", String(!this.table.hidden));
    if (!this.table.hidden) this.fillTable();
  }

  fillTable() {
    const { spec } = this;
    const head = element("tr", {}, element("th", { text: "Week of", attributes: { scope: "col" } }));
    for (const one of this.readable()) {
      head.append(element("th", { text: one.name, attributes: { scope: "col" } }));
      if (one.low) head.append(element("th", { text: spec.interval ?? "from – to", attributes: { scope: "col" } }));
    }
    const rows = tableWeeks(spec.weeks).map((week) => {
      const when = spec.start ? dayOf(spec.start, week) : `week ${week + 1}`;
      const row = element("tr", {}, element("th", { text: when, attributes: { scope: "row" } }));
      for (const one of this.readable()) {
        row.append(element("td", { text: inUnit(valueAt(one, week), spec.unit) }));
        if (one.low) {
          row.append(element("td", { text: `${inUnit(one.low[week], spec.unit)} – ${inUnit(one.high[week], spec.unit)}` }));
        }
      }
      return row;
    });
    this.table.setAttribute("tabindex", "0");
    this.table.setAttribute("role", "region");
    this.table.setAttribute("aria-label", `${spec.title}, as a table`);
    this.table.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
  }
}
