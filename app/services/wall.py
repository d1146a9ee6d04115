"""大屏: the slides of the centre's wall screen, read once for all of them.

The screen hangs where anybody may stand, and goes on when whoever started it has left the room. So it is read as by a
reader of totals (领导), whoever is logged in: same services, same rounding, no keys. A mistake on the way to the screen
can then show no more than a leader is shown, and nothing of a person ever comes as far as the screen's code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.db import present
from app.db import wall as read
from app.db.connection import Connection
from app.domain import access, clock, incidents, wall
from app.domain import ground as ground_of
from app.domain import supervision as figures_of
from app.domain.jobs import Cancelled, check, never
from app.domain.report_marks import ARRIVAL_COUNTS, CASE_COUNTS, parse
from app.domain.wall import Board, Slide
from app.services import committees, ground, incident_rows, maps, report_figures, supervision
from app.services.report_rows import Source
from app.services.session import Session
from app.services.values import Values

READER = frozenset({"leader"})
"""The roles as which the screen is read."""
UNDER = ("roads", "water", "green")
"""Kinds of base layers that lie under the map; no scanned plan, on which anything may stand."""
WAITING = "待接"
OVER, ABROAD = "今日在管:状态=期满待解除", "今日抵沪:境外=是"
"""Counts as a report's marks ask for them."""


@dataclass(frozen=True, slots=True)
class Under:
    """known: layers and place that were read; payload: as the page's `ground` takes them."""

    known: object
    payload: Values


def slides(session: Session, cancelled: Cancelled = never) -> tuple[Slide, ...]:
    """Every slide, in the order in which they are shown; none while no committee has sent anything.

    Raises Refused; UserError("cancelled").
    """
    session.require("maps.read")
    reader = _reader(session)
    board = _board(reader, cancelled)
    return tuple(_drawn(reader, board, cancelled)) if board.sent else ()


def slide(session: Session, key: str) -> Slide:
    """One of them. Raises Refused; UserError("measure-unknown")."""
    session.require("maps.read")
    reader = _reader(session)
    return Slide(key, maps.draw(reader, "street", colour=key), _board(reader, never))


def under(session: Session, slides: Sequence[Slide], lies: Under | None = None) -> Under | None:
    """What lies under the street's map: roads, water and green, without the names that somebody may have typed there.

    lies: what is there already; None if it is still the same.
    """
    session.require("maps.read")
    reader = _reader(session)
    whole = ground_of.box([thing.geometry for each in slides[:1] for thing in each.drawing.things])
    known = (tuple(each for each in ground.layers(reader) if each.kind in UNDER), whole)
    if whole is None or (lies is not None and lies.known == known):
        return None
    found = ground.shown(reader, ground_of.around(whole), pictures=False)
    layers = [each | {"names": []} for each in found["layers"] if each["kind"] in UNDER]
    return Under(known, found | {"layers": layers})


def _reader(session: Session) -> Session:
    """The same open file read as a leader reads it: totals alone, and no key of level 3 at hand."""
    return replace(session, roles=READER, ring=None, index_key=None, rings={}, on_change=[], purpose=None)


def _drawn(reader: Session, board: Board, cancelled: Cancelled) -> Iterator[Slide]:
    for key in wall.KEYS:
        check(cancelled)
        yield Slide(key, maps.draw(reader, "street", colour=key), board)


# ---------------------------------------------------------------- the figures


def _told(count: int) -> int | None:
    return access.told(count, READER)


def _board(reader: Session, cancelled: Cancelled) -> Board:
    now = reader.now().astimezone(clock.SHANGHAI)
    days = figures_of.days(now.date())
    work = supervision.figures(reader)
    check(cancelled)
    with reader.db.reading() as connection:
        known = committees.known(reader, connection)
        until = {row["id"]: at for row in known if (at := committees.until(reader, connection, row["id"]))}
        sent, since = list(until), days[0].isoformat()
        counted = _counted(reader, connection, now)
        check(cancelled)
        places = [present.counts(connection, each) for each in sent]
        runs, arrivals = read.runs(connection, sent, since), read.arrivals(connection, sent, since)
        happened = _alone([row for each in sent for row in incident_rows.counted(connection, each, now)])
    waiting = len({run.resident for run in runs if run.state == WAITING})
    reach = wall.reach(until.values(), days)
    charts = (
        wall.trend("in-charge", wall.in_charge(runs, days), reach, _told),
        wall.trend("arrived", wall.per_day((on for on, _ in arrivals), days), reach, _told),
        wall.trend("reported", _happened(happened, incidents.REPORTED, days), reach, _told),
        wall.completion(work.whole.trend, reach),
    )
    return Board(
        reader.name, clock.written(now), reader.rehearsal, len(known), len(sent),
        sum(_day(at) == now.date() for at in until.values()), sum(each["buildings"] for each in places),
        _totals(counted, waiting, sum(each["residents"] for each in places), happened) | {"overdue": work.whole.overdue},
        _changes(counted, happened, now.date()), counted.holds, tuple(days), charts, wall.behind(work.units),
        tuple(each.name for each in work.units if each.old), tuple(each.name for each in work.units if each.never),
        min(until.values(), default=""), max(until.values(), default=""),
    )  # fmt: skip


class _Counted:
    """What a report of this moment would say: the same counting, so that screen and report agree."""

    def __init__(self, tally: report_figures.Tally) -> None:
        self._numbers = tally.numbers
        self.holds = tally.balance.holds if tally.balance else True

    def __getitem__(self, mark: str) -> int:
        return self._numbers[mark, report_figures.WHOLE]


def _counted(reader: Session, connection: Connection, now: datetime) -> _Counted:
    marks = (*CASE_COUNTS, *ARRIVAL_COUNTS, OVER, ABROAD)
    counts = {mark: count for mark in marks if (count := parse(mark))}
    return _Counted(report_figures.tally(Source(reader, connection, now, phones=False), report_figures.Asked(counts)))


def _totals(counted: _Counted, waiting: int, residents: int, incidents_: Sequence[Values]) -> dict[str, int | None]:
    return {
        "residents": _told(residents), "in-charge": _told(counted["今日在管"]), "waiting": _told(waiting),
        "over": _told(counted[OVER]), "incidents": _told(sum(bool(row["open"]) for row in incidents_)),
    }  # fmt: skip


def _changes(counted: _Counted, incidents_: Sequence[Values], today: date) -> dict[str, int | None]:
    return {
        "yesterday": _told(counted["昨日在管"]), "opened": _told(counted["今日新增"]), "released": _told(counted["解除"]),
        "moved-out": _told(counted["转出"]), "today": _told(counted["今日在管"]), "arrived": _told(counted["今日抵沪"]),
        "abroad": _told(counted[ABROAD]), "reported": _told(_happened(incidents_, incidents.REPORTED, [today])[0]),
        "closed": _told(_happened(incidents_, incidents.CLOSED, [today])[0]),
    }  # fmt: skip


def _alone(rows: Sequence[Values]) -> list[Values]:
    """Incidents each once: without repeats and without what was withdrawn or passed on."""
    return [row for row in rows if not row["first"] and row["state"] not in incidents.LEFT]


def _happened(rows: Sequence[Values], step: str, days: Sequence[date]) -> list[int]:
    """How many incidents took a step on each of the days."""
    times = (incidents.time_of(row, step) for row in rows)
    return wall.per_day((at.astimezone(clock.SHANGHAI).isoformat() for at in times if at), days)


def _day(at: str) -> date | None:
    moment = clock.moment(at)
    return moment.astimezone(clock.SHANGHAI).date() if moment else None
