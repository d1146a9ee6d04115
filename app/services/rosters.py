"""A roster comes in: read, compared with what is known, shown, applied in one transaction, undone by its batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.db import history, ledger, present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import written_before
from app.domain.doors import Doors, Family
from app.domain.fields import RESIDENT
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet, without_collector
from app.domain.matching import Known, PeopleIndex
from app.domain.rosterplan import DOOR_KEYS, KnownPlaces, Planner, Steps
from app.domain.values import mask
from app.exchange import rosters as files
from app.exchange.rosters import Roster
from app.services.session import Session
from app.services.values import Values, number_index, opened, stored

SAMPLE = 200
_WORDS = {"new": "新增", "changed": "更新", "same": "相同", "doubtful": "待核"}
ON_DOUBT = ("queue", "keep", "take")


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying would do; nothing is written yet. `rows` is the sum of the five counts after it."""

    path: Path
    sheet: str
    sheets: tuple[str, ...]
    titles: tuple[str, ...]
    mapping: dict[str, str]
    rows: int
    new: int
    changed: int
    same: int
    doubtful: int
    rejected: int
    findings: tuple[Finding, ...]
    sample: tuple[Values, ...]
    estate: str | None
    on_doubt: str
    roster: Roster = field(repr=False)
    steps: Steps = field(repr=False)
    base: int | None = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        return {key: getattr(self, key) for key in ("rows", "new", "changed", "same", "doubtful", "rejected")}


