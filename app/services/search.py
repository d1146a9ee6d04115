"""Finding a person while typing."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from app.db import present
from app.db import search as index
from app.db.seal import index_value
from app.domain import documents, phones
from app.services.session import Session
from app.services.values import Values

_phones = msgspec.json.Decoder(list[dict[str, str]])
_ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")


def find(session: Session, query: str, limit: int = 20) -> list[Values]:
    """People whose name, pinyin, initials, estate, building, room or phone tail match all words, in any order.

    With the ring a whole ID number finds its holder too (an entry is left). Phones come masked.
    """
    session.require("search")
    number = documents.tidy(query)
    if _ID_NUMBER.fullmatch(number) and session.index_key is not None and session.may("search.id_number"):
        return _by_number(session, number)
    with session.db.reading() as connection:
        rows = index.find(connection, session.scope(connection), query, limit)
    return [_hit(row) for row in rows]


def _by_number(session: Session, number: str) -> list[Values]:
    assert session.index_key is not None
    value, ids, rows = index_value(session.index_key, documents.comparable(number)), [], []
    with session.db.reading() as connection:
        for committee in session.scope(connection):
            found = present.with_number(connection, committee, value)
            rows += index.shown(connection, committee, found) if found else []
            ids += found
    with session.noting("view", purpose=session.purpose_code or session.looking_for) as writing:
        for row in ids:
            writing.act("search", "resident", row, {"by": "id_number"})
    return [_hit(row) for row in rows]


def _hit(row: tuple[Any, ...]) -> Values:
    id_, name, sex, estate, lane, number, unit, room, numbers, household, dwelling, building = row
    first = _phones.decode(numbers)[0].get("number") if numbers else None
    hit = {
        "id": id_, "name": name, "sex": sex, "estate": estate, "lane": lane, "building": number,
        "dwelling": "-".join(filter(None, (unit, room))) or None,
        "path": "/".join(filter(None, (estate, lane, number, unit, room))),
        "phone": phones.mask(first) if first else None,
        "household": household, "dwelling_id": dwelling, "building_id": building,
    }  # fmt: skip
    return {key: value for key, value in hit.items() if value is not None}
