"""Incidents at a committee: recorded at a place, routed, stepped with true times, late ones told on, and undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app import cli
from app.db import history
from app.domain import clock, contact_codes
from app.domain.findings import UserError
from app.services import incident_figures, incident_links, incidents, records, search, undoing
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, NAME, NOW, PASSWORD


@pytest.fixture(scope="module")
def shared(kept_session: Session) -> Session:
    """A committee with a family behind a door, a block with its worker, and a leader of the building."""
    session = kept_session
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": door.id})
    records.add(session, "resident", {"household": home.id, "name": "王建国", "phone": "13812345678"})
    records.add(session, "dwelling", {"estate": "由由一村", "building": "12号", "room": "101"})
    block = records.add(
        session, "block", {"estate": "培花新村", "label": "3", "worker_name": "陈社工", "worker_phone": "58001234"}
    )
    records.change(
        session, "building", "培花新村/12号", {"block": block.id, "leader_name": "孙阿姨", "leader_phone": "58005678"}
    )
    return session


@pytest.fixture
def desk(shared: Session) -> Iterator[Session]:
    """The same workspace, at nine in the morning, with whatever stood before put to rest."""
    shared.clock = NOW
    for row in incidents.list_(shared):
        if row["state"] == "已办结":
            incidents.step(shared, row["id"], "已回访")
        else:
            incidents.withdraw(shared, row["id"], why="清场")
    yield shared
    shared.clock, shared.roles = NOW, frozenset({"head", "administrator"})


def later(session: Session, minutes: int) -> None:
    now = session.now() + timedelta(minutes=minutes)
    session.clock = lambda: now


def only(session: Session) -> Values:
    (row,) = incidents.list_(session)
    return row


# ---------------------------------------------------------------- recording


def test_a_door_brings_its_household_building_and_who_acts_first(desk: Session) -> None:
    made = incidents.add(desk, kind="老人跌倒", place="培花新村/12号/302")
    row = only(desk)
    assert row["id"] == made["id"] and row["household"] and row["building"] and row["where"] == "培花新村 12号 302"
    assert (row["assigned_to"], made["assigned_phone"]) == ("责任社工 陈社工", "58001234")
    assert (row["urgency"], row["state"], row["next"], row["what"]) == ("特急", "已接报", "处置中", "老人跌倒")
    assert row["due"] == "2020-05-25T09:05:00+08:00" and not row["overdue"]


def test_a_person_brings_the_door(desk: Session) -> None:
    incidents.add(desk, kind="突发疾病", resident=search.find(desk, "王建国")[0]["id"])
    row = only(desk)
    assert row["name"] == "王建国" and row["path"] == "培花新村/12号/302" and row["household"]


def test_words_that_are_no_path_are_kept(desk: Session) -> None:
    incidents.add(desk, kind="环境卫生", place="东门垃圾房旁")
    assert only(desk)["where"] == "东门垃圾房旁" and only(desk)["assigned_to"] == "物业"


def test_a_short_path_that_fits_two_is_asked_about(desk: Session) -> None:
    with pytest.raises(UserError, match="path-ambiguous"):
        incidents.add(desk, kind="求助", place="12号")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "外星人"}, "incident-kind"),
        ({"kind": "求助", "urgency": "马上"}, "incident-urgency"),
        ({"kind": "求助", "committee": "00000000-0000-7000-8000-000000000000"}, "committee-not-yours"),
        ({"kind": "求助", "colour": "red"}, "field-unknown"),
        ({"kind": "求助", "at": NOW() + timedelta(minutes=1)}, "incident-future"),
        ({"kind": "求助", "what": "看\x07这"}, "value-refused"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(desk: Session, values: Any, code: str) -> None:
    with pytest.raises(UserError, match=code):
        incidents.add(desk, **values)
    assert incidents.list_(desk) == []


def test_a_telephone_typed_wrong_is_better_than_none(desk: Session) -> None:
    made = incidents.add(desk, kind="求助", reporter_phone="1381234", reporter_name="李")
    assert incidents.one(desk, made["id"])["reporter_phone"] == "1381234"


# ---------------------------------------------------------------- steps


def test_from_the_report_to_the_call_back_each_step_with_its_time_and_who(desk: Session) -> None:
    row = incidents.add(desk, kind="漏水停电", place="培花新村/12号", reporter_name="李秀英")["id"]
    later(desk, 12)
    incidents.step(desk, row, "处置中", by="物业小周")
    later(desk, 20)
    incidents.step(desk, row, "已到场", at=desk.now() - timedelta(minutes=5))
    incidents.step(desk, row, "已办结", outcome="换了水管")
    incidents.step(desk, row, "已回访")
    shown = incidents.one(desk, row)
    assert [(each["state"], (each["at"] or "")[11:16], each["by"]) for each in shown["steps"]] == [
        ("已接报", "09:00", ""), ("处置中", "09:12", "物业小周"), ("已到场", "09:27", ACCOUNT), ("已办结", "09:32", ACCOUNT),
        ("已回访", "09:32", ACCOUNT),
    ]  # fmt: skip
    assert shown["outcome"] == "换了水管" and not shown["open"] and incidents.list_(desk) == []


def test_a_step_out_of_turn_says_what_is_possible(desk: Session) -> None:
    row = incidents.add(desk, kind="求助")["id"]
    with pytest.raises(UserError) as error:
        incidents.step(desk, row, "已办结")
    assert error.value.code == "incident-step" and "处置中" in error.value.details["possible"]
    assert error.value.details["why"] == "步骤按先后登记。"


@pytest.mark.parametrize(("minutes", "code"), [(1, "incident-future"), (-1, "incident-before")])
def test_a_step_at_an_impossible_time_is_refused(desk: Session, minutes: int, code: str) -> None:
    row = incidents.add(desk, kind="求助")["id"]
    with pytest.raises(UserError, match=code):
        incidents.step(desk, row, "处置中", at=desk.now() + timedelta(minutes=minutes))
    assert incidents.one(desk, row)["state"] == "已接报"


def test_withdrawing_asks_why_and_is_no_plain_step(desk: Session) -> None:
    row = incidents.add(desk, kind="求助")["id"]
    with pytest.raises(UserError, match="incident-own-act"):
        incidents.step(desk, row, "已撤销")
    with pytest.raises(UserError, match="field-needed"):
        incidents.withdraw(desk, row, why=" ")
    incidents.withdraw(desk, row, why="打错了")
    assert incidents.one(desk, row)["state_why"] == "打错了" and incidents.list_(desk) == []


def test_what_was_closed_by_mistake_is_opened_again(desk: Session) -> None:
    row = incidents.add(desk, kind="求助")["id"]
    incidents.step(desk, row, "处置中")
    incidents.step(desk, row, "已办结", outcome="已解决")
    incidents.reopen(desk, row, why="没有解决")
    shown = incidents.one(desk, row)
    assert shown["state"] == "处置中" and "closed_at" not in shown and "outcome" not in shown and shown["open"]


def test_what_is_late_asks_to_be_told_on_and_then_no_more(desk: Session) -> None:
    row = incidents.add(desk, kind="老人跌倒")["id"]
    assert not only(desk)["escalate"]
    later(desk, 17)
    late = only(desk)
    assert late["overdue"] and late["late"] == 12 and late["escalate"]
    incidents.escalate(desk, row, to="街道城运中心 王主任")
    assert not only(desk)["escalate"] and only(desk)["overdue"]


def test_undoing_a_step_owes_it_again(desk: Session) -> None:
    row = incidents.add(desk, kind="求助")["id"]
    done = incidents.step(desk, row, "处置中")
    undoing.undo(desk, done.batch)
    assert only(desk)["next"] == "处置中"


def test_what_was_written_down_is_corrected_and_the_place_read_anew(desk: Session) -> None:
    row = incidents.add(desk, kind="其他", place="不清楚")["id"]
    incidents.change(desk, row, {"kind": "消防隐患", "place": "培花新村/12号", "urgency": ""})
    shown = only(desk)
    assert shown["building"] and shown["urgency"] == "紧急" and shown["kind"] == "消防隐患"
    assert incidents.change(desk, row, {"kind": "消防隐患"}).batch == ""
    with pytest.raises(UserError, match="field-unknown"):
        incidents.change(desk, row, {"state": "已办结"})


# ---------------------------------------------------------------- the list


def test_what_presses_most_comes_first(desk: Session) -> None:
    calm = incidents.add(desk, kind="邻里纠纷")["id"]
    later(desk, -30)
    late = incidents.add(desk, kind="求助", urgency="特急")["id"]
    later(desk, 30)
    urgent = incidents.add(desk, kind="走失")["id"]
    assert [row["id"] for row in incidents.list_(desk)] == [late, urgent, calm]


def test_what_has_minutes_left_and_is_most_urgent_stands_above_what_is_late(desk: Session) -> None:
    late = incidents.add(desk, kind="邻里纠纷")["id"]
    later(desk, 60 * 24 * 9)
    fresh, usual = (incidents.add(desk, kind=kind)["id"] for kind in ("老人跌倒", "求助"))
    told = incidents.list_(desk)
    assert [row["id"] for row in told] == [fresh, late, usual]
    assert [row["overdue"] for row in told] == [False, True, False]


def test_what_another_pc_wrote_badly_still_waits_for_somebody(desk: Session) -> None:
    with desk.writing("create") as writing:
        writing.change("incident", "0190a0b0-0000-7000-8000-00000000000a", {
            "kind": "？", "state": "什么", "reported_at": "昨天", "urgency": "!", "external_due_at": "x", "what": "看不懂",
        })  # fmt: skip
    row = only(desk)
    assert row["overdue"] and row["due"] is None and row["next"] == "处置中"
    incidents.step(desk, row["id"], "处置中")
    assert only(desk)["state"] == "处置中"


def test_telephones_are_masked_in_the_list_and_opening_one_is_an_entry(desk: Session) -> None:
    row = incidents.add(desk, kind="求助", reporter_phone="13912345678")["id"]
    assert "13912345678" not in str(incidents.list_(desk))
    assert incidents.one(desk, row)["reporter_phone"] == "13912345678"
    with desk.db.reading() as connection:
        assert history.acts(connection, desk.office, actions=("view",), limit=1)[0]["id"] == row


# ---------------------------------------------------------------- repeats and figures


def test_a_repeat_is_shown_under_the_first_and_counted_once(desk: Session) -> None:
    first = incidents.add(desk, kind="噪音扰民", place="培花新村/12号", urgency="特急")["id"]
    again = incidents.add(desk, kind="噪音扰民", place="培花新村/12号/302")["id"]
    before = incident_figures.figures(desk, since=desk.now())["total"]
    assert [row["id"] for row in incident_links.repeats(desk, first)["likely"]] == [again]
    incident_links.join(desk, again, first)
    assert only(desk)["id"] == first and only(desk)["repeats"] == 1
    assert [row["id"] for row in incident_links.repeats(desk, first)["joined"]] == [again]
    told = incident_figures.figures(desk, since=desk.now())
    assert (told["total"], told["repeats"]) == (before - 1, 1)
    with pytest.raises(UserError, match="incident-join-self"):
        incident_links.join(desk, first, again)
    incidents.withdraw(desk, first, why="重复登记")
    assert only(desk)["id"] == again  # whatever it hung on is gone: it waits for itself
    with pytest.raises(UserError, match="incident-not-joined"):
        incident_links.separate(desk, again)


def test_taken_apart_each_waits_for_itself(desk: Session) -> None:
    first, again = (incidents.add(desk, kind="走失", place="菜场")["id"] for _ in range(2))
    incident_links.join(desk, again, first)
    incident_links.separate(desk, again)
    assert {row["id"] for row in incidents.list_(desk)} == {first, again}


def test_one_that_waits_is_not_hidden_under_one_that_nobody_works_on(desk: Session) -> None:
    first, again = (incidents.add(desk, kind="走失", place="医院")["id"] for _ in range(2))
    for state in ("处置中", "已办结"):
        incidents.step(desk, first, state)
    with pytest.raises(UserError, match="incident-join-ended"):
        incident_links.join(desk, again, first)
    assert only(desk)["id"] == again


def test_a_repeat_that_is_reopened_goes_on_by_itself_if_its_first_has_ended(desk: Session) -> None:
    first, again = (incidents.add(desk, kind="走失", place="医院")["id"] for _ in range(2))
    for row in (first, again):
        for state in ("处置中", "已办结"):
            incidents.step(desk, row, state)
    incident_links.join(desk, again, first)
    incidents.reopen(desk, again, why="又走失了")
    assert only(desk)["id"] == again


def test_what_was_joined_to_one_that_vanished_elsewhere_still_waits(desk: Session) -> None:
    first, again = (incidents.add(desk, kind="走失", place="医院")["id"] for _ in range(2))
    incident_links.join(desk, again, first)
    with desk.writing("change") as writing:  # as another PC would, that knows nothing of the joining
        writing.change("incident", first, {"state": "已撤销"})
    assert only(desk)["id"] == again


def test_the_figures_of_a_kind_by_nearest_rank(desk: Session) -> None:
    later(desk, -1000)
    since = desk.now()
    for minutes in (4, 10, 30):
        row = incidents.add(desk, kind="高空抛物")["id"]
        incidents.step(desk, row, "处置中", at=desk.now())
        later(desk, minutes)
        incidents.step(desk, row, "已办结")
    desk.clock = NOW
    told = incident_figures.figures(desk, since=since, until=desk.now())
    (kind,) = (each for each in told["kinds"] if each["kind"] == "高空抛物")
    whole = next(each for each in kind["stages"] if each["stage"] == "whole")
    assert (whole["count"], whole["median"], whole["p90"], whole["few"]) == (3, 10, 30, True)
    assert told["method"] == "nearest-rank" and told["committees"][0]["name"] == NAME
    desk.roles = frozenset({"leader"})
    (kind,) = (each for each in incident_figures.figures(desk, since=since)["kinds"] if each["kind"] == "高空抛物")
    whole = next(each for each in kind["stages"] if each["stage"] == "whole")
    assert kind["total"] is None and whole["median"] is None and whole["few"]


# ---------------------------------------------------------------- the command line


def test_the_whole_course_on_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in (("DATA", str(folder)), ("ACCOUNT", ACCOUNT), ("PASSWORD", PASSWORD)):
        monkeypatch.setenv(f"LOUTU_{key}", value)

    def run(now: str, *arguments: str) -> Any:
        code = cli.main([*arguments, "--json", "--now", f"2020-05-25T{now}"])
        said = json.loads(capsys.readouterr().out)
        return said if code == 0 else (code, said["error"]["code"])

    row = run("09:00", "incident", "add", "--kind", "求助", "--place", "中心花园", "--what", "晕倒", "--reporter", "李")
    assert {"id", "state", "due"} <= row.keys() and row["state"] == "已接报"
    assert not {"household", "resident"} & row.keys()  # a garden is nobody's home
    assert run("09:10", "incident", "step", row["id"], "处置中", "--at", "9:05")["under_way_at"][11:16] == "09:05"
    assert run("09:10", "incident", "step", row["id"], "已到场", "--at", "9:04") == (1, "incident-before")
    assert run("14:00", "incident", "list", "--open")[0]["overdue"]
    assert run("14:00", "incident", "escalate", row["id"], "--to", "街道")["escalated_to"] == "街道"
    assert run("14:00", "incident", "step", row["id"], "已办结", "--outcome", "送医")["state"] == "已办结"
    again = run("14:05", "incident", "add", "--kind", "求助", "--place", "中心花园")
    assert run("14:05", "incident", "join", again["id"], row["id"])["first"] == row["id"]
    assert run("14:05", "incident", "separate", again["id"]).get("first") is None
    assert run("14:05", "incident", "step", again["id"], "已撤销", "--why", "重复")["state"] == "已撤销"
    assert run("14:05", "incident", "reopen", again["id"], "--why", "没有")["state"] == "已接报"
    assert run("14:06", "incident", "show", row["id"])["joined"] == []
    told = run("15:00", "incident", "stats", "--since", "2020-05-25")
    assert told["total"] == 2 and told["method"] == "nearest-rank"
    assert run("15:00", "incident", "add", "--kind", "没有") == (1, "incident-kind")
    run("15:00", "incident", "hear", contact_codes.make(Random(1)), "--heard", "三楼漏水")
    assert cli.main(["incident", "list", "--now", "2020-05-25T15:00"]) == 0 and "三楼漏水" in capsys.readouterr().out
    assert clock.moment(row["due"]) is not None
