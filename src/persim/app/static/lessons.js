// The list of lessons. Entry of the page /lessons.

import { ask } from "./api.js";
import { counted, element } from "./dom.js";

function sourceWords(codes) {
  const main = codes.filter((code) => /^S\d$/.test(code));
  return `${main.length > 1 ? "sources" : "source"} ${main.join(", ")}`;
}

function listed(lesson) {
  if (lesson.faults) {
    return element(
      "li", {}, element("h2", { text: lesson.name }), element("p", { text: "This file of yours cannot be given yet:" }),
      element("pre", { class: "faults", text: lesson.faults }),
    );
  }
  const facts = [counted(lesson.minutes, "minute"), sourceWords(lesson.sources)];
  if (lesson.own) facts.push("from your own folder");
  return element(
    "li", {},
    element("h2", {}, element("a", { text: lesson.title, attributes: { href: `/lessons/${lesson.name}` } })),
    element("p", { class: "lesson-question", text: lesson.question }),
    element("p", { class: "small soft", text: facts.join(" · ") }),
    lesson.content_note ? element("p", { class: "small care", text: "Begins with a content note, and has a way round." }) : null,
  );
}

const CLASS_EVERY = 5000; // milliseconds between looks whether a class has begun

/** Who came before the teacher had chosen a lesson is told when there is one. */
async function lookForClass(lessons) {
  const state = document.hidden ? null : await ask("/api/room/state", null, { kind: "room" }).catch(() => null);
  const found = state?.in_session ? lessons.find((one) => one.name === state.lesson && !one.faults) : null;
  const host = document.getElementById("class");
  if (found && host.dataset.lesson !== found.name) {
    host.dataset.lesson = found.name;
    host.replaceChildren(element("p", {}, "Your class is in this lesson: ", element("b", { text: found.title })),
      element("p", {}, element("a", { class: "button main", text: "Join it", attributes: { href: `/lessons/${found.name}` } })));
  }
  if (state) host.hidden = !found;
  window.setTimeout(lookForClass, CLASS_EVERY, lessons);
}

async function showLessons() {
  const host = document.getElementById("lessons");
  try {
    const lessons = await ask("/api/lessons");
    host.replaceChildren(...(lessons ?? []).map(listed));
    lookForClass(lessons ?? []);
  } catch (error) {
    const trouble = document.getElementById("trouble");
    trouble.textContent = error.message;
    trouble.hidden = false;
  }
  host.removeAttribute("aria-busy");
}

showLessons();
