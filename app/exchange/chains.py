"""A pasted group chat chain (接龙) as a roster: by the same rules for places and names as a file's rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.domain import addresses, chains, documents, names, phones
from app.domain.chains import Entry
from app.domain.findings import Finding, UserError
from app.exchange.headers import Header
from app.exchange.notes import is_grave
from app.exchange.placing import Placing
from app.exchange.rosters import Roster, RosterRow

NAME = "接龙"
LONGEST_TEXT = 2_000_000
PAPERS = "接龙中的证件号码"
_SHOWN = 60
_INNER_DIGITS = re.compile(r"(?<=\d{3})\d(?=\d{4})")
"""What is hidden of a number in a finding: phones and ID numbers stand in lines that nobody understood, too."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The text of a chain, as it was copied."""

    text: str


def read_chain(text: str, *, estate: str | None = None, today: date) -> Roster:
    """Read a chain: a row for each person, numbered by the line of the text.

    The later of two lines about one person holds; what that says nothing of anybody is a finding. estate: for doors
    that name none. Raises UserError: paste-empty, file-too-large, chain-no-people.
    """
    if not text.strip():
        raise UserError("paste-empty")
    if len(text) > LONGEST_TEXT:
        raise UserError("file-too-large", file=NAME)
    lines = chains.read(text, today)
    roster = Roster(Path(NAME), NAME, (NAME,), Header(0, (), ()))
    placing = Placing({"estate": estate or "", **_around(lines.around)})
    rows: dict[tuple[Any, ...], RosterRow] = {}
    for entry in lines.entries:
        for key, row in _rows(entry, placing):
            earlier = rows.pop(key, None)
            if earlier is not None:
                roster.findings.append(_finding("chain-twice", earlier.row, key[-1], later=entry.row))
            rows[key] = row
    roster.rows = sorted(rows.values(), key=lambda row: row.row)
    roster.findings += [_finding("chain-empty", row) for row in lines.empty]
    roster.findings += [_finding("chain-unread", row, said) for row, said in lines.said]
    _reject_nameless(roster)
    roster.findings.sort(key=lambda found: found.row or 0)
    if not roster.rows:
        raise UserError("chain-no-people", findings=tuple(roster.findings[:20]))
    return roster


def _around(text: str) -> dict[str, str]:
    place = addresses.read(text) if text else addresses.Place()
    return {"lane": place.lane, "building": place.building} | ({"estate": place.estate} if place.estate else {})


def _rows(entry: Entry, placing: Placing) -> list[tuple[tuple[Any, ...], RosterRow]]:
    """A row for each name of a line, with what makes two rows the same person."""
    place = dict(placing.door(("", "", "", "", "", entry.door)).values)
    if "room" not in place and "building" not in place:
        place |= placing.around
    note = "note_sensitive" if entry.names and is_grave(entry.note) else "note"
    about: dict[str, Any] = {note: entry.note, "arrived_on": entry.arrived_on, "origin": entry.origin}
    about = place | {key: value for key, value in about.items() if value}
    if not entry.names:
        return [(_key(place, ""), RosterRow(entry.row, about | ({"state": entry.state} if entry.state else {})))]
    first: dict[str, Any] = {}
    if entry.people:
        first["extra"] = {"人数": str(entry.people)}
    if entry.phones:
        first["phones"] = [phone for number in entry.phones for phone in phones.read(number)[0]]
    first |= _papers(entry) | entry.about
    made = []
    for name in map(names.normalise, entry.names):
        made.append((_key(place, name), RosterRow(entry.row, {"name": name, **about, **first})))
        first = {}
    return made


def _papers(entry: Entry) -> dict[str, Any]:
    """An ID number is of the one person named; where it is wrong, or there are several, it is only kept, sealed."""
    read = [documents.read_document(number) for number in entry.papers]
    if len(read) == len(entry.names) == 1 and read[0].problem is None:
        return {"documents": [{"type": read[0].type or "身份证", "number": read[0].number}]}
    return {"extra_sensitive": {PAPERS: "、".join(entry.papers)}} if entry.papers else {}


def _key(place: dict[str, str], name: str) -> tuple[Any, ...]:
    return *sorted(place.items()), name


def _reject_nameless(roster: Roster) -> None:
    """A line that names a door and nobody says nothing, unless it says that the door is empty or let."""
    kept = [row for row in roster.rows if "name" in row.values or "state" in row.values]
    for row in roster.rows:
        if "name" not in row.values and "state" not in row.values:
            roster.findings.append(_finding("row-no-name", row.row, row.values.get("room")))
    roster.rejected += len(roster.rows) - len(kept)
    roster.rows = kept


def _finding(code: str, row: int, value: str | None = None, **details: Any) -> Finding:
    return Finding(code, row, None, NAME, _INNER_DIGITS.sub("*", value)[:_SHOWN] if value else None, details)
