"""A workbook as the package of parts it is: what is not changed goes out as the bytes that came in.

openpyxl rewrites a workbook from what it understands; a superior's form holds more than that. Here only the parts
that must change are parsed, and nothing of the file is believed before it is checked.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from app.domain.findings import UserError
from app.files import DiskFullError, replacing

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "[Content_Types].xml"
SAVED = "（已保存的模板）"
"""How a form that comes as bytes is named in messages."""

LARGEST_XML = 24 << 20
LARGEST = 100 << 20
"""Bytes unpacked: of all XML, of all together. A form is far smaller; more is a bomb or a mistake."""
LARGEST_LIST = 1 << 30
"""The same for a list, whose cells are filled without holding it."""

_WORKBOOK_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_DAMAGED = (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, etree.XMLSyntaxError)

Stream = Callable[[BinaryIO], None]
"""Writes one part."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to. kind: the last word of the type; target: name of the part, as named in the package."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """kind: worksheet, chartsheet, …; part: its name in the package."""

    title: str
    part: str
    kind: str


class Package:
    """An opened package; see `opened`. Names of parts are found whatever their case."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist()}
        self._names = {part.casefold(): part for part in self._infos}
        self._trees: dict[str, Any] = {}
        self._changed: dict[str, bytes | None] = {}
        main = [each.target for each in self.relations("") if each.kind == "officeDocument"]
        if not main:
            raise UserError("template-damaged", file=name)
        self.workbook = main[0]
        self.sheets = self._sheets()

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._names

    @property
    def parts(self) -> list[str]:
        return list(self._infos)

    def read(self, part: str) -> bytes:
        """As it came."""
        with _reading(self.name):
            return self._archive.read(self._infos[self._names[part.casefold()]])

    def pieces(self, part: str) -> Iterator[bytes]:
        """The same in pieces."""
        with _reading(self.name), self._archive.open(self._infos[self._names[part.casefold()]]) as file:
            while piece := file.read(1 << 20):
                yield piece

    def tree(self, part: str) -> Any:
        """The part's root; who changes it says so with `touch`."""
        part = self._names[part.casefold()]
        if part not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            with _reading(self.name):
                self._trees[part] = etree.fromstring(self.read(part), parser)
        return self._trees[part]

    def touch(self, part: str) -> Any:
        """The root of a part that is changed: it will be written from its tree."""
        root = self.tree(part)
        self._changed[self._names[part.casefold()]] = None
        return root

    def is_touched(self, part: str) -> bool:
        return self._names[part.casefold()] in self._changed

    def replace(self, part: str, content: bytes) -> None:
        """Other bytes for a part; later reading sees the old ones."""
        self._changed[self._names[part.casefold()]] = content

    def content(self, part: str) -> bytes:
        """The part as it will be written."""
        part = self._names[part.casefold()]
        if part not in self._changed:
            return self.read(part)
        content = self._changed[part]
        return serialised(self._trees[part]) if content is None else content

    def relations(self, part: str, kind: str = "") -> list[Relation]:
        """What a part refers to within the package, of one kind if given."""
        name = relations_name(part)
        if name not in self:
            return []
        found = []
        for each in self.tree(name):
            what = str(each.get("Type", "")).rpartition("/")[2]
            target = resolved(part, each.get("Target", ""))
            if each.get("TargetMode") != "External" and kind in ("", what) and target in self:
                found.append(Relation(each.get("Id", ""), what, self._names[target.casefold()]))
        return found

    def all(self, kind: str) -> list[str]:
        """Every part that some part refers to as `kind`, in the package's order."""
        if not hasattr(self, "_kinds"):
            self._kinds: dict[str, set[str]] = {}
            for part in self.parts:
                for each in self.relations(part) if not part.endswith("/") else ():
                    self._kinds.setdefault(each.kind, set()).add(each.target)
        return [part for part in self.parts if part in self._kinds.get(kind, ())]

    def drop(self, part: str) -> None:
        """Take a part out, with its content type and the workbook's relation to it."""
        for each in list(self.touch(TYPES)):
            if str(each.get("PartName", ""))[1:].casefold() == part.casefold():
                each.getparent().remove(each)
        relations = self.touch(relations_name(self.workbook))
        for each in list(relations):
            if resolved(self.workbook, each.get("Target", "")).casefold() == part.casefold():
                relations.remove(each)
        del self._infos[self._names.pop(part.casefold())]

    def _sheets(self) -> tuple[Sheet, ...]:
        there = {each.id: each for each in self.relations(self.workbook)}
        root = self.tree(self.workbook)
        if root.tag != f"{{{MAIN}}}workbook":
            raise UserError("template-type", file=self.name)  # Strict Open XML, which nobody's form is
        listed = [
            (each.get("name", ""), there.get(each.get(f"{{{OFFICE}}}id", "")))
            for each in root.iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet")
        ]
        return tuple(Sheet(title, found.target, found.kind) for title, found in listed if found is not None)

    @property
    def worksheets(self) -> list[Sheet]:
        return [sheet for sheet in self.sheets if sheet.kind == "worksheet"]

    def write(self, out: BinaryIO, streams: Mapping[str, Stream]) -> None:
        """The package in its old order; streams: parts that are written by somebody else."""
        with zipfile.ZipFile(out, "w", allowZip64=True) as archive:
            archive.comment = self._archive.comment
            for part, info in self._infos.items():
                new = zipfile.ZipInfo(part, info.date_time)
                new.compress_type, new.external_attr = info.compress_type, info.external_attr
                if part in streams:
                    with archive.open(new, "w", force_zip64=True) as file:
                        streams[part](file)  # type: ignore[arg-type]  # zipfile gives IO[bytes]
                else:
                    archive.writestr(new, self.content(part))


