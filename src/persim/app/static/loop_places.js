// Where the nodes and arrows of a feedback loop lie: reckoned from its links, for any width. Plain functions, no page.

const FULL_TURN = 2 * Math.PI;
const TOP = -Math.PI / 2;

/** The rings of a loop: every way along its links from a node back to itself, each once. @returns {Object[][]} links */
export function ringsOf(loop) {
  const order = new Map(loop.nodes.map((node, number) => [node.key, number]));
  const found = [];
  const follow = (start, way) => {
    const at = way.length ? way[way.length - 1].to : start;
    if (way.length && at === start) {
      found.push(way);
      return;
    }
    const seen = new Set(way.map((link) => link.from));
    for (const link of loop.links) {
      if (link.from === at && order.get(link.to) >= order.get(start) && (link.to === start || !seen.has(link.to))) {
        follow(start, [...way, link]);
      }
    }
  };
  for (const node of loop.nodes) follow(node.key, []);
  return found;
}

/** The paths between where two rings part and where they meet again, and the way back that they share. */
function threePaths(one, other) {
  const shared = new Set(one.filter((link) => other.includes(link)));
  const start = one.findIndex((link, place) => !shared.has(link) && shared.has(one[(place + one.length - 1) % one.length]));
  if (start < 0) return null;
  const turned = [...one.slice(start), ...one.slice(0, start)];
  const begin = other.findIndex((link) => link.from === turned[0].from);
  const otherTurned = [...other.slice(begin), ...other.slice(0, begin)];
  const first = turned.filter((link) => !shared.has(link));
  const second = otherTurned.filter((link) => !shared.has(link));
  return { first, second, back: turned.filter((link) => shared.has(link)) };
}

function onEllipse(angle, frame) {
  return { x: frame.x + frame.rx * Math.cos(angle), y: frame.y + frame.ry * Math.sin(angle), angle };
}

function allAround(ring, frame, places) {
  const first = ring.length === 2 ? -Math.PI : TOP;
  ring.forEach((link, number) => places.set(link.from, onEllipse(first + (FULL_TURN * number) / ring.length, frame)));
}

function halfAround(path, from, to, frame, places) {
  path.slice(0, -1).forEach((link, number) => {
    places.set(link.to, onEllipse(from + ((to - from) * (number + 1)) / path.length, frame));
  });
}

/**
 * The place of every node, and where each ring's letter stands and which way round it goes.
 * @param {Object} loop @param {{x: number, y: number, rx: number, ry: number}} frame the ellipse
 * @returns {{places: Map<string, {x: number, y: number, angle: ?number}>, inner: Set, letters: {x: number, y: number, clockwise: boolean}[]}}
 *   `inner`: links that run through the middle
 */
export function loopPlaces(loop, frame) {
  const rings = ringsOf(loop).sort((a, b) => b.length - a.length);
  const places = new Map();
  const inner = new Set();
  const paths = rings.length > 1 ? threePaths(rings[0], rings[1]) : null;
  const byLength = paths ? [paths.second, paths.first, paths.back].sort((a, b) => a.length - b.length) : [];
  const middle = byLength[0] ?? [];
  const sides = byLength.filter((path) => path !== middle);
  if (!paths || sides.some((path) => path.length === 1)) allAround(rings[0], frame, places);
  else {
    const [right, left] = sides.includes(paths.first) ? [paths.first, sides.find((path) => path !== paths.first)] : sides;
    const [part, meet] = [paths.first[0].from, paths.back[0].from];
    places.set(part, onEllipse(TOP, frame));
    places.set(meet, onEllipse(-TOP, frame));
    halfAround(right, TOP, -TOP, frame, places);
    if (left === paths.back) halfAround(left, -TOP, FULL_TURN + TOP, frame, places);
    else halfAround(left, TOP, TOP - Math.PI, frame, places);
  }
  for (const link of middle) inner.add(link);
  middle.slice(0, -1).forEach((link, number) => {
    const [start, end] = [places.get(middle[0].from), places.get(middle[middle.length - 1].to)];
    const share = (number + 1) / middle.length;
    places.set(link.to, { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share, angle: null });
  });
  return { places, inner, letters: lettersOf(rings, sides, middle, places, frame) };
}

