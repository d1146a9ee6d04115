"""The records of a report's sheets: one row per person, household, building, estate, committee, arrival or case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.db import present, reporting
from app.db.connection import Connection
from app.db.past import NOW, Past, past
from app.domain import isolation
from app.domain.fields import RESIDENT
from app.domain.figures import elderly_alone
from app.domain.maps import is_old
from app.domain.people import age_on, household_situation, person_class
from app.domain.report_marks import DERIVED, Condition, holds
from app.domain.values import show
from app.services import committees
from app.services.session import Session
from app.services.values import SEALED, Values, presented
from app.words import say

CUTOFF = timedelta(hours=24)
"""昨日 is the same cut-off a day before."""
_VIEWS = {each.key: each.part_of[0] for each in RESIDENT if each.part_of} | {"birth_date": "documents"}
_MOMENT = timedelta(seconds=1)
_FIRST = {each.key: each.part_of for each in RESIDENT if each.part_of}
_NEEDS = {
    "elder_alone": ("care_groups", "birth_year", "status", "residence_kind"),
    "path": ("estate", "lane", "building", "unit", "room"), "age": ("birth_year",),
    "situation": ("status", "person_class", "nationality", "hukou_address", "residence_kind", "household"),
    "class": ("person_class", "nationality", "hukou_address"), "birth_date": ("birth_date", "documents"),
}  # fmt: skip
PERSON_UNITS = ("resident", "arrival", "isolation_case")
"""Units whose rows show a person."""


@dataclass(slots=True)
class Source:
    """What the rows of one report are read from: once per report, so that its sheets agree.

    is_past: does the cut-off lie in the past, so that what was written since does not count?
    """

    session: Session
    connection: Connection
    cutoff: datetime
    sensitive: bool = False
    phones: bool = True
    committees: Sequence[str] = ()
    is_past: bool = field(init=False)
    _names: dict[str, str] = field(default_factory=dict)
    _cases: dict[tuple[str, datetime], dict[str, Values]] = field(default_factory=dict)
    _pasts: dict[str, Past] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.is_past = self.session.now() - self.cutoff > _MOMENT

    @property
    def scope(self) -> list[str]:
        """At a centre the committees that sent their data, or of those the ones named."""
        found = self.session.scope(self.connection)
        return [each for each in found if each in self.committees] if self.committees else found

    def name_of(self, committee: str) -> str:
        """What a committee is called."""
        if not self._names:
            known = committees.known(self.session, self.connection)
            self._names = {row["id"]: str(row.get("name", "")) for row in known}
        return self._names.get(committee, "")

    def past(self, committee: str) -> Past:
        """What is taken back of a committee's tables."""
        if not self.is_past:
            return NOW
        if committee not in self._pasts:
            self._pasts[committee] = past(self.connection, committee, self.cutoff)
        return self._pasts[committee]

    @property
    def as_known(self) -> list[str]:
        """What is to be said of a cut-off in the past: that what was written since does not count, and what does."""
        if not self.is_past:
            return []
        said = [say("report-as-known", at=self.cutoff.isoformat(" ", "minutes")[:16])]
        merged, erased = (sum(getattr(each, name) for each in self._pasts.values()) for name in ("merged", "erased"))
        return said + [
            say(code, count=count)
            for code, count in (("report-merged-since", merged), ("report-erased-since", erased)) if count
        ]  # fmt: skip

    def cases(self, committee: str, at: datetime) -> dict[str, Values]:
        """The isolation cases of a committee as they were known at a time; of residents who are there."""
        if (committee, at) not in self._cases:
            found = reporting.cases_at(self.connection, committee, at, min(at, self.cutoff - CUTOFF))
            leaders = reporting.leaders(self.connection, committee)
            for row in found.values():
                row["resident"] = leaders.get(str(row.get("resident")), row.get("resident"))
            self._cases[committee, at] = found
        return self._cases[committee, at]


def people_rows(
    session: Session, connection: Connection, where: Sequence[Condition], sensitive: bool,
    committees: Sequence[str] = (), *, only: Set[str] | None = None, phones: bool = True,
) -> Iterator[Values]:  # fmt: skip
    """At a centre the people of every committee that sent its data, or of those named, committee by committee.

    only: the fields that are wanted, with those of the conditions; None for all.
    """
    source = Source(session, connection, session.now(), sensitive, phones, committees)
    return _cells(people(source, where, only), None)


def rows_of(unit: str, source: Source, where: Sequence[Condition], only: Set[str] | None = None) -> Iterator[Values]:
    """The records of a unit in walking order, as cells take them; `id`, `resident` and the ids of places are with them."""
    return _cells(_READERS[unit](source, where, only), None if only is None else {*only, *_ALWAYS})


_ALWAYS = ("id", "resident", "household_id", "building_id", "estate_id", "committee_id")
"""Ids that a row carries for counts, for the people in it and for what stands behind its cells."""


