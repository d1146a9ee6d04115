"""摘录: what a line office works on — chosen fields of chosen committees, signed, expiring, read-only (access.md).

The file is "LOUTX\\0", a version, and an age file under a passphrase; inside lies one document signed by the centre's
device. Whoever opens it sees the signer's key as words, to be compared by telephone: a file that somebody else signed
shows others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import DecryptError, passphrase

from app import passwords
from app.db.connection import Connection
from app.domain import access, fingerprints
from app.domain.clock import Clock
from app.domain.fields import RESIDENT
from app.domain.findings import NotTrusted, Refused, UserError
from app.exchange import signing
from app.files import write_atomic
from app.services import committees as known_committees
from app.services import enrolment, looking, reports, shares
from app.services.session import Session
from app.services.values import Values

KIND, SUFFIX = "extract", ".ltx"
MAGIC, VERSION = b"LOUTX\0", 1
LARGEST = signing.LARGEST * 2
LONGEST = 366
"""Days that an extract may be read at most."""
AHEAD = timedelta(days=1)
"""How much earlier than its making a reader's clock may stand before the extract is not shown."""


class Extract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document. rows: texts in the order of `fields`, which are (key, title)."""

    version: int
    key: bytes
    maker: str
    account: str
    name: str
    purpose: str
    basis: str
    made: str
    until: str
    committees: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    practice: bool


def make(
    session: Session, out: Path, *, fields: Sequence[str], committees: Sequence[str], until: str, name: str,
    password: str, second: str | None = None,
) -> Values:  # fmt: skip
    """Write an extract: out, persons, fields, until, fingerprint (words), id of the entry's batch.

    committees: ids, codes or names. until: the last day (ISO) it may be read. name: who gets it. Level 3 only where the
    session's purpose carries it, and always with a second person. Raises UserError: extract-type, extract-centre,
    extract-no-purpose, extract-no-name, extract-fields, field-unknown, day-invalid, extract-past, extract-long,
    committee-unknown, extract-level, extract-nobody, extract-large, extract-unwritable, password-short; Refused.
    """
    session.require("extracts.make")
    must_be_extract(out)
    purpose = access.purpose_of(session.purpose)
    keys, last = _checked(session, fields, until, name, password, purpose)
    sensitive = any(key in RESIDENT and RESIDENT[key].level >= 3 for key in keys)
    if sensitive:
        _may_reveal(session, purpose)
    with session.db.reading() as connection:
        chosen = _chosen(session, connection, committees)
        rows = list(reports.people_rows(session, connection, [], sensitive, list(chosen)))
        if not rows:
            raise UserError("extract-nobody")
        if sensitive:
            looking.second_person(session, connection, "extracts.reveal", len(rows), second, always=True)
        device = enrolment.own_device(connection)
    assert purpose is not None
    document = Extract(
        VERSION, device.verifying, session.name, session.account, name.strip(), purpose.title, purpose.basis,
        session.now().isoformat(timespec="seconds"), last, tuple(chosen.values()),
        tuple((key, shares.title_of(key)) for key in keys),
        tuple(tuple(_text(row.get(key)) for key in keys) for row in rows), session.rehearsal,
    )  # fmt: skip
    signed = signing.to_bytes(signing.sign(KIND, document, Ed25519PrivateKey.from_private_bytes(device.signing)))
    if len(signed) > signing.LARGEST:
        raise UserError("extract-large")
    with session.noting("share") as writing:
        writing.act("share", "street", session.committee_id, {
            "kind": KIND, "out": out.name, "to": name.strip(), "fields": keys, "persons": len(rows), "until": last,
            "people": looking.named([str(row["id"]) for row in rows]), "committees": list(chosen), "second": second or "",
            "sensitive": sensitive, "purpose": session.purpose or "",
        })  # fmt: skip
    _write(out, MAGIC + bytes([VERSION]) + passphrase.encrypt(signed, password))
    return {
        "id": writing.batch, "out": str(out), "persons": len(rows), "fields": keys, "count": len(keys), "until": last,
        "fingerprint": fingerprints.of(device.verifying),
    }  # fmt: skip


def must_be_extract(out: Path) -> None:
    """Raises UserError("extract-type") for a name that is none of an extract."""
    if out.suffix.lower() != SUFFIX:
        raise UserError("extract-type", file=out.name)


def _checked(
    session: Session, fields: Sequence[str], until: str, name: str, password: str, purpose: access.Purpose | None
) -> tuple[list[str], str]:
    """The fields' keys, each once, and the last day."""
    if session.role != "centre":
        raise UserError("extract-centre")
    if purpose is None:
        raise UserError("extract-no-purpose")
    if not name.strip():
        raise UserError("extract-no-name")
    keys = list(dict.fromkeys(fields))
    if not keys:
        raise UserError("extract-fields")
    if unknown := [key for key in keys if key not in reports.fields()]:
        raise UserError("field-unknown", field=unknown[0], entity=RESIDENT.title)
    try:
        last = date.fromisoformat(until)
    except ValueError:
        raise UserError("day-invalid", value=until) from None
    today = session.now().date()
    if last < today:
        raise UserError("extract-past", until=until)
    if last > today + timedelta(days=LONGEST):
        raise UserError("extract-long", days=LONGEST)
    if len(password) < passwords.SHORTEST:
        raise UserError("password-short", shortest=passwords.SHORTEST)
    return keys, last.isoformat()


