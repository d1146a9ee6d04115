"""How long what is kept, and why: purpose, legal basis and end of every retention class; and how long backups are.

PIPL articles 6, 19 and 47: as short as the purpose needs; when it ends, what was kept for it is due. Nothing here reads
or writes; `services.erasures` hands in what stands and asks what is due, people confirm (ledger-and-bundles.md §5, §6).
Figures marked `assumed` are no law but a proposal: they are to be settled with the street before real use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.fields import GONE, RETENTION_CLASSES

Values = Mapping[str, Any]
PERSON = ("base", "identity", "care")
CLOSED_CASES = ("已解除", "转集中", "转院", "转出")
CLOSED_PLAN = "已结束"
CLOSED_INCIDENTS = ("已办结", "已回访", "已改派", "已撤销")
CLOSED_TASKS = ("已完成", "已取消")
NEVER_CAME = ("未到", "已改派", "已取消")
"""Arrivals that ended without anybody arriving here."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a class is kept at all, and by what right."""

    retention: str
    title: str
    purpose: str
    basis: str


_DUTY = "居民委员会组织法；个人信息保护法第十三条第（三）项"
_SENSITIVE = f"{_DUTY}、第二十八条"
_EPIDEMIC = "传染病防治法；个人信息保护法第十三条第（三）（四）项、第二十八条"
PURPOSES: dict[str, Purpose] = {
    each.retention: each
    for each in (
        Purpose("base", "基本信息", "人口信息登记与日常服务", _DUTY),
        Purpose("identity", "身份信息", "核对身份、避免重复登记", _SENSITIVE),
        Purpose("arrival", "来沪返沪登记", "疫情防控", _EPIDEMIC),
        Purpose("isolation", "隔离记录", "居家隔离与健康观察", _EPIDEMIC),
        Purpose("health", "健康信息", "隔离期间的健康观察", _EPIDEMIC),
        Purpose("care", "敏感关爱信息", "关爱服务", _SENSITIVE),
        Purpose("incident", "事件记录", "接报与处置", _DUTY),
        Purpose("trace", "操作留痕", "查明谁看过、改过、带走过什么", "个人信息保护法第五十一条、第五十六条"),
    )
}
assert tuple(PURPOSES) == RETENTION_CLASSES


@dataclass(frozen=True, slots=True)
class Span:
    """What is kept for `days` after its purpose ended. why: the code that says so to people."""

    entity: str
    retention: str
    why: str
    days: int
    assumed: bool = True


SPANS: tuple[Span, ...] = (
    Span("resident", "care", "erase-gone", 180),
    Span("resident", "identity", "erase-gone", 365),
    Span("resident", "base", "erase-gone", 3 * 365),
    Span("isolation_case", "health", "erase-case-closed", 60),
    Span("isolation_case", "isolation", "erase-case-closed", 180),
    Span("arrival", "arrival", "erase-arrived", 180),
    Span("visit", "base", "erase-visited", 3 * 365),
    Span("task", "base", "erase-task-done", 2 * 365),
    Span("incident", "incident", "erase-incident-closed", 3 * 365),
    Span("notice", "isolation", "erase-paper-old", 365),  # of no case; those of a case go with it
    Span("care_plan", "base", "erase-plan-ended", 365),
    Span("care_contact", "base", "erase-contact-old", 2 * 365),
    Span("shift_note", "base", "erase-note-done", 180),
    Span("doubtful", "base", "erase-decided", 90),
    Span("batch", "trace", "erase-trace-old", 3 * 365, assumed=False),  # three years: PIPL article 56
)
SPAN: dict[tuple[str, str], Span] = {(span.entity, span.retention): span for span in SPANS}

