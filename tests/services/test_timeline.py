"""时间线: what happened to a person and a household, newest first, masked as everywhere, and a look that is traced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from app import cli
from app.db import history
from app.domain import isolation, timeline
from app.domain.findings import UserError
from app.services import moves, records
from app.services import timeline as told
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.services.bending import down, lived_in, up
from tests.services.moving_people import arrived, home_of, isolating_street, neighbours
from tests.street import Street


def says(found: dict[str, object]) -> list[tuple[str, str, str]]:
    return [(each["day"], each["kind"], each["what"]) for each in found["lines"]]  # type: ignore[attr-defined]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    made = isolating_street(tmp_path)
    yield made
    made.close()


@pytest.fixture
def person(session: Session) -> str:
    """Somebody to whom everything happens that has a line."""
    row = lived_in(session)
    home = records.show(session, "resident", row)["household"]
    records.add(
        session, "arrival", {"resident": row, "origin": "武汉", "arrived_on": "2020-05-11", "transport_no": "G1722"}
    )
    start = date(2020, 5, 12)
    stages = isolation.to_json(isolation.open_case(isolation.rule_named("14", start), start))
    case = records.add(
        session,
        "isolation_case",
        {"resident": row, "rule": "14", "start": "2020-05-12", "stages": stages, "state": "在管"},
    ).id
    for number in range(25):  # 26 were owed by the evening before
        on = (start + timedelta(days=number // 2)).isoformat()
        records.add(
            session,
            "isolation_check",
            {"isolation_case": case, "on": on, "slot": ("am", "pm")[number % 2], "temperature": "36.5"},
        )
    records.add(
        session,
        "notice",
        {"isolation_case": case, "kind": "告知书", "number": "培九〔2020〕7号", "made_at": "2020-05-12T10:00:00+08:00"},
    )
    records.add(
        session, "visit", {"household": home, "on": "2020-05-13", "mode": "电话", "result": "登记", "by": "李社工"}
    )
    records.add(
        session,
        "task",
        {"household": home, "kind": "买菜购物", "what": "青菜两斤", "asked_at": "2020-05-14T08:30:00+08:00"},
    )
    records.add(
        session,
        "incident",
        {
            "resident": row,
            "kind": "求助",
            "what": "摔倒",
            "state": "已接报",
            "reported_at": "2020-05-15T07:00:00+08:00",
        },
    )
    records.add(
        session,
        "care_contact",
        {"resident": row, "on": "2020-05-16", "mode": "电话", "result": "已完成", "note_sensitive": "透析"},
    )
    records.change(session, "resident", row, {"phone": "13812345678"})
    records.change(
        session,
        "resident",
        row,
        {"phone": "13987650123", "note": "门铃坏了", "note_sensitive": "透析"},
        source="电话核实",
    )
    return row


def test_everything_that_happened_is_there_newest_first_and_masked(session: Session, person: str) -> None:
    found = told.of(session, person)
    lines = says(found)
    assert [day for day, _, _ in lines] == sorted((day for day, _, _ in lines), reverse=True)
    for line in (
        ("2020-05-11", "arrival", "来沪返沪 武汉 G1722"),
        ("2020-05-12", "isolation", "开始居家隔离，规则 14，共 14 天，至 5月25日"),
        ("2020-05-12", "paper", "出具告知书 培九〔2020〕7号"),
        ("2020-05-24", "isolation", "5月12日–5月24日 登记 25 次，缺 1 次"),
        ("2020-05-13", "visit", "走访 电话 登记"), ("2020-05-14", "errand", "买菜购物：青菜两斤"),
        ("2020-05-15", "incident", "求助：摔倒（已接报）"), ("2020-05-16", "care", "关爱 电话 已完成"),
        ("2020-05-25", "change", "修改 电话由 138****5678 改为 139****0123；备注由 （空） 改为 门铃坏了；敏感备注由 （空） 改为 （敏感，不显示）（来自 电话核实）"),
    ):  # fmt: skip
        assert line in lines, (line, lines)
    text = json.dumps(found, ensure_ascii=False)
    assert "透析" not in text and "36.5" not in text and "310115195803120010" not in text and "13987650123" not in text
    assert found["counts"]["isolation"] == 2 and len(lines) == sum(found["counts"].values())


def test_a_line_says_whose_it_is_and_what_opens(session: Session, person: str) -> None:
    lines = {each["entity"]: each for each in told.of(session, person)["lines"]}
    case = lines["isolation_case"]
    assert case["where"] == ("isolation", {"page": "cases", "case": case["id"]}) and case["name"] == "王建国"
    assert lines["care_contact"]["where"] == ("care", {"resident": person})
    assert lines["resident"]["by"] == ACCOUNT
    found = told.of(session, person, kinds=("visit",))
    assert {each["kind"] for each in found["lines"]} == {"visit"} and found["counts"]["change"] == 3
    with pytest.raises(UserError, match="timeline-entity"):
        told.of(session, person, entity="building")


def test_looking_at_it_is_an_entry_for_everybody_in_it(session: Session, person: str) -> None:
    home = records.show(session, "resident", person)["household"]
    wife = records.add(session, "resident", {"name": "李秀英", "household": home}).id
    told.of(session, home, entity="household")
    with session.db.reading() as connection:
        looks = [
            act
            for row in (person, wife)
            for act in history.acts(connection, session.office, actions=("view",), row=row)
        ]
    assert [act["said"].get("kind") for act in looks].count("timeline") == 2


def test_a_household_has_its_people_from_the_time_they_lived_there(session: Session, person: str) -> None:
    from app.domain import clock

    home = records.show(session, "resident", person)["household"]
    other = records.add(session, "household", {"dwelling": "培花新村/12号/302"}).id
    records.add(session, "residence", {"resident": person, "household": home, "kind": "实住"})
    session.clock = clock.frozen("2020-05-26T09:00")
    records.change(session, "resident", person, {"household": other})
    records.add(
        session,
        "incident",
        {"resident": person, "kind": "求助", "what": "漏水", "reported_at": "2020-05-27T07:00:00+08:00"},
    )
    here, there = (told.of(session, each, entity="household") for each in (home, other))
    assert ("2020-05-15", "incident", "求助：摔倒（已接报）") in says(here)
    assert not any("漏水" in what for _, _, what in says(here))
    assert [what for _, kind, what in says(there) if kind == "incident"] == ["求助：漏水（）"]
    assert [each["name"] for each in here["people"]] == ["王建国"]
    visits = [each for each in told.of(session, person)["lines"] if each["kind"] == "visit"]
    assert len(visits) == 1, "of the time when the person lived there"


def test_what_came_from_the_old_committee_and_the_move_itself(street: Street) -> None:
    first, second, (old,) = neighbours(street)
    moves.offer(first, old, second.code)
    up(street, first)
    down(street, second)
    (new,) = arrived(second)
    moves.accept(second, new, home_of(second))
    up(street, second)
    down(street, first)
    there = says(told.of(second, new))
    assert ("2020-05-20", "isolation", "开始居家隔离，规则 14，共 14 天，至 6月2日（由别的居委会转来）") in there
    assert {what for _, kind, what in there if kind == "move"} == {"由第1居委会转来，已接收", "由第1居委会转来，待接收"}
    here = says(told.of(first, old))
    assert [what for _, kind, what in here if kind == "move"] == [
        "第2居委会已接收，迁出",
        "登记迁往第2居委会，等对方接收",
    ]
    assert any(what.startswith("隔离转出：第2居委会") for _, _, what in here)


def test_a_time_that_is_none_comes_last_and_breaks_nothing(session: Session) -> None:
    row = lived_in(session)
    records.add(session, "incident", {"resident": row, "kind": "求助", "what": "x", "reported_at": "昨天"})
    records.add(session, "isolation_case", {"resident": row, "start": "2020", "state": "在管"})
    lines = told.of(session, row)["lines"]
    assert [each["at"] for each in lines[-2:]] == ["", ""] and {each["entity"] for each in lines[-2:]} == {
        "incident",
        "isolation_case",
    }


def test_by_the_command_line(
    session: Session, person: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.services import workspaces

    folder = session.folder
    workspaces.lock(session)
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    shared = ["--data", str(folder), "--account", ACCOUNT, "--now", "2020-05-25T09:00"]
    assert cli.main([*shared, "timeline", "resident", "培花新村/12号/302/户1/王建国", "--kind", "visit"]) == 0
    said = capsys.readouterr().out
    assert "2020-05-13" in said and "走访 电话 登记" in said and "李社工" in said
    assert cli.main([*shared, "--json", "timeline", "household", "培花新村/12号/302/户1"]) == 0
    assert len(json.loads(capsys.readouterr().out)["lines"]) > 9


# ---------------------------------------------------------------- pure


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2020-05-19", False),
        ("2020-05-20", True),
        ("2020-05-20T08:59", False),
        ("2020-05-25T10:00", True),
        ("2020-05-26", False),
        ("", False),
    ],
)
def test_a_stay_has_two_ends(at: str, inside: bool) -> None:
    homes = [("2020-05-01T00:00:00", "a"), ("2020-05-20T09:00:00", "b"), ("2020-05-25T10:00:00", "a")]
    (stay,) = timeline.stays(homes, "b")
    assert stay.holds(at) is inside
