// What lies under a map: base layers, a background of tiles, a scanned plan. Drawn quietly, below everything else.
// Points are kept in the world's own square (0 … 1, Web Mercator) and scaled when drawn: nothing is projected twice.
"use strict";

// rank: [seen from zoom, metres wide, px at least, px at most], the least important first
const ROADS = {
  ferry: [15, 0, 1, 1], rail: [13, 0, 1.2, 1.2], path: [16, 1.5, 0.8, 2], yard: [15, 3.5, 0.8, 6], lane: [14, 6, 0.8, 9],
  street: [12, 8, 1.4, 12], main: [0, 11, 2, 16],
};
const AREAS = { water: 0, green: 0, footprints: 14.5 }; // seen from zoom
const TURNED = 60; // degrees above which a name along a road would stand on its head: it is left out
const PAD = 0.4; // of the screen, drawn beyond its edge so that a pull shows no white

function world(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

// One or several lines in the world's square, and the box that holds them.
class Course {
  constructor(lines) {
    this.lines = lines.map((flat) => {
      const made = new Float64Array(flat.length);
      for (let n = 0; n < flat.length; n += 2) [made[n], made[n + 1]] = world(flat[n], flat[n + 1]);
      return made;
    });
    this.west = this.north = Infinity;
    this.east = this.south = -Infinity;
    for (const line of this.lines) {
      for (let n = 0; n < line.length; n += 2) {
        this.west = Math.min(this.west, line[n]); this.east = Math.max(this.east, line[n]);
        this.north = Math.min(this.north, line[n + 1]); this.south = Math.max(this.south, line[n + 1]);
      }
    }
  }

  meets(box) {
    return this.west <= box.east && this.east >= box.west && this.north <= box.south && this.south >= box.north;
  }

  // Put it on a canvas' path, in pixels of a scale, from an origin. Points nearer than half a pixel are passed over.
  trace(context, scale, x0, y0, closed) {
    for (const line of this.lines) {
      let x = line[0] * scale - x0, y = line[1] * scale - y0;
      context.moveTo(x, y);
      for (let n = 2; n < line.length; n += 2) {
        const nextX = line[n] * scale - x0, nextY = line[n + 1] * scale - y0;
        if (n < line.length - 2 && Math.abs(nextX - x) + Math.abs(nextY - y) < 0.5) continue;
        context.lineTo(x = nextX, y = nextY);
      }
      if (closed) context.closePath();
    }
  }
}

// Draws the layers; knows a canvas' context and a view {zoom, scale, x0, y0, box}, and nothing of Leaflet.
class GroundPainter {
  constructor(layers, colours) {
    this.colours = colours;
    this.layers = layers.map((layer) => ({
      kind: layer.kind, opacity: layer.opacity,
      names: layer.names.map((name) => ({ ...name, place: world(...name.at) })),
      sets: layer.sets.map((set) => ({ rank: set.rank, closed: set.closed,
        courses: set.lines.map((each) => new Course(set.closed ? each : [each])) })),
    }));
  }

  paint(context, view) {
    context.lineJoin = context.lineCap = "round";
    for (const layer of this.layers) {
      context.globalAlpha = layer.opacity;
      if (layer.kind === "roads") this.roads(context, view, layer);
      else if (layer.kind === "facilities") this.dots(context, view, layer);
      else this.areas(context, view, layer);
    }
    context.globalAlpha = 1;
    this.names(context, view);
  }

  seen(set, view) {
    return set.courses.filter((course) => course.meets(view.box));
  }

  ranked(layer, rank, view) {
    return layer.sets.filter((set) => set.rank === rank).flatMap((set) => this.seen(set, view));
  }

  fill(context, view, courses, colour) {
    context.beginPath();
    for (const course of courses) course.trace(context, view.scale, view.x0, view.y0, true);
    context.fillStyle = colour;
    context.fill("evenodd");
  }

  stroke(context, view, courses, colour, width) {
    context.beginPath();
    for (const course of courses) course.trace(context, view.scale, view.x0, view.y0, false);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  areas(context, view, layer) {
    const colour = layer.kind;
    if (view.zoom < AREAS[colour]) return;
    for (const set of layer.sets) {
      const courses = this.seen(set, view);
      if (!set.closed) this.stroke(context, view, courses, this.colours[layer.kind === "water" ? "waterway" : colour], view.zoom >= 16 ? 2 : 1);
      else for (const course of courses) this.fill(context, view, [course], this.colours[colour]); // alone: two that overlap are no hole
      if (set.closed && layer.kind === "footprints" && view.zoom >= 16) this.stroke(context, view, courses, this.colours.edge, 0.8);
    }
  }

  // All edges first and all surfaces after them, so that crossings stay open.
  roads(context, view, layer) {
    this.fill(context, view, this.ranked(layer, "place", view), this.colours.place);
    const drawn = Object.entries(ROADS)
      .filter(([, [from]]) => view.zoom >= from)
      .map(([rank, [, metres, least, most]]) => ({ rank, courses: this.ranked(layer, rank, view),
        width: Math.min(most, Math.max(least, metres / view.metres)) }));
    for (const { rank, courses, width } of drawn) {
      if (rank === "path" || rank === "rail" || rank === "ferry") {
        context.setLineDash(rank === "rail" ? [] : [3, 3]);
        this.stroke(context, view, courses, this.colours[rank === "rail" ? "rail" : "path"], width);
        context.setLineDash([]);
      } else this.stroke(context, view, courses, this.colours.casing, width + 1.6);
    }
    for (const { rank, courses, width } of drawn) {
      if (width > 1.2 && ROADS[rank][1] > 2) this.stroke(context, view, courses, this.colours.road, width);
    }
  }

  dots(context, view, layer) {
    if (view.zoom < 16) return;
    context.fillStyle = this.colours.dot;
    for (const course of this.ranked(layer, "point", view)) {
      context.beginPath();
      context.arc(course.west * view.scale - view.x0, course.north * view.scale - view.y0, 2.5, 0, 2 * Math.PI);
      context.fill();
    }
  }

  // Over areas that cover a whole street: the great roads once more, as faint white lines.
  paintOver(context, view) {
    context.lineJoin = context.lineCap = "round";
    for (const layer of this.layers.filter((each) => each.kind === "roads")) {
      for (const [rank, least] of [["street", 14], ["main", 0]]) {
        if (view.zoom < least) continue;
        this.stroke(context, view, this.ranked(layer, rank, view), "rgba(255, 255, 255, .55)", rank === "main" ? 2.2 : 1.2);
      }
    }
  }

  // The longest first; one that would touch another is left out.
  names(context, view) {
    const taken = [];
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 3;
    for (const layer of [...this.layers].reverse()) {
      const dots = layer.kind === "facilities";
      for (const name of layer.names) {
        if (view.zoom < name.from || Math.abs(name.turn) > 90) continue;
        const x = name.place[0] * view.scale - view.x0, y = name.place[1] * view.scale - view.y0 + (dots ? 10 : 0);
        if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
        context.font = view.font(layer.kind === "roads" ? 11 : 12);
        const upright = Math.abs(name.turn) > TURNED, wide = context.measureText(name.text).width;
        const turn = ((upright ? 0 : name.turn) * Math.PI) / 180;
        const half = [upright ? 8 : (wide / 2) * Math.cos(turn) + 8, upright ? name.text.length * 7 : (wide / 2) * Math.abs(Math.sin(turn)) + 9];
        const box = [x - half[0], y - half[1], x + half[0], y + half[1]];
        if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
        taken.push(box);
        this.letters(context, name.text, x, y, turn, upright, layer.kind === "water" ? this.colours["water-name"] : this.colours.name);
      }
    }
  }

  // A road that runs north bears its name as Chinese signs do: one character below the other.
  letters(context, text, x, y, turn, upright, colour) {
    const said = upright ? [...text].map((each, n, all) => [each, 0, (n - (all.length - 1) / 2) * 13]) : [[text, 0, 0]];
    context.save();
    context.translate(x, y);
    context.rotate(turn);
    context.strokeStyle = "rgba(255, 255, 255, .85)";
    context.fillStyle = colour;
    for (const [each, dx, dy] of said) context.strokeText(each, dx, dy);
    for (const [each, dx, dy] of said) context.fillText(each, dx, dy);
    context.restore();
  }
}

// The canvas under the map: Leaflet moves and scales it while the map moves; it is painted when that ends.
function groundCanvas(paint, pane) {
  const Canvas = L.Renderer.extend({
    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.className = pane;
    },
    _destroyContainer() {
      this._container.remove();
      this._container = null;
    },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize(), at = this._bounds.min, dense = window.devicePixelRatio || 1, canvas = this._container;
      L.DomUtil.setPosition(canvas, at);
      canvas.width = Math.round(size.x * dense);
      canvas.height = Math.round(size.y * dense);
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      const context = canvas.getContext("2d");
      context.scale(dense, dense);
      paint(context, this.view(size, at));
    },
    view(size, at) {
      const zoom = this._map.getZoom(), scale = 256 * 2 ** zoom, origin = this._map.getPixelOrigin().add(at);
      const latitude = (this._map.getCenter().lat * Math.PI) / 180;
      return { zoom, scale, x0: origin.x, y0: origin.y, width: size.x, height: size.y,
        metres: (40075016.686 * Math.cos(latitude)) / scale, font: (px) => `${px}px ${getComputedStyle(document.body).fontFamily}`,
        box: { west: origin.x / scale, north: origin.y / scale, east: (origin.x + size.x) / scale, south: (origin.y + size.y) / scale } };
    },
  });
  return new Canvas({ pane, padding: PAD });
}

