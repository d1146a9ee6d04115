"""The index of document numbers brought up to date: people who came by bundle are found by their numbers, too.

The index is local and never travels (ledger-and-bundles.md §2). Whoever merges stores sealed values; what of them is not
indexed is found by one query and indexed by whoever can open it: after bundles, and at each unlock with the ring.
"""

from __future__ import annotations

from app.db import ledger, present
from app.db.connection import Connection
from app.db.local import keep_secret, recall
from app.db.seal import is_sealed
from app.domain.findings import NotTrusted
from app.domain.jobs import Cancelled, Progress, never, quiet, without_collector
from app.services.session import Session
from app.services.values import number_index, opened

WRITTEN_AS, FORM = "numbers", b"2"
"""Local: how the index's values were made. 2: a number of fifteen digits is that of eighteen."""
STEP = 5_000
"""People in one transaction (about a tenth of a second): a form that is saved meanwhile need not wait for all of them."""


def settle(session: Session, progress: Progress = quiet, cancelled: Cancelled = never) -> int:
    """Index the papers of everybody whose papers are not; returns of how many people. Without the ring nothing is done.

    Cancelled, it stops: what is left is done after the next bundle or at the next unlock.
    """
    if session.ring is None or session.index_key is None:
        return 0
    with session.db.reading() as connection:
        is_old = recall(connection, WRITTEN_AS) != FORM
    if is_old:
        with session.db.transaction() as connection:
            ledger.forget_all_numbers(connection)
            keep_secret(connection, WRITTEN_AS, FORM)
    with session.db.reading() as connection:
        todo = present.unindexed(connection)
    done = 0
    for start in range(0, len(todo), STEP):
        if cancelled():
            break
        progress(start, len(todo), "numbers-index")
        some = todo[start : start + STEP]
        with session.db.transaction() as connection, without_collector():
            done += _index(session, connection, some[0], some[-1])
    return done


def _index(session: Session, connection: Connection, first: int, last: int) -> int:
    """As they stand now: since they were listed, somebody may have written them or gone."""
    numbers = {}
    for n, resident, papers in present.unindexed_papers(connection, first, last):
        if not is_sealed(papers) or session.ring_of(papers) is not None:
            numbers[n] = _numbers(session, resident, papers)
    ledger.fill_numbers(connection, numbers)
    return len(numbers)


def _numbers(session: Session, resident: str, papers: object) -> list[bytes]:
    try:
        return number_index(session, opened(session, "resident", {"id": resident, "documents": papers})["documents"])
    except NotTrusted:  # a value that opens for nobody keeps nobody else from being found
        return []
