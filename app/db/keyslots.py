"""keys.json: from an account's password to the keys of a workspace (ledger-and-bundles.md §2).

password → Argon2id → the private half of the account's age identity → its two boxes. One holds the database key and
the roles; whoever knows the database key can seal it anew for everybody. The other holds the level-3 ring and the index
key of those entitled; only a holder of the ring can make it, so an administrator without it admits nobody to it.
Boxes are sealed to the *public* half: keys rotate without anybody's password. KDF parameters, committee and slot id are
bound as associated data: weakened or swapped slots do not open. Beside the accounts' slots stand at most two ways of
recovery: the printed sheet's, and the street centre's. Longer than most files: all that is ever read or written of
keys.json and of the failed log-ins beside it.
"""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

import pyrage

from app import passwords
from app.domain.findings import Refused, UserError
from app.domain.ids import new_id
from app.files import write_atomic
from app.paths import ATTEMPTS, KEYS

VERSION = 1
SHEET, CENTRE = "sheet", "centre"
"""Ids of the two ways of recovery."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a slot's boxes hold. `ring` and `index_key` only for those entitled to level 3; `pending_key` during a
    rotation."""

    account_id: str
    roles: tuple[str, ...]
    database_key: bytes
    ring: Mapping[str, bytes] | None = None
    index_key: bytes | None = None
    pending_key: bytes | None = None

    def to_box(self) -> bytes:
        return json.dumps({
            "account_id": self.account_id, "roles": list(self.roles), "database_key": _text(self.database_key),
            "pending_key": _text(self.pending_key),
        }).encode()  # fmt: skip

    def to_ring(self) -> bytes | None:
        """What the second box holds; None without a ring."""
        if self.ring is None:
            return None
        ring = {key: _text(value) for key, value in self.ring.items()}
        return json.dumps({"ring": ring, "index_key": _text(self.index_key)}).encode()

    @classmethod
    def from_boxes(cls, box: bytes, ring: bytes | None) -> Contents:
        """Also of a box of the first program, which held ring and index key itself."""
        kept = json.loads(box)
        level_3 = json.loads(ring) if ring is not None else kept
        keys = level_3.get("ring")
        return cls(
            kept["account_id"], tuple(kept["roles"]), b64decode(kept["database_key"]),
            {key: b64decode(value) for key, value in keys.items()} if keys else None,
            _bytes(level_3.get("index_key")), _bytes(kept["pending_key"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """One account's way in, or one of recovery (no account).

    public: one recipient, or several with blanks between. ring: the second box, "" where nothing is sealed in it.
    made, tag: of a way of recovery: when, and with which keys.
    """

    id: str
    account: str
    kdf: Mapping[str, Any]
    private: str
    public: str
    box: str
    ring: str = ""
    account_id: str = ""
    made: str = ""
    tag: str = ""

    def sealed(self, contents: Contents) -> Slot:
        """With these contents; the second box stays as it is where they hold no ring."""
        ring = contents.to_ring()
        return replace(
            self, account_id=contents.account_id, box=_box(self.public, contents.to_box()),
            ring=self.ring if ring is None else _box(self.public, ring), tag="" if self.account else tag(contents),
        )  # fmt: skip

    def opened(self, identity: pyrage.x25519.Identity) -> Contents:
        """Raises UserError("keys-damaged") for a box that is not this identity's."""
        try:
            ring = pyrage.decrypt(b64decode(self.ring), [identity]) if self.ring else None
            return Contents.from_boxes(pyrage.decrypt(b64decode(self.box), [identity]), ring)
        except (pyrage.DecryptError, ValueError, KeyError, AttributeError, TypeError):
            raise UserError("keys-damaged") from None


@dataclass(frozen=True, slots=True)
class KeyFile:
    """All slots, and what may be known before unlocking: committee, role, name, code, practice or real.

    leaving: ids of accounts whose slots are gone while the removal is not finished.
    """

    committee: str
    role: str
    name: str
    code: str
    rehearsal: bool
    slots: tuple[Slot, ...] = ()
    sheet: Slot | None = None
    centre: Slot | None = None
    leaving: tuple[str, ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(slot.account for slot in self.slots)

    @property
    def ways(self) -> tuple[Slot, ...]:
        """Every slot, those of recovery too."""
        return (*self.slots, *(each for each in (self.sheet, self.centre) if each is not None))

    def slot(self, account: str) -> Slot:
        for slot in self.slots:
            if slot.account == account:
                return slot
        raise Refused("account-unknown", account=account)

    def unlock(self, account: str, password: str) -> Contents:
        """Raises Refused: account-unknown, password-wrong; UserError("keys-damaged") for a meddled slot."""
        slot = self.slot(account)
        return slot.opened(self._identity(slot, password))

    def unlock_sheet(self, code: str) -> Contents:
        """What the printed sheet opens. Raises Refused: recovery-none, recovery-code-wrong; UserError("keys-damaged")."""
        if self.sheet is None:
            raise Refused("recovery-none")
        try:
            identity = self._identity(self.sheet, code)
        except Refused:
            raise Refused("recovery-code-wrong") from None
        return self.sheet.opened(identity)

    def _identity(self, slot: Slot, password: str) -> pyrage.x25519.Identity:
        try:
            private = passwords.open_(password, slot.kdf, slot.private, "loutu-slot-1", self.committee, slot.id)
        except passwords.WeakParametersError:
            raise UserError("keys-damaged", reason="kdf") from None
        except passwords.PasswordWrongError:
            raise Refused("password-wrong", account=slot.account) from None
        except (KeyError, ValueError, TypeError):
            raise UserError("keys-damaged") from None
        return pyrage.x25519.Identity.from_str(private.decode())

    # ---------------------------------------------------------------- changed: each gives another file

    def admit(self, account: str, password: str, contents: Contents) -> KeyFile:
        """The same with a slot for a further account. Raises UserError: password-short, account-exists."""
        if account in self.accounts:
            raise UserError("account-exists", account=account)
        return replace(self, slots=(*self.slots, self._fresh(account, password, str(new_id())).sealed(contents)))

    def readmit(self, account: str, password: str, contents: Contents) -> KeyFile:
        """An account whose password is lost gets a new one, and with it a new identity."""
        lost = self.slot(account)
        made = self._fresh(account, password, lost.id).sealed(contents)
        return self._with([made])

    def _fresh(self, account: str, password: str, id_: str, identity: str | None = None) -> Slot:
        identity = identity or str(pyrage.x25519.Identity.generate())
        kdf, private = passwords.seal(password, identity.encode(), "loutu-slot-1", self.committee, id_)
        return Slot(id_, account, kdf, private, str(pyrage.x25519.Identity.from_str(identity).to_public()), "")

    def with_sheet(self, code: str, contents: Contents, made: str) -> KeyFile:
        """The same with a sheet of recovery; an older one opens nothing any more."""
        return replace(self, sheet=replace(self._fresh("", code, SHEET).sealed(contents), made=made))

    def with_centre(self, recipients: Iterable[str], contents: Contents, made: str) -> KeyFile:
        """The same with a way that the street centre's PCs can open."""
        slot = Slot(CENTRE, "", {}, "", " ".join(sorted(recipients)), "", made=made)
        return replace(self, centre=slot.sealed(contents))

    def remove(self, account: str) -> KeyFile:
        gone = self.slot(account)
        return replace(self, slots=tuple(slot for slot in self.slots if slot is not gone))

    def reseal(self, contents: Mapping[str, Contents]) -> KeyFile:
        """New contents for these slots (by id or account), through their public halves: nobody's password is needed."""
        found = ((slot, contents.get(slot.id) or contents.get(slot.account)) for slot in self.ways)
        return self._with([slot.sealed(given) for slot, given in found if given is not None])

    def without_ring(self, account: str) -> KeyFile:
        """The account is no longer entitled to level 3."""
        return self._with([replace(self.slot(account), ring="")])

    def change_password(self, account: str, old: str, new: str) -> KeyFile:
        slot = self.slot(account)
        made = self._fresh(account, new, slot.id, str(self._identity(slot, old)))
        return self._with([replace(slot, kdf=made.kdf, private=made.private)])

    def _with(self, changed: Iterable[Slot]) -> KeyFile:
        by_id = {slot.id: slot for slot in changed}
        return replace(
            self, slots=tuple(by_id.get(slot.id, slot) for slot in self.slots),
            sheet=by_id.get(SHEET, self.sheet), centre=by_id.get(CENTRE, self.centre),
        )  # fmt: skip


def tag(contents: Contents) -> str:
    """Which keys a way of recovery was sealed with: tells that they changed, and nothing else about them."""
    said = hashlib.sha256(b"loutu-recovery-1\0" + contents.database_key)
    for key in sorted(contents.ring or ()):
        said.update(key.encode() + b"\0")
    return said.hexdigest()[:16]


def _box(public: str, data: bytes) -> str:
    recipients = [pyrage.x25519.Recipient.from_str(each) for each in public.split()]
    return b64encode(pyrage.encrypt(data, recipients)).decode()


def _text(value: bytes | None) -> str | None:
    return b64encode(value).decode() if value is not None else None


def _bytes(value: str | None) -> bytes | None:
    return b64decode(value) if value is not None else None


# ---------------------------------------------------------------- the file


def write(folder: Path, keys: KeyFile) -> None:
    """Rewrite keys.json atomically."""
    kept = {
        "version": VERSION, "committee": keys.committee, "role": keys.role, "name": keys.name, "code": keys.code,
        "rehearsal": keys.rehearsal, "slots": [_kept(slot) for slot in keys.slots], "leaving": list(keys.leaving),
        "recovery": {slot.id: _kept(slot) for slot in (keys.sheet, keys.centre) if slot is not None},
    }  # fmt: skip
    write_atomic(folder / KEYS, json.dumps(kept, ensure_ascii=False, indent=1).encode())


def _kept(slot: Slot) -> dict[str, Any]:
    return asdict(slot) | {"kdf": dict(slot.kdf)}


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
        recovery = {id_: Slot(**slot) for id_, slot in kept.get("recovery", {}).items()}
        return KeyFile(
            kept["committee"], kept["role"], kept["name"], kept["code"], bool(kept["rehearsal"]),
            tuple(Slot(**slot) for slot in kept["slots"]), recovery.get(SHEET), recovery.get(CENTRE),
            tuple(kept.get("leaving", ())),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError):
        raise UserError("keys-damaged", folder=str(folder)) from None


# ---------------------------------------------------------------- failed log-ins

FREE = 3
WAITS = (5, 15, 60, 300)
"""Seconds after the third failure, the fourth, …; the last for all that follow."""
KEPT = 100
"""Lines of one slot that are kept while nobody unlocks it."""


def note_attempt(folder: Path, slot: str, at: str, wall: float | None = None) -> None:
    """A failed log-in, kept beside the keys until the next unlock makes it an entry.

    at: as the ledger will say; wall: seconds of this PC's clock, by which the next one waits.
    """
    with (folder / ATTEMPTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": at, "slot": slot, "wall": time.time() if wall is None else wall}) + "\n")


def _lines(folder: Path) -> list[dict[str, Any]]:
    """What stands there; a line that a power cut or a hand broke is passed over."""
    try:
        text = (folder / ATTEMPTS).read_text("utf-8", errors="replace")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        try:
            said = json.loads(line)
            found.append({"at": str(said["at"]), "slot": str(said["slot"]), "wall": float(said.get("wall", 0)),
                          "noted": bool(said.get("noted"))})  # fmt: skip
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _rewrite(folder: Path, lines: list[dict[str, Any]]) -> None:
    if lines:
        write_atomic(folder / ATTEMPTS, "".join(json.dumps(line) + "\n" for line in lines).encode())
    else:
        (folder / ATTEMPTS).unlink(missing_ok=True)


def take_attempts(folder: Path) -> list[dict[str, str]]:
    """The failed log-ins that are no entries yet."""
    return [{"at": each["at"], "slot": each["slot"]} for each in _lines(folder) if not each["noted"]]


def clear_attempts(folder: Path, slot: str | None = None) -> None:
    """They became entries. Those of other slots than the unlocked one go on counting for how long the next one waits:
    who has an account must not be able to guess another's password at leisure. slot None: forget all."""
    others = [each | {"noted": True} for each in _lines(folder) if slot is not None and each["slot"] != slot]
    _rewrite(folder, others[-KEPT:])


def wait(folder: Path, slot: str, wall: float) -> int:
    """Seconds until this slot may be tried again; 0 if at once.

    A clock that went back since the last failure begins the wait anew from now, so nobody waits longer than the longest.
    """
    lines = _lines(folder)
    own = [each for each in lines if each["slot"] == slot]
    if len(own) < FREE:
        return 0
    last = own[-1]
    if last["wall"] > wall:
        last["wall"] = wall
        _rewrite(folder, lines)
    until: float = last["wall"] + WAITS[min(len(own) - FREE, len(WAITS) - 1)]
    return max(0, ceil(until - wall))
