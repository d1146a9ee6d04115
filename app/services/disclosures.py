"""本人查询: everything held on a resident, where it came from, who saw it, who was given it (PIPL 44–47)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app import paper
from app.db import history as past
from app.db import present
from app.db.connection import Connection
from app.db.rows import REFERRERS, Reader
from app.domain.fields import CHECK_SLOTS, ENTITIES, Type
from app.domain.findings import UserError
from app.domain.values import show
from app.files import write_atomic
from app.services import looking, places, records, shares
from app.services.session import Session
from app.services.values import SEALED, Values
from app.sheets import disclosure
from app.sheets.disclosure import Disclosure, Group, Held, Look, Share
from app.words import say

LOOKS = ("view", "search")
OF_OTHERS = frozenset({
    "reporter_name", "reporter_phone", "notified_to", "notified_by", "heard_by", "assigned_to", "assigned_phone",
    "escalated_to", "escalated_by", "under_way_by", "on_site_by", "called_back_by", "receiver_name", "receiver_phone",
    "picked_up_by", "handed_over_to", "home_by",
})  # fmt: skip
"""Fields in which other people stand: left out, and said so."""
PICTURE = "picture"
NOT_TOLD = frozenset({"doubtful", "household", "resident"})
"""Who refers to a resident without being about it for certain: a row not decided yet, a contact, who moved here."""
PURPOSE = "request"


def disclose(session: Session, resident: str, out: Path) -> Values:
    """One PDF for the person: out, pages, values, looks, shares, id (of the entry's batch).

    resident: id or path. Level 3 is shown in full, for the purpose 居民本人查询, and leaves an entry before the file is
    there. Raises UserError: disclose-type, path-unknown, path-ambiguous, report-unwritable; Refused: not-allowed,
    ring-needed, not-assigned.
    """
    session.require("disclose")
    must_be_pdf(out)
    with session.db.reading() as connection:
        _, row = places.resolve_in(connection, session, resident, "resident")
        committee = session.committee_of(connection, "resident", row)
        looking.need(session, connection, "disclose", committee, "resident", row)
        about = [("resident", row), *_about(connection, committee, row)]
        members = [member.id for member in Reader(connection, committee).members(row)]
    groups = _groups(session, about)
    with session.db.reading() as connection:
        others = any(not OF_OTHERS.isdisjoint(present.one(connection, committee, *each) or {}) for each in about)
        made = _paper(session, connection, committee, row, members, groups, others)
    data = disclosure.pdf(made)
    fields = sorted({key for entity, _ in about for key in SEALED[entity]})
    with session.noting("export", purpose=PURPOSE) as writing:
        writing.act("export", "resident", row, {
            "kind": "disclosure", "out": out.name, "to": say("disclose-own"), "persons": 1, "people": [row],
            "fields": fields, "sensitive": True, "purpose": session.purpose or "",
        })  # fmt: skip
    try:
        write_atomic(out, data)
    except OSError:
        raise UserError("report-unwritable", file=str(out)) from None
    values = sum(len(group.held) for group in groups)
    return {
        "id": writing.batch, "out": str(out), "pages": paper.pages(data), "values": values, "looks": len(made.looks),
        "shares": len(made.shares),
    }  # fmt: skip


def must_be_pdf(out: Path) -> None:
    """Raises UserError("disclose-type") for a name that is none of a PDF."""
    if out.suffix.lower() != ".pdf":
        raise UserError("disclose-type", file=out.name)


# ---------------------------------------------------------------- what is held


def _about(connection: Connection, committee: str, resident: str) -> list[tuple[str, str]]:
    """(entity, id) of what is kept on a resident beside its own row."""
    found = [
        (entity, each["id"])
        for entity, column in REFERRERS["resident"]
        if entity not in NOT_TOLD
        for each in present.where(connection, committee, entity, **{column: resident})
    ]
    below = [
        (entity, each["id"])
        for entity, above, column in (
            ("notice", "isolation_case", "isolation_case"), ("incident_photo", "incident", "incident"),
            ("isolation_check", "isolation_case", "isolation_case"),
        )
        for kind, row in found if kind == above
        for each in present.where(connection, committee, entity, **{column: row})
    ]  # fmt: skip
    return found + below


def _groups(session: Session, about: list[tuple[str, str]]) -> list[Group]:
    """A table for each record, one row each for health checks: there are two a day."""
    groups, checks = [], []
    for entity, row in about:
        group = _group(session, entity, row)
        if entity == "isolation_check" and group.held:
            checks.append(_in_one_line(group))
        elif group.held or group.former:
            groups.append(group)
    checks.sort(key=lambda held: held.title)
    return [*groups, Group(ENTITIES["isolation_check"].title, tuple(checks))] if checks else groups


def _in_one_line(group: Group) -> Held:
    """`2020-05-20 上午` and what was found; what it said before stands behind it."""
    fields = ENTITIES["isolation_check"]
    on, slot = (
        next((each.value for each in group.held if each.title == fields[key].title), "") for key in ("on", "slot")
    )
    when = " ".join(filter(None, (on, say(f"disclose-{slot}") if slot in CHECK_SLOTS else slot)))
    rest = [each for each in group.held if each.title not in (fields["on"].title, fields["slot"].title)]
    said = [f"{each.title} {each.value}" for each in rest]
    said += [say("disclose-before", title=each.title, value=each.value) for each in group.former]
    last = max(group.held, key=lambda each: each.at)
    return Held(when, "；".join(said), last.source, last.at, last.account, any(each.sensitive for each in rest))


def _group(session: Session, entity: str, row: str) -> Group:
    """The values of one record, those that stand and those that were replaced; undone ones are not held any more."""
    told = [
        each for each in records.history_of(session, entity, row, sensitive=True)
        if not each["void"] and each["value"] is not None and _is_told(entity, each["field"])
    ]  # fmt: skip
    order = {field.key: number for number, field in enumerate(ENTITIES[entity])}
    standing = sorted((each for each in told if each["current"]), key=lambda each: order[each["field"]])
    return Group(
        ENTITIES[entity].title,
        tuple(_held(entity, each) for each in standing),
        tuple(_held(entity, each) for each in told if not each["current"]),
    )


def _is_told(entity: str, key: str) -> bool:
    if key not in ENTITIES[entity] or key in OF_OTHERS:
        return False
    return ENTITIES[entity][key].type not in (Type.REFERENCE, Type.JSON)


def _held(entity: str, each: Values) -> Held:
    field = ENTITIES[entity][each["field"]]
    value = say("disclose-picture") if field.key == PICTURE else show(field, each["value"])
    return Held(
        field.title, value, each["source"] or say("disclose-no-source"), each["at"][:10],
        each["account"], field.level >= 3,
    )  # fmt: skip


# ---------------------------------------------------------------- who saw it, who has it


def _paper(
    session: Session, connection: Connection, committee: str, row: str, members: list[str], groups: list[Group],
    others: bool,
) -> Disclosure:  # fmt: skip
    values = present.one(connection, committee, "resident", row) or {}
    own = present.one(connection, committee, "committee", committee) or {}
    office = str(own.get("name") or session.name)
    names: dict[str, str] = {}
    for each in (committee, session.office):
        names |= present.account_names(connection, each)
    born = min((each["at"] for each in past.of_row(connection, committee, "resident", row)), default="")
    doubtful = sum("decision" not in each for each in present.where(connection, committee, "doubtful", candidate=row))
    notes = [say("disclose-other", count=doubtful)] if doubtful else []
    if others:
        notes.append(say("disclose-third"))
    return Disclosure(
        say("disclose-title"), str(values.get("name", "")),
        " ".join(places.path_of(connection, committee, "resident", row).split("/")[:-1]), office,
        session.now().isoformat(timespec="minutes").replace("T", " ")[:16], session.account, session.rehearsal,
        say("disclose-law"), tuple(groups), _looks(connection, names, members, born),
        _shares(session, connection, committee, values, members, born), tuple(notes),
        (say("disclose-mend", committee=office), say("disclose-erase"), say("disclose-answer")),
    )  # fmt: skip


def _looks(connection: Connection, names: dict[str, str], members: Iterable[str], born: str) -> tuple[Look, ...]:
    """Who looked, day by day, newest first: at this person alone, or at a form with others."""
    counted: Counter[tuple[str, str, str, bool]] = Counter()
    alone = [
        act for row in members for act in past.acts(connection, None, actions=LOOKS, entity="resident", row=row)
    ]  # fmt: skip
    for act in (*alone, *_looks_at_many(connection, frozenset(members), born)):
        purpose = shares.TITLES.get(act["purpose"]) or str(act["said"].get("purpose") or "")
        if act["said"].get("persons") and not act["said"].get("people"):
            purpose = say("disclose-look-many", purpose=purpose, persons=act["said"]["persons"])
        account = str(names.get(act["account"], act["account"]))
        counted[act["at"][:10], account, purpose, bool(act["said"].get("sensitive"))] += 1
    return tuple(Look(*key, times) for key, times in sorted(counted.items(), reverse=True))


def _looks_at_many(connection: Connection, members: frozenset[str], born: str) -> list[Values]:
    """Of forms that were not saved, and behind their cells; of long ones the entry names nobody, so any may have been in."""
    return [
        act for act in past.acts(connection, None, actions=LOOKS, entity="committee")
        if not members.isdisjoint(act["said"].get("people") or ())
        or (act["said"].get("persons") and not act["said"].get("people") and act["at"] >= born)
    ]  # fmt: skip


def _shares(
    session: Session, connection: Connection, committee: str, values: Values, members: list[str], born: str
) -> tuple[Share, ...]:
    """What left with this person in it, for certain or perhaps; bundles to the street in one line."""
    place = _place(connection, committee, values)
    acts = [
        act for each in dict.fromkeys((session.office, committee))
        for act in past.acts(connection, each, actions=shares.ACTIONS) if act["at"] >= born
    ]  # fmt: skip
    found, bundles = [], []
    for act, said in zip(acts, shares.rows(session, connection, acts), strict=True):
        if said["kind"] == "bundle":
            bundles.append(said)
        elif (sure := _held_it(act, committee, place, members)) and said["kind"] != "shares":
            found.append(Share(
                said["at"][:16].replace("T", " "), said["account"], " ".join(filter(None, (said["to"], said["what"]))),
                "、".join(said["fields"]), said["purpose"], say(sure),
            ))  # fmt: skip
    for to in dict.fromkeys(each["to"] for each in bundles):
        some = [each for each in bundles if each["to"] == to]
        last = some[0]["at"][:16].replace("T", " ")
        found.append(Share(
            some[-1]["at"][:10], some[0]["account"], f"{to} {say('disclose-bundles', count=len(some), at=last)}",
            say("disclose-all"), "", say("disclose-certain"),
        ))  # fmt: skip
    return tuple(found)


def _place(connection: Connection, committee: str, values: Values) -> set[str]:
    """Ids of where the person lives, from the household up."""
    found = {committee}
    above: tuple[tuple[str, str], ...] = (("household", "dwelling"), ("dwelling", "building"), ("building", "estate"))
    row: Any = values.get("household")
    for entity, next_ in above:
        if not row:
            break
        found.add(str(row))
        row = (present.one(connection, committee, entity, str(row)) or {}).get(next_)
    return found | ({str(row)} if row else set())


def _held_it(act: Values, committee: str, place: set[str], members: list[str]) -> str:
    """`disclose-certain`, `disclose-maybe`, or "" where the person cannot have been in it."""
    said = act["said"]
    if act["id"] in members or not set(said.get("people") or ()).isdisjoint(members):
        return "disclose-certain"
    if said.get("people") or not said.get("fields"):
        return ""  # everybody in it is named, or nobody's data was
    buildings = set(said.get("buildings") or ())
    elsewhere = (
        (act["entity"] in ("building", "estate") and act["id"] not in place)
        or (buildings and buildings.isdisjoint(place))
        or (said.get("committees") and committee not in said["committees"])
    )
    return "" if elsewhere else "disclose-maybe" if said.get("where") or said.get("map") else "disclose-certain"
