"""The superior's forms, learned once and kept: what each place asks for, on this PC's encrypted file; then one click.

A form is kept as a workbook with marks in it, so that filling a learned form and filling a template are one thing. What
somebody had filled in before is emptied when the form is learned: no person's data is kept with it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from app.db import local
from app.domain import form_titles, report_marks
from app.domain.findings import UserError
from app.exchange import filling, form_people, learning, marks
from app.exchange.emptying import emptied
from app.exchange.form_labels import Note
from app.exchange.form_people import Held
from app.exchange.learning import FormSheet
from app.exchange.package import opened
from app.files import replacing
from app.services import committees, report_plan, reports
from app.services.session import Session
from app.services.values import Values
from app.words import say

KEPT = "form/"
FILES = (".xlsx", ".xls", ".xlsm", ".et")
LARGEST = 8 << 20
MOST_NAMED = 20
"""Cells that a note names."""


class Form(msgspec.Struct, frozen=True):
    """A learned form. per: unit by sheet title. where: conditions as `reports.fill` takes them. until: the hour of the
    day that figures are as of (`16:00`), "" for now."""

    name: str
    file: str
    workbook: bytes
    per: dict[str, str] = {}
    where: list[tuple[str, ...]] = []
    sort: list[str] = []
    until: str = ""
    learned_at: str = ""
    by: str = ""


def propose(session: Session, source: Path) -> tuple[FormSheet, ...]:
    """What each sheet of a workbook is taken for: header, body, and a mark for each place. Nothing is kept.

    Notes say where it holds people beside what is emptied: hidden sheets, comments, lines nobody took for a list.
    Raises what `learning.read` raises; Refused.
    """
    session.require("forms.learn")
    sheets = learning.read(source, session.name, _committees(session))
    with opened(source) as package:
        found = form_people.held(package)
    return tuple(replace(each, notes=(*each.notes, *_held(each, sheets, found))) for each in sheets)


def _held(sheet: FormSheet, sheets: Sequence[FormSheet], found: Sequence[Held]) -> list[Note]:
    """What is to be said on a sheet; of hidden ones on the first that is shown."""
    notes = []
    for each in found:
        if each.code.startswith("form-note-hidden"):
            if sheet is sheets[0]:
                notes.append(Note(each.code, "", each.sheet))
        elif each.sheet == sheet.title:
            changes = sheet.changes if each.code == "form-note-people" else {}
            cells = [cell for cell in each.cells if cell not in changes]
            if cells:
                notes.append(Note(each.code, " ".join(cells[:MOST_NAMED]), str(len(cells))))
    return notes


def _committees(session: Session) -> list[str]:
    """At a centre the names of its committees: a form may have a sheet for each."""
    if session.role != "centre":
        return []
    with session.db.reading() as connection:
        return [str(row["name"]) for row in committees.known(session, connection) if row.get("name")]


def learn(
    session: Session,
    source: Path,
    name: str,
    *,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    per: Mapping[str, str] | None = None,
    where: Sequence[tuple[str, ...]] = (),
    sort: Sequence[str] = (),
    until: str = "",
    keep_sheets: Sequence[str] = (),
) -> Values:
    """Keep a form under a name; a form of that name is replaced.

    texts: {sheet: {cell: text}} over what was proposed ("" = leave the cell empty); per: {sheet: unit} over the
    proposal; keep_sheets: titles of hidden sheets that stay though they list people. Raises UserError: form-name, form-nothing, form-locked, form-too-large, what `report_plan` raises of marks; Refused.
    """
    proposal = propose(session, source)
    name = name.strip()
    if not name or len(name) > 60 or "/" in name:
        raise UserError("form-name", name=name)
    changes = {sheet.title: sheet.changes for sheet in proposal}
    for title, said in (texts or {}).items():
        changes.setdefault(title, {}).update({cell: text or None for cell, text in said.items()})
    units = {sheet.title: sheet.unit for sheet in proposal if sheet.unit} | dict(per or {})
    _must_be_open(source, proposal, texts or {})
    workbook = with_marks(source, changes, frozenset(keep_sheets))
    report_plan.conditions(report_plan.plan(session, workbook, units, name), where)
    form = Form(
        name, source.name, workbook, units, list(where), list(sort), until,
        session.now().isoformat(timespec="minutes"), session.account,
    )  # fmt: skip
    with session.db.transaction() as connection:
        local.keep_secret(connection, KEPT + name, msgspec.msgpack.encode(form))
    return told(form)


def _must_be_open(source: Path, proposal: Sequence[FormSheet], texts: Mapping[str, Mapping[str, str]]) -> None:
    """A form whose tables are all kept by a protection is the superior's to open: it says which cells, once."""
    shut = [(sheet.title, note.cells) for sheet in proposal for note in sheet.notes if note.code == "form-note-locked"]
    able = any(
        slot.kind != "cell" and slot.text and slot.cell not in sheet.locked
        for sheet in proposal
        for slot in sheet.slots
    )
    if shut and not able and not texts:
        raise UserError("form-locked", file=source.name, cells="；".join(" ".join(each) for each in shut))