// A scanned plan: its corners' places make the matrix that lays the picture there, also while the map zooms.
function planLayer(plan) {
  const Plan = L.Layer.extend({
    onAdd(map) {
      this.picture = document.createElement("img");
      this.picture.className = "plan";
      this.picture.alt = "";
      this.picture.draggable = false;
      this.picture.src = `loutu://map/plan/${encodeURIComponent(plan.id)}?${encodeURIComponent(plan.at)}`;
      this.picture.style.width = plan.size[0] + "px";
      this.picture.style.height = plan.size[1] + "px";
      this.picture.style.opacity = plan.opacity;
      this.getPane().append(this.picture);
      this.lay((place) => map.latLngToLayerPoint(place));
    },
    onRemove() {
      this.picture.remove();
    },
    getEvents() {
      const still = () => this.lay((place) => this._map.latLngToLayerPoint(place));
      return { zoom: still, viewreset: still,
        zoomanim: (event) => this.lay((place) => this._map._latLngToNewLayerPoint(place, event.zoom, event.center)) };
    },
    lay(at) {
      const [a, b, c] = plan.corners.map(([lon, lat]) => at(L.latLng(lat, lon))); // top left, top right, bottom left
      const [wide, high] = plan.size;
      this.picture.style.transform =
        `matrix(${(b.x - a.x) / wide}, ${(b.y - a.y) / wide}, ${(c.x - a.x) / high}, ${(c.y - a.y) / high}, ${a.x}, ${a.y})`;
    },
  });
  return new Plan({ pane: "plan" });
}

