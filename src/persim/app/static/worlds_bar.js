// Above the dials: which scenario, one's own file, one world or two, people and seed, what was turned and when.

import { dateOf, element } from "./dom.js";

/**
 * The scenario of the active world, and what the whole page shares.
 * @param {HTMLElement} host @param {Object} state the page's `ExploreState`
 * @param {Object} heard onChange() after any change of settings, onActive() when the dials are for the other world,
 *   onFile(file) for a scenario file, onAll({people, seed, luck})
 * @returns {{show: function()}}
 */
export function worldsBar(host, state, heard) {
  const parts = { sides: sidesOf(state, heard), scenario: scenarioOf(state, heard), from: fromOf(state, heard) };
  const turned = element("ul", { class: "turned-list", attributes: { "aria-label": "Turned later on" } });
  const two = element("button", {
    class: "button two", attributes: { type: "button" },
    on: {
      click: () => {
        state.setTwo(!state.two);
        heard.onActive();
        heard.onChange();
      },
    },
  });
  host.append(parts.scenario.node, two, parts.sides.node, parts.from.node, turned);
  const show = () => {
    two.textContent = state.two ? "Back to one world" : "Compare two worlds";
    for (const part of Object.values(parts)) part.show();
    turned.replaceChildren(...state.world.steps.map((step) => stepEntry(state, step, heard)));
    turned.hidden = !state.world.steps.length;
  };
  show();
  return { show };
}

function stepEntry(state, step, heard) {
  const start = state.about(state.world).start;
  const words = Object.entries(step.dials).map(([name, value]) => {
    const title = state.known.dials.find((dial) => dial.name === name)?.title ?? name;
    return `${title.toLowerCase()} ${value.toFixed(2)}`;
  });
  const text = `from ${dateOf(start, step.week)}: ${words.join(", ")}`;
  const undo = element("button", {
    class: "button slight", text: "undo", attributes: { type: "button", "aria-label": `Undo ${text}` },
    on: {
      click: () => {
        state.dropStep(step.week);
        heard.onChange();
      },
    },
  });
  return element("li", {}, element("span", { text }), undo);
}

function choiceOf(name, legend, choices, pressed) {
  const inputs = choices.map(([value, words]) => ({
    value,
    input: element("input", { attributes: { type: "radio", name, value }, on: { change: () => pressed(value) } }),
    words,
  }));
  const node = element("fieldset", { class: "choices" }, element("legend", { text: legend }),
    ...inputs.map(({ input, words }) => element("label", {}, input, element("span", { text: words }))));
  const check = (value) => {
    for (const one of inputs) one.input.checked = one.value === value;
  };
  return { node, check };
}

function sidesOf(state, heard) {
  const { node, check } = choiceOf("side", "Dials of", [["0", "left"], ["1", "right"]], (value) => {
    state.active = Number(value);
    heard.onActive();
  });
  return {
    node,
    show: () => {
      node.hidden = !state.two;
      check(String(state.active));
    },
  };
}

function fromOf(state, heard) {
  const { node, check } = choiceOf("from", "Turn the dials", [["start", "from the start"], ["now", "from this week on"]], (value) => {
    state.fromNow = value === "now";
    heard.onActive();
  });
  return { node, show: () => check(state.fromNow ? "now" : "start") };
}

function scenarioOf(state, heard) {
  const select = element("select", {
    attributes: { id: "scenario", "aria-describedby": "scenario-question" },
    on: {
      change: () => {
        if (select.value === "own file") return;
        state.choose(select.value);
        heard.onActive();
        heard.onChange();
      },
    },
  });
  for (const scenario of state.known.scenarios) {
    if (!scenario.arms.length) select.append(element("option", { text: scenario.title, attributes: { value: scenario.name } }));
    else {
      const arms = [scenario, ...scenario.arms].map((one) =>
        element("option", { text: one === scenario ? `${one.title} (as it is)` : one.title, attributes: { value: one.name } }));
      select.append(element("optgroup", { attributes: { label: scenario.title } }, ...arms));
    }
  }
  const own = element("option", { text: "your own file", attributes: { value: "own file", hidden: true } });
  select.append(own);
  const file = element("input", {
    class: "unseen", attributes: { type: "file", id: "own-file", accept: ".yaml,.yml", tabindex: "-1", "aria-hidden": "true" },
    on: {
      change: () => {
        if (file.files[0]) heard.onFile(file.files[0]);
        file.value = "";
      },
    },
  });
  const open = element("button", {
    class: "button slight", text: "Open a scenario file", attributes: { type: "button" }, on: { click: () => file.click() },
  });
  const question = element("p", { class: "small soft question", attributes: { id: "scenario-question" } });
  const node = element("div", { class: "scenario-choice" },
    element("label", { attributes: { for: "scenario" }, text: "Scenario" }), select, question, open, file);
  return {
    node,
    show: () => {
      own.hidden = !state.world.text;
      select.value = state.world.text ? "own file" : state.world.scenario;
      const about = state.about(state.world);
      if (state.world.text) own.textContent = `your file: ${about.title}`;
      question.textContent = about.question;
    },
  };
}
