// A film: a whole run as small codes a week, read from the bytes that `persim.film` writes.

const ALIGNED_TO = 8;

/** A run to be played. Weeks are counted from the run's first. */
export class Film {
  constructor(header, layers) {
    Object.assign(this, {
      header, layers, weeks: header.weeks, people: header.people, posts: header.posts, teams: header.teams,
      start: header.start, scenario: header.scenario, title: header.title, seed: header.seed,
    });
    this.professions = header.professions;
    this.postTeam = header.post_team;
    this.postLocality = header.post_locality ?? header.post_team.map((team) => Math.max(0, team));
    this.teamOfPerson = new Uint8Array(this.people);
    this.teams.forEach((team, number) => {
      this.teamOfPerson.fill(number, team.first_person, team.first_person + team.n_people);
    });
    this.happenings = new Map();
  }

  /** One value. @param {string} layer @param {number} row @param {number} week */
  at(layer, row, week) {
    return this.layers[layer][row * this.weeks + week];
  }

  /** A row's values, one a week; not a copy. @returns {Uint8Array|Uint16Array} */
  row(layer, row) {
    return this.layers[layer].subarray(row * this.weeks, (row + 1) * this.weeks);
  }

  /**
   * What happened in a week: "hand_offs", "told", "alarms" or "offers", as `persim.film` lists them.
   * @returns {Array[]}
   */
  during(name, week) {
    let byWeek = this.happenings.get(name);
    if (!byWeek) {
      byWeek = new Map();
      for (const one of this.header[name] ?? []) {
        if (!byWeek.has(one[0])) byWeek.set(one[0], []);
        byWeek.get(one[0]).push(one);
      }
      this.happenings.set(name, byWeek);
    }
    return byWeek.get(week) ?? [];
  }

  /** Is another person in the place than in the run's first week? */
  isAnother(person, week) {
    return this.at("generation", person, week) !== this.at("generation", person, 0);
  }
}

/**
 * Read one film. @param {ArrayBuffer} buffer @param {number} [byteOffset] where it begins @returns {Film}
 */
export function readFilm(buffer, byteOffset = 0) {
  const length = new DataView(buffer).getUint32(byteOffset, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, byteOffset + 4, length)));
  const begin = byteOffset + Math.ceil((4 + length) / ALIGNED_TO) * ALIGNED_TO;
  const layers = {};
  for (const layer of header.layers) {
    const n = layer.rows * header.weeks;
    const from = begin + layer.offset;
    if (layer.type === "u1") layers[layer.name] = new Uint8Array(buffer, from, n);
    else if (from % 2 === 0) layers[layer.name] = new Uint16Array(buffer, from, n);
    else layers[layer.name] = new Uint16Array(buffer.slice(from, from + 2 * n));
  }
  return new Film(header, layers);
}

/** Read films that follow each other, each after its length. @param {ArrayBuffer} buffer @returns {Film[]} */
export function readFilms(buffer) {
  const films = [];
  const view = new DataView(buffer);
  for (let at = 0; at < buffer.byteLength; at += 4 + view.getUint32(at, true)) films.push(readFilm(buffer, at + 4));
  return films;
}
