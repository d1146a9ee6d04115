"""Enrolment and bundles between committees and a centre: real workspaces, real files, one mistake or attack per test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.findings import NotTrusted, Refused, UserError
from app.exchange import bundles, registry, signing
from app.services import conflicts, enrolment, ledgers, records, rosters, search, summaries, sync, workspaces
from app.services.session import Session
from tests.street import ROOT_PASSWORD, Street


@pytest.fixture
def ours(street: Street, roster: Path) -> Session:
    """A committee that belongs to the street and knows its people."""
    made = street.committee()
    rosters.apply(made, rosters.preview(made, roster))
    return made


def person(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


# ---------------------------------------------------------------- enrolment


def test_both_sides_hear_words_before_they_trust(street: Street) -> None:
    committee = street.committee(enrolled=False)
    assert enrolment.status(committee)["enrolled"] is False
    asked, answer = street.folder / "asked", street.folder / "answer"
    words = enrolment.request(committee, asked)["fingerprint"]
    assert enrolment.look(asked)["fingerprint"] == words and len(words.split()) == 8
    with pytest.raises(NotTrusted, match="fingerprint-wrong"):
        enrolment.approve(street.centre, asked, street.folder / "root.key", ROOT_PASSWORD, "苹果 " * 8, answer)
    assert not answer.exists()
    done = enrolment.approve(
        street.centre, asked, street.folder / "root.key", ROOT_PASSWORD, words.replace(" ", "、"), answer
    )
    with pytest.raises(NotTrusted, match="root-words-wrong"):
        enrolment.accept(committee, answer, words)
    assert enrolment.status(committee)["enrolled"] is False
    enrolment.accept(committee, answer, done["root_words"])
    assert enrolment.status(committee)["enrolled"] is True


def test_a_request_that_was_changed_on_the_way_is_refused(street: Street) -> None:
    committee = street.committee(enrolled=False)
    file = street.folder / "asked"
    enrolment.request(committee, file)
    signed = signing.read(file, registry.REQUEST)
    asked = msgspec.structs.replace(signing.parse(signed, registry.Request), name="别的居委会")
    file.write_bytes(
        signing.to_bytes(msgspec.structs.replace(signed, document=msgspec.json.encode(asked, order="deterministic")))
    )
    with pytest.raises(NotTrusted, match="request-forged"):
        enrolment.look(file)


def test_the_root_key_opens_with_its_own_password_only(street: Street) -> None:
    committee = street.committee(enrolled=False)
    file = street.folder / "asked"
    words = enrolment.request(committee, file)["fingerprint"]
    with pytest.raises(Refused, match="root-password-wrong"):
        enrolment.approve(street.centre, file, street.folder / "root.key", "another-one", words, street.folder / "x")


def test_a_registry_of_another_root_is_refused(street: Street, tmp_path: Path) -> None:
    committee = street.committee()
    (tmp_path / "elsewhere").mkdir()
    other = Street(tmp_path / "elsewhere")
    asked, answer = tmp_path / "asked", tmp_path / "answer"
    words = enrolment.request(committee, asked)["fingerprint"]
    done = enrolment.approve(other.centre, asked, tmp_path / "elsewhere" / "root.key", ROOT_PASSWORD, words, answer)
    with pytest.raises(NotTrusted, match="root-other"):
        enrolment.accept(committee, answer, done["root_words"])
    other.close()


def test_an_older_registry_is_refused(street: Street) -> None:
    first = street.committee(1)
    old = street.folder / "310115016001.answer"
    street.committee(2)
    street.bring(first, [each for each in street.send(street.centre) if "310115016001" in each.name])
    with pytest.raises(NotTrusted, match="registry-old"):
        enrolment.accept(first, old, enrolment.status(first)["root_words"])


def test_without_enrolment_nothing_is_exchanged(street: Street) -> None:
    alone = street.committee(enrolled=False)
    with pytest.raises(UserError, match="not-enrolled"):
        sync.export(alone, street.stick())


# ---------------------------------------------------------------- there and back


def test_what_a_committee_sends_is_seen_at_the_centre(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    done = street.bring(street.centre, [file])
    assert done["applied"] > 4 and done["refused"] == [] and done["aside"] == []
    assert search.find(street.centre, "wjg")[0]["name"] == "王建国"
    figures = summaries.status(street.centre)
    assert figures["residents"] == summaries.status(ours)["residents"]
    (said,) = figures["committees"]
    assert (said["name"], said["data_until"]) == ("第1居委会", summaries.status(ours)["data_until"])


def test_the_centre_opens_level_3_with_the_ring_that_came(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    shown = records.show(street.centre, "resident", person(street.centre), reveal=True)
    assert shown["id_number"] == "310115195803120010"


def test_only_what_the_receipt_does_not_cover_is_sent_again(street: Street, ours: Session) -> None:
    (first,) = street.send(ours)
    (again,) = sync.export(ours, street.stick())
    assert again["entries"] > 0, "no receipt yet: everything goes once more"
    street.bring(street.centre, [first])
    street.bring(ours, street.send(street.centre))
    assert summaries.status(ours)["last_receipt"]
    assert street.send(ours) == [], "all is covered; traces alone make no bundle"
    assert street.send(street.centre) == []
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    (file,) = street.send(ours)
    done = street.bring(street.centre, [file])
    assert done["duplicates"] == 0 and records.show(street.centre, "resident", person(ours))["occupation"] == "教师"


def test_a_bundle_taken_twice_changes_nothing(street: Street, ours: Session) -> None:
    files = street.send(ours)
    first = street.bring(street.centre, files)
    again = street.bring(street.centre, files)
    assert (again["applied"], again["duplicates"]) == (0, first["applied"])


def test_a_correction_of_the_centre_comes_home_and_meets_an_edit_as_a_conflict(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    row = person(ours)
    records.change(street.centre, "resident", row, {"occupation": "会计"})
    records.change(ours, "resident", row, {"occupation": "教师"})
    street.bring(ours, street.send(street.centre))
    (case,) = conflicts.pending(ours)
    assert {each["value"] for each in case["values"]} == {"会计", "教师"}


def test_a_committee_never_receives_what_is_another_s(street: Street, ours: Session) -> None:
    other = street.committee(2)
    street.bring(street.centre, street.send(ours))
    street.bring(street.centre, street.send(other))
    for file in street.send(street.centre):
        if other.code in file.name:
            street.bring(other, [file])
    assert search.find(other, "王建国") == []
    with other.db.reading() as connection:
        (names,) = connection.exec_driver_sql("SELECT count(DISTINCT committee_id) FROM chain").fetchone() or (0,)
    assert names == 1


# ---------------------------------------------------------------- the reader's order, one attack each


def refused(street: Street, file: Path, session: Session | None = None) -> str:
    """The code with which a file is turned away, and that it left nothing behind."""
    reader = session or street.centre
    before = summaries.status(reader)["entries"]
    (done,) = sync.merge(reader, [file])
    assert summaries.status(reader)["entries"] == before and done["applied"] == 0
    assert isinstance(done["error"], UserError)
    return done["error"].code


def rewritten(
    street: Street, ours: Session, file: Path, change: Callable[[bundles.Manifest], bundles.Manifest] | None = None,
    payload: Callable[[bytes], bytes] = lambda data: data, key: bytes | None = None,
) -> Path:  # fmt: skip
    """The same bundle with something changed inside, signed and encrypted as its sender would."""
    with street.centre.db.reading() as connection:
        centre = enrolment.own_device(connection)
    with ours.db.reading() as connection:
        device = enrolment.own_device(connection)
    opened = bundles.open_(file.read_bytes(), centre.identity)
    manifest = change(opened.manifest) if change else opened.manifest
    signer = Ed25519PrivateKey.from_private_bytes(key or device.signing)
    made = file.with_name("changed.ltb")
    made.write_bytes(bundles.pack(manifest, payload(opened.payload), signer, [centre.recipient]))
    return made


def test_a_file_that_is_no_bundle(street: Street, tmp_path: Path) -> None:
    (tmp_path / "x.ltb").write_bytes(b"PK\x03\x04 something else")
    assert refused(street, tmp_path / "x.ltb") == "bundle-no-bundle"


def test_a_bundle_of_a_newer_program(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    data = bytearray(file.read_bytes())
    data[6] = 9
    file.write_bytes(data)
    assert refused(street, file) == "bundle-newer"


def test_a_newer_format_inside(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    newer = rewritten(street, ours, file, lambda manifest: msgspec.structs.replace(manifest, reader=99))
    assert refused(street, newer) == "bundle-newer"


def test_a_flipped_bit(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(data)
    assert refused(street, file) == "bundle-damaged"


def test_a_bundle_cut_short(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    file.write_bytes(file.read_bytes()[:-100])
    assert refused(street, file) == "bundle-damaged"


def test_a_bundle_for_somebody_else(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    assert refused(street, file, street.committee(2)) == "bundle-not-for-me"


def test_another_key_s_signature(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    forged = rewritten(street, ours, file, key=Ed25519PrivateKey.generate().private_bytes_raw())
    assert refused(street, forged) == "bundle-signature"


def test_a_sender_whom_the_registry_does_not_know(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    forged = rewritten(street, ours, file, lambda manifest: msgspec.structs.replace(manifest, sender="0" * 32))
    assert refused(street, forged) == "bundle-sender-unknown"


def test_another_payload_under_the_same_manifest(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    assert refused(street, rewritten(street, ours, file, payload=lambda data: data + b"x")) == "bundle-payload"


def test_a_payload_that_unpacks_to_more_than_it_says(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    forged = rewritten(street, ours, file, lambda manifest: msgspec.structs.replace(manifest, size=10))
    assert refused(street, forged) == "bundle-size"


def test_chains_that_the_sender_may_not_carry(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    other = street.committee(2).committee_id

    def claim(manifest: bundles.Manifest) -> bundles.Manifest:
        spans = tuple(bundles.Span(s.device, s.epoch, other, s.first, s.last, s.head) for s in manifest.chains)
        return msgspec.structs.replace(manifest, chains=spans)

    assert refused(street, rewritten(street, ours, file, claim)) == "bundle-chains"


def test_fewer_entries_than_the_manifest_says(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    forged = rewritten(
        street, ours, file, lambda manifest: msgspec.structs.replace(manifest, entries=manifest.entries + 1)
    )
    assert refused(street, forged) == "bundle-schema"


def test_a_practice_bundle_in_a_real_workspace(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    forged = rewritten(street, ours, file, lambda manifest: msgspec.structs.replace(manifest, rehearsal=False))
    assert refused(street, forged) == "bundle-real"


def test_a_gap_names_what_is_missing_and_harms_nothing(street: Street, ours: Session) -> None:
    (first,) = street.send(ours)
    street.bring(street.centre, [first])
    street.bring(ours, street.send(street.centre))
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    (lost,) = street.send(ours)
    with ours.db.transaction() as connection:  # as if the centre had confirmed the bundle that was lost
        from app.db import devices

        said = devices.announced(connection, street.centre.device)
        said.chains = list(said.told)
        devices.keep_announced(connection, street.centre.device, said)
    records.change(ours, "resident", person(ours), {"occupation": "会计"})
    (late,) = street.send(ours)
    done = street.bring(street.centre, [late])
    assert [each["code"] for each in done["aside"]] == ["ledger-gap"] and done["applied"] == 0
    assert street.bring(street.centre, [lost])["applied"] > 0
    assert street.bring(street.centre, [late])["aside"] == []
    assert records.show(street.centre, "resident", person(ours))["occupation"] == "会计"


def test_a_copied_workspace_is_found_out(street: Street, ours: Session) -> None:
    import shutil

    workspaces.lock(ours)
    copy = street.folder / "copy"
    shutil.copytree(ours.folder, copy)
    from tests.conftest import ACCOUNT, NOW, PASSWORD

    one = workspaces.unlock(ours.folder, ACCOUNT, PASSWORD, clock=NOW)
    two = workspaces.unlock(copy, ACCOUNT, PASSWORD, clock=NOW)
    street.committees[:] = [one, two]
    records.change(one, "resident", person(one), {"occupation": "教师"})
    records.change(two, "resident", person(two), {"occupation": "会计"})
    street.bring(street.centre, street.send(one))
    done = street.bring(street.centre, street.send(two))
    assert [each["code"] for each in done["aside"]] == ["ledger-fork"]
    assert records.show(street.centre, "resident", person(one))["occupation"] == "教师"


def test_what_a_revoked_device_wrote_afterwards_counts_nowhere(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    with street.centre.db.reading() as connection:
        from app.db import devices

        had = max(chain.seq for chain in devices.chains(connection) if chain.device == ours.device)
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    (late,) = street.send(ours)
    street.bring(street.centre, [late])
    assert records.show(street.centre, "resident", person(ours))["occupation"] == "教师"
    enrolment.revoke(street.centre, ours.device, had + 1, street.folder / "root.key", ROOT_PASSWORD)
    assert "occupation" not in records.show(street.centre, "resident", person(ours))
    assert refused(street, late) == "bundle-sender-revoked"


def test_a_device_that_never_counts_leaves_nothing_at_the_centre(street: Street, ours: Session) -> None:
    street.bring(street.centre, street.send(ours))
    assert summaries.status(street.centre)["persons"] == 4
    enrolment.revoke(street.centre, ours.device, 1, street.folder / "root.key", ROOT_PASSWORD)
    assert summaries.status(street.centre)["persons"] == 0
    assert search.find(street.centre, "王建国") == []
    assert ledgers.rebuild_check(street.centre)["differences"] == []


def test_a_receipt_makes_the_ledger_certain_up_to_where_it_goes(street: Street, ours: Session) -> None:
    def certain() -> list[int]:
        return [chain["certain_to"] for chain in ledgers.verify(ours)["chains"] if chain["device"] == ours.device]

    assert certain() == [0]
    street.bring(street.centre, street.send(ours))
    street.bring(ours, street.send(street.centre))
    (first,) = certain()
    assert 0 < first < next(c["seq"] for c in ledgers.verify(ours)["chains"] if c["device"] == ours.device)
    records.change(ours, "resident", person(ours), {"occupation": "教师"})
    assert certain() == [first]


def test_a_bundle_is_read_back_before_it_counts_as_written(
    street: Street, ours: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that says yes and keeps something else: nothing is there under the bundle's name, nothing counts as sent."""
    written = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda self, data: written(self, data[:-1] + b"\0"))
    stick = street.stick()
    with pytest.raises(UserError, match="bundle-not-written"):
        sync.export(ours, stick)
    monkeypatch.undo()
    assert list(stick.iterdir()) == []
    assert len(sync.export(ours, stick)) == 1


def test_standard_age_opens_what_follows_the_header(street: Street, ours: Session) -> None:
    (file,) = street.send(ours)
    with street.centre.db.reading() as connection:
        identity = enrolment.own_device(connection).identity
    inside = pyrage.decrypt(file.read_bytes()[8:], [pyrage.x25519.Identity.from_str(identity)])
    assert inside[4:5] == b"{" and "王建国".encode() not in file.read_bytes()


def test_a_bundle_that_names_other_recipients(street: Street, ours: Session) -> None:
    """Encrypted to this PC, but not meant for it: somebody passed it on."""
    (file,) = street.send(ours)
    forged = rewritten(street, ours, file, lambda manifest: msgspec.structs.replace(manifest, recipients=("x",)))
    assert refused(street, forged) == "bundle-not-for-me"
