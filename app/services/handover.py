"""交接清单: what a shift leaves to the next, and what a head leaves to a successor, on paper to be signed by both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import paper
from app.db import isolating
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.today import Item
from app.services import (
    arrivals,
    day_sheets,
    errands,
    handover_office,
    incidents,
    isolation,
    looking,
    notice_papers,
    paper_settings,
    sheets,
    shift,
)
from app.services import today as due
from app.services.session import Session
from app.services.values import Values
from app.sheets import work
from app.sheets.notices import Column
from app.sheets.work import Section, Sheet, Work
from app.words import say

PURPOSE = "isolation"
FIELDS = ("path", "name", "rule", "start", "state")
KINDS = ("shift", "office")
LATE = frozenset({"check", "check-twice"})
"""Kinds of what is overdue that the table of cases says already."""
OPEN_CARE = "care"


@dataclass(frozen=True, slots=True)
class Handover:
    """kind: "shift" or "office". people: ids of those who are named."""

    kind: str
    pdf: bytes = field(repr=False)
    pages: int
    persons: int
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Open:
    """Everything that is not finished."""

    cases: list[Values]
    late: list[Item]
    care: list[Item]
    incidents: list[Values]
    errands: list[Values]
    arrivals: list[Values]


def make(
    session: Session, kind: str = "shift", *, progress: Progress = quiet, cancelled: Cancelled = never
) -> Handover:
    """The list for the next shift, or with "office" also accounts, PCs, backups, keys and what waits to be decided.

    The trace is written before anybody sees a page. Raises UserError: handover-kind, cancelled; Refused: not-allowed (an
    office is handed over by who may list its accounts).
    """
    session.require("handover.print")
    if kind not in KINDS:
        raise UserError("handover-kind", kind=kind)
    if kind == "office":
        session.require("accounts.list")
    progress(0, 2, "notice-reading")
    found = _read(session)
    sections = [] if kind == "shift" else handover_office.sections(session)
    sections += [*_shift(session, found), _phones(session)]
    check(cancelled)
    progress(1, 2, "notice-setting")
    pdf = work.pdf(Work(session.rehearsal, say("paper-foot-list"), (_sheet(session, kind, found, sections),)))
    people = tuple(dict.fromkeys(
        str(row["resident"]) for rows in (found.cases, found.incidents, found.errands, found.arrivals) for row in rows
        if row.get("resident")
    ))  # fmt: skip
    made = Handover(kind, pdf, paper.pages(pdf), len(people), people)
    with session.noting("print", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("print", "committee", session.committee_id, _said(session, made))
    return made


def save(session: Session, made: Handover, out: Path) -> Values:
    """Write the PDF: out, pages, persons, kind. Raises UserError: sheets-type, sheets-unwritable; Refused."""
    session.require("handover.print")
    sheets.write(out, made.pdf)
    with session.noting("export", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("export", "committee", session.committee_id, _said(session, made) | {"out": out.name})
    return {"out": str(out), "pages": made.pages, "persons": made.persons, "kind": made.kind}


def _said(session: Session, made: Handover) -> Values:
    return {
        "kind": "handover", "paper": made.kind, "fields": list(FIELDS), "persons": made.persons,
        "people": looking.named(list(made.people)), "purpose": session.purpose or "",
    }  # fmt: skip


def _read(session: Session) -> _Open:
    items = due.items(session).items
    return _Open(
        isolation.list_(session),
        [item for item in items if item.overdue and item.kind not in LATE and item.section != "sync"],
        [item for item in items if item.kind == OPEN_CARE],
        incidents.list_(session), errands.list_(session), arrivals.list_(session),
    )  # fmt: skip


def _sheet(session: Session, kind: str, found: _Open, sections: Sequence[Section]) -> Sheet:
    at = session.now().isoformat(timespec="minutes")[:16].replace("T", " ")
    figures = say(
        "handover-figures", cases=len(found.cases), release=sum(case["state"] == "期满待解除" for case in found.cases),
        missing=sum(bool(case["missing"]) for case in found.cases), late=len(found.late), incidents=len(found.incidents),
        errands=len(found.errands),
    )  # fmt: skip
    return Sheet(
        say(f"handover-{kind}"), session.name, at, tuple(figures.split("|")), tuple(sections),
        tuple(say(f"handover-signers-{kind}").split("|")), say("handover-foot", at=at, maker=session.account),
    )  # fmt: skip


# ---------------------------------------------------------------- what is open


def _shift(session: Session, found: _Open) -> list[Section]:
    notes = [(note["at"][:16].replace("T", " "), note["by"], note["text"]) for note in shift.notes(session)]
    return [
        table("handover-notes", "handover-note-columns", (34, 26, 0), notes),
        table("handover-late", "handover-thing-columns", (70, 0, 52), (_thing(item) for item in found.late)),
        table("handover-cases", "handover-case-columns", (64, 34, 16, 18, 24, 30, 18, 0), map(_case, found.cases)),
        table("handover-incidents", "handover-incident-columns", (60, 0, 30, 24, 24, 36), map(_incident, found.incidents)),
        table("handover-arrivals", "handover-thing-columns", (70, 0, 52), map(_arrival, found.arrivals)),
        table("handover-errands", "handover-thing-columns", (70, 0, 52), map(_errand, found.errands)),
        table("handover-care", "handover-thing-columns", (70, 0, 52), (_thing(item) for item in found.care)),
    ]  # fmt: skip


def table(code: str, columns: str, widths: Sequence[int], rows: Iterable[tuple[str, ...]]) -> Section:
    """A section that says so where there is nothing: nobody has to guess whether it was forgotten."""
    lines = tuple(rows)
    made = tuple(Column(title, mm) for title, mm in zip(say(columns).split("|"), widths, strict=True))
    count = f"　{len(lines)}" if lines else ""
    return Section(say(code) + count, made, lines, note="" if lines else say(f"{code}-none"))


def _thing(item: Item) -> tuple[str, ...]:
    return item.path.replace("/", " "), item.what, day_sheets.due_text(item)


def _case(case: Values) -> tuple[str, ...]:
    missing = len(case["missing"])
    remarks = [
        say("day-sheet-alert") if case["alert"] else "", say("day-sheet-escalate") if case["escalate"] else "",
        say("day-sheet-waiting") if case["late"] else "", say("day-sheet-moving") if case["moving"] else "",
        case["officer_name"],
    ]  # fmt: skip
    return (
        case["path"].replace("/", " "), case["name"], str(case["rule"] or ""), f"{case['total_day']}/{case['total_days']}",
        notice_papers.short_day(case["end"]), case["state"], str(missing or ""), " ".join(filter(None, remarks)),
    )  # fmt: skip


def _incident(row: Values) -> tuple[str, ...]:
    place = str(row.get("path") or row.get("where") or row.get("place") or "").replace("/", " ")
    due_ = str(row.get("due") or "")[:16].replace("T", " ")
    late = say("day-sheet-late", due=due_) if row.get("overdue") and due_ else due_
    return (
        place, str(row.get("what") or row.get("heard") or ""), str(row.get("kind") or ""), str(row.get("state") or ""),
        str(row.get("next") or ""), late,
    )  # fmt: skip


def _arrival(row: Values) -> tuple[str, ...]:
    said = " ".join(filter(None, (str(row.get(key) or "") for key in ("name", "transport_no", "origin", "state"))))
    place = str(row.get("path") or row.get("address") or "").replace("/", " ")
    return place, said, str(row.get("due") or row.get("expected_at") or "")[:16].replace("T", " ")


def _errand(row: Values) -> tuple[str, ...]:
    said = "　".join(filter(None, (str(row.get(key) or "") for key in ("name", "kind", "what"))))
    return row["path"].replace("/", " "), said, notice_papers.short_day(row["due"] or "")


def _phones(session: Session) -> Section:
    """Whom to call: everybody whom a running case names, and who stands in the settings."""
    settings = paper_settings.read(session)
    with session.db.reading() as connection:
        cases = [case for committee in session.scope(connection) for case in isolating.cases(connection, committee)]
    told = Counter(
        (contact.title, contact.name, contact.phone)
        for case in ({}, *cases) for contact in notice_papers.contacts(case, settings)
        if contact.name or contact.phone
    )  # fmt: skip
    rows = [(*who, str(count)) for who, count in told.most_common()]
    return table("handover-phones", "handover-phone-columns", (40, 60, 60, 0), rows)
