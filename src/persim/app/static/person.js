// A story in words: of one person, of the same person in two worlds, of a practitioner's caseload. It opens beside the
// picture, which stays in use; a newer story takes the place of an older one.

import { element, wholeOrParts } from "./dom.js";
import { lifeStrip } from "./life_strip.js";

const PANEL_ID = "story";
const WHOSE = {
  person: { sign: "▲", words: "the person's choice", kinds: ["asked", "offer", "heard", "contest"] },
  gate: { sign: "○", words: "budgets not raised", kinds: ["opportunity"] },
  budget: {
    sign: "■", words: "on the way, or the budget",
    kinds: [
      "handed on", "hand-off arrives", "stage", "assessed", "planned", "indicative sum", "sum told", "contribution", "plan agreed",
      "funding question", "dispute ends", "sign-off", "panel", "contest heard", "support found", "free to vary", "in use", "left",
      "pause", "budget review", "budget ended", "disputed spending", "count",
    ],
  },
};
const ROWS = /\s?\[[\d |]+\]/g;

/** Whose doing a sentence tells: "person", "gate", "budget" or "care". @param {{kind: string}} sentence */
export function whoseDoing(sentence) {
  return Object.keys(WHOSE).find((whose) => WHOSE[whose].kinds.includes(sentence.kind)) ?? "care";
}

/** Sentences by year. @returns {{year: string, sentences: Object[]}[]} */
export function byYear(sentences) {
  const years = [];
  for (const sentence of sentences) {
    const year = sentence.date.slice(0, 4);
    if (years[years.length - 1]?.year !== year) years.push({ year, sentences: [] });
    years[years.length - 1].sentences.push(sentence);
  }
  return years;
}

/** A text without the numbers of the ledger's rows, and those numbers. @returns {[string, string]} */
export function withoutRows(text) {
  const rows = text.match(ROWS) ?? [];
  return [text.replace(ROWS, "").replace(/\.\.$/, ".").replaceAll(" -> ", " → "), rows.map((one) => one.trim().slice(1, -1)).join(", ")];
}

// Parts

function rowed(tag, text, more = "") {
  const [words, rows] = withoutRows(text);
  return element(tag, { class: more }, words, rows ? element("span", { class: "row-number", text: ` ${rows}`, attributes: { title: "Row of the ledger" } }) : null);
}

function reason(text) {
  if (!text.startsWith("What differs between the scenarios")) return rowed("p", text);
  const at = text.indexOf(": ");
  const parts = text.slice(at + 2).split("; ").map((part) => rowed("li", part.charAt(0).toUpperCase() + part.slice(1)));
  return element("div", { class: "differing" }, element("p", { text: text.slice(0, at + 1) }), element("ul", {}, parts));
}

function facts(pairs, heading) {
  if (!pairs?.length) return null;
  const listed = pairs.map(({ what, words }) => element("div", {}, element("dt", { text: what }), element("dd", { text: words })));
  return element("section", { class: "facts" }, element("h3", { text: heading }), element("dl", {}, listed));
}

function dateOfSentence(sentence, onWeek) {
  const [, month, day] = sentence.date.split("-").map(Number);
  const words = `${day} ${["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]}`;
  if (!onWeek) return element("time", { text: words, attributes: { datetime: sentence.date } });
  return element("button", {
    class: "date", text: words, attributes: { type: "button", title: `Show the week of ${sentence.day} in the picture` },
    on: { click: () => onWeek(sentence.week) },
  });
}

function told(sentences, onWeek, level = "h4") {
  if (!sentences.length) return element("p", { class: "soft", text: "Nothing was recorded." });
  return element("div", { class: "told" }, byYear(sentences).flatMap(({ year, sentences: listed }) => [
    element(level, { text: year }),
    element("ol", {}, listed.map((sentence, number) => {
      const whose = whoseDoing(sentence);
      const sign = element("span", { class: `sign ${whose}`, text: WHOSE[whose]?.sign ?? "◆", attributes: { "aria-hidden": "true" } });
      const again = number && listed[number - 1].date === sentence.date;
      const date = again ? element("span", { class: "same-day" }) : dateOfSentence(sentence, onWeek);
      const words = rowed("span", `${sentence.text} [${sentence.row}]`, "words");
      return element("li", { class: whose, attributes: { "data-week": sentence.week } }, date, sign, words);
    })),
  ]));
}