class Ground {
  constructor(leaflet, told) {
    this.leaflet = leaflet;
    this.told = told; // clicked([longitude, latitude])
    this.layers = [];
    this.marks = [];
    for (const [name, level] of [["tiles", 150], ["ground", 155], ["plan", 160], ["over-ground", 420], ["marks", 640]]) {
      const pane = leaflet.createPane(name);
      pane.style.zIndex = level;
      pane.style.pointerEvents = "none";
    }
    this.credit = document.createElement("div");
    this.credit.id = "credit";
    this.credit.hidden = true;
    leaflet.getContainer().append(this.credit);
    this.listen(leaflet.getContainer());
  }

  // ground: {layers, tiles, plans, colours, source}; what was shown before goes. See app/maps/ground.py.
  show(ground) {
    this.clear();
    this.drawn = ground;
    for (const tiles of ground.tiles ?? []) this.add(this.tiles(tiles));
    if (ground.layers?.length) {
      const painter = this.painter = new GroundPainter(ground.layers, ground.colours);
      this.add(groundCanvas((context, view) => painter.paint(context, view), "ground"));
      this.over(this.wide);
    }
    for (const plan of ground.plans ?? []) this.add(planLayer(plan));
    this.credit.textContent = ground.source ?? "";
    this.credit.hidden = !ground.source;
    this.see();
  }

