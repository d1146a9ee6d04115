"""The ledger's own promises: bytes that are the format, no other way to write, refusal, upcasting, rebuilding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import checking, ledger, merging
from app.db import connection as files
from app.db.entries import NO_DIGEST, Chain, Head, Part, commit, digest, pack, unpack
from app.db.ledger import Author, Writing
from app.db.migrations import upgrade
from app.db.upcasters import upcast
from app.domain.fields import FORMAT
from app.domain.findings import NotTrusted, UserError

AUTHOR = Author("device", "committee", "account", "2020-05-25T09:00:00+08:00")
OTHER = Author("other", "committee", "someone", "2020-05-25T09:00:00+08:00")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[files.Database]:
    made = files.create(tmp_path / "loutu.db", bytes(32), make=upgrade)
    yield made
    made.close()


def write(database: files.Database, row: str, author: Author = AUTHOR, **values: object) -> str:
    with database.transaction() as connection, Writing(connection, author, "change") as writing:
        writing.change("resident", row, values)
    return writing.batch


def names(database: files.Database) -> dict[str, str]:
    with database.reading() as connection:
        return dict(connection.exec_driver_sql("SELECT id, name FROM resident").fetchall())  # type: ignore[arg-type]  # two columns


def everything(database: files.Database) -> list[merging.Record]:
    with database.reading() as connection:
        chains = connection.exec_driver_sql("SELECT n FROM chain ORDER BY n").fetchall()
        return [record for (n,) in chains for record in merging.records(connection, n)]


# ---------------------------------------------------------------- the bytes


def test_the_vectors_of_the_format_page() -> None:
    """docs/ledger-format.md gives these; changing one breaks every file there is."""
    salt = bytes(range(16))
    part = Part("base", b'{"v":{"name":"\xe7\x8e\x8b"}}', salt, bytes.fromhex(VECTOR_COMMITMENT))
    head = Head("d1", "e1", "c1", 1, "2020-05-25T09:00:00+08:00", "a1", "create", "", "resident", "r1", "b1", 1, [], {})
    assert merging.kept(part)
    assert digest(NO_DIGEST, head, [part]).hex() == VECTOR_DIGEST
    assert digest(bytes.fromhex(VECTOR_DIGEST), head, [part]).hex() != VECTOR_DIGEST


VECTOR_COMMITMENT = "7f4ff81ffd5ee3be428e22699ae8a5efafaee73e94227ed630e85e043664beca"
VECTOR_DIGEST = "d8bbd920551fdfecf9d724aaf70e1041fdec330208c15d0b95ebafd9cd7adc4a"


def test_fresh_rows_and_single_rows_write_the_same_entries(database: files.Database) -> None:
    with database.transaction() as connection, Writing(connection, AUTHOR, "import") as writing:
        writing.create("resident", [("fast", {"name": "甲", "documents": "sealed:x:y", "household": "h"})])
        writing.change("resident", "slow", {"name": "甲", "documents": "sealed:x:y", "household": "h"})
    fast, slow = everything(database)[-2:]
    assert [part[:2] for part in fast["parts"]] == [part[:2] for part in slow["parts"]]
    assert {key: fast[key] for key in fast if key not in ("id", "seq", "parts")} == {
        key: slow[key] for key in slow if key not in ("id", "seq", "parts")
    }


def test_the_head_names_nobody(database: files.Database) -> None:
    write(database, "r1", name="王建国")
    record = everything(database)[-1]
    assert "王建国" not in str({key: value for key, value in record.items() if key != "parts"})


# ---------------------------------------------------------------- proof


def test_every_change_of_a_stored_byte_is_found(database: files.Database) -> None:
    write(database, "r1", name="王建国")
    for column, value in (("at", "2019"), ("account", "x"), ("purpose", "x")):
        assert faults_after(database, f"UPDATE batch SET {column} = '{value}'")
    for column in ("action", "entity", "entity_id"):
        assert faults_after(database, f"UPDATE entry SET {column} = 'x'")
    assert faults_after(database, "DELETE FROM entry WHERE id = (SELECT min(id) FROM entry)")
    assert faults_after(database, "DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)")
    with database.reading() as connection:
        assert checking.verify(connection) == []


def faults_after(database: files.Database, statement: str) -> list[object]:
    """What `verify` finds after a meddling, which is then taken back."""
    found: list[object] = []
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:
        connection.exec_driver_sql(statement)
        found = list(checking.verify(connection))
        raise ZeroDivisionError
    return found


def test_a_changed_value_breaks_its_commitment(database: files.Database) -> None:
    write(database, "r1", name="王建国")
    with database.transaction() as connection:
        number, data = connection.exec_driver_sql("SELECT id, parts FROM entry ORDER BY id DESC LIMIT 1").one()
        parts = [part._replace(patch=part.patch.replace("王".encode(), "汪".encode())) for part in unpack(data)]
        connection.exec_driver_sql("UPDATE entry SET parts = ? WHERE id = ?", (pack(parts), number))
        assert [fault["fault"] for fault in checking.verify(connection)] == ["commitment"]


def test_the_tables_are_the_entries_and_can_be_made_again(database: files.Database) -> None:
    write(database, "r1", name="王建国")
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE resident SET name = '假'")
        connection.exec_driver_sql("INSERT INTO resident (committee_id, id, name) VALUES ('committee', 'ghost', '鬼')")
        assert {each["id"] for each in checking.differences(connection)} == {"r1", "ghost"}
        checking.rebuild(connection)
        assert checking.differences(connection) == []
    assert names(database) == {"r1": "王建国"}


# ---------------------------------------------------------------- other chains


def test_entries_travel_unchanged_and_twice_is_once(database: files.Database, tmp_path: Path) -> None:
    write(database, "r1", name="王建国")
    other = files.create(tmp_path / "other.db", bytes(32), make=upgrade)
    with other.transaction() as connection:
        assert merging.merge(connection, everything(database)).applied == 2
        assert merging.merge(connection, everything(database)).applied == 0
    assert (names(other), everything(other)) == (names(database), everything(database))
    other.close()


@pytest.mark.parametrize(
    ("meddle", "code"),
    [
        (lambda records: records[1:], "ledger-gap"),
        (lambda records: [{**records[0], "at": "2019"}, *records[1:]], "ledger-fork"),
        (lambda records: [*records[:-1], {**records[-1], "parts": [["base", '{"v":{"name":"假"}}', *records[-1]["parts"][0][2:]]]}], "ledger-forged"),
    ],
)  # fmt: skip
def test_a_chain_that_does_not_prove_itself_is_not_taken(
    database: files.Database, tmp_path: Path, meddle, code: str
) -> None:
    write(database, "r1", name="王建国")
    other = files.create(tmp_path / "other.db", bytes(32), make=upgrade)
    if code == "ledger-fork":
        with other.transaction() as connection:
            merging.merge(connection, everything(database))
    with pytest.raises(NotTrusted, match=code), other.transaction() as connection:
        merging.merge(connection, meddle(everything(database)))
    other.close()


@pytest.mark.parametrize(
    "said",
    [{"name": "王建国"}, {"name": "王建国", "deleted": True}, {"name": ["王", "建国"], "deleted": False}, {"nosuchfield": 1, "deleted": False}],
    ids=["never said to be alive", "deleted at birth", "a list for a name", "a field of nobody"],
)  # fmt: skip
def test_an_odd_first_entry_shows_what_folding_it_shows(
    database: files.Database, tmp_path: Path, said: dict[str, object]
) -> None:
    """Rows that nobody knew are shown without folding, unless anything about them is unusual."""
    with database.transaction() as connection, Writing(connection, AUTHOR, "create") as writing:
        writing.append("create", "resident", "r1", [commit("base", {"v": said})])
    other = files.create(tmp_path / "other.db", bytes(32), make=upgrade)
    with other.transaction() as connection:
        merging.merge(connection, everything(database))
    shown = names(other)
    with other.transaction() as connection:
        checking.rebuild(connection)
    assert shown == names(other)
    other.close()


def test_a_part_left_out_needs_its_erase(database: files.Database, tmp_path: Path) -> None:
    write(database, "r1", name="王建国")
    records = everything(database)
    records[-1]["parts"] = [[part[0], None, None, part[3]] for part in records[-1]["parts"]]
    other = files.create(tmp_path / "other.db", bytes(32), make=upgrade)
    with pytest.raises(NotTrusted, match="part-missing"), other.transaction() as connection:
        merging.merge(connection, records)
    other.close()


def test_erasing_takes_the_value_and_leaves_the_proof(database: files.Database) -> None:
    write(database, "r1", name="王建国")
    with database.transaction() as connection, Writing(connection, AUTHOR, "erase") as writing:
        ledger.erase(writing, "resident", "r1", "base")
    assert names(database) == {"r1": None}
    assert "王建国" not in str(everything(database))
    write(database, "r1", name="新名")
    with database.reading() as connection:
        assert checking.verify(connection) == []
    assert names(database) == {"r1": "新名"}


def test_two_values_written_apart_are_a_conflict_until_someone_decides(
    database: files.Database, tmp_path: Path
) -> None:
    write(database, "r1", name="王建国")
    other = files.create(tmp_path / "other.db", bytes(32), make=upgrade)
    with other.transaction() as connection:
        merging.merge(connection, everything(database))
    write(database, "r1", name="王健国")
    write(other, "r1", OTHER, name="王建果")
    with database.transaction() as connection:
        merging.merge(connection, everything(other))
        assert connection.exec_driver_sql('SELECT "row", field FROM "conflict"').fetchall() == [("r1", "name")]
    write(database, "r1", name="王健国")
    with database.reading() as connection:
        assert connection.exec_driver_sql('SELECT count(*) FROM "conflict"').scalar() == 0
    other.close()


def test_a_refused_batch_is_void_and_comes_back_when_the_registry_says_so(database: files.Database) -> None:
    write(database, "r1", name="王建国")
    batch = write(database, "r1", name="不该写")
    with database.transaction() as connection:
        merging.refuse(connection, "committee", {batch: "revoked"})
    assert names(database) == {"r1": "王建国"}
    with database.transaction() as connection:
        merging.refuse(connection, "committee", {batch: None})
    assert names(database) == {"r1": "不该写"}


# ---------------------------------------------------------------- formats


def test_an_older_patch_is_lifted_step_by_step() -> None:
    steps = {1: lambda entity, patch: {**patch, "two": entity}, 2: lambda entity, patch: {**patch, "three": True}}
    assert upcast(1, "resident", {"v": {}}, steps=steps, to=3) == {"v": {}, "two": "resident", "three": True}


def test_a_newer_patch_is_refused() -> None:
    with pytest.raises(UserError, match="format-newer"):
        upcast(FORMAT + 1, "resident", {})


def test_every_released_format_has_its_step() -> None:
    from app.db.upcasters import STEPS

    assert sorted(STEPS) == list(range(1, FORMAT))


def test_undo_of_a_creation_that_is_in_use_keeps_the_row(database: files.Database) -> None:
    with database.transaction() as connection, Writing(connection, AUTHOR, "change") as writing:
        writing.change("household", "h1", {"label": "A间"})
    write(database, "r1", name="王建国", household="h1")
    with pytest.raises(UserError, match="undo-nothing"), database.transaction() as connection:
        ledger.undo(connection, AUTHOR, writing.batch)


def test_undoing_twice_says_so(database: files.Database) -> None:
    batch = write(database, "r1", name="王建国")
    with database.transaction() as connection:
        ledger.undo(connection, AUTHOR, batch)
    with pytest.raises(UserError, match="already-undone"), database.transaction() as connection:
        ledger.undo(connection, AUTHOR, batch)


def test_merging_duplicates_and_taking_it_back_loses_nothing(database: files.Database) -> None:
    write(database, "r1", name="王建国")
    write(database, "r2", name="王建国", note="同一人")
    with database.transaction() as connection, Writing(connection, AUTHOR, "merge") as writing:
        writing.merge_rows("r2", "r1")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT id, note FROM resident").fetchall() == [("r1", "同一人")]
    with database.transaction() as connection:
        ledger.undo(connection, AUTHOR, writing.batch)
    assert names(database) == {"r1": "王建国", "r2": "王建国"}


def test_the_chain_is_one_per_committee(database: files.Database) -> None:
    write(database, "r1", name="甲")
    write(database, "r1", Author("device", "elsewhere", "account", "t"), name="乙")
    with database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT committee_id, name FROM resident ORDER BY name").fetchall()
        chains = [Chain(*row) for row in connection.exec_driver_sql("SELECT device, epoch, committee_id FROM chain")]
    assert sorted(rows) == [("committee", "甲"), ("elsewhere", "乙")]
    assert len({chain.epoch for chain in chains}) == 2
