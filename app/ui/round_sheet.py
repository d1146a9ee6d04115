"""The daily round as it is keyed: who is still owed, what each press means, where the next household is. No Qt here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.services import rounds

OWED, DONE, TRIED = "owed", "done", "tried"
"""Of one member: the check is owed; it is there; somebody tried in vain and it is still owed."""


@dataclass(slots=True)
class Member:
    """One person's case in the round. said: what was keyed at this sitting, in words; urgent: it asks for somebody."""

    case: str
    name: str
    day: int
    days: int
    state: str = OWED
    said: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """One batch of this sitting, and how the members stood before it."""

    batch: str
    before: tuple[tuple[int, str, str, bool], ...]


@dataclass(slots=True)
class Line:
    """One household. `written`: this sitting's batches, the last one last; `touched`: stays in sight though done."""

    household: str
    building: str
    building_name: str
    room: str
    head: str
    phone: str
    officer: str
    missed: int
    members: list[Member]
    written: list[Written] = field(default_factory=list)
    touched: bool = False

    @property
    def state(self) -> str:
        if all(member.state == DONE for member in self.members):
            return DONE
        return TRIED if all(member.state != OWED for member in self.members) else OWED

    @property
    def open(self) -> list[int]:
        """Places of the members whose check is not there, those in vain included."""
        return [at for at, member in enumerate(self.members) if member.state != DONE]

    def first_owed(self) -> int:
        places = [at for at, member in enumerate(self.members) if member.state == OWED] or self.open
        return places[0] if places else 0

    def note(self, batch: str, places: Sequence[int], state: str, said: str, *, urgent: bool = False) -> None:
        """What was just written of these members."""
        self.written.append(Written(batch, tuple(
            (at, self.members[at].state, self.members[at].said, self.members[at].urgent) for at in places
        )))  # fmt: skip
        self.touched = True
        for at in places:
            member = self.members[at]
            member.state, member.said, member.urgent = state, said, urgent or member.urgent

    def take_back(self) -> None:
        """The last batch of this household was undone: everybody stands as before it."""
        for at, state, said, urgent in self.written.pop().before:
            member = self.members[at]
            member.state, member.said, member.urgent = state, said, urgent


@dataclass(frozen=True, slots=True)
class Heading:
    """The building that begins here."""

    building: str
    name: str


@dataclass(slots=True)
class Sheet:
    """All households of the round in walking order. `only_owed`, `building`: what the list shows of them."""

    lines: list[Line] = field(default_factory=list)
    only_owed: bool = False
    building: str = ""

    def shown(self) -> list[Heading | Line]:
        """Households under their buildings; one that was just keyed stays where it is, so that it can be taken back."""
        rows: list[Heading | Line] = []
        above = None
        for line in self.within():
            if self.only_owed and line.state == DONE and not line.touched:
                continue
            if line.building != above:
                rows.append(Heading(line.building, line.building_name))
                above = line.building
            rows.append(line)
        return rows

    def within(self) -> list[Line]:
        """The households of the chosen building, or all."""
        return [line for line in self.lines if not self.building or line.building == self.building]

    def done(self) -> int:
        return sum(line.state == DONE for line in self.within())

    def tried(self) -> int:
        return sum(line.state == TRIED for line in self.within())

    def owed_in(self) -> dict[str, tuple[int, int]]:
        """building -> (households, those not done)."""
        counted: dict[str, tuple[int, int]] = {}
        for line in self.lines:
            households, owed = counted.get(line.building, (0, 0))
            counted[line.building] = (households + 1, owed + (line.state != DONE))
        return counted

    def buildings(self) -> Iterator[tuple[str, str]]:
        """(id, name) in walking order."""
        seen = dict.fromkeys((line.building, line.building_name) for line in self.lines)
        yield from seen


def next_owed(rows: Sequence[Heading | Line], after: int) -> int | None:
    """The place of the next household nobody has asked yet; None if there is none further down."""
    for at in range(after + 1, len(rows)):
        row = rows[at]
        if isinstance(row, Line) and row.state == OWED:
            return at
    return None


def narrow(text: str) -> str:
    """A key's text as a Western key would give it: a full-width digit is the digit."""
    return unicodedata.normalize("NFKC", text)


def carry(old: Sheet, new: Sheet) -> Sheet:
    """A round read anew keeps what was keyed at this sitting, as far as it still stands."""
    before = {line.household: line for line in old.lines if line.touched}
    for line in new.lines:
        kept = before.get(line.household)
        if kept is None:
            continue
        line.touched = True
        said = {member.case: member for member in kept.members}
        for member in line.members:
            once = said.get(member.case)
            if once is not None and once.said and once.state == member.state:
                member.said, member.urgent = once.said, once.urgent
        same = [member.case for member in line.members] == [member.case for member in kept.members]
        if same and all(now.state == then.state for now, then in zip(line.members, kept.members, strict=True)):
            line.written = kept.written
    new.only_owed, new.building = old.only_owed, old.building
    return new


def sheet_of(found: rounds.Round) -> Sheet:
    """The round of the services as it is keyed here."""
    return Sheet([
        Line(
            row.household, row.building, row.building_name, row.room, row.head, row.phone, row.officer, row.missed_before,
            [_member(each) for each in row.cases],
        )
        for row in found.rows
    ])  # fmt: skip


def _member(each: rounds.Member) -> Member:
    state = DONE if each.done else TRIED if each.tried else OWED
    return Member(each.id, each.name, each.day, each.days, state, urgent=each.alert)
