"""The real ledger, on real encrypted files, against the executable model of its rules.

Both are driven by the same generated histories of three devices of one committee: edits, creations,
deletions, references, merging of duplicates, undo and redo, erasing, decisions, and bundles that are
carried late, twice or in another order. After every step both show the same rows and the same conflicts.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import connection as files
from app.db import ledger, merging
from app.db.ledger import Author, Writing
from app.db.migrations import upgrade
from app.db.rows import Reader
from app.domain.findings import NotTrusted, UserError
from app.domain.versions import DELETED, shown

MODEL = Path(__file__).parents[2].parent / "shared" / "model" / "model.py"
EXAMPLES = 3_000 if os.environ.get("LOUTU_ALL") else 120
COMMITTEE = "A"
NODES = ("A1", "A2", "C")
IDS = ("A:p1", "A:p2", "A:p3", "A:d1")
FIELDS = {"name": "name", "phone": "note", "health": "note_sensitive", "ref": "moved_from", "deleted": DELETED}
CLASSES = {"basic": "base", "sens": "care"}
DATA = ("name", "name", "phone", "health")  # weighted, so that histories meet in few fields of few rows
ROWS = ("A:p1", "A:p1", "A:p1", "A:p2", "A:p2", "A:p3", "A:d1")
WRITERS = ("A1", "A1", "A2", "C")
STEPS = (
    "edit", "edit", "edit", "delete", "undelete", "refer", "merge", "undo", "undo", "undo_old", "erase", "batch",
    "decide", "send", "take", "take", "sync", "sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def model() -> ModuleType:
    if not MODEL.exists():
        pytest.skip("the executable model of the ledger (shared/model) is not beside the project")
    spec = importlib.util.spec_from_file_location("ledger_model", MODEL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["ledger_model"] = module
    spec.loader.exec_module(module)
    return module


class Device:
    """One real encrypted file and the model's node of the same device."""

    def __init__(self, name: str, folder: Path, model: ModuleType) -> None:
        self.name = name
        self.node = model.Node(name, model.Opt())
        self.db = files.create(folder / f"{name}.db", bytes(32), make=upgrade)
        self.batches: list[tuple[int, str]] = []
        self.times = itertools.count()

    @property
    def author(self) -> Author:
        return Author(self.name, COMMITTEE, "account", f"t{next(self.times)}")

    def write(self, act: Any, batch: int) -> None:
        with self.db.transaction() as connection:
            with Writing(connection, self.author, "change") as writing:
                act(writing)
            self.batches.append((batch, writing.batch))

    # ---- what both show

    def says(self) -> tuple[dict[str, dict[str, Any]], set[tuple[str, str]]]:
        with self.db.reading() as connection:
            rows = connection.exec_driver_sql("SELECT id, name, note, note_sensitive, moved_from FROM resident")
            state = {
                row[0]: {g: v for g, v in zip(("name", "phone", "health", "ref"), row[1:], strict=True) if v is not None}
                for row in rows
            }  # fmt: skip
            back = {real: g for g, real in FIELDS.items()} | {"in-use": "in-use"}
            found = connection.exec_driver_sql('SELECT "row", field FROM "conflict" WHERE entity = \'resident\'')
            return state, {(row, back[field]) for row, field in found}

    def model_says(self) -> tuple[dict[str, dict[str, Any]], set[tuple[str, str]]]:
        state, conflicts = self.node.view()
        first = {m: self.node.members(m)[0] for m in IDS}
        return (
            {
                row: {g: first.get(v, v) if g == "ref" else v for g, v in values.items()
                      if g in FIELDS and g != "deleted" and v is not None}
                for row, values in state.items() if row in IDS and not values.get("deleted")
            },
            {(row, g) for row, g in conflicts if row in IDS},
        )  # fmt: skip


