"""Is this row of a list an arrival that is known already, and what would change of it? Pure.

The same person on the same flight is the same, however often a list comes and whatever was corrected in it; two people of
one name on one flight stay two as long as anything tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import arrivals, clock
from app.domain.differences import phone_key
from app.domain.likeness import name_key

Values = Mapping[str, Any]

WITHIN = 2
"""Days by which a corrected list may put an arrival otherwise."""
CORRECTED = (
    "origin", "overseas", "arrived_on", "transport", "transport_no", "person_phone", "address", "expected_at", "note",
)  # fmt: skip
"""What a later list corrects."""
ENOUGH = 1


@dataclass(frozen=True, slots=True)
class Known:
    """An arrival on record. committee: whose; the centre's office for one that waits there."""

    committee: str
    values: Values

    @property
    def id(self) -> str:
        return str(self.values["id"])


def pair(rows: Sequence[Values], known: Iterable[Known]) -> list[Known | None]:
    """For each row the arrival it speaks of, each at most once, the likeliest pairs first."""
    by_name: dict[str, list[Known]] = {}
    for each in known:
        by_name.setdefault(name_key(str(each.values.get("person_name") or "")), []).append(each)
    ranked = sorted(
        (-likeness(row, one.values), one.values.get("state") == arrivals.REASSIGNED, place, number, one)
        for place, row in enumerate(rows)
        for number, one in enumerate(by_name.get(name_key(str(row.get("person_name") or "")), ()))
    )  # whoever was reassigned is found again as what became of it
    found: list[Known | None] = [None] * len(rows)
    taken: set[str] = set()
    for worse, _, place, _, one in ranked:
        if -worse >= ENOUGH and found[place] is None and one.id not in taken:
            found[place] = one
            taken.add(one.id)
    return found


def likeness(row: Values, known: Values) -> int:
    """How much speaks for one arrival, of two people of one name; ENOUGH and more: the same.

    A corrected address alone does not make another person of somebody on the same flight; another telephone does.
    """
    apart = _days_apart(row, known)
    if apart is not None and apart > WITHIN:
        return -9
    score = 0 if apart is None else 1 if apart == 0 else -1
    score += _agree(_phone(row), _phone(known), 2, -2)
    score += _agree(_flight(row), _flight(known), 1, -1)
    score += _agree(str(row.get("address") or ""), str(known.get("address") or ""), 2, -1)
    return score + _agree(str(row.get("resident") or ""), str(known.get("resident") or ""), 2, -2)


def is_twice(row: Values, earlier: Values) -> bool:
    """Does a list say the same person twice? Nothing may gainsay it."""
    if name_key(str(row.get("person_name") or "")) != name_key(str(earlier.get("person_name") or "")):
        return False
    pairs = [(_phone(row), _phone(earlier)), (_flight(row), _flight(earlier))]
    pairs += [(str(row.get(key) or ""), str(earlier.get(key) or "")) for key in ("address", "resident")]
    return not _days_apart(row, earlier) and all(one == other or not one or not other for one, other in pairs)


def _days_apart(row: Values, known: Values) -> int | None:
    one, other = arrivals.day_of(row), arrivals.day_of(known)
    return abs((one - other).days) if one is not None and other is not None else None


def _agree(one: str, other: str, same: int, different: int) -> int:
    if not one or not other:
        return 0
    return same if one == other else different


def _phone(values: Values) -> str:
    number = values.get("person_phone")
    return phone_key(str(number)) if number else ""


def _flight(values: Values) -> str:
    return "".join(str(values.get("transport_no") or "").upper().split())


def corrections(row: Values, known: Values) -> dict[str, Any]:
    """What the row says otherwise; who it is and where he goes only where nobody has said so yet.

    An arrival that has ended is history: a list that comes again says nothing new of it.
    """
    if not arrivals.is_open(known):
        return {}
    said = {key: row[key] for key in CORRECTED if row.get(key) not in (None, "") and not _alike(key, row, known)}
    return said | {key: row[key] for key in ("resident", "household") if row.get(key) and not known.get(key)}


def _alike(key: str, row: Values, known: Values) -> bool:
    if key == "expected_at":
        return clock.moment(row[key]) == clock.moment(known.get(key))
    return bool(row[key] == known.get(key))
