"""Work with people by commands alone: a day from the arrival to the release, as docs/cli.md says its rows, times and refusals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook

from app.cli import main
from app.domain import contact_codes
from app.services import records, rosters, workspaces
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.domain.test_pictures import TINY
from tests.street import Street

ROW = {"id", "household", "resident", "state", "due"}
HOME = "培花新村/12号/302"
WANG, LI, ZHAO = f"{HOME}/王建国", f"{HOME}/李秀英", "培花新村/12号/401/赵梅"
NOTE = "转仁济医院发热门诊"


def filled(value: Any) -> bool:
    """Is nothing null or "" anywhere?"""
    if isinstance(value, dict):
        return all(map(filled, value.values()))
    return all(map(filled, value)) if isinstance(value, list) else value is not None and value != ""


class Desk:
    """Runs commands in one workspace on the practice day."""

    def __init__(self, where: Path, output: Callable[[], Any]) -> None:
        self.where, self.output, self.said = where, output, ""

    def __call__(self, now: str, *words: str) -> Any:
        """The result of a command that must succeed; nothing unknown may stand in it."""
        code, told = self.tried(now, *words)
        assert code == 0 and filled(told), told
        return told

    def tried(self, now: str, *words: str) -> tuple[int, Any]:
        moment = now if "T" in now else f"2020-05-25T{now}"
        code = main([*words, "--json", "--data", str(self.where), "--now", moment])
        read = self.output()
        self.said = read.err
        return code, json.loads(read.out)

    def refused(self, *words: str) -> tuple[int, str]:
        code, told = self.tried("15:00", *words)
        assert "Traceback" not in self.said and any(each > "\u4e00" for each in told["error"]["message"])
        return code, told["error"]["code"]


@pytest.fixture(scope="module")
def made(new_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice workspace of three people behind two doors, made once."""
    place = tmp_path_factory.mktemp("people")
    book = Workbook()
    book.active.append(["小区", "楼号", "室号", "姓名", "性别", "与户主关系", "出生日期"])
    for row in (
        ["培花新村", "12号", "302", "王建国", "男", "户主", "1958-03-12"],
        ["培花新村", "12号", "302", "李秀英", "女", "妻", "1960-05-01"],
        ["培花新村", "12号", "401", "赵梅", "女", "户主", "1934-02-03"],
    ):
        book.active.append(row)
    book.save(place / "roster.xlsx")
    shutil.copytree(new_workspace, place / "home")
    session = workspaces.unlock(place / "home", ACCOUNT, PASSWORD, clock=NOW)
    rosters.apply(session, rosters.preview(session, place / "roster.xlsx"))
    workspaces.lock(session)
    return place / "home"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUTU_ACCOUNT", ACCOUNT)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)


@pytest.fixture
def desk(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], account: None) -> Desk:
    return Desk(Path(shutil.copytree(made, tmp_path / "home")), capsys.readouterr)


