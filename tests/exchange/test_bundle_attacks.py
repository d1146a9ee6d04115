"""Attacks on bundles, against the real reader on real workspaces: damaged, mutated, hostile, too large, misdirected.

Longer than most files: one attack a test. `LOUTU_ALL` runs the counts of the quality page.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db.identity import new_device
from app.domain.findings import NotTrusted, UserError
from app.domain.ids import new_id
from app.exchange import registry as registries
from app.exchange import rootkey, signing
from app.services import enrolment, records, sync, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.exchange.forging import (
    Forge,
    Line,
    encode,
    first_resident,
    framed,
    inside,
    own,
    part,
    sealed,
    state,
    taken,
    undone,
)
from tests.street import ROOT_PASSWORD, Street

ROOT = Path(__file__).parents[2]
MANY = 20_000 if os.environ.get("LOUTU_ALL") else 300


@pytest.fixture(scope="module")
def at_first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A centre that has heard nothing yet, a committee whose first bundle is for it, and another committee."""
    made = Street(tmp_path_factory.mktemp("first"))
    lived_in(made.committee())
    made.committee(2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def afterwards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """The centre has the committee's entries, the committee its receipt; both wrote something since."""
    made = Street(tmp_path_factory.mktemp("later"))
    ours = made.committee()
    lived_in(ours)
    made.bring(made.centre, made.send(ours))
    made.bring(ours, made.send(made.centre))
    records.change(ours, "resident", first_resident(ours), {"occupation": "教师"})
    records.change(made.centre, "resident", first_resident(made.centre), {"occupation": "会计"})
    yield made
    made.close()


def lived_in(session: Session) -> None:
    for name in ("王建国", "李秀英", "张三"):
        door = {"estate": "培花新村", "building": "12号", "room": "302"}
        dwelling = next(iter(known(session, "dwelling")), None) or records.add(session, "dwelling", door).id
        household = records.add(session, "household", {"dwelling": dwelling}).id
        said = {"household": household, "name": name, "id_number": "310115195803120010", "phone": "13812345678"}
        records.add(session, "resident", said)


def known(session: Session, entity: str) -> list[str]:
    with session.db.reading() as connection:
        return [row for (row,) in connection.exec_driver_sql(f'SELECT id FROM "{entity}" ORDER BY n')]


@pytest.fixture(scope="module")
def first_bundle(at_first: Street) -> Forge:
    (file,) = at_first.send(at_first.committees[0])
    return Forge(at_first, own(at_first.committees[0]), at_first.centre, file)


@pytest.fixture
def forge(first_bundle: Forge) -> Forge:
    """A committee's first bundle for its centre, which has not read it yet."""
    return copy(first_bundle)


@pytest.fixture(scope="module")
def next_bundle(afterwards: Street) -> Forge:
    (file,) = afterwards.send(afterwards.committees[0])
    return Forge(afterwards, own(afterwards.committees[0]), afterwards.centre, file)


@pytest.fixture
def later(next_bundle: Forge) -> Forge:
    """A committee's next bundle: the centre has what came before."""
    return copy(next_bundle)


@pytest.fixture(scope="module")
def correction(afterwards: Street) -> Forge:
    (file,) = afterwards.send(afterwards.centre)
    return Forge(afterwards, own(afterwards.centre), afterwards.committees[0], file)


@pytest.fixture
def from_centre(correction: Forge) -> Forge:
    """The centre's bundle for a committee, with a correction in it."""
    return copy(correction)


@pytest.fixture
def ours(from_centre: Forge) -> Session:
    return from_centre.receiver


# ---------------------------------------------------------------- mutated bytes

Mutation = Callable[[Random, bytes, bytes], bytes]


def flipped(random: Random, data: bytes, other: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        made[random.randrange(len(made))] ^= 1 << random.randrange(8)
    return bytes(made)


def replaced(random: Random, data: bytes, other: bytes) -> bytes:
    made = bytearray(data)
    made[random.randrange(len(made))] = random.choice((0, 0xFF, 0x22, 0x7B, random.randrange(256)))
    return bytes(made)


def cut(random: Random, data: bytes, other: bytes) -> bytes:
    return data[: random.randrange(len(data))]


def left_out(random: Random, data: bytes, other: bytes) -> bytes:
    start = random.randrange(len(data))
    return data[:start] + data[start + random.randint(1, 64) :]


def doubled(random: Random, data: bytes, other: bytes) -> bytes:
    start = random.randrange(len(data))
    end = min(len(data), start + random.choice((1, 16, 64, 4096)))
    return data[:end] + data[start:end] + data[end:]


def spliced(random: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one bundle and the end of another."""
    at = random.randrange(min(len(data), len(other)))
    return data[:at] + other[at:]


def swapped(random: Random, data: bytes, other: bytes) -> bytes:
    """Two pieces change places."""
    a, b = sorted((random.randrange(len(data)), random.randrange(len(data))))
    size = random.randint(1, 32)
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


def appended(random: Random, data: bytes, other: bytes) -> bytes:
    return data + random.randbytes(random.choice((1, 16, 64)))


OUTER: tuple[Mutation, ...] = (flipped, replaced, cut, left_out, doubled, spliced, swapped, appended)


def fuzz(session: Session, stick: Path, changed: Iterator[bytes]) -> dict[str, int]:
    """Give mutated files to the real reader; how often it said which code. Nothing may be taken, nothing may change."""
    before, codes = state(session), {}
    for number, data in enumerate(changed):
        stick.write_bytes(data)
        code = taken(session, stick)
        assert code is not None, number
        codes[code] = codes.get(code, 0) + 1
        if number % 1_000 == 0:
            assert state(session) == before
    assert state(session) == before
    return codes


def other_bundle(forge: Forge) -> bytes:
    (again,) = forge.street.send(forge.street.committees[0])
    return again.read_bytes()


def test_mutated_files_are_turned_away(forge: Forge) -> None:
    data, other, random = forge.file.read_bytes(), other_bundle(forge), Random(1)

    def changed() -> Iterator[bytes]:
        made = 0
        while made < MANY:
            one = random.choice(OUTER)(random, data, other)
            if random.random() < 0.1:  # the header alone
                one = flipped(random, data[:8], b"") + data[8:]
            if one not in (data, other):
                made += 1
                yield one

    codes = fuzz(forge.receiver, forge.street.folder / "outer.ltb", changed())
    assert sum(codes.values()) == MANY
    assert set(codes) <= {"bundle-damaged", "bundle-no-bundle", "bundle-newer", "bundle-not-for-me", "bundle-manifest"}


def test_mutated_contents_are_turned_away_even_if_encrypted_anew(forge: Forge) -> None:
    identity, random = own(forge.receiver).identity, Random(2)
    mine = inside(forge.file.read_bytes(), identity)
    others = inside(other_bundle(forge), identity)
    plain, other = framed(*mine), framed(*others)

    def changed() -> Iterator[bytes]:
        made = 0
        while made < MANY:
            one = random.choice(INNER)(random, mine, others)
            if one not in (plain, other):
                made += 1
                yield sealed(one, forge.recipient)

    codes = fuzz(forge.receiver, forge.street.folder / "inner.ltb", changed())
    assert sum(codes.values()) == MANY
    known = {
        "bundle-manifest", "bundle-signature", "bundle-payload", "bundle-sender-unknown", "bundle-newer",
    }  # fmt: skip
    assert set(codes) <= known


Pieces = tuple[bytes, bytes, bytes]
Inner = Callable[[Random, Pieces, Pieces], bytes]


def any_bytes(random: Random, mine: Pieces, others: Pieces) -> bytes:
    return random.choice(OUTER)(random, framed(*mine), framed(*others))


def a_length(random: Random, mine: Pieces, others: Pieces) -> bytes:
    plain = framed(*mine)
    length = random.choice((0, 1, len(mine[0]) - 1, len(mine[0]) + 1, 65_536, 65_537, 1 << 31, (1 << 32) - 1))
    return length.to_bytes(4, "big") + plain[4:]


def a_number(random: Random, mine: Pieces, others: Pieces) -> bytes:
    said = msgspec.json.decode(mine[0])
    key = random.choice([key for key, value in said.items() if isinstance(value, int)])
    said[key] = random.choice((said[key] + 1, -1, 0, 1 << 40, not said[key], "1", None, 1.5))
    return framed(encode(said), *mine[1:])


def a_text(random: Random, mine: Pieces, others: Pieces) -> bytes:
    said = msgspec.json.decode(mine[0])
    key = random.choice([key for key, value in said.items() if isinstance(value, str)])
    said[key] = random.choice(("", said[key][::-1], said[key] + "x", "../../x", None, 3, [said[key]]))
    return framed(encode(said), *mine[1:])


def a_span(random: Random, mine: Pieces, others: Pieces) -> bytes:
    said = msgspec.json.decode(mine[0])
    rows = said[random.choice([key for key in ("chains", "seen") if said[key]])]
    row = random.choice(rows)
    at = random.randrange(len(row))
    row[at] = random.choice((0, -1, 1 << 62, "x", None, row[at - 1]))
    if random.random() < 0.3:
        rows.append(list(random.choice(rows)))
    return framed(encode(said), *mine[1:])


def a_key_more(random: Random, mine: Pieces, others: Pieces) -> bytes:
    said = {**msgspec.json.decode(mine[0]), random.choice(("x", "note", "Format")): 1}
    return framed(encode(said), *mine[1:])


def a_key_less(random: Random, mine: Pieces, others: Pieces) -> bytes:
    said = msgspec.json.decode(mine[0])
    del said[random.choice(sorted(said))]
    return framed(encode(said), *mine[1:])


def a_key_twice(random: Random, mine: Pieces, others: Pieces) -> bytes:
    said = msgspec.json.decode(mine[0])
    key = random.choice(sorted(said))
    twice = encode({key: said[key]})[1:-1]
    return framed(mine[0][:1] + twice + b"," + mine[0][1:], *mine[1:])


def another_order(random: Random, mine: Pieces, others: Pieces) -> bytes:
    items = list(msgspec.json.decode(mine[0]).items())
    random.shuffle(items)
    return framed(msgspec.json.encode(dict(items)), *mine[1:])


def with_blanks(random: Random, mine: Pieces, others: Pieces) -> bytes:
    return framed(mine[0].replace(b",", b", ", 1), *mine[1:])


def another_signature(random: Random, mine: Pieces, others: Pieces) -> bytes:
    signature = random.choice((others[1], bytes(64), random.randbytes(64), mine[1][32:] + mine[1][:32]))
    return framed(mine[0], signature, mine[2])


def another_payload(random: Random, mine: Pieces, others: Pieces) -> bytes:
    """Under the old hash, or under the new one with the old signature."""
    payload = random.choice((others[2], flipped(random, mine[2], b""), cut(random, mine[2], b""), b""))
    manifest = mine[0]
    if random.random() < 0.5:
        said = {**msgspec.json.decode(manifest), "sha256": hashlib.sha256(payload).hexdigest()}
        manifest = encode(said)
    return framed(manifest, mine[1], payload)


def mixed(random: Random, mine: Pieces, others: Pieces) -> bytes:
    return framed(*(random.choice(pair) for pair in zip(mine, others, strict=True)))


INNER: tuple[Inner, ...] = (
    any_bytes, any_bytes, any_bytes, a_length, a_number, a_text, a_span, a_key_more, a_key_less, a_key_twice,
    another_order, with_blanks, another_signature, another_payload, mixed,
)  # fmt: skip


# ---------------------------------------------------------------- correctly signed, but hostile


def refused(forge: Forge, file: Path) -> str:
    """The code for a whole file, or for its chain; that not one row was written is checked here."""
    before, code = state(forge.receiver), ""
    try:
        with undone(forge.receiver):
            code = put_aside(sync.merge_one(forge.receiver, file), forge.receiver)
    except UserError as error:
        code = str(error.details.get("reason") or error.code)
    assert state(forge.receiver) == before
    return code


def put_aside(done: dict[str, Any], session: Session) -> str:
    (aside,) = done["aside"]
    assert done["applied"] == 0
    with session.db.reading() as connection:
        empty = connection.exec_driver_sql("SELECT count(*) FROM batch WHERE n NOT IN (SELECT batch FROM entry)")
        assert empty.scalar() == 0
    return str(aside["code"])


def edited(forge: Forge, change: Callable[[Line], Any], entity: str = "resident") -> Path:
    """The bundle with its last entry of one kind changed, all else made right."""
    entries = forge.entries
    line = [each for each in entries if each["entity"] == entity][-1]
    change(line)
    return forge.with_entries(entries)


def saying(retention: str, patch: Any) -> Callable[[Line], None]:
    return lambda line: line.update(parts=[part(retention, patch)])


def test_what_is_not_changed_is_taken(forge: Forge) -> None:
    """The forge itself makes bundles that count: refusals below are for what was changed."""
    with undone(forge.receiver):
        done = sync.merge_one(forge.receiver, forge.with_entries(forge.entries))
    assert (done["applied"], done["aside"], done["refused"]) == (len(forge.entries), [], [])


@pytest.mark.parametrize(
    ("retention", "patch", "code"),
    [
        ("identity", {"v": {"documents": [{"number": "310115195803120010"}]}}, "not-sealed"),
        ("identity", {"v": {"birth_date": "1958-03-12"}}, "not-sealed"),
        ("base", {"v": {"care_groups": ["精神障碍"]}}, "not-sealed"),
        ("base", {"v": {"note": "sealed:67ccc858dc3a:" + "A" * 60}}, "sealed-elsewhere"),
        ("base", {"v": {"religion": "x"}}, "unknown-field"),
        ("base", {"v": {"birth_date": "sealed:67ccc858dc3a:" + "A" * 60}}, "field-class"),
        ("base", {"v": {"name": 1}}, "field-type"),
        ("base", {"v": {"name": "王" * 200_000}}, "too-large"),
        ("base", '{"v":{"name":"王","name":"李"}}', "patch-shape"),
        ("base", '{"v":{"name":' + "[" * 20_000 + "]" * 20_000 + "}}", "patch-shape"),
        ("base", {"t": {"x": 1}}, "patch-shape"),
        ("trace", {"t": {"x": 1}}, "part-class"),
        ("core", {"v": {"household": "../../x"}}, "field-type"),
    ],
)  # fmt: skip
def test_values_that_no_committee_writes(forge: Forge, retention: str, patch: Any, code: str) -> None:
    assert refused(forge, edited(forge, saying(retention, patch))) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entity": "person"}, "unknown-entity"), ({"entity": "alias"}, "unknown-entity"), ({"action": "destroy"}, "unknown-action"),
        ({"id": "王建国"}, "id-shape"), ({"id": "../../../x"}, "id-shape"), ({"format": 0}, "format-unknown"),
        ({"format": -1}, "format-unknown"), ({"erases": ["x"]}, "erases-shape"), ({"detail": {"name": "王"}}, "detail-shape"),
        ({"at": "gestern"}, "head-shape"), ({"account": "x"}, "head-shape"), ({"purpose": "因为 他 病了"}, "head-shape"),
        ({"batch": "b1"}, "head-shape"), ({"action": "epoch", "entity": "chain"}, "epoch-place"),
    ],
)  # fmt: skip
def test_heads_that_no_committee_writes(forge: Forge, change: dict[str, Any], code: str) -> None:
    assert refused(forge, edited(forge, lambda line: line.update(change))) == code


@pytest.mark.parametrize(
    "change", [{"at": "2020-05-25T09:00:01+08:00"}, {"account": str(new_id())}, {"purpose": "care"}]
)
def test_another_time_account_or_purpose_within_a_batch(forge: Forge, change: dict[str, Any]) -> None:
    """The ledger keeps those once for a batch."""
    entries = forge.entries
    assert entries[1]["batch"] == entries[2]["batch"]
    entries[2].update(change)
    assert refused(forge, forge.with_entries(entries)) == "batch-differs"


def test_a_newer_catalogue(forge: Forge) -> None:
    assert refused(forge, edited(forge, lambda line: line.update(format=2))) == "bundle-newer"


@pytest.mark.parametrize("part_", [["base", "{}", None, "0" * 64], ["base", '{"v":{"name":"王"}}', "!!", "0" * 64],
                                   ["base", None, None, "zz"], ["base", None, "AAAA", "0" * 64]])  # fmt: skip
def test_parts_that_are_none(forge: Forge, part_: list[Any]) -> None:
    file = forge.with_lines([
        msgspec.json.encode({**msgspec.json.decode(line), "parts": [part_]}) if b'"resident"' in line[:400] else line
        for line in forge.lines
    ])  # fmt: skip
    assert refused(forge, file) == "part-shape"


def test_a_part_that_is_not_what_was_committed(forge: Forge) -> None:
    def change(line: Line) -> None:
        line["parts"][0][3] = "0" * 64

    assert refused(forge, edited(forge, change)) == "ledger-forged"


def test_a_part_left_out_without_an_erase(forge: Forge) -> None:
    entries = forge.entries
    line = [each for each in entries if each["entity"] == "resident"][-1]
    line["parts"] = [[retention, None, None, commitment] for retention, _, _, commitment in line["parts"]]
    assert refused(forge, forge.with_entries(entries)) == "part-missing"


def test_entries_for_another_committee(forge: Forge) -> None:
    other = forge.street.committees[1].committee_id
    entries = forge.entries
    for line in entries:
        line["chain"][2] = other
    assert refused(forge, forge.with_entries(entries)) == "bundle-chains"


def test_one_line_of_another_chain(forge: Forge) -> None:
    lines = list(forge.lines)
    line = msgspec.json.decode(lines[-1])
    line["chain"][2] = str(new_id())
    assert refused(forge, forge.with_lines([*lines[:-1], msgspec.json.encode(line)])) == "bundle-schema"


@pytest.mark.parametrize("change", [
    lambda lines: [*lines, lines[-1]], lambda lines: lines[:-1], lambda lines: [*lines[:-2], lines[-1], lines[-2]],
    lambda lines: [*lines[:-1], lines[-2]], lambda lines: [*lines, b""], lambda lines: [b"", *lines],
    lambda lines: [*lines[:-1], b"{}"], lambda lines: [*lines[:-1], b"null"], lambda lines: [*lines[:-1], b"\xff\xfe"],
    lambda lines: [lines[0], *lines], lambda lines: [], lambda lines: [b'{"x":1}', *lines[1:]],
    lambda lines: [*lines[:-1], lines[-1][:-1] + b',"x":1}'],
])  # fmt: skip
def test_lines_that_are_not_those_of_the_manifest(forge: Forge, change: Callable[[list[bytes]], list[bytes]]) -> None:
    assert refused(forge, forge.with_lines(change(forge.lines))) == "bundle-schema"


@pytest.mark.parametrize("seq", [0, -1, True, 1.5, 2**62, "1", None])
def test_a_seq_that_is_none(forge: Forge, seq: Any) -> None:
    lines = list(forge.lines)
    line = {**msgspec.json.decode(lines[1]), "seq": seq}
    assert refused(forge, forge.with_lines([lines[0], msgspec.json.encode(line), *lines[2:]])) == "bundle-schema"


@pytest.mark.parametrize("first", [0, -1])
def test_a_span_that_begins_before_the_first(forge: Forge, first: int) -> None:
    spans = [[*span[:3], first, *span[4:]] for span in forge.manifest["chains"]]
    assert refused(forge, forge.with_lines(forge.lines, chains=spans)) == "bundle-manifest"


def test_a_span_twice(forge: Forge) -> None:
    spans = forge.manifest["chains"]
    file = forge.with_lines([*forge.lines, *forge.lines[1:]], chains=[*spans, *spans], entries=2 * len(forge.entries))
    assert refused(forge, file) in ("bundle-manifest", "bundle-schema", "batch-split")


def test_another_head_than_the_entries_have(forge: Forge) -> None:
    spans = [[*span[:5], "0" * 64] for span in forge.manifest["chains"]]
    assert refused(forge, forge.with_lines(forge.lines, chains=spans)) == "ledger-fork"


def test_a_number_that_was_used_before_with_other_words(later: Forge) -> None:
    """The same seq twice: a fork, put aside."""
    entries = later.entries
    line = {**entries[-1], "seq": entries[0]["seq"] - 1}
    assert refused(later, later.with_entries([line, *entries])) == "ledger-fork"


def test_entries_beyond_a_gap(later: Forge) -> None:
    entries = [{**line, "seq": line["seq"] + 7} for line in later.entries]
    assert refused(later, later.with_entries(entries)) == "ledger-gap"


def test_a_batch_that_goes_on_after_another(later: Forge) -> None:
    one = later.entries[0]
    other = {**one, "seq": one["seq"] + 1, "batch": str(new_id())}
    again = {**one, "seq": one["seq"] + 2}
    assert refused(later, later.with_entries([one, other, again])) == "batch-split"


def test_a_batch_of_another_device(from_centre: Forge, ours: Session) -> None:
    """The centre claims a batch of the committee's own: undoing it would undo the committee's work."""
    with ours.db.reading() as connection:
        theirs = connection.exec_driver_sql(
            "SELECT b.id FROM batch b JOIN chain c ON c.n = b.chain WHERE c.current = 1 ORDER BY b.n DESC LIMIT 1"
        ).scalar()
    entries = [line for line in from_centre.entries if line["chain"][2] == ours.committee_id]
    assert entries
    entries[-1]["batch"] = theirs
    assert refused(from_centre, from_centre.with_entries(entries)) == "batch-elsewhere"


def test_a_batch_that_goes_on_in_a_later_bundle(later: Forge) -> None:
    """The ledger keeps time and account once per batch: another account's entry would be booked on the first one's."""
    with later.receiver.db.reading() as connection:
        old = connection.exec_driver_sql(
            "SELECT b.id FROM batch b JOIN chain c ON c.n = b.chain WHERE c.device = ? ORDER BY b.n DESC LIMIT 1",
            (later.sender.id,),
        ).scalar()
    entries = [{**line, "batch": old, "account": str(new_id())} for line in later.entries[:1]]
    assert refused(later, later.with_entries(entries)) in ("batch-elsewhere", "batch-split", "batch-differs")


def test_one_id_for_rows_of_two_kinds(forge: Forge) -> None:
    entries = forge.entries
    dwelling = next(line for line in entries if line["entity"] == "dwelling")
    line = [each for each in entries if each["entity"] == "resident"][-1]
    line["id"] = dwelling["id"]
    assert refused(forge, forge.with_entries(entries)) == "row-elsewhere"


def test_an_id_that_is_another_kind_of_row_here(later: Forge) -> None:
    with later.receiver.db.reading() as connection:
        dwelling = connection.exec_driver_sql("SELECT id FROM dwelling LIMIT 1").scalar()
    entries = later.entries
    line = next(each for each in entries if each["entity"] == "resident" and each["action"] == "change")
    line["id"] = dwelling
    assert refused(later, later.with_entries(entries)) == "row-elsewhere"


@pytest.mark.parametrize("entity", ["account"])
def test_a_centre_that_writes_what_only_a_committee_may(from_centre: Forge, ours: Session, entity: str) -> None:
    """It lies in the ledger, refused; no row of it shows."""
    entries = [line for line in from_centre.entries if line["chain"][2] == ours.committee_id]
    line = entries[-1]
    line.update(action="create", entity=entity, id=str(new_id()), parts=[part("core", {"v": {"deleted": False}})])
    with undone(ours):
        done = sync.merge_one(ours, from_centre.with_entries(entries))
        assert line["id"] not in known(ours, entity)
    assert [each["code"] for each in done["refused"]] == ["row-not-theirs"]


def test_a_committee_that_writes_in_the_street_s_own_chain(forge: Forge) -> None:
    entries = forge.entries
    for line in entries:
        line["chain"][2] = forge.street.centre.committee_id
    with undone(forge.receiver):
        done = sync.merge_one(forge.receiver, forge.with_entries(entries))
        assert known(forge.receiver, "resident") == []
    assert {each["code"] for each in done["refused"]} == {"device-elsewhere"}


def test_a_chain_of_a_device_that_nobody_registered(forge: Forge) -> None:
    """What it is said to have written lies there, refused."""
    entries, stranger = forge.entries, new_device().id
    for line in entries:
        line["chain"][0] = stranger
    with undone(forge.receiver):
        done = sync.merge_one(forge.receiver, forge.with_entries(entries))
        assert known(forge.receiver, "resident") == []
    assert {each["code"] for each in done["refused"]} == {"device-unknown"}


def test_random_changes_to_signed_lines_raise_nothing_but_refusals(forge: Forge) -> None:
    """A hostile sender signs what he likes: whatever it is, the reader says why not, or it is a valid entry."""
    random, lines = Random(3), list(forge.lines)
    before = state(forge.receiver)
    for _ in range(MANY // 3):
        at = random.randrange(len(lines))
        made = random.choice((flipped, replaced, cut, left_out, doubled, swapped))(random, lines[at], b"")
        file = forge.with_lines([*lines[:at], made, *lines[at + 1 :]])
        with undone(forge.receiver):
            taken(forge.receiver, file)
    assert state(forge.receiver) == before


# ---------------------------------------------------------------- too much of it


def zeros(mb: int, *, with_size: bool) -> tuple[bytes, int]:
    size = mb << 20
    made = zstandard.ZstdCompressor(write_content_size=with_size)
    if with_size:
        writer = made.compressobj(size=size)
        return b"".join([*(writer.compress(bytes(1 << 20)) for _ in range(mb)), writer.flush()]), size
    writer = made.compressobj()
    return b"".join([*(writer.compress(bytes(1 << 20)) for _ in range(mb)), writer.flush()]), size


MEASURED = """
from app import passwords
passwords.MEMORY_KIB, passwords.PASSES = 64, 1  # as the workspace was made
import resource, sys, time
from pathlib import Path
from app.domain import clock
from app.domain.findings import UserError
from app.services import sync, workspaces

def most():
    # of this process alone: getrusage also counts what the process that started it had
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

session = workspaces.unlock(Path(sys.argv[1]), sys.argv[2], sys.argv[3], clock=clock.frozen("2020-05-25T12:00"))
for file in sys.argv[4:]:
    start = time.perf_counter()
    try:
        sync.merge_one(session, Path(file))
        code = "taken"
    except UserError as error:
        code = error.code
    print(code, time.perf_counter() - start, most())
workspaces.lock(session)
"""
SLOW = 4
"""A machine under other people's load is given this much more time."""
DEEP = b"[" * 60_000 + b"]" * 60_000


def measured(forge: Forge, bombs: dict[str, Path]) -> dict[str, str]:
    """The codes with which a process of its own turns files away, in the time and memory that a bomb may take."""
    files = list(bombs.values())
    workspaces.lock(forge.receiver)
    before = {each.name for each in forge.street.folder.rglob("*")}
    try:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(forge.receiver.folder), ACCOUNT, PASSWORD, *map(str, files)],
            capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        after = {each.name for each in forge.street.folder.rglob("*")}
    finally:
        opened = workspaces.unlock(forge.receiver.folder, ACCOUNT, PASSWORD, clock=forge.receiver.clock)
        forge.receiver.db, forge.receiver.lock = opened.db, opened.lock
    assert done.returncode == 0, done.stderr
    assert after - before <= {"loutu.db-wal", "loutu.db-shm"}
    said = [line.split() for line in done.stdout.splitlines()]
    for name, (_, seconds, megabytes) in zip(bombs, said, strict=True):
        assert float(seconds) < 3 * SLOW and int(megabytes) < 300, (name, seconds, megabytes)
    return dict(zip(bombs, (code for code, _, _ in said), strict=True))


def kept(forge: Forge, name: str, file: Path) -> Path:
    return file.replace(file.with_name(f"{name}.ltb"))


def a_wide_window() -> bytes:
    params = zstandard.ZstdCompressionParameters.from_level(1, window_log=30)
    writer = zstandard.ZstdCompressor(compression_params=params).compressobj()
    return writer.compress(b"x" * 4096) + writer.flush()


def a_manifest_of(forge: Forge, size: int) -> Path:
    length = len(encode(forge.manifest | {"rings": [""]}))
    said = {**forge.manifest, "rings": ["x" * (size - length)]}
    assert len(encode(said)) == size
    return forge.signed(said, b"")


def a_long_value(forge: Forge) -> Path:
    line = msgspec.json.decode(forge.lines[-1])
    line["parts"] = [part("base", {"v": {"note": "x" * (15 << 20)}})]
    return forge.with_lines([*forge.lines[:-1], msgspec.json.encode(line)])


def test_bombs_are_turned_away_in_time_and_memory(forge: Forge) -> None:
    bombs, codes = {}, {}

    def bomb(name: str, code: str, file: Path) -> None:
        bombs[name], codes[name] = kept(forge, name, file), code

    for with_size in (True, False):
        packed, size = zeros(2048, with_size=with_size)
        bomb(f"says-so-{with_size}", "bundle-size", forge.with_payload(b"", payload=packed, size=size))
        bomb(f"lies-{with_size}", "bundle-size", forge.with_payload(b"", payload=packed, size=100_000))
    packed, _ = zeros(1, with_size=True)
    bomb("beyond-all", "bundle-size", forge.with_payload(b"", payload=packed, size=5 << 30))
    bomb("no-line-end", "bundle-size", forge.with_payload(b'{"registry":"' + b"x" * (64 << 20) + b'"}\n'))
    bomb("wide-window", "bundle-payload", forge.with_payload(b"", payload=a_wide_window(), size=4096))
    bomb("long-value", "bundle-schema", a_long_value(forge))
    bomb("manifest-fits", "bundle-payload", a_manifest_of(forge, 65_536))
    bomb("manifest-long", "bundle-manifest", a_manifest_of(forge, 65_537))
    beyond = forge.street.folder / "beyond.ltb"
    beyond.write_bytes(sealed((0xFFFFFFFF).to_bytes(4, "big") + b"{}", forge.recipient))
    bomb("beyond-the-file", "bundle-manifest", beyond)
    assert measured(forge, bombs) == codes


@pytest.mark.parametrize(
    "where",
    [pytest.param("manifest"), "first", "registry", pytest.param("detail")],
)
def test_json_that_nests_deeply_is_no_fault(forge: Forge, where: str) -> None:
    deep = forge.lines[-1].replace(b'"detail":{}', b'"detail":{"x":' + DEEP + b"}")
    file = {
        "manifest": lambda: forge.signed(DEEP[30_000:-30_000], b""),
        "first": lambda: forge.with_lines([DEEP, *forge.lines[1:]]),
        "registry": lambda: forge.with_lines([b'{"registry":' + DEEP + b"}", *forge.lines[1:]]),
        "detail": lambda: forge.with_lines([*forge.lines[:-1], deep]),
    }[where]()
    assert deep != forge.lines[-1]
    assert refused(forge, file) == ("bundle-manifest" if where == "manifest" else "bundle-schema")


def test_a_document_that_nests_deeply_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(DEEP)
    with pytest.raises(NotTrusted, match="registry-unreadable"):
        signing.read(tmp_path / "x", registries.REGISTRY)


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "C:\\evil", "evil\x00", "a" * 5_000])
def test_names_from_a_bundle_are_never_names_of_files(forge: Forge, name: str) -> None:
    """Wherever a bundle can say a word, it says a path: nothing is written under it."""
    before = set(forge.street.folder.rglob("*"))
    for change in ({"id": name}, {"batch": name}, {"account": name}, {"purpose": name}, {"entity": name}):
        refused(forge, edited(forge, lambda line, change=change: line.update(change)))  # type: ignore[misc]
    refused(forge, forge.with_lines(forge.lines, sender=name))
    for key in ("at", "until"):
        with undone(forge.receiver):
            taken(forge.receiver, forge.with_lines(forge.lines, **{key: name}))
    after = set(forge.street.folder.rglob("*"))
    assert {each.name for each in after - before} <= {"forged.ltb", "loutu.db-wal", "loutu.db-shm"}
    assert not Path("/tmp/evil").exists()


