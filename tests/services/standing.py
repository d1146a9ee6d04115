"""A street made once and copied for each test: making workspaces and enrolling them costs more than most tests do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import passwords
from app.services import workspaces
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.street import Street


@contextmanager
def made_quickly() -> Iterator[None]:
    """As tests/conftest.py has it for single tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY_KIB", 64)
        patch.setattr(passwords, "PASSES", 1)
        yield


def template(folder: Path, prepare: Callable[[Street], object]) -> Path:
    """Make a street, prepare it, lock it: the folder to copy."""
    with made_quickly():
        street = Street(folder)
        prepare(street)
        street.close()
    return folder


def copy_of(made: Path, folder: Path) -> Street:
    """The same street anew in another folder, everything unlocked."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    street = object.__new__(Street)
    street.folder, street.sticks = folder, len(list(folder.glob("stick-*")))
    with made_quickly():
        street.centre, *street.committees = [
            workspaces.unlock(each, ACCOUNT, PASSWORD, clock=NOW)
            for each in (folder / "centre", *sorted(folder.glob("committee-*")))
        ]
    return street
