// The wall screen: a map, totals, trends and what is overdue, large enough to be read across a room. No names of people.
// It runs for days: a slide takes the place of the one before, nothing is added to what is shown.
"use strict";

const CHART = { wide: 240, high: 56, foot: 2 };
const LEGEND = 34; // px that the stylesheet leaves free below the map

class Wall {
  constructor(box) {
    this.box = box;
    this.parts = null;
    this.drawn = {};
    addEventListener("resize", () => this.fit());
  }

  // A slide, or a part of one: whatever is not said stays as it is.
  show(slide) {
    if (!this.parts) this.open();
    for (const [name, value] of Object.entries(slide)) {
      const known = Object.hasOwn(this.parts, name);
      if (!known || JSON.stringify(this.drawn[name]) === JSON.stringify(value)) continue;
      this.drawn[name] = value;
      this.fill(name, value);
    }
    if (slide.show) loutu.show(slide.show);
    if (slide.paint) loutu.paint(slide.paint);
    if (slide.show || slide.paint) this.quietly();
    if (slide.show || (slide.paint && this.under() !== this.covered)) this.fit();
  }

  // How far a legend of several lines reaches over the map.
  under() {
    return Math.max(0, document.getElementById("legend").offsetHeight - LEGEND);
  }

  // The map is not moved by hand here: it always shows the whole street.
  fit() {
    if (!this.parts) return;
    this.covered = this.under();
    map_page.invalidateSize({ animate: false });
    if (!loutu.map.bounds?.isValid()) return;
    map_page.fitBounds(loutu.map.bounds, { paddingTopLeft: [10, 10], paddingBottomRight: [10, 10 + this.covered], animate: false });
  }

  open() {
    document.body.classList.add("on-wall");
    map_page.options.zoomSnap = 0; // as large as it goes
    this.box.hidden = false;
    const named = (name, parent, tag = "div") => parent.appendChild(element(tag, "wall-" + name));
    const head = named("head", this.box, "header"), side = named("side", this.box), foot = named("foot", this.box, "footer");
    this.parts = {
      title: named("title", head, "h1"), measure: named("measure", head), stamps: named("stamps", head), clock: named("clock", head),
      totals: named("card", side, "section"), changes: named("card", side, "section"), trends: named("card", side, "section"),
      behind: named("card", side, "section"), until: named("card", side, "section"),
      ticker: named("ticker", foot), notice: named("notice", foot), hint: named("hint", foot), dots: named("dots", foot), empty: named("empty", this.box),
    };
    for (const name of ["totals", "changes", "trends", "behind", "until"]) this.parts[name].classList.add("wall-" + name);
  }

  fill(name, value) {
    const part = this.parts[name];
    if (typeof value === "string") {
      part.textContent = value;
      part.hidden = value === "";
    } else part.replaceChildren(...this[name](value));
    if (name === "empty") this.box.classList.toggle("is-empty", value !== "");
  }

  // What changed comes up softly, once.
  quietly() {
    this.parts.measure.getAnimations().forEach((each) => each.cancel());
    this.parts.measure.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: 500 });
  }

  // ---- the parts, each from what was said to new elements

  stamps(texts) {
    return texts.map((text) => element("span", "mark-of-use", text));
  }

  dots({ at, of }) {
    return Array.from({ length: of }, (_, number) => element("i", number === at ? "dot here" : "dot"));
  }

  ticker(lines) {
    return lines.map((line) => element("span", "", line));
  }

  titled(title, note) {
    const head = element("div", "wall-over");
    head.append(element("h2", "", title), element("span", "note", note));
    return head;
  }

  figure({ label, value, few, lead, sign }) {
    const box = element("div", "figure" + (lead ? " lead" : "") + (few ? " few" : ""));
    box.append(element("span", "label", label), element("b", "", value));
    return sign ? [element("span", "sign", sign), box] : [box];
  }

  figures(name, those) {
    const box = element("div", name);
    box.append(...those.flatMap((each) => this.figure(each)));
    return box;
  }

  totals({ title, note, figures }) {
    return [this.titled(title, note), this.figures("figures", figures)];
  }

  changes({ title, equation, said, holds, figures }) {
    const head = this.titled(title, said);
    head.lastChild.classList.add(holds ? "good" : "bad");
    return [head, this.figures("equation", equation), this.figures("figures", figures)];
  }

  behind({ title, lines, none }) {
    const list = element("div", "bars");
    for (const { name, value, part, said, old } of lines) {
      const bar = element("span", "bar" + (old ? " hatched" : ""));
      bar.style.setProperty("--part", String(part));
      list.append(element("span", "name", name), bar, element("b", "", value), element("span", "said", said));
    }
    return [this.titled(title, ""), lines.length ? list : element("p", "none", none)];
  }

  until({ title, span, lines, warn, good }) {
    const said = [...lines.map((line) => element("p", "", line)), ...warn.map((line) => element("p", "warn", line))];
    if (good) said.push(element("p", "good", good));
    return [this.titled(title, ""), element("p", "span", span), ...said];
  }

  trends({ title, note, charts }) {
    const box = element("div", "charts");
    box.append(...charts.map((chart) => this.chart(chart)));
    return [this.titled(title, note), box];
  }

  // ---- charts

  chart(chart) {
    const box = element("figure", "chart"), head = element("figcaption");
    head.append(element("span", "", chart.label), element("b", "", chart.last));
    const svg = this.drawnAs("svg", { viewBox: `0 0 ${CHART.wide} ${CHART.high}`, preserveAspectRatio: "none" });
    this.drawnAs("line", { class: "foot", x1: 0, x2: CHART.wide, y1: CHART.high - 1, y2: CHART.high - 1 }, svg);
    this[chart.kind](svg, chart);
    const days = element("div", "days");
    days.append(element("span", "", chart.from), element("span", "", chart.none), element("span", "", chart.to));
    box.append(head, svg, days);
    return box;
  }

  drawnAs(tag, attributes, parent) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return parent ? parent.appendChild(made) : made;
  }

  bars(svg, { values, few, whole }) {
    const step = CHART.wide / values.length;
    values.forEach((value, day) => {
      const high = few[day] ? 4 : value === null ? 0 : value * (CHART.high - 8);
      const kind = (few[day] ? "few" : "bar") + (whole[day] ? "" : " partly");
      if (high) this.drawnAs("rect", { class: kind, x: day * step + 2, width: step - 4, y: CHART.high - CHART.foot - high, height: high }, svg);
    });
  }

  // A gap stays a gap.
  line(svg, { values, few, whole }) {
    const step = CHART.wide / values.length, at = (day) => [(day + 0.5) * step, CHART.high - 4 - (values[day] ?? 0.02) * (CHART.high - 12)];
    const told = values.map((value, day) => value !== null || few[day]);
    for (let day = 1; day < values.length; day += 1) {
      if (!told[day - 1] || !told[day]) continue;
      const [[x1, y1], [x2, y2]] = [at(day - 1), at(day)];
      this.drawnAs("line", { class: whole[day] ? "stroke" : "stroke partly", x1, y1, x2, y2 }, svg);
    }
    const last = told.lastIndexOf(true);
    if (last >= 0) this.drawnAs("line", { class: "end", x1: at(last)[0], x2: at(last)[0], y1: at(last)[1], y2: at(last)[1] }, svg);
  }
}
