"""From a slide of the wall screen to what the page shows: finished texts, rounded figures, shares between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.domain.maps import Drawing
from app.domain.wall import WORST, Board, Slide, Trend
from app.maps import layers
from app.words import say

Payload = dict[str, Any]
AMONG_TOTALS = ("residents", "in-charge", "waiting", "over", "incidents", "overdue")
EQUATION = (("yesterday", ""), ("opened", "＋"), ("released", "－"), ("moved-out", "－"), ("today", "＝"))
"""A figure of the balance, and the sign before it."""
UNKNOWN = "—"
STANDING = ("yesterday", "today")
BESIDE = ("arrived", "abroad", "reported", "closed")
LINES = ("in-charge", "checks")
"""Trends that are drawn as a line; the others as bars."""
WEEKDAYS = "一二三四五六日"
LETTERS = 56
"""How many stand in the line below the map."""
TOLD = 2
"""Kinds of overdue things that are told of one committee: the gravest."""


def of_slide(slide: Slide, before: Slide | None = None) -> Payload:
    """What the page's `wall` takes. before: what is shown now; where the map's things stand as they stood, they are
    only painted anew."""
    drawing = slide.drawing
    if before is not None and layers.stands_as(before.drawing, drawing):
        map_: Payload = {"paint": _bare(layers.colours_of(drawing), drawing)}
    else:
        map_ = {"show": _bare(layers.of_drawing(drawing), drawing)}
    return {**map_, "measure": say("wall-measure", measure=layers.title(drawing.measure)), **of_board(slide)}


def of_board(slide: Slide) -> Payload:
    """Everything beside the map."""
    board, short = slide.board, {thing.id: thing.label for thing in slide.drawing.things}
    return {
        "title": board.name, "stamps": layers.stamps(board.rehearsal), "totals": _totals(board), "changes": _changes(board),
        "trends": _trends(board), "behind": _behind(board, short), "until": _until(board),
    }  # fmt: skip


def _bare(map_: Payload, drawing: Drawing) -> Payload:
    """With no more in the legend than what the hatching means: total and 数据截至 stand in the cards, in one way."""
    said = [say("wall-old")] if any(each.old for each in drawing.things) else []
    return {**map_, "legend": {**map_["legend"], "said": said}}


def moment(at: str) -> str:
    """`5月25日 16:00` of an ISO time."""
    return layers.moment(at)


def clock(now: datetime) -> str:
    return say(
        "wall-clock",
        month=now.month,
        day=now.day,
        weekday=WEEKDAYS[now.weekday()],
        time=f"{now.hour:02d}:{now.minute:02d}",
    )


def ticker(board: Board) -> list[list[str]]:
    """Sentences that take turns below, as many at a time as there is room for: who is behind with what, whose data is
    old or missing."""
    lines = [say("wall-ticker-line", name=each.name, what="、".join(_kinds(each.counts))) for each in board.behind]
    lines += [say("wall-ticker-silent", name=name) for name in board.silent]
    lines += [say("wall-ticker-never", name=name) for name in board.never]
    turns: list[list[str]] = [[]]
    for line in lines or [say("wall-ticker-none")]:
        if turns[-1] and sum(map(len, turns[-1])) + len(line) > LETTERS:
            turns.append([])
        turns[-1].append(line)
    return turns


# ---------------------------------------------------------------- cards


def _figure(label: str, value: int | None, *, lead: bool = False, sign: str = "", known: bool = True) -> Payload:
    """value: None where it is small; known: False where no data tells it, which is not nothing."""
    text = UNKNOWN if not known else say("wall-few") if value is None else f"{value:,}"
    marks = {"few": known and value is None, "lead": lead, "sign": sign}
    return {"label": label, "value": text, **{key: mark for key, mark in marks.items() if mark}}


def _totals(board: Board) -> Payload:
    figures = [
        _figure(say("wall-total-committees"), board.committees), _figure(say("wall-total-buildings"), board.buildings),
        *(_figure(say(f"wall-total-{key}"), board.totals[key], lead=key == "in-charge") for key in AMONG_TOTALS),
    ]  # fmt: skip
    return {"title": say("wall-totals"), "note": say("wall-rounded"), "figures": figures}


def _changes(board: Board) -> Payload:
    known = board.fresh > 0  # what happened today is told by data of today
    said = "wall-nothing-today" if not known else "wall-holds" if board.holds else "wall-breaks"
    return {
        "title": say("wall-changes"), "said": say(said), "holds": known and board.holds,
        "equation": [
            _figure(say(f"wall-change-{key}"), board.changes[key], sign=sign, known=known or key in STANDING)
            for key, sign in EQUATION
        ],
        "figures": [_figure(say(f"wall-change-{key}"), board.changes[key], known=known) for key in BESIDE],
    }  # fmt: skip


def _trends(board: Board) -> Payload:
    return {
        "title": say("wall-trends", days=len(board.days)),
        "note": "" if all(all(each.whole) for each in board.trends) else say("wall-trend-partly"),
        "charts": [_chart(each, board) for each in board.trends],
    }  # fmt: skip


def _chart(trend: Trend, board: Board) -> Payload:
    """values: heights between 0 and 1; None where nothing is known; few: small and not told."""
    known = [value for value in trend.values if value is not None]
    top = 100 if trend.key == "checks" else max(known, default=0)
    return {
        "key": trend.key, "label": say(f"wall-trend-{trend.key}"), "kind": "line" if trend.key in LINES else "bars",
        "values": [None if value is None else round(value / top, 3) if top else 0 for value in trend.values],
        "few": list(trend.few), "whole": list(trend.whole), "last": _last(trend, board.days),
        "from": _day(board.days[0]), "to": _day(board.days[-1]),
        "none": "" if known or any(trend.few) else say("wall-trend-none"),
    }  # fmt: skip


def _last(trend: Trend, days: Sequence[date]) -> str:
    """The newest figure, with its day where that is not today."""
    told = list(zip(days, trend.values, trend.few, strict=True))
    for day, value, few in reversed(told):
        if few or value is not None:
            text = say("wall-few") if value is None else f"{value:,}"
            return text if day == days[-1] else say("wall-trend-last", day=_day(day), value=text)
    return ""


def _day(on: date) -> str:
    return f"{on.month}/{on.day}"


def _behind(board: Board, short: Mapping[str, str]) -> Payload:
    """short: of committees, as the map calls them."""
    worst = sorted(board.behind, key=lambda each: -each.overdue)[:WORST]
    most = max((each.overdue for each in worst), default=1)
    return {
        "title": say("wall-behind"), "none": "" if worst else say("wall-behind-none"),
        "lines": [
            {"name": short.get(each.id) or each.name, "value": str(each.overdue), "part": round(each.overdue / most, 3),
             "said": "　".join(list(_kinds(each.counts))[:TOLD]), "old": each.old}
            for each in worst
        ],
    }  # fmt: skip


def _kinds(counts: Mapping[str, int]) -> Iterator[str]:
    return (say(f"wall-behind-kind-{kind}", count=count) for kind, count in counts.items())


def _until(board: Board) -> Payload:
    """数据截至, and how many committees are silent."""
    if not board.oldest:
        span = say("map-no-data")
    elif board.oldest[:16] == board.newest[:16]:
        span = moment(board.oldest)
    else:
        newest = moment(board.newest)
        if board.oldest[:10] == board.newest[:10]:
            newest = board.newest[11:16]
        span = say("wall-until-between", oldest=moment(board.oldest), newest=newest)
    lines = [say("wall-until-fresh", fresh=board.fresh, committees=board.committees)]
    warn = [say(f"wall-until-{key}", count=len(names))
            for key, names in (("silent", board.silent), ("never", board.never)) if names]  # fmt: skip
    return {
        "title": say("wall-until"), "span": span, "lines": lines, "warn": warn,
        "good": "" if warn else say("wall-until-good"),
    }  # fmt: skip
