// The page around map and matrix: what the program says through `loutu.call`, or what lies in the page itself.
"use strict";

const loutu = {
  told: { opened() {}, chosen() {}, up() {} },

  start() {
    const told = {
      opened: (id) => this.told.opened(id),
      chosen: (id) => this.told.chosen(id),
      up: () => this.told.up(),
    };
    this.map = new StreetMap(map_page, told);
    this.matrix = new Matrix(document.getElementById("matrix"), told);
    document.getElementById("nearer").addEventListener("click", () => map_page.zoomIn());
    document.getElementById("further").addEventListener("click", () => map_page.zoomOut());
    document.getElementById("whole").addEventListener("click", () => this.map.whole());
    const enclosed = document.getElementById("drawing");
    if (enclosed) this.show(JSON.parse(enclosed.textContent));
    else this.connect();
  },

  connect() {
    document.body.classList.add("embedded");
    new QWebChannel(qt.webChannelTransport, (channel) => {
      this.told = channel.objects.program;
      this.told.ready();
    });
  },

  call(name, payload) {
    const acts = { show: this.show, paint: this.paint, choose: this.choose };
    if (Object.hasOwn(acts, name)) acts[name].call(this, payload);
  },

  show(drawing) {
    const matrix = drawing.kind === "matrix";
    document.body.classList.toggle("on-matrix", matrix);
    document.body.classList.toggle("on-map", !matrix);
    document.getElementById("matrix").hidden = !matrix;
    document.getElementById("tools").hidden = matrix;
    map_page.getContainer().hidden = matrix;
    this.head(drawing);
    this.legend(drawing.legend);
    if (matrix) this.matrix.show(drawing);
    else {
      map_page.invalidateSize({ animate: false });
      this.map.show(drawing);
    }
    this.drawn = drawing.drawn;
  },

  paint(told) {
    this.map.paint(told);
    this.legend(told.legend);
    this.drawn = told.drawn;
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
