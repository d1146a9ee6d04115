"""What a bundle brings, once its sender and its manifest are trusted: entries chain by chain, and what the sender has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import msgspec

from app.db import devices, forking, history, merging
from app.db.connection import Connection
from app.db.entries import Chain
from app.db.ledger import Author
from app.domain import strict
from app.domain.fields import FORMAT
from app.domain.findings import NotTrusted, UserError
from app.domain.jobs import Cancelled, Progress, check
from app.exchange.bundles import Enclosed, Line, Manifest, Span
from app.exchange.registry import Member, Registry
from app.services.values import Values

SINGLE = frozenset({"ledger-gap", "ledger-fork", "part-missing", "batch-elsewhere", "row-elsewhere"})
"""What puts one chain aside while the others of the bundle go on."""
Lines = Callable[[], Iterator[Line]]


@dataclass(slots=True)
class Received:
    """aside: chains put aside, {code, device, epoch, committee, …}; refused: batches that do not count, {batch, code};
    notices: what people should know though nothing is wrong; rewritten: own entries written again after a fork."""

    merged: merging.Merged = field(default_factory=merging.Merged)
    aside: list[Values] = field(default_factory=list)
    refused: list[Values] = field(default_factory=list)
    notices: list[Values] = field(default_factory=list)
    rewritten: int = 0


def entries(
    connection: Connection, registry: Registry, own: Author, manifest: Manifest, lines: Lines,
    progress: Progress, cancelled: Cancelled,
) -> Received:  # fmt: skip
    """Take the entries in, in the caller's transaction.

    The lines are read again from the start where one chain turns out to be unusable only after others were taken: it
    lacks a part, or it is this PC's own and forked.
    """
    received = Received()
    excluded: dict[Chain, Values] = {}
    for _ in range(2 * len(manifest.chains) + 2):  # each pass settles a chain for good
        connection.exec_driver_sql("SAVEPOINT bundle")
        taking = _Taking(connection, registry, own, manifest, excluded)
        taking.all(lines(), progress, cancelled)
        settled = [
            (chain, common)
            for chain in taking.forks
            if (common := forking.rewritten_after(connection, chain)) is not None
        ]
        again = taking.forked is not None or bool(taking.lacking) or bool(settled)
        if again:
            connection.exec_driver_sql("ROLLBACK TO bundle")
        connection.exec_driver_sql("RELEASE bundle")
        if taking.forked is not None:
            received.rewritten += forking.begin_again(connection, own, *taking.forked)
        for chain, common in settled:
            forking.forget_after(connection, chain, common)
        excluded |= {chain: _aside(chain, "part-missing") for chain in taking.lacking}
        if not again:
            break
    else:
        raise NotTrusted("bundle-schema", reason="no-end")
    received.merged = taking.merging.finish(taking.verdicts)
    received.aside = [*taking.aside, *excluded.values()]
    received.refused = [
        {"batch": batch, "code": code} for said in taking.verdicts.values() for batch, code in said.items() if code
    ]
    received.notices = history.twins(connection, [span.epoch for span in manifest.chains])
    return received


def _aside(chain: Chain, code: str, **details: object) -> Values:
    return {"code": code, **details, "device": chain.device, "epoch": chain.epoch, "committee": chain.committee_id}


class _Taking:
    """One pass over a bundle's lines."""

    def __init__(
        self, connection: Connection, registry: Registry, own: Author, manifest: Manifest, excluded: dict[Chain, Values]
    ) -> None:
        self.connection = connection
        self.registry = registry
        self.own = own
        self.manifest = manifest
        self.excluded = excluded
        self.merging = merging.Merging(connection)
        self.verdicts: dict[str, dict[str, str | None]] = {}
        self.aside: list[Values] = []
        self.forked: tuple[Chain, int] | None = None
        """This PC's own chain and the last entry of it that both copies have."""
        self.forks: list[Chain] = []
        """Other devices' chains that are not what lies here."""

    @property
    def lacking(self) -> set[Chain]:
        return self.merging.lacking() - self.excluded.keys()

    def all(self, lines: Iterator[Line], progress: Progress, cancelled: Cancelled) -> None:
        spans: dict[tuple[str, str, str], Span] = {(s.device, s.epoch, s.committee): s for s in self.manifest.chains}
        counted = self._counted(lines, progress, cancelled)
        for key, of_chain in groupby(counted, key=lambda line: line.chain):
            chain = Chain(*key)
            if self.forked is not None or chain in self.excluded:
                for _ in of_chain:
                    pass
                continue
            self._chain(chain, spans[key], of_chain)

    def _counted(self, lines: Iterator[Line], progress: Progress, cancelled: Cancelled) -> Iterator[Line]:
        for done, line in enumerate(lines):
            if done % 2_000 == 0:
                progress(done, self.manifest.entries, "bundle-read")
                check(cancelled)
            yield line

    def _chain(self, chain: Chain, span: Span, lines: Iterator[Line]) -> None:
        judging = _Judging(chain)
        self.connection.exec_driver_sql("SAVEPOINT chain")
        try:
            self.merging.take(chain, judging.records(lines), span.head)
        except NotTrusted as problem:
            if problem.code not in SINGLE:
                raise
            self.connection.exec_driver_sql("ROLLBACK TO chain")
            common = problem.details.get("seq", 0) - 1
            if problem.code == "ledger-fork" and chain.device == self.own.device and common >= 0:
                self.forked = chain, common
            else:
                if problem.code == "ledger-fork":
                    self.forks.append(chain)
                details = {key: value for key, value in problem.details.items() if key != "device"}
                self.aside.append(_aside(chain, problem.code, **details))
        else:
            said = self.verdicts.setdefault(chain.committee_id, {})
            for batch, last, rows in judging.batches():
                said[batch] = self.registry.verdict(chain, last, rows)
        self.connection.exec_driver_sql("RELEASE chain")