function more(n) {
  return n ? element("p", { class: "soft small", text: `${wholeOrParts(n)} more sentences are left out here.` }) : null;
}

function signs() {
  const listed = [...Object.entries(WHOSE), ["care", { sign: "◆", words: "care" }]].map(([whose, { sign, words }]) =>
    element("li", {}, element("span", { class: `sign ${whose}`, text: sign, attributes: { "aria-hidden": "true" } }), words));
  return element("ul", { class: "sign-key", attributes: { "aria-label": "Whose doing a sentence tells" } }, listed);
}

function inNumbers(story) {
  const counts = story.counts.map(({ what, n }) => element("li", {}, element("b", { text: n }), ` ${what}`));
  const rows = story.gates.map(({ gate, first, closed }) => element(
    "tr", {}, element("th", { text: gate, attributes: { scope: "row" } }), element("td", { text: first }), element("td", { text: closed }),
  ));
  const head = ["Gate", "closed first", "closed at all"].map((text) => element("th", { text, attributes: { scope: "col" } }));
  return element(
    "section", {}, element("h3", { text: "In numbers" }), element("ul", { class: "numbers" }, counts),
    rows.length ? element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows)) : null,
  );
}

function scrolled(label, table) {
  return element("div", { class: "scroll", attributes: { tabindex: "0", role: "region", "aria-label": label } }, table);
}

function notes(story) {
  const listed = story.notes.filter((note) => note !== story.synthetic).map((text) => element("p", { text }));
  return element("details", { class: "notes" }, element("summary", { text: "What to bear in mind" }), listed);
}

// The panel

function opened(host, story, options, parts, wide = false) {
  document.getElementById(PANEL_ID)?.closing();
  const before = document.activeElement;
  const heading = element("h2", { text: story.title, attributes: { id: "story-title", tabindex: "-1" } });
  const panel = element("dialog", { class: `panel${wide ? " wide" : ""}`, attributes: { id: PANEL_ID, "aria-labelledby": "story-title" } });
  const close = element("button", { class: "button close", text: "Close", attributes: { type: "button" }, on: { click: () => panel.closing() } });
  panel.closing = () => {
    panel.close();
    panel.remove();
    document.removeEventListener("keydown", escape);
    if (before?.isConnected) before.focus({ preventScroll: true });
    options.onClose?.();
  };
  const escape = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) panel.closing();
  };
  document.addEventListener("keydown", escape);
  panel.append(
    element("div", { class: "panel-top" }, heading, close),
    element(
      "div", { class: "panel-body" }, element("p", { class: "synthetic", text: story.synthetic }),
      element("p", { class: "soft small", text: story.subtitle }), options.extra ?? null, ...parts,
    ),
  );
  host.append(panel);
  panel.show();
  heading.focus({ preventScroll: true });
  return {
    node: panel, close: () => panel.closing(),
    mark: (week) => {
      options.strip?.mark(week);
      let last = null;
      for (const item of panel.querySelectorAll("li[data-week]")) {
        item.classList.toggle("to-come", Number(item.dataset.week) > week);
        if (Number(item.dataset.week) <= week) last = item;
      }
      return last;
    },
  };
}

function withStrip(story, options) {
  if (!options.films?.length || story.person === undefined) return [null, options];
  const strip = lifeStrip(options.films, story.person, {
    names: story.names ?? [], parted: story.parting?.week ?? null, week: options.week ?? null, onWeek: options.onWeek,
  });
  return [strip.node, { ...options, strip }];
}

