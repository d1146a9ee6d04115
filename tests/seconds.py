"""A second account in a workspace, for acts that need two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.db import keyslots
from app.domain import ids
from app.services.session import Session

SECOND, SECOND_PASSWORD = "李社工", "mima-67890"


def give_second(session: Session, name: str = SECOND, roles: Sequence[str] = ("worker",)) -> str:
    """A further account with a slot of its own; returns its id."""
    account = str(ids.new_id())
    keys = keyslots.read(session.folder)
    ring = session.ring.keys if session.ring else None
    contents = keyslots.Contents(account, tuple(roles), session.db.key, ring, session.index_key)
    keyslots.write(session.folder, keys.admit(name, SECOND_PASSWORD, contents))
    author = replace(session.author, committee_id=session.office)
    from app.db.ledger import Writing

    with session.db.transaction() as connection, Writing(connection, author, "grant") as writing:
        writing.create("account", [(account, {"name": name, "roles": list(roles)})])
    return account
