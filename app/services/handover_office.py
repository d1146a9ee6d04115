"""What a head hands over beside the open cases: accounts, PCs, backups, keys, and what waits to be decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.domain.access import ROLES
from app.services import accounts, backups, enrolment, erasures, moves, recovery, reviews, summaries
from app.services.session import Session
from app.services.values import Values
from app.sheets.notices import Column
from app.sheets.work import Section
from app.words import say

_RING = {"held": "handover-ring-held", "owed": "handover-ring-owed", None: "handover-ring-none"}


def sections(session: Session) -> list[Section]:
    """In the order in which two people go through them."""
    return [_accounts(session), _devices(session), _keeping(session)]


def _section(
    code: str, columns: str, widths: Sequence[int], rows: Sequence[tuple[str, ...]], note: str = ""
) -> Section:
    made = tuple(Column(title, mm) for title, mm in zip(say(columns).split("|"), widths, strict=True))
    return Section(say(code), made, tuple(rows), note)


def _accounts(session: Session) -> Section:
    rows = [
        (
            each["account"], "、".join(say(f"role-{role}") for role in each["roles"] if role in ROLES),
            "、".join(path.replace("/", " ") for path in each["building_paths"]), say(_RING[each["ring"]]),
            str(each["last_login"] or say("handover-never"))[:16].replace("T", " "), say("handover-stay"),
        )
        for each in accounts.list_(session)
    ]  # fmt: skip
    note = say("handover-account-note")
    return _section("handover-accounts", "handover-account-columns", (36, 44, 0, 34, 40, 36), rows, note)


def _devices(session: Session) -> Section:
    own = [each for each in enrolment.status(session)["members"] if each["committee"] == session.committee_id]
    rows = []
    for each in own:
        state = say("handover-device-off" if each["revoked"] else "handover-device-on")
        here = say("handover-device-this") if each["device"] == session.device else ""
        rows.append((each["name"], each["device"][:12], state, here))
    note = "" if rows else say("handover-devices-none")
    return _section("handover-devices", "handover-device-columns", (80, 50, 40, 0), rows, note)


def _keeping(session: Session) -> Section:
    rows = [(title, words, say("handover-check")) for title, words in _kept(session)]
    return _section("handover-keeping", "handover-keeping-columns", (62, 0, 36), rows)


def _kept(session: Session) -> Iterator[tuple[str, str]]:
    """(what, how it stands): what this account may not be told is left out."""
    last = backups.last(session)
    yield say("handover-backup"), _at(last) or say("handover-backup-none")
    if session.may("backups.make"):
        folders = dict.fromkeys(str(each["file"]).rpartition(each["name"])[0] for each in backups.listed(session))
        yield say("handover-backup-places"), "\n".join(folders) or say("handover-backup-none")
    sheet = recovery.state(session)["sheet"]
    yield say("handover-sheet"), say("handover-sheet-at", at=_at(sheet)) if sheet else say("handover-sheet-none")
    yield say("handover-root"), say("handover-root-words")
    status = summaries.status(session)
    if session.role == "committee":
        receipt = status["last_receipt"]
        words = say("handover-bundle-at", at=_at(receipt)) if receipt else say("handover-bundle-none")
        yield say("handover-bundle"), words
    yield from _waiting(session, status)


def _waiting(session: Session, status: Values) -> Iterator[tuple[str, str]]:
    """What somebody must still decide."""
    waiting = summaries.due(session)
    if session.may("erase.propose"):
        due = sum(each["state"] in ("due", "asked") for each in erasures.propose(session))
        yield say("handover-erase"), say("handover-erase-count", count=due) if due else say("handover-erase-none")
    if session.may("doubtful.read"):
        yield say("handover-doubtful"), say("handover-lines", count=waiting.get("doubtful", 0))
    if session.may("conflicts.read"):
        yield say("handover-conflicts"), say("handover-lines", count=waiting.get("conflicts", 0))
    if session.may("moves.read"):
        yield say("handover-moves"), say("handover-people", count=len(moves.pending(session)))
    if session.may("reviews.read"):
        yield say("handover-reviews"), say("handover-pieces", count=len(reviews.pending(session)))


def _at(text: str | None) -> str:
    return str(text or "")[:16].replace("T", " ")
