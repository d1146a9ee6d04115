"""Every role against every act; whoever adds an act must say here who may."""

from __future__ import annotations

import pytest

from app.domain import access

HEAD, WORKER, GROUP_HEAD, DATA = "head", "worker", "group_head", "data"
LEADER, LINE, ADMINISTRATOR, AUDITOR = "leader", "line", "administrator", "auditor"

ALL = frozenset(access.ROLES)
WRITERS = frozenset({HEAD, WORKER, DATA})
READERS = WRITERS | {GROUP_HEAD}

# Written out a second time on purpose: a slip in the table of the program must fail here.
EXPECTED: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ["workspace.create", "workspace.unlock", "workspace.lock", "demo.build", "status",
         "accounts.password"], ALL),
    **dict.fromkeys(
        ["records.show", "history", "places.read", "search", "visits.read", "isolation.read",
         "arrivals.read", "care.read", "incidents.read", "timeline.read"], READERS),
    **dict.fromkeys(["summaries.read", "maps.read", "reports.totals", "forms.read", "today.read", "supervision.read"],
        READERS | {LEADER}),
    **dict.fromkeys(
        ["records.reveal", "records.add", "records.change", "records.remove", "history.reveal",
         "search.id_number", "maps.change", "rosters.preview", "rosters.apply", "rosters.read", "undo",
         "conflicts.read", "conflicts.decide", "doubtful.read", "doubtful.decide", "check.fill", "lists.make", "lists.read",
         "duplicates.read", "duplicates.decide",
         "forms.learn",
         "reports.fill", "reports.reveal", "sheets.print", "visits.write", "isolation.write",
         "accounts.admit_ring", "disclose", "moves.read", "moves.offer", "moves.accept",
         "isolation.reveal", "arrivals.write", "care.write", "care.reveal", "incidents.write", "incidents.reveal",
         "notices.print", "shift.write", "handover.print"], WRITERS),
    **dict.fromkeys(["ledger.show", "shares.read", "shares.write"], frozenset({AUDITOR, HEAD, DATA})),
    **dict.fromkeys(["ledger.verify", "ledger.rebuild"], frozenset({AUDITOR, HEAD, DATA, ADMINISTRATOR})),
    **dict.fromkeys(
        ["settings.change", "accounts.add", "accounts.change", "accounts.remove", "devices.enrol",
         "backups.make", "backups.restore"], frozenset({ADMINISTRATOR, HEAD})),
    "accounts.list": frozenset({ADMINISTRATOR, HEAD, AUDITOR}),
    **dict.fromkeys(["devices.approve", "devices.revoke"], frozenset({ADMINISTRATOR})),
    **dict.fromkeys(
        ["bundles.export", "bundles.merge", "erase.propose", "erase.confirm", "reviews.read",
         "reviews.decide", "isolation.rules"], frozenset({HEAD, DATA})),
    **dict.fromkeys(["extracts.make", "extracts.reveal"], frozenset({DATA})),
    "bundles.inspect": frozenset({HEAD, DATA, ADMINISTRATOR}),
}  # fmt: skip


def test_the_table_names_exactly_the_acts_that_are_expected() -> None:
    assert set(access.ACTS) == set(EXPECTED)


@pytest.mark.parametrize("act", sorted(EXPECTED))
@pytest.mark.parametrize("role", access.ROLES)
def test_each_role_and_each_act(role: str, act: str) -> None:
    assert access.may({role}, act) is (role in EXPECTED[act])


@pytest.mark.parametrize("act", ["", "records", "records.*", "RECORDS.SHOW", "everything"])
def test_an_act_that_nobody_listed_is_refused_to_everybody(act: str) -> None:
    assert access.may(access.ROLES, act) is False


def test_no_role_and_unknown_roles_may_nothing() -> None:
    assert not any(access.may(roles, act) for act in access.ACTS for roles in ([], ["root"]))


def test_roles_add_up() -> None:
    assert access.may({GROUP_HEAD, ADMINISTRATOR}, "places.read")
    assert access.may({GROUP_HEAD, ADMINISTRATOR}, "accounts.add")


@pytest.mark.parametrize(
    ("role", "level", "ring"),
    [(HEAD, 3, True), (WORKER, 3, True), (DATA, 3, True), (GROUP_HEAD, 2, False), (LINE, 2, False),
     (LEADER, 1, False), (ADMINISTRATOR, 1, False), (AUDITOR, 1, False)],
)  # fmt: skip
def test_levels_and_the_ring(role: str, level: int, ring: bool) -> None:
    assert access.level_of({role}) == level
    assert access.holds_ring({role}) is ring


def test_the_highest_role_gives_the_level_and_none_gives_totals() -> None:
    assert access.level_of({ADMINISTRATOR, HEAD}) == 3
    assert access.level_of(set()) == 1


def test_whoever_reveals_holds_the_ring() -> None:
    for act in (
        "records.reveal",
        "history.reveal",
        "search.id_number",
        "reports.reveal",
        "disclose",
        "extracts.reveal",
    ):
        assert all(access.holds_ring({role}) for role in access.ACTS[act])


def test_the_administrator_sees_no_person() -> None:
    shown = {"records.show", "places.read", "search", "history", "doubtful.read", "reports.fill"}
    assert not any(access.may({ADMINISTRATOR}, act) for act in shown)


def test_first_accounts() -> None:
    assert access.FIRST_ROLES["committee"] == {HEAD, ADMINISTRATOR}
    assert access.FIRST_ROLES["centre"] == {DATA, ADMINISTRATOR}
    assert all(not access.locks_everybody_out([roles]) for roles in access.FIRST_ROLES.values())


def test_the_last_who_can_admit_others_stays() -> None:
    assert access.locks_everybody_out([{WORKER}, {AUDITOR, DATA}])
    assert access.locks_everybody_out([])
    assert not access.locks_everybody_out([{WORKER}, {HEAD}])


def test_two_people_for_more_than_two_hundred() -> None:
    assert not access.needs_second(200, shows_level_3=True)
    assert access.needs_second(201, shows_level_3=True)
    assert not access.needs_second(5000, shows_level_3=False)


@pytest.mark.parametrize(
    ("text", "code"),
    [("care", "care"), ("关爱服务", "care"), ("核实后今晚回", "other"), (" ", None), (None, None)],
)
def test_a_purpose_by_code_title_or_own_words(text: str | None, code: str | None) -> None:
    purpose = access.purpose_of(text)
    assert (purpose.code if purpose else None) == code


@pytest.mark.parametrize(
    ("count", "roles", "told"),
    [(3, {LEADER}, None), (0, {LEADER}, 0), (8, {LEADER}, 10), (103, set(), 105), (3, {GROUP_HEAD}, 3), (3, {LEADER, HEAD}, 3)],
)  # fmt: skip
def test_a_count_as_it_is_told(count: int, roles: set[str], told: int | None) -> None:
    assert access.told(count, roles) == told


def test_an_extract_holds_level_3_only_for_work_with_the_person() -> None:
    assert {purpose.code for purpose in access.PURPOSES if purpose.shares_level_3} == {"isolation", "care"}