def _cells(rows: Iterable[Values], only: Set[str] | None) -> Iterator[Values]:
    for row in rows:
        yield {
            key: _cell(key, value) if type(value) in (bool, list) else value
            for key in (row if only is None else only) if (value := row.get(key)) is not None
        }  # fmt: skip


def _cell(key: str, value: Any) -> Any:
    if key in RESIDENT:
        return show(RESIDENT[key], value)
    return "、".join(map(str, value)) if isinstance(value, list) else "是" if value else "否"


def _holding(rows: Iterable[Values], where: Sequence[Condition]) -> Iterator[Values]:
    return (row for row in rows if all(holds(row, each) for each in where))


# ---------------------------------------------------------------- people


def people(
    source: Source, where: Sequence[Condition], only: Set[str] | None, ids: Mapping[str, set[str]] | None = None
) -> Iterator[Values]:
    """ids: by committee, where only some are wanted."""
    kept = None if only is None else _kept({*only, *(each.field for each in where)})
    for committee in source.scope:
        living = reporting.residences(source.connection, committee, source.past(committee))
        some = None if ids is None else ids.get(committee, set())
        name = source.name_of(committee)
        for row in reporting.people(source.connection, committee, some, kept, source.past(committee)):
            shown = _shown(source, row, living.get(row["id"], ()), kept)
            shown["committee_id"], shown["committee"] = committee, name
            if not where or all(holds(shown, each) for each in where):
                yield shown


def _kept(only: Set[str]) -> set[str]:
    """Stored fields behind those that are asked for: what is not asked for is not even opened."""
    kept = {"id", "resident", "household_id", "building_id", "estate_id"}
    for key in only:
        kept |= {key, *_NEEDS.get(key, ())} | ({_VIEWS[key]} if key in _VIEWS else set())
    return kept


def _shown(source: Source, row: Values, residences: Iterable[Values], kept: Set[str] | None) -> Values:
    if kept is None or not source.phones or not kept.isdisjoint(SEALED["resident"]):
        shown = presented(source.session, "resident", row, sensitive=source.sensitive, phones=source.phones)
    else:
        shown = _with_views(row, kept)  # nothing in it is masked
    wants = DERIVED if kept is None else DERIVED.keys() & kept
    if "path" in wants:
        shown["path"] = door(row)
    if "age" in wants:
        shown["age"] = age_on(source.cutoff.date(), birth_year=row.get("birth_year"))
    if "situation" in wants:
        shown["situation"] = household_situation(row, residences)
    if "elder_alone" in wants:
        shown["elder_alone"] = "是" if elderly_alone(row, source.cutoff.date()) else None
    if "class" in wants:
        shown["class"] = row.get("person_class") or person_class(row)
    return shown


def _with_views(row: Values, kept: Set[str]) -> Values:
    """A row with the first entries of its lists beside it, as `presented` adds them."""
    shown = dict(row)
    for key, (whole, part) in _FIRST.items():
        if key in kept and (entries := row.get(whole)) and isinstance(entries, list):
            shown[key] = entries[0].get(part)
    return shown


def door(row: Values) -> str:
    """Where a row's door is, in one line."""
    unit = f"{row['unit']}单元" if row.get("unit") else ""
    room = str(row.get("room", ""))
    return (
        "".join(str(row.get(key, "")) for key in ("estate", "lane", "building"))
        + unit + (f"{room}室" if room[-1:].isdigit() else room)
    )  # fmt: skip


# ---------------------------------------------------------------- what happened to them


def _arrivals(source: Source, where: Sequence[Condition], only: Set[str] | None) -> Iterator[Values]:
    found = {each: reporting.where(source.connection, each, "arrival", source.past(each)) for each in source.scope}
    yield from _holding(_beside(source, found, only, where, lambda row: _arrival(source, row)), where)
    for committee, rows in found.items():
        strangers = (_stranger(source, committee, row) for row in rows if not row.get("resident"))
        yield from _holding(strangers, where)


def _arrival(source: Source, row: Values) -> Values:
    return presented(source.session, "arrival", row, sensitive=source.sensitive, phones=source.phones)


def _stranger(source: Source, committee: str, row: Values) -> Values:
    """An arrival of somebody who is in no list yet: what it says of the person itself."""
    shown = _arrival(source, row)
    shown |= {"name": row.get("person_name"), "phone": shown.get("person_phone"), "path": row.get("address")}
    return shown | {"committee_id": committee, "committee": source.name_of(committee)}


_OF_THE_PAST = frozenset({"state", "start", "closed_on"})
"""Whoever asks for one of these wants ended cases, too."""


def _isolating(source: Source, where: Sequence[Condition], only: Set[str] | None) -> Iterator[Values]:
    """Cases that run at the cut-off or ended since the one before; with a condition on state or dates, all of them."""
    everything = any(each.field in _OF_THE_PAST for each in where)
    found = {
        each: [row for row in source.cases(each, source.cutoff).values() if everything or _counts(row, source.cutoff)]
        for each in source.scope
    }
    return _holding(_beside(source, found, only, where, lambda row: case_shown(row, source.cutoff)), where)


