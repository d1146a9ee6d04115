"""今日单: what each worker takes along today, on paper: whom to ask after, in the order in which it is keyed in again, and
what else is due, with boxes to tick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app import paper
from app.db import present
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.today import Item
from app.services import isolation, looking, notice_papers, rounds, sheets
from app.services import today as due
from app.services.session import Session
from app.services.values import Values
from app.sheets import work
from app.sheets.notices import Column
from app.sheets.work import Section, Sheet, Work
from app.words import say

PURPOSE = "isolation"
FIELDS = ("path", "name", "start", "state")
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "urgent": ("alert", "incident-urgent"),
    "release": ("release",),
    "test": ("test", "result"),
    "arrival": ("arrival", "stub"),
    "incident": ("incident",),
    "errand": ("errand",),
    "care": ("care",),
    "other": ("task", "move-out", "move-in", "shift-note"),
}
"""Section of the paper -> kinds of things due (domain.today) that stand in it; checks have their own table."""
_BOXES = {"release", "test", "arrival", "care"}


@dataclass(frozen=True, slots=True)
class DaySheets:
    """workers: whose sheets they are, "" for what is nobody's; people: ids of those who are named."""

    pdf: bytes = field(repr=False)
    pages: int
    households: int
    persons: int
    workers: tuple[str, ...]
    people: tuple[str, ...] = ()


