"""How quickly incidents are dealt with: median and 90th percentile per step, committee and kind, and what is open or late.

Repeats are counted once, under their first one; what was withdrawn or passed on not at all. Nobody is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain import access, incident_times, incidents
from app.domain.suppression import FEW
from app.services import committees, incident_rows
from app.services.session import Session
from app.services.values import Values


def figures(
    session: Session, *, since: datetime | None = None, until: datetime | None = None, committee: str = ""
) -> Values:
    """Figures of the incidents reported from `since` (inclusive) to `until` (exclusive).

    {method, since, until, data_until, **group, committees: [group + {committee, name, data_until}], kinds: [group + {kind}]}
    where a group is {total, repeats, open, overdue, stages: [{stage, count, median, p90, few}]}; times are whole minutes by
    nearest rank, few marks less than 5 of them. A reader of totals is told no small group. At a centre data_until is the
    oldest of the committees'.
    """
    session.require("supervision.read")
    with session.db.reading() as connection:
        known = {each["id"]: str(each.get("name", "")) for each in committees.known(session, connection)}
        rows, ages = [], {}
        for each in session.scope(connection):
            if committee in ("", each) and (each in known or each == committee):
                rows += incident_rows.counted(connection, each, session.now())
                ages[each] = committees.until(session, connection, each) or None
    rows = [row for row in rows if _within(row, since, until) and row["state"] not in incidents.LEFT]
    exact = access.level_of(session.roles) >= 2
    kinds = [kind.name for kind in incidents.KINDS] + sorted({row["kind"] for row in rows} - incidents.BY_NAME.keys())
    return {
        "method": incident_times.METHOD, "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None, "data_until": min(filter(None, ages.values()), default=None),
        **_group(rows, exact),
        "committees": [
            {"committee": each, "name": known.get(each, ""), "data_until": ages[each],
             **_group([row for row in rows if row["committee"] == each], exact)}
            for each in sorted(ages, key=lambda each: known.get(each, each))
        ],
        "kinds": [{"kind": kind, **_group(found, exact)} for kind in kinds if (found := [r for r in rows if r["kind"] == kind])],
    }  # fmt: skip


def data_until(session: Session) -> str | None:
    """数据截至: the oldest of the committees' last changes that lie here; None before any came."""
    session.require("supervision.read")
    with session.db.reading() as connection:
        known = {each["id"] for each in committees.known(session, connection)}
        ages = [committees.until(session, connection, each) for each in session.scope(connection) if each in known]
    return min(filter(None, ages), default=None)


def _within(row: Values, since: datetime | None, until: datetime | None) -> bool:
    at = incidents.time_of(row, incidents.REPORTED)
    return at is None or ((since is None or at >= since) and (until is None or at < until))


def _group(rows: Sequence[Values], exact: bool) -> Values:
    alone = [row for row in rows if not row["first"]]
    counts = {
        "total": len(alone), "repeats": len(rows) - len(alone), "open": sum(row["open"] for row in alone),
        "overdue": sum(row["overdue"] for row in alone),
    }  # fmt: skip
    told = counts if exact else {key: _told(count) for key, count in counts.items()}
    return {**told, "stages": [_stage(spread, exact) for spread in incident_times.spreads(alone)]}


def _stage(spread: incident_times.Spread, exact: bool) -> Values:
    hidden = spread.few and not exact
    return {
        "stage": spread.stage, "count": spread.count if exact else _told(spread.count), "few": spread.few,
        "median": None if hidden else spread.median, "p90": None if hidden else spread.p90,
    }  # fmt: skip


def _told(count: int) -> int | None:
    """A count as a reader of totals is told it: none below FEW, the others rounded."""
    return count if count == 0 else None if count < FEW else FEW * round(count / FEW)