function lettersOf(rings, sides, middle, places, frame) {
  if (rings.length < 2 || sides.some((path) => path.length === 1)) {
    return [{ x: frame.x, y: frame.y, clockwise: turnsClockwise(rings[0], places) }];
  }
  return sides.map((side) => {
    const ring = rings.find((one) => side.every((link) => one.includes(link)) && middle.every((link) => one.includes(link)))
      ?? rings.find((one) => side.every((link) => one.includes(link)));
    const turn = { clockwise: turnsClockwise(ring, places) };
    if (middle.length > 1) {
      const right = places.get(side[0].to).x > frame.x;
      const height = side.length % 2 ? 0 : 0.42; // beside the middle, unless a node of the side stands there
      return { x: frame.x + (right ? 0.52 : -0.54) * frame.rx, y: frame.y - height * frame.ry, ...turn };
    }
    const face = [...new Set([...side, ...middle].flatMap((link) => [link.from, link.to]))].map((key) => places.get(key));
    const x = face.reduce((sum, place) => sum + place.x, 0) / face.length;
    const y = face.reduce((sum, place) => sum + place.y, 0) / face.length;
    return { x, y, ...turn };
  });
}

function turnsClockwise(ring, places) {
  let area = 0;
  for (const link of ring) {
    const [a, b] = [places.get(link.from), places.get(link.to)];
    area += a.x * b.y - b.x * a.y;
  }
  return area >= 0; // y grows downwards
}

/** A curve from one node to another: its three points. Around the ellipse, or through the middle. */
export function curveOf(link, layout, frame) {
  const [from, to] = [layout.places.get(link.from), layout.places.get(link.to)];
  const centre = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  if (layout.inner.has(link) || from.angle === null || to.angle === null) {
    const near = Math.hypot(centre.x - frame.x, centre.y - frame.y) > Math.min(frame.rx, frame.ry) * 0.4;
    const pull = near ? 0.35 : 0;
    return [from, { x: centre.x + (frame.x - centre.x) * pull, y: centre.y + (frame.y - centre.y) * pull }, to];
  }
  let turn = to.angle - from.angle;
  while (turn > Math.PI + 1e-9) turn -= FULL_TURN;
  while (turn < -Math.PI - 1e-9) turn += FULL_TURN;
  if (Math.abs(Math.abs(turn) - Math.PI) < 1e-6) turn = Math.PI;
  const way = onEllipse(from.angle + turn / 2, frame);
  return [from, { x: 2 * way.x - centre.x, y: 2 * way.y - centre.y }, to];
}

/** The point of a curve at a share of its way. */
export function alongCurve([a, b, c], t) {
  const s = 1 - t;
  return { x: s * s * a.x + 2 * s * t * b.x + t * t * c.x, y: s * s * a.y + 2 * s * t * b.y + t * t * c.y };
}

/** The part of a curve outside two boxes. @param {{w: number, h: number}} first @param {{w: number, h: number}} last */
export function outsideBoxes(curve, first, last, gap) {
  const inside = (t, place, box) => {
    const point = alongCurve(curve, t);
    return Math.abs(point.x - place.x) < box.w / 2 + gap && Math.abs(point.y - place.y) < box.h / 2 + gap;
  };
  let [start, end] = [0, 1];
  while (start < 0.45 && inside(start, curve[0], first)) start += 0.005;
  while (end > 0.55 && inside(end, curve[2], last)) end -= 0.005;
  return { start, end };
}

/** Words in lines of at most `width` letters. @returns {string[]} */
export function wrappedWords(text, width) {
  const lines = [];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
