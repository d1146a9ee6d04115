"""Level-3 values: sealed for one field of one row, the same bytes only for the same value there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.seal import Ring, index_value, is_sealed
from app.domain.findings import NotTrusted, UserError

RING = Ring.new("committee")
AT = ("resident", "row-1", "note_sensitive")


@given(st.binary(max_size=300))
def test_what_is_sealed_comes_back_and_is_stable(value: bytes) -> None:
    sealed = RING.seal(*AT, value)
    assert is_sealed(sealed) and RING.open(*AT, sealed) == value
    assert RING.seal(*AT, value) == sealed


def test_equal_values_of_two_people_do_not_look_equal() -> None:
    assert RING.seal("resident", "row-1", "x", b"v") != RING.seal("resident", "row-2", "x", b"v")


@pytest.mark.parametrize(
    "at",
    [("resident", "row-2", "note_sensitive"), ("resident", "row-1", "documents"), ("visit", "row-1", "note_sensitive")],
)
def test_a_value_moved_elsewhere_does_not_open(at: tuple[str, str, str]) -> None:
    with pytest.raises(NotTrusted, match="sealed-broken"):
        RING.open(*at, RING.seal(*AT, b"secret"))


def test_a_changed_byte_does_not_open() -> None:
    sealed = RING.seal(*AT, b"secret")
    with pytest.raises(NotTrusted, match="sealed-broken"):
        RING.open(*AT, sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:])


def test_without_the_key_it_says_so() -> None:
    with pytest.raises(UserError, match="ring-missing"):
        Ring.new("committee").open(*AT, RING.seal(*AT, b"secret"))


def test_a_rotated_ring_reads_old_values_and_seals_under_the_new_key() -> None:
    rotated = RING.rotated()
    old = RING.seal(*AT, b"secret")
    assert rotated.open(*AT, old) == b"secret"
    assert rotated.seal(*AT, b"secret").split(":")[1] != old.split(":")[1]


def test_the_index_value_hides_the_number_and_ignores_case() -> None:
    assert index_value(b"k", "31011519491001123x") == index_value(b"k", "31011519491001123X")
    assert index_value(b"k", "1") != index_value(b"other", "1")