def test_a_day_of_people_by_commands(desk: Desk, tmp_path: Path) -> None:
    came = desk("09:00", "arrival", "add", "person_name=王建国", f"household={HOME}", f"resident={WANG}", "expected_at=14:05", "arrived_on=5月25日")  # fmt: skip
    assert came.keys() >= ROW and (came["expected_at"], came["arrived_on"]) == (
        "2020-05-25T14:05:00+08:00",
        "2020-05-25",
    )
    came = desk(
        "15:00", "arrival", "step", desk("15:00", "arrival", "list", "--open")[0]["path"], "home", "--at", "14:35"
    )
    assert (came["state"], came["home_at"]) == ("已到家", "2020-05-25T14:35:00+08:00")

    case = desk("15:00", "isolation", "open", "--resident", came["path"], "--rule", "14", "--start", "昨天")
    assert case.keys() >= ROW and (case["start"], case["end"]) == ("2020-05-24", "2020-06-06")
    (row,) = desk("15:00", "isolation", "list")
    assert row.keys() >= ROW and desk("15:00", "isolation", "show", row["path"])["id"] == case["id"]
    assert desk("15:00", "isolation", "show", HOME)["id"] == case["id"]  # the only one behind the door
    checked = desk(
        "15:00", "isolation", "check", row["path"], "--slot", "am", "--date", "5月25日", "--temperature", "38.2"
    )
    assert checked["alert"] and checked["date"] == "2020-05-25"
    (alert,) = (each for each in desk("15:00", "today")["items"] if each["kind"] == "alert")
    assert alert.keys() >= ROW and alert["path"] == row["path"]
    assert desk("15:10", "isolation", "handled", row["path"], "--note", NOTE).keys() >= ROW

    errand = desk("15:00", "errand", "add", "--household", HOME, "--kind", "配药送药", "--due", "明天")
    assert (errand["due"], "done_by" in errand) == ("2020-05-26", False)
    assert desk("15:00", "errand", "done", errand["id"], "--by", "李梅")["state"] == "已完成"

    papers = tmp_path / "告知书.pdf"
    assert desk("15:00", "notice", "make", "告知书", "--case", row["path"], "--out", str(papers))["persons"] == 1
    (paper,) = desk("15:00", "notice", "list")
    assert paper.keys() >= ROW - {"due"} and (paper["resident"], paper["cases"]) == (case["resident"], [case["id"]])

    desk("15:00", "care", "plan", "--resident", ZHAO, "--kind", "每周电话")
    (due,) = desk("15:00", "care", "due")
    done = desk("15:00", "care", "done", due["path"], "--note-sensitive", "每周三透析")
    assert done.keys() >= ROW and done["plan"] == due["id"] != done["id"] and done["due"] > due["due"]
    for words, state in ((("pause", ZHAO, "--why", "住院"), "已暂停"), (("resume", ZHAO), "执行中"),
                         (("prolong", ZHAO, "--until", "2020-12-31"), "执行中")):  # fmt: skip
        stepped = desk("15:00", "care", *words)
        assert stepped.keys() >= ROW and (stepped["id"], stepped["state"]) == (due["id"], state)
    (alone,) = (each for each in desk("15:00", "care", "groups") if each["group"] == "独居")
    assert [(each["name"], each["state"]) for each in alone["members"]] == [("赵梅", "执行中")]
    assert alone["members"][0].keys() >= ROW
    ended = desk("15:00", "care", "end", ZHAO, "--why", "搬走")
    assert (ended["state"], ended["overdue"], "due" in ended) == ("已结束", False, False)

    event = desk("15:00", "incident", "add", "--what", "漏水", "--place", HOME, "--at", "昨天 14:05")
    assert event.keys() >= ROW - {"resident"} and event["reported_at"] == "2020-05-24T14:05:00+08:00"
    assert desk("15:00", "incident", "list", "--state", "已接报")[0]["id"] == event["id"]
    assert desk("15:00", "incident", "list", "--state", "已回访") == []

    code = contact_codes.make(Random(3))
    desk("15:00", "arrival", "hear", code, "--heard", "三楼来人", "--at", "14:50")
    (stub,) = desk("15:00", "arrival", "stubs")
    assert stub.keys() >= ROW - {"household", "resident"} and stub["due"] == "2020-05-28T14:50:00+08:00"

    closed = desk("2020-06-07T09:00", "isolation", "close", row["path"], "--reason", "期满")
    assert (closed["state"], closed["closed_on"], "due" in closed) == ("已解除", "2020-06-07", False)
    handed = desk("2020-06-07T09:00", "notice", "handed", case["id"], "--at", "8:30", "--number", "卫通1号")
    assert handed["ids"] == [case["id"]]
    shown = desk("2020-06-07T09:00", "isolation", "show", case["id"])
    assert shown["notice_handed_at"] == "2020-06-07T08:30:00+08:00"


def test_level_3_is_masked_without_a_purpose_and_shown_with_one(desk: Desk, tmp_path: Path) -> None:
    case = desk("15:00", "isolation", "open", "--resident", WANG, "--rule", "14", "--start", "2020-05-25")["id"]
    desk("15:00", "isolation", "check", case, "--slot", "am", "--temperature", "38.2")
    for asked in ((), ("--reveal",)):
        told = json.dumps(desk("15:00", "isolation", "show", case, *asked), ensure_ascii=False)
        assert "38.2" not in told and ("--purpose" in desk.said) is bool(asked)
    assert "38.2" in json.dumps(desk("15:00", "isolation", "show", case, "--purpose", "isolation"))
    looks = [
        each
        for each in desk.tried("15:00", "ledger", "show")[1]
        if each["entity"] == "isolation_case" and each["action"] == "view"
    ]
    assert [each["id"] for each in looks] == [case]

    desk("15:00", "set", "resident", ZHAO, "care_groups_sensitive=透析")
    assert "透析" not in str(desk("15:00", "care", "show", ZHAO))
    assert "透析" in str(desk("15:00", "care", "show", ZHAO, "--purpose", "care"))

    (tmp_path / "a.jpg").write_bytes(TINY)
    event = desk("15:00", "incident", "add", "--kind", "求助", "--place", HOME)["id"]
    photo = desk("15:00", "incident", "photo", event, str(tmp_path / "a.jpg"))["photo"]
    out = ("--out", str(tmp_path / "照片"))
    assert (
        "out" not in desk("15:00", "incident", "photo", event, *out)["photographs"][0]
        and not (tmp_path / "照片").exists()
    )
    (shown,) = desk("15:00", "incident", "photo", event, *out, "--purpose", "care")["photographs"]
    assert shown["id"] == photo and Path(shown["out"]).read_bytes() == TINY


