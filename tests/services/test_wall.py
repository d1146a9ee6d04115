"""The wall screen: figures that agree with a report, withheld whoever is logged in, and nobody's name on any slide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.db import present
from app.domain import access, clock, isolation
from app.domain.findings import Refused, UserError
from app.domain.wall import KEYS, Slide
from app.maps import wall as pages
from app.services import ground, maps, records, wall
from app.services.session import Session
from tests.conftest import quickly
from tests.street import Street, copy_of, template

TODAY = date(2020, 5, 25)
HOSTILE = "</script><img src=x onerror=alert(1)>&{}"


def people(session: Session, count: int, name: str, room: int, together: int = 1) -> list[str]:
    """As many. together: behind each door."""
    made = []
    for number in range(count):
        if number % together == 0:
            door = {"estate": "培花新村", "building": "12号", "room": f"{room + number}室"}
            home = records.add(session, "household", {"dwelling": records.add(session, "dwelling", door).id})
        made.append(records.add(session, "resident", {
            "household": home.id, "name": f"{name}{number}", "phones": [{"number": f"1381234{room + number}"}],
        }).id)  # fmt: skip
    return made


def isolate(session: Session, resident: str, days_ago: int, state: str = "在管") -> str:
    start = TODAY - timedelta(days=days_ago)
    stages = isolation.to_json(isolation.open_case(isolation.rule_named("14", start), start))
    asked = {"resident": resident, "rule": "14", "start": start.isoformat(), "stages": stages, "state": state}
    return records.add(session, "isolation_case", asked).id


def at(session: Session, moment: str) -> None:
    session.clock = clock.frozen(moment)


def lived_in(street: Street) -> None:
    """培花 (1): 12 in charge since three days, 5 of them released today, 6 new ones today; 6 arrived today, one incident.
    (2): three people, two in charge. (3): joined the street and sent nothing of its own."""
    first, second, _ = (street.committee(number) for number in (1, 2, 3))
    at(first, "2020-05-22T09:00")
    there = people(first, 12, "王建国", 3101) + people(first, 6, "李秀英", 5201, together=6)
    cases = [isolate(first, each, 3) for each in there[:12]]
    at(first, "2020-05-25T08:00")
    for case in cases[:5]:
        records.change(first, "isolation_case", case, {"state": "已解除", "closed_on": TODAY.isoformat()})
    for each in there[12:]:
        isolate(first, each, 0)
        records.add(
            first, "arrival", {"resident": each, "origin": "武汉", "overseas": True, "arrived_on": TODAY.isoformat()}
        )
    told = {"kind": "求助", "what": f"给{HOSTILE}送药", "state": "已接报", "reported_at": "2020-05-25T07:00:00+08:00"}
    records.add(first, "incident", told)
    at(second, "2020-05-25T08:30")
    for each in people(second, 3, HOSTILE, 4201)[:2]:
        isolate(second, each, 1)
    for session in (first, second):
        street.bring(street.centre, street.send(session))
    at(street.centre, "2020-05-25T12:00")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with quickly():
        return template(tmp_path_factory.mktemp("wall-street"), lived_in)


@pytest.fixture
def centre(made: Path, tmp_path: Path) -> Iterator[Session]:
    street = copy_of(made, tmp_path)
    at(street.centre, "2020-05-25T12:00")
    yield street.centre
    street.close()


@pytest.fixture(scope="module")
def shown(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, tuple[Slide, ...]]]:
    """The centre and its slides, for tests that only look."""
    street = copy_of(made, tmp_path_factory.mktemp("wall-shown"))
    at(street.centre, "2020-05-25T12:00")
    yield street.centre, wall.slides(street.centre)
    street.close()


def words_in(value: Any) -> Iterator[str]:
    """Every text of a payload."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from words_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from words_in(each)


def payloads(slides: tuple[Slide, ...]) -> list[Any]:
    """All that ever goes to the page, whole maps and repainted ones."""
    return [
        *(json.loads(json.dumps(pages.of_slide(each))) for each in slides),
        *(json.loads(json.dumps(pages.of_slide(each, slides[0]))) for each in slides),
        *(pages.ticker(each.board) for each in slides),
    ]


