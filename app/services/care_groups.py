"""人群: who is in which care group and why, where the marks differ from the rules, and one act that sets them right.

What is sensitive is told as a count; whoever may opens it, and each look is an entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.db import caring
from app.db.connection import Connection
from app.domain.care_groups import RULES, Reason
from app.domain.fields import CARE_GROUPS, CARE_GROUPS_SENSITIVE
from app.domain.findings import UserError
from app.services import looking
from app.services.care_register import Everyone, groups_in, words
from app.services.session import Session
from app.services.values import Values
from app.words import say

SENSITIVE = "敏感人群"
"""Under which an account without the ring is told a count."""


def everyone(session: Session, connection: Connection) -> list[Everyone]:
    """The register of each committee that may be read here."""
    on = session.now().date()
    return [Everyone(session, connection, committee, on) for committee in session.scope(connection)]


def groups(session: Session, *, sensitive: bool = False, only: Iterable[str] = ()) -> list[Values]:
    """Each group: group, level, rule (words), count, computed, marked, members (rows with resident, why, by_rule, marked).

    sensitive: name the people of sensitive groups too (care.reveal); otherwise those have a count and no members. only:
    these groups. Raises UserError("care-group-unknown"); Refused: not-allowed, ring-needed.
    """
    session.require("care.read")
    if sensitive:
        need_ring(session)
    wanted = frozenset(only)
    if unknown := wanted - {*CARE_GROUPS, *CARE_GROUPS_SENSITIVE, SENSITIVE}:
        raise UserError("care-group-unknown", group="、".join(sorted(unknown)))
    with session.db.reading() as connection:
        all_here = everyone(session, connection)
        told = [_told(group, all_here) for group in CARE_GROUPS if not wanted or group in wanted]
        if not wanted or not wanted.isdisjoint((*CARE_GROUPS_SENSITIVE, SENSITIVE)):
            told += _told_sensitive(session, connection, all_here, wanted, named=sensitive)
    if sensitive:
        note_looks(session, {row["id"] for each in told if each["level"] == 3 for row in each["members"]})
    return told


def _told(group: str, all_here: list[Everyone]) -> Values:
    members, computed, marked = [], 0, 0
    for here in all_here:
        by_rule = here.register.computed(group) if group in RULES else {}
        by_mark = here.register.marked(group)
        computed, marked = computed + len(by_rule), marked + len(by_mark)
        both = here.register.members(group)
        members += [
            {**here.said(row), "group": group, "why": words(both[row]), "by_rule": row in by_rule, "marked": row in by_mark,
             "state": "", "due": None}
            for row in here.rows if row in both
        ]  # fmt: skip
    rule = say(RULES[group]) if group in RULES else say("care-rule-marked")
    return {
        "group": group, "level": 2, "rule": rule, "count": len(members), "computed": computed, "marked": marked,
        "members": members,
    }  # fmt: skip


def _told_sensitive(
    session: Session, connection: Connection, all_here: list[Everyone], wanted: frozenset[str], *, named: bool
) -> list[Values]:
    if session.ring is None:
        count = sum(here.count_sealed() for here in all_here)
        return [_sensitive(SENSITIVE, count, [])]
    mine = None if not named or looking.reads_all(session) else looking.assigned(
        session, connection, session.scope(connection)
    )  # fmt: skip
    counted: Counter[str] = Counter()
    members: dict[str, list[Values]] = {group: [] for group in CARE_GROUPS_SENSITIVE}
    for here in all_here:
        for row, held in here.sensitive().items():
            for group in held & members.keys():
                if mine is None or row in mine:
                    counted[group] += 1
                    members[group] += [here.said(row)] if named else []
    return [
        _sensitive(group, counted[group], members[group]) for group in CARE_GROUPS_SENSITIVE if not wanted or group in wanted
    ]  # fmt: skip


def _sensitive(group: str, count: int, members: list[Values]) -> Values:
    why = {"group": group, "why": say("care-why-marked"), "by_rule": False, "marked": True, "state": "", "due": None}
    return {
        "group": group, "level": 3, "rule": say("care-rule-sensitive"), "count": count, "computed": 0, "marked": count,
        "members": [{**each, **why} for each in members],
    }  # fmt: skip


def need_ring(session: Session) -> None:
    """Raises Refused: not-allowed, ring-needed."""
    session.require("care.reveal")
    if session.ring is None:
        raise session.refusal("ring-needed", "care.reveal")


def note_looks(session: Session, residents: Iterable[str]) -> None:
    """One entry a person whose sensitive groups were named, in one batch: each person's own record shows it."""
    if not (people := sorted(residents)):
        return
    with session.noting("view", purpose=session.purpose_code or "care") as writing:
        for row in people:
            writing.act("view", "resident", row, {"sensitive": True, "purpose": session.purpose or ""})


# ---------------------------------------------------------------- marks against rules


def differences(session: Session) -> list[Values]:
    """Where rule and mark differ, of the groups that follow from the register: resident, group, kind, why.

    kind: `computed` (系统算出、未标注) or `marked` (标注了、算不出); why: in words. Raises Refused.
    """
    session.require("care.read")
    found = []
    with session.db.reading() as connection:
        for here in everyone(session, connection):
            for group in RULES:
                computed, marked = here.register.computed(group), here.register.marked(group)
                for row in here.rows:
                    if (row in computed) != (row in marked):
                        found.append(_different(here, row, group, computed.get(row)))
    return found


def _different(here: Everyone, row: str, group: str, why: Reason | None) -> Values:
    reason = why or here.register.told(row, group)[1]
    return {
        **here.said(row), "group": group, "kind": "computed" if why else "marked", "why": words(reason), "state": "",
        "due": None,
    }  # fmt: skip


def adopt(
    session: Session, wanted: Iterable[tuple[str, str]], *, remove: bool = False, source: str = ""
) -> Values:  # fmt: skip
    """Mark these (resident, group) pairs, or take the marks away, in one undoable batch a committee.

    source: where they come from, a list's name. Returns changed, persons, batch ("" where nothing was different; at a
    centre the last of `batches`). Raises UserError("care-group-unknown"); Refused.
    """
    session.require("care.write")
    asked: dict[str, set[str]] = {}
    for resident, group in wanted:
        if group not in CARE_GROUPS:
            raise UserError("care-group-unknown", group=group)
        asked.setdefault(resident, set()).add(group)
    with session.db.reading() as connection:
        scope = session.scope(connection)
        by_committee = {each: caring.marks_of(connection, each, asked) for each in scope}
    batches, changed, persons = [], 0, 0
    for committee, marks in by_committee.items():
        new = {row: _after(groups_in(now), asked[row], remove) for row, now in marks.items()}
        new = {row: after for row, after in new.items() if frozenset(after) != groups_in(marks[row])}
        if not new:
            continue
        with session.writing("change", committee) as writing:
            if source:
                writing.act("source", "batch", writing.batch, {"source": source})
            for row, after in new.items():
                writing.change("resident", row, {"care_groups": after or None})
        batches.append(writing.batch)
        persons += len(new)
        changed += sum(len(groups_in(marks[row]) ^ frozenset(after)) for row, after in new.items())
    return {"changed": changed, "persons": persons, "batch": batches[-1] if batches else "", "batches": batches}


def _after(now: frozenset[str], asked: set[str], remove: bool) -> list[str]:
    after = now - asked if remove else now | asked
    return [group for group in CARE_GROUPS if group in after]
