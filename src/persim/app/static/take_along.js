// What can be taken along: the address, a scenario file, a table, a picture.

import { announce, element } from "./dom.js";

const PICTURE_SCALE = 2;
const PICTURE_MARGIN = 24;
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
 * A picture of the page's canvases and charts, one below the other, white behind, with words above and below.
 * @param {HTMLElement[]} canvases @param {SVGElement[]} drawings with their titles in `data-title`
 * @param {{title: string, lines: string[]}} words
 * @returns {Promise<Blob>} a PNG
 */
export async function pictureOf(canvases, drawings, words) {
  const images = await Promise.all(drawings.map(({ drawing, title }) => imageOf(drawing, title)));
  const wide = Math.max(900, ...canvases.map((canvas) => canvas.clientWidth));
  const columns = wide >= 900 ? 2 : 1;
  const cell = (wide - PICTURE_MARGIN * (columns - 1)) / columns;
  const rows = [];
  for (let at = 0; at < images.length; at += columns) rows.push(images.slice(at, at + columns));
  const heights = rows.map((row) => Math.max(...row.map((one) => (one.height * cell) / one.width)) + 34);
  const canvasHeight = canvases.length ? Math.max(...canvases.map((canvas) => (canvas.clientHeight * shareOf(canvases, wide)) / canvas.clientWidth)) : 0;
  const foot = 22 * words.lines.length + 12;
  const high = 54 + canvasHeight + PICTURE_MARGIN + heights.reduce((sum, one) => sum + one, 0) + foot;
  const paper = element("canvas");
  paper.width = (wide + 2 * PICTURE_MARGIN) * PICTURE_SCALE;
  paper.height = (high + PICTURE_MARGIN) * PICTURE_SCALE;
  const pen = paper.getContext("2d");
  pen.scale(PICTURE_SCALE, PICTURE_SCALE);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.translate(PICTURE_MARGIN, PICTURE_MARGIN);
  write(pen, words.title, 0, 22, "600 22px system-ui, sans-serif", "#1d2430");
  let y = 46;
  canvases.forEach((canvas, number) => {
    const share = shareOf(canvases, wide);
    pen.drawImage(canvas, number * (share + PICTURE_MARGIN), y, share, (canvas.clientHeight * share) / canvas.clientWidth);
  });
  y += canvasHeight + PICTURE_MARGIN;
  rows.forEach((row, at) => {
    row.forEach((one, number) => {
      const x = number * (cell + PICTURE_MARGIN);
      write(pen, one.title, x, y + 14, "600 14px system-ui, sans-serif", "#1d2430");
      pen.drawImage(one.image, x, y + 22, cell, (one.height * cell) / one.width);
    });
    y += heights[at];
  });
  words.lines.forEach((line, number) => write(pen, line, 0, y + 16 + 22 * number, "13px system-ui, sans-serif", "#4a5464", wide));
  announce("The picture is ready.");
  return new Promise((resolve) => paper.toBlob(resolve, "image/png"));
}

function shareOf(canvases, wide) {
  return (wide - PICTURE_MARGIN * (canvases.length - 1)) / canvases.length;
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
