"""The shim compiled, and the child process under it that tests tell what to do."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest

from tests.durability.acts import COUNT, DIE, FAIL, RECORD, Facts

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("shim.c")
WRITE, SYNC, RENAME, TRUNCATE, UNLINK, CREATE = (1 << bit for bit in range(6))
BEFORE, HALF, AFTER = range(3)
ALL = bool(os.environ.get("LOUTU_ALL"))

__all__ = ["ALL", "COUNT", "DIE", "FAIL", "RECORD", "Child", "Ended", "Ledger", "build"]


def build(folder: Path) -> Path:
    """The shim as a library in `folder`; the test is skipped where none can be made."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if sys.platform != "linux" or sys.maxsize < 1 << 32:
        pytest.skip("misfortunes are put between program and kernel by LD_PRELOAD: 64-bit Linux only")
    if compiler is None:
        pytest.skip("no C compiler: the shim that kills, fails and records cannot be made")
    library = folder / "shim.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-o", str(library), str(SOURCE)], check=True, capture_output=True
    )
    return library


class Ended(dict[str, Any]):
    """How a task ended: `signal`, and `result` or `fault` (a trace)."""

    @property
    def killed(self) -> bool:
        return bool(self["signal"] == signal.SIGKILL)

    def result(self) -> Facts:
        assert "result" in self, self.get("fault", f"the child ended by signal {self['signal']}")
        result: Facts = self["result"]
        return result


class Child:
    """The server of `work.py` under the shim. One task at a time."""

    def __init__(self, library: Path) -> None:
        self._errors = library.with_name("errors").open("wb")  # the engine speaks there of every key that is not it
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.work"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, text=True, env={**os.environ, "LD_PRELOAD": str(library)},
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()
        self._errors.close()

    def _say(self, what: Facts) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> Facts:
        assert self._process.stdout
        heard: Facts = json.loads(self._process.stdout.readline())
        return heard

    def warm(self, *workspaces: Path) -> None:
        """Derive the passwords' keys of these workspaces once for all forks."""
        self._say({"warm": [str(each) for each in workspaces]})

    def start(self, task: str, **arguments: Any) -> int:
        """Begin a task; returns the id of the process that does it."""
        self._say({"task": task, "arguments": arguments})
        return int(self._hear()["pid"])

    def end(self) -> Ended:
        return Ended(self._hear())

    def run(self, task: str, **arguments: Any) -> Ended:
        self.start(task, **arguments)
        return self.end()

    def run_and_kill(self, log: Path, acknowledged: int, rest: float, **arguments: Any) -> Ended:
        """Kill the work so long after so many acknowledged steps; it may have ended before."""
        child = self.start("work", log=str(log), **arguments)
        until = time.monotonic() + 20
        while time.monotonic() < until and not _dead(child):
            if log.exists() and log.read_bytes().count(b'{"facts"') >= acknowledged:
                time.sleep(rest)
                break
            time.sleep(0.001)
        if not _dead(child):
            os.kill(child, signal.SIGKILL)
        return self.end()


def _dead(child: int) -> bool:
    """Ended, and perhaps not yet waited for."""
    try:
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Ledger:
    """What the log outside says: facts that were acknowledged, and what the act under way may have made true."""

    def __init__(self, facts: Facts, lines: list[bytes]) -> None:
        self.facts, self.may = dict(facts), Facts()
        for line in lines:
            said = json.loads(line)
            if "facts" in said:
                self.facts |= said["facts"]
                self.may = {}
            else:
                self.may = said["may"]
                self.facts = said["was"] | self.facts

    @property
    def keys(self) -> list[str]:
        return [*dict.fromkeys((*self.facts, *self.may))]

    def judge(self, seen: Facts) -> None:
        """Every acknowledged fact is there, and of the act under way all or nothing."""
        before = {key: self.facts.get(key, NOTHING.get(key.partition("|")[0])) for key in self.keys}
        after = before | self.may
        seen = {key: seen.get(key) for key in before}
        if seen != before and not _fits(seen, after):
            lost = {key: (seen[key], before[key], after[key]) for key in before if seen[key] != before[key]}
            raise AssertionError(f"neither before nor after (seen, before, after): {lost}")


NOTHING: dict[str, Any] = {"tag": 0, "bundles": 0, "told": [], "backups": 0}


def _fits(seen: Facts, wanted: Facts) -> bool:
    return all(value == "*" or seen[key] == value for key, value in wanted.items())


def fresh(scratch: Path, base: str, into: Path) -> Path:
    """A copy of what was prepared, to be spoiled."""
    if into.exists():
        shutil.rmtree(into)
    shutil.copytree(scratch / base, into)
    return into


def seeds(name: str) -> Random:
    """Repeatable: LOUTU_SEED gives another run."""
    return Random(f"{os.environ.get('LOUTU_SEED', '1')}/{name}")
