// The maps: areas coloured by a measure, redrawn in place. Texts come ready from the program and reach the page
// by textContent only. Nothing is loaded from anywhere; ids that go back are looked up there, not trusted.
"use strict";

const MANY = 400; // from here on a canvas instead of one element for each thing

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Whether white letters read better on a colour (#RRGGBB) than dark ones.
function dark(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 140;
}

class StreetMap {
  constructor(leaflet, told) {
    this.leaflet = leaflet;
    this.told = told; // opened(id), chosen(id), selected(ids), up()
    this.layers = new Map();
    this.things = new Map();
    this.chosen = null;
    this.drawn = null;
    this.busy = false; // somebody draws: a click is no way down
    this.filled = { outline: 0.6, thing: 0.9 }; // less where something lies below
    leaflet.on("ground", (below) => this.fill(below.filled));
    this.moved = true; // by hand: whoever looks at a part goes on looking at it
    leaflet.on("dragstart zoomstart", () => { this.moved = true; });
    leaflet.on("resize", () => { if (!this.moved && !this.busy) this.whole(); }); // something opened beside the map
    leaflet.options.zoomSnap = 0.25;
    leaflet.keyboard.disable();
    leaflet.attributionControl?.remove();
    const pane = leaflet.createPane("blocks");
    pane.style.zIndex = 450;
    pane.style.pointerEvents = "none"; // what lies under the lines is clicked
    this.over = L.canvas({ pane: "blocks", padding: 0.3 });
    this.labels = new Labels(leaflet);
    this.selection = new Selection(this, told);
    const box = leaflet.getContainer();
    box.tabIndex = 0;
    box.addEventListener("keydown", (event) => this.key(event));
  }

  // ---- drawing anew

  // The same place with other things (a filter, an edit) is looked at from where one stands.
  show(drawing) {
    const before = this.drawn, seen = this.bounds;
    this.clear();
    this.drawn = drawing;
    const many = drawing.things.length > MANY;
    this.renderer = many ? L.canvas({ padding: 0.3, tolerance: 3 }) : L.svg({ padding: 0.3 });
    this.group = L.featureGroup();
    this.outlines = [];
    for (const thing of drawing.around) this.addOutline(thing);
    for (const thing of drawing.aside ?? []) this.addFaint(thing);
    this.areas = L.featureGroup().addTo(this.group);
    for (const thing of drawing.things) this.addThing(thing);
    for (const block of drawing.blocks ?? []) this.addBlock(block);
    this.areas.bindTooltip((layer) => this.said(this.things.get(layer.thing)), { sticky: true, direction: "auto", opacity: 1 });
    this.areas.on("click", (event) => this.click(event.layer.thing, event.originalEvent));
    this.areas.on("mouseover", (event) => this.choose(event.layer.thing, false));
    this.bounds = this.group.getBounds(); // known before anything is drawn, so that it is drawn once
    const same = before && before.id === drawing.id && before.level === drawing.level;
    if (!drawing.stay && !(same && seen?.isValid() && seen.equals(this.bounds))) this.whole();
    this.group.addTo(this.leaflet);
    this.makePatterns();
    this.selection.shown();
    const above = [...drawing.around.map((each) => ({ ...each, kind: "estate" })),
      ...(drawing.blocks ?? []).map((each) => ({ ...each, kind: "block" }))];
    this.labels.show(drawing.things, above, (geometry) => this.extent(geometry), (id) => this.boundsOf(id));
  }

  clear() {
    for (const layer of [this.group, this.renderer]) layer?.remove();
    this.labels.clear();
    this.group = this.renderer = this.chosen = null;
    this.layers.clear();
    this.things.clear();
  }

  // What a filter leaves out: so faint that nobody takes it for a figure.
  addFaint(thing) {
    this.shape(thing.geometry, { color: "#B9C1CA", weight: 1, fillColor: "#FFFFFF", fillOpacity: 0.35, renderer: this.renderer,
      dashArray: thing.placed ? null : "3 4", interactive: false }).addTo(this.group);
  }

  // The line round the parts of one footprint.
  addBlock(block) {
    this.shape(block.geometry, { pane: "blocks", renderer: this.over, interactive: false, fill: false, color: "#1D2733",
      weight: 2.2 }).addTo(this.group);
  }

  // What lies below shows through; the colours stay those of the legend.
  fill(filled) {
    this.filled = filled;
    for (const layer of this.outlines ?? []) layer.setStyle({ fillOpacity: filled.outline });
    for (const [id, layer] of this.layers) layer.setStyle(this.style(this.things.get(id)));
  }

  addOutline(thing) {
    const layer = this.shape(thing.geometry, { color: "#8A95A1", weight: 1.5, fillColor: "#FFFFFF", fillOpacity: this.filled.outline,
      dashArray: thing.placed ? null : "6 4", renderer: this.renderer, interactive: Boolean(thing.id) });
    layer.on("click", () => { if (!this.busy && !this.selection.swallow) this.told.opened(thing.id); });
    layer.addTo(this.group);
    this.outlines.push(layer);
  }

  addThing(thing) {
    this.things.set(thing.id, thing);
    const layer = this.shape(thing.geometry, { ...this.style(thing), renderer: this.renderer });
    layer.thing = thing.id;
    this.layers.set(thing.id, layer);
    this.areas.addLayer(layer);
  }

  // GeoJSON says longitude first, Leaflet latitude.
  shape(geometry, options) {
    if (geometry.type === "Point") return L.circleMarker(L.GeoJSON.coordsToLatLng(geometry.coordinates), { ...options, radius: 8 });
    return L.polygon(L.GeoJSON.coordsToLatLngs(geometry.coordinates, geometry.type === "Polygon" ? 1 : 2), options);
  }

  style(thing) {
    const chosen = thing.id === this.chosen;
    const plain = this.renderer instanceof L.Canvas;
    return {
      color: chosen ? "#1F6FB2" : "#55616F", weight: chosen ? 3 : 1,
      dashArray: thing.placed !== false && !(plain && thing.hatched) ? null : "5 4",
      fillColor: thing.hatched && !plain ? this.hatch(thing.colour) : thing.colour,
      fillOpacity: plain && thing.hatched ? 0.45 : this.filled.thing,
    };
  }

  hatch(colour) {
    return `url(#hatch${colour.slice(1)})`;
  }

  // Patterns of lines over the colours in use: old or missing data must never look like a figure of today.
  makePatterns() {
    const svg = this.leaflet.getPane("overlayPane").querySelector("svg");
    if (!svg) return;
    const made = (tag, attributes, parent) => {
      const each = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) each.setAttribute(name, value);
      return parent.appendChild(each);
    };
    for (const colour of new Set([...this.things.values()].filter((each) => each.hatched).map((each) => each.colour))) {
      const id = "hatch" + colour.slice(1);
      if (svg.querySelector("#" + id)) continue;
      const pattern = made("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)" }, made("defs", {}, svg));
      made("rect", { width: 6, height: 6, fill: colour }, pattern);
      made("line", { x1: 0, y1: 0, x2: 0, y2: 6, stroke: "#55616F", "stroke-width": 1.4, "stroke-opacity": 0.7 }, pattern);
    }
  }

  said(thing) {
    const box = element("div");
    box.append(element("div", "name", thing.name));
    for (const line of this.lines(thing)) box.append(element("div", "", line));
    return box;
  }

  lines(thing) {
    const words = this.drawn.words, filled = (words_, value) => words_.replace("{}", () => value);
    const found = thing.few ? [words.few] : thing.text !== "" ? [filled(words.value, thing.text)] : thing.count === undefined ? [words.unknown] : [];
    if (thing.count !== undefined) found.push(filled(words.count, thing.count) + (thing.text === "" ? "，" + words.nobody : ""));
    if (thing.people !== undefined) found.push(filled(words.people, thing.people));
    if (thing.until) found.push(filled(thing.old ? words.old : words.until, thing.until));
    if (thing.missing) found.push(thing.missing);
    if (thing.placed === false) found.push(words.schematic);
    return found;
  }

  boundsOf(id) {
    const layer = this.layers.get(id);
    return layer.getBounds ? layer.getBounds() : L.latLngBounds([layer.getLatLng()]);
  }

  extent(geometry) {
    const layer = this.shape(geometry, {});
    return layer.getBounds ? layer.getBounds() : L.latLngBounds([layer.getLatLng()]);
  }

  // ---- the same things in other colours: nothing moves, nothing flickers

  paint(told) {
    if (!this.drawn) return;
    Object.assign(this.drawn, { legend: told.legend, words: told.words });
    for (const thing of told.things) {
      const held = this.things.get(thing.id);
      if (!held) continue;
      for (const key of ["few", "people", "until", "old", "count", "missing"]) delete held[key];
      Object.assign(held, thing);
      this.layers.get(thing.id).setStyle(this.style(held));
    }
    this.makePatterns();
    this.labels.fit();
  }

  // ---- choosing and going down

  choose(id, follow) {
    if (id === this.chosen || (id !== null && !this.layers.has(id))) return;
    const before = this.chosen;
    this.chosen = id;
    for (const each of [before, id]) {
      if (each && this.layers.has(each)) this.layers.get(each).setStyle(this.style(this.things.get(each)));
    }
    if (id === null) return;
    const layer = this.layers.get(id);
    layer.bringToFront();
    if (follow && !this.leaflet.getBounds().contains(this.boundsOf(id).getCenter())) {
      this.leaflet.panTo(this.boundsOf(id).getCenter(), { animate: false });
    }
    this.told.chosen(id);
  }

  open(id) {
    this.choose(id, false);
    this.told.opened(id);
  }

  click(id, event) {
    if (this.busy || this.selection.swallow) return;
    if (event?.ctrlKey || event?.metaKey || event?.shiftKey) this.selection.toggle(id);
    else this.open(id);
  }

  select(ids) {
    this.selection.set(ids);
  }

  // Esc: first the selection. Was there any?
  back() {
    const some = this.selection.ids.size > 0;
    if (some) this.selection.clear();
    return some;
  }

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (steps[event.key]) this.step(steps[event.key]);
    else if (event.key === "Enter" && this.chosen) this.open(this.chosen);
    else if (event.key === " " && this.chosen) this.selection.toggle(this.chosen);
    else if (event.key === "Escape") this.back() || this.told.up();
    else if (event.key === "Backspace") this.told.up();
    else if (event.key === "+" || event.key === "=") this.leaflet.zoomIn();
    else if (event.key === "-") this.leaflet.zoomOut();
    else return;
    event.preventDefault();
  }

  // The nearest thing in a direction; from nowhere, the first one.
  step([dx, dy]) {
    const at = (id) => this.leaflet.latLngToLayerPoint(this.boundsOf(id).getCenter());
    const ids = [...this.layers.keys()];
    if (!this.chosen) return ids.length ? this.choose(ids[0], true) : undefined;
    const here = at(this.chosen);
    let best = null, least = Infinity;
    for (const id of ids) {
      const there = at(id), along = (there.x - here.x) * dx + (there.y - here.y) * dy;
      const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
      if (along > 1 && along + 2.5 * aside < least) { best = id; least = along + 2.5 * aside; }
    }
    if (best) this.choose(best, true);
  }

  whole() {
    if (!this.bounds?.isValid()) return;
    this.moved = true; // by nobody's hand
    this.leaflet.fitBounds(this.bounds, { padding: [28, 28], animate: false, maxZoom: 20 });
    this.moved = false;
  }
}
