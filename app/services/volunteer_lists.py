"""志愿者名单: a list is printed from what is known, filled in by others, and only what they changed comes back.

Three values meet in each cell: what was printed, what is there now, what was written. A cell that nobody touched never
overwrites a newer value; where both changed and differ, a person decides.
Longer than most files: a list is made and read back by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.db import history, present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import written_before
from app.domain import addresses, ids, moves, names, phones, report_limits, strict
from app.domain.fields import ENTITIES, GONE, RESIDENT, Field, Type
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.matching import PeopleIndex, match
from app.domain.values import parse, plain, show
from app.domain.verdicts import KnownDoors
from app.exchange import volunteer_list
from app.exchange.volunteer_list import Filled, FilledRow, Listed, Paper
from app.services import looking, places
from app.services.lookups import everybody, places_of
from app.services.session import Session
from app.services.values import Values, opened, presented, stored, whole_lists
from app.words import say

KINDS = (Type.TEXT, Type.INTEGER, Type.BOOLEAN, Type.DATE, Type.YEAR, Type.NAME, Type.PHONE, Type.CHOICE)
USUAL = ("phone", "status", "residence_kind", "note")
WHO = ("estate", "building", "room", "name", "sex")
LONGEST = 1_000
"""Characters of a value that are printed; a longer one that is changed on paper is left to a person."""
NOT_ON_LIST = "not-on-list"


def fields() -> list[Field]:
    """What volunteers may be asked: fields of a person that are not sensitive and stand in one cell."""
    parts = ("emergency_name", "emergency_phone")
    return [
        each for each in RESIDENT
        if each.level < 3 and each.type in KINDS and each.in_form and each.key not in ("name", "sex", *parts)
    ]  # fmt: skip


# ---------------------------------------------------------------- out


def make(
    session: Session, out: Path, *, buildings: Sequence[str] = (), estate: str | None = None,
    where: Sequence[tuple[str, str]] = (), asked: Sequence[str] = USUAL, to: str = "",
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Values:  # fmt: skip
    """Write a list of the people behind some doors, in walking order: out, list, rows, fields.

    buildings, estate: ids or paths; neither: the whole committee. where: (field, value) that must all hold. The dead and
    the gone are left out unless `where` asks for them. to: who gets it, for the sharing ledger.
    Raises UserError: list-field, list-empty, list-one-committee, list-type, path-unknown, report-unwritable; Refused.
    """
    session.require("lists.make")
    chosen = _chosen(asked)
    if out.suffix.lower() != ".xlsx":
        raise UserError("list-type", file=out.name)
    with session.db.reading() as connection:
        committee, doors = _doors(session, connection, buildings, estate)
        rows = []
        for number, row in enumerate(present.report_rows(connection, committee)):
            if number % 5_000 == 0:
                progress(number, 0, "list-gather")
                check(cancelled)
            if (doors is None or _door(row) in doors) and _holds(session, row, where):
                rows.append(row)
    if not rows:
        raise UserError("list-empty")
    rows.sort(key=_walking)
    paper = _paper(session, committee, rows, chosen)
    digest = volunteer_list.write(paper, out)
    told = {
        "kind": "list", "list": paper.id, "digest": digest, "out": out.name, "rows": len(rows), "persons": len(rows),
        "people": looking.named([row["id"] for row in rows]), "fields": ["name", "sex", *(each.key for each in chosen)],
        "where": report_limits.recorded(where), "purpose": session.purpose or "", "to": to, "sensitive": False,
    }  # fmt: skip
    try:
        with session.noting("export", purpose=session.purpose_code or "registration") as writing:
            writing.act("export", "committee", session.committee_id, told)
    except BaseException:
        out.unlink(missing_ok=True)  # nothing leaves without its entry
        raise
    return {"out": str(out), "list": paper.id, "rows": len(rows), "fields": [each.key for each in chosen]}


def _chosen(asked: Iterable[str]) -> tuple[Field, ...]:
    known = {each.key: each for each in fields()}
    chosen = list(dict.fromkeys(key.strip() for key in asked if key.strip()))
    for key in chosen:
        if key not in known:
            raise UserError("list-field", field=key, fields="、".join(known))
    if not chosen:
        raise UserError("list-field", field="", fields="、".join(known))
    return tuple(known[key] for key in chosen)


def _doors(
    session: Session, connection: Connection, buildings: Sequence[str], estate: str | None
) -> tuple[str, set[tuple[str, str, str]] | None]:
    """The committee, and which (estate, lane, number) are meant; None for all."""
    wanted = [("building", ref) for ref in buildings] + ([("estate", estate)] if estate else [])
    committees, doors = set(), set()
    for entity, ref in wanted:
        row = places.resolve_in(connection, session, ref, entity)[1]
        committee = session.committee_of(connection, entity, row)
        committees.add(committee)
        at = 0 if entity == "estate" else 3
        doors |= {
            (each[1] or "", each[2] or "", each[4] or "")
            for each in present.doors(connection, committee)
            if each[at] == row
        }
    if not wanted:
        committees = set(session.scope(connection))
    if len(committees) != 1:
        raise UserError("list-one-committee")
    return committees.pop(), doors if wanted else None


def _door(row: Values) -> tuple[str, str, str]:
    return row.get("estate") or "", row.get("lane") or "", row.get("building") or ""


def _holds(session: Session, row: Values, where: Sequence[tuple[str, str]]) -> bool:
    if row.get("status") in GONE and not any(key == "status" for key, _ in where):
        return False
    shown = presented(session, "resident", row, sensitive=False, phones=True) if where else {}
    return all(_is(shown, key, value) for key, value in where)


def _is(shown: Values, key: str, value: str) -> bool:
    of = RESIDENT.by_key.get(key)
    if of is None and key not in ("estate", "lane", "building", "unit", "room", "floor", "use", "state"):
        raise UserError("field-unknown", field=key, entity=RESIDENT.title)
    said = shown.get(key)
    if isinstance(said, list):
        return value in map(str, said)
    wanted = parse(of, value).value if of is not None else value
    return said == wanted or str(said if said is not None else "") == value


def _walking(row: Values) -> tuple[Any, ...]:
    """Estate by estate, lane, number, unit, from the ground up, room; a household stays together as it came."""
    lane, number, room = (str(row.get(key) or "") for key in ("lane", "building", "room"))
    return (
        row.get("estate") or "", _number(lane), lane, _number(number), number, row.get("unit") or "",
        row.get("floor") or addresses.floor_of(room) or 0, _number(room), room,
    )  # fmt: skip


def _number(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


def _paper(session: Session, committee: str, rows: Sequence[Values], chosen: tuple[Field, ...]) -> Paper:
    several = len({row.get("estate") for row in rows}) > 1
    who = WHO if several else WHO[1:]
    titles = {
        "number": say("list-number"),
        "by": say("list-by"),
        "building": say("list-building"),
        "room": say("list-room"),
    }
    titles |= {"estate": ENTITIES["estate"]["name"].title, "name": RESIDENT["name"].title, "sex": RESIDENT["sex"].title}
    titles |= {each.key: each.title for each in chosen}
    listed = []
    for row in rows:
        shown = presented(session, "resident", row, sensitive=False, phones=True)
        door = {
            "estate": row.get("estate"), "building": f"{row.get('lane') or ''}{row.get('building') or ''}",
            "room": (f"{row['unit']}单元" if row.get("unit") else "") + str(row.get("room") or ""),
            "name": row.get("name"), "sex": row.get("sex"),
        }  # fmt: skip
        listed.append(Listed(
            row["id"], tuple(str(door[key] or "") for key in who),
            tuple(show(each, shown.get(each.key))[:LONGEST] for each in chosen),
        ))  # fmt: skip
    title = say("list-title", name=session.name, day=session.now().date().isoformat())
    title = say("list-practice", title=title) if session.rehearsal else title
    return Paper(ids.new_id(), committee, title, say("list-hint"), titles, who, chosen, tuple(listed))


# ---------------------------------------------------------------- back


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that somebody changed. old, new: as people read them; value: as it is kept."""

    row: int
    resident: str
    name: str
    door: str
    field: str
    old: str
    new: str
    value: Any

    @property
    def title(self) -> str:
        return RESIDENT[self.field].title


