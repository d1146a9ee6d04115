"""Makes the test vectors of docs/bundle-format.md anew: `python -m tests.data.make`. Keys are made for them and guard nothing.

age encrypts with random keys and devices make theirs at random, so a run gives other bytes: the files are kept. Run it
only after the format changed.
"""

from __future__ import annotations

import json
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

import msgspec

from app.db import merging
from app.db.devices import chains
from app.exchange import bundles, registry, rootkey, signing
from app.services import enrolment, records
from app.services.session import Session
from tests.street import ROOT_PASSWORD, Street

FOLDER = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        street = Street(Path(folder))
        try:
            made(street)
        finally:
            street.close()


def made(street: Street) -> None:
    committee, centre = street.committee(), street.centre
    dwelling = records.add(committee, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"}).id
    household = records.add(committee, "household", {"dwelling": dwelling}).id
    said = {"household": household, "name": "王建国", "phone": "13800000000", "id_number": "310115195803120010"}
    person = records.add(committee, "resident", said).id
    (report,) = street.send(committee)
    vectors: dict[str, Any] = {"about": "keys made for these tests; they guard nothing", "bundles": {}}
    vectors["bundles"]["report.ltb"] = described(report, centre)
    street.bring(centre, [report])
    records.change(centre, "resident", person, {"occupation": "教师"})
    street.committee(2)
    answer = next(each for each in street.send(centre) if committee.code in each.name)
    vectors["bundles"]["street.ltb"] = described(answer, committee)
    root = rootkey.open_(street.folder / "root.key", ROOT_PASSWORD)
    with centre.db.reading() as connection:
        signed, content = enrolment.need(connection)
    vectors["root"] = {"private": b64(root.private_bytes_raw()), "public": b64(root.public_key().public_bytes_raw()),
                       "words": registry.root_words(root.public_key().public_bytes_raw())}  # fmt: skip
    vectors["registry"] = {"signed": json.loads(signing.to_bytes(signed)), "says": builtins(content)}
    for name, file in (("report.ltb", report), ("street.ltb", answer)):
        (FOLDER / name).write_bytes(file.read_bytes())
    text = json.dumps(vectors, ensure_ascii=False, indent=1)
    (FOLDER / "vectors.json").write_text(text + "\n", encoding="utf-8")


def described(file: Path, reader: Session, *, only_me: bool = False) -> dict[str, Any]:
    """Who reads it, with which keys and with what already there; and what it says."""
    with reader.db.reading() as connection:
        device = enrolment.own_device(connection)
        signed, _ = enrolment.need(connection)
        held = {
            f"{'|'.join(chain.key)}|{row['seq']}": digest.hex()
            for chain in chains(connection)
            for row, (digest,) in zip(
                merging.records(connection, chain.n),
                connection.exec_driver_sql(
                    "SELECT digest FROM entry WHERE id > ? AND id < ? ORDER BY id", (chain.n << 40, (chain.n + 1) << 40)
                ).fetchall(),
                strict=True,
            )
        }
    me = {
        "identity": device.identity, "recipient": device.recipient, "signing": b64(device.signing), "device": device.id,
        "role": reader.role, "committee": reader.committee_id, "rehearsal": reader.rehearsal, "today": "2020-05-25",
        "registry": json.loads(signing.to_bytes(signed)), "digests": held,
    }  # fmt: skip
    if only_me:
        return {"me": me}
    opened = bundles.open_(file.read_bytes(), device.identity)
    enclosed, lines = bundles.contents(opened)
    says = {
        "manifest": builtins(opened.manifest), "first": builtins(enclosed), "entries": list(map(builtins, lines)),
        "heads": {f"{s.device}|{s.epoch}|{s.committee}": s.head for s in opened.manifest.chains},
    }  # fmt: skip
    return {"me": me, "says": says}


def builtins(value: object) -> Any:
    """As JSON has it: lists for tuples, base64 for bytes."""
    return json.loads(msgspec.json.encode(value))


def b64(data: bytes) -> str:
    return b64encode(data).decode()


if __name__ == "__main__":
    main()
