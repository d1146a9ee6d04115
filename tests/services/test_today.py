"""今日 over the real services: what each of them leaves open is on the page, agrees with its list, and goes when it is done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from app import cli
from app.domain import clock
from app.domain.findings import Refused, UserError
from app.services import (
    arrivals,
    care,
    errands,
    incidents,
    isolation,
    isolation_opening,
    records,
    shift,
    summaries,
    supervision,
    today,
    undoing,
    workspaces,
)
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.street import Street

START = date(2020, 5, 12)
"""Of the case: fourteen days, the last one 25 May."""


def home(session: Session, room: str, *names: str) -> tuple[str, list[str]]:
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": room}).id
    made = records.add(session, "household", {"dwelling": door}).id
    return made, [records.add(session, "resident", {"household": made, "name": name}).id for name in names]


def at(session: Session, moment: str) -> None:
    session.clock = clock.frozen(moment)


def kinds(session: Session, **asked: Any) -> list[str]:
    return [each.kind for each in today.items(session, **asked).items]


def agree(session: Session) -> int:
    """The command line's items and status say the same, and so do the lines of the page and the numbers beside the
    sections of the window."""
    found, due = today.items(session), summaries.due(session)
    assert len(found.items) == summaries.status(session)["due_today"]
    assert len(found.listed) == due["today"]
    for section in today.SECTIONS:
        assert due[section] == sum(line.first.section == section for line in found.listed)
    return len(found.items)


@contextmanager
def roles(session: Session, *held: str) -> Iterator[None]:
    before, session.roles = session.roles, frozenset(held)
    try:
        yield
    finally:
        session.roles = before


@pytest.fixture
def cased(session: Session) -> tuple[Session, str, list[str]]:
    """A household of two whose cases are in their last day, nothing keyed yet; the evening of 25 May."""
    household, people = home(session, "302", "王建国", "李秀英")
    at(session, "2020-05-12T09:00")
    isolation_opening.open_(session, household=household, rule="14", start=START)
    at(session, "2020-05-25T21:00")
    return session, household, people


def keyed(session: Session, since: date, until: date, *, but: tuple[tuple[date, str], ...] = ()) -> None:
    """Both checks of every day, as a person would have keyed them."""
    cases = [row["id"] for row in isolation.list_(session)]
    for n in range((until - since).days + 1):
        for slot in ("am", "pm"):
            if (since + timedelta(days=n), slot) not in but:
                answers = [isolation.Answer(case, temperature="36.5") for case in cases]
                isolation.check_many(session, answers, on=since + timedelta(days=n), slot=slot, mode="电话")


# ---------------------------------------------------------------- isolation


def test_what_is_missing_is_what_the_list_of_cases_says(cased: tuple[Session, str, list[str]]) -> None:
    session, household, people = cased
    keyed(session, START, date(2020, 5, 24), but=((date(2020, 5, 14), "am"),))
    at(session, "2020-05-25T21:30")
    found = [each for each in today.items(session).items if each.kind.startswith("check")]
    listed = {row["id"]: row for row in isolation.list_(session)}
    assert len(found) == 2 and {each.resident for each in found} == set(people)
    for each in found:
        assert [list(key) for key in each.said["missing"]] == listed[each.id]["missing"]
        assert (each.kind == "check-twice") is listed[each.id]["escalate"] is True
        assert (each.household, each.path, each.overdue) == (household, "培花新村/12号/302", True)
    agree(session)


def test_one_line_opens_the_round_and_it_goes_when_the_round_is_keyed(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    keyed(session, START, date(2020, 5, 25), but=((date(2020, 5, 25), "pm"),))
    (line,) = [each for each in today.items(session).lines if each.code.startswith("today-round")]
    assert (line.count, line.where[1]["slot"], line.overdue) == (1, "pm", True)
    keyed(session, date(2020, 5, 25), date(2020, 5, 25))
    assert kinds(session) == ["ending", "ending"]
    assert today.items(session).lines[0].code == "today-home-ending"


def test_tried_in_vain_is_still_owed(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    keyed(session, START, date(2020, 5, 25), but=((date(2020, 5, 25), "pm"),))
    case = isolation.list_(session)[0]["id"]
    isolation.check(session, case, on=date(2020, 5, 25), slot="pm", reached=False)
    assert kinds(session).count("check") == 2


def test_past_the_last_day_it_waits_for_its_release_until_a_person_ends_it(
    cased: tuple[Session, str, list[str]],
) -> None:
    session, _, _ = cased
    keyed(session, START, date(2020, 5, 25))
    at(session, "2020-05-26T09:00")
    found = today.items(session).items
    assert [(each.kind, each.overdue, each.due) for each in found] == [("release", False, "2020-05-26")] * 2
    at(session, "2020-05-29T09:00")
    assert [each.overdue for each in today.items(session).items if each.kind == "release"] == [True, True]
    for row in isolation.list_(session):
        isolation.close(session, row["id"], reason="期满解除")
    assert kinds(session) == [] and agree(session) == 0


def test_an_alarming_check_stands_above_everything_until_it_was_seen_to(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    case = isolation.list_(session)[0]["id"]
    isolation.check(session, case, on=date(2020, 5, 25), slot="pm", temperature="38.6", symptoms="咳嗽")
    first = today.items(session).items[0]
    assert (first.kind, first.id) == ("alert", case)
    assert not {"38.6", "咳嗽"} & set(str(today.items(session))), "level 3 is not told"
    isolation.alert_done(session, case, note="已送诊")
    assert "alert" not in kinds(session)


def test_escalated_ones_are_asked_for_again_only_after_two_more(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    for row in isolation.list_(session):
        isolation.escalate(session, row["id"], to="街道")
    assert "check-twice" not in kinds(session) and kinds(session).count("check") == 2


# ---------------------------------------------------------------- the others


def test_arrivals_incidents_errands_and_care_each_leave_their_line(session: Session) -> None:
    household, (person,) = home(session, "401", "赵阿婆")
    arrivals.add(session, {"person_name": "陈归", "arrived_on": "2020-05-24", "transport_no": "MU588"})
    incidents.add(session, kind="老人跌倒", what="在家跌倒", household=household)
    errands.add(session, household=household, kind="买菜购物", what="两天的菜")
    made = care.plan(session, [person], kind="每周电话", start=date(2020, 5, 20), worker="李社工")
    found = {each.kind: each for each in today.items(session).items}
    assert set(found) == {"arrival", "incident-urgent", "errand", "care"}
    assert "MU588" in found["arrival"].what and found["arrival"].overdue
    assert found["care"].overdue and found["care"].path == "培花新村/12号/401" and found["care"].name == "赵阿婆"
    assert found["incident-urgent"].where == ("incidents", {"incident": found["incident-urgent"].id})
    assert [row["id"] for row in care.due(session)] == [found["care"].id]
    assert agree(session) == 4
    care.done(session, made["ids"][0])
    errands.done(session, found["errand"].id)
    assert set(kinds(session)) == {"arrival", "incident-urgent"} and agree(session) == 2


def test_an_incident_past_its_limit_says_how_long(session: Session) -> None:
    household, _ = home(session, "401", "赵阿婆")
    incidents.add(session, kind="老人跌倒", what="在家跌倒", household=household)
    at(session, "2020-05-25T12:00")
    (found,) = today.items(session).items
    assert found.overdue and "超时" in found.what and "小时" in found.what


def test_another_day_shows_what_will_be_due_then(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    keyed(session, START, date(2020, 5, 25))
    at(session, "2020-05-25T21:30")
    assert "release" not in kinds(session)
    assert kinds(session, on=date(2020, 5, 26)) == ["release", "release"]


def test_mine_leaves_out_other_buildings_but_nothing_that_is_everybodys(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    shift.write(session, "门磁坏了")
    assert kinds(session, mine=True) == ["shift-note"]
    building = records.show(session, "dwelling", "培花新村/12号/302")["building"]
    with session.noting("grant") as writing:
        writing.change("account", session.account_id, {"buildings": [building]})
    assert kinds(session, mine=True).count("check-twice") == 2


def test_the_number_beside_today_is_the_one_in_its_heading(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    shift.write(session, "门磁坏了")
    found = today.items(session)
    assert agree(session) == 5 and [line.first.kind for line in found.lines].count("shift-note") == 1
    assert summaries.due(session)["today"] == len(found.lines) - 1 == summaries.due(session)["isolation"]
    narrowed = today.items(session, mine=True)
    assert summaries.due(session, mine=True)["today"] == len(narrowed.listed) == 0, "no building is the account's"


def test_a_leader_is_told_counts_and_nobody(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    with roles(session, "leader"):
        found = today.items(session)
        assert not found.named and "王建国" not in str(found) and "培花新村" not in str(found)
        assert {each.id for each in found.items} == {""} and any("不足" in each.what for each in found.items)
        assert len(found.items) == summaries.status(session)["due_today"] > 0
        assert {summaries.due(session)[key] for key in ("today", *today.SECTIONS)} == {0}, (
            "nothing of it is the leader's"
        )


def test_who_has_no_right_to_it_is_refused_and_nothing_waits_for_it(cased: tuple[Session, str, list[str]]) -> None:
    session, _, _ = cased
    with roles(session, "administrator"):
        with pytest.raises(Refused, match="not-allowed"):
            today.items(session)
        assert summaries.due(session)["today"] == 0


def test_a_broken_case_from_elsewhere_is_shown_and_breaks_nothing(cased: tuple[Session, str, list[str]]) -> None:
    session, _, people = cased
    case = records.add(session, "isolation_case", {"resident": people[0], "start": "2020-05-20", "state": "在管"}).id
    with session.writing("change") as writing:
        writing.change("isolation_case", case, {"alert_at": "bald", "duty_since": "nie"})
        writing.change(
            "isolation_check", records.ids.new_id(), {"isolation_case": case, "on": "2020-05-20,x", "slot": "am"}
        )
    found = [each for each in today.items(session).items if each.id == case]
    assert {each.kind for each in found} == {"alert", "release"} and any("读不出来" in each.what for each in found)


def test_the_command_line_says_the_same_with_the_keys_of_its_contract(
    cased: tuple[Session, str, list[str]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, household, people = cased
    count = agree(session)
    workspaces.lock(session)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    asked = ["--data", str(session.folder), "--account", ACCOUNT, "--now", "2020-05-25T21:00", "--json"]
    assert cli.main([*asked, "today"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["date"] == "2020-05-25" and len(said["items"]) == count
    first = next(each for each in said["items"] if each["kind"] == "check-twice")
    assert {"entity", "id", "due", "overdue", "what", "state"} <= set(first)
    assert first["household"] == household and first["resident"] in people
    assert cli.main([*asked, "today", "--on", "gestern"]) == 2


# ---------------------------------------------------------------- shift notes


def test_a_note_stays_until_somebody_reads_it_and_can_be_undone(session: Session) -> None:
    done = shift.write(session, "  401 老人的药明早送  ")
    assert [(note["text"], note["by"]) for note in shift.notes(session)] == [("401 老人的药明早送", session.account)]
    assert kinds(session) == ["shift-note"] and agree(session) == 1
    read = shift.read(session, done.id)
    assert shift.notes(session) == [] and agree(session) == 0
    with pytest.raises(UserError, match="shift-unknown"):
        shift.read(session, done.id)
    undoing.undo(session, read.batch)
    assert len(shift.notes(session)) == 1


@pytest.mark.parametrize(("text", "code"), [("   ", "shift-empty"), ("长" * (shift.MOST + 1), "shift-long")])
def test_a_note_that_says_nothing_or_too_much_is_refused(session: Session, text: str, code: str) -> None:
    with pytest.raises(UserError, match=code):
        shift.write(session, text)
    assert shift.notes(session) == []


# ---------------------------------------------------------------- the street


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Two committees: the first sent its cases, with the last check of 24 May missing; the second never sent."""
    street = Street(tmp_path_factory.mktemp("behind"))
    first = street.committee(1)
    street.committee(2)
    household, _ = home(first, "302", "王建国", "李秀英")
    at(first, "2020-05-12T09:00")
    isolation_opening.open_(first, household=household, rule="14", start=START)
    at(first, "2020-05-25T09:30")
    keyed(first, START, date(2020, 5, 24), but=((date(2020, 5, 24), "pm"),))
    files = street.send(first)
    at(street.centre, "2020-05-25T21:00")
    street.bring(street.centre, files)
    yield street
    street.close()


