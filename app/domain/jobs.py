"""Long work tells how far it is and can be stopped; these are the two plain functions it takes for that."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.domain.findings import UserError

Progress = Callable[[int, int, str], None]
"""done, total (0 = unknown), what is being done (a code of `app.words.acts`)."""
Cancelled = Callable[[], bool]


def quiet(done: int, total: int, what: str) -> None:
    """Nobody is watching."""


def never() -> bool:
    """Nobody can stop it."""
    return False


def check(cancelled: Cancelled) -> None:
    """Stop here if asked to; what was written so far is rolled back by the transaction around it."""
    if cancelled():
        raise UserError("cancelled")


@contextmanager
def without_collector() -> Iterator[None]:
    """No search for reference cycles meanwhile.

    Reading a roster makes millions of values and no cycles; Python's collector walks all of them again and
    again (measured: a third of the time for 250,000 rows).
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
