"""From a drawing or a matrix to what the page shows: plain JSON values, every text ready to be set as text."""

from __future__ import annotations

from typing import Any

from app.domain.maps import PLAIN, Class, Drawing, Line, Measure, Shading, Thing, class_of, figure_of
from app.domain.shading import Per
from app.words import say

Payload = dict[str, Any]


def moment(until: str) -> str:
    """`5月25日 16:00` of an ISO time."""
    if len(until) < 16:
        return until
    return f"{int(until[5:7])}月{int(until[8:10])}日 {until[11:16]}"


# ---------------------------------------------------------------- maps


def of_drawing(drawing: Drawing) -> Payload:
    """A whole map: what the page's `show` takes.

    What is as usual is left out of a thing (placed, not hatched): thousands of them travel.
    """
    return {
        "kind": "map", "level": drawing.level, "id": drawing.id,
        "title": f"{drawing.name}　{title_of(drawing)}",
        "said": [*filter(None, [_past(drawing)]), _until(drawing)], "past": _past(drawing), "stamps": stamps(drawing.rehearsal), "legend": legend(drawing),
        "words": words_of(drawing.measure, drawing.shading, drawing.day),
        "things": [
            {**_painted(thing, drawing), "name": thing.name, "label": thing.label, "geometry": thing.geometry}
            | ({"broken": broken} if thing.entity == "committee" and (broken := _in_two(thing.label)) else {})
            | ({} if thing.placed else {"placed": False})
            for thing in drawing.things
        ],
        "around": [
            {"id": thing.id if drawing.level == "committee" and thing.name else "", "name": thing.name,
             "geometry": thing.geometry, "placed": thing.placed}
            for thing in drawing.around
        ],
        "blocks": [{"id": thing.id, "name": thing.name, "geometry": thing.geometry} for thing in drawing.blocks],
        "aside": [{"geometry": thing.geometry, "placed": thing.placed} for thing in drawing.aside],
    }  # fmt: skip


def _in_two(label: str) -> str:
    """`培花新村 / 第一` in two lines, for an area that is too narrow for one; "" where it is short."""
    at = label.find("第") if label.find("第") > 1 else (len(label) + 1) // 2
    return f"{label[:at]}\n{label[at:]}" if len(label) > 4 else ""


def colours_of(drawing: Drawing) -> Payload:
    """Only what another measure or an edit changes, for the page's `paint`: the things stand where they stood."""
    return {
        "things": [_painted(thing, drawing) for thing in drawing.things], "legend": legend(drawing),
        "words": words_of(drawing.measure, drawing.shading, drawing.day), "past": _past(drawing),
    }  # fmt: skip


def stands_as(one: Drawing, other: Drawing) -> bool:
    """Do two drawings show the same things in the same places?"""
    return (
        (one.level, one.id) == (other.level, other.id)
        and len(one.things) == len(other.things)
        and all(
            (a.id, a.name, a.placed) == (b.id, b.name, b.placed) and a.geometry == b.geometry
            for a, b in zip(one.things, other.things, strict=True)
        )
        and (one.around, one.blocks) == (other.around, other.blocks)
        and [each.geometry for each in one.aside] == [each.geometry for each in other.aside]
    )


def _painted(thing: Thing, drawing: Drawing) -> Payload:
    per = drawing.shading.per
    text = value_text(thing, per)
    painted: Payload = {"id": thing.id, "colour": class_of(thing, drawing.classes, per).colour, "text": text}
    if thing.few:
        painted["few"] = True
    elif per == "thousand" and thing.value is not None:
        painted["count"] = say(f"unit-{drawing.measure.unit}", count=thing.value)
    if thing.people is not None and drawing.measure.key != "residents":
        painted["people"] = thing.people
    if thing.until:
        painted |= {"until": moment(thing.until), "old": thing.old and not thing.missing}
    if thing.missing:
        painted["missing"] = say("thing-missing", missing=thing.missing, members=thing.members)
    painted["hatched"] = thing.old or (figure_of(thing, per) is None and not thing.few)
    return painted


def words_of(measure: Measure, shading: Shading = PLAIN, day: str = "") -> Payload:
    """The sentences about a thing, with `{}` where its figure goes; the page fills them when the pointer rests on one.

    `value` stands for what the thing is coloured by, `count` for the count behind a rate. day: a past one, which is said.
    """
    name = say("replay-measure", day=date_text(day), measure=title(measure)) if day else title(measure)
    value = say(f"unit-{measure.unit}", count="{}")
    return {
        "value": say("thing-rate", measure=name, value=value) if shading.per == "thousand"
        else say("thing-value", measure=name, value=value),
        "count": say("thing-value", measure=name, value="{}"),
        "few": say("thing-few", measure=name),
        "unknown": say("replay-unknown", day=date_text(day)) if day else say("thing-unknown"), "people": say("thing-people", people="{}"),
        "until": say("thing-until", until="{}"), "old": say("thing-old", until="{}"), "schematic": say("thing-schematic"),
        "nobody": say("thing-nobody"),
    }  # fmt: skip