def test_the_centre_sees_who_is_behind_as_far_as_the_data_goes(behind: Street) -> None:
    centre, first = behind.centre, behind.committees[0]
    found = today.items(centre).items
    lines = {(each.kind, each.name): each for each in found}
    assert set(lines) == {("behind", "第1居委会"), ("old", "第2居委会")}
    assert "1 户漏登记" in lines["behind", "第1居委会"].what, (
        "what was done since the bundle is not known, and not missing"
    )
    assert "从未报送" in lines["old", "第2居委会"].what
    assert lines["behind", "第1居委会"].where == ("today", {"committee": first.committee_id})
    assert len(found) == summaries.due(centre)["today"] == summaries.status(centre)["due_today"] == 2
    inside = today.items(centre, committee=first.committee_id).items
    assert [(each.kind, each.name) for each in inside if each.kind == "check"] == [
        ("check", "李秀英"),
        ("check", "王建国"),
    ]


def test_data_that_grows_old_is_said_and_its_figures_stay_what_they_were(behind: Street) -> None:
    at(behind.centre, "2020-05-29T09:00")
    found = today.items(behind.centre).items
    old = [each for each in found if each.kind == "old"]
    assert [each.name for each in old] == ["第1居委会", "第2居委会"] and "3 天" in old[0].what
    assert "1 户漏登记" in next(each.what for each in found if each.kind == "behind")
    at(behind.centre, "2020-05-25T21:00")


