// One lesson, part by part. Entry of the page /lessons/NAME. What was predicted stays in this tab, also after a reload.

import { plainWorld, queryOf } from "./address.js";
import { ask } from "./api.js";
import { announce, counted, element } from "./dom.js";
import { mayOpen, sendAnswer } from "./lesson_room.js";
import { showReveal } from "./lesson_reveal.js";
import { showTold } from "./lesson_stories.js";
import { paragraphs, stressed } from "./lesson_text.js";
import { loopDiagram } from "./loops.js";
import { asAnswer, predictionForm } from "./predict.js";

const KINDS = {
  text: "", content_note: "Content note", question: "Predict", reveal: "What the runs show", look: "Look", two_worlds: "Two worlds, the same people",
  person_and_coordinator: "A person and a coordinator", three_views: "One meeting, three views", luck: "Other luck", loops: "A feedback loop",
  explain: "Sources", leaves_out: "What the model leaves out", discuss: "For the room", try: "Try it",
};

const TEACHER_OPENS = "Your teacher opens this for everybody. Until then, tell your neighbour what you predicted, and why.";
const LATE_WEEK = 255; // of a run of five years: lives have had time to part
const GIVEN = "Committed, and given to your class without a name.";
const LOOK_EVERY = 2500; // milliseconds between looks whether the teacher has opened a reveal

const lesson = { told: null, place: 0, furthest: 0, predictions: {}, opened: {} };

function keptKey() {
  return `persim lesson ${lesson.told.name}`;
}

function keep() {
  try {
    const { place, furthest, predictions } = lesson;
    window.sessionStorage.setItem(keptKey(), JSON.stringify({ place, furthest, predictions }));
  } catch {
    // no storage: the lesson goes on without
  }
}

function restore() {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(keptKey()) ?? "{}");
    lesson.furthest = Math.min(kept.furthest ?? 0, lesson.told.parts.length - 1);
    lesson.predictions = kept.predictions ?? {};
    lesson.place = kept.place ?? 0;
  } catch {
    // nothing that could be read was kept
  }
  const named = lesson.told.parts.findIndex((part) => part.id === window.location.hash.slice(1));
  if (named >= 0) lesson.place = named;
  lesson.place = Math.min(lesson.place, lesson.told.parts.length - 1);
}

function committed(id) {
  return Object.hasOwn(lesson.predictions, id) && lesson.predictions[id].committed;
}

function go(place, focus = true) {
  lesson.place = Math.max(0, Math.min(place, lesson.told.parts.length - 1));
  lesson.furthest = Math.max(lesson.furthest, lesson.place);
  keep();
  const part = lesson.told.parts[lesson.place];
  window.history.replaceState(null, "", `#${part.id}`);
  draw();
  if (focus) {
    document.getElementById("part-title").focus({ preventScroll: true });
    document.getElementById("lesson").scrollIntoView({ block: "start" });
  }
}

function goTo(id) {
  go(lesson.told.parts.findIndex((part) => part.id === id));
}

// Parts

const FILL = {
  text: (host, part) => host.append(...paragraphs(part.text)),
  content_note: fillNote,
  question: fillQuestion,
  reveal: fillReveal,
  look: fillOpened,
  two_worlds: fillOpened,
  person_and_coordinator: fillOpened,
  three_views: fillOpened,
  luck: fillOpened,
  loops: fillLoop,
  explain: fillExplain,
  leaves_out: fillItems,
  discuss: fillItems,
  try: fillTry,
};

function fillNote(host, part) {
  host.append(...paragraphs(part.text), element(
    "p", { class: "ways" },
    part.skip_to ? element("button", { class: "button", text: `Skip to: ${lesson.told.parts.find((one) => one.id === part.skip_to)?.title || "what comes after it"}`, attributes: { type: "button" }, on: { click: () => goTo(part.skip_to) } }) : null,
    element("a", { class: "button", text: "Leave the lesson", attributes: { href: "/lessons" } }),
  ));
}

/** Give a committed prediction to the class, if there is one and it has it not yet. @returns {Promise<boolean>} given? */
async function give(question) {
  const made = lesson.predictions[question.id];
  if (!made?.committed || made.given) return Boolean(made?.given);
  const known = question.predict === "curve" ? await openPart(question) : { first: 0 };
  if (known) made.given = await sendAnswer(lesson.told.name, question.id, asAnswer(question, made.value, known.first));
  keep();
  return Boolean(made.given);
}

async function openPart(part) {
  lesson.opened[part.id] ??= await ask(`/api/lessons/${lesson.told.name}/${part.id}`, {}, { kind: `part ${part.id}` });
  return lesson.opened[part.id];
}

