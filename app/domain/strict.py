"""What an arriving entry may look like: the schema check of bundles, derived from the field catalogue.

Pure and asked for every entry, a quarter of a million in one bundle: plans are made once for each entity and retention
class, and what creates plain rows is read in one step by a decoder made for it; all else goes the long way, which also
finds the reason. A service asks `problem` per entry and `Heads` per chain (ledger-and-bundles.md §4); nothing that the
program itself writes may be refused: tests/domain/test_strict.py reads every `act` and every entry of a demo.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.domain import geometry
from app.domain.fields import CORE, ENTITIES, FORMAT, RETENTION_CLASSES, Field, Type
from app.domain.versions import DELETED

Part = Sequence[Any]
"""(retention class, patch text or None, salt in base64 or None, commitment in hex), as a line has it."""

ALIAS, ON, TRACE = "alias", "on", "trace"
WRITES = frozenset({"create", "change"})
"""Actions of entries that write values of a catalogue entity."""
ACTS = frozenset({
    "view", "search", "export", "print", "share", "import", "source", "receive", "login", "login-failed", "grant",
    "revoke", "restore", "backup",
})  # fmt: skip
"""Actions that write no value; what they say in words is a `t` of the trace class. Whoever adds one adds it here."""
SPOKEN_OF = frozenset({"batch", "bundle", "slot", "street", "device", "backup"})
"""What acts speak of beside the entities of the catalogue."""

LONGEST_ID = 80
LONGEST_TEXT = 100_000
LARGEST_PATCH = 4 << 20
LARGEST_TRACE = 1 << 20
MOST_ERASES = 1_000
DEEPEST = 16
_MOST = 1 << 53

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DATE = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_SEALED = r"sealed:[0-9A-Za-z-]{1,40}:[0-9A-Za-z_-]{38,}={0,2}"
_is_id = re.compile(_UUID).fullmatch
_is_pair = re.compile(f"({_UUID})\\|({_UUID})").fullmatch
_is_word = re.compile(f"[0-9A-Za-z:|._-]{{0,{LONGEST_ID}}}").fullmatch
_is_device = re.compile("[0-9a-f]{32}").fullmatch
_is_date = re.compile(_DATE).fullmatch
_is_sealed = re.compile(_SEALED).fullmatch
_is_salt = re.compile("[0-9A-Za-z+/]{21}[AQgw]==").fullmatch
_is_digest = re.compile("[0-9a-f]{64}").fullmatch
_is_class = re.compile("campaign:[0-9A-Za-z-]{1,64}").fullmatch
_is_time = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|Z)?").fullmatch  # fmt: skip  # noqa: E501
_is_code = re.compile("[0-9a-z:_-]{0,64}").fullmatch
_control = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]").search
_json = msgspec.json.Encoder()
_unjson = msgspec.json.Decoder()
_undict = msgspec.json.Decoder(dict[str, Any])


# ---------------------------------------------------------------- one entry


def problem(
    action: str, entity: str, row: str, format_: int, erases: Sequence[str], detail: Mapping[str, Any],
    parts: Sequence[Part],
) -> str | None:  # fmt: skip
    """Why an entry is none that a program of this format could have written; None if it is one.

    Codes: format-unknown, unknown-action, unknown-entity, id-shape, erases-shape, detail-shape, part-shape, part-class,
    patch-shape, too-large, unknown-field, field-class, field-type, not-sealed, sealed-elsewhere. Whether a part gives
    its commitment is the ledger's own question.
    """
    if not 1 <= format_ <= FORMAT:
        return "format-unknown"
    if action in WRITES:
        if entity not in ENTITIES:
            return "unknown-entity"
        if not _is_id(row):
            return "id-shape"
    elif reason := _other(action, entity, row):
        return reason
    if erases and (len(erases) > MOST_ERASES or not all(map(_is_id, erases))):
        return "erases-shape"
    if (detail or action in _DETAILED) and not _detail_fits(action, detail):
        return "detail-shape"
    before = ""
    for retention, patch, salt, commitment in parts:
        if retention <= before or not _is_digest(commitment) or (patch is None) is not (salt is None):
            return "part-shape"
        before = retention
        if retention not in _classes(action, entity):
            return "unknown-field" if _is_class(retention) else "part-class"
        if patch is not None and (reason := _patch(action, entity, retention, patch, salt)):
            return reason
    return None if parts or action not in _PARTED else "part-shape"


_DETAILED = frozenset({"epoch", "erase"})
_PARTED = WRITES | {"merge"}


def _other(action: str, entity: str, row: str) -> str | None:
    """What is no create or change of a row: its entity, and its id's shape."""
    shape: Callable[[str], object] = _is_id
    if action in ACTS:
        known = entity in ENTITIES or entity in SPOKEN_OF
        shape = _is_word
    elif action == "epoch":
        known = entity == "chain"
    elif action == "merge":
        known, shape = entity == ALIAS, _is_ordered_pair
    elif action == "undo":
        known = entity in ENTITIES or entity in ("batch", ALIAS)
        shape = _is_ordered_pair if entity == ALIAS else _is_id
    elif action == "erase":
        known = entity in ENTITIES
    else:
        return "unknown-action"
    if not known:
        return "unknown-entity"
    return None if shape(row) else "id-shape"


def _is_ordered_pair(row: str) -> bool:
    found = _is_pair(row)
    return found is not None and found[1] < found[2]


