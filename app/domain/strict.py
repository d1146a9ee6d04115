"""What an arriving entry may look like: the schema check of bundles, derived from the field catalogue.

Pure and asked for every entry, a quarter of a million in one bundle: plans are made once for each entity and retention
class; what only sets plain values is read in one step by a decoder made for it, all else goes the long way, which also
finds the reason. Nothing that the program itself writes may be refused: tests/domain/test_strict.py asks about every
`act` in the sources and every entry of a demo. Longer than most files: it is one question, and its parts make no sense
apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.domain import geometry, isolation
from app.domain.fields import CORE, ENTITIES, FORMAT, RETENTION_CLASSES, Field, Type
from app.domain.moves import is_move
from app.domain.versions import DELETED

Part = Sequence[Any]
"""(retention class, patch text or None, salt in base64 or None, commitment in hex), as a line has it."""

ALIAS, ON, TRACE = "alias", "on", "trace"
WRITES = frozenset({"create", "change"})
"""Actions of entries that write values of a row of the catalogue."""
ACTS = frozenset({
    "view", "search", "export", "print", "share", "import", "source", "receive", "login", "login-failed", "grant",
    "revoke", "restore", "backup", "erase-proposed", "erase-confirmed", "refused", "reviewed",
})  # fmt: skip
"""Actions that write no value; what they say in words is a `t` of the trace class. Whoever adds one adds it here."""
SPOKEN_OF = frozenset({"act", "batch", "bundle", "slot", "street", "device", "backup"})
"""What acts speak of beside the entities of the catalogue."""

LONGEST_ID = 80
LONGEST_TEXT = 100_000
LARGEST_PATCH = 4 << 20
LARGEST_TRACE = 1 << 20
MOST_ERASES = 1_000
DEEPEST = 16
_NUMBER = 1 << 53

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DATE = "[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_SEALED = "sealed:[0-9A-Za-z-]{1,40}:[0-9A-Za-z_-]{38,}={0,2}"
_is_id = re.compile(_UUID).fullmatch
_is_pair = re.compile(f"({_UUID})[|]({_UUID})").fullmatch
_is_name = re.compile(f"[0-9A-Za-z:|._-]{{0,{LONGEST_ID}}}").fullmatch
_is_device = re.compile("[0-9a-f]{32}").fullmatch
_is_date = re.compile(_DATE).fullmatch
_is_sealed = re.compile(_SEALED).fullmatch
_is_salt = re.compile("[0-9A-Za-z+/]{21}[AQgw]==").fullmatch
_is_digest = re.compile("[0-9a-f]{64}").fullmatch
_is_campaign = re.compile("campaign:[0-9A-Za-z-]{1,64}").fullmatch
is_time = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|Z)?"
).fullmatch
_is_code = re.compile("[0-9a-z:_-]{0,64}").fullmatch
_has_control = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]").search  # half a character is none
_encode = msgspec.json.Encoder().encode
_read_patch = msgspec.json.Decoder(dict[str, Any]).decode
_BROKEN = (msgspec.MsgspecError, ValueError, RecursionError, OverflowError)


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
    if erases and (len(erases) > MOST_ERASES or not _all(erases, _is_id)):
        return "erases-shape"
    if (detail or action in _DETAILED) and not _detail_fits(action, detail):
        return "detail-shape"
    classes, before = _classes(action, entity), ""
    for retention, patch, salt, commitment in parts:
        if retention <= before or not _is_digest(commitment) or (patch is None) is not (salt is None):
            return "part-shape"
        if retention not in classes:
            return "part-class"
        if patch is not None and (reason := _patch(action, entity, retention, patch, salt)):
            return reason
        before = retention
    return None if parts or action not in _PARTED else "part-shape"


_DETAILED = frozenset({"epoch", "erase"})
_PARTED = WRITES | {"merge"}


def _other(action: str, entity: str, row: str) -> str | None:
    """What is no create or change of a row: is it of the right kind, and its id of the right shape?"""
    pair = entity == ALIAS
    if action in ACTS:
        known, fits = entity in ENTITIES or entity in SPOKEN_OF, _is_name(row) is not None
    elif action == "epoch":
        known, fits = entity == "chain", _is_id(row) is not None
    elif action == "merge":
        known, fits = pair, _is_ordered(row)
    elif action == "undo":
        known = pair or entity in ENTITIES or entity == "batch"
        fits = _is_ordered(row) if pair else _is_id(row) is not None
    elif action == "erase":
        known, fits = entity in ENTITIES or entity == "batch", _is_id(row) is not None
    else:
        return "unknown-action"
    return ("unknown-entity" if not known else "id-shape") if not (known and fits) else None


def _is_ordered(row: str) -> bool:
    """An alias's id: two rows, the smaller first."""
    found = _is_pair(row)
    return found is not None and found[1] < found[2]


