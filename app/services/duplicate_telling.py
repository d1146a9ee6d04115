"""Two people side by side in words: who each is, where they live, what hangs on them, how each field stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.db import pairs, present
from app.db.connection import Connection
from app.db.seal import is_sealed
from app.domain import uniting
from app.domain.fields import Field, Type
from app.domain.matching import Known
from app.domain.scoring import Likeness
from app.domain.values import HIDDEN, show
from app.services import places
from app.services.session import Session
from app.services.values import Values, number_index, opened, presented
from app.words import say

BRIEF = ("name", "sex", "birth_year", "birth_date", "id_number", "phone", "status")


Place = tuple[str, str, str]


def known_of(session: Session, values: Values, dwelling: str | None, place: Place | None = None) -> Known:
    """A person as pairs are looked for: numbers as index values, from what this account can open.

    place: building id, unit, room.
    """
    whole = opened(session, "resident", values)
    numbers = number_index(session, whole.get("documents"))
    born = whole.get("birth_date")
    return Known(
        id=values["id"], household=values.get("household"), dwelling=dwelling, name=values.get("name") or "",
        birth_year=values.get("birth_year"), id_index=numbers[0] if numbers else None,
        phones=tuple(each["number"] for each in values.get("phones") or () if each.get("number")),
        status=values.get("status"), sex=values.get("sex"), birth_date=None if is_sealed(born) else born,
        further_ids=tuple(numbers[1:]), place=place,
    )  # fmt: skip


@dataclass(slots=True)
class Telling:
    """Describes people of one committee; paths and what hangs on whom are read once."""

    session: Session
    connection: Connection
    committee: str
    hanging: dict[str, dict[str, int]] = field(init=False)
    visited: dict[str, int] = field(init=False)
    homes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hanging = pairs.hanging(self.connection, self.committee)
        self.visited = pairs.visited(self.connection, self.committee)

    def person(self, values: Values) -> Values:
        """id, path, place, name and the like (masked), hangs: {arrivals, cases, active, visits of the household}."""
        shown = presented(self.session, "resident", values, sensitive=False, phones=False)
        home, name = values.get("household") or "", values.get("name") or ""
        place = self.home(home)
        hangs = {"arrivals": 0, "cases": 0, "active": 0} | self.hanging.get(values["id"], {})
        return {
            "id": values["id"], **{key: shown[key] for key in BRIEF if shown.get(key) is not None},
            "place": place.replace("/", " "), "path": "/".join(filter(None, (place, name))),
            "hangs": hangs | {"visits": self.visited.get(home, 0)},
        }  # fmt: skip

    def pair(self, one: Values, other: Values, like: Likeness) -> Values:
        """{one, other, score (per cent; a hundred only where a number is the same), why, against, committee}"""
        most = 100 if "same-number" in like.why else 99
        return {
            "one": self.person(one), "other": self.person(other), "score": min(most, int(100 * like.score)),
            "why": list(like.why), "against": list(like.against), "committee": self.committee,
        }  # fmt: skip

    def home(self, household: str) -> str:
        if household and household not in self.homes:
            self.homes[household] = places.path_of(self.connection, self.committee, "household", household)
        return self.homes.get(household, "")

    # ---------------------------------------------------------------- field by field

    def fields(self, one: Values, other: Values, *, sensitive: bool) -> list[Values]:
        """Of each field that either has: field, title, level, state, one and other in words.

        What must be chosen comes first, then what is united, what only one has, what is the same.
        """
        sides = [opened(self.session, "resident", each) for each in (one, other)]
        shown = [presented(self.session, "resident", each, sensitive=sensitive, phones=True) for each in (one, other)]
        found = []
        for key, of in uniting.FIELDS.items():
            state = uniting.agreement(of, sides[0].get(key), sides[1].get(key)) if key != "move" else None
            if state is not None:
                texts = [self._text(of, each.get(key)) for each in shown]
                found.append({
                    "field": key, "title": _TITLES.get(key, of.title), "level": of.level, "state": str(state), "one": texts[0],
                    "other": texts[1],
                })  # fmt: skip
        return sorted(found, key=lambda each: _ORDER.index(each["state"]))

    def _text(self, of: Field, value: Any) -> str:
        if value is None or is_sealed(value):
            return "" if value is None else HIDDEN
        if of.key == "household":
            return self.home(str(value)).replace("/", " ") or say("conflict-gone")
        if of.type is Type.REFERENCE:
            row = present.one(self.connection, self.committee, of.refers_to, str(value)) or {}
            return str(row.get("name") or say("conflict-gone"))
        if isinstance(value, dict):
            return "；".join(f"{title}：{text}" for title, text in value.items())
        return show(of, value)


_TITLES = {"household": "住址"}
_ORDER = ["differs", "united", "one", "other", "same"]
