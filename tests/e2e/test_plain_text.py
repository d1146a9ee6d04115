"""After a day's work no file holds a name in the clear, and no page of the opened database a level-3 value."""

from __future__ import annotations

from pathlib import Path

from app.services import records, rosters, search, workspaces
from app.services.session import Session

NAME, NUMBER, BIRTH, SECRET = "王建国", "310115195803120010", "1958-03-12", "每周三透析"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def worked(session: Session, roster: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    person = search.find(session, NAME)[0]["id"]
    records.change(session, "resident", person, {"note_sensitive": SECRET, "care_groups_sensitive": ["透析"]})
    records.show(session, "resident", person, reveal=True)


def test_no_file_holds_a_name_or_a_number(session: Session, roster: Path) -> None:
    worked(session, roster)
    files = [path for path in session.folder.rglob("*") if path.is_file()]
    assert {"loutu.db", "loutu.db-wal", "keys.json"} <= {path.name for path in files}
    for path in files:
        data = path.read_bytes()
        for text in (NAME, NUMBER, SECRET):
            assert not any(text.encode(encoding) in data for encoding in ENCODINGS), (path.name, text)


def test_no_table_of_the_opened_file_holds_a_level_3_value(session: Session, roster: Path) -> None:
    worked(session, roster)
    seen = 0
    with session.db.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'words'")
        for (table,) in tables.fetchall():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').fetchall():
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    seen += NAME.encode() in data
                    for text in (NUMBER, BIRTH, SECRET, "透析"):
                        assert text.encode() not in data, (table, text)
    assert seen, "the name itself, level 2, stands in the opened tables: the search works"


def test_who_holds_no_ring_sees_masks_only(session: Session, roster: Path) -> None:
    worked(session, roster)
    person = search.find(session, NAME)[0]["id"]
    session.ring, session.index_key = None, None
    shown = records.show(session, "resident", person)
    assert shown["note_sensitive"] == "●●●" and NUMBER not in str(shown) and BIRTH not in str(shown)
    assert search.find(session, NUMBER) == []


def test_a_whole_id_number_finds_its_holder_and_leaves_an_entry(session: Session, roster: Path) -> None:
    worked(session, roster)
    assert [hit["name"] for hit in search.find(session, NUMBER)] == [NAME]
    with session.db.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM entry WHERE action = 'search'").scalar() == 1


def test_nothing_stays_open_after_the_lock(folder: Path) -> None:
    from tests.conftest import ACCOUNT, PASSWORD

    session = workspaces.unlock(folder, ACCOUNT, PASSWORD)
    workspaces.lock(session)
    workspaces.lock(workspaces.unlock(folder, ACCOUNT, PASSWORD))
    assert not (folder / "loutu.db-wal").exists()
