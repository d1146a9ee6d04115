// One building: floors from the top down, a cell for every door. Arrows move, Enter opens, letters filter; Space, Ctrl and
// Shift, dragging, a floor or a column choose several doors for one act. Longer than most files: keys, mouse and cells share one grid.
"use strict";

const NARROW = 118; // px of a door, below which its marks are drawn smaller

class Matrix {
  constructor(box, told, tip) {
    this.tip = tip;
    this.box = box; // holds #floors and #typed
    this.told = told; // opened(id), chosen(id), up(), selected(ids)
    this.floors = box.querySelector("#floors");
    this.typed = box.querySelector("#typed");
    this.cells = new Map();
    this.chosen = new Set();
    this.filter = "";
    this.floors.addEventListener("keydown", (event) => this.key(event));
    this.floors.addEventListener("click", (event) => this.click(event));
    this.floors.addEventListener("mousedown", (event) => this.press(event));
    this.floors.addEventListener("mouseover", (event) => this.drag(event));
    window.addEventListener("mouseup", () => this.release());
    this.floors.addEventListener("mouseover", (event) => this.explain(event.target.closest(".cell")));
    new ResizeObserver(() => this.fit()).observe(this.floors);
    for (const name of ["mouseleave", "focusout", "scroll"]) {
      this.floors.addEventListener(name, () => this.explain(null), true);
    }
  }

  show(matrix) {
    const same = this.drawn?.id === matrix.id && this.drawn.shape === matrix.shape;
    this.drawn = matrix;
    if (same) return this.paint(matrix);
    const had = this.chosen.size > 0;
    this.cells.clear();
    this.chosen.clear();
    this.grid = [];
    this.floors.replaceChildren(this.table(matrix));
    this.fit();
    this.setFilter("");
    const cells = this.grid.flat().filter((cell) => cell);
    const first = cells.find((cell) => !cell.aside) ?? cells[0];
    this.current = this.anchor = this.opened = null;
    this.focusOn(first, false);
    if (first && first !== cells[0]) first.scrollIntoView({ block: "center" });
    if (had) this.told.selected([]);
  }

  // ---- building

  table(matrix) {
    const wide = matrix.columns.length;
    const table = element("div", "grid" + (wide > 6 ? " many" : wide < 3 ? " roomy" : ""));
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", matrix.title);
    table.setAttribute("aria-multiselectable", "true");
    table.style.setProperty("--columns", wide);
    const head = this.line(table);
    head.append(element("div", "floor"));
    matrix.columns.forEach((title, n) => {
      const made = element("div", "unit" + (title && n ? " begins" : ""), title);
      made.setAttribute("role", "columnheader");
      made.dataset.column = n;
      head.append(made);
    });
    for (const floor of matrix.floors) {
      if (floor.skipped) table.append(this.gap(floor.skipped));
      this.row(this.line(table), floor);
    }
    return table;
  }

  // Doors that have little room get smaller marks.
  fit() {
    const cell = this.floors.querySelector(".many > .row > .unit");
    if (cell) cell.closest(".grid").classList.toggle("narrow", cell.offsetWidth < NARROW);
  }

  line(table) {
    const line = table.appendChild(element("div", "row"));
    line.setAttribute("role", "row");
    return line;
  }

  // A hair's line where the numbering leaves storeys out.
  gap(words) {
    const made = element("div", "skipped");
    made.title = words;
    return made;
  }

  row(line, floor) {
    const label = element("div", "floor", floor.label);
    label.setAttribute("role", "rowheader");
    label.dataset.row = this.grid.length;
    line.append(label);
    const held = [];
    for (const [n, cell] of floor.cells.entries()) {
      if (n < held.length) continue; // under a door that spreads over several columns
      const begins = n > 0 && Boolean(this.drawn.columns[n]); // a unit
      const made = cell ? this.cell(cell, begins) : element("div", "gap");
      for (let span = cell ? cell.span : 1; span > 0; span--) held.push(cell ? made : null);
      line.append(made);
    }
    this.grid.push(held);
  }

  cell(cell, begins) {
    const made = element("div", "cell");
    made.begins = begins;
    made.tabIndex = -1;
    made.setAttribute("role", "gridcell");
    made.setAttribute("aria-selected", "false");
    made.dataset.id = cell.id;
    if (cell.span > 1) made.style.gridColumn = "span " + cell.span;
    const who = element("div", "who");
    made.parts = { room: element("span", "room"), name: element("span", "name"), count: element("span", "count"),
      marks: element("div", "marks"), some: element("div", "some") };
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
    const kind = "cell" + (made.begins ? " begins" : "") + (cell.vacant ? " vacant" : "") + (cell.unvisited ? " unvisited" : "");
    if (made.kind !== kind) made.className = made.kind = kind;
    if (made.colour !== cell.colour) made.style.setProperty("--state", made.colour = cell.colour);
    made.told = cell.lines;
    for (const [key, text] of [["room", cell.room], ["name", cell.who], ["count", cell.count]]) {
      if (made.parts[key].textContent !== text) made.parts[key].textContent = text;
    }
    const marks = JSON.stringify(cell.marks);
    if (made.marks === marks) return;
    made.marks = marks;
    this.mark(made.parts, cell.marks);
  }

  // Marks that do not fit are left out whole; an incident stands behind the others and never gives way.
  mark(parts, marks) {
    const made = marks.map((mark) => this.marked(mark));
    parts.marks.className = "marks" + (marks.length > 3 ? " crowded" : "");
    parts.some.replaceChildren(...made.filter((_, n) => marks[n].key !== "incident"));
    parts.marks.replaceChildren(parts.some, ...made.filter((_, n) => marks[n].key === "incident"));
  }

