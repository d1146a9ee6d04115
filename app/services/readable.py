"""Can this account open level 3 of a record? For the window, which says so before anybody asks and is refused."""

from __future__ import annotations

from app.services import looking
from app.services.session import Session
from app.services.values import SEALED


def is_open_to(session: Session, entity: str, row: str) -> bool:
    """Would `records.show(reveal=True)` open it? Opens nothing and leaves no entry. Raises Refused("not-allowed")."""
    session.require("records.show")
    if not SEALED.get(entity):
        return True
    if session.ring is None or not session.may("records.reveal"):
        return False
    if looking.reads_all(session):
        return True
    with session.db.reading() as connection:
        committee = session.committee_of(connection, entity, row)
        return entity == "resident" and looking.is_assigned(session, connection, committee, row)