# ---------------------------------------------------------------- nobody is named


def test_no_name_no_phone_and_no_door_is_on_any_slide(shown: tuple[Session, tuple[Slide, ...]]) -> None:
    centre, slides = shown
    texts = "\n".join(text for each in payloads(slides) for text in words_in(each))
    private = set()
    with centre.db.reading() as connection:
        for committee in centre.scope(connection):
            for entity in ("resident", "dwelling", "incident", "household", "building", "estate"):
                for row in present.where(connection, committee, entity):
                    private |= {str(row["id"]), *(str(row[key]) for key in ("name", "room", "what") if row.get(key))}
                    private |= {phone["number"] for phone in row.get("phones") or ()}
    assert len(private) > 60
    assert [each for each in private if each in texts] == []
    assert "第1居委会" in texts


def test_a_slide_does_not_depend_on_who_is_logged_in(centre: Session) -> None:
    as_data = wall.slides(centre)
    assert access.level_of(centre.roles) == 3
    centre.roles = frozenset({"leader"})
    assert wall.slides(centre) == as_data


def test_no_count_below_five_and_none_that_is_not_rounded(shown: tuple[Session, tuple[Slide, ...]]) -> None:
    for slide in shown[1]:
        board = slide.board
        counts = [*board.totals.values(), *board.changes.values(), *(thing.value for thing in slide.drawing.things)]
        counts += [value for trend in board.trends if trend.key != "checks" for value in trend.values]
        counts += [count for each in board.behind for count in (each.overdue, *each.counts.values())]
        assert [count for count in counts if count is not None and count % 5] == []
        assert all(thing.people is None for thing in slide.drawing.things)
        assert all(line.people is None or line.people == 0 for line in slide.drawing.legend)
    assert {thing.name: thing.few for thing in shown[1][0].drawing.things} == {
        "第1居委会": True, "第2居委会": True, "第3居委会": False,
    }  # fmt: skip  # the two of the second would follow from the first and the total


def test_reading_the_screen_leaves_the_session_as_it_was(centre: Session) -> None:
    before = (centre.roles, centre.ring, centre.index_key, dict(centre.rings), list(centre.on_change))
    wall.slides(centre)
    assert (centre.roles, centre.ring, centre.index_key, centre.rings, centre.on_change) == before
    assert centre.ring is not None


def test_the_keys_of_level_3_never_come_near(centre: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Session] = []
    drawn = maps.draw

    def draw(session: Session, *asked: Any, **more: Any) -> Any:
        seen.append(session)
        return drawn(session, *asked, **more)

    monkeypatch.setattr(maps, "draw", draw)
    wall.slide(centre, "isolation")
    (reader,) = seen
    assert reader.ring is None
    assert reader.index_key is None
    assert not reader.rings
    assert reader.roles == frozenset({"leader"})


# ---------------------------------------------------------------- figures


def test_the_balance_is_that_of_a_report_at_this_moment(shown: tuple[Session, tuple[Slide, ...]]) -> None:
    changes = shown[1][0].board.changes
    equation = [changes[key] for key in ("yesterday", "opened", "released", "moved-out", "today")]
    assert equation == [10, 5, 5, 0, 15]  # 12 + 8 − 5 − 0 = 15, rounded
    assert not shown[1][0].board.holds  # two of the second committee were keyed a day late
    assert changes["arrived"] == changes["abroad"] == 5
    assert changes["reported"] is None
    assert changes["closed"] == 0


def test_totals(shown: tuple[Session, tuple[Slide, ...]]) -> None:
    board = shown[1][0].board
    assert (board.committees, board.sent, board.fresh, board.buildings) == (3, 2, 2, 2)
    assert board.totals["residents"] == 20  # 21
    assert board.totals["in-charge"] == 15
    assert board.totals["waiting"] == 0
    assert board.totals["incidents"] is None  # one


