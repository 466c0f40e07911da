// What the explore page shows: settings, which world the dials turn, from when, the week. Nothing here touches the page.

import { plainWorld, turnFrom } from "./address.js";

/** A world's scenario, with nothing turned or switched. */
function asItIs(world) {
  return world.text ? { ...plainWorld(null), text: world.text } : plainWorld(world.scenario);
}

/** The settings of the page, and what may be done to them. */
export class ExploreState {
  /** @param {Object} known the server's catalogue @param {Object} settings @param {Object} page week and colour */
  constructor(known, settings, page) {
    this.known = known;
    this.settings = settings;
    this.active = 0;
    this.fromNow = false;
    this.week = page.week ?? 0;
    this.colour = ["stage", "barrier", "legal"].includes(page.colour) ? page.colour : "stage";
    this.brought = new Map(); // scenarios that the visitor brought, by text: what the server says of them
    this.shipped = new Map();
    for (const scenario of known.scenarios) {
      for (const one of [scenario, ...scenario.arms]) this.shipped.set(one.name, one);
    }
  }

  get worlds() {
    return this.settings.worlds;
  }

  get world() {
    return this.settings.worlds[this.active];
  }

  get two() {
    return this.settings.worlds.length === 2;
  }

  /** What is known of a world's scenario: its title, question, dials. @param {Object} world */
  about(world) {
    if (world.text) return this.brought.get(world.text) ?? this.shipped.get("baseline");
    return this.shipped.get(world.scenario) ?? this.shipped.get("baseline");
  }

  /** Name of a world in words, told apart. @param {number} number */
  nameOf(number) {
    const world = this.worlds[number];
    const title = this.about(world).title;
    return Object.keys(world.dials).length || world.steps.length || world.off.length ? `${title}, changed` : title;
  }

  /** Where a world's dials stand in a week, where the scenario has them, which were turned, which it moves by itself. */
  dialState(world, week) {
    const about = this.about(world);
    const values = {};
    const own = {};
    const turned = new Set(Object.keys(world.dials));
    for (const dial of this.known.dials) {
      own[dial.name] = about.paths?.[dial.name]?.[week] ?? about.dials[dial.name];
      values[dial.name] = world.dials[dial.name] ?? own[dial.name];
      for (const step of world.steps) {
        if (!(dial.name in step.dials)) continue;
        turned.add(dial.name);
        if (step.week <= week) values[dial.name] = step.dials[dial.name];
      }
    }
    return { values, own, turned, moved: new Set(about.moved) };
  }

  /** Turn a dial of the active world, from the start or from this week on. */
  turn(name, value) {
    if (this.fromNow && this.week > 0) turnFrom(this.world, this.week, name, value);
    else this.world.dials[name] = value;
  }

  /** A dial of the active world back to where its scenario has it. */
  back(name) {
    delete this.world.dials[name];
    for (const step of this.world.steps) delete step.dials[name];
    this.world.steps = this.world.steps.filter((step) => Object.keys(step.dials).length);
  }

  /** Undo what was turned in a week. */
  dropStep(week) {
    this.world.steps = this.world.steps.filter((step) => step.week !== week);
  }

  /** Switch a feedback loop of the active world. @param {string} key @param {boolean} on */
  switchLoop(key, on) {
    const off = this.world.off.filter((one) => one !== key);
    this.world.off = on ? off : [...off, key];
  }

  /** The feedback loops that are on in the active world. @returns {Set<string>} */
  loopsOn() {
    return new Set(this.known.loops.map((loop) => loop.key).filter((key) => !this.world.off.includes(key)));
  }

  /** A scenario for the active world, with its dials as it has them. */
  choose(name) {
    this.settings.worlds[this.active] = plainWorld(name);
  }

  /** A scenario that the visitor brought, for the active world. @param {string} text @param {Object} about */
  bring(text, about) {
    this.brought.set(text, about);
    this.settings.worlds[this.active] = { ...plainWorld(null), text };
  }

  /** Two worlds: the scenario as it is, beside the world as it was changed so far; or only the one whose dials are shown. */
  setTwo(two) {
    if (two && !this.two) this.settings.worlds.unshift(asItIs(this.world));
    if (!two) this.settings.worlds = [this.world];
    this.active = two ? 1 : 0;
  }

  /** Have the two worlds the same settings? */
  get alike() {
    return this.two && JSON.stringify(this.worlds[0]) === JSON.stringify(this.worlds[1]);
  }

  /** Everything as its scenario has it. */
  reset() {
    this.settings.worlds = this.worlds.map(asItIs);
    this.settings.luck = null;
  }
}
