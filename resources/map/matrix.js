// One building: floors from the top down, a cell for every door. Arrows move, Enter opens, Space selects, letters filter.
"use strict";

class Matrix {
  constructor(box, told) {
    this.box = box; // holds #floors and #typed
    this.told = told; // opened(id), chosen(id), up()
    this.floors = box.querySelector("#floors");
    this.typed = box.querySelector("#typed");
    this.cells = new Map();
    this.filter = "";
    this.floors.addEventListener("keydown", (event) => this.key(event));
    this.floors.addEventListener("click", (event) => this.click(event));
  }

  show(matrix) {
    const same = this.drawn?.id === matrix.id && this.drawn.shape === matrix.shape;
    this.drawn = matrix;
    if (same) return this.paint(matrix);
    this.cells.clear();
    this.grid = [];
    const table = element("table");
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", matrix.title);
    if (matrix.columns.some((title) => title)) {
      const head = table.appendChild(element("tr"));
      head.append(element("th"));
      for (const title of matrix.columns) head.append(element("th", "unit", title));
    }
    for (const floor of matrix.floors) table.append(this.row(floor));
    table.classList.toggle("narrow", matrix.columns.length > 6);
    this.floors.replaceChildren(table);
    this.setFilter("");
    const cells = this.grid.flat().filter((cell) => cell);
    const first = cells.find((cell) => !cell.aside) ?? cells[0];
    this.focusOn(first, false);
    if (first && first !== cells[0]) first.scrollIntoView({ block: "center" });
  }

  row(floor) {
    const line = element("tr");
    line.append(element("th", "", floor.label));
    const held = [];
    for (const cell of floor.cells) {
      const made = cell ? this.cell(cell) : element("td", "gap");
      held.push(cell ? made : null);
      line.append(made);
    }
    this.grid.push(held);
    return line;
  }

  cell(cell) {
    const made = element("td", "cell");
    made.tabIndex = -1;
    made.setAttribute("role", "gridcell");
    made.setAttribute("aria-selected", "false");
    made.dataset.id = cell.id;
    this.cells.set(cell.id, made);
    this.fill(made, cell);
    return made;
  }

  fill(made, cell) {
    const state = JSON.stringify(cell);
    if (made.state === state) return;
    made.state = state;
    made.words = cell.search;
    made.aside = cell.faded;
    made.className = "cell" + (cell.vacant ? " vacant" : "") + (cell.unvisited ? " unvisited" : "");
    made.style.setProperty("--state", cell.colour);
    made.title = cell.lines.join("\n");
    made.setAttribute("aria-label", cell.lines.join("，"));
    const who = element("div", "who");
    who.append(element("span", "room", cell.room), element("span", "name", cell.who), element("span", "count", cell.count));
    const marks = element("div", "marks");
    for (const mark of cell.marks) {
      const shown = element("span", "mark " + mark.key + (mark.missing ? " missing" : ""), mark.text);
      if (mark.part !== undefined) shown.style.setProperty("--part", mark.part + "%");
      marks.append(shown);
    }
    made.replaceChildren(who, marks);
  }

  paint(matrix) {
    for (const floor of matrix.floors) {
      for (const cell of floor.cells) if (cell) this.fill(this.cells.get(cell.id), cell);
    }
    this.setFilter(this.filter);
  }

  // ---- keyboard

  place(made) {
    for (let row = 0; row < this.grid.length; row++) {
      const column = this.grid[row].indexOf(made);
      if (column >= 0) return [row, column];
    }
    return [0, 0];
  }

  focusOn(made, really = true) {
    if (!made) return;
    if (this.current) this.current.tabIndex = -1;
    this.current = made;
    made.tabIndex = 0;
    if (really) made.focus();
  }

  step(down, right) {
    let [row, column] = this.place(this.current);
    for (;;) {
      row += down;
      column += right;
      if (row < 0 || row >= this.grid.length || column < 0 || column >= this.grid[row].length) return;
      if (this.grid[row][column]) return this.focusOn(this.grid[row][column]);
    }
  }

  key(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (steps[event.key]) this.step(...steps[event.key]);
    else if (event.key === "Enter") this.open(this.current);
    else if (event.key === " ") this.select(this.current);
    else if (event.key === "Escape") this.filter ? this.setFilter("") : this.told.up();
    else if (event.key === "Backspace") this.filter ? this.setFilter(this.filter.slice(0, -1)) : this.told.up();
    else if (event.key.length === 1) this.setFilter(this.filter + event.key);
    else return;
    event.preventDefault();
  }

  setFilter(text) {
    this.filter = text;
    this.typed.hidden = !text;
    this.typed.textContent = text;
    for (const made of this.cells.values()) {
      made.classList.toggle("faded", text ? !made.words.includes(text.toLowerCase()) : made.aside);
    }
  }

  select(made) {
    made.setAttribute("aria-selected", made.getAttribute("aria-selected") === "true" ? "false" : "true");
  }

  click(event) {
    const made = event.target.closest(".cell");
    if (made) this.open(made);
  }

  open(made) {
    if (!made) return;
    this.focusOn(made);
    for (const each of this.cells.values()) each.setAttribute("aria-selected", String(each === made));
    this.told.opened(made.dataset.id);
  }
}
