"""The whole job by files: init → look → import → find → show → set → history → undo → redo → decide → report → verify."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.cli import main
from tests.conftest import ACCOUNT, CODE, NAME, PASSWORD

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def loutu(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with --json; (exit code, its one JSON document)."""
    monkeypatch.setenv("LOUTU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOUTU_ACCOUNT", ACCOUNT)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)

    def run(*arguments: str) -> tuple[int, Any]:
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def made(loutu: Run) -> Run:
    code, result = loutu("init", "--role", "committee", "--name", NAME, "--code", CODE, "--rehearsal")
    assert code == 0 and {"workspace", "device", "role", "code", "committee_id"} <= set(result)
    return loutu


def test_the_first_half_of_the_spine(made: Run, roster: Path, tmp_path: Path) -> None:
    code, dry = made("import", "roster", str(roster), "--dry-run")
    assert code == 0 and "batch" not in dry and made("status")[1]["persons"] == 0
    code, done = made("import", "roster", str(roster))
    assert {key: done[key] for key in ("rows", "new", "changed", "same", "doubtful", "rejected")} == {
        "rows": 5, "new": 4, "changed": 0, "same": 0, "doubtful": 0, "rejected": 1,
    }  # fmt: skip
    assert {(each["row"], each["column"], each["code"]) for each in done["findings"]} >= {
        (6, "身份证号码", "id-check-digit"), (6, "联系电话", "phone-invalid"), (6, "出生日期", "date-invalid"), (9, None, "row-no-place"),
    }  # fmt: skip
    assert all(each["message"] and "310115198001011234" not in each["message"] for each in done["findings"])
    hit = made("find", "wjg")[1][0]
    assert (hit["name"], hit["path"], hit["phone"]) == ("王建国", "培花新村/12号/302", "138****5678")
    code, changed = made("set", "resident", hit["id"], "phone=13900001111", "party_member=否", "--source", "电话核实")
    assert (code, sorted(changed["changed"])) == (0, ["party_member", "phones"])
    shown = made("show", "resident", "12号/302/户1/王建国", "--history")[1]
    assert (shown["phone"], shown["party_member"], shown["birth_date"]) == ("13900001111", False, "1958-**-**")
    phones = [each for each in shown["history"] if each["field"] == "phones"]
    assert [(each["value"][0]["number"], each["source"]) for each in phones] == [
        ("13900001111", "电话核实"), ("13812345678", "花名册.xlsx"),
    ]  # fmt: skip
    _undone_and_back(made, changed["batch"], hit["id"])
    _reported(made, tmp_path)
    assert made("ledger", "verify")[1]["ok"] and made("ledger", "rebuild", "--check") == (
        0,
        {"ok": True, "differences": []},
    )


def _undone_and_back(made: Run, batch: str, resident: str) -> None:
    code, undone = made("undo", batch)
    assert (code, undone["undone"]) == (0, 2)
    assert made("show", "resident", resident)[1]["phone"] == "13812345678"
    assert made("undo", undone["batch"])[0] == 0
    assert made("show", "resident", resident)[1]["phone"] == "13900001111"


def _reported(made: Run, tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ["{{committee.name}}共{{count}}人"],
        ["姓名", "住址", "电话"],
        ["{{name}}", "{{path}}", "{{phone}}"],
        ["合计", "=COUNTA(A3:A3)"],
    ):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    code, filled = made(
        "report", str(tmp_path / "t.xlsx"), "--out", str(tmp_path / "o.xlsx"), "--where", "building=12号"
    )
    assert (code, filled["rows"]) == (0, 3)
    rows = list(load_workbook(tmp_path / "o.xlsx").active.values)
    assert rows[0][0] == f"{NAME}共3人" and rows[-1][1] == "=COUNTA(A3:A5)"
    assert ("王建国", "培花新村12号302室", "13900001111") in rows


def test_a_whole_import_is_undone_and_redone(made: Run, roster: Path) -> None:
    batch = made("import", "roster", str(roster))[1]["batch"]
    code, undone = made("undo", batch)
    assert (code, undone["kept"], made("status")[1]["persons"], made("find", "王")[1]) == (0, [], 0, [])
    assert made("undo", undone["batch"])[0] == 0
    assert (made("status")[1]["persons"], len(made("find", "王")[1])) == (4, 1)


def test_what_was_edited_since_is_kept_whole(made: Run, roster: Path) -> None:
    batch = made("import", "roster", str(roster))[1]["batch"]
    made("set", "resident", "12号/302/户1/王建国", "phone=13900001111")
    kept = made("undo", batch)[1]["kept"]
    assert ("resident", "edited", "培花新村/12号/302/户1/王建国") in [
        (e["entity"], e["reason"], e["path"]) for e in kept
    ]
    assert made("show", "resident", "12号/302/户1/王建国")[1]["sex"] == "男"


def test_the_same_roster_again_changes_nothing(made: Run, roster: Path) -> None:
    made("import", "roster", str(roster))
    again = made("import", "roster", str(roster))[1]
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 4)


