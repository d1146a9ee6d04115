"""One record at a time: shown, added, changed, removed, and where each of its values came from.

Longer than most files: adding, changing and removing ask the same questions in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.db import history as past
from app.db import present
from app.db.ledger import Writing
from app.domain import addresses, by_steps, geometry, ids, moves, strict
from app.domain.fields import ENTITIES, Type
from app.domain.findings import UserError
from app.services import erasures, looking, places
from app.services.session import Session
from app.services.values import SEALED, Values, number_index, opened, presented, stored, whole_lists

ADDABLE = frozenset(ENTITIES) - {"account", "committee", "doubtful"}
NEEDED = {
    "estate": "name", "building": "number", "dwelling": "building", "household": "dwelling", "resident": "name",
    "residence": "resident", "isolation_case": "resident", "isolation_check": "isolation_case",
    "visit": "household", "block": "label", "group": "name", "task": "what", "incident": "what",
    "isolation_rule": "code", "notice": "kind", "incident_photo": "incident", "care_plan": "resident",
    "care_contact": "resident", "shift_note": "text",
}  # fmt: skip

DECIDED = {"isolation_rule": "isolation.rules"}
"""Entities that are a decision: whoever writes one needs this right too."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was written; `batch` is what undo takes, "" if nothing was different."""

    id: str
    changed: tuple[str, ...]
    batch: str


# ---------------------------------------------------------------- show


def show(session: Session, entity: str, ref: str, *, history: bool = False, reveal: bool = False) -> Values:
    """One record with what lies in it. Level 3 is masked unless the session has a purpose or `reveal` is asked.

    Opening a person is an entry. Raises UserError: path-unknown, path-ambiguous; Refused: not-allowed, ring-needed,
    not-assigned (a worker, of somebody who is not assigned to it).
    """
    session.require("records.show")
    sensitive = _sensitive(session, entity, reveal)
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, ref, entity)
        committee = session.committee_of(connection, entity, row)
        if sensitive:
            looking.need(session, connection, "records.reveal", committee, entity, row)
        values = present.one(connection, committee, entity, row)
        path = places.path_of(connection, committee, entity, row)
    assert values is not None
    shown = presented(session, entity, values, sensitive=sensitive, phones=True) | {"path": path}
    if entity == "dwelling":
        shown["households"] = [
            household for door in places.dwellings(session, values["building"]) if door["id"] == row
            for household in door["households"]
        ]  # fmt: skip
    elif entity == "household":
        shown["residents"] = places.residents(session, row)
    elif entity == "building":
        shown["dwellings"] = [_brief(door) for door in places.dwellings(session, row)]
    if history:
        shown["history"] = history_of(session, entity, row, sensitive=sensitive)
    if entity == "resident" or sensitive:
        looking.look(session, entity, row, sensitive=sensitive)
    return shown


def _brief(door: Values) -> Values:
    return {key: door[key] for key in ("id", "room", "floor", "path", "households") if door.get(key) is not None}


def _sensitive(session: Session, entity: str, reveal: bool) -> bool:
    """Is level 3 asked for, where there is any? Raises Refused("not-allowed")."""
    if not SEALED.get(entity) or not (reveal or session.purpose_code):
        return False
    session.require("records.reveal")
    return True


def history(session: Session, entity: str, row: str, field: str | None = None, *, reveal: bool = False) -> list[Values]:
    """Every value a record ever had, newest first: field, title, value, at, account, source, batch, current.

    Raises UserError: entity-unknown, path-unknown; Refused as `show`.
    """
    session.require("history")
    if entity not in ENTITIES:
        raise UserError("entity-unknown", entity=entity)
    sensitive = _sensitive(session, entity, reveal)
    with session.db.reading() as connection:
        committee = session.committee_of(connection, entity, row)
        if not committee or present.one(connection, committee, entity, row) is None:
            raise UserError("path-unknown", path=row)
        if sensitive:
            looking.need(session, connection, "history.reveal", committee, entity, row)
    found = history_of(session, entity, row, sensitive=sensitive)
    if sensitive:
        looking.look(session, entity, row, sensitive=True)
    if field is None:
        return found
    of = ENTITIES[entity][field].part_of
    wanted = of[0] if of else field
    erased = ENTITIES[entity][wanted].retention
    return [each for each in found if each["field"] == wanted or each.get("class") == erased]


def history_of(session: Session, entity: str, row: str, *, sensitive: bool) -> list[Values]:
    """The same within a service that has asked for the rights."""
    with session.db.reading() as connection:
        committee = session.committee_of(connection, entity, row)
        found = past.of_row(connection, committee, entity, row)
        accounts = present.account_names(connection, session.office)
        accounts |= present.account_names(connection, committee)
        found += erasures.marks(connection, committee, entity, row)
    for each in found:
        each["title"] = ENTITIES[entity][each["field"]].title if each["field"] in ENTITIES[entity] else each["field"]
        each["account"] = accounts.get(each["account"], each["account"])
        if each["field"] in ENTITIES[entity] and each["value"] is not None:
            one = presented(
                session, entity, {"id": each.pop("row"), each["field"]: each["value"]}, sensitive=sensitive, phones=True
            )
            each["value"] = one[each["field"]]
        else:
            each.pop("row")
    return found


