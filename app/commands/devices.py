"""enrol request, look, approve, accept, revoke, renew, list."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.opening import Result, opened, read_password, table
from app.domain.findings import UsageError
from app.services import enrolment
from app.words import say


def request(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = enrolment.request(session, Path(chosen.out))
    return done, say("enrol-requested", **done), 0


def look(chosen: argparse.Namespace) -> Result:
    done = enrolment.look(Path(chosen.file))
    return done, say("enrol-looked", **done), 0


def approve(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = enrolment.approve(
            session, Path(chosen.file), Path(chosen.root_key), read_password(Path(chosen.root_password_file)),
            chosen.fingerprint, Path(chosen.out),
        )  # fmt: skip
    return done, say("enrol-approved", **done), 0


def accept(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = enrolment.accept(session, Path(chosen.file), chosen.root_words)
    return done, say("enrol-accepted", **done), 0


def revoke(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = enrolment.revoke(
            session, chosen.device, chosen.from_seq, Path(chosen.root_key),
            read_password(Path(chosen.root_password_file)), chains=_chains(chosen.chain),
        )  # fmt: skip
    return done, say("enrol-revoked", **done), 0


def _chains(given: list[str]) -> dict[str, int]:
    found = {}
    for each in given:
        epoch, _, seq = each.partition("=")
        if not (epoch and seq.isdigit()):
            raise UsageError("usage", message=each, usage="--chain EPOCH=N")
        found[epoch] = int(seq)
    return found


def renew(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = enrolment.renew(session, Path(chosen.root_key), read_password(Path(chosen.root_password_file)))
    return done, say("enrol-renewed", **done), 0


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        known = enrolment.status(session)
    rows = [
        (each["code"], each["name"], each["role"], each["device"], "已停用" if each["revoked"] else "")
        for each in known["members"]
    ]
    said = table(rows, ("代码", "名称", "角色", "设备", "")) if rows else say("not-enrolled")
    return known["members"], said, 0
