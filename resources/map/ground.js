// What lies under a map: base layers, a background of tiles, a scanned plan. Drawn quietly, below everything else.
"use strict";

class Ground {
  constructor(leaflet, told) {
    this.leaflet = leaflet;
    this.told = told; // clicked([longitude, latitude])
  }

  // ground: {layers: [{kind, shapes}], tiles: {…} | null, plan: {…} | null, source: text}
  show(ground) {
    this.drawn = ground;
  }
}
