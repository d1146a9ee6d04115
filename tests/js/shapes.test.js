// The geometry of drawing by hand (shapes.js), alone.

const SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]];
const SLAB = [[0, 0], [60, 0], [60, 12], [0, 12]];
const BOW_TIE = [[0, 0], [10, 10], [10, 0], [0, 10]];
const COURT = [SQUARE, [[4, 4], [6, 4], [6, 6], [4, 6]]];

// ---- between degrees and metres

test("degrees and metres and back", () => {
  const plane = new Plane(121.53, 31.23);
  near(plane.metres([121.53, 31.23]), [0, 0]);
  near(plane.metres([121.54, 31.24]), [951.9, 1113.2], 0.2);
  near(plane.metres(plane.degrees([123.4, -56.7])), [123.4, -56.7], 0.02);
});

test("degrees have seven digits", () => {
  same(new Plane(121.53, 31.23).degrees([0.00001, 0]), [121.53, 31.23]);
});

test("a polygon with a court goes to the plane and back", () => {
  const plane = new Plane(121.53, 31.23), geometry = plane.geometry([COURT]);
  same(geometry.type, "Polygon");
  same(geometry.coordinates.map((ring) => ring.length), [5, 5]);
  near(plane.polygons(geometry), [COURT], 0.02);
});

test("two polygons are a MultiPolygon", () => {
  const plane = new Plane(121.53, 31.23), geometry = plane.geometry([[SQUARE], [SLAB]]);
  same(geometry.type, "MultiPolygon");
  near(plane.polygons(geometry), [[SQUARE], [SLAB]], 0.02);
});

test("a point has no polygons", () => {
  same(new Plane(121, 31).polygons({ type: "Point", coordinates: [121, 31] }), []);
});

// ---- points and lines

test("the direction between two places is a metre long", () => {
  near(Shape.direction([1, 1], [1, 9]), [0, 1]);
  same(Shape.direction([1, 1], [1, 1]), [1, 0]);
  same(Shape.left([1, 0]), [-0, 1]);
});

test("the nearest place on a line is its end beyond it", () => {
  near(Shape.nearest([5, 3], [0, 0], [10, 0]).at, [5, 0]);
  near(Shape.nearest([15, 3], [0, 0], [10, 0]).at, [10, 0]);
  near(Shape.nearest([3, 4], [0, 0], [0, 0]).away, 5);
});

test("the nearest of some points within reach", () => {
  same(Shape.near([1, 1], SQUARE, 2), 0);
  same(Shape.near([9, 9.5], SQUARE, 2), 2);
  same(Shape.near([5, 5], SQUARE, 2), -1);
});

// ---- rings

test("a ring is opened: no corner twice", () => {
  same(Shape.open([[0, 0], [0, 0], [10, 0], [10, 10], [0, 0]]), [[0, 0], [10, 0], [10, 10]]);
});

test("the area of a ring, with its direction", () => {
  near(Shape.signed(SQUARE), 100);
  near(Shape.signed(SQUARE.slice().reverse()), -100);
  near(Shape.area(COURT), 96);
  near(Shape.areaOf([COURT, [SLAB]]), 96 + 720);
});

test("the middle of an area, and of a line", () => {
  near(Shape.middle([[0, 0], [60, 0], [60, 40], [48, 40], [48, 12], [0, 12]]), [37.64, 12.36], 0.01);
  near(Shape.middle([[0, 0], [10, 0]]), [5, 0]);
});

test("what is turned is turned about its largest part", () => {
  near(Shape.centre([[SQUARE], [SLAB]]), [30, 6]);
});

test("inside, also in a court that is outside", () => {
  holds(Shape.inside([1, 1], [COURT]));
  holds(!Shape.inside([5, 5], [COURT]));
  holds(!Shape.inside([11, 5], [COURT]));
  holds(Shape.inside([50, 5], [COURT, [SLAB]]));
});

// ---- lines that cross

test("a bow tie crosses itself", () => {
  same(Shape.crossing(BOW_TIE), [0, 2]);
  holds(Shape.crosses([[BOW_TIE]]));
});

test("sound rings do not cross", () => {
  for (const ring of [SQUARE, SLAB, [[0, 0], [10, 0], [5, 8]], [[0, 0], [9, 0], [9, 9], [6, 9], [6, 3], [0, 3]]]) same(Shape.crossing(ring), null);
});

test("a corner on another edge is a crossing", () => {
  holds(Shape.crossing([[0, 0], [10, 0], [10, 10], [5, 0], [0, 10]]));
});

test("an edge that runs back over the one before is a crossing", () => {
  holds(Shape.crossing([[0, 0], [10, 0], [4, 0], [4, 8]]));
});

test("two corners are no ring", () => {
  holds(Shape.crosses([[[[0, 0], [1, 1]]]]));
});