def _detail_fits(action: str, detail: Mapping[str, Any]) -> bool:
    if action == "epoch":
        return set(detail) == {"parent"} and (detail["parent"] is None or _is_parent(detail["parent"]))
    if action == "erase":
        retention = detail.get("class")
        return set(detail) == {"class", "erase"} and _is_text(detail["erase"], _is_id) and (
            _is_text(retention, RETENTION_CLASSES.__contains__) or _is_text(retention, _is_campaign)
        )  # fmt: skip
    return False


def _is_parent(value: object) -> bool:
    """[epoch, seq, digest]: where a further epoch goes on from."""
    return (
        isinstance(value, list) and len(value) == 3 and _is_text(value[0], _is_id) and _counts(value[1], 0)
        and _is_text(value[2], _is_digest)
    )  # fmt: skip


# ---------------------------------------------------------------- one part


@cache
def _classes(action: str, entity: str) -> frozenset[str]:
    """The retention classes in which an entry of this kind may have parts."""
    if action in WRITES:
        return frozenset({CORE, *(each.retention for each in ENTITIES[entity].stored)})
    if action in ACTS:
        return frozenset({TRACE})
    return frozenset({CORE}) if action == "merge" or (action == "undo" and entity != "batch") else frozenset()


def _patch(action: str, entity: str, retention: str, patch: str, salt: str) -> str | None:
    if not _is_salt(salt):
        return "part-shape"
    if len(patch) > (LARGEST_TRACE if action in ACTS else LARGEST_PATCH):
        return "too-large"
    if action in WRITES:
        plan = _plan(entity, retention)
        return None if plan.is_plain(patch) else _written(entity, plan, patch)
    said = _read(patch)
    if said is None:
        return "patch-shape"
    if action in ACTS:
        fits = set(said) == {"t"} and isinstance(said["t"], dict) and _is_shallow(said)
    elif action == "merge":
        values = said.get("v")
        fits = set(said) <= {"v", "r"} and isinstance(values, dict) and set(values) == {ON} and (
            isinstance(values[ON], bool) and _replaces(said, {ON})
        )  # fmt: skip
    else:
        fits = set(said) == {"o"} and _all(said["o"], _keys_of(entity).is_mark)
    return None if fits else "patch-shape"


def _read(patch: str) -> dict[str, Any] | None:
    """A patch, if it is exactly what `app.db.entries.commit` makes of it: no key twice, no blank."""
    try:
        said = _read_patch(patch)
        return said if _encode(said) == patch.encode() else None
    except _BROKEN:
        return None


