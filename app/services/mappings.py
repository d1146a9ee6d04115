"""What the user once said of a column's title, for the next file that has it. Kept on this PC, in no bundle."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from app.db.connection import Connection
from app.db.local import keep_secret, recall
from app.domain.fields import ROSTER_FIELDS
from app.domain.titles import plain as plain_title
from app.services.session import Session

KEY = "mappings"
MOST = 2_000
"""Titles remembered; the oldest are forgotten first."""
_LETTER = re.compile("[a-z]{1,3}")
"""A column without a title is named by its letter, which means another thing in the next file."""


def remembered(session: Session) -> dict[str, str]:
    """{plain title: field key}; "": a column to leave out."""
    session.require("rosters.preview")
    with session.db.reading() as connection:
        return known(connection)


def remember(session: Session, mapping: Mapping[str, str]) -> None:
    """Keep what was said of titles, over what was said before."""
    session.require("rosters.apply")
    with session.db.transaction() as connection:
        keep(connection, mapping)


def known(connection: Connection) -> dict[str, str]:
    """What is kept, but for fields that are no more."""
    kept = recall(connection, KEY)
    if kept is None:
        return {}
    said = msgspec.json.decode(kept, type=dict[str, str])
    return {title: key for title, key in said.items() if not key or key == "extra" or key in ROSTER_FIELDS}


def keep(connection: Connection, mapping: Mapping[str, str]) -> None:
    """As `remember`, within a service's transaction."""
    said = {plain_title(title): key for title, key in mapping.items()}
    said = {title: key for title, key in said.items() if title and not _LETTER.fullmatch(title)}
    if not said:
        return
    before = {title: key for title, key in known(connection).items() if title not in said}
    newest = dict([*before.items(), *said.items()][-MOST:])
    keep_secret(connection, KEY, msgspec.json.encode(newest))
