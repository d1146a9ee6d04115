"""Identifiers: who is who across PCs that never talk to each other.

People and events get time-ordered uuid7 (committees never collide, inserts append); places get uuid5 of
their normalised path, so two PCs that both enter 12号 mean the same door (ledger-and-bundles.md §1).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NewType

from uuid_utils import UUID, uuid5, uuid7

CommitteeId = NewType("CommitteeId", str)
EntityId = NewType("EntityId", str)

# Our own name spaces; fixed for ever, because every place id in every file derives from them.
COMMITTEES = UUID("6d9a5f5e-3a63-5d0e-9c0b-1f6a3d2b8c41")
STREETS = UUID("0b7f0f5c-64a2-5c1b-8f4e-7a9e6c0d2e15")


_ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Is it an id in the form in which all of them are written?"""
    return _ID.fullmatch(text) is not None


def new_id() -> EntityId:
    """A fresh uuid7 in text form, for a person, a household or anything that happens."""
    return EntityId(str(uuid7()))


def device_id(signing: bytes, recipient: str) -> str:
    """Hash of a device's two public keys: nobody can claim another device's id."""
    return hashlib.sha256(b"loutu-device-1\0" + signing + recipient.encode()).hexdigest()[:32]


def committee_id(code: str) -> CommitteeId:
    """The permanent id of a committee, from its division code at first `init`."""
    return CommitteeId(str(uuid5(COMMITTEES, code)))


def street_id(code: str) -> CommitteeId:
    """The id a centre uses in place of a committee's on the street's own rows."""
    return CommitteeId(str(uuid5(STREETS, code)))


def office_id(street: str) -> CommitteeId:
    """The id of what a centre keeps to itself: its accounts, log-ins, exports and looks, which no committee receives."""
    return CommitteeId(str(uuid5(UUID(street), "office")))


def moved_id(offer: str) -> EntityId:
    """The id in the receiving committee of whoever an offer speaks of: the same, however often it is opened."""
    return EntityId(str(uuid5(UUID(offer), "resident")))


def moved_case_id(offer: str, case: str) -> EntityId:
    """The id in the receiving committee of a running isolation case (its old id) that an offer carries along."""
    return EntityId(str(uuid5(UUID(offer), f"case/{case}")))


def stub_id(committee: str, entity: str, contact_code: str) -> EntityId:
    """The id of whatever a centre makes under a contact code: the committee that was told the code by telephone writes
    in the same row before any bundle came, and the bundle joins it."""
    return EntityId(str(uuid5(UUID(committee), f"{entity}/{contact_code}")))


def repeated_id(erase: str) -> str:
    """The id under which a centre repeats an erase for the row that it opened by a move."""
    return str(uuid5(UUID(erase), "moved"))


def place_id(committee: str, path: Iterable[str]) -> EntityId:
    """uuid5 of the normalised path at creation; kept when the place is renamed later.

    path: parts from the estate down, e.g. ("培花新村", "", "12号", "", "302"); empty parts count, so
    that a lane and a unit of the same text never mean the same place.
    """
    return EntityId(str(uuid5(_space(committee), "/".join(path))))


_space = lru_cache(maxsize=64)(UUID)  # a roster makes thousands of places in one committee
