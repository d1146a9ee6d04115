"""Who is who through the real import: a register is written from a workbook, a roster with a clerk's mistakes is previewed.

The truth comes from `benchmarks/truth.py`. Each workbook has a column of its own that nobody understands; it is kept with the
row, so that every decision can be read off what the preview would write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.domain.documents import check_digit
from app.services import rosters, workspaces
from app.services.session import Session
from benchmarks.truth import Person, Truth, generate
from tests.conftest import ACCOUNT, CODE, NAME, NOW, PASSWORD

TITLES = ("小区", "楼号", "室号", "姓名", "性别", "身份证号码", "出生日期", "出生年份", "联系电话", "人员状态")
OURS, THEIRS = "底册编号", "名单编号"
SEED, PEOPLE, ROWS = 21, 800, 500


@dataclass(frozen=True, slots=True)
class Decided:
    """kind: known, doubtful or new. person: id in the truth of whom the row is, or might be."""

    kind: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    truth: Truth
    decided: dict[int, Decided]
    """Row of the truth → what the preview decided of it; refused rows, and rows merged with another row, are missing."""
    plan: rosters.Plan

    def placed(self) -> list[int]:
        return [n for n, row in enumerate(self.truth.rows) if row.place]

    def kinds(self) -> Counter[str]:
        return Counter(each.kind for each in self.decided.values())


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("whole")
    truth = generate(SEED, PEOPLE, ROWS)
    workspaces.create(
        folder / "w",
        role="committee",
        name=NAME,
        code=CODE,
        account=ACCOUNT,
        password=PASSWORD,
        rehearsal=True,
        clock=NOW,
    )
    session = workspaces.unlock(folder / "w", ACCOUNT, PASSWORD, clock=NOW)
    try:
        return _imported(session, folder, truth)
    finally:
        workspaces.lock(session)


def _imported(session: Session, folder: Path, truth: Truth) -> Case:
    register = rosters.preview(session, _book(folder / "底册.xlsx", OURS, ((each.id, each) for each in truth.register)))
    assert register.new > 0.995 * len(truth.register)  # a few of one family are alike enough to be put aside
    assert register.new + register.doubtful == len(truth.register)
    known = {resident: values["extra"][OURS] for resident, values in register.steps.residents}
    rosters.apply(session, register)
    plan = rosters.preview(
        session, _book(folder / "名单.xlsx", THEIRS, ((str(n), row) for n, row in enumerate(truth.rows)))
    )
    answers = [answer if answer in known.values() else None for answer in truth.answers]
    return Case(replace(truth, answers=answers), _decided(plan, known), plan)


def _decided(plan: rosters.Plan, known: dict[str, str]) -> dict[int, Decided]:
    steps = plan.steps
    found = {int(values["extra"][THEIRS]): Decided("new") for _, values in steps.residents}
    found |= {
        int(values["values"]["extra"][THEIRS]): Decided("doubtful", known.get(values["candidate"]))
        for _, values in steps.doubtful
    }
    changed = [(resident, values) for entity, resident, values in steps.changed if entity == "resident"]
    return found | {int(values["extra"][THEIRS]): Decided("known", known.get(resident)) for resident, values in changed}


def _book(path: Path, tag: str, people: Iterable[tuple[str, Person]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*TITLES, tag])
    for key, person in people:
        building, _, room = person.place or ("", "", "")
        number = person.number and person.number[:17] + check_digit(person.number[:17])
        sheet.append([
            "培花新村", building and f"{building}号", room, person.name, person.sex, number, person.birth,
            person.year if not person.birth else None, person.phone, person.status, key,
        ])  # fmt: skip
    book.save(path)
    return path


# ---------------------------------------------------------------- what is held


def test_every_row_with_a_door_is_decided_and_no_two_become_one(case: Case) -> None:
    assert sorted(case.decided) == case.placed()
    assert min(case.kinds()[kind] for kind in ("known", "doubtful", "new")) > 50


def test_rows_without_a_door_are_refused_and_named(case: Case) -> None:
    without = len(case.truth.rows) - len(case.placed())
    assert without > 20
    assert case.plan.rejected == without
    assert sum(each.code == "row-no-place" for each in case.plan.findings) == without


def test_whoever_is_matched_without_asking_is_the_one(case: Case) -> None:
    matched = {n: each.person for n, each in case.decided.items() if each.kind == "known"}
    right = sum(person == case.truth.answers[n] for n, person in matched.items())
    assert len(matched) > 150
    assert right / len(matched) >= 0.995


def test_strangers_who_look_like_somebody_are_never_matched(case: Case) -> None:
    """Twins, sons who sound like their fathers, namesakes, spouses on the same telephone: a third of the rows."""
    strangers = [n for n in case.placed() if case.truth.answers[n] is None]
    assert len(strangers) > 100
    assert [case.truth.rows[n] for n in strangers if case.decided[n].kind == "known"] == []


def test_whoever_is_known_is_found_or_put_before_a_person(case: Case) -> None:
    known = [n for n in case.placed() if case.truth.answers[n]]
    found = [n for n in known if case.decided[n].person == case.truth.answers[n]]
    assert len(known) > 250
    assert len(found) / len(known) >= 0.95


def test_a_slip_in_the_room_is_seen(case: Case) -> None:
    """Without the doors' places no row could say so."""
    why = Counter(code for _, values in case.plan.steps.doubtful for code in values.get("why", ()))
    assert why["near-door"] > 5


def test_a_twin_on_the_list_is_another_person_than_the_one_that_is_known(session: Session, tmp_path: Path) -> None:
    """And so are a father and a son of one sound, and two namesakes; the same rows under their own names are known."""
    place = ("1", "", "302")
    lin = Person("p1", "林建国", "男", "1985-03-02", 1985, place, "13812345678", "", "在住")
    father = Person("p2", "王国强", "男", "1950-06-07", 1950, ("2", "", "101"), "13912345678", "", "在住")
    namesake = Person("p3", "张敏", "女", "1970-01-02", 1970, ("3", "", "201"), "13612345678", "", "在住")
    rosters.apply(session, rosters.preview(session, _book(tmp_path / "a.xlsx", OURS, _tagged(lin, father, namesake))))
    others = (
        replace(lin, name="林建军"), replace(father, name="王国墙", birth="1978-06-07", year=1978),
        replace(namesake, birth="1982-05-09", year=1982, phone="13712345678", place=("4", "", "402")),
    )  # fmt: skip
    plan = rosters.preview(session, _book(tmp_path / "b.xlsx", THEIRS, _tagged(*others)))
    assert plan.counts["changed"] == plan.counts["same"] == 0
    same = rosters.preview(session, _book(tmp_path / "c.xlsx", THEIRS, _tagged(lin, father, namesake)))
    assert same.counts["changed"] == 3


def _tagged(*people: Person) -> list[tuple[str, Person]]:
    return [(str(n), person) for n, person in enumerate(people)]
