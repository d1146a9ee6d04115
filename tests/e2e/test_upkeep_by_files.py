"""Erasing, backing up and restoring by commands alone, with the exit codes and keys of docs/cli.md."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.services import workspaces
from tests.conftest import ACCOUNT, CODE, NAME, PASSWORD
from tests.seconds import SECOND, SECOND_PASSWORD, give_second

Run = Callable[..., tuple[int, Any]]
NOW = ("--now", "2020-05-25T09:00")


@pytest.fixture
def loutu(tmp_path: Path, roster: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A committee with its roster in, and a second account; runs a command with --json."""
    monkeypatch.setenv("LOUTU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOUTU_ACCOUNT", ACCOUNT)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)

    def run(*arguments: str) -> tuple[int, Any]:
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert run("init", "--role", "committee", "--name", NAME, "--code", CODE, "--rehearsal", *NOW)[0] == 0
    assert run("import", "roster", str(roster), *NOW)[0] == 0
    session = workspaces.unlock(tmp_path / "data", ACCOUNT, PASSWORD)
    give_second(session)
    workspaces.lock(session)
    return run


def test_the_way_of_an_erasure_and_a_backup(loutu: Run, tmp_path: Path) -> None:
    out, second = tmp_path / "out", tmp_path / "second"
    out.mkdir()
    second.write_text(SECOND_PASSWORD, "utf-8")
    code, old = loutu("backup", str(out), *NOW)
    assert code == 0 and old["verified"] is True and Path(old["file"]).exists()
    person = "12号/302/户1/王建国"
    assert loutu("set", "resident", person, "status=去世", "status_since=2015-01-01", *NOW)[0] == 0
    assert loutu("erase", "propose", "--on", "2015-02-01", *NOW) == (0, [])
    code, due = loutu("erase", "propose", *NOW)
    assert code == 0 and {each["class"] for each in due} == {"base", "identity"} and "王建国" not in str(due)
    chosen = next(each["id"] for each in due if each["class"] == "base")
    code, refused = loutu("erase", "confirm", chosen, *NOW)
    assert (code, refused["error"]["code"]) == (3, "erase-second-needed")
    assert loutu("erase", "confirm", chosen, "--second", SECOND, *NOW)[0] == 2
    both = ("--second", SECOND, "--second-password-file", str(second))
    code, done = loutu("erase", "confirm", chosen, *both, *NOW)
    assert code == 0 and done["id"] == chosen and done["state"] == "erased" and done["erased"][0]["erase"]
    assert loutu("erase", "confirm", chosen, *both, *NOW)[1]["error"]["code"] == "erase-unknown"
    assert loutu("find", "王建国", *NOW) == (0, []) and loutu("ledger", "verify", *NOW)[1]["ok"]
    assert loutu("ledger", "rebuild", "--check", *NOW)[1]["ok"]

    code, back = loutu("restore", old["file"], "--into", str(tmp_path / "back"), *NOW)
    assert code == 0 and back["epoch"] and back["entries"] > 10
    assert loutu("find", "王建国", "--data", str(tmp_path / "back"), *NOW)[1], "no list was at hand"
    code, back = loutu(
        "restore", old["file"], "--into", str(tmp_path / "again"), "--erasures", str(tmp_path / "data" / "erasures.json"),
        *NOW,
    )  # fmt: skip
    assert code == 0 and back["erased"] > 0
    assert loutu("find", "王建国", "--data", str(tmp_path / "again"), *NOW) == (0, [])
    code, back = loutu("restore", old["file"], *NOW)
    assert code == 0 and Path(back["aside"]).exists() and back["erased"] > 0
    assert loutu("find", "王建国", *NOW) == (0, [])


def test_what_goes_wrong_says_so(loutu: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    file = loutu("backup", str(out), "--full", *NOW)[1]["file"]
    assert loutu("backup", str(tmp_path / "none"))[0] == 1
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong-password", "utf-8")
    code, said = loutu("restore", file, "--into", str(tmp_path / "new"), "--password-file", str(wrong))
    assert (code, said["error"]["code"]) == (3, "password-wrong") and not (tmp_path / "new").exists()
    (tmp_path / "bad.ltk").write_bytes(b"PK")
    code, said = loutu("restore", str(tmp_path / "bad.ltk"), "--into", str(tmp_path / "new"))
    assert (code, said["error"]["code"]) == (1, "backup-no-backup") and said["error"]["message"]
