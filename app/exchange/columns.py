"""A roster's columns, read one by one and each distinct cell once: 250,000 rows are the measure (quality.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from typing import Any

from app.domain import documents, phones
from app.domain.documents import Document, read_document
from app.domain.fields import ROSTER_FIELDS, Type
from app.domain.values import AS_ABOVE, EMPTY_WORDS, NOTHING, SEAL, Parsed, lost_digits, parse, plain
from app.exchange import naming, notes

Cells = Sequence[Any]


@dataclass(slots=True)
class Column:
    """What a column says. values: one per row, None where nothing. problems, details: by the cell as it stands.

    as_above: does a cell say no more than that it is the one above (同上)?
    """

    title: str
    key: str
    values: list[Any]
    problems: dict[Any, str] = field(default_factory=dict)
    details: dict[Any, Mapping[str, Any]] = field(default_factory=dict)
    as_above: bool = False


def read(title: str, key: str, cells: Cells, today: date | None = None) -> Column:
    """Read the cells of a column for a field of ROSTER_FIELDS; `phone` and `emergency_phone` become lists."""
    if key in ("phone", "emergency_phone"):
        return _phones(title, key, cells)
    column = Column(title, key, [])
    usual = _USUAL.get(key) or (_usual_text if ROSTER_FIELDS[key].type is Type.TEXT else _unusual)
    said = _Said(usual, _reader(key, today), column)
    column.values = list(map(said.__getitem__, cells))
    column.as_above = says_as_above(said)
    return column


def says_as_above(said: Mapping[Any, Any]) -> bool:
    """Is one of a column's distinct cells 同上 or a sign for it?"""
    return any(word in said for word in AS_ABOVE)


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


def _usual_text(raw: Any) -> bool:
    return (
        type(raw) is str
        and " " not in raw
        and raw.isprintable()
        and "_x" not in raw
        and SEAL not in raw
        and raw not in EMPTY_WORDS
    )


def _usual_note(raw: Any) -> bool:
    return _usual_text(raw) and notes.is_usual(raw)


def _unusual(raw: Any) -> bool:
    return False


_USUAL: Mapping[str, Callable[[Any], bool]] = {"name": naming.is_usual, "note": _usual_note}


def _reader(key: str, today: date | None) -> Callable[[Any], Parsed]:
    of = ROSTER_FIELDS[key]
    if key == "name":
        return naming.read
    if key == "note":
        return notes.read
    if of.type is Type.TEXT:
        return _text
    return lambda raw: parse(of, raw, today=today)


def _text(raw: Any) -> Parsed:
    text = plain(raw)
    return NOTHING if text in EMPTY_WORDS or raw != raw else Parsed(text)


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
        if not found and raw in AS_ABOVE:
            column.as_above = True
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
            column.as_above = column.as_above or raw in AS_ABOVE
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