@dataclass(frozen=True, slots=True)
class Addition:
    """A line with somebody who was not on the list; candidate: who of the known it may be."""

    id: str
    row: int
    values: Values
    candidate: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list that came back would change; nothing is written yet."""

    path: Path
    sheet: str
    committee: str
    list: str
    by: str
    rows: int
    differences: tuple[Difference, ...]
    additions: tuple[Addition, ...]
    findings: tuple[Finding, ...]
    filled: Filled = field(repr=False)

    @property
    def what(self) -> tuple[Any, ...]:
        return self.differences, tuple(each.id for each in self.additions)


def read(session: Session, path: Path) -> Reading:
    """Compare a list that came back with what was printed and with what is known now.

    Raises UserError: those of `volunteer_list.read`; list-foreign (another workspace's), list-unknown (none that was
    made here), list-tampered (its hidden sheet says other than what was written); Refused.
    """
    session.require("lists.read")
    filled = volunteer_list.read(path)
    with session.db.reading() as connection:
        _must_be_ours(session, connection, filled, path)
        return _compare(session, connection, filled, path)


def _must_be_ours(session: Session, connection: Connection, filled: Filled, path: Path) -> None:
    if filled.committee not in session.scope(connection):
        raise UserError("list-foreign", file=path.name)
    for act in history.acts(connection, session.office, actions=("export",), entity="committee"):
        if act["said"].get("list") == filled.list:
            if act["said"].get("digest") != filled.digest:
                raise UserError("list-tampered", file=path.name)
            return
    raise UserError("list-unknown", file=path.name)


def _compare(session: Session, connection: Connection, filled: Filled, path: Path) -> Reading:
    comparing = _Comparing(session, connection, filled)
    new_lines = comparing.known_rows()
    additions = _additions(session, connection, filled, new_lines, comparing.findings) if new_lines else []
    findings = sorted(comparing.findings, key=lambda each: each.row or 0)
    return Reading(
        path, filled.sheet, filled.committee, filled.list, filled.by, len(filled.rows), tuple(comparing.differences),
        tuple(additions), tuple(findings), filled,
    )  # fmt: skip


class _Comparing:
    """The rows of a list one by one."""

    def __init__(self, session: Session, connection: Connection, filled: Filled) -> None:
        self.session, self.connection, self.filled = session, connection, filled
        self.today = session.now().date()
        self.differences: list[Difference] = []
        self.findings: list[Finding] = [
            Finding("list-column-extra", None, title, filled.sheet, None, {"count": count})
            for title, count in filled.extra.items()
        ]
        for key in filled.fields:
            if key not in filled.keys:
                self.findings.append(Finding("list-column-missing", None, RESIDENT[key].title, filled.sheet))

    def known_rows(self) -> list[FilledRow]:
        """Compare the rows of people on the list; returns the others."""
        new_lines, seen = [], set()
        for row in self.filled.rows:
            if row.number is None or not 1 <= row.number <= len(self.filled.listed):
                new_lines.append(row)
                continue
            listed = self.filled.listed[row.number - 1]
            name = names.normalise(plain(row.cells.get("name", "")))
            if name != names.normalise(listed.who[self.filled.who.index("name")]):
                self._find("list-other-name", row, "name", name)
            elif row.number in seen:
                self._find("list-twice", row, "name", name)
            else:
                seen.add(row.number)
                self._row(row, listed)
        return new_lines

    def _find(self, code: str, row: FilledRow, key: str, value: str, **details: Any) -> None:
        self.findings.append(Finding(code, row.row, RESIDENT[key].title, self.filled.sheet, value[:60], details))

    def _row(self, row: FilledRow, listed: Listed) -> None:
        now: Values | None = None
        who = dict(zip(self.filled.who, listed.who, strict=True))
        for key, printed in zip(self.filled.fields, listed.values, strict=True):
            written = row.cells.get(key)
            if key not in self.filled.keys or _same(key, printed, written, self.today):
                continue
            if now is None:
                now = present.one(self.connection, self.filled.committee, "resident", listed.id)
                if now is None:
                    self._find("list-person-gone", row, "name", who["name"])
                    return
                now = presented(self.session, "resident", now, sensitive=False, phones=True)
            self._cell(row, listed, who, key, printed, written, now)

    def _cell(
        self, row: FilledRow, listed: Listed, who: Mapping[str, str], key: str, printed: str, written: Any, now: Values
    ) -> None:
        """A cell that is not as it was printed."""
        of = RESIDENT[key]
        standing = show(of, now.get(key))
        if written is None:
            if standing:
                self._find("list-cleared", row, key, printed)
            return
        value, problem = _value(of, written, self.today)
        text = show(of, value)
        if problem or value is None:
            self._find(problem or "list-no-value", row, key, plain(written))
        elif _same(key, standing, written, self.today):
            return  # somebody keyed it in the meantime, or this list was read before
        elif not _same(key, printed, standing or None, self.today):
            self._find("list-both", row, key, text, printed=printed, standing=standing)
        else:
            door = who.get("building", "") + who.get("room", "")
            self.differences.append(Difference(row.row, listed.id, who["name"], door, key, standing, text, value))


def _value(of: Field, written: Any, today: Any) -> tuple[Any, str | None]:
    """(value, code of what is wrong with it). A cell with several numbers is not cut down to its first."""
    if of.type is Type.PHONE and len(phones.read(written)[0]) > 1:
        return None, "list-several"
    read = parse(of, written, today=today)
    problem = read.problem
    if problem is None and read.value is not None and strict.value_problem(of, read.value):
        problem = "list-no-value"
    return (None if problem else read.value), problem


def _same(key: str, one: Any, other: Any, today: Any) -> bool:
    """Do two cells say the same, however they are written?"""
    if plain(one if one is not None else "") == plain(other if other is not None else ""):
        return True
    if one in ("", None) or other in ("", None):
        return False
    of = RESIDENT[key]
    first, second = parse(of, one, today=today), parse(of, other, today=today)
    if key == "phone" and len(phones.read(other)[0]) > 1:
        return False
    return first.problem is None and second.problem is None and first.value == second.value


# ---------------------------------------------------------------- people who were not on it


def _additions(
    session: Session, connection: Connection, filled: Filled, lines: list[FilledRow], findings: list[Finding]
) -> list[Addition]:
    """Lines with a name and a door become rows to decide; those that were put there before are passed over."""
    known = present.doors(connection, filled.committee)
    doors, where = KnownDoors(known), places_of(known)
    index = PeopleIndex(everybody(session, connection, filled.committee, where))
    found: dict[str, Addition] = {}
    for line in lines:
        values = _line_values(filled, line, session.now().date(), findings)
        if not values.get("name") or not values.get("building"):
            findings.append(
                Finding("list-line-unread", line.row, None, filled.sheet, plain(line.cells.get("name", "")))
            )
            continue
        key = ("list", filled.list, values["name"], values["building"], values.get("unit", ""), values.get("room", ""))
        row = ids.place_id(filled.committee, key)
        dwelling = doors.find(values)[1]
        matched = match(values, index, dwelling=dwelling, place=where.get(dwelling or ""))
        found.setdefault(row, Addition(row, line.row, values, matched.resident or ""))
    before = written_before(connection, list(found))
    return [each for each in found.values() if each.id not in before]


def _line_values(filled: Filled, line: FilledRow, today: Any, findings: list[Finding]) -> Values:
    """A new line as a roster's row; where the whole list is of one building it need not say so."""
    building = plain(line.cells.get("building", ""))
    if not building:
        at = filled.who.index("building")
        known = {each.who[at] for each in filled.listed}
        building = known.pop() if len(known) == 1 else ""
    place = addresses.read(building) if building else addresses.Place()
    inside = addresses.read(f"1号{plain(line.cells.get('room', ''))}室".replace("室室", "室"))
    values: Values = {
        "estate": plain(line.cells.get("estate", "")) or place.estate, "lane": place.lane,
        "building": place.building or (addresses.building(building) if building else ""),
        "unit": inside.unit, "room": inside.room, "name": names.normalise(plain(line.cells.get("name", ""))),
    }  # fmt: skip
    for key in ("sex", *filled.fields):
        if key not in line.cells:
            continue
        value, problem = _value(RESIDENT[key], line.cells[key], today)
        if problem or value is None:
            findings.append(
                Finding(
                    problem or "list-no-value", line.row, RESIDENT[key].title, filled.sheet, plain(line.cells[key])[:60]
                )
            )
        elif key == "phone":
            values["phones"] = phones.read(line.cells[key])[0]
        else:
            values[key] = value
    return {key: value for key, value in values.items() if value not in ("", None)}


