"""今日: everything that waits for this account, by urgency, and its lines as counts beside the sections of the window.

One reading serves the page, the command line and the numbers, so that they agree. At a centre it is the same over the
committees: who is behind, whose data is old, as far as the data that came tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from app.db import due as rows
from app.db import history, measures
from app.db.connection import Connection, Database
from app.domain import access, clock, today
from app.domain.maps import OLD_AFTER
from app.domain.today import Item, Line
from app.domain.visits import STALE_AFTER
from app.services import committees, due, reviews, sync_state
from app.services.session import Session
from app.services.values import Values
from app.words import knows, say

SEND_AFTER, SEND_LATE = timedelta(hours=24), timedelta(hours=48)
"""So long may what was written wait for a bundle before it is said, and before it is late [mem]."""
RECEIPT_AFTER = timedelta(days=3)
"""So long may a receipt take to come back [mem]."""
SECTIONS = ("isolation", "care", "incidents")
"""Sections beside which their part of the things due is shown."""
NEEDS = {
    "isolation": "isolation.read", "arrivals": "arrivals.read", "incidents": "incidents.read", "care": "care.read",
    "tasks": "isolation.read", "moves": "moves.read", "notes": "shift.write",
}  # fmt: skip
"""What is read -> the right without which an account is told no person of it."""


@dataclass(frozen=True, slots=True)
class Today:
    """items: the most urgent first. at: the moment looked from (ISO). until: 数据截至 (ISO, "" for never).

    named: whether people are named; a reader of totals has counts alone.
    """

    date: date
    at: datetime
    items: tuple[Item, ...]
    until: str
    named: bool

    @property
    def lines(self) -> list[Line]:
        """The items as the lines of a page."""
        return today.lines(self.items, self.at)

    @property
    def listed(self) -> list[Line]:
        """Of the lines those that the page's list shows."""
        return today.listed(self.items, self.at)


@dataclass(frozen=True, slots=True)
class Counts:
    """items: single things, as `items` and `status` count them. lines: what the page's list shows; sections: of those,
    by section of the window. Of what a reader of totals is told nothing waits for it: no line is its."""

    items: int = 0
    lines: int = 0
    sections: Counter[str] = field(default_factory=Counter)


def items(
    session: Session, *, on: date | None = None, mine: bool = False, committee: str = "", words: bool = True
) -> Today:
    """What waits on a day (None: now), everything due, overdue and ending.

    mine: only what lies in the account's buildings (包块) or carries its name, and what is everybody's. committee: at a
    centre the things of one committee instead of a line for each. words: with `what` of every item; a page that folds most
    of them asks `what` for the others. Raises Refused.
    """
    session.require("today.read")
    at = today.moment_of(on or session.now().astimezone(clock.SHANGHAI).date(), session.now())
    named = access.level_of(session.roles) >= 2
    exchange = _exchange(session, at) if not committee else []
    with session.db.reading() as connection:
        found = _found(session, connection, at, committee) + exchange
        if session.role == "committee" or committee:
            found = list(_placed(connection, found)) if named else found
        if not committee:
            found += _own(session, connection, at)
        until = max((committees.until(session, connection, each) for each in session.scope(connection)), default="")
    if mine:
        found = [each for each in found if today.is_mine(each, session.buildings, session.account)]
    said = (replace(each, what=what(each)) for each in found) if words else found
    return Today(at.date(), at, tuple(today.sorted_(said)), until, named)


def counts(session: Session, *, mine: bool = False) -> Counts:
    """How many of the things wait that `summaries` does not count itself (doubtful rows, conflicts, lists to look
    through), with nothing read that only their words need. mine: of the lines only those that `items` has with it."""
    session.require("status")
    if not session.may("today.read"):
        return Counts()
    at = today.moment_of(session.now().astimezone(clock.SHANGHAI).date(), session.now())
    with session.db.reading() as connection:
        entries, minute = history.entry_count(connection), at.replace(second=0, microsecond=0)
    key = (entries, minute, session.account_id, session.roles, mine and session.buildings)
    held = _LAST.setdefault(session.db, {})
    if mine in held and held[mine][0] == key:
        return held[mine][1]
    exchange = _exchange(session, at)
    with session.db.reading() as connection:
        found = _found(session, connection, at, "") + exchange + _stale(session, connection, at)
        named = access.level_of(session.roles) >= 2
        shown = list(_placed(connection, found)) if named and session.role == "committee" else found
    if mine:
        shown = [each for each in shown if today.is_mine(each, session.buildings, session.account)]
    lines = today.listed(shown, at) if named else []
    counted = Counts(len(found), len(lines), Counter(line.first.section for line in lines))
    held[mine] = (key, counted)
    return counted