def preview(
    session: Session,
    path: Path,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
    estate: str | None = None,
    on_doubt: str = "queue",
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Plan:
    """Read a roster and decide what it would change. Raises what `exchange.rosters.read` raises; Refused."""
    session.require("rosters.preview")
    if on_doubt not in ON_DOUBT:
        raise UserError("on-doubt-unknown", value=on_doubt)
    with without_collector(), session.db.reading() as connection:
        roster = files.read(
            path, sheet=sheet, mapping=mapping, estate=estate, today=session.now().date(), progress=progress,
            cancelled=cancelled,
        )  # fmt: skip
        return _plan(session, connection, roster, estate, on_doubt, progress, cancelled)


def _plan(
    session: Session, connection: Connection, roster: Roster, estate: str | None, on_doubt: str,
    progress: Progress, cancelled: Cancelled,
) -> Plan:  # fmt: skip
    planner = _planner(session, connection, on_doubt)
    sample: list[Values] = []
    for index, (number, values) in enumerate(roster.rows):
        if index % 5_000 == 0:
            progress(index, len(roster.rows), "roster-match")
            check(cancelled)
        state = planner.take(number, values)
        if len(sample) < SAMPLE:
            sample.append({"row": number, "state": _WORDS[state], "values": _shown(values)})
    counts = planner.counts
    return Plan(
        roster.path, roster.sheet, roster.sheets, roster.header.titles, roster.header.mapping,
        len(roster.rows) + roster.rejected, counts["new"], counts["changed"], counts["same"], counts["doubtful"],
        roster.rejected, tuple(roster.findings), tuple(sample), estate, on_doubt, roster, planner.steps,
        history.last_batch(connection, session.committee_id),
    )  # fmt: skip


def _shown(values: Values) -> Values:
    return {key: mask(RESIDENT[key], value) if key in RESIDENT else value for key, value in values.items()}


# ---------------------------------------------------------------- what is known


def _planner(session: Session, connection: Connection, on_doubt: str) -> Planner:
    committee = session.committee_id
    doors = Doors(Family(*family) for family in present.families(connection, committee))
    known_people = _KnownPeople(session, connection)
    return Planner(
        _known_places(connection, committee),
        PeopleIndex(known_people.all()),
        doors,
        known_people.values,
        lambda papers: number_index(session, papers),
        lambda resident: present.where(connection, committee, "arrival", resident=resident),
        default_estate=_default_estate(session),
        on_doubt=on_doubt,
    )


def planner_of_places(session: Session, connection: Connection) -> Planner:
    """A planner that knows the doors but nobody behind them: for placing a single row."""
    return Planner(
        _known_places(connection, session.committee_id), PeopleIndex(), Doors(),
        lambda _: {}, lambda _: [], lambda _: [],
        default_estate=_default_estate(session),
    )  # fmt: skip


def _default_estate(session: Session) -> str:
    """For rows of a roster that name no estate, in a committee that has none or several."""
    return session.name.removesuffix("居委会").removesuffix("居民委员会") or session.name


def _known_places(connection: Connection, committee: str) -> KnownPlaces:
    places = KnownPlaces(committee)
    for row in present.where(connection, committee, "estate"):
        places.estates[row.get("name", "")] = row["id"]
    seen: set[str] = set()
    for _, estate, lane, building, number, dwelling, unit, room in present.doors(connection, committee):
        if building not in seen:
            seen.add(building)
            places.add_building(estate or "", lane or "", number or "", building)
        if dwelling:
            places.dwellings[building, unit or "", room or ""] = dwelling
    for row in present.where(connection, committee, "dwelling") if places.dwellings else ():
        places.doors[row["id"]] = {key: row[key] for key in DOOR_KEYS if key in row}
    return places


class _KnownPeople:
    """The committee's residents for matching, and their values on demand."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self.session = session
        self.connection = connection

    def all(self) -> list[Known]:
        numbers = present.indexed_numbers(self.connection, self.session.committee_id)
        people = []
        for row, dwelling in present.people(self.connection, self.session.committee_id):
            whole = opened(self.session, "resident", row)
            own = numbers.get(row["id"], [])
            people.append(Known(
                row["id"], row.get("household"), dwelling, row.get("name", ""), row.get("birth_year"),
                own[0] if own else None, tuple(p["number"] for p in row.get("phones", ()) if "number" in p),
                row.get("status"), row.get("sex"), whole.get("birth_date"), tuple(own[1:]),
            ))  # fmt: skip
        return people

    def values(self, resident: str) -> Values:
        row = present.one(self.connection, self.session.committee_id, "resident", resident)
        return opened(self.session, "resident", row) if row else {}


# ---------------------------------------------------------------- apply


def apply(session: Session, plan: Plan, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Write a plan in one transaction; cancelling or an error leaves everything as it was.

    If something was written since the preview, the plan is made again on the same rows inside the
    transaction. Raises UserError("plan-stale") when it then counts differently; Refused; cancelled.
    """
    session.require("rosters.apply")
    with without_collector(), session.writing("import") as writing:
        if history.last_batch(writing.connection, session.committee_id, but=writing.batch_n) != plan.base:
            fresh = _plan(session, writing.connection, plan.roster, plan.estate, plan.on_doubt, quiet, cancelled)
            if fresh.counts != plan.counts:
                raise UserError("plan-stale", file=plan.path.name)
            plan = replace(plan, steps=fresh.steps)
        writing.act("import", "batch", writing.batch, {"file": plan.path.name, "sheet": plan.sheet, **plan.counts})
        _write(session, writing, plan, progress, cancelled)
    findings = list(plan.findings)
    return {"batch": writing.batch, **plan.counts, "findings": findings, "mapping": plan.mapping}


def _write(session: Session, writing: Writing, plan: Plan, progress: Progress, cancelled: Cancelled) -> None:
    steps = plan.steps
    tick = _Ticker(len(steps.residents) + len(steps.changed), progress, cancelled)
    for entity, rows in (
        ("estate", steps.estates), ("building", steps.buildings), ("dwelling", steps.dwellings),
    ):  # fmt: skip
        _create_places(writing, entity, rows)
    writing.show()
    writing.create("household", steps.households)
    for resident, numbers in steps.numbers.items():
        writing.index_numbers(resident, numbers)
    writing.create(
        "resident", ((row, stored(session, "resident", row, tick(values))) for row, values in steps.residents)
    )
    for entity, row, values in steps.changed:
        writing.change(entity, row, stored(session, entity, row, tick(values)))
        if "documents" in values:
            writing.index_numbers(row, number_index(session, values["documents"]))
    writing.create("arrival", steps.arrivals)
    writing.create("doubtful", ((row, _doubtful(session, row, plan, values)) for row, values in steps.doubtful))


class _Ticker:
    """Counts rows as they go by, tells the progress and stops if asked to."""

    def __init__(self, total: int, progress: Progress, cancelled: Cancelled) -> None:
        self.done, self.total, self.progress, self.cancelled = 0, total, progress, cancelled

    def __call__(self, values: Values) -> Values:
        if self.done % 2_000 == 0:
            self.progress(self.done, self.total, "roster-write")
            check(self.cancelled)
        self.done += 1
        return values


def _create_places(writing: Writing, entity: str, rows: list[tuple[str, Values]]) -> None:
    """Places get their ids from their path, so one may have been here before: then it is taken back."""
    before = written_before(writing.connection, [row for row, _ in rows])
    writing.create(entity, (each for each in rows if each[0] not in before))
    for row, values in rows:
        if row in before:
            writing.change(entity, row, values)


def _doubtful(session: Session, row: str, plan: Plan, values: Values) -> Values:
    whole: Values = values["values"]
    sensitive = {key: value for key, value in whole.items() if key in RESIDENT and RESIDENT[key].level >= 3}
    kept: Values = {
        "file": plan.path.name, "sheet": plan.sheet, "row": values["row"], "reason": values["reason"],
        "candidate": values["candidate"],
        "values": {key: value for key, value in whole.items() if key not in sensitive},
    }  # fmt: skip
    if sensitive:
        kept["values_sensitive"] = sensitive
    return stored(session, "doubtful", row, kept)


def imports(session: Session) -> list[Values]:
    """All imports, newest first: batch, at, account, file, rows, new, changed, undone."""
    session.require("rosters.read")
    with session.db.reading() as connection:
        names = present.account_names(connection, session.office)
        found = history.acts(connection, session.committee_id, actions=("import",), entity="batch")
        return [
            {
                "batch": act["batch"], "at": act["at"], "account": names.get(act["account"], act["account"]),
                **{key: act["said"].get(key) for key in ("file", "rows", "new", "changed")},
                "undone": ledger.is_undone(connection, session.committee_id, act["batch"]),
            }
            for act in found
        ]  # fmt: skip


__all__ = ["Plan", "apply", "imports", "preview"]
