"""A roster comes in: read, compared with what is known, shown, applied in one transaction, undone by its batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from app.db import history, ledger, present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.rows import written_before
from app.domain.fields import RESIDENT
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet, without_collector
from app.domain.placement import UNKNOWN_PLACES
from app.domain.rosterplan import Planner, Steps
from app.domain.values import hide_numbers, mask
from app.exchange import rosters as files
from app.exchange.chains import Chain, read_chain
from app.exchange.rosters import Meant, Pasted, Roster, RosterRow, TableSeen
from app.services import mappings
from app.services.planning import planner, planner_of_places
from app.services.session import Session
from app.services.values import Values, number_index, stored

SAMPLE = 200
_WORDS = {"new": "新增", "changed": "更新", "same": "相同", "doubtful": "待核", "rejected": "退回"}
ON_DOUBT = ("queue", "keep", "take")
COUNTS = ("rows", "new", "changed", "same", "doubtful", "rejected")
Source = Path | Pasted | Chain


@dataclass(frozen=True, slots=True)
class Asked:
    """How the user wants the rows decided. mapping: what was said of columns; None: nothing."""

    estate: str | None
    on_doubt: str
    unknown_places: str
    mapping: Mapping[str, str] | None
    adds_notes: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying would do; nothing is written yet. `rows` is the sum of the five counts after it.

    unknown: places nobody knew, {estate, lane, building, unit, room, near, rows}, the first of `unknown_count`.
    """

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
    unknown: tuple[Values, ...]
    unknown_count: int
    asked: Asked
    roster: Roster = field(repr=False)
    steps: Steps = field(repr=False)
    base: int | None = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        return {key: getattr(self, key) for key in COUNTS}

    @property
    def columns(self) -> tuple[Meant, ...]:
        """What each column was taken for, and how surely."""
        return self.roster.header.columns

    @property
    def tables(self) -> tuple[TableSeen, ...]:
        """All tables of the file that look like rosters."""
        return self.roster.tables

    @property
    def estate(self) -> str | None:
        return self.asked.estate

    @property
    def file(self) -> str:
        """What the source is called: a file's name, 粘贴的内容, 接龙."""
        return self.path.name


