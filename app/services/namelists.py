"""下发名单核查回填: a list comes down, each person on it is looked up, and the empty columns of that same file are filled.

Looking writes nothing. Filling leaves one entry: what was told of how many people; nothing of the list enters the base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.db.connection import Connection
from app.domain.access import purpose_of
from app.domain.fields import RESIDENT, ROSTER_FIELDS
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, never, quiet, without_collector
from app.domain.people import lives_here
from app.domain.values import show
from app.domain.verdicts import Verdict, working_answers
from app.exchange import namelist, rosters, volunteer_list
from app.exchange.namelist import FILLABLE, WORKING, Answer, Sheet
from app.services import looking
from app.services.lookups import Details, Everybody, Row, address_of
from app.services.session import Session
from app.services.values import Values, presented
from app.words import say

USUAL = frozenset({*WORKING, "address", "phone"})
"""What is filled where nobody chose."""
CALLED = frozenset({"name", "sex", "birth_year", "address", "phone"})
"""What a phone and visit list says of each person."""
TOLD = frozenset({Verdict.HERE, Verdict.APART})
"""Of whom more than the verdict is told."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that was looked through. answers: its columns that wait; fields: the keys that are filled."""

    path: Path
    sheet: str
    sheets: tuple[str, ...]
    answers: tuple[Answer, ...]
    fields: frozenset[str]
    rows: tuple[Row, ...]
    rejected: int
    findings: tuple[Finding, ...]
    maker: str
    new_column: tuple[int, int, str] | None
    grid: Sheet = field(repr=False)

    @property
    def verdicts(self) -> dict[str, int]:
        counted = Counter(row.judged.verdict for row in self.rows)
        return {verdict.value: counted[verdict] for verdict in Verdict if counted[verdict]}

    @property
    def unmatched(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.judged.matched)

    @property
    def changes(self) -> dict[tuple[int, int], str]:
        return {(row.row, index): text for row in self.rows for index, text in row.fills.items()}

    @property
    def filled_rows(self) -> int:
        return sum(bool(row.fills) for row in self.rows)

    @property
    def sensitive(self) -> list[str]:
        """Titles of the level-3 columns that would be filled."""
        return [each.title for each in self.answers if each.key in self.fields and _level(each.key) >= 3]


