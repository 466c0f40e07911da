// Where everybody stands in the picture: a place beside the coordinator for each person, kept while the coordinator stays;
// teams as fields beside each other. Nothing here touches a page.

const NOBODYS = 255; // the stage of somebody on no caseload
const TURN = 2.399963; // the angle of a sunflower's seeds
const HEART = 6.5; // seeds left out in the middle, where the coordinator stands
const FIELD = { pad: 8, head: 27, gap: 12, awayRow: 8.5, awayStep: 8 };
const OUTSIDE = { wide: 78, high: 68 };
const CLEAR = 5.5; // a spacing below which a higher picture is better
const SPACINGS = { least: 3.4, step: 0.2 };

/**
 * A place number for each person in each week: the lowest that is free beside the coordinator, kept while both stay; of
 * those on no caseload, at the edge of the team.
 * @param {Film} film
 * @returns {{slots: Uint16Array, most: Uint16Array}} places by person and week; places needed by post, then by team
 */
export function placesOf(film) {
  const { people, weeks, posts } = film;
  const slots = new Uint16Array(people * weeks);
  const holders = posts + film.teams.length;
  const most = new Uint16Array(holders);
  const taken = Array.from({ length: holders }, () => []);
  const held = new Int32Array(people).fill(-1);
  const holderOf = (person, week) =>
    film.at("stage", person, week) === NOBODYS ? posts + film.teamOfPerson[person] : film.at("post", person, week);
  for (let week = 0; week < weeks; week += 1) {
    const newcomers = [];
    for (let person = 0; person < people; person += 1) {
      const holder = holderOf(person, week);
      const at = person * weeks + week;
      if (holder === held[person]) slots[at] = slots[at - 1];
      else {
        if (held[person] >= 0) taken[held[person]][slots[at - 1]] = false;
        held[person] = holder;
        newcomers.push(person);
      }
    }
    for (const person of newcomers) {
      const places = taken[held[person]];
      let slot = 0;
      while (places[slot]) slot += 1;
      places[slot] = true;
      slots[person * weeks + week] = slot;
      if (slot >= most[held[person]]) most[held[person]] = slot + 1;
    }
  }
  return { slots, most };
}

/** The teams that a post outside them works for, in words: "team 1", "teams 1, 4"; empty where there is one locality. */
export function worksFor(film, post) {
  const teams = film.teams.map((team, number) => (team.locality === film.postLocality[post] ? number : -1)).filter((team) => team >= 0);
  if (teams.length === film.teams.length) return "";
  return `${teams.length > 1 ? "teams" : "team"} ${teams.join(", ")}`;
}

/** The posts outside the teams that can lead on somebody's budget: those of localities that have a team. */
export function outsidePosts(film) {
  const localities = new Set(film.teams.map((team) => team.locality));
  const found = [];
  for (let post = 0; post < film.posts; post += 1) {
    if (film.postTeam[post] < 0 && localities.has(film.postLocality[post])) found.push(post);
  }
  return found;
}

function fieldsFor(film, most, spacing, columns, width) {
  const fields = film.teams.map((team, number) => {
    const places = most.subarray(team.first_post, team.first_post + team.n_posts);
    const cell = 2 * (spacing * Math.sqrt(Math.max(...places, 1) + HEART) + 5);
    const rows = Math.ceil(team.n_posts / Math.min(team.n_posts, columns));
    const across = Math.ceil(team.n_posts / rows);
    const wide = across * cell + 2 * FIELD.pad;
    const away = most[film.posts + number];
    const inRow = Math.max(1, Math.floor((wide - 2 * FIELD.pad - 84) / FIELD.awayStep));
    const awayRows = Math.ceil(away / inRow);
    const high = FIELD.head + rows * cell + (awayRows ? awayRows * FIELD.awayRow + 12 : 4);
    return { team: number, cell, rows, across, wide, high, awayRows };
  });
  const outside = outsidePosts(film);
  if (outside.length) {
    const shelf = lastShelf(fields, width);
    const left = width - shelf.wide - FIELD.gap;
    const alone = Math.min(outside.length, Math.floor((width - 2 * FIELD.pad) / OUTSIDE.wide));
    const beside = 2 * Math.floor((left - 2 * FIELD.pad) / OUTSIDE.wide / 2);
    const rowsBeside = Math.max(1, Math.floor((shelf.high - FIELD.head) / OUTSIDE.high));
    const across = beside * rowsBeside >= outside.length ? inPairs(outside.length / rowsBeside) : inPairs(alone - 1);
    const rows = Math.ceil(outside.length / across);
    fields.push({
      team: -1, cell: OUTSIDE.wide, rows, across, wide: across * OUTSIDE.wide + 2 * FIELD.pad,
      high: FIELD.head + rows * OUTSIDE.high + 2, awayRows: 0, posts: outside,
    });
  }
  return fields;
}

function inPairs(across) {
  return Math.max(2, 2 * Math.ceil(across / 2)); // brokers beside their council team
}

function lastShelf(fields, width) {
  const shelves = onShelves(fields, width);
  return shelves[shelves.length - 1];
}

