"""Is a folder on a network share? A workspace there is refused: file locks and flushing cannot be relied on, and whoever
runs the server holds copies. Windows says so of drives and UNC paths, Linux of mounted file systems.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from app.domain.findings import UserError

REMOTE = 4  # what Windows' GetDriveType says of a network drive
FILE_SYSTEMS = frozenset({
    "cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "afs", "ceph", "coda", "glusterfs", "lustre", "ncpfs", "davfs",
    "fuse.sshfs", "fuse.rclone", "fuse.smbnetfs", "fuse.gvfsd-fuse", "fuse.davfs2", "fuse.glusterfs", "fuse.cephfs",
    "fuse.curlftpfs", "fuse.s3fs",
})  # fmt: skip
_OCTAL = re.compile(r"\\([0-7]{3})")


def refuse(folder: Path) -> None:
    """Raises UserError("workspace-on-share")."""
    if is_share(folder):
        raise UserError("workspace-on-share", folder=str(folder))


def is_share(folder: Path) -> bool:
    """Of a folder that need not be there yet."""
    if sys.platform == "win32":
        return is_remote(str(folder.absolute()), _drive_type) or is_remote(str(folder.resolve()), _drive_type)
    return is_mounted_remotely(folder.resolve(), _mounts())


def is_remote(path: str, drive_type: Callable[[str], int]) -> bool:
    r"""Windows: `\\server\share\…`, also as `\\?\UNC\server\…`, and drive letters that stand for one."""
    plain = path.replace("/", "\\")
    if plain.startswith("\\\\"):
        device = plain.startswith(("\\\\?\\", "\\\\.\\"))
        if not device or plain[4:8].upper() == "UNC\\":
            return True
        plain = plain[4:]
    return drive_type(plain[:3]) == REMOTE


def is_mounted_remotely(folder: Path, mounts: str) -> bool:
    """Linux: by the text of /proc/self/mountinfo; the mount that lies nearest above decides, of several there the last."""
    nearest, kind = -1, ""
    for line in mounts.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split()
        if not dash or len(fields) < 5:
            continue
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[4]))
        if (point == folder or point in folder.parents) and len(point.parts) >= nearest:
            nearest, kind = len(point.parts), after.split()[0]
    return kind in FILE_SYSTEMS and not (kind == "9p" and nearest == 1)  # of a virtual machine that is its own disk


def _drive_type(drive: str) -> int:
    if sys.platform != "win32":
        return 0
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(drive))


def _mounts() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text("utf-8", errors="surrogateescape")
    except OSError:
        return ""
