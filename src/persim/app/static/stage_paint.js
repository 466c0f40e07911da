// Drawing the picture on its canvas: fields, posts, people, and what passes between them. Each function draws one thing.

import { AWAY_STEP, COLOURS, fillOf, HAND_OFF_LINES, PROFESSIONS, shapePath, TOLD_COLOUR } from "./palette.js";
import { worksFor } from "./stage_places.js";

const HAND_OFF_WEEKS = 5; // how long a hand-off can be seen
const TOLD_WEEKS = 4;
const FACE = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** Small pictures of the steps, drawn once and then copied. */
export class Sprites {
  constructor(steps, radius, scale) {
    this.scale = scale;
    this.half = Math.ceil(radius * 1.7) + 1;
    this.made = [...steps, AWAY_STEP].map((step) => this.drawn(step, step === AWAY_STEP ? Math.min(3, radius * step.size) : radius * step.size));
  }

  drawn(step, r) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * this.half * this.scale;
    const pen = canvas.getContext("2d");
    pen.scale(this.scale, this.scale);
    pen.translate(this.half, this.half);
    const fill = fillOf(step.shape);
    if (fill === "hollow") {
      const line = Math.max(1.2, r * 0.36);
      const path = new Path2D(shapePath(step.shape, r - line / 2));
      pen.fillStyle = "#fff";
      pen.fill(path);
      pen.strokeStyle = step.colour;
      pen.lineWidth = line;
      pen.stroke(path);
    } else {
      pen.fillStyle = step.colour;
      const path = new Path2D(shapePath(step.shape, r));
      pen.fill(path);
      if (step.edge) {
        pen.strokeStyle = step.edge;
        pen.lineWidth = Math.max(0.8, r * 0.2);
        pen.stroke(path);
      }
    }
    if (fill === "eye") {
      pen.fillStyle = "#fff";
      pen.fill(new Path2D(shapePath("dot", r * 0.36)));
    }
    return canvas;
  }

  /** Draw a step's mark; -1 is somebody on no caseload. */
  stamp(pen, step, x, y) {
    const sprite = this.made[step < 0 ? this.made.length - 1 : step];
    pen.drawImage(sprite, x - this.half, y - this.half, 2 * this.half, 2 * this.half);
  }
}

/** The fields of the teams, with names and alarms. */
export function paintFields(pen, film, layout, week) {
  pen.textBaseline = "alphabetic";
  const size = layout.text ?? 1;
  for (const field of layout.fields) {
    const alarm = field.team < 0 ? 0 : film.at("alarm", field.team, week) / 100;
    pen.beginPath();
    pen.roundRect(field.left + 2, field.top + 2, field.wide - 4, field.high - 4, 10);
    pen.fillStyle = field.team < 0 ? "#fbfcfd" : "#f5f7f9";
    pen.fill();
    pen.strokeStyle = alarm > 0 ? COLOURS.rust : "#e3e8ee";
    pen.lineWidth = alarm > 0 ? 1.5 + 2.5 * alarm : 1;
    pen.stroke();
    pen.textAlign = "left";
    pen.fillStyle = COLOURS.dark;
    pen.font = `600 ${13 * size}px ${FACE}`;
    const name = field.team < 0 ? "Outside the teams" : `Team ${field.team}`;
    pen.fillText(name, field.left + 12, field.top + 20);
    const wide = pen.measureText(name).width;
    pen.font = `${13 * size}px ${FACE}`;
    pen.fillStyle = "#5f6b7a";
    if (field.team >= 0 && film.teams[field.team].rural) pen.fillText("rural", field.left + 20 + wide, field.top + 20);
    if (field.awayRows) pen.fillText("discharged", field.left + 12, field.top + field.high - 7);
    if (alarm > 0) {
      pen.textAlign = "right";
      pen.font = `700 ${13 * size}px ${FACE}`;
      pen.fillStyle = COLOURS.rust;
      pen.fillText("▲ alarm", field.left + field.wide - 12, field.top + 20);
    }
  }
}

