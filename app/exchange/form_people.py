"""Whose data a superior's form still holds beside what is filled: on hidden sheets, in comments, in lines nobody took for
a list. Numbers of papers and phones go everywhere; with them the names beside them, and hidden sheets that list people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any

from app.domain import form_titles
from app.domain.documents import check_digit
from app.exchange.meaning import is_name
from app.exchange.package import Package, Sheet
from app.exchange.sheetxml import M, Strings, cells, column_of

_ID = re.compile(r"(?<![0-9A-Za-z.])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9A-Za-z])")
_NAMES = ("姓名", "居民姓名", "人员姓名", "户主", "户主姓名")
_COMMENTS = {"comments": f"{M}comment", "threadedComment": "{*}threadedComment"}


@dataclass(frozen=True, slots=True)
class Held:
    """code: of the note that says it: form-note-hidden-people, form-note-hidden-needed, form-note-comment-people,
    form-note-people. cells: where, as Excel shows them; none for a whole hidden sheet."""

    sheet: str
    code: str
    cells: tuple[str, ...] = ()


def without_numbers(text: str) -> str:
    """Without ID numbers and mobile phones; a mark is left as it is."""
    if "{{" in text:
        return text
    text = _ID.sub(lambda found: "" if check_digit(found[0][:17]) == found[0][17].upper() else found[0], text)
    return _MOBILE.sub("", text)


def held(package: Package) -> list[Held]:
    """What the workbook holds of people, in the order of its sheets."""
    strings, found = Strings(package), []
    hidden, needed = _hidden(package), _needed(package)
    for sheet in package.worksheets:
        people = [cell.get("r") for cell in _of_people(package, sheet, strings)]
        if sheet.title in hidden:
            if people or _lists_names(package, sheet, strings):
                code = "form-note-hidden-needed" if sheet.title in needed else "form-note-hidden-people"
                found.append(Held(sheet.title, code))
        elif people:
            found.append(Held(sheet.title, "form-note-people", tuple(people)))
        told = tuple(str(comment.get("ref")) for _, comment in _comments(package, sheet))
        if told:
            found.append(Held(sheet.title, "form-note-comment-people", told))
    return found


def forget_people(package: Package, keep: Set[str] = frozenset()) -> None:
    """Empty it of them. keep: hidden sheets that stay; those that drop-downs need stay, too, both without numbers."""
    strings, sheets = Strings(package), {sheet.title: sheet for sheet in package.worksheets}
    for each in held(package):
        sheet = sheets[each.sheet]
        if each.code == "form-note-hidden-people" and each.sheet not in keep:
            _clear(package, sheet, [cell for _, cell in cells(package.tree(sheet.part))])
        elif each.code == "form-note-people":
            whole = [cell for cell in _of_people(package, sheet, strings) if _is_all(_text(cell, strings))]
            _clear(package, sheet, whole)  # of a longer text the numbers alone go
        elif each.code == "form-note-comment-people":
            for part, comment in _comments(package, sheet):
                package.touch(part)
                for text in comment.iter("{*}t", "{*}text"):
                    text.text = None if len(text) else ""


def _clear(package: Package, sheet: Sheet, some: list[Any]) -> None:
    package.touch(sheet.part)
    for cell in some:
        cell[:] = []
        cell.attrib.pop("t", None)


# ---------------------------------------------------------------- where people are


def _text(cell: Any, strings: Strings) -> str:
    return (strings.text(cell) or ("" if cell.get("t") == "s" else cell.findtext(f"{M}v") or "")).strip()


def _of_people(package: Package, sheet: Sheet, strings: Strings) -> Iterator[Any]:
    """Cells that hold such a number, and in their lines the names beside them."""
    lines: dict[int, list[tuple[Any, str]]] = {}
    for row, cell in cells(package.tree(sheet.part)):
        if cell.find(f"{M}f") is None and (text := _text(cell, strings)):
            lines.setdefault(row, []).append((cell, text))
    for line in lines.values():
        if any(without_numbers(text) != text for _, text in line):
            for cell, text in line:
                if without_numbers(text) != text or _is_person(text):
                    yield cell


def _is_person(text: str) -> bool:
    return is_name(text) and not form_titles.is_title(text) and form_titles.label(text) is None


def _is_all(text: str) -> bool:
    """Does it hold nothing but a person: a name, a number, or both?"""
    rest = re.sub(r"[\s:：/()（）-]", "", without_numbers(text))
    return not rest or is_name(rest)


def _lists_names(package: Package, sheet: Sheet, strings: Strings) -> bool:
    """Is there a column of names below its title?"""
    columns: set[int] = set()
    for _, cell in cells(package.tree(sheet.part)):
        text = _text(cell, strings)
        if text in _NAMES:
            columns.add(column_of(cell))
        elif columns and text and column_of(cell) in columns and _is_person(text):
            return True
    return False


def _comments(package: Package, sheet: Sheet) -> Iterator[tuple[str, Any]]:
    """(part, comment) of those with such a number."""
    for kind, tag in _COMMENTS.items():
        for relation in package.relations(sheet.part, kind):
            for comment in package.tree(relation.target).iter(tag):
                text = "".join(comment.itertext())
                if without_numbers(text) != text:
                    yield relation.target, comment


def _hidden(package: Package) -> set[str]:
    listed = package.tree(package.workbook).iterfind(f"{M}sheets/{M}sheet")
    return {str(each.get("name")) for each in listed if each.get("state", "visible") != "visible"}


def _needed(package: Package) -> set[str]:
    """Sheets that drop-downs take their choices from, by themselves or through a name."""
    asked = " ".join(
        "".join(each.itertext())
        for sheet in package.worksheets for each in package.tree(sheet.part).iter("{*}dataValidation")
    )  # fmt: skip
    names = package.tree(package.workbook).iter(f"{M}definedName")
    asked += " ".join(
        each.text or "" for each in names if each.get("name", "") in asked or "INDIRECT(" in asked.upper()
    ) if asked else ""  # fmt: skip
    return {sheet.title for sheet in package.worksheets if sheet.title in asked.replace("''", "'")}