/**
 * The story of a person; one of another kind goes to its own panel.
 * @param {HTMLElement} host @param {Object} story as persim.app.stories gives it
 * @param {{onWeek?: function(number): void, onClose?: function(): void, films?: Film[], week?: number, extra?: Node}} [options]
 *   `onWeek`: dates become buttons; `films`: strips of the life are drawn; `extra`: stands first
 * @returns {{node: HTMLElement, close: function(): void, mark: function(number): ?HTMLElement}}
 */
export function storyPanel(host, story, options = {}) {
  if (story.kind === "twins") return twinsPanel(host, story, options);
  if (story.kind === "post") return postPanel(host, story, options);
  const [strip, all] = withStrip(story, options);
  return opened(host, story, all, [
    strip, facts(story.about, `At the start (${story.start})`),
    story.never_eligible ? element("p", { class: "fact", text: story.never_eligible }) : null,
    element("section", {}, element("h3", { text: "What happened" }), signs(), told(story.sentences, options.onWeek), more(story.left_out)),
    facts(story.end, story.end_heading), inNumbers(story), notes(story),
  ]);
}

/** The same person in two worlds; as `storyPanel`. */
export function twinsPanel(host, story, options = {}) {
  const [strip, all] = withStrip(story, options);
  const side = (name, number) => element(
    "section", { class: "side" }, element("h4", { text: name }), told(story.after[number], options.onWeek, "h5"), more(story.after_left_out[number]),
  );
  const ends = story.end.map(({ what, first, second }) => element(
    "tr", { class: first === second ? "" : "differs" }, element("th", { text: what, attributes: { scope: "row" } }),
    element("td", { text: first }), element("td", { text: second }),
  ));
  const head = ["In the end", ...story.names].map((text) => element("th", { text, attributes: { scope: "col" } }));
  return opened(host, story, all, [
    element("p", { class: "parting", text: story.headline }), strip,
    story.why.length ? element("section", { class: "why" }, element("h3", { text: "Why they part" }), story.why.map(reason)) : null,
    story.turn.length ? element("section", { class: "why" }, element("h3", { text: "Where the budget comes from" }), story.turn.map((text) => rowed("p", text))) : null,
    element("section", {}, element("h3", { text: "How it stands in the end" }), scrolled("How the two lives stand in the end", element(
      "table", { class: "ends" }, element("thead", {}, element("tr", {}, head)), element("tbody", {}, ends),
    ))),
    story.parting ? element("section", {}, element("h3", { text: "After the parting" }), signs(), element("div", { class: "sides" }, story.names.map(side))) : null,
    element("details", { attributes: { open: !story.parting } }, element("summary", { text: "What both lives share" }),
      told(story.shared, options.onWeek), more(story.shared_left_out)),
    facts(story.about, "At the start"), notes(story),
  ], true);
}

/** A year of a practitioner's caseload; as `storyPanel`. */
export function postPanel(host, story, options = {}) {
  const columns = ["", ...story.quarters.map((day) => `from ${day}`), "the whole", "all posts"];
  const value = (x, unit) => (x === null ? "–" : `${wholeOrParts(x, unit === "hours" ? 1 : 0)}${unit.startsWith("%") ? "\u00a0%" : ""}`);
  const rows = story.hours.map(({ what, unit, quarters, whole, all_posts: everybody }) => element(
    "tr", {}, element("th", { attributes: { scope: "row" } }, what, element("span", { class: "soft small", text: ` ${unit.replace("%", "per cent")}` })),
    [...quarters, whole, everybody].map((x) => element("td", { text: value(x, unit) })),
  ));
  const { start, end } = story.people;
  const head = columns.map((text) => element("th", { text, attributes: { scope: "col" } }));
  return opened(host, story, options, [
    element("p", { text: `${start} people on the caseload at the start of the year, ${end} at its end.` }),
    element("section", {}, element("h3", { text: "A week of this year, on average" }), scrolled(
      "Hours by quarter", element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows)),
    )),
    element("section", {}, element("h3", { text: "What happened" }), signs(), told(story.sentences, options.onWeek), more(story.left_out)),
    inNumbers(story), notes(story),
  ], true);
}
