"""Papers of isolation made, numbered, printed again, and what came back to them.

A number is given in the batch that makes the paper, before anybody sees a page; the same paper printed again keeps it.
Longer than most files: choosing, numbering, setting and writing are one act, and nothing may come between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app import paper
from app.db import isolating, papers, present
from app.db.connection import Connection
from app.db.ledger import Writing
from app.db.local import keep_secret
from app.domain import clock, ids, notices, walks
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.domain.notices import GENERAL, REQUEST, Kind
from app.services import isolation_rules, looking, notice_papers, paper_settings, places, sheets
from app.services.notice_numbers import Paper, numbered
from app.services.notice_register import handed_over as handed_over
from app.services.notice_register import list_ as list_
from app.services.notice_register import people as people
from app.services.notice_register import with_state
from app.services.paper_settings import PaperSettings
from app.services.session import Session
from app.services.values import Values, presented
from app.sheets import notices as setting
from app.words import say

PURPOSE = "isolation"
FIELDS: Mapping[str, tuple[str, ...]] = {
    notices.TOLD: ("name", "path", "rule", "start", "officer_name", "police_name", "doctor_name"),
    notices.PROMISE: ("name", "path", "start"),
    notices.DOOR: ("start", "officer_name", "police_name", "doctor_name"),
    REQUEST: ("name", "sex", "birth_year", "path", "rule", "start", "sampled"),
    notices.RECEIPT: ("name", "path", "start", "notice_number", "notice_issuer", "notice_handed_at", "notice_handed_to"),
    notices.RELEASE: ("name", "path", "rule", "start"),
    GENERAL: (),
}  # fmt: skip
"""What each kind tells of people."""
LONGEST_TITLE, LONGEST_TEXT = 30, 1_200


@dataclass(frozen=True, slots=True)
class Papers:
    """A print: papers (each with its number), pages, persons named; again: how many of them were printed before."""

    kind: str
    pdf: bytes = field(repr=False)
    pages: int
    persons: int
    numbers: tuple[str, ...]
    again: int
    batch: str
    people: tuple[str, ...] = ()
    sensitive: bool = False
    second: str = ""
    doors: int = 0
    """Slips of a committee's own notice, which names nobody."""

    @property
    def copies(self) -> int:
        """How many papers are handed out."""
        return self.doors or len(self.numbers)


# ---------------------------------------------------------------- making


def make(
    session: Session, kind: str, *, cases: Sequence[str] = (), household: str = "", building: str = "",
    households: Sequence[str] = (), title: str = "", text: str = "", documents: bool = False,
    second: str | None = None, progress: Progress = quiet, cancelled: Cancelled = never,
) -> Papers:  # fmt: skip
    """The papers of one kind for some cases (ids), or for all that fit in a household or building (ids or paths).

    居委通知 goes to doors instead: `title` and `text` to a building, a household or `households`. documents: whole
    document numbers on the request list, for whoever may; second: another account's id, its password checked, where
    more than 200 are shown. Raises UserError: notice-kind, notice-state, notice-nobody, notice-choose, notice-text,
    notice-text-long, notice-not-ours, notice-course, notice-nameless, notice-only-committee, case-unknown, path-unknown, path-ambiguous,
    cancelled; Refused.
    """
    session.require("notices.print")
    chosen = notices.kind_of(kind)
    if session.role != "committee":
        raise UserError("notice-only-committee")
    progress(0, 2, "notice-reading")
    with session.db.reading() as connection:
        settings = paper_settings.of(session, connection)
        if chosen.key == GENERAL:
            some = _general(session, connection, title, text, household, building, households)
        else:
            found = _chosen(session, connection, chosen, cases, household, building)
            _may_issue(session, connection, chosen, found, settings)
            some = _grouped(chosen, found)
        shown = _documents(session, connection, chosen, some, documents=documents, second=second)
    check(cancelled)
    return _printed(session, chosen, some, settings, shown, title.strip(), text.strip(), second or "", progress)


