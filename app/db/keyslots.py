"""keys.json: from an account's password to the keys of a workspace (ledger-and-bundles.md §2).

password → Argon2id → the private half of the account's age identity → its box: database key, level-3 ring
if entitled, roles. Boxes are sealed to the *public* half, so keys rotate without anybody's password.
KDF parameters, committee and slot id are bound as associated data: weakened or swapped slots do not open.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyrage

from app import passwords
from app.domain.findings import Refused, UserError
from app.domain.ids import new_id
from app.files import write_atomic
from app.paths import ATTEMPTS, KEYS

VERSION = 1


@dataclass(frozen=True, slots=True)
class Contents:
    """What an account's box holds. `ring` only for those entitled to level 3; `pending_key` during a rotation."""

    account_id: str
    roles: tuple[str, ...]
    database_key: bytes
    ring: Mapping[str, bytes] | None = None
    index_key: bytes | None = None
    pending_key: bytes | None = None

    def to_bytes(self) -> bytes:
        return json.dumps({
            "account_id": self.account_id, "roles": list(self.roles), "database_key": _text(self.database_key),
            "ring": {key: _text(value) for key, value in self.ring.items()} if self.ring else None,
            "index_key": _text(self.index_key), "pending_key": _text(self.pending_key),
        }).encode()  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> Contents:
        kept = json.loads(data)
        ring = {key: b64decode(value) for key, value in kept["ring"].items()} if kept["ring"] else None
        return cls(
            kept["account_id"], tuple(kept["roles"]), b64decode(kept["database_key"]), ring,
            _bytes(kept["index_key"]), _bytes(kept["pending_key"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """One account's way in."""

    id: str
    account: str
    kdf: Mapping[str, Any]
    private: str
    public: str
    box: str


@dataclass(frozen=True, slots=True)
class KeyFile:
    """All slots, and what may be known before unlocking: committee, role, name, code, practice or real."""

    committee: str
    role: str
    name: str
    code: str
    rehearsal: bool
    slots: tuple[Slot, ...] = field(default=())

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(slot.account for slot in self.slots)

    def slot(self, account: str) -> Slot:
        for slot in self.slots:
            if slot.account == account:
                return slot
        raise Refused("account-unknown", account=account)

    def unlock(self, account: str, password: str) -> Contents:
        """Raises Refused: account-unknown, password-wrong; UserError("keys-damaged") for a meddled slot."""
        slot = self.slot(account)
        identity = self._identity(slot, password)
        try:
            return Contents.from_bytes(pyrage.decrypt(b64decode(slot.box), [identity]))
        except (pyrage.DecryptError, ValueError, KeyError):
            raise UserError("keys-damaged") from None

    def _identity(self, slot: Slot, password: str) -> pyrage.x25519.Identity:
        try:
            private = passwords.open_(password, slot.kdf, slot.private, "loutu-slot-1", self.committee, slot.id)
        except passwords.WeakParametersError:
            raise UserError("keys-damaged", reason="kdf") from None
        except passwords.PasswordWrongError:
            raise Refused("password-wrong", account=slot.account) from None
        return pyrage.x25519.Identity.from_str(private.decode())

    def admit(self, account: str, password: str, contents: Contents) -> KeyFile:
        """The same with a slot for a further account. Raises UserError: password-short, account-exists."""
        if account in self.accounts:
            raise UserError("account-exists", account=account)
        slot = self._slot(account, password, str(pyrage.x25519.Identity.generate()))
        return replace(self, slots=(*self.slots, replace(slot, box=_box(slot.public, contents))))

    def _slot(self, account: str, password: str, identity: str, *, id_: str | None = None) -> Slot:
        slot_id = id_ or str(new_id())
        kdf, private = passwords.seal(password, identity.encode(), "loutu-slot-1", self.committee, slot_id)
        public = str(pyrage.x25519.Identity.from_str(identity).to_public())
        return Slot(slot_id, account, kdf, private, public, "")

    def remove(self, account: str) -> KeyFile:
        gone = self.slot(account)
        return replace(self, slots=tuple(slot for slot in self.slots if slot is not gone))

    def reseal(self, contents: Mapping[str, Contents]) -> KeyFile:
        """New contents for these accounts, through their public halves: nobody's password is needed."""
        return replace(
            self,
            slots=tuple(
                replace(slot, box=_box(slot.public, contents[slot.account])) if slot.account in contents else slot
                for slot in self.slots
            ),
        )

    def change_password(self, account: str, old: str, new: str) -> KeyFile:
        slot = self.slot(account)
        identity = str(self._identity(slot, old))
        made = replace(self._slot(account, new, identity, id_=slot.id), box=slot.box)
        return replace(self, slots=tuple(made if each is slot else each for each in self.slots))


def _box(public: str, contents: Contents) -> str:
    recipient = pyrage.x25519.Recipient.from_str(public)
    return b64encode(pyrage.encrypt(contents.to_bytes(), [recipient])).decode()


def _text(value: bytes | None) -> str | None:
    return b64encode(value).decode() if value is not None else None


def _bytes(value: str | None) -> bytes | None:
    return b64decode(value) if value is not None else None


# ---------------------------------------------------------------- the file


def write(folder: Path, keys: KeyFile) -> None:
    """Rewrite keys.json atomically."""
    slots = [
        {"id": s.id, "account": s.account, "kdf": dict(s.kdf), "private": s.private, "public": s.public, "box": s.box}
        for s in keys.slots
    ]
    kept = {
        "version": VERSION, "committee": keys.committee, "role": keys.role, "name": keys.name, "code": keys.code,
        "rehearsal": keys.rehearsal, "slots": slots,
    }  # fmt: skip
    write_atomic(folder / KEYS, json.dumps(kept, ensure_ascii=False, indent=1).encode())


def read(folder: Path) -> KeyFile:
    """Raises UserError: workspace-missing, keys-damaged, workspace-newer."""
    try:
        kept = json.loads((folder / KEYS).read_bytes())
    except FileNotFoundError:
        raise UserError("workspace-missing", folder=str(folder)) from None
    except ValueError:
        raise UserError("keys-damaged", folder=str(folder)) from None
    try:
        if kept["version"] > VERSION:
            raise UserError("workspace-newer", folder=str(folder))
        slots = tuple(Slot(**slot) for slot in kept["slots"])
        return KeyFile(kept["committee"], kept["role"], kept["name"], kept["code"], bool(kept["rehearsal"]), slots)
    except (KeyError, TypeError):
        raise UserError("keys-damaged", folder=str(folder)) from None


def note_attempt(folder: Path, slot: str, at: str) -> None:
    """A failed login, kept beside the keys until the next unlock makes it an entry."""
    with (folder / ATTEMPTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": at, "slot": slot}) + "\n")


def take_attempts(folder: Path) -> list[dict[str, str]]:
    """The failed logins since the last unlock; the file is emptied by the caller's `clear_attempts`."""
    path = folder / ATTEMPTS
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def clear_attempts(folder: Path) -> None:
    (folder / ATTEMPTS).unlink(missing_ok=True)
