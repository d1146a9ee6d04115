"""The rows of a roster put together from its columns: who, where, with which paper; and what cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.documents import Document
from app.domain.fields import RELATIONS, ROSTER_FIELDS
from app.domain.findings import Finding
from app.domain.jobs import Cancelled, Progress, check
from app.domain.values import mask_text, plain
from app.exchange import columns
from app.exchange.columns import Cells, Column
from app.exchange.headers import plain_title
from app.exchange.placing import COLUMNS, Door, Placing
from app.exchange.rosters import Roster, RosterRow
from app.exchange.tables import Grid

TOTALS = ("合计", "总计", "小计", "共计", "本页合计", "本页小计", "累计")
EXAMPLES = ("示例", "样例", "填写示例", "例:", "例：")
_STEP = 20_000
_FAMILY = frozenset(RELATIONS) - {"户主", "承租人", "合租人", "员工", "其他"}
_DOOR_FACTS = ("use", "state", "floor", "note", "phones", "household_kind", "household_label")
_LONGEST_SHOWN = 60


def read_rows(
    roster: Roster,
    grid: Grid,
    around: Mapping[str, str],
    today: date | None,
    progress: Progress,
    cancelled: Cancelled,
) -> None:
    """Fill `roster` with the rows below its header. around: the place of rows that name none.

    Raises UserError("cancelled").
    """
    reading = _Reading(roster, grid, around, today)
    reading.columns(progress, cancelled)
    reading.rows(progress, cancelled)
    roster.findings.sort(key=lambda finding: finding.row or 0)


class _Reading:
    """One sheet under way."""

    def __init__(self, roster: Roster, grid: Grid, around: Mapping[str, str], today: date | None) -> None:
        self.roster = roster
        self.today = today
        body = grid[roster.header.row :]
        self.count = len(body)
        self.cells: Sequence[Cells] = list(zip(*body, strict=True)) or [()] * len(roster.titles)
        self.first = roster.header.row + 1
        self.skipped = _skipped(roster, grid, body)
        self.titles = {key: title for _, title, key in roster.header.fields}
        self.placing = Placing(around)
        self.read: list[Column] = []
        self.papers: Cells = []
        self.further: dict[int, dict[str, Any]] = {}
        self.before: tuple[int, dict[str, str]] = (0, {})

    # ------------------------------------------------------------ columns

    def columns(self, progress: Progress, cancelled: Cancelled) -> None:
        """Read all columns but those of the place; what is wrong in a cell becomes a finding."""
        fields = [each for each in self.roster.header.fields if each[2] not in COLUMNS]
        types: Cells | None = None
        for done, (index, title, key) in enumerate(sorted(fields, key=lambda each: each[2] == "id_number")):
            progress(done * self.count // (len(fields) + 1), self.count, "roster-read")
            check(cancelled)
            cells = self.cells[index]
            if key == "id_number":
                column = columns.read_documents(title, cells, types)
                self.papers = column.values
            else:
                column = columns.read(title, key, cells, self.today)
                self.read.append(column)
            if key == "id_type":
                types = column.values
            self._note(column, cells)
        self.read = _joined(self.read)

    def _note(self, column: Column, cells: Cells) -> None:
        if not column.problems and not column.details:
            return
        of = ROSTER_FIELDS[column.key]
        for index, raw in enumerate(cells):
            if index in self.skipped:
                continue
            if raw in column.problems:
                shown = mask_text(of, plain(raw))[:_LONGEST_SHOWN]
                self._find(column.problems[raw], index, column.title, shown)
            if raw in column.details:
                self.further.setdefault(index, {}).update(column.details[raw])

    def _find(self, code: str, index: int, column: str | None = None, value: str | None = None) -> None:
        self.roster.findings.append(Finding(code, self.first + index, column, self.roster.sheet, value))

    # ------------------------------------------------------------ rows

    def rows(self, progress: Progress, cancelled: Cancelled) -> None:
        at = {key: index for index, _, key in self.roster.header.fields}
        blank = [""] * self.count
        places = zip(*(self.cells[at[key]] if key in at else blank for key in COLUMNS), strict=True)
        keys = [column.key for column in self.read]
        said = zip(*(column.values for column in self.read), strict=True) if self.read else [()] * self.count
        papers = self.papers or [None] * self.count
        door_of, skipped, further = self.placing.door, self.skipped, self.further
        for index, (cells, row, paper) in enumerate(zip(places, said, papers, strict=True)):
            if index % _STEP == 0:
                progress(index, self.count, "roster-read")
                check(cancelled)
            if index in skipped:
                continue
            values = {key: value for key, value in zip(keys, row) if value is not None}  # noqa: B905 -- equal by construction
            if index in further:
                self._add_further(values, further[index])
            self._row(index, door_of(cells), values, paper)

    @staticmethod
    def _add_further(values: dict[str, Any], details: Mapping[str, Any]) -> None:
        for key, value in details.items():
            if isinstance(value, list):
                values[key] = [*values.get(key, ()), *(each for each in value if each not in values.get(key, ()))]
            else:
                values.setdefault(key, value)

    def _row(self, index: int, door: Door, values: dict[str, Any], paper: Document | None) -> None:
        place = door.values
        if door.problem:
            code, key, written = door.problem
            self._find(code, index, self.titles.get(key), written[:_LONGEST_SHOWN])
        if "name" not in values:
            if not self._speaks_of_a_door(index, place, values, paper):
                return
        elif "building" not in place:
            place = self._from_above(index, door, values)
        if "building" not in place:
            self._reject("row-no-place", index, door.written or str(values.get("name", "")))
            return
        self.before = (index, place)
        values = {**place, **values}
        if paper is not None or "id_type" in values:
            self._paper(index, values, paper)
        if "birth_date" in values and "birth_year" not in values:
            values["birth_year"] = int(values["birth_date"][:4])
        if "emergency_name" in values or "emergency_phone" in values:
            _contact(values)
        self.roster.rows.append(RosterRow(self.first + index, values))

    def _speaks_of_a_door(
        self, index: int, place: Mapping[str, str], values: dict[str, Any], paper: Document | None
    ) -> bool:
        """A row without a name may still be a door (空置, 商铺); blank rows and notes are passed over."""
        if place.get("room") or (place.get("building") and any(key in values for key in _DOOR_FACTS)):
            return True
        if paper is not None or "phones" in values or place.get("building"):
            self._reject("row-no-name", index, None)
        return False

    def _from_above(self, index: int, door: Door, values: dict[str, Any]) -> dict[str, str]:
        """The spouse or child in the next line, whose room was written once for the whole household."""
        row, place = self.before
        if door.written or door.problem or not place or row != index - 1 or values.get("relation") not in _FAMILY:
            return door.values
        self._find("place-from-above", index, None, "".join(place.get(key, "") for key in ("building", "room")))
        return place

    def _reject(self, code: str, index: int, value: str | None) -> None:
        self.roster.rejected += 1
        self._find(code, index, None, value[:_LONGEST_SHOWN] if value else None)

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


def _contact(values: dict[str, Any]) -> None:
    name, numbers = values.pop("emergency_name", None), values.pop("emergency_phone", None)
    contact = {"name": name, "phone": numbers[0]["number"] if numbers else None}
    values["emergency_contacts"] = [{key: value for key, value in contact.items() if value}]


def _joined(read: list[Column]) -> list[Column]:
    """Several columns of phones are one list, several of notes one text; the others have one column each."""
    joined: dict[str, Column] = {}
    for column in read:
        if column.key == "phone":
            column.key = "phones"
        first = joined.setdefault(column.key, column)
        if first is column:
            continue
        merge = _more_phones if column.key == "phones" else _more_text
        first.values = [merge(one, more) for one, more in zip(first.values, column.values, strict=True)]
    return list(joined.values())


def _more_phones(one: Any, more: Any) -> Any:
    if not one or not more:
        return one or more
    known = {phone["number"] for phone in one}
    return [*one, *(phone for phone in more if phone["number"] not in known)]


def _more_text(one: Any, more: Any) -> Any:
    return f"{one}；{more}" if one and more and one != more else one or more


# ---------------------------------------------------------------- rows that are no data


def _skipped(roster: Roster, grid: Grid, body: Grid) -> set[int]:
    """Totals, an example, and the header once more on the next printed page. Indexes into `body`."""
    headlines = {cell for row in grid[: roster.header.row] for cell in row if isinstance(cell, str) and cell}
    titles = {plain_title(cell) for cell in headlines}
    skipped: set[int] = set()
    for index, row in enumerate(body):
        cell = row[0] if row and row[0] not in ("", None) else next((c for c in row if c not in ("", None)), "")
        if type(cell) is not str:
            if index == 0 and _is_numbering(row):
                skipped.add(index)
        elif cell in headlines:
            if all(c in ("", None) or (isinstance(c, str) and plain_title(c) in titles) for c in row):
                skipped.add(index)
        elif cell[:1] in "合总小共本累示样填例" and (code := _aside(cell)):
            skipped.add(index)
            roster.findings.append(Finding(code, roster.header.row + 1 + index, None, roster.sheet, cell[:20]))
    return skipped


def _aside(cell: str) -> str | None:
    text = "".join(cell.split())
    if text.startswith(TOTALS):
        return "row-total"
    return "row-example" if text.startswith(EXAMPLES) else None


def _is_numbering(row: list[Any]) -> bool:
    """Below the header some forms number their columns: 1 2 3 4 …"""
    numbers = [cell for cell in row if cell not in ("", None)]
    return len(numbers) > 2 and numbers == list(range(1, len(numbers) + 1))