def test_a_trend_ends_with_today_s_figure(shown: tuple[Session, tuple[Slide, ...]]) -> None:
    trends = {each.key: each for each in shown[1][0].board.trends}
    assert set(trends) == {"in-charge", "arrived", "reported", "checks"}
    assert trends["in-charge"].values[-5:] == (0, 10, 10, 15, 15)  # 0, 12, 12, 14, 15
    assert trends["arrived"].values[-2:] == (0, 5)
    assert trends["reported"].few[-1]
    assert all(len(each.values) == len(shown[1][0].board.days) == 14 for each in trends.values())


def test_who_is_silent_is_told_by_name_and_hatched(centre: Session) -> None:
    at(centre, "2020-05-28T12:00")
    board = (slide := wall.slides(centre)[0]).board
    assert (board.silent, board.never) == (("第1居委会", "第2居委会"), ("第3居委会",))
    assert board.fresh == 0
    assert [thing.old for thing in slide.drawing.things] == [True, True, False]
    said = pages.of_slide(slide)
    assert [each["value"] for each in said["changes"]["equation"]][1:4] == ["—", "—", "—"]  # not nothing: not known
    assert said["until"]["warn"] == ["超过 48 小时未更新：2 个", "从未报送：1 个"]
    assert "第2居委会：数据超过 48 小时没有更新" in [line for turn in pages.ticker(board) for line in turn]


def test_overdue_checks_of_many_are_told_by_committee(shown: tuple[Session, tuple[Slide, ...]]) -> None:
    (worst,) = shown[1][0].board.behind
    assert worst.name == "第1居委会"
    assert worst.counts["check"] >= 5
    said = pages.of_slide(shown[1][0])["behind"]["lines"]
    assert [(each["name"], each["part"]) for each in said] == [("第1", 1.0)]


# ---------------------------------------------------------------- what lies under the map


def test_roads_lie_under_the_map_without_the_names_that_somebody_gave_them(centre: Session) -> None:
    slides = wall.slides(centre)
    [[x, y], *_] = slides[0].drawing.things[0].geometry["coordinates"][0]
    road = {
        "geometry": {"type": "LineString", "coordinates": [[x, y], [x + 0.001, y]]},
        "name": "王建国家",
        "class": "primary",
    }
    ground.keep(centre, "roads", "道路", "© OpenStreetMap contributors", [road])
    ground.keep(centre, "facilities", "设施", "", [road | {"geometry": {"type": "Point", "coordinates": [x, y]}}])
    lies = wall.under(centre, slides)
    assert lies is not None
    assert [each["kind"] for each in lies.payload["layers"]] == ["roads"]
    assert lies.payload["layers"][0]["sets"]
    assert "王建国" not in json.dumps(lies.payload, ensure_ascii=False)
    assert lies.payload["source"] == "© OpenStreetMap contributors"
    assert wall.under(centre, slides, lies) is None  # the same again is not sent


def test_under_a_street_without_a_map_lies_nothing(centre: Session) -> None:
    assert wall.under(centre, ()) is None


# ---------------------------------------------------------------- slides


def test_the_slides_and_what_each_takes_of_the_one_before(shown: tuple[Session, tuple[Slide, ...]]) -> None:
    slides = shown[1]
    assert tuple(each.key for each in slides) == KEYS
    assert not {"elderly-alone", "party"} & set(KEYS)  # what names a group of people stays off a wall
    assert "show" in pages.of_slide(slides[0])
    assert "show" not in pages.of_slide(slides[1], slides[0])
    assert len(pages.of_slide(slides[1], slides[0])["paint"]["things"]) == 3
    assert wall.slide(shown[0], "returnees") == slides[1]


def test_a_street_without_data_has_no_slides(street: Street) -> None:
    assert wall.slides(street.centre) == ()
    street.committee(1)
    assert wall.slides(street.centre) == ()


def test_an_unknown_measure_is_refused(centre: Session) -> None:
    with pytest.raises(UserError, match="measure-unknown"):
        wall.slide(centre, "names")


def test_who_may_see_no_map_sees_no_wall(centre: Session) -> None:
    centre.roles = frozenset({"auditor"})
    with pytest.raises(Refused):
        wall.slides(centre)


def test_it_stops_when_asked(centre: Session) -> None:
    with pytest.raises(UserError, match="cancelled"):
        wall.slides(centre, lambda: True)
