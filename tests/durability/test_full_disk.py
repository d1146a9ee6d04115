"""The disk is full or fails at any call: old or new state, words a person can act on, nothing marked sent, work goes on.

Each act is done once per call to the kernel that it makes: from the n-th on all calls of that kind fail, as on a disk
that stays full. Then there is room again, and the same window goes on; so does the next one.
"""

from __future__ import annotations

import errno
import logging
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.durability.acts import Facts
from tests.durability.shim import (
    ALL,
    COUNT,
    CREATE,
    FAIL,
    HALF,
    RENAME,
    SYNC,
    TRUNCATE,
    WRITE,
    Child,
    Ledger,
    fresh,
    seeds,
)  # fmt: skip

LOG = logging.getLogger(__name__)
ACTS = ("edit", "bring", "export", "merge", "dismiss", "hire", "backup", "migrate")
WAYS = {
    "full": (WRITE | CREATE, errno.ENOSPC),
    "write": (WRITE | TRUNCATE, errno.EIO),
    "sync": (SYNC, errno.EIO),
    "rename": (RENAME, errno.EIO),
}
FEW = 1
"""So many of the calls in a short run, another place for each act and way; all of them in a long one."""
CODES = {
    "disk-full", "bundle-unwritable", "bundle-not-written", "backup-not-good", "backup-unwritable", "keys-unwritable",
    "rotation-unfinished",
}  # fmt: skip


def attempt(child: Child, scratch: Path, act: str, how: Facts) -> Facts:
    case = fresh(scratch, "older" if act == "migrate" else "here", scratch / "full")
    done = child.run("fail", folder=str(case), scratch=str(scratch), kind=act, facts={}, how=how)
    return done.result()


def judge(child: Child, scratch: Path, done: Facts) -> None:
    case, error = scratch / "full", done["error"]
    if error:
        assert error["mendable"], error["trace"]
        assert error["code"] in CODES, error
        assert re.search("[\u4e00-\u9fff]", error["words"]), error
    ledger = Ledger(done["before"], [])
    ledger.may = done["may"]
    if not error:
        ledger.facts, ledger.may = ledger.facts | done["may"], {}
    assert "went_on" not in done, f"{error}\n{done['went_on']['trace']}"
    _fits(ledger, done["after"])
    ledger.facts |= done["facts"]
    checked = child.run("check", folder=str(case), scratch=str(scratch), keys=ledger.keys, number=900).result()
    _fits(ledger, checked["seen"])
    assert checked["strays"] == []
    if "bundles" in done["may"] and checked["seen"]["bundles"] == done["before"]["bundles"]:
        assert checked["seen"]["told"] == done["before"]["told"], "marked as sent, and not there"
    for where in (case / "stick", case / "backups"):
        assert [each.name for each in where.rglob("*.tmp")] == []


def _fits(ledger: Ledger, seen: Facts) -> None:
    """Old or new; where only some of it was looked at, that."""
    part = Ledger({key: value for key, value in ledger.facts.items() if key in seen}, [])
    part.may = {key: value for key, value in ledger.may.items() if key in seen}
    part.judge(seen)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("act", ACTS)
def test_a_disk_that_fails_leaves_old_or_new_and_says_so(child: Child, scratch: Path, act: str, way: str) -> None:
    kinds, number = WAYS[way]
    whole = attempt(child, scratch, act, {"mode": COUNT, "kinds": kinds})
    assert whole["error"] is None, whole["error"]["trace"]
    calls = int(whole["seen"])
    steps = range(1, calls + 1) if ALL else sorted(seeds(f"{act}/{way}").sample(range(1, calls + 1), min(FEW, calls)))
    said: Counter[str] = Counter()
    for at in steps:
        how = {"mode": FAIL, "kinds": kinds, "at": at, "errno": number, "where": HALF if at % 2 else 0}
        done = attempt(child, scratch, act, how)
        try:
            judge(child, scratch, done)
        except AssertionError as problem:
            raise AssertionError(f"{act}, {way}, call {at} of {calls}: {problem}") from None
        said[done["error"]["code"] if done["error"] else "done"] += 1
    LOG.info(f"{act}/{way}: {calls} calls, {dict(said)}")


def test_an_account_is_said_to_be_out_only_when_it_is(child: Child, scratch: Path) -> None:
    kinds, number = WAYS["rename"]
    done = attempt(child, scratch, "dismiss", {"mode": FAIL, "kinds": kinds, "at": 1, "errno": number})
    assert done["error"]["code"] != "rotation-unfinished"
    judge(child, scratch, done)