def _may_reveal(session: Session, purpose: access.Purpose | None) -> None:
    session.require("extracts.reveal")
    if session.ring is None:
        raise session.refusal("ring-needed", "extracts.reveal")
    if purpose is None or not purpose.shares_level_3:
        raise UserError("extract-level", purpose=purpose.title if purpose else "")


def _chosen(session: Session, connection: Connection, asked: Sequence[str]) -> dict[str, str]:
    """id -> name of the committees asked for, all of them known and given to this account."""
    rows = known_committees.known(session, connection)
    by_name = {name: row for row in rows for name in (row["id"], row.get("code"), row.get("name"))}
    if not asked or (unknown := [name for name in asked if name not in by_name]):
        raise UserError("committee-unknown", name=unknown[0] if asked else "")
    return {by_name[name]["id"]: str(by_name[name].get("name", "")) for name in asked}


def _text(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _write(out: Path, data: bytes) -> None:
    try:
        write_atomic(out, data)
    except OSError:
        raise UserError("extract-unwritable", file=str(out)) from None


def _must_be_valid(document: Extract, now: datetime) -> None:
    if now.date().isoformat() > document.until:
        raise Refused("extract-ended", until=document.until)
    if now + AHEAD < datetime.fromisoformat(document.made):
        raise UserError("extract-early", made=document.made[:16].replace("T", " "))


def show(file: Path, password: str, clock: Clock | None) -> Values:
    """An extract, without a workspace (clock None: whatever its dates say, for asking what it is): maker, account, fingerprint, name, purpose, until, fields, rows [{key: text}] …

    Raises UserError: file-unreadable, extract-early; NotTrusted: extract-unreadable, extract-forged; Refused:
    extract-password-wrong, extract-ended.
    """
    try:
        data = file.read_bytes() if file.stat().st_size <= LARGEST else b""
    except OSError:
        raise UserError("file-unreadable", file=str(file)) from None
    if not data.startswith(MAGIC) or data[len(MAGIC) : len(MAGIC) + 1] != bytes([VERSION]):
        raise NotTrusted("extract-unreadable", file=file.name)
    try:
        opened = passphrase.decrypt(data[len(MAGIC) + 1 :], password)
    except DecryptError:  # age says the same of a wrong passphrase and of a changed file
        raise Refused("extract-password-wrong") from None
    signed = signing.from_bytes(opened, KIND)
    document = signing.parse(signed, Extract)
    signing.verify(signed, KIND, document.key)
    if clock is not None:
        _must_be_valid(document, clock())
    keys = [key for key, _ in document.fields]
    return {
        "maker": document.maker, "account": document.account, "fingerprint": fingerprints.of(document.key),
        "name": document.name, "purpose": document.purpose, "basis": document.basis, "made": document.made,
        "until": document.until, "committees": list(document.committees), "rehearsal": document.practice,
        "fields": [{"key": key, "title": title} for key, title in document.fields], "persons": len(document.rows),
        "rows": [dict(zip(keys, row, strict=True)) for row in document.rows],
    }  # fmt: skip
