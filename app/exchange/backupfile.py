"""The backup file (`.ltk`): a zip of files stored as they are; the database and the keys in it are encrypted already.

backup.json (what it is, and the others' hashes) · loutu.db · keys.json · erasures.json
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

import msgspec

from app.domain.findings import UserError
from app.files import replacing
from app.paths import DATABASE, ERASURES, KEYS

SUFFIX, FORMAT, ABOUT = ".ltk", 1, "backup.json"
MEMBERS = (DATABASE, KEYS, ERASURES)
LARGEST_ABOUT = 64 << 10
LARGEST_KEYS = 16 << 20
_CHUNK = 1 << 20


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ids and figures; nothing of it is believed before the database itself says it."""

    format: int
    committee: str
    code: str
    role: str
    device: str
    at: str
    schema: int
    entries: int
    full: bool
    sha256: dict[str, str]


def write(file: Path, folder: Path, about: About) -> int:
    """Pack a folder's members; the file is read again before it takes its name. Returns its size. Raises OSError."""
    hashes = {name: _hash(folder / name) for name in MEMBERS}
    about = msgspec.structs.replace(about, sha256=hashes)
    with replacing(file) as temporary:
        temporary.touch(mode=0o600)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:
            packed.writestr(ABOUT, msgspec.json.encode(about))
            for name in MEMBERS:
                packed.write(folder / name, name)
        read_back(temporary)
    return file.stat().st_size


def copy(file: Path, to: Path) -> None:
    """The same file at another place, read again there. Raises OSError; then nothing is there under that name."""
    with replacing(to) as temporary:
        temporary.touch(mode=0o600)
        shutil.copyfile(file, temporary)
        read_back(temporary)


def read_back(file: Path) -> None:
    """Raises OSError unless every member of the file is what `backup.json` says."""
    try:
        said = about(file)
        with zipfile.ZipFile(file) as packed:
            good = all(_hash_of(packed, name) == said.sha256.get(name) for name in MEMBERS)
    except (UserError, zipfile.BadZipFile, KeyError):
        good = False
    if not good:
        raise OSError(str(file))


def about(file: Path) -> About:
    """What a file says of itself. Raises UserError: file-unreadable, backup-no-backup, backup-newer."""
    try:
        with zipfile.ZipFile(file) as packed:
            names = {each.filename: each for each in packed.infolist()}
            if set(names) != {ABOUT, *MEMBERS} or names[ABOUT].file_size > LARGEST_ABOUT:
                raise UserError("backup-no-backup", file=file.name)
            if any(each.compress_type != zipfile.ZIP_STORED for each in names.values()):
                raise UserError("backup-no-backup", file=file.name)
            data = packed.read(ABOUT)
    except OSError:
        raise UserError("file-unreadable", file=str(file)) from None
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError):
        raise UserError("backup-no-backup", file=file.name) from None
    try:
        said = msgspec.json.decode(data)
        if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] > FORMAT:
            raise UserError("backup-newer", file=file.name)
        return msgspec.convert(said, About)
    except msgspec.MsgspecError:
        raise UserError("backup-no-backup", file=file.name) from None


def unpack(file: Path, folder: Path) -> About:
    """Its members as files of a folder. Raises UserError: what `about` raises, backup-damaged; OSError of the disk."""
    said = about(file)
    for name in MEMBERS:
        seen = hashlib.sha256()
        try:
            with zipfile.ZipFile(file) as packed, packed.open(name) as member:
                target = folder / name
                target.touch(mode=0o600)
                with target.open("wb") as out:
                    while piece := member.read(_CHUNK):
                        seen.update(piece)
                        out.write(piece)
        except (zipfile.BadZipFile, EOFError):
            raise UserError("backup-damaged", file=file.name) from None
        if seen.hexdigest() != said.sha256.get(name):
            raise UserError("backup-damaged", file=file.name)
    return said


def member(file: Path, name: str) -> bytes:
    """One small member. Raises what `about` raises; UserError("backup-damaged")."""
    about(file)
    try:
        with zipfile.ZipFile(file) as packed:
            if packed.getinfo(name).file_size > LARGEST_KEYS:
                raise UserError("backup-damaged", file=file.name)
            return packed.read(name)
    except (zipfile.BadZipFile, EOFError, OSError):
        raise UserError("backup-damaged", file=file.name) from None


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_of(packed: zipfile.ZipFile, name: str) -> str:
    with packed.open(name) as member:
        return hashlib.file_digest(member, "sha256").hexdigest()  # type: ignore[arg-type]  # a file object for reading
