"""form learn, list, show, remove, export."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from app.commands.opening import Result, opened
from app.commands.reports import condition
from app.domain.findings import UserError
from app.services import forms
from app.words import say

_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
Texts = dict[str, dict[str, str]]


def learn(chosen: argparse.Namespace) -> Result:
    """Keep a form, or with --dry-run only say what it is taken for."""
    source = Path(chosen.file)
    with opened(chosen) as session:
        proposal = forms.propose(session, source)
        told = {"file": str(source), "sheets": [_told(sheet) for sheet in proposal]}
        if chosen.dry_run:
            return told, _words(source.name, told), 0
        texts = _texts(chosen.texts)
        kept = forms.learn(
            session, source, chosen.name or source.stem, texts=texts, per=dict(_pair(each) for each in chosen.per),
            where=[condition(each) for each in chosen.where], sort=chosen.sort, until=chosen.until or "",
            keep_sheets=chosen.keep_sheet,
        )  # fmt: skip
    words = [say("form-learned", name=kept["name"], marks=len(kept["marks"])), *_notes(told)]
    return {**kept, **told}, "\n".join(words), 0


def _told(sheet: Any) -> dict[str, Any]:
    return {
        "sheet": sheet.title, "unit": sheet.unit, "header": sheet.header, "body": sheet.body, "locked": sheet.locked,
        "slots": [
            {"cell": slot.cell, "title": slot.title, "text": slot.text, "confidence": round(slot.confidence, 2),
             "kind": slot.kind}
            for slot in sheet.slots
        ],
        "emptied": len(sheet.emptied),
        "notes": [{"code": note.code, "cells": note.cells, "about": note.about, "message": noted(sheet.title, note)}
                  for note in sheet.notes],
    }  # fmt: skip


def noted(sheet: str, note: Any) -> str:
    """What was left alone on a sheet, and why."""
    return say(note.code, sheet=sheet, cells=note.cells, about=note.about)


def _words(file: str, told: dict[str, Any]) -> str:
    slots = [(sheet["sheet"], slot) for sheet in told["sheets"] for slot in sheet["slots"]]
    known = sum(bool(slot["text"]) for _, slot in slots)
    lines = [say("form-proposed", file=file, sheets=len(told["sheets"]), known=known, unknown=len(slots) - known)]
    lines += [
        say("form-proposed-slot", sheet=sheet, **{**slot, "text": slot["text"] or say("form-not-understood")})
        for sheet, slot in slots
    ]
    return "\n".join([*lines, *_notes(told)])


def _notes(told: dict[str, Any]) -> list[str]:
    return [note["message"] for sheet in told["sheets"] for note in sheet["notes"]]


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value


def _texts(path: str | None) -> Texts | None:
    """{sheet: {cell: text}} from a file. Raises UserError form-texts-damaged, form-cell-invalid."""
    if path is None:
        return None
    try:
        given = json.loads(Path(path).read_text("utf-8-sig"))
    except (OSError, ValueError):
        raise UserError("form-texts-damaged", file=path) from None
    if not isinstance(given, dict) or not all(isinstance(cells, dict) for cells in given.values()):
        raise UserError("form-texts-damaged", file=path)
    for cell in (cell for cells in given.values() for cell in cells):
        if not _CELL.fullmatch(cell):
            raise UserError("form-cell-invalid", cell=cell)
    return given


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = forms.saved(session)
    return found, "\n".join(say("form-list-line", **each) for each in found) or say("form-none"), 0


def remove(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = forms.remove(session, chosen.name)
    return done, say("form-removed", **done), 0


def export(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = forms.export(session, chosen.name, Path(chosen.out))
    return done, say("form-exported", **done), 0
