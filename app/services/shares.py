"""共享台账: what left this workspace, when, by whom, to whom, which fields, of how many people, for which purpose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from app.db import history, present
from app.db.connection import Connection
from app.domain.access import PURPOSES
from app.domain.fields import ENTITIES, RESIDENT, ROSTER_FIELDS
from app.domain.findings import UserError
from app.exchange import shared_list
from app.services import enrolment
from app.services.session import Session
from app.services.values import Values
from app.words import say

ACTIONS = ("export", "print", "share")
"""Acts by which something leaves. A bundle is one of them."""
TITLES = {purpose.code: purpose.title for purpose in PURPOSES}


def list_(session: Session, since: str | None = None, until: str | None = None) -> list[Values]:
    """Everything that left in a period (ISO days, both inclusive), newest first.

    batch, at, by and second (account ids), account and second_name (their names), kind (bundle, report, sheets, map,
    extract, disclosure, shares, file), to, what (the file), fields (titles), persons (None: not known), sensitive,
    purpose (title), purpose_code, committee. Raises UserError("day-invalid"); Refused.
    """
    session.require("shares.read")
    first, last = _day(since), _day(until)
    with session.db.reading() as connection:
        scope = dict.fromkeys((session.office, *session.scope(connection)))
        acts = [
            act
            for committee in scope
            for act in history.acts(connection, committee, actions=ACTIONS)
            if (first is None or act["at"][:10] >= first) and (last is None or act["at"][:10] <= last)
        ]
        acts.sort(key=lambda act: str(act["at"]), reverse=True)
        return rows(session, connection, acts)


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise UserError("day-invalid", value=text) from None


def rows(session: Session, connection: Connection, acts: Iterable[Values]) -> list[Values]:
    """Acts of leaving as this list has them."""
    names: dict[str, str] = {}
    for committee in (*session.scope(connection), session.office):
        names |= present.account_names(connection, committee)
    registry = enrolment.held(connection)
    peers = {member.id: member.name for member in registry[1].members} if registry else {}
    return [_row(act, names, peers) for act in acts]


def _row(act: Values, names: dict[str, str], peers: dict[str, str]) -> Values:
    said = act["said"]
    second = str(said.get("second") or "")
    kind = _kind(act)
    return {
        "batch": act["batch"], "at": act["at"], "by": act["account"], "second": second,
        "account": names.get(act["account"], act["account"]), "second_name": names.get(second, second),
        "kind": kind, "to": _to(act, kind, peers), "what": str(said.get("out") or said.get("file") or ""),
        "fields": [title_of(str(key)) for key in said.get("fields") or ()],
        "persons": said.get("persons", said.get("rows")), "sensitive": bool(said.get("sensitive")),
        "purpose": TITLES.get(act["purpose"]) or str(said.get("purpose") or ""), "purpose_code": act["purpose"],
        "committee": act["committee"],
    }  # fmt: skip


def _kind(act: Values) -> str:
    """What left; older acts do not say it, but what they speak of tells."""
    said = act["said"]
    if act["entity"] == "bundle":
        return "bundle"
    for key, kind in (("kind", str(said.get("kind"))), ("template", "report"), ("map", "map"), ("code", "sheets")):
        if said.get(key):
            return kind
    return "file"


def _to(act: Values, kind: str, peers: dict[str, str]) -> str:
    """Who has it: as the act says; a bundle's receiver by the registry; else whoever holds the paper or the file."""
    said = act["said"]
    if kind == "bundle":
        return str(said.get("to") or peers.get(act["id"], act["id"]))
    return str(said.get("to") or say("shares-paper" if act["action"] == "print" else "shares-file"))


def title_of(key: str) -> str:
    """What a field is called; a key that no catalogue knows stands for itself."""
    if key in SAID:
        return say(f"field-{key}")
    found = RESIDENT.by_key.get(key) or ROSTER_FIELDS.get(key)
    found = found or next((entity[key] for entity in ENTITIES.values() if key in entity), None)
    return found.title if found else key


SAID = frozenset({"path", "age", "situation", "class", "all"})
"""Columns of a report that are derived; `field-…` in the catalogue of words."""


def write(session: Session, out: Path, since: str | None = None, until: str | None = None) -> Values:
    """The list as a workbook for an auditor: out, rows, since, until. It leaves an entry of its own.

    Raises UserError: shares-type, day-invalid, report-unwritable; Refused.
    """
    session.require("shares.write")
    if out.suffix.lower() != ".xlsx":
        raise UserError("shares-type", file=out.name)
    found = list_(session, since, until)
    period = say("shares-period", since=since or say("shares-begin"), until=until or session.now().date().isoformat())
    made = shared_list.book(
        say("shares-title", name=session.name), [period, say("shares-maker", name=session.account,
        at=session.now().isoformat(timespec="minutes").replace("T", " ")[:16], count=len(found))],
        say("shares-columns").split("|"), [_cells(number, row) for number, row in enumerate(found, 1)],
        practice=say("shares-practice") if session.rehearsal else "",
    )  # fmt: skip
    with session.noting("export", purpose=session.purpose_code or "report") as writing:
        writing.act("export", "committee", session.committee_id, {
            "kind": "shares", "out": out.name, "fields": [], "persons": 0, "to": say("shares-auditor"),
            "purpose": session.purpose or "",
        })  # fmt: skip
    shared_list.save(made, out)
    return {"out": str(out), "rows": len(found), "since": since, "until": until}


def _cells(number: int, row: Values) -> list[str]:
    persons = "" if row["persons"] is None else str(row["persons"])
    return [
        str(number), row["at"][:16].replace("T", " "), say(f"shares-kind-{row['kind']}"), row["account"],
        row["second_name"], row["to"], row["what"], "、".join(row["fields"]), persons,
        say("shares-sensitive") if row["sensitive"] else "", row["purpose"],
    ]  # fmt: skip
