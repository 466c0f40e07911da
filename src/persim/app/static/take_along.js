// What can be taken along: the address, a scenario file, a table, a picture.

import { announce, element } from "./dom.js";

const PICTURE_SCALE = 2;
const PICTURE_MARGIN = 24;
const PICTURE_WIDTH = 1100;
const PAINTED = [
  "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "font-size", "font-weight", "font-family",
  "paint-order", "text-anchor", "opacity", "display",
];

/** Offer a file to be saved. @param {string} name @param {Blob} content */
export function save(name, content) {
  const address = URL.createObjectURL(content);
  const link = element("a", { attributes: { href: address, download: name } });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Put a text where it can be pasted; gives false where the browser does not let us. @returns {Promise<boolean>} */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The bar of what can be taken along.
 * @param {HTMLElement} host
 * @param {{address: function(): Promise<string>, scenario: function(), table: function(), picture: function()}} does
 */
export function takeAlongBar(host, does) {
  const said = element("p", { class: "small soft said", attributes: { role: "status" } });
  const field = element("input", { attributes: { readonly: true, hidden: true, "aria-label": "Address of what you see" } });
  const button = (text, pressed) => element("button", {
    class: "button", text, attributes: { type: "button" },
    on: {
      click: async () => {
        said.textContent = "";
        try {
          said.textContent = (await pressed()) ?? "";
        } catch (error) {
          said.textContent = error.message;
        }
      },
    },
  });
  const copy = async () => {
    const address = await does.address();
    if (await copyText(address)) return "The address is copied: whoever opens it at this server sees the same run.";
    field.hidden = false;
    field.value = address;
    field.select();
    return "Copy this address: whoever opens it at this server sees the same run.";
  };
  host.append(
    element("div", { class: "take-along" }, button("Copy address", copy), button("Scenario file", does.scenario),
      button("Table (CSV)", does.table), button("Picture (PNG)", does.picture)),
    field, said,
  );
}

/**
 * A picture of the page: canvases side by side with their key, charts in two columns, white behind, words above and below.
 * @param {{canvas: HTMLCanvasElement, title: string}[]} canvases
 * @param {{drawing: SVGElement, title: string}[]} key marks and what they mean
 * @param {{drawing: SVGElement, title: string}[]} charts
 * @param {{title: string, lines: string[]}} words
 * @returns {Promise<Blob>} a PNG
 */
export async function pictureOf(canvases, key, charts, words) {
  const marks = await Promise.all(key.map(({ drawing, title }) => imageOf(drawing, title)));
  const images = await Promise.all(charts.map(({ drawing, title }) => imageOf(drawing, title)));
  const paper = element("canvas");
  const pen = paper.getContext("2d");
  const high = laidOut(pen, canvases, marks, images, words, false);
  paper.width = (PICTURE_WIDTH + 2 * PICTURE_MARGIN) * PICTURE_SCALE;
  paper.height = (high + 2 * PICTURE_MARGIN) * PICTURE_SCALE;
  pen.scale(PICTURE_SCALE, PICTURE_SCALE);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.translate(PICTURE_MARGIN, PICTURE_MARGIN);
  laidOut(pen, canvases, marks, images, words, true);
  announce("The picture is ready.");
  return new Promise((resolve) => paper.toBlob(resolve, "image/png"));
}

/** Lay the picture out, and draw it or only measure it. @returns {number} how high it is */
function laidOut(pen, canvases, marks, images, words, draws) {
  const image = (...what) => (draws ? pen.drawImage(...what) : null);
  const text = (...what) => (draws ? write(pen, ...what) : null);
  text(words.title, 0, 22, "600 22px system-ui, sans-serif", "#1d2430", PICTURE_WIDTH);
  let y = 40;
  const share = (PICTURE_WIDTH - PICTURE_MARGIN * (canvases.length - 1)) / Math.max(1, canvases.length);
  canvases.forEach(({ canvas, title }, number) => {
    const x = number * (share + PICTURE_MARGIN);
    text(title, x, y + 16, "600 15px system-ui, sans-serif", "#1d2430", share);
    image(canvas, x, y + 24, share, heightAt(canvas, share));
  });
  y += 24 + Math.max(0, ...canvases.map(({ canvas }) => heightAt(canvas, share))) + 12;
  y = keyOf(pen, marks, y, image, text);
  const cell = (PICTURE_WIDTH - PICTURE_MARGIN) / 2;
  for (let at = 0; at < images.length; at += 2) {
    const row = images.slice(at, at + 2);
    row.forEach((one, number) => {
      const x = number * (cell + PICTURE_MARGIN);
      text(one.title, x, y + 14, "600 14px system-ui, sans-serif", "#1d2430", cell);
      image(one.image, x, y + 22, cell, (one.height * cell) / one.width);
    });
    y += Math.max(...row.map((one) => (one.height * cell) / one.width)) + 34;
  }
  words.lines.forEach((line, number) => text(line, 0, y + 16 + 22 * number, "13px system-ui, sans-serif", "#4a5464", PICTURE_WIDTH));
  return y + 22 * words.lines.length;
}

/** Marks with their words, as many in a row as fit. @returns {number} where what follows begins */
function keyOf(pen, marks, top, image, text) {
  const font = "14px system-ui, sans-serif";
  let [x, y] = [0, top];
  pen.font = font;
  for (const mark of marks) {
    const wide = 24 + pen.measureText(mark.title).width + 22;
    if (x && x + wide > PICTURE_WIDTH) [x, y] = [0, y + 24];
    image(mark.image, x, y, 18, 18);
    text(mark.title, x + 24, y + 14, font, "#1d2430");
    x += wide;
  }
  return marks.length ? y + 24 + PICTURE_MARGIN : y + PICTURE_MARGIN / 2;
}

function heightAt(canvas, width) {
  return (canvas.clientHeight * width) / canvas.clientWidth;
}

function write(pen, text, x, y, font, colour, most = undefined) {
  pen.font = font;
  pen.fillStyle = colour;
  pen.fillText(text, x, y, most);
}

/** An SVG of the page as an image: what its style sheet says is written into it. */
async function imageOf(drawing, title) {
  const copy = drawing.cloneNode(true);
  const [from, to] = [drawing.querySelectorAll("*"), copy.querySelectorAll("*")];
  from.forEach((node, number) => {
    const style = window.getComputedStyle(node);
    for (const name of PAINTED) to[number].setAttribute(name, style.getPropertyValue(name)); // attributes: no style is inlined
  });
  const { width, height } = drawing.getBoundingClientRect();
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const text = new XMLSerializer().serializeToString(copy);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  return { image, width, height, title };
}
