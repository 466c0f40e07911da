// Small tools for pages: elements without innerHTML, words for numbers and dates, a polite live region.

const SVG_SPACE = "http://www.w3.org/2000/svg";
const MONTHS = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
  "December",
];
const WEEK_MS = 7 * 24 * 3600 * 1000;

function filled(node, options, children) {
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  if (options.class) node.setAttribute("class", options.class);
  if (options.text !== undefined) node.textContent = String(options.text);
  for (const [name, heard] of Object.entries(options.on ?? {})) node.addEventListener(name, heard);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * An HTML element.
 * @param {string} tag
 * @param {{attributes?: Object, class?: string, text?: string|number, on?: Object}} [options] an attribute that is
 *   null or false is left out, one that is true is set empty; `on` holds listeners by event
 * @param {...(Node|string|null|Array)} children
 * @returns {HTMLElement}
 */
export function element(tag, options = {}, ...children) {
  return filled(document.createElement(tag), options, children);
}

/**
 * An SVG element; as `element`.
 * @returns {SVGElement}
 */
export function svg(tag, options = {}, ...children) {
  return filled(document.createElementNS(SVG_SPACE, tag), options, children);
}

/**
 * Say a text to those who listen to the page, without moving the focus.
 * @param {string} text
 */
export function announce(text) {
  let region = document.getElementById("announced");
  if (!region) {
    region = element("div", { attributes: { id: "announced", role: "status", "aria-live": "polite" }, class: "unseen" });
    document.body.append(region);
  }
  region.textContent = "";
  window.setTimeout(() => {
    region.textContent = text;
  }, 60);
}

/** Does the visitor ask for less motion? @returns {boolean} */
export function reducedMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A share in per cent: 0.184 is "18 %". @param {?number} x @param {number} [digits] @returns {string} */
export function percent(x, digits = 0) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  return `${wholeOrParts(100 * x, digits)}\u00a0%`;
}

/** A number with thin spaces between thousands and a true minus. @param {?number} x @param {number} [digits] */
export function wholeOrParts(x, digits = 0) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  const [whole, parts] = Math.abs(x).toFixed(digits).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  const sign = x < 0 && Number(Math.abs(x).toFixed(digits)) !== 0 ? "−" : "";
  return sign + grouped + (parts ? `.${parts}` : "");
}

/**
 * A value in its unit: "percent" (a share), "points" (a difference of shares), "number", "index", "hours", or any words.
 * @param {?number} x @param {string} unit @returns {string}
 */
export function inUnit(x, unit) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  const small = Math.abs(x) < 0.0995 && x !== 0;
  if (unit === "percent") return percent(x, small ? 1 : 0);
  if (unit === "points") return `${x > 0 ? "+" : ""}${wholeOrParts(100 * x, 1)}\u00a0points`;
  if (unit === "index") return wholeOrParts(x, Math.abs(x) < 0.0095 && x !== 0 ? 3 : 2);
  if (unit === "per person-year") return `${wholeOrParts(100 * x, 1)} per 100 people a year`;
  if (unit === "number") return wholeOrParts(x, Number.isInteger(x) || Math.abs(x) >= 100 ? 0 : 1);
  return `${wholeOrParts(x, Math.abs(x) >= 100 ? 0 : 1)} ${unit}`;
}

/** The Monday of a week. @param {string} start first Monday, as 2008-04-07 @param {number} week counted from 0 */
export function mondayOf(start, week) {
  const [year, month, day] = start.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day) + week * WEEK_MS);
}

/** The month of a week: "March 2011". @param {string} start @param {number} week @returns {string} */
export function dateOf(start, week) {
  const monday = mondayOf(start, week);
  return `${MONTHS[monday.getUTCMonth()]} ${monday.getUTCFullYear()}`;
}

/** The day on which a week begins: "7 March 2011". @param {string} start @param {number} week @returns {string} */
export function dayOf(start, week) {
  return `${mondayOf(start, week).getUTCDate()} ${dateOf(start, week)}`;
}

/** "1 hand-off", "3 hand-offs". @param {number} n @param {string} one @param {string} [many] @returns {string} */
export function counted(n, one, many = `${one}s`) {
  return `${wholeOrParts(n)} ${n === 1 ? one : many}`;
}