def _written(entity: str, plan: _Plan, patch: str) -> str | None:
    """The long way to what is wrong with values: every key and every value one by one."""
    said = _read(patch)
    if said is None or not set(said) <= {"v", "r", "s"} or not isinstance(said.get("v"), dict) or not said["v"]:
        return "patch-shape"
    for key, value in said["v"].items():
        if key not in plan.keys:
            return "field-class" if key in _keys_of(entity).all else "unknown-field"
        if key in plan.fields:
            if reason := _value(plan.fields[key], value):
                return reason
        elif not isinstance(value, bool):
            return "field-type"
    if not _replaces(said, {plan.keys[key] for key in said["v"]}):
        return "patch-shape"
    return "patch-shape" if "s" in said and not (DELETED in said["v"] and _all(said["s"], _is_entry)) else None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How patches of one entity in one class are read. keys: field → under which name its versions run."""

    fields: dict[str, Field]
    keys: dict[str, str]
    decode: Callable[[str], Any]
    open: bool
    """Fields lie in the class that are not sealed: a sealed text may have got into one."""
    shaped: tuple[str, ...]
    """Of the decoded values, those that the decoder alone does not judge."""

    def is_plain(self, patch: str) -> bool:
        """Nothing but values, each of its field's kind; no in all doubt."""
        try:
            said = self.decode(patch)
        except _BROKEN:
            return False
        if "\\u00" in patch or (self.open and "sealed:" in patch) or len(patch) < _LEAST:
            return False
        if self.shaped and any(getattr(said.v, each) is not UNSET for each in self.shaped):
            return False
        return bool(_encode(said) == patch.encode())


_LEAST = len('{"v":{"a":0}}')


@cache
def _plan(entity: str, retention: str) -> _Plan:
    fields = {each.key: each for each in ENTITIES[entity].stored if each.retention == retention}
    keys = {key: each.group or key for key, each in fields.items()}
    names, shapes, shaped = {}, [], []
    for n, each in enumerate(sorted(fields.values(), key=lambda one: one.key)):
        names[f"f{n}"] = each.key
        shapes.append((f"f{n}", _shape(each) | None | UnsetType, UNSET))
        if not each.sealed and (each.type is Type.JSON or _graver(each)):
            shaped.append(f"f{n}")
    if retention == CORE:  # the first, as `append_fresh` writes it
        keys[DELETED] = DELETED
        names["f"] = DELETED
        shapes.insert(0, ("f", bool | UnsetType, UNSET))
    decode = msgspec.json.Decoder(_struct("Patch", [("v", _struct("Values", shapes, names))])).decode
    return _Plan(fields, keys, decode, not all(each.sealed for each in fields.values()), tuple(shaped))


def _struct(name: str, shapes: list[Any], names: dict[str, str] | None = None) -> Any:
    return msgspec.defstruct(name, shapes, rename=names, forbid_unknown_fields=True, omit_defaults=True)


def _shape(of: Field) -> Any:
    """A field's values as the decoder knows them."""
    if of.sealed:
        return Annotated[str, Meta(pattern=rf"^{_SEALED}\Z", max_length=2 * LONGEST_TEXT)]
    if of.type is Type.RECORDS:
        parts = [(f"f{n}", _shape(part) | None | UnsetType, UNSET) for n, part in enumerate(of.parts)]
        record: Any = _struct("Record", parts, {f"f{n}": part.key for n, part in enumerate(of.parts)})
        return list[record]
    return {
        Type.INTEGER: Annotated[int, Meta(ge=-_NUMBER, le=_NUMBER)], Type.YEAR: Annotated[int, Meta(ge=0, le=9999)],
        Type.BOOLEAN: bool, Type.DATE: Annotated[str, Meta(pattern=rf"^{_DATE}\Z")], Type.JSON: Any,
        Type.REFERENCE: Annotated[str, Meta(pattern=rf"^(?:{_UUID})?\Z")], Type.CHOICES: list[_Text],
    }.get(of.type, _Text)  # fmt: skip


_Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]


# ---------------------------------------------------------------- one value


def value_problem(of: Field, value: object) -> str | None:
    """Why a value, not yet sealed, must not be written: everybody who received it would refuse the bundle.

    Codes: too-large, sealed-elsewhere, not-sealed, field-type.
    """
    if value is not None and of.sealed:
        return "too-large" if len(_encode(value)) > LONGEST_TEXT else None
    return _value(of, value)