function onShelves(fields, width) {
  const shelves = [];
  for (const field of fields) {
    const shelf = shelves[shelves.length - 1];
    if (shelf && shelf.wide + FIELD.gap + field.wide <= width + 0.5) {
      shelf.fields.push(field);
      shelf.wide += FIELD.gap + field.wide;
      shelf.high = Math.max(shelf.high, field.high);
    } else shelves.push({ fields: [field], wide: field.wide, high: field.high });
  }
  return shelves;
}

function heightOfShelves(shelves) {
  return shelves.reduce((sum, shelf) => sum + shelf.high, 0) + FIELD.gap * (shelves.length - 1);
}

function bestShelves(film, most, width, height) {
  let found = null;
  for (let spacing = Math.min(15, Math.max(8.2, width / 70)); spacing >= SPACINGS.least; spacing -= SPACINGS.step) {
    for (let columns = 1; columns <= 10; columns += 1) {
      const fields = fieldsFor(film, most, spacing, columns, width);
      if (fields.some((field) => field.wide > width + 0.5)) continue;
      const shelves = onShelves(fields, width);
      const high = heightOfShelves(shelves);
      if (!found || (found.spacing === spacing && high < found.high)) found = { spacing, shelves, high };
    }
    if (found && found.high <= height) return found;
    if (spacing - SPACINGS.step >= SPACINGS.least) found = null;
  }
  return found;
}

/**
 * Fields of the teams and places of posts for a picture of some width.
 * @param {Film} film @param {{most: Uint16Array}} places @param {number} width @param {number} height at most, if it can be
 * @returns {{width: number, height: number, spacing: number, dot: number, fields: Object[], postX: Float32Array,
 *   postY: Float32Array, outside: number[]}}
 */
export function layoutOf(film, places, width, height) {
  let best = bestShelves(film, places.most, width, height);
  if (!best || best.spacing < CLEAR) best = bestShelves(film, places.most, width, 1.5 * height) ?? best;
  const layout = {
    width, height: Math.ceil(best?.high ?? height), spacing: best?.spacing ?? SPACINGS.least, fields: [],
    postX: new Float32Array(film.posts).fill(-100), postY: new Float32Array(film.posts).fill(-100), outside: outsidePosts(film),
  };
  layout.dot = Math.min(7, layout.spacing * 0.62);
  layout.mark = Math.min(16, Math.max(7.5, layout.spacing * 1.62));
  let top = 0;
  for (const shelf of best?.shelves ?? []) {
    const stretch = (width - shelf.wide) / shelf.fields.length;
    let left = 0;
    for (const field of shelf.fields) {
      const placed = { ...field, left, top, wide: field.wide + stretch, high: shelf.high };
      layout.fields.push(placed);
      left += placed.wide + FIELD.gap;
      placePosts(film, layout, placed);
    }
    top += shelf.high + FIELD.gap;
  }
  return layout;
}

function placePosts(film, layout, field) {
  const team = film.teams[field.team];
  const posts = field.posts ?? Array.from({ length: team.n_posts }, (_, number) => team.first_post + number);
  const across = (field.wide - 2 * FIELD.pad) / field.across;
  const room = field.high - FIELD.head - (field.awayRows ? field.awayRows * FIELD.awayRow + 12 : 4);
  const down = field.posts ? OUTSIDE.high : room / field.rows;
  posts.forEach((post, number) => {
    const row = Math.floor(number / field.across);
    const inRow = row === field.rows - 1 ? posts.length - row * field.across : field.across;
    const shift = field.posts ? 0 : ((field.across - inRow) * across) / 2;
    layout.postX[post] = field.left + FIELD.pad + shift + across * ((number % field.across) + 0.5);
    layout.postY[post] = field.top + FIELD.head + down * (row + (field.posts ? 0.3 : 0.5));
  });
}

/**
 * Where a person stands in a week.
 * @returns {[number, number, boolean]} x, y, on no caseload?
 */
export function placeAt(film, places, layout, person, week) {
  const slot = places.slots[person * film.weeks + week];
  if (film.at("stage", person, week) === NOBODYS) {
    const field = layout.fields.find((one) => one.team === film.teamOfPerson[person]);
    if (!field) return [-100, -100, true];
    const inRow = Math.max(1, Math.floor((field.wide - 2 * FIELD.pad - 84) / FIELD.awayStep));
    const x = field.left + field.wide - FIELD.pad - 6 - FIELD.awayStep * (slot % inRow);
    return [x, field.top + field.high - 10 - FIELD.awayRow * Math.floor(slot / inRow), true];
  }
  const post = film.at("post", person, week);
  const r = layout.spacing * Math.sqrt(slot + HEART);
  const angle = slot * TURN + post;
  return [layout.postX[post] + r * Math.cos(angle), layout.postY[post] + r * Math.sin(angle), false];
}

/** Which of some places lies nearest in a direction, dx and dy of -1, 0 or 1; -1 if there is none. */
export function nearestTowards(xs, ys, from, dx, dy) {
  let best = -1;
  let least = Infinity;
  for (let one = 0; one < xs.length; one += 1) {
    if (one === from || xs[one] < 0) continue;
    const along = (xs[one] - xs[from]) * dx + (ys[one] - ys[from]) * dy;
    const aside = Math.abs((xs[one] - xs[from]) * dy) + Math.abs((ys[one] - ys[from]) * dx);
    if (along < 1 || aside > 2.5 * along) continue;
    const far = along + 2.2 * aside;
    if (far < least) [best, least] = [one, far];
  }
  return best;
}
