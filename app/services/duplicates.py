"""疑似重复: people who may be one, shown side by side, merged or kept apart; undoing the batch takes either back.

Merging is the ledger's pair of rows that is on; keeping apart is the same pair, off. So "not the same person" travels to
the committee's other PCs and the centre, is undone like everything else, and where one side merged the pair that another
kept apart, both see a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.db import pairs, present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import Reader
from app.db.seal import is_sealed
from app.domain import deciding, moves, scoring, uniting
from app.domain.duplicates import pairs as likely
from app.domain.findings import UserError
from app.domain.isolation import ACTIVE
from app.domain.jobs import Cancelled, Progress, check, never, quiet, without_collector
from app.domain.matching import Known
from app.domain.people import derived_birth_date
from app.domain.scoring import Likeness
from app.domain.versions import Row, differ, open_versions
from app.services import duplicate_homes, looking, places
from app.services.duplicate_telling import Telling, known_of
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values, number_index, opened, stored

LEAST = 0.5
_EVERY = 2_000
MOVING = frozenset({moves.OFFERED, moves.CLOSED, moves.ARRIVED})
"""States of a move in which another committee's side hangs on this very row."""
Couple = tuple[str, str]
"""Ids of two people who may be one."""


# ---------------------------------------------------------------- who may be one


def pending(
    session: Session, progress: Progress = quiet, cancelled: Cancelled = never, *, least: float = LEAST
) -> list[Values]:
    """The pairs that may be one person, the likeliest first; at a centre those of every committee.

    one, other: {id, path, place, name and the like masked, hangs: {arrivals, cases, active, visits}}, score (per cent),
    why and against (codes, words `why-<code>`), committee. Raises UserError("cancelled"), Refused.
    """
    session.require("duplicates.read")
    found: list[Values] = []
    with without_collector(), session.db.reading() as connection:
        for committee in session.scope(connection):
            found += _pending(session, connection, committee, least, progress, cancelled)
    return sorted(found, key=lambda each: -each["score"])


def _pending(
    session: Session, connection: Connection, committee: str, least: float, progress: Progress, cancelled: Cancelled
) -> Iterator[Values]:
    people = _everybody(session, connection, committee, progress, cancelled)
    apart = pairs.kept_apart(Reader(connection, committee))
    alike = [
        each
        for each in likely(people, least=least, progress=progress, cancelled=cancelled)
        if frozenset({each.one, each.other}) not in apart
    ]
    telling = Telling(session, connection, committee)
    for number, each in enumerate(alike):
        if number % 100 == 0:
            progress(number, len(alike), "duplicate-telling")
            check(cancelled)
        one, other = (present.one(connection, committee, "resident", row) for row in (each.one, each.other))
        if one is not None and other is not None:
            yield telling.pair(one, other, Likeness(each.score, tuple(each.why), tuple(each.against)))


def _everybody(
    session: Session, connection: Connection, committee: str, progress: Progress, cancelled: Cancelled
) -> Iterator[Known]:
    total = present.counts(connection, committee)["persons"]
    doors = {
        dwelling: (building, unit or "", room or "")
        for *_, building, _, dwelling, unit, room in present.doors(connection, committee)
    }
    for number, (values, dwelling) in enumerate(present.people(connection, committee)):
        if number % _EVERY == 0:
            progress(number, total, "duplicate-search")
            check(cancelled)
        yield known_of(session, values, dwelling, doors.get(dwelling))


def again(
    session: Session, couples: Iterable[Couple], progress: Progress = quiet, cancelled: Cancelled = never
) -> list[Values]:
    """The same of pairs that were found before, as they stand now: without those merged, kept apart or gone meanwhile.

    Of somebody who was merged it speaks by the row in which he shows now. Raises as `pending`.
    """
    session.require("duplicates.read")
    found: dict[frozenset[str], Values] = {}
    wanted = list(couples)
    with session.db.reading() as connection:
        tellings: dict[str, Telling] = {}
        apart: dict[str, frozenset[frozenset[str]]] = {}
        for number, couple in enumerate(wanted):
            if number % 100 == 0:
                progress(number, len(wanted), "duplicate-telling")
                check(cancelled)
            committee = session.committee_of(connection, "resident", couple[0])
            one, other = (present.one(connection, committee, "resident", row) if committee else None for row in couple)
            if one is None or other is None or one["id"] == other["id"]:
                continue
            if committee not in tellings:
                tellings[committee] = Telling(session, connection, committee)
                apart[committee] = pairs.kept_apart(Reader(connection, committee))
            both = frozenset({one["id"], other["id"]})
            if both not in apart[committee] and both not in found:
                found[both] = tellings[committee].pair(one, other, _likeness(session, connection, one, other))
    return sorted(found.values(), key=lambda each: -each["score"])


