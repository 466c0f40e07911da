// One synthetic person in a lesson: beside the coordinator's week, in three views, or met by other luck.

import { element, wholeOrParts } from "./dom.js";
import { paragraphs } from "./lesson_text.js";
import { byYear, withoutRows } from "./person.js";

const OPEN_YEARS = 2;

function plainWords(text) {
  return withoutRows(text)[0];
}

/** A sentence of a list that names its person already, without the name again. */
function unnamed(text) {
  const words = plainWords(text).replace(/^Synthetic person \d+: /, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function datedList(sentences) {
  return element("ol", { class: "dated" }, sentences.map((one) => element(
    "li", {}, element("time", { class: "soft small", text: one.day, attributes: { datetime: one.date } }), element("span", { text: plainWords(one.text) }),
  )));
}

function yearsOf(sentences, markedWeek) {
  const years = byYear(sentences);
  const marked = years.findIndex((year) => year.sentences.some((one) => one.week >= markedWeek));
  const all = years.map(({ year, sentences: told }, number) => element(
    "details", { attributes: { open: years.length <= OPEN_YEARS || number === Math.max(0, marked) } },
    element("summary", { text: `${year} (${told.length})` }), datedList(told),
  ));
  if (years.length <= OPEN_YEARS) return all;
  const open = element("button", {
    class: "button slight", text: "Open every year", attributes: { type: "button" },
    on: { click: () => all.forEach((year) => { year.open = true; }) },
  });
  return [element("p", {}, open), ...all];
}

function pairs(listed) {
  return element("dl", { class: "pairs" }, listed.map(({ what, words }) => element("div", {}, element("dt", { text: what }), element("dd", { text: words }))));
}

function hoursTable(week) {
  const value = (x) => (x === null ? "–" : wholeOrParts(x, 1));
  const rows = week.hours.map(({ what, due, worked, left_over: left }) => element(
    "tr", {}, element("th", { text: what, attributes: { scope: "row" } }), [due, worked, left].map((x) => element("td", { text: value(x) })),
  ));
  const head = ["hours", "due", "worked", "left over"].map((text) => element("th", { text, attributes: { scope: "col" } }));
  return element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows)));
}

/** One week of a coordinator, as persim.app.stories tells it. @returns {HTMLElement} */
export function weekTold(week) {
  const people = week.people.map(({ person, sentences }) => element(
    "li", {}, element("b", { text: `Person ${person}: ` }), sentences.map((one) => unnamed(one.text)).join(" "),
  ));
  return element(
    "section", { class: "lesson-side" }, element("h3", { text: week.title }),
    element("p", { class: "small soft", text: `${wholeOrParts(week.caseload)} people on the caseload.` }), hoursTable(week),
    week.words.map((one) => element("p", { text: plainWords(one.text) })),
    people.length ? element("h4", { text: "Whom the week brought" }) : null, people.length ? element("ul", {}, people) : null,
    week.slipped.length ? element("details", {}, element("summary", { text: `What did not fit (${week.slipped.length})` }), element("ul", {}, week.slipped.map((one) => element("li", { text: plainWords(one.text) })))) : null,
    aboutIt(week.notes),
  );
}

function aboutIt(notes) {
  const told = notes.filter((text) => !text.includes("row of the ledger") && !text.startsWith("Rows not told"));
  return element("details", { class: "small soft" }, element("summary", { text: "How to read it" }), told.map((text) => element("p", { text })));
}

function storyTold(story, week) {
  return element(
    "section", { class: "lesson-side" }, element("h3", { text: story.title }), element("p", { class: "synthetic", text: story.synthetic }),
    pairs(story.about), yearsOf(story.sentences, week), element("h4", { text: story.end_heading }), pairs(story.end),
    aboutIt(story.notes),
  );
}

function meetingTold(meetings, meeting) {
  const views = Object.entries(meetings.views).map(([name, heading]) => element(
    "section", { class: `view ${name}` }, element("h4", { text: heading }), element("ul", {}, meeting[name].map((one) => element("li", { text: plainWords(one.text) }))),
  ));
  return [element("h3", { text: meeting.title }), element("div", { class: "three" }, views)];
}

/** One meeting of a person in three views, and a choice of others. @returns {HTMLElement[]} */
export function threeViews(meetings) {
  if (meetings.best === null) return [element("p", { text: "This person had no meeting in the run." })];
  const host = element("div", { attributes: { "aria-live": "polite" } });
  const show = (number) => host.replaceChildren(...meetingTold(meetings, meetings.meetings[number]));
  const choice = element("select", { attributes: { id: "meeting-choice" }, on: { change: () => show(Number(choice.value)) } }, meetings.meetings.map((meeting, number) => element(
    "option", { text: meeting.title, attributes: { value: number, selected: number === meetings.best } },
  )));
  show(meetings.best);
  return [
    element("p", { class: "synthetic", text: meetings.synthetic }), host,
    element("p", {}, element("label", { text: "Another meeting of this person: ", attributes: { for: "meeting-choice" } }), choice),
    element("p", { class: "small soft", text: meetings.note }),
  ];
}

/** One person under several lucks. @returns {HTMLElement[]} */
export function lucksTold(lucks) {
  const lives = lucks.lucks.map((life, number) => element(
    "section", { class: "lesson-side" }, element("h3", { text: number ? `Other luck, ${number}` : "The first luck" }),
    life.parts ? element("p", { class: "lesson-parting", text: plainWords(life.parts.words) }) : null, element("p", { text: life.decided }),
    datedList(life.dates), element("h4", { text: "In the end" }), pairs(life.end),
  ));
  const shares = lucks.shares;
  return [
    element("p", { class: "synthetic", text: lucks.synthetic }), pairs(lucks.about), element("p", { class: "small soft", text: lucks.note }),
    element("div", { class: "lesson-sides many" }, lives),
    shares ? element(
      "section", {}, element("h3", { text: `The same person under ${shares.of} lucks` }),
      element("ul", {}, shares.shares.map(({ what, n }) => element("li", { text: `Under ${n} of ${shares.of}: ${what}.` }))),
    ) : null,
    lucks.notes.map((text) => element("p", { class: "small soft", text })),
  ].flat();
}

/**
 * A person of a lesson, told.
 * @param {HTMLElement} host @param {Object} shown as the server tells it
 */
export function showTold(host, shown) {
  const parts = shown.meetings ? threeViews(shown.meetings)
    : shown.lucks ? lucksTold(shown.lucks)
      : [element("div", { class: "lesson-sides" }, storyTold(shown.story, shown.week.week), weekTold(shown.week))];
  host.replaceChildren(
    ...[...parts, ...paragraphs(shown.after), element("p", { class: "small soft", text: `${shown.picked} Seed ${shown.seed}.` })].filter(Boolean),
  );
}