def with_marks(source: Path, changes: Mapping[str, Mapping[str, Any]], keep: Set[str] = frozenset()) -> bytes:
    """The workbook with these texts in its cells. keep: hidden sheets that stay. Raises UserError form-nothing, form-too-large."""
    wanted = {sheet: cells for sheet, cells in changes.items() if cells}
    out = io.BytesIO(source.read_bytes())
    if not wanted and not _has_marks(source):
        raise UserError("form-nothing", file=source.name)
    if wanted:
        out = io.BytesIO()
        filling.fill_cells(source, out, wanted)
    workbook = emptied(out.getvalue(), keep)
    if len(workbook) > LARGEST:
        raise UserError("form-too-large", file=source.name, size=len(workbook) >> 20)
    return workbook


def choices(unit: str) -> list[tuple[str, str]]:
    """(mark, words) of what a place of a form may ask for, in rows of a unit; "" for a sheet without rows."""
    once = [(mark, title) for mark, title in report_marks.ONCE.items() if mark != "index"]
    if not unit:
        return once + [(name, name) for name in report_marks.COUNTS]
    return [(mark, titles[0]) for mark, titles in form_titles.titles(unit).items()]


def _has_marks(source: Path) -> bool:
    try:
        return bool(marks.scan(source).marks)
    except UserError as error:
        if error.code == "template-no-marks":
            return False
        raise


def spoken(text: str) -> str:
    """A cell's text with marks, in words: 填表人：【填表人】."""
    titles = {mark: title for unit in ("", *report_marks.units()) for mark, title in choices(unit)}
    return marks.MARK.sub(lambda found: f"【{titles.get(found[1], found[1])}】", text)


def units() -> list[tuple[str, str]]:
    """(key, words) of what a line may stand for."""
    return [(each.key, each.title) for each in report_marks.units().values()]


def saved(session: Session) -> list[Values]:
    """The learned forms by name: name, file, per, where, sort, until, marks, learned_at, by."""
    session.require("forms.read")
    with session.db.reading() as connection:
        found = local.recall_all(connection, KEPT)
    return [told(_decoded(value)) for _, value in sorted(found.items())]


def one(session: Session, name: str) -> Form:
    """Raises UserError("form-unknown") with the names there are; Refused."""
    found, known = _found(session, name)
    if found is None:
        raise UserError("form-unknown", name=name, known="、".join(known) or say("form-none-yet"))
    return found


def named(session: Session, template: str) -> Form | None:
    """The learned form of this name, if it is meant: a file of this path comes before it, and a name with a folder or
    an ending is a file's. Raises UserError("form-unknown") with all names for one that nothing is called; Refused."""
    path = Path(template)
    if path.exists() or path.parent != Path() or path.suffix.lower() in FILES:
        return None
    found, known = _found(session, template)
    ready = [name for name, _ in reports.ready_made()]
    if found is None and template not in ready:
        raise UserError("form-unknown", name=template, known="、".join([*known, *ready]))
    return found


def _found(session: Session, name: str) -> tuple[Form | None, list[str]]:
    session.require("forms.read")
    with session.db.reading() as connection:
        found = local.recall(connection, KEPT + name.strip())
        known = [key.removeprefix(KEPT) for key in local.recall_all(connection, KEPT)]
    return None if found is None else _decoded(found), sorted(known)


def fill(
    session: Session,
    name: str,
    out: Path,
    *,
    where: Sequence[tuple[str, ...]] = (),
    until: str | None = None,
    **how: Any,
) -> Values:
    """Fill a learned form: `reports.fill` with what is kept of it. where: conditions beyond its own; until: another
    time than its own. Raises UserError("form-unknown") and what `reports.fill` raises."""
    form = one(session, name)
    asked = how_to_fill(form)
    asked["where"] = [*form.where, *where]
    return reports.fill(session, form.workbook, out, **asked | ({} if until is None else {"until": until}) | how)


def how_to_fill(form: Form) -> Values:
    """What `reports.fill`, `preview` and `behind` are to be told of a learned form."""
    return {"where": form.where, "per": form.per, "sort": form.sort, "until": form.until, "name": form.name}


def remove(session: Session, name: str) -> Values:
    """Forget a form; files that were filled with it stay. Raises UserError("form-unknown"); Refused."""
    session.require("forms.learn")
    form = one(session, name)
    with session.db.transaction() as connection:
        local.forget(connection, KEPT + form.name)
    return {"name": form.name, "removed": True}


def export(session: Session, name: str, out: Path) -> Values:
    """The form with its marks as a workbook, to be mended by hand or given to another PC; what leaves is an entry."""
    form = one(session, name)
    said = {
        "kind": "form",
        "name": form.name,
        "out": out.name,
        "persons": 0,
        "people": [],
        "fields": [],
        "sensitive": False,
    }
    with replacing(out) as temporary:
        temporary.touch(mode=0o600)
        temporary.write_bytes(form.workbook)
        with session.noting("export", purpose="report") as writing:
            writing.act("export", "committee", session.committee_id, said)
    return {"name": form.name, "out": str(out)}


def told(form: Form) -> Values:
    """What is said of a form."""
    return {
        "name": form.name, "file": form.file, "per": form.per, "where": [list(each) for each in form.where],
        "sort": form.sort, "until": form.until, "learned_at": form.learned_at, "by": form.by,
        "marks": sorted(marks.scan(form.workbook).names),
    }  # fmt: skip


def _decoded(value: bytes) -> Form:
    return msgspec.msgpack.decode(value, type=Form)


__all__ = [
    "Form",
    "choices",
    "export",
    "fill",
    "how_to_fill",
    "learn",
    "named",
    "one",
    "propose",
    "remove",
    "saved",
    "told",
]
