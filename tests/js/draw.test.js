// The drawing board by pointer and keys, in the real page. t0 lies at 0…50 × 0…34 m, t1 at 60…110, t2 at 120…170.

// ---- drawing

test("a house by three clicks", () => {
  board("rectangle");
  click([0, -60], [40, -60], [38, -48]);
  near(handed(), [[0, -60], [40, -60], [40, -48], [0, -48]], 0.5);
  same([said("done").mode, said("done").id], ["rectangle", ""]);
  same(said("state").corners, 0);
});

test("the next house can be drawn at once", () => {
  board("rectangle");
  click([0, -60], [40, -60], [38, -48], [0, -90], [40, -90], [38, -78]);
  same(told.filter((each) => each.act === "done").length, 2);
});

test("what is drawn is seen with its size and its number", () => {
  board("rectangle", { label: "12号" });
  click([0, -60], [40, -60]);
  move([38, -48]);
  const [size, number] = seen("text").map((each) => each.textContent);
  holds(/^(39|40)\.\d by 1[12]\.\d m$/.test(size), size); // a pixel is half a metre here
  same(number, "12号");
  same(seen(".area.drawn").length, 1);
});

test("a hostile number is a text", () => {
  board("rectangle", { label: "<img src=x onerror=alert(1)>" });
  click([0, -60], [40, -60]);
  move([38, -48]);
  holds(seen("text").some((each) => each.textContent.includes("onerror")));
  same(document.querySelectorAll(".sheet img").length, 0);
});

test("a house without depth is none yet", () => {
  board("rectangle");
  click([0, -60], [40, -60], [20, -60]);
  same(said("done"), undefined);
  same(said("state").corners, 2);
});

test("a polygon ends with Enter", () => {
  board("polygon");
  click([0, -60], [40, -60], [40, -40], [12, -32]);
  press("Enter");
  near(handed(), [[0, -60], [40, -60], [40, -40], [12, -32]], 0.5);
});

test("a polygon ends with a double click", () => {
  board("polygon");
  click([0, -60], [40, -60], [40, -40]);
  twice([12, -32]);
  same(handed().length, 4);
  same(told.filter((each) => each.act === "done").length, 1);
});

test("a polygon ends on its first corner", () => {
  board("polygon");
  click([0, -60], [40, -60], [40, -40], [0, -60]);
  same(handed().length, 3);
});

test("two corners are no polygon", () => {
  board("polygon");
  click([0, -60], [40, -60]);
  press("Enter");
  same(said("done"), undefined);
});

test("Backspace takes the last corner back and leads nowhere else", () => {
  board("polygon");
  click([0, -60], [40, -60], [40, -40]);
  press("Backspace");
  same(said("state").corners, 2);
  press("Backspace", "Backspace", "Backspace");
  same([said("state").corners, said("up")], [0, undefined]);
});

test("Ctrl+Z and Ctrl+Y go back and forth", () => {
  board("polygon");
  click([0, -60], [40, -60], [40, -40]);
  press({ key: "z", ctrlKey: true }, { key: "z", ctrlKey: true });
  same([said("state").corners, said("state").redo], [1, true]);
  press({ key: "y", ctrlKey: true });
  same(said("state").corners, 2);
});

test("the program's undo and redo do the same", () => {
  board("polygon");
  click([0, -60], [40, -60]);
  loutu.call("draw", { act: "undo" });
  same(said("state").corners, 1);
  loutu.call("draw", { act: "redo" });
  same(said("state").corners, 2);
});

test("Esc gives up the drawing, then the tool", () => {
  board("polygon");
  click([0, -60], [40, -60]);
  press("Escape");
  same([said("state").corners, said("off")], [0, undefined]);
  press("Escape");
  holds(said("off"));
  same(said("up"), undefined);
});

test("lines that cross are red, said, and not handed over", () => {
  board("polygon", { snap: false });
  click([0, -60], [40, -40], [40, -60], [0, -40]);
  holds(said("state").crosses);
  holds(seen(".wrong").length > 0);
  press("Enter");
  same(said("done"), undefined);
  holds(said("crossing"));
});

test("keys alone draw a house", () => {
  const drawing = board("rectangle");
  press("ArrowRight", " ");
  for (let n = 0; n < 20; n++) press("ArrowRight");
  press(" ");
  for (let n = 0; n < 10; n++) press("ArrowUp");
  press({ key: "ArrowUp", shiftKey: true }, " ");
  const { length, width } = Shape.size(handed());
  near([length, width], [20, 10.2], 0.1);
  same(drawing.mode, "rectangle");
});

// ---- snapping