  marked(mark) {
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

  // Who lives there and what the marks of a door mean, in words beside it; nothing where the cell says all of it.
  explain(made) {
    const cut = made && made.parts.name.scrollWidth > made.parts.name.clientWidth;
    this.tip.hidden = !made || this.pressed?.far || (made.told.length < 2 && !cut);
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
        const made = this.grid[row][at];
        if (made && made !== this.current) return this.focusOn(made);
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
    const whole = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a";
    if (!whole && (event.ctrlKey || event.altKey || event.metaKey)) return;
    if (whole) this.choose([...this.cells.values()].filter((made) => !made.classList.contains("faded")));
    else if (steps[event.key]) this.walk(steps[event.key], event.shiftKey);
    else if (event.key === "Enter") this.open(this.current);
    else if (event.key === " ") this.toggle(this.current);
    else if (event.key === "Escape") this.back() || this.told.up();
    else if (event.key === "Backspace") this.filter ? this.setFilter(this.filter.slice(0, -1)) : this.told.up();
    else if (event.key.length === 1) this.setFilter(this.filter + event.key);
    else return;
    event.preventDefault();
    this.explain(this.floors.contains(document.activeElement) ? this.current : null);
  }

  // An arrow; with Shift everything between where it began and where it leads is chosen.
  walk([down, right], extend) {
    const from = this.current;
    this.step(down, right);
    if (!extend) this.anchor = this.current;
    else this.choose(this.between((this.anchor ??= from), this.current));
  }

  // Esc: what is chosen is let go, then what was typed; false if there was neither.
  back() {
    if (this.chosen.size) this.choose([]);
    else if (this.filter) this.setFilter("");
    else return false;
    return true;
  }

  setFilter(text) {
    this.filter = text;
    this.typed.hidden = !text;
    this.typed.textContent = text;
    for (const made of this.cells.values()) {
      made.classList.toggle("faded", text ? !made.words.includes(text.toLowerCase()) : made.aside);
    }
  }

  // ---- several doors

  // What the program chooses; ids that are not here are none.
  select(ids) {
    this.choose((Array.isArray(ids) ? ids : []).map((id) => this.cells.get(id)).filter((made) => made), false);
  }

  choose(wanted, tell = true) {
    const now = new Set(wanted);
    for (const made of this.chosen) if (!now.has(made)) made.setAttribute("aria-selected", "false");
    for (const made of now) if (!this.chosen.has(made)) made.setAttribute("aria-selected", "true");
    this.chosen = now;
    if (tell) this.told.selected([...now].map((made) => made.dataset.id));
  }

  toggle(made) {
    if (!made) return;
    this.anchor = made;
    this.choose(this.chosen.has(made) ? [...this.chosen].filter((each) => each !== made) : [...this.chosen, made]);
  }

  // The doors of the rectangle whose corners these two are.
  between(one, other) {
    const [[r, c], [s, d]] = [this.place(one), this.place(other)];
    const found = new Set();
    for (const row of this.grid.slice(Math.min(r, s), Math.max(r, s) + 1)) {
      for (const made of row.slice(Math.min(c, d), Math.max(c, d) + 1)) if (made) found.add(made);
    }
    return [...found];
  }

  // A whole floor: its row and those below that only go on with it.
  along(row) {
    let last = row + 1;
    while (last < this.grid.length && !this.drawn.floors[last].label) last++;
    return this.drawn.floors[row].label ? this.grid.slice(row, last).flat() : this.grid[row];
  }

  // A whole column; under the name of a unit all of its columns.
  down(column) {
    const titles = this.drawn.columns;
    let last = column + 1;
    while (titles[column] && last < titles.length && !titles[last]) last++;
    return this.grid.flatMap((row) => row.slice(column, last));
  }

  // ---- mouse

  press(event) {
    const made = event.button === 0 && event.target.closest(".cell");
    this.pressed = made ? { made, far: false, before: event.ctrlKey || event.metaKey ? [...this.chosen] : [] } : null;
  }

  drag(event) {
    const made = event.target.closest(".cell");
    if (!this.pressed || !made || !(event.buttons & 1) || (made === this.pressed.made && !this.pressed.far)) return;
    this.pressed.far = true;
    this.choose([...this.pressed.before, ...this.between(this.pressed.made, made)], false);
  }

  release() {
    this.dragged = Boolean(this.pressed?.far);
    if (this.dragged) {
      this.focusOn(this.pressed.made);
      this.anchor = this.pressed.made;
      this.choose(this.chosen);
    }
    this.pressed = null;
    if (this.dragged) setTimeout(() => (this.dragged = false)); // the click that follows is none
  }

  click(event) {
    if (this.dragged) return;
    const add = event.ctrlKey || event.metaKey;
    const made = event.target.closest(".cell"), head = event.target.closest("[data-row], [data-column]");
    if (made && (add || event.shiftKey)) {
      this.focusOn(made);
      if (add) this.toggle(made);
      else this.choose(this.between((this.anchor ??= made), made));
    } else if (made) {
      this.anchor = made;
      if (this.chosen.size) this.choose([]);
      this.open(made);
    } else if (head) {
      const { row, column } = head.dataset;
      const found = (row === undefined ? this.down(Number(column)) : this.along(Number(row))).filter((each) => each);
      this.choose([...(add ? this.chosen : []), ...found]);
      if (found.length) this.focusOn(found[0]);
    }
  }

  open(made) {
    if (!made) return;
    this.focusOn(made);
    this.opened?.removeAttribute("aria-current");
    this.opened = made;
    made.setAttribute("aria-current", "true");
    this.told.opened(made.dataset.id);
  }
}
