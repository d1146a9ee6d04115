"""A person who moves on from the second committee to a third: the first move still closes, and erasures follow."""

from __future__ import annotations

import pytest

from app.db import ledger
from app.services import moves, records
from app.services.session import Session
from tests.services.bending import down, lived_in, up
from tests.street import Street

Three = tuple[Session, Session, Session, str, str]


@pytest.fixture
def three(street: Street) -> Three:
    """Three committees; a person of the first was just taken in by the second; the rows in both."""
    first, second, third = (street.committee(number) for number in (1, 2, 3))
    old = lived_in(first)
    lived_in(second, "李四", "由由新村")
    lived_in(third, "王五", "三村")
    up(street, first, second, third)
    down(street, first, second, third)
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    (waiting,) = moves.pending(second)
    moves.accept(second, waiting["id"], "由由新村/12号/302")
    return first, second, third, old, waiting["id"]


def test_a_move_accepted_and_offered_on_in_one_bundle_is_closed(street: Street, three: Three) -> None:
    first, second, third, old, new = three
    moves.offer(second, new, third.code)
    up(street, second)
    down(street, first, third)
    (waiting,) = moves.pending(third)
    moves.accept(third, waiting["id"], "三村/12号/302")
    up(street, third)
    down(street, first, second)
    assert records.show(first, "resident", old).get("status") == "迁出"


def test_an_erasure_of_the_first_row_follows_who_moved_on(street: Street, three: Three) -> None:
    first, second, third, old, new = three
    up(street, second)
    down(street, first)
    moves.offer(second, new, third.code)
    up(street, second)
    down(street, third)
    with first.writing("erase") as writing:
        ledger.erase(writing, "resident", old, "identity")
    up(street, first)
    down(street, second, third)
    up(street, second)
    down(street, second, third)
    assert "id_number" not in records.show(second, "resident", new, reveal=True)
    (waiting,) = moves.pending(third)
    assert "id_number" not in records.show(third, "resident", waiting["id"], reveal=True)
