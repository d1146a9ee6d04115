"""时间线 of a person and of a household: everything that happened, newest first, each line with the record behind it.

Nothing of level 3 is opened here, whoever asks: a line says that sensitive content changed, never to what. Reading it is a
look at everybody in it and leaves an entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.db import present
from app.db import timeline as past
from app.db.connection import Connection
from app.db.rows import Reader
from app.db.seal import is_sealed
from app.domain import timeline
from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.domain.ids import is_id
from app.domain.timeline import Line, Stay
from app.domain.values import mask, show
from app.services import enrolment, places
from app.services.session import Session
from app.services.values import Values
from app.words import say

SKIPPED = frozenset({"move", "moved_from", "extra", "extra_sensitive"})
"""Fields of which no line tells: a move has lines of its own, columns of rosters without a field say nothing here."""
MOST_WORDS = 60


def of(session: Session, ref: str, *, entity: str = "resident", kinds: Collection[str] = ()) -> Values:
    """What happened to a resident or a household (id or path), newest first.

    entity, id, path, people: [{id, name}], counts: {kind: lines}, lines: [{at (day or moment, "" where none is known), day,
    time, kind, entity, id, resident, name, what, by, where (section of the window, arguments)}]. kinds: only lines of
    these. Raises UserError: path-unknown, path-ambiguous, timeline-entity; Refused.
    """
    session.require("timeline.read")
    if entity not in ("resident", "household"):
        raise UserError("timeline-entity", entity=entity)
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, ref, entity)
        committee = session.committee_of(connection, entity, row)
        telling = _Telling.at(session, connection, committee)
        people, lines = _person(telling, row) if entity == "resident" else _household(telling, row)
        path = places.path_of(connection, committee, entity, row)
        home = row if entity == "household" else _home(connection, committee, row)
        door = _door(connection, committee, home)
        found = [_said(telling, each, door) for each in timeline.newest_first(lines)]
    _look(session, entity, row, [each["id"] for each in people])
    return {
        "entity": entity, "id": row, "path": path, "people": people, "counts": dict(Counter(each["kind"] for each in found)),
        "lines": [each for each in found if not kinds or each["kind"] in kinds],
    }  # fmt: skip


def _look(session: Session, entity: str, row: str, people: Sequence[str]) -> None:
    said = {"sensitive": False, "purpose": session.purpose or "", "kind": "timeline"}
    with session.noting("view", purpose=session.purpose_code) as writing:
        for each in people:
            writing.act("view", "resident", each, said)
        if not people:
            writing.act("view", entity, row, said)


# ---------------------------------------------------------------- whose lines


@dataclass(slots=True)
class _Telling:
    """What is asked again and again while one timeline is told."""

    session: Session
    connection: Connection
    committee: str
    reader: Reader
    accounts: dict[str, str]
    committees: dict[str, str]
    names: dict[str, str]

    @classmethod
    def at(cls, session: Session, connection: Connection, committee: str) -> _Telling:
        accounts = present.account_names(connection, session.office) | present.account_names(connection, committee)
        held = enrolment.held(connection)
        known = {member.committee: member.name for member in held[1].members} if held else {}
        return cls(session, connection, committee, Reader(connection, committee), accounts, known, {})

    def rows(self, entity: str, column: str, of: Iterable[str]) -> list[Values]:
        return past.rows(self.connection, self.committee, entity, column, of)

    def account(self, account: str) -> str:
        """Who wrote something; an account of the street or of another PC has no name here."""
        name = self.accounts.get(account, account)
        return say("timeline-elsewhere") if is_id(name) else name

    def home(self, household: object) -> str:
        path = places.path_of(self.connection, self.committee, "household", str(household)) if household else ""
        return " ".join(path.split("/")) if path else say("timeline-nowhere")

    def name(self, resident: str) -> str:
        if resident not in self.names:
            self.names[resident] = str(
                (present.one(self.connection, self.committee, "resident", resident) or {}).get("name") or ""
            )
        return self.names[resident]


def _person(telling: _Telling, row: str) -> tuple[list[Values], list[Line]]:
    written = past.written(telling.reader, "resident", row)
    members = telling.reader.group(row)
    lines = [*_happened(telling, [*members]), *_told(telling, "resident", row, written)]
    for home in {str(each["value"]) for each in written if each["field"] == "household" and each["value"]}:
        stayed = timeline.stays(_homes(written), home)
        lines += [line for line in _at_home(telling, home) if not line.resident and _within(line, stayed)]
    return [{"id": row, "name": telling.name(row)}], lines


def _household(telling: _Telling, row: str) -> tuple[list[Values], list[Line]]:
    """The household's own lines, and those of its people from the time when they lived there."""
    people, lines = [], _told(telling, "household", row, past.written(telling.reader, "household", row))
    for each in sorted(past.members(telling.connection, telling.committee, row)):
        if present.one(telling.connection, telling.committee, "resident", each) is None:
            continue
        written = past.written(telling.reader, "resident", each)
        stayed = timeline.stays(_homes(written), row)
        if not stayed:
            continue
        people.append({"id": each, "name": telling.name(each)})
        theirs = [*_happened(telling, [each]), *_told(telling, "resident", each, written)]
        lines += [line for line in theirs if _within(line, stayed)]
    known = {(line.entity, line.id, line.code) for line in lines}
    lines += [line for line in _at_home(telling, row) if (line.entity, line.id, line.code) not in known]
    return people, lines


