"""交班留言: what one shift leaves to the next; a note stays on 今日 until somebody has read it, and travels as data does."""

from __future__ import annotations

from app.db import due, present
from app.domain import clock, ids
from app.domain.findings import UserError
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values

MOST = 500
"""Letters of a note: a longer one is a letter."""


def notes(session: Session) -> list[Values]:
    """Notes that nobody has read yet, oldest first: id, text, at, by. Raises Refused."""
    session.require("shift.write")
    with session.db.reading() as connection:
        return [
            {"id": row["id"], **{key: str(row.get(key) or "") for key in ("text", "at", "by")}}
            for row in due.notes(connection, [session.office])
        ]


def write(session: Session, text: str) -> Change:
    """Leave a note. Raises UserError: shift-empty, shift-long; Refused."""
    session.require("shift.write")
    words = text.strip()
    if not words:
        raise UserError("shift-empty")
    if len(words) > MOST:
        raise UserError("shift-long", most=MOST)
    row = str(ids.new_id())
    values = {"text": words, "at": clock.written(session.now()), "by": session.account}
    with session.writing("create", session.office) as writing:
        writing.change("shift_note", row, values)
    return Change(row, tuple(values), writing.batch)


def read(session: Session, note: str) -> Change:
    """Say that a note was read (已阅); it goes from 今日. Raises UserError("shift-unknown"); Refused."""
    session.require("shift.write")
    with session.db.reading() as connection:
        row = present.one(connection, session.office, "shift_note", note)
    if row is None or row.get("done_at"):
        raise UserError("shift-unknown")
    values = {"done_at": clock.written(session.now()), "done_by": session.account}
    with session.writing("change", session.office) as writing:
        writing.change("shift_note", note, values)
    return Change(note, tuple(values), writing.batch)
