"""Four PCs with real encrypted files and real bundles against the executable model of the rules.

The model plays its own histories (`check.World`: two PCs of one committee, another committee, the centre; lost,
repeated and reordered sticks, undo, merging, erasing, revoking, moving, backups and restores); whatever it does to one
of its nodes is done here to the real file of the same PC, and after every step the files it touched must show the same
rows and the same conflicts, and name the same gaps. Longer than most files: it is one translation from one to the other.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db import checking, devices, ledger
from app.db import connection as files
from app.db.entries import commit
from app.db.identity import new_device
from app.db.ledger import Author, Writing
from app.db.local import keep_secret
from app.db.migrations import upgrade
from app.db.seal import Ring
from app.domain import clock
from app.domain.findings import NotTrusted, UserError
from app.domain.versions import DELETED, open_versions
from app.exchange import registry as registries
from app.exchange.registry import Member, Registry
from app.services import enrolment, sync
from app.services.session import Session

MODEL = Path(__file__).parents[2].parent / "shared" / "model"
HISTORIES = int(os.environ.get("LOUTU_HISTORIES", "2000" if os.environ.get("LOUTU_ALL") else "12"))
SEED = int(os.environ.get("LOUTU_SEED", "1"))
COMMITTEES = {name: str(uuid5(NAMESPACE_OID, name)) for name in "AB"}
STREET = str(uuid5(NAMESPACE_OID, "street"))
FIELDS = {"name": "workplace", "phone": "nationality", "health": "note_sensitive", "ref": "moved_from",
          "move": "move", "deleted": DELETED}  # fmt: skip
CLASSES = {"basic": "base", "sens": "care"}
ROWS = {"A:d1": 1, "A:p1": 2, "A:p2": 3, "A:p3": 4, "B:d1": 1, "B:p1": 2}
"""In the order of the model's names, because the smallest id of a merged group leads it."""


def row_id(name: str) -> str:
    if name in ROWS:
        return f"0000000{ROWS[name]}-0000-7000-8000-00000000000{'AB'.index(name[0])}"
    return str(uuid5(NAMESPACE_OID, name))


def real_id(*of: object) -> str:
    return str(uuid5(NAMESPACE_OID, repr(of)))


def epoch_id(epoch: tuple[int, int]) -> str:
    """In the order of the model's epochs, and after the ones that a file begins with."""
    return f"f{epoch[0]:07x}-0000-7000-8000-{epoch[1]:012x}"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, MODEL / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def check() -> Iterator[ModuleType]:
    if not MODEL.exists():
        pytest.skip("the executable model of the ledger (shared/model) is not beside the project")
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    load("model")
    yield load("check")
    sys.dont_write_bytecode = before


