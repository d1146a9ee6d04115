"""What a nasty workbook is: one nasty thing, the file that shows it, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.domain.documents import check_digit

TODAY = date(2020, 5, 25)
HEAD = ("楼号", "室号", "姓名")
GOOD = "31011519580312001" + check_digit("31011519580312001")
PAPERS = {
    "documents": [{"type": "身份证", "number": GOOD}],
    "birth_date": "1958-03-12",
    "birth_year": 1958,
    "sex": "男",
}
"""What GOOD says of its owner."""
Write = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Nasty:
    """name: the one nasty thing. rows: their values, in order. findings: their codes, sorted. refused: a code.

    options: handed to `rosters.read`. pasted: the file is a text from the clipboard.
    """

    name: str
    suffix: str
    write: Write
    rows: tuple[dict[str, Any], ...] = ()
    findings: tuple[str, ...] = ()
    refused: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    pasted: bool = False

    @property
    def file(self) -> str:
        return self.name + self.suffix


CASES: list[Nasty] = []


def nasty(suffix: str = ".xlsx", **expected: Any) -> Callable[[Write], Write]:
    """Enter a function that writes a file among the cases, under the function's name."""

    def enter(write: Write) -> Write:
        rows = tuple(expected.pop("rows", ()))
        findings = tuple(sorted(expected.pop("findings", ())))
        CASES.append(Nasty(write.__name__, suffix, write, rows, findings, **expected))  # type: ignore[attr-defined]
        return write

    return enter


def who(name: str | None = "张三", room: str = "101", building: str = "1号", **more: Any) -> dict[str, Any]:
    """The values of a person behind a door; None: nothing of the kind."""
    values = {"building": building, "room": room, "name": name, **more}
    return {key: value for key, value in values.items() if value is not None}


def born(day: str) -> dict[str, Any]:
    return {"birth_date": day, "birth_year": int(day[:4])}


def mobile(number: str = "13812345678", **more: str) -> dict[str, str]:
    return {"number": number, "kind": "手机", **more}


def sheet_of(rows: Iterable[Sequence[Any]], *, title: str = "花名册", into: Workbook | None = None) -> Worksheet:
    """A sheet of rows in a new workbook, or one more in a workbook. Texts stay texts, also `=1+1`."""
    book = into or Workbook()
    sheet: Worksheet = book.create_sheet(title) if into else book.active
    sheet.title = title
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None and value != "":
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    return sheet


def save(sheet: Worksheet, path: Path) -> None:
    sheet.parent.save(path)


def people(path: Path, titles: Sequence[str], *rows: Sequence[Any]) -> None:
    """A workbook of one sheet: HEAD and `titles`, and for each row 1号101 张三 and the cells given."""
    save(sheet_of([[*HEAD, *titles], *([1, 101, "张三", *row] for row in rows)]), path)
