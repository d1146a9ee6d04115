// Taking back and doing again while one draws; what is written is undone by the program.
"use strict";

// What was done and can be taken back: whole states, the oldest fall out.
class Steps {
  constructor(most = 100) {
    this.most = most;
    this.begin(null);
  }

  begin(state) {
    this.done = [state];
    this.undone = [];
  }

  get now() {
    return this.done[this.done.length - 1];
  }

  get canUndo() {
    return this.done.length > 1;
  }

  get canRedo() {
    return this.undone.length > 0;
  }

  add(state) {
    this.done.push(state);
    if (this.done.length > this.most) this.done.shift();
    this.undone = [];
  }

  undo() {
    if (this.canUndo) this.undone.push(this.done.pop());
    return this.now;
  }

  redo() {
    if (this.canRedo) this.done.push(this.undone.pop());
    return this.now;
  }
}
