"""Finding a person while typing: full text over typed tokens, one line of them per resident.

FTS5's trigram tokenizer cannot match the two-character names that most people here have, so the tokens
are made here: n+character of the name, N+whole name, i+initials (each beginning), p+whole pinyin,
y+syllable, e+estate, b+building number, l+lane, r+room, t+phone reversed (a tail is then a prefix).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from app.domain.names import pinyin

_SQL_RESIDENTS = (
    "SELECT r.n, r.name, r.phones, e.n, b.number, b.lane, d.room FROM resident r"
    " LEFT JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
    " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
    " LEFT JOIN building b ON b.id = d.building AND b.committee_id = r.committee_id"
    " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = r.committee_id"
)
_BELOW = {"estate": "b.estate", "building": "d.building", "dwelling": "h.dwelling", "household": "r.household"}
_CHUNK = 500
PUT = "INSERT OR REPLACE INTO words (rowid, tokens) VALUES (?, ?)"
NO_NUMBER = b""
"""Stands in the index of numbers for papers that were opened and have none."""


# ---------------------------------------------------------------- what is indexed


@lru_cache(maxsize=1 << 15)
def name_tokens(name: str) -> str:
    """Tokens of a name: characters, the whole, initials with each beginning, pinyin."""
    letters = name if name.isalnum() else "".join(c for c in name if c.isalnum() or ord(c) > 0x2E7F)
    letters = letters.lower()
    tokens = {"n" + character for character in letters}
    tokens.add("N" + letters)
    for syllables in pinyin(name):
        initials = "i"
        for syllable in syllables:
            initials += syllable[0]
            tokens.add(initials)
            tokens.add("y" + syllable)
        tokens.add("p" + "".join(syllables))
    return " ".join(sorted(tokens))


@lru_cache(maxsize=200_000)
def place_tokens(estate: int | None, number: str | None, lane: str | None, room: str | None) -> str:
    """Tokens of a door; `estate` is its row number."""
    tokens = [f"e{estate}"] if estate else []
    tokens += [f"b{_plain(number)}"] if number else []
    tokens += [f"r{_plain(room)}"] if room else []
    tokens += [f"l{digits}" for digits in re.findall(r"\d+", lane or "")]
    return " ".join(tokens)


def phone_tokens(phones: Iterable[Any]) -> str:
    numbers = ("".join(filter(str.isdigit, str(phone.get("number", "")))) for phone in phones)
    return " ".join(f"t{number[::-1]}" for number in numbers if number)


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).lower().removesuffix("室")


def tokens(name: str | None, phones: str | None, estate: int | None, *door: str | None) -> str:
    """The line of tokens of one resident: name, phones (JSON), estate row number, building, lane, room."""
    return line(name, json.loads(phones) if phones else None, estate, *door)


def index(connection: Connection, committee_id: str, residents: Iterable[str]) -> None:
    """Index these residents as their tables show them now (those that are gone: no longer)."""
    todo = sorted(residents)
    for start in range(0, len(todo), _CHUNK):
        some = todo[start : start + _CHUNK]
        rows = connection.exec_driver_sql(
            f"{_SQL_RESIDENTS} WHERE r.committee_id = ? AND r.id IN ({', '.join('?' * len(some))})",
            (committee_id, *some),
        ).fetchall()
        put(connection, [(row[0], tokens(*row[1:])) for row in rows])


def line(name: str | None, phones: list[Any] | None, estate: int | None, *door: str | None) -> str:
    """The line of tokens of one resident whose values are at hand."""
    return f"{name_tokens(name or '')} {place_tokens(estate, *door)} {phone_tokens(phones) if phones else ''}"


def doors(connection: Connection, committee_id: str) -> dict[str, list[Any]]:
    """household id -> (estate row number, building number, lane, room), for indexing many residents at once."""
    raw: Any = connection.connection.driver_connection  # half the time and memory of SQLAlchemy's rows
    rows = raw.execute(
        "SELECT h.id, e.n, b.number, b.lane, d.room FROM household h"
        " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = h.committee_id"
        " LEFT JOIN building b ON b.id = d.building AND b.committee_id = h.committee_id"
        " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = h.committee_id WHERE h.committee_id = ?",
        (committee_id,),
    )
    return {household: door for household, *door in rows}


def put(connection: Connection, lines: list[tuple[int, str]]) -> None:
    """Write token lines by resident row number, in place of what was there."""
    if lines:
        connection.exec_driver_sql(PUT, lines)


def forget(connection: Connection, committee_id: str, resident: str) -> None:
    """Take a resident out of the index, before its row goes."""
    for (n,) in connection.exec_driver_sql(
        "SELECT n FROM resident WHERE committee_id = ? AND id = ?", (committee_id, resident)
    ).fetchall():
        connection.exec_driver_sql("DELETE FROM words WHERE rowid = ?", (n,))
        connection.exec_driver_sql("DELETE FROM id_index WHERE resident = ?", (n,))


def forget_numbers(connection: Connection, committee_id: str, residents: Iterable[str]) -> None:
    """Take the document numbers of residents out of the index."""
    for resident in residents:
        connection.exec_driver_sql(
            "DELETE FROM id_index WHERE resident IN (SELECT n FROM resident WHERE committee_id = ? AND id = ?)",
            (committee_id, resident),
        )


def forget_other_numbers(connection: Connection, committee_id: str, resident: str, papers: Any) -> None:
    """The same of a resident whose papers (as they are stored) will not be what the table shows now."""
    connection.exec_driver_sql(
        "DELETE FROM id_index WHERE resident IN"
        " (SELECT n FROM resident WHERE committee_id = ? AND id = ? AND documents IS NOT ?)",
        (committee_id, resident, papers),
    )


def optimize(connection: Connection) -> None:
    """Write the index anew without what was deleted from it: until then a deleted token stays in the file.

    What this process remembers of names goes with it.
    """
    connection.exec_driver_sql("INSERT INTO words (words) VALUES ('optimize')")
    name_tokens.cache_clear()
    place_tokens.cache_clear()


def index_numbers(connection: Connection, committee_id: str, numbers: Mapping[str, list[bytes]]) -> None:
    """Put the index values of residents' document numbers in place of what was there."""
    rows: list[tuple[bytes, str, str]] = []
    for resident, values in numbers.items():
        rows += [(value, committee_id, resident) for value in values]
    for start in range(0, len(rows), _CHUNK * 10):
        some = rows[start : start + _CHUNK * 10]
        connection.exec_driver_sql(
            "INSERT INTO id_index (value, resident) SELECT ?, n FROM resident WHERE committee_id = ? AND id = ?", some
        )


