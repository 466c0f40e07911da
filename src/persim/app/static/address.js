// The address holds the settings: who opens it again sees the same run. A scenario that a visitor brought is in it too.

const MOST_ADDRESS = 6000;
const PAGE_KEYS = ["week", "colour", "person"];

/**
 * Settings as an address's query. @param {Object} settings @param {Object} page week, colour and what else the page shows
 * @param {string[]} dialNames
 * @returns {string} such as "scenario=baseline&risk_aversion=0.3&right.scenario=gold_standard&week=104"
 */
export function queryOf(settings, page, dialNames) {
  const query = new URLSearchParams();
  if (settings.people !== 400) query.set("people", settings.people);
  if (settings.seed !== 1) query.set("seed", settings.seed);
  if (settings.luck !== null && settings.luck !== undefined) query.set("luck", settings.luck);
  settings.worlds.forEach((world, number) => {
    const side = number ? "right." : "";
    if (world.scenario && (number || world.scenario !== "baseline")) query.set(`${side}scenario`, world.scenario);
    for (const name of dialNames) if (name in world.dials) query.set(side + name, rounded(world.dials[name]));
    for (const step of world.steps) {
      for (const [name, value] of Object.entries(step.dials)) query.append(`${side}from`, `${step.week}.${name}.${rounded(value)}`);
    }
    if (world.off.length) query.set(`${side}off`, world.off.join("."));
    if (number && ![...query.keys()].some((key) => key.startsWith("right."))) query.set("right.scenario", "baseline");
  });
  for (const key of PAGE_KEYS) if (page[key] !== null && page[key] !== undefined) query.set(key, page[key]);
  return query.toString();
}

function rounded(value) {
  return String(Number(Number(value).toFixed(4)));
}

/** A world that nothing was changed in. @param {string} scenario */
export function plainWorld(scenario = "baseline") {
  return { scenario, text: null, dials: {}, steps: [], off: [] };
}

/**
 * The settings of an address; what it says wrongly is left for the server to refuse.
 * @param {string} search the query @param {string[]} dialNames
 * @returns {{settings: Object, page: Object}}
 */
export function settingsOf(search, dialNames) {
  const query = new URLSearchParams(search);
  const number = (key, usual) => (query.has(key) && query.get(key) !== "" ? Number(query.get(key)) : usual);
  const worlds = [worldOf(query, "", dialNames)];
  if ([...query.keys()].some((key) => key.startsWith("right."))) worlds.push(worldOf(query, "right.", dialNames));
  const settings = { people: number("people", 400), seed: number("seed", 1), luck: number("luck", null), worlds };
  const page = { week: number("week", null), colour: query.get("colour"), person: number("person", null) };
  return { settings, page };
}

function worldOf(query, side, dialNames) {
  const world = plainWorld(query.get(`${side}scenario`) ?? "baseline");
  for (const name of dialNames) if (query.has(side + name)) world.dials[name] = Number(query.get(side + name));
  for (const text of query.getAll(`${side}from`)) {
    const [week, name, ...value] = text.split(".");
    turnFrom(world, Number(week), name, Number(value.join(".")));
  }
  const off = query.get(`${side}off`);
  if (off) world.off = off.split(".");
  return world;
}

/** Turn a dial from a week on; one step a week holds all dials turned in it. */
export function turnFrom(world, week, name, value) {
  let step = world.steps.find((one) => one.week === week);
  if (!step) {
    step = { week, dials: {} };
    world.steps.push(step);
    world.steps.sort((a, b) => a.week - b.week);
  }
  step.dials[name] = value;
}

/**
 * The scenarios that visitors brought, as an address's fragment; "" if there are none, null if they are too long for one.
 * @param {Object} settings @returns {Promise<?string>}
 */
export async function fragmentOf(settings) {
  const texts = settings.worlds.map((world) => world.text ?? "");
  if (!texts.some(Boolean)) return "";
  const packed = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify(texts)));
  const letters = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const fragment = `files=${letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  return fragment.length > MOST_ADDRESS ? null : fragment;
}

/** Put the scenarios of a fragment into settings. @param {string} fragment with or without # @param {Object} settings */
export async function bringTexts(fragment, settings) {
  const packed = /^#?files=([A-Za-z0-9_-]{1,20000})$/.exec(fragment)?.[1];
  if (!packed) return;
  const bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const texts = JSON.parse(new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes)));
  settings.worlds.forEach((world, number) => {
    if (typeof texts[number] === "string" && texts[number]) {
      world.text = texts[number];
      world.scenario = null;
    }
  });
}

async function through(stream, bytes) {
  const found = await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer();
  return new Uint8Array(found);
}
