// What the pointer takes hold of while an outline is corrected: a corner, the whole house, or the handle it is turned by.
"use strict";

const HANDLE = 34; // pixels from a house to the handle by which it is turned

class BoardGrip {
  constructor(board) {
    this.board = board;
  }

  // Where the handle stands: above the house.
  handle() {
    const { polygons } = this.board.state, points = [].concat(...polygons).flat();
    return [Shape.centre(polygons)[0], Shape.extent(points, [0, 1])[1] + this.board.metres(HANDLE)];
  }

  // Whether something is held from now on; else the map is shifted.
  grab(place, event) {
    const board = this.board, at = board.plane.metres(place), polygons = board.state.polygons;
    if (!polygons.length || board.parts.length || event.button !== 0) return false;
    board.held = null;
    if (board.mode === "edit") board.held = this.corner(at);
    else if (board.mode === "move" && Shape.inside(at, polygons)) board.held = { at, polygons };
    else if (board.mode === "rotate" && Shape.distance(at, this.handle()) <= board.metres(GRAB)) {
      const centre = Shape.centre(polygons);
      board.held = { centre, from: Shape.bearing(centre, at), polygons };
    }
    return Boolean(board.held);
  }

  // A corner, or the middle of an edge, which becomes one.
  corner(at) {
    const board = this.board, polygons = board.state.polygons;
    const found = this.near(at, (ring) => ring) ?? this.near(at, (ring) => Shape.edges(ring).map(([a, b]) => Shape.times(Shape.plus(a, b), 0.5)));
    board.corner = null;
    if (!found) return null;
    const { p, r, n, point, ring } = found, isNew = ring[n] !== point;
    board.corner = [p, r, isNew ? n + 1 : n];
    const more = isNew ? board.withRing(p, r, [...ring.slice(0, n + 1), point, ...ring.slice(n + 1)]) : polygons;
    board.changed();
    return { corner: board.corner, polygons: more };
  }

  // The first point of a ring within reach, with where it stands.
  near(at, points) {
    const reach = this.board.metres(GRAB);
    for (const [p, rings] of this.board.state.polygons.entries()) {
      for (const [r, ring] of rings.entries()) {
        const all = points(ring), n = Shape.near(at, all, reach);
        if (n >= 0) return { p, r, n, point: all[n], ring };
      }
    }
    return null;
  }

  drag(place, event) {
    const board = this.board, held = board.held, at = board.plane.metres(place), reach = board.metres(REACH);
    if (held.corner) {
      const to = Shape.snap(at, board.rings(), reach)?.at ?? at;
      held.now = this.withCorner(held, to);
    } else if (held.centre) {
      const turned = (Shape.bearing(held.centre, at) - held.from + 540) % 360 - 180;
      held.degrees = event.shiftKey ? Math.round(turned / 15) * 15 : Math.round(turned * 10) / 10;
      held.now = Shape.turned(held.polygons, held.degrees, held.centre);
    } else {
      const by = Shape.minus(at, held.at), moved = Shape.moved(held.polygons, by);
      const snapped = Shape.snapBy([].concat(...moved).flat(), board.rings(), reach);
      held.by = snapped ? Shape.plus(by, snapped.by) : by;
      held.now = Shape.moved(held.polygons, held.by);
    }
    board.render();
  }

  withCorner({ corner, polygons }, to) {
    return polygons.map((rings, p) => rings.map((ring, r) => ring.map((each, n) => (String([p, r, n]) === String(corner) ? to : each))));
  }

  drop() {
    const held = this.board.held;
    this.board.held = null;
    if (held?.now) this.board.put({ polygons: held.now });
  }
}
