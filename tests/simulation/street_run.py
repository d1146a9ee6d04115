"""The whole simulated street: committees in two processes, the centre in this one, sticks both ways every few days.

`run` plays a plan from the first to the last day; what the services say in the end is asked there where the workspaces are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app import passwords
from app.demo import street
from app.domain import clock
from app.services import enrolment, sync, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.simulation import plan, reckoning
from tests.simulation.committee import Committee
from tests.simulation.plan import Plan

ROOT_PASSWORD = "genmiyao-2020"
Said = dict[int, Any]
_held: dict[int, Committee] = {}


class Street:
    """`committees` of them, each with about `residents` people, in `processes` (0: all in this one)."""

    def __init__(self, folder: Path, committees: int, residents: int, processes: int = 2) -> None:
        self.folder, self.count, self.residents = folder, committees, residents
        self.pools = [ProcessPoolExecutor(1, initializer=quick) for _ in range(processes)]
        self.stick, self.day = 0, plan.BEGIN
        self.numbers = {street.name_of(number): number for number in range(committees)}
        now = clock.frozen(datetime.combine(plan.BEGIN, time(7)).isoformat())
        root = enrolment.root_key(folder / "root.key", ROOT_PASSWORD)
        workspaces.create(
            folder / "centre", role="centre", name="花木街道", code=street.code_of(0)[:9], account=ACCOUNT,
            password=PASSWORD, rehearsal=True, clock=now, root=root,
        )  # fmt: skip
        self.centre: Session = workspaces.unlock(folder / "centre", ACCOUNT, PASSWORD, clock=now)
        self.plan: Plan

    def __enter__(self) -> Street:
        return self

    def __exit__(self, *_: object) -> None:
        self.everywhere(_close)
        for pool in self.pools:
            pool.shutdown()
        workspaces.lock(self.centre)

    def everywhere(self, act: Callable[..., Any], *more: Any) -> Said:
        """act(number, *more) at every committee, each in the process that holds it."""
        return self.at(dict.fromkeys(range(self.count), more), act)

    def at(self, asked: Mapping[int, tuple[Any, ...]], act: Callable[..., Any]) -> Said:
        """act(number, *asked[number]) at these committees."""
        if not self.pools:
            return {number: act(number, *more) for number, more in asked.items()}
        said: dict[int, Future[Any]] = {
            number: self.pools[number % len(self.pools)].submit(act, number, *more) for number, more in asked.items()
        }
        return {number: each.result() for number, each in said.items()}

    # ---------------------------------------------------------------- from the first day to the last

    def begin(self, days: int, seed: int = 1) -> Plan:
        """Workspaces and rosters; then the plan for who lives there, and all join the street."""
        homes = self.everywhere(_begin, str(self.folder), self.residents)
        self.plan = plan.plan(self.count, days, [homes[number] for number in range(self.count)], seed)
        answers = {}
        for number, (file, words) in self.everywhere(_ask, str(self.folder)).items():
            answer = self.folder / f"{number}.answer"
            approved = enrolment.approve(
                self.centre, Path(file), self.folder / "root.key", ROOT_PASSWORD, words, answer
            )  # fmt: skip
            answers[number] = (str(answer), approved["root_words"])
        self.at(answers, _accept)
        self.everywhere(_told, self.plan)
        return self.plan

    def run(self, until: date | None = None, told: Callable[[date], None] = lambda day: None) -> None:
        """Play on to the evening of a day (the last by default); whoever needs no stick does not wait for others."""
        sticks = set(reckoning.sticks(self.plan))
        last = until or self.plan.last
        while self.day <= last:
            if self.day in sticks:
                self.exchange(self.day)
            days = [self.day]
            while days[-1] < last and (following := days[-1] + timedelta(days=1)) not in sticks:
                days.append(following)
            self.everywhere(_live, [day.isoformat() for day in days])
            told(days[-1])
            self.day = days[-1] + timedelta(days=1)

    def exchange(self, day: date) -> None:
        """A stick from everybody to the centre, and one back."""
        self.stick += 1
        there, back = self.folder / f"stick-{self.stick}", self.folder / f"back-{self.stick}"
        for each in (there, back):
            each.mkdir()
        files = self.everywhere(_send, str(there), day.isoformat())
        self.centre.clock = clock.frozen(datetime.combine(day, time(8, 20)).isoformat())
        done = sync.merge(self.centre, [Path(file) for each in files.values() for file in each])
        assert all(each["error"] is None for each in done), done
        made: dict[int, tuple[Any, ...]] = {}
        for each in sync.export(self.centre, back):
            made[self.numbers[each["to"]]] = (str(each["file"]), day.isoformat())
        self.at(made, _take)


# ---------------------------------------------------------------- where the workspaces are


def quick() -> None:
    """Keys at the cost that tests pay."""
    passwords.MEMORY_KIB, passwords.PASSES = 64, 1


def _begin(number: int, folder: str, residents: int) -> list[int]:
    _held[number] = Committee(number, Path(folder), residents)
    return _held[number].begin()


def _ask(number: int, folder: str) -> tuple[str, str]:
    file = Path(folder) / f"{number}.request"
    return str(file), enrolment.request(_held[number].session, file)["fingerprint"]


def _accept(number: int, answer: str, words: str) -> None:
    enrolment.accept(_held[number].session, Path(answer), words)


def _told(number: int, made: Plan) -> None:
    _held[number].told(made)


def _live(number: int, days: list[str]) -> None:
    for day in days:
        _held[number].live(date.fromisoformat(day))


def _send(number: int, stick: str, day: str) -> list[str]:
    return _held[number].send(Path(stick), date.fromisoformat(day))


def _take(number: int, file: str, day: str) -> None:
    _held[number].take([file], date.fromisoformat(day))


def _close(number: int) -> None:
    if number in _held:
        _held.pop(number).close()


def ask(number: int, question: Callable[..., Any], *more: Any) -> Any:
    """What the services say at a committee."""
    return question(_held[number], *more)