  // wide: the map shows areas that cover everything, as a street's committees do.
  over(wide) {
    this.wide = wide;
    this.faint?.remove();
    this.layers = this.layers.filter((each) => each !== this.faint);
    this.faint = null;
    const painter = this.painter;
    if (wide && painter) this.add(this.faint = groundCanvas((context, view) => painter.paintOver(context, view), "over-ground"));
  }

  // How much of what lies below is to be seen through the map.
  see() {
    const plan = this.picking || this.drawn?.plans?.length, some = plan || this.layers.length;
    this.leaflet.fire("ground", { filled: { outline: plan ? 0 : some ? 0.12 : 0.6, thing: this.picking ? 0.4 : plan ? 0.7 : some ? 0.82 : 0.9 } });
  }

  add(layer) {
    this.layers.push(layer);
    if (this.leaflet._loaded) layer.addTo(this.leaflet);
    else this.leaflet.whenReady(() => this.layers.includes(layer) && layer.addTo(this.leaflet)); // before the first map is shown
  }

  clear() {
    for (const layer of this.layers) layer.remove();
    this.layers = [];
    this.painter = this.faint = null;
  }

  tiles(tiles) {
    const [west, south, east, north] = tiles.box;
    return L.tileLayer(`loutu://map/tiles/${encodeURIComponent(tiles.id)}/{z}/{x}/{y}`, {
      pane: "tiles", opacity: tiles.opacity, minZoom: tiles.low, minNativeZoom: tiles.low, maxNativeZoom: tiles.high, maxZoom: 24,
      bounds: [[south, west], [north, east]], keepBuffer: 1, updateWhenZooming: false, noWrap: true,
    });
  }

  // ---- places asked for: what is clicked is said, and nothing else happens

  // wanted: false, or {marks: [[longitude, latitude, text]], plan: as in `show` or null}.
  pick(wanted) {
    for (const each of this.marks) each.remove();
    this.marks = [];
    this.picking = Boolean(wanted);
    document.body.classList.toggle("picking", this.picking);
    this.see();
    if (!this.picking) return;
    if (wanted.plan && !this.leaflet._loaded) this.leaflet.fitBounds(wanted.plan.corners.map(([lon, lat]) => [lat, lon]));
    if (wanted.plan) this.marks.push(planLayer(wanted.plan).addTo(this.leaflet));
    for (const [lon, lat, text] of wanted.marks ?? []) {
      const icon = L.divIcon({ html: element("div", "", text), className: "place-mark", iconSize: null });
      if (this.leaflet._loaded) this.marks.push(L.marker([lat, lon], { icon, pane: "marks", interactive: false, keyboard: false }).addTo(this.leaflet));
    }
  }

  listen(box) {
    let down = null;
    box.addEventListener("mousedown", (event) => { down = [event.clientX, event.clientY]; }, true);
    for (const name of ["click", "dblclick"]) {
      box.addEventListener(name, (event) => {
        if (!this.picking) return;
        event.stopPropagation();
        const pulled = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) > 4;
        if (name === "click" && !pulled) this.say(this.leaflet.mouseEventToLatLng(event));
      }, true);
    }
    box.addEventListener("keydown", (event) => this.picking && this.key(event), true);
  }

  // By keyboard the map is moved under the cross in its middle.
  key(event) {
    const steps = { ArrowLeft: [-40, 0], ArrowRight: [40, 0], ArrowUp: [0, -40], ArrowDown: [0, 40] };
    if (steps[event.key]) this.leaflet.panBy(event.shiftKey ? steps[event.key].map((each) => each / 8) : steps[event.key], { animate: false });
    else if (event.key === "Enter" || event.key === " ") this.say(this.leaflet.getCenter());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  say(place) {
    this.told.clicked([place.lng, place.lat]);
  }
}
