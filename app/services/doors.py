"""The door a roster row names: found, or made with everything above it, within an open batch."""

from __future__ import annotations

from app.db import present
from app.db.ledger import Writing
from app.domain.doors import Doors, Family
from app.domain.rosterplan import Planner
from app.services import rosters
from app.services.session import Session
from app.services.values import Values


def household_for(session: Session, writing: Writing, values: Values, resident: str) -> str:
    """Id of the household a row belongs to; estate, building, dwelling and household are made where missing."""
    planner: Planner = rosters.planner_of_places(session, writing.connection)
    dwelling = planner.dwelling(values)
    for entity, rows in (
        ("estate", planner.steps.estates), ("building", planner.steps.buildings), ("dwelling", planner.steps.dwellings),
    ):  # fmt: skip
        for row, made in rows:
            writing.change(entity, row, made)
    writing.show()
    families = present.families(writing.connection, session.committee_id)
    seat = Doors(Family(*each) for each in families).seat(dwelling, values, resident=resident)
    if seat.new:
        writing.change(
            "household", seat.household, {"dwelling": dwelling, **({"label": seat.label} if seat.label else {})}
        )
        writing.show()
    return seat.household
