"""Moving house from one committee to another: what one field of a resident's row says, and what travels.

Offer, cancelling, refusing and closing are one field of the old committee's row, so that whoever cancels while the other
side accepts is told of it as a conflict (ledger-and-bundles.md §3). At the new committee the same field of the new row
says that the person arrived, was accepted, was refused, or was withdrawn before anybody took them in. A running
isolation case travels along; the old committee keeps the duty until the acceptance is back (domain.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain import clock
from app.domain.fields import ISOLATION_CASE, RESIDENT
from app.domain.findings import UserError
from app.domain.ids import is_id
from app.domain.isolation import ACTIVE

Move = dict[str, Any]
"""offer (its id), state, to (the new committee) in the old row or of (the old one) in the new row; at: when it was
offered, shown and never decided by; why: of a refusal."""

OFFERED, CLOSED, ARRIVED, ACCEPTED = "offered", "closed", "arrived", "accepted"
REFUSED, WITHDRAWN = "refused", "withdrawn"
"""Refused by the new committee (both rows say so); taken back by the old one before anybody was taken in (new row)."""
_OTHERS = {OFFERED: ("to",), CLOSED: ("to",), ARRIVED: ("of",), ACCEPTED: ("of",), WITHDRAWN: ("of",),
           REFUSED: ("to", "of")}  # fmt: skip
LONGEST_WHY = 500

CARRIED = (
    "name", "sex", "birth_date", "birth_year", "documents", "phones", "person_class", "nationality", "hukou_address",
    "ethnicity", "party_member", "care_groups", "care_groups_sensitive", "emergency_contacts",
)  # fmt: skip
"""What the new committee is told: who it is and what care it owes; notes, work and earlier whereabouts stay behind."""
CARRIED_CASE = ("rule", "start", "stages", "co_resident", "alert_at", "alert_done_at")
"""Of a running case: its course, and whether somebody has to act at once. Checks, officers and notes stay behind."""
FROZEN = ("name", "sex", "birth_date", "birth_year", "documents", "household", "residence_kind")
"""What nobody changes of somebody who is offered: identity and address (domain.md). All else stays writable."""
COMPULSORY = ("receiver_unit", "receiver_name", "receiver_phone", "handed_over_at")
"""Of somebody who leaves the street: who takes over, with telephone and time (domain.md)."""
LEAVING = ("迁出", "暂离")


def state_of(values: Mapping[str, Any]) -> str:
    """The state of a row's move, "" if there is none."""
    move = values.get("move")
    return str(move.get("state", "")) if isinstance(move, dict) else ""


def is_move(value: object) -> bool:
    """Has it the shape that one of the functions below makes?"""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        return False
    others = [key for key in _OTHERS.get(str(value.get("state")), ()) if key in value]
    return (
        len(others) == 1 and set(value) - {"at", "why"} == {"offer", "state", others[0]}
        and is_id(value["offer"]) and is_id(value[others[0]])
        and ("at" not in value or clock.moment(value["at"]) is not None)
        and ("why" not in value or (value["state"] == REFUSED and len(value["why"]) <= LONGEST_WHY))
    )  # fmt: skip


def offered(offer: str, to: str, at: str = "") -> Move:
    return {"offer": offer, "state": OFFERED, "to": to, **({"at": at} if at else {})}


def arrived(offer: str, of: str, at: str = "") -> Move:
    return {"offer": offer, "state": ARRIVED, "of": of, **({"at": at} if at else {})}


def accepted(move: Mapping[str, Any]) -> Move:
    return _told(move, ACCEPTED)


def closed(move: Mapping[str, Any]) -> Move:
    return _told(move, CLOSED)


def refused(move: Mapping[str, Any], why: str) -> Move:
    """In the row of either side. why: the receiving committee's words."""
    return {**_told(move, REFUSED), "why": why[:LONGEST_WHY]}


def withdrawn(move: Mapping[str, Any]) -> Move:
    return _told(move, WITHDRAWN)


def _told(move: Mapping[str, Any], state: str) -> Move:
    return {key: each for key, each in move.items() if key in ("offer", "to", "of", "at")} | {"state": state}


def is_offer_to(value: object, offer: str, to: str) -> bool:
    """Is it this offer to this committee? When it was made does not matter."""
    return isinstance(value, dict) and (value.get("offer"), value.get("state"), value.get("to")) == (offer, OFFERED, to)


def closes(value: object, offer: str) -> bool:
    return isinstance(value, dict) and (value.get("offer"), value.get("state")) == (offer, CLOSED)


def running(cases: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of a person's cases those that somebody has a duty of, or is about to have."""
    return [case for case in cases if case.get("state") in ACTIVE]


def require_not_frozen(values: Mapping[str, Any], keys: Iterable[str], name: str = "") -> None:
    """values: the resident as it stands; keys: the fields about to be written, lists by their own name.

    Raises UserError("move-frozen") with name and fields (titles) while the person is offered to another committee.
    """
    touched = [key for key in FROZEN if key in set(keys)]
    if touched and state_of(values) == OFFERED:
        raise UserError(
            "move-frozen", name=name or values.get("name", ""),
            fields="、".join(RESIDENT[key].title for key in touched),
        )  # fmt: skip


def require_receiver(said: Mapping[str, Any]) -> None:
    """Raises UserError("receiver-needed") naming what is missing of whoever takes over an isolating person."""
    missing = [ISOLATION_CASE[key].title for key in COMPULSORY if not str(said.get(key) or "").strip()]
    if missing:
        raise UserError("receiver-needed", fields="、".join(missing))
    if clock.moment(said["handed_over_at"]) is None:
        raise UserError("receiver-time", value=said["handed_over_at"])
