// The picture of the service: everybody a dot beside the care coordinator, week by week. It can be read by eye, by pointer,
// by keyboard and in words.

import { dayOf, element, reducedMotion } from "./dom.js";
import { COLOURS, isQuiet, stepAt, stepsOf } from "./palette.js";
import { Crowd } from "./stage_crowd.js";
import { StageKey } from "./stage_key.js";
import { paintFields, paintHandOffs, paintPost, paintRing, paintTold, Sprites } from "./stage_paint.js";
import { layoutOf, nearestTowards, placesOf } from "./stage_places.js";
import { personWords, postWords, weekWords } from "./stage_words.js";

const LONGEST_MOVE = 420; // milliseconds
const SHORTEST_MOVE = 80; // below it nobody sees a move
const REACH = 16; // pixels from a dot at which it is meant
const MOVES = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

function usualHeight(width) {
  if (width < 560) return 1.75 * width;
  return Math.max(330, Math.min(760, 0.52 * width), Math.min(0.85 * width, window.innerHeight - 340));
}

/** The picture of one film. */
export class Stage {
  /**
   * @param {HTMLElement} host
   * @param {{onPick?: function({kind: string, id: number}): void, label?: string, height?: number, key?: boolean}} options
   *   `label` names the world; `height` is the most it should take, if it can be
   */
  constructor(host, { onPick = null, label = "", height = null, key = true } = {}) {
    Object.assign(this, { onPick, height, film: null, week: 0, colour: "stage", ringed: null, picked: null, focus: -1, hover: null });
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.canvas = element("canvas", { attributes: { "aria-hidden": "true" } });
    this.tip = element("div", { class: "stage-tip", attributes: { hidden: true } });
    this.live = element("div", { class: "unseen", attributes: { "aria-live": "polite" } });
    this.board = element("div", {
      class: "stage-canvas",
      attributes: {
        tabindex: "0", role: "application", "aria-roledescription": "picture of a service",
        "aria-label": `${label ? `${label}: ` : ""}people around their care coordinators. Arrow keys move from one to the next, Enter opens.`,
      },
      on: {
        pointermove: (event) => this.point(event), pointerleave: () => this.leave(), click: (event) => this.press(event),
        keydown: (event) => this.key(event), focus: () => this.focused(), blur: () => this.leave(),
      },
    }, this.canvas, this.tip);
    this.name = element("span", { text: label });
    this.count = element("span", { class: "soft" });
    this.heading = element("p", { class: "stage-heading", attributes: { hidden: !label } }, this.name, this.count);
    this.legend = new StageKey(key);
    this.words = element("p", { class: "unseen stage-words" });
    this.node = element("figure", { class: "stage" }, this.heading, this.board, ...this.legend.nodes, this.words, this.live);
    host.append(this.node);
    this.paint = this.paint.bind(this);
    this.watcher = new ResizeObserver(() => this.resized());
    this.watcher.observe(this.board);
  }

  /** The name of the world above the picture. */
  setLabel(label) {
    this.name.textContent = label;
    this.heading.hidden = !label;
  }

  setFilm(film) {
    const same = this.film && this.film.people === film.people;
    this.film = film;
    this.places = placesOf(film);
    this.week = Math.min(this.week, film.weeks - 1);
    if (same) this.crowd.setFilm(film, this.places);
    else {
      this.crowd = new Crowd(film, this.places);
      this.picked = null;
      this.focus = -1;
    }
    this.resized(true);
  }

  resized(anyway = false) {
    const width = Math.round(this.board.clientWidth);
    if (!this.film || !width || (width === this.width && !anyway)) return;
    this.width = width;
    const most = this.height ?? usualHeight(width);
    this.layout = layoutOf(this.film, this.places, width, most);
    this.layout.text = parseFloat(window.getComputedStyle(document.documentElement).fontSize) / 16 || 1;
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(this.layout.height * this.ratio);
    this.canvas.style.height = `${this.layout.height}px`;
    this.sprites = {};
    this.crowd.settle(this.layout, this.week, this.week, 0);
    this.stillKey = "";
    this.say();
    this.ask();
  }

  destroy() {
    this.watcher.disconnect();
    this.film = null;
    this.node.remove();
  }

