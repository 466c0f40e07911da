// The clock of a film, and the bar that winds it: play, pause, a week on or back, to an end, speed, and a scrubber.

import { announce, dateOf, dayOf, element, reducedMotion, svg } from "./dom.js";

const SPEEDS = [
  { weeks: 2, words: "slow" }, { weeks: 6, words: "usual" }, { weeks: 16, words: "fast" }, { weeks: 52, words: "very fast" },
];
const ICONS = {
  play: "M5 3l11 7-11 7z", pause: "M5 3h4v14H5zM12 3h4v14h-4z", back: "M13 3v14L5 10z", on: "M7 3v14l8-7z",
  start: "M4 3h2.5v14H4zM17 3v14L7.5 10z", end: "M3 3v14l9.5-7zM13.5 3H16v14h-2.5z",
};

/** Tells the week to all who listen, and moves it while it plays. */
export class Clock {
  /** @param {{weeks: number, week?: number, speed?: number, onWeek?: function(number): void}} options */
  constructor({ weeks, week = 0, speed = null, onWeek = null }) {
    this.weeks = weeks;
    this.week = week;
    this.speed = speed ?? (reducedMotion() ? SPEEDS[0].weeks : SPEEDS[1].weeks);
    this.playing = false;
    this.heard = new Set(onWeek ? [onWeek] : []);
    this.watched = new Set();
    this.tick = this.tick.bind(this);
  }

  /** Hear of every week that is shown. @param {function(number): void} heard */
  listen(heard) {
    this.heard.add(heard);
  }

  /** Hear of starts, stops, speed and length. @param {function(Clock): void} heard */
  watch(heard) {
    this.watched.add(heard);
  }

  setWeeks(weeks) {
    this.weeks = weeks;
    this.to(Math.min(this.week, weeks - 1));
    this.changed();
  }

  setSpeed(speed) {
    this.speed = speed;
    this.since = null;
    this.changed();
  }

  play() {
    if (this.playing) return;
    if (this.week >= this.weeks - 1) this.to(0);
    this.playing = true;
    this.since = null;
    this.changed();
    window.requestAnimationFrame(this.tick);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  step(weeks = 1) {
    this.pause();
    this.to(this.week + weeks);
  }

  toStart() {
    this.pause();
    this.to(0);
  }

  toEnd() {
    this.pause();
    this.to(this.weeks - 1);
  }

  /** Show a week. */
  to(week) {
    const bounded = Math.min(this.weeks - 1, Math.max(0, Math.round(week)));
    if (bounded === this.week) return;
    this.week = bounded;
    this.since = null;
    this.told();
  }

  told() {
    for (const heard of this.heard) heard(this.week);
  }

  changed() {
    for (const heard of this.watched) heard(this);
  }

  tick(now) {
    if (!this.playing) return;
    if (this.since === null) [this.since, this.sinceWeek] = [now, this.week];
    const week = Math.min(this.weeks - 1, this.sinceWeek + Math.floor(((now - this.since) / 1000) * this.speed));
    if (week !== this.week) {
      this.week = week;
      this.told();
    }
    if (this.week >= this.weeks - 1) this.pause();
    else window.requestAnimationFrame(this.tick);
  }
}

function icon(name) {
  return svg("svg", { attributes: { viewBox: "0 0 20 20", "aria-hidden": "true" } }, svg("path", { attributes: { d: ICONS[name] } }));
}

function button(name, label, pressed, more = "") {
  return element(
    "button", { class: `button ${more}`, attributes: { type: "button", "aria-label": label, title: label }, on: { click: pressed } },
    icon(name),
  );
}

/**
 * The bar that winds a clock.
 * @param {HTMLElement} host @param {Clock} clock
 * @param {{start?: string, dateOf?: function(number): string}} options `start` of the film, or the date of a week in words
 * @returns {{node: HTMLElement, setStart: function(string): void}}
 */
export function clockBar(host, clock, options = {}) {
  let start = options.start ?? "2008-04-07";
  const whenOf = (week) => options.dateOf?.(week) ?? dateOf(start, week);
  const slider = element("input", {
    attributes: { type: "range", min: 0, max: clock.weeks - 1, step: 1, value: clock.week, "aria-label": "Week of the run" },
    on: {
      input: () => {
        clock.pause();
        clock.to(Number(slider.value));
      },
    },
  });
  const playWords = element("span", { text: "Play" });
  const play = element(
    "button", { class: "button main", attributes: { type: "button" }, on: { click: () => clock.toggle() } }, icon("play"), playWords,
  );
  const when = element("b");
  const week = element("span");
  const choices = SPEEDS.map((speed) => element("option", { text: speed.words, attributes: { value: speed.weeks } }));
  const speed = element(
    "select", { attributes: { "aria-label": "Speed" }, on: { change: () => clock.setSpeed(Number(speed.value)) } }, choices,
  );
  speed.value = String(clock.speed);
  const node = element(
    "div", { class: "clock", attributes: { role: "group", "aria-label": "Clock" } },
    element(
      "div", { class: "clock-buttons" }, button("start", "To the start", () => clock.toStart()),
      button("back", "A week back", () => clock.step(-1)), play, button("on", "A week on", () => clock.step(1)),
      button("end", "To the end", () => clock.toEnd()),
    ),
    element("div", { class: "clock-date" }, when, week), element("div", { class: "clock-week" }, slider), speed,
  );
  const show = () => {
    slider.value = String(clock.week);
    when.textContent = whenOf(clock.week);
    week.textContent = `week ${clock.week + 1} of ${clock.weeks}`;
    slider.setAttribute("aria-valuetext", `${whenOf(clock.week)}, week ${clock.week + 1} of ${clock.weeks}`);
  };
  const state = () => {
    slider.max = String(clock.weeks - 1);
    playWords.textContent = clock.playing ? "Pause" : "Play";
    play.replaceChild(icon(clock.playing ? "pause" : "play"), play.firstChild);
    if (speed.value !== String(clock.speed)) speed.value = String(clock.speed);
    show();
    if (!clock.playing && node.contains(document.activeElement)) announce(dayOf(start, clock.week));
  };
  clock.listen(show);
  clock.watch(state);
  host.append(element("div", { class: "clock-place" }, node));
  show();
  return {
    node,
    setStart: (day) => {
      start = day;
      show();
    },
  };
}
