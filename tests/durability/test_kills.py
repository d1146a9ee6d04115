"""kill -9 at any moment: what was acknowledged is there, what was not is whole or absent, and work goes on."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.durability.acts import OFTEN, PLANS, Facts
from tests.durability.shim import ALL, COUNT, DIE, Child, Ledger, fresh, seeds

LOG = logging.getLogger(__name__)
KINDS = [kind for kind in PLANS if kind != "create"]
EACH = 90 if ALL else 2
"""Kills per kind: two in three at an exact call to the kernel, the others after a time."""
REUSED = 4
"""So many times the same folder is killed and worked on again, as a user would, before a fresh one is taken."""


def calls_of(child: Child, scratch: Path, kind: str) -> int:
    """How many calls that change files the work makes when nobody kills it."""
    case = fresh(scratch, base_of(kind), scratch / "counted")
    log = scratch / "counted.log"
    log.unlink(missing_ok=True)
    how = {"mode": COUNT}
    done = child.run(
        "work", folder=str(case), scratch=str(scratch), log=str(log), kind=kind, facts={}, start=0, seed=1, how=how
    )
    return int(done.result()["seen"])


def base_of(kind: str) -> str:
    return "older" if kind == "migration" else "here"


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_program_lost_nothing_it_had_acknowledged(child: Child, scratch: Path, kind: str) -> None:
    random, calls = seeds(f"kills/{kind}"), calls_of(child, scratch, kind)
    kills, runs, facts, number = 0, 0, Facts(), 0
    case = scratch / "killed"
    while kills < EACH:
        if runs % REUSED == 0:
            case, facts, number = fresh(scratch, base_of(kind), case), Facts(), 0
        runs += 1
        assert runs < 3 * EACH + 20, "the work ends before it is killed"
        log = scratch / "killed.log"
        log.unlink(missing_ok=True)
        told = {
            "folder": str(case), "scratch": str(scratch), "kind": kind, "facts": facts, "start": number, "seed": runs,
            "pragma": OFTEN if runs % 2 else "",
        }  # fmt: skip
        if random.random() < 2 / 3:
            how = {"mode": DIE, "at": random.randint(1, calls), "where": random.randrange(3)}
            ended = child.run("work", log=str(log), how=how, **told)
        else:
            ended = child.run_and_kill(log, random.randint(0, 4), random.random() * 0.06, **told)
        if not ended.killed:
            ended.result()
        kills += ended.killed
        number += 10
        ledger = Ledger(facts, log.read_bytes().splitlines() if log.exists() else [])
        checked = child.run("check", folder=str(case), scratch=str(scratch), keys=ledger.keys, number=number)
        seen = checked.result()["seen"]
        ledger.judge(seen)
        facts = {key: value for key, value in seen.items() if key != "schema"}  # the check's unlock brought it up
    LOG.info(f"{kind}: {kills} kills in {runs} runs, {calls} calls each")


def test_the_check_finds_what_is_missing(child: Child, scratch: Path) -> None:
    """An act that was acknowledged but is not there, and one that is half there, do not pass."""
    ledger = Ledger({"tag|甲1": 60}, [b'{"may": {"tag|a": 60, "tag|b": 60}, "was": {"tag|a": 0, "tag|b": 0}}'])
    ledger.judge({"tag|甲1": 60, "tag|a": 0, "tag|b": 0})
    ledger.judge({"tag|甲1": 60, "tag|a": 60, "tag|b": 60})
    for seen in ({"tag|甲1": 0, "tag|a": 0, "tag|b": 0}, {"tag|甲1": 60, "tag|a": 60, "tag|b": 0}):
        with pytest.raises(AssertionError, match="neither before nor after"):
            ledger.judge(seen)
