// Feedback loops as pictures: nodes, signed arrows, a letter in the middle that turns, and a switch that cuts the loop.

import { ask } from "./api.js";
import { lineChart } from "./charts.js";
import { announce, element, inUnit, mondayOf, svg } from "./dom.js";
import { alongCurve, curveOf, loopPlaces, outsideBoxes, wrappedWords } from "./loop_places.js";

const LOOP_TYPE = { line: 17, letter: 8, pad: 10 };
const KIND_WORDS = {
  reinforcing: "Reinforcing: what it does brings more of the same.",
  balancing: "Balancing: what it does brings its own check.",
};
const SIGN_WORDS = { "+": "more leads to more", "-": "more leads to less" };

const LOOP_START = "2008-04-07"; // of calendar week 0
const LOOP_UNITS = { share: "percent", "0-1": "index", weeks: "weeks", hours: "hours" };

/** What the loop does to its outcome at the end, in words. @returns {string} */
export function strengthWords(told) {
  const unit = LOOP_UNITS[told.unit] ?? "number";
  const last = told.difference.findLastIndex((value) => value !== null);
  if (last < 0) return "";
  const [apart, low, high] = [told.difference[last], told.low[last], told.high[last]];
  const clear = low !== null && (low > 0 || high < 0);
  const size = inUnit(Math.abs(apart), unit === "percent" ? "points" : unit).replace("+", "");
  const said = `At the end the loop has ${apart >= 0 ? "raised" : "lowered"} it by ${size}, over ${told.n} pairs of runs of the same people.`;
  return clear ? said : `${said} Chance alone could do as much.`;
}

/** A loop as a sentence for those who cannot see the picture. @returns {string} */
export function loopInWords(loop, on) {
  const label = (key) => loop.nodes.find((node) => node.key === key).label;
  const links = loop.links.map((link) => `${label(link.from)} ${link.sign === "+" ? "raises" : "lowers"} ${label(link.to)}`);
  return `${loop.title}, a ${loop.kind} loop${on ? "" : ", switched off"}. ${links.join("; ")}.`;
}

class LoopDiagram {
  constructor(host, loop, { on, onSwitch = () => {}, notes = false, strength = false } = {}) {
    this.loop = loop;
    this.on = on ? on.has(loop.key) : true;
    this.onSwitch = onSwitch;
    this.strength = strength ? element("div", { class: "loop-strength", attributes: { hidden: true } }) : null;
    this.plot = element("div", { class: "loop-plot", attributes: { role: "img" } });
    this.box = element("input", {
      attributes: { type: "checkbox", role: "switch", checked: this.on }, on: { change: () => this.switched(this.box.checked) },
    });
    this.state = element("span", { class: "loop-state" });
    this.means = element("p", { class: "loop-means", attributes: { role: "status" } });
    this.figure = element(
      "figure", { class: `loop is-${loop.kind}` }, this.plot,
      element("figcaption", {},
        element("label", { class: "loop-switch" }, this.box, element("span", { class: "loop-title", text: loop.title }), this.state),
        element("p", { text: loop.sentence }), this.means, this.links(),
        notes ? element("p", { class: "small soft", text: `${loop.caveat} Source: ${loop.source} (${loop.grade}).` }) : null),
      this.strength,
    );
    host.append(this.figure);
    this.watcher = new ResizeObserver(() => this.resized());
    this.watcher.observe(this.plot);
    this.say();
    this.resized();
  }

  links() {
    const label = (key) => this.loop.nodes.find((node) => node.key === key).label;
    return element(
      "details", { class: "small" }, element("summary", { text: "Each arrow in words" }),
      element("ol", {}, this.loop.links.map((link) => element("li", {},
        element("b", { text: `${label(link.from)} → ${label(link.to)}` }), ` (${SIGN_WORDS[link.sign]}). ${link.why} `,
        link.cut ? element("i", { text: "The switch cuts this one. " }) : null, element("code", { text: link.rule })))),
    );
  }

  switched(on) {
    this.on = on;
    this.say();
    this.draw();
    this.onSwitch(this.loop.key, on);
    if (this.strength) this.showStrength();
  }

