"""A list of people who come: read, each row given to its committee, household and person, shown, applied, undone.

Nothing is written before `apply`; there each committee gets one batch. Whoever cannot be given to a committee waits in the
centre's office. A list that comes again, corrected or not, doubles nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.db import arriving, present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.domain import addresses, arrivals
from app.domain.arrival_doors import StreetDoors
from app.domain.arrival_plan import WITHIN, Earlier, Known, corrections, pair
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.exchange import arrival_lists as lists
from app.exchange.arrival_lists import ArrivalList, Coming
from app.exchange.pasted import Pasted
from app.services import arrival_rows, committees, mappings
from app.services.arrival_matching import Matching
from app.services.session import Session
from app.services.values import Values

NEW, CHANGED, SAME, MOVED = "new", "changed", "same", "moved"
COUNTS = ("rows", "new", "changed", "same", "moved", "waiting", "rejected")


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one row. state: new, changed, same, or moved (a corrected list says another committee).

    committee: "" for whoever waits at the centre (at a committee never). arrival: the id of the one known. values: what is
    written. doubt: why it waits, or why a household is missing (a code); person: a code about who it is.
    """

    row: int
    sheet: str
    state: str
    committee: str
    committee_name: str
    arrival: str
    known_of: str
    values: Values
    said: Values
    path: str = ""
    doubt: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying would do. waiting: how many of all rows wait at the centre. `rows` is the sum of the five others but it."""

    file: str
    sheet: str
    rows: tuple[Planned, ...]
    findings: tuple[Finding, ...]
    rejected: int
    mapping: dict[str, str]
    read: ArrivalList = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        counted = {state: sum(row.state == state for row in self.rows) for state in (NEW, CHANGED, SAME, MOVED)}
        waiting = sum(row.state == NEW and not row.committee for row in self.rows)
        return {"rows": len(self.rows) + self.rejected, **counted, "waiting": waiting, "rejected": self.rejected}

    @property
    def committees(self) -> dict[str, int]:
        """How many rows each committee gets anew, by name; "" for the centre's own."""
        names = [row.committee_name for row in self.rows if row.state in (NEW, MOVED)]
        return {name: names.count(name) for name in dict.fromkeys(names)}


