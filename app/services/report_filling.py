"""Everything that goes into one report, read at one moment: its rows, its figures, what is withheld, what changed.

Filling, previewing and asking what stands behind a cell all begin here, so that they never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db import history, reporting
from app.db.connection import Connection
from app.domain import report_marks, suppression
from app.domain.fields import Type
from app.domain.maps import is_old
from app.domain.report_marks import Condition, Count
from app.domain.sorting import sorted_rows
from app.services import committees, looking, report_figures
from app.services.report_figures import WHOLE, Asked, Tally
from app.services.report_plan import FormPlan, SheetPlan
from app.services.report_rows import PERSON_UNITS, Source, rows_of
from app.services.session import Session
from app.services.values import Values
from app.words import say

NUMBERS = ("persons", "households")
"""Columns of places that count people: withheld like the counts beside them."""


@dataclass(slots=True)
class Filling:
    """What is written. rows: by sheet title, keys as the marks stand in the form; records: the same rows with ids.

    once: values of the whole form. people: ids of the residents whose rows are shown; others: rows of people in no list.
    compared: ids of those whose level 3 a condition compares. scope: committees. suppressed: cells withheld.
    old: committees whose data is old or missing. changed: figures that differ from the report that is corrected.
    """

    plan: FormPlan
    source: Source
    rows: dict[str, list[Values]] = field(default_factory=dict)
    records: dict[str, list[Values]] = field(default_factory=dict)
    once: Values = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    people: list[str] = field(default_factory=list)
    others: int = 0
    compared: frozenset[str] = frozenset()
    scope: tuple[str, ...] = ()
    suppressed: int = 0
    old: list[Values] = field(default_factory=list)
    changed: dict[str, list[Any]] | None = None

    @property
    def told_of(self) -> list[str]:
        """Ids of the residents whom it tells of, or compares."""
        return [*self.people, *sorted(self.compared.difference(self.people))]

    @property
    def persons(self) -> int:
        return len(self.told_of) + self.others

    @property
    def count(self) -> int:
        return sum(map(len, self.records.values()))

    @property
    def zero(self) -> bool:
        """Nothing to report: no record in any sheet, or in a form of figures alone nothing but zeros."""
        if self.plan.repeating:
            lists = [sheet for sheet in self.plan.repeating if not sheet.counts] or self.plan.repeating
            return not any(self.records[sheet.title] for sheet in lists)
        return bool(self.plan.counts) and not any(self.figures.values())

    @property
    def figures(self) -> dict[str, int]:
        """The counts of the whole form, by mark."""
        return {mark: self.tally.numbers[mark, WHOLE] for mark in self.plan.counts}


def gathered(
    source: Source, plan: FormPlan, where: Mapping[str, Sequence[Condition]], sort: Sequence[str],
    *, totals: bool, maker: str, also: frozenset[str] = frozenset(),
) -> Filling:  # fmt: skip
    """Read all of it. where: as `report_plan.conditions` gives it; totals: for a reader of totals; also: fields of the
    rows that are wanted beside those of the form."""
    filling = Filling(plan, source, scope=tuple(sorted(source.scope)))
    for sheet in plan.repeating:
        filling.records[sheet.title] = _records(source, sheet, where.get(sheet.unit.key, ()), sort, also)
    units = frozenset(sheet.unit.key for sheet in plan.repeating if sheet.counts)
    asked = Asked(plan.counts, units, tuple(where.get("", ())))
    filling.tally = report_figures.tally(source, asked)
    tell_of(filling)
    filling.old = _old(source)
    hidden = _withheld(filling) if totals else frozenset()
    for sheet in plan.repeating:
        filling.rows[sheet.title] = _rows(filling, sheet, totals, hidden)
    filling.once = _once(filling, maker, totals, hidden)
    filling.suppressed = len(hidden)
    return filling


def _records(
    source: Source, sheet: SheetPlan, where: Sequence[Condition], sort: Sequence[str], also: frozenset[str]
) -> list[Values]:
    keys = [(each.startswith("-"), sheet.unit.named(each.removeprefix("-"))) for each in sort]
    order = [("-" if falling else "") + column.key for falling, column in keys if column is not None]
    wanted = also | {column.key for column in sheet.names.values()} | {each.removeprefix("-") for each in order}
    rows = list(rows_of(sheet.unit.key, source, where, wanted))
    return sorted_rows(rows, order) if order else rows


def tell_of(filling: Filling) -> None:
    """Whom the rows show: residents by id, others by how many they are (landlords, arrivals of nobody known)."""
    people: dict[str, None] = {}
    filling.others = 0
    for sheet in filling.plan.repeating:
        of_people, of_owners = sheet.unit.key in PERSON_UNITS or shows_head(sheet), _owners(sheet)
        for row in filling.records[sheet.title] if of_people or of_owners else ():
            resident = row.get("resident") or (row["id"] if sheet.unit.key == "resident" else None)
            if of_people and resident:
                people[str(resident)] = None
            filling.others += (sheet.unit.key == "arrival" and not resident) or any(row.get(key) for key in of_owners)
    filling.people = list(people)


def shows_head(sheet: SheetPlan) -> bool:
    return sheet.unit.key == "household" and any(c.key in ("head", "head_phone") for c in sheet.names.values())


def _owners(sheet: SheetPlan) -> list[str]:
    """The columns of a household's sheet that tell of landlords, agents and who keeps the key."""
    columns = sheet.names.values() if sheet.unit.key == "household" else ()
    return [c.key for c in columns if c.field is not None and c.field.type in (Type.NAME, Type.PHONE)]


