// What the explore page lets a visitor take along: address, scenario file, table, picture.

import { fragmentOf } from "./address.js";
import { ask } from "./api.js";
import { dateOf } from "./dom.js";
import { chartedOutcomes } from "./explore_charts.js";
import { pictureOf, save, takeAlongBar } from "./take_along.js";

/** Runs behind a band when no dial is being turned. */
export const FULL_RUNS = 20;

/** The bar below the charts. @param {HTMLElement} host @param {Object} page the explore page */
export function exploreAlong(host, page) {
  const world = () => (page.state.two ? page.state.active : 0);
  takeAlongBar(host, {
    address: async () => {
      const fragment = await fragmentOf(page.state.settings);
      if (fragment === null) throw new Error("Your scenario file is too long for an address: pass the file on with it.");
      page.keepAddress();
      return window.location.href;
    },
    scenario: async () => {
      const found = await ask("/api/scenario", { settings: page.state.settings, world: world() }, { kind: "scenario" });
      save("from_the_page.yaml", new Blob([found.text], { type: "application/yaml" }));
      const replay = `persim replay from_the_page.yaml --seed ${page.state.settings.seed} -o seminar.html`;
      return `Saved. The same run on the command line: ${found.command} – and as one file that plays by itself: ${replay}`;
    },
    table: async () => {
      const body = { settings: page.state.settings, replicates: FULL_RUNS, outcomes: chartedOutcomes(true) };
      const text = await ask("/api/table", body, { kind: "table", as: "text" });
      save("persim_seminar.csv", new Blob([text], { type: "text/csv" }));
      return "Saved: one row a week, world and outcome.";
    },
    picture: async () => {
      const canvases = page.views.map((view) => ({ canvas: view.place.querySelector("canvas"), title: page.labelOf(view.number) }));
      const key = [...page.views[0].place.querySelectorAll(".stage-key:not(.marks) li")].map((entry) => ({
        drawing: entry.querySelector("svg"), title: page.state.two ? withoutCount(entry) : entry.textContent.trim().replace(/\s+/g, " "),
      }));
      const drawings = [...document.querySelectorAll("#charts .chart svg")]
        .filter((drawing) => drawing.getBoundingClientRect().width > 60 && drawing.closest(".chart-plot"))
        .map((drawing) => ({ drawing, title: drawing.closest(".chart").querySelector("strong").textContent }));
      const names = page.state.worlds.map((one, number) => page.state.nameOf(number)).join(" beside ");
      const blob = await pictureOf(canvases, key, drawings, {
        title: names,
        lines: [
          `${dateOf(page.films[0].start, page.clock.week)}; ${page.state.settings.people} synthetic people, seed ${page.state.settings.seed}; ` +
            `persim ${page.known.version}; ${window.location.search || "all dials as the scenario has them"}`,
          page.known.purpose,
        ],
      });
      save("persim_seminar.png", blob);
      return "Saved.";
    },
  });
}

/** What a mark means, without how many there are: in two worlds they differ. */
function withoutCount(entry) {
  return [...entry.querySelectorAll("span")].at(-1)?.textContent.trim() ?? entry.textContent.trim();
}
