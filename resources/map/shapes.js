// Geometry of drawing by hand: pure functions on a plane in metres, x to the east and y to the north. No page, no map.
// A ring is a list of corners without the first one repeated; a polygon a list of rings, the outer one first.
"use strict";

const METRES = 111320; // in a degree of latitude, as app/domain/geometry.py has it

// A plane that touches the earth at one point: [longitude, latitude] <-> [metres to the east, to the north].
class Plane {
  constructor(x, y) {
    this.x = x;
    this.y = y;
    this.perDegree = METRES * Math.cos((y * Math.PI) / 180);
  }

  metres(place) {
    return [(place[0] - this.x) * this.perDegree, (place[1] - this.y) * METRES];
  }

  // Seven digits are a centimetre.
  degrees(point) {
    const round = (value) => Math.round(value * 1e7) / 1e7;
    return [round(this.x + point[0] / this.perDegree), round(this.y + point[1] / METRES)];
  }

  // GeoJSON -> polygons on the plane; of a point none.
  polygons(geometry) {
    if (geometry.type === "Point") return [];
    const all = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    return all.map((rings) => rings.map((ring) => Shape.open(ring.map((place) => this.metres(place)))));
  }

  geometry(polygons) {
    const told = polygons.map((rings) => rings.map((ring) => ring.concat([ring[0]]).map((point) => this.degrees(point))));
    return told.length === 1 ? { type: "Polygon", coordinates: told[0] } : { type: "MultiPolygon", coordinates: told };
  }
}

class Shape {
  // ---- points and lines

  static distance(a, b) {
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  }

  static plus(a, b) {
    return [a[0] + b[0], a[1] + b[1]];
  }

  static minus(a, b) {
    return [a[0] - b[0], a[1] - b[1]];
  }

  static times(a, factor) {
    return [a[0] * factor, a[1] * factor];
  }

  // The direction from a to b, one metre long; to the east where they are one.
  static direction(a, b) {
    const length = Shape.distance(a, b);
    return length < 1e-9 ? [1, 0] : Shape.times(Shape.minus(b, a), 1 / length);
  }

  // A quarter turn to the left.
  static left(direction) {
    return [-direction[1], direction[0]];
  }

  static along(point, direction) {
    return point[0] * direction[0] + point[1] * direction[1];
  }

  // The place on a line from a to b that is nearest: {at, part (0 … 1), away}.
  static nearest(point, a, b) {
    const way = Shape.minus(b, a), length = Shape.along(way, way);
    const part = length < 1e-12 ? 0 : Math.min(1, Math.max(0, Shape.along(Shape.minus(point, a), way) / length));
    const at = Shape.plus(a, Shape.times(way, part));
    return { at, part, away: Shape.distance(point, at) };
  }

  // Which of the points is nearest, no further than reach; -1 for none.
  static near(point, points, reach) {
    let best = -1, least = reach;
    points.forEach((each, number) => {
      const away = Shape.distance(point, each);
      if (away <= least) { best = number; least = away; }
    });
    return best;
  }

  // ---- rings

  // Without corners that repeat the one before, or the first at the end.
  static open(ring) {
    const found = ring.filter((each, number) => !number || Shape.distance(each, ring[number - 1]) > 1e-6);
    while (found.length > 1 && Shape.distance(found[0], found[found.length - 1]) < 1e-6) found.pop();
    return found;
  }

  static edges(ring) {
    return ring.map((each, number) => [each, ring[(number + 1) % ring.length]]);
  }

  // More than 0 for a ring that runs to the left (counter-clockwise).
  static signed(ring) {
    return Shape.edges(ring).reduce((sum, [a, b]) => sum + a[0] * b[1] - b[0] * a[1], 0) / 2;
  }

  // Square metres of a polygon: its outer ring without its holes.
  static area(polygon) {
    return polygon.reduce((sum, ring, number) => sum + (number ? -1 : 1) * Math.abs(Shape.signed(ring)), 0);
  }

  static areaOf(polygons) {
    return polygons.reduce((sum, each) => sum + Shape.area(each), 0);
  }

