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
    this.told = told; // opened(id), chosen(id), up()
    this.layers = new Map();
    this.things = new Map();
    this.chosen = null;
    this.drawn = null;
    leaflet.options.zoomSnap = 0.25;
    leaflet.keyboard.disable();
    leaflet.attributionControl?.remove();
    leaflet.on("zoomend", () => this.fitLabels());
    const box = leaflet.getContainer();
    box.tabIndex = 0;
    box.addEventListener("keydown", (event) => this.key(event));
  }

  // ---- drawing anew

  show(drawing) {
    this.clear();
    this.drawn = drawing;
    const many = drawing.things.length > MANY;
    this.renderer = many ? L.canvas({ padding: 0.3, tolerance: 3 }) : L.svg({ padding: 0.3 });
    this.group = L.featureGroup();
    for (const thing of drawing.around) this.addOutline(thing);
    this.areas = L.featureGroup().addTo(this.group);
    for (const thing of drawing.things) this.addThing(thing);
    this.areas.bindTooltip((layer) => this.said(this.things.get(layer.thing)), { sticky: true, direction: "auto", opacity: 1 });
    this.areas.on("click", (event) => this.open(event.layer.thing));
    this.areas.on("mouseover", (event) => this.choose(event.layer.thing, false));
    const bounds = this.group.getBounds(); // known before anything is drawn, so that it is drawn once
    if (bounds.isValid()) this.leaflet.fitBounds(bounds, { padding: [28, 28], animate: false, maxZoom: 20 });
    this.group.addTo(this.leaflet);
    this.makePatterns();
    this.addLabels(drawing);
    this.fitLabels();
  }

  clear() {
    for (const layer of [this.group, this.labels, this.renderer]) layer?.remove();
    this.group = this.labels = this.renderer = this.chosen = null;
    this.layers.clear();
    this.things.clear();
  }

  addOutline(thing) {
    const layer = this.shape(thing.geometry, { color: "#8A95A1", weight: 1.5, fillColor: "#FFFFFF", fillOpacity: 0.6,
      dashArray: thing.placed ? null : "6 4", renderer: this.renderer, interactive: Boolean(thing.id) });
    layer.on("click", () => this.told.opened(thing.id));
    layer.addTo(this.group);
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
      fillOpacity: plain && thing.hatched ? 0.45 : 0.9,
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
    const found = [thing.few ? words.few : thing.text === "" ? words.unknown : filled(words.value, thing.text)];
    if (thing.people !== undefined) found.push(filled(words.people, thing.people));
    if (thing.until) found.push(filled(thing.old ? words.old : words.until, thing.until));
    if (thing.placed === false) found.push(words.schematic);
    return found;
  }

  boundsOf(id) {
    return this.extent(this.things.get(id).geometry);
  }

  extent(geometry) {
    const layer = this.shape(geometry, {});
    return layer.getBounds ? layer.getBounds() : L.latLngBounds([layer.getLatLng()]);
  }

  // ---- labels: as many as fit inside what they name

  addLabels(drawing) {
    this.labels = L.layerGroup().addTo(this.leaflet);
    this.fits = [];
    for (const thing of drawing.things.filter((each) => each.at)) this.addLabel(thing, this.boundsOf(thing.id), false);
    for (const thing of drawing.around) this.addLabel(thing, this.extent(thing.geometry), true);
  }

  addLabel(thing, bounds, round) {
    const box = element("div");
    box.append(element("div", "", round ? thing.name : thing.label));
    if (!round) box.append(element("div", "value", thing.text));
    if (!round) box.classList.toggle("dark", dark(thing.colour));
    const at = round ? L.latLng(bounds.getNorth(), bounds.getCenter().lng) : L.latLng(thing.at[1], thing.at[0]);
    const icon = L.divIcon({ html: box, className: round ? "label round" : "label", iconSize: null });
    const marker = L.marker(at, { icon, interactive: false, keyboard: false }).addTo(this.labels);
    if (!round) this.fits.push({ thing, bounds, box, marker });
  }

  fitLabels() {
    for (const { thing, bounds, box, marker } of this.fits ?? []) {
      const a = this.leaflet.latLngToLayerPoint(bounds.getNorthWest());
      const b = this.leaflet.latLngToLayerPoint(bounds.getSouthEast());
      const wide = Math.abs(b.x - a.x), high = Math.abs(b.y - a.y);
      const [name, value] = box.children;
      name.hidden = wide < thing.label.length * 9 || high < 13;
      value.hidden = name.hidden || wide < thing.text.length * 8 || high < 28; // a bare figure would read as a number
      if (marker.getElement()) marker.getElement().hidden = name.hidden && value.hidden;
    }
  }

  // ---- the same things in other colours: nothing moves, nothing flickers

  paint(told) {
    if (!this.drawn) return;
    Object.assign(this.drawn, { legend: told.legend, words: told.words });
    for (const thing of told.things) {
      const held = this.things.get(thing.id);
      if (!held) continue;
      for (const key of ["few", "people", "until", "old"]) delete held[key];
      Object.assign(held, thing);
      this.layers.get(thing.id).setStyle(this.style(held));
    }
    this.makePatterns();
    for (const { thing, box } of this.fits ?? []) {
      box.children[1].textContent = thing.text;
      box.classList.toggle("dark", dark(thing.colour));
    }
    this.fitLabels();
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

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (steps[event.key]) this.step(steps[event.key]);
    else if (event.key === "Enter" && this.chosen) this.open(this.chosen);
    else if (event.key === "Escape" || event.key === "Backspace") this.told.up();
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
    if (this.group?.getBounds().isValid()) this.leaflet.fitBounds(this.group.getBounds(), { padding: [28, 28], maxZoom: 20 });
  }
}
