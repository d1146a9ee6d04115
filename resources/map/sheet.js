// The sheet that lies over a map while somebody draws: it takes the pointer, so that nothing below is opened, shifts the
// map under it, and shows what the board draws. Its pixels are those of the map's box.
"use strict";

const SHIFTED = 4; // pixels: less is a click
const SVG = "http://www.w3.org/2000/svg";

class Sheet {
  constructor(leaflet, board) {
    this.leaflet = leaflet;
    this.board = board;
    this.box = element("div", "sheet");
    this.box.hidden = true;
    this.svg = document.createElementNS(SVG, "svg");
    this.box.append(this.svg);
    leaflet.getContainer().append(this.box);
    this.listen();
  }

  listen() {
    const on = (name, act) => this.box.addEventListener(name, (event) => {
      event.stopPropagation();
      act(event);
    });
    on("mousedown", (event) => { // nothing is selected by drawing, and the keyboard comes along
      event.preventDefault();
      this.leaflet.getContainer().focus({ preventScroll: true });
    });
    for (const name of ["mouseup", "mousemove", "mouseover", "mouseout", "click", "contextmenu"]) on(name, () => {});
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", () => this.leave());
    on("pointerleave", () => this.board.gone());
    on("dblclick", () => this.board.finish());
    this.leaflet.on("resize", () => this.fit?.());
    this.leaflet.on("move zoomend resize viewreset", () => this.board.render());
    this.leaflet.on("zoomstart", () => this.svg.replaceChildren());
  }

  // ---- where things are

  at(event) {
    const box = this.box.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  place(pixel) {
    const found = this.leaflet.containerPointToLatLng(pixel);
    return [found.lng, found.lat];
  }

  pixel(place) {
    const found = this.leaflet.latLngToContainerPoint([place[1], place[0]]);
    return [found.x, found.y];
  }

  // ---- the pointer: what the board grabs is dragged, else the map is

  down(event) {
    this.fit = null; // whoever works here already wants nothing shifted
    if (event.button !== 0) return;
    const at = this.at(event);
    this.held = { from: at, last: at, grabbed: this.board.grip.grab(this.place(at), event), shifted: false };
    this.pointer = event.pointerId;
  }

  move(event) {
    const at = this.at(event), held = this.held;
    if (held && !(event.buttons & 1)) this.leave(); // let go outside of the window
    if (!this.held) return this.board.point(this.place(at), event);
    held.shifted = held.shifted || Math.hypot(at[0] - held.from[0], at[1] - held.from[1]) > SHIFTED;
    if (!held.shifted) return undefined;
    if (!this.box.hasPointerCapture?.(event.pointerId)) this.capture(event.pointerId);
    if (held.grabbed) this.board.grip.drag(this.place(at), event);
    else this.leaflet.panBy([held.last[0] - at[0], held.last[1] - at[1]], { animate: false });
    held.last = at;
    return undefined;
  }

  capture(pointer) {
    try {
      this.box.setPointerCapture(pointer); // it may leave the map while it drags
    } catch {
      this.pointer = null; // a pointer that is none of the system's
    }
  }

  up(event) {
    const held = this.held;
    this.held = null;
    if (!held) return;
    if (held.grabbed) this.board.grip.drop();
    if (!held.shifted) this.board.click(this.place(this.at(event)), event);
  }

  leave() {
    if (this.held?.grabbed) this.board.grip.drop();
    this.held = null;
  }

  // Bring the whole map into view, now and when the map's box has settled beside the tools that came with it.
  whole(fit) {
    this.fit = () => {
      this.fit = null;
      fit();
    };
    fit();
  }

  // ---- what is seen

  show(on) {
    this.box.hidden = !on;
    if (!on) this.svg.replaceChildren();
  }

  // marks: {kind: "area", rings, name} | {kind: "line", points, name} | {kind: "dot", at, name} | {kind: "text", at, text, name}
  draw(marks) {
    this.svg.replaceChildren(...marks.map((mark) => this[mark.kind](mark)));
  }

  made(tag, name, attributes) {
    const made = document.createElementNS(SVG, tag);
    made.setAttribute("class", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  path(points) {
    return points.map((each) => this.pixel(each).map((value) => value.toFixed(1)).join(" ")).join("L");
  }

  area({ rings, name }) {
    return this.made("path", "area " + name, { d: rings.map((ring) => "M" + this.path(ring) + "Z").join("") });
  }

  line({ points, name }) {
    return this.made("path", "line " + name, { d: "M" + this.path(points) });
  }

  dot({ at, name }) {
    const [cx, cy] = this.pixel(at);
    return this.made("circle", "dot " + name, { cx, cy, r: name.includes("middle") ? 4 : 6 });
  }

  text({ at, text, name }) {
    const [x, y] = this.pixel(at);
    const made = this.made("text", "said " + name, { x, y: y + (name.includes("above") ? -10 : name.includes("below") ? 10 : 0), "text-anchor": "middle" });
    made.textContent = text;
    return made;
  }
}