def _counts(row: Values, cutoff: datetime) -> bool:
    if row.get("state") in isolation.ACTIVE or not row.get("state"):
        return True
    return datetime.fromisoformat(str(row["changed"])) > cutoff - CUTOFF


def _beside(
    source: Source, found: Mapping[str, list[Values]], only: Set[str] | None, where: Sequence[Condition],
    shown: Callable[[Values], Values],
) -> Iterator[Values]:  # fmt: skip
    """Records with the fields of their persons, in the persons' walking order; the record's own win."""
    wanted = {committee: {str(row.get("resident")) for row in rows} for committee, rows in found.items()}
    by_person: dict[str, list[Values]] = {}
    for rows in found.values():
        for row in rows:
            by_person.setdefault(str(row.get("resident")), []).append(row)
    fields = None if only is None else {*only, *(each.field for each in where)}
    for person in people(source, (), fields, wanted):
        for row in by_person.get(person["id"], ()):
            yield {**person, "state": None, **shown(row), "resident": person["id"]}


def case_shown(row: Values, cutoff: datetime) -> Values:
    """A case with where it stands on a day: stage, day, days, end … and its state past the last day. The phones in it
    are those of officers, police and doctors, which are never masked."""
    shown = {key: value for key, value in row.items() if key != "stages"}
    if not row.get("stages"):
        return shown
    closed = date.fromisoformat(str(row["closed_on"])) if row.get("closed_on") else None
    state = str(row.get("state") or "在管")
    at = isolation.progress(isolation.from_json(row["stages"]), state, (), cutoff.date(), closed)
    return shown | {
        "state": at.state, "end": at.end.isoformat(), "day": at.day, "days": at.days, "total_day": at.total_day,
        "total_days": at.total_days, "measure": at.measure, "place": at.place, "stage": at.stage,
    }  # fmt: skip


# ---------------------------------------------------------------- places


def _households(source: Source, where: Sequence[Condition], only: Set[str] | None) -> Iterator[Values]:
    for committee in source.scope:
        for row in reporting.households(source.connection, committee, source.past(committee)):
            shown = presented(source.session, "household", row, sensitive=False, phones=source.phones)
            phones = present.structure(row["head_phones"]) if row.get("head_phones") else []
            if phones:
                head = presented(
                    source.session, "resident", {"id": row["head_id"], "phones": phones}, sensitive=False,
                    phones=source.phones,
                )  # fmt: skip
                shown["head_phone"] = head.get("phone")
            shown |= {"path": door(row), "resident": row.get("head_id")}
            shown |= {"committee_id": committee, "committee": source.name_of(committee)}
            if all(holds(shown, each) for each in where):
                yield shown


def _buildings(source: Source, where: Sequence[Condition], only: Set[str] | None) -> Iterator[Values]:
    for committee in source.scope:
        rows = (
            presented(source.session, "building", row, sensitive=False, phones=source.phones)
            | {"building": row.get("number"), "building_id": row["id"], "committee_id": committee}
            | {"name": row.get("number"), "committee": source.name_of(committee)}
            | {"path": "".join(str(row.get(key) or "") for key in ("estate", "lane", "number"))}
            for row in reporting.buildings(source.connection, committee, source.past(committee))
        )
        yield from _holding(rows, where)


def _estates(source: Source, where: Sequence[Condition], only: Set[str] | None) -> Iterator[Values]:
    for committee in source.scope:
        rows = (
            {
                **row,
                "estate_id": row["id"],
                "committee_id": committee,
                "path": row.get("name"),
                "committee": source.name_of(committee),
            }
            for row in reporting.estates(source.connection, committee, source.past(committee))
        )
        yield from _holding(rows, where)


def _committees(source: Source, where: Sequence[Condition], only: Set[str] | None) -> Iterator[Values]:
    """Every committee that is known, also one of which no data came: its figures are not there, and that is said."""
    session, connection = source.session, source.connection
    groups = {row["id"]: row.get("name") for row in present.where(connection, session.committee_id, "group")}
    rows = []
    for known in committees.known(session, connection):
        until = committees.until(session, connection, known["id"])
        row = {**known, "committee_id": known["id"], "group_name": groups.get(known.get("group"))}
        row["path"] = known.get("name")
        if until:
            row |= reporting.counts(connection, known["id"], source.past(known["id"]))
            row |= {"data_until": until[:16].replace("T", " ")}
        row["old"] = say("report-no-data") if not until else say("report-old") if is_old(until, session.now()) else None
        rows.append({key: value for key, value in row.items() if key not in ("geometry", "group")})
    return _holding(rows, where)


_READERS: dict[str, Callable[[Source, Sequence[Condition], Set[str] | None], Iterator[Values]]] = {
    "resident": people, "household": _households, "building": _buildings, "estate": _estates,
    "committee": _committees, "arrival": _arrivals, "isolation_case": _isolating,
}  # fmt: skip