@dataclass(slots=True)
class _Own:
    """What one worker has to do."""

    rows: list[rounds.Row] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def make(
    session: Session,
    *,
    on: date | None = None,
    worker: str = "",
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> DaySheets:
    """The sheets of a day (today), one after the other, or one worker's: who has the building (包块), else the block, else
    whose name a case carries. The trace is written before anybody sees a page.

    Raises UserError: day-sheet-committee, day-sheet-nothing, day-sheet-worker, check-in-future, cancelled; Refused.
    """
    session.require("notices.print")
    if session.role != "committee":
        raise UserError("day-sheet-committee")
    day = on or session.now().date()
    progress(0, 2, "notice-reading")
    slots = {slot: rounds.round_(session, day, slot) for slot in ("am", "pm")}
    walk = isolation.list_(session, day)
    found = _shared(session, slots, [str(case["household"]) for case in walk], due.items(session, on=day).items)
    if not found:
        raise UserError("day-sheet-nothing", day=day.isoformat())
    if worker and worker not in found:
        raise UserError("day-sheet-worker", worker=worker, workers="、".join(filter(None, found)))
    chosen = {name: own for name, own in found.items() if worker in ("", name)}
    check(cancelled)
    progress(1, 2, "notice-setting")
    cases = {case["id"]: case for case in walk}
    made = work.pdf(Work(
        session.rehearsal, say("paper-foot-list"),
        tuple(_sheet(session, day, name, own, slots, cases) for name, own in chosen.items()),
    ))  # fmt: skip
    sheets_ = _counted(made, chosen)
    with session.noting("print", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("print", "committee", session.committee_id, _said(session, sheets_))
    return sheets_


def save(session: Session, made: DaySheets, out: Path) -> Values:
    """Write the PDF: out, pages, households, persons. Raises UserError: sheets-type, sheets-unwritable; Refused."""
    session.require("notices.print")
    sheets.write(out, made.pdf)
    with session.noting("export", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("export", "committee", session.committee_id, _said(session, made) | {"out": out.name})
    return {
        "out": str(out), "pages": made.pages, "households": made.households, "persons": made.persons,
        "workers": list(made.workers),
    }  # fmt: skip


def _said(session: Session, made: DaySheets) -> Values:
    return {
        "kind": "day-sheet", "fields": list(FIELDS), "persons": made.persons, "households": made.households,
        "people": looking.named(list(made.people)), "purpose": session.purpose or "",
    }  # fmt: skip


def _counted(pdf: bytes, chosen: Mapping[str, _Own]) -> DaySheets:
    rows = [row for own in chosen.values() for row in own.rows]
    people = [case.resident for row in rows for case in row.cases]
    people += [item.resident for own in chosen.values() for item in own.items]
    named = tuple(dict.fromkeys(filter(None, people)))
    return DaySheets(pdf, paper.pages(pdf), len(rows), len(named), tuple(chosen), named)


# ---------------------------------------------------------------- whose it is


def _shared(
    session: Session, slots: Mapping[str, rounds.Round], walk: Sequence[str], items: Iterable[Item]
) -> dict[str, _Own]:
    """Worker -> rows and things, the workers by name, what is nobody's last. walk: households in walking order."""
    workers = _workers(session)
    found: dict[str, _Own] = {}
    rows: dict[str, rounds.Row] = {row.household: row for each in slots.values() for row in each.rows}
    order = {home: place for place, home in enumerate(dict.fromkeys(walk))}
    for home in sorted(rows, key=lambda home: order.get(home, len(order))):
        row = rows[home]
        found.setdefault(workers.get(row.building) or row.officer, _Own()).rows.append(row)
    kinds = {kind for kinds in SECTIONS.values() for kind in kinds}
    known = {*workers.values(), *(row.officer for row in rows.values())}  # an incident may be given to a role
    for item in items:
        if item.kind in kinds:
            name = workers.get(item.building) or next((each for each in item.workers if each in known), "")
            found.setdefault(name, _Own()).items.append(item)
    return dict(sorted(found.items(), key=lambda each: (not each[0], each[0])))


def _workers(session: Session) -> dict[str, str]:
    """building -> who has it: an account given it, a worker before a head; else the block's."""
    with session.db.reading() as connection:
        blocks = {
            row["id"]: str(row.get("worker_name") or "")
            for row in present.where(connection, session.committee_id, "block")
        }
        found = {
            row["id"]: blocks.get(str(row.get("block")), "")
            for row in present.where(connection, session.committee_id, "building")
        }
        accounts = present.where(connection, session.office, "account")
    for row in sorted(accounts, key=lambda row: "worker" in (row.get("roles") or ())):
        given = row.get("buildings")
        found |= {each: str(row.get("name") or "") for each in (given if isinstance(given, list) else ())}
    return found


# ---------------------------------------------------------------- the paper


def _sheet(
    session: Session, day: date, worker: str, own: _Own, slots: Mapping[str, rounds.Round], cases: Mapping[str, Values]
) -> Sheet:
    weekday = say("day-sheet-weekdays").split("|")[day.weekday()]
    subtitle = say(
        "day-sheet-for", worker=worker or say("day-sheet-nobody"), day=notice_papers.day_text(day), weekday=weekday
    )
    persons = len({case.id for row in own.rows for case in row.cases})
    facts = [say("day-sheet-counts", households=len(own.rows), persons=persons)] if own.rows else []
    facts += [say("day-sheet-things", count=len(own.items))] if own.items else []
    sections = [section for section in (_things("urgent", own.items),) if section]
    sections += _checks(day, own.rows, slots, cases)
    sections += [section for key in SECTIONS if key != "urgent" and (section := _things(key, own.items))]
    return Sheet(
        say("day-sheet-title"), session.name, subtitle, tuple(facts), tuple(sections),
        tuple(say("day-sheet-signers").split("|")),
        say("day-sheet-foot", at=session.now().isoformat(timespec="minutes")[:16].replace("T", " "), maker=session.account),
        blanks=3,
    )  # fmt: skip


def _checks(
    day: date, rows: Sequence[rounds.Row], slots: Mapping[str, rounds.Round], cases: Mapping[str, Values]
) -> list[Section]:
    """A table for each building, a line for each person."""
    if not rows:
        return []
    done = {(slot, case.id): case.done for slot, each in slots.items() for row in each.rows for case in row.cases}
    columns = _columns("day-sheet-check-columns", (24, 34, 15, 20, 22, 24, 20, 22, 24, 0))
    found = [Section(say("day-sheet-checks"), note=say("day-sheet-check-note"))]
    buildings: dict[tuple[str, str], list[rounds.Row]] = {}
    for row in rows:
        buildings.setdefault((row.building, row.path.rsplit("/", 1)[0] if row.room else row.path), []).append(row)
    for (_, name), some in buildings.items():
        people = sum(len(row.cases) for row in some)
        title = say("day-sheet-building", building=name.replace("/", " "), households=len(some), persons=people)
        lines = tuple(
            _line(row, case, place, done, cases.get(case.id, {}), day)
            for row in some for place, case in enumerate(row.cases)
        )  # fmt: skip
        found.append(Section(title, columns, lines, tall=True, level=2))
    return found


def _line(
    row: rounds.Row, case: rounds.Member, place: int, done: Mapping[tuple[str, str], bool], told: Values, day: date
) -> tuple[str, ...]:
    cells: list[str] = []
    for slot in ("am", "pm"):
        there = done.get((slot, case.id))
        if there is None or there:
            cells += ["", "", say("day-sheet-none" if there is None else "day-sheet-keyed")]
        else:
            cells += ["", say("day-sheet-symptoms"), say("day-sheet-missed")]
    remarks = [
        say("day-sheet-alert") if case.alert else "", say("day-sheet-escalate") if told.get("escalate") else "",
        say("day-sheet-owed", count=len(told["missing"])) if told.get("missing") and not told.get("escalate") else "",
        say("day-sheet-waiting") if case.waiting else "", say("day-sheet-moving") if case.moving else "",
        say("day-sheet-last") if told.get("end") == day.isoformat() else "",
    ]  # fmt: skip
    door = "" if place else row.path.rsplit("/", 1)[-1] if row.room else row.path
    return (door, case.name, f"{case.day}/{case.days}", *cells, " ".join(filter(None, remarks)))


def _things(key: str, items: Iterable[Item]) -> Section | None:
    """A table of the things of some kinds, along the walk; None for none."""
    some = sorted(
        (item for item in items if item.kind in SECTIONS[key]), key=lambda item: (item.path, item.due, item.id)
    )
    if not some:
        return None
    box = say(f"day-sheet-box-{key}" if key in _BOXES else "day-sheet-box")
    rows = tuple((item.path.replace("/", " "), item.what, due_text(item), box, "") for item in some)
    columns = _columns("day-sheet-columns", (62, 0, 36, 42, 56))
    return Section(say(f"day-sheet-{key}"), columns, rows, tall=True)


def due_text(item: Item) -> str:
    """By when, as it stands on paper."""
    at = item.due[:16].replace("T", " ")
    at = notice_papers.short_day(at) + (at[10:] if len(at) > 10 else "") if at else ""
    return say("day-sheet-late", due=at) if item.overdue and at else at


def _columns(code: str, widths: Sequence[int]) -> tuple[Column, ...]:
    return tuple(Column(title, mm) for title, mm in zip(say(code).split("|"), widths, strict=True))
