"""联络码: stubs and bundles in whatever order they come, lost, repeated, cloned and forged, between real workspaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import clock, ids
from app.domain.findings import UserError
from app.services import arrival_rows, arrivals, conflicts, incidents, records, stubs, sync
from app.services.session import Session
from app.services.values import Values
from tests.exchange.forging import Forge, part, state
from tests.services.bending import another_pc, down, forge, of, sibling, two_committees, up
from tests.services.test_exchange import sound
from tests.street import Street, copy_of, template


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("made"), two_committees)


@pytest.fixture
def street(made: Path, tmp_path: Path) -> Iterator[Street]:
    found = copy_of(made, tmp_path)
    yield found
    found.close()


@pytest.fixture
def ours(street: Street) -> Session:
    return street.committees[0]


def told(street: Street, committee: Session, name: str = "王建国") -> tuple[str, str]:
    """An arrival that the centre makes for a committee: (id, what is read out)."""
    row = arrivals.add(street.centre, {"person_name": name, "arrived_on": "2020-05-25"}, committee.code).id
    return row, arrivals.spoken_code(arrivals.one(street.centre, row))


def both(street: Street, committee: Session, row: str) -> list[str]:
    return [arrivals.one(each, row)["state"] for each in (street.centre, committee)]


def report_of(street: Street, committee: Session) -> None:
    """One more bundle for the centre, about something else."""
    records.add(committee, "incident", {"what": "x", "kind": "求助"})
    up(street, committee)


def doubts(*sessions: Session) -> list[str]:
    return [case["field"] for each in sessions for case in conflicts.pending(each) if case["entity"] == "arrival"]


@dataclass
class Standing:
    """A stub that its committee sends to the centre, to be bent."""

    street: Street
    row: str
    forged: Forge


@pytest.fixture(scope="module")
def standing(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    street = copy_of(made, tmp_path_factory.mktemp("standing"))
    row = stubs.hear(street.committees[0], "arrival", arrival_rows.contact_codes.make(Random(8))).id
    yield Standing(street, row, forge(street, street.committees[0], street.centre))
    street.close()


# ---------------------------------------------------------------- whichever comes first


def test_a_stub_is_joined_by_the_bundle_that_comes_later(street: Street, ours: Session) -> None:
    row, code = told(street, ours)
    done = stubs.hear(ours, "arrival", code.lower(), heard="王建国 虹桥 14点", by="李社工")
    assert done.id == row and stubs.waiting(ours)[0]["heard"] == "王建国 虹桥 14点"
    arrivals.step(ours, row, "picked-up", by="李社工")
    assert arrivals.list_(ours)[0]["stub"] is True
    down(street, ours)
    (joined,) = arrivals.list_(ours)
    assert (joined["id"], joined["name"], joined["state"], joined["heard_by"]) == (row, "王建国", "已接", "李社工")
    assert stubs.waiting(ours) == [] and not joined["stub"]
    up(street, ours)
    assert both(street, ours, row) == ["已接", "已接"] and doubts(street.centre, ours) == []
    assert arrivals.one(street.centre, row)["why"] == "", "whoever heard the code was told"
    sound(street.centre, ours)


def test_a_call_after_the_bundle_only_says_that_it_was_heard(street: Street, ours: Session) -> None:
    row, code = told(street, ours)
    down(street, ours)
    stubs.hear(ours, "arrival", code)
    assert stubs.waiting(ours) == [] and arrivals.one(ours, row)["name"] == "王建国"
    assert stubs.hear(ours, "arrival", code, heard="再说一遍").batch == "", "a second time nothing is written"
    up(street, ours)
    assert doubts(street.centre, ours) == []


def test_a_bundle_that_was_lost_is_sent_again_and_joins_the_stub(street: Street, ours: Session) -> None:
    row, code = told(street, ours)
    stubs.hear(ours, "arrival", code)
    street.send(street.centre)  # the stick is lost
    arrivals.notified(street.centre, row, to="李社工")
    up(street, ours)
    down(street, ours)
    shown = arrivals.one(ours, row)
    assert (shown["name"], shown["notified_to"], shown["stub"]) == ("王建国", "李社工", False)


def test_a_gap_before_the_bundle_is_named_and_the_stub_goes_on_waiting(street: Street, ours: Session) -> None:
    records.add(street.centre, "incident", {"what": "前一条", "kind": "求助"}, committee=ours.committee_id)
    row, code = told(street, ours)
    stubs.hear(ours, "arrival", code)
    forged = forge(street, street.centre, ours)
    mine = [line for line in forged.entries if line["chain"][2] == ours.committee_id]
    (said,) = sync.merge(ours, [forged.with_entries(mine[1:])])
    assert [each["code"] for each in said["aside"]] == ["ledger-gap"]
    assert (said["aside"][0]["first"], said["aside"][0]["last"]) == (mine[0]["seq"], mine[0]["seq"])
    assert arrivals.one(ours, row)["stub"] is True
    down(street, ours)
    assert arrivals.one(ours, row)["name"] == "王建国" and arrivals.one(ours, row)["heard_at"]


def test_a_stub_whose_bundle_does_not_come_stands_out(street: Street, ours: Session) -> None:
    _, code = told(street, ours)
    stubs.hear(ours, "arrival", code)
    ours.clock = clock.frozen("2020-05-28T08:59")
    assert [stubs.waiting(ours)[0]["late"], arrivals.list_(ours)[0]["why"]] == [False, ""]
    ours.clock = clock.frozen("2020-05-28T12:00")
    assert [stubs.waiting(ours)[0]["late"], arrivals.list_(ours)[0]["why"]] == [True, "stub-waiting"]


def test_an_incident_has_a_stub_too(street: Street, ours: Session) -> None:
    code = arrival_rows.contact_codes.make(Random(1))
    row = str(ids.stub_id(ours.committee_id, "incident", code))
    assert stubs.hear(ours, "incident", code, heard="302 老人跌倒").id == row
    with street.centre.writing("create", ours.committee_id) as writing:
        writing.change("incident", row, {"contact_code": code, "what": "老人跌倒", "state": "已通知"})
    with ours.writing("change") as writing:
        writing.change("incident", row, {"state": "处置中"})
    down(street, ours)
    up(street, ours)
    shown = [records.show(each, "incident", row) for each in (street.centre, ours)]
    assert [each["state"] for each in shown] == ["处置中", "处置中"] and shown[1]["heard"] == "302 老人跌倒"
    assert stubs.waiting(ours) == []


def test_reopening_is_not_settled_away_by_a_call_back_at_the_other_side(street: Street, ours: Session) -> None:
    row = incidents.add(ours, kind="求助", what="修水管")["id"]
    for done in ("处置中", "已办结"):
        incidents.step(ours, row, done)
    up(street, ours)
    incidents.reopen(street.centre, row, why="水管又漏了")
    incidents.step(ours, row, "已回访")
    down(street, ours)
    up(street, ours)
    for each in (street.centre, ours):
        assert "state" in [case["field"] for case in conflicts.pending(each) if case["entity"] == "incident"]


# ---------------------------------------------------------------- at home, and sent on meanwhile


def sent_on_too_late(street: Street, **more: str) -> tuple[str, Session, Session]:
    """Somebody is at home at the first committee, which has not told yet, when the centre sends it on: (new row, …)."""
    first, second = street.committees
    came = {"person_name": "王建国", "person_phone": "13812345678", "arrived_on": "2020-05-25", **more}
    row = arrivals.add(street.centre, came, first.code).id
    down(street, first)
    arrivals.step(first, row, "home")
    new = arrivals.reassign(street.centre, row, second.code, "住在由由")["id"]
    return new, first, second


def test_who_was_at_home_already_is_not_awaited_elsewhere_for_ever(street: Street) -> None:
    new, first, second = sent_on_too_late(street)
    down(street, second)
    assert arrivals.list_(second)[0]["id"] == new
    done = street.bring(street.centre, street.send(first))
    assert [(each["code"], each["name"]) for each in done["notices"]] == [("arrival-home-at-first-told", "王建国")]
    ended = arrivals.one(street.centre, new)
    assert (ended["state"], ended["state_why"]) == ("已取消", "已在原居委会到家")
    assert arrivals.list_(street.centre) == []
    down(street, first, second)
    assert arrivals.list_(second) == [] and arrivals.list_(first) == []
    assert doubts(street.centre, first, second) == []
    sound(street.centre, first, second)


def test_whom_the_other_committee_has_met_is_not_taken_from_it(street: Street) -> None:
    new, first, second = sent_on_too_late(street)
    down(street, second)
    arrivals.step(second, new, "picked-up")
    up(street, first)
    up(street, second)
    down(street, second)
    assert both(street, second, new) == ["已接", "已接"], "what was seen counts, whichever bundle comes first"


def test_whom_somebody_takes_up_again_stays_awaited(street: Street) -> None:
    new, first, _ = sent_on_too_late(street)
    up(street, first)
    arrivals.step(street.centre, new, "waiting", why="是另一个王建国")
    report_of(street, first)
    assert arrivals.one(street.centre, new)["state"] == "待接"


def test_somebody_else_of_the_name_is_awaited_still(street: Street) -> None:
    first, second = street.committees
    came = {"person_name": "王建国", "arrived_on": "2020-05-25"}
    other = arrivals.add(street.centre, {**came, "person_phone": "13900000000"}, first.code).id
    new = arrivals.reassign(street.centre, other, second.code, "住在由由")["id"]
    _, first, _ = sent_on_too_late(street)
    up(street, first)
    assert [row["id"] for row in arrivals.list_(street.centre)] == [new]


def test_who_was_sent_on_twice_is_found_where_it_is_awaited(street: Street) -> None:
    new, first, _ = sent_on_too_late(street)
    last = arrivals.reassign(street.centre, new, "", "不住那里")["id"]
    up(street, first)
    assert (arrivals.one(street.centre, last)["state"], arrivals.list_(street.centre)) == ("已取消", [])


@pytest.mark.parametrize(
    ("code", "keyed"),
    [
        ("contact-code-wrong", lambda s, c: stubs.hear(s, "arrival", c[:-1] + ("2" if c[-1] != "2" else "3"))),
        ("contact-code-wrong", lambda s, c: stubs.hear(s, "arrival", c[1] + c[0] + c[2:] if c[0] != c[1] else "2" + c[1:])),
        ("contact-code-wrong", lambda s, c: stubs.hear(s, "arrival", "O0I1L!")),
        ("stub-unknown-kind", lambda s, c: stubs.hear(s, "resident", c)),
        ("value-refused", lambda s, c: stubs.hear(s, "arrival", c, heard="字" * 100_001)),
        ("time-future", lambda s, c: stubs.hear(s, "arrival", c, at=s.now().replace(year=2021))),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_is_refused(
    standing: Standing, code: str, keyed: Callable[[Session, str], object]
) -> None:
    session = standing.street.committees[0]
    before = state(session)
    with pytest.raises(UserError, match=code):
        keyed(session, arrival_rows.contact_codes.make(Random(5)))
    assert state(session) == before


def test_the_centre_hears_no_codes(street: Street) -> None:
    with pytest.raises(UserError, match="stub-only-committee"):
        stubs.hear(street.centre, "arrival", arrival_rows.contact_codes.make(Random(5)))


# ---------------------------------------------------------------- clones


def test_two_copies_of_a_pc_hear_one_code(street: Street, ours: Session) -> None:
    row, code = told(street, ours)
    clone = another_pc(street, ours, "clone")
    stubs.hear(ours, "arrival", code, heard="姓王")
    stubs.hear(clone, "arrival", code, heard="姓汪")
    arrivals.step(clone, row, "picked-up", by="周师傅")
    up(street, ours)
    (said,) = sync.merge(street.centre, street.send(clone))
    assert [each["code"] for each in said["aside"]] == ["ledger-fork"]
    assert street.bring(clone, of(street.send(street.centre), clone))["rewritten"] > 0
    up(street, clone)
    assert arrivals.one(street.centre, row)["state"] == arrivals.one(clone, row)["state"] == "已接"
    (case,) = [each for each in conflicts.pending(street.centre) if each["field"] == "heard"]
    assert {value["value"] for value in case["values"]} == {"姓王", "姓汪"}, "a person decides, nothing is lost"
    sound(street.centre, clone)


def test_two_copies_of_the_centre_that_give_one_code_lose_neither_person(
    street: Street, ours: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(street, ours, "前一人")
    down(street, ours)
    clone = another_pc(street, street.centre, "centre-2")
    for session, name in ((street.centre, "王建国"), (clone, "汪建国")):
        monkeypatch.setattr(arrival_rows, "RANDOM", Random(3))  # by chance once in 28 million
        row = arrivals.add(session, {"person_name": name, "arrived_on": "2020-05-25"}, ours.code).id
    stubs.hear(ours, "arrival", str(arrivals.one(clone, row)["contact_code"]))
    down(street, ours)
    (said,) = sync.merge(ours, of(street.send(clone), ours))
    assert [each["code"] for each in said["aside"]] == ["ledger-fork"]
    street.bring(clone, of(street.send(ours), clone))
    assert sync.merge(ours, of(street.send(clone), ours))[0]["aside"] == []
    (case,) = [each for each in conflicts.pending(ours) if each["field"] == "person_name"]
    assert {value["value"] for value in case["values"]} == {"王建国", "汪建国"}


def test_two_pcs_of_a_committee_that_hear_one_code_mean_one_arrival(street: Street, ours: Session) -> None:
    other = sibling(street)
    row, code = told(street, ours)
    for session in (ours, other):
        stubs.hear(session, "arrival", code, heard="王建国", by="值班", at=clock.moment("2020-05-25T08:00"))
    up(street, ours, other)
    down(street, ours, other)
    assert arrivals.one(ours, row)["name"] == arrivals.one(other, row)["name"] == "王建国"
    assert doubts(street.centre) == []


# ---------------------------------------------------------------- hostile


def entry(forged: Forge, line: Values, patch: Any, retention: str = "arrival") -> Path:
    """The bundle with one entry's part of a class replaced."""
    changed = deepcopy(line)
    changed["parts"] = [part(retention, patch) if each[0] == retention else each for each in line["parts"]]
    entries = [
        changed if each["seq"] == line["seq"] and each["chain"] == line["chain"] else each for each in forged.entries
    ]
    return forged.with_entries(entries)