# ---------------------------------------------------------------- from or to the wrong one


def test_a_key_that_nobody_registered(forge: Forge) -> None:
    forge.sender = new_device()
    assert refused(forge, forge.signed(forge.manifest, b"")) == "bundle-signature"
    assert refused(forge, forge.signed({**forge.manifest, "sender": forge.sender.id}, b"")) == "bundle-sender-unknown"


def test_a_device_that_was_revoked(forge: Forge) -> None:
    with undone(forge.receiver):
        enrolment.revoke(forge.receiver, forge.sender.id, 1, forge.street.folder / "root.key", ROOT_PASSWORD)
        assert taken(forge.receiver, forge.file) == "bundle-sender-revoked"


def test_a_bundle_for_somebody_else(forge: Forge) -> None:
    other = forge.street.committees[1]
    before = state(other)
    assert taken(other, forge.file) == "bundle-not-for-me"
    passed_on = forge.signed(forge.manifest, b"", to=own(other).recipient)
    assert taken(other, passed_on) == "bundle-not-for-me"
    assert state(other) == before


def enclosing(forge: Forge, signed: signing.Signed) -> Path:
    return forge.with_lines([msgspec.json.encode({"registry": signed}), *forge.lines[1:]])


def held(session: Session) -> tuple[signing.Signed, registries.Registry]:
    with session.db.reading() as connection:
        return enrolment.need(connection)