function waiting(host, text) {
  const node = element("p", { class: "soft waiting", text, attributes: { role: "status" } });
  host.append(node);
  return node;
}

async function opening(host, part, show) {
  const wait = waiting(host, "Running the worlds. The first to open this waits some seconds; then it is there for all.");
  try {
    const shown = await openPart(part);
    if (shown && host.isConnected) {
      wait.remove();
      await show(shown);
    }
  } catch (error) {
    wait.replaceWith(element("p", { class: "wrong", text: error.message }));
  }
}

function fillQuestion(host, part) {
  host.append(...paragraphs(part.text));
  const kept = lesson.predictions[part.id] ?? { value: null, committed: false };
  const form = element("div", { class: "prediction" });
  const button = element("button", { class: "button main", text: "Commit to it", attributes: { type: "button", disabled: true } });
  const said = element("p", { class: "small soft", text: part.predict === "choice" ? "" : `${part.label}: ${part.meaning}.` });
  const note = element("span", { class: "small soft", text: "Once committed it stays as it is." });
  host.append(said, form, element("p", { class: "ways commit" }, button, note));
  const made = (value) => {
    if (committed(part.id)) return;
    lesson.predictions[part.id] = { value, committed: false };
    button.disabled = value === null;
    keep();
  };
  let chart = null;
  const lock = () => {
    for (const input of form.querySelectorAll("input")) input.disabled = true;
    chart?.lock(true);
    button.disabled = true;
    button.textContent = "Committed";
    host.classList.add("is-committed");
  };
  button.addEventListener("click", () => {
    lesson.predictions[part.id].committed = true;
    keep();
    lock();
    give(part).then((given) => {
      if (given) note.textContent = GIVEN;
    });
    announce("Your prediction is committed.");
    drawWays();
    document.getElementById("go-on").focus({ preventScroll: true });
  });
  const ready = (known) => {
    chart = predictionForm(form, part, kept.value, made, known);
    button.disabled = kept.value === null;
    if (!kept.committed) return;
    lock();
    give(part).then((given) => {
      if (given) note.textContent = GIVEN;
    });
  };
  if (part.predict === "curve") opening(form, part, ready);
  else ready(null);
}

function fillReveal(host, part) {
  host.append(...paragraphs(part.text));
  const question = lesson.told.parts.find((one) => one.id === part.question);
  if (!committed(question.id)) {
    host.append(
      element("p", { class: "not-yet", text: "This opens when you have committed to a prediction." }),
      element("p", {}, element("button", { class: "button main", text: "Predict first", attributes: { type: "button" }, on: { click: () => goTo(question.id) } })),
    );
    return;
  }
  const inner = element("div");
  host.append(inner);
  const show = () => opening(inner, part, async (shown) => {
    const known = question.predict === "curve" ? await openPart(question) : null;
    showReveal(inner, shown, question, lesson.predictions[question.id].value, known);
  });
  let wait = null;
  const look = async () => {
    const open = lesson.opened[part.id] || (await mayOpen(lesson.told.name, question.id));
    if (!host.isConnected) return;
    if (open) {
      wait?.remove();
      show();
      return;
    }
    wait ??= waiting(inner, TEACHER_OPENS);
    await give(question).catch(() => false); // who committed before the class began is counted too
    setTimeout(look, LOOK_EVERY);
  };
  look();
}

function fillOpened(host, part) {
  host.append(...paragraphs(part.text));
  const inner = element("div");
  host.append(inner);
  opening(inner, part, (shown) => (shown.chart ? showReveal(inner, shown, null, null, null) : showTold(inner, shown)));
}

function fillLoop(host, part) {
  const inner = element("div", { class: "lesson-loop" });
  host.append(...paragraphs(part.text), inner);
  loopDiagram(inner, part.loop, { notes: true, strength: true });
  const scenario = part.loop.seen_in || "baseline";
  const worlds = [plainWorld(scenario), { ...plainWorld(scenario), off: [part.loop.key] }];
  const query = queryOf({ people: 400, seed: 1, luck: null, worlds }, { week: LATE_WEEK }, []);
  host.append(element("p", {}, element("a", { class: "button", text: "A run with it and one without", attributes: { href: `/?${query}` } })));
}

function fillExplain(host, part) {
  host.append(...paragraphs(part.text), element(
    "dl", { class: "sources" }, part.sources.map(({ code, reference }) => element("div", {}, element("dt", { text: code }), element("dd", { text: reference }))),
  ));
}

function fillItems(host, part) {
  host.append(...paragraphs(part.text), element("ul", { class: "items" }, part.items.map((text) => element("li", {}, stressed(text)))));
}

