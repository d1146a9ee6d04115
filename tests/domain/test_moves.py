"""What the move of a resident's row may say, what is frozen meanwhile, and who must be named of whoever leaves the street."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain import moves
from app.domain.findings import UserError

OFFER, OTHER = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
AT = "2020-05-25T09:00:00+08:00"
OFFERED, ARRIVED = moves.offered(OFFER, OTHER, AT), moves.arrived(OFFER, OTHER, AT)


@pytest.mark.parametrize("move", [
    OFFERED, ARRIVED, moves.offered(OFFER, OTHER), moves.closed(OFFERED), moves.accepted(ARRIVED), moves.withdrawn(ARRIVED),
    moves.refused(ARRIVED, "不住这里"), moves.refused(OFFERED, "不住这里"),
])  # fmt: skip
def test_what_the_program_writes_is_a_move(move: dict[str, Any]) -> None:
    assert moves.is_move(move)


@pytest.mark.parametrize("move", [
    None, [], "offered", {}, {**OFFERED, "state": "accepted"}, {**OFFERED, "of": OTHER}, {**OFFERED, "why": "x"},
    {**OFFERED, "at": "昨天"}, {**OFFERED, "offer": "1"}, {**ARRIVED, "more": "x"}, {**ARRIVED, "state": ["arrived"]},
    {**moves.refused(ARRIVED, "x"), "why": "长" * 501}, {"offer": OFFER, "state": "closed"},
])  # fmt: skip
def test_everything_else_is_none(move: object) -> None:
    assert not moves.is_move(move)


def test_an_offer_is_known_whenever_it_was_made() -> None:
    assert moves.is_offer_to(OFFERED, OFFER, OTHER) and moves.is_offer_to(moves.offered(OFFER, OTHER), OFFER, OTHER)
    assert not moves.is_offer_to(moves.closed(OFFERED), OFFER, OTHER) and not moves.is_offer_to(OFFERED, OTHER, OTHER)


@pytest.mark.parametrize("key", moves.FROZEN)
def test_identity_and_address_are_frozen_while_offered_and_not_after(key: str) -> None:
    with pytest.raises(UserError, match="move-frozen"):
        moves.require_not_frozen({"name": "王建国", "move": OFFERED}, [key, "note"])
    for free in (None, moves.refused(OFFERED, "x"), moves.accepted(ARRIVED)):
        moves.require_not_frozen({"move": free}, [key])
    moves.require_not_frozen({"move": OFFERED}, ["note", "phones", "status"])


def test_a_receiver_is_named_whole_and_the_time_is_one() -> None:
    whole = {
        "receiver_unit": "昆山",
        "receiver_name": "周",
        "receiver_phone": "1",
        "handed_over_at": "2020-05-25 16:30",
    }
    moves.require_receiver(whole)
    with pytest.raises(UserError) as wrong:
        moves.require_receiver({**whole, "receiver_name": "", "receiver_phone": None})
    assert wrong.value.details["fields"] == "接收人、接收人电话"
    with pytest.raises(UserError, match="receiver-time"):
        moves.require_receiver({**whole, "handed_over_at": "下午"})
