"""The pictures under a map, handed to the page one by one: tiles of a background, scanned plans; nothing else.

What the page asks for is an address of numbers and one id, which are looked up; reading and painting run beside the
window's own thread, and what was made lately is kept.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

Picture = tuple[str, bytes]
"""Media type and content."""
KEPT = 48 << 20
"""Bytes of pictures that are kept."""
THREADS = 2
WANTED = re.compile(
    r"/(?:tiles/(?P<tiles>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<z>\d{1,2})/(?P<x>\d{1,7})/(?P<y>\d{1,7})"
    r"|plan/(?P<plan>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))",
    re.ASCII,
).fullmatch
MEDIA = frozenset({"image/png", "image/jpeg", "image/webp"})


class Source:
    """Where pictures come from; a desk hands in one that asks the services."""

    def tile(self, id_: str, zoom: int, x: int, y: int) -> Picture | None:
        """Called on any thread."""
        return None

    def plan(self, id_: str) -> Picture | None:
        """Called on the window's thread: it lies in the workspace."""
        return None


class _Said(QObject):
    made = Signal(str, object)


class _Work(QRunnable):
    def __init__(self, address: str, make: Callable[[], Picture | None]) -> None:
        super().__init__()
        self.address, self.make, self.said = address, make, _Said()
        self.setAutoDelete(False)

    def run(self) -> None:
        try:
            made = self.make()
        except Exception:  # a tile that cannot be read is a tile that is not there
            made = None
        self.said.made.emit(self.address, made)


class Pictures(QObject):
    """Answers addresses. A source of None (nobody has unlocked a workspace) has no pictures."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.source: Source | None = None
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._size = 0
        self._waiting: dict[str, tuple[_Work, list[Callable[[Picture | None], None]]]] = {}
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)

    def ask(self, path: str, answer: Callable[[Picture | None], None]) -> bool:
        """Is it the address of a picture? Then answer(picture or None) follows, on this thread."""
        found = WANTED(path)
        if found is None or self.source is None:
            return False
        if (held := self._kept.get(path)) is not None:
            self._kept.move_to_end(path)
            answer(held)
            return True
        if path in self._waiting:
            self._waiting[path][1].append(answer)
            return True
        if found["plan"]:
            answer(self.source.plan(found["plan"]))
            return True
        work = _Work(path, self._maker(self.source, found))
        work.said.made.connect(self._made)  # a method of an object of this thread: Qt queues it here
        self._waiting[path] = work, [answer]
        self._pool.start(work)
        return True

    @staticmethod
    def _maker(source: Source, found: re.Match[str]) -> Callable[[], Picture | None]:
        zoom, x, y = (int(found[each]) for each in "zxy")
        return lambda: source.tile(found["tiles"], zoom, x, y)

    def _made(self, path: str, made: Picture | None) -> None:
        _, answers = self._waiting.pop(path, (None, []))
        if made is not None and made[0] in MEDIA:
            self._keep(path, made)
        else:
            made = None
        for answer in answers:
            answer(made)

    def _keep(self, path: str, made: Picture) -> None:
        self._kept[path] = made
        self._size += len(made[1])
        while self._size > KEPT:
            _, old = self._kept.popitem(last=False)
            self._size -= len(old[1])

    def forget(self) -> None:
        """A layer changed: what was made of it may be wrong."""
        self._kept.clear()
        self._size = 0

    def close(self) -> None:
        """At the end: nobody waits for what is still being made."""
        self.source = None
        self._waiting.clear()
        self._pool.waitForDone()
