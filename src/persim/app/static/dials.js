// The dials: what each is called, where it stands, what its ends mean, and on hover or press what it does and its source.

import { element } from "./dom.js";

/** A dial's value in words. @param {Object} dial @param {number} value @returns {string} */
export function dialWords(dial, value) {
  return dial.unit === "ratio" ? `× ${value.toFixed(2)}` : value.toFixed(2);
}

/**
 * Dials to turn.
 * @param {HTMLElement} host
 * @param {Object[]} dials as the catalogue tells them
 * @param {{onTurn: function(string, number, boolean), onBack: function(string)}} heard onTurn: name, value, and whether
 *   the hand has left the dial; onBack: back to the scenario's own
 * @returns {{show: function(Object)}} show({values, own, turned, moved}): by name where each dial stands, where the
 *   scenario has it, which were turned, and which the scenario moves by itself
 */
export function dialsPanel(host, dials, { onTurn, onBack }) {
  const parts = new Map(dials.map((dial) => [dial.name, oneDial(dial, onTurn, onBack)]));
  const first = dials.filter((dial) => dial.first).map((dial) => parts.get(dial.name).node);
  const more = dials.filter((dial) => !dial.first).map((dial) => parts.get(dial.name).node);
  host.replaceChildren(
    element("div", { class: "dials" }, ...first),
    element("details", { class: "more-dials", attributes: { open: window.innerWidth >= 1200 } },
      element("summary", { text: "More dials" }), element("div", { class: "dials" }, ...more)),
  );
  return {
    show: (state) => {
      for (const dial of dials) parts.get(dial.name).show(state);
    },
  };
}

function oneDial(dial, onTurn, onBack) {
  const id = `dial-${dial.name}`;
  const output = element("output", { attributes: { for: id } });
  const input = element("input", {
    attributes: {
      id, type: "range", min: dial.low, max: dial.high, step: dial.step, "aria-describedby": `${id}-ends`,
    },
    on: {
      input: () => {
        output.textContent = dialWords(dial, Number(input.value));
        onTurn(dial.name, Number(input.value), false);
      },
      change: () => onTurn(dial.name, Number(input.value), true),
    },
  });
  const back = element("button", {
    class: "button slight back", attributes: { type: "button", hidden: true }, on: { click: () => onBack(dial.name) },
  });
  const moved = element("span", { class: "moved", attributes: { hidden: true }, text: "this scenario moves it in time" });
  const { button, tip } = aboutDial(dial, id);
  const node = element("div", { class: "dial" },
    element("div", { class: "dial-name" }, element("label", { attributes: { for: id }, text: dial.title }), button, output),
    input,
    element("div", { class: "ends", attributes: { id: `${id}-ends` } },
      element("span", { text: dial.low_end }), element("span", { text: dial.high_end })),
    element("div", { class: "dial-state" }, back, moved),
    tip,
  );
  const show = ({ values, own, turned, moved: moves }) => {
    const value = values[dial.name];
    if (document.activeElement !== input || Number(input.value) !== value) input.value = String(value);
    const words = dialWords(dial, value);
    output.textContent = words;
    input.setAttribute("aria-valuetext", words);
    node.classList.toggle("turned", turned.has(dial.name));
    back.hidden = !turned.has(dial.name);
    back.textContent = `back to ${dialWords(dial, own[dial.name])}`;
    back.setAttribute("aria-label", `${dial.title}: back to the scenario's own, ${dialWords(dial, own[dial.name])}`);
    moved.hidden = !moves.has(dial.name) || turned.has(dial.name);
  };
  return { node, show };
}

/** The question mark beside a dial and what it opens: on hover, on focus, on press; Escape closes it. */
function aboutDial(dial, id) {
  const tip = element("div", { class: "tip", attributes: { id: `${id}-about`, role: "tooltip", hidden: true } },
    element("p", { text: dial.means }),
    element("p", { class: "soft", text: `Unit: ${dial.unit === "ratio" ? "ratio, 1 as published" : `from 0 to 1`}. ` +
      `Evidence: ${dial.grade}. Source: ${dial.source}.` }),
  );
  let pinned = false;
  const open = (is) => {
    tip.hidden = !is;
    button.setAttribute("aria-expanded", String(is));
  };
  const button = element("button", {
    class: "about", text: "?",
    attributes: { type: "button", "aria-expanded": "false", "aria-describedby": `${id}-about`, "aria-label": `What ${dial.title.toLowerCase()} means` },
    on: {
      click: () => {
        pinned = !pinned;
        open(pinned);
      },
      mouseenter: () => open(true),
      mouseleave: () => open(pinned),
      focus: () => open(true),
      blur: () => {
        pinned = false;
        open(false);
      },
      keydown: (event) => {
        if (event.key !== "Escape") return;
        pinned = false;
        open(false);
      },
    },
  });
  tip.addEventListener("mouseenter", () => open(true));
  tip.addEventListener("mouseleave", () => open(pinned));
  return { button, tip };
}
