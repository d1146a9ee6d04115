"""The counts of a report: how many, of which place, and who they are when somebody asks.

Everything is counted as it was known at the cut-off; isolation also as at the one before (domain.balance).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from app.db import reporting
from app.domain import balance as balancing
from app.domain import figures
from app.domain.balance import Balance, Known
from app.domain.report_marks import ARRIVAL_COUNTS, CASE_COUNTS, PEOPLE_COUNTS, Condition, Count, holds
from app.services import report_rows
from app.services.report_rows import CUTOFF, Source
from app.services.values import Values

WHOLE = ("", "")
"""The scope of a mark that is filled once."""
Scope = tuple[str, str]
_SIDES = {"昨日在管": "yesterday", "今日新增": "opened", "解除": "released", "转出": "moved_out", "今日在管": "today"}
_FOR_PEOPLE = frozenset({
    "name", "status", "person_class", "nationality", "hukou_address", "residence_kind", "household", "estate", "lane", "building",
    "room", "path",
})  # fmt: skip


@dataclass(slots=True)
class Tally:
    """numbers: by mark and scope (unit, id). members: the records of the one cell that was asked about.

    balance: of the cases of all committees together, None where nothing of them is counted; breakers: who breaks it.
    """

    numbers: Counter[tuple[str, Scope]] = field(default_factory=Counter)
    members: dict[str, Values] = field(default_factory=dict)
    balance: Balance | None = None
    breakers: list[Values] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """counts: by mark, as it stands in the form. units: of the rows that they stand in, besides the whole form.

    where: conditions of the whole report on persons. cell: (mark, scope) whose records are wanted.
    """

    counts: Mapping[str, Count]
    units: frozenset[str] = frozenset()
    where: tuple[Condition, ...] = ()
    cell: tuple[str, Scope] | None = None


def tally(source: Source, asked: Asked) -> Tally:
    """Count everything that a form asks for, each kind of record once."""
    found = Tally()
    people = {mark: count for mark, count in asked.counts.items() if count.name in PEOPLE_COUNTS}
    if people:
        _count_people(source, asked, people, found)
    if any(count.name in CASE_COUNTS for count in asked.counts.values()):
        _count_cases(source, asked, found)
    if any(count.name in ARRIVAL_COUNTS for count in asked.counts.values()):
        _count_arrivals(source, asked, found)
    return found


def _scopes(asked: Asked, row: Values) -> Iterator[Scope]:
    yield WHOLE
    for unit in asked.units:
        if place := row.get(f"{unit}_id"):
            yield unit, str(place)


def _add(found: Tally, asked: Asked, mark: str, row: Values, record: Values) -> None:
    for scope in _scopes(asked, row):
        found.numbers[mark, scope] += 1
        if asked.cell == (mark, scope):
            found.members[record["id"]] = record


def _record(row: Values, why: str) -> Values:
    return {"id": row["id"], "name": row.get("name", ""), "path": row.get("path", ""), "why": why}


# ---------------------------------------------------------------- people and households


def _count_people(source: Source, asked: Asked, counts: Mapping[str, Count], found: Tally) -> None:
    fields = _FOR_PEOPLE | {each.field for count in counts.values() for each in count.conditions}
    on = source.cutoff.date()
    seen: set[tuple[str, str]] = set()
    living: dict[str, dict[str, list[Values]]] = {}
    for row in report_rows.people(source, asked.where, fields):
        committee = row["committee_id"]
        if committee not in living:
            living[committee] = reporting.residences(source.connection, committee, source.past(committee))
        belongs = _belonging(row, living[committee].get(row["id"], ()), on)
        for mark, count in counts.items():
            if not belongs(count.name) or not all(holds(row, each) for each in count.conditions):
                continue
            if count.name == "户数":
                if not row.get("household_id") or (mark, row["household_id"]) in seen:
                    continue
                seen.add((mark, row["household_id"]))
                _add(found, asked, mark, row, {**_record(row, why(count)), "id": row["household_id"]})
            else:
                _add(found, asked, mark, row, _record(row, why(count)))


def _belonging(row: Values, residences: Iterable[Values], on: date) -> Any:
    """Does the person belong to a population? Each is decided once per person."""
    known: dict[str, bool] = {}

    def belongs(name: str) -> bool:
        if name not in known:
            known[name] = figures.belongs(name, row, residences, on)
        return known[name]

    return belongs


def why(count: Count) -> str:
    """The rule by which a record is counted."""
    return figures.of(count.name, (each.text for each in count.conditions))


# ---------------------------------------------------------------- isolation


def _count_cases(source: Source, asked: Asked, found: Tally) -> None:
    previous = source.cutoff - CUTOFF
    before: dict[str, Known] = {}
    now: dict[str, Known] = {}
    shown: dict[str, Values] = {}
    for committee in source.scope:
        was, known = source.cases(committee, previous), source.cases(committee, source.cutoff)
        people = _people_of(source, asked, committee, (*was.values(), *known.values()))
        for rows, into in ((was, before), (known, now)):
            for case, row in rows.items():
                if (person := people.get(str(row.get("resident")))) is not None:
                    into[case] = _known(row, person)
                    shown[case] = {**person, **report_rows.case_shown(row, source.cutoff)}
    sides = balancing.sides(before, now, source.cutoff, previous)
    for mark, count in asked.counts.items():
        if count.is_case:
            for case in sorted(getattr(sides, _SIDES[count.name])):
                row = shown[case]
                if all(holds(row, each) for each in count.conditions):
                    _add(found, asked, mark, row, {**_record(row, why(count)), "id": row["resident"]})
    found.balance = balancing.of(before, now, source.cutoff, previous)
    found.breakers = [
        {"resident": shown[case]["resident"], "name": shown[case].get("name", ""),
         "path": shown[case].get("path", ""), "committee": shown[case].get("committee", ""), "reason": reason}
        for case, reason in found.balance.breakers
    ]  # fmt: skip


def _people_of(source: Source, asked: Asked, committee: str, cases: Iterable[Values]) -> dict[str, Values]:
    fields = _FOR_PEOPLE | {each.field for count in asked.counts.values() for each in count.conditions} | {"moved_from"}
    ids = {committee: {str(row.get("resident")) for row in cases}}
    one = replace(source, sensitive=False, committees=[committee])
    return {row["id"]: row for row in report_rows.people(one, asked.where, fields, ids)}


def _known(row: Values, person: Values) -> Known:
    keyed, changed = (datetime.fromisoformat(str(row[key])) for key in ("keyed", "changed"))
    return Known(
        str(row["id"]), str(row["resident"]), _day(row.get("start")) or keyed.date(), str(row.get("state") or ""),
        keyed, changed, _day(row.get("closed_on")), bool(person.get("moved_from")),
    )  # fmt: skip


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


# ---------------------------------------------------------------- arrivals


def _count_arrivals(source: Source, asked: Asked, found: Tally) -> None:
    day = source.cutoff.date().isoformat()
    counts = {mark: count for mark, count in asked.counts.items() if count.name in ARRIVAL_COUNTS}
    fields = _FOR_PEOPLE | {each.field for count in counts.values() for each in count.conditions}
    for committee in source.scope:
        rows = reporting.where(source.connection, committee, "arrival", source.past(committee), arrived_on=day)
        people = _people_of(source, Asked(counts, where=asked.where), committee, rows) if rows else {}
        for row in rows:
            person = people.get(str(row.get("resident")))
            if person is None:
                continue
            shown = {**person, **{key: value for key, value in row.items() if key in fields}, "state": row.get("state")}
            for mark, count in counts.items():
                if all(holds(shown, each) for each in count.conditions):
                    _add(found, asked, mark, shown, {**_record(shown, why(count)), "id": person["id"]})


def basis(counts: Sequence[Count]) -> list[str]:
    """The rules of the counts that stand in a form, each once, in their order."""
    return list(dict.fromkeys(figures.BASIS[count.name] for count in counts))