  /**
   * Show a week.
   * @param {number} week
   * @param {{colour?: string, ringed?: ?Set<number>}} options what colours mean; who wears a ring (lives that differ from the other world's)
   */
  show(week, { colour = this.colour, ringed = this.ringed } = {}) {
    this.colour = colour;
    this.ringed = ringed;
    if (!this.film) {
      this.week = week;
      return;
    }
    const now = performance.now();
    const since = now - (this.shownAt ?? 0);
    this.shownAt = now;
    const bounded = Math.min(Math.max(0, week), this.film.weeks - 1);
    if (bounded !== this.week && this.layout) this.crowd.settle(this.layout, this.week, bounded, this.moveFor(since));
    this.week = bounded;
    this.say();
    this.ask();
  }

  /** How long a move may last when the last week was shown so long ago. */
  moveFor(since) {
    const duration = Math.min(LONGEST_MOVE, 0.95 * since);
    return reducedMotion() || duration < SHORTEST_MOVE ? 0 : duration;
  }

  /** Mark a person or a post; null marks nobody. */
  pick(kind, id) {
    this.picked = kind ? { kind, id } : null;
    if (kind) this.focus = kind === "person" ? id : this.film.people + id;
    this.ask();
  }

  ask() {
    if (this.asked || !this.layout) return;
    this.asked = true;
    window.requestAnimationFrame(this.paint);
  }

  paint() {
    this.asked = false;
    if (!this.film || !this.layout) return;
    if (this.crowd.advance()) this.ask();
    this.draw();
  }

  draw() {
    const { film, layout, week, crowd } = this;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.drawImage(this.stillPicture(), 0, 0);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawPeople(pen, crowd.movers);
    paintTold(pen, film, crowd.where, week, crowd.share);
    paintHandOffs(pen, film, layout, week, crowd.share);
    this.drawMarked(pen);
  }

  /** Everything that does not move this week: drawn once, then copied. */
  stillPicture() {
    const { film, layout, week, colour } = this;
    const key = [week, colour, this.ringed?.size ?? "", this.crowd.movers.length].join();
    this.still ??= document.createElement("canvas");
    if (key === this.stillKey) return this.still;
    this.stillKey = key;
    this.still.width = this.canvas.width;
    this.still.height = this.canvas.height;
    const pen = this.still.getContext("2d");
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    paintFields(pen, film, layout, week);
    for (let post = 0; post < film.posts; post += 1) if (layout.postX[post] >= 0) paintPost(pen, film, layout, post, week);
    const moving = new Set(this.crowd.movers);
    this.drawPeople(pen, Array.from({ length: film.people }, (_, person) => person).filter((person) => !moving.has(person)));
    return this.still;
  }

  drawPeople(pen, people) {
    const { film, week, layout } = this;
    const { where } = this.crowd;
    const steps = stepsOf(this.colour);
    const sprites = (this.sprites[this.colour] ??= new Sprites(steps, layout.dot, this.ratio));
    const busy = [];
    for (const person of people) {
      const step = stepAt(film, this.colour, person, week);
      if (step >= 0 && !isQuiet(steps[step])) busy.push(person, step);
      else this.stamp(pen, sprites, person, step);
    }
    for (let at = 0; at < busy.length; at += 2) this.stamp(pen, sprites, busy[at], busy[at + 1]); // never hidden by those who wait
    if (!this.ringed) return;
    const wide = Math.max(1, Math.min(1.6, layout.dot * 0.28));
    for (const person of people) {
      if (!this.ringed.has(person)) continue;
      const r = film.at("stage", person, week) === 255 ? 4.6 : layout.dot * 1.45 + 0.8;
      paintRing(pen, where.x[person], where.y[person], r, COLOURS.ink, wide);
    }
  }

  stamp(pen, sprites, person, step) {
    const { fresh, share, where } = this.crowd;
    if (fresh[person] && share < 1) pen.globalAlpha = share;
    sprites.stamp(pen, step, where.x[person], where.y[person]);
    pen.globalAlpha = 1;
  }

