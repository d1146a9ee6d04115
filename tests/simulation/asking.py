"""What the services say on an evening, in the shape in which `tests.simulation.reckoning` counts it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from app.db import present
from app.domain.isolation import ENDED
from app.services import arrivals, care, incident_figures, incidents, isolation, today
from tests.simulation.committee import Committee
from tests.simulation.plan import STAGES
from tests.simulation.reckoning import Count

STAGE = dict(zip(("notified", "under_way", "on_site", "closed", "called_back"), STAGES, strict=True))


def evening(committee: Committee, day: str) -> Count:
    """As isolation, arrivals, incidents and care tell it at the committee itself."""
    committee.at(date.fromisoformat(day), 23)
    session = committee.session
    cases = isolation.list_(session, ended=True)
    running = [case for case in cases if case["state"] not in ENDED]
    with session.db.reading() as connection:
        checks = present.where(connection, session.committee_id, "isolation_check")
        visits = present.where(connection, session.committee_id, "visit")
        contacts = present.where(connection, session.committee_id, "care_contact")
    return Count(
        open=len(running), over=sum(case["state"] == "期满待解除" for case in running),
        missing=sum(len(case["missing"]) for case in running), alerts=sum(case["alert"] for case in running),
        ended=Counter(case["state"] for case in cases if case["state"] in ENDED),
        done=sum(bool(check.get("slot")) and check.get("reached") is not False for check in checks),
        arrivals=Counter(row["state"] for row in arrivals.list_(session, open_only=False) if row["state"]),
        incidents=Counter(row["state"] for row in incidents.list_(session, open_only=False)),
        visits=len(visits), calls=len(contacts), due=len(care.due(session)),
    )  # fmt: skip


def on_today(committee: Committee, day: str) -> dict[str, int]:
    """As 今日 of the same evening has it, by kind."""
    committee.at(date.fromisoformat(day), 23)
    return dict(Counter(item.kind for item in today.items(committee.session).items))


def stages(committee: Committee, day: str) -> dict[str, tuple[int, int, int]]:
    """Stage -> (count, median, 90th percentile), in minutes."""
    committee.at(date.fromisoformat(day), 23)
    told = incident_figures.figures(committee.session)["stages"]
    return {
        STAGE[each["stage"]]: (each["count"], each["median"], each["p90"]) for each in told if each["stage"] in STAGE
    }
