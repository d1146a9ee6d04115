"""What of the keeping itself waits for this account, for 今日: keys, backups, erasures, the street's registry.

Each kind only for whoever can do something about it; nothing is due: nothing is said.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.services import accounts, backups, enrolment, erasures
from app.services.session import Session
from app.services.values import Values

LATE = timedelta(days=2)
"""So old may the last verified backup be."""
SOON = 30
"""Days before the registry ends from which it is said."""


def waiting(session: Session) -> list[Values]:
    """kind with its details, the most pressing first: ring-admit (account, roles, at, by), ring-wait (account),
    ring-renew (names), backup-late (at), erase-due, erase-asked (count), registry (until, days)."""
    session.require("status")
    return [*keys(session), *_backup(session), *_erasures(session), *_registry(session)]


def keys(session: Session) -> list[Values]:
    """Only those about keys."""
    session.require("status")
    found: list[Values] = []
    decides = accounts.awaiting(session) if session.may("accounts.admit_ring") else []
    found += [{"kind": "ring-admit", **each} for each in decides]
    if session.may("accounts.list"):
        for each in accounts.owed(session):
            if each["kind"] == "ring-renew":
                found.append({"kind": "ring-renew", "names": each["removed"]})
            elif each["account"] not in [one["account"] for one in decides]:
                found.append({"kind": "ring-wait", "account": each["account"]})
    return found


def _backup(session: Session) -> list[Values]:
    last = backups.last(session) if session.may("backups.make") else None
    if last is None or session.now() - datetime.fromisoformat(last) <= LATE:
        return []
    return [{"kind": "backup-late", "at": last}]


def _erasures(session: Session) -> list[Values]:
    if not session.may("erase.confirm"):
        return []
    states = [each["state"] for each in erasures.propose(session)]
    counts = {"erase-asked": states.count("asked"), "erase-due": states.count("due")}
    return [{"kind": kind, "count": count} for kind, count in counts.items() if count]


def _registry(session: Session) -> list[Values]:
    if not (session.may("bundles.export") or session.may("devices.approve")):
        return []
    until = enrolment.status(session).get("until", "")
    if not until:
        return []
    days = (date.fromisoformat(until) - session.now().date()).days
    return [{"kind": "registry", "until": until, "days": days}] if days <= SOON else []
