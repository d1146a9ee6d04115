"""account add, remove, list, set, admit, password, recovery-sheet, recover."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.commands.opening import Result, account, clock_of, folder, opened, password, read_password, table
from app.services import accounts, workspaces
from app.words import say


def add(chosen: argparse.Namespace) -> Result:
    secret = read_password(Path(chosen.new_password_file))
    with opened(chosen) as session:
        done = accounts.add(
            session, chosen.name, secret, _listed(chosen.roles) or (), committees=_listed(chosen.committees),
            buildings=_listed(chosen.buildings),
        )  # fmt: skip
    code = "account-added-owed" if done["ring"] == "owed" else "account-added"
    return done, say(code, account=done["account"], titles=titles(done["roles"])), 0


def remove(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = accounts.remove(session, chosen.name)
    owed = any(each["kind"] == "ring-renew" for each in done["owed"])
    return done, say("account-removed-owed" if owed else "account-removed", **done), 0


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = accounts.list_(session)
    rows = [
        (each["account"], titles(each["roles"]), _names(each["committee_names"], "全部"),
         _names(each["building_paths"], ""), (each["last_login"] or "")[:16].replace("T", " "))
        for each in found
    ]  # fmt: skip
    return found, table(rows, ("账号", "角色", "居委会", "包块楼号", "上次登录")), 0


def set_(chosen: argparse.Namespace) -> Result:
    given: dict[str, Any] = {
        key: _listed(getattr(chosen, key)) for key in ("roles", "committees", "buildings")
        if getattr(chosen, key) is not None
    }  # fmt: skip
    if "roles" in given:
        given["roles"] = given["roles"] or ()
    with opened(chosen) as session:
        done = accounts.change(session, chosen.name, **given)
    return done, say("account-changed", account=done["account"], titles=titles(done["roles"])), 0


def admit(chosen: argparse.Namespace) -> Result:
    """Sensitive information for an account that an administrator without it made; with --refuse not."""
    with opened(chosen) as session:
        done = (accounts.refuse_ring if chosen.refuse else accounts.admit)(session, chosen.name)
    code = "account-admitted" if not chosen.refuse else "account-refused" if done["roles"] else "account-refused-bare"
    return done, say(code, account=done["account"], titles=titles(done["roles"])), 0


def change_password(chosen: argparse.Namespace) -> Result:
    """One's own; the old one is what the command is run with."""
    secret, old = read_password(Path(chosen.new_password_file)), password(chosen, account(chosen))
    with opened(chosen) as session:
        done = accounts.password(session, old, secret)
    return done, say("account-password"), 0


def recovery_sheet(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = accounts.recovery_sheet(session, Path(chosen.out))
    lines = [say("recovery-made", **done)]
    lines += [say("recovery-voids")] if done["replaces"] else []
    lines += [] if done["ring"] else [say("recovery-without-ring")]
    return done, "\n".join(lines), 0


def recover(chosen: argparse.Namespace) -> Result:
    """--account is who gets the new password; nobody logs in."""
    where, name = folder(chosen), account(chosen)
    rehearsal = bool(workspaces.about(where)["rehearsal"])
    done = accounts.recover(
        where, read_password(Path(chosen.code_file)), name, read_password(Path(chosen.new_password_file)),
        clock=clock_of(chosen, rehearsal=rehearsal),
    )  # fmt: skip
    code = "recovered-new" if done["created"] else "recovered"
    return done, say(code, account=name, titles=titles(done["roles"])), 0


def titles(roles: Iterable[str]) -> str:
    """Roles as the screen says them."""
    return "、".join(say(f"role-{role}") for role in roles)


def _names(names: Iterable[str] | None, none: str) -> str:
    return none if names is None else "、".join(names)


def _listed(text: str | None) -> list[str] | None:
    """Names with commas between; None where nothing is given, which at `--committees` means all."""
    found = [each.strip() for each in (text or "").replace("，", ",").split(",")]
    return [each for each in found if each] or None
