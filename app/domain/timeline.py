"""What happened to a person or a household, as lines with a day: which record says what, and when. Pure.

Rows come as the tables show them, level 3 sealed: nothing here opens anything. Entries from other PCs may hold any text
where a time should stand: such a line has no day and comes last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from app.domain import clock, isolation, moves

Values = Mapping[str, Any]
ARRIVAL, ISOLATION, VISIT, CARE, INCIDENT, ERRAND, PAPER, MOVE, CHANGE = KINDS = (
    "arrival", "isolation", "visit", "care", "incident", "errand", "paper", "move", "change",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """at: a day or a moment (ISO), "" if none is known. code: of its words, filled by `details`. entity, id: its record.

    resident: whom it concerns, "" for all of the household. by: who did it, as written there.
    """

    at: str
    kind: str
    entity: str
    id: str
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)
    resident: str = ""
    by: str = ""

    @property
    def day(self) -> str:
        return self.at[:10]

    @property
    def time(self) -> str:
        return self.at[11:16]


def when(value: object) -> str:
    """A stored day or moment as a line has it: Shanghai, to the minute; "" for what is none."""
    if day := clock.day(value):
        return day.isoformat()
    moment = clock.moment(value)
    return moment.isoformat(timespec="minutes")[:16] if moment else ""


def newest_first(lines: Iterable[Line]) -> list[Line]:
    """By day and time, the newest first; of one day what has no time comes after what has; no day at all: last."""
    found = sorted(lines, key=lambda line: line.at)
    return found[::-1]  # of one minute the later written first


# ---------------------------------------------------------------- living somewhere


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody lived in a household from one moment to another; "" where it is open."""

    since: str
    until: str

    def holds(self, at: str) -> bool:
        return (not self.since or not at or at >= self.since[: len(at)]) and (
            not self.until or (bool(at) and at <= self.until)
        )


def stays(writes: Sequence[tuple[str, str | None]], household: str) -> list[Stay]:
    """writes: (when, household) as they were written of one person, oldest first. What was known first always held."""
    found: list[Stay] = []
    for number, (at, home) in enumerate(writes):
        if home == household:
            until = writes[number + 1][0] if number + 1 < len(writes) else ""
            found.append(Stay(when(at) if number else "", when(until)))
    return found


# ---------------------------------------------------------------- lines of each kind


def of_arrival(row: Values) -> list[Line]:
    of = _of(ARRIVAL, "arrival", row)
    words = {"origin": row.get("origin") or "", "transport": row.get("transport_no") or row.get("transport") or ""}
    lines = [replace(of, at=when(row.get("arrived_on")), code="timeline-arrived", details=words)]
    for key, by, code in (
        ("picked_up_at", "picked_up_by", "timeline-picked-up"), ("handed_over_at", "handed_over_to", "timeline-handed-over"),
        ("home_at", "home_by", "timeline-home"),
    ):  # fmt: skip
        if row.get(key):
            lines.append(replace(of, at=when(row[key]), code=code, by=str(row.get(by) or "")))
    return lines


def of_case(row: Values, checks: Sequence[Values], now: Any) -> list[Line]:
    """A case with its checks in one line. now: a datetime, up to which checks are owed."""
    of = _of(ISOLATION, "isolation_case", row)
    stages = isolation.stages_of(row)
    words = {
        "rule": row.get("rule") or "", "measure": stages[0].measure if stages else "",
        "end": _short(stages[-1].end.isoformat()) if stages else "", "days": sum(stage.days for stage in stages),
    }  # fmt: skip
    code = "timeline-case-moved-in" if row.get("moved_from") else "timeline-case-opened"
    lines = [replace(of, at=when(row.get("start")), code=code if stages else "timeline-case-bare", details=words)]
    today = now.date()
    lines += [
        replace(of, at=stage.start.isoformat(), code="timeline-stage", details={"measure": stage.measure, "days": stage.days})
        for stage in stages[1:] if stage.start <= today
    ]  # fmt: skip
    if row.get("moved_from") and row.get("duty_since"):
        lines.append(replace(of, at=when(row["duty_since"]), code="timeline-duty"))
    for key, code, by in (
        ("alert_at", "timeline-alert", ""), ("alert_done_at", "timeline-alert-done", ""),
        ("escalated_at", "timeline-escalated", "escalated_to"), ("notice_asked_at", "timeline-notice-asked", ""),
        ("notice_handed_at", "timeline-notice-handed", "notice_handed_to"),
    ):  # fmt: skip
        if row.get(key):
            lines.append(replace(of, at=when(row[key]), code=code, details={"to": row.get(by) or ""}))
    if row.get("state") in isolation.ENDED:
        unit = f"：{row['receiver_unit']}" if row.get("receiver_unit") else ""
        told = {"state": row["state"], "why": row.get("close_reason") or "", "unit": unit}
        lines.append(
            replace(
                of,
                at=when(row.get("closed_on")),
                code="timeline-case-ended",
                details=told,
                by=str(row.get("closed_by") or ""),
            )
        )
    return lines + _checks(of, row, stages, checks, now)