_LAST: WeakKeyDictionary[Database, dict[bool, tuple[Any, Counts]]] = WeakKeyDictionary()
"""The counts as they were after so many entries, for the minute: after every write the window asks for them twice."""


# ---------------------------------------------------------------- reading


def _found(session: Session, connection: Connection, at: datetime, committee: str) -> list[Item]:
    """The work with people: of a committee thing by thing, of a street a line for each committee."""
    scope = [each for each in session.scope(connection) if not committee or each == committee]
    centre = session.role == "centre"
    known = {each: committees.until(session, connection, each) for each in scope} if centre else {}

    def until(of: str) -> datetime:
        told = clock.moment(known.get(of))
        return min(at, told) if told is not None and of not in (session.committee_id, session.office) else at

    work = list(_work(session, connection, scope, until, at))
    if access.level_of(session.roles) < 2 and not centre:
        return today.counted(work, lambda count: access.told(count, session.roles))
    if not centre or committee:
        return work
    return _street(session, connection, work, at)


def _work(session: Session, connection: Connection, scope: list[str], until: due.At, now: datetime) -> Iterator[Item]:
    leads = access.level_of(session.roles) < 2  # is told counts of everything, and nobody by name
    may = {what: leads or session.may(act) for what, act in NEEDS.items()}
    centre = session.role == "centre"
    if may["isolation"]:
        yield from due.isolating(connection, scope, until)
    if may["arrivals"]:
        yield from due.arriving(connection, scope, now, centre=centre, unassigned=session.office if centre else "")
    if may["incidents"]:
        yield from due.happened(connection, scope, until, now)
    if may["care"]:
        yield from due.cared(connection, scope, until)
    if may["tasks"]:
        yield from due.asked(connection, scope, until)
    if may["moves"]:
        yield from due.moving(connection, scope, now)
    if session.may("shift.write"):
        yield from due.noted(connection, [session.office])


def _placed(connection: Connection, found: list[Item]) -> Iterator[Item]:
    """With names, buildings and paths, in two queries for all."""
    people = rows.residents(connection, (each.resident for each in found if not (each.name and each.household)))
    known: list[tuple[Item, Values]] = [(each, people.get(each.resident, {})) for each in found]
    homes = rows.homes(connection, (each.household or str(who.get("household", "")) for each, who in known))
    for each, who in known:
        household = each.household or str(who.get("household", ""))
        home = homes.get(household, rows.Home(each.building, each.path))
        name = each.name or str(who.get("name", ""))
        if (household, name) == (each.household, each.name) and household not in homes:
            yield each
        else:
            yield replace(each, household=household, name=name, building=home.building, path=home.path)


def _own(session: Session, connection: Connection, at: datetime) -> list[Item]:
    """What waits in the register itself: doubtful rows, conflicts, lists to look through, households unconfirmed."""
    found = _stale(session, connection, at)
    if session.may("doubtful.read"):
        found += [
            Item("doubtful", "doubtful", row, code="today-one-doubtful", where=("decisions", {"page": "doubtful"}))
            for row in rows.doubtful(connection, session.committee_id)
        ]
    if session.may("conflicts.read"):
        found += _conflicts(connection, session.scope(connection))
    return found + _reviews(session, connection)


def _conflicts(connection: Connection, scope: Iterable[str]) -> list[Item]:
    return [
        Item("conflict", entity, row, committee, code="today-one-conflict", said={"field": field},
             where=("decisions", {"page": "conflicts"}))
        for committee in scope for entity, row, field in history.conflicts(connection, committee)
    ]  # fmt: skip


def _reviews(session: Session, connection: Connection) -> list[Item]:
    if not session.may("reviews.read"):
        return []
    return [Item("review", "batch", batch, code="today-review") for batch in reviews.waiting_for(session, connection)]


def _stale(session: Session, connection: Connection, at: datetime) -> list[Item]:
    """Households that nobody confirmed for so long: how many, and where most. Data younger than that cannot be stale."""
    if session.role == "centre" or not session.may("visits.read"):
        return []
    began = clock.moment(rows.began(connection, session.committee_id))
    if began is None or at - began <= timedelta(days=STALE_AFTER):
        return []
    told = measures.by_building(connection, session.committee_id, "stale", at.date(), STALE_AFTER)
    count = sum(each.value for each in told.values())
    if not count:
        return []
    worst = max(told, key=lambda building: told[building].value)
    said = {"count": count, "days": STALE_AFTER, "most": told[worst].value}
    return [Item("stale", "building", worst or "", building="", code="today-stale", said=said,
                 where=("map", {"colour": "stale"}))]  # fmt: skip