@pytest.fixture(scope="module")
def root(afterwards: Street) -> Ed25519PrivateKey:
    return rootkey.open_(afterwards.folder / "root.key", ROOT_PASSWORD)


def test_a_registry_that_somebody_changed(from_centre: Forge, ours: Session) -> None:
    signed, registry = held(ours)
    bigger = msgspec.structs.replace(registry, version=99, until="2999-12-31")
    forged = signing.Signed(signed.kind, encode(bigger), signed.signature)
    assert refused(from_centre, enclosing(from_centre, forged)) == "registry-forged"


def test_a_registry_of_another_root(from_centre: Forge, ours: Session) -> None:
    _, registry = held(ours)
    other = Ed25519PrivateKey.generate()
    theirs = msgspec.structs.replace(registry, version=99, root=other.public_key().public_bytes_raw())
    assert refused(from_centre, enclosing(from_centre, registries.signed_registry(theirs, other))) == "registry-forged"
    mine = msgspec.structs.replace(registry, version=99)
    assert refused(from_centre, enclosing(from_centre, registries.signed_registry(mine, other))) == "registry-forged"


def test_a_request_signed_as_a_registry(from_centre: Forge, ours: Session, root: Ed25519PrivateKey) -> None:
    _, registry = held(ours)
    signed = signing.sign("request", msgspec.structs.replace(registry, version=99), root)
    relabelled = signing.Signed("registry", signed.document, signed.signature)
    for each in (signed, relabelled):
        assert refused(from_centre, enclosing(from_centre, each)) == "registry-forged"