def _checks(of: Line, row: Values, stages: Sequence[isolation.Stage], checks: Sequence[Values], now: Any) -> list[Line]:
    """「5月12日–5月25日 登记 27 次，缺 1 次」: all of a case's checks in one line, on the day of the last."""
    checks = [each for each in checks if each.get("slot") or each.get("sampled") or each.get("result_in")]
    days = sorted(str(each.get("on")) for each in checks if clock.day(each.get("on")))
    if not days and not stages:
        return []
    done = {(each.get("on"), each.get("slot")) for each in checks if each.get("reached") is not False}
    vain = sum(each.get("reached") is False for each in checks)
    day, slot = isolation.owed_by(now)
    if closed := clock.day(row.get("closed_on")) if row.get("state") in isolation.ENDED else None:
        day, slot = min((day, slot), (max(closed, date.min + timedelta(days=1)) - timedelta(days=1), "pm"))
    since = clock.day(row.get("duty_since"))
    owed = isolation.owed_checks(stages, day, slot, since=since) if row.get("state") != "待接" else ()
    missing = sum((on.isoformat(), at) not in done for on, at in owed)
    if not days and not missing:
        return []
    ends = [*days, *(on.isoformat() for on, at in owed if not days)]
    words = {
        "first": _short(ends[0]), "last": _short(ends[-1]), "count": len(done),
        "missing": missing, "vain": vain,
    }  # fmt: skip
    code = "timeline-checks" + ("-missing" if missing else "") + ("-vain" if vain else "")
    return [replace(of, at=ends[-1], code=code, details=words)]


def _short(day: str) -> str:
    """5月12日."""
    on = date.fromisoformat(day)
    return f"{on.month}月{on.day}日"


def of_visit(row: Values) -> list[Line]:
    return [_met(VISIT, "visit", "timeline-visit", row)]


def of_contact(row: Values) -> list[Line]:
    return [_met(CARE, "care_contact", "timeline-contact", row)]


def _met(kind: str, entity: str, code: str, row: Values) -> Line:
    """Somebody went or called."""
    told = {"mode": row.get("mode") or "", "result": row.get("result") or "", "note": row.get("note") or ""}
    return replace(_of(kind, entity, row), at=when(row.get("on")), code=code, details=told, by=str(row.get("by") or ""))


def of_plan(row: Values) -> list[Line]:
    told = {"kind": row.get("kind") or "", "days": row.get("every_days") or "", "worker": row.get("worker") or ""}
    of = replace(_of(CARE, "care_plan", row), details=told)
    lines = [
        replace(of, at=when(row.get("start")), code="timeline-plan" if row.get("every_days") else "timeline-plan-bare")
    ]
    if row.get("state") == "已结束":
        lines.append(replace(of, at=when(row.get("until")), code="timeline-plan-ended"))
    return lines


def of_incident(row: Values) -> list[Line]:
    told = {
        "kind": row.get("kind") or "", "what": row.get("what") or row.get("heard") or "", "state": row.get("state") or "",
        "outcome": row.get("outcome") or "",
    }  # fmt: skip
    of = replace(_of(INCIDENT, "incident", row), details=told)
    lines = [replace(of, at=when(row.get("reported_at") or row.get("heard_at")), code="timeline-incident")]
    for key, by, code in (
        ("on_site_at", "on_site_by", "timeline-on-site"), ("closed_at", "closed_by", "timeline-incident-closed"),
        ("called_back_at", "called_back_by", "timeline-called-back"),
    ):  # fmt: skip
        if row.get(key):
            lines.append(replace(of, at=when(row[key]), code=code, by=str(row.get(by) or "")))
    return lines


def of_task(row: Values) -> list[Line]:
    told = {"kind": row.get("kind") or "", "what": row.get("what") or ""}
    of = replace(_of(ERRAND, "task", row), details=told)
    lines = [
        replace(
            of,
            at=when(row.get("asked_at") or row.get("due")),
            code="timeline-errand",
            by=str(row.get("asked_by") or ""),
        )
    ]
    if row.get("state") in ("已完成", "已取消"):
        code = "timeline-errand-done" if row["state"] == "已完成" else "timeline-errand-cancelled"
        lines.append(replace(of, at=when(row.get("done_on")), code=code, by=str(row.get("done_by") or "")))
    return lines


def of_notice(row: Values) -> list[Line]:
    told = {"kind": row.get("kind") or "", "number": row.get("number") or "", "title": row.get("title") or ""}
    return [
        replace(
            _of(PAPER, "notice", row),
            at=when(row.get("made_at")),
            code="timeline-paper",
            details=told,
            by=str(row.get("made_by") or ""),
        )
    ]


def _of(kind: str, entity: str, row: Values) -> Line:
    return Line("", kind, entity, str(row["id"]), "", resident=str(row.get("resident") or ""))


def of_move(resident: str, at: str, value: object, names: Mapping[str, str], by: str) -> Line | None:
    """One word of a move in a person's row; names: of committees by id."""
    if value is not None and not moves.is_move(value):
        return None
    move = value if isinstance(value, dict) else {}
    other = str(move.get("to") or move.get("of") or "")
    state = f"{move['state']}{'-here' if 'of' in move else ''}" if move else "cancelled"
    told = {"name": names.get(other, ""), "why": move.get("why", "")}
    return Line(when(at), MOVE, "resident", resident, f"timeline-move-{state}", told, resident, by)
