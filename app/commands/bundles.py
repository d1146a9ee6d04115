"""bundle export, inspect, merge."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, opened, progress
from app.domain.findings import NotTrusted, UserError
from app.services import sync
from app.services.values import Values
from app.words import say


def export(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        made = sync.export(session, Path(chosen.out), to=tuple(chosen.to), sibling=chosen.sibling, progress=progress)
    lines = [say("bundle-made", **each) for each in made]
    return {"bundles": made}, "\n".join(lines) if lines else say("bundle-nothing"), 0


def inspect(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = sync.inspect(session, Path(chosen.file))
    return found, say("bundle-inspected", **found), 0


def merge(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        results = sync.merge(session, [Path(file) for file in chosen.files], progress=progress)
    code = max((_code(each) for each in results), default=0)
    lines = [_line(each) for each in results]
    return {"files": [_plain(each) for each in results]}, "\n".join(lines), code


def _code(result: Values) -> int:
    """4 for what cannot be trusted, 1 for what the user can mend, 0 for a good bundle."""
    if isinstance(result["error"], NotTrusted) or result["aside"]:
        return 4
    return 1 if result["error"] else 0


def _line(result: Values) -> str:
    file, error = Path(result["file"]).name, result["error"]
    if error is not None:
        return say("bundle-not-merged", name=file, why=_why(error))
    lines = [say("bundle-merged", name=file, **{key: result[key] for key in ("applied", "duplicates", "conflicts")})]
    if result["rewritten"]:
        lines.append(say("bundle-rewritten", count=result["rewritten"]))
    lines += [say(each["code"], **each) for each in (*result["aside"], *result["notices"])]
    lines += [say(each["code"], **each) for each in result["refused"][:5]]
    return "\n".join(lines)


def _why(error: UserError) -> str:
    return say(error.code, **error.details)


def _plain(result: Values) -> Values:
    error: UserError | None = result["error"]
    said = {"code": error.code, "message": _why(error), **error.details} if error else None
    return {**result, "error": said}
