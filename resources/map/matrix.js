// One building: floors from the top down, a cell for every door. Arrows move, Enter opens, Space selects, letters filter.
"use strict";

class Matrix {
  constructor(box, told, tip) {
    this.tip = tip;
    this.box = box; // holds #floors and #typed
    this.told = told; // opened(id), chosen(id), up()
    this.floors = box.querySelector("#floors");
    this.typed = box.querySelector("#typed");
    this.cells = new Map();
    this.filter = "";
    this.floors.addEventListener("keydown", (event) => this.key(event));
    this.floors.addEventListener("click", (event) => this.click(event));
    for (const name of ["mouseover", "focusin"]) {
      this.floors.addEventListener(name, (event) => this.explain(event.target.closest(".cell")));
    }
    for (const name of ["mouseleave", "focusout", "scroll"]) {
      this.floors.addEventListener(name, () => this.explain(null), true);
    }
  }

  show(matrix) {
    const same = this.drawn?.id === matrix.id && this.drawn.shape === matrix.shape;
    this.drawn = matrix;
    if (same) return this.paint(matrix);
    this.cells.clear();
    this.grid = [];
    const table = element("div", "grid" + (matrix.columns.length > 6 ? " narrow" : ""));
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", matrix.title);
    table.style.setProperty("--columns", matrix.columns.length);
    if (matrix.columns.some((title) => title)) {
      const head = this.line(table);
      head.append(element("div", "floor"));
      for (const title of matrix.columns) head.append(element("div", "unit", title));
    }
    for (const floor of matrix.floors) this.row(this.line(table), floor);
    this.floors.replaceChildren(table);
    this.setFilter("");
    const cells = this.grid.flat().filter((cell) => cell);
    const first = cells.find((cell) => !cell.aside) ?? cells[0];
    this.focusOn(first, false);
    if (first && first !== cells[0]) first.scrollIntoView({ block: "center" });
  }

  line(table) {
    const line = table.appendChild(element("div", "row"));
    line.setAttribute("role", "row");
    return line;
  }

  row(line, floor) {
    line.append(element("div", "floor", floor.label));
    const held = [];
    for (const cell of floor.cells) {
      const made = cell ? this.cell(cell) : element("div", "gap");
      held.push(cell ? made : null);
      line.append(made);
    }
    this.grid.push(held);
  }

  cell(cell) {
    const made = element("div", "cell");
    made.tabIndex = -1;
    made.setAttribute("role", "gridcell");
    made.setAttribute("aria-selected", "false");
    made.dataset.id = cell.id;
    const who = element("div", "who");
    made.parts = { room: element("span", "room"), name: element("span", "name"), count: element("span", "count"),
      marks: element("div", "marks") };
    who.append(made.parts.room, made.parts.name, made.parts.count);
    made.append(who, made.parts.marks);
    this.cells.set(cell.id, made);
    this.fill(made, cell);
    return made;
  }

  // Writes only what differs from what the cell shows.
  fill(made, cell) {
    const state = JSON.stringify(cell);
    if (made.state === state) return;
    made.state = state;
    made.words = cell.search;
    made.aside = cell.faded;
    const kind = "cell" + (cell.vacant ? " vacant" : "") + (cell.unvisited ? " unvisited" : "");
    if (made.kind !== kind) made.className = made.kind = kind;
    if (made.colour !== cell.colour) made.style.setProperty("--state", made.colour = cell.colour);
    made.told = cell.lines;
    made.setAttribute("aria-label", cell.lines.join("，"));
    for (const [key, text] of [["room", cell.room], ["name", cell.who], ["count", cell.count]]) {
      if (made.parts[key].textContent !== text) made.parts[key].textContent = text;
    }
    const marks = JSON.stringify(cell.marks);
    if (made.marks === marks) return;
    made.marks = marks;
    made.parts.marks.replaceChildren(...cell.marks.map((mark) => this.mark(mark)));
  }

  mark(mark) {
    const shown = element("span", "mark " + mark.key + (mark.missing ? " missing" : ""), mark.text);
    if (mark.part !== undefined) shown.style.setProperty("--part", mark.part + "%");
    return shown;
  }

  paint(matrix) {
    for (const floor of matrix.floors) {
      for (const cell of floor.cells) if (cell) this.fill(this.cells.get(cell.id), cell);
    }
    this.setFilter(this.filter);
  }

  // What the marks of a door mean, in words beside it.
  explain(made) {
    this.tip.hidden = !made || made.told.length < 2;
    if (this.tip.hidden) return;
    this.tip.replaceChildren(...made.told.map((line, n) => element("div", n ? "" : "name", line)));
    const place = made.getBoundingClientRect(), around = this.box.getBoundingClientRect();
    const below = place.bottom + 6 + this.tip.offsetHeight < around.bottom;
    this.tip.style.left = Math.min(place.left, around.right - this.tip.offsetWidth - 8) - around.left + "px";
    this.tip.style.top = (below ? place.bottom + 4 : place.top - this.tip.offsetHeight - 4) - around.top + "px";
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

  // Along a floor to the next door; up and down to the nearest one of the next floor that has any.
  step(down, right) {
    const [row, column] = this.place(this.current);
    if (right) {
      for (let at = column + right; at >= 0 && at < this.grid[row].length; at += right) {
        if (this.grid[row][at]) return this.focusOn(this.grid[row][at]);
      }
      return;
    }
    for (let at = row + down; at >= 0 && at < this.grid.length; at += down) {
      const there = this.grid[at].map((made, n) => [Math.abs(n - column), made]).filter(([, made]) => made);
      if (there.length) return this.focusOn(there.reduce((a, b) => (b[0] < a[0] ? b : a))[1]);
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
