// A lesson in a room: predictions are gathered, and a reveal waits until the teacher opens it. Alone, nothing of this is asked.

import { ask } from "./api.js";

const classroom = { on: false };

/** Join the room if there is one. @returns {Promise<boolean>} */
export async function joinRoom() {
  return classroom.on;
}

/** Is this page in a room? @returns {boolean} */
export function inRoom() {
  return classroom.on;
}

/** Give a prediction to the room; a failure does not disturb the lesson. */
export async function sendAnswer(lesson, part, answer) {
  if (!classroom.on) return;
  try {
    await ask("/api/room/answers", { lesson, part, answer }, { kind: `answer ${part}` });
  } catch {
    // the room has closed, or the network is gone: what was predicted stays here
  }
}

/** Has the teacher opened the reveal of a question? @returns {Promise<boolean>} */
export async function revealIsOpen(lesson, part) {
  return true;
}
