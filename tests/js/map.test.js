// The map itself: colours, steps of the keyboard, labels, choosing.

function fresh(more = {}) {
  loutu.call("draw", { mode: "off" });
  loutu.call("show", { ...structuredClone(SHOWN), ...more });
  map_page.setView([31.2302, 121.5308], 18, { animate: false });
  told.length = 0;
  return loutu.map;
}

test("white letters on dark colours only", () => {
  same(["#253494", "#B30000", "#FFFFCC", "#FFFFFF", "#000000"].map(dark), [true, true, false, false, true]);
});

test("an element with a class and a text that stays a text", () => {
  const made = element("div", "name", "<b>12号</b>");
  same([made.className, made.textContent, made.children.length], ["name", "<b>12号</b>", 0]);
  same(element("span").textContent, "");
});

test("all things are drawn once", () => {
  const map = fresh();
  same([...map.layers.keys()], ["t0", "t1", "t2", "t3"]);
});

test("from nowhere a step leads to the first thing", () => {
  const map = fresh();
  map.step([1, 0]);
  same(map.chosen, "t0");
});

test("steps go to the nearest thing in a direction, and stay at the edge", () => {
  const map = fresh();
  map.choose("t1", false);
  map.step([1, 0]);
  same(map.chosen, "t2");
  map.step([-1, 0]);
  map.step([-1, 0]);
  map.step([-1, 0]);
  same(map.chosen, "t0");
  map.step([0, -1]);
  same(map.chosen, "t0");
});

test("an id that is not drawn is not chosen", () => {
  const map = fresh();
  map.choose("t1", false);
  map.choose("__proto__", false);
  same(map.chosen, "t1");
});

test("Enter opens what is chosen and Esc leads up", () => {
  const map = fresh();
  map.choose("t2", false);
  press("Enter");
  same(said("opened").id, "t2");
  press("Escape");
  holds(said("up"));
});

test("painting changes colours and nothing else", () => {
  const map = fresh(), layer = map.layers.get("t1");
  loutu.call("paint", { legend: SHOWN.legend, words: SHOWN.words, things: [{ id: "t1", colour: "#B30000", text: "9", hatched: false }, { id: "nobody", colour: "#000000", text: "" }] });
  same([map.things.get("t1").colour, map.layers.get("t1") === layer, map.things.size], ["#B30000", true, 4]);
});

test("a value is put into its sentence as it is", () => {
  const map = fresh();
  const lines = map.lines({ ...map.things.get("t1"), text: "$& {}" });
  holds(lines[0].includes("$& {}"), lines[0]);
});
