"""Between stored and shown: level-3 values sealed on the way in, opened and masked on the way out, once, here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from app.db.seal import SEALED as SEALED
from app.db.seal import indexing, is_sealed, without_derived
from app.domain import values as forms
from app.domain.documents import comparable, read_document
from app.domain.fields import ENTITIES
from app.domain.findings import Refused
from app.domain.people import derived_birth_date
from app.services.session import Session

Values = dict[str, Any]


def stored(session: Session, entity: str, row: str, values: Mapping[str, Any], committee: str = "") -> Values:
    """Values as the ledger keeps them: level-3 ones sealed for exactly this row, under its committee's ring.

    A birth date that stands in the ID number is not kept a second time. Raises Refused("ring-needed").
    """
    ring = session.sealing_ring(committee)
    if ring is not None:
        return ring.sealed(entity, row, values)
    for key in SEALED[entity]:
        if values.get(key) is not None and not is_sealed(values[key]):
            raise Refused("ring-needed", field=ENTITIES[entity][key].title)
    return without_derived(entity, values)


def opened(session: Session, entity: str, values: Values) -> Values:
    """A row with its sealed values opened where this account holds the ring; otherwise they stay sealed."""
    result = dict(values)
    for key, value in values.items():
        if type(value) is str and is_sealed(value) and (ring := session.ring_of(value)) is not None:
            result[key] = msgspec.json.decode(ring.open(entity, values["id"], key, value))
    if entity == "resident":
        papers = result.get("documents")
        if "birth_date" not in result and isinstance(papers, list) and (born := derived_birth_date(papers)):
            result["birth_date"] = born
    return result


def presented(session: Session, entity: str, values: Values, *, sensitive: bool, phones: bool) -> Values:
    """What leaves: views on list fields added, level 3 masked unless `sensitive`, phones unless `phones`."""
    result = opened(session, entity, values)
    shown: Values = {}
    for key, value in result.items():
        if key not in ENTITIES[entity]:
            shown[key] = value
            continue
        field = ENTITIES[entity][key]
        if is_sealed(value):
            shown[key] = forms.HIDDEN
        elif field.level >= 3:
            shown[key] = value if sensitive else forms.mask(field, value)
        else:
            shown[key] = value if phones else forms.mask(field, value)
    for field in ENTITIES[entity]:
        if field.part_of and isinstance(shown.get(field.part_of[0]), list) and shown[field.part_of[0]]:
            part = shown[field.part_of[0]][0].get(field.part_of[1])
            if part is not None:
                shown[field.key] = part
    return shown


def whole_lists(entity: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> Values:
    """Values in which a view on a list (`phone=…`) has become the list, its first entry replaced."""
    result: Values = {}
    for key, value in values.items():
        field = ENTITIES[entity][key]
        if field.part_of is None:
            result[key] = value
            continue
        whole, part = field.part_of
        entries = [dict(entry) for entry in result.get(whole, before.get(whole)) or []]
        if not entries:
            entries = [{}]
        entries[0][part] = value
        if whole == "documents" and part == "number" and value and not entries[0].get("type"):
            entries[0]["type"] = read_document(value).type or "身份证"
        entries[0] = {name: each for name, each in entries[0].items() if each not in (None, "")}
        result[whole] = [entry for entry in entries if entry] or None
    return result


def number_index(session: Session, papers: Any) -> list[bytes]:
    """Index values of all numbers of a list of papers; empty without the index key."""
    return numbering(session)(papers)


def numbering(session: Session) -> Callable[[Any], list[bytes]]:
    """`number_index` for many people."""
    if session.index_key is None:
        return lambda papers: []
    value_of = indexing(session.index_key)

    def numbers(papers: Any) -> list[bytes]:
        if not isinstance(papers, list):
            return []
        return [value_of(comparable(paper["number"])) for paper in papers if paper.get("number")]

    return numbers
