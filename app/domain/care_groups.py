"""Who belongs to which care group and why: 独居 and 高龄 follow from the register, 孤老 or 低保 only from a person's mark.

Pure. Ages go by the year of birth alone (level 2), so that every account is told the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.fields import CARE_GROUPS, CARE_GROUPS_SENSITIVE

ALONE, ORPHAN, ALL_OLD, VERY_OLD, DAYTIME, DISABLED = CARE_GROUPS
RULES = {ALONE: "care-rule-alone", ALL_OLD: "care-rule-all-old", VERY_OLD: "care-rule-very-old"}
"""Groups that follow from the register -> code of their rule in words; all others are marked by hand."""
ELDERLY = 60
"""Years from which somebody counts for 独居 and 纯老家庭, as on the map [mem]."""
AGED = 80
"""Years from which somebody is 高龄."""
FAMILY = ("", "家庭户")
"""Kinds of households that a rule looks at: flatmates, dormitories and shops are no families."""
_NAMED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (DAYTIME, ("日间独居", "白天独居")), (ALONE, ("独居",)), (ORPHAN, ("孤老",)), (ALL_OLD, ("纯老",)),
    (VERY_OLD, ("高龄", "80岁", "80周岁", "八十岁", "80以上")), (DISABLED, ("残疾", "残障", "残联")),
    ("孕产妇", ("孕产妇", "孕妇", "产妇")), ("低保", ("低保", "最低生活保障")), ("透析", ("透析",)),
    ("精神障碍", ("精神障碍", "精神病", "精障")), ("社区矫正", ("社区矫正", "矫正")), ("失独", ("失独",)),
    ("重病", ("重病", "大病")), ("婴幼儿", ("婴幼儿", "新生儿")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is in a group or not: a code of `app.words.care` and what fills its words."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """household: where the person sleeps, else where it is registered. here: one of 实有人口. groups: the marked ones."""

    id: str
    household: str
    name: str
    born: int | None
    here: bool
    status: str = ""
    kind: str = ""
    groups: frozenset[str] = frozenset()


class Register:
    """All people of a committee, grouped by household once; groups and reasons follow without a further question."""

    def __init__(self, people: Iterable[Person], on: date) -> None:
        self.on = on
        self.people = {person.id: person for person in people}
        self._computed: dict[str, dict[str, Reason]] = {}
        self._here: dict[str, list[Person]] = defaultdict(list)
        self._others: dict[str, list[Person]] = defaultdict(list)
        for person in self.people.values():
            if person.household:
                (self._here if person.here else self._others)[person.household].append(person)

    def computed(self, group: str) -> dict[str, Reason]:
        """resident id -> why, of everybody here who belongs to a group by rule."""
        if (found := self._computed.get(group)) is None:
            told = ((person.id, *self.told(person.id, group)) for person in self.people.values() if person.here)
            found = self._computed[group] = {row: why for row, belongs, why in told if belongs}
        return found

    def marked(self, group: str) -> set[str]:
        """Ids of those here who carry the mark of a group."""
        return {person.id for person in self.people.values() if person.here and group in person.groups}

    def members(self, group: str) -> dict[str, Reason]:
        """Everybody here who is in a group, by rule or by mark."""
        found = dict(self.computed(group)) if group in RULES else {}
        for person in self.marked(group):
            found.setdefault(person, Reason("care-why-marked"))
        return found

    def told(self, resident: str, group: str) -> tuple[bool, Reason]:
        """Does the rule of a group take this person in, and why or why not?"""
        person = self.people.get(resident)
        if person is None:
            return False, Reason("care-not-known")
        if not person.here:
            return False, _away(person)
        if group == VERY_OLD:
            return self._very_old(person)
        if group in (ALONE, ALL_OLD):
            if person.kind not in FAMILY:
                return False, Reason("care-not-family", {"kind": person.kind})
            return self._alone(person) if group == ALONE else self._all_old(person)
        return False, Reason("care-not-by-rule")

    def _very_old(self, person: Person) -> tuple[bool, Reason]:
        if person.born is None:
            return False, Reason("care-not-born")
        age = self.on.year - person.born
        said = {"year": person.born, "age": age, "limit": AGED, "latest": self.on.year - AGED}
        return age >= AGED, Reason("care-why-age" if age >= AGED else "care-not-age", said)

    def _alone(self, person: Person) -> tuple[bool, Reason]:
        with_it = [each for each in self._here[person.household] if each is not person]
        if not person.household:
            return False, Reason("care-not-household")
        if with_it:
            names = "、".join(each.name for each in with_it[:3])
            return False, Reason("care-not-alone", {"count": len(with_it) + 1, "names": names})
        if person.born is not None and self.on.year - person.born < ELDERLY:
            said = {"year": person.born, "latest": self.on.year - ELDERLY, "limit": ELDERLY}
            return False, Reason("care-not-elderly", said)
        others = self._others.get(person.household, [])
        if others:
            told = "、".join(f"{each.name}{each.status or each.kind}" for each in others[:3])
            return True, Reason("care-why-alone-others", {"others": told})
        return True, Reason("care-why-alone")

    def _all_old(self, person: Person) -> tuple[bool, Reason]:
        people = self._here[person.household] if person.household else []
        if len(people) < 2:
            return False, Reason("care-not-two")
        unknown = [each.name for each in people if each.born is None]
        if unknown:
            return False, Reason("care-not-all-born", {"names": "、".join(unknown[:3])})
        youngest = max(people, key=lambda each: each.born or 0)
        said = {"count": len(people), "year": youngest.born, "name": youngest.name, "limit": ELDERLY}
        old = self.on.year - int(youngest.born or 0) >= ELDERLY
        return old, Reason("care-why-all-old" if old else "care-not-all-old", said)


def _away(person: Person) -> Reason:
    return Reason("care-not-here", {"status": person.status}) if person.status else Reason("care-not-living")


def groups_named(text: str) -> tuple[str, ...]:
    """The groups that a title, a file's name or an option speaks of: 80岁以上独居老人 means both."""
    found = [group for group, words in _NAMED if any(word in text for word in words)]
    if DAYTIME in found and "独居" not in text.replace("日间独居", "").replace("白天独居", ""):
        found = [group for group in found if group != ALONE]
    return tuple(group for group in (*CARE_GROUPS, *CARE_GROUPS_SENSITIVE) if group in found)


def wanted_of(text: str) -> tuple[str, ...]:
    """独居+高龄 as the groups that must all hold."""
    return tuple(each.strip() for each in text.replace("＋", "+").split("+") if each.strip())
