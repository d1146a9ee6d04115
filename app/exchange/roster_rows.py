"""The rows of a roster put together from its columns: who, where, with which paper; and what cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from app.domain.documents import Document
from app.domain.fields import RELATIONS, ROSTER_FIELDS
from app.domain.findings import Finding
from app.domain.jobs import Cancelled, Progress, check
from app.domain.values import AS_ABOVE, hide_numbers, mask_text, plain
from app.exchange import columns, joining
from app.exchange.columns import Cells, Column
from app.exchange.headers import Header, Meant
from app.exchange.placing import COLUMNS, Door, Placing
from app.exchange.rosters import Roster, RosterRow
from app.exchange.sections import Table

_STEP = 20_000
_FAMILY = frozenset(RELATIONS) - {"户主", "承租人", "合租人", "员工", "其他"}
_DOOR_FACTS = (
    "use", "state", "floor", "note", "phones", "household_kind", "household_label", "leader_name", "leader_phone",
)  # fmt: skip
_OF_ONE = frozenset({"id_type", "phones", "sex", "birth_date", "birth_year", "relation", "status"})
"""What a row says of one person only."""
_ONES_OWN = frozenset({"name", "id_number", "birth_date", "birth_year"})
"""Columns in which no cell means the one above."""
_NOT_CHOSEN = frozenset({"choice-unknown", "choice-other", "boolean-invalid"})
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Way:
    """How rows are read. around: the place of those that name none; need_place: without one they cannot be used."""

    around: Mapping[str, str]
    today: date | None
    need_place: bool
    progress: Progress
    cancelled: Cancelled


def read_rows(roster: Roster, sheet: str, table: Table, way: Way) -> None:
    """Add the rows of a table to `roster`, those of blocks side by side from left to right.

    Raises UserError("cancelled").
    """
    body = table.body
    cells: Sequence[Cells] = list(zip(*body, strict=True)) or [()] * len(table.header.titles)
    for header in table.blocks:
        reading = _Reading(roster, sheet, table, header, cells, len(body), way)
        reading.columns()
        reading.rows()


class _Reading:
    """One block of a table under way."""

    def __init__(
        self, roster: Roster, sheet: str, table: Table, header: Header, cells: Sequence[Cells], count: int, way: Way
    ) -> None:
        self.roster = roster
        self.sheet = sheet
        self.header = header
        self.way = way
        self.count = count
        self.cells = cells
        self.first = table.start + 1
        self.skipped = {index - table.start for index in table.skipped}
        self.titles = {key: title for _, title, key in header.fields}
        self.sections = [
            (max(0, index - table.start), {**way.around, **place})
            for index, place in table.sections
            if index < table.end
        ]
        self.read: list[Column] = []
        self.papers: Cells = []
        self.further: dict[int, dict[str, Any]] = {}
        self.before: tuple[int, dict[str, str]] = (0, {})
        self.around = way.around
        self.persons: set[int] | None = None

    # ------------------------------------------------------------ columns

    def columns(self) -> None:
        """Read all columns but those of the place; what is wrong in a cell becomes a finding."""
        fields = [each for each in self.header.fields if each[2] not in COLUMNS]
        types: Cells | None = None
        for done, (index, title, key) in enumerate(sorted(fields, key=lambda each: each[2] == "id_number")):
            self.way.progress(done * self.count // (len(fields) + 1), self.count, "roster-read")
            check(self.way.cancelled)
            cells = self.cells[index]
            column = self._column(title, key, cells, types)
            if column.as_above:
                cells = self._as_above(title, key, cells)
                column = self._column(title, key, cells, types)
            if key == "id_number":
                self.papers = column.values
            else:
                self.read.append(column)
            if key == "id_type":
                types = column.values
            self._note(column, cells)
        self.read = [*joining.joined(self.read), *self._kept()]

    def _column(self, title: str, key: str, cells: Cells, types: Cells | None) -> Column:
        if key == "id_number":
            return columns.read_documents(title, cells, types)
        return columns.read(title, key, cells, self.way.today)

    def _as_above(self, title: str, key: str, cells: Cells) -> Cells:
        """The cells of a column with those above in place of 同上; blank, with a finding, where that cannot be meant."""
        said = list(cells)
        for index, cell in enumerate(cells):
            if type(cell) is not str or cell not in AS_ABOVE or index in self.skipped:
                continue
            if key not in _ONES_OWN and index - 1 in self._persons():
                said[index] = said[index - 1]
            else:
                said[index] = ""
                self._find("as-above-unclear", index, title, cell)
        return said

    def _persons(self) -> set[int]:
        """The rows that name somebody."""
        if self.persons is None:
            column = next((column for column, _, key in self.header.fields if key == "name"), None)
            named = columns.read("", "name", self.cells[column]).values if column is not None else []
            self.persons = {
                index
                for index, name in enumerate(named)
                if name is not None and name not in AS_ABOVE and index not in self.skipped
            }
        return self.persons

    def _kept(self) -> list[Column]:
        """Columns without a field as one value of each row: {title: text}, by `extra` and `extra_sensitive`."""
        kept: list[Column] = []
        for key in ("extra", "extra_sensitive"):
            several = [each for each in self.header.extras if each.key == key]
            if not several:
                continue
            texts = [self._texts(each) for each in several]
            titles = [each.title for each in several]
            values: list[Any] = [
                {title: text for title, text in zip(titles, row, strict=True) if text} or None
                for row in zip(*texts, strict=True)
            ]
            kept.append(Column(ROSTER_FIELDS[key].title, key, values))
        return kept

    def _texts(self, extra: Meant) -> Iterable[str]:
        cells = self.cells[extra.column]
        said = joining.Texts()
        texts = list(map(said.__getitem__, cells))
        if columns.says_as_above(said):
            return map(said.__getitem__, self._as_above(extra.title, extra.key, cells))
        return texts

    def _note(self, column: Column, cells: Cells) -> None:
        if not column.problems and not column.details:
            return
        of = ROSTER_FIELDS[column.key]
        for index, raw in enumerate(cells):
            if index in self.skipped:
                continue
            if raw in column.problems:
                code, text = column.problems[raw], plain(raw)
                self._find(code, index, column.title, mask_text(of, text)[:_LONGEST_SHOWN])
                if code in _NOT_CHOSEN:
                    joining.merge(
                        self.further.setdefault(index, {}), joining.as_it_stands(of, column.title or of.title, text)
                    )
            if raw in column.details:
                joining.merge(self.further.setdefault(index, {}), column.details[raw])

    def _find(self, code: str, index: int, column: str | None = None, value: str | None = None) -> None:
        self.roster.findings.append(Finding(code, self.first + index, column, self.sheet, value))

    # ------------------------------------------------------------ rows

    def rows(self) -> None:
        at = {key: index for index, _, key in self.header.fields}
        blank = [""] * self.count
        places = zip(*(self.cells[at[key]] if key in at else blank for key in COLUMNS), strict=True)
        keys = [column.key for column in self.read]
        said = zip(*(column.values for column in self.read), strict=True) if self.read else [()] * self.count
        papers = self.papers or [None] * self.count
        numbered = enumerate(zip(places, said, papers, strict=True))
        start = 0
        for end, around in (*self.sections, (self.count, None)):
            self._stretch(islice(numbered, end - start), keys, Placing(self.around).door)
            start, self.around = end, around or self.around

    def _stretch(self, rows: Iterable[Any], keys: Sequence[str], door_of: Callable[[tuple[Any, ...]], Door]) -> None:
        """The rows from one line that names a place to the next."""
        further, skipped = self.further, self.skipped
        for index, (cells, row, paper) in rows:
            if index % _STEP == 0:
                self.way.progress(index, self.count, "roster-read")
                check(self.way.cancelled)
            if index in skipped:
                continue
            values = {key: value for key, value in zip(keys, row) if value is not None}  # noqa: B905 -- equal by construction
            if index in further:
                paper = joining.with_further(values, further[index], paper)
            self._row(index, door_of(cells), values, paper)

    def _row(self, index: int, door: Door, values: dict[str, Any], paper: Document | None) -> None:
        place = door.values
        if door.problem:
            code, key, written = door.problem
            self._find(code, index, self.titles.get(key), written[:_LONGEST_SHOWN])
        if "name" not in values:
            if "several" in values:
                self._several(index, door, values, paper)
                return
            if not self._speaks_of_a_door(index, place, values, paper):
                return
        elif "building" not in place:
            place = self._from_above(index, door, values)
        if "building" in place:
            self.before = (index, place)
        elif self.way.need_place:
            self._reject("row-no-place", index, door.written or str(values.get("name", "")))
            return
        values = {**place, **values}
        if paper is not None or "id_type" in values:
            self._paper(index, values, paper)
        if "birth_date" in values and "birth_year" not in values:
            values["birth_year"] = int(values["birth_date"][:4])
        if "emergency_name" in values or "emergency_phone" in values:
            joining.contact(values)
        self.roster.rows.append(RosterRow(self.first + index, values, self.sheet))

    def _speaks_of_a_door(
        self, index: int, place: Mapping[str, str], values: dict[str, Any], paper: Document | None
    ) -> bool:
        """A row without a name may still be a door (空置, 商铺); blank rows and notes are passed over."""
        nobody = values.pop("nobody", None)
        if place.get("room") or (place.get("building") and any(key in values for key in _DOOR_FACTS)):
            if nobody and "state" not in values:
                self._find("name-is-none", index, self.titles.get("name"), hide_numbers(nobody)[:_LONGEST_SHOWN])
            if values.pop("note_sensitive", None):
                self._find("note-of-nobody", index, self.titles.get("note"))
            return True
        if not self.way.need_place and (paper is not None or "phones" in values):
            return True
        if nobody:
            self._reject("name-is-none", index, nobody)
        elif paper is not None or "phones" in values or place.get("building"):
            self._reject("row-no-name", index, None)
        return False

    def _several(self, index: int, door: Door, values: dict[str, Any], paper: Document | None) -> None:
        """A row each for the names in one cell, if the rest of the row is of the household; whose else would it be?"""
        several = values.pop("several")
        if paper is not None or not values.keys().isdisjoint(_OF_ONE):
            self.roster.rejected += 1
            return
        for name in several:
            self._row(index, door._replace(problem=None), {**deepcopy(values), "name": name}, None)

    def _from_above(self, index: int, door: Door, values: dict[str, Any]) -> dict[str, str]:
        """The spouse or child in the next line, whose room was written once for the whole household."""
        row, place = self.before
        if door.written or door.problem or not place or row != index - 1 or values.get("relation") not in _FAMILY:
            return door.values
        self._find("place-from-above", index, None, "".join(place.get(key, "") for key in ("building", "room")))
        return place

    def _reject(self, code: str, index: int, value: str | None) -> None:
        self.roster.rejected += 1
        self._find(code, index, None, hide_numbers(value)[:_LONGEST_SHOWN] if value else None)

    def _paper(self, index: int, values: dict[str, Any], paper: Document | None) -> None:
        """Birth date, year and sex from the paper where the roster says none; a contradiction is said."""
        kind = values.pop("id_type", None)
        if paper is None:
            if kind and kind != "无":
                values["documents"] = [{"type": kind}]
            return
        type_, number, born, sex, problem = paper
        if number:
            values["documents"] = [{"type": type_ or kind or "身份证", "number": number}]
        if born:
            said = values.get("birth_date") or str(values.get("birth_year", ""))
            if said and not born.startswith(said):
                key = "birth_date" if "birth_date" in values else "birth_year"
                self._find("birth-differs", index, self.titles.get(key), f"{said[:4]}/{born[:4]}")
            else:
                values["birth_date"] = born
        if sex and problem is None and values.setdefault("sex", sex) != sex:
            self._find("sex-differs", index, self.titles.get("sex"), values["sex"])
