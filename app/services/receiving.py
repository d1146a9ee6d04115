"""What a bundle brings, once its sender and its manifest are trusted: entries chain by chain, and what the sender has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from app.db import devices, merging
from app.db.connection import Connection
from app.domain.fields import FORMAT
from app.domain.findings import NotTrusted, UserError
from app.domain.jobs import Cancelled, Progress, check
from app.exchange.bundles import Line, Manifest
from app.exchange.registry import Member, Registry
from app.services.values import Values

SINGLE = frozenset({"ledger-gap", "ledger-fork"})
"""What puts one chain aside while the others of the bundle go on."""


def entries(
    connection: Connection, registry: Registry, own: str, manifest: Manifest, lines: Iterator[Line],
    progress: Progress, cancelled: Cancelled,
) -> tuple[merging.Merged, list[Values], list[Values]]:  # fmt: skip
    merged, aside = merging.Merged(), []
    verdicts: dict[str, dict[str, str | None]] = {}

    def counted() -> Iterator[Line]:
        for done, line in enumerate(lines):
            if done % 2_000 == 0:
                progress(done, manifest.entries, "bundle-read")
                check(cancelled)
            yield line

    for key, of_chain in groupby(counted(), key=lambda line: line.chain):
        device, epoch, committee = key
        connection.exec_driver_sql("SAVEPOINT chain")
        said = dict(verdicts.get(committee, {}))
        try:
            records = _judged(of_chain, registry, own, said)
            one = merging.merge(connection, records)
        except NotTrusted as problem:
            if problem.code not in SINGLE:
                raise
            connection.exec_driver_sql("ROLLBACK TO chain")
            aside.append(
                {"code": problem.code, **problem.details, "device": device, "epoch": epoch, "committee": committee}
            )
        else:
            verdicts[committee] = said  # of a chain that was put aside nothing counts, nor is anything refused
            merged.applied += one.applied
            merged.duplicates += one.duplicates
            merged.changed |= one.changed
        connection.exec_driver_sql("RELEASE chain")
    refused = []
    for committee, said in verdicts.items():
        bad = {batch: code for batch, code in said.items() if code is not None}
        merged.changed |= merging.refuse(connection, committee, bad)
        refused += [{"batch": batch, "code": code} for batch, code in bad.items()]
    return merged, aside, refused


def _judged(
    lines: Iterator[Line], registry: Registry, own: str, said: dict[str, str | None]
) -> Iterator[merging.Record]:
    for line in lines:
        device, epoch, committee = line.chain
        if not 1 <= line.format <= FORMAT:
            raise UserError("bundle-newer") if line.format > FORMAT else NotTrusted("bundle-schema")
        if line.batch not in said:
            said[line.batch] = None if device == own else registry.verdict(device, epoch, committee, line.seq)
        yield msgspec.structs.asdict(line)


def announcement(connection: Connection, sender: Member, manifest: Manifest) -> None:
    said = devices.announced(connection, sender.id)
    if manifest.at < said.at:
        return  # an older bundle, read once more: what it announced is out of date
    said.at, said.registry = manifest.at, manifest.registry
    said.chains = [(each.device, each.epoch, each.committee, each.seq, each.digest) for each in manifest.seen]
    said.ring, said.refused = manifest.rings, list(manifest.refused)
    devices.keep_announced(connection, sender.id, said)