class _Judging:
    """Checks the lines of one chain against the catalogue, and remembers what the registry is asked about each batch."""

    def __init__(self, chain: Chain) -> None:
        self.heads = strict.Heads(chain.epoch)
        self._last: dict[str, int] = {}
        self._rows: dict[str, list[tuple[str, str]]] = {}

    def records(self, lines: Iterator[Line]) -> Iterator[merging.Record]:
        """Raises UserError("bundle-newer"), NotTrusted("bundle-schema")."""
        problem, heads, last = strict.problem, self.heads.problem, self._last
        for line in lines:
            if line.format > FORMAT:
                raise UserError("bundle-newer")
            reason = heads(
                line.seq, line.at, line.account, line.purpose, line.batch, line.format, line.action, line.id
            ) or problem(line.action, line.entity, line.id, line.format, line.erases, line.detail, line.parts)
            if reason:
                raise NotTrusted("bundle-schema", reason=reason, seq=line.seq)
            last[line.batch] = max(last.get(line.batch, 0), 0 if line.action == "erase" else line.seq)
            if line.entity in devices.JUDGED and line.action in devices.WRITING:
                self._rows.setdefault(line.batch, []).append((line.entity, line.id))
            yield msgspec.structs.asdict(line)

    def batches(self) -> Iterator[tuple[str, int, list[tuple[str, str]]]]:
        for batch, last in self._last.items():
            yield batch, last, self._rows.get(batch, [])


def announcement(
    connection: Connection, sender: Member, manifest: Manifest, enclosed: Enclosed, aside: list[Values]
) -> None:
    """Keep what the sender says it has, the receipt for whoever wrote it: the last one read counts, whatever its clock
    says and even if it has less than before (it may have been restored)."""
    said = devices.announced(connection, sender.id)
    said.at, said.registry = max(manifest.at, said.at), manifest.registry
    said.forked = [
        (each["device"], each["epoch"], each["committee"]) for each in aside if each["code"] == "ledger-fork"
    ]
    said.chains = [(each.device, each.epoch, each.committee, each.seq, each.digest) for each in manifest.seen]
    said.ring, said.refused, said.erased = manifest.rings, list(manifest.refused), enclosed.erased
    devices.keep_announced(connection, sender.id, said)
