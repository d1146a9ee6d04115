"""What is answered of a person on a list that came down: 核查结果, decided from the match and from what is on record.

Pure. A doubtful match is never answered: the cell stays empty until somebody has looked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.fields import GONE, LIVING_HERE
from app.domain.likeness import name_key
from app.domain.matching import Known, Match
from app.domain.people import household_situation, lives_here
from app.domain.scoring import AGAINST, PLAIN_NAME

Values = Mapping[str, Any]


class Verdict(StrEnum):
    """The words a superior's list has for it."""

    HERE = "在册实住"
    APART = "人户分离"
    MOVED = "已迁出"
    DEAD = "已去世"
    NOBODY = "查无此人"
    TWICE = "重复"
    NO_ADDRESS = "地址不详"
    DOUBTFUL = "待核"


MATCHED = frozenset({Verdict.HERE, Verdict.APART, Verdict.MOVED, Verdict.DEAD, Verdict.TWICE})
"""Verdicts on somebody who was found; of the others a phone or visit list is made."""
CERTAIN = ("moved", "dead", "gone", "twice")
"""Reasons of a doubtful match that do not doubt who it is, only what would be written of the person."""


@dataclass(frozen=True, slots=True)
class Judged:
    """verdict with its reason: a code whose words are `verdict-<code>`, `details` fill them.

    resident: who it is, or in a doubtful case might be; "" for nobody.
    """

    verdict: Verdict
    reason: str
    resident: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def matched(self) -> bool:
        return self.verdict in MATCHED


def judge(
    match: Match, person: Values | None, *, place: str, named: Iterable[Known] = (), first_row: int | None = None,
    hukou_at_home: bool | None = None,
) -> Judged:  # fmt: skip
    """The answer to one row.

    match: of `domain.matching`. person: the present values of whom it found. place: known, no-room, unknown or none
    (see `KnownDoors.find`). named: others of the same name whom nothing in the row gainsays. first_row: where the same
    person stood in this list before.
    """
    if match.resident is None or person is None:
        return _nobody(place, list(named))
    if match.kind == "doubtful" and not _is_certain(match):
        return Judged(Verdict.DOUBTFUL, "doubtful", match.resident, {"why": str(match.reason)})
    if first_row is not None:
        return Judged(Verdict.TWICE, "twice", match.resident, {"row": first_row})
    return _of(person, match.resident, elsewhere=match.reason == "moved", hukou_at_home=hukou_at_home)


def _is_certain(match: Match) -> bool:
    """Is it doubtful only what would be written? Whoever is merely likely must not be told as dead or gone."""
    why = frozenset(match.why)
    if match.reason not in CERTAIN:
        return False
    if not why or "same-number" in why:
        return True
    gainsaid = why & (AGAINST - {"other-door", "other-phone"}) or why & {"birth-near", "birth-swapped"}
    return not gainsaid and bool(why & PLAIN_NAME) and bool(why & {"same-door", "birth", "phone"})


def _nobody(place: str, named: list[Known]) -> Judged:
    if named:
        return Judged(Verdict.DOUBTFUL, "namesake", named[0].id, {"count": len(named)})
    if place in ("unknown", "no-room"):
        return Judged(Verdict.NO_ADDRESS, f"place-{place}")
    return Judged(Verdict.NOBODY, "nobody-here" if place == "known" else "nobody")


def _of(person: Values, resident: str, *, elsewhere: bool, hukou_at_home: bool | None) -> Judged:
    """Somebody who is found for certain, by status, kind of residence and hukou."""
    status = str(person.get("status") or LIVING_HERE[0])
    if status == "去世":
        return Judged(Verdict.DEAD, "dead", resident)
    if status in GONE:
        return Judged(Verdict.MOVED, "gone", resident)
    if status == "待核":
        return Judged(Verdict.DOUBTFUL, "status-open", resident)
    if status not in LIVING_HERE:
        return Judged(Verdict.APART, "status", resident, {"status": status})
    if not lives_here(person):
        return Judged(Verdict.APART, "not-living", resident, {"kind": str(person.get("residence_kind") or "")})
    if household_situation(person, (), hukou_at_home) == "人在户不在":
        return Judged(Verdict.APART, "hukou-elsewhere", resident)
    return Judged(Verdict.HERE, "other-door" if elsewhere else "here", resident)


