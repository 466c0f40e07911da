// A lesson in a room: predictions are gathered, and a reveal waits until the teacher opens it. Alone, nothing waits.

import { ask } from "./api.js";

let stateAsked = null;

/** How the class stands; who asks while that is being asked shares the answer, for none may be given up. */
function roomState() {
  stateAsked ??= ask("/api/room/state", null, { kind: "room of a lesson" }).finally(() => {
    stateAsked = null;
  });
  return stateAsked;
}

/**
 * Where a class stands that is in this lesson.
 * @param {string} lesson @returns {Promise<?{revealed: string[]}>} null if there is none, or it is in another lesson
 */
export async function classIn(lesson) {
  try {
    const state = await roomState();
    return state?.in_session && state.lesson === lesson ? { revealed: state.revealed[lesson] ?? [] } : null;
  } catch {
    return null; // no room, or no network: the lesson goes on alone
  }
}

/** Is a reveal to be shown: is there no class in this lesson, or has the teacher opened it? @returns {Promise<boolean>} */
export async function mayOpen(lesson, question) {
  const found = await classIn(lesson);
  return found === null || found.revealed.includes(question);
}

/** Give a prediction to the class, if there is one; a failure does not disturb the lesson. @returns {Promise<boolean>} taken? */
export async function sendAnswer(lesson, part, answer) {
  if ((await classIn(lesson)) === null) return false;
  try {
    await ask("/api/room/answers", { lesson, part, answer }, { kind: `answer ${part}` });
    return true;
  } catch {
    return false; // the reveal is open already, or the network is gone: what was predicted stays here
  }
}
