"""find, show, add, set."""

from __future__ import annotations

import argparse
from typing import Any

from app.commands.opening import Result, opened, table
from app.domain import by_steps
from app.domain.fields import ENTITIES, Entity, Type
from app.domain.findings import UsageError, UserError
from app.domain.values import parse
from app.domain.values import show as shown
from app.services import enrolment, records, search
from app.words import say

FIND_COLUMNS = ("name", "sex", "path", "phone", "id")


def find(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        hits = search.find(session, " ".join(chosen.query), chosen.limit)
    rows = [[hit.get(column) for column in FIND_COLUMNS] for hit in hits]
    return hits, table(rows, ("姓名", "性别", "地址", "电话", "编号")) if hits else say("find-none"), 0


def show(chosen: argparse.Namespace) -> Result:
    entity = _entity(chosen.entity)
    with opened(chosen) as session:
        values = records.show(session, entity.key, chosen.ref, history=chosen.history)
    return values, _words(entity, values), 0


def _words(entity: Entity, values: dict[str, Any]) -> str:
    lines = [values["path"] or values["id"]]
    lines += [f"  {entity[key].title}：{shown(entity[key], value)}" for key, value in values.items()
              if key in entity and entity[key].type is not Type.REFERENCE and entity[key].stored]  # fmt: skip
    for person in values.get("residents", ()):
        lines.append(f"  · {person.get('name', '')} {person.get('relation', '')} {person.get('phone', '')}".rstrip())
    for household in values.get("households", ()):
        lines.append(f"  · {household.get('head') or ''} {household['residents']}人")
    for past in values.get("history", ()):
        if past.get("erased"):
            lines.append(f"  {past['at'][:16].replace('T', ' ')} {past['account']} {past['title']} 已清除")
            continue
        text = shown(entity[past["field"]], past["value"]) if past["field"] in entity else past["value"]
        lines.append(
            f"  {past['at'][:16].replace('T', ' ')} {past['account']} {past['title']} → {text} {past['source']}".rstrip()
        )
    return "\n".join(lines)


def add(chosen: argparse.Namespace) -> Result:
    entity = _entity(chosen.entity)
    values = {key: value for key, value in field_values(entity, chosen.values).items() if value is not None}
    with opened(chosen) as session:
        committee = enrolment.committee_of(session, chosen.committee) if chosen.committee else ""
        done = records.add(session, entity.key, values, source=chosen.source, committee=committee, typed=True)
    return _changed(done), say("added", entity=entity.title, id=done.id), 0


def set_values(chosen: argparse.Namespace) -> Result:
    entity = _entity(chosen.entity)
    values = field_values(entity, chosen.values)
    by_steps.must_be_plain(entity.key, values)
    with opened(chosen) as session:
        done = records.change(session, entity.key, chosen.ref, values, source=chosen.source)
    titles = "、".join(entity[key].title for key in done.changed)
    return (
        _changed(done),
        say("changed", titles=titles, batch=done.batch) if done.changed else say("nothing-changed"),
        0,
    )


def _changed(done: records.Change) -> dict[str, Any]:
    return {"id": done.id, "changed": list(done.changed), "batch": done.batch}


def _entity(name: str) -> Entity:
    key = name.replace("-", "_")
    if key not in ENTITIES:
        raise UsageError("entity-unknown", entity=name, known="、".join(ENTITIES))
    return ENTITIES[key]


EXTRA = {"dwelling": ("estate", "lane")}
"""Words that `add` takes besides the entity's own fields: what lies above, made if missing."""


def field_values(entity: Entity, pairs: list[str]) -> dict[str, Any]:
    """FIELD=VALUE pairs as values of an entity. Raises UsageError: pair-invalid, field-unknown; UserError of a value."""
    values: dict[str, Any] = {}
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign:
            raise UsageError("pair-invalid", value=pair)
        if key in EXTRA.get(entity.key, ()):
            values[key] = text
            continue
        if key not in entity:
            raise UsageError("field-unknown", field=key, entity=entity.title, known="、".join(f.key for f in entity))
        values[key] = _value(entity, key, text)
    return values


def _value(entity: Entity, key: str, text: str) -> Any:
    field = entity[key]
    if text == "":
        return None
    parsed = parse(field, text)
    if parsed.problem and parsed.value is None:
        raise UserError(parsed.problem, value=text, column=field.title, title=field.title, row="")
    if parsed.problem == "choice-unknown":
        raise UserError("choice-unknown", value=text, column=field.title, title=field.title, row="")
    return parsed.value