test("a corner snaps to a neighbour's corner and edge", () => {
  board("polygon");
  click([110.8, 0.7]);
  near(loutu.board.state.corners[0], [110, 0], 0.05);
  click([111, 17]);
  near(loutu.board.state.corners[1], [110, 17], 0.3);
});

test("without snapping a corner stays where it was put", () => {
  board("polygon", { snap: false });
  click([110.8, -0.7]);
  near(loutu.board.state.corners[0], [110.8, -0.7], 0.35);
  loutu.call("draw", { act: "snap", on: true });
  click([111, 17]);
  near(loutu.board.state.corners[1], [110, 17], 0.3);
});

test("a right angle is held", () => {
  board("polygon");
  click([0, -80], [40, -80], [40.8, -60]);
  near(loutu.board.state.corners[2][0], loutu.board.state.corners[1][0], 0.1);
});

// ---- nothing below is opened

test("while drawing clicks open nothing", () => {
  board("rectangle");
  click([25, 17]);
  same(said("opened"), undefined);
  holds(!document.querySelector(".sheet").hidden);
});

test("put away, the map is as before", () => {
  board("off");
  holds(document.querySelector(".sheet").hidden);
  document.querySelectorAll("path.leaflet-interactive")[1].dispatchEvent(new MouseEvent("click", { bubbles: true }));
  holds(said("opened"));
});

test("dragging beside a drawing shifts the map and sets no corner", () => {
  board("polygon");
  click([0, -60]);
  const before = map_page.getCenter();
  drag([60, -60], [90, -80]);
  holds(map_page.getCenter().lng < before.lng);
  same(said("state").corners, 1);
});

test("the right button draws nothing", () => {
  board("polygon");
  point("pointerdown", [0, -60], { button: 2, buttons: 2 });
  point("pointerup", [0, -60], { button: 2 });
  same(said("state").corners, 0);
});

// ---- correcting

test("a thing is chosen by a click and said", () => {
  board("move");
  holds(said("state").choosing);
  click([25, 17]);
  same([said("picked").id, said("state").id], ["t0", "t0"]);
  near([said("state").length, said("state").width], [50, 34], 0.2);
});

test("on empty ground nothing is chosen", () => {
  board("move");
  click([25, -90]);
  same([said("picked"), said("state").choosing], [undefined, true]);
});

test("a house is moved with the mouse and saved with Enter", () => {
  board("move", { id: "t0", snap: false });
  drag([25, 17], [25, -43]);
  same(said("done"), undefined);
  press("Enter");
  same(said("done").id, "t0");
  near(Shape.middle(handed()), [25, -43], 0.6);
});

test("a moved house snaps to its neighbour's corner", () => {
  board("move", { id: "t0" });
  drag([25, 17], [85.5, -16.5]);
  const ring = loutu.board.state.polygons[0][0];
  near([Math.max(...ring.map((each) => each[1])), Math.min(...ring.map((each) => each[0]))], [0, 60], 0.1);
});

test("arrows nudge by a metre and with Shift by a fifth", () => {
  board("move", { id: "t0" });
  press("ArrowRight", "ArrowRight", "ArrowUp", { key: "ArrowDown", shiftKey: true });
  near(Shape.middle(loutu.board.state.polygons[0][0]), [27, 17.8], 0.05);
  press("Escape");
  near(Shape.middle(loutu.board.state.polygons[0][0]), [25, 17], 0.05);
});

test("a house is turned by its handle, with Shift in steps", () => {
  const drawing = board("rotate", { id: "t0" });
  const handle = drawing.grip.handle();
  drag(handle, [25 + 60, 17 + 58], { shiftKey: true });
  press("Enter");
  const ring = handed();
  near(Shape.bearing(ring[0], ring[1]), -45, 0.2);
  near(Shape.middle(ring), [25, 17], 0.1);
});

test("arrows turn by a degree", () => {
  board("rotate", { id: "t0" });
  press("ArrowLeft", "ArrowLeft", { key: "ArrowRight", shiftKey: true });
  const ring = loutu.board.state.polygons[0][0];
  near(Shape.bearing(ring[0], ring[1]), -13, 0.05);
});

test("a corner is dragged", () => {
  board("edit", { id: "t0", snap: false });
  drag([50, 34], [44, 50]);
  near(loutu.board.state.polygons[0][0][2], [44, 50], 0.5);
});

test("the middle of an edge becomes a corner", () => {
  board("edit", { id: "t0", snap: false });
  drag([25, 34], [25, 50]);
  const ring = loutu.board.state.polygons[0][0];
  same(ring.length, 5);
  near(ring[3], [25, 50], 0.5);
});

test("Delete removes the chosen corner, but never below three", () => {
  board("edit", { id: "t0" });
  press("PageDown", "Delete");
  same(loutu.board.state.polygons[0][0].length, 3);
  press("PageDown", "Delete");
  same(loutu.board.state.polygons[0][0].length, 3);
});

