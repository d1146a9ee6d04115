"""Numbers of papers, counted on this PC under its own mark; what was printed before keeps its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from app.db import devices, present
from app.db.connection import Connection
from app.db.ledger import current_chain
from app.db.local import recall
from app.domain import notices
from app.domain.notices import Kind
from app.services import enrolment
from app.services.paper_settings import PaperSettings
from app.services.session import Session
from app.services.values import Values

COUNTER, MARK = "notice-counter", "notice-mark"


@dataclass(frozen=True, slots=True)
class Paper:
    """What one paper will be. rows: (isolation_case | household | building, id) it speaks of. about: what it says in
    short. of: cases, or doors of a committee's own notice. again: it was printed before."""

    rows: tuple[tuple[str, str], ...]
    about: str
    of: tuple[Values, ...]
    number: str = ""
    again: bool = False


def numbered(
    session: Session, connection: Connection, kind: Kind, some: Sequence[Paper], settings: PaperSettings, title: str,
    text: str,
) -> tuple[list[Paper], dict[str, bytes]]:  # fmt: skip
    """The papers with their numbers, and what this PC must remember of them. One that has a number keeps it: two PCs may
    have printed the same."""
    known = _known(connection, session.committee_id, kind)
    mark, secrets = _mark(session, connection)
    year = session.now().year
    series = notices.series(mark, *_epoch(session, connection))
    key = f"{COUNTER}:{kind.key}:{year}:{series}"
    count, found = int(recall(connection, key) or b"0"), []
    for each in some:
        number = each.number or known.get((frozenset(each.rows), each.about, title, text))
        if number is None:
            count += 1
            found.append(replace(each, number=notices.number(settings.prefix, kind, year, series, count)))
        else:
            found.append(replace(each, number=number, again=True))
    return found, {**secrets, key: str(count).encode()}


def _known(connection: Connection, committee: str, kind: Kind) -> dict[Any, str]:
    """What was printed of this kind: (rows, about, title, text) -> the number."""
    by_number: dict[str, list[Values]] = {}
    for row in present.where(connection, committee, "notice", kind=kind.key):
        by_number.setdefault(str(row.get("number")), []).append(row)
    found = {}
    for number, rows in by_number.items():
        of = frozenset(
            (key, row[key]) for row in rows for key in ("isolation_case", "household", "building") if row.get(key)
        )
        found[of, *(str(rows[0].get(key) or "") for key in ("about", "title", "text"))] = number
    return found


def _mark(session: Session, connection: Connection) -> tuple[str, dict[str, bytes]]:
    """This PC's mark: once taken as a PC of the street, for ever."""
    kept = recall(connection, MARK)
    if kept is not None:
        return msgspec.json.decode(kept, type=str), {}
    held = enrolment.held(connection)
    beside = [each.id for each in held[1].members if each.committee == session.committee_id] if held else []
    enrolled = session.device in beside
    made = notices.mark(session.device, beside, enrolled=enrolled)
    return made, {MARK: msgspec.json.encode(made)} if enrolled else {}


def _epoch(session: Session, connection: Connection) -> tuple[int, str]:
    """(1, and one more after each restore; the chain written now): numbers given after the backup are out on paper."""
    now = current_chain(connection, session.device, session.committee_id)
    chain = now[1].epoch if now else ""
    own = [each.epoch for each in devices.chains(connection, session.committee_id) if each.device == session.device]
    return (own.index(chain) + 1 if chain in own else 1), chain