def _exchange(session: Session, at: datetime) -> list[Item]:
    """Bundles that should go, and receipts that stay away."""
    if not session.may("bundles.export"):
        return []
    found = []
    for peer in sync_state.waiting(session):
        since, receipt = clock.moment(peer["since"]), clock.moment(peer["last_receipt"])
        if peer["unsent"] and since is not None and at - since > SEND_AFTER:
            said = {"to": peer["to"], "count": peer["unsent"], "days": (at - since).days}
            found.append(
                _bundle(peer, "today-bundle-send", clock.written(since + SEND_LATE), at - since > SEND_LATE, said)
            )
        elif peer["entries"] and not peer["unsent"] and receipt is not None and at - receipt > RECEIPT_AFTER:
            said = {"to": peer["to"], "days": (at - receipt).days}
            found.append(_bundle(peer, "today-bundle-receipt", clock.written(receipt + RECEIPT_AFTER), False, said))
    return found


def _bundle(peer: Values, code: str, due_at: str, overdue: bool, said: Values) -> Item:
    return Item("bundle", "device", peer["device"], name=peer["to"], due=due_at, overdue=overdue, code=code, said=said,
                where=("sync", {}))  # fmt: skip


# ---------------------------------------------------------------- the street


def _street(session: Session, connection: Connection, work: list[Item], at: datetime) -> list[Item]:
    """A line for each committee that is behind or silent; one by one what only the centre can do."""
    named = access.level_of(session.roles) >= 2
    by_committee: dict[str, list[Item]] = {}
    own: list[Item] = []
    for each in work:
        (own if _is_the_centres(session, each) else by_committee.setdefault(each.committee, [])).append(each)
    found = own if named else today.counted(own, lambda count: access.told(count, session.roles))
    for row in committees.known(session, connection):
        until = committees.until(session, connection, row["id"])
        found += _of_committee(session, row, until, by_committee.get(row["id"], []), at)
    return found


def _is_the_centres(session: Session, item: Item) -> bool:
    """Somebody without an address, a call that was not made, a note of its own."""
    if item.committee in (session.office, session.committee_id) or item.kind in ("move-out", "move-in"):
        return item.kind not in ("move-out", "move-in")
    return item.code in ("arrival-not-told", "arrival-asked") or (
        item.entity == "incident" and item.said.get("next") == "已通知"
    )


def _of_committee(session: Session, row: Values, until: str, items: list[Item], at: datetime) -> list[Item]:
    name, told = str(row.get("name", "")), clock.moment(until)
    where = ("today", {"committee": row["id"]})
    found = []
    if told is None or at - told > OLD_AFTER:
        code = "today-never" if told is None else "today-old"
        said = {"name": name, "until": until[:16].replace("T", " "), "days": (at - told).days if told else 0}
        found.append(Item("old", "committee", row["id"], row["id"], name=name, due=until, overdue=told is not None,
                          code=code, said=said, where=("sync", {})))  # fmt: skip
    if counts := today.behind(items):
        parts = []
        for kind, count in counts.items():
            shown = access.told(count, session.roles)
            parts.append(say(f"behind-{kind}", count=say("few") if shown is None else shown))
        said_ = {"name": name, "what": "、".join(parts), "until": until[:16].replace("T", " ")}
        due_ = min((each.due for each in items if each.overdue and each.due), default="")
        grave = bool({"alert", "check-twice", "incident", "release"} & set(counts))
        found.append(Item("behind", "committee", row["id"], row["id"], name=name, due=due_, overdue=grave,
                          code="today-behind", said=said_, where=where))  # fmt: skip
    return found


# ---------------------------------------------------------------- words


def what(item: Item) -> str:
    """The sentence of an item."""
    if not knows(item.code):
        return item.name
    said = {"name": item.name or "（无姓名）", "state": item.state, **item.said}
    if "count" in said and said["count"] is None:
        said["count"] = say("few")
    if item.entity == "arrival":
        return say(
            "today-arrival", why=say(item.code, **said), who=f"{said['name']} {said.get('transport') or ''}".strip()
        )
    return say(item.code, **said)