test("corners by keys: the next one, nudged, one more", () => {
  board("edit", { id: "t0" });
  press("PageDown", "PageDown", "PageUp", "ArrowLeft", "Insert");
  const ring = loutu.board.state.polygons[0][0];
  near(ring[0], [-1, 0], 0.05);
  near(ring[1], [24.5, 0], 0.05);
  same(ring.length, 5);
});

test("choosing another thing hands over what was changed", () => {
  board("move", { id: "t0" });
  press("ArrowUp");
  click([85, 17]);
  same([said("done").id, said("picked").id], ["t0", "t1"]);
});

test("choosing another thing changes nothing that was not changed", () => {
  board("move", { id: "t0" });
  click([85, 17]);
  same([said("done"), said("picked").id], [undefined, "t1"]);
});

test("arrows go from thing to thing until one is chosen", () => {
  board("move");
  press("ArrowRight", "ArrowRight", "Enter");
  same([said("picked").id, said("opened")], ["t1", undefined]);
});

test("an id that is not on the map is not taken in hand", () => {
  board("edit", { id: "__proto__" });
  holds(said("state").choosing);
});

// ---- the same house again

test("a copy stands where it is clicked, in line with the first", () => {
  board("copy", { id: "t0", label: "13号" });
  click([25.5, -63]);
  near(Shape.middle(handed()), [25, -63], 0.7);
  near(Shape.middle(handed())[0], 25, 0.05);
  same(said("done").id, "");
});

test("Enter repeats the step", () => {
  board("copy", { id: "t0", snap: false });
  click([25, -63]);
  press("Enter");
  near(Shape.middle(handed()), [25, -143], 1.2);
});

test("the first Enter puts a copy beside", () => {
  board("copy", { id: "t2" });
  press("Enter");
  near(Shape.middle(handed()), [145 + 58, 17], 0.2);
});

// ---- several from one, and from the ground below

const HALVES = [[121.53, 121.5302], [121.5302, 121.5304]].map(([west, east], n) => ({ label: `${n + 1}号`,
  geometry: { type: "Polygon", coordinates: [[[west, 31.229], [east, 31.229], [east, 31.2292], [west, 31.2292], [west, 31.229]]] } }));

test("parts are seen with their numbers, and Enter is told", () => {
  board("split");
  loutu.call("draw", { parts: HALVES });
  same(seen("text.number").map((each) => each.textContent), ["1号", "2号"]);
  press("Enter");
  holds(said("enter"));
  same(said("done"), undefined);
});

test("Esc gives the parts up", () => {
  board("split");
  loutu.call("draw", { parts: HALVES });
  press("Escape");
  holds(said("uncut"));
  same(seen(".part").length, 0);
});

test("a grey house of the ground is taken", () => {
  board("adopt");
  const plane = loutu.board.plane, ring = [[200, -80], [230, -80], [230, -68], [200, -68]];
  loutu.ground.drawn = { layers: [{ kind: "footprints", sets: [{ closed: true, lines: [[[].concat(...ring.map((each) => plane.degrees(each)))]] }] }] };
  click([100, -70]);
  same(said("done"), undefined);
  click([215, -74]);
  near(handed(), ring, 0.05);
});

test("without a ground nothing is taken", () => {
  board("adopt");
  click([215, -74]);
  same(said("done"), undefined);
});

// ---- the map drawn anew

test("what was handed over stays seen until the map shows it", () => {
  board("rectangle");
  click([0, -60], [40, -60], [38, -48]);
  same(seen(".kept").length, 1);
  loutu.call("show", { ...structuredClone(SHOWN), stay: true });
  same(seen(".kept").length, 0);
});

test("the map drawn anew keeps its place and the drawing", () => {
  board("polygon");
  click([0, -60], [40, -60]);
  const before = map_page.getCenter().toString() + map_page.getZoom();
  loutu.call("show", { ...structuredClone(SHOWN), stay: true });
  same(map_page.getCenter().toString() + map_page.getZoom(), before);
  same([said("state").corners, seen(".dot.corner").length], [2, 2]);
});

test("what could not be kept is no longer seen", () => {
  board("rectangle");
  click([0, -60], [40, -60], [38, -48]);
  loutu.call("draw", { act: "drop" });
  same(seen(".kept").length, 0);
});

test("a thing in hand that is gone is let go", () => {
  board("move", { id: "t0" });
  const shown = structuredClone(SHOWN);
  shown.things = shown.things.filter((each) => each.id !== "t0");
  loutu.call("show", { ...shown, stay: true });
  holds(said("state").choosing);
});
