"""People who come: lists, steps, doors and committees, through the services of a real street."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.domain import clock
from app.domain.findings import UserError
from app.exchange.pasted import Pasted
from app.services import arrivals, conflicts, records, undoing, workspaces
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.services.bending import down, two_committees, up
from tests.street import Street, copy_of, template

TITLES = "序号\t姓名\t联系电话\t航班/车次\t出发地\t抵沪日期\t预计到达时间\t拟住地址\t是否境外\n"
WANG = "1\t王建国\t13812345678\tMU588\t纽约\t5月25日\t14:30\t培花新村12号302室\t是\n"
NOWHERE = "3\t赵六\t13700000000\tCA930\t东京\t2020-05-25\t晚上9点\t不详\t是\n"


def pasted(*rows: str) -> Pasted:
    return Pasted(TITLES + "".join(rows))


def at(text: str) -> datetime:
    found = clock.moment(text)
    assert found is not None
    return found


def names(rows: list[Values]) -> set[str]:
    return {row["name"] for row in rows}


def named(session: Session, name: str) -> Values:
    (found,) = [row for row in arrivals.list_(session, open_only=False) if row["name"] == name]
    return found


def came(session: Session, *rows: str) -> Values:
    return arrivals.apply(session, arrivals.preview(session, pasted(*rows)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("made"), two_committees)


@pytest.fixture
def street(made: Path, tmp_path: Path) -> Iterator[Street]:
    found = copy_of(made, tmp_path)
    yield found
    found.close()


@pytest.fixture
def two(street: Street) -> tuple[Session, Session]:
    return street.committees[0], street.committees[1]


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Iterator[Session]:
    """The first committee alone."""
    shutil.copytree(made / "committee-1", tmp_path / "home")
    session = workspaces.unlock(tmp_path / "home", ACCOUNT, PASSWORD, clock=NOW)
    yield session
    workspaces.lock(session)


# ---------------------------------------------------------------- a list


def test_a_list_is_previewed_matched_applied_and_undone(home: Session) -> None:
    plan = arrivals.preview(home, pasted(WANG, NOWHERE))
    assert arrivals.list_(home) == [] and plan.counts["new"] == 2
    done = arrivals.apply(home, plan)
    row = named(home, "王建国")
    assert (row["state"], row["due"], row["path"]) == ("待接", "2020-05-25T14:30:00+08:00", "培花新村/12号/302/户1")
    assert row["resident"] and row["overseas"] is True and row["person_phone"] == "138****5678"
    assert named(home, "赵六")["why"] == "no-household"
    assert conflicts.undo_many(home, done["batches"])["kept"] == 0
    assert arrivals.list_(home, open_only=False) == []


def test_a_list_that_comes_again_doubles_nobody_and_a_corrected_one_corrects(home: Session) -> None:
    came(home, WANG, NOWHERE)
    assert came(home, WANG, NOWHERE)["same"] == 2
    arrivals.step(home, named(home, "赵六")["id"], "已到家", at=at("2020-05-25T08:00"))
    again = came(home, WANG.replace("14:30", "16:45"), NOWHERE.replace("CA930", "CA931"))
    assert (again["new"], again["changed"], again["same"]) == (0, 1, 1), "who is at home is history"
    assert named(home, "王建国")["due"] == "2020-05-25T16:45:00+08:00"


def test_two_of_one_name_on_one_flight_stay_two(home: Session) -> None:
    other = WANG.replace("13812345678", "13900000000").replace("12号302室", "12号401室")
    assert came(home, WANG, other)["new"] == 2
    assert came(home, other, WANG)["same"] == 2


def test_a_person_who_stands_in_a_list_twice_comes_once(home: Session) -> None:
    plan = arrivals.preview(home, pasted(WANG, WANG))
    assert (plan.counts["new"], plan.counts["same"]) == (1, 1)
    assert [found.code for found in plan.findings if found.code == "arrival-twice"] == ["arrival-twice"]


def test_a_file_with_other_titles(home: Session, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["转运名单"],
        ["旅客姓名", "手机号码", "航班", "始发地", "抵沪时间", "隔离地址"],
        ["王建国", 13812345678.0, "MU1", "武汉", datetime.fromisoformat("2020-05-25T22:05"), "培花新村12-302"],
        ["钱七", "", "MU1", "武汉", "5月26日01:20", ""],
    ):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    arrivals.apply(home, arrivals.preview(home, tmp_path / "名单.xlsx"))
    row = named(home, "王建国")
    assert (row["origin"], row["transport_no"], row["expected_at"]) == ("武汉", "MU1", "2020-05-25T22:05:00+08:00")
    assert row["path"] == "培花新村/12号/302/户1"
    assert named(home, "钱七")["expected_at"] == "2020-05-26T01:20:00+08:00"


def test_a_roster_s_record_of_an_arrival_is_waited_for_by_nobody(home: Session) -> None:
    resident = arrivals.list_(home) or records.show(home, "resident", "培花新村/12号/302/户1/王建国")["id"]
    records.add(home, "arrival", {"resident": resident, "origin": "武汉", "arrived_on": "2020-03-05"})
    assert arrivals.list_(home) == []
    assert [row["state"] for row in arrivals.list_(home, open_only=False)] == [""]


# ---------------------------------------------------------------- at a centre


def test_each_person_goes_to_the_right_committee_and_the_rest_waits(
    street: Street, two: tuple[Session, Session]
) -> None:
    first, second = two
    li = WANG.replace("王建国", "李秀英").replace("培花新村", "由由新村")
    lost = WANG.replace("王建国", "孙八").replace("培花新村12号302室", "12号302室")  # both committees have such a door
    done = came(street.centre, WANG, li, NOWHERE, lost)
    assert (done["new"], done["waiting"]) == (4, 2) and len(done["batches"]) == 3
    assert {row["name"]: row["why"] for row in arrivals.list_(street.centre)} == {
        "王建国": "not-told", "李秀英": "not-told", "赵六": "no-address", "孙八": "no-address",
    }  # fmt: skip
    assert [bool(row.get("contact_code")) for row in arrivals.list_(street.centre) if row["waits"]] == [False, False]
    down(street, first, second)
    assert names(arrivals.list_(first)) == {"王建国"} and names(arrivals.list_(second)) == {"李秀英"}
    assert arrivals.list_(first)[0]["path"] == "培花新村/12号/302/户1"
    assert came(street.centre, WANG, li, NOWHERE, lost)["same"] == 4


def test_a_corrected_address_moves_somebody_who_waited_to_his_committee(
    street: Street, two: tuple[Session, Session]
) -> None:
    came(street.centre, NOWHERE)
    done = came(street.centre, NOWHERE.replace("不详", "由由新村12号302"))
    assert (done["moved"], done["new"]) == (1, 0)
    down(street, two[1])
    assert names(arrivals.list_(two[1])) == {"赵六"} and len(arrivals.list_(street.centre)) == 1


def test_what_the_centre_decided_stands_when_the_same_list_comes_again(
    street: Street, two: tuple[Session, Session]
) -> None:
    came(street.centre, WANG)
    arrivals.reassign(street.centre, named(street.centre, "王建国")["id"], two[1].code, "住在那里")
    assert came(street.centre, WANG)["same"] == 1
    (open_one,) = arrivals.list_(street.centre)
    assert open_one["committee_name"] == two[1].name


def test_reassigning_gives_a_new_row_and_a_new_code(street: Street, two: tuple[Session, Session]) -> None:
    first, second = two
    came(street.centre, WANG)
    old = named(street.centre, "王建国")
    done = arrivals.reassign(street.centre, old["id"], second.code, "住在由由")
    new = arrivals.one(street.centre, done["id"], phones=True)
    assert (
        new["contact_code"] != old["contact_code"] and new["state"] == "待接" and new["person_phone"] == "13812345678"
    )
    closed = arrivals.one(street.centre, old["id"])
    assert (closed["state"], closed["to_name"], closed["state_why"]) == ("已改派", second.name, "住在由由")
    down(street, first, second)
    assert arrivals.list_(first) == [] and names(arrivals.list_(second)) == {"王建国"}
    conflicts.undo_many(street.centre, done["batches"])
    assert [row["id"] for row in arrivals.list_(street.centre)] == [old["id"]]


def test_a_committee_only_asks(street: Street, two: tuple[Session, Session]) -> None:
    first, second = two
    came(street.centre, WANG)
    down(street, first)
    (row,) = arrivals.list_(first)
    arrivals.reassign(first, row["id"], second.code, "人已搬到由由新村")
    assert arrivals.list_(first)[0]["state"] == "待接", "it stays responsible"
    up(street, first)
    (seen,) = arrivals.list_(street.centre)
    assert (seen["why"], seen["state_why"]) == ("asked", "人已搬到由由新村")
    arrivals.decline(street.centre, row["id"], "仍住培花")
    assert arrivals.list_(street.centre)[0]["why"] == "not-told"


def test_notified_is_the_timed_step(street: Street, two: tuple[Session, Session]) -> None:
    came(street.centre, WANG)
    row = named(street.centre, "王建国")["id"]
    arrivals.notified(street.centre, row, to="第1居委 张", at=at("2020-05-25T08:59"))
    shown = arrivals.one(street.centre, row)
    assert (shown["notified_at"], shown["notified_to"], shown["why"]) == ("2020-05-25T08:59:00+08:00", "第1居委 张", "")


def test_nobody_is_told_of_somebody_without_a_committee(street: Street, two: tuple[Session, Session]) -> None:
    came(street.centre, NOWHERE)
    with pytest.raises(UserError, match="arrival-without-committee"):
        arrivals.notified(street.centre, named(street.centre, "赵六")["id"], to="张")


# ---------------------------------------------------------------- steps


def test_each_step_has_its_time_and_is_keyed_later(home: Session) -> None:
    came(home, WANG)
    row = named(home, "王建国")["id"]
    home.clock = clock.frozen("2020-05-25T18:00")
    arrivals.step(home, row, "picked-up", at=at("2020-05-25T14:50"), by="周师傅", vehicle="沪A12345")
    arrivals.step(home, row, "handed-over", at=at("2020-05-25T16:10"), to="张书记")
    assert arrivals.list_(home)[0]["why"] == "not-home"
    done = arrivals.step(home, row, "home")
    shown = arrivals.one(home, row)
    assert (shown["picked_up_at"], shown["vehicle"]) == ("2020-05-25T14:50:00+08:00", "沪A12345")
    assert (shown["handed_over_to"], shown["home_at"]) == ("张书记", "2020-05-25T18:00:00+08:00")
    assert arrivals.list_(home) == [] and shown["steps"] == []
    undoing.undo(home, done.batch)
    assert arrivals.list_(home)[0]["state"] == "已交接"


@pytest.mark.parametrize(
    ("code", "keyed"),
    [
        ("time-future", lambda s, row: arrivals.step(s, row, "home", at=at("2020-05-25T18:01"))),
        ("time-before-step", lambda s, row: arrivals.step(s, row, "home", at=at("2020-05-25T14:49"))),
        ("time-too-early", lambda s, row: arrivals.step(s, row, "home", at=at("2019-05-25T16:00"))),
        ("arrival-step", lambda s, row: arrivals.step(s, row, "waiting")),
        ("arrival-use-reassign", lambda s, row: arrivals.step(s, row, "已改派")),
        ("arrival-state-unknown", lambda s, row: arrivals.step(s, row, "飞走")),
        ("arrival-unknown", lambda s, row: arrivals.step(s, "00000000-0000-7000-8000-000000000000", "home")),
        ("value-refused", lambda s, row: arrivals.step(s, row, "home", by="字" * 100_001)),
    ],
)
def test_a_step_that_cannot_be_is_refused(home: Session, code: str, keyed: Callable[[Session, str], object]) -> None:
    came(home, WANG)
    row = named(home, "王建国")["id"]
    home.clock = clock.frozen("2020-05-25T18:00")
    arrivals.step(home, row, "picked-up", at=at("2020-05-25T14:50"))
    with pytest.raises(UserError, match=code):
        keyed(home, row)
    assert arrivals.one(home, row)["state"] == "已接"


def test_somebody_still_expected_is_not_missed(home: Session) -> None:
    came(home, WANG)
    with pytest.raises(UserError, match="arrival-not-yet"):
        arrivals.step(home, named(home, "王建国")["id"], "missed")


def test_who_has_not_arrived_stands_out_first(home: Session) -> None:
    came(home, WANG, NOWHERE)
    home.clock = clock.frozen("2020-05-25T15:00")
    assert [(row["name"], row["why"]) for row in arrivals.list_(home)] == [("王建国", "late"), ("赵六", "no-household")]
    row = named(home, "王建国")["id"]
    arrivals.step(home, row, "missed", why="航班上没有此人")
    assert arrivals.list_(home)[0]["why"] == "missed", "until somebody has found out"
    arrivals.step(home, row, "cancelled", why="改签，不来了")
    assert names(arrivals.list_(home)) == {"赵六"}


# ---------------------------------------------------------------- to which door


def test_matching_by_hand_finds_the_person_or_makes_one(home: Session) -> None:
    dwelling = records.add(home, "dwelling", {"estate": "培花新村", "building": "12号", "room": "401"}).id
    came(home, NOWHERE)
    row = named(home, "赵六")["id"]
    arrivals.match(home, row, "培花新村/12号/401")
    shown = arrivals.one(home, row)
    assert shown["path"] == "培花新村/12号/401/户1" and not shown["resident"]
    made = arrivals.register(home, row)
    person = records.show(home, "resident", made.id)
    assert (person["name"], person["phone"]) == ("赵六", "13700000000")
    assert arrivals.one(home, row)["resident"] == made.id
    assert arrivals.register(home, row).id == made.id, "once"
    assert records.show(home, "dwelling", dwelling)["households"][0]["residents"] == 1


def test_a_door_of_another_committee_is_no_door_of_this_one(street: Street, two: tuple[Session, Session]) -> None:
    came(street.centre, WANG)
    with pytest.raises(UserError, match="arrival-other-committee"):
        arrivals.match(street.centre, named(street.centre, "王建国")["id"], "由由新村/12号/302")


# ---------------------------------------------------------------- the command line


def test_a_list_and_a_step_by_the_command_line(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made / "committee-1", tmp_path / "home")
    (tmp_path / "list.csv").write_text((TITLES + WANG + NOWHERE).replace("\t", ","), "utf-8")
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)

    def run(*words: str, code: int = 0) -> Any:
        options = ["--json", "--data", str(tmp_path / "home"), "--account", ACCOUNT, "--now", "2020-05-25T15:00"]
        assert main([*options, "arrival", *words]) == code
        return json.loads(capsys.readouterr().out)

    assert run("import", str(tmp_path / "list.csv"), "--dry-run")["new"] == 2 and run("list") == []
    assert run("import", str(tmp_path / "list.csv"))["batches"]
    first = run("list", "--open")[0]
    assert {"id", "household", "resident", "state", "due"} <= first.keys() and first["why"] == "late"
    stepped = run("step", first["id"], "picked-up", "--at", "2020-05-25T14:40", "--vehicle", "沪A1")
    assert (stepped["state"], stepped["vehicle"], bool(stepped["batch"])) == ("已接", "沪A1", True)
    refused = run("step", first["id"], "home", "--at", "2020-05-25T14:00", code=1)["error"]
    assert refused["code"] == "time-before-step" and "14:40" in refused["message"]
    assert run("hear", "AAAAAA", code=1)["error"]["code"] == "contact-code-wrong"
