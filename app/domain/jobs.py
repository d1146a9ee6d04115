"""Long work tells how far it is and can be stopped; these are the two plain functions it takes for that."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from typing import TypeVar

from app.domain.findings import UserError

Progress = Callable[[int, int, str], None]
"""done, total (0 = unknown), what is being done (a code of `app.words.acts`)."""
Cancelled = Callable[[], bool]
T = TypeVar("T")
_PATIENCE = 0.1
"""Seconds between two questions whether to stop."""


def quiet(done: int, total: int, what: str) -> None:
    """Nobody is watching."""


def never() -> bool:
    """Nobody can stop it."""
    return False


def check(cancelled: Cancelled) -> None:
    """Stop here if asked to; what was written so far is rolled back by the transaction around it."""
    if cancelled():
        raise UserError("cancelled")


def unless(cancelled: Cancelled, work: Callable[[], T]) -> T:
    """What `work` gives, unless stopped meanwhile: for a library that takes seconds and cannot be interrupted.

    It must let go of the interpreter and keep what it does to itself; when stopped it is left alone, and what it
    finds is dropped. Raises UserError("cancelled"), and whatever `work` raises.
    """
    if cancelled is never:
        return work()
    found: Future[T] = Future()

    def run() -> None:
        try:
            found.set_result(work())
        except BaseException as error:  # told to whoever waits
            found.set_exception(error)

    threading.Thread(target=run, name="unless", daemon=True).start()
    while not wait([found], timeout=_PATIENCE).done:
        check(cancelled)
    return found.result()


@contextmanager
def without_collector() -> Iterator[None]:
    """No search for reference cycles meanwhile.

    Reading a roster makes millions of values and no cycles; Python's collector walks all of them again and
    again (measured: a third of the time for 250,000 rows). What was made meanwhile counts as old afterwards, or
    its first walk would take most of a second at once.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
        give_back()


def give_back() -> None:
    """Memory that was let go of, to the system: glibc keeps it otherwise (measured: 160 MB of 250,000 rows)."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
