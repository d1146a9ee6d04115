"""迁移 as people look at it: who waits, where, since when; and taking somebody in at a door."""

from __future__ import annotations

from datetime import datetime

from app.db import history
from app.db.connection import Connection
from app.db.rows import Reader
from app.domain import moves as states
from app.domain.findings import UserError
from app.domain.versions import open_versions
from app.services import enrolment, moves, records
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values


def waiting(session: Session) -> list[Values]:
    """Moves under way: what `moves.pending` says, with since (ISO), days, of and to (names of the two committees).

    At a centre one line for each offer, whichever of its two rows have come; `arrived` once it was carried.
    """
    pending = moves.pending(session)
    names = {each["committee"]: each["name"] for each in enrolment.status(session)["members"]}
    with session.db.reading() as connection:
        readers: dict[str, Reader] = {}
        for each in pending:
            each["since"] = _since(connection, readers, each)
            mine = names.get(each["committee"], session.name)
            offered = each["state"] == states.OFFERED
            each["of"], each["to"] = (mine, each["other"]) if offered else (each["other"], mine)
    lines: dict[str, Values] = {}
    for each in pending:
        before = lines.get(each["offer"])
        if before is None or each["state"] == states.ARRIVED:
            lines[each["offer"]] = {**each, "since": min(each["since"], before["since"]) if before else each["since"]}
        elif each["since"] < before["since"]:
            before["since"], before["path"] = each["since"], each["path"]
    now = session.now()
    for each in lines.values():
        each["days"] = max(0, (now - datetime.fromisoformat(each["since"])).days)
    return sorted(lines.values(), key=lambda each: str(each["since"]))


def _since(connection: Connection, readers: dict[str, Reader], move: Values) -> str:
    reader = readers.setdefault(move["committee"], Reader(connection, move["committee"]))
    standing = open_versions(reader.members(move["id"]), moves.MOVE)
    return str(history.origin(reader, max(standing))["at"])


def take_in(session: Session, resident: str, *, household: str = "", dwelling: str = "") -> Change:
    """Accept somebody (by id) into a household that is there, or into a new one behind a door (ids or paths).

    Raises what `moves.accept` raises; UserError("move-household-needed").
    """
    session.require("moves.accept")
    if not household and not dwelling:
        raise UserError("move-household-needed")
    if not any(each["id"] == resident and each["state"] == states.ARRIVED for each in moves.pending(session)):
        raise UserError("move-none", name="")  # before a household is made for nobody
    home = household or records.add(session, "household", {"dwelling": dwelling}).id
    return moves.accept(session, resident, home)