  /** What the loop does over time: its outcome in runs with it and in the same runs without it. */
  async showStrength() {
    if (this.on || this.strength.childElementCount) {
      this.strength.hidden = this.on;
      return;
    }
    this.strength.hidden = false;
    this.strength.replaceChildren(element("p", { class: "soft", text: "Running the same worlds with the loop and without it." }));
    try {
      const told = await ask(`/api/loops/${this.loop.key}`, null, { kind: `loop ${this.loop.key}` });
      if (!told) return;
      this.strength.replaceChildren();
      this.chart = lineChart(this.strength, this.strengthSpec(told));
      announce(strengthWords(told));
    } catch (error) {
      this.strength.replaceChildren(element("p", { class: "wrong", text: error.message }));
    }
  }

  strengthSpec(told) {
    return {
      title: told.label, unit: LOOP_UNITS[told.unit] ?? "number", weeks: told.weeks, note: `${strengthWords(told)} ${told.title}.`,
      start: mondayOf(LOOP_START, told.first_week).toISOString().slice(0, 10),
      series: [
        { name: "with the loop", colour: "#0b5a8f", own: told.on }, { name: "without it", colour: "#b84700", dash: "6 3", own: told.off },
      ],
    };
  }

  say() {
    this.box.checked = this.on;
    this.state.textContent = this.on ? "on" : "off";
    this.means.textContent = this.on ? KIND_WORDS[this.loop.kind] : `Off: ${this.loop.off_means}`;
    this.figure.classList.toggle("is-off", !this.on);
    this.plot.setAttribute("aria-label", loopInWords(this.loop, this.on));
  }

  update({ on }) {
    this.on = on.has(this.loop.key);
    this.say();
    this.draw();
  }

  destroy() {
    this.watcher.disconnect();
    this.chart?.destroy();
    this.figure.remove();
  }