def test_an_older_registry_inside_a_bundle_is_left_aside(
    from_centre: Forge, ours: Session, root: Ed25519PrivateKey
) -> None:
    signed, registry = held(ours)
    older = registries.signed_registry(msgspec.structs.replace(registry, version=0, members=()), root)
    with undone(ours):
        sync.merge_one(ours, enclosing(from_centre, older))
        assert held(ours)[0] == signed


def test_a_registry_whose_member_claims_another_s_id(
    from_centre: Forge, ours: Session, root: Ed25519PrivateKey
) -> None:
    _, registry = held(ours)
    thief = new_device()
    members = tuple(msgspec.structs.replace(each, signing=thief.verifying) for each in registry.members)
    signed = registries.signed_registry(msgspec.structs.replace(registry, version=99, members=members), root)
    assert refused(from_centre, enclosing(from_centre, signed)) == "registry-forged"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"version": 0}, "registry-old"), ({"root": True}, "root-other"), ({"until": "2000-01-01"}, "registry-expired")],
)
def test_an_answer_file_with_a_wrong_registry(
    ours: Session, root: Ed25519PrivateKey, tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    _, registry = held(ours)
    key = root
    if "root" in change:
        key = Ed25519PrivateKey.generate()
        change = {"root": key.public_key().public_bytes_raw()}
    wrong = msgspec.structs.replace(registry, **{"version": 99, **change})
    signing.write(tmp_path / "answer", registries.signed_registry(wrong, key))
    before = state(ours)
    with pytest.raises(UserError) as found:
        enrolment.accept(ours, tmp_path / "answer", registries.root_words(registry.root))
    assert found.value.code == code and state(ours) == before


def test_a_forged_answer_file(ours: Session, tmp_path: Path) -> None:
    signed, registry = held(ours)
    forged = signing.Signed(signed.kind, encode(msgspec.structs.replace(registry, version=99)), signed.signature)
    (tmp_path / "answer").write_bytes(signing.to_bytes(forged))
    before = state(ours)
    with pytest.raises(NotTrusted, match="registry-forged"):
        enrolment.accept(ours, tmp_path / "answer", registries.root_words(registry.root))
    assert state(ours) == before