def test_a_leader_of_the_street_is_told_no_person_and_no_small_count(behind: Street) -> None:
    with roles(behind.centre, "leader"):
        said = str(today.items(behind.centre).items)
        assert "不足 5 户漏登记" in said and "王建国" not in said
        figures = supervision.figures(behind.centre)
        first = next(unit for unit in figures.units if not unit.never)
        assert (first.isolating, first.overdue, first.completion) == (None, None, None)


def test_supervision_counts_what_was_owed_and_done_until_the_data_ends(behind: Street) -> None:
    figures = supervision.figures(behind.centre)
    first, second = figures.units
    assert (first.name, second.name, second.never, second.overdue) == ("第1居委会", "第2居委会", True, None)
    days = {day.on: day for day in first.trend}
    assert (days[date(2020, 5, 24)].owed, days[date(2020, 5, 24)].done) == (4, 2)
    assert (days[date(2020, 5, 12)].owed, days[date(2020, 5, 12)].done) == (4, 4)
    assert days[date(2020, 5, 25)].owed == 0, "this morning's check was not owed yet when the data ends"
    assert (first.owed, first.done) == (52, 50) and first.isolating == 2 and first.residents == 2
    assert (first.keyed, first.prompt) == (50, 0), "everything was keyed later than its day"
    assert first.until[:16] == "2020-05-25T09:30" and not first.old
    at(behind.centre, "2020-05-29T09:00")
    aged = supervision.figures(behind.centre).units[0]
    assert aged.old and aged.trend[-1].owed is None, "no data is not nothing"
    at(behind.centre, "2020-05-25T21:00")


def test_a_committee_has_its_own_figures_by_building(behind: Street) -> None:
    figures = supervision.figures(behind.committees[0])
    (unit,) = figures.units
    assert figures.by == "building" and unit.name.endswith("12号") and (unit.residents, unit.isolating) == (2, 2)


def test_an_arrival_without_an_address_waits_at_the_centre_itself(behind: Street) -> None:
    done = arrivals.add(behind.centre, {"person_name": "孙不明", "arrived_on": "2020-05-25"})
    found = [each for each in today.items(behind.centre).items if each.kind == "arrival"]
    assert [each.name for each in found] == ["孙不明"] and "没有地址" in found[0].what
    undoing.undo(behind.centre, done.batch)
    assert "arrival" not in kinds(behind.centre)