def test_a_dead_person_in_an_old_roster_waits_for_a_decision(made: Run, roster: Path) -> None:
    made("import", "roster", str(roster))
    made("set", "resident", "12号/302/户1/王建国", "status=去世")
    assert made("import", "roster", str(roster))[1]["doubtful"] == 1
    waiting = made("doubtful", "list")[1]
    assert [(each["reason"], each["candidate"]["status"]) for each in waiting] == [("dead", "去世")]
    assert made("doubtful", "decide", waiting[0]["id"], "keep")[0] == 0
    assert made("doubtful", "list")[1] == []
    assert made("show", "resident", "12号/302/户1/王建国")[1]["status"] == "去世"
    assert made("doubtful", "decide", waiting[0]["id"], "keep")[1]["error"]["code"] == "already-decided"


def test_places_people_and_what_happens_to_them_are_added_by_hand(made: Run) -> None:
    assert made("add", "dwelling", "estate=联洋花园", "lane=丁香路901弄", "building=12", "room=302")[0] == 0
    assert made("add", "household", "dwelling=联洋花园/丁香路901弄/12号/302")[0] == 0
    assert made("add", "household", "dwelling=12号/302", "label=A间")[0] == 0
    code, person = made("add", "resident", "household=12号/302/户2", "name=买买提·艾力", "phone=021-58881234")
    assert (code, made("show", "resident", person["id"])[1]["path"]) == (
        0,
        "联洋花园/丁香路901弄/12号/302/户2/买买提·艾力",
    )
    for entity, values in (
        ("arrival", ["origin=武汉", "arrived_on=2020年3月5日", "overseas=否"]),
        ("isolation_case", ["rule=14", "start=2020-03-05", "state=在管"]),
    ):
        code, added = made("add", entity, f"resident={person['id']}", *values)
        assert code == 0 and made("set", entity, added["id"], values[0])[1]["changed"] == []
    code, visit = made("add", "visit", "household=12号/302/户1", "on=2020-03-06", "mode=上门", "result=登记", "by=李四")
    assert made("show", "visit", visit["id"])[1]["result"] == "登记"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("show", "resident", "99号/101/户1/谁"), 1, "path-unknown"),
        (("import", "roster", "no-such-file.xlsx"), 1, "file-missing"),
        (("undo", "no-such-batch"), 1, "batch-unknown"),
        (("find",), 2, "usage"),
        (("add", "person", "name=x"), 2, "entity-unknown"),
        (("add", "resident", "nme=x"), 2, "field-unknown"),
        (("status", "--password-file", "/no/such/file"), 1, "password-file"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_code(
    made: Run, arguments: tuple[str, ...], exit_code: int, code: str
) -> None:
    done, result = made(*arguments)
    assert (done, result["error"]["code"]) == (exit_code, code)
    assert result["error"]["message"]


def test_a_short_path_that_fits_twice_is_answered_with_candidates(made: Run) -> None:
    for estate in ("甲苑", "乙苑"):
        made("add", "dwelling", f"estate={estate}", "building=12", "room=302")
    code, result = made("show", "dwelling", "12号/302")
    assert (code, sorted(result["error"]["candidates"])) == (1, ["乙苑/12号/302", "甲苑/12号/302"])


def test_a_wrong_password_is_refused_and_leaves_a_trace(made: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUTU_PASSWORD", "wrong-password")
    assert made("status")[0] == 3
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    assert [each["action"] for each in made("ledger", "show")[1]].count("login-failed") == 1


def test_init_never_overwrites(made: Run) -> None:
    code, result = made("init", "--role", "committee", "--name", NAME, "--code", CODE)
    assert (code, result["error"]["code"]) == (1, "workspace-exists")
    assert made("status")[0] == 0


def test_a_meddled_ledger_is_not_trusted(made: Run, tmp_path: Path) -> None:
    from app.services import workspaces

    session = workspaces.unlock(tmp_path / "data", ACCOUNT, PASSWORD)
    with session.db.transaction() as connection:
        connection.exec_driver_sql("UPDATE batch SET account = 'x'")
    workspaces.lock(session)
    code, result = made("ledger", "verify")
    assert (code, result["ok"]) == (4, False)


def test_a_real_workspace_refuses_a_made_up_time(loutu: Run) -> None:
    assert loutu("init", "--role", "committee", "--name", "居委会", "--code", "310115016")[0] == 0
    code, result = loutu("status", "--now", "2020-05-25T09:00")
    assert (code, result["error"]["code"]) == (3, "now-only-rehearsal")


@pytest.mark.parametrize("arguments", [["--help"], ["nonsense"], ["import", "roster", "--help"]])
def test_help_and_usage_load_neither_qt_nor_sqlalchemy(arguments: list[str]) -> None:
    loaded = _modules_after(arguments)
    assert not loaded & {"PySide6", "sqlalchemy", "openpyxl", "sqlcipher3"}


def test_no_command_loads_qt(made: Run, tmp_path: Path) -> None:
    assert "sqlalchemy" in (loaded := _modules_after(["status"])) and "PySide6" not in loaded


def _modules_after(arguments: list[str]) -> set[str]:
    program = (
        "import sys, io, contextlib\nfrom app.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):\n"
        "    try: main(sys.argv[1:])\n    except SystemExit: pass\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.split())
