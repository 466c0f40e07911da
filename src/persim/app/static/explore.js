// The explore page: dials, the picture of a service, charts; one world or two.

import { bringTexts, fragmentOf, plainWorld, queryOf, settingsOf } from "./address.js";
import { ask } from "./api.js";
import { Clock, clockBar } from "./clock.js";
import { partingWeeks } from "./counts.js";
import { dialsPanel } from "./dials.js";
import { counted, element } from "./dom.js";
import { exploreAlong, FULL_RUNS } from "./explore_along.js";
import { ExploreCharts, chartedOutcomes } from "./explore_charts.js";
import { colourChoice, sharedPanel } from "./explore_shared.js";
import { ExploreState } from "./explore_state.js";
import { readFilms } from "./film.js";
import { loopDiagram } from "./loops.js";
import { storyPanel } from "./person.js";
import { moreOf } from "./person_more.js";
import { Stage } from "./stage.js";
import { worldsBar } from "./worlds_bar.js";

const QUICK = 6; // runs while a dial is turned
const REST = 220; // milliseconds without a turn after which a dial rests
const PATIENCE = 600; // milliseconds after which it is said that an answer is on its way

class ExplorePage {
  constructor(known, settings, page) {
    this.known = known;
    this.state = new ExploreState(known, settings, page);
    this.films = [];
    this.asking = false;
    this.again = false;
    this.shown = 0; // films shown so far
    this.rested = 0; // and curves of all runs
    this.picked = page.person;
  }

  /** Ask what the scenarios are that came with the address; one that has faults gives way to the baseline. */
  async knowTexts() {
    for (const world of this.state.worlds.filter((one) => one.text)) {
      try {
        this.state.brought.set(world.text, await ask("/api/check", { text: world.text }, { kind: "check" }));
      } catch (error) {
        this.trouble(error.message);
        Object.assign(world, plainWorld());
      }
    }
  }

  build() {
    const state = this.state;
    const controls = document.getElementById("controls");
    const dialsHost = element("div", { class: "dials-place" });
    this.bar = worldsBar(controls, state, {
      onChange: () => this.changed(true),
      onActive: () => this.showDials(),
      onFile: (file) => this.open(file),
    });
    this.shared = sharedPanel(controls, state, () => this.changed(true), dialsHost);
    this.dials = dialsPanel(dialsHost, this.known.dials, {
      onTurn: (name, value, final) => {
        state.turn(name, value);
        this.changed(final, !final);
      },
      onBack: (name) => {
        state.back(name);
        this.changed(true);
      },
    });
    this.clock = new Clock({ weeks: 260, week: state.week, onWeek: (week) => this.showWeek(week) });
    this.clockBar = clockBar(document.getElementById("clock"), this.clock, {});
    this.clock.watch(() => (this.clock.playing ? null : this.keepAddress()));
    colourChoice(document.getElementById("colours"), state, () => {
      this.showWeek(this.clock.week);
      this.keepAddress();
    });
    this.charts = new ExploreCharts(document.getElementById("charts"), this.known, (number) => state.nameOf(number));
    this.stages();
    exploreAlong(document.getElementById("charts"), this);
    this.loops();
    this.showDials();
  }

  /** Diagrams of the feedback loops, made when they are first opened: drawing them takes a moment. */
  loops() {
    const { state } = this;
    const place = document.getElementById("loops");
    const grid = document.getElementById("loops-grid");
    this.diagrams = [];
    const open = () => {
      if (!place.open || this.diagrams.length) return;
      const onSwitch = (key, on) => {
        state.switchLoop(key, on);
        this.changed(true);
      };
      this.diagrams = this.known.loops.map((loop) => loopDiagram(grid, loop, { on: state.loopsOn(), onSwitch, notes: true }));
    };
    place.addEventListener("toggle", open);
    place.open = state.worlds.some((world) => world.off.length);
    open();
  }

  /** One picture for each world. */
  stages() {
    const host = document.getElementById("stages");
    for (const view of this.views ?? []) view.stage.destroy();
    this.views = this.state.worlds.map((world, number) => {
      return { place: element("div", { class: "world" }), number };
    });
    host.replaceChildren(...this.views.map((view) => view.place));
    host.classList.toggle("two", this.state.two);
    document.getElementById("workbench").classList.toggle("two", this.state.two);
    for (const view of this.views) {
      const onPick = (picked) => this.pick(picked, view.number);
      view.stage = new Stage(view.place, { label: this.labelOf(view.number), onPick, key: view.number === 0 });
    }
  }

  labelOf(number) {
    return this.state.two ? `${number ? "Right" : "Left"}: ${this.state.nameOf(number)}` : this.state.nameOf(number);
  }

  // Asking

  /** Settings changed. @param {boolean} rests ask for all of it @param {boolean} quick a dial is being turned */
  changed(rests, quick = false) {
    this.showDials();
    if (this.views.length !== this.state.worlds.length) this.stages();
    clearTimeout(this.resting);
    if (quick) this.askCurves(QUICK, false);
    this.resting = setTimeout(() => this.askAll(), quick ? REST : rests ? 0 : REST);
  }

  async askAll() {
    this.keepAddress();
    const settings = structuredClone(this.state.settings);
    this.askFilm(settings);
    await this.askCurves(FULL_RUNS, true);
  }

  /** Ask for curves; while an answer is on its way, only the last wish is kept. */
  async askCurves(replicates, all) {
    if (this.asking) {
      this.again = { replicates, all };
      return;
    }
    this.asking = true;
    const settings = structuredClone(this.state.settings);
    const slow = setTimeout(() => this.working(true), PATIENCE);
    try {
      const curves = await ask("/api/curves", { settings, replicates, outcomes: chartedOutcomes(all) }, { kind: "curves" });
      if (curves) this.charts.setCurves(curves);
      if (curves && all) document.body.dataset.curves = String(++this.rested);
      if (curves && all) document.body.dataset.ready = "yes";
      this.trouble("");
    } catch (error) {
      this.trouble(error.message);
    }
    this.asking = false;
    clearTimeout(slow);
    this.working(false);
    if (this.again) {
      const wish = this.again;
      this.again = false;
      this.askCurves(wish.replicates, wish.all);
    }
  }