def test_another_committee_that_writes_under_a_stubs_id_changes_nothing_of_it(street: Street, ours: Session) -> None:
    evil = street.committees[1]
    row, code = told(street, ours)
    with evil.writing("create") as writing:
        writing.change("arrival", row, {"person_name": "假", "state": "已取消", "contact_code": code.replace(" ", "")})
    up(street, evil)
    shown = arrivals.one(street.centre, row)
    assert (shown["name"], shown["state"], shown["committee"]) == ("王建国", "待接", ours.committee_id)
    arrivals.step(street.centre, row, "picked-up")
    down(street, ours, evil)
    assert arrivals.one(ours, row)["state"] == "已接" and arrivals.one(evil, row)["state"] == "已取消"


def test_a_chain_of_another_committee_in_a_bundle_is_turned_away_whole(street: Street, ours: Session) -> None:
    evil = street.committees[1]
    row, _ = told(street, ours)
    records.add(evil, "incident", {"what": "x"})
    forged = forge(street, evil, street.centre)
    lines = [line | {"chain": [line["chain"][0], line["chain"][1], ours.committee_id]} for line in forged.entries]
    before = state(street.centre)
    error = sync.merge(street.centre, [forged.with_entries(lines)])[0]["error"]
    assert error is not None and error.code == "bundle-chains"
    assert state(street.centre) == before and arrivals.one(street.centre, row)["state"] == "待接"