def shows_phones(plan: FormPlan) -> bool:
    """Does a row tell the phone of a resident, or of somebody in no list?"""
    return any(
        column.key in ("head_phone", "phones") or (column.field is not None and column.field.type is Type.PHONE)
        for sheet in plan.repeating if sheet.unit.key in (*PERSON_UNITS, "household") for column in sheet.names.values()
    )  # fmt: skip


def _rows(filling: Filling, sheet: SheetPlan, totals: bool, hidden: frozenset[tuple[str, int, str]]) -> list[Values]:
    """The records with the marks' own names as keys, counts among them; of a committee without data no count."""
    rows: list[Values] = []
    scope = set(filling.source.scope)
    for number, record in enumerate(filling.records[sheet.title]):
        row = {name: record[column.key] for name, column in sheet.names.items() if column.key in record}
        for mark in sheet.counts:
            known = record.get("committee_id") in scope
            row[mark] = filling.tally.numbers[mark, (sheet.unit.key, record["id"])] if known else None
        if totals:
            for name in _counting(sheet):
                if isinstance(row.get(name), int):
                    row[name] = suppression.HIDDEN if (sheet.title, number, name) in hidden else _told(row[name])
        rows.append(row)
    if not rows and _says_none(filling.plan, sheet):
        rows.append({next(iter(sheet.names)): say("report-none")})
    return rows


def _says_none(plan: FormPlan, sheet: SheetPlan) -> bool:
    """Does an empty list say 无 in its first cell? Not where the form says 零报告, nor where that would be counted."""
    counted = "count" in plan.once and len(plan.repeating) > 1
    return bool(sheet.names) and not (counted or sheet.indexed or "零报告" in plan.once)


def _told(count: int) -> int:
    return suppression.told(count)


def _counting(sheet: SheetPlan) -> list[str]:
    return [*(name for name, column in sheet.names.items() if column.key in NUMBERS), *sheet.counts]


def _withheld(filling: Filling) -> frozenset[tuple[str, int, str]]:
    """(sheet, row, mark) of the cells that are not told; row -1: filled once. The totals lie in the table with the rest."""
    found: set[tuple[str, int, str]] = set()
    once = [mark for mark in filling.plan.counts if mark in filling.plan.once]
    for sheet in filling.plan.repeating or [SheetPlan("", report_marks.units()["committee"])]:
        marks = list(dict.fromkeys([*_counting(sheet), *once]))
        numbers: list[list[int | None]] = [
            [filling.tally.numbers[mark, WHOLE] if mark in once else None for mark in marks]
        ]
        for record in filling.records.get(sheet.title, ()):
            numbers.append([_number(filling, sheet, record, mark) for mark in marks])
        for row, column in suppression.hidden_cells(numbers):
            found.add((sheet.title if row else "", row - 1, marks[column]))
    return frozenset(found)


def _number(filling: Filling, sheet: SheetPlan, record: Values, mark: str) -> int | None:
    if mark in sheet.counts:
        return filling.tally.numbers[mark, (sheet.unit.key, record["id"])]
    column = sheet.names.get(mark)
    value = record.get(column.key) if column is not None else None
    return value if isinstance(value, int) else None


