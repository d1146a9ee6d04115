"""What a power cut may leave on a disk, made from what the shim recorded.

The disk promises what POSIX promises and no more: what was written to a file is there after its fsync, a name after
the fsync of its folder. Until then every write, truncation, creation, renaming and removal is there or is not, each on
its own, and a write perhaps only in some of its sectors.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

CREATE, WRITE, TRUNCATE, SYNC, SYNC_FOLDER, RENAME, UNLINK, MKDIR, MARK = range(1, 10)
_HEAD = struct.Struct("=4IQq")
SECTORS = (512, 4096)


@dataclass(frozen=True, slots=True)
class Event:
    """One call: `offset` is where a write begins, how long a file is made, or the number of a mark."""

    what: int
    inode: int
    offset: int
    path: str
    other: str
    data: bytes


def events(log: Path) -> list[Event]:
    return list(_events(log.read_bytes()))


def _events(data: bytes) -> Iterator[Event]:
    at = 0
    while at < len(data):
        what, path, other, length, inode, offset = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        ends = at + path, at + path + other, at + path + other + length
        yield Event(what, inode, offset, data[at : ends[0]].decode(), data[ends[0] : ends[1]].decode(),
                    data[ends[1] : ends[2]])  # fmt: skip
        at = ends[2]


@dataclass(slots=True)
class _File:
    """What is on the disk for certain, and what was done since: (offset, data), or (length, None) for a truncation."""

    safe: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def image(self, keeps: Keeps) -> bytes:
        made = bytearray(self.safe)
        for offset, data in self.since:
            for start, piece in keeps.pieces(offset, data):
                _apply(made, start, piece)
        return bytes(made)

    def sync(self) -> None:
        self.safe, self.since = self.image(EVERYTHING), []


def _apply(made: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del made[offset:]
    made.extend(bytes(max(0, offset - len(made))))
    if data is not None:
        made[offset : offset + len(data)] = data


class Keeps:
    """Which of the things that nobody asked to be safe are there all the same."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.likely = random.choice((0.0, 0.05, 0.3, 0.5, 0.7, 0.95, 1.0))
        self.names = random.choice((0.0, 0.5, 1.0, self.likely))
        self.sector = random.choice((0, *SECTORS))

    def pieces(self, offset: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
        if data is None or not self.sector:
            if self.random.random() < self.likely:
                yield offset, data
            return
        at = offset
        while at < offset + len(data):
            end = min((at // self.sector + 1) * self.sector, offset + len(data))
            if self.random.random() < self.likely:
                yield at, data[at - offset : end - offset]
            at = end

    def name(self) -> bool:
        return self.random.random() < self.names


class _Everything(Keeps):
    def __init__(self) -> None:
        pass

    def pieces(self, offset: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
        yield offset, data

    def name(self) -> bool:
        return True


EVERYTHING = _Everything()


@dataclass(frozen=True, slots=True)
class _Named:
    """Something that happened to a name: a creation, renaming, removal or new folder, and to which file."""

    event: Event
    file: _File | None

    @property
    def folder(self) -> str:
        return str(Path(self.event.other or self.event.path).parent)

    def settle(self, names: dict[str, _File], folders: set[str]) -> None:
        event, file = self.event, self.file
        if event.what == MKDIR:
            folders.add(event.path)
        elif event.what == UNLINK:
            names.pop(event.path, None)
            folders.discard(event.path)
        else:
            assert file is not None
            if event.what == RENAME and names.get(event.path) is file:
                del names[event.path]
            names[event.other or event.path] = file


class Disk:
    """A folder as it lies on the disk before recording begins, and what happens to it then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, _File] = {}
        self.folders: set[str] = {str(folder)}
        self.inodes: dict[int, _File] = {}
        self.since: list[_Named] = []
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                self.folders.add(str(path))
            else:
                self.names[str(path)] = self.inodes[path.stat().st_ino] = _File(path.read_bytes())

    def happens(self, event: Event) -> None:
        if event.what == CREATE:
            self.inodes[event.inode] = _File()
        file = self.inodes.get(event.inode)
        if event.what in (CREATE, RENAME, UNLINK, MKDIR):
            self.since.append(_Named(event, file))
        elif event.what == SYNC_FOLDER:
            for each in self.since:
                if each.folder == event.path:
                    each.settle(self.names, self.folders)
            self.since = [each for each in self.since if each.folder != event.path]
        elif file is not None and event.what == SYNC:
            file.sync()
        elif file is not None and event.what in (WRITE, TRUNCATE):
            file.since.append((event.offset, event.data if event.what == WRITE else None))
        else:
            assert event.what == MARK, event

    def image(self, keeps: Keeps) -> dict[str, bytes | None]:
        """Names below the folder with what is in them; None for a folder. What lies in a lost folder is lost."""
        names, folders = dict(self.names), set(self.folders)
        for each in self.since:
            if keeps.name():
                each.settle(names, folders)
        made: dict[str, bytes | None] = {str(Path(each).relative_to(self.folder)): None for each in sorted(folders)}
        for name, file in names.items():
            if not name.endswith("-shm") and str(Path(name).parent) in folders:
                made[str(Path(name).relative_to(self.folder))] = file.image(keeps)
        return made


def put(image: dict[str, bytes | None], into: Path) -> None:
    for name, data in image.items():
        if data is None:
            (into / name).mkdir(parents=True, exist_ok=True)
        else:
            (into / name).write_bytes(data)


def stands(folder: Path) -> dict[str, bytes | None]:
    """The same of a real folder."""
    found: dict[str, bytes | None] = {".": None}
    for path in sorted(folder.rglob("*")):
        if not path.name.endswith("-shm"):
            found[str(path.relative_to(folder))] = None if path.is_dir() else path.read_bytes()
    return found
