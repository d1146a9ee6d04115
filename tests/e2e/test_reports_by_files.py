"""A superior's forms by files: people are imported, a form is learned once, then filled by its name, corrected, as of a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Side

from app.cli import main
from tests.conftest import ACCOUNT, CODE, NAME, PASSWORD

THIN = Side(style="thin")
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def loutu(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, roster: Path) -> Run:
    """Run a command with --json at a time of the day in a workspace with the roster's people: (exit code, its JSON)."""
    monkeypatch.setenv("LOUTU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOUTU_ACCOUNT", ACCOUNT)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)

    def run(*arguments: str, now: str = "15:00") -> tuple[int, Any]:
        code = main([*arguments, "--json", "--now", f"2020-05-25T{now}"])
        return code, json.loads(capsys.readouterr().out)

    assert run("init", "--role", "committee", "--name", NAME, "--code", CODE, "--rehearsal")[0] == 0
    assert run("import", "roster", str(roster))[0] == 0
    return run


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """Figures above, people below, as it came: filled with last week's."""
    book = Workbook()
    sheet = book.active
    sheet.title = "日报"
    for row in (
        [f"{NAME}人口日报"], ["统计时点：", "", "填表人：", ""], ["户数", "实有人口", "男", "女"], [7, 8, 9, 10], ["人员名单"],
        ["序号", "姓名", "性别", "年龄"], [1, "上周的人", "男", 44], [2], ["合计", "=COUNTA(B7:B8)"], ["说明：", "暂离的也算"],
    ):  # fmt: skip
        sheet.append(row)
    for area in ("A3:D4", "A6:D9"):
        for line in sheet[area]:
            for cell in line:
                cell.border = Border(THIN, THIN, THIN, THIN)
    for area in ("A1:D1", "A5:D5"):
        sheet.merge_cells(area)
    path = tmp_path / "人口日报.xlsx"
    book.save(path)
    return path


def rows(file: Path) -> list[list[Any]]:
    return [list(row) for row in load_workbook(file).active.values]


def test_learned_looked_at_filled_and_corrected(loutu: Run, form: Path, tmp_path: Path) -> None:
    code, seen = loutu("form", "learn", str(form), "--dry-run")
    assert code == 0 and loutu("form", "list") == (0, [])
    assert {slot["cell"]: slot["text"] for slot in seen["sheets"][0]["slots"] if slot["text"]} == {
        "A1": "{{committee.name}}人口日报", "A2": "统计时点：{{统计时点}}", "C2": "填表人：{{maker}}", "A4": "{{户数}}", "B4": "{{实有人口}}",
        "C4": "{{实有人口:性别=男}}", "D4": "{{实有人口:性别=女}}", "A7": "{{index}}", "B7": "{{name}}", "C7": "{{sex}}", "D7": "{{age}}",
    }  # fmt: skip
    assert loutu("form", "learn", str(form), "--where", "年龄>=60")[1]["where"] == [["年龄", ">=", "60"]]
    code, shown = loutu("report", "人口日报", "--preview", "--maker", "张三")
    assert (code, shown["rows"], shown["zero"]) == (0, 2, False)
    assert shown["sheets"][0]["grid"][1][2] == "填表人：张三" and any("实有人口：" in rule for rule in shown["basis"])
    out = tmp_path / "一.xlsx"
    code, done = loutu("report", "--form", "人口日报", "--out", str(out))
    filled = rows(out)
    assert (code, done["rows"], filled[3]) == (0, 2, [1, 2, 1, 1])
    assert sorted(row[1] for row in filled[6:8]) == ["李秀英", "王建国"] and filled[8][:2] == ["合计", "=COUNTA(B7:B8)"]
    assert filled[9][:2] == ["说明：", "暂离的也算"] and "上周的人" not in str(filled)
    assert loutu("set", "resident", "12号/302/户1/李秀英", "status=去世", now="17:00")[0] == 0
    code, changed = loutu("report", "人口日报", "--correction", "--out", str(out), now="17:30")
    assert (code, changed["changed"]) == (0, {"实有人口": [2, 1], "实有人口:性别=女": [1, 0]})
    code, then = loutu("report", "人口日报", "--until", "16:00", "--out", str(out), now="17:40")
    assert rows(out)[3] == [1, 2, 1, 1] and then["basis"][-1].startswith("按 2020-05-25 16:00 前")


def test_what_a_name_may_be_and_what_it_may_not(loutu: Run, form: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "一.xlsx")
    code, wrong = loutu("report", "日报", "--out", out)
    assert (code, wrong["error"]["code"]) == (1, "form-unknown") and "居家隔离日报" in wrong["error"]["message"]
    code, wrong = loutu("report", "--form", "日报", "--out", out)
    assert (code, wrong["error"]["code"]) == (1, "form-unknown")
    assert loutu("form", "learn", str(form), "--name", "日报")[0] == 0
    assert "日报" in loutu("report", "--form", "周报", "--out", out)[1]["error"]["message"]
    assert loutu("report", "日报", "--out", out, "--where", "姓名含王", "--where", "性别！男")[0] == 2
    code, done = loutu("report", "日报", "--out", out, "--where", "姓名含王", "--where", "年龄≥60")
    assert (code, done["rows"]) == (0, 1)
    assert loutu("report", "居家隔离日报", "--out", out)[0] == 0  # what comes with the program is still there
