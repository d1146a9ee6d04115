"""Who may do which act: one table, deny by default, and what a role may see (access.md).

A service asks `may(roles, "records.change")`; an act that is not in the table is refused to everybody.
Level 3 is held back by keys as well; levels 1 and 2 within a workspace by this table and the trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.suppression import FEW

ROLES = ("head", "worker", "group_head", "data", "leader", "line", "administrator", "auditor")

RING_ROLES = frozenset({"head", "worker", "data"})
"""Roles whose slot carries the level-3 ring."""

_LEVEL_2 = RING_ROLES | {"group_head", "line"}

_ALL = frozenset(ROLES)
_WRITERS = frozenset({"head", "worker", "data"})
_READERS = _WRITERS | {"group_head"}
_TOTALS = _READERS | {"leader"}
_DECIDERS = frozenset({"head", "data"})
_ACCOUNTS = frozenset({"administrator", "head"})
_TECHNICAL = frozenset({"administrator"})
_LEDGER = frozenset({"auditor", "head", "data"})

ACTS: dict[str, frozenset[str]] = {
    # the workspace itself. `create` and `demo.build` come before any account and ask nobody.
    "workspace.create": _ALL,
    "workspace.unlock": _ALL,
    "workspace.lock": _ALL,
    "demo.build": _ALL,
    "settings.change": _ACCOUNTS,
    # one record
    "records.show": _READERS,
    "records.reveal": RING_ROLES,
    "records.add": _WRITERS,
    "records.change": _WRITERS,
    "records.remove": _WRITERS,
    "history": _READERS,
    "history.reveal": RING_ROLES,
    # lists, places, search
    "places.read": _READERS,
    "search": _READERS,
    "search.id_number": RING_ROLES,
    "summaries.read": _TOTALS,
    "maps.read": _TOTALS,
    "maps.change": _WRITERS,
    "status": _ALL,
    # rosters and what they leave to decide
    "rosters.preview": _WRITERS,
    "rosters.apply": _WRITERS,
    "rosters.read": _WRITERS,
    "undo": _WRITERS,
    "moves.read": _WRITERS,
    "moves.offer": _WRITERS,
    "moves.accept": _WRITERS,
    "conflicts.read": _WRITERS,
    "conflicts.decide": _WRITERS,
    "doubtful.read": _WRITERS,
    "doubtful.decide": _WRITERS,
    "duplicates.read": _WRITERS,
    "duplicates.decide": _WRITERS,
    "check.fill": _WRITERS,
    "lists.make": _WRITERS,
    "lists.read": _WRITERS,
    # paper and reports
    "reports.fill": _WRITERS,
    "reports.totals": _TOTALS,  # forms that name nobody
    "forms.read": _TOTALS,
    "forms.learn": _WRITERS,
    "reports.reveal": RING_ROLES,
    "sheets.print": _WRITERS,
    # work with people
    "visits.read": _READERS,
    "visits.write": _WRITERS,
    "isolation.read": _READERS,
    "isolation.write": _WRITERS,
    "isolation.reveal": RING_ROLES,
    "isolation.rules": _DECIDERS,
    "arrivals.read": _READERS,
    "arrivals.write": _WRITERS,
    "care.read": _READERS,
    "care.write": _WRITERS,
    "care.reveal": RING_ROLES,
    "incidents.read": _READERS,
    "incidents.write": _WRITERS,
    "incidents.reveal": RING_ROLES,
    "notices.print": _WRITERS,
    "timeline.read": _READERS,
    "today.read": _TOTALS,
    "shift.write": _WRITERS,
    "handover.print": _WRITERS,
    "supervision.read": _TOTALS,
    # the ledger
    "ledger.verify": _LEDGER | {"administrator"},
    "ledger.show": _LEDGER,
    "ledger.rebuild": _LEDGER | {"administrator"},
    # accounts, devices, keys, backups
    "accounts.list": _ACCOUNTS | {"auditor"},
    "accounts.add": _ACCOUNTS,
    "accounts.change": _ACCOUNTS,
    "accounts.remove": _ACCOUNTS,
    "accounts.admit_ring": RING_ROLES,
    "accounts.password": _ALL,  # one's own
    "devices.enrol": _ACCOUNTS,
    "devices.approve": _TECHNICAL,
    "devices.revoke": _TECHNICAL,
    "backups.make": _ACCOUNTS,
    "backups.restore": _ACCOUNTS,
    # between committee and centre
    "bundles.export": _DECIDERS,
    "bundles.inspect": _DECIDERS | {"administrator"},
    "bundles.merge": _DECIDERS,
    # rights of the people in it
    "erase.propose": _DECIDERS,
    "erase.confirm": frozenset({"head", "data"}),
    "disclose": RING_ROLES,
    "shares.read": _LEDGER,
    "shares.write": _LEDGER,
    "reviews.read": _DECIDERS,
    "reviews.decide": _DECIDERS,
    "extracts.make": frozenset({"data"}),
    "extracts.reveal": frozenset({"data"}),
}
"""Act -> roles that may; the only place where a role is given a right."""


def may(roles: Iterable[str], act: str) -> bool:
    """Does one of the roles allow the act? An act or role that nobody listed: no."""
    return not ACTS.get(act, frozenset()).isdisjoint(roles)


def level_of(roles: Iterable[str]) -> int:
    """The highest data level that the roles may see: 3 sensitive, 2 basic, 1 totals."""
    held = frozenset(roles)
    if held & RING_ROLES:
        return 3
    return 2 if held & _LEVEL_2 else 1


def told(count: int, roles: Iterable[str]) -> int | None:
    """A count of people as these roles are told it: exactly with level 2; else none below FEW, the others rounded."""
    if level_of(roles) >= 2 or count == 0:
        return count
    return None if count < FEW else FEW * round(count / FEW)


def holds_ring(roles: Iterable[str]) -> bool:
    """Whether an account with these roles is given the level-3 ring in its slot."""
    return not RING_ROLES.isdisjoint(roles)


FIRST_ROLES: dict[str, frozenset[str]] = {
    "committee": frozenset({"head", "administrator"}),
    "centre": frozenset({"data", "administrator"}),
}
"""Roles of a workspace's first account, until others exist; by the workspace's own role."""

ADMITTING = frozenset({"administrator", "head"})


def locks_everybody_out(remaining: Iterable[Iterable[str]]) -> bool:
    """True when none of the accounts that would remain can admit others: such a removal is refused."""
    return all(ADMITTING.isdisjoint(roles) for roles in remaining)


# ---------------------------------------------------------------- purposes

ALONE_UP_TO = 200
"""Persons whose level-3 data one account may export or print by itself; beyond, a second one signs."""


def needs_second(persons: int, *, shows_level_3: bool) -> bool:
    """Two people for a list that shows level 3 of more than ALONE_UP_TO persons."""
    return shows_level_3 and persons > ALONE_UP_TO


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why sensitive data is seen or shared. code goes into the ledger's head; `title` into a part.

    shares_level_3: an extract for this purpose may hold level 3.
    """

    code: str
    title: str
    basis: str
    shares_level_3: bool = False


PURPOSES: tuple[Purpose, ...] = (
    Purpose("registration", "人口信息登记核对", "居民委员会组织法;个人信息保护法第十三条第(三)项"),
    Purpose("isolation", "疫情防控与居家隔离", "传染病防治法;个人信息保护法第十三条第(四)项", True),
    Purpose("care", "关爱服务", "个人信息保护法第十三条第(三)项、第二十八条", True),
    Purpose("report", "按上级要求报送", "个人信息保护法第十三条第(三)项"),
    Purpose("request", "居民本人查询、更正、删除", "个人信息保护法第四十四至四十七条"),
)


def purpose_of(text: str | None) -> Purpose | None:
    """A purpose by code or title; other words stand for themselves under the code "other".

    None for nothing or blanks: then level-3 values stay masked.
    """
    words = (text or "").strip()
    if not words:
        return None
    for purpose in PURPOSES:
        if words in (purpose.code, purpose.title):
            return purpose
    return Purpose("other", words, "")