def again(session: Session, number: str, *, documents: bool = False, second: str | None = None) -> Papers:
    """The same paper once more, under its number. Raises UserError: notice-number-unknown, notice-changed,
    notice-not-ours; Refused."""
    session.require("notices.print")
    with session.db.reading() as connection:
        rows = present.where(connection, session.committee_id, "notice", number=number.strip())
        if not rows:
            raise UserError("notice-number-unknown", number=number)
        kind, settings = notices.kind_of(str(rows[0].get("kind") or "")), paper_settings.of(session, connection)
        title, text = (str(rows[0].get(key) or "") for key in ("title", "text"))
        some = _as_printed(session, connection, kind, rows)
        if kind.key == notices.RELEASE:  # once more is issued anew: the setting and the case may have changed
            _may_issue(session, connection, kind, [case for each in some for case in each.of], settings)
        if [each.about for each in some] != [str(rows[0].get("about") or "")]:
            raise UserError("notice-changed", number=number)
        some = [replace(each, number=str(rows[0]["number"])) for each in some]
        shown = _documents(session, connection, kind, some, documents=documents, second=second)
    return _printed(session, kind, some, settings, shown, title, text, second or "", quiet)


def made_words(made: Papers) -> str:
    """What was made, in a sentence."""
    first, count = made.numbers[0], len(made.numbers)
    numbers = first if count == 1 else say("notice-numbers-some", first=first, count=count)
    code = "notice-made-again" if made.again else "notice-made-doors" if made.doors else "notice-made"
    return say(
        code, kind=made.kind, papers=made.copies, copies=made.copies, pages=made.pages, persons=made.persons,
        numbers=numbers, again=made.again,
    )  # fmt: skip


def save(session: Session, made: Papers, out: Path) -> Values:
    """Write the PDF: out, pages, persons, numbers. Raises UserError: sheets-type, sheets-unwritable; Refused."""
    session.require("notices.print")
    sheets.write(out, made.pdf)
    with session.noting("export", purpose=session.purpose_code or PURPOSE) as writing:
        writing.act("export", "committee", session.committee_id, _said(session, made) | {"out": out.name})
    return {"out": str(out), "pages": made.pages, "persons": made.persons, "numbers": list(made.numbers)}


def _said(session: Session, made: Papers) -> Values:
    fields = [*FIELDS[made.kind], *(["id_number"] if made.kind == REQUEST else [])]
    return {
        "kind": "notice", "paper": made.kind, "fields": fields, "persons": made.persons,
        "households": made.doors, "people": looking.named(list(made.people)), "numbers": list(made.numbers[:20]), "sensitive": made.sensitive,
        "second": made.second, "purpose": session.purpose or "",
    }  # fmt: skip


# ---------------------------------------------------------------- of whom


def _chosen(
    session: Session, connection: Connection, kind: Kind, cases: Sequence[str], household: str, building: str
) -> list[Values]:
    """The cases, in walking order; of a household or building those that fit."""
    committee = session.committee_id
    if cases:
        wanted = list(dict.fromkeys(each.strip() for each in cases))
        found = isolating.cases_named(connection, committee, wanted)
        if missing := set(wanted) - {case["id"] for case in found}:
            raise UserError("case-unknown", id=sorted(missing)[0])
    elif household or building:
        found = isolating.cases(connection, committee, ended="已解除" in kind.states)
        key, ref = ("household", household) if household else ("building", building)
        _, row = places.resolve_in(connection, session, ref, key)
        found = [case for case in found if case.get(key) == row]
    else:
        raise UserError("notice-choose")
    found = with_state(session, connection, found)
    for case in found if cases else ():
        notices.must_fit(kind, case["state"], str(case.get("name", "")))
    fitting = [case for case in found if case["state"] in kind.states]
    if not fitting:
        raise UserError("notice-nobody", kind=kind.key)
    for case in fitting:
        if notices.term(case) is None:
            raise UserError("notice-course", name=case.get("name", ""), kind=kind.key)
        if not case.get("name") and kind.key != notices.DOOR:
            raise UserError("notice-nameless", id=case["id"], kind=kind.key)
    return sorted(fitting, key=walks.key)


