"""The engine recipe: every promise of ledger-and-bundles.md §2 that lies in the file itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from app.db import connection as files
from app.db.migrations import upgrade
from app.domain.findings import UserError
from app.services import workspaces

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "loutu.db"


@pytest.fixture
def database(path: Path):
    made = files.create(path, KEY, make=upgrade)
    yield made
    made.close()


def put(connection: files.Connection, key: str) -> None:
    connection.exec_driver_sql("INSERT INTO secret VALUES (?, ?)", (key, b"x"))


def keys(database: files.Database) -> list[str]:
    with database.reading() as connection:
        return [key for (key,) in connection.exec_driver_sql("SELECT key FROM secret ORDER BY key")]


def test_what_ends_well_is_there_and_what_fails_is_not(database: files.Database) -> None:
    with database.transaction() as connection:
        put(connection, "kept")
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:
        put(connection, "lost")
        raise ZeroDivisionError
    assert keys(database) == ["kept"]


def test_reading_inside_a_transaction_does_not_end_it(database: files.Database) -> None:
    with database.transaction() as connection:
        put(connection, "one")
        assert keys(database) == []
        put(connection, "two")
    assert keys(database) == ["one", "two"]


def test_a_second_transaction_in_the_same_thread_is_a_bug_and_says_so(database: files.Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError), database.transaction():
        pass


def test_failed_ddl_leaves_nothing(database: files.Database) -> None:
    with pytest.raises(SQLAlchemyError), database.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE half (a)")
        connection.exec_driver_sql("CREATE TABLE secret (a)")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'half'").first() is None


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1), ("trusted_schema", 0)],
)
def test_the_recipe_reads_back(database: files.Database, pragma: str, value: object) -> None:
    assert database._held.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_the_reading_side_cannot_write(database: files.Database) -> None:
    with pytest.raises(SQLAlchemyError), database.reading() as connection:
        put(connection, "never")


def test_no_connection_survives_the_lock(path: Path) -> None:
    database = files.create(path, KEY, make=upgrade)
    keys(database)
    opened = list(database._opened)
    database.close()
    assert len(opened) == 2
    for connection in opened:
        with pytest.raises(Exception, match="closed"):
            connection.execute("SELECT 1")


def test_a_wrong_key_opens_nothing_and_makes_nothing(path: Path) -> None:
    files.create(path, KEY, make=upgrade).close()
    before = path.read_bytes()
    with pytest.raises(UserError, match="workspace-damaged"):
        files.open(path, bytes(32))
    assert path.read_bytes() == before


def test_a_missing_file_is_not_made(path: Path) -> None:
    with pytest.raises(UserError, match="workspace-missing"):
        files.open(path, KEY)
    assert not path.exists()


def test_a_damaged_file_is_said_to_be(path: Path) -> None:
    files.create(path, KEY, make=upgrade).close()
    path.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
    with pytest.raises(UserError, match="workspace-damaged"):
        files.open(path, KEY)


def test_a_newer_file_is_refused(path: Path) -> None:
    database = files.create(path, KEY, make=upgrade)
    database._held.execute(f"PRAGMA user_version = {files.SCHEMA + 1}")
    database.close()
    with pytest.raises(UserError, match="workspace-newer"):
        files.open(path, KEY)


def test_nothing_is_overwritten(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(UserError, match="workspace-exists"):
        files.create(path, KEY, make=upgrade)
    assert path.read_text() == "mine"


def test_a_creation_that_fails_leaves_no_file(path: Path) -> None:
    def fail(connection: files.Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        files.create(path, KEY, make=fail)
    assert list(path.parent.iterdir()) == []


def test_rekey_and_check(database: files.Database, path: Path) -> None:
    database.rekey(bytes(32))
    assert database.check() == []
    database.close()
    with pytest.raises(UserError, match="workspace-damaged"):
        files.open(path, KEY)
    files.open(path, bytes(32)).close()


def test_a_second_process_is_told_that_the_workspace_is_held(tmp_path: Path) -> None:
    lock = files.hold(tmp_path)
    second = (
        "import sys; from pathlib import Path; from app.db import connection; from app.domain.findings import UserError\n"
        "try: connection.hold(Path(sys.argv[1]))\n"
        "except UserError as error: print(error.code)"
    )
    said = subprocess.run([sys.executable, "-c", second, str(tmp_path)], capture_output=True, text=True, check=True)
    lock.release()
    assert said.stdout.strip() == "workspace-busy"
    files.hold(tmp_path).release()


def test_the_steps_make_exactly_the_tables_of_the_catalogue(database: files.Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from app.db.tables import metadata

    ignored = ("words", "alembic_version")

    def ours(thing: object, name: str | None, kind: str, *rest: object) -> bool:
        return not (kind == "table" and str(name).startswith(ignored))

    with database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / files.LOCK).mkdir()  # root may write anywhere, but nobody opens a folder for writing
    with pytest.raises(UserError) as refused:
        files.hold(tmp_path)
    assert refused.value.code == "workspace-unwritable"


def _back_to_the_first() -> list[str]:
    """What takes away everything that later steps than the first have made."""
    steps = sorted((Path(files.__file__).parent / "migrations" / "versions").glob("*.py"))[1:]
    made = "\n".join(step.read_text("utf-8") for step in steps)
    columns = re.findall(r"ALTER TABLE (\w+) ADD COLUMN \"?(\w+)", made)
    columns += [("committee", "geometry"), *(("doubtful", each) for each in ("score", "why"))]
    columns += [("resident", each) for each in ("extra", "extra_sensitive")]
    new = re.findall(r"CREATE TABLE (\w+)", made)
    return [
        *(f"DROP INDEX {name}" for name in re.findall(r"CREATE INDEX (\w+)", made)),
        *(f"DROP TABLE {name}" for name in new),
        *(f"ALTER TABLE {table} DROP COLUMN {column}" for table, column in dict.fromkeys(columns) if table not in new),
    ]


def test_a_file_of_an_older_shape_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    workspaces.create(
        folder, role="committee", name="第一居委会", code="310115016001", account="书记", password="mima-12345"
    )
    first = workspaces.unlock(folder, "书记", "mima-12345")
    with first.db.transaction() as connection:  # as the first step left it
        for statement in _back_to_the_first():
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        connection.exec_driver_sql("PRAGMA user_version = 1")
    workspaces.lock(first)
    again = workspaces.unlock(folder, "书记", "mima-12345")
    with again.db.reading() as connection:
        assert connection.exec_driver_sql("SELECT name, geometry FROM committee").fetchall() == [("第一居委会", None)]
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == files.SCHEMA
    workspaces.lock(again)