# ---------------------------------------------------------------- write


def add(
    session: Session, entity: str, values: Mapping[str, Any], *, source: str = "", committee: str = "", typed: bool = False
) -> Change:  # fmt: skip
    """A new record. References may be paths; a place takes its id from where it lies.

    committee: for whom a centre makes a task, an arrival, an incident or another record that is no place.
    typed: somebody typed the fields; what only a step of the work writes is refused (field-by-step).
    A dwelling or building may name estate, lane and building in words: what is missing is made.
    Raises UserError: entity-unknown, field-unknown, field-needed, path-…, already-there; Refused.
    """
    session.require("records.add")
    if entity not in ADDABLE:
        raise UserError("entity-unknown", entity=entity)
    session.require(DECIDED.get(entity, "records.add"))
    if typed:
        by_steps.must_begin(entity, values)
    if entity == "group" and session.role == "committee":
        raise UserError("group-of-street")
    if committee and (session.role != "centre" or ENTITIES[entity].place):
        raise UserError("committee-not-yours", entity=ENTITIES[entity].title)
    with session.writing("create", committee) as writing:
        _check_shapes(entity, values)
        known = _resolved(session, writing, entity, values)
        if entity in NEEDED and not known.get(NEEDED[entity]):
            raise UserError("field-needed", field=ENTITIES[entity][NEEDED[entity]].title, key=NEEDED[entity])
        row = _id_for(session, writing, entity, known)
        whole = whole_lists(entity, known, {})
        _check_receivable(entity, whole)
        if entity == "residence":
            _must_be_free(writing, entity, whole, whole)
        _say_source(writing, source)
        writing.change(entity, row, stored(session, entity, row, whole, committee))
        if entity == "resident":
            writing.index_numbers(row, number_index(session, whole.get("documents")))
    return Change(row, tuple(known), writing.batch)


def change(session: Session, entity: str, ref: str, values: Mapping[str, Any], *, source: str = "") -> Change:
    """New values of a record; None clears one. What is as it was is not written; nothing different: no batch."""
    session.require("records.change")
    session.require(DECIDED.get(entity, "records.change"))
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, ref, entity)
        committee = session.committee_of(connection, entity, row)
        before = present.one(connection, committee, entity, row)
    assert before is not None
    _must_open(session, entity, values)
    _check_shapes(entity, values)
    now = opened(session, entity, before)
    with session.db.reading() as connection:
        known = _references(session, connection, entity, values)
    whole = whole_lists(entity, known, now)
    _check_receivable(entity, whole)
    different = {key: value for key, value in whole.items() if now.get(key) != value}
    if not different:
        return Change(row, (), "")
    with session.writing("change", committee) as writing:
        _must_be_free(writing, entity, before, different)
        _say_source(writing, source)
        writing.change(entity, row, stored(session, entity, row, different, committee))
        if entity == "resident" and "documents" in different:
            writing.index_numbers(row, number_index(session, different["documents"]))
    return Change(row, tuple(different), writing.batch)


def _check_receivable(entity: str, values: Mapping[str, Any]) -> None:
    """What is written must be such that others may receive it. Raises UserError("value-refused")."""
    for key, value in values.items():
        if reason := strict.value_problem(ENTITIES[entity][key], value):
            raise UserError("value-refused", field=ENTITIES[entity][key].title, reason=reason)


def _check_shapes(entity: str, values: Mapping[str, Any]) -> None:
    """What is drawn must be an outline.

    Raises UserError: shape-invalid, account-no-record (accounts are changed as accounts, not as records).
    """
    if entity == "account":
        raise UserError("account-no-record")
    try:
        if values.get("geometry") is not None:
            geometry.read(values["geometry"])
    except geometry.GeometryError:
        raise UserError("shape-invalid") from None


def _must_be_free(writing: Writing, entity: str, values: Mapping[str, Any], keys: Iterable[str]) -> None:
    """Of whoever is offered to another committee identity and address stay as they are. values: the record as it stands.

    Raises UserError("move-frozen").
    """
    connection, committee = writing.connection, writing.author.committee_id
    if entity == "resident":
        moves.require_not_frozen(values, keys)
    elif entity == "residence" and values.get("resident"):
        moves.require_not_frozen(
            present.one(connection, committee, "resident", values["resident"]) or {}, ("household",)
        )
    elif entity == "household" and "dwelling" in keys and "id" in values:
        for person in present.where(connection, committee, "resident", household=values["id"]):
            moves.require_not_frozen(person, ("household",))


def _must_open(session: Session, entity: str, values: Mapping[str, Any]) -> None:
    for key in values:
        if key not in ENTITIES[entity]:
            raise UserError("field-unknown", field=key, entity=ENTITIES[entity].title)
        if ENTITIES[entity][key].level >= 3 and session.ring is None:
            raise session.refusal("ring-needed", "records.change", field=ENTITIES[entity][key].title)