def _once(filling: Filling, maker: str, totals: bool, hidden: frozenset[tuple[str, int, str]]) -> Values:
    source, plan = filling.source, filling.plan
    session, cutoff = source.session, source.cutoff
    values: Values = {
        "today": session.now().date().isoformat(), "maker": maker, "committee.name": session.name,
        "committee.code": session.code, "统计时点": cutoff.isoformat(" ", "minutes")[:16],
        "数据截至": _until(filling), "零报告": say("report-zero") if filling.zero else "", "更正": "",
    }  # fmt: skip
    values |= {title: values[key] for key, title in report_marks.ONCE.items() if key in values}
    values["人数"] = filling.count
    if len(plan.repeating) == 1:
        values["count"] = filling.count
    for mark in plan.counts:
        values[mark] = None  # of a mark in rows alone
        if mark in plan.once:
            number = filling.tally.numbers[mark, WHOLE]
            values[mark] = (
                None if _is_elsewhere(source, plan.counts[mark]) else
                number if not totals else suppression.HIDDEN if ("", -1, mark) in hidden else _told(number)
            )  # fmt: skip
    return values


def _is_elsewhere(source: Source, count: Count) -> bool:
    """Does it count a committee whose data is not here? Then nothing is known, and nothing is no zero."""
    here = {source.name_of(each) for each in source.scope}
    return any(
        asked.field == "committee" and asked.operator == "=" and here.isdisjoint(map(str, asked.values))
        for asked in count.conditions
    )


# ---------------------------------------------------------------- how old the data is


def _until(filling: Filling) -> str:
    """The oldest of what the figures rest on; "" where no data came yet."""
    source = filling.source
    times = [committees.until(source.session, source.connection, each) for each in source.scope]
    return min((each for each in times if each), default="")[:16].replace("T", " ")


def _old(source: Source) -> list[Values]:
    """At a centre the committees whose data is old, and those of which none came: name, data_until (None)."""
    session = source.session
    if session.role != "centre":
        return []
    found = []
    for row in committees.known(session, source.connection):
        until = committees.until(session, source.connection, row["id"])
        if not until or is_old(until, session.now()):
            found.append({"name": row.get("name", ""), "data_until": until or None})
    return found


# ---------------------------------------------------------------- rights, corrections


def everybody(session: Session, connection: Connection) -> set[str]:
    """Ids of all residents whom a condition may compare."""
    return {
        row["id"] for committee in session.scope(connection) for row in reporting.people(connection, committee, None, set())
    }  # fmt: skip


def must_be_signed_for(
    session: Session, connection: Connection, filling: Filling, second: str | None, *, secret: bool
) -> None:
    """May whoever asks show level 3 of everybody in it, with a second person if it takes one? secret: does a condition
    compare it? Then everybody who is compared is in it.

    Raises Refused: not-assigned-list, second-needed, second-self, second-not-allowed.
    """
    if secret:
        filling.compared = frozenset(everybody(session, connection))
    people = filling.compared | {
        str(row.get("resident") or row["id"])
        for sheet in filling.plan.repeating if sheet.level >= 3 for row in filling.records[sheet.title]
    }  # fmt: skip
    if not looking.reads_all(session):
        mine = looking.assigned(session, connection, session.scope(connection))
        others = len(people - mine)
        if others:
            raise session.refusal("not-assigned-list", "reports.reveal", count=others)
    looking.second_person(session, connection, "reports.reveal", len(people), second)


def last_of(filling: Filling, totals: bool) -> Values | None:
    """This account's last report of the same name and cut-off day, of the same committees, told as exactly: batch,
    figures; None for none. What others filled may tell more than this account is told."""
    source = filling.source
    session, day = source.session, source.cutoff.date().isoformat()
    alike = {"kind": "report", "name": filling.plan.name, "withheld": totals, "scope": list(filling.scope)}
    for act in history.acts(source.connection, session.office, actions=("export",)):
        said = act["said"]
        if act["account"] == session.account_id and all(said.get(key) == value for key, value in alike.items()):
            if str(said.get("cutoff", ""))[:10] == day and "figures" in said:
                return {"batch": act["batch"], "figures": said["figures"]}
    return None


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[Any]]:
    """mark -> [before, now] of the figures that differ."""
    return {
        mark: [before.get(mark), now.get(mark)]
        for mark in dict.fromkeys([*before, *now]) if before.get(mark) != now.get(mark)
    }  # fmt: skip
