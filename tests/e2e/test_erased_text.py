"""Erased text is nowhere: not in a decrypted page, not in the log, the index, a bundle or a backup made afterwards.

And level-3 text stands in no decrypted page even while it is kept: it is sealed.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.services import backups, erasure_lists, erasures, records, rosters, search, sync, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.rawpages import ENCODINGS, found
from tests.seconds import SECOND, SECOND_PASSWORD, give_second
from tests.street import Street

NAME, NUMBER = "欧阳建国", "310115195803120010"
NOTE, PHONE, CONTACT, SECRET = "每逢初一去庙里", "13987650123", "诸葛秀英", "每周三透析"
LEVEL_3 = (NUMBER, "1958-03-12", SECRET, "透析", "38.5", "咳嗽")
LEVEL_2 = (NAME, NOTE, CONTACT, "ouyangjianguo", PHONE, PHONE[::-1])


def lived(session: Session, rounds: int = 60) -> str:
    """One person among many, written and rewritten in pages that others share. Returns the person."""
    dice = random.Random(1)

    row = records.add(session, "resident", {"name": NAME, "phone": PHONE, "note": NOTE, "id_number": NUMBER}).id
    others = [records.add(session, "resident", {"name": f"邻居{n}", "note": "普通备注" * 20}).id for n in range(rounds)]
    records.change(session, "resident", row, {
        "emergency_contacts": [{"name": CONTACT, "phone": PHONE}], "note_sensitive": SECRET,
        "care_groups_sensitive": ["透析"],
    })  # fmt: skip
    case = records.add(session, "isolation_case", {"resident": row, "state": "已解除", "closed_on": "2019-01-01"}).id
    records.add(
        session,
        "isolation_check",
        {"isolation_case": case, "on": "2018-12-20", "temperature": "38.5", "symptoms": "咳嗽"},
    )
    for number in range(rounds):
        records.change(session, "resident", row, {"note": f"{NOTE}{number}" * dice.randint(1, 40)})
        records.change(session, "resident", dice.choice(others), {"note": "改过的备注" * dice.randint(1, 60)})
    records.change(session, "resident", row, {"status": "去世", "status_since": "2015-01-01"})
    return row


def erase_all(session: Session, row: str) -> None:
    second = workspaces.vouch(session.folder, SECOND, SECOND_PASSWORD)
    erasures.confirm(session, [each["id"] for each in erasures.propose_for(session, row)], second)


def everywhere(session: Session, *texts: str) -> dict[str, int]:
    return {text: hits for text, hits in found(session.db.path, session.db.key, *texts).items() if hits}


def test_the_probe_finds_what_stands_there(session: Session) -> None:
    lived(session, 3)
    hits = everywhere(session, *LEVEL_2, *LEVEL_3)
    assert {NAME, NOTE, CONTACT, PHONE} <= set(hits), "a probe that finds nothing proves nothing"
    assert not set(LEVEL_3) & set(hits)


def test_level_3_stands_in_no_decrypted_page(session: Session, roster: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    lived(session, 3)
    assert set(everywhere(session, *LEVEL_3)) == set()
    session.db.truncate()
    assert set(everywhere(session, *LEVEL_3)) == set()


def test_erased_text_is_in_no_page_and_not_in_the_log(session: Session, roster: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    give_second(session)
    row = lived(session)
    search.find(session, NAME)
    assert everywhere(session, NAME, NOTE)
    erase_all(session, row)
    assert everywhere(session, *LEVEL_2, *LEVEL_3, "欧阳", "诸葛") == {}
    assert search.find(session, "欧阳") == []


def test_a_reader_in_another_thread_does_not_keep_the_log(session: Session) -> None:
    import threading

    give_second(session)
    row = lived(session, 5)
    threading.Thread(target=lambda: search.find(session, NAME)).start()
    erase_all(session, row)
    assert everywhere(session, *LEVEL_2) == {}


def test_what_arrives_erased_goes_here_too(street: Street, roster: Path) -> None:
    ours = street.committee()
    give_second(ours)
    row = lived(ours, 20)
    street.bring(street.centre, street.send(ours))
    assert everywhere(street.centre, NAME, NOTE)
    erase_all(ours, row)
    (file,) = street.send(ours)
    street.bring(street.centre, [file])
    erasure_lists.settle(street.centre)
    assert everywhere(street.centre, *LEVEL_2, *LEVEL_3) == {}
    assert sync.inspect(street.centre, file)["entries"]


def test_a_backup_made_afterwards_holds_nothing_of_it(session: Session, tmp_path: Path) -> None:
    import zipfile

    give_second(session)
    row = lived(session, 20)
    before = Path(backups.make(session, tmp_path)["file"])
    erase_all(session, row)
    after = Path(backups.make(session, tmp_path)["file"])
    hits = {}
    for file in (before, after):
        with zipfile.ZipFile(file) as packed:
            packed.extract("loutu.db", tmp_path / file.stem)
        hits[file] = found(tmp_path / file.stem / "loutu.db", session.db.key, *LEVEL_2)
    assert hits[before][NAME] and not any(hits[after].values())


@pytest.mark.parametrize("kind", ["workspace", "backup", "bundle"])
def test_no_file_on_the_disk_holds_plain_text(street: Street, kind: str) -> None:
    ours = street.committee()
    give_second(ours)
    row = lived(ours, 3)
    made = street.stick()
    if kind == "backup":
        backups.daily(ours)
        backups.make(ours, made)
    if kind == "bundle":
        street.send(ours)
    erase_all(ours, row)
    files = [path for path in street.folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        data = path.read_bytes()
        for text in (NAME, NOTE, CONTACT, NUMBER, SECRET, ACCOUNT, PASSWORD):
            if text == ACCOUNT and (path.name == "keys.json" or path.suffix == ".ltk"):  # which holds it
                continue  # the accounts' names stand in it: they are chosen from a list before unlocking
            assert not any(text.encode(encoding) in data for encoding in ENCODINGS), (path.name, text)
