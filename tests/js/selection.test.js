// Several things chosen: with Ctrl, with a rectangle, with the space bar; what the program says is shown and not said back.

hear.selected = (ids) => told.push({ act: "selected", ids: JSON.parse(ids) });

function fresh(more = {}) {
  loutu.call("draw", { mode: "off" });
  loutu.call("show", { ...structuredClone(SHOWN), ...more });
  map_page.setView([31.2302, 121.5308], 18, { animate: false });
  loutu.map.selection.set([]);
  loutu.map.busy = false;
  told.length = 0;
  return loutu.map;
}

const latest = () => told.filter((each) => each.act === "selected").at(-1)?.ids;
const strike = (id, more) => loutu.map.areas.fire("click", { layer: loutu.map.layers.get(id), originalEvent: more });
const tap = (name) => map_page.getContainer().dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));

// A rectangle between two corners, in pixels of the map.
function frame(from, to, shiftKey = true) {
  const { left, top } = map_page.getContainer().getBoundingClientRect();
  const at = ([x, y]) => ({ bubbles: true, button: 0, shiftKey, clientX: left + x, clientY: top + y });
  map_page.getContainer().dispatchEvent(new MouseEvent("mousedown", at(from)));
  window.dispatchEvent(new MouseEvent("mousemove", at(to)));
  const shown = !loutu.map.selection.frame.hidden;
  window.dispatchEvent(new MouseEvent("mouseup", at(to)));
  return shown;
}

test("Ctrl and a click chooses and lets go, and opens nothing", () => {
  fresh();
  strike("t1", { ctrlKey: true });
  strike("t2", { metaKey: true });
  same(latest(), ["t1", "t2"]);
  strike("t1", { ctrlKey: true });
  same(latest(), ["t2"]);
  same(told.filter((each) => each.act === "opened").length, 0);
});

test("a plain click opens, also while something is chosen", () => {
  fresh();
  strike("t1", { ctrlKey: true });
  strike("t2", {});
  same(told.at(-1), { act: "opened", id: "t2" });
});

test("the space bar chooses where the keyboard stands, Esc lets go before it leads up", () => {
  const map = fresh();
  map.choose("t3", false);
  tap(" ");
  same(latest(), ["t3"]);
  tap("Escape");
  same(latest(), []);
  same(told.filter((each) => each.act === "up").length, 0);
  tap("Escape");
  same(told.at(-1), { act: "up" });
});

test("a rectangle with Shift chooses what has its middle in it", () => {
  const map = fresh();
  const middle = (id) => map_page.latLngToContainerPoint(map.boundsOf(id).getCenter());
  const a = middle("t1"), b = middle("t2");
  holds(frame([a.x - 8, a.y - 12], [b.x + 8, b.y + 12]), "a frame is shown meanwhile");
  same(latest().sort(), ["t1", "t2"]);
  holds(map.selection.frame.hidden);
  frame([a.x - 8, a.y - 12], [a.x + 8, a.y + 12]);
  same(latest().sort(), ["t1", "t2"], "a second one adds");
});

test("without Shift, or hardly moved, there is no rectangle", () => {
  fresh();
  holds(!frame([10, 10], [700, 400], false));
  holds(!frame([300, 200], [301, 201]));
  same(latest(), undefined);
});

test("while somebody draws nothing is chosen and nothing opened", () => {
  fresh().busy = true;
  strike("t1", { ctrlKey: true });
  strike("t1", {});
  frame([10, 10], [700, 400]);
  same(told, []);
  loutu.map.busy = false;
});

test("what the program says is shown, what is not on the map is left out, and nothing is said back", () => {
  const map = fresh();
  loutu.call("select", ["t0", "t2", "__proto__", "nobody"]);
  same([...map.selection.ids], ["t0", "t2"]);
  same(map.selection.outlines.getLayers().length, 4, "a white and a dark line for each");
  same(told, []);
});

test("the same map anew keeps what is still there, another keeps nothing that it has not", () => {
  const map = fresh();
  loutu.call("select", ["t0", "t2"]);
  loutu.call("show", { ...structuredClone(SHOWN), things: structuredClone(SHOWN.things).slice(1) });
  same([...map.selection.ids], ["t2"]);
  loutu.call("show", { ...structuredClone(SHOWN), id: "other", things: [] });
  same([...map.selection.ids], []);
  same(told, []);
});

test("what a filter leaves out is neither opened nor chosen, and the map stays where one looked", () => {
  const map = fresh();
  const { things } = structuredClone(SHOWN);
  loutu.call("show", { ...structuredClone(SHOWN), things: things.slice(0, 2), aside: things.slice(2).map(({ geometry }) => ({ geometry, placed: true })) });
  const where = map_page.getCenter();
  loutu.call("show", structuredClone(SHOWN));
  holds(map_page.getCenter().equals(where));
  loutu.call("show", { ...structuredClone(SHOWN), things: things.slice(0, 2), aside: things.slice(2).map(({ geometry }) => ({ geometry, placed: true })) });
  same([...map.layers.keys()], ["t0", "t1"]);
  same(map.group.getLayers().filter((layer) => layer.options.color === "#B9C1CA").every((layer) => layer.options.interactive === false), true);
  loutu.call("select", ["t3"]);
  same([...map.selection.ids], []);
});

test("what is said of a thing: its rate, the count behind it, what is missing", () => {
  const map = fresh();
  map.drawn.words = { value: "v {}", count: "c {}", few: "few", unknown: "?", people: "p {}", until: "u {}", old: "o {}", schematic: "s", nobody: "n" };
  same(map.lines({ text: "12.5", count: "3 人", missing: "half" }), ["v 12.5", "c 3 人", "half"]);
  same(map.lines({ text: "", count: "0 人" }), ["c 0 人，n"]);
  same(map.lines({ text: "" }), ["?"]);
  same(map.lines({ text: "x", few: true }), ["few"]);
  same(map.lines({ text: "$&{}", people: 3 }), ["v $&{}", "p 3"]);
});
