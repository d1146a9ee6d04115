"""keys.json: several accounts, each its own way in; every meddling is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.db import keyslots
from app.db.keyslots import Contents, KeyFile
from app.domain.findings import Refused, UserError

FULL = Contents("a1", ("head",), b"k" * 32, {"r1": b"r" * 32}, b"i" * 32)
BARE = Contents("a2", ("group_head",), b"k" * 32)


@pytest.fixture(scope="module")
def keys() -> KeyFile:
    empty = KeyFile("committee-id", "committee", "某居委会", "310115016009", False)
    return empty.admit("书记", "mima-12345", FULL).admit("主任", "mima-67890", BARE)


def test_each_account_opens_its_own_box(keys: KeyFile) -> None:
    assert keys.unlock("书记", "mima-12345") == FULL
    opened = keys.unlock("主任", "mima-67890")
    assert (opened.ring, opened.index_key, opened.database_key) == (None, None, b"k" * 32)


def test_the_file_keeps_it_all(keys: KeyFile, tmp_path: Path) -> None:
    keyslots.write(tmp_path, keys)
    assert keyslots.read(tmp_path) == keys
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]
    assert b"mima" not in (tmp_path / "keys.json").read_bytes()


def test_a_wrong_password_is_refused(keys: KeyFile) -> None:
    with pytest.raises(Refused, match="password-wrong"):
        keys.unlock("书记", "mima-67890")


def test_an_unknown_account_is_refused(keys: KeyFile) -> None:
    with pytest.raises(Refused, match="account-unknown"):
        keys.unlock("路人", "mima-12345")


def test_a_slot_under_another_id_does_not_open(keys: KeyFile) -> None:
    first, second = keys.slots
    swapped = replace(keys, slots=(replace(first, id=second.id), second))
    with pytest.raises(Refused, match="password-wrong"):
        swapped.unlock("书记", "mima-12345")


def test_a_slot_in_another_committee_does_not_open(keys: KeyFile) -> None:
    with pytest.raises(Refused, match="password-wrong"):
        replace(keys, committee="other").unlock("书记", "mima-12345")


def test_weaker_parameters_are_refused(keys: KeyFile) -> None:
    weak = replace(keys.slots[0], kdf={**keys.slots[0].kdf, "memory": 1024})
    with pytest.raises(UserError, match="keys-damaged"):
        replace(keys, slots=(weak,)).unlock("书记", "mima-12345")


def test_anothers_box_does_not_open(keys: KeyFile) -> None:
    first, second = keys.slots
    with pytest.raises(UserError, match="keys-damaged"):
        replace(keys, slots=(replace(first, box=second.box), second)).unlock("书记", "mima-12345")


def test_new_contents_need_nobodys_password(keys: KeyFile) -> None:
    rotated = replace(FULL, database_key=b"n" * 32)
    assert keys.reseal({"书记": rotated}).unlock("书记", "mima-12345") == rotated


def test_a_password_is_changed_only_by_who_knows_it(keys: KeyFile) -> None:
    changed = keys.change_password("书记", "mima-12345", "new-password")
    assert changed.unlock("书记", "new-password") == FULL
    with pytest.raises(Refused, match="password-wrong"):
        keys.change_password("书记", "guess-123", "new-password")


def test_a_removed_account_is_gone(keys: KeyFile) -> None:
    assert keys.remove("主任").accounts == ("书记",)


def test_a_short_password_is_refused(keys: KeyFile) -> None:
    with pytest.raises(UserError, match="password-short"):
        keys.admit("新人", "1234567", FULL)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}'])
def test_a_broken_file_is_said_to_be(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(UserError, match="keys-damaged"):
        keyslots.read(tmp_path)


def test_a_newer_file_is_refused(keys: KeyFile, tmp_path: Path) -> None:
    keyslots.write(tmp_path, keys)
    newer = json.loads((tmp_path / "keys.json").read_text("utf-8")) | {"version": 99}
    (tmp_path / "keys.json").write_text(json.dumps(newer))
    with pytest.raises(UserError, match="workspace-newer"):
        keyslots.read(tmp_path)


def test_failed_attempts_wait_for_the_next_unlock(tmp_path: Path) -> None:
    keyslots.note_attempt(tmp_path, "s1", "2020-05-25T09:00:00+08:00")
    assert keyslots.take_attempts(tmp_path) == [{"at": "2020-05-25T09:00:00+08:00", "slot": "s1"}]
    keyslots.clear_attempts(tmp_path)
    assert keyslots.take_attempts(tmp_path) == []