def remove(session: Session, entity: str, ref: str) -> Change:
    """Delete a record that was a mistake. Raises UserError: in-use (others refer to it), account-no-record."""
    session.require("records.remove")
    if entity == "account":
        raise UserError("account-no-record")
    session.require(DECIDED.get(entity, "records.remove"))
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, ref, entity)
        committee = session.committee_of(connection, entity, row)
        users = present.referring(connection, committee, entity, row)
    if users:
        raise UserError("in-use", entity=ENTITIES[entity].title, count=users)
    with session.writing("delete", committee) as writing:
        before = present.one(writing.connection, committee, entity, row) or {}
        _must_be_free(writing, entity, before, ("household", "dwelling"))
        for member in writing.reader.group(row):
            writing.set_deleted(entity, member, True)
    return Change(row, ("deleted",), writing.batch)


def _say_source(writing: Writing, source: str) -> None:
    if source:
        writing.act("source", "batch", writing.batch, {"source": source})


# ---------------------------------------------------------------- references and places


def _references(session: Session, connection: Any, entity: str, values: Mapping[str, Any]) -> Values:
    """References given as paths become ids; unknown fields are refused."""
    result: Values = {}
    for key, value in values.items():
        if key not in ENTITIES[entity]:
            raise UserError("field-unknown", field=key, entity=ENTITIES[entity].title)
        field = ENTITIES[entity][key]
        if field.type is Type.REFERENCE and value:
            value = places.resolve_in(connection, session, str(value), field.refers_to)[1]
        result[key] = value
    return result


def _resolved(session: Session, writing: Writing, entity: str, values: Mapping[str, Any]) -> Values:
    values = dict(values)
    if entity == "dwelling" and "estate" in values:
        door = {key: values.pop(key, None) for key in ("estate", "lane")}
        values["building"] = _building(session, writing, {**door, "number": values.get("building")})
    if entity in ("building", "block") and values.get("estate"):
        values["estate"] = _estate(session, writing, str(values["estate"]))
    if entity == "building" and values.get("number"):
        values["number"] = addresses.building(str(values["number"]))
    if entity == "dwelling" and values.get("room"):
        values["room"] = addresses.room(str(values["room"]))[0]
    return _references(session, writing.connection, entity, values)


def _estate(session: Session, writing: Writing, name: str) -> str:
    """An estate by id or name; made if there is none of the name."""
    found = present.where(writing.connection, session.committee_id, "estate", name=addresses.tidy(name))
    if found:
        return str(found[0]["id"])
    if present.one(writing.connection, session.committee_id, "estate", name):
        return name
    row = ids.place_id(session.committee_id, (addresses.tidy(name),))
    writing.change("estate", row, {"name": addresses.tidy(name)})
    writing.show()
    return row


def _building(session: Session, writing: Writing, values: Values) -> str:
    """A building by its words; made if it is not there."""
    estate = _estate(session, writing, str(values["estate"]))
    number, lane = addresses.building(str(values["number"] or "")), addresses.lane(str(values["lane"] or ""))
    for row in present.where(writing.connection, session.committee_id, "building", estate=estate, number=number):
        if not lane or row.get("lane", "") == lane:
            return str(row["id"])
    made = {"estate": estate, "number": number, **({"lane": lane} if lane else {})}
    row_id = _id_for(session, writing, "building", made)
    writing.change("building", row_id, made)
    writing.show()
    return row_id


def _id_for(session: Session, writing: Writing, entity: str, values: Values) -> str:
    """uuid5 of the path for places, uuid7 for the rest. Raises UserError("already-there") for a place that is."""
    if not ENTITIES[entity].place:
        return ids.new_id()
    above = {"building": "estate", "block": "estate", "dwelling": "building"}.get(entity)
    prefix = place_path(writing.connection, session.committee_id, above, str(values.get(above) or "")) if above else ()
    own = {"estate": ("name",), "block": ("label",), "building": ("lane", "number"), "dwelling": ("unit", "room")}
    marks = ("幢",) if entity == "block" else ()
    row = ids.place_id(session.committee_id, (*prefix, *marks, *(str(values.get(key) or "") for key in own[entity])))
    if present.one(writing.connection, session.committee_id, entity, row):
        path = places.path_of(writing.connection, session.committee_id, entity, row)
        raise UserError("already-there", entity=ENTITIES[entity].title, path=path)
    return row


def place_path(connection: Any, committee: str, entity: str, row: str) -> tuple[str, ...]:
    """The parts of a place's path from which the ids below it derive."""
    values = present.one(connection, committee, entity, row) or {}
    if entity == "estate":
        return (str(values.get("name") or ""),)
    above = place_path(connection, committee, "estate", str(values.get("estate") or ""))
    return (*above, str(values.get("lane") or ""), str(values.get("number") or ""))
