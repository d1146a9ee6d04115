// What the drawing board shows on its sheet, and what its keys do: everything that the pointer can, the keyboard can.
"use strict";

const MOST_MIDDLES = 300;

class BoardMarks {
  constructor(board) {
    this.board = board;
    this.marks = [];
  }

  // Marks for the sheet: places as [longitude, latitude].
  all() {
    const board = this.board;
    for (const polygons of board.kept) this.area(polygons, "kept");
    if (board.hovered) this.area(board.hovered.polygons, "hovered");
    if (board.parts.length) this.parts();
    else if (board.drawing) this.drawn();
    else if (board.state.polygons.length) this.corrected();
    return this.marks;
  }

  add(kind, name, told) {
    const placed = { kind, name, ...told };
    for (const key of ["points", "ring"]) if (told[key]) placed[key] = told[key].map((each) => this.board.plane.degrees(each));
    if (told.rings) placed.rings = told.rings.map((ring) => ring.map((each) => this.board.plane.degrees(each)));
    if (told.at) placed.at = this.board.plane.degrees(told.at);
    this.marks.push(placed);
  }

  area(polygons, name) {
    this.add("area", name, { rings: [].concat(...polygons) });
  }

  text(at, words, values, name = "") {
    if (words) this.add("text", name, { at, text: values.reduce((text, value) => text.replace("{}", () => value), words) });
  }

  parts() {
    for (const { polygons, label } of this.board.parts) {
      this.area(polygons, "part");
      if (polygons.length) this.text(Shape.centre(polygons), "{}", [label], "number");
    }
  }

  // ---- while drawing

  drawn() {
    const board = this.board, corners = board.state.corners, cursor = board.cursor, words = board.words;
    if (board.mode === "rectangle" && corners.length === 2) this.rectangle(corners, cursor);
    else if (corners.length) {
      const points = cursor ? [...corners, cursor.at] : corners;
      const wrong = points.length > 2 && Shape.crossing(points) !== null;
      if (points.length > 2) this.area([[points]], wrong ? "wrong" : "drawn");
      this.add("line", wrong ? "wrong" : "drawn", { points });
      const [a, b] = points.slice(-2);
      if (cursor && b) this.text(Shape.times(Shape.plus(a, b), 0.5), words.length, [Shape.distance(a, b).toFixed(1)], "above");
    }
    for (const at of corners) this.add("dot", "corner", { at });
    if (cursor) this.add("dot", "cursor " + cursor.kind, { at: cursor.at });
    if (cursor && !corners.length && board.label) this.text(cursor.at, "{}", [board.label], "above");
  }

  rectangle([a, b], cursor) {
    if (!cursor) return this.add("line", "drawn", { points: [a, b] });
    const ring = Shape.rectangle(a, b, cursor.at), { length, width } = Shape.size(ring);
    this.area([[ring]], "drawn");
    const { words, label } = this.board, middle = Shape.middle(ring);
    this.text(middle, words.size, [length.toFixed(1), width.toFixed(1)], label ? "below" : "");
    if (label) this.text(middle, "{}", [label], "number above");
    return undefined;
  }

  // ---- while correcting

  corrected() {
    const board = this.board, held = board.held, polygons = held?.now ?? held?.polygons ?? board.state.polygons;
    if (board.mode === "copy") return this.copied(polygons);
    this.area(polygons, Shape.crosses(polygons) ? "wrong" : "chosen");
    if (board.mode === "edit") this.corners(polygons);
    if (board.mode === "rotate") this.handle(held);
    return this.measured(polygons, held);
  }

  measured(polygons, held) {
    const { words } = this.board, { length, width } = Shape.size(polygons[0][0]), at = Shape.centre(polygons);
    if (held?.degrees !== undefined) this.text(at, words.turned, [held.degrees.toFixed(held.degrees % 1 ? 1 : 0)]);
    else if (held?.by) this.text(at, words.moved, [Math.hypot(...held.by).toFixed(1)]);
    else this.text(at, words.size, [length.toFixed(1), width.toFixed(1)]);
  }

  // Corners and, unless there are too many to be told apart, the middles of edges; only where one looks.
  corners(polygons) {
    const bounds = this.board.map.leaflet.getBounds(), seen = (at) => bounds.contains(this.board.plane.degrees(at).reverse());
    const few = polygons.flat(2).length <= MOST_MIDDLES;
    polygons.forEach((rings, p) => rings.forEach((ring, r) => {
      const middles = few ? Shape.edges(ring).map(([a, b]) => Shape.times(Shape.plus(a, b), 0.5)) : [];
      for (const at of middles.filter(seen)) this.add("dot", "middle", { at });
      ring.forEach((at, n) => {
        if (seen(at)) this.add("dot", String(this.board.corner) === String([p, r, n]) ? "corner on" : "corner", { at });
      });
    }));
  }