function fillTry(host, part) {
  const dials = [...new Set(part.settings.worlds.flatMap((world) => Object.keys(world.dials)))];
  const query = queryOf(part.settings, {}, dials);
  host.append(...paragraphs(part.text), element("p", {}, element("a", { class: "button main", text: "Open the explore page", attributes: { href: `/?${query}` } })));
}

// The frame

function drawWays() {
  const host = document.getElementById("ways");
  const part = lesson.told.parts[lesson.place];
  const last = lesson.place === lesson.told.parts.length - 1;
  const mustPredict = part.kind === "question" && !committed(part.id);
  host.replaceChildren(...[
    element("button", { class: "button", text: "Back", attributes: { type: "button", disabled: lesson.place === 0 }, on: { click: () => go(lesson.place - 1) } }),
    last
      ? [
        element("button", { class: "button", text: "Begin again", attributes: { type: "button" }, on: { click: beginAgain } }),
        element("a", { class: "button", text: "All lessons", attributes: { href: "/lessons", id: "go-on" } }),
      ]
      : element("button", {
        class: mustPredict ? "button" : "button main", text: mustPredict ? "Go on without" : part.kind === "question" ? "See what happened" : "Go on",
        attributes: { type: "button", id: "go-on" }, on: { click: () => go(lesson.place + 1) },
      }),
  ].flat());
}

function beginAgain() {
  lesson.predictions = {};
  go(0);
  announce("The lesson begins again, without predictions.");
}

function drawProgress() {
  const host = document.getElementById("progress");
  const items = lesson.told.parts.map((part, number) => element(
    "li", { class: [number < lesson.place ? "done" : "", part.kind === "question" ? "asks" : ""].join(" ").trim() },
    element("a", {
      attributes: { href: `#${part.id}`, "aria-current": number === lesson.place ? "step" : null, title: part.title || KINDS[part.kind] },
      on: { click: (event) => { event.preventDefault(); go(number); } },
    }, element("span", { class: "unseen", text: `Part ${number + 1}: ${part.title || KINDS[part.kind]}` })),
  ));
  host.replaceChildren(...items);
}

function draw() {
  const part = lesson.told.parts[lesson.place];
  const body = document.getElementById("part");
  const inner = element("div", { class: `part part-${part.kind}` });
  body.replaceChildren(
    element("p", { class: "part-kind", text: [KINDS[part.kind], `${lesson.place + 1} of ${lesson.told.parts.length}`].filter(Boolean).join(" · ") }),
    element("h2", { text: part.title || KINDS[part.kind], attributes: { id: "part-title", tabindex: "-1" } }), inner,
  );
  document.querySelector(".lesson-head").classList.toggle("goes-on", lesson.place > 0);
  FILL[part.kind](inner, part);
  drawProgress();
  drawWays();
}

function drawLesson() {
  const { title, question, minutes, sources, for_teachers: teachers } = lesson.told;
  document.title = `${title} – persim`;
  document.getElementById("lesson").replaceChildren(
    element("header", { class: "lesson-head" }, element("p", { class: "small" }, element("a", { text: "Lessons", attributes: { href: "/lessons" } })),
      element("h1", { text: title }), element("p", { class: "lesson-question", text: question }),
      element("details", { class: "small" }, element("summary", { text: `${counted(minutes, "minute")} · sources ${sources.map((one) => one.code).join(", ")}` }),
        element("p", { class: "synthetic", text: lesson.told.synthetic }), teachers ? [element("h3", { text: "For teachers" }), paragraphs(teachers)] : null)),
    element("nav", { attributes: { "aria-label": "Parts of the lesson" } }, element("ol", { class: "progress", attributes: { id: "progress" } })),
    element("section", { attributes: { id: "part", "aria-labelledby": "part-title" } }),
    element("p", { class: "ways", attributes: { id: "ways" } }),
  );
  go(lesson.place, false);
}

function byKeys(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, select, textarea, [role=slider], .chart, summary, table")) return;
  if (event.key === "ArrowRight" || event.key === "PageDown") go(lesson.place + 1);
  else if (event.key === "ArrowLeft" || event.key === "PageUp") go(lesson.place - 1);
  else return;
  event.preventDefault();
}

async function startLesson() {
  const host = document.getElementById("lesson");
  const name = decodeURIComponent(window.location.pathname.split("/").filter(Boolean).pop());
  try {
    lesson.told = await ask(`/api/lessons/${encodeURIComponent(name)}`);
    restore();
    drawLesson();
    document.addEventListener("keydown", byKeys);
    window.addEventListener("hashchange", () => goTo(window.location.hash.slice(1)));
  } catch (error) {
    const trouble = document.getElementById("trouble");
    trouble.textContent = error.message;
    trouble.hidden = false;
  }
  host.removeAttribute("aria-busy");
}

startLesson();
