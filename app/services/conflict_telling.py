"""A conflict in words: whose row, which field, each side's value with its author, moment and source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.db import history, present
from app.db.connection import Connection
from app.db.rows import ALIAS, Reader
from app.db.seal import is_sealed
from app.domain import deciding
from app.domain.fields import ENTITIES, Field, Type
from app.domain.values import show
from app.domain.versions import DELETED, Row, Version, Write, is_dead, open_versions, shown
from app.exchange.registry import Member
from app.services import enrolment, places
from app.services.session import Session
from app.services.values import Values, opened, presented
from app.words import say

Named = tuple[str, str, str, str]
"""(committee, entity, row, field or group)"""


def members_of(connection: Connection) -> dict[str, Member]:
    """The registered PCs by their ids; none before enrolment."""
    found = enrolment.held(connection)
    return {member.id: member for member in found[1].members} if found else {}


def versions_of(session: Session, entity: str, members: list[Row], of: str) -> list[tuple[Version, Values, Any]]:
    """(version, the row with this value alone, what it says opened), lowest first; sealed for whom it was written of."""
    found = []
    for version, write in sorted(open_versions(members, of).items()):
        by = next(member.id for member in members if version in member.keys.get(of, ()))
        one = {"id": by, of: write.value}
        found.append((version, one, opened(session, entity, one)[of] if is_sealed(write.value) else write.value))
    return found


@dataclass(slots=True)
class Telling:
    """Describes conflicts; what many of them share (names, households, batches) is read once."""

    session: Session
    connection: Connection
    sensitive: bool = False
    members: dict[str, Member] = field(init=False)
    accounts: Values = field(init=False)
    readers: dict[str, Reader] = field(default_factory=dict)
    paths: dict[tuple[str, str, str], str] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.members = members_of(self.connection)
        self.accounts = {}
        for committee in (*self.session.scope(self.connection), self.session.office):
            self.accounts |= present.account_names(self.connection, committee)

    def case(self, committee: str, entity: str, row: str, of: str) -> Values:
        named = committee, entity, row, of
        kind = deciding.kind_of(named[1], named[3])
        reader = self.readers.setdefault(committee, Reader(self.connection, committee))
        members = reader.members(row)
        path = self.path(reader, entity, row)
        values = (
            self._deleted(reader, members, kind) if kind in (deciding.DELETED, deciding.IN_USE)
            else self._values(reader, named, members)
        )  # fmt: skip
        known = ENTITIES[entity].by_key.get(of) if entity in ENTITIES else None
        return {
            "id": f"{row}:{of}", "kind": kind, "entity": entity, "row": row, "field": of, "path": path,
            "name": path.rpartition("/")[2], "title": self._title(named, known), "level": known.level if known else 1,
            "committee": committee, "committee_name": self._committee_name(committee), "values": values,
        }  # fmt: skip

    def _committee_name(self, committee: str) -> str:
        if committee == self.session.committee_id:
            return self.session.name
        return next((each.name for each in self.members.values() if each.committee == committee), "")

    def _title(self, named: Named, known: Field | None) -> str:
        _, entity, _, of = named
        if known is not None:
            return known.title
        if deciding.is_group(entity, of):
            return "、".join(each.title for each in ENTITIES[entity].fields if each.group == of)
        return say(f"conflict-title-{deciding.kind_of(named[1], named[3])}")

    # ---------------------------------------------------------------- values

    def _values(self, reader: Reader, named: Named, members: list[Row]) -> list[Values]:
        _, entity, _, of = named
        standing = versions_of(self.session, entity, deciding.alive(members), of)
        found: list[Values] = []
        said: list[Any] = []
        for version, one, means in standing:
            same = next((number for number, each in enumerate(said) if each == means), len(said))
            said.append(means)
            value = one[of]
            if entity in ENTITIES and of in ENTITIES[entity]:
                value = presented(self.session, entity, one, sensitive=self.sensitive, phones=True).get(of)
            found.append({
                "version": history.version_text(version), "value": value, "text": self._text(reader, named, value),
                "same": same, "shown": version == standing[-1][0], **self._origin(reader, version),
            })  # fmt: skip
        return found

    def _deleted(self, reader: Reader, members: list[Row], kind: str) -> list[Values]:
        """Two acts stand for the versions: take the row back, or leave it deleted."""
        doubtful = deciding.deleted_in_doubt(members)
        marks = {v: w for member in doubtful for v, w in open_versions((member,), DELETED).items()}
        gone = max((version for version, write in marks.items() if write.value), default=None)
        later = self._later(doubtful, marks)
        kept = {
            "version": deciding.KEEP, "value": False, "text": say("conflict-restore"), "same": 0,
            "shown": not any(map(is_dead, doubtful)), **self._origin(reader, later),
        }  # fmt: skip
        if kind == deciding.IN_USE:
            return [kept | self._origin(reader, None)]
        return [kept, {
            "version": deciding.DELETE, "value": True, "text": say("conflict-delete"), "same": 1,
            "shown": not kept["shown"], **self._origin(reader, gone),
        }]  # fmt: skip

    def _later(self, members: list[Row], marks: dict[Version, Write]) -> Version | None:
        """What a deletion had not seen: a value written elsewhere, or a taking back."""
        seen = {ref for write in marks.values() for ref in write.seen}
        found = [
            version for member in members for key in member.keys if key != DELETED
            for version in open_versions((member,), key) if version[1:] not in seen
        ] or [version for version, write in marks.items() if not write.value]  # fmt: skip
        return max(found, default=None)

    def _origin(self, reader: Reader, version: Version | None) -> Values:
        if version is None:
            return {"at": "", "account": "", "device": "", "of": "", "source": ""}
        said, member = history.origin(reader, version, self.sources), self.members.get(version[1])
        of = "" if member is None else "centre" if member.role == "centre" else "own"
        if member is None and version[1] == self.session.device:
            of = self.session.role if self.session.role == "centre" else "own"
        device = member.name if member else self.session.name if version[1] == self.session.device else ""
        return {
            "at": said["at"], "account": self.accounts.get(said["account"]) or device or said["account"],
            "device": device, "of": of, "source": said["source"],
        }  # fmt: skip

    # ---------------------------------------------------------------- words

    def _text(self, reader: Reader, named: Named, value: Any) -> str:
        _, entity, _, of = named
        kind = deciding.kind_of(named[1], named[3])
        if kind == deciding.MERGE:
            return say("conflict-merged" if value else "conflict-apart")
        if kind == deciding.MOVE:
            return self._move(value)
        if value is None:
            return say("conflict-empty")
        if deciding.is_group(entity, of):
            fields = [each for each in ENTITIES[entity].fields if each.group == of and value.get(each.key) is not None]
            parts = [self._field(reader, each, value[each.key]) for each in fields]
            return " ".join(filter(None, parts)) or say("conflict-empty")
        return self._field(reader, ENTITIES[entity][of], value) or say("conflict-empty")

    def _field(self, reader: Reader, known: Field, value: Any) -> str:
        if known.type is Type.REFERENCE:
            return self.path(reader, known.refers_to, str(value)).replace("/", " ") or say("conflict-gone")
        if known.type is Type.JSON:
            drawn = isinstance(value, dict) and "coordinates" in value
            return say("conflict-drawn", count=_points(value)) if drawn else say("conflict-list", count=len(value))
        return show(known, value)

    def _move(self, value: Any) -> str:
        if not isinstance(value, dict):
            return say("conflict-move-none")
        to = self._committee_name(str(value.get("to") or value.get("of") or ""))
        return say(f"conflict-move-{value.get('state')}", name=to)

    def path(self, reader: Reader, entity: str, row: str) -> str:
        """Where a row lies; of a deleted one what its entries still say."""
        key = reader.committee_id, entity, row
        if key not in self.paths:
            self.paths[key] = self._path(reader, entity, row)
        return self.paths[key]

    def _path(self, reader: Reader, entity: str, row: str) -> str:
        if entity == ALIAS:
            return say(
                "conflict-pair",
                names="、".join(self.path(reader, "resident", r).rpartition("/")[2] for r in row.split("|")),
            )
        members = reader.members(row)
        if entity == "resident":  # whose households many conflicts share
            home, name = shown(deciding.alive(members), "household"), str(shown(deciding.alive(members), "name") or "")
            return "/".join(filter(None, (self.path(reader, "household", home) if home else "", name)))
        lies = places.path_of(self.connection, reader.committee_id, entity, row)
        if lies or entity not in ENTITIES:
            return lies
        return self._path_of_deleted(reader, entity, deciding.alive(members))

    def _path_of_deleted(self, reader: Reader, entity: str, members: list[Row]) -> str:
        """From the entries, as far up as they say: the tables have forgotten it."""
        group = shown(members, "path") or {}
        parts = {
            "building": [group.get("lane"), group.get("number")], "dwelling": [group.get("unit"), group.get("room")],
        }.get(entity) or [shown(members, "name") or shown(members, "label") or ENTITIES[entity].title]  # fmt: skip
        above = {"building": "estate", "block": "estate", "dwelling": "building", "household": "dwelling"}.get(
            entity, "resident"
        )
        of = group.get(above) or shown(members, above)
        prefix = self.path(reader, above, str(of)) if of else ""
        return "/".join(str(each) for each in (prefix, *parts) if each)


def _points(shape: Any) -> int:
    """How many corners a drawing has."""
    if isinstance(shape, dict):
        return _points(shape.get("coordinates") or [])
    if isinstance(shape, list) and shape and not isinstance(shape[0], list):
        return 1
    return sum(map(_points, shape)) if isinstance(shape, list) else 0