def unsendable(of: Field, value: object) -> str | None:
    """Why a value as it would be stored can be read by nobody else: its texts alone, not its kind.

    Codes: too-large, field-type (a control character), sealed-elsewhere.
    """
    if value is None or of.sealed:
        return None
    texts = list(_texts(value))
    if of.type is not Type.JSON and any(map(_is_sealed, texts)):
        return "sealed-elsewhere"
    if any(len(text) > LONGEST_TEXT for text in texts) or len(texts) > LONGEST_TEXT:
        return "too-large"
    return None if of.type is Type.JSON or all(map(_is_clean, texts)) else "field-type"


def _value(of: Field, value: object) -> str | None:
    if value is None:
        return None
    if of.sealed:
        if not _is_text(value, _is_sealed):
            return "not-sealed"
        return "too-large" if len(str(value)) > 2 * LONGEST_TEXT else None
    if of.type is not Type.JSON and any(_is_sealed(text) for text in _texts(value)):
        return "sealed-elsewhere"
    if any(len(text) > LONGEST_TEXT for text in _texts(value)):
        return "too-large"
    if _tells_more(of, value):
        return "not-sealed"
    return None if _fits(of, value) else "field-type"


def _fits(of: Field, value: object) -> bool:
    """Is it a value of the field's kind?"""
    if of.type is Type.JSON:
        fits = _SHAPES.get(of.key)
        return _is_shallow(value) and (fits is None or fits(value))
    if of.type is Type.RECORDS:
        parts = {part.key: part for part in of.parts}
        return _all(value, lambda one: isinstance(one, dict) and all(
            key in parts and (each is None or _fits(parts[key], each)) for key, each in one.items()
        ))  # fmt: skip
    if of.type is Type.CHOICES:
        return _all(value, lambda one: _is_text(one, _is_clean))
    if of.type is Type.BOOLEAN:
        return isinstance(value, bool)
    if of.type in (Type.INTEGER, Type.YEAR):
        low, high = (0, 9999) if of.type is Type.YEAR else (-_NUMBER, _NUMBER)
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    if of.type is Type.REFERENCE:
        return value == "" or _is_text(value, _is_id)
    return _is_text(value, _is_date if of.type is Type.DATE else _is_clean)


def _tells_more(of: Field, value: object) -> bool:
    """Does it hold in the open what its sealed sister is for: a doubtful row's sealed fields, a sensitive group?"""
    graver = _graver(of)
    if of.type is Type.CHOICES:
        return isinstance(value, list) and any(isinstance(word, str) and word in graver for word in value)
    return isinstance(value, dict) and not graver.isdisjoint(value)


@cache
def _graver(of: Field) -> frozenset[str]:
    """What may stand only in the field of the same name with `_sensitive`: its words, or the names of sealed fields."""
    sisters = [
        each for entity in ENTITIES.values() for each in entity if each.sealed and each.key == f"{of.key}_sensitive"
    ]
    if of.type is Type.CHOICES:
        return frozenset(word for each in sisters for word in each.choices)
    return _SEALED_KEYS if sisters and of.type is Type.JSON else frozenset()


_SEALED_KEYS = frozenset(each.key for entity in ENTITIES.values() for each in entity if each.level >= 3)


def _is_outline(value: object) -> bool:
    try:
        geometry.read(value)
    except geometry.GeometryError:
        return False
    return True


def _is_texts(value: object) -> bool:
    """{title: text}, as the columns of a roster that have no field."""
    return isinstance(value, dict) and all(
        _is_text(title, _is_clean) and _is_text(text, _is_clean) for title, text in value.items()
    )


def _is_codes(value: object) -> bool:
    """Why a row was put aside: words are looked up by these."""
    return isinstance(value, list) and all(isinstance(each, str) and _is_code(each) for each in value)


