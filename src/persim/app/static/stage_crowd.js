// Everybody's place in the picture, and how they glide from one week's to the next. Nothing here touches a page.

import { placeAt } from "./stage_places.js";

function eased(t) {
  return t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2;
}

function columns(n) {
  return { x: new Float32Array(n), y: new Float32Array(n) };
}

/** The people of one film. */
export class Crowd {
  constructor(film, places) {
    this.where = columns(film.people);
    this.from = columns(film.people);
    this.to = columns(film.people);
    this.fresh = new Uint8Array(film.people);
    this.movers = [];
    this.share = 1; // of the way that is done
    this.setFilm(film, places);
  }

  /** Another film of as many people: they glide to their places in it. */
  setFilm(film, places) {
    this.film = film;
    this.places = places;
  }

  /**
   * Begin to move to a week's places.
   * @param {Object} layout @param {number} before the week that is shown @param {number} week
   * @param {number} duration in milliseconds; 0 moves at once
   */
  settle(layout, before, week, duration) {
    const { film, from, to, where } = this;
    this.movers = [];
    for (let person = 0; person < film.people; person += 1) {
      const [x, y] = placeAt(film, this.places, layout, person, week);
      to.x[person] = x;
      to.y[person] = y;
      const another = film.at("generation", person, week) !== film.at("generation", person, before);
      this.fresh[person] = another ? 1 : 0; // somebody else appears in the place, and does not glide there
      from.x[person] = another ? x : where.x[person];
      from.y[person] = another ? y : where.y[person];
      if (another || from.x[person] !== to.x[person] || from.y[person] !== to.y[person]) this.movers.push(person);
    }
    this.duration = this.movers.length || this.somethingPasses(week) ? duration : 0;
    this.began = performance.now();
    this.share = 0;
    if (!this.duration) this.arrive();
  }

  /** Does anything begin this week that is drawn bit by bit? */
  somethingPasses(week) {
    return this.film.during("hand_offs", week).length + this.film.during("told", week).length > 0;
  }

  arrive() {
    this.where.x.set(this.to.x);
    this.where.y.set(this.to.y);
    this.share = 1;
    this.movers = [];
  }

  /** Move on to the present moment. @returns {boolean} are any still on their way? */
  advance() {
    if (this.share >= 1) return false;
    const passed = (performance.now() - this.began) / this.duration;
    if (passed >= 1) {
      this.arrive();
      return false;
    }
    this.share = eased(passed);
    const { from, to, where } = this;
    for (const person of this.movers) {
      where.x[person] = from.x[person] + this.share * (to.x[person] - from.x[person]);
      where.y[person] = from.y[person] + this.share * (to.y[person] - from.y[person]);
    }
    return true;
  }
}
