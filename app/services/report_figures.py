"""The counts of a report: how many, of which place, and who they are when somebody asks.

Everything is counted as it was known at the cut-off; isolation also as at the one before (domain.balance).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
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

    balance: of the persons in cases of all committees together, None where nothing of them is counted; breakers: who
    breaks it; doubles: who has several cases, and counts once.
    """

    numbers: Counter[tuple[str, Scope]] = field(default_factory=Counter)
    members: dict[str, Values] = field(default_factory=dict)
    balance: Balance | None = None
    breakers: list[Values] = field(default_factory=list)
    doubles: list[Values] = field(default_factory=list)


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
    """resident: whom it shows; id: of what is counted, a person or a household."""
    person = row.get("resident") or row["id"]
    return {"id": person, "name": row.get("name", ""), "path": row.get("path", ""), "why": why, "resident": person}


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
    """Yesterday's side as it was known then, with people removed since and conditions as they held then."""
    previous = source.cutoff - CUTOFF
    before: dict[str, Known] = {}
    now: dict[str, Known] = {}
    then: dict[str, Values] = {}
    shown: dict[str, Values] = {}
    said: dict[str, str] = {}
    for committee in source.scope:
        was, known = source.cases(committee, previous), source.cases(committee, source.cutoff)
        people = _people_of(source, asked, committee, (*was.values(), *known.values()))
        earlier = _people_before(source, asked, committee, was.values(), people)
        for rows, whose, known_of, rows_of, at in (
            (was, earlier, before, then, previous), (known, people, now, shown, source.cutoff)
        ):  # fmt: skip
            for case, row in rows.items():
                if (person := whose.get(str(row.get("resident")))) is not None:
                    known_of[case] = _known(row, person)
                    rows_of[case] = {**person, **report_rows.case_shown(row, at)}
        said |= _said(source, asked, committee, was, known, before.keys(), now.keys())
    _tell_cases(source, asked, found, (before, now), (then, shown))
    balance = found.balance = balancing.of(before, now, source.cutoff, previous, said)
    rows = then | shown
    found.breakers = [{**_named(rows[case]), "reason": reason} for case, reason in balance.breakers]
    found.doubles = [_named(rows[case]) for case in balance.doubles]


def _tell_cases(
    source: Source, asked: Asked, found: Tally, known: tuple[Mapping[str, Known], Mapping[str, Known]],
    rows: tuple[Mapping[str, Values], Mapping[str, Values]],
) -> None:  # fmt: skip
    """The figures of the marks: each person once."""
    resident = {case: each.resident for some in known for case, each in some.items()}
    sides = balancing.by_person(balancing.sides(*known, source.cutoff, source.cutoff - CUTOFF), resident)
    for mark, count in asked.counts.items():
        if not count.is_case:
            continue
        counted: set[str] = set()
        for case in sorted(getattr(sides, _SIDES[count.name])):
            row = rows[0 if count.name == "昨日在管" else 1][case]
            if row["resident"] not in counted and all(holds(row, each) for each in count.conditions):
                counted.add(row["resident"])
                _add(found, asked, mark, row, _record(row, why(count)))


def _named(row: Values) -> Values:
    return {key: row.get(key, "") for key in ("resident", "name", "path", "committee")}


def _people_of(
    source: Source, asked: Asked, committee: str, cases: Iterable[Values], where: Sequence[Condition] | None = None
) -> dict[str, Values]:
    """where: instead of the report's conditions, whose fields are read all the same."""
    conditions = [*asked.where, *(each for count in asked.counts.values() for each in count.conditions)]
    fields = _FOR_PEOPLE | {each.field for each in conditions} | {"moved_from"}
    ids = {committee: {str(row.get("resident")) for row in cases}}
    one = replace(source, committees=[committee])
    found = report_rows.people(one, asked.where if where is None else where, fields, ids)
    return {row["id"]: row for row in found}


def _people_before(
    source: Source, asked: Asked, committee: str, cases: Iterable[Values], people: dict[str, Values]
) -> dict[str, Values]:
    """The same people as they were known a day before; that is only read where it can make a difference.

    Who was in no list then, though a case of his was known, is taken as he is now.
    """
    rows = list(cases)
    conditioned = asked.where or any(count.conditions for count in asked.counts.values() if count.is_case)
    if not conditioned and all(str(row.get("resident")) in people for row in rows):
        return people
    earlier = replace(source, cutoff=source.cutoff - CUTOFF, committees=[committee], _pasts={}, _cases={})
    known = _people_of(earlier, asked, committee, rows, ())
    held = {each: row for each, row in known.items() if all(holds(row, one) for one in asked.where)}
    return held | {each: row for each, row in people.items() if each not in known}


def _said(
    source: Source, asked: Asked, committee: str, was: Mapping[str, Values], known: Mapping[str, Values],
    before: Set[str], now: Set[str],
) -> dict[str, str]:  # fmt: skip
    """Why a case is on one day's side alone where that lies with the person, not with the case: case -> reason code."""
    left = [case for case in was if case in known and case in before and case not in now]
    said = {case: "balance-let-in" for case in was if case in known and case in now and case not in before}
    there = _people_of(source, asked, committee, [known[case] for case in left], ()) if left else {}
    for case in left:
        is_there = str(known[case].get("resident")) in there
        said[case] = "balance-left-out" if is_there else "balance-person-removed"
    return said


def _known(row: Values, person: Values) -> Known:
    keyed, changed = (datetime.fromisoformat(str(row[key])) for key in ("keyed", "changed"))
    return Known(
        str(row["id"]), str(person["id"]), _day(row.get("start")) or keyed.date(), str(row.get("state") or ""),
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
