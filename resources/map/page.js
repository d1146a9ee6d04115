// The page around map and matrix: what the program says through `loutu.call`, or what lies in the page itself.
"use strict";

const loutu = {
  told: { opened() {}, chosen() {}, up() {}, selected() {}, drawn() {}, clicked() {} },

  start() {
    const told = {
      opened: (id) => this.told.opened(id),
      chosen: (id) => this.told.chosen(id),
      up: () => this.told.up(),
      selected: (ids) => this.told.selected(JSON.stringify(ids)), // several things or doors, for one act
      drawn: (made) => this.told.drawn(JSON.stringify(made)), // an outline that was drawn or corrected
      clicked: (place) => this.told.clicked(JSON.stringify(place)), // [longitude, latitude], when asked for
    };
    const tip = document.getElementById("tip");
    this.map = new StreetMap(map_page, told);
    this.matrix = new Matrix(document.getElementById("matrix"), told, tip);
    this.ground = new Ground(map_page, told);
    this.board = new DrawingBoard(this.map, told, this.ground);
    this.wall = new Wall(document.getElementById("wall"));
    document.getElementById("nearer").addEventListener("click", () => map_page.zoomIn());
    document.getElementById("further").addEventListener("click", () => map_page.zoomOut());
    document.getElementById("whole").addEventListener("click", () => this.map.whole());
    const enclosed = document.getElementById("drawing");
    if (enclosed) this.alone(JSON.parse(enclosed.textContent));
    else this.connect();
  },

  // A page that stands alone brings what lies under its map along.
  alone(drawing) {
    this.show(drawing);
    if (drawing.ground) this.ground.show(drawing.ground);
  },

  connect() {
    document.body.classList.add("embedded");
    new QWebChannel(qt.webChannelTransport, (channel) => {
      this.told = channel.objects.program;
      this.told.ready();
    });
  },

  call(name, payload) {
    const acts = { show: this.show, paint: this.paint, choose: this.choose, focus: this.focus, back: this.back,
      ground: (ground) => this.ground.show(ground), pick: (on) => this.ground.pick(on),
      draw: (wanted) => { this.map.busy = wanted.mode !== "off"; this.board.begin(wanted); }, wall: (slide) => this.wall.show(slide),
      select: (ids) => this.shownNow().select(ids) };
    if (Object.hasOwn(acts, name)) acts[name].call(this, payload);
  },

  // The map or the matrix, whichever is shown.
  shownNow() {
    return map_page.getContainer().hidden ? this.matrix : this.map;
  },

  // The keyboard goes to what is shown; where it stood elsewhere in the window it stays.
  focus() {
    if (map_page.getContainer().hidden) this.matrix.focusOn(this.matrix.current);
    else map_page.getContainer().focus({ preventScroll: true });
  },

  // Esc: first what is chosen or was typed to filter, then a step up.
  back() {
    if (!this.shownNow().back()) this.told.up();
  },

  show(drawing) {
    const anew = this.shown !== drawing.id;
    this.shown = drawing.id;
    const matrix = drawing.kind === "matrix";
    document.body.classList.toggle("on-matrix", matrix);
    document.body.classList.toggle("on-map", !matrix);
    document.getElementById("matrix").hidden = !matrix;
    document.getElementById("tools").hidden = matrix;
    map_page.getContainer().hidden = matrix;
    this.head(drawing);
    this.legend(drawing.legend);
    this.past(drawing.past);
    if (matrix) this.matrix.show(drawing);
    else {
      map_page.invalidateSize({ animate: false });
      this.map.show(drawing);
      this.ground.over(drawing.level === "street" || drawing.level === "group");
      this.board.shown();
    }
    if (anew && document.hasFocus()) this.focus();
  },

  paint(told) {
    this.map.paint(told);
    this.legend(told.legend);
    map_page.invalidateSize({ animate: false, pan: false }); // the legend may have another line
    this.past(told.past);
  },

  // That the map shows a past day, over the map; "" takes it away.
  past(text = "") {
    let mark = document.getElementById("past");
    if (!mark) {
      mark = element("div");
      mark.id = "past";
      mark.setAttribute("role", "status");
      document.getElementById("stage").append(mark);
    }
    mark.textContent = text;
    mark.hidden = !text;
  },

  choose(id) {
    if (!map_page.getContainer().hidden) this.map.choose(id, true);
    else this.matrix.focusOn(this.matrix.cells.get(id));
  },

  head(drawing) {
    const head = document.getElementById("head");
    head.replaceChildren(element("h1", "", drawing.title));
    for (const text of drawing.said) head.append(element("span", "said", text));
    for (const text of drawing.stamps) head.append(element("span", "mark-of-use", text));
  },

  legend(legend) {
    const box = document.getElementById("legend");
    box.replaceChildren(element("div", "title", legend.title));
    for (const each of legend.lines) {
      const line = element("div", "line");
      const colour = element("span", "colour" + (each.hatched ? " hatched" : ""));
      colour.style.setProperty("--colour", each.colour);
      line.append(colour, element("span", "", each.label), element("span", "count", each.count));
      box.append(line);
    }
    for (const text of legend.said) box.append(element("div", "said", text));
  },
};

loutu.start();
