"""The street's root key: an Ed25519 key in a file of its own, under a password of its own, on a stick in a drawer."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import passwords
from app.domain.findings import Refused, UserError
from app.files import write_atomic

VERSION = 1
BOUND = "loutu-root-1"


def create(file: Path, password: str) -> Ed25519PrivateKey:
    """A new root key in a new file. Raises UserError: root-key-exists, password-short."""
    if file.exists():
        raise UserError("root-key-exists", file=str(file))
    key = Ed25519PrivateKey.generate()
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    kdf, sealed = passwords.seal(password, key.private_bytes_raw(), BOUND, public)
    write_atomic(
        file, json.dumps({"version": VERSION, "public": public, "kdf": kdf, "sealed": sealed}, indent=1).encode()
    )
    return key


def open_(file: Path, password: str) -> Ed25519PrivateKey:
    """Raises UserError: root-key-missing, root-key-damaged; Refused("root-password-wrong")."""
    try:
        kept = json.loads(file.read_bytes())
        raw = passwords.open_(password, kept["kdf"], kept["sealed"], BOUND, kept["public"])
        return Ed25519PrivateKey.from_private_bytes(raw)
    except FileNotFoundError:
        raise UserError("root-key-missing", file=str(file)) from None
    except passwords.PasswordWrongError:
        raise Refused("root-password-wrong", file=file.name) from None
    except (OSError, ValueError, KeyError, TypeError, passwords.WeakParametersError):
        raise UserError("root-key-damaged", file=str(file)) from None
