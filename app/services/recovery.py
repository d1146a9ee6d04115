"""When every password is lost: the printed sheet in the safe.

Its code opens a slot of its own. A new sheet voids the older one, and a used one is void too. Without the sheet, and
without the street centre's help, nobody opens the file: there is no back door.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.db import connection as files
from app.db import keyslots, present
from app.db.keyslots import Contents, KeyFile
from app.domain import access, ids, recovery_codes
from app.domain.clock import Clock, now
from app.domain.findings import Refused, UserError
from app.files import write_atomic
from app.services import rotation, workspaces
from app.services.rotation import Known
from app.services.session import Session
from app.services.values import Values
from app.sheets import recovery as paper


def state(session: Session) -> Values:
    """sheet, centre: since when each way of recovery stands (ISO), None where there is none; ring: the sheet's holds it."""
    session.require("accounts.list")
    keys = keyslots.read(session.folder)
    return {
        "sheet": keys.sheet.made if keys.sheet else None, "centre": keys.centre.made if keys.centre else None,
        "ring": bool(keys.sheet and keys.sheet.ring),
    }  # fmt: skip


def recovery_sheet(session: Session, out: Path) -> Values:
    """A fresh code and its sheet as PDF; every older sheet is void from now on.

    The sheet carries the level-3 ring only if this account holds it: an administrator must not print itself a way to it.
    The paper is written first: a sheet without a slot does no harm, a slot without its paper would void the older one
    for nothing. Raises UserError: sheets-type, sheets-unwritable; Refused("not-allowed"). Returns out, made, replaces
    (when the older one was made), ring.
    """
    session.require("accounts.add")
    if out.suffix.lower() != ".pdf":
        raise UserError("sheets-type", file=out.name)
    keys, code, at = rotation.standing(session), recovery_codes.new(), session.now()
    before = keys.sheet.made if keys.sheet else None
    sheet = paper.Sheet(
        session.name, session.code, at.date().isoformat(), code, keys.accounts, before, session.ring is not None,
        session.rehearsal,
    )  # fmt: skip
    ring = session.ring.keys if session.ring else None
    contents = Contents("", (), session.db.key, ring, session.index_key if ring else None)
    made = keys.with_sheet(code, contents, at.isoformat(timespec="minutes"))
    holders = rotation.holders(session, keys) | ({keyslots.SHEET} if ring else set())
    try:
        write_atomic(out, paper.pdf(sheet), verify=True)
    except OSError:
        raise UserError("sheets-unwritable", file=out.name) from None
    with session.noting("grant") as writing:
        writing.act("grant", "committee", session.committee_id, {"what": "recovery-sheet", "replaces": before or ""})
        rotation.keep_holders(writing.connection, session, made, holders)
        keyslots.write(session.folder, made)
    return {
        "out": str(out),
        "made": made.sheet.made if made.sheet else "",
        "replaces": before,
        "ring": ring is not None,
    }


def recover(folder: Path, code: str, account: str, new_password: str, *, clock: Clock = now) -> Values:
    """A new password for an account, by the code on the sheet; where no account is left that can admit others, a new one.

    The sheet is used up. Raises UserError: recovery-code-letter, recovery-code-length, recovery-code-group,
    password-short, name-empty, workspace-busy, workspace-damaged, keys-damaged; Refused: recovery-none,
    recovery-code-wrong, account-unknown. Returns account, id, roles, created.
    """
    account = account.strip()
    if not account:
        raise UserError("name-empty")
    code = recovery_codes.parse(code)
    keyslots.read(folder)
    lock = files.hold(folder)
    try:
        keys = keyslots.read(folder)
        found = keys.unlock_sheet(code)
        session = workspaces.enter(folder, keys, found, lock, clock)
    except BaseException:
        lock.release()
        raise
    try:
        return _recovered(session, keys, account, new_password, found)
    finally:
        workspaces.lock(session)


def _recovered(session: Session, keys: KeyFile, name: str, password: str, found: Contents) -> Values:
    with session.db.reading() as connection:
        accounts = rotation.known(connection)
    session.account_id = next((s.account_id for s in keys.slots if s.account == name), str(ids.new_id()))
    if found.pending_key is not None or keys.leaving:
        rotation.settle(session, keys, found)
        keys = keyslots.read(session.folder)
    known = {slot.account: slot.account_id for slot in keys.slots if slot.account_id in accounts}
    created = name not in known
    if created and not access.locks_everybody_out(accounts[each].roles for each in known.values()):
        raise Refused("account-unknown", account=name)
    account = str(ids.new_id()) if created else known[name]
    roles = tuple(sorted(access.FIRST_ROLES[session.role])) if created else accounts[account].roles
    ring = found.ring if access.holds_ring(roles) else None
    contents = Contents(account, roles, session.db.key, ring, found.index_key if ring else None)
    give = keys.admit if created else keys.readmit
    holders = rotation.holders(session, keys)
    keys = replace(give(name, password, contents), sheet=None)
    session.account_id, session.account = account, name
    with session.noting("grant") as writing:
        for attempt in keyslots.take_attempts(session.folder):
            writing.act("login-failed", "slot", attempt["slot"], {"at": str(attempt["at"])[:40]})
        said = {"name": name, "roles": list(roles), "what": "recovery-sheet"}
        writing.act("grant", "account", account, said)
        if present.one(writing.connection, session.office, "account", account) is None:
            writing.change("account", account, {"name": name, "roles": list(roles)})
        rotation.keep_known(writing.connection, accounts | {account: Known(name, roles)})
        rotation.keep_holders(writing.connection, session, keys, holders | ({keys.slot(name).id} if ring else set()))
        writing.show()
        keyslots.write(session.folder, keys)
    rotation.rotate(session, keyslots.read(session.folder))  # what was copied of the slots before opens nothing newer
    return {
        "account": name,
        "id": account,
        "roles": [each for each in access.ROLES if each in roles],
        "created": created,
    }