def _likeness(session: Session, connection: Connection, one: Values, other: Values) -> Likeness:
    return scoring.compare(_known(session, connection, one), _known(session, connection, other))


def _known(session: Session, connection: Connection, resident: Values) -> Known:
    committee = session.committee_of(connection, "resident", resident["id"])
    home = present.one(connection, committee, "household", resident.get("household") or "") or {}
    door = present.one(connection, committee, "dwelling", home.get("dwelling") or "")
    place = (door.get("building", ""), door.get("unit", ""), door.get("room", "")) if door else None
    return known_of(session, resident, home.get("dwelling"), place)


def compare(session: Session, one: str, other: str, *, reveal: bool = False) -> Values:
    """Two people side by side: what `pending` says of them, and fields: [{field, title, level, state, one, other}];
    one_door: how many others live in their two households, where these are behind one door, else 0.

    state: differs (to be chosen), united (both stay), one or other (only that one has it), same. Level 3 is masked
    unless the session has a purpose or `reveal` is asked; that look is an entry for each.
    Raises UserError: path-unknown, path-ambiguous, duplicate-same, duplicate-committees; Refused as `records.show`.
    """
    session.require("duplicates.read")
    sensitive = reveal or bool(session.purpose_code)
    if sensitive:
        session.require("records.reveal")
    with session.db.reading() as connection:
        committee, first, second = _two(session, connection, one, other)
        if sensitive:
            for row in (first, second):
                looking.need(session, connection, "records.reveal", committee, "resident", row["id"])
        telling = Telling(session, connection, committee)
        said = telling.pair(first, second, _likeness(session, connection, first, second))
        said["fields"] = telling.fields(first, second, sensitive=sensitive)
        said["one_door"] = duplicate_homes.behind_one_door(connection, committee, first, second)
    for row in (first, second) if sensitive else ():
        looking.look(session, "resident", row["id"], sensitive=True)
    return said


def _two(session: Session, connection: Connection, one: str, other: str) -> tuple[str, Values, Values]:
    """(committee, one, other) as they show now."""
    found = []
    for ref in (one, other):
        _, row = places.resolve_in(connection, session, ref, "resident")
        committee = session.committee_of(connection, "resident", row)
        values = present.one(connection, committee, "resident", row)
        assert values is not None
        found.append((committee, values))
    if found[0][0] != found[1][0]:
        raise UserError("duplicate-committees", name=found[1][1].get("name", ""))
    if found[0][1]["id"] == found[1][1]["id"]:
        raise UserError("duplicate-same", name=found[0][1].get("name", ""))
    return found[0][0], found[0][1], found[1][1]


# ---------------------------------------------------------------- deciding


def merge(
    session: Session, keep: str, other: str, choices: Mapping[str, str] | None = None, *,
    household: str = uniting.KEEP, one_home: bool = False,
) -> Change:  # fmt: skip
    """The two are one person: what both say is united, what differs is chosen, and no conflict is left.

    choices: field → "keep" or "other", where they differ; "keep" where nothing is said. household: where the person lives;
    the one that is left is removed if nothing is left of it. one_home: both are behind one door, and everybody in them is
    one household.
    Whoever is in isolation twice is not merged: which of the two cases goes on is a person's decision, taken first.
    Raises UserError: path-unknown, path-ambiguous, duplicate-same, duplicate-committees, duplicate-choice,
    duplicate-moving, duplicate-two-cases; Refused("ring-needed"): numbers that cannot be opened cannot be compared.
    """
    session.require("duplicates.decide")
    chosen = {"household": household, **(choices or {})}
    uniting.check_choices(chosen)
    if session.ring is None:
        raise session.refusal("ring-needed", "duplicates.decide", field=uniting.FIELDS["documents"].title)
    with session.db.reading() as connection:
        committee = _two(session, connection, keep, other)[0]
    with session.writing("merge", committee) as writing:
        _, kept, joins = _two(session, writing.connection, keep, other)
        _must_be_mergeable(writing.connection, committee, kept, joins)
        leader, changed = _unite(session, writing, kept, joins, chosen)
        duplicate_homes.settle(writing, kept, joins, leader, one_home=one_home)
    return Change(leader, changed, writing.batch)


