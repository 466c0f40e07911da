// What both worlds of the explore page share: how many people, which place, which luck; and what colours mean.

import { announce, element } from "./dom.js";

const COLOURS_OF = [["stage", "how far on the way"], ["barrier", "what stands in the way"], ["legal", "legal status"]];

/**
 * People, seed and luck, folded away below the dials.
 * @param {HTMLElement} host @param {Object} state the page's `ExploreState` @param {function(): void} changed
 * @param {HTMLElement} above what stands above it in the host
 * @returns {{show: function(): void}}
 */
export function sharedPanel(host, state, changed, above) {
  const { limits } = state.known;
  const people = wholeField(state, "people", "People under the Trust", limits.people, "More people: less chance, a fuller picture", changed);
  const seed = wholeField(state, "seed", "Another place: seed", limits.seed, "Each seed is another place, with other people and luck", changed);
  const luckWords = element("span", { class: "small soft" });
  const luck = slightButton("The same people, other luck", () => {
    state.settings.luck = ((state.settings.luck ?? state.settings.seed) + 1) % (limits.seed[1] + 1);
    changed();
    announce(`The same people with luck number ${state.settings.luck}.`);
  });
  const back = slightButton("All dials back", () => {
    state.reset();
    changed();
  });
  const node = element("details", { class: "everybody" }, element("summary", { text: "People and luck" }), people, seed,
    element("div", { class: "lucks" }, luck, luckWords), back);
  host.append(above, node);
  return {
    show: () => {
      luckWords.textContent = state.settings.luck === null ? "" : `luck number ${state.settings.luck}`;
    },
  };
}

function slightButton(text, pressed) {
  return element("button", { class: "button slight", text, attributes: { type: "button" }, on: { click: pressed } });
}

function wholeField(state, name, label, [low, high], title, changed) {
  const input = element("input", {
    attributes: { type: "number", id: `all-${name}`, min: low, max: high, step: 1, inputmode: "numeric", title },
    on: {
      change: () => {
        const value = Math.round(Number(input.value));
        if (input.value === "" || !Number.isFinite(value) || value < low || value > high) {
          input.value = state.settings[name];
          announce(`${label}: a whole number from ${low} to ${high}.`);
        } else {
          state.settings[name] = value;
          changed();
        }
      },
    },
  });
  input.value = String(state.settings[name]);
  return element("div", { class: "field" }, element("label", { attributes: { for: `all-${name}` }, text: label }), input);
}

/** What colours and shapes mean. @param {HTMLElement} host @param {Object} state @param {function(): void} changed */
export function colourChoice(host, state, changed) {
  const labels = COLOURS_OF.map(([value, words]) => {
    const input = element("input", {
      attributes: { type: "radio", name: "colour", value },
      on: {
        change: () => {
          state.colour = value;
          changed();
        },
      },
    });
    input.checked = value === state.colour;
    return element("label", {}, input, element("span", { text: words }));
  });
  host.append(element("fieldset", { class: "choices" }, element("legend", { text: "Show" }), ...labels));
}
