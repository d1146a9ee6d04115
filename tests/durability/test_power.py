"""The power goes: a kill keeps what the system had in memory, so disks are made from a recording instead.

Each image holds what was synced, and of the rest whatever chance kept (`disk.py`). What was acknowledged before the cut
is there in all of them, of the act under way all or nothing.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.durability import disk
from tests.durability.acts import OFTEN, PLANS
from tests.durability.disk import EVERYTHING, MARK, Disk, Event, Keeps
from tests.durability.shim import ALL, RECORD, Child, Ledger, fresh, seeds

LOG = logging.getLogger(__name__)
IMAGES = 40 if ALL else 2
"""Power cuts per kind of work."""
SESSIONS = 4 if ALL else 2


@dataclass(frozen=True)
class Recording:
    """The disk before, all calls in order, and what was said outside (a mark among the calls for each line)."""

    before: Disk
    events: list[Event]
    lines: list[bytes]

    def cuts(self, random: Random, count: int) -> list[int]:
        """Half of them just after an acknowledgement: that is where a missing fsync shows."""
        said = [n + 1 for n, each in enumerate(self.events) if each.what == MARK and self._acknowledges(each)]
        return sorted(
            random.choice(said) if each % 2 and said else random.randint(1, len(self.events)) for each in range(count)
        )

    def _acknowledges(self, mark: Event) -> bool:
        return "facts" in json.loads(self.lines[mark.offset - 1])

    def images(self, random: Random, count: int) -> Iterator[tuple[dict[str, bytes | None], Ledger]]:
        """What disks look like after cuts, and what had been acknowledged by then."""
        done, said = 0, 0
        for cut in self.cuts(random, count):
            for event in self.events[done:cut]:
                self.before.happens(event)
                said = event.offset if event.what == MARK else said
            done = cut
            yield self.before.image(Keeps(random)), Ledger({}, self.lines[:said])


def record(child: Child, scratch: Path, kind: str, *, pragma: str = "") -> Recording:
    case = fresh(scratch, "older" if kind == "migration" else "here", scratch / "recorded")
    if kind == "create":
        shutil.rmtree(case / "workspace")
    before = Disk(case)
    log, calls = scratch / "recorded.log", scratch / "recorded.calls"
    log.unlink(missing_ok=True)
    child.run(
        "work", folder=str(case), scratch=str(scratch), log=str(log), kind=kind, facts={}, start=0, seed=1,
        sessions=SESSIONS, how={"mode": RECORD, "log": str(calls)}, pragma=pragma,
    ).result()  # fmt: skip
    return Recording(before, disk.events(calls), log.read_bytes().splitlines())


def judge(child: Child, scratch: Path, image: dict[str, bytes | None], ledger: Ledger, number: int) -> None:
    """Raises AssertionError if something acknowledged is missing, half there or out of order."""
    case = scratch / "image"
    shutil.rmtree(case, ignore_errors=True)
    disk.put(image, case)
    if ledger.may.pop("created", None):
        return  # a workspace is only promised once `create` has returned
    ledger.facts.pop("created", None)
    checked = child.run("check", folder=str(case), scratch=str(scratch), keys=ledger.keys, number=500 + number)
    ledger.judge(checked.result()["seen"])


@pytest.mark.parametrize("kind", PLANS)
def test_a_power_cut_takes_nothing_that_was_acknowledged(child: Child, scratch: Path, kind: str) -> None:
    for pragma, images in (("", IMAGES - IMAGES // 2), (OFTEN, IMAGES // 2)):
        recording = record(child, scratch, kind, pragma=pragma)
        if kind == "create":
            child.warm(scratch / "recorded" / "workspace")
        for number, (image, ledger) in enumerate(recording.images(seeds(f"power/{kind}/{pragma}"), images)):
            judge(child, scratch, image, ledger, number)
        LOG.info(f"{kind}: {images} images of {len(recording.events)} calls")


@pytest.mark.parametrize("kind", ["edit", "rekey"])
def test_a_recording_replayed_whole_is_the_folder_as_it_stands(child: Child, scratch: Path, kind: str) -> None:
    """The shim misses no call that changes a file."""
    recording = record(child, scratch, kind)
    for event in recording.events:
        recording.before.happens(event)
    assert recording.before.image(EVERYTHING) == disk.stands(scratch / "recorded")


def test_a_program_that_does_not_sync_is_found_out(child: Child, scratch: Path) -> None:
    """With `synchronous` off something acknowledged is missing on some of the disks: the images have teeth."""
    recording, found = record(child, scratch, "edit", pragma="synchronous = OFF"), 0
    for number, (image, ledger) in enumerate(recording.images(seeds("power/careless"), 30)):
        try:
            judge(child, scratch, image, ledger, number)
        except AssertionError:
            found += 1
            break
    assert found


def test_the_writing_connection_waits_for_the_disk(child: Child, scratch: Path) -> None:
    case = fresh(scratch, "here", scratch / "image")
    checked = child.run("check", folder=str(case), scratch=str(scratch), keys=[], wal=True)
    assert checked.result()["seen"]["pragmas"] == [2, "wal"]
