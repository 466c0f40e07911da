// The picture in words: of one person, one post, one week. For tips, for screen readers, for those who would rather read.

import { counted, dayOf } from "./dom.js";
import { BARRIER_WORDS, HAND_OFF_WORDS, PROFESSIONS, STAGE_WORDS, stepAt, stepsOf } from "./palette.js";

const LEGAL_WORDS = ["voluntary", "detained under section 2", "detained under section 3", "on a community treatment order"];
const BUDGET_WORDS = ["", "counted, with no budget in use", "real", "real: sum known, plan agreed, free to vary", "not real"];

/** A word with a capital. */
export function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A team's name. */
export function teamName(film, team) {
  if (team < 0) return "outside the teams";
  return `team ${team}${film.teams[team].rural ? ", rural" : ""}`;
}

/** A post's name: "nurse, post 4". */
export function postName(film, post) {
  return `${PROFESSIONS[film.professions[post]].words}, post ${post}`;
}

/** How many people are at each step in a week, and how many on no caseload. */
export function stepCounts(film, colour, week) {
  const counts = new Array(stepsOf(colour).length).fill(0);
  let away = 0;
  for (let person = 0; person < film.people; person += 1) {
    const step = stepAt(film, colour, person, week);
    if (step < 0) away += 1;
    else counts[step] += 1;
  }
  return { counts, away };
}

/** One person in a week. @returns {{title: string, text: string}} */
export function personWords(film, person, week, colour = "stage") {
  const title = `Synthetic person ${person}`;
  const stage = film.at("stage", person, week);
  if (stage === 255) return { title, text: `Discharged to primary care; on nobody's caseload. ${ofTeam(film, person)}` };
  const budget = film.at("budget", person, week);
  const said = [stage === 10 ? `${STAGE_WORDS[10]}, ${BUDGET_WORDS[budget]}` : STAGE_WORDS[stage]];
  if (stage !== 10 && budget === 1) said.push(BUDGET_WORDS[1]);
  const barrier = film.at("barrier", person, week);
  if (colour === "barrier" && barrier) said.push(BARRIER_WORDS[barrier]);
  if (colour === "legal") said.push(LEGAL_WORDS[film.at("legal", person, week)]);
  if (!film.at("eligible", person, week) && stage < 2) said.push("not found eligible for social care");
  const post = film.at("post", person, week);
  return { title, text: `${capital(said.join("; "))}. Coordinator: ${postName(film, post)}, ${teamName(film, film.postTeam[post])}.` };
}

function ofTeam(film, person) {
  return `${capital(teamName(film, film.teamOfPerson[person]))}.`;
}

/** One post in a week. @returns {{title: string, text: string}} */
export function postWords(film, post, week) {
  const cases = film.at("cases", post, week);
  const leads = `leads on ${counted(cases, "budget case")}`;
  const title = capital(postName(film, post));
  if (film.postTeam[post] < 0) return { title, text: `${capital(leads)}; outside the teams.` };
  const works = ["The post is vacant", "Away from work this week", "At work"][film.at("working", post, week)];
  let people = 0;
  for (let person = 0; person < film.people; person += 1) {
    if (film.at("post", person, week) === post && film.at("stage", person, week) !== 255) people += 1;
  }
  const gate = `the gate of time stands ${film.at("gate", post, week)} % open`;
  return { title, text: `${works}; ${counted(people, "person", "people")}; ${leads}; ${gate}. ${capital(teamName(film, film.postTeam[post]))}.` };
}

/** One week in words. @param {?Set<number>} ringed people whose lives differ from the other world's @returns {string} */
export function weekWords(film, week, colour = "stage", ringed = null) {
  const { counts, away } = stepCounts(film, colour, week);
  const steps = stepsOf(colour);
  const listed = counts.map((n, step) => (n ? `${n} ${steps[step].words}` : "")).filter(Boolean).join("; ");
  const said = [`Week of ${dayOf(film.start, week)}.`, `${counted(film.people - away, "person", "people")} on a caseload: ${listed}.`];
  if (away) said.push(`${away} discharged.`);
  const handed = film.during("hand_offs", week);
  if (handed.length) {
    const kinds = HAND_OFF_WORDS.map((words, kind) => [words, handed.filter((one) => one[4] === kind).length]);
    said.push(`Hand-offs: ${kinds.filter(([, n]) => n).map(([words, n]) => `${n} ${words}`).join(", ")}.`);
  }
  const told = film.during("told", week).length;
  if (told) said.push(`${counted(told, "person", "people")} heard of budgets from peers.`);
  film.teams.forEach((_, team) => {
    if (film.at("alarm", team, week) > 0) said.push(`Alarm in ${teamName(film, team)}.`);
  });
  if (ringed) said.push(`${counted(ringed.size, "life has", "lives have")} come to differ from the other world.`);
  return said.join(" ");
}
