"""One committee of the simulated street: its workspace, filled from rosters, worked day by day through the services.

What happens comes from `tests.simulation.plan`; every act is the one that a person would do, at its own time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from app.db import present
from app.demo import street, workbooks
from app.domain import clock
from app.services import arrivals, care, incidents, isolation, moves, records, rosters, sync, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.simulation import plan, reckoning
from tests.simulation.plan import Case, Plan

HOME = "实住"
GO = {"转院": "东方医院", "转集中": "集中隔离点", "转出": "外区居委会"}


@dataclass
class Committee:
    """Open until `close`. homes: households as the plan numbers them, each the ids of who lives there."""

    number: int
    folder: Path
    residents: int
    session: Session = field(init=False)
    homes: list[tuple[str, list[str]]] = field(default_factory=list)
    cases: dict[str, str] = field(default_factory=dict)
    arrivals: dict[str, str] = field(default_factory=dict)
    incidents: dict[str, str] = field(default_factory=dict)
    plans: list[str] = field(default_factory=list)
    mine: plan.Committee = field(init=False)
    duties: list[reckoning.Duty] = field(init=False)
    coming: dict[date, Case] = field(init=False)
    """Who is taken in here with the stick of a day."""

    def begin(self) -> list[int]:
        """Make the workspace and read its rosters; how many people live in each household."""
        made = street.committee(self.number, self.residents, 1)
        data = self.folder / made.code
        now = clock.frozen(datetime.combine(plan.BEGIN, time(7)).isoformat())
        workspaces.create(
            data, role="committee", name=made.name, code=made.code, account=ACCOUNT, password=PASSWORD, rehearsal=True,
            clock=now,
        )  # fmt: skip
        self.session = workspaces.unlock(data, ACCOUNT, PASSWORD, clock=now)
        for file in workbooks.rosters(made, self.folder / "rosters" / made.code, 1)[0]:
            rosters.apply(self.session, rosters.preview(self.session, file))
        self._households()
        return [len(people) for _, people in self.homes]

    def _households(self) -> None:
        living: dict[str, list[str]] = defaultdict(list)
        with self.session.db.reading() as connection:
            for row, _ in present.people(connection, self.session.committee_id):
                here = row.get("status", "在住") == "在住" and row.get("residence_kind") in (HOME, "承租", None)
                if here and row.get("household"):
                    living[row["household"]].append(row["id"])
        self.homes = list(living.items())

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        self.set(datetime.combine(day, time(hour, minute)))

    def set(self, moment: datetime) -> None:
        self.session.clock = clock.frozen(moment.isoformat())

    # ---------------------------------------------------------------- one day

    def told(self, made: Plan) -> None:
        """What will happen here; of the others only who is brought."""
        self.mine = made.committees[self.number]
        self.duties = [duty for duty in reckoning.duties(made) if duty.committee == self.number]
        self.coming = {
            day: case for committee in made.committees for case in committee.cases
            if case.moved_to == self.number and (day := reckoning.handed_over(case, made)[0]) is not None
        }  # fmt: skip

    def live(self, day: date) -> None:
        """Everything of one day but the morning's stick, in its order."""
        if day == plan.BEGIN:
            self._care_plans()
        self._late(day)
        self._close(day)
        self._arrive(day)
        for case in self.mine.cases:
            if case.start == day:
                self._open(case)
            if case.offered == day:
                self.at(day, 11)
                moves.offer(self.session, self._person(case), street.code_of(case.moved_to or 0))
        self._incidents(day)
        self._rounds(day)
        for slot, hour in (("am", 13), ("pm", 20)):
            self.at(day, hour, 30)
            self._check(day, slot, day)

    def _person(self, case: Case) -> str:
        return self.homes[case.household][1][case.member]

    def _open(self, case: Case) -> None:
        self.at(case.start, 14)
        done = isolation.open_(
            self.session, resident=self._person(case), rule=case.rule, start=case.start, co_residents=False
        )
        self.cases[case.key] = done["cases"][0]["id"]

    def _open_on(self, day: date) -> list[reckoning.Duty]:
        return [duty for duty in self.duties if duty.open_on(day)]

    def _check(self, on: date, slot: str, keyed: date) -> None:
        """The round of one slot; what is keyed the day after goes with `keyed` of that day."""
        answers = [
            isolation.Answer(self.cases[duty.case.key], reached=check.reached, **_said(check))
            for duty in self._today for check in duty.case.checks
            if check.on == on and check.slot == slot and check.keyed == keyed and check.on >= duty.since
        ]  # fmt: skip
        if answers:
            isolation.check_many(self.session, answers, on=on, slot=slot, mode="电话", by="李社工")

    def _late(self, day: date) -> None:
        self._today = self._open_on(day)
        self.at(day, 9)
        before = date.fromordinal(day.toordinal() - 1)
        for duty in self._open_on(before):
            hot = [check for check in duty.case.checks if check.hot and check.reached and check.on >= duty.since]
            if any(check.keyed == before for check in hot):
                isolation.alert_done(self.session, self.cases[duty.case.key], note="已复测正常")
        for slot in plan.SLOTS:
            self._check(before, slot, day)

    def _close(self, day: date) -> None:
        """By a person's act only; a case that moved is closed by the centre."""
        self.at(day, 10)
        for duty in self.duties:
            case = duty.case
            if duty.until != day or not case.how or case.closed != day:
                continue
            row = self.cases[case.key]
            if case.how in GO:
                isolation.transfer(
                    self.session, row, state=case.how, receiver_unit=GO[case.how], receiver_name="陈医生",
                    receiver_phone="13800000000", handed_over_at=clock.written(self.session.now()),
                )  # fmt: skip
            elif case.how == "提前":
                isolation.close(self.session, row, reason="提前解除", approved_by="王主任")
            else:
                isolation.close(self.session, row, reason="期满解除")

    def _arrive(self, day: date) -> None:
        for each in self.mine.arrivals:
            if each.day != day:
                continue
            household, people = self.homes[each.household]
            self.at(day, 7, 30)
            done = arrivals.add(self.session, {
                "resident": people[0], "household": household, "person_name": "返沪人员", "origin": "英国" if each.overseas else "湖北",
                "overseas": each.overseas, "arrived_on": day.isoformat(), "transport": "飞机", "transport_no": "MU551",
                "expected_at": clock.written(self.session.now().replace(hour=12)),
            })  # fmt: skip
            self.arrivals[each.key] = done.id
            for state, at in each.steps.items():
                self.set(at)
                arrivals.step(self.session, done.id, state)
            if each.missed:
                self.at(day, 22)
                arrivals.step(self.session, done.id, "未到", why="航班取消")

    def _incidents(self, day: date) -> None:
        acts = []
        for one in self.mine.incidents:
            if one.at.date() == day:
                acts.append((one.at, one, ""))
            acts += [(at, one, state) for state, at in one.steps.items() if at.date() == day]
        for at, one, state in sorted(acts, key=lambda act: act[0]):
            self.set(at)
            if state:
                incidents.step(self.session, self.incidents[one.key], state, by="李社工")
            else:
                done = incidents.add(
                    self.session, kind=one.kind, place=self.homes[one.household][0], what=one.kind, urgency=one.urgency
                )
                self.incidents[one.key] = done["id"]

    def _care_plans(self) -> None:
        self.at(plan.BEGIN, 8)
        people = [members[0] for _, members in self.homes[-20:]]
        for number, resident in enumerate(people):
            first = date.fromordinal(plan.BEGIN.toordinal() + number % 7)
            done = care.plan(self.session, [resident], kind="每周电话", every=7, start=first)
            self.plans += done["ids"]

    def _rounds(self, day: date) -> None:
        self.at(day, 15)
        for household, on, result in self.mine.visits:
            if on == day:
                values = {"household": self.homes[household][0], "on": on.isoformat(), "mode": "上门", "result": result}
                records.add(self.session, "visit", values)
        for number, on in self.mine.calls:
            if on == day:
                care.done(self.session, self.plans[number], result="已完成", on=on, mode="电话", by="李社工")

    # ---------------------------------------------------------------- sticks

    def send(self, stick: Path, day: date) -> list[str]:
        self.at(day, 8)
        return [each["file"] for each in sync.export(self.session, stick)]

    def take(self, files: list[str], day: date) -> None:
        """What came from the centre; whoever was brought here is taken in at once."""
        self.at(day, 8, 40)
        for done in sync.merge(self.session, [Path(file) for file in files]):
            assert done["error"] is None, done["error"]
        for row in moves.pending(self.session):
            if row["state"] == "arrived":
                moves.accept(self.session, row["id"], self.homes[0][0])
                self.cases[self.coming[day].key] = row["case"]

    def close(self) -> None:
        workspaces.lock(self.session)


def _said(check: plan.Check) -> dict[str, str]:
    if not check.reached:
        return {}
    return {"temperature": "38.2"} if check.hot else {"temperature": "36.5", "symptoms": "无"}