def title(measure: Measure) -> str:
    return say(f"measure-{measure.key}")


def title_of(drawing: Drawing) -> str:
    """What a map is shaded by: `居家隔离`, `居家隔离（每千人）`, `居家隔离（仅看有的）`."""
    named = title(drawing.measure)
    if drawing.shading.per == "thousand":
        named = say("legend-thousand", measure=named)
    return say("title-only", measure=named) if drawing.only else named


def value_text(thing: Thing, per: Per = "count") -> str:
    """The figure inside a thing; "" where there is none to tell."""
    if thing.few:
        return say("class-few")
    figure = figure_of(thing, per)
    return "" if figure is None else decimal(figure) if per == "thousand" else str(figure)


def decimal(figure: float) -> str:
    """`12.5`; of nothing `0`."""
    return f"{figure:.1f}" if figure else "0"


def date_text(day: str) -> str:
    """`5月25日` of an ISO day."""
    return f"{int(day[5:7])}月{int(day[8:10])}日"


def _past(drawing: Drawing) -> str:
    """That it is no map of today; "" if it is one."""
    return say("replay-map", day=date_text(drawing.day)) if drawing.day else ""


def _until(drawing: Drawing) -> str:
    if not drawing.until:
        return say("map-no-data")
    code = "map-until" if drawing.newest[:16] in ("", drawing.until[:16]) else "map-between"
    return say(code, until=moment(drawing.until), newest=moment(drawing.newest))


def stamps(rehearsal: bool) -> list[str]:
    """What stands on every map: that it is for work inside, and that it is practice."""
    return [say("map-use"), *([say("map-rehearsal")] if rehearsal else [])]


# ---------------------------------------------------------------- legends


def legend(drawing: Drawing) -> Payload:
    measure, thousand = drawing.measure, drawing.shading.per == "thousand"
    code = "legend-thousand" if thousand else f"legend-{measure.unit}"
    return {
        "title": say(code, measure=title(measure)), "said": _legend_said(drawing),
        "lines": [
            {"label": class_text(line.cls, drawing.shading.per), "colour": line.cls.colour,
             "hatched": line.cls.kind == "unknown", "count": _count_text(line, drawing)}
            for line in drawing.legend
        ],
    }  # fmt: skip


def _legend_said(drawing: Drawing) -> list[str]:
    """What stands behind the classes: the total, what is left out, how old all of it is, what the lines mean."""
    measure, said = drawing.measure, []
    if drawing.only:
        said.append(say("map-only", measure=title(measure), count=_counted(drawing, len(drawing.things))))
    if drawing.total is not None:
        whole = say(f"unit-{measure.unit}", count=drawing.total)
        said.append(say("map-total", value=whole) if drawing.rate is None
                    else say("map-total-rate", value=whole, rate=decimal(drawing.rate)))  # fmt: skip
    if drawing.elsewhere:
        said.append(say("map-elsewhere", value=say(f"unit-{measure.unit}", count=drawing.elsewhere)))
    if drawing.days:
        said.append(say("map-days", days=drawing.days))
    said.append(_until(drawing))
    if any(thing.old and not thing.missing for thing in drawing.things):
        said.append(say("class-old"))
    if missing := sum(thing.missing for thing in drawing.things):
        said.append(say("map-missing", count=missing))
    if drawing.schematic:
        said.append(say("map-schematic"))
    return said


def class_text(cls: Class, per: Per = "count") -> str:
    """`0`, `3`, `1–4`, `60 及以上`, `2.5–4.9`, or in words."""
    if cls.kind in ("few", "unknown"):
        return say(f"class-{cls.kind}")
    low, high = (None if limit is None else _limit(limit, per) for limit in (cls.low, cls.high))
    if high is None:
        return say("class-above", low=low)
    return str(low) if high == low else f"{low}–{high}"


def _limit(limit: float, per: Per) -> str:
    return decimal(limit) if per == "thousand" else str(limit)


def _count_text(line: Line, drawing: Drawing) -> str:
    """`12 栋`, and where it is told who lives in them, `12 栋 340 人`."""
    things = _counted(drawing, line.count)
    if line.people is None or not line.count or drawing.measure.key == "residents":
        return things
    return say("counted-with-people", things=things, people=line.people)


def _counted(drawing: Drawing, count: int) -> str:
    return say(f"counted-{_entity(drawing)}", count=count)


def _entity(drawing: Drawing) -> str:
    """What the things of a map are."""
    if drawing.level in ("street", "group"):
        return "group" if drawing.level == "street" and drawing.shading.areas == "group" else "committee"
    return "building"


def told(drawing: Drawing) -> list[Payload]:
    """The legend as the command line says it: label, colour, count, people."""
    return [
        {
            "label": class_text(line.cls, drawing.shading.per),
            "colour": line.cls.colour,
            "count": line.count,
            "people": line.people,
        }
        for line in drawing.legend
    ]