def residents_below(connection: Connection, committee_id: str, entity: str, place: str) -> set[str]:
    """Ids of the residents whose place tokens come from this place."""
    found = connection.exec_driver_sql(
        f"SELECT r.id FROM ({_SQL_RESIDENTS.replace('SELECT r.n', 'SELECT r.id, r.committee_id, r.n')}"
        f" WHERE r.committee_id = ? AND {_BELOW[entity]} = ?) r",
        (committee_id, place),
    )
    return {row for (row,) in found.fetchall()}


# ---------------------------------------------------------------- what is asked

_WORD = re.compile(r"[0-9]+号[甲乙丙丁]?楼?|[0-9]+(?:支?弄|室|幢|栋)|[0-9A-Za-z]+|[^\W_0-9A-Za-z]+")
_COLUMNS = "SELECT r.id, r.name, r.sex, e.name, b.lane, b.number, d.unit, d.room, r.phones, r.household, d.id, b.id"
_DOORS = (
    " LEFT JOIN household h ON h.id = r.household AND h.committee_id = r.committee_id"
    " LEFT JOIN dwelling d ON d.id = h.dwelling AND d.committee_id = r.committee_id"
    " LEFT JOIN building b ON b.id = d.building AND b.committee_id = r.committee_id"
    " LEFT JOIN estate e ON e.id = b.estate AND e.committee_id = r.committee_id"
)
SHOWN = f"{_COLUMNS} FROM words w JOIN resident r ON r.n = w.rowid{_DOORS}"
_POOL = 28
"""How many matches are looked at, in the order of entry (which is about that of places), before ranking."""