class Template:
    """The four PCs' files as they are before anything happens: enrolled, with the rings they share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = Ed25519PrivateKey.generate()
        made = sorted((new_device() for _ in range(4)), key=lambda device: device.id)
        self.devices = dict(zip(("A1", "A2", "B1", "C"), made, strict=True))  # the model's order of devices
        self.rings = {name: Ring.new(of) for name, of in (*COMMITTEES.items(), ("C", STREET))}
        members = tuple(
            Member(
                id=device.id, committee=COMMITTEES.get(name[0], STREET), code=name, name=name,
                role="centre" if name == "C" else "committee", signing=device.verifying, recipient=device.recipient,
            )
            for name, device in self.devices.items()
        )  # fmt: skip
        self.registry = Registry(
            street=STREET, version=1, until="2100-01-01", rehearsal=True,
            root=self.key.public_key().public_bytes_raw(), members=members,
        )  # fmt: skip
        for name, device in self.devices.items():
            database = files.create(folder / f"{name}.db", bytes(32), make=upgrade)
            with database.transaction() as connection:
                keep_secret(connection, "device", device.to_bytes())
                enrolment.keep(connection, registries.signed_registry(self.registry, self.key), self.registry)
            database.check()
            database.close()


class Pc:
    """One real PC of a history."""

    def __init__(self, name: str, template: Template, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.path = folder / f"{name}.db"
        self.committee = COMMITTEES.get(name[0], STREET)
        shutil.copy(template.folder / f"{name}.db", self.path)
        rings = {} if name != "C" else {
            key: template.rings[of] for of in "AB" for key in template.rings[of].keys
        }  # fmt: skip
        self.times = itertools.count()
        self.db = files.open(self.path, bytes(32))
        self.session = Session(
            folder=folder, db=self.db, lock=None, role="centre" if name == "C" else "committee", name=name, code=name,
            committee_id=self.committee, rehearsal=True, device=template.devices[name].id, account_id=real_id(name),
            account=name, roles=frozenset({"data", "head", "administrator"}), clock=clock.frozen("2020-05-25T09:00"),
            ring=template.rings.get(name[0]), rings=rings,
        )  # fmt: skip
        self.batches: dict[int, str] = {}

    def reopen(self) -> None:
        self.db = files.open(self.path, bytes(32))
        self.session.db = self.db

    def author(self, committee: str) -> Author:
        return Author(self.session.device, committee, self.session.account_id, "2020-05-25T09:00:00+08:00")

    def says(self, committee: str) -> tuple[dict[str, Any], set[tuple[str, str]]]:
        columns = ("name", "phone", "health", "ref", "move")
        with self.db.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, workplace, nationality, note_sensitive, moved_from, move FROM resident"
                " WHERE committee_id = ?", (committee,),
            ).fetchall()  # fmt: skip
            state = {
                row[0]: {g: self._value(row[0], g, v) for g, v in zip(columns, row[1:], strict=True) if v is not None}
                for row in rows
            }
            back = {real: g for g, real in FIELDS.items()} | {"in-use": "in-use"}
            found = connection.exec_driver_sql(
                'SELECT "row", field FROM "conflict" WHERE entity = \'resident\' AND committee_id = ?', (committee,)
            )
            return state, {(row, back[field]) for row, field in found}

    def _value(self, row: str, g: str, value: Any) -> Any:
        if g == "health":
            ring = self.session.ring_of(value)
            assert ring is not None
            return json.loads(ring.open("resident", row, FIELDS[g], value))
        return Mirror.move_said(json.loads(value)) if g == "move" else value


class Mirror:
    """A world of the model, and the real PCs that do what its nodes do."""

    def __init__(self, check: ModuleType, template: Template, folder: Path) -> None:
        self.check = check
        self.template = template
        self.folder = folder
        self.world = check.World(check.Opt(whole=False))
        self.pcs = {name: Pc(name, template, folder) for name in self.world.n}
        self.erases: dict[Any, str] = {}
        self.sticks: dict[int, Path] = {}
        self.copies: dict[int, Path] = {}
        self.quiet = False
        self.touched: set[str] = set()
        self.registry = template.registry
        self.numbers = itertools.count(1)
        for name, node in self.world.n.items():
            self._listen(node, self.pcs[name])

    def close(self) -> None:
        for pc in self.pcs.values():
            pc.db.close()

    # ------------------------------------------------------------ what the model's nodes do is done here too

    def _listen(self, node: Any, pc: Pc) -> None:
        before = SimpleNamespace(
            put=node.put, write=node.__dict__["write"], undo=node.undo, export=node.export, imp=node.imp,
            backup=node.backup, restore=node.restore,
        )  # fmt: skip

        def put(ent: str, vals: dict[str, Any], batch: int | None = None) -> int:
            made: int = self._silently(lambda: before.put(ent, vals, batch=batch))
            self._put(pc, ent, vals, made, goes_on=batch is not None)
            return made

        def write(com: str, items: list[Any], kind: str = "write", batch: int | None = None) -> int:
            made: int = before.write(com, items, kind, batch)
            if not self.quiet:
                self._write(pc, com, items, made)
            return made

        def undo(batch: int) -> Any:
            if node.name == "C" and self._is_move(node, batch):  # as `undoing.undo` refuses it
                return None, [("-", "move", "edited")]
            made, kept = self._silently(lambda: before.undo(batch))
            self._undo(pc, node, batch, made)
            return made, kept

        def export(to: Any) -> Any:
            bundle = before.export(to)
            self.sticks[bundle.n] = self._export(pc, to.name)
            return bundle

        def imp(bundle: Any) -> Any:
            said = self._silently(lambda: before.imp(bundle))
            self._imp(pc, node, bundle)
            return said

        def backup() -> Any:
            kept = before.backup()
            kept["copy"] = self._backup(pc)
            return kept

        def restore(kept: Any, **options: Any) -> None:
            side = set(node.side)
            self._silently(lambda: before.restore({k: v for k, v in kept.items() if k in node.__dict__}, **options))
            self._listen_again(node, hooks)
            self._restore(pc, node, kept["copy"], side if options.get("side_at_hand", True) else set())

        hooks = {"put": put, "write": write, "undo": undo, "export": export, "imp": imp, "backup": backup,
                 "restore": restore}  # fmt: skip
        self._listen_again(node, hooks)

    def _listen_again(self, node: Any, hooks: dict[str, Any]) -> None:
        node.__dict__.update(hooks)

    def _is_move(self, node: Any, batch: int) -> bool:
        return any(
            "move" in (node.patch.get((e.chain, e.seq, part[0])) or {})
            for e in node.entries() if e.batch == batch for part in e.parts
        )  # fmt: skip

    def _silently(self, act: Any) -> Any:
        """Within one act of the model, its own further writes are no acts of their own."""
        before, self.quiet = self.quiet, True
        try:
            return act()
        finally:
            self.quiet = before

    def _values(self, pc: Pc, ent: str, vals: dict[str, Any]) -> dict[str, Any]:
        return {FIELDS[g]: self._value(pc, ent, g, value) for g, value in vals.items()}

    def _value(self, pc: Pc, ent: str, g: str, value: Any) -> Any:
        if g == "ref":
            return row_id(value)
        if g == "move":
            return self.move(ent[0], value)
        if g == "health":
            ring = self.template.rings[ent[0]]
            return ring.seal("resident", row_id(ent), FIELDS[g], json.dumps(value).encode())
        return value

    @staticmethod
    def move(com: str, said: str | None) -> dict[str, str] | None:
        """What the model says of a move, as the program does: in the old row to whom, in the new one from where."""
        if said is None:
            return None
        offer, told = said.split()[-1], said.split()[0]
        state = told if told in ("closed", "accepted") else "offered" if com == "A" else "arrived"
        other = {"to": COMMITTEES["B"]} if com == "A" else {"of": COMMITTEES["A"]}
        return {"offer": f"00000000-0000-7000-8000-{int(offer.removeprefix('offer')):012d}", "state": state, **other}

    @staticmethod
    def move_said(move: dict[str, str]) -> str:
        offer = f"offer{int(move['offer'][-12:])}"
        return f"{move['state']} {offer}" if move["state"] in ("closed", "accepted") else offer

    @contextlib.contextmanager
    def _writing(self, pc: Pc, com: str, batch: int, action: str = "change") -> Iterator[Writing]:
        committee = COMMITTEES[com]
        node = self.world.n[pc.name]
        with pc.db.transaction() as connection:
            if ledger.current_chain(connection, pc.session.device, committee) is None and node.epoch[0] > 1:
                ledger.begin_epoch(connection, pc.author(committee), epoch=epoch_id(node.epoch))
            with Writing(connection, pc.author(committee), action) as writing:
                yield writing
        pc.batches[batch] = writing.batch
        self.touched.add(pc.name)

    def _put(self, pc: Pc, ent: str, vals: dict[str, Any], batch: int, *, goes_on: bool) -> None:
        if goes_on:
            self.rest.append((ent, vals))
            return
        self.rest = [(ent, vals)]
        if self.held:
            return
        with self._writing(pc, ent[0], batch) as writing:
            row, values = row_id(ent), self._values(pc, ent, vals)
            if "move" in vals:  # the model moves people of rows that are gone, too; the program would bring them back
                standing = open_versions(writing.reader.members(row), "move")
                writing.write("resident", row, values, {"move": list(standing)})
            else:
                writing.change("resident", row, values)

    rest: list[tuple[str, dict[str, Any]]]
    held = False

    def _write(self, pc: Pc, com: str, items: list[Any], batch: int) -> None:
        what = items[0][1]
        if com == "street":
            self._revoke(pc)
        elif not isinstance(what, dict) and what[0] == "erase":
            with self._writing(pc, com, batch, "erase") as writing:
                for ent, (_, cls, number) in items:
                    erase = self.erases.setdefault((ent, number), real_id("erase", ent, number))
                    ledger.erase(writing, "resident", row_id(ent), CLASSES[cls], erase_id=erase)
        elif items[0][0][0] != com:  # forbidden: a row that is not its writer's
            with self._writing(pc, com, batch) as writing:
                part = commit("base", {"v": {"name": f"forbidden {batch}"}})
                writing.append(
                    "create", "group", real_id("group", batch), [commit("core", {"v": {"deleted": False}}), part][1:]
                )
        elif ":al:" in items[0][0]:
            one, other = items[0][0].split(":", 2)[2].split("|")
            with self._writing(pc, com, batch) as writing:
                writing.merge_rows(row_id(one), row_id(other))
        else:
            self._rows(pc, com, items, batch)

    def _rows(self, pc: Pc, com: str, items: list[Any], batch: int) -> None:
        with self._writing(pc, com, batch) as writing:
            for ent, vals in items:
                row = row_id(ent)
                if set(vals) == {"deleted"}:
                    writing.set_deleted("resident", row, vals["deleted"][0])
                    continue
                values = self._values(pc, ent, {g: value for g, (value, _) in vals.items()})
                base = []
                if "move" in vals and str(vals["move"][0]).startswith("closed"):
                    offered = self.move("A", vals["move"][0].split()[1])
                    versions = writing.reader.row(row).keys.get("move", {})
                    base = [version for version, write in versions.items() if write.value == offered]
                writing.write("resident", row, values, {"move": base} if base else {})

    def _undo(self, pc: Pc, node: Any, batch: int, made: int | None) -> None:
        committee = next(e.chain[2] for e in node.entries() if e.batch == batch)
        with pc.db.transaction() as connection:
            try:
                undone, _ = ledger.undo(
                    connection, pc.author(COMMITTEES[committee]), pc.batches[batch], whole_rows=False
                )
            except UserError as error:
                assert made is None, (error, batch)
                return
        assert made is not None, "the model kept all of it"
        pc.batches[made] = undone.batch
        self.touched.add(pc.name)

    def _revoke(self, pc: Pc) -> None:
        with pc.db.reading() as connection:
            held = [chain for chain in devices.chains(connection) if chain.device == self.pcs["A2"].session.device]
        spans = {f"{chain.epoch}|{chain.committee}": chain.seq + 1 for chain in held}
        members = tuple(
            msgspec.structs.replace(each, revoked=True, from_seq=spans) if each.code == "A2" else each
            for each in self.registry.members
        )
        self.registry = msgspec.structs.replace(self.registry, version=2, members=members)
        with pc.db.transaction() as connection:
            enrolment.keep(connection, registries.signed_registry(self.registry, self.template.key), self.registry)
        self.touched.add(pc.name)

    # ------------------------------------------------------------ sticks

    def _export(self, pc: Pc, to: str) -> Path:
        out = self.folder / f"stick-{next(self.numbers)}"
        out.mkdir()
        peer = self.registry.member(self.pcs[to].session.device)
        assert peer is not None
        return Path(sync.bundle_for(pc.session, out, peer)["file"])

    def _imp(self, pc: Pc, node: Any, bundle: Any) -> None:
        named = sorted((x[0], x[1] if x[0] != "missing-part" else None) for x in node.named)
        try:
            done = sync.merge_one(pc.session, self.sticks[bundle.n])
        except NotTrusted as refusal:
            assert refusal.code == "bundle-sender-revoked", refusal
            assert [kind for kind, _ in named] == ["revoked"]
            return
        self.touched.add(pc.name)
        codes = {"ledger-gap": "gap", "ledger-fork": "fork", "part-missing": "missing-part"}
        chains = {
            (self._name(x["device"]), self._com(x["committee"])) for x in done["aside"] if x["code"] != "part-missing"
        }
        assert chains == {(c[0], c[2]) for kind, c in named if kind in ("gap", "fork")}, (done["aside"], node.named)
        assert {codes[x["code"]] for x in done["aside"]} == {kind for kind, _ in named}, (done["aside"], node.named)
        for each in done["aside"]:
            if each["code"] == "ledger-gap":
                self._exact(pc, each)

    def _exact(self, pc: Pc, gap: dict[str, Any]) -> None:
        with pc.db.reading() as connection:
            held = [c for c in devices.chains(connection) if (c.device, c.epoch, c.committee) == (
                gap["device"], gap["epoch"], gap["committee"])]  # fmt: skip
        assert gap["first"] == (held[0].seq if held else 0) + 1 <= gap["last"]

    def _name(self, device: str) -> str:
        return next(name for name, each in self.template.devices.items() if each.id == device)

    def _com(self, committee: str) -> str:
        return next((name for name, each in COMMITTEES.items() if each == committee), "street")

    # ------------------------------------------------------------ backups

    def _backup(self, pc: Pc) -> Path:
        copy = self.folder / f"backup-{next(self.numbers)}"
        pc.db.check()
        shutil.copy(pc.path, copy)
        return copy

    def _restore(self, pc: Pc, node: Any, copy: Path, side: set[Any]) -> None:
        pc.db.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{pc.path}{suffix}").unlink(missing_ok=True)
        shutil.copy(copy, pc.path)
        pc.reopen()
        coms = [node.com] if node.com else ["A", "B"]
        with pc.db.transaction() as connection:
            for com in coms:
                committee = COMMITTEES[com]
                current = ledger.current_chain(connection, pc.session.device, committee)
                parent = [current[1].epoch, current[2], current[3].hex()] if current else None
                ledger.begin_epoch(connection, pc.author(committee), parent=parent, epoch=epoch_id(node.epoch))
        with pc.db.reading() as connection:
            held = {
                json.loads(text)["erase"]
                for (text,) in connection.exec_driver_sql("SELECT detail FROM entry WHERE action = 'erase'")
            }
        again = {
            (e.ent, e.erase[1]): e.batch for e in node.entries() if e.erase and e.chain[:2] == (node.name, node.epoch)
        }
        for ent, cls, number, *_ in sorted(side, key=repr):
            erase = self.erases[ent, number]
            if erase not in held:
                with self._writing(pc, ent[0], again[ent, number], "erase") as writing:
                    ledger.erase(writing, "resident", row_id(ent), CLASSES[cls], erase_id=erase)
        self.touched.add(pc.name)

    # ------------------------------------------------------------ both say the same

    def step(self, *op: int) -> None:
        o = self.check.OPS[op[0] % len(self.check.OPS)]
        if o in ("offer", "cancel", "decide") and self._is_refused(o, *op[1:]):
            return
        if o == "merge" and self.world.revoked and op[1] % 4 == 1:
            return  # a PC that was revoked writes nothing more (`Session.writing`); the model lets it do this one thing
        self.held, self.rest = o == "batch", []
        self.world.op(*op)
        if self.held and self.rest:
            pc = self.pcs[self.world.trace[-1][1]]
            with self._writing(pc, self.rest[0][0][0], self.world.n[pc.name].batches[-2]) as writing:
                for ent, vals in self.rest:
                    writing.change("resident", row_id(ent), self._values(pc, ent, vals))
        self.compare()

    def _is_refused(self, o: str, a: int, b: int, c: int) -> bool:
        """The program lets nobody write over a closing: the person lives at the other committee (`moves`, `conflicts`)."""
        pc = ["A1", "A2"][a % 2] if o != "decide" else ["A1", "A2", "C", "B1"][a % 4]
        node = self.world.n[pc]
        standing = node.open_(["A:p1"], "move")
        if not any(str(each[0]).startswith("closed") for each in standing.values()):
            return False
        if o != "decide":
            return True
        conflicts = sorted(x for x in node.view()[1] if x[0].startswith(node.com or "A"))
        if not conflicts or conflicts[b % len(conflicts)] != ("A:p1", "move"):
            return False
        return not str(standing[sorted(standing)[c % len(standing)]][0]).startswith("closed")

    def compare(self, names: set[str] | None = None) -> None:
        for name in sorted(names or self.touched):
            pc, node = self.pcs[name], self.world.n[name]
            for com in [node.com] if node.com else "AB":
                assert pc.says(COMMITTEES[com]) == self._model_says(node, com), (name, com)
        self.touched = set()

    def _model_says(self, node: Any, com: str) -> tuple[dict[str, Any], set[tuple[str, str]]]:
        state, conflicts = node.view()
        mine = [ent for ent in state if ent[0] == com and ":al:" not in ent]
        shown = {}
        for ent in mine:
            if not state[ent].get("deleted"):
                shown[row_id(ent)] = {
                    g: row_id(node.members(v)[0]) if g == "ref" else v
                    for g, v in state[ent].items() if g in FIELDS and g != "deleted" and v is not None
                }  # fmt: skip
        return shown, {(row_id(e), g) for e, g in conflicts if e[0] == com and ":al:" not in e}

    def finish(self) -> None:
        self.world.finish()
        self.compare(set(self.pcs))
        for pc in self.pcs.values():
            with pc.db.reading() as connection:
                assert checking.verify(connection) == []
                assert checking.differences(connection) == []


def play(check: ModuleType, template: Template, folder: Path, ops: list[tuple[int, ...]]) -> dict[str, int]:
    mirror = Mirror(check, template, folder)
    try:
        for op in ops:
            mirror.step(*op)
        mirror.finish()
    finally:
        mirror.close()
        shutil.rmtree(folder, ignore_errors=True)
    return dict(mirror.world.count)


MOVING = ("offer", "offer", "carry", "carry", "accept", "close", "cancel", "erase", "edit", "sync", "sync", "sync", "sync",
          "backup", "restore", "undo")  # fmt: skip
"""Acts of histories that are about moving house, which by chance alone hardly ever comes to its end."""
BEGUN = (("edit", 0, 1), ("edit", 0, 2), ("offer", 0, 0), ("sync", 1, 0), ("carry", 0, 0), ("sync", 3, 1))
"""How they begin: the first person of the first committee is offered and carried."""


def history(check: ModuleType, number: int) -> list[tuple[int, ...]]:
    chance = random.Random(SEED * 10**7 + number)
    begun = [(check.OPS.index(act), 0, b, c) for act, b, c in BEGUN] if number % 4 == 3 else []
    acts = [check.OPS.index(act) for act in MOVING] if number % 4 == 3 else range(60)
    return begun + [
        (chance.choice(acts), *(chance.randrange(60) for _ in range(3))) for _ in range(chance.randint(8, 45))
    ]


def test_four_pcs_and_the_model_say_the_same(
    check: ModuleType, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    base = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else tmp_path_factory.mktemp("oracle")
    folder = base / f"loutu-oracle-{os.getpid()}"
    folder.mkdir()
    done: dict[str, int] = {}
    try:
        template = Template(folder)
        for number in range(HISTORIES):
            where = folder / "history"
            where.mkdir()
            try:
                counts = play(check, template, where, history(check, number))
            except Exception as fault:
                raise AssertionError(f"history {number} of seed {SEED}") from fault
            for act, times in counts.items():
                done[act] = done.get(act, 0) + times
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with capsys.disabled():
        sys.stdout.write(f"\n{HISTORIES} histories of seed {SEED}: {done}\n")
    if HISTORIES >= 100:
        assert set(done) >= set(check.OPS), "every act of the model was played"