def preview(
    session: Session,
    source: Source,
    *,
    sheet: str | None = None,
    table: int | None = None,
    all_sheets: bool = False,
    hidden: bool = False,
    mapping: Mapping[str, str] | None = None,
    estate: str | None = None,
    on_doubt: str = "queue",
    unknown_places: str = "create",
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Plan:
    """Read a roster (a file, what was pasted, a chain) and decide what it would change.

    Raises what `exchange.rosters.read` and `read_chain` raise; UserError: on-doubt-unknown, unknown-places-unknown;
    Refused.
    """
    session.require("rosters.preview")
    if on_doubt not in ON_DOUBT:
        raise UserError("on-doubt-unknown", value=on_doubt)
    if unknown_places not in UNKNOWN_PLACES:
        raise UserError("unknown-places-unknown", value=unknown_places)
    with without_collector(), session.db.reading() as connection:
        if isinstance(source, Chain):
            roster = read_chain(source.text, estate=estate, today=session.now().date())
        else:
            roster = files.read(
                source, sheet=sheet, table=table, all_sheets=all_sheets, hidden=hidden, mapping=mapping,
                remembered=mappings.known(connection), estate=estate, today=session.now().date(), need_place=False,
                progress=progress, cancelled=cancelled,
            )  # fmt: skip
            _must_place(roster)
        asked = Asked(estate, on_doubt, unknown_places, mapping, adds_notes=isinstance(source, Chain))
        return _plan(session, connection, roster, asked, progress, cancelled)


def _must_place(roster: Roster) -> None:
    """A list of names alone is no roster. Raises UserError("sheet-no-people")."""
    if not any(row.values.get("building") or row.values.get("room") for row in roster.rows):
        raise UserError(
            "sheet-no-people", file=roster.path.name, sheet=roster.sheet, findings=tuple(roster.findings[:20])
        )


def _plan(
    session: Session, connection: Connection, roster: Roster, asked: Asked, progress: Progress, cancelled: Cancelled
) -> Plan:
    """Every row decided by what is known now."""
    deciding = planner(
        session, connection, on_doubt=asked.on_doubt, unknown_places=asked.unknown_places, adds_notes=asked.adds_notes,
        cancelled=cancelled,
    )  # fmt: skip
    sample: list[Values] = []
    shapes: dict[tuple[str, ...], tuple[str, ...]] = {}
    for index, row in enumerate(roster.rows):
        if index % 2_000 == 0:
            progress(index, len(roster.rows), "roster-match")
            check(cancelled)
        deciding.scored = len(sample) < SAMPLE
        values = row.values
        state = deciding.take(row.row, values, row.sheet or roster.sheet)
        if len(sample) < SAMPLE:
            sample.append(_sampled(row, state, deciding))
        keys = tuple(values)
        roster.rows[index] = _Taken(row.row, shapes.setdefault(keys, keys), tuple(values.values()), row.sheet)  # type: ignore[call-overload]  # read like a RosterRow
    deciding.finish()
    counts, places = deciding.counts, deciding.places
    return Plan(
        roster.path, roster.sheet, roster.sheets, roster.header.titles, roster.header.mapping,
        len(roster.rows) + roster.rejected, counts["new"], counts["changed"], counts["same"], counts["doubtful"],
        roster.rejected + counts["rejected"], (*roster.findings, *deciding.findings), tuple(sample),
        tuple(places.listed()), len(places.unknown), asked, roster, deciding.steps,
        history.last_batch(connection, session.committee_id),
    )  # fmt: skip


class _Taken(NamedTuple):
    """A row that was decided, in a third of the memory; it is read again only if something is written meanwhile."""

    row: int
    keys: tuple[str, ...]
    cells: tuple[Any, ...]
    sheet: str

    @property
    def values(self) -> Values:
        return dict(zip(self.keys, self.cells, strict=True))


def _sampled(row: RosterRow, state: str, deciding: Planner) -> Values:
    """A row as the preview shows it; score (per cent) and why of the match, where one was found."""
    shown: Values = {"row": row.row, "state": _WORDS[state], "values": _shown(row.values), "sheet": row.sheet}
    found = deciding.last
    if found is not None and found.why:
        shown |= {"score": round(found.score * 100), "why": list(found.why)}
    return shown


def _shown(values: Values) -> Values:
    shown = {key: mask(RESIDENT[key], value) if key in RESIDENT else value for key, value in values.items()}
    return shown | ({"note": hide_numbers(shown["note"])} if "note" in shown else {})


# ---------------------------------------------------------------- apply


def apply(session: Session, plan: Plan, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Write a plan in one transaction; cancelling or an error leaves everything as it was.

    If something was written since the preview, the plan is made again on the same rows inside the
    transaction. Raises UserError("plan-stale") when it then counts differently; Refused; cancelled.
    """
    session.require("rosters.apply")
    with without_collector(), session.writing("import") as writing:
        if history.last_batch(writing.connection, session.committee_id, but=writing.batch_n) != plan.base:
            fresh = _plan(session, writing.connection, plan.roster, plan.asked, quiet, cancelled)
            if fresh.counts != plan.counts:
                raise UserError("plan-stale", file=plan.file)
            plan = fresh
        writing.act("import", "batch", writing.batch, {"file": plan.file, "sheet": _sheets_read(plan), **plan.counts})
        _write(session, writing, plan, progress, cancelled)
        if plan.asked.mapping:
            mappings.keep(writing.connection, plan.asked.mapping)
    findings = list(plan.findings)
    return {"batch": writing.batch, **plan.counts, "findings": findings, "mapping": plan.mapping}


def _sheets_read(plan: Plan) -> str:
    if len(plan.tables) < 2:
        return plan.sheet
    return "、".join(dict.fromkeys(row.sheet for row in plan.roster.rows if row.sheet)) or plan.sheet


def _write(session: Session, writing: Writing, plan: Plan, progress: Progress, cancelled: Cancelled) -> None:
    steps = plan.steps
    tick = _Ticker(steps.size, progress, cancelled)
    for entity, rows in (
        ("estate", steps.estates), ("building", steps.buildings), ("dwelling", steps.dwellings),
    ):  # fmt: skip
        _create_named(writing, entity, rows, tick)
    writing.show()
    writing.create("household", tick.rows(steps.households))
    residents = _numbered(writing, steps, tick.rows(steps.residents))
    if (ring := session.sealing_ring("")) is not None:
        writing.create("resident", residents, ring)
    else:
        writing.create("resident", ((row, stored(session, "resident", row, values)) for row, values in residents))
    for entity, row, values in steps.changed:
        writing.change(entity, row, stored(session, entity, row, tick(values)))
        if "documents" in values:
            writing.index_numbers(row, number_index(session, values["documents"]))
    writing.create("arrival", tick.rows(steps.arrivals))
    _create_named(
        writing, "doubtful", [(row, _doubtful(session, row, plan, values)) for row, values in steps.doubtful], tick
    )
    check(cancelled)


def _numbered(writing: Writing, steps: Steps, residents: Iterable[tuple[str, Values]]) -> Iterator[tuple[str, Values]]:
    """New residents as they go by, their document numbers noted for the index."""
    for row, values in residents:
        if numbers := steps.numbers.get(row):
            writing.index_numbers(row, numbers)
        yield row, values


class _Ticker:
    """Counts rows as they go by, tells the progress and stops if asked to."""

    def __init__(self, total: int, progress: Progress, cancelled: Cancelled) -> None:
        self.done, self.total, self.progress, self.cancelled = 0, total, progress, cancelled

    def __call__(self, values: Values) -> Values:
        if self.done % 500 == 0:
            self.progress(self.done, self.total, "roster-write")
            check(self.cancelled)
        self.done += 1
        return values

    def rows(self, rows: Iterable[tuple[str, Values]]) -> Iterator[tuple[str, Values]]:
        for row, values in rows:
            yield row, self(values)


def _create_named(writing: Writing, entity: str, rows: list[tuple[str, Values]], tick: _Ticker) -> None:
    """Places get their ids from their path, rows put aside from their words, so one may have been here before: then it
    is taken back."""
    before = written_before(writing.connection, [row for row, _ in rows])
    writing.create(entity, tick.rows(each for each in rows if each[0] not in before))
    for row, values in rows:
        if row in before:
            writing.change(entity, row, tick(values))


def _doubtful(session: Session, row: str, plan: Plan, values: Values) -> Values:
    whole: Values = values["values"]
    sensitive = {key: value for key, value in whole.items() if key in RESIDENT and RESIDENT[key].level >= 3}
    kept: Values = {
        "file": plan.file, "sheet": values.get("sheet") or plan.sheet, "row": values["row"], "reason": values["reason"],
        "candidate": values["candidate"],
        "values": {key: value for key, value in whole.items() if key not in sensitive},
    }  # fmt: skip
    kept |= {key: values[key] for key in ("score", "why") if key in values}
    if sensitive:
        kept["values_sensitive"] = sensitive
    return stored(session, "doubtful", row, kept)


def imports(session: Session) -> list[Values]:
    """All imports, newest first: batch, at, account, file, sheet, the six counts, undone, undone_at, undone_by."""
    session.require("rosters.read")
    with session.db.reading() as connection:
        names = present.account_names(connection, session.office)
        found = history.acts(connection, session.committee_id, actions=("import",), entity="batch")
        undoings: dict[str, Values] = {}
        for act in history.acts(connection, session.committee_id, actions=("undo",), entity="batch"):
            undoings.setdefault(act["id"], act)
        listed = []
        for act in found:
            if "rows" not in act["said"]:  # a map or the like
                continue
            undone = ledger.is_undone(connection, session.committee_id, act["batch"])
            by = undoings.get(act["batch"]) if undone else None
            listed.append({
                "batch": act["batch"], "at": act["at"], "account": names.get(act["account"], act["account"]),
                **{key: act["said"].get(key) for key in ("file", "sheet", *COUNTS)},
                "undone": undone, "undone_at": by["at"] if by else None,
                "undone_by": names.get(by["account"], by["account"]) if by else None,
            })  # fmt: skip
        return listed


__all__ = ["Chain", "Pasted", "Plan", "apply", "imports", "planner_of_places", "preview"]