  // The middle of a ring's area; of what encloses nothing, of its corners.
  static middle(ring) {
    const origin = ring[0];
    let twice = 0, x = 0, y = 0;
    for (const [p, q] of Shape.edges(ring)) {
      const a = Shape.minus(p, origin), b = Shape.minus(q, origin), cross = a[0] * b[1] - b[0] * a[1];
      twice += cross;
      x += (a[0] + b[0]) * cross;
      y += (a[1] + b[1]) * cross;
    }
    if (Math.abs(twice) > 1e-9) return [origin[0] + x / (3 * twice), origin[1] + y / (3 * twice)];
    return Shape.times(ring.reduce(Shape.plus, [0, 0]), 1 / ring.length);
  }

  // About which all is turned: the middle of the largest part.
  static centre(polygons) {
    return Shape.middle(polygons.reduce((best, each) => (Shape.area(each) > Shape.area(best) ? each : best), polygons[0])[0]);
  }

  static inside(point, polygons) {
    let inside = false;
    for (const ring of [].concat(...polygons)) {
      for (const [a, b] of Shape.edges(ring)) {
        if (a[1] > point[1] !== b[1] > point[1] && point[0] < ((b[0] - a[0]) * (point[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
      }
    }
    return inside;
  }

  // The first two edges of a ring that cross or lie on each other, by number; null for a sound ring.
  static crossing(ring) {
    const edges = Shape.edges(ring), last = edges.length - 1;
    for (let one = 0; one < edges.length; one++) {
      for (let other = one + 1; other < edges.length; other++) {
        const beside = other === one + 1 || (one === 0 && other === last);
        if (beside ? edges.length > 3 && Shape.foldsBack(edges[one], edges[other]) : Shape.cross(edges[one], edges[other])) return [one, other];
      }
    }
    return null;
  }

  // Do two edges that share no corner meet? Touching counts.
  static cross(first, second) {
    const [a, b] = first, [c, d] = second;
    const side = (p, q, r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
    const on = (p, q, r) => Shape.nearest(r, p, q).away < 1e-6;
    if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) return true;
    return on(a, b, c) || on(a, b, d) || on(c, d, a) || on(c, d, b);
  }

  // Does an edge run back over the one before it?
  static foldsBack(before, after) {
    const [a, b] = before, [c, d] = after;
    const same = Shape.distance(b, c) < 1e-9;
    const [corner, one, other] = same ? [b, a, d] : [a, b, c]; // the last and the first edge share the first corner
    return Shape.along(Shape.direction(corner, one), Shape.direction(corner, other)) > 1 - 1e-9;
  }

  static crosses(polygons) {
    return polygons.some((rings) => rings.some((ring) => ring.length < 3 || Shape.crossing(ring) !== null));
  }

  // ---- where the pointer is meant to be

  // The corner of a neighbour within reach, else the nearest place on an edge: {at, kind: "corner" | "edge"}; null for neither.
  static snap(point, rings, reach) {
    let corner = null, edge = null, least = reach, nearest = reach;
    for (const ring of rings) {
      if (!Shape.mayReach(ring, point, reach)) continue;
      for (const [a, b] of Shape.edges(ring)) {
        const away = Shape.distance(point, a);
        if (away <= least) { corner = a; least = away; }
        const found = Shape.nearest(point, a, b);
        if (found.away <= nearest) { edge = found.at; nearest = found.away; }
      }
    }
    if (corner) return { at: corner, kind: "corner" };
    return edge ? { at: edge, kind: "edge" } : null;
  }

  // The smallest step that brings one of these points to a neighbour: {by, at, kind}; null where none is within reach.
  static snapBy(points, rings, reach) {
    let best = null, least = Infinity;
    for (const point of points) {
      const found = Shape.snap(point, rings, reach);
      if (!found) continue;
      const away = Shape.distance(found.at, point) + (found.kind === "edge" ? reach : 0); // corners before edges
      if (away < least) { best = { by: Shape.minus(found.at, point), at: found.at, kind: found.kind }; least = away; }
    }
    return best;
  }

  // In line with where something came from: a step is straight along or across a direction, if it nearly is.
  static straight(step, direction, reach) {
    const aside = Shape.left(direction);
    const keep = [direction, aside].filter((each) => Math.abs(Shape.along(step, each)) > reach);
    return keep.reduce((sum, each) => Shape.plus(sum, Shape.times(each, Shape.along(step, each))), [0, 0]);
  }

  // A quick look at the ring's box first: a map has thousands of them.
  static mayReach(ring, point, reach) {
    const [west, east] = Shape.extent(ring, [1, 0]), [south, north] = Shape.extent(ring, [0, 1]);
    return point[0] >= west - reach && point[0] <= east + reach && point[1] >= south - reach && point[1] <= north + reach;
  }

  // A right angle (or straight on) at the last of these corners, and at the first when the ring closes there; as far as
  // the pointer is no further than reach from it. null where there is none.
  static square(corners, point, reach) {
    if (corners.length < 2) return null;
    const last = corners[corners.length - 1], way = Shape.direction(corners[corners.length - 2], last);
    const lines = [[last, Shape.left(way)], [last, way]];
    const near = lines.map((line) => Shape.onto(point, line)).filter((at) => Shape.distance(at, point) <= reach);
    if (!near.length) return null;
    const at = near.reduce((best, each) => (Shape.distance(each, point) < Shape.distance(best, point) ? each : best));
    if (corners.length < 3) return at;
    const line = lines.find((each) => Shape.distance(Shape.onto(at, each), at) < 1e-6);
    const closing = [corners[0], Shape.left(Shape.direction(corners[0], corners[1]))];
    const both = Shape.meeting(line, closing);
    return both && Shape.distance(both, point) <= reach * 1.5 ? both : at;
  }

  // A line is [a place on it, its direction].
  static onto(point, line) {
    const [start, direction] = line;
    return Shape.plus(start, Shape.times(direction, Shape.along(Shape.minus(point, start), direction)));
  }

  static meeting(first, second) {
    const [a, one] = first, [b, other] = second;
    const cross = one[0] * other[1] - one[1] * other[0];
    if (Math.abs(cross) < 1e-6) return null;
    const way = Shape.minus(b, a);
    return Shape.plus(a, Shape.times(one, (way[0] * other[1] - way[1] * other[0]) / cross));
  }

  // ---- houses

  // A rectangle by one side and how deep it is: where the pointer stands beside that side.
  static rectangle(a, b, point) {
    const aside = Shape.left(Shape.direction(a, b)), deep = Shape.along(Shape.minus(point, a), aside);
    const over = Shape.times(aside, deep);
    return [a, b, Shape.plus(b, over), Shape.plus(a, over)];
  }

  static extent(points, direction) {
    let low = Infinity, high = -Infinity;
    for (const each of points) {
      const place = Shape.along(each, direction);
      low = Math.min(low, place);
      high = Math.max(high, place);
    }
    return [low, high];
  }

  // Of the smallest rectangle around: {direction (of its longer side), length, width}.
  static size(ring) {
    let best = null;
    for (const [a, b] of Shape.edges(ring)) {
      const direction = Shape.direction(a, b);
      const [long, wide] = [direction, Shape.left(direction)].map((each) => Shape.extent(ring, each)).map(([low, high]) => high - low);
      if (!best || long * wide < best.length * best.width - 1e-9) {
        best = long >= wide ? { direction, length: long, width: wide } : { direction: Shape.left(direction), length: wide, width: long };
      }
    }
    return best;
  }

  static mapped(polygons, change) {
    return polygons.map((rings) => rings.map((ring) => ring.map(change)));
  }

  static moved(polygons, by) {
    return Shape.mapped(polygons, (point) => Shape.plus(point, by));
  }

  // To the left for more than 0.
  static turned(polygons, degrees, about) {
    const cos = Math.cos((degrees * Math.PI) / 180), sin = Math.sin((degrees * Math.PI) / 180);
    return Shape.mapped(polygons, (point) => {
      const [x, y] = Shape.minus(point, about);
      return [about[0] + x * cos - y * sin, about[1] + x * sin + y * cos];
    });
  }

  // Degrees from about to a point: 0 to the east, 90 to the north.
  static bearing(about, point) {
    return (Math.atan2(point[1] - about[1], point[0] - about[0]) * 180) / Math.PI;
  }

  // The step to the next house of the same kind: along the longer side, with a gap.
  static beside(ring, gap) {
    const { direction, length } = Shape.size(ring);
    const eastern = direction[0] < -1e-9 || (Math.abs(direction[0]) <= 1e-9 && direction[1] > 0) ? Shape.times(direction, -1) : direction;
    return Shape.times(eastern, length + gap);
  }
}
