// A chart in which a visitor draws a prediction: one stroke of a pointer, or points moved by the arrow keys.

import { linePath, valueAt } from "./chart_shapes.js";
import { announce, dayOf, element, inUnit, svg } from "./dom.js";
import { TimeChart } from "./time_chart.js";

const NARROW = 440; // pixels below which the drawn curve has a shorter name
const DRAWN_COLOUR = "#6a3489";
const EVERY = 26; // weeks between the points that keys move
const BESIDE = 12; // pixels beside the space to draw in at which a stroke may begin

/** The values between two drawn points, on a straight line. Changes `values`. */
export function drawBetween(values, from, to) {
  const [first, last] = from.week <= to.week ? [from, to] : [to, from];
  for (let week = first.week; week <= last.week; week += 1) {
    const share = last.week === first.week ? 1 : (week - first.week) / (last.week - first.week);
    values[week] = first.value + share * (last.value - first.value);
  }
  return values;
}

/**
 * A drawing with its gaps closed: up to the first drawn week from what is known, beyond the last at its height.
 * @param {?number[]} values one a week, null where nothing is drawn @param {number} from first week to be drawn
 * @param {number} known the last known value @returns {number[]}
 */
export function closedDrawing(values, from, known) {
  const closed = values.slice();
  let last = { week: from, value: closed[from] ?? known };
  for (let week = from; week < closed.length; week += 1) {
    if (closed[week] === null) continue;
    drawBetween(closed, last, { week, value: closed[week] });
    last = { week, value: closed[week] };
  }
  drawBetween(closed, last, { week: closed.length - 1, value: last.value });
  return closed;
}

/** The weeks of the points that keys move. @returns {number[]} */
export function handleWeeks(from, weeks) {
  const found = [];
  for (let week = weeks - 1; week > from + EVERY / 2; week -= EVERY) found.unshift(week);
  return found.length ? found : [weeks - 1];
}

/** A chart with a prediction to be drawn; see `drawable` in charts.js. */
export class DrawnChart extends TimeChart {
  build() {
    super.build();
    this.spec.from ??= 0;
    this.spec.name ??= "your prediction";
    this.drawing = new Array(this.spec.weeks).fill(null);
    this.any = false;
    this.locked = false;
    this.figure.classList.add("drawable");
    this.plot.setAttribute("role", "group");
    this.plot.removeAttribute("tabindex");
    this.picture.removeAttribute("aria-hidden");
    this.space = svg("rect", { class: "space" });
    this.edge = svg("line", { class: "space-edge" });
    this.invite = svg("text", { class: "invite", attributes: { "text-anchor": "middle" } });
    this.line = svg("path", { class: "drawn" });
    this.handles = handleWeeks(this.spec.from, this.spec.weeks).map((week) => this.handle(week));
    this.bands.before(this.space, this.edge);
    this.picture.append(this.invite, this.line, svg("g", {}, ...this.handles.map((one) => one.node)));
    this.clearButton = element("button", {
      class: "button slight", text: "Start again", attributes: { type: "button", hidden: true },
      on: { click: () => this.clear() },
    });
    this.tableButton.before(this.clearButton);
    this.listen();
  }

  handle(week) {
    const attributes = { tabindex: "0", role: "slider", "aria-orientation": "vertical" };
    const parts = [svg("circle", { class: "halo", attributes: { r: 13 } }), svg("circle", { attributes: { r: 6 } })];
    const on = { keydown: (event) => this.moveByKey(event, week) };
    return { week, node: svg("g", { class: "handle", attributes, on }, ...parts) };
  }

  listen() {
    let [stroke, last, drew] = [false, null, false];
    const goOn = (event) => {
      const next = this.pointAt(event);
      const [before, now] = [last !== null && this.isInside(last), this.isInside(next, last === null ? BESIDE : 0)];
      if (now) this.drawTo(before ? last : next, next);
      else if (before && next.x > this.right) this.drawTo(last, this.atTheEdge(last, next));
      drew ||= now;
      last = next;
    };
    this.plot.addEventListener("pointerdown", (event) => {
      if (this.locked || event.button > 0) return;
      [stroke, last, drew] = [true, null, false];
      this.plot.setPointerCapture(event.pointerId);
      event.preventDefault();
      goOn(event);
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (stroke) goOn(event);
    });
    for (const kind of ["pointerup", "pointercancel"]) {
      this.plot.addEventListener(kind, () => {
        stroke = false;
        if (drew) this.finish();
        drew = false;
      });
    }
  }

  /** The point under the pointer, which may lie beside the space to draw in. */
  pointAt(event) {
    const box = this.plot.getBoundingClientRect();
    const share = (this.bottom - (event.clientY - box.top)) / (this.bottom - this.y(this.range[1]));
    const value = this.bounded(this.range[0] + share * (this.range[1] - this.range[0]));
    return { x: event.clientX - box.left, week: Math.max(this.weekAt(event.clientX), this.spec.from), value };
  }

  isInside({ x }, beside = 0) {
    return x >= this.x(this.spec.from) - beside && x <= this.right + beside;
  }

  /** Where a stroke that leaves by the right crosses the last week; what it does beyond is not drawn. */
  atTheEdge(last, next) {
    const share = Math.min(1, Math.max(0, (this.right - last.x) / (next.x - last.x)));
    return { week: this.spec.weeks - 1, value: last.value + share * (next.value - last.value) };
  }

  bounded(value) {
    return Math.min(this.range[1], Math.max(this.range[0], value));
  }