def _detail_fits(action: str, detail: Mapping[str, Any]) -> bool:
    if action == "epoch":
        return set(detail) == {"parent"} and (detail["parent"] is None or _is_parent(detail["parent"]))
    if action == "erase":
        return (
            set(detail) == {"class", "erase"} and isinstance(detail["class"], str) and isinstance(detail["erase"], str)
            and (detail["class"] in RETENTION_CLASSES or _is_class(detail["class"]) is not None)
            and _is_id(detail["erase"]) is not None
        )  # fmt: skip
    return False


def _is_parent(value: object) -> bool:
    """[epoch, seq, digest]: where a further epoch goes on from."""
    if not isinstance(value, list) or len(value) != 3:
        return False
    epoch, seq, digest = value
    texts = isinstance(epoch, str) and isinstance(digest, str) and _is_id(epoch) and _is_digest(digest)
    return bool(texts) and _counts(seq, least=0)


# ---------------------------------------------------------------- one part


@cache
def _classes(action: str, entity: str) -> frozenset[str]:
    """The retention classes in which an entry of this kind may have parts."""
    if action in WRITES:
        return frozenset({CORE, *(each.retention for each in ENTITIES[entity].stored)})
    if action in ACTS:
        return frozenset({TRACE})
    row = action == "merge" or (action == "undo" and entity != "batch")
    return frozenset({CORE}) if row else frozenset()


def _patch(action: str, entity: str, retention: str, patch: str, salt: str) -> str | None:
    if not _is_salt(salt):
        return "part-shape"
    if len(patch) > LARGEST_PATCH:
        return "too-large"
    if action in WRITES:
        plan = _plan(entity, retention)
        if plan.plain(patch):
            return None
        return _written(entity, plan, patch)
    said = _read(patch)
    if said is None:
        return "patch-shape"
    if action in ACTS:
        if set(said) != {"t"} or not isinstance(said["t"], dict) or not _shallow(said, DEEPEST):
            return "patch-shape"
        return "too-large" if len(patch) > LARGEST_TRACE else None
    if action == "merge":
        return _merged(said)
    return None if set(said) == {"o"} and _marks_fit(entity, said["o"]) else "patch-shape"


def _read(patch: str) -> dict[str, Any] | None:
    """A patch that is exactly what `app.db.entries.commit` makes of it: no key twice, no blank."""
    try:
        said = _undict.decode(patch)
        return said if _json.encode(said) == patch.encode() else None
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
        return None


def _merged(said: dict[str, Any]) -> str | None:
    fits = (
        set(said) <= {"v", "r"} and isinstance(said.get("v"), dict) and set(said["v"]) == {ON}
        and isinstance(said["v"][ON], bool) and _replaced_fit(said.get("r", {}), {ON})
    )  # fmt: skip
    return None if fits else "patch-shape"


@dataclass(frozen=True, slots=True)
class _Plan:
    """How patches of one entity in one class are read. keys: field → under which name its versions run."""

    fields: dict[str, Field]
    keys: dict[str, str]
    decode: Callable[[str], Any]
    mixed: bool
    """Sealed fields are not all that lies in the class: the long way looks for sealed texts in others."""
    structured: bool

    def plain(self, patch: str) -> bool:
        """Values alone, each of its field's type; says no in all doubt."""
        try:
            said = self.decode(patch)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False
        if self.structured or "\\u00" in patch or (self.mixed and "sealed:" in patch):
            return False
        return bool(_json.encode(said) == patch.encode()) and patch != '{"v":{}}'


@cache
def _plan(entity: str, retention: str) -> _Plan:
    fields = {each.key: each for each in ENTITIES[entity].stored if each.retention == retention}
    ordered = sorted(fields.values(), key=lambda each: each.key)
    shapes = [(f"f{n}", Annotated[_SHAPES[each.type], _META[_kind(each)]] | None | UnsetType, UNSET)
              if _kind(each) in _META else (f"f{n}", _SHAPES[each.type] | None | UnsetType, UNSET)
              for n, each in enumerate(ordered)]  # fmt: skip
    names = {f"f{n}": each.key for n, each in enumerate(ordered)}
    if retention == CORE:  # as `append_fresh` writes it: before the others
        shapes.insert(0, ("f", bool | UnsetType, UNSET))
        names["f"] = DELETED
    values = msgspec.defstruct("Values", shapes, rename=names, forbid_unknown_fields=True, omit_defaults=True)
    whole = msgspec.defstruct("Patch", [("v", values)], forbid_unknown_fields=True)
    return _Plan(
        fields,
        {**{key: each.group or key for key, each in fields.items()}, **({DELETED: DELETED} if retention == CORE else {})},
        msgspec.json.Decoder(whole).decode,
        mixed=not all(each.sealed for each in ordered),
        structured=any(each.type in (Type.JSON, Type.RECORDS) and not each.sealed for each in ordered)
        and retention != "base",
    )


def _written(entity: str, plan: _Plan, patch: str) -> str | None:
    """The long way: every key and every value one by one."""
    said = _read(patch)
    if said is None or not set(said) <= {"v", "r", "s"} or not isinstance(said.get("v"), dict) or not said["v"]:
        return "patch-shape"
    values = said["v"]
    for key, value in values.items():
        if key not in plan.keys:
            return "field-class" if key == DELETED or _is_stored(entity, key) else "unknown-field"
        if reason := _value(plan.fields.get(key), value):
            return reason
    if not _replaced_fit(said.get("r", {}), {plan.keys[key] for key in values}):
        return "patch-shape"
    if "s" in said and (DELETED not in values or not _all(said["s"], _is_ref)):
        return "patch-shape"
    return None


def _is_stored(entity: str, key: str) -> bool:
    return key in ENTITIES[entity] and ENTITIES[entity][key].stored