def _homes(written: Iterable[Values]) -> list[tuple[str, str | None]]:
    return [(each["at"], each["value"]) for each in written if each["field"] == "household"]


def _within(line: Line, stayed: Iterable[Stay]) -> bool:
    return any(stay.holds(line.at) for stay in stayed)


def _happened(telling: _Telling, residents: Sequence[str]) -> list[Line]:
    """What tables say of people: arrivals, cases with checks and papers, incidents, errands, care."""
    lines = [line for row in telling.rows("arrival", "resident", residents) for line in timeline.of_arrival(row)]
    cases = telling.rows("isolation_case", "resident", residents)
    of: dict[str, list[Values]] = {case["id"]: [] for case in cases}
    for check in telling.rows("isolation_check", "isolation_case", of):
        of[check["isolation_case"]].append(check)
    now = telling.session.now()
    lines += [line for case in cases for line in timeline.of_case(case, of[case["id"]], now)]
    whose = {case["id"]: str(case["resident"]) for case in cases}
    for row in telling.rows("notice", "isolation_case", of):
        lines += timeline.of_notice({**row, "resident": whose[row["isolation_case"]]})
    for entity, told in (
        ("incident", timeline.of_incident), ("task", timeline.of_task), ("care_plan", timeline.of_plan),
        ("care_contact", timeline.of_contact),
    ):  # fmt: skip
        lines += [line for row in telling.rows(entity, "resident", residents) for line in told(row)]
    return lines


def _at_home(telling: _Telling, household: str) -> list[Line]:
    """What happened to a household as a whole, or to whoever was named with it."""
    lines: list[Line] = []
    for entity, told in (
        ("visit", timeline.of_visit), ("arrival", timeline.of_arrival), ("incident", timeline.of_incident),
        ("task", timeline.of_task), ("notice", timeline.of_notice),
    ):  # fmt: skip
        lines += [line for row in telling.rows(entity, "household", [household]) for line in told(row)]
    return lines


# ---------------------------------------------------------------- what was written of a record itself


