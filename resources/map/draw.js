// Drawing and correcting outlines by hand: draw, move, rotate, split, snap, undo. What was drawn goes to the program
// as one message; it decides whether it is kept.
"use strict";

class DrawingBoard {
  constructor(map, told) {
    this.map = map; // StreetMap
    this.told = told; // drawn({…})
  }

  // wanted: {mode: "off" | …}
  begin(wanted) {
    this.mode = wanted.mode;
  }
}