# ---------------------------------------------------------------- written


def apply(session: Session, reading: Reading, *, by: str = "") -> Values:
    """Write what differs in one batch that can be undone: batch ("" if nothing does), written, persons, added.

    by: who filled the list, where the list itself does not say. Raises UserError("plan-stale") where something was
    written since that changes the outcome; Refused.
    """
    session.require("lists.read")
    if not reading.differences and not reading.additions:
        return {"batch": "", "written": 0, "persons": 0, "added": 0}
    who = by.strip() or reading.by
    with session.writing("import", reading.committee) as writing:
        fresh = _compare(session, writing.connection, reading.filled, reading.path)
        if fresh.what != reading.what:
            raise UserError("plan-stale", file=reading.path.name)
        people = dict.fromkeys(each.resident for each in reading.differences)
        source = say("list-source-by" if who else "list-source", file=reading.path.name, by=who)
        writing.act("import", "batch", writing.batch, {
            "file": source, "sheet": reading.sheet, "rows": reading.rows, "new": 0, "changed": len(people),
            "same": reading.rows - len(people) - len(reading.additions), "doubtful": len(reading.additions),
            "rejected": 0, "list": reading.list, "by": who,
        })  # fmt: skip
        for resident in people:
            _write(session, writing, reading, resident)
        for each in reading.additions:
            writing.change(
                "doubtful", each.id, stored(session, "doubtful", each.id, _doubtful(reading, each), reading.committee)
            )
    return {
        "batch": writing.batch, "written": len(reading.differences), "persons": len(people),
        "added": len(reading.additions),
    }  # fmt: skip