  async askFilm(settings) {
    try {
      const buffer = await ask("/api/film", { settings }, { kind: "film", as: "buffer" });
      if (buffer) this.setFilms(readFilms(buffer));
    } catch (error) {
      this.trouble(error.message);
    }
  }

  setFilms(films) {
    this.films = films;
    this.parted = films.length === 2 ? partingWeeks(films[0], films[1]) : null;
    const weeks = Math.min(...films.map((film) => film.weeks));
    this.clock.setWeeks(weeks);
    this.clockBar.setStart(films[0].start);
    this.views.forEach((view, number) => {
      if (films[number]) view.stage.setFilm(films[number]);
      view.stage.setLabel(this.labelOf(number));
    });
    this.charts.setFilms(films);
    this.showWeek(this.clock.week);
    document.body.dataset.film = String(++this.shown);
    if (this.picked !== null && this.picked !== undefined) {
      this.pick({ kind: "person", id: this.picked }, 0);
      this.picked = null;
    }
  }

  // Showing

  showWeek(week) {
    this.state.week = week;
    const ringed = this.ringedBy(week);
    this.views.forEach((view) => {
      if (this.films[view.number]) view.stage.show(week, { colour: this.state.colour, ringed });
    });
    this.charts.mark(week);
    this.showParted(ringed);
    if (!this.clock.playing) this.showDials();
  }

  showParted(ringed) {
    const line = document.getElementById("parted");
    line.hidden = !this.state.two;
    if (!ringed) return;
    const people = counted(this.parted.length, "person", "people");
    line.textContent = this.state.alike
      ? "Both worlds have the same settings, so every life is the same in both. Turn a dial on one side, or choose another scenario."
      : `A ring marks a life that has come to differ: ${ringed.size} of ${people} so far. Open one to read where the two parted, and why.`;
  }

  /** Whose lives have parted by a week. */
  ringedBy(week) {
    if (!this.parted) return null;
    const found = new Set();
    this.parted.forEach((since, person) => {
      if (since <= week) found.add(person);
    });
    return found;
  }

  showDials() {
    this.bar.show();
    this.dials.show(this.state.dialState(this.state.world, this.state.week));
    for (const diagram of this.diagrams) diagram.update({ on: this.state.loopsOn() });
    this.shared.show();
  }

  working(is) {
    const line = document.getElementById("working");
    const words = is ? "Running …" : "";
    if (line.textContent !== words) line.textContent = words;
  }

  trouble(words) {
    const box = document.getElementById("trouble");
    if (box.textContent !== words) box.textContent = words;
    box.hidden = !words;
  }

  /** Open the story of a person (of both lives, where the worlds differ) or of a practitioner. */
  async pick(picked, number, legal = this.state.colour === "legal") {
    const settings = structuredClone(this.state.settings);
    const { week } = this.clock;
    this.clock.pause();
    this.panel?.close();
    try {
      const twins = this.state.two && picked.kind === "person" && !this.state.alike;
      const body = twins ? { settings, person: picked.id, legal } : { settings, world: number, [picked.kind]: picked.id, week, legal };
      const story = await ask(twins ? "/api/twins" : "/api/story", body, { kind: "story" });
      if (!story) return;
      const post = picked.kind === "person" ? this.films[number].at("post", picked.id, week) : null;
      const extra = moreOf(picked, { settings, world: number, week, post, legal }, (other, told) => this.pick(other, number, told));
      const films = twins ? this.films : [this.films[number]];
      this.panel = storyPanel(document.body, story, { films, week, extra, onWeek: (to) => this.clock.to(to) });
    } catch (error) {
      this.trouble(error.message);
    }
  }

  async open(file) {
    try {
      if (file.size > this.known.limits.text) throw new Error(`${file.name} is larger than ${this.known.limits.text / 1024} KiB`);
      const text = await file.text();
      const about = await ask("/api/check", { text }, { kind: "check" });
      if (!about) return;
      this.state.bring(text, about);
      this.trouble("");
      this.changed(true);
    } catch (error) {
      this.trouble(error.message);
    }
  }

  // Taking along

  keepAddress() {
    const query = queryOf(this.state.settings, this.pageState(), this.known.dials.map((dial) => dial.name));
    window.history.replaceState(null, "", `${window.location.pathname}${query ? `?${query}` : ""}${window.location.hash}`);
    fragmentOf(this.state.settings).then((fragment) => {
      const place = `${window.location.pathname}${window.location.search}${fragment ? `#${fragment}` : ""}`;
      if (fragment !== null) window.history.replaceState(null, "", place);
    });
  }

  pageState() {
    return { week: this.state.week || null, colour: this.state.colour === "stage" ? null : this.state.colour, person: null };
  }
}

async function start() {
  const box = document.getElementById("trouble");
  try {
    const known = await ask("/api/catalogue", null, { kind: "catalogue" });
    const { settings, page } = settingsOf(window.location.search, known.dials.map((dial) => dial.name));
    await bringTexts(window.location.hash, settings).catch(() => {
      box.textContent = "The scenario in this address cannot be read.";
      box.hidden = false;
    });
    const explore = new ExplorePage(known, settings, page);
    await explore.knowTexts();
    explore.build();
    await explore.askAll();
  } catch (error) {
    box.textContent = error.message;
    box.hidden = false;
  }
}

start();
