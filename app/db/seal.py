"""Level-3 values, sealed one by one: what an account without the ring cannot read even from the opened file.

AES-GCM-SIV with nonce = HMAC(subkey, associated data ‖ value)[:12] and associated data = committee, entity,
entity id, field, key id (ledger-and-bundles.md §2): equal bytes only for the same field of the same row, so
importing the same roster again changes nothing.
"""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from app.domain.fields import ENTITIES
from app.domain.findings import NotTrusted, UserError
from app.domain.ids import new_id
from app.domain.people import derived_birth_date

PREFIX = "sealed:"
SEALED_FOR = "@"
"""Between a sealed value and the row it was sealed for, where a table shows it in another one: merged people."""
NONCE = 12
INDEX = 16
SEALED = {key: tuple(field.key for field in entity.stored if field.sealed) for key, entity in ENTITIES.items()}
_json = msgspec.json.Encoder(order="deterministic")


def is_sealed(value: object) -> bool:
    return isinstance(value, str) and value.startswith(PREFIX)


def shown_elsewhere(sealed: str, row: str) -> str:
    """A sealed value as a table shows it in another row than the one it was sealed for."""
    return f"{sealed}{SEALED_FOR}{row}"


def key_id(sealed: str) -> str:
    """Under which key a value was sealed."""
    return sealed.split(":", 2)[1]


class Ring:
    """The keys of one committee's level-3 values. New values are sealed under the newest key."""

    def __init__(self, keys: Mapping[str, bytes], committee: str) -> None:
        self.keys = dict(keys)
        self.committee = committee
        self.newest = list(self.keys)[-1]
        self._ciphers = {key_id: AESGCMSIV(key[:32]) for key_id, key in self.keys.items()}
        self._nonces = {
            key_id: keyed(hashlib.sha256(b"loutu-nonce-1\0" + key).digest()) for key_id, key in self.keys.items()
        }

    @classmethod
    def new(cls, committee: str) -> Ring:
        return cls({str(new_id())[-12:]: os.urandom(32)}, committee)

    def rotated(self) -> Ring:
        """A further key for new values; old ones are never sealed again."""
        return Ring({**self.keys, str(new_id())[-12:]: os.urandom(32)}, self.committee)

    def _associated(self, entity: str, row: str, field: str, key_id: str) -> bytes:
        return "\0".join((self.committee, entity, row, field, key_id)).encode()

    def seal(self, entity: str, row: str, field: str, value: bytes) -> str:
        """A value's bytes as text that travels and is stored: `sealed:<key id>:<base64url of nonce and cipher>`."""
        key_id = self.newest
        associated = self._associated(entity, row, field, key_id)
        nonce = self._nonces[key_id](associated + b"\0" + value)[:NONCE]
        sealed = nonce + self._ciphers[key_id].encrypt(nonce, value, associated)
        return f"{PREFIX}{key_id}:{urlsafe_b64encode(sealed).decode()}"

    def sealed(self, entity: str, row: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as the ledger keeps them: those of level 3 sealed for exactly this row."""
        kept = without_derived(entity, values)
        for key in SEALED[entity]:
            value = kept.get(key)
            if value is not None and not is_sealed(value):
                kept[key] = self.seal(entity, row, key, _json.encode(value))
        return kept

    def open(self, entity: str, row: str, field: str, text: str) -> bytes:
        """The bytes that were sealed for exactly this field of this row.

        Raises UserError("ring-missing") without the key, NotTrusted("sealed-broken") if it was tampered with
        or belongs elsewhere.
        """
        text, _, sealed_for = text.partition(SEALED_FOR)
        row = sealed_for or row
        _, key_id, data = text.split(":", 2)
        if key_id not in self._ciphers:
            raise UserError("ring-missing", key=key_id)
        try:
            sealed = urlsafe_b64decode(data)
            associated = self._associated(entity, row, field, key_id)
            return self._ciphers[key_id].decrypt(sealed[:NONCE], sealed[NONCE:], associated)
        except (InvalidTag, ValueError):
            raise NotTrusted("sealed-broken", entity=entity, field=field) from None


def index_value(index_key: bytes, number: str) -> bytes:
    """What stands for a whole document number in this PC's index: equality without the number."""
    return indexing(index_key)(number)


def indexing(index_key: bytes) -> Callable[[str], bytes]:
    """`index_value` for many numbers."""
    digest = keyed(index_key)
    return lambda number: digest(number.strip().upper().encode())[:INDEX]


def without_derived(entity: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy without a birth date that stands in the ID number: it is not kept a second time."""
    kept = dict(values)
    if entity == "resident" and kept.get("birth_date") and kept.get("documents"):
        if derived_birth_date(kept["documents"]) == kept["birth_date"]:
            del kept["birth_date"]
    return kept


def keyed(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA-256 under a key (RFC 2104) whose two pads are hashed once: half the time of `hmac.digest`."""
    padded = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(each ^ pad for each in padded)) for pad in (0x36, 0x5C))

    def digest(message: bytes) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    return digest
