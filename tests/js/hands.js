// What a person would do with mouse and keys on the map's page, and what the page says to the program meanwhile.
"use strict";

const told = [];
const hear = {
  opened: (id) => told.push({ act: "opened", id }), chosen: () => {}, up: () => told.push({ act: "up" }),
  selected: () => {}, clicked: () => {}, drawn: (text) => told.push(JSON.parse(text)),
};
loutu.told = hear;

// The map SHOWN from the start, and the board in a mode; metres are counted from the first house's south-western corner.
function board(mode, more = {}) {
  loutu.call("draw", { mode: "off" });
  loutu.ground.drawn = null;
  loutu.call("show", structuredClone(SHOWN));
  map_page.setView([31.2302, 121.5308], 18, { animate: false });
  loutu.board.plane = new Plane(121.53, 31.23);
  told.length = 0;
  loutu.call("draw", { mode, snap: true, label: "", words: { length: "{} m", size: "{} by {} m", turned: "{} deg", moved: "{} m" }, ...more });
  return loutu.board;
}

function pixel(point) {
  const box = loutu.board.sheet.box.getBoundingClientRect(), [x, y] = loutu.board.sheet.pixel(loutu.board.plane.degrees(point));
  return { clientX: box.left + x, clientY: box.top + y };
}

function point(name, at, more = {}) {
  const buttons = name === "pointerup" ? 0 : more.buttons ?? 0;
  const event = { bubbles: true, cancelable: true, button: 0, pointerId: 7, ...pixel(at), ...more, buttons };
  loutu.board.sheet.box.dispatchEvent(new PointerEvent(name, event));
}

function move(at) {
  point("pointermove", at);
}

function click(...places) {
  for (const at of places) {
    move(at);
    point("pointerdown", at, { buttons: 1 });
    point("pointerup", at);
  }
}

function drag(from, to, more = {}) {
  move(from);
  point("pointerdown", from, { buttons: 1, ...more });
  for (const part of [0.3, 0.7, 1]) point("pointermove", [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part], { buttons: 1, ...more });
  point("pointerup", to, more);
}

function twice(at) {
  click(at, at);
  loutu.board.sheet.box.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
}

function press(...keys) {
  for (const key of keys) {
    const event = typeof key === "string" ? { key } : key;
    map_page.getContainer().dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...event }));
  }
}

// The last thing said of a kind.
function said(act) {
  return told.filter((each) => each.act === act).pop();
}

// The ring of what was handed over last, in metres.
function handed() {
  return loutu.board.plane.polygons(said("done").geometry)[0][0];
}

function seen(selector) {
  return [...document.querySelectorAll(".sheet " + selector)];
}
