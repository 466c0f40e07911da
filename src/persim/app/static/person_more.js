// What else can be asked of a person or a practitioner whose story is open: meetings in three views, other luck, one week.

import { ask } from "./api.js";
import { element } from "./dom.js";
import { lucksTold, threeViews, weekTold } from "./lesson_stories.js";

const LUCKS = 4; // that a life is told under, besides its own
const SEEDS = 1000000; // as many as the server takes, from 0

/**
 * Buttons that tell more, and a place below them where it is told.
 * @param {{kind: string, id: number}} picked a person or a post
 * @param {{settings: Object, world: number, week: number, post: ?number, legal: boolean}} run what the page shows
 * @param {?function({kind: string, id: number}, boolean): void} [onPick] opens another story, with legal status or without
 * @returns {HTMLElement}
 */
export function moreOf(picked, run, onPick = null) {
  const place = element("div", { class: "more-told", attributes: { "aria-live": "polite" } });
  const buttons = element("div", { class: "more-buttons" });
  const add = (text, tell) => {
    const button = element("button", {
      class: "button", text, attributes: { type: "button", "aria-expanded": "false" },
      on: { click: () => toggle(button, buttons, place, tell) },
    });
    buttons.append(button);
  };
  const asked = (route, body) => ask(`/api/${route}`, { settings: run.settings, world: run.world, ...body }, { kind: "more" });
  if (picked.kind === "person") {
    add("One meeting, seen three ways", async () => wrapped(await asked("meetings", { person: picked.id, legal: run.legal }), threeViews));
    add("The same person, other luck", async () => wrapped(await asked("lucks", { person: picked.id, lucks: otherLucks(run.settings) }), lucksTold));
    if (run.post !== null && run.post !== undefined && onPick) {
      buttons.append(element("button", {
        class: "button", text: "The care coordinator", attributes: { type: "button" },
        on: { click: () => onPick({ kind: "post", id: run.post }, run.legal) },
      }));
      buttons.append(element("button", {
        class: "button", text: run.legal ? "Without legal status" : "With legal status", attributes: { type: "button" },
        on: { click: () => onPick(picked, !run.legal) },
      }));
    }
  } else {
    add("This very week", async () => wrapped(await asked("week", { post: picked.id, week: run.week }), weekTold));
  }
  return element("div", { class: "more-of" }, buttons, place);
}

function wrapped(told, tell) {
  return told ? [tell(told)].flat() : [];
}

function otherLucks(settings) {
  const own = settings.luck ?? settings.seed;
  return Array.from({ length: LUCKS }, (_, number) => (own + 101 + number) % SEEDS);
}

async function toggle(button, buttons, place, tell) {
  const open = button.getAttribute("aria-expanded") !== "true";
  for (const one of buttons.querySelectorAll("[aria-expanded]")) one.setAttribute("aria-expanded", "false");
  place.replaceChildren();
  if (!open) return;
  button.setAttribute("aria-expanded", "true");
  try {
    place.replaceChildren(...(await tell()));
  } catch (error) {
    place.replaceChildren(element("p", { class: "wrong", text: error.message }));
  }
}