def preview(
    session: Session, source: Path | Pasted, *, sheet: str | None = None, mapping: Mapping[str, str] | None = None,
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Plan:  # fmt: skip
    """Read a list (a file, or what was pasted) and decide what it would do. Raises what `exchange.rosters.read` raises."""
    session.require("arrivals.write")
    with session.db.reading() as connection:
        read = lists.read(
            source, today=session.now().date(), sheet=sheet, mapping=mapping, remembered=mappings.known(connection),
            progress=progress, cancelled=cancelled,
        )  # fmt: skip
        return _plan(session, connection, read, progress, cancelled)


def apply(session: Session, plan: Plan, *, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Write a plan: one batch in each committee. {batches, committees: [{committee, name, batch, rows}], and the counts}.

    Cut short between two committees nothing is lost: the list is applied again. Raises UserError: plan-stale if something
    was written meanwhile that changes what it would do; cancelled (before anything is written).
    """
    session.require("arrivals.write")
    with session.db.reading() as connection:
        fresh = _plan(session, connection, plan.read, quiet, cancelled)
        names = _names(session, connection)
    if fresh.counts != plan.counts:
        raise UserError("plan-stale", file=plan.file)
    check(cancelled)
    by_committee: dict[str, list[Planned]] = {}
    for row in fresh.rows:
        if row.state != SAME:
            by_committee.setdefault(row.committee, []).append(row)
    done = []
    for number, (committee, rows) in enumerate(by_committee.items()):
        progress(number, len(by_committee), "arrival-write")
        to = committee or session.office
        with session.writing("import", to) as writing:
            said = {"kind": "arrivals", "file": plan.file, "sheet": plan.sheet, **_counted(rows)}
            writing.act("import", "batch", writing.batch, said)
            _write(session, writing, to, rows)
        done.append({"committee": committee, "name": names.get(to, ""), "batch": writing.batch, "rows": len(rows)})
    closed = _close_moved(session, [row for rows in by_committee.values() for row in rows if row.state == MOVED])
    batches = [*closed, *(each["batch"] for each in reversed(done))]
    return {"batches": batches, "committees": done, **fresh.counts}


def at_the_address(session: Session, committee: str, values: Mapping[str, Any]) -> Values:
    """Household and resident of a committee at the address that an arrival names, as far as they are sure."""
    with session.db.reading() as connection:
        read = addresses.read(str(values.get("address") or ""))._asdict()
        if committee == session.office or not read["building"]:
            return {}
        doors = StreetDoors()
        doors.add(committee, (tuple(each) for each in present.doors(connection, committee)))
        told = {"name": values.get("person_name"), "phone": values.get("person_phone")}
        return Matching(session, connection).at(doors.find(read, committee), told)[0]


# ---------------------------------------------------------------- writing


def _counted(rows: Sequence[Planned]) -> dict[str, int]:
    return {
        "rows": len(rows),
        "new": sum(row.state != CHANGED for row in rows),
        "changed": sum(row.state == CHANGED for row in rows),
    }


def _write(session: Session, writing: Writing, committee: str, rows: Sequence[Planned]) -> None:
    taken: set[str] = set()
    made = []
    for row in rows:
        if row.state == CHANGED:
            writing.change("arrival", row.arrival, row.values)
            continue
        new, more = arrival_rows.new_row(session, writing.connection, committee, taken)
        taken.add(new)
        state = arrivals.PICKED_UP if row.values.get("picked_up_at") else arrivals.WAITED
        made.append((new, {"state": state, **row.values, **more}))
    writing.create("arrival", made)


def _close_moved(session: Session, rows: Sequence[Planned]) -> list[str]:
    """End the rows of people whom the corrected list gives to another committee; the batches."""
    batches = []
    for old in dict.fromkeys(row.known_of for row in rows):
        with session.writing("change", old) as writing:
            for row in rows:
                if row.known_of == old:
                    to = row.committee or session.office
                    writing.change("arrival", row.arrival, {"state": arrivals.REASSIGNED, "reassigned_to": to})
        batches.append(writing.batch)
    return batches


# ---------------------------------------------------------------- deciding


def _names(session: Session, connection: Connection) -> dict[str, str]:
    return {str(row["id"]): str(row.get("name") or "") for row in committees.known(session, connection)}


def _plan(
    session: Session, connection: Connection, read: ArrivalList, progress: Progress, cancelled: Cancelled
) -> Plan:
    """Every row decided by what is known now."""
    scope = arrival_rows.scope(session, connection)
    names, doors = _names(session, connection), StreetDoors()
    for committee in scope:
        if committee != session.office or session.role == "committee":
            doors.add(committee, (tuple(each) for each in present.doors(connection, committee)))
    matching, findings = Matching(session, connection), list(read.findings)
    rows: list[Planned] = []
    for number, each in enumerate(read.rows):
        progress(number, len(read.rows), "arrival-match")
        check(cancelled)
        rows.append(_placed(session, each, doors, matching, names))
    known = _known(connection, scope, read.rows)
    pairs = pair([row.said for row in rows], known)
    decided: list[Planned] = []
    before = Earlier()
    for row, one in zip(rows, pairs, strict=True):
        if (place := before.met(row.said)) is not None:
            earlier = decided[place]
            findings.append(Finding("arrival-twice", row.row, sheet=row.sheet, details={"first": earlier.row}))
            decided.append(replace(row, state=SAME, arrival=earlier.arrival, values={}))
        else:
            decided.append(_against(session, row, one, names))
    findings += [
        Finding(code, row.row, sheet=row.sheet, value=str(row.said.get("address") or row.said["person_name"]))
        for row in decided if row.state != SAME for code in (row.doubt, row.person) if code
    ]  # fmt: skip
    findings.sort(key=lambda found: found.row or 0)
    return Plan(read.file, read.sheet, tuple(decided), tuple(findings), read.rejected, read.mapping, read)


def _known(connection: Connection, scope: Sequence[str], rows: Sequence[Coming]) -> list[Known]:
    """The arrivals around the days of a list, of every committee at hand."""
    days = sorted(day for row in rows if (day := arrivals.day_of(row.values)) is not None)
    first = (days[0] - timedelta(days=WITHIN)).isoformat() if days else date.min.isoformat()
    last = (days[-1] + timedelta(days=WITHIN)).isoformat() if days else date.max.isoformat()
    return [Known(committee, row) for committee in scope for row in arriving.around(connection, committee, first, last)]


def _placed(session: Session, row: Coming, doors: StreetDoors, matching: Matching, names: Mapping[str, str]) -> Planned:
    """A row with its committee, household and person, as if nobody were known yet."""
    if session.role == "committee":
        found = doors.find(row.door, session.committee_id)
    else:
        found = doors.find(row.door, _named(row.committee, names))
    home, path, person = matching.at(found, row.told) if found.committee else ({}, "", "")
    if not found.committee and (where := matching.by_number(row.told)):
        path, person = where, "arrival-number-known"
    doubt = found.doubt
    if session.role == "committee" and doubt in ("arrival-address-unknown", "arrival-address-several"):
        doubt = "arrival-address-here"
    if found.dwelling and "household" not in home:
        doubt = "arrival-which-household"
    said = {**row.values, **home}
    return Planned(
        row.row,
        row.sheet,
        NEW,
        found.committee,
        names.get(found.committee, ""),
        "",
        "",
        said,
        said,
        path,
        doubt,
        person,
    )


def _named(said: str, names: Mapping[str, str]) -> str:
    """Which committee a list names: one whose name is the other's part, and no second one."""
    if not said:
        return ""
    exact = [row for row, name in names.items() if name == said]
    found = exact or [row for row, name in names.items() if name and (name in said or said in name)]
    return found[0] if len(found) == 1 else ""


def _against(session: Session, row: Planned, one: Known | None, names: Mapping[str, str]) -> Planned:
    """The row beside the arrival that it speaks of, if there is one."""
    if one is None:
        return row
    of = "" if session.role == "centre" and one.committee == session.office else one.committee
    known = replace(row, arrival=one.id, known_of=one.committee)
    if session.role == "centre" and _goes_elsewhere(row, of, one.values):
        kept = {key: one.values[key] for key in arrivals.CARRIED if one.values.get(key) is not None}
        return replace(known, state=MOVED, values={**kept, **row.values, "reassigned_from": one.committee})
    at_home = row.committee == of
    said = row.said if at_home else {key: row.said[key] for key in row.said if key not in ("household", "resident")}
    different = corrections(said, one.values)
    return replace(
        known, state=CHANGED if different else SAME, values=different, committee=of, committee_name=names.get(of, ""),
        path=row.path if at_home else "", doubt=row.doubt if different and at_home else "",
    )  # fmt: skip


def _goes_elsewhere(row: Planned, of: str, known: Mapping[str, Any]) -> bool:
    """Does a corrected list give somebody to another committee? What the centre decided itself stands until the list says
    another address than it did."""
    if not row.committee or row.committee == of or not arrivals.is_open(known):
        return False
    decided_here = of != "" or known.get("reassigned_from") == row.committee
    return not decided_here or bool(row.said.get("address") and row.said["address"] != known.get("address"))
