// Words of a lesson: paragraphs, and *stress*; never markup of their own.

import { element } from "./dom.js";

/** A text whose *stressed* words are `em`. @param {string} text @returns {(string|HTMLElement)[]} */
export function stressed(text) {
  return text.split(/\*([^*\n]+)\*/).map((part, number) => (number % 2 ? element("em", { text: part }) : part)).filter((part) => part !== "");
}

/** Paragraphs: each line of the text is one. @param {string} text @returns {HTMLElement[]} */
export function paragraphs(text) {
  return (text ?? "").split(/\n+/).filter((line) => line.trim()).map((line) => element("p", {}, stressed(line)));
}