@pytest.mark.parametrize(
    "values",
    [
        {"state": 7}, {"state": ["已接"]}, {"heard_at": {"x": 1}}, {"contact_code": "字" * 100_001}, {"heard": 2**70},
        {"nobody": "x"}, {"overseas": "是"},
    ],
    ids=lambda values: str(values)[:30],
)  # fmt: skip
def test_a_stub_of_a_wrong_shape_is_turned_away(standing: Standing, values: Values) -> None:
    centre, forged = standing.street.centre, standing.forged
    (line,) = [each for each in forged.entries if each["id"] == standing.row]
    before = state(centre)
    error = sync.merge(centre, [entry(forged, line, {"v": values})])[0]["error"]
    assert error is not None and error.code == "bundle-schema"
    assert state(centre) == before


def test_times_and_codes_that_are_none_break_no_page(street: Street, ours: Session) -> None:
    """Texts may say anything; whoever reads them must not fall over, and nobody is lost from the list."""
    row, code = told(street, ours)
    stubs.hear(ours, "arrival", code)
    odd = {"heard_at": "昨天", "picked_up_at": "9999-12-31T23:59:59-12:00", "expected_at": "0001-01-01T00:00:00+14:00",
           "home_at": "T", "contact_code": "!!", "reassigned_to": "x", "arrived_on": "0001", "state": "飞走"}  # fmt: skip
    with ours.writing("change") as writing:
        for key, value in odd.items():
            writing.change("arrival", row, {key: value})
    up(street, ours)
    assert [each["id"] for each in arrivals.list_(street.centre)] == [row]
    assert [each["id"] for each in arrivals.list_(ours)] == [row]
    stubs.waiting(ours)
    arrivals.one(street.centre, row)
    arrivals.step(street.centre, row, "cancelled")
    down(street, ours)
    assert arrivals.list_(ours) == []