def _may_issue(
    session: Session, connection: Connection, kind: Kind, cases: Sequence[Values], settings: PaperSettings
) -> None:
    """A release is the health centre's to issue, unless a setting or the case's rule says otherwise."""
    if kind.key != notices.RELEASE or settings.own_notice:
        return
    own = {
        rule.code for rule in isolation_rules.rules_for(session, connection, session.committee_id) if rule.own_notice
    }
    if any(case.get("rule") not in own for case in cases):
        raise UserError("notice-not-ours", issuer=notice_papers.issuer_of(settings))


def _grouped(kind: Kind, cases: Sequence[Values]) -> list[Paper]:
    """One paper a person, a household or altogether."""
    if kind.together == "person":
        return [_paper([case]) for case in cases]
    if kind.together == "list":
        return [_paper(cases, list_=True)]
    doors: dict[str, list[Values]] = {}
    for case in cases:
        doors.setdefault(str(case.get("household") or case["id"]), []).append(case)
    return [_paper(behind) for behind in doors.values()]


def _paper(cases: Sequence[Values], *, list_: bool = False) -> Paper:
    rows = tuple(("isolation_case", case["id"]) for case in cases)
    if list_:
        return Paper(rows, f"{len(cases)}", tuple(cases))
    return Paper(rows, "、".join(dict.fromkeys(notices.said(case) for case in cases)), tuple(cases))


def _general(
    session: Session, connection: Connection, title: str, text: str, household: str, building: str,
    households: Sequence[str],
) -> list[Paper]:  # fmt: skip
    """One notice to all the doors; one number, however many slips."""
    title, text = title.strip(), text.strip()
    if not title or not text:
        raise UserError("notice-text")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
        raise UserError("notice-text-long", title=LONGEST_TITLE, text=LONGEST_TEXT)
    refs = [*([household] if household else []), *households]
    if building:
        _, row = places.resolve_in(connection, session, building, "building")
        doors, rows = papers.homes(connection, session.committee_id, None, row), [("building", row)]
    elif refs:
        rows = [("household", places.resolve_in(connection, session, ref, "household")[1]) for ref in refs]
        rows = list(dict.fromkeys(rows))
        doors = papers.homes(connection, session.committee_id, [row for _, row in rows])
    else:
        raise UserError("notice-choose")
    if not doors:
        raise UserError("notice-nobody", kind=GENERAL)
    doors = sorted(doors, key=walks.key)
    about = walks.building_text(doors[0]) if building else walks.door_text(doors[0])
    more = f" +{len(doors) - 1}" if len(doors) > 1 and not building else ""
    return [Paper(tuple(rows), f"{title} {about}{more}", tuple(doors))]


def _as_printed(session: Session, connection: Connection, kind: Kind, rows: Sequence[Values]) -> list[Paper]:
    if kind.key == GENERAL:
        title, text = (str(rows[0].get(key) or "") for key in ("title", "text"))
        building = next((str(row["building"]) for row in rows if row.get("building")), "")
        homes = [str(row["household"]) for row in rows if row.get("household")]
        try:
            return _general(session, connection, title, text, "", building, homes)
        except UserError:  # a door that it went to is there no more
            return []
    cases = isolating.cases_named(connection, session.committee_id, [str(row.get("isolation_case")) for row in rows])
    cases = sorted(with_state(session, connection, cases), key=walks.key)
    if len(cases) != len(rows) or any(notices.term(case) is None for case in cases):
        return []
    return _grouped(kind, cases)


