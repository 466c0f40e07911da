// The teacher's screen of a class, for a projector: the link, who is here, pooled predictions, reveals. Entry of /room.

import { announce, counted, element } from "./dom.js";
import { paragraphs } from "./lesson_text.js";
import { PooledPicture, poolWords } from "./room_pool.js";

const KEY_NAME = "persim teacher";
const POLL_MS = 1500;
const MOST_POLL_MS = 15000;
const classRoom = { key: "", state: null, lessons: [], told: null, picture: null, wait: POLL_MS, timer: 0, known: {}, shown: {} };

/** The teacher's key, out of the address (which others can see on the wall) and into the tab's memory. */
function takeKey() {
  const named = window.location.hash.slice(1);
  if (named) {
    window.history.replaceState(null, "", window.location.pathname);
    try {
      window.sessionStorage.setItem(KEY_NAME, named);
    } catch {
      // no storage: the key holds until the page is left
    }
    return named;
  }
  try {
    return window.sessionStorage.getItem(KEY_NAME) ?? "";
  } catch {
    return "";
  }
}

async function call(route, body = null) {
  const headers = { "x-room-key": classRoom.key };
  if (body !== null) headers["content-type"] = "application/json";
  const answer = await fetch(route, { method: body === null ? "GET" : "POST", headers, body: body === null ? undefined : JSON.stringify(body), cache: "no-store" });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `The server answered ${answer.status}.`);
  return said;
}

function trouble(words) {
  const host = document.getElementById("trouble");
  host.textContent = words;
  host.hidden = !words;
}

/** Do something and say so if it cannot be done. */
async function trying(what) {
  try {
    await what();
    trouble("");
  } catch (error) {
    trouble(error.message);
  }
}

function questions() {
  return (classRoom.told?.parts ?? []).filter((part) => part.kind === "question");
}

function chosen() {
  return questions().find((part) => part.id === classRoom.state.part && classRoom.told.name === classRoom.state.lesson) ?? null;
}

function isRevealed(part) {
  return (classRoom.state.revealed[classRoom.state.lesson] ?? []).includes(part.id);
}

async function chooseLesson(name) {
  classRoom.told = name ? await call(`/api/lessons/${encodeURIComponent(name)}`) : null;
  drawQuestions();
  if (classRoom.told && questions().length) await chooseQuestion(questions()[0]);
}

async function chooseQuestion(part) {
  classRoom.state = await call("/api/room/state", { do: "choose", lesson: classRoom.told.name, part: part.id });
  drawQuestions();
  await bringUp();
}

async function reveal() {
  const part = chosen();
  if (!part) return;
  classRoom.state = await call("/api/room/state", { do: "reveal", lesson: classRoom.state.lesson, part: part.id });
  announce("Revealed to the room.");
  drawQuestions();
  await bringUp();
}

async function startAfresh() {
  if (!window.confirm("Forget every prediction and start afresh?")) return;
  classRoom.state = await call("/api/room/state", { do: "afresh" });
  Object.assign(classRoom, { known: {}, shown: {}, told: null });
  document.getElementById("room-lesson").value = "";
  drawQuestions();
  await bringUp();
}

/** What a question's picture needs besides predictions: a curve's past, and once it is open what the runs show. */
async function withLesson(part) {
  const [name, id] = [classRoom.told.name, part.id];
  if (part.predict === "curve") classRoom.known[id] ??= await call(`/api/lessons/${name}/${id}`, {});
  const answer = classRoom.told.parts.find((one) => one.kind === "reveal" && one.question === id);
  if (isRevealed(part) && answer) classRoom.shown[id] ??= await call(`/api/lessons/${name}/${answer.id}`, {});
}

async function bringUp() {
  window.clearTimeout(classRoom.timer);
  const part = chosen();
  const host = document.getElementById("room-pool");
  if (part) {
    const where = new URLSearchParams({ lesson: classRoom.state.lesson, part: part.id });
    const pool = await call(`/api/room/pooled?${where}`);
    await withLesson(part);
    if (chosen() !== part) return;
    classRoom.picture ??= new PooledPicture(host);
    const covered = document.getElementById("room-covered").checked && !pool.revealed;
    classRoom.picture.show({ ...pool, few: pool.few || covered }, classRoom.known[part.id], classRoom.shown[part.id], covered);
    document.getElementById("room-said").textContent = pool.few || covered ? "" : poolWords(pool);
  } else {
    classRoom.picture = null;
    host.replaceChildren(element("p", { class: "room-few", text: "Choose a lesson: the link then leads to it, and predictions come in here." }));
    document.getElementById("room-said").textContent = "";
  }
  document.getElementById("room-here").textContent = counted(classRoom.state.here, "visitor");
  const button = document.getElementById("room-reveal");
  button.disabled = !part || isRevealed(part);
  button.textContent = part && isRevealed(part) ? "Revealed" : "Reveal to the room";
  classRoom.timer = window.setTimeout(poll, classRoom.wait);
}

async function poll() {
  try {
    if (!document.hidden) {
      classRoom.state = await call("/api/room/state");
      if (!classRoom.state.teacher) {
        drawLocked();
        trouble("The server was started anew, so this link is no longer the teacher's. The new one stands in its terminal.");
        return;
      }
      if (stateKey() !== classRoom.drawn) drawQuestions(); // an answer that came late told of an older choice
      await bringUp();
    }
    classRoom.wait = POLL_MS;
    trouble("");
  } catch {
    classRoom.wait = Math.min(MOST_POLL_MS, classRoom.wait * 2);
    trouble("The server cannot be reached just now. This page goes on asking.");
  }
  window.clearTimeout(classRoom.timer);
  classRoom.timer = window.setTimeout(poll, classRoom.wait);
}

