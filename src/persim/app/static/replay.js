// The entry of the file that `persim replay` writes: everything it shows lies in the page itself, packed.

import { Clock, clockBar } from "./clock.js";
import { partingWeeks } from "./counts.js";
import { announce, element } from "./dom.js";
import { ExploreCharts } from "./explore_charts.js";
import { readFilms } from "./film.js";
import { storyPanel } from "./person.js";
import { Stage } from "./stage.js";

const COLOURINGS = [["stage", "how far on the way"], ["barrier", "what stands in the way"], ["legal", "legal status"]];
const YEAR_WEEKS = 52;

/** Bytes that a page carries, packed. @param {string} packed base64 of deflated bytes @returns {Promise<ArrayBuffer>} */
export async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed.trim()), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

async function carried(id) {
  return unpacked(document.getElementById(id).textContent);
}

async function carriedJson(id) {
  return JSON.parse(new TextDecoder().decode(await carried(id)));
}

/** Which of the years of a run a week lies in. @param {number} firstWeek calendar week of the run's first */
export function yearOfRun(firstWeek, week) {
  return Math.floor((firstWeek + week) / YEAR_WEEKS) - Math.floor(firstWeek / YEAR_WEEKS);
}

class ReplayPage {
  constructor(about, films) {
    this.about = about;
    this.films = films;
    this.colour = "stage";
    this.parted = films.length === 2 ? partingWeeks(films[0], films[1]) : null;
    this.panel = null;
    this.stories = null;
  }

  async build() {
    const { films, about } = this;
    this.clock = new Clock({ weeks: films[0].weeks, onWeek: (week) => this.show(week) });
    clockBar(document.getElementById("clock"), this.clock, { start: films[0].start });
    this.chooseColour(document.getElementById("colours"));
    const host = document.getElementById("stages");
    host.classList.toggle("two", films.length === 2);
    this.stages = films.map((film, world) => {
      const stage = new Stage(host, {
        label: films.length === 2 ? `${world ? "Right" : "Left"}: ${about.names[world]}` : about.names[0],
        onPick: (picked) => this.pick(picked, world), key: world === 0,
      });
      stage.setFilm(film);
      return stage;
    });
    this.charts = new ExploreCharts(document.getElementById("charts"), about, (world) => about.names[world]);
    this.charts.setFilms(films);
    this.show(this.clock.week);
    this.charts.setCurves(await carriedJson("curves"));
    this.show(this.clock.week);
  }

  chooseColour(host) {
    const choices = COLOURINGS.map(([value, words]) => {
      const input = element("input", {
        attributes: { type: "radio", name: "colour", value },
        on: {
          change: () => {
            this.colour = value;
            this.show(this.clock.week);
          },
        },
      });
      input.checked = value === this.colour;
      return element("label", {}, input, element("span", { text: words }));
    });
    host.append(
      element("fieldset", { class: "choices" }, element("legend", { text: "Show" }), choices),
      element("p", { class: "hint", text: "Click a person or a practitioner for the story." }),
    );
  }

  show(week) {
    const ringed = this.parted ? new Set([...this.parted.keys()].filter((person) => this.parted[person] <= week)) : null;
    for (const stage of this.stages) stage.show(week, { colour: this.colour, ringed });
    this.charts?.mark(week);
    this.panel?.mark(week);
  }

  async pick({ kind, id }, world) {
    this.clock.pause();
    this.stories ??= await carriedJson("stories");
    const { week } = this.clock;
    const story = kind === "person" ? this.ofPerson(id) : this.ofPost(id, world, week);
    if (!story) {
      announce("Posts outside the teams have no caseload of their own, so no story is told of them.");
      return;
    }
    for (const [number, stage] of this.stages.entries()) {
      stage.pick(kind === "person" || number === world ? kind : null, id);
    }
    this.panel = storyPanel(document.body, story, {
      films: kind === "person" ? this.films : [], week, onWeek: (to) => this.clock.to(to),
      onClose: () => {
        this.panel = null;
        for (const stage of this.stages) stage.pick(null);
      },
    });
    this.panel.mark(week);
  }

  ofPerson(person) {
    return (this.stories.twins.length ? this.stories.twins : this.stories.people)[person];
  }

  ofPost(post, world, week) {
    return this.stories.posts[world][post]?.[yearOfRun(this.films[world].header.first_week, week)];
  }
}

async function startReplay() {
  try {
    const page = new ReplayPage(JSON.parse(document.getElementById("about").textContent), readFilms(await carried("films")));
    await page.build();
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    const box = document.getElementById("trouble");
    box.textContent = `This file cannot be played here: ${error.message}. A browser of 2023 or later is needed.`;
    box.hidden = false;
    throw error;
  }
}

startReplay();