def _documents(
    session: Session, connection: Connection, kind: Kind, some: Sequence[Paper], *, documents: bool, second: str | None
) -> dict[str, str] | None:
    """case -> document number as it is printed, and under "" whether in full; None for kinds without one.

    Raises Refused: not-allowed, ring-needed, not-assigned-list, second-needed and its kin.
    """
    if kind.key != REQUEST:
        return None
    cases = [case for each in some for case in each.of]
    people = papers.people(connection, session.committee_id, [str(case.get("resident")) for case in cases])
    if documents:
        session.require("isolation.reveal")
        if session.ring is None:
            raise session.refusal("ring-needed", "isolation.reveal")
        if not looking.reads_all(session):
            mine = looking.assigned(session, connection, [session.committee_id])
            if any(case.get("resident") not in mine for case in cases):
                raise session.refusal("not-assigned-list", "isolation.reveal")
        looking.second_person(session, connection, "notices.print", len(cases), second)
    found = {"": "1" if documents else ""}
    for case in cases:
        shown = presented(session, "resident", people.get(str(case.get("resident")), {"id": ""}), sensitive=documents,
                          phones=False)  # fmt: skip
        found[case["id"]] = str(shown.get("id_number") or "")
    return found


# ---------------------------------------------------------------- numbers, and the print itself


def _printed(
    session: Session, kind: Kind, some: list[Paper], settings: PaperSettings, shown: dict[str, str] | None,
    title: str, text: str, second: str, progress: Progress,
) -> Papers:  # fmt: skip
    """Numbers are planned, the paper is set, then both are written if nobody took the numbers meanwhile."""
    done: Values = {}
    while True:
        with session.db.reading() as connection:
            planned, counter = numbered(session, connection, kind, some, settings, title, text)
        if planned != done.get("papers"):
            progress(1, 2, "notice-setting")
            done = {"papers": planned, "pdf": setting.pdf(_set(session, kind, planned, settings, shown, title, text))}
        people = tuple(dict.fromkeys(
            str(case["resident"]) for each in planned for case in each.of if case.get("resident")
        ))  # fmt: skip
        made = Papers(
            kind.key, done["pdf"], paper.pages(done["pdf"]), len(people), tuple(each.number for each in planned),
            sum(each.again for each in planned), "", people, bool(shown and shown[""]), second,
            len(planned[0].of) if kind.key == GENERAL else 0,
        )  # fmt: skip
        new = [each for each in planned if not each.again]
        with session.writing("create" if new else "print", purpose=session.purpose_code or PURPOSE) as writing:
            if numbered(session, writing.connection, kind, some, settings, title, text)[0] != planned:
                continue
            _write(session, writing, kind, new, settings, title, text)
            writing.act("print", "committee", session.committee_id, _said(session, made))
            for key, value in counter.items():
                keep_secret(writing.connection, key, value)
        return replace(made, batch=writing.batch)


def _write(
    session: Session, writing: Writing, kind: Kind, new: Sequence[Paper], settings: PaperSettings, title: str, text: str
) -> None:
    """A row for each case or door of a new paper, and what the case itself keeps of it."""
    now = clock.written(session.now())
    said = {"kind": kind.key, "made_at": now, "made_by": session.account}
    said |= {"title": title, "text": text} if text else {}
    writing.create("notice", [
        (str(ids.new_id()), {key: row, "number": each.number, "about": each.about, **said})
        for each in new for key, row in each.rows
    ])  # fmt: skip
    for each in new:
        kept = {REQUEST: {"notice_asked_at": now}}.get(kind.key)
        if kind.key == notices.RELEASE:
            kept = {"notice_number": each.number, "notice_issuer": settings.heading}
        for _, row in each.rows if kept else ():
            writing.change("isolation_case", row, kept or {})


def _set(
    session: Session, kind: Kind, planned: Sequence[Paper], settings: PaperSettings, shown: dict[str, str] | None,
    title: str, text: str,
) -> setting.Print:  # fmt: skip
    on = session.now().date()
    if kind.key == GENERAL:
        (each,) = planned
        return notice_papers.slips(each, title, text, settings, on, practice=session.rehearsal)
    more = {} if shown is None else {"documents": shown, "shown": bool(shown[""])}
    made = [notice_papers.one(kind, each, settings, on, **more) for each in planned]
    cover = None
    if kind.key == notices.DOOR and len(planned) > 1:
        doors = [(each.number, each.of[0], notice_papers.span(each.of)) for each in planned]
        cover = notice_papers.cover(doors, settings, on)
    return notice_papers.printed(kind, made, session.rehearsal, cover)