// ---- snapping

test("a corner is nearer than an edge", () => {
  same(Shape.snap([10.5, 0.5], [SQUARE], 2), { at: [10, 0], kind: "corner" });
  const found = Shape.snap([10.5, 5], [SQUARE], 2);
  same(found.kind, "edge");
  near(found.at, [10, 5]);
});

test("beyond reach nothing is snapped to", () => {
  same(Shape.snap([13, 5], [SQUARE], 2), null);
  same(Shape.snap([5, 5], [], 2), null);
});

test("the last edge of a ring is an edge too", () => {
  same(Shape.snap([-0.5, 5], [SQUARE], 2), { at: [0, 5], kind: "edge" });
});

test("a house is brought to its neighbour by its nearest corner", () => {
  const found = Shape.snapBy([[11, 0.4], [21, 0.4], [21, 10.4], [11, 10.4]], [SQUARE], 2);
  same(found.kind, "corner");
  near(found.by, [-1, -0.4]);
  same(Shape.snapBy([[50, 50]], [SQUARE], 2), null);
});

test("a step that is nearly straight becomes straight", () => {
  near(Shape.straight([20, 0.5], [1, 0], 1), [20, 0]);
  near(Shape.straight([0.5, 20], [1, 0], 1), [0, 20]);
  near(Shape.straight([7, 20], [1, 0], 1), [7, 20]);
});

test("a right angle at the last corner", () => {
  near(Shape.square([[0, 0], [10, 0]], [10.4, 7], 1), [10, 7]);
  same(Shape.square([[0, 0], [10, 0]], [14, 7], 1), null);
  same(Shape.square([[0, 0]], [3, 3], 1), null);
});

test("straight on", () => {
  near(Shape.square([[0, 0], [10, 0]], [15, 0.3], 1), [15, 0]);
});

test("the closing corner is right on both sides", () => {
  near(Shape.square([[0, 0], [10, 0], [10, 6]], [0.6, 6.5], 1), [0, 6]);
});

test("parallel lines do not meet", () => {
  same(Shape.meeting([[0, 0], [1, 0]], [[0, 5], [1, 0]]), null);
  near(Shape.meeting([[0, 0], [1, 0]], [[5, 5], [0, 1]]), [5, 0]);
});

// ---- houses

test("a rectangle by a side and a depth, to either side", () => {
  near(Shape.rectangle([0, 0], [10, 0], [3, 4]), [[0, 0], [10, 0], [10, 4], [0, 4]]);
  near(Shape.rectangle([0, 0], [10, 0], [3, -4]), [[0, 0], [10, 0], [10, -4], [0, -4]]);
});

test("a rectangle that stands askew has right angles", () => {
  const ring = Shape.rectangle([0, 0], [8, 6], [0, 5]);
  near(Math.abs(Shape.signed(ring)), 40, 0.001);
  near(Shape.along(Shape.direction(ring[0], ring[1]), Shape.direction(ring[1], ring[2])), 0);
});

test("length and width of a house however it stands", () => {
  const turned = Shape.turned([[SLAB]], 33, [0, 0])[0][0], { length, width } = Shape.size(turned);
  near([length, width], [60, 12]);
});

test("moved and turned", () => {
  near(Shape.moved([[SQUARE]], [5, -5])[0][0][0], [5, -5]);
  near(Shape.turned([[SLAB]], 90, [30, 6])[0][0][0], [36, -24]);
  near(Shape.turned([[SLAB]], 360, [30, 6]), [[SLAB]]);
});

test("bearings run from the east to the left", () => {
  near(Shape.bearing([0, 0], [1, 0]), 0);
  near(Shape.bearing([0, 0], [0, 1]), 90);
  near(Shape.bearing([0, 0], [-1, 0]), 180);
});

test("the next house stands beside, to the east or the south", () => {
  near(Shape.beside(SLAB, 8), [68, 0]);
  near(Shape.beside(SLAB.slice().reverse(), 8), [68, 0]);
  near(Shape.beside([[0, 0], [12, 0], [12, 60], [0, 60]], 8), [0, -68]);
});

// ---- taking back

test("steps are taken back and made again", () => {
  const steps = new Steps();
  steps.begin("a");
  holds(!steps.canUndo && !steps.canRedo);
  steps.add("b");
  steps.add("c");
  same([steps.undo(), steps.undo(), steps.undo()], ["b", "a", "a"]);
  same([steps.redo(), steps.now], ["b", "b"]);
  steps.add("d");
  same([steps.canRedo, steps.now], [false, "d"]);
});

test("of too many steps the oldest are forgotten", () => {
  const steps = new Steps(3);
  steps.begin(0);
  for (const each of [1, 2, 3, 4]) steps.add(each);
  same(steps.done, [2, 3, 4]);
});
