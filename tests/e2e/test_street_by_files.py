"""The way to the centre by files alone: two committees, a centre, enrolment, bundles, receipts, maps, sheets, report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.cli import main
from tests.conftest import ACCOUNT, PASSWORD
from tests.sheets import reading

ROOT_PASSWORD = "gen-mima-12345"
HOSTILE = "<script>alert(1)</script>"
"""A name; passport names are kept in capitals."""
TRUSTED, MENDABLE, UNTRUSTED = 0, 1, 4
Run = Callable[..., tuple[int, Any]]


class Town:
    """Runs commands in the workspaces of a centre and of committees; every date is the practice day's."""

    def __init__(self, folder: Path, output: Callable[[], str]) -> None:
        self.folder = folder
        self.output = output
        self.root_password = folder / "root.txt"
        self.root_password.write_text(ROOT_PASSWORD + "\n", "utf-8")
        self.root_key = folder / "根密钥.key"

    def __call__(self, where: str, *arguments: str, now: str = "09:00") -> Any:
        """The result of a command that must succeed."""
        code, said = self.tried(where, *arguments, now=now)
        assert code == 0, said
        return said

    def tried(self, where: str, *arguments: str, now: str = "09:00") -> tuple[int, Any]:
        data = ("--data", str(self.folder / where), "--now", f"2020-05-25T{now}")
        code = main([*arguments, *data, "--json"])
        return code, json.loads(self.output())

    def root(self) -> tuple[str, ...]:
        return "--root-key", str(self.root_key), "--root-password-file", str(self.root_password)

    def begin(self, where: str, role: str, name: str, code: str) -> None:
        self(where, "init", "--role", role, "--name", name, "--code", code, "--rehearsal",
             *(self.root() if role == "centre" else ()))  # fmt: skip

    def join(self, where: str) -> None:
        asked, answer = str(self.folder / f"{where}.ltq"), str(self.folder / f"{where}.lta")
        words = self(where, "enrol", "request", "--out", asked)["fingerprint"]
        heard = self("centre", "enrol", "approve", asked, "--fingerprint", words, "--out", answer, *self.root())
        self(where, "enrol", "accept", answer, "--root-words", heard["root_words"])

    def send(self, where: str, now: str) -> list[str]:
        stick = self.folder / "stick"
        stick.mkdir(exist_ok=True)
        return [each["file"] for each in self(where, "bundle", "export", "--out", str(stick), now=now)["bundles"]]


