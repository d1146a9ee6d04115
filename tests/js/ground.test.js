// What is drawn under a map, on a canvas that writes down what it is told.

const COLOURS = { water: "W", green: "G", footprints: "F", place: "P", edge: "E", waterway: "Y", road: "R", casing: "C", path: "H",
  rail: "I", dot: "D", name: "N", "water-name": "M" };

function canvas() {
  const did = [];
  let path = [];
  const context = { did, measureText: (text) => ({ width: 12 * text.length }) };
  for (const name of ["save", "restore", "translate", "rotate", "setLineDash", "closePath"]) context[name] = () => {};
  context.beginPath = () => { path = []; };
  context.moveTo = context.lineTo = (x, y) => path.push([Math.round(x), Math.round(y)]);
  context.arc = (x, y) => path.push([Math.round(x), Math.round(y)]);
  context.fill = () => path.length && did.push(["fill", context.fillStyle, path]);
  context.stroke = () => path.length && did.push(["stroke", context.strokeStyle, path]);
  context.strokeText = () => {};
  context.fillText = (text) => did.push(["text", text]);
  return context;
}

// A window of 1000 px on the whole world's square, at a zoom.
function view(zoom = 17) {
  return { zoom, scale: 1000, x0: 0, y0: 0, width: 1000, height: 1000, metres: 1, font: (px) => px + "px",
    box: { west: 0, north: 0, east: 1, south: 1 } };
}

function drawn(layers, zoom) {
  const context = canvas();
  new GroundPainter(layers, COLOURS).paint(context, view(zoom));
  return context.did;
}

const layer = (kind, sets, names = []) => ({ kind, opacity: 1, sets, names });
const square = [[-90, -60, 90, -60, 90, 60, -90, 60, -90, -60]];

test("the world's square has its corners and its middle where they belong", () => {
  near(world(0, 0), [0.5, 0.5], 1e-12);
  near(world(-180, 85.0511287798), [0, 0], 1e-9);
  near(world(180, -85.0511287798), [1, 1], 1e-9);
});

test("a course knows what it meets", () => {
  const course = new Course([[121, 31, 122, 31]]);
  const box = { west: course.west, east: course.east, north: course.north - 1e-4, south: course.south + 1e-4 };
  same([course.meets(box), course.meets({ ...box, west: 0, east: 0.5 })], [true, false]);
});

test("areas lie below roads, and edges of all roads below their surfaces", () => {
  const did = drawn([layer("water", [{ rank: "water", closed: true, lines: [square] }]),
    layer("roads", [{ rank: "lane", closed: false, lines: [[-90, 0, 90, 0]] }, { rank: "main", closed: false, lines: [[0, -60, 0, 60]] }])]);
  same(did.map(([act, colour]) => act + colour), ["fillW", "strokeC", "strokeC", "strokeR", "strokeR"]);
});

test("lines and areas of one kind are both drawn", () => {
  const did = drawn([layer("water", [{ rank: "water", closed: false, lines: [[-90, 0, 90, 0]] }, { rank: "water", closed: true, lines: [square] }])]);
  same(did.map(([act, colour]) => act + colour), ["strokeY", "fillW"]);
});

test("what lies outside is not drawn", () => {
  const painter = new GroundPainter([layer("roads", [{ rank: "main", closed: false, lines: [[100, 10, 120, 10]] }])], COLOURS);
  const context = canvas();
  painter.paint(context, { ...view(), box: { west: 0, north: 0, east: 0.2, south: 0.2 } });
  same(context.did, []);
});

test("small roads, houses and dots wait until one is near", () => {
  const layers = [layer("footprints", [{ rank: "footprints", closed: true, lines: [square] }]),
    layer("roads", [{ rank: "path", closed: false, lines: [[-90, 0, 90, 0]] }, { rank: "main", closed: false, lines: [[-90, 0, 90, 0]] }]),
    layer("facilities", [{ rank: "point", closed: false, lines: [[0, 0]] }])];
  same(drawn(layers, 13).map(([act, colour]) => act + colour), ["strokeC", "strokeR"]);
  same(drawn(layers, 17).map(([act, colour]) => act + colour), ["fillF", "strokeE", "strokeH", "strokeC", "strokeR", "fillD"]);
});

test("points nearer than half a pixel are passed over, the last one never", () => {
  const flat = [];
  for (let n = 0; n <= 1000; n++) flat.push(n / 10000, 0);
  const [[, , path]] = drawn([layer("roads", [{ rank: "main", closed: false, lines: [flat] }])]);
  same(path.length, 2);
});

test("of two names that touch the first one stays", () => {
  const name = (text, lon, from = 14) => ({ text, at: [lon, 0], turn: 0, from });
  const names = (list, zoom) => drawn([layer("roads", [], list)], zoom).map(([, text]) => text);
  same(names([name("浦东大道", 0), name("世纪大道", 5), name("杨高路", 90)]), ["浦东大道", "杨高路"]);
  same(names([name("浦东大道", 0, 18)], 17), []);
});

test("a road that runs north bears its name downwards", () => {
  const did = drawn([layer("roads", [], [{ text: "杨高路", at: [0, 0], turn: 80, from: 14 }])]);
  same(did, [["text", "杨"], ["text", "高"], ["text", "路"]]);
});

test("over a street's areas only great roads are drawn, and only roads", () => {
  const layers = [layer("water", [{ rank: "water", closed: true, lines: [square] }]),
    layer("roads", ["main", "street", "lane"].map((rank) => ({ rank, closed: false, lines: [[-90, 0, 90, 0]] })))];
  const context = canvas();
  new GroundPainter(layers, COLOURS).paintOver(context, view(15));
  same(context.did.map(([act]) => act), ["stroke", "stroke"]);
});
