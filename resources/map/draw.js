// Drawing and correcting outlines by hand: draw, move, turn, copy, mend corners, snap, undo. What was drawn goes to the
// program as one message; it decides whether it is kept. All words come from there, and all lengths are metres.
"use strict";

const REACH = 8, GRAB = 10; // pixels: how near is meant, and how near takes hold
const CORRECTING = ["edit", "move", "rotate", "copy", "split", "clear"]; // begin with something that is there
const DRAWING = ["polygon", "rectangle"];

class DrawingBoard {
  constructor(map, told, ground) {
    this.map = map; // StreetMap
    this.told = told; // drawn({act, …})
    this.around = new Surroundings(map, ground);
    this.mode = "off";
    this.steps = new Steps();
    this.kept = []; // what was handed over and is not yet on the map
    this.parts = []; // how an outline would be cut: {polygons, label}
    this.words = {};
    this.grip = new BoardGrip(this);
    this.sheet = new Sheet(map.leaflet, this);
    map.leaflet.getContainer().addEventListener("keydown", (event) => this.key(event), true); // before the map's own keys
  }

  // ---- what the program says

  // wanted: {mode, id, geometry, label, snap, words} | {act: "undo" | "redo" | "finish" | "cancel" | "drop" | "keep"} | {act: "label", label} |
  // {act: "snap", on} | {parts: [{geometry, label}]}
  begin(wanted) {
    if (wanted.act) return this.act(wanted);
    if (wanted.parts) return this.cut(wanted.parts);
    this.mode = wanted.mode;
    this.words = wanted.words ?? this.words;
    this.label = wanted.label ?? "";
    this.snapping = wanted.snap !== false;
    this.look();
    const found = wanted.id ? this.thing(wanted.id)?.geometry ?? wanted.geometry : null;
    this.hold(found ? wanted.id : "", found ? this.plane.polygons(found) : []);
    this.sheet.show(this.mode !== "off");
    if (wanted.whole) this.sheet.whole(() => this.map.whole());
    this.said = null; // the program begins anew too
    if (this.mode !== "off") this.map.leaflet.getContainer().focus({ preventScroll: true });
    return this.changed();
  }

  act({ act, on, label }) {
    if (act === "undo") this.steps.undo();
    else if (act === "redo") this.steps.redo();
    else if (act === "finish") return this.finish();
    else if (act === "cancel") return this.cancel();
    else if (act === "drop") this.kept = [];
    else if (act === "keep") this.kept.push(...this.parts.map((each) => each.polygons));
    else if (act === "label") this.label = label;
    else if (act === "snap") this.snapping = Boolean(on);
    this.corner = null;
    return this.changed();
  }

  cut(parts) {
    this.parts = parts.map((each) => ({ polygons: this.plane.polygons(each.geometry), label: each.label }));
    this.kept = [];
    return this.changed();
  }

  // The map was drawn anew: neighbours are others, and what was handed over stands there now.
  shown() {
    this.kept = [];
    if (this.mode === "off") return;
    this.look();
    if (this.id && !this.steps.canUndo && !(this.mode === "copy" && this.thing(this.id))) {
      const thing = this.thing(this.id);
      this.hold(thing ? this.id : "", thing ? this.plane.polygons(thing.geometry) : []);
    }
    this.changed();
  }

  // ---- what there is

  look() {
    const leaflet = this.map.leaflet;
    if (!this.map.bounds?.isValid() && !this.map.things.size && leaflet.getZoom() < 10) leaflet.setView([0, 0], 19, { animate: false });
    const middle = leaflet.getCenter();
    if (!this.plane) this.plane = new Plane(middle.lng, middle.lat);
    this.around.look(this.plane);
  }

  thing(id) {
    return this.around.thing(id);
  }

  hold(id, polygons) {
    this.id = id;
    this.corner = this.held = this.cursor = null;
    this.parts = [];
    this.from = polygons;
    this.step = null;
    this.steps.begin({ corners: [], polygons });
  }

  // Rings of what may be snapped to: everything but what is being changed.
  rings() {
    return this.snapping ? this.around.rings(this.mode === "copy" ? "" : this.id) : [];
  }

  // Pixels as metres where one looks.
  metres(pixels) {
    const [a, b] = [[0, 0], [pixels, 0]].map((each) => this.plane.metres(this.sheet.place(each)));
    return Shape.distance(a, b);
  }

  get state() {
    return this.steps.now;
  }

  get drawing() {
    return DRAWING.includes(this.mode);
  }

  // Nothing is chosen yet that could be corrected.
  get choosing() {
    return CORRECTING.includes(this.mode) && !this.state.polygons.length && !this.parts.length;
  }

  withRing(p, r, ring) {
    return this.state.polygons.map((rings, n) => (n === p ? rings.map((each, m) => (m === r ? ring : each)) : rings));
  }

  put(state) {
    this.steps.add({ ...this.state, ...state });
    this.changed();
  }

  // ---- where the pointer is meant

  aim(at) {
    const reach = this.metres(REACH), corners = this.state.corners;
    const snapped = Shape.snap(at, this.rings(), reach);
    if (snapped) return snapped;
    const square = this.snapping && this.mode === "polygon" ? Shape.square(corners, at, reach) : null;
    return square ? { at: square, kind: "square" } : { at, kind: "" };
  }

  point(place) {
    const at = this.plane.metres(place);
    this.hovered = this.choosing ? this.hit(at) : this.mode === "adopt" ? this.around.shadow(place) : null;
    this.sheet.box.classList.toggle("choosing", this.choosing || this.mode === "adopt");
    this.cursor = this.drawing ? this.aim(at) : this.mode === "copy" && this.state.polygons.length ? { at, kind: "" } : null;
    this.render();
  }