def look(
    session: Session, path: Path, *, sheet: str | None = None, fields: Iterable[str] | None = None,
    columns: Mapping[str, str] | None = None, maker: str = "", add_column: bool = False, only_matched: bool = False,
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Checked:  # fmt: skip
    """Look everybody on a list up among all people this workspace knows.

    fields: which further fields are filled where a column asks for them (default: address and phone); columns: title →
    key, over what titles say; add_column: append 核查结果 if the list has no column for it; only_matched: leave the rows
    of people who were not found as they are. Level 3 is masked. Raises UserError: those of `rosters.read`, check-type,
    answer-unknown, column-unknown; Refused.
    """
    session.require("check.fill")
    namelist.must_be_writable(path)
    chosen = _chosen(fields)
    reading = {title: key for title, key in (columns or {}).items() if key in ROSTER_FIELDS}
    with without_collector():
        roster, grid = _read(session, path, sheet, reading, progress, cancelled)
        titles = grid.titles(roster.header_row)
        waiting = namelist.answers(titles, columns or {})
        new_column = None
        findings: list[Finding] = []
        if not any(each.key == "verdict" for each in waiting):
            waiting, new_column = _without_verdict(waiting, roster, grid, findings, add_column)
        checked = Checked(
            path, roster.sheet, roster.sheets, waiting, chosen, (), roster.rejected, (), maker or session.account,
            new_column, grid,
        )  # fmt: skip
        with session.db.reading() as connection:
            rows = Everybody(session, connection, titles, grid).rows(roster, progress, cancelled)
            if only_matched:
                rows = [
                    replace(row, said={**row.said, "left": True}) if not row.judged.matched else row for row in rows
                ]
            rows = _filled(session, connection, replace(checked, rows=tuple(rows)), findings)
    findings += roster.findings
    findings.sort(key=lambda each: each.row or 0)
    return replace(checked, rows=tuple(rows), findings=tuple(findings))


def _chosen(fields: Iterable[str] | None) -> frozenset[str]:
    if fields is None:
        return USUAL
    for key in (given := set(fields)):
        if key not in FILLABLE:
            raise UserError("answer-unknown", title="", field=key)
    return frozenset({*WORKING, *given})


def _read(
    session: Session, path: Path, sheet: str | None, reading: Mapping[str, str], progress: Progress, cancelled: Cancelled
) -> tuple[rosters.Roster, Sheet]:  # fmt: skip
    """The list as rows and as cells. A column that waits for an address is not read as one."""
    today = session.now().date()

    def once(mapping: Mapping[str, str], sheet: str | None) -> rosters.Roster:
        return rosters.read(
            path, sheet=sheet, mapping=mapping, today=today, need_place=False, progress=progress, cancelled=cancelled
        )

    roster = once(reading, sheet)
    grid = namelist.open_sheet(path, roster.sheet)
    left_out = {
        title: key for title, key in namelist.not_for_reading(grid.titles(roster.header_row)).items()
        if title not in reading
    }  # fmt: skip
    return (once({**reading, **left_out}, roster.sheet) if left_out else roster), grid


def _without_verdict(
    waiting: tuple[Answer, ...], roster: rosters.Roster, grid: Sheet, findings: list[Finding], add: bool
) -> tuple[tuple[Answer, ...], tuple[int, int, str] | None]:
    if not add:
        findings.append(Finding("check-no-column", sheet=roster.sheet))
        return waiting, None
    made = Answer(grid.width(roster.header_row), say("answer-verdict"), "verdict")
    return (*waiting, made), (roster.header_row, made.index, made.title)


# ---------------------------------------------------------------- what is filled


def _filled(
    session: Session, connection: Connection, checked: Checked, findings: list[Finding], *, sensitive: bool = False,
    phones: bool = False,
) -> list[Row]:  # fmt: skip
    """The rows with what goes into their empty cells; what stands there already and says otherwise is a finding.

    phones: in full, as the file has them; whoever only looks sees them masked, for a look leaves no entry.
    """
    people = Details(session, connection, session.scope(connection))
    people.read({row.judged.resident for row in checked.rows if row.judged.verdict in TOLD})
    rows = []
    for row in checked.rows:
        told = _told(session, checked, row, people.of(row.judged.resident) or {}, sensitive, phones)
        fills = {}
        for each in checked.answers:
            text = told.get(each.key, "")
            if each.key not in checked.fields or not text:
                continue
            if checked.grid.is_empty(row.row, each.index):
                fills[each.index] = text
            elif each.key == "verdict" and (stands := checked.grid.text(row.row, each.index)) != text:
                findings.append(Finding("check-otherwise", row.row, each.title, checked.sheet, stands, {"ours": text}))
        working = {each.index for each in checked.answers if each.key in ("by", "at")}
        rows.append(replace(row, fills=fills if fills.keys() - working else {}))
    return rows


def _told(
    session: Session, checked: Checked, row: Row, person: Values, sensitive: bool, phones: bool
) -> dict[str, str]:  # fmt: skip
    """The answers to one row by key; none where it is doubtful, or was to be left."""
    judged = row.judged
    if judged.verdict is Verdict.DOUBTFUL or row.said.get("left"):
        return {}
    living = judged.verdict in TOLD and lives_here(person)
    told = {
        "verdict": judged.verdict.value, "situation": row.reason, "by": checked.maker,
        "at": session.now().date().isoformat(), **working_answers(judged, living=living),
    }  # fmt: skip
    if judged.reason != "here":
        told["note"] = row.reason
    if judged.verdict in TOLD:
        shown = presented(session, "resident", person, sensitive=sensitive, phones=phones)
        told |= {
            each.key: show(RESIDENT[each.key], shown[each.key]) for each in checked.answers
            if each.key in RESIDENT and each.key not in WORKING and shown.get(each.key) is not None
        }  # fmt: skip
    if living:
        told["address"] = address_of(person)
    return told


def _level(key: str) -> int:
    return RESIDENT[key].level if key in RESIDENT else 1


# ---------------------------------------------------------------- writing


def fill(
    session: Session, checked: Checked, out: Path, *, unmatched: Path | None = None, purpose: str | None = None,
    second: str | None = None, to: str = "",
) -> Values:  # fmt: skip
    """Write the list with its empty cells filled, and, if asked, a phone and visit list of who was not found.

    purpose, second, to: as `reports.fill`: level 3 stays masked without a purpose, of many people a second account signs.
    Raises UserError: check-over-list, check-out-type, report-unwritable; Refused: not-allowed, ring-needed,
    not-assigned-list, second-needed, second-not-allowed.
    """
    session.require("check.fill")
    purpose = purpose or session.purpose or ""
    code = said.code if (said := purpose_of(purpose)) else ""
    told_of = [row for row in checked.rows if row.fills and row.judged.matched]
    people = list(dict.fromkeys(row.judged.resident for row in told_of))
    shown = {row.judged.resident for row in told_of if row.judged.verdict in TOLD}
    if unmatched is not None and (unmatched == out or unmatched.suffix.lower() != ".xlsx"):
        raise UserError("list-type", file=unmatched.name)
    sensitive = bool(code and checked.sensitive and shown)
    if sensitive:
        _must_be_signed_for(session, shown, second)
    with session.db.reading() as connection:
        rows = _filled(session, connection, checked, [], sensitive=sensitive, phones=True)
    checked = replace(checked, rows=tuple(rows))
    cells = namelist.write(checked.path, out, checked.sheet, checked.changes, new_column=checked.new_column)
    written = [out]
    try:
        if unmatched is not None:
            written.append(unmatched)
            _write_calls(checked, unmatched)
        keys = {each.key for each in checked.answers} & checked.fields - {*WORKING}
        if unmatched is not None:
            keys |= CALLED
        told = {
            "kind": "check", "file": checked.path.name, "out": out.name, "rows": len(checked.rows), "cells": cells,
            "persons": len(people), "people": looking.named(people), "fields": sorted(keys),
            "verdicts": checked.verdicts, "purpose": purpose, "second": second or "", "to": to, "sensitive": sensitive,
        }  # fmt: skip
        with session.noting("export", purpose=code or "report") as writing:
            writing.act("export", "committee", session.committee_id, told)
    except BaseException:
        for each in written:
            each.unlink(missing_ok=True)  # nothing leaves without its entry
        raise
    return {"out": str(out), "cells": cells, "filled": checked.filled_rows, **figures(checked)}


def persons(checked: Checked) -> int:
    """Of how many people more than the verdict would be told."""
    return len({row.judged.resident for row in checked.rows if row.fills and row.judged.verdict in TOLD})


def _must_be_signed_for(session: Session, people: set[str], second: str | None) -> None:
    """May whoever asks show level 3 of all of them?"""
    session.require("reports.reveal")
    if session.ring is None:
        raise session.refusal("ring-needed", "reports.reveal")
    with session.db.reading() as connection:
        if not looking.reads_all(session):
            others = people - looking.assigned(session, connection, session.scope(connection))
            if others:
                raise session.refusal("not-assigned-list", "reports.reveal", count=len(others))
        looking.second_person(session, connection, "reports.reveal", len(people), second)


def calls(session: Session, checked: Checked, out: Path) -> Values:
    """The phone and visit list alone. Raises UserError("report-unwritable"); Refused."""
    session.require("check.fill")
    rows = _write_calls(checked, out)
    told = {
        "kind": "check",
        "file": checked.path.name,
        "out": out.name,
        "rows": rows,
        "persons": rows,
        "fields": sorted(CALLED),
    }
    try:
        with session.noting("export", purpose="report") as writing:
            writing.act("export", "committee", session.committee_id, told)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return {"out": str(out), "rows": rows}


def _write_calls(checked: Checked, out: Path) -> int:
    titles = [
        say(f"call-{key}") for key in ("row", "name", "sex", "birth_year", "place", "phones", "verdict", "reason")
    ]
    blanks = [say(f"call-{key}") for key in ("reached", "result", "by", "on")]
    rows = [
        [str(row.row), *(str(row.said[key]) for key in ("name", "sex", "birth_year", "place", "phones")),
         row.judged.verdict.value, row.reason]
        for row in checked.unmatched
    ]  # fmt: skip
    return volunteer_list.write_calls(out, say("call-title"), [*titles, *blanks], rows, blank=len(blanks))


def figures(checked: Checked) -> Values:
    """What a check found: rows, matched, unmatched, verdicts, columns, findings."""
    counted = Counter(index for row in checked.rows for index in row.fills)
    return {
        "rows": len(checked.rows),
        "matched": sum(row.judged.matched for row in checked.rows),
        "unmatched": [
            {"row": row.row, "reason": row.judged.reason, "verdict": row.judged.verdict.value, "message": row.reason}
            for row in checked.unmatched
        ],
        "verdicts": checked.verdicts,
        "columns": [
            {"column": each.letter, "title": each.title, "field": each.key, "chosen": each.key in checked.fields,
             "cells": counted[each.index]}
            for each in checked.answers
        ],
        "findings": list(checked.findings),
    }  # fmt: skip