_SHAPES: dict[str, Callable[[object], bool]] = {
    "geometry": _is_outline,
    "move": is_move,
    "extra": _is_texts,
    "why": _is_codes,
    "stages": isolation.is_stages,
    "steps": isolation.is_steps,
}
"""JSON fields whose shape is known."""


def _is_clean(text: str) -> bool:
    return _has_control(text) is None


def _texts(value: object) -> Iterable[str]:
    """Every text in a value, keys too."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]


def _is_shallow(value: object) -> bool:
    """Lists and objects nest no deeper than anybody needs."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner for one in level if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]  # fmt: skip
        if not level:
            return True
    return False


# ---------------------------------------------------------------- versions and marks


@dataclass(frozen=True, slots=True)
class _Keys:
    """The names an entity's fields go by. all: of fields; versions: of what has versions."""

    all: frozenset[str]
    versions: frozenset[str]

    def is_mark(self, value: object) -> bool:
        """[entry, [key…], on, {key: [version…]}]: one mark of an undo."""
        if not (isinstance(value, list) and len(value) == 4 and isinstance(value[2], bool) and _is_entry(value[0])):
            return False
        keys, replaced = value[1], value[3]
        known = (
            isinstance(keys, list) and bool(keys) and _all(keys, lambda key: _is_text(key, self.versions.__contains__))
        )
        return known and _replaces({"r": replaced}, set(keys))


@cache
def _keys_of(entity: str) -> _Keys:
    if entity == ALIAS:
        return _Keys(frozenset({ON}), frozenset({ON}))
    stored = ENTITIES[entity].stored
    return _Keys(
        frozenset({DELETED, *(each.key for each in stored)}),
        frozenset({DELETED, *(each.group or each.key for each in stored)}),
    )


def _replaces(said: Mapping[str, Any], keys: set[str]) -> bool:
    """Are the replaced versions those of these keys, if there are any?"""
    replaced = said.get("r", {})
    return (
        isinstance(replaced, dict)
        and set(replaced) <= keys
        and all(_all(each, _is_version) for each in replaced.values())
    )


def _is_version(value: object) -> bool:
    """[n, seq], or with device and epoch between them where another chain wrote it."""
    return isinstance(value, list) and len(value) in (2, 4) and _counts(value[0], 1) and _is_entry(value[1:])


def _is_entry(value: object) -> bool:
    """[seq], or [device, epoch, seq]."""
    if not isinstance(value, list) or len(value) not in (1, 3) or not _counts(value[-1], 1):
        return False
    return len(value) == 1 or (_is_text(value[0], _is_device) and _is_text(value[1], _is_id))


def _counts(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= _NUMBER


def _is_text(value: object, fits: Callable[[str], object]) -> bool:
    return isinstance(value, str) and bool(fits(value))


def _all(values: object, fits: Callable[[Any], object]) -> bool:
    return isinstance(values, list | tuple) and all(map(fits, values))


# ---------------------------------------------------------------- one chain


@dataclass(slots=True)
class Heads:
    """What holds from one entry of a chain to the next: it begins with its epoch, and a batch lies in one piece.

    Ask for every entry of a bundle's chain, in their order.
    """

    epoch: str
    current: tuple[str, str, str, str, int] | None = None
    done: set[str] = field(default_factory=set)

    def problem(
        self, seq: int, at: str, account: str, purpose: str, batch: str, format_: int, action: str, row: str
    ) -> str | None:
        """Codes: head-shape, epoch-place, batch-differs, batch-split."""
        said = (batch, at, account, purpose, format_)
        if said != self.current:
            if self.current is not None:
                if batch == self.current[0]:
                    return "batch-differs"
                self.done.add(self.current[0])
            if batch in self.done:
                return "batch-split"
            if not (_is_id(batch) and is_time(at) and _is_id(account) and _is_code(purpose)):
                return "head-shape"
            self.current = said
        if (seq == 1) is not (action == "epoch") or (seq == 1 and row != self.epoch):
            return "epoch-place"
        return None