@pytest.fixture
def town(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("LOUTU_ACCOUNT", ACCOUNT)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    made = Town(tmp_path, lambda: capsys.readouterr().out)
    made.begin("centre", "centre", "花木街道", "310115016")
    for number, name in enumerate(("培花新村第一居委会", "联洋第一居委会"), 1):
        made.begin(f"committee-{number}", "committee", name, f"31011501600{number}")
        made.join(f"committee-{number}")
        made(f"committee-{number}", "import", "roster", str(roster(tmp_path, number)))
    return made


def roster(folder: Path, number: int) -> Path:
    """Two buildings; a hostile name among the people."""
    book = Workbook()
    book.active.append(
        ["小区", "楼号", "室号", "姓名", "性别", "与户主关系", "联系电话", "返沪日期", "出发地", "是否境外"]
    )
    estate = f"第{number}小区"
    for row in (
        ["1号", "101", "王建国", "男", "户主", "13812345678", "", "", ""],
        ["1号", "201", HOSTILE, "女", "户主", "", "2020-05-20", "英国伦敦", "是"],
        ["1号", "201", "李小明", "男", "子", "", "", "", ""],
        ["2号", "101", "#panic()", "男", "户主", "", "", "", ""],
    ):
        book.active.append([estate, *row])
    path = folder / f"名册{number}.xlsx"
    book.save(path)
    return path


def test_from_two_committees_to_the_centre_and_a_receipt_back(town: Town) -> None:
    for number in (1, 2):
        (file,) = town.send(f"committee-{number}", "10:00")
        (merged,) = town("centre", "bundle", "merge", file, now="10:30")["files"]
        assert merged["applied"] > 8 and merged["error"] is None
    told = town("centre", "status")
    assert (told["residents"], [each["residents"] for each in told["committees"]]) == (8, [4, 4])
    assert [hit["estate"] for hit in town("centre", "find", "王建国")] == ["第1小区", "第2小区"]
    back = town.send("centre", "11:00")
    for number in (1, 2):
        mine = [file for file in back if town.tried(f"committee-{number}", "bundle", "merge", file)[0] == TRUSTED]
        assert len(mine) == 1, [town.tried(f"committee-{number}", "bundle", "merge", file) for file in back]
        assert town(f"committee-{number}", "status")["last_receipt"].startswith("2020-05-25T11:00")
        assert town.send(f"committee-{number}", "11:30") == []


def test_only_what_the_receipt_does_not_cover_goes_again(town: Town) -> None:
    (first,) = town.send("committee-1", "10:00")
    assert town("centre", "bundle", "merge", first)["files"][0]["duplicates"] == 0
    for file in town.send("centre", "10:30"):
        town.tried("committee-1", "bundle", "merge", file)
    person = town("committee-1", "find", "王建国")[0]["id"]
    town("committee-1", "set", "resident", person, "occupation=教师", now="11:00")
    (again,) = town.send("committee-1", "11:30")
    (merged,) = town("centre", "bundle", "merge", again, now="12:00")["files"]
    assert (merged["duplicates"], merged["conflicts"]) == (0, 0) and 0 < merged["applied"] < 12
    assert town("centre", "show", "resident", person)["occupation"] == "教师"
    assert town("centre", "bundle", "merge", first, again)["files"][1]["applied"] == 0


def test_both_sides_changed_one_value_and_a_person_decides(town: Town) -> None:
    (file,) = town.send("committee-1", "10:00")
    town("centre", "bundle", "merge", file)
    person = town("centre", "find", "王建国")[0]["id"]
    town("centre", "set", "resident", person, "occupation=医生", now="10:10")
    town("committee-1", "set", "resident", person, "occupation=教师", now="10:20")
    (file,) = town.send("committee-1", "10:30")
    assert town("centre", "bundle", "merge", file)["files"][0]["conflicts"] == 1
    (conflict,) = town("centre", "conflict", "list")
    assert {each["value"] for each in conflict["values"]} == {"医生", "教师"}
    kept = next(each["version"] for each in conflict["values"] if each["value"] == "教师")
    town("centre", "conflict", "decide", conflict["id"], kept, now="11:00")
    assert town("centre", "conflict", "list") == []
    for file in town.send("centre", "11:10"):
        town.tried("committee-1", "bundle", "merge", file)
    assert town("committee-1", "show", "resident", person)["occupation"] == "教师"
    assert town("committee-1", "conflict", "list") == []


@pytest.mark.parametrize(
    ("harm", "code", "said"),
    [
        (lambda data: data[:-20], UNTRUSTED, "bundle-damaged"), (lambda data: b"PK" + data, MENDABLE, "bundle-no-bundle"),
        (lambda data: data[:6] + b"\x09" + data[7:], MENDABLE, "bundle-newer"),
    ],
)  # fmt: skip
def test_one_bad_file_stops_no_other(town: Town, harm: Callable[[bytes], bytes], code: int, said: str) -> None:
    (good,), (other,) = town.send("committee-1", "10:00"), town.send("committee-2", "10:01")
    Path(other).write_bytes(harm(Path(other).read_bytes()))
    done, result = town.tried("centre", "bundle", "merge", other, good)
    assert done == code
    assert [each["error"] and each["error"]["code"] for each in result["files"]] == [said, None]
    assert result["files"][0]["error"]["message"] and town("centre", "status")["residents"] == 4


def test_a_bundle_that_got_lost_is_a_gap_until_it_comes(town: Town) -> None:
    (first,) = town.send("committee-1", "10:00")
    shutil.copytree(town.folder / "centre", town.folder / "empty-centre")
    town("centre", "bundle", "merge", first)
    for back in town.send("centre", "10:10"):
        town.tried("committee-1", "bundle", "merge", back)
    person = town("committee-1", "find", "王建国")[0]["id"]
    town("committee-1", "set", "resident", person, "occupation=教师", now="10:20")
    (second,) = town.send("committee-1", "10:21")
    code, said = town.tried("empty-centre", "bundle", "merge", second)
    (gap,) = said["files"][0]["aside"]
    assert (code, gap["code"], gap["first"]) == (UNTRUSTED, "ledger-gap", 1)
    assert town("empty-centre", "bundle", "merge", first, second)["files"][1]["aside"] == []
    assert town("empty-centre", "show", "resident", person)["occupation"] == "教师"


def test_three_maps_as_files_with_hostile_names_as_text(town: Town, tmp_path: Path) -> None:
    for number in (1, 2):
        town("centre", "bundle", "merge", *town.send(f"committee-{number}", "10:00"))
    for level, ref, colour in (
        ("street", (), "returnees"),
        ("estate", ("第1小区",), "unvisited"),
        ("building", ("第1小区/1号",), "residents"),
    ):
        for suffix in ("html", "png", "pdf"):
            out = tmp_path / f"{level}.{suffix}"
            done = town("centre", "map", level, *ref, "--colour", colour, "--out", str(out), now="12:00")
            assert done["data_until"].startswith("2020-05-25T09:00")
            assert all({"label", "colour", "count", "people"} <= set(line) for line in done["legend"])
            assert out.stat().st_size > 5_000
    street = town("centre", "map", "street", "--colour", "returnees", "--out", str(tmp_path / "s.html"))
    assert [(line["label"], line["count"], line["people"]) for line in street["legend"]] == [("1 及以上", 2, 8)]
    page = (tmp_path / "building.html").read_text("utf-8")
    assert "<SCRIPT>ALERT" not in page and "\\u003cSCRIPT\\u003eALERT(1)" in page
    assert HOSTILE.upper() in reading.text((tmp_path / "building.pdf").read_bytes())


def test_sheets_and_report_of_a_committee(town: Town, tmp_path: Path) -> None:
    out = tmp_path / "登记表.pdf"
    done = town("committee-1", "sheets", "--building", "第1小区/1号", "--out", str(out))
    assert (done["pages"], done["households"]) == (1, 2)
    text = reading.text(out.read_bytes())
    assert "王建国" in text and "138****5678" in text and HOSTILE.upper() in text
    assert text.index("201室") < text.index("101室")
    book = Workbook()
    book.active.append(["{{name}}", "{{path}}"])
    book.save(tmp_path / "t.xlsx")
    town("committee-1", "report", str(tmp_path / "t.xlsx"), "--out", str(tmp_path / "o.xlsx"))
    names = [row[0].value for row in load_workbook(tmp_path / "o.xlsx").active.iter_rows()]
    assert HOSTILE.upper() in names and len(names) == 4


def test_the_centre_s_report_holds_everybody_who_was_sent(town: Town, tmp_path: Path) -> None:
    for number in (1, 2):
        town("centre", "bundle", "merge", *town.send(f"committee-{number}", "10:00"))
    book = Workbook()
    book.active.append(["{{path}}", "{{name}}"])
    book.save(tmp_path / "t.xlsx")
    done = town("centre", "report", str(tmp_path / "t.xlsx"), "--out", str(tmp_path / "o.xlsx"))
    places = [row[0].value for row in load_workbook(tmp_path / "o.xlsx").active.iter_rows()]
    assert done["rows"] == 8
    assert [place[:4] for place in places] == ["第1小区"] * 4 + ["第2小区"] * 4
