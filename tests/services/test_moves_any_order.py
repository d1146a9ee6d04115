"""People who isolate and move, sticks in any order, twice or never: at every moment somebody has the duty of each of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services import conflicts, moves, records, sync
from app.services.session import Session
from tests.services.moving_people import NAMES, arrived, cases, home_of, isolating_street, neighbours, on_duty
from tests.street import Street

STEPS = 35


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    made = isolating_street(tmp_path)
    yield made
    made.close()


class Journey:
    """A street in which anything may happen next; `pool` holds the sticks that lie about."""

    def __init__(self, street: Street, seed: int) -> None:
        self.street, self.dice = street, random.Random(seed)
        self.first, self.second, self.people = neighbours(street, 3)
        self.pool: list[tuple[Session, Path]] = []
        self.home = home_of(self.second)
        self.done: list[str] = []

    def step(self) -> None:
        act = self.dice.choice(
            (
                "offer",
                "offer",
                "accept",
                "accept",
                "refuse",
                "cancel",
                "progress",
                "send",
                "send",
                "send",
                "bring",
                "bring",
                "bring",
            )
        )
        self.done.append(act)
        getattr(self, act)()

    def offer(self) -> None:
        person = self.dice.choice(self.people)
        if state_of(self.first, person) in ("", "refused") and f"{person}:move" not in conflicts.ids(self.first):
            moves.offer(self.first, person, self.second.code)

    def cancel(self) -> None:
        waits = [each["id"] for each in moves.pending(self.first) if each["state"] == "offered"]
        if waits and not conflicts.ids(self.first):
            moves.cancel(self.first, self.dice.choice(waits))

    def accept(self) -> None:
        if waits := arrived(self.second):
            moves.accept(self.second, self.dice.choice(waits), self.home)

    def refuse(self) -> None:
        if (waits := arrived(self.second)) and self.dice.random() < 0.5:
            moves.refuse(self.second, self.dice.choice(waits), "不住这里")

    def progress(self) -> None:
        """A step of the work that ends nothing, by whoever has the duty."""
        session = self.dice.choice((self.first, self.second))
        with session.db.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, state FROM isolation_case WHERE committee_id = ? AND state IN ('在管', '待结果')",
                (session.committee_id,),
            ).fetchall()
        if rows:
            case, state = self.dice.choice(rows)
            records.change(session, "isolation_case", case, {"state": "待结果" if state == "在管" else "在管"})

    def send(self) -> None:
        sender = self.dice.choice((self.first, self.second, self.street.centre, self.street.centre))
        for file in self.street.send(sender):
            to = (
                self.street.centre
                if sender is not self.street.centre
                else next(each for each in (self.first, self.second) if each.code in file.name)
            )
            self.pool.append((to, file))

    def bring(self) -> None:
        """Any stick that lies about: an old one, one that was brought already, or one that stays in the pool for later."""
        if self.pool:
            at = self.dice.randrange(len(self.pool))
            to, file = self.pool[at] if self.dice.random() < 0.3 else self.pool.pop(at)
            sync.merge(to, [file])

    def all_home(self) -> None:
        """Everybody exchanges and decides until nobody has news."""
        for _ in range(6):
            for session in (self.first, self.second):
                for file in self.street.send(session):
                    sync.merge(self.street.centre, [file])
            for file in self.street.send(self.street.centre):
                sync.merge(next(each for each in (self.first, self.second) if each.code in file.name), [file])
            for session in (self.first, self.second):
                self.decide(session)

    def decide(self, session: Session) -> None:
        """A person's answer: whoever was taken in lives there, and the case they were handed over with has ended here."""
        for conflict in conflicts.pending(session):
            wanted = [each for each in conflict["values"] if each["value"] == "转出"] or [
                each
                for each in conflict["values"]
                if isinstance(each["value"], dict) and each["value"].get("state") == "closed"
            ]
            conflicts.decide(session, conflict["id"], (wanted or conflict["values"])[-1]["version"])


def state_of(session: Session, person: str) -> str:
    return str((records.show(session, "resident", person).get("move") or {}).get("state", ""))


@pytest.mark.parametrize("seed", range(2))
def test_nobody_is_without_duty_at_any_time_and_in_the_end_one_committee_has_it(street: Street, seed: int) -> None:
    journey = Journey(street, seed)
    committees = (journey.first, journey.second)
    for _ in range(STEPS):
        journey.step()
        duty = on_duty(*committees, names=NAMES[:3])
        assert all(duty.values()), (duty, journey.done)
    journey.all_home()
    duty = on_duty(*committees, names=NAMES[:3])
    assert [len(each) for each in duty.values()] == [1, 1, 1], (duty, journey.done)
    for person in journey.people:
        closed = state_of(journey.first, person) == "closed"
        assert closed is (cases(journey.first, person)[0][1] == "转出")
    assert [conflicts.ids(each) for each in committees] == [[], []]