class History:
    """Three devices, the sticks between them, and what was done."""

    def __init__(self, folder: Path, model: ModuleType) -> None:
        model._uid = itertools.count(1)
        self.model = model
        self.devices = {name: Device(name, folder, model) for name in NODES}
        self.sticks: list[tuple[str, Any, list[Any]]] = []
        self.lengths: dict[str, dict[int, int]] = {name: {0: 0} for name in NODES}
        self.values = itertools.count(1)

    def close(self) -> None:
        for device in self.devices.values():
            device.db.close()

    def step(self, code: int, a: int, b: int, c: int) -> None:
        step = STEPS[code % len(STEPS)]
        device = self.devices[WRITERS[a % 4]]
        getattr(self, step)(device, ROWS[b % 7], b, c)
        self._note_lengths(device)
        for each in self.devices.values():
            assert each.says() == each.model_says(), step

    def _note_lengths(self, device: Device) -> None:
        own = [log for chain, log in device.node.log.items() if chain[0] == device.name]
        with device.db.reading() as connection:
            current = ledger.current_chain(connection, device.name, COMMITTEE)
        if own and current:
            self.lengths[device.name][len(own[0])] = current[2]

    # ---- steps

    def _fresh(self, device: Device, row: str) -> dict[str, Any]:
        node = device.node
        known = any(key[0] == row for key in node.vers)
        return {} if known and node._shown(row, "deleted", node.vers) is False else {"deleted": False}

    def edit(self, device: Device, row: str, b: int, c: int) -> None:
        g, value = DATA[c % 4], f"v{next(self.values)}"
        batch = device.node.put(row, {g: value, **self._fresh(device, row)})
        device.write(lambda w: w.change("resident", row, {FIELDS[g]: value}), batch)

    def batch(self, device: Device, row: str, b: int, c: int) -> None:
        g, value, other = DATA[c % 4], f"v{next(self.values)}", IDS[(b + c) % 4]
        batch = device.node.put(row, {g: value, **self._fresh(device, row)})
        device.node.put(other, {"phone": value + "b", **self._fresh(device, other)}, batch=batch)

        def act(writing: Writing) -> None:
            writing.change("resident", row, {FIELDS[g]: value})
            writing.change("resident", other, {FIELDS["phone"]: value + "b"})

        device.write(act, batch)

    def _delete(self, device: Device, row: str, deleted: bool) -> None:
        node = device.node
        if node._shown(row, "deleted", node.vers) is not (not deleted):
            return
        batch = node.write("A", [(row, {"deleted": (deleted, frozenset(node.open_([row], "deleted")))})])
        device.write(lambda w: w.set_deleted("resident", row, deleted), batch)

    def delete(self, device: Device, row: str, b: int, c: int) -> None:
        self._delete(device, row, True)

    def undelete(self, device: Device, row: str, b: int, c: int) -> None:
        self._delete(device, row, False)

    def refer(self, device: Device, row: str, b: int, c: int) -> None:
        node, target = device.node, IDS[-1]
        if row == target or any(node._shown(x, "deleted", node.vers) is not False for x in (row, target)):
            return
        batch = node.put(row, {"ref": target})
        device.write(lambda w: w.change("resident", row, {FIELDS["ref"]: target}), batch)

    def merge(self, device: Device, row: str, b: int, c: int) -> None:
        node, other = device.node, IDS[(b + 1 + c) % 4]
        if row == other or not all(any(key[0] == x for key in node.vers) for x in (row, other)):
            return
        low, high = sorted((row, other))
        alias = f"A:al:{low}|{high}"
        batch = node.write("A", [(alias, {"on": (True, frozenset(node.open_([alias], "on")))})])
        device.write(lambda w: w.merge_rows(row, other), batch)

    def _undo(self, device: Device, at: int) -> None:
        if not device.batches:
            return
        mine, real = device.batches[at % len(device.batches)]
        made, _ = device.node.undo(mine)
        with device.db.transaction() as connection:
            try:
                undone, _ = ledger.undo(connection, device.author, real, whole_rows=False)
            except UserError as error:
                assert made is None, error
                return
        assert made is not None, undone
        device.batches.append((made, undone.batch))

    def undo(self, device: Device, row: str, b: int, c: int) -> None:
        self._undo(device, len(device.batches) - 1)

    def undo_old(self, device: Device, row: str, b: int, c: int) -> None:
        self._undo(device, b)

    def erase(self, device: Device, row: str, b: int, c: int) -> None:
        node, retention = device.node, ("basic", "sens")[c % 2]
        if not any(key[0] == row for key in node.vers):
            return
        members, number = node.members(row), next(self.values)
        batch = node.write("A", [(member, ("erase", retention, f"{number}{member}")) for member in members])

        def act(writing: Writing) -> None:
            for member in members:
                ledger.erase(writing, "resident", member, CLASSES[retention], erase_id=f"{number}{member}")

        device.write(act, batch)

    def decide(self, device: Device, row: str, b: int, c: int) -> None:
        node = device.node
        conflicts = sorted(x for x in node.view()[1] if x[0] in IDS)
        if not conflicts:
            return
        row, g = conflicts[b % len(conflicts)]
        if g == "in-use":
            batch = node.put(row, {"deleted": False})
            device.write(lambda w: w.change("resident", row, {DELETED: False}), batch)
            return
        standing = node.open_(node.members(row), g)
        keep = sorted(standing)[c % len(standing)] if standing else None
        value = standing[keep][0] if keep else False
        if keep:
            row = next(m for m in node.members(row) if keep in node.vers.get((m, g), {}))
        batch = node.put(row, {g: value, **(self._fresh(device, row) if g != "deleted" else {})})
        device.write(lambda w: w.change("resident", row, {FIELDS[g]: value}), batch)

    # ---- sticks

    def _export(self, device: Device, to: Device) -> tuple[str, Any, list[Any]]:
        bundle = device.node.export(to.node)
        lines: list[Any] = []
        with device.db.reading() as connection:
            for (name, _, _), items in bundle.chains:
                after = self.lengths[name][items[0][0].seq - 1]
                n = connection.exec_driver_sql("SELECT n FROM chain WHERE device = ?", (name,)).scalar()
                lines += list(merging.records(connection, n, after))
        return to.name, bundle, lines

    def _take(self, stick: tuple[str, Any, list[Any]]) -> None:
        name, bundle, lines = stick
        device = self.devices[name]
        said = device.node.imp(bundle)
        try:
            with device.db.transaction() as connection:
                merging.merge(connection, lines)
            assert said == "ok"
        except NotTrusted as refusal:
            assert (said, refusal.code) == ("gap", "ledger-gap")

    def send(self, device: Device, row: str, b: int, c: int) -> None:
        to = self.devices[NODES[b % 3]]
        if to is not device:
            self.sticks.append(self._export(device, to))

    def take(self, device: Device, row: str, b: int, c: int) -> None:
        if self.sticks:
            self._take(self.sticks[b % len(self.sticks)])

    def sync(self, device: Device, row: str, b: int, c: int) -> None:
        to = self.devices[NODES[b % 3]]
        if to is not device:
            self._take(self._export(device, to))
            self._take(self._export(to, device))


number = st.integers(0, 59)


@settings(
    max_examples=EXAMPLES, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(st.tuples(number, number, number, number), min_size=12, max_size=45))
def test_the_ledger_and_its_model_say_the_same(
    steps: list[tuple[int, int, int, int]], model: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> None:
    history = History(tmp_path_factory.mktemp("history"), model)
    try:
        for step in steps:
            history.step(*step)
        for name in NODES[:2] * 2:
            history.sync(history.devices["C"], IDS[0], NODES.index(name), 0)
        says = [device.says() for device in history.devices.values()]
        assert says[0] == says[1] == says[2]
        for device in history.devices.values():
            _rebuilt(device)
    finally:
        history.close()


def _rebuilt(device: Device) -> None:
    """What the tables show is what the entries alone say."""
    with device.db.reading() as connection:
        reader = Reader(connection, COMMITTEE)
        for row in IDS:
            alive = any(shown((member,), DELETED) is False for member in reader.members(row))
            there = connection.exec_driver_sql("SELECT 1 FROM resident WHERE id = ?", (reader.leader(row),)).first()
            assert bool(there) == alive
