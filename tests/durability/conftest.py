"""One child process under the shim and one prepared street for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.shim import Child, build


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("durability").resolve()


@pytest.fixture(scope="session")
def child(scratch: Path) -> Iterator[Child]:
    """Ready to work on copies of `scratch`/here and /older."""
    with Child(build(scratch)) as started:
        started.run("prepare", scratch=str(scratch)).result()
        started.warm(scratch / "here" / "workspace", scratch / "older" / "workspace")
        yield started