WHOLE: dict[str, str] = {
    "resident": "base", "residence": "base", "arrival": "arrival", "isolation_case": "isolation",
    "isolation_check": "isolation", "visit": "base", "task": "base", "incident": "incident", "doubtful": "base",
    "notice": "isolation", "incident_photo": "incident", "care_plan": "base", "care_contact": "base", "shift_note": "base",
}  # fmt: skip
"""The class without which a row says nothing: with it the row goes, and all else that it holds."""
WITH: dict[str, frozenset[str]] = {
    "resident": frozenset({"residence", "arrival", "isolation_case", "task", "doubtful", "care_plan", "care_contact"}),
    "isolation_case": frozenset({"isolation_check", "notice"}),
    "incident": frozenset({"incident_photo", "incident"}),  # with those joined to it: alone they would look forgotten
}
"""What goes together with a row; other rows that refer to it only lose the reference."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something held, and since when its purpose is over (None: it is not)."""

    entity: str
    row: str
    retention: str
    ended: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, why (a code), and since when."""

    entity: str
    row: str
    retention: str
    why: str
    since: date


def due(facts: Iterable[Fact], on: date) -> list[Due]:
    """Which facts are due on a day, the longest due first."""
    found = []
    for fact in facts:
        span = SPAN.get((fact.entity, fact.retention))
        if span is None or fact.ended is None:
            continue
        if on - fact.ended >= timedelta(days=span.days):  # an entry from elsewhere may name the last day there is
            since = fact.ended + timedelta(days=span.days)
            found.append(Due(fact.entity, fact.row, fact.retention, span.why, since))
    return sorted(found, key=lambda each: (each.since, each.entity, each.row, each.retention))


# ---------------------------------------------------------------- when a purpose ended


def ended_resident(values: Values, written: str = "", *, open_case: bool = False) -> date | None:
    """When somebody left or died; where nobody wrote the day, the day it was written. Not while a case is open."""
    if values.get("status") not in GONE or open_case:
        return None
    return day(values.get("status_since")) or day(written)


def ended_case(values: Values, written: str = "") -> date | None:
    if values.get("state") not in CLOSED_CASES:
        return None
    return day(values.get("closed_on")) or day(written)


def ended_arrival(values: Values, cases: Iterable[Values], written: str = "") -> date | None:
    """With the last case of the person; without one, the day of arrival; of who never came, the day when that was written."""
    ends = [ended_case(case, str(case.get("written") or "")) for case in cases]
    if None in ends:
        return None
    never = day(written) if values.get("state") in NEVER_CAME else None
    return max((end for end in (*ends, day(values.get("arrived_on")), never) if end), default=None)


def ended_incident(values: Values, written: str) -> date | None:
    return day(written) if values.get("state") in CLOSED_INCIDENTS else None


def ended_task(values: Values, written: str) -> date | None:
    if values.get("state") not in CLOSED_TASKS:
        return None
    return day(values.get("done_on")) or day(written)


def ended_visit(values: Values) -> date | None:
    """Also of a contact for care: what one visit found serves the next ones for a while."""
    return day(values.get("on"))


def ended_plan(values: Values, written: str) -> date | None:
    if values.get("state") != CLOSED_PLAN:
        return None
    return day(values.get("until")) or day(written)


def ended_note(values: Values) -> date | None:
    """A note for the next shift, once somebody has dealt with it."""
    return day(values.get("done_at"))


def ended_paper(values: Values) -> date | None:
    return day(values.get("made_at"))


def ended_doubtful(values: Values, written: str) -> date | None:
    return day(written) if values.get("decision") else None


def day(text: Any) -> date | None:
    """The day of an ISO date or moment; one of a year or month only is its last day, so that nothing goes early."""
    words = str(text or "")[:10]
    try:
        if len(words) == 4:
            return date(int(words), 12, 31)
        if len(words) == 7:
            year, month = int(words[:4]), int(words[5:7])
            return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return date.fromisoformat(words)
    except ValueError:
        return None


# ---------------------------------------------------------------- backups

DAYS, WEEKS, MONTHS = 7, 4, 6


def kept_backups(moments: Iterable[datetime]) -> set[datetime]:
    """Which backups stay: the newest of each of the last 7 days, 4 weeks and 6 months in which one was made."""
    newest_first = sorted(moments, reverse=True)
    kept: set[datetime] = set()
    for most, name in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        spans: dict[str, datetime] = {}
        for moment in newest_first:
            spans.setdefault(moment.strftime(name), moment)
        kept |= set(list(spans.values())[:most])
    return kept