  handle(held) {
    const board = this.board, centre = held?.centre ?? Shape.centre(board.state.polygons);
    let at = board.grip.handle();
    if (held?.degrees !== undefined) [[[at]]] = Shape.turned([[[at]]], held.degrees, centre);
    this.add("line", "handle", { points: [centre, at] });
    this.add("dot", "turn", { at });
  }

  copied(polygons) {
    const board = this.board;
    this.area(polygons, "source");
    const next = board.cursor ? board.copyAt(board.cursor.at) : Shape.moved(board.from, board.step ?? board.nextStep());
    this.area(next, "drawn");
    if (board.label) this.text(Shape.centre(next), "{}", [board.label], "number");
  }
}

const NUDGE = 1, FINE = 0.2, TURN = 1, QUARTER = 15; // metres; degrees
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class BoardKeys {
  constructor(board) {
    this.board = board;
  }

  press(event) {
    if (["+", "=", "-"].includes(event.key)) return; // the map's own: nearer, further
    if (this.board.choosing && ARROWS[event.key]) return; // from thing to thing, as ever
    event.stopPropagation();
    if (this.act(event)) event.preventDefault();
  }

  act(event) {
    const board = this.board, key = event.key, ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && key.toLowerCase() === "z") board.act({ act: event.shiftKey ? "redo" : "undo" });
    else if (ctrl && key.toLowerCase() === "y") board.act({ act: "redo" });
    else if (ARROWS[key]) this.arrow(ARROWS[key], event);
    else if (key === "Enter") board.finish();
    else if (key === "Escape") board.cancel();
    else if (key === " ") this.space();
    else if (key === "Backspace") this.lastBack();
    else if (key === "Delete") this.removeCorner();
    else if (key === "Insert") this.addCorner();
    else if (key === "PageDown" || key === "PageUp") this.nextCorner(key === "PageDown" ? 1 : -1);
    else return false;
    return true;
  }

  arrow([x, y], event) {
    const board = this.board, by = Shape.times([x, y], event.shiftKey ? FINE : NUDGE);
    if (board.drawing) {
      const middle = board.plane.metres(board.sheet.place([board.sheet.box.clientWidth / 2, board.sheet.box.clientHeight / 2]));
      board.cursor = { at: Shape.plus(board.cursor?.at ?? middle, by), kind: "", kept: true };
      return board.render();
    }
    if (!board.state.polygons.length || board.parts.length) return undefined;
    if (board.mode === "rotate") return this.turn(x || y, event.shiftKey ? QUARTER : TURN);
    if (board.mode === "edit" && board.corner) return board.put({ polygons: this.withCorner((each) => Shape.plus(each, by)) });
    return ["move", "edit"].includes(board.mode) ? board.put({ polygons: Shape.moved(board.state.polygons, by) }) : undefined;
  }

  turn(direction, degrees) {
    const polygons = this.board.state.polygons;
    this.board.put({ polygons: Shape.turned(polygons, -direction * degrees, Shape.centre(polygons)) });
  }

  // The space bar does what a click would where the keyboard's cross stands.
  space() {
    const board = this.board;
    if (board.drawing && board.cursor) board.addCorner(board.cursor.at);
    else if (board.choosing || board.mode === "copy") board.finish();
  }

  lastBack() {
    const corners = this.board.state.corners;
    if (this.board.drawing && corners.length) this.board.put({ corners: corners.slice(0, -1) });
  }

  // ---- corners

  ring() {
    const [p, r] = this.board.corner;
    return this.board.state.polygons[p][r];
  }

  withCorner(change) {
    const [p, r, n] = this.board.corner;
    return this.board.withRing(p, r, this.ring().map((each, number) => (number === n ? change(each) : each)));
  }

  removeCorner() {
    const board = this.board;
    if (board.mode !== "edit" || !board.corner || this.ring().length < 4) return;
    const [p, r, n] = board.corner, ring = this.ring().filter((_, number) => number !== n);
    board.corner = null;
    board.put({ polygons: board.withRing(p, r, ring) });
  }

  addCorner() {
    const board = this.board;
    if (board.mode !== "edit" || !board.corner) return;
    const [p, r, n] = board.corner, ring = this.ring(), [a, b] = Shape.edges(ring)[n];
    board.corner = [p, r, n + 1];
    board.put({ polygons: board.withRing(p, r, [...ring.slice(0, n + 1), Shape.times(Shape.plus(a, b), 0.5), ...ring.slice(n + 1)]) });
  }

  nextCorner(step) {
    const board = this.board;
    if (board.mode !== "edit" || !board.state.polygons.length) return;
    const all = [];
    board.state.polygons.forEach((rings, p) => rings.forEach((ring, r) => ring.forEach((_, n) => all.push([p, r, n]))));
    const at = all.findIndex((each) => String(each) === String(board.corner));
    board.corner = all[(at + step + all.length) % all.length];
    board.changed();
  }
}