def relations_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def serialised(root: Any) -> bytes:
    tree = root.getroottree()
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=tree.docinfo.standalone))


@contextmanager
def opened(source: Path | bytes, *, largest: int = LARGEST, largest_xml: int = LARGEST_XML) -> Iterator[Package]:
    """The checked package. What is damaged inside is only met while reading it; that raises template-damaged, too.

    Raises UserError template-missing, template-type, template-damaged, template-too-large, report-signed.
    """
    name = SAVED if isinstance(source, bytes) else source.name
    if isinstance(source, Path) and not source.is_file():
        raise UserError("template-missing", file=str(source))
    file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with file:
        head = file.read(4)
        if not head.startswith(b"PK"):
            raise UserError("template-type" if head else "template-damaged", file=name)
        with _reading(name):
            archive = zipfile.ZipFile(file)
        with archive:
            _check(archive, name, largest, largest_xml)
            yield Package(archive, name)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise UserError("template-damaged", file=name) from error


def _check(archive: zipfile.ZipFile, name: str, largest: int, largest_xml: int) -> None:
    infos = archive.infolist()
    names = {info.filename for info in infos}
    xml = [info for info in infos if info.filename.endswith((".xml", ".rels", ".vml"))]
    size = sum(info.file_size for info in infos)
    if sum(info.file_size for info in xml) > largest_xml or size > largest:
        raise UserError("template-too-large", file=name, size=size >> 20)
    with _reading(name):
        types = archive.read(TYPES) if TYPES in names else b""
        entities = any(_declares_entities(archive, info) for info in xml)
    if _WORKBOOK_TYPE not in types:
        raise UserError("template-type", file=name)
    if any(part.startswith("_xmlsignatures/") for part in names):
        raise UserError("report-signed", file=name)
    if entities or len(names) != len(infos):
        raise UserError("template-damaged", file=name)


def _declares_entities(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    with archive.open(info) as file:
        return b"<!DOCTYPE" in file.read(4096).replace(b"\0", b"")


def written(package: Package, out: Path | BinaryIO, streams: Mapping[str, Stream]) -> None:
    """The package under its name, whole or not at all; or into what is open. Raises UserError report-unwritable."""
    if not isinstance(out, Path):
        package.write(out, streams)
        return
    try:
        with replacing(out) as temporary:
            temporary.touch(mode=0o600)  # it is about people
            with temporary.open("wb") as file:
                package.write(file, streams)
    except DiskFullError:
        raise
    except OSError as error:
        raise UserError("report-unwritable", file=str(out)) from error
