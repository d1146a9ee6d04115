"""Papers of isolation: which kinds there are, of whom each may be made, and numbers that no two papers share.

Two PCs of one committee number without asking each other, so every PC has a mark of its own; a PC that was restored
from a backup begins a series of its own, because the numbers given after the backup are out on paper.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain import isolation, walks
from app.domain.clock import day
from app.domain.findings import UserError

LETTERS = "ABCDEFGHJKLMNPQRTUVWXY"
"""Of a PC's mark: nothing that reads like a figure or another letter."""
SHORT, ALONE = 2, 3
"""Letters of a mark: of a PC whose neighbours are known from the registry, and of one that has not joined the street."""
TOLD, PROMISE, DOOR, REQUEST, RECEIPT, RELEASE, GENERAL = (
    "告知书", "承诺书", "门贴", "解除申请名单", "解除通知签收单", "解除通知", "居委通知",
)  # fmt: skip
KINDS = (TOLD, PROMISE, DOOR, REQUEST, RECEIPT, RELEASE, GENERAL)


@dataclass(frozen=True, slots=True)
class Kind:
    """word: in the number. together: what shares one paper and so one number: "person", "household" or "list".

    states: of cases of which it may be made. layout: the template that sets it.
    """

    key: str
    word: str
    layout: str
    together: str
    states: tuple[str, ...] = ()


RUNNING = ("待接", "在管", "待结果", "期满待解除")
OVER = ("期满待解除", "已解除")
OF: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(TOLD, "隔告", "letter", "person", RUNNING),
        Kind(PROMISE, "隔诺", "letter", "person", RUNNING),
        Kind(DOOR, "隔贴", "door", "household", RUNNING),
        Kind(REQUEST, "解申", "list", "list", ("期满待解除",)),
        Kind(RECEIPT, "解收", "list", "list", OVER),
        Kind(RELEASE, "解通", "letter", "person", OVER),
        Kind(GENERAL, "通", "slip", "list"),
    )
}


def kind_of(key: str) -> Kind:
    """Raises UserError("notice-kind") with the kinds there are."""
    if key not in OF:
        raise UserError("notice-kind", kind=key, kinds="、".join(OF))
    return OF[key]


# ---------------------------------------------------------------- numbers


def mark(device: str, others: Iterable[str], *, enrolled: bool) -> str:
    """What a PC puts before its numbers: "" for the only one of its committee that the street's registry knows.

    others: ids of the committee's further devices in the registry, revoked ones too. Whoever joins later knows who was
    there before, and takes so many letters that no other mark of its committee begins alike.
    """
    if not enrolled:
        return _letters(device)[:ALONE]
    beside = [_letters(other) for other in others if other != device]
    if not beside:
        return ""
    own, length = _letters(device), SHORT
    while any(other[:length] == own[:length] for other in beside) and length < len(own):
        length += 1
    return own[:length]


def _letters(device: str) -> str:
    value, found = int.from_bytes(hashlib.sha256(f"notice/{device}".encode()).digest()), ""
    while value:
        value, place = divmod(value, len(LETTERS))
        found += LETTERS[place]
    return found


def series(mark_: str, epoch: int, chain: str) -> str:
    """epoch: 1 for a PC's first chain, one more after each restore. chain: the id of the one that it writes now.

    One backup may be restored twice, and each time the chain after it is the second: only its id tells them apart.
    """
    return f"{mark_}{epoch}{_letters(chain)[:ALONE]}" if epoch > 1 else mark_


def number(prefix: str, kind: Kind, year: int, series_: str, count: int) -> str:
    """`培花九居隔告〔2020〕第0012号`; with a PC's series `第KD-0012号`."""
    return f"{prefix}{kind.word}〔{year}〕第{series_}{'-' if series_ else ''}{count:04d}号"


_OFFICE = re.compile("(居民委员会|居委会|居民区|社区居委会|社区|居委)$")


def prefix_of(name: str) -> str:
    """What begins a committee's numbers unless its head says otherwise: `培花新村第九居委会` → `培花新村第九居`."""
    return f"{_OFFICE.sub('', name) or name}居"


# ---------------------------------------------------------------- of whom


def must_fit(kind: Kind, state: str, name: str) -> None:
    """Raises UserError("notice-state") where a paper says what is not so: a request before the term has ended."""
    if kind.states and state not in kind.states:
        raise UserError("notice-state", kind=kind.key, state=state, name=name, states="、".join(kind.states))


def term(case: Mapping[str, Any]) -> tuple[date, date] | None:
    """First and last day of a case, both inclusive; an early end counts. None where they are not known."""
    stages = isolation.stages_of(case)
    if not stages:
        return None
    last, closed = stages[-1].end, day(case.get("closed_on"))
    return stages[0].start, min(last, closed) if closed and closed >= stages[0].start else last


def said(case: Mapping[str, Any]) -> str:
    """What a paper says of a case, in short: two papers that say the same are one paper printed twice.

    With the door: whoever moved in between is told of another one, and that is another paper.
    """
    days = term(case)
    if days is None:
        return ""
    span = f"{days[0].isoformat()}—{days[1].isoformat()}"
    return " ".join(filter(None, (str(case.get("rule") or ""), span, walks.door_text(case))))


def must_be_over(case: Mapping[str, Any], state: str, on: date) -> None:
    """Before a release notice is handed over. Raises UserError("notice-early")."""
    days = term(case)
    if state not in OVER or (days is not None and on < days[1]):
        raise UserError("notice-early", name=case.get("name", ""), until=days[1].isoformat() if days else "")