def _write(session: Session, writing: Writing, reading: Reading, resident: str) -> None:
    row = present.one(writing.connection, reading.committee, "resident", resident)
    assert row is not None  # compared a moment ago, in this transaction
    now = opened(session, "resident", row)
    said = {each.field: each.value for each in reading.differences if each.resident == resident}
    values = whole_lists("resident", said, now)
    moves.require_not_frozen(row, values, str(now.get("name") or ""))
    writing.change("resident", row["id"], stored(session, "resident", row["id"], values, reading.committee))


def _doubtful(reading: Reading, each: Addition) -> Values:
    kept: Values = {
        "file": reading.path.name, "sheet": reading.sheet, "row": each.row, "reason": NOT_ON_LIST, "values": each.values,
    }  # fmt: skip
    return kept | ({"candidate": each.candidate} if each.candidate else {})


def figures(reading: Reading) -> Values:
    """What a list that came back holds: list, by, rows, differences, additions, findings."""
    return {
        "list": reading.list, "by": reading.by, "rows": reading.rows,
        "differences": [
            {"row": each.row, "id": each.resident, "name": each.name, "door": each.door, "field": each.field,
             "old": each.old, "new": each.new}
            for each in reading.differences
        ],
        "additions": [{"row": each.row, "values": each.values, "candidate": each.candidate} for each in reading.additions],
        "findings": list(reading.findings),
    }  # fmt: skip