def _told(telling: _Telling, entity: str, row: str, written: Sequence[Values]) -> list[Line]:
    """Changes of fields, one line an act; and the moves between committees. In the order in which they were written."""
    lines: dict[str, list[Line]] = {}
    before: dict[str, Any] = {}
    changed: dict[str, list[tuple[str, Any, Any]]] = {}
    acts: dict[str, Values] = {}
    for each in written:
        key, batch = each["field"], each["batch"]
        acts.setdefault(batch, each)
        lines.setdefault(batch, [])
        if (entity, key) == ("resident", "move"):
            by = telling.account(each["account"])
            line = timeline.of_move(row, each["at"], each["value"], telling.committees, by)
            lines[batch] += [line] if line is not None else []
        elif key in ENTITIES[entity] and key not in SKIPPED:
            changed.setdefault(batch, []).append((key, before.get(key), each["value"]))
        before[key] = each["value"]
    first = next(iter(changed), None)
    for batch, fields in changed.items():
        act = acts[batch]
        words = _created(act) if batch == first else _changes(telling, entity, fields)
        if words:
            code = "timeline-created" if batch == first else "timeline-changed"
            source = say("timeline-source", source=act["source"]) if act["source"] else ""
            told = {"what": words, "source": source, "title": ENTITIES[entity].title}
            lines[batch].append(Line(
                timeline.when(act["at"]), timeline.CHANGE, entity, row, code, told,
                row if entity == "resident" else "", telling.account(act["account"]),
            ))  # fmt: skip
    return [line for some in lines.values() for line in some]


def _created(act: Values) -> str:
    return say("timeline-registered" if act["source"] else "timeline-made")


def _changes(telling: _Telling, entity: str, changed: Iterable[tuple[str, Any, Any]]) -> str:
    order = {field.key: number for number, field in enumerate(ENTITIES[entity])}
    return "；".join(
        say(
            "timeline-field", title=ENTITIES[entity][key].title, old=_value(telling, entity, key, old),
            new=_value(telling, entity, key, new),
        )
        for key, old, new in sorted(changed, key=lambda each: order[each[0]]) if old != new
    )  # fmt: skip


def _value(telling: _Telling, entity: str, key: str, value: Any) -> str:
    field = ENTITIES[entity][key]
    if value is None or value == "" or value == []:
        return say("timeline-empty")
    if field.level >= 3 or is_sealed(value):
        return say("timeline-sealed")
    if field.refers_to == "household":
        return telling.home(value)
    if field.refers_to == "resident":
        return telling.name(str(value)) or say("timeline-nowhere")
    if field.refers_to:
        path = places.path_of(telling.connection, telling.committee, field.refers_to, str(value))
        return " ".join(path.split("/")) or say("timeline-nowhere")
    words = show(field, mask(field, value))
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"


# ---------------------------------------------------------------- as people read it


def _home(connection: Connection, committee: str, resident: str) -> str:
    return str((present.one(connection, committee, "resident", resident) or {}).get("household") or "")


def _door(connection: Connection, committee: str, household: str) -> dict[str, str]:
    """Where the window shows a household: building and household, as far as they are known."""
    home = present.one(connection, committee, "household", household) or {} if household else {}
    dwelling = (
        present.one(connection, committee, "dwelling", str(home["dwelling"])) or {} if home.get("dwelling") else {}
    )
    building = dwelling.get("building")
    return {"building": str(building), "household": household} if building else {}


def _said(telling: _Telling, line: Line, door: Mapping[str, str]) -> Values:
    return {
        "at": line.at, "day": line.day, "time": line.time, "kind": line.kind, "entity": line.entity, "id": line.id,
        "resident": line.resident, "name": telling.name(line.resident) if line.resident else "",
        "what": say(line.code, **line.details).strip(), "by": line.by, "where": _where(line, door),
    }  # fmt: skip


def _where(line: Line, door: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The section of the window in which the record opens, and with what."""
    if line.entity == "arrival":
        return "isolation", {"page": "arrivals", "arrival": line.id}
    if line.entity == "isolation_case":
        return "isolation", {"page": "cases", "case": line.id}
    if line.entity == "incident":
        return "incidents", {"incident": line.id}
    if line.entity in ("care_plan", "care_contact"):
        return "care", {"resident": line.resident}
    if line.entity == "task":
        return "isolation", {"page": "errands", **({"household": door["household"]} if door else {})}
    if line.entity == "notice":
        return "isolation", {"page": "papers"}
    return "residents", {**door, **({"resident": line.resident} if line.resident and door else {})}