  hit(at) {
    return this.around.hit(at, this.metres(GRAB));
  }

  gone() {
    if (this.cursor && !this.cursor.kept) this.cursor = null;
    this.hovered = null;
    if (this.mode !== "off") this.render();
  }

  // ---- clicks

  click(place) {
    const at = this.plane.metres(place);
    if (this.drawing) this.addCorner(this.aim(at).at);
    else if (this.mode === "adopt") {
      const found = this.around.shadow(place);
      if (found) this.hand(found.polygons);
    } else if (this.mode === "copy" && this.state.polygons.length) this.putCopy(this.copyAt(at));
    else if (CORRECTING.includes(this.mode) && !this.parts.length) this.choose(at);
  }

  // Another thing is taken in hand; what was changed on the first is handed over before.
  choose(at) {
    const found = this.hit(at);
    if (!found || found.thing.id === this.id) return;
    if (this.steps.canUndo && this.state.polygons.length && !this.finish()) return;
    this.take(found.thing.id);
  }

  take(id) {
    const thing = this.thing(id);
    if (!thing) return;
    this.hold(id, this.plane.polygons(thing.geometry));
    this.tell({ act: "picked", id });
    this.changed();
  }

  addCorner(at) {
    const corners = this.state.corners, last = corners[corners.length - 1], near = this.metres(3);
    if (last && Shape.distance(last, at) <= near) return; // the second click of a double one
    if (this.mode === "rectangle" && corners.length === 2) {
      const ring = Shape.rectangle(corners[0], corners[1], at);
      if (Math.abs(Shape.signed(ring)) > 0.5) this.hand([[ring]]);
      return;
    }
    if (corners.length > 2 && Shape.distance(corners[0], at) <= this.metres(GRAB)) this.finish();
    else this.put({ corners: [...corners, at] });
  }

  // Hand over what is ready; false where it is not.
  finish() {
    if (this.parts.length) this.tell({ act: "enter" });
    else if (this.drawing) return this.finishDrawing();
    else if (this.mode === "copy" && this.state.polygons.length) this.putCopy(Shape.moved(this.from, this.step ?? this.nextStep()));
    else if (this.choosing && this.map.chosen) this.take(this.map.chosen);
    else if (this.steps.canUndo) return this.hand(this.state.polygons);
    return true;
  }

  finishDrawing() {
    const corners = this.state.corners;
    if (this.mode === "rectangle") {
      if (corners.length === 2 && this.cursor) this.addCorner(this.cursor.at);
      return true;
    }
    return corners.length > 2 && this.hand([[corners]]);
  }

  hand(polygons) {
    if (Shape.crosses(polygons)) {
      this.tell({ act: "crossing" });
      return false;
    }
    const id = this.id;
    this.kept.push(polygons);
    this.hold(this.drawing || this.mode === "adopt" ? "" : id, CORRECTING.includes(this.mode) ? polygons : []);
    this.tell({ act: "done", mode: this.mode, id, geometry: this.plane.geometry(polygons) });
    this.changed();
    return true;
  }

  // Esc: what is being drawn, then what is in hand, then the tool.
  cancel() {
    if (this.parts.length) {
      this.parts = [];
      this.tell({ act: "uncut" });
      this.hold("", []);
    } else if (this.steps.canUndo) this.hold(this.id, this.steps.done[0].polygons);
    else if (this.state.polygons.length) this.hold("", []);
    else return this.tell({ act: "off" });
    return this.changed();
  }

  // ---- the same house again

  nextStep() {
    return Shape.beside(this.from[0][0], 8);
  }

  copyAt(at) {
    const source = this.state.polygons, reach = this.metres(REACH);
    let step = Shape.minus(at, Shape.centre(source));
    if (!this.snapping) return Shape.moved(source, step);
    const snapped = Shape.snapBy([].concat(...Shape.moved(source, step)).flat(), this.rings(), reach);
    step = snapped && snapped.kind === "corner" ? Shape.plus(step, snapped.by) : Shape.straight(step, Shape.size(source[0][0]).direction, reach);
    return Shape.moved(source, step);
  }

  putCopy(polygons) {
    const step = Shape.minus(Shape.centre(polygons), Shape.centre(this.from));
    this.kept.push(polygons);
    this.from = polygons;
    this.step = step;
    this.tell({ act: "done", mode: "copy", id: "", geometry: this.plane.geometry(polygons) });
    this.changed();
  }

  // ---- what the program is told

  tell(said) {
    this.told.drawn(said);
  }

  changed() {
    const { corners, polygons } = this.state;
    const shape = this.drawing ? (corners.length > 2 ? [[corners]] : []) : polygons;
    const size = shape.length ? Shape.size(shape[0][0]) : { length: 0, width: 0 };
    const said = {
      act: "state", mode: this.mode, id: this.id, corners: corners.length, choosing: this.choosing, shadows: this.around.shadows.length > 0, cut: this.parts.length,
      undo: this.steps.canUndo, redo: this.steps.canRedo, crosses: shape.length > 0 && Shape.crosses(shape),
      length: Math.round(size.length * 10) / 10, width: Math.round(size.width * 10) / 10, area: Math.round(Shape.areaOf(shape)),
    };
    const text = JSON.stringify(said);
    if (text !== this.said) this.tell(said);
    this.said = text;
    this.render();
  }

  render() {
    if (this.mode !== "off" && this.plane) this.sheet.draw(new BoardMarks(this).all());
  }

  key(event) {
    if (this.mode !== "off") new BoardKeys(this).press(event);
  }
}