def words(query: str) -> list[str]:
    """A query's words: at spaces and where Chinese, digits and their 号/弄/室 meet."""
    return _WORD.findall(query.replace("·", "").replace("•", ""))


def expression_of(connection: Connection, word: str) -> str:
    """One word as an FTS expression: all it may mean, joined by OR."""
    plain = word.lower()
    if match := re.fullmatch(r"(\d+号[甲乙丙丁]?)楼?", word):
        return _any([f"b{match[1]}"])
    if match := re.fullmatch(r"(\d+)(支?弄|室|幢|栋)", word):
        return _any([("l" if "弄" in match[2] else "r" if match[2] == "室" else "b") + match[1]])
    if plain.isdigit():
        tail = [f"t{plain[::-1]}"] if len(plain) >= 3 else []
        return _any([f"r{plain}", f"l{plain}", f"b{plain}号"], tail)
    if plain.isascii():
        letters = plain.isalpha()
        return _any(
            [f"i{plain}", f"y{plain}", f"r{plain}", f"n{plain}"], [f"p{plain}"] if letters and len(plain) > 1 else []
        )
    characters = " AND ".join(_quoted(f"n{character}") for character in plain)
    estates = connection.exec_driver_sql("SELECT n FROM estate WHERE name LIKE ? LIMIT 50", (f"%{plain}%",)).fetchall()
    return " OR ".join([f"({characters})", *(_quoted(f"e{n}") for (n,) in estates)])


def _quoted(token: str) -> str:
    return '"' + token.replace('"', "") + '"'


def _any(exact: list[str], beginnings: list[str] = ()) -> str:  # type: ignore[assignment]  # a fixed empty default
    return " OR ".join([*map(_quoted, exact), *(_quoted(token) + " *" for token in beginnings)])


def find(connection: Connection, committees: Sequence[str], query: str, limit: int) -> list[Any]:
    """Rows (id, name, sex, estate, lane, number, unit, room, phones, household, dwelling, building) for a query.

    Only of these committees. All words must match, in any order. A whole name comes first, then names that
    begin so, then by place.
    """
    asked = words(query)
    if not asked:
        return []
    expression = " AND ".join(f"({expression_of(connection, word)})" for word in asked)
    found: dict[str, Any] = {}
    whole = [word.lower() for word in asked if len(word) > 1 and not word.isascii() and not word[0].isdigit()]
    if whole:
        names = " OR ".join(_quoted(f"N{word}") for word in whole)
        _collect(connection, committees, f"({names}) AND {expression}", limit, found)
    if len(found) < limit:
        _collect(connection, committees, expression, max(limit, _POOL), found)
    ranked = sorted(found.values(), key=lambda row: _rank(row, asked))
    return ranked[:limit]


def shown(connection: Connection, committee: str, residents: Sequence[str]) -> list[Any]:
    """The same columns for given residents."""
    holders = ", ".join("?" * len(residents))
    return list(
        connection.exec_driver_sql(
            f"{_COLUMNS} FROM resident r{_DOORS} WHERE r.committee_id = ? AND r.id IN ({holders})",
            (committee, *residents),
        ).fetchall()
    )


def _collect(
    connection: Connection, committees: Sequence[str], expression: str, limit: int, found: dict[str, Any]
) -> None:
    holders = ", ".join("?" * len(committees))
    rows = connection.exec_driver_sql(
        f"{SHOWN} WHERE words MATCH ? AND +r.committee_id IN ({holders}) ORDER BY w.rowid LIMIT ?",
        (expression, *committees, limit),
    ).fetchall()
    for row in rows:
        found.setdefault(row[0], row)


def _rank(row: Any, asked: list[str]) -> tuple[Any, ...]:
    name = (row[1] or "").replace("·", "").lower()
    by_name = min((0 if word == name else 1 if name.startswith(word) else 2) for word in map(str.lower, asked))
    return (by_name, row[3] or "", row[4] or "", _number(row[5]), _number(row[7]), name)


@lru_cache(maxsize=10_000)
def _number(text: str | None) -> tuple[int, str]:
    digits = re.match(r"\d{1,18}", text or "")
    return (int(digits[0]) if digits else 0, text or "")
