"""What came from other PCs and what lies on a stick: kept on this PC for the screen, never in a bundle."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from app.db.local import keep_secret, recall
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.services import sync, sync_state
from app.services.session import Session
from app.services.values import Values

CAME = "exchange-came"
KEPT, LOOKED_AT = 60, 200
"""Files told of; files on a stick that are looked at."""


def take(session: Session, file: Path, progress: Progress = quiet, cancelled: Cancelled = never) -> Values:
    """Merge one bundle as `sync.merge` does, and remember what came of it."""
    (result,) = sync.merge(session, [file], progress=progress, cancelled=cancelled)
    one = {
        "at": session.now().isoformat(timespec="seconds"), "file": file.name, "from": result.get("from", ""),
        **{key: result[key] for key in ("applied", "duplicates", "conflicts", "rewritten", "aside", "notices")},
        "refused": Counter(each["code"] for each in result["refused"]),
        "moves": Counter(each["act"] for each in result["moves"]),
        "error": _plain(result["error"]),
    }  # fmt: skip
    with session.db.transaction() as connection:
        keep_secret(connection, CAME, msgspec.json.encode([one, *_came(recall(connection, CAME))][:KEPT]))
    return result


def _plain(error: UserError | None) -> Values | None:
    if error is None:
        return None
    details = {key: value for key, value in error.details.items() if isinstance(value, str | int | float | bool)}
    return {"code": error.code, "details": details}


def _came(kept: bytes | None) -> list[Values]:
    found: list[Values] = msgspec.json.decode(kept) if kept else []
    return found


def came(session: Session) -> list[Values]:
    """The last files taken in on this PC, newest first: at, file, from, applied, duplicates, conflicts, rewritten,
    aside, notices, refused {code: how many}, moves {act: how many}, error {code, details} or None."""
    session.require("status")
    with session.db.reading() as connection:
        return _came(recall(connection, CAME))


def on_stick(session: Session, folder: Path, cancelled: Cancelled = never) -> Values:
    """The bundles in a folder: for_me [{file, from, kind, at, entries, taken}], oldest first, and how many others.

    taken: a file of this name was taken in before. What cannot be read, or is for somebody else, is only counted.
    """
    session.require("bundles.inspect")
    taken = {each["file"] for each in came(session) if each["error"] is None}
    for_me: list[Values] = []
    others = 0
    for file in _bundles(folder):
        check(cancelled)
        try:
            said = sync.inspect(session, file)
        except UserError:
            others += 1
            continue
        kept = {key: said[key] for key in ("from", "kind", "at", "entries")}
        for_me.append({"file": str(file), **kept, "taken": file.name in taken})
    return {"for_me": sorted(for_me, key=lambda each: str(each["at"])), "others": others}


def _bundles(folder: Path) -> list[Path]:
    try:
        found = [*folder.glob(f"*{sync.SUFFIX}"), *folder.glob(f"*/*{sync.SUFFIX}")]
        return sorted(each for each in found if each.is_file())[:LOOKED_AT]
    except OSError:  # pulled out meanwhile
        return []


def swap(session: Session, folder: Path, progress: Progress = quiet, cancelled: Cancelled = never) -> dict[str, Any]:
    """与另一台电脑对拷, one half of the trip: take in what the other PC of this committee left here, write the answer.

    {results: as sync.merge gives them, made: as sync.export gives them, fresh: how many entries of it are new to the
    other PC and more than traces}. Raises what `sync.export` raises.
    """
    session.require("bundles.merge")
    if not folder.is_dir():
        raise UserError("folder-missing", folder=str(folder))
    found = on_stick(session, folder, cancelled)["for_me"]
    results = [
        take(session, Path(each["file"]), progress, cancelled)
        for each in found
        if each["kind"] == "sibling" and not each["taken"]
    ]
    fresh = max((each["unsent"] for each in sync_state.waiting(session, sibling=True)), default=0)
    made = sync.export(session, folder, sibling=True, progress=progress, cancelled=cancelled)
    return {"results": results, "made": made, "fresh": fresh}