def test_how_an_alert_was_handled_stands_sealed_alone(desk: Desk) -> None:
    case = desk("15:00", "isolation", "open", "--resident", WANG, "--rule", "14", "--start", "2020-05-25")["id"]
    desk("15:00", "isolation", "check", case, "--slot", "am", "--temperature", "38.2")
    told = desk("15:10", "isolation", "handled", case, "--note", NOTE)
    assert not told["alert"] and NOTE not in str(told)
    session = workspaces.unlock(desk.where, ACCOUNT, PASSWORD, clock=NOW)
    try:
        with session.db.reading() as connection:
            tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            pages = "".join(
                str(row) if not any(isinstance(value, bytes) for value in row) else
                "".join(value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value) for value in row)
                for (table,) in tables for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()
            )  # fmt: skip
    finally:
        workspaces.lock(session)
    assert "王建国" in pages and "roster.xlsx" in pages, "values and sources of entries are read here"
    assert NOTE not in pages and "发热门诊" not in pages
    assert NOTE in str(desk("15:20", "isolation", "show", case, "--purpose", "isolation"))
    lines = desk("15:20", "timeline", "resident", WANG, "--kind", "isolation")["lines"]
    assert [each["what"] for each in lines if " 次" in each["what"]] == ["5月25日–5月25日 登记 1 次，不缺"], (
        "the note is no check"
    )


def test_people_on_the_move_and_one_path_for_two_cases(
    street: Street, capsys: pytest.CaptureFixture[str], account: None, tmp_path: Path
) -> None:
    street.committee(2)
    home = street.committee(1)
    records.add(home, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    records.add(home, "household", {"dwelling": HOME})
    for name in ("王建国", "李秀英"):
        records.add(home, "resident", {"household": HOME, "name": name})
    street.close()
    street.committees.clear()
    desk = Desk(tmp_path / "committee-1", capsys.readouterr)
    desk("09:00", "isolation", "open", "--household", HOME, "--rule", "14", "--start", "2020-05-25")
    code, told = desk.tried("09:00", "isolation", "show", HOME)
    assert (code, told["error"]["code"]) == (1, "path-ambiguous")
    assert [desk("09:00", "isolation", "show", each)["name"] for each in told["error"]["candidates"]] == [
        "王建国",
        "李秀英",
    ]
    desk("09:00", "move", "offer", WANG, "--to", "第2居委会")
    (move,) = desk("10:00", "move", "list")
    assert move.keys() >= ROW and move["resident"] == move["id"] and datetime.fromisoformat(move["due"]).tzinfo


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("today", "--on", "乱"), (2, "day-invalid")), (("care", "due", "--on", "2020-02-30"), (2, "day-invalid")),
        (("arrival", "list", "--on", "乱"), (2, "day-invalid")), (("isolation", "list", "--on", "乱"), (2, "day-invalid")),
        (("errand", "add", "--household", HOME, "--kind", "配药送药", "--due", "乱"), (2, "day-invalid")),
        (("day-sheet", "--on", "乱", "--out", "a.pdf"), (2, "day-invalid")),
        (("incident", "stats", "--since", "乱"), (2, "day-invalid")),
        (("rules", "add", "9", "--steps", "居家隔离9", "--from", "乱"), (2, "day-invalid")),
        (("incident", "add", "--kind", "求助", "--at", "25:00"), (2, "moment-invalid")),
        (("arrival", "add", "person_name=甲", "expected_at=乱"), (2, "moment-invalid")),
        (("notice", "handed", "x", "--at", "乱"), (2, "moment-invalid")),
        (("incident", "add", "--place", HOME), (1, "field-needed")), (("incident", "list", "--kind", "乱"), (1, "incident-kind")),
        (("incident", "list", "--state", "乱"), (1, "incident-state-unknown")), (("care", "due", "--ahead", "-1"), (2, "usage")),
        (("find", "王", "--limit", "-1"), (2, "usage")), (("care", "adopt", "--group", "乱"), (1, "care-group-unknown")),
        (("notice", "settings", "foo=1"), (2, "notice-setting-unknown")), (("notice", "list", "--kind", "乱"), (1, "notice-kind")),
        (("care", "done", "培花新村/12号/401"), (1, "care-plan-unknown")), (("isolation", "show", "乱"), (1, "path-unknown")),
        (("arrival", "step", "乱", "home"), (1, "path-unknown")),
    ],
)  # fmt: skip
def test_a_slip_is_answered_in_chinese_under_a_code(
    desk: Desk, words: tuple[str, ...], answer: tuple[int, str]
) -> None:
    assert desk.refused(*words) == answer
