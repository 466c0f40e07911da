// Bars as a table: a name, a bar for each world, the numbers. Compact, read by everybody, drawn by the page itself.

import { element, inUnit } from "./dom.js";

/** A table of bars. */
export class BarTable {
  /** @param {HTMLElement} host @param {string} title */
  constructor(host, title) {
    this.title = title;
    this.caption = element("caption", {}, element("strong", { text: title }));
    this.head = element("thead");
    this.body = element("tbody");
    this.note = element("p", { class: "chart-note" });
    this.figure = element("div", { class: "chart bar-table" },
      element("table", {}, this.caption, this.head, this.body), this.note);
    this.rows = [];
    host.append(this.figure);
  }

  /**
   * @param {{columns: {name: string, colour: string}[], rows: {name: string, values: number[], words?: string[]}[],
   *   unit: string, note: string}} spec
   */
  update(spec) {
    this.spec = spec;
    const most = Math.max(1e-9, ...spec.rows.flatMap((row) => row.values));
    this.note.textContent = spec.note;
    this.head.replaceChildren(element("tr", { class: spec.columns.length === 1 ? "unseen" : "" },
      element("th", { text: "what", class: "unseen", attributes: { scope: "col" } }),
      element("td", {}),
      ...spec.columns.map((column) => element("th", { text: column.name, attributes: { scope: "col" } }))));
    while (this.rows.length > spec.rows.length) this.rows.pop().node.remove();
    spec.rows.forEach((row, number) => {
      const made = this.rows[number] ?? this.newRow();
      if (made.bars.length !== spec.columns.length) this.refit(made, spec.columns.length);
      made.name.textContent = row.name;
      spec.columns.forEach((column, place) => {
        const value = row.values[place];
        made.bars[place].style.width = `${(100 * value) / most}%`;
        made.bars[place].style.background = column.colour;
        made.numbers[place].textContent = row.words?.[place] ?? inUnit(value, spec.unit);
      });
    });
  }

  newRow() {
    const made = { name: element("th", { attributes: { scope: "row" } }), track: element("td", { class: "track", attributes: { "aria-hidden": "true" } }), bars: [], numbers: [] };
    made.node = element("tr", {}, made.name, made.track);
    this.body.append(made.node);
    this.rows.push(made);
    return made;
  }

  refit(made, n) {
    for (const number of made.numbers) number.remove();
    made.bars = Array.from({ length: n }, () => element("div", { class: "bar" }));
    made.numbers = Array.from({ length: n }, () => element("td", { class: "number" }));
    made.track.replaceChildren(...made.bars);
    made.node.append(...made.numbers);
  }
}
