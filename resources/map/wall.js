// The wall screen: a map, totals, trends and what is overdue, large enough to be read across a room. No names of people.
"use strict";

class Wall {
  constructor(box) {
    this.box = box;
  }

  show(slide) {
    this.drawn = slide;
  }
}
