"""Moving house from one committee to another: what one field of a resident's row says, and what travels.

Offer, cancelling and closing are one field of the old committee's row, so that whoever cancels while the other side
accepts is told of it as a conflict (ledger-and-bundles.md §3). At the new committee the same field of the new row says
that the person arrived or was accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.ids import is_id

Move = dict[str, Any]
"""offer (its id), state, and to (the new committee) in the old row or of (the old one) in the new row."""

OFFERED, CLOSED, ARRIVED, ACCEPTED = "offered", "closed", "arrived", "accepted"

CARRIED = (
    "name", "sex", "birth_date", "birth_year", "documents", "phones", "person_class", "nationality", "hukou_address",
    "ethnicity", "party_member", "care_groups", "care_groups_sensitive", "emergency_contacts",
)  # fmt: skip
"""What the new committee is told: who it is and what care it owes; notes, work and earlier whereabouts stay behind."""


def state_of(values: Mapping[str, Any]) -> str:
    """The state of a row's move, "" if there is none."""
    move = values.get("move")
    return str(move.get("state", "")) if isinstance(move, dict) else ""


def is_move(value: object) -> bool:
    """Has it the shape that one of the functions below makes?"""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        return False
    other = {OFFERED: "to", CLOSED: "to", ARRIVED: "of", ACCEPTED: "of"}.get(str(value.get("state")))
    return (
        other is not None and set(value) == {"offer", "state", other} and is_id(value["offer"]) and is_id(value[other])
    )


def offered(offer: str, to: str) -> Move:
    return {"offer": offer, "state": OFFERED, "to": to}


def arrived(offer: str, of: str) -> Move:
    return {"offer": offer, "state": ARRIVED, "of": of}


def accepted(move: Mapping[str, Any]) -> Move:
    return {**move, "state": ACCEPTED}


def closed(move: Mapping[str, Any]) -> Move:
    return {**move, "state": CLOSED}
