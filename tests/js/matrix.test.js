// The building matrix: going from door to door, filtering by letters, choosing several.

function building() {
  loutu.call("draw", { mode: "off" });
  loutu.call("show", structuredClone(BUILDING));
  loutu.matrix.setFilter("");
  told.length = 0;
  return loutu.matrix;
}

function key(name) {
  loutu.matrix.current.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
}

function faded() {
  return document.querySelectorAll(".cell.faded").length;
}

test("every door is a cell", () => {
  building();
  same(document.querySelectorAll(".cell").length, 24);
});

test("arrows go from door to door and stop at the edge", () => {
  const matrix = building();
  matrix.focusOn(matrix.cells.get("6-1"));
  for (const each of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowLeft"]) key(each);
  same(matrix.current.dataset.id, "5-1");
});

test("Enter opens a door", () => {
  const matrix = building();
  matrix.focusOn(matrix.cells.get("3-2"));
  key("Enter");
  same(said("opened").id, "3-2");
});

test("figures filter by room", () => {
  building();
  loutu.matrix.setFilter("301");
  same(faded(), 23);
  loutu.matrix.setFilter("");
  same(faded(), 0);
});

test("letters filter by the initials of names", () => {
  building();
  loutu.matrix.setFilter("wjg");
  same(faded(), 0);
  loutu.matrix.setFilter("zzz");
  same(faded(), 24);
});

test("typed letters filter and Esc clears them before it leads up", () => {
  const matrix = building();
  matrix.focusOn(matrix.cells.get("6-1"));
  key("3");
  key("0");
  same(faded(), 20);
  loutu.call("back", "");
  same([faded(), said("up")], [0, undefined]);
  loutu.call("back", "");
  holds(said("up"));
});
