// What lies on the map where somebody draws: the things that are snapped to and chosen, and the grey houses of the ground.
"use strict";

const FAR = 0.02; // degrees: a house that begins further away is not looked at

class Surroundings {
  constructor(map, ground) {
    this.map = map; // StreetMap
    this.ground = ground; // Ground
    this.all = [];
  }

  // Everything on the map as polygons on the plane.
  look(plane) {
    const drawn = this.map.drawn;
    this.plane = plane;
    this.all = [...this.map.things.values(), ...(drawn?.around ?? []), ...(drawn?.blocks ?? [])]
      .map((thing) => ({ thing, polygons: plane.polygons(thing.geometry) }));
  }

  thing(id) {
    return this.all.find((each) => each.thing.id === id)?.thing;
  }

  // Rings of all but one.
  rings(but) {
    return [].concat(...this.all.filter((each) => !but || each.thing.id !== but).map((each) => [].concat(...each.polygons)));
  }

  // The smallest thing under a place; a point by nearness.
  hit(at, reach) {
    const found = this.all.filter(({ thing, polygons }) => thing.id && (polygons.length ? Shape.inside(at, polygons)
      : Shape.distance(at, this.plane.metres(thing.geometry.coordinates)) <= reach));
    return found.sort((a, b) => Shape.areaOf(a.polygons) - Shape.areaOf(b.polygons))[0] ?? null;
  }

  get shadows() {
    return (this.ground?.drawn?.layers ?? []).filter((each) => each.kind === "footprints");
  }

  // The grey house of the ground under a place in degrees.
  shadow(place) {
    const at = this.plane.metres(place);
    for (const layer of this.shadows) {
      for (const set of layer.sets.filter((each) => each.closed)) {
        for (const rings of set.lines) {
          const [x, y] = rings[0];
          const polygon = Math.abs(x - place[0]) + Math.abs(y - place[1]) < FAR ? rings.map((flat) => this.ring(flat)) : null;
          if (polygon && Shape.inside(at, [polygon])) return { polygons: [polygon] };
        }
      }
    }
    return null;
  }

  // [longitude, latitude, longitude, latitude …] as a ring on the plane.
  ring(flat) {
    const points = [];
    for (let at = 0; at + 1 < flat.length; at += 2) points.push(this.plane.metres([flat[at], flat[at + 1]]));
    return Shape.open(points);
  }
}
