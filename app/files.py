"""Writing a whole file so that after a power cut either the old or the new one is there."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from app.domain.findings import UserError


class DiskFullError(UserError, OSError):
    """A disk that takes no more, or fails. Also an OSError: who has words of its own for that catches it as before."""


def refused_by_disk(problem: OSError) -> bool:
    """Is it the disk that is full or fails, rather than a name or a right?"""
    return problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`; when the block ends well it is flushed to the disk and takes its place.

    Raises UserError("disk-full"), which is an OSError here, and other OSErrors as they are.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as problem:
        if isinstance(problem, UserError) or not refused_by_disk(problem):
            raise
        raise DiskFullError("disk-full", folder=str(path.parent)) from problem
    finally:
        temporary.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """A folder and those above it that are lacking, each safely named in the one above it."""
    lacking = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in lacking:
        _sync_folder(each.parent)


class ReadBackError(OSError):
    """What was read again is not what was written: the disk or stick lies."""


def write_atomic(path: Path, data: bytes, *, verify: bool = False) -> None:
    """verify: read it again before it takes its name. Raises OSError; then nothing is there under that name."""
    with replacing(path) as temporary:
        temporary.touch(mode=0o600)  # what is written here is about people, or a key: the owner's alone
        temporary.write_bytes(data)
        if verify:
            _read_back(temporary, data)


def _read_back(path: Path, data: bytes) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):  # what lies on the stick, not what memory kept of it
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if hashlib.sha256(file.read()).digest() != hashlib.sha256(data).digest():
            raise ReadBackError(str(path))


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # Windows has no handle on a folder; NTFS orders the rename itself
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
