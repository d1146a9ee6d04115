"""The demo without a window leaves behind what it says, with figures in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from installer import headless


@pytest.mark.all
def test_a_committee_answers_what_came_down(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    raw = headless.loutu("demo", str(tmp_path / "demo"), "--committees", "1", "--residents", "400")
    made = headless.relative(raw, tmp_path)
    committee = made["committees"][0]
    headless._at_committee(tmp_path, made, committee)
    said, name = capfd.readouterr().out, committee["name"]
    for each in ("下发名单（已回填）", "电话走访清单", "重点人群情况统计表", *headless.READY, "志愿者名单"):
        assert (tmp_path / f"{name}{each}.xlsx").exists() and str(tmp_path / f"{name}{each}.xlsx") in said
    answers = [row[8] for row in load_workbook(tmp_path / f"{name}下发名单（已回填）.xlsx").active.values]
    assert answers.count("在册实住") >= 10 and {"查无此人", "已去世", "重复"} <= set(answers)
    rows = list(
        load_workbook(tmp_path / f"{name}重点人群情况统计表.xlsx").active.iter_rows(min_row=5, values_only=True)
    )
    lines = [row for row in rows if isinstance(row[0], int)]
    assert len(lines) > 1 and all(row[4] == row[5] + row[6] > 0 for row in lines)
    assert sum(row[7] for row in lines) > 0
    assert "无误" in said