  resized() {
    const width = Math.round(this.plot.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    this.draw();
  }

  measure() {
    const { width } = this;
    const most = Math.min(160, Math.max(96, width * 0.29));
    const boxes = new Map();
    for (const node of this.loop.nodes) {
      const lines = wrappedWords(node.label, Math.floor((most - 2 * LOOP_TYPE.pad) / LOOP_TYPE.letter));
      const longest = Math.max(...lines.map((line) => line.length));
      boxes.set(node.key, { lines, w: longest * LOOP_TYPE.letter + 2 * LOOP_TYPE.pad, h: lines.length * LOOP_TYPE.line + 14 });
    }
    const sizes = [...boxes.values()];
    const [w, h] = [Math.max(...sizes.map((box) => box.w)), Math.max(...sizes.map((box) => box.h))];
    const few = this.loop.nodes.length <= 2;
    const height = few ? 220 : Math.max(320, Math.min(440, width * 0.72)) + (width < 460 ? 40 : 0);
    const ry = few ? height / 2 - 40 : height / 2 - h / 2 - 8;
    const rx = Math.min(width / 2 - w / 2 - 8, Math.max(ry * 1.75, 150));
    this.height = height;
    this.frame = { x: width / 2, y: height / 2, rx, ry };
    return boxes;
  }

  draw() {
    if (!this.width) return;
    const boxes = this.measure();
    const layout = loopPlaces(this.loop, this.frame);
    const arrows = this.loop.links.map((link) => this.arrow(link, layout, boxes));
    const nodes = this.loop.nodes.map((node) => this.node(node, layout.places.get(node.key), boxes.get(node.key)));
    const letters = layout.letters.map((letter) => this.letter(letter));
    const attributes = { viewBox: `0 0 ${this.width} ${this.height}`, height: this.height, "aria-hidden": "true" };
    this.plot.replaceChildren(svg("svg", { attributes }, ...letters, ...arrows, ...nodes));
  }

  node(node, place, box) {
    const lines = box.lines.map((text, number) => svg("text", {
      text, attributes: { x: place.x, y: place.y + (number - (box.lines.length - 1) / 2) * LOOP_TYPE.line + 5, "text-anchor": "middle" },
    }));
    const rect = { x: place.x - box.w / 2, y: place.y - box.h / 2, width: box.w, height: box.h, rx: 9 };
    return svg("g", { class: "loop-node" }, svg("rect", { attributes: rect }), ...lines);
  }

  arrow(link, layout, boxes) {
    const curve = curveOf(link, layout, this.frame);
    const { start, end } = outsideBoxes(curve, boxes.get(link.from), boxes.get(link.to), 5);
    const points = Array.from({ length: 25 }, (_, step) => alongCurve(curve, start + ((end - start) * step) / 24));
    const tip = points[24];
    const before = alongCurve(curve, Math.max(start, end - 0.06));
    const angle = Math.atan2(tip.y - before.y, tip.x - before.x);
    const back = { x: tip.x - 9 * Math.cos(angle), y: tip.y - 9 * Math.sin(angle) };
    const side = { x: -Math.sin(angle) * 5, y: Math.cos(angle) * 5 };
    points[24] = back;
    const d = points.map((point, step) => `${step ? "L" : "M"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join("");
    const head = `M${tip.x} ${tip.y}L${back.x + side.x} ${back.y + side.y}L${back.x - side.x} ${back.y - side.y}Z`;
    const kind = link.sign === "+" ? "plus" : "minus";
    return svg(
      "g", { class: `loop-link is-${kind}${link.cut ? " is-cut" : ""}` }, svg("title", { text: link.why }),
      svg("path", { class: "loop-line", attributes: { d } }), svg("path", { class: "loop-head", attributes: { d: head } }),
      this.sign(link, curve, start, end), link.cut ? this.cut(curve, (start + end) / 2) : null,
    );
  }

  sign(link, curve, start, end) {
    const near = alongCurve(curve, end - (end - start) * 0.24);
    const next = alongCurve(curve, end - (end - start) * 0.2);
    const long = Math.hypot(next.x - near.x, next.y - near.y) || 1;
    let across = { x: -(next.y - near.y) / long, y: (next.x - near.x) / long };
    const out = { x: near.x - this.frame.x, y: near.y - this.frame.y };
    if (across.x * out.x + across.y * out.y < 0) across = { x: -across.x, y: -across.y };
    const inX = Math.min(this.width - 11, Math.max(11, near.x + across.x * 15));
    const inY = Math.min(this.height - 11, Math.max(11, near.y + across.y * 15));
    const text = { x: inX, y: inY + 5.5, "text-anchor": "middle" };
    return svg("g", { class: "loop-sign" }, svg("circle", { attributes: { cx: inX, cy: inY, r: 9.5 } }), svg("text", { text: link.sign === "+" ? "+" : "−", attributes: text }));
  }

  /** Two strokes across a link: where the switch cuts it. */
  cut(curve, at) {
    const [one, other] = [alongCurve(curve, at - 0.02), alongCurve(curve, at + 0.02)];
    const long = Math.hypot(other.x - one.x, other.y - one.y) || 1;
    const across = { x: (-(other.y - one.y) / long) * 8, y: ((other.x - one.x) / long) * 8 };
    const along = { x: ((other.x - one.x) / long) * 4, y: ((other.y - one.y) / long) * 4 };
    const place = alongCurve(curve, at);
    const stroke = (s) => `M${place.x + s * along.x - across.x} ${place.y + s * along.y - across.y}L${place.x + s * along.x + across.x} ${place.y + s * along.y + across.y}`;
    return svg("g", { class: "loop-cut" }, svg("circle", { attributes: { cx: place.x, cy: place.y, r: 4 } }), svg("path", { attributes: { d: stroke(-1) + stroke(1) } }));
  }

  letter({ x, y, clockwise }) {
    const r = 22;
    const turn = clockwise ? 1 : -1;
    const at = (degrees) => ({ x: x + turn * r * Math.cos((degrees * Math.PI) / 180), y: y + r * Math.sin((degrees * Math.PI) / 180) });
    const [from, to, tip] = [at(-50), at(215), at(238)];
    const [outer, inner] = [1.28, 0.72].map((size) => ({ x: x + (to.x - x) * size, y: y + (to.y - y) * size }));
    return svg(
      "g", { class: "loop-letter" },
      svg("path", { class: "loop-turn", attributes: { d: `M${from.x} ${from.y}A${r} ${r} 0 1 ${clockwise ? 1 : 0} ${to.x} ${to.y}` } }),
      svg("path", { class: "loop-turn-head", attributes: { d: `M${tip.x} ${tip.y}L${outer.x} ${outer.y}L${inner.x} ${inner.y}Z` } }),
      svg("text", { text: this.loop.kind === "reinforcing" ? "R" : "B", attributes: { x, y: y + 7, "text-anchor": "middle" } }),
    );
  }
}

/**
 * A diagram of one feedback loop with its switch and what it says.
 * @param {HTMLElement} host
 * @param {Object} loop one of the server's loops
 * @param {{on?: Set<string>, onSwitch?: function(string, boolean): void, notes?: boolean,
 *   strength?: boolean}} [options] `on`: keys of loops that are
 *   on (all, if left out); `notes`: with source, grade and caveat below
 * @returns {LoopDiagram} `update({on})`, `destroy()`
 */
export function loopDiagram(host, loop, options = {}) {
  return new LoopDiagram(host, loop, options);
}
