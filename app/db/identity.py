"""A device's own keys: what it signs with and what bundles to it are encrypted to."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass

import msgspec
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain import ids


@dataclass(frozen=True, slots=True)
class Device:
    """signing: the raw Ed25519 private key; identity: the age X25519 identity as text. Kept in the encrypted file."""

    signing: bytes
    identity: str

    @property
    def verifying(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw()

    @property
    def recipient(self) -> str:
        return str(pyrage.x25519.Identity.from_str(self.identity).to_public())

    @property
    def id(self) -> str:
        return ids.device_id(self.verifying, self.recipient)

    def to_bytes(self) -> bytes:
        return msgspec.json.encode({"signing": b64encode(self.signing).decode(), "identity": self.identity})

    @classmethod
    def from_bytes(cls, data: bytes) -> Device:
        kept = msgspec.json.decode(data)
        return cls(b64decode(kept["signing"]), kept["identity"])


def new_device() -> Device:
    return Device(Ed25519PrivateKey.generate().private_bytes_raw(), str(pyrage.x25519.Identity.generate()))
