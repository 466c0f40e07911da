// Numbers of one week, counted from a film: the way to a budget, and what stands in it.

/** Codes of the film: stages of the pathway, budgets, and the barrier of somebody with whom nothing was spoken of yet. */
const NOBODYS_CASELOAD = 255;
const IN_USE_STAGE = 10;
const NO_OPPORTUNITY_YET = 19;
const REAL_BUDGETS = new Set([2, 3]);

/**
 * The way to a budget in one week: how many people came how far. Each step holds those of the next.
 * @param {Object} film @param {number} week
 * @returns {{name: string, value: number}[]}
 */
export function wayCounts(film, week) {
  let eligible = 0;
  let spoken = 0;
  let going = 0;
  let real = 0;
  for (let person = 0; person < film.people; person += 1) {
    const stage = film.at("stage", person, week);
    if (stage === NOBODYS_CASELOAD || !film.at("eligible", person, week)) continue;
    eligible += 1;
    const onTheWay = stage > 0;
    if (onTheWay || film.at("barrier", person, week) !== NO_OPPORTUNITY_YET) spoken += 1;
    if (onTheWay) going += 1;
    if (REAL_BUDGETS.has(film.at("budget", person, week))) real += 1;
  }
  return [
    { name: "Eligible for social care", value: eligible },
    { name: "Budgets were once spoken of", value: spoken },
    { name: "On the way, or in use", value: going },
    { name: "Real budget in use", value: real },
  ];
}

/**
 * Eligible people without a budget in one week, by what stands in the way.
 * @param {Object} film @param {number} week @returns {number[]} one count for each barrier's code
 */
export function barrierCounts(film, week) {
  const found = new Array(20).fill(0);
  for (let person = 0; person < film.people; person += 1) {
    const stage = film.at("stage", person, week);
    if (stage === NOBODYS_CASELOAD || stage === IN_USE_STAGE || !film.at("eligible", person, week)) continue;
    found[film.at("barrier", person, week)] += 1;
  }
  return found;
}

/**
 * From which week on each person's life differs between two films.
 * @param {Object} left @param {Object} right @returns {Uint16Array} the weeks of the shorter film if never
 */
export function partingWeeks(left, right) {
  const weeks = Math.min(left.weeks, right.weeks);
  const people = Math.min(left.people, right.people);
  const found = new Uint16Array(people).fill(weeks);
  for (const layer of ["stage", "barrier", "legal", "budget"]) {
    for (let person = 0; person < people; person += 1) {
      const [one, other] = [left.row(layer, person), right.row(layer, person)];
      const end = found[person];
      for (let week = 0; week < end; week += 1) {
        if (one[week] !== other[week]) {
          found[person] = week;
          break;
        }
      }
    }
  }
  return found;
}
