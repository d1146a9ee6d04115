"""keys.json: several accounts, each its own way in; every meddling is refused."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from app.db import keyslots
from app.db.keyslots import Contents, KeyFile
from app.domain.findings import Refused, UserError

pytestmark = pytest.mark.real_passwords

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


def test_who_has_not_the_ring_seals_new_keys_and_leaves_the_ring_as_it_is(keys: KeyFile) -> None:
    """An administrator knows the database key and the roles, and nothing of level 3."""
    rotated = replace(FULL, database_key=b"n" * 32, ring=None, index_key=None, pending_key=b"p" * 32)
    opened = keys.reseal({"书记": rotated}).unlock("书记", "mima-12345")
    assert opened == replace(FULL, database_key=b"n" * 32, pending_key=b"p" * 32)


def test_the_ring_is_taken_from_who_is_no_longer_entitled(keys: KeyFile) -> None:
    opened = keys.without_ring("书记").unlock("书记", "mima-12345")
    assert (opened.ring, opened.index_key, opened.database_key) == (None, None, b"k" * 32)


def test_another_slots_ring_does_not_open(keys: KeyFile) -> None:
    first, second = keys.slots
    with pytest.raises(UserError, match="keys-damaged"):
        replace(keys, slots=(first, replace(second, ring=first.ring))).unlock("主任", "mima-67890")


def test_a_box_of_the_first_program_opens_with_its_ring(keys: KeyFile) -> None:
    """It held ring and index key itself, and its slot did not say whose it was."""
    slot = keys.slot("书记")
    old = json.dumps({
        "account_id": "a1", "roles": ["head"], "database_key": b64encode(b"k" * 32).decode(),
        "ring": {"r1": b64encode(b"r" * 32).decode()}, "index_key": b64encode(b"i" * 32).decode(), "pending_key": None,
    })  # fmt: skip
    box = b64encode(pyrage.encrypt(old.encode(), [pyrage.x25519.Recipient.from_str(slot.public)])).decode()
    kept = replace(keys, slots=(replace(slot, box=box, ring="", account_id=""),))
    assert kept.unlock("书记", "mima-12345") == FULL


def test_a_file_of_the_first_program_is_read(keys: KeyFile, tmp_path: Path) -> None:
    keyslots.write(tmp_path, keys)
    kept = json.loads((tmp_path / "keys.json").read_text("utf-8"))
    old = {key: value for key, value in kept.items() if key not in ("leaving", "recovery")}
    names = ("id", "account", "kdf", "private", "public", "box")
    old["slots"] = [{key: slot[key] for key in names} for slot in kept["slots"]]
    (tmp_path / "keys.json").write_text(json.dumps(old), "utf-8")
    assert keyslots.read(tmp_path).unlock("主任", "mima-67890") == BARE


# ---------------------------------------------------------------- recovery


def test_a_sheets_code_opens_its_own_slot_and_no_account(keys: KeyFile, tmp_path: Path) -> None:
    keyslots.write(tmp_path, keys.with_sheet("ABCD-EFGH", replace(FULL, account_id="", roles=()), "2020-05-25"))
    kept = keyslots.read(tmp_path)
    assert kept.unlock_sheet("ABCD-EFGH").ring == FULL.ring and kept.accounts == keys.accounts
    with pytest.raises(Refused, match="recovery-code-wrong"):
        kept.unlock_sheet("ABCD-EFGJ")
    with pytest.raises(Refused, match="password-wrong"):
        kept.unlock("书记", "ABCD-EFGH")


def test_without_a_sheet_no_code_opens(keys: KeyFile) -> None:
    with pytest.raises(Refused, match="recovery-none"):
        keys.unlock_sheet("ABCD-EFGH")


def test_every_pc_of_the_centre_opens_its_way_and_a_stranger_does_not(keys: KeyFile) -> None:
    first, second, stranger = (pyrage.x25519.Identity.generate() for _ in range(3))
    made = keys.with_centre([str(first.to_public()), str(second.to_public())], FULL, "2020-05-25")
    assert made.centre is not None
    assert made.centre.opened(first) == made.centre.opened(second) == FULL
    with pytest.raises(UserError, match="keys-damaged"):
        made.centre.opened(stranger)


def test_a_way_of_recovery_says_when_keys_changed_and_nothing_about_them(keys: KeyFile) -> None:
    made = keys.with_sheet("ABCD-EFGH", FULL, "")
    anew = made.reseal({keyslots.SHEET: replace(FULL, database_key=b"n" * 32)})
    assert made.sheet is not None and anew.sheet is not None and made.sheet.tag != anew.sheet.tag
    assert all(slot.tag == "" for slot in made.slots)
    assert anew.unlock_sheet("ABCD-EFGH").database_key == b"n" * 32


def test_a_lost_password_gives_way_to_a_new_one_with_a_new_identity(keys: KeyFile) -> None:
    made = keys.readmit("主任", "new-password", BARE)
    assert made.unlock("主任", "new-password") == BARE
    assert made.slot("主任").public != keys.slot("主任").public and made.slot("主任").id == keys.slot("主任").id
    with pytest.raises(Refused, match="password-wrong"):
        made.unlock("主任", "mima-67890")


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


def test_attempts_at_others_go_on_counting_after_ones_own_unlock(tmp_path: Path) -> None:
    for slot in ("s1", "s2", "s1", "s1"):
        keyslots.note_attempt(tmp_path, slot, "2020-05-25T09:00:00+08:00", wall=100.0)
    keyslots.clear_attempts(tmp_path, "s2")
    assert keyslots.take_attempts(tmp_path) == []  # they are entries now
    assert (keyslots.wait(tmp_path, "s1", 100.0), keyslots.wait(tmp_path, "s2", 100.0)) == (5, 0)
    keyslots.clear_attempts(tmp_path, "s1")
    assert not (tmp_path / "attempts").exists()
