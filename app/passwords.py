"""A secret under a password: Argon2id, then ChaCha20-Poly1305 with what it belongs to bound as associated data.

Of accounts (`db.keyslots`) and of the street's root key (`exchange.rootkey`). Parameters weaker than ours are refused.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.domain.findings import UserError

MEMORY_KIB, PASSES, LANES = 65_536, 3, 4
SHORTEST = 8
NONCE = 12
Kdf = Mapping[str, Any]


class PasswordWrongError(Exception):
    """The secret does not open: another password, or not what was sealed."""


class WeakParametersError(Exception):
    """Somebody made guessing cheaper."""


def seal(password: str, secret: bytes, *bound: str) -> tuple[dict[str, Any], str]:
    """(KDF parameters, sealed secret as base64). bound: what the secret belongs to. Raises UserError("password-short")."""
    if len(password) < SHORTEST:
        raise UserError("password-short", shortest=SHORTEST)
    salt = b64encode(os.urandom(16)).decode()
    kdf = {"name": "argon2id", "memory": MEMORY_KIB, "passes": PASSES, "lanes": LANES, "salt": salt}
    nonce = os.urandom(NONCE)
    return kdf, b64encode(nonce + _cipher(kdf, password).encrypt(nonce, secret, _data(bound, kdf))).decode()


def open_(password: str, kdf: Kdf, sealed: str, *bound: str) -> bytes:
    """The secret. Raises PasswordWrongError, WeakParametersError."""
    if kdf["memory"] < MEMORY_KIB or kdf["passes"] < PASSES:
        raise WeakParametersError
    data = b64decode(sealed)
    try:
        return _cipher(kdf, password).decrypt(data[:NONCE], data[NONCE:], _data(bound, kdf))
    except InvalidTag:
        raise PasswordWrongError from None


def _cipher(kdf: Kdf, password: str) -> ChaCha20Poly1305:
    argon = Argon2id(
        salt=b64decode(kdf["salt"]), length=32, iterations=kdf["passes"], lanes=kdf["lanes"], memory_cost=kdf["memory"]
    )
    return ChaCha20Poly1305(argon.derive(password.encode()))


def _data(bound: tuple[str, ...], kdf: Kdf) -> bytes:
    return json.dumps([*bound, dict(kdf)], sort_keys=True).encode()
