"""Which fields only a step of the work writes, with its questions and reasons: nobody is forgotten because a case, an
arrival or an incident was ended, or a fever noted, by typing a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain import arrivals, errands, incidents
from app.domain.fields import ENTITIES
from app.domain.findings import UserError

SET: Mapping[str, tuple[frozenset[str], str]] = {
    "isolation_case": (frozenset({
        "state", "start", "stages", "closed_on", "close_reason", "approved_by", "duty_since", "alert_at",
        "alert_done_at", "handed_over_at",
    }), "isolation"),
    "isolation_check": (frozenset({"reached", "sampled", "result_in", "temperature", "symptoms", "test"}), "isolation"),
    "arrival": (frozenset({"state", "picked_up_at", "handed_over_at", "home_at", "reassigned_to", "contact_code"}), "arrival"),
}  # fmt: skip
"""entity -> (fields of a record that is there, the command that takes the step)."""

ADDED: Mapping[str, tuple[frozenset[str], str]] = {
    "isolation_case": (frozenset({
        "closed_on", "close_reason", "closed_by", "approved_by", "moved_from", "alert_at", "alert_done_at",
        "handed_over_at", "escalated_at", "contact_code",
    }), "isolation"),
    "isolation_check": SET["isolation_check"],
    "arrival": (frozenset({
        "picked_up_at", "handed_over_at", "home_at", "reassigned_to", "reassigned_from", "notified_at", "heard_at",
        "contact_code",
    }), "arrival"),
    "incident": (frozenset({
        "notified_at", "under_way_at", "on_site_at", "closed_at", "called_back_at", "reassigned_to", "reassigned_from",
        "escalated_at", "heard_at", "contact_code", "same_as",
    }), "incident"),
    "task": (frozenset({"done_on", "done_by", "contact_code"}), "errand"),
    "care_plan": (frozenset({"state_on", "resume_on"}), "care"),
}  # fmt: skip
"""The same of a new record, whose work has only begun."""

FIRST: Mapping[str, tuple[str, ...]] = {
    "isolation_case": ("待接", "在管"),
    "arrival": (arrivals.WAITED,),
    "incident": (incidents.REPORTED,),
    "task": (next(iter(errands.STEPS.allowed)),),
    "care_plan": ("执行中",),
}
"""entity -> states in which the work begins."""


def must_be_plain(entity: str, values: Iterable[str]) -> None:
    """Of fields that somebody sets one by one. Raises UserError("field-by-step")."""
    _refuse(entity, values, SET)


def must_begin(entity: str, values: Mapping[str, Any]) -> None:
    """Of fields of a new record that somebody typed: it is at its beginning. Raises UserError("field-by-step")."""
    _refuse(entity, values, ADDED)
    if (state := values.get("state")) is not None and entity in FIRST and state not in FIRST[entity]:
        _refuse(entity, ("state",), {entity: (frozenset({"state"}), ADDED[entity][1])})


def _refuse(entity: str, keys: Iterable[str], steered: Mapping[str, tuple[frozenset[str], str]]) -> None:
    fields, command = steered.get(entity, (frozenset(), ""))
    if found := next((key for key in keys if key in fields), None):
        kind = ENTITIES[entity]
        raise UserError("field-by-step", field=kind[found].title, entity=kind.title, command=command)
