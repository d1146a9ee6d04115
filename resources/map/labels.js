// Names and figures on a map: as many as fit into what they name and do not lie on each other; more of them the nearer
// one comes. Made when they are first wanted, since of thousands of things only a few can ever be named at once.
"use strict";

const LETTER = 12.8, DIGIT = 7.2, LABEL_LINE = 16; // of a letter and a line at the size of a label, in pixels
const MOST_LABELS = 260; // that stand on the page at once

function widthOf(text) {
  let wide = 0;
  for (const letter of text) wide += letter > "\u2E7F" ? LETTER : DIGIT;
  return wide;
}

// The middle of the largest outer ring of a geometry, as [longitude, latitude].
function middleOf(geometry) {
  if (geometry.type === "Point") return geometry.coordinates;
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  let most = -1, middle = null;
  for (const [ring] of polygons) {
    const [x0, y0] = ring[0]; // near zero: products of whole longitudes lose digits
    let area = 0, x = 0, y = 0;
    for (let n = 1; n < ring.length; n++) {
      const [x1, y1] = ring[n - 1], [x2, y2] = ring[n];
      const cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
      area += cross;
      x += (x1 + x2 - 2 * x0) * cross;
      y += (y1 + y2 - 2 * y0) * cross;
    }
    const size = Math.abs(area);
    if (size > most) { most = size; middle = size < 1e-18 ? [x0, y0] : [x0 + x / (3 * area), y0 + y / (3 * area)]; }
  }
  return middle;
}

class Labels {
  constructor(leaflet) {
    this.leaflet = leaflet;
    this.group = L.layerGroup().addTo(leaflet);
    this.clear();
    leaflet.on("moveend zoomend", () => this.fit());
  }

  clear() {
    this.group.clearLayers();
    this.wanted = [];
  }

  // things: inside what they name; above: names over the upper edge, [{name, geometry, kind}], which come first.
  // extent(geometry), boundsOf(id): where they lie.
  show(things, above, extent, boundsOf) {
    this.clear();
    for (const each of above) {
      if (!each.name) continue;
      const bounds = extent(each.geometry);
      this.wanted.push({ kind: each.kind, name: each.name, bounds, at: L.latLng(bounds.getNorth(), bounds.getCenter().lng) });
    }
    for (const thing of things) this.wanted.push({ kind: "", thing, name: thing.label, bounds: boundsOf(thing.id), at: null });
    this.fit();
  }

  fit() {
    const view = this.leaflet.getBounds(), taken = [];
    let count = 0;
    for (const label of this.wanted) {
      const shown = count < MOST_LABELS && view.intersects(label.bounds) ? this.room(label, taken) : 0;
      if (shown) { count += 1; this.put(label); }
      else if (label.marker) { this.group.removeLayer(label.marker); label.marker = null; }
    }
  }

  // How many lines fit, of the name (perhaps in two) and the figure; what is taken by them is noted.
  room(label, taken) {
    const value = label.thing ? label.thing.text : "";
    let wide = widthOf(label.name), lines = 1;
    label.broken = label.valued = false;
    if (label.thing) {
      const size = this.size(label.bounds), broken = label.thing.broken;
      if (!label.name || size.y < LABEL_LINE * 0.8) return 0; // a bare figure would read as a number
      if (size.x < wide) {
        wide = broken ? Math.max(...broken.split("\n").map(widthOf)) : wide * 0.85; // a number may touch its walls
        label.broken = Boolean(broken);
        lines = broken ? 2 : 1;
        if (size.x < wide || size.y < lines * LABEL_LINE * 0.9) return 0;
      }
      if (value && size.x >= widthOf(value) && size.y >= (lines + 0.9) * LABEL_LINE) {
        label.valued = true;
        lines += 1;
        wide = Math.max(wide, widthOf(value));
      }
    } else if (label.kind === "block" && this.size(label.bounds).x < wide) return 0;
    if (!label.at) {
      const [x, y] = middleOf(label.thing.geometry);
      label.at = L.latLng(y, x);
    }
    const at = this.leaflet.latLngToLayerPoint(label.at);
    const middle = label.thing ? at.y : at.y - LABEL_LINE * 0.6, half = (lines * LABEL_LINE) / 2 - 2;
    const box = [at.x - wide / 2, middle - half, at.x + wide / 2, middle + half];
    if (taken.some((each) => box[0] < each[2] && box[2] > each[0] && box[1] < each[3] && box[3] > each[1])) return 0;
    taken.push(box);
    return lines;
  }

  size(bounds) {
    const a = this.leaflet.latLngToLayerPoint(bounds.getNorthWest());
    const b = this.leaflet.latLngToLayerPoint(bounds.getSouthEast());
    return L.point(Math.abs(b.x - a.x), Math.abs(b.y - a.y));
  }

  put(label) {
    if (!label.marker) {
      label.box = element("div");
      label.box.append(element("div", "", label.name));
      if (label.thing) label.box.append(element("div", "value"));
      const className = label.kind ? "label round " + label.kind : "label";
      const icon = L.divIcon({ html: label.box, className, iconSize: null });
      label.marker = L.marker(label.at, { icon, interactive: false, keyboard: false }).addTo(this.group);
    }
    if (!label.thing) return;
    const [name, value] = label.box.children;
    name.textContent = label.broken ? label.thing.broken : label.name;
    value.textContent = label.thing.text;
    value.hidden = !label.valued;
    label.box.classList.toggle("dark", dark(label.thing.colour));
  }
}
