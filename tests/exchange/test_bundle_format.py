"""The bundle page, the kept vectors, the independent reader and the product say the same."""

from __future__ import annotations

import ast
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from app.domain import strict
from app.domain.findings import UserError
from app.exchange import bundles, registry, signing
from app.services import records, sync
from app.services.session import Session
from tests.data import make
from tests.exchange import independent_reader as reader
from tests.exchange import test_bundle_attacks as attacks
from tests.exchange.forging import Forge, encode, first_resident, framed, inside, own, part, sealed, undone
from tests.street import Street

PAGE = Path(__file__).parents[2] / "docs" / "bundle-format.md"
VECTORS: dict[str, Any] = json.loads((make.FOLDER / "vectors.json").read_text("utf-8"))
ROOT = b64decode(VECTORS["root"]["public"])


def test_the_independent_reader_imports_nothing_of_the_program() -> None:
    tree = ast.parse(Path(reader.__file__).read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= {
        "__future__", "hashlib", "io", "json", "re", "struct", "base64", "typing", "pyrage", "zstandard", "cryptography",
    }  # fmt: skip


# ---------------------------------------------------------------- the kept vectors


@pytest.mark.parametrize("name", sorted(VECTORS["bundles"]))
def test_the_independent_reader_reads_a_kept_bundle(name: str) -> None:
    kept = VECTORS["bundles"][name]
    found = reader.read((make.FOLDER / name).read_bytes(), kept["me"] | {"root": ROOT})
    assert found["aside"] == {} and found["entries"]
    assert {key: found[key] for key in kept["says"]} == kept["says"]


@pytest.mark.parametrize("name", sorted(VECTORS["bundles"]))
def test_the_product_reads_a_kept_bundle(name: str) -> None:
    kept = VECTORS["bundles"][name]
    opened = bundles.open_((make.FOLDER / name).read_bytes(), kept["me"]["identity"])
    held = registry.read_registry(signed(kept["me"]["registry"]), ROOT)
    sender = held.member(opened.manifest.sender)
    assert sender is not None
    bundles.verify(opened, sender.signing)
    enclosed, lines = bundles.contents(opened)
    assert make.builtins(opened.manifest) == kept["says"]["manifest"]
    assert make.builtins(enclosed) == kept["says"]["first"]
    assert list(map(make.builtins, lines)) == kept["says"]["entries"]
    for line in kept["says"]["entries"]:
        asked = [line[key] for key in ("action", "entity", "id", "format", "erases", "detail", "parts")]
        assert strict.problem(*asked) is None


def test_the_kept_registry() -> None:
    found = registry.read_registry(signed(VECTORS["registry"]["signed"]), ROOT)
    assert make.builtins(found) == VECTORS["registry"]["says"]
    assert registry.root_words(ROOT) == VECTORS["root"]["words"]
    assert reader.registry_of(VECTORS["registry"]["signed"], ROOT) == VECTORS["registry"]["says"]


def signed(value: dict[str, Any]) -> signing.Signed:
    return msgspec.convert(value, signing.Signed)


# ---------------------------------------------------------------- fresh bundles of the real services


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    made = Street(tmp_path_factory.mktemp("format"))
    attacks.lived_in(made.committee())
    made.committee(2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def forge(street: Street) -> Forge:
    (file,) = street.send(street.committees[0])
    return Forge(street, own(street.committees[0]), street.centre, file)


def me(session: Session) -> dict[str, Any]:
    """What the independent reader is told of a real workspace."""
    return make.described(Path(), session, only_me=True)["me"] | {"root": root_of(session)}


def root_of(session: Session) -> bytes:
    return attacks.held(session)[1].root


def by_product(session: Session, file: Path) -> str:
    """What the product says of a file that it must not keep: a code, or "" for what it took."""
    try:
        with undone(session):
            done = sync.merge_one(session, file)
        return ",".join(sorted({each["code"] for each in done["aside"]}))
    except UserError as error:
        return error.code


def by_page(session: Session, file: Path) -> str:
    try:
        return ",".join(sorted(set(reader.read(file.read_bytes(), me(session))["aside"].values())))
    except reader.Wrong as wrong:
        return str(wrong)


def test_both_readers_agree_on_every_bundle_of_a_trip(tmp_path: Path) -> None:
    street = Street(tmp_path)
    ours = street.committee()
    attacks.lived_in(ours)
    for sender, receiver in ((ours, street.centre), (street.centre, ours), (ours, street.centre)):
        records.change(sender, "resident", first_resident(sender), {"occupation": f"{sender.role}{street.sticks}"})
        for file in street.send(sender):
            found = reader.read(file.read_bytes(), me(receiver))
            done = street.bring(receiver, [file])
            assert done["applied"] + done["duplicates"] == len(found["entries"])
            with receiver.db.reading() as connection:
                heads = {
                    f"{device}|{epoch}|{committee}": bytes(head).hex()
                    for device, epoch, committee, head in connection.exec_driver_sql(
                        "SELECT device, epoch, committee_id, head FROM chain"
                    )
                }
            assert found["heads"].items() <= heads.items() and found["aside"] == {}
    street.close()


def mutations(forge: Forge) -> dict[str, Callable[[], Path]]:
    """Mutations for which the page names the code, each made of a bundle that counts."""
    manifest, lines, last = forge.manifest, forge.lines, forge.entries[-1]
    at = max(number for number, each in enumerate(forge.entries) if each["entity"] == "resident") + 1
    person = [*lines[:at], msgspec.json.encode({
        **forge.entries[at - 1], "parts": [[*part("base", {"v": {"name": "王"}})[:3], "0" * 64]]
    }), *lines[at + 1 :]]  # fmt: skip
    pieces = inside(forge.file.read_bytes(), own(forge.receiver).identity)
    spans = manifest["chains"]

    def raw(data: bytes) -> Path:
        made = forge.street.folder / "raw.ltb"
        made.write_bytes(data)
        return made

    def line(**change: Any) -> Path:
        return forge.with_lines([*lines[:-1], msgspec.json.encode({**last, **change})])

    return {
        "bundle-no-bundle": lambda: raw(b"PK\3\4" + bytes(99)),
        "bundle-no-bundle short": lambda: raw(b"LOUTU\0\1"),
        "bundle-newer version": lambda: raw(b"LOUTU\0\2\1" + forge.file.read_bytes()[8:]),
        "bundle-newer suite": lambda: raw(b"LOUTU\0\1\2" + forge.file.read_bytes()[8:]),
        "bundle-manifest version": lambda: raw(b"LOUTU\0\0\1" + forge.file.read_bytes()[8:]),
        "bundle-damaged": lambda: raw(forge.file.read_bytes()[:-7]),
        "bundle-not-for-me": lambda: raw(sealed(framed(*pieces), own(forge.street.committees[1]).recipient)),
        "bundle-manifest short": lambda: raw(sealed(b"\0", forge.recipient)),
        "bundle-manifest long": lambda: raw(sealed(b"\0\1\0\1" + bytes(70_000), forge.recipient)),
        "bundle-manifest order": lambda: forge.signed(dict(reversed(manifest.items())), pieces[2]),
        "bundle-manifest blank": lambda: forge.signed(encode(manifest).replace(b",", b", ", 1), pieces[2]),
        "bundle-manifest twice": lambda: forge.signed(b'{"format":1,' + encode(manifest)[1:], pieces[2]),
        "bundle-manifest escape": lambda: forge.signed(encode(manifest).replace(b"report", b"\\u0072eport"), pieces[2]),
        "bundle-manifest more": lambda: forge.signed({**manifest, "x": 1}, pieces[2]),
        "bundle-manifest suite": lambda: forge.signed({**manifest, "suite": 2}, pieces[2]),
        "bundle-manifest kind": lambda: forge.signed({**manifest, "kind": "x"}, pieces[2]),
        "bundle-manifest first": lambda: forge.signed({**manifest, "chains": [[*spans[0][:3], 0, *spans[0][4:]]]}, pieces[2]),
        "bundle-newer reader": lambda: forge.signed({**manifest, "reader": 2}, pieces[2]),
        "bundle-sender-unknown": lambda: forge.signed({**manifest, "sender": "0" * 32}, pieces[2]),
        "bundle-signature": lambda: raw(sealed(framed(pieces[0], bytes(64), pieces[2]), forge.recipient)),
        "bundle-not-for-me named": lambda: forge.signed({**manifest, "recipients": ["x"]}, pieces[2]),
        "bundle-real": lambda: forge.signed({**manifest, "rehearsal": False}, pieces[2]),
        "bundle-chains": lambda: forge.signed(
            {**manifest, "chains": [[*spans[0][:2], forge.street.committees[1].committee_id, *spans[0][3:]]]}, pieces[2]
        ),
        "bundle-payload hash": lambda: forge.signed(manifest, pieces[2] + b"x"),
        "bundle-payload frame": lambda: forge.with_payload(b"", payload=b"not zstd at all", size=15),
        "bundle-size less": lambda: forge.with_lines(lines, size=10),
        "bundle-size more": lambda: forge.with_lines(lines, size=10 + manifest["size"]),
        "bundle-size end": lambda: forge.with_payload(b"\n".join(lines)),
        "bundle-size limit": lambda: forge.with_lines(lines, size=5 << 30),
        "bundle-schema none": lambda: forge.with_lines([]),
        "bundle-schema first": lambda: forge.with_lines([b'{"x":1}', *lines[1:]]),
        "bundle-schema less": lambda: forge.with_lines(lines[:-1]),
        "bundle-schema more": lambda: forge.with_lines([*lines, lines[-1]]),
        "bundle-schema key": lambda: line(x=1),
        "bundle-schema seq": lambda: line(seq=last["seq"] + 1),
        "bundle-schema chain": lambda: line(chain=["x", "y", "z"]),
        "bundle-schema type": lambda: line(seq="1"),
        "bundle-schema format": lambda: line(format=0),
        "bundle-newer format": lambda: line(format=2),
        "bundle-schema entries": lambda: forge.with_lines(lines, entries=1),
        "ledger-forged": lambda: forge.with_lines(person),
        "registry-forged": lambda: forge.with_lines([
            msgspec.json.encode({"registry": {**VECTORS["registry"]["signed"]}}), *lines[1:]
        ]),
    }  # fmt: skip


def test_both_readers_refuse_the_same_for_the_same_reason(forge: Forge) -> None:
    said = {}
    for name, made in mutations(forge).items():
        file = made()
        said[name] = (by_product(forge.receiver, file), by_page(forge.receiver, file))
    assert said == {name: (name.split()[0], name.split()[0]) for name in said}


def test_both_readers_put_the_same_chains_aside(street: Street, forge: Forge) -> None:
    whole = forge.with_entries(forge.entries)
    assert (by_product(forge.receiver, whole), by_page(forge.receiver, whole)) == ("", "")
    late = forge.with_entries(forge.entries[3:])
    assert (by_product(forge.receiver, late), by_page(forge.receiver, late)) == ("ledger-gap", "ledger-gap")


def test_both_readers_say_the_same_of_random_mutations(forge: Forge) -> None:
    pieces = inside(forge.file.read_bytes(), own(forge.receiver).identity)
    random, stick = Random(4), forge.street.folder / "both.ltb"
    for number in range(60):
        if number % 2:
            data = random.choice(attacks.OUTER)(random, forge.file.read_bytes(), forge.file.read_bytes()[::-1])
        else:
            data = sealed(random.choice(attacks.INNER)(random, pieces, pieces), forge.recipient)
        stick.write_bytes(data)
        assert by_product(forge.receiver, stick) == by_page(forge.receiver, stick), number


# ---------------------------------------------------------------- the page


def test_the_page_names_every_key_and_every_code() -> None:
    text = PAGE.read_text("utf-8")
    for shape in (
        bundles.Manifest,
        bundles.Line,
        bundles.Enclosed,
        registry.Registry,
        registry.Member,
        registry.Request,
    ):
        assert [key for key in shape.__struct_fields__ if f"`{key}`" not in text] == []
    order = [
        text.index(f"| `{key}`" if f"| `{key}`" in text else f"`{key}`") for key in bundles.Manifest.__struct_fields__
    ]
    assert order == sorted(order)
    for code in (
        "not-sealed",
        *re.findall(r"[a-z]+(?:-[a-z]+)+", (strict.problem.__doc__ or "").split("Codes:")[1].split(".")[0]),
    ):
        assert code in text
    for act in strict.ACTS:
        assert act in text
    for number in (bundles.LARGEST_MANIFEST, strict.LONGEST_TEXT):
        assert f"{number:,}" in text