/** A post: its mark and letter; around it, how far the gate of time stands open. */
export function paintPost(pen, film, layout, post, week) {
  const [x, y, r] = [layout.postX[post], layout.postY[post], layout.mark];
  const { shape, letter, words } = PROFESSIONS[film.professions[post]];
  const outside = film.postTeam[post] < 0;
  const working = outside ? 2 : film.at("working", post, week);
  pen.save();
  pen.translate(x, y);
  const path = new Path2D(shapePath(shape, r * 0.86));
  pen.fillStyle = working === 2 ? COLOURS.dark : "#fff";
  pen.fill(path);
  pen.strokeStyle = working === 2 ? COLOURS.dark : "#7b8694";
  pen.lineWidth = 1.4;
  if (working === 0) pen.setLineDash([2.5, 2.5]);
  pen.stroke(path);
  pen.setLineDash([]);
  pen.fillStyle = working === 2 ? "#fff" : "#5f6b7a";
  pen.font = `700 ${Math.round(r * 1.08)}px ${FACE}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(letter, 0, shape === "house" ? r * 0.12 : r * 0.07);
  if (!outside && working === 2) {
    pen.lineWidth = 2;
    pen.strokeStyle = "#d9dfe6";
    pen.beginPath();
    pen.arc(0, 0, r + 2.4, 0, 2 * Math.PI);
    pen.stroke();
    pen.strokeStyle = "#7b8694";
    pen.beginPath();
    pen.arc(0, 0, r + 2.4, -Math.PI / 2, -Math.PI / 2 + (2 * Math.PI * film.at("gate", post, week)) / 100);
    pen.stroke();
  }
  if (outside) {
    pen.font = `12px ${FACE}`;
    pen.fillStyle = "#5f6b7a";
    pen.fillText(words.replace(" team", ""), 0, r + 11);
    pen.fillText(worksFor(film, post), 0, r + 25);
  }
  pen.restore();
}

/** Points of an arc from one place to another. @returns {number[][]} */
export function arcPoints(x0, y0, x1, y1, bulge, ends = [0, 0], n = 24) {
  const long = Math.hypot(x1 - x0, y1 - y0) || 1;
  const high = Math.min(70, Math.max(10, bulge * long));
  const [nx, ny] = [(y1 - y0) / long, -(x1 - x0) / long];
  const side = ny > 0 ? -1 : 1; // arcs rise
  const [cx, cy] = [(x0 + x1) / 2 + side * nx * high * 2, (y0 + y1) / 2 + side * ny * high * 2];
  const [first, last] = [Math.min(0.4, ends[0] / long), 1 - Math.min(0.4, ends[1] / long)];
  return Array.from({ length: n + 1 }, (_, number) => {
    const t = first + ((last - first) * number) / n;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    return [a * x0 + b * cx + c * x1, a * y0 + b * cy + c * y1];
  });
}

function trace(pen, points, share) {
  const n = Math.max(1, Math.round((points.length - 1) * share));
  pen.beginPath();
  pen.moveTo(...points[0]);
  for (let at = 1; at <= n; at += 1) pen.lineTo(...points[at]);
  pen.stroke();
  return [points[n - 1], points[n]];
}

function ending(pen, outcome, [[x0, y0], [x1, y1]]) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  pen.save();
  pen.translate(x1, y1);
  pen.rotate(angle);
  pen.setLineDash([]);
  pen.beginPath();
  if (outcome === 2) {
    pen.moveTo(1, 0);
    pen.lineTo(-8, -4.6);
    pen.lineTo(-8, 4.6);
    pen.closePath();
    pen.fill();
  } else if (outcome === 1) {
    pen.moveTo(0, -6);
    pen.lineTo(0, 6);
    pen.stroke();
  } else {
    pen.rotate(Math.PI / 4);
    for (const [dx, dy] of [[5, 0], [0, 5]]) {
      pen.moveTo(-dx, -dy);
      pen.lineTo(dx, dy);
    }
    pen.stroke();
  }
  pen.restore();
}

/** Hand-offs of this week and the last ones: an arrow that is taken, a bar where it is not, a cross where it is lost. */
export function paintHandOffs(pen, film, layout, week, share) {
  for (let age = Math.min(HAND_OFF_WEEKS - 1, week); age >= 0; age -= 1) {
    for (const [, person, sender, to, outcome, since] of film.during("hand_offs", week - age)) {
      const from = sender >= 0 ? sender : film.at("post", person, Math.max(0, since ?? week - age));
      if (from === to || layout.postX[from] < 0 || layout.postX[to] < 0) continue;
      const { colour, dash } = HAND_OFF_LINES[outcome];
      pen.globalAlpha = 1 - age / HAND_OFF_WEEKS;
      pen.strokeStyle = pen.fillStyle = colour;
      pen.lineWidth = 2.2;
      pen.setLineDash(dash);
      const ends = [layout.mark + 3, layout.mark + 5];
      let points = arcPoints(layout.postX[from], layout.postY[from], layout.postX[to], layout.postY[to], 0.16, ends);
      if (outcome === 0) points = points.slice(0, 16); // it does not arrive
      ending(pen, outcome, trace(pen, points, age ? 1 : Math.max(share, 0.1)));
    }
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

/** Word of mouth of this week and the last ones: thin lines from a peer to the one who hears. */
export function paintTold(pen, film, where, week, share) {
  pen.strokeStyle = pen.fillStyle = TOLD_COLOUR;
  for (let age = Math.min(TOLD_WEEKS - 1, week); age >= 0; age -= 1) {
    pen.globalAlpha = 0.85 * (1 - age / TOLD_WEEKS);
    for (const [, person, peers] of film.during("told", week - age)) {
      pen.lineWidth = 1.2;
      for (const peer of peers) {
        trace(pen, arcPoints(where.x[peer], where.y[peer], where.x[person], where.y[person], 0.1, [3, 6]), age ? 1 : share);
      }
      pen.lineWidth = 1.6;
      pen.beginPath();
      pen.arc(where.x[person], where.y[person], 8.5, 0, 2 * Math.PI);
      pen.stroke();
    }
  }
  pen.globalAlpha = 1;
}

/** A ring around somebody. */
export function paintRing(pen, x, y, r, colour, wide = 1.6, gap = 0) {
  pen.beginPath();
  pen.arc(x, y, r, 0, 2 * Math.PI);
  if (gap) {
    pen.strokeStyle = "#fff";
    pen.lineWidth = wide + 2 * gap;
    pen.stroke();
  }
  pen.strokeStyle = colour;
  pen.lineWidth = wide;
  pen.stroke();
}
