"""A roster's columns, read one by one and each distinct cell once: 250,000 rows are the measure (quality.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from typing import Any

from app.domain import documents, phones
from app.domain.documents import Document, read_document
from app.domain.fields import RESIDENT, ROSTER_FIELDS, Type
from app.domain.values import EMPTY_WORDS, NOTHING, SEAL, Parsed, choice, lost_digits, parse, plain

Cells = Sequence[Any]
_USUAL_NAME = re.compile(r"[\u4e00-\u9fff]{2,}")
_REMARK = re.compile(r"(.+)\(([^()]+)\)")
_TITLES = frozenset(("先生", "女士", "太太", "小姐", "夫人"))


@dataclass(slots=True)
class Column:
    """What a column says. values: one per row, None where nothing. problems, details: by the cell as it stands."""

    title: str
    key: str
    values: list[Any]
    problems: dict[Any, str] = field(default_factory=dict)
    details: dict[Any, Mapping[str, Any]] = field(default_factory=dict)


def read(title: str, key: str, cells: Cells, today: date | None = None) -> Column:
    """Read the cells of a column for a field of ROSTER_FIELDS; `phone` and `emergency_phone` become lists."""
    if key in ("phone", "emergency_phone"):
        return _phones(title, key, cells)
    column = Column(title, key, [])
    usual = _usual_name if key == "name" else _usual_text if ROSTER_FIELDS[key].type is Type.TEXT else _unusual
    column.values = list(map(_Said(usual, _reader(key, today), column).__getitem__, cells))
    return column


class _Said(dict[Any, Any]):
    """{cell: value}, read when first met; problems and details go to the column.

    usual: whether a cell is its own value, which most are and which is quick to see.
    """

    def __init__(self, usual: Callable[[Any], bool], reader: Callable[[Any], Parsed], column: Column) -> None:
        super().__init__({"": None, None: None})
        self.usual = usual
        self.reader = reader
        self.column = column

    def __missing__(self, raw: Any) -> Any:
        if self.usual(raw):
            self[raw] = raw
            return raw
        parsed = self.reader(raw)
        self[raw] = parsed.value
        if parsed.problem:
            self.column.problems[raw] = parsed.problem
        if parsed.details:
            self.column.details[raw] = parsed.details
        return parsed.value


def _usual_name(raw: Any) -> bool:
    return type(raw) is str and _USUAL_NAME.fullmatch(raw) is not None and raw not in EMPTY_WORDS


def _usual_text(raw: Any) -> bool:
    return (
        type(raw) is str
        and " " not in raw
        and raw.isprintable()
        and "_x" not in raw
        and SEAL not in raw
        and raw not in EMPTY_WORDS
    )


def _unusual(raw: Any) -> bool:
    return False


def _reader(key: str, today: date | None) -> Callable[[Any], Parsed]:
    of = ROSTER_FIELDS[key]
    if key == "name":
        return _name
    if of.type is Type.TEXT:
        return _text
    return lambda raw: parse(of, raw, today=today)


def _text(raw: Any) -> Parsed:
    text = plain(raw)
    return NOTHING if text in EMPTY_WORDS or raw != raw else Parsed(text)


def _name(raw: Any) -> Parsed:
    """`张三(亡)` and `李四(租客)` say two things; any other bracket belongs to the name."""
    parsed = parse(RESIDENT["name"], raw)
    match = _REMARK.fullmatch(parsed.value or "")
    if not match or match[2] in _TITLES:
        return parsed
    for key in ("relation", "status"):
        if word := choice(RESIDENT[key], match[2]):
            return Parsed(match[1], parsed.problem, {key: word})
    return parsed


def _phones(title: str, key: str, cells: Cells) -> Column:
    """Not once per distinct cell: each row gets a list of its own."""
    column = Column(title, key, [])
    add = column.values.append
    for raw in cells:
        if raw == "" or raw is None or (type(raw) is str and raw.strip() in EMPTY_WORDS):
            add(None)
            continue
        found, wrong = phones.read(raw)
        add(found or None)
        if wrong:
            column.problems[raw] = "phone-invalid"
    return column


# ---------------------------------------------------------------- identity papers


def read_documents(title: str, cells: Cells, types: Cells | None) -> Column:
    """The column of ID numbers; `types`: what the roster's own column says of the kind of paper.

    Each cell by itself: nearly all of them differ.
    """
    column = Column(title, "id_number", [])
    add = column.values.append
    for raw, kind in zip(cells, types or repeat(None)):  # noqa: B905 -- one of them may be endless
        document = _document(raw, kind)
        add(document)
        if document is not None and document.problem:
            column.problems[raw] = document.problem
    return column


def _document(raw: Any, kind: str | None) -> Document | None:
    if kind is None and type(raw) is str and len(raw) == 18:
        return read_document(raw)
    if raw is None or raw == "" or raw != raw:
        return None
    if lost_digits(raw):
        return _damaged(raw)
    text = plain(raw)
    if text in EMPTY_WORDS:
        return None
    return read_document(text, None if kind == "无" else kind)


def _damaged(raw: Any) -> Document:
    """Fifteen of eighteen digits are left: no number any more, but region and birth date are still there."""
    try:
        digits = str(int(float(raw)))
    except (ValueError, OverflowError):
        digits = ""
    born = documents.birth_date(digits[6:14]) if len(digits) == 18 else None
    return Document("身份证", "", born, None, "id-float-damaged")