def test_an_id_of_another_kind_is_put_aside_and_the_stub_stays(street: Street, ours: Session) -> None:
    """Whoever knows a code writes an incident under an arrival's id: its own chain stops, nobody else's."""
    evil = street.committees[1]
    row, code = told(street, ours)
    stubs.hear(ours, "arrival", code)
    up(street, ours)
    with evil.writing("create") as writing:
        writing.change("incident", row, {"what": "假"})
    (said,) = sync.merge(street.centre, street.send(evil))
    assert [each["code"] for each in said["aside"]] == ["row-elsewhere"]
    assert arrivals.one(street.centre, row)["heard_at"]


def test_a_batch_said_twice_is_put_aside(street: Street, ours: Session) -> None:
    row, code = told(street, ours)
    stubs.hear(ours, "arrival", code)
    up(street, ours)
    arrivals.step(ours, row, "picked-up")
    forged = forge(street, ours, street.centre)
    entries = forged.entries
    *_, last = [each for each in entries if each["id"] == row]
    with street.centre.db.reading() as connection:
        other = connection.exec_driver_sql(
            "SELECT b.id FROM batch b JOIN entry e ON e.batch = b.n WHERE e.entity_id = ? ORDER BY b.n LIMIT 1", (row,)
        ).scalar_one()
    lines = [each | {"batch": str(other)} if each is last else each for each in entries]
    (said,) = sync.merge(street.centre, [forged.with_entries(lines)])
    assert [each["code"] for each in said["aside"]] == ["batch-elsewhere"]
    assert arrivals.one(street.centre, row)["state"] == "待接"