def keep_apart(session: Session, one: str, other: str) -> Change:
    """The two are not one person: the pair is not shown any more, here or on any PC that hears of it.

    Raises UserError: path-unknown, path-ambiguous, duplicate-same, duplicate-committees; Refused.
    """
    session.require("duplicates.decide")
    with session.db.reading() as connection:
        committee, first, second = _two(session, connection, one, other)
    with session.writing("decide", committee) as writing:
        writing.keep_apart(first["id"], second["id"])
    return Change(first["id"], (), writing.batch)


def _must_be_mergeable(connection: Connection, committee: str, *people: Values) -> None:
    states = [moves.state_of(each) for each in people]
    if not MOVING.isdisjoint(states) or all(states):
        raise UserError("duplicate-moving", name=people[0].get("name", ""))
    in_isolation = [
        any(case.get("state") in ACTIVE for case in present.where(connection, committee, "isolation_case", resident=each["id"]))
        for each in people
    ]  # fmt: skip
    if all(in_isolation):
        raise UserError("duplicate-two-cases", name=people[0].get("name", ""))


def _unite(
    session: Session, writing: Writing, kept: Values, joins: Values, choices: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """Merge the rows, then write what the one person says wherever that does not show, or is in doubt."""
    committee = writing.author.committee_id
    sides = [opened(session, "resident", each) for each in (kept, joins)]
    groups = [deciding.alive(writing.reader.members(each["id"])) for each in (kept, joins)]
    wanted = uniting.united(sides[0], sides[1], choices)
    doubtful = _in_doubt(groups)
    writing.merge_rows(kept["id"], joins["id"])
    writing.show()
    leader = writing.reader.leader(kept["id"])
    shows = opened(session, "resident", present.one(writing.connection, committee, "resident", leader) or {})
    settled = {
        key: wanted.get(key) for key in uniting.FIELDS if key in doubtful or shows.get(key) != wanted.get(key)
    }  # fmt: skip
    if settled.get("birth_date") and settled["birth_date"] == derived_birth_date(wanted.get("documents") or ()):
        settled["birth_date"] = None  # the number says it; written, it would not be kept, and the other one would show
    for side, group, said in zip(uniting.SIDES, groups, sides, strict=True):
        part = {key: each for key, each in settled.items() if uniting.side_of(key, sides[0], sides[1], choices) == side}
        for row, values in _on_members(group, part, said).items():
            sealed = {key: value for key, value in values.items() if is_sealed(value)}
            new = stored(session, "resident", row, {k: v for k, v in values.items() if k not in sealed}, committee)
            writing.change("resident", row, new | sealed)
    writing.index_numbers(leader, number_index(session, wanted.get("documents")))
    return leader, tuple(settled)


def _on_members(group: list[Row], values: Values, said: Values) -> dict[str, Values]:
    """member → values to write on it: each on the member whose it is, so that un-merging leaves everybody his own.

    A sealed value that stays is written as it stands: sealed anew, on another PC that merges the same two it would be
    other bytes, and a conflict between equal values.
    """
    result: dict[str, Values] = {}
    for key, value in values.items():
        standing = open_versions(group, key)
        version = max(standing, default=None)
        row = next((each.id for each in group if version in each.keys.get(key, ())), group[0].id)
        if version is not None and is_sealed(standing[version].value) and said.get(key) == value:
            value = standing[version].value
        result.setdefault(row, {})[key] = value
    return result


def _in_doubt(groups: list[list[Row]]) -> set[str]:
    """Fields of which several versions will stand that are not alike byte for byte; sealed ones never are."""
    both = [member for group in groups for member in group]
    keys = [{key for member in group for key in member.keys if open_versions(group, key)} for group in groups]
    return {key for key in keys[0] & keys[1] if differ(open_versions(both, key))}