  drawMarked(pen) {
    const focused = this.focus >= 0 && document.activeElement === this.board && this.board.matches(":focus-visible");
    for (const [one, colour, wide] of [
      [this.picked ? this.indexOf(this.picked) : -1, COLOURS.violet, 3], [this.hover ?? -1, COLOURS.ink, 2],
      [focused ? this.focus : -1, "#0b5a8f", 3],
    ]) {
      if (one < 0) continue;
      const [x, y] = this.placeOf(one);
      if (x >= 0) paintRing(pen, x, y, one < this.film.people ? this.layout.dot + 5 : this.layout.mark + 6, colour, wide, 1.5);
    }
  }

  // Who is where: people first, then posts

  indexOf({ kind, id }) {
    return kind === "person" ? id : this.film.people + id;
  }

  placeOf(one) {
    const { people } = this.film;
    return one < people ? [this.crowd.where.x[one], this.crowd.where.y[one]] : [this.layout.postX[one - people], this.layout.postY[one - people]];
  }

  asPick(one) {
    const { people } = this.film;
    return one < people ? { kind: "person", id: one } : { kind: "post", id: one - people };
  }

  nearest(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1;
    let least = event.pointerType === "touch" ? 1.5 * REACH : REACH;
    for (let one = 0; one < this.film.people + this.film.posts; one += 1) {
      const [px, py] = this.placeOf(one);
      const far = Math.hypot(px - x, py - y) - (one < this.film.people ? 0 : this.layout.mark * 0.8);
      if (far < least) [best, least] = [one, far];
    }
    return best;
  }

  // Pointer and keys

  point(event) {
    if (!this.layout || event.pointerType === "touch") return;
    const one = this.nearest(event);
    this.board.style.cursor = one >= 0 ? "pointer" : "";
    if (one === (this.hover ?? -1)) return;
    this.hover = one >= 0 ? one : null;
    this.showTip(one);
    this.ask();
  }

  leave() {
    this.hover = null;
    this.tip.hidden = true;
    this.ask();
  }

  press(event) {
    if (!this.layout) return;
    const one = this.nearest(event);
    if (one < 0) return;
    this.focus = one;
    this.choose(one);
  }

  choose(one) {
    const picked = this.asPick(one);
    this.pick(picked.kind, picked.id);
    this.onPick?.(picked);
  }

  focused() {
    if (this.focus < 0 && this.film) this.focus = 0;
    this.ask();
  }

  key(event) {
    if (!this.layout) return;
    if (event.key === "Enter" || event.key === " ") {
      if (this.focus >= 0) this.choose(this.focus);
    } else if (event.key in MOVES) this.moveFocus(MOVES[event.key]);
    else if (event.key === "Home") this.focusOn(0);
    else if (event.key === "Escape") this.leave();
    else return;
    if (event.key !== "Escape") event.preventDefault();
  }

  moveFocus([dx, dy]) {
    const xs = [...this.crowd.where.x, ...this.layout.postX];
    const ys = [...this.crowd.where.y, ...this.layout.postY];
    const next = nearestTowards(xs, ys, Math.max(0, this.focus), dx, dy);
    if (next >= 0) this.focusOn(next);
  }

  focusOn(one) {
    this.focus = one;
    this.showTip(one);
    const { title, text } = this.wordsOf(one);
    this.live.textContent = `${title}. ${text}`;
    this.ask();
  }

  // Words

  wordsOf(one) {
    const { kind, id } = this.asPick(one);
    return kind === "person" ? personWords(this.film, id, this.week, this.colour) : postWords(this.film, id, this.week);
  }

  showTip(one) {
    this.tip.hidden = one < 0;
    if (one < 0) return;
    const { title, text } = this.wordsOf(one);
    this.tip.replaceChildren(element("b", { text: title }), text);
    const [x, y] = this.placeOf(one);
    const wide = Math.min(this.tip.offsetWidth, this.width);
    this.tip.style.left = `${Math.max(0, Math.min(x - wide / 2, this.width - wide))}px`;
    const above = y - this.tip.offsetHeight - 14;
    this.tip.style.top = `${above < -40 ? y + 16 : above}px`;
  }

  say() {
    const { film, week, colour, ringed } = this;
    const away = this.legend.show(film, week, colour, ringed);
    this.count.textContent = `${dayOf(film.start, week)} · ${film.people - away} people on a caseload`;
    this.words.textContent = weekWords(film, week, colour, ringed);
    if (!this.tip.hidden && this.hover !== null) this.showTip(this.hover);
  }
}
