// Several things chosen for one act: Ctrl and a click, Shift and a rectangle, the space bar. The program is told their ids.
"use strict";

const PULL = 4; // pixels from where on a press is a rectangle and no click

class Selection {
  constructor(map, told) {
    this.map = map; // StreetMap
    this.told = told; // selected(ids)
    this.ids = new Set();
    this.outlines = L.layerGroup().addTo(map.leaflet);
    const pane = map.leaflet.createPane("selected");
    pane.style.zIndex = 460;
    pane.style.pointerEvents = "none";
    this.renderer = L.svg({ pane: "selected", padding: 0.3 });
    map.leaflet.boxZoom?.disable(); // Shift and a rectangle is ours
    const box = map.leaflet.getContainer();
    this.frame = box.appendChild(element("div", "frame"));
    this.frame.hidden = true;
    box.addEventListener("mousedown", (event) => this.press(event), true);
    window.addEventListener("mousemove", (event) => this.pull(event));
    window.addEventListener("mouseup", (event) => this.let(event));
  }

  // What the program says is shown and not said back.
  set(ids) {
    this.ids = new Set(ids.filter((id) => this.map.layers.has(id)));
    this.draw();
  }

  // The map shows other things: what is not among them is no longer chosen, and the program knows that itself.
  shown() {
    this.set([...this.ids]);
  }

  toggle(id) {
    if (!this.map.layers.has(id)) return;
    if (!this.ids.delete(id)) this.ids.add(id);
    this.say();
  }

  clear() {
    this.ids.clear();
    this.say();
  }

  say() {
    this.draw();
    this.told.selected([...this.ids]);
  }

  // A dark line with a white one under it: it stands out on every colour of every palette.
  draw() {
    this.outlines.clearLayers();
    for (const id of this.ids) {
      const { geometry } = this.map.things.get(id);
      for (const [color, weight] of [["#FFFFFF", 7], ["#1D2733", 3.5]]) {
        this.map.shape(geometry, { pane: "selected", renderer: this.renderer, interactive: false, fill: false, color, weight })
          .addTo(this.outlines);
      }
    }
  }

  // ---- a rectangle

  press(event) {
    if (event.button !== 0 || !event.shiftKey || this.map.busy || event.target.closest("#tools")) return;
    this.from = this.map.leaflet.mouseEventToContainerPoint(event);
    this.pulled = false;
    event.preventDefault(); // no text is marked
  }

  pull(event) {
    if (!this.from) return;
    const to = this.map.leaflet.mouseEventToContainerPoint(event);
    this.pulled ||= this.from.distanceTo(to) >= PULL;
    this.frame.hidden = !this.pulled;
    const box = L.bounds([this.from, to]);
    Object.assign(this.frame.style, { left: box.min.x + "px", top: box.min.y + "px",
      width: box.max.x - box.min.x + "px", height: box.max.y - box.min.y + "px" });
  }

  let(event) {
    if (!this.from) return;
    const box = L.bounds([this.from, this.map.leaflet.mouseEventToContainerPoint(event)]), pulled = this.pulled;
    this.from = null;
    this.pulled = false;
    this.frame.hidden = true;
    if (!pulled) return;
    this.swallow = true; // the click that the browser makes of it
    setTimeout(() => { this.swallow = false; });
    for (const id of this.map.layers.keys()) {
      const middle = this.map.leaflet.latLngToContainerPoint(this.map.boundsOf(id).getCenter());
      if (box.contains(middle)) this.ids.add(id);
    }
    this.say();
  }
}
