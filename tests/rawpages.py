"""The pages of an encrypted file as SQLite sees them, decrypted here by the format of SQLCipher 4: what a person with the
key and a hex editor would find, free pages, slack and log included.

A raw key of 32 bytes; AES-256-CBC per page of 4096 bytes, of which the last 80 are IV (16) and HMAC-SHA512 (64).
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVED, SALT = 4096, 80, 16
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
LOG_HEADER, FRAME_HEADER = 32, 24


def pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Every page of the database file, then every frame of its log. A page that does not prove itself is a mistake here."""
    data = path.read_bytes()
    salt = data[:SALT]
    proof = hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
    for at in range(0, len(data), PAGE):
        yield _opened(data[at : at + PAGE], at // PAGE + 1, key, proof)
    log = Path(f"{path}-wal")
    frames = log.read_bytes() if log.exists() else b""
    for at in range(LOG_HEADER, len(frames), FRAME_HEADER + PAGE):
        (number,) = struct.unpack(">I", frames[at : at + 4])
        yield _opened(frames[at + FRAME_HEADER : at + FRAME_HEADER + PAGE], number, key, proof)


def _opened(page: bytes, number: int, key: bytes, proof: bytes) -> bytes:
    start = SALT if number == 1 else 0
    body, vector, seal = page[start : PAGE - RESERVED], page[PAGE - RESERVED : PAGE - 64], page[PAGE - 64 :]
    made = hmac.digest(proof, body + vector + struct.pack("<I", number), "sha512")
    assert hmac.compare_digest(made, seal), f"page {number} is not what the key wrote"
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(body) + decryptor.finalize()


def found(path: Path, key: bytes, *texts: str) -> dict[str, int]:
    """How often each text stands in the decrypted pages, in any encoding."""
    hits = dict.fromkeys(texts, 0)
    for page in pages(path, key):
        for text in texts:
            hits[text] += sum(page.count(each) for each in {text.encode(encoding) for encoding in ENCODINGS})
    return hits