  known() {
    const past = this.spec.series[0];
    return past?.own?.[this.spec.from] ?? past?.own?.[this.spec.from - 1] ?? this.range[0];
  }

  drawTo(from, to) {
    drawBetween(this.drawing, from, to);
    this.any = true;
    this.placeDrawing();
  }

  finish() {
    this.drawing = closedDrawing(this.drawing, this.spec.from, this.known());
    this.placeDrawing();
    this.say();
    this.spec.onChange?.(this.values());
  }

  moveByKey(event, week) {
    const span = this.range[1] - this.range[0];
    const steps = { ArrowUp: 0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowLeft: -0.02, PageUp: 0.1, PageDown: -0.1 };
    const ends = { Home: this.range[0], End: this.range[1] };
    if (this.locked || !(event.key in steps || event.key in ends)) return;
    event.preventDefault();
    if (!this.any) this.drawing = closedDrawing(this.drawing, this.spec.from, this.known());
    const value = event.key in ends ? ends[event.key] : this.bounded(this.drawing[week] + steps[event.key] * span);
    const place = this.handles.findIndex((one) => one.week === week);
    const before = this.handles[place - 1]?.week ?? this.spec.from;
    const after = this.handles[place + 1]?.week;
    drawBetween(this.drawing, { week: before, value: this.drawing[before] ?? this.known() }, { week, value });
    if (after !== undefined) drawBetween(this.drawing, { week, value }, { week: after, value: this.drawing[after] });
    this.any = true;
    this.finish();
  }

  /** One value a week, null before the first that is drawn; null as a whole until something is. */
  values() {
    return this.any ? this.drawing.map((value, week) => (week < this.spec.from ? null : value)) : null;
  }

  setValues(values) {
    this.drawing = closedDrawing(values.slice(0, this.spec.weeks), this.spec.from, this.known());
    this.any = true;
    this.placeDrawing();
  }

  clear() {
    this.drawing.fill(null);
    this.any = false;
    this.placeDrawing();
    this.spec.onChange?.(null);
    announce("Your prediction is cleared.");
  }

  lock(locked = true) {
    this.locked = locked;
    this.placeDrawing();
  }

  /** The answer joins the picture; nothing more can be drawn. */
  reveal(series) {
    this.locked = true;
    const given = (this.spec.series[0]?.own ?? []).some((value) => value !== null && value !== undefined);
    this.update({ series: given ? [{ ...this.spec.series[0], name: "" }, ...series] : series });
  }

  /** The drawing, as a series. */
  asSeries() {
    return { name: this.shownName(), colour: DRAWN_COLOUR, own: this.values() };
  }

  shownName() {
    return this.width < NARROW ? "yours" : this.spec.name;
  }

  readable() {
    return this.any ? [...super.readable(), this.asSeries()] : super.readable();
  }

  namesAtTheEnd() {
    return [...super.namesAtTheEnd(), this.shownName()];
  }

  labelled() {
    const toTheEnd = super.labelled().filter((one) => valueAt(one, this.spec.weeks - 1) !== null);
    return this.any && this.drawing.at(-1) !== null ? [...toTheEnd, this.asSeries()] : toTheEnd;
  }

  nothingYet() {
    return "your prediction goes here";
  }

  draw() {
    super.draw();
    if (this.width) this.placeDrawing();
  }

  placeDrawing() {
    if (!this.width || !this.handles) return;
    const [left, top] = [this.x(this.spec.from), this.y(this.range[1])];
    const box = { x: left, y: top, width: Math.max(0, this.right - left), height: this.bottom - top };
    for (const [name, value] of Object.entries(box)) this.space.setAttribute(name, value);
    this.space.setAttribute("visibility", this.locked ? "hidden" : "visible");
    for (const [name, value] of Object.entries({ x1: left, x2: left, y1: top, y2: this.bottom })) {
      this.edge.setAttribute(name, value);
    }
    this.invite.setAttribute("visibility", this.any || this.locked ? "hidden" : "visible");
    this.invite.textContent = this.right - left > 190 ? "Draw here what you expect" : "Draw here";
    this.invite.setAttribute("x", (left + this.right) / 2);
    this.invite.setAttribute("y", top + 0.42 * (this.bottom - top));
    this.line.setAttribute("d", linePath(this.drawing, (week) => this.x(week), (value) => this.y(value)));
    this.clearButton.hidden = !this.any || this.locked;
    this.drawLabels();
    for (const one of this.handles) this.placeHandle(one);
  }

  placeHandle({ week, node }) {
    const value = this.drawing[week] ?? this.known();
    node.setAttribute("transform", `translate(${this.x(week).toFixed(1)} ${this.y(value).toFixed(1)})`);
    node.setAttribute("aria-label", `${this.spec.name}, ${dayOf(this.spec.start ?? "2008-04-07", week)}`);
    const now = { min: this.range[0], max: this.range[1], now: value };
    for (const [name, number] of Object.entries(now)) node.setAttribute(`aria-value${name}`, number.toFixed(3));
    node.setAttribute("aria-valuetext", inUnit(value, this.spec.unit));
    node.setAttribute("visibility", this.locked ? "hidden" : "visible");
    node.setAttribute("aria-disabled", String(this.locked));
  }

  inWords() {
    const drawn = this.any ? "" : " Draw with a pointer, or move the points with the arrow keys.";
    return `${this.spec.title}, to be predicted.${drawn}`;
  }
}