# ---------------------------------------------------------------- any order


ACTS = st.sampled_from(
    ["hear", "picked-up", "home", "missed", "cancelled", "centre:picked-up", "centre:handed-over", "centre:missed",
     "centre:cancelled", "up", "down", "up-lost", "down-lost", "up-again", "down-again"]
)  # fmt: skip


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ACTS, st.integers(0, 3)), min_size=4, max_size=16))
def test_whatever_order_sticks_come_in_both_sides_end_alike(
    street: Street, ours: Session, acts: list[tuple[str, int]]
) -> None:
    rows = [told(street, ours, f"人{number}") for number in range(4)]
    carried: dict[str, list[Path]] = {"up": [], "down": []}
    for act, number in acts:
        row, code = rows[number]
        way, _, how = act.partition("-")
        if way in carried:
            files = carried[way] if how == "again" else street.send(ours if way == "up" else street.centre)
            if how == "lost":
                continue
            carried[way] = files
            sync.merge(street.centre if way == "up" else ours, files)
        elif act == "hear":
            stubs.hear(ours, "arrival", code)
        else:
            try:
                arrivals.step(street.centre if act.startswith("centre:") else ours, row, act.removeprefix("centre:"))
            except UserError as error:
                assert error.code in ("arrival-unknown", "arrival-step", "arrival-not-yet", "time-before-step")
    for _ in range(2):
        for sender, receiver in ((street.centre, ours), (ours, street.centre)):
            sync.merge(receiver, street.send(sender))
    for row, _ in rows:
        assert len(set(both(street, ours, row))) == 1
    assert "state" not in doubts(street.centre, ours)
    assert stubs.settle(street.centre) == stubs.settle(ours) == 0, "once"