def working_answers(judged: Judged, *, living: bool) -> dict[str, str]:
    """是 or 否 to what a list asks beside the verdict: listed (是否在册), here (是否居住), in_city (是否在沪).

    Of somebody who does not live here, only one who is abroad is certainly not in the city.
    """
    told = {}
    if judged.verdict not in (Verdict.TWICE, Verdict.NO_ADDRESS, Verdict.DOUBTFUL):
        told["here"] = "是" if living else "否"
        told["listed"] = "是" if judged.verdict in (Verdict.HERE, Verdict.APART) else "否"
    if living or judged.details.get("status") == "出国":
        told["in_city"] = "是" if living else "否"
    return told


# ---------------------------------------------------------------- who else might it be


class Namesakes:
    """Everybody by name: a list with a name and no more must not be answered 查无此人 while somebody is called so."""

    def __init__(self, people: Iterable[Known]) -> None:
        self._by_name: dict[str, list[Known]] = {}
        for person in people:
            self._by_name.setdefault(name_key(person.name), []).append(person)

    def of(self, row: Values, id_index: bytes | None) -> list[Known]:
        """Those of the row's name whom its number, sex and birth do not gainsay; the living ones first."""
        key = name_key(str(row.get("name") or ""))
        found = [each for each in self._by_name.get(key, ()) if key and not _gainsaid(row, id_index, each)]
        return sorted(found, key=lambda each: each.status in GONE)


def _gainsaid(row: Values, id_index: bytes | None, person: Known) -> bool:
    if id_index is not None and person.id_index is not None:
        return id_index not in (person.id_index, *person.further_ids)
    if row.get("sex") and person.sex and row["sex"] != person.sex:
        return True
    said, known = str(row.get("birth_date") or row.get("birth_year") or ""), person.birth_date or person.birth_year
    return bool(said and known) and said[:4] != str(known)[:4]


# ---------------------------------------------------------------- where the list says


class KnownDoors:
    """The doors there are, to look a list's address up; nothing is made."""

    def __init__(self, doors: Iterable[tuple[Any, ...]]) -> None:
        """doors: (estate id, estate, lane, building id, number, dwelling id, unit, room)."""
        self._buildings: dict[str, dict[str, tuple[str, str]]] = {}
        self._dwellings: dict[tuple[str, str, str], str] = {}
        for _, estate, lane, building, number, dwelling, unit, room in doors:
            self._buildings.setdefault(number or "", {})[building] = (estate or "", lane or "")
            if dwelling:
                self._dwellings[building, unit or "", room or ""] = dwelling

    def find(self, row: Values) -> tuple[str, str | None]:
        """(state, dwelling id). none: the row says no place; unknown: no such building, or several; no-room; known."""
        number = str(row.get("building") or "")
        if not number:
            return "none", None
        said = str(row.get("estate") or ""), str(row.get("lane") or "")
        fitting = [each for each, place in self._buildings.get(number, {}).items() if _fits(*said, *place)]
        if not fitting:
            return "unknown", None
        room = str(row.get("room") or "")
        unit = str(row.get("unit") or "")
        found = [each for each in (self._dwellings.get((one, unit, room)) for one in fitting) if each]
        if len(found) == 1:
            return "known", found[0]
        if found or len(fitting) > 1:
            return "unknown", None
        return ("no-room", None) if room else ("known", None)


def _fits(said_estate: str, said_lane: str, estate: str, lane: str) -> bool:
    """Is it there? Where an estate's name ends and its lane begins a list may see otherwise (培花新村 | 一小区107弄)."""
    if (not said_estate or said_estate == estate) and _same_lane(said_lane, lane):
        return True
    said = said_estate + said_lane
    return bool(estate) and said.startswith(estate) and _same_lane(said.removeprefix(estate), lane)


def _same_lane(said: str, known: str) -> bool:
    """901弄 is 丁香路901弄."""
    return not said or said == known or (bool(known) and (known.endswith(said) or said.endswith(known)))