function stateKey() {
  return JSON.stringify([classRoom.state.lesson, classRoom.state.part, classRoom.state.revealed]);
}

function drawQuestions() {
  classRoom.drawn = stateKey();
  const host = document.getElementById("room-questions");
  host.replaceChildren(...questions().map((part) => element("button", {
    class: "button", text: part.title || part.id,
    attributes: { type: "button", "aria-pressed": String(part === chosen()) }, on: { click: () => trying(() => chooseQuestion(part)) },
  })));
  const part = chosen();
  document.getElementById("room-question").textContent = part ? part.title : "";
  document.getElementById("room-asked").replaceChildren(...(part && !isRevealed(part) ? paragraphs(part.text) : []));
  document.getElementById("room-note").hidden = !(part && (classRoom.told.parts ?? []).some((one) => one.kind === "content_note"));
  document.getElementById("room-open").hidden = !classRoom.told;
  if (classRoom.told) document.getElementById("room-open").href = `/lessons/${classRoom.told.name}`;
}

async function linkShown() {
  const told = await call("/api/room/link");
  const plain = told.link.replace(/^https?:\/\//, "");
  return element(
    "section", { class: "room-link", attributes: { "aria-labelledby": "room-join" } },
    element("h2", { text: "Join", attributes: { id: "room-join" } }),
    element("img", { attributes: { src: "/api/room/link.svg", alt: `QR code of ${told.link}`, width: 320, height: 320 } }),
    element("p", { class: "room-address" }, element("a", { text: plain, attributes: { href: told.link } })),
    told.words ? element("p", { class: told.by_others ? "small soft" : "wrong small", text: told.words }) : null,
    told.others.length ? element("p", { class: "small soft", text: `If that does not open: ${told.others.map((one) => one.replace(/^https?:\/\//, "")).join(", ")}` }) : null,
    element("p", { class: "room-here" }, element("b", { attributes: { id: "room-here" } }), " here"),
  );
}

function lessonChoice() {
  const options = classRoom.lessons.map((one) => element("option", { text: one.title, attributes: { value: one.name, disabled: Boolean(one.faults) } }));
  const select = element("select", { attributes: { id: "room-lesson" }, on: { change: () => trying(() => chooseLesson(select.value)) } },
    element("option", { text: "Choose a lesson", attributes: { value: "" } }), options);
  return element("p", { class: "room-choice" }, element("label", { text: "Lesson", attributes: { for: "room-lesson" } }), select,
    element("a", { class: "small", text: "Open it here", attributes: { id: "room-open", target: "_blank", rel: "noopener", hidden: true } }));
}

async function drawRoom() {
  const host = document.getElementById("room");
  const main = element(
    "section", { class: "room-main", attributes: { "aria-labelledby": "room-title" } },
    element("h1", { text: "What the room predicts", attributes: { id: "room-title" } }), lessonChoice(),
    element("div", { class: "room-questions", attributes: { id: "room-questions", role: "group", "aria-label": "Questions of the lesson" } }),
    element("p", {
      class: "room-note", text: "This lesson begins with a content note. Read it aloud first; parts can be left out, and nobody has to say why.",
      attributes: { id: "room-note", hidden: true },
    }),
    element("h2", { attributes: { id: "room-question" } }), element("div", { class: "room-asked", attributes: { id: "room-asked" } }),
    element("p", { class: "room-said", attributes: { id: "room-said", role: "status" } }),
    element("div", { class: "room-pool", attributes: { id: "room-pool" } }),
    element("p", { class: "room-ways" },
      element("button", { class: "button main", text: "Reveal to the room", attributes: { type: "button", id: "room-reveal", disabled: true }, on: { click: () => trying(reveal) } }),
      element("label", { class: "room-cover" }, element("input", {
        attributes: { type: "checkbox", id: "room-covered" }, on: { change: () => trying(bringUp) },
      }), "Cover them until the reveal"),
      element("button", { class: "button", text: "Start afresh", attributes: { type: "button" }, on: { click: () => trying(startAfresh) } })),
    element("p", { class: "small soft", text: "Predictions are anonymous, kept in the memory of this machine only, shown from three on, and forgotten when you start afresh or stop the server." }),
  );
  host.replaceChildren(main, await linkShown());
}

function drawLocked() {
  document.getElementById("room").replaceChildren(
    element("h1", { text: "The teacher's screen" }),
    element("p", { text: "This page opens with the teacher's own link. It stands in the terminal in which the server was started." }),
    element("p", {}, element("a", { class: "button main", text: "Join as a visitor", attributes: { href: "/join" } })),
  );
}

async function startRoom() {
  classRoom.key = takeKey();
  await trying(async () => {
    classRoom.state = await call("/api/room/state");
    if (!classRoom.state.teacher) {
      drawLocked();
      return;
    }
    classRoom.lessons = await call("/api/lessons");
    await drawRoom();
    if (classRoom.state.lesson) {
      classRoom.told = await call(`/api/lessons/${encodeURIComponent(classRoom.state.lesson)}`);
      document.getElementById("room-lesson").value = classRoom.state.lesson;
    }
    drawQuestions();
    await bringUp();
  });
  document.getElementById("room").removeAttribute("aria-busy");
}

startRoom();
