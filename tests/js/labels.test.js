// Labels: as many as fit, never on each other, made only where they can be read.

function labelled(things, more = {}) {
  loutu.call("draw", { mode: "off" });
  const drawing = { ...structuredClone(SHOWN), around: [], ...more };
  drawing.things = drawing.things.map((thing, n) => ({ ...thing, ...(things[n] ?? {}) }));
  loutu.call("show", drawing);
  map_page.setView([31.2302, 121.5308], 18, { animate: false });
  loutu.map.labels.fit();
  return drawing;
}

const texts = () => [...document.querySelectorAll(".label")].map((each) => [...each.firstChild.children]
  .filter((line) => !line.hidden).map((line) => line.textContent).join("/"));

function boxes() {
  return [...document.querySelectorAll(".label > div")].map((each) => each.getBoundingClientRect()).filter((each) => each.width);
}

const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

test("a letter is wider than a digit", () => {
  holds(widthOf("号") > widthOf("1"));
  same(widthOf("12号"), 2 * DIGIT + LETTER);
});

test("the middle of a square, of the larger of two, of a point", () => {
  const square = (x, size) => [[[x, 0], [x + size, 0], [x + size, size], [x, size], [x, 0]]];
  near(middleOf({ type: "Polygon", coordinates: square(120, 2) }), [121, 1]);
  near(middleOf({ type: "MultiPolygon", coordinates: [square(10, 1), square(120, 2)] }), [121, 1]);
  same(middleOf({ type: "Point", coordinates: [121.5, 31.2] }), [121.5, 31.2]);
  same(middleOf({ type: "Polygon", coordinates: [[[1, 2], [1, 2], [1, 2], [1, 2]]] }), [1, 2]);
});

test("name and figure stand in what is large enough", () => {
  labelled([0, 1, 2, 3].map((n) => ({ label: `${n}号`, text: `${n}.5` })));
  map_page.setView([31.2302, 121.5308], 19, { animate: false });
  same(texts(), ["0号/0.5", "1号/1.5", "2号/2.5", "3号/3.5"]);
});

test("further away only what fits is left, and a figure never stands without its name", () => {
  labelled([0, 1, 2, 3].map((n) => ({ label: `${n}号`, text: "123456" })));
  for (let zoom = 20; zoom >= 12; zoom--) {
    map_page.setView([31.2302, 121.5308], zoom, { animate: false });
    for (const text of texts()) holds(text.includes("号"), text);
  }
  same(texts(), []);
});

test("a name that is too long for one line stands in two where the program says how", () => {
  labelled([{ label: "培花新村培花新村第一", broken: "培花新村培花\n新村第一", text: "23" }]);
  map_page.setView([31.2302, 121.5308], 18, { animate: false });
  holds(texts().some((text) => text.startsWith("培花新村培花\n新村第一")), texts().join());
});

test("no label lies on another", () => {
  const here = structuredClone(SHOWN.things[0].geometry);
  labelled([{ geometry: here, label: "1号" }, { geometry: here, label: "2号" }, { geometry: here, label: "3号" }],
    { around: [{ name: "培花新村", geometry: here, placed: true }], blocks: [{ name: "3幢", geometry: here }] });
  for (const zoom of [17, 18, 19]) {
    map_page.setView([31.2302, 121.5308], zoom, { animate: false });
    const all = boxes();
    all.forEach((a, n) => all.slice(n + 1).forEach((b) => holds(apart(a, b), `${zoom}: ${texts().join()}`)));
  }
  same(texts().filter((text) => /^[123]号(\/|$)/.test(text)).length, 1);
});

test("names of estates, blocks and of two lines are text", () => {
  const name = "<img src=x onerror=window.hit=1>", here = structuredClone(SHOWN.things[0].geometry);
  labelled([{ label: name + name, broken: "<b>1</b>\n2" }], { blocks: [{ name: "<i>", geometry: here }] });
  map_page.setView([31.2302, 121.5308], 20, { animate: false });
  holds(texts().some((text) => text.startsWith("<b>1</b>\n2")), texts().join());
  holds(texts().includes("<i>"), texts().join());
  same(document.querySelectorAll(".label img, .label b, .label i").length, 0);
});

test("of thousands only those are made that can be read", () => {
  const many = Array.from({ length: 900 }, (_, n) => ({ ...SHOWN.things[0], id: `m${n}`, label: `${n}号`,
    geometry: { type: "Polygon", coordinates: [SHOWN.things[0].geometry.coordinates[0].map(([x, y]) => [x + (n % 30) * 8e-4, y + Math.floor(n / 30) * 6e-4])] } }));
  labelled([], { things: many });
  map_page.setView([31.235, 121.535], 17, { animate: false });
  holds(document.querySelectorAll(".label").length <= MOST_LABELS);
  map_page.setView([31.2302, 121.5308], 19, { animate: false });
  holds(texts().length > 0 && texts().length < 40, texts().length);
});

test("another figure stands in the same label", () => {
  const drawing = labelled([{ label: "0号", text: "7" }]);
  map_page.setView([31.2302, 121.5304], 19, { animate: false });
  loutu.call("paint", { legend: drawing.legend, words: drawing.words, things: [{ ...drawing.things[0], text: "9", colour: "#253494" }] });
  holds(texts().includes("0号/9"), texts().join());
  holds(document.querySelector(".label > .dark"));
});
