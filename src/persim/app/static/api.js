// Asking the server. A newer question of a kind takes the place of an older one; a busy server is asked again.

const TOKEN_KEY = "persim visitor";
const MOST_TRIES = 6;

/** What the server refused, in its words. */
export class AskError extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const underWay = new Map();

let pageToken = null;

/** A random token of this page's visit: it says whose turn it is and is forgotten with the tab. @returns {string} */
export function visitorToken() {
  if (pageToken) return pageToken;
  try {
    pageToken = window.sessionStorage.getItem(TOKEN_KEY);
  } catch {
    // no storage: a token for as long as the page stands
  }
  if (!pageToken) {
    pageToken = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      window.sessionStorage.setItem(TOKEN_KEY, pageToken);
    } catch {
      // as above
    }
  }
  return pageToken;
}

/**
 * Ask the server; a question of the same kind that is under way is given up.
 * @param {string} route as "/api/curves"
 * @param {?Object} body sent as JSON; null for a GET
 * @param {{kind?: string, as?: "json"|"buffer"|"text"}} [options] kind: whose newer question takes this one's place
 * @returns {Promise<?Object>} null if a newer question took its place
 * @throws {AskError}
 */
export async function ask(route, body = null, { kind = route, as = "json" } = {}) {
  underWay.get(kind)?.abort();
  const stop = new AbortController();
  underWay.set(kind, stop);
  try {
    return await asked(route, body, as, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    if (underWay.get(kind) === stop) underWay.delete(kind);
  }
}

async function asked(route, body, as, signal) {
  const headers = { "x-visitor": visitorToken() };
  if (body !== null) headers["content-type"] = "application/json";
  const request = { method: body === null ? "GET" : "POST", headers, signal, cache: "no-store" };
  if (body !== null) request.body = JSON.stringify(body);
  for (let tries = 1; ; tries += 1) {
    let answer;
    try {
      answer = await fetch(route, request);
    } catch (error) {
      if (signal.aborted) throw error;
      if (tries >= MOST_TRIES) throw new AskError("The server cannot be reached. What you see stays as it is.", 0);
      await pause(400 * tries, signal);
      continue;
    }
    if (answer.ok) return as === "buffer" ? answer.arrayBuffer() : as === "text" ? answer.text() : answer.json();
    const said = await answer.json().catch(() => ({}));
    if (said.overtaken) return null;
    if (answer.status === 503 && tries < MOST_TRIES) {
      await pause(1000 * (said.retry ?? 1) * (0.5 + Math.random()), signal);
      continue;
    }
    throw new AskError(said.error ?? `The server answered ${answer.status}.`, answer.status);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("given up", "AbortError"));
    });
  });
}
