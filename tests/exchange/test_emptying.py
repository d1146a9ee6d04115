"""Nothing that a workbook remembers of people is kept with a form: one place each."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from app.exchange.emptying import emptied
from tests.exchange.rawbooks import MAIN, package

SECRET, NUMBER = "去年的人", "310115195803120010"
TITLE = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
PARTS = {
    "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{MAIN}" count="1"><r><s v="{SECRET}"/></r></pivotCacheRecords>',
    "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{MAIN}" recordCount="1"><cacheFields count="1">'
    f'<cacheField name="姓名"><sharedItems count="1"><s v="{SECRET}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
    "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"><externalBook><sheetDataSet><sheetData sheetId="0"><row r="1">'
    f'<cell r="A1" t="str"><v>{SECRET}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>',
    "xl/revisions/revisionLog1.xml": f'<revisions xmlns="{MAIN}"><rcc rId="1" sId="1"><nc r="A2" t="inlineStr"><is><t>{SECRET}</t>'
    "</is></nc></rcc></revisions>",
    "docProps/thumbnail.jpeg": SECRET,
}  # fmt: skip


def texts(workbook: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("part", PARTS)
def test_what_a_part_remembers_goes(tmp_path: Path, part: str) -> None:
    package(tmp_path / "表.xlsx", TITLE, extra={part: PARTS[part]})
    assert SECRET in texts((tmp_path / "表.xlsx").read_bytes())
    kept = texts(emptied((tmp_path / "表.xlsx").read_bytes()))
    assert SECRET not in kept and "姓名" in kept


def test_results_of_formulas_go(tmp_path: Path) -> None:
    package(tmp_path / "表.xlsx", TITLE + f'<row r="2"><c r="A2" t="str"><f>名单!A2</f><v>{SECRET}</v></c></row>')
    kept = texts(emptied((tmp_path / "表.xlsx").read_bytes()))
    assert SECRET not in kept and "<f>名单!A2</f>" in kept


def test_id_numbers_go_wherever_they_stand_and_other_numbers_stay(tmp_path: Path) -> None:
    other = "310115195803120011"  # its last digit is wrong: nobody's
    rows = (
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>王某 {NUMBER}，在家</t></is></c><c r="B2" t="inlineStr"><is><t>{other}</t></is>'
        f'</c><c r="C2" t="s"><v>0</v></c></row>'
    )
    package(tmp_path / "表.xlsx", TITLE + rows, shared=f"<si><t>{NUMBER}</t></si>")
    kept = texts(emptied((tmp_path / "表.xlsx").read_bytes()))
    assert NUMBER not in kept and "王某 ，在家" in kept and other in kept
