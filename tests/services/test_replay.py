"""A past day of the map is what the map showed on that day: random histories against maps drawn at the time."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.db import present
from app.domain import clock, ids
from app.domain.findings import UserError
from app.domain.maps import MEASURES, Drawing, Shading, Thing, withheld
from app.domain.replay import steadily
from app.domain.suppression import FEW
from app.maps import layers
from app.services import erasures, maps, places, records, replay, undoing, workspaces
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.seconds import SECOND, SECOND_PASSWORD, give_second
from tests.services.test_maps import found, lived_in, person, visit
from tests.street import Street

__all__ = ["lived_in"]

FIRST = date(2020, 5, 25)
DAYS = 7
Told = dict[str, tuple[Any, ...]]


def at(session: Session, day: date, hour: str = "20:00") -> None:
    session.clock = clock.frozen(f"{day.isoformat()}T{hour}")


def told(drawing: Drawing) -> Told:
    return {each.id: (each.value, each.people) for each in drawing.things}


def past(session: Session, colour: str, day: date, *, until: date | None = None, **more: Any) -> Drawing:
    """The committee's map of a day, made today."""
    now = maps.draw(session, "committee", colour=colour, **more)
    made = replay.series(session, "committee", now.id, colour, first=FIRST, last=until or session.now().date(), **more)
    return replay.on(made, now, day)


def crowd(session: Session, room: str, count: int, **more: Any) -> None:
    """Many people behind one door, in one batch."""
    person(session, room.split("/")[0], room.split("/")[1], "某", more)
    household = places.resolve(session, f"培花新村/{room}", "household")[1]
    with session.writing("create") as writing:
        writing.create("resident", [
            (str(ids.new_id()), {"household": household, "name": "某", **more}) for _ in range(count - 1)
        ])  # fmt: skip


def counts(drawing: Drawing) -> dict[str, int | None]:
    return {each.label: each.value for each in drawing.things}


# ---------------------------------------------------------------- random histories


class History:
    """Writes what a committee writes, at random; `rows` are the ids of what was made, by table."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.chance = session, random.Random(seed)
        self.rows: dict[str, list[str]] = {}
        self.batches: list[str] = []

    def any(self, table: str) -> str:
        """Some row, by the id that shows: nobody can choose one that was put together with another."""
        row = self.chance.choice(self.rows[table])
        with self.session.db.reading() as connection:
            shown = present.one(connection, self.session.committee_id, table, row)
        return str(shown["id"]) if shown else row

    def make(self, table: str, values: dict[str, Any]) -> None:
        row = str(ids.new_id())
        with self.session.writing("create") as writing:
            writing.create(table, [(row, values)])
        self.rows.setdefault(table, []).append(row)
        self.batches.append(writing.batch)

    def change(self, table: str, row: str, values: dict[str, Any]) -> None:
        with self.session.writing("change") as writing:
            writing.change(table, row, values)
        self.batches.append(writing.batch)

    def begin(self) -> None:
        for number in (1, 2, 3):
            self.make("building", {"number": f"{number}号", "lane": ""})
        for number in range(6):
            self.make("dwelling", {"building": self.rows["building"][number % 3], "room": str(101 + number)})
        for number in range(8):
            self.make("household", {"dwelling": self.rows["dwelling"][number % 6]})
        for _ in range(14):
            self.somebody_came()

    def somebody_came(self) -> None:
        self.make("resident", {"household": self.any("household"), "name": "某", **self.traits()})

    def traits(self) -> dict[str, Any]:
        pick = self.chance.choice
        return {
            "status": pick([None, "在住", "暂离", "迁出", "去世"]), "residence_kind": pick([None, "实住", "承租", "户籍"]),
            "party_member": pick([None, True, False]), "care_groups": pick([None, ["独居"], ["残疾", "孤老"], ["高龄"]]),
            "birth_year": pick([None, 1940, 1959, 1960, 1961, 1990]),
        }  # fmt: skip

    def somebody_changed(self) -> None:
        some = dict(self.chance.sample(sorted(self.traits().items()), 2))
        self.change("resident", self.any("resident"), some)

    def somebody_moved(self) -> None:
        self.change("resident", self.any("resident"), {"household": self.any("household")})

    def a_household_moved(self) -> None:
        self.change("household", self.any("household"), {"dwelling": self.any("dwelling")})

    def a_dwelling_was_corrected(self) -> None:
        self.change("dwelling", self.any("dwelling"), {"building": self.any("building")})

    def somebody_returned(self) -> None:
        pick = self.chance.choice
        self.make(
            "arrival", {"resident": self.any("resident"), "origin": "武汉", "overseas": pick([None, True, False])}
        )
        self.change("arrival", self.any("arrival"), {"overseas": pick([True, False])})

    def a_case(self) -> None:
        states = ["待接", "在管", "期满待解除", "已解除", "转出"]
        self.make("isolation_case", {"resident": self.any("resident"), "state": self.chance.choice(states)})
        self.change("isolation_case", self.any("isolation_case"), {"state": self.chance.choice(states)})

    def somebody_visited(self) -> None:
        pick, today = self.chance.choice, self.session.now().date()
        said = {
            "on": (today + timedelta(pick([-91, -90, -88, -45, -43, -3, 0, 2]))).isoformat(), "result": pick(["登记", "空置", "无人"]),
            "mode": pick([None, "上门", "电话", "楼组长代报", "门卫"]),
        }  # fmt: skip
        self.make("visit", {"household": self.any("household"), **said})
        self.change("visit", self.any("visit"), dict(self.chance.sample(sorted(said.items()), 1)))

    def something_happened(self) -> None:
        where = self.chance.choice(["resident", "household", "building", ""])
        self.make("incident", {
            "kind": "求助", "state": "已接报", "reported_at": clock.written(self.session.now()),
            **({where: self.any(where)} if where else {}),
        })  # fmt: skip
        more = {"state": self.chance.choice(["处置中", "已办结", "已撤销"])}
        self.change("incident", self.any("incident"), self.chance.choice([more, {"same_as": self.any("incident")}]))

    def two_were_one(self) -> None:
        table = self.chance.choice(["resident", "household"])
        one, other = self.chance.sample(self.rows[table], 2)
        with self.session.writing("merge") as writing:
            writing.merge_rows(one, other)
        self.batches.append(writing.batch)

    def two_wrote_at_once(self) -> None:
        """A second version beside the one that stands, as it comes from another PC: a conflict."""
        with self.session.writing("change") as writing:
            writing.write(
                "resident", self.any("resident"), {"status": self.chance.choice(["在住", "迁出"])}, {"status": []}
            )

    def something_was_deleted(self) -> None:
        table = self.chance.choice(
            ["resident", "household", "dwelling", "arrival", "visit", "isolation_case", "incident"]
        )
        if self.rows.get(table):
            with self.session.writing("change") as writing:
                writing.set_deleted(table, self.any(table), True)
            self.batches.append(writing.batch)

    def something_was_undone(self) -> None:
        batch = self.chance.choice(self.batches[-12:])
        try:
            self.batches.append(undoing.undo(self.session, batch)["batch"])
        except UserError:  # nothing left of it
            return

    def live(self) -> None:
        """A few of these, of whatever kind."""
        acts: list[Callable[[], None]] = [
            self.somebody_came, self.somebody_changed, self.somebody_moved, self.a_household_moved, self.a_case,
            self.a_dwelling_was_corrected, self.somebody_returned, self.somebody_visited, self.something_happened,
            self.two_were_one, self.two_wrote_at_once, self.something_was_deleted, self.something_was_undone,
        ]  # fmt: skip
        for act in self.chance.choices(acts, k=9):
            act()


@pytest.mark.parametrize("seed", range(3))
def test_every_day_reads_as_the_map_read_then(session: Session, seed: int) -> None:
    history = History(session, seed)
    at(session, FIRST)
    history.begin()
    then: dict[tuple[date, str], Drawing] = {}
    for day in (FIRST + timedelta(number) for number in range(DAYS)):
        at(session, day)
        if day != FIRST + timedelta(2):  # one day on which nothing was written
            history.live()
        for measure in MEASURES:
            then[day, measure.key] = maps.draw(session, "committee", colour=measure.key)
    for measure in MEASURES:
        now = maps.draw(session, "committee", colour=measure.key)
        series = replay.series(session, "committee", now.id, measure.key, first=FIRST, last=day)
        for (on, key), before in then.items():
            if key == measure.key:
                made = replay.on(series, now, on)
                assert told(made) == told(before), (on, key)
                assert (made.total, made.elsewhere) == (before.total, before.elsewhere), (on, key)
        begun = FIRST + timedelta(3)
        later = replay.series(session, "committee", now.id, measure.key, first=begun, last=day)
        assert later.days == series.days[3:]


# ---------------------------------------------------------------- what a day is


NEXT, THIRD = FIRST + timedelta(1), FIRST + timedelta(2)


def numbers(session: Session, colour: str, *days: date, label: str = "12号") -> list[int | None]:
    return [counts(past(session, colour, day))[label] for day in days]


def test_what_was_written_at_night_belongs_to_the_day_that_ends(lived_in: Session) -> None:
    at(lived_in, FIRST, "23:59:59")
    records.change(lived_in, "resident", found(lived_in, "丁"), {"party_member": True})
    at(lived_in, NEXT, "00:00")
    records.change(lived_in, "resident", found(lived_in, "甲"), {"party_member": False})
    at(lived_in, THIRD)
    assert numbers(lived_in, "party", FIRST, NEXT, THIRD) == [2, 1, 1]


def test_a_visit_that_is_written_later_counts_from_the_day_on_which_it_was_known(lived_in: Session) -> None:
    at(lived_in, THIRD)
    visit(lived_in, "培花新村/12号/101", FIRST)
    assert numbers(lived_in, "unvisited", FIRST, NEXT, THIRD) == [3, 3, 2]


def test_a_household_becomes_stale_by_the_calendar_alone(lived_in: Session) -> None:
    visit(lived_in, "培花新村/13号/101", FIRST - timedelta(89))
    at(lived_in, THIRD)
    assert numbers(lived_in, "stale", FIRST, NEXT, THIRD, label="13号") == [0, 0, 1]


def test_somebody_is_elderly_from_new_year_on(lived_in: Session) -> None:
    records.change(lived_in, "resident", found(lived_in, "己"), {"care_groups": ["独居"], "birth_year": 1961})
    at(lived_in, date(2021, 1, 2))
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 2)]
    assert numbers(lived_in, "elderly-alone", *days, label="13号") == [0, 1, 1]


def test_before_the_first_data_nothing_is_known_and_nothing_is_zero(lived_in: Session) -> None:
    now = maps.draw(lived_in, "committee")
    series = replay.series(lived_in, "committee", now.id, "residents", first=FIRST - timedelta(1), last=FIRST)
    before = replay.on(series, now, FIRST - timedelta(1))
    assert counts(before) == {"12号": None, "13号": None}
    assert (before.total, before.until, series.totals) == (None, "", (None, 4))
    assert [line.count for line in before.legend if line.cls.kind == "unknown"] == [2]
    assert all(thing["hatched"] for thing in layers.colours_of(before)["things"])


def test_a_building_is_unknown_until_somebody_wrote_of_it(lived_in: Session) -> None:
    at(lived_in, NEXT)
    person(lived_in, "14号", "101", "辛", {})
    assert numbers(lived_in, "residents", FIRST, NEXT, label="14号") == [None, 1]


def test_old_data_is_hatched_as_it_was_on_that_day(lived_in: Session) -> None:
    last = FIRST + timedelta(4)
    at(lived_in, last)
    records.change(lived_in, "resident", found(lived_in, "丁"), {"party_member": True})
    hatched = [all(thing.old for thing in past(lived_in, "party", FIRST + timedelta(n)).things) for n in range(5)]
    assert hatched == [False, False, True, True, False]
    assert past(lived_in, "party", NEXT).until[:10] == FIRST.isoformat()


def test_contents_that_were_erased_are_gone_on_every_day(lived_in: Session) -> None:
    give_second(lived_in)
    told_of = {"resident": found(lived_in, "甲"), "overseas": True, "arrived_on": "2019-01-01", "state": "已到家"}
    records.add(lived_in, "arrival", told_of)
    assert counts(maps.draw(lived_in, "committee", colour="overseas"))["12号"] == 1
    at(lived_in, NEXT)
    due = [each["id"] for each in erasures.propose(lived_in) if each["entity"] == "arrival"]
    erasures.confirm(lived_in, due, workspaces.vouch(lived_in.folder, SECOND, SECOND_PASSWORD))
    assert numbers(lived_in, "overseas", FIRST, NEXT) == [0, 0]


# ---------------------------------------------------------------- the map of a day


@pytest.mark.parametrize("per", ["count", "thousand"])
@pytest.mark.parametrize("roles", [{"head"}, {"leader"}], ids=str)
def test_today_is_the_map_of_today(lived_in: Session, per: Any, roles: set[str]) -> None:
    crowd(lived_in, "14号/101", 30, party_member=True)
    at(lived_in, NEXT)
    reader = replace(lived_in, roles=frozenset(roles), ring=None) if roles == {"leader"} else lived_in
    for measure in MEASURES:
        now = maps.draw(reader, "committee", colour=measure.key, shading=Shading(per=per))
        series = replay.series(
            reader, "committee", now.id, measure.key, first=FIRST, last=NEXT, shading=Shading(per=per)
        )
        made = replay.on(series, now, NEXT)
        assert made.things == now.things
        assert (made.total, made.rate, made.elsewhere, made.until, made.newest, made.day) == (
            now.total, now.rate, now.elsewhere, now.until, now.newest, ""
        )  # fmt: skip


def test_colours_are_the_same_on_every_day(lived_in: Session) -> None:
    at(lived_in, NEXT)
    crowd(lived_in, "13号/201", 40)
    first, then = past(lived_in, "residents", FIRST), past(lived_in, "residents", NEXT)
    assert first.classes == then.classes and [line.cls for line in first.legend] == [line.cls for line in then.legend]
    colours = [{thing["text"]: thing["colour"] for thing in layers.colours_of(day)["things"]} for day in (first, then)]
    assert colours[0]["3"] == colours[1]["3"]  # 12号 did not change
    assert first.legend != then.legend


def test_a_past_day_says_so_and_today_does_not(lived_in: Session) -> None:
    at(lived_in, NEXT)
    before, today = (layers.colours_of(past(lived_in, "party", day)) for day in (FIRST, NEXT))
    assert (before["past"], today["past"]) == ("回看 5月25日 24:00", "")
    assert before["words"]["value"] == "5月25日的党员：{} 人" and today["words"]["value"] == "党员：{} 人"


def test_only_leaves_out_what_had_none_on_that_day(lived_in: Session) -> None:
    at(lived_in, NEXT)
    records.change(lived_in, "resident", found(lived_in, "己"), {"party_member": True})
    now = maps.draw(lived_in, "committee", colour="party", only=True)
    series = replay.series(lived_in, "committee", now.id, "party", first=FIRST, last=NEXT)
    assert [len(replay.on(series, now, day).things) for day in (FIRST, NEXT)] == [1, 2]


def test_what_came_after_the_series_was_read_is_unknown_and_no_day_lies_outside(lived_in: Session) -> None:
    now = maps.draw(lived_in, "committee")
    series = replay.series(lived_in, "committee", now.id, "residents", first=FIRST, last=FIRST)
    person(lived_in, "14号", "101", "辛", {})
    made = replay.on(series, maps.draw(lived_in, "committee"), FIRST)
    assert counts(made) == {"12号": 3, "13号": 1, "14号": None}
    with pytest.raises(UserError, match="replay-outside"):
        replay.on(series, now, NEXT)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(NEXT, FIRST, "replay-span"), (FIRST - timedelta(366), FIRST, "replay-span"), (FIRST, NEXT, "replay-future")],
)
def test_a_span_that_is_none_is_refused(lived_in: Session, first: date, last: date, code: str) -> None:
    with pytest.raises(UserError, match=code):
        replay.series(lived_in, "committee", lived_in.committee_id, "party", first=first, last=last)


def test_reading_can_be_cancelled(lived_in: Session) -> None:
    with pytest.raises(UserError, match="cancelled"):
        replay.series(lived_in, "street", "", "party", first=FIRST, last=FIRST, cancelled=lambda: True)


# ---------------------------------------------------------------- streets


def test_a_street_day_by_day_whenever_the_bundles_came(street: Street) -> None:
    one, two = street.committee(1), street.committee(2)
    at(one, FIRST)
    person(one, "12号", "101", "甲", {"party_member": True})
    street.bring(street.centre, street.send(one))
    at(two, NEXT)
    person(two, "1号", "101", "乙", {"party_member": True})
    files = street.send(two)
    at(street.centre, FIRST + timedelta(3))
    two.clock = clock.frozen("2020-05-26T10:00")
    street.bring(street.centre, files)  # two days after it was written
    now = maps.draw(street.centre, "street", colour="party")
    series = replay.series(street.centre, "street", now.id, "party", first=FIRST, last=FIRST + timedelta(3))
    by_day = [tuple(thing.value for thing in replay.on(series, now, FIRST + timedelta(n)).things) for n in range(4)]
    assert by_day[0][0] == 1 and by_day[3] == tuple(thing.value for thing in now.things) == (1, 1)
    assert replay.on(series, now, FIRST + timedelta(3)).things == now.things
    estate = replay.series(street.centre, "committee", one.committee_id, "party", first=FIRST, last=FIRST)
    assert estate.totals == (1,)
    with pytest.raises(UserError, match="committee-unknown"):
        replay.series(street.centre, "committee", "x", "party", first=FIRST, last=FIRST)


def test_groups_are_put_together_as_on_the_street_map(street: Street) -> None:
    for number in (1, 2, 3):
        committee = street.committee(number)
        if number < 3:
            person(committee, "12号", "101", "甲", {"party_member": True})
            street.bring(street.centre, street.send(committee))
    group = str(ids.new_id())
    with street.centre.writing("create") as writing:
        writing.create("group", [(group, {"name": "东片"})])
        for each in street.committees[1:]:
            writing.change("committee", each.committee_id, {"group": group})
    shading = Shading(areas="group")
    now = maps.draw(street.centre, "street", colour="party", shading=shading)
    series = replay.series(street.centre, "street", now.id, "party", first=FIRST, last=FIRST, shading=shading)
    assert replay.on(series, now, FIRST).things == now.things
    assert {thing.entity for thing in now.things} == {"committee", "group"}


# ---------------------------------------------------------------- who is told what


def day_of(values: Mapping[str, int | None]) -> list[Thing]:
    return [Thing(id_, "committee", "", {}, value=value, people=value) for id_, value in values.items()]


def told_over(*days: Mapping[str, int | None]) -> list[dict[str, int | None]]:
    exact = [day_of(day) for day in days]
    made = steadily(exact, [withheld(day) for day in exact])
    return [{thing.id: -1 if thing.few else thing.value for thing in day} for day in made]


def test_two_days_do_not_hide_two_different_neighbours_of_one_small_count() -> None:
    alone = told_over({"a": 3, "b": 8, "c": 9}) + told_over({"a": 3, "b": 9, "c": 8})
    assert alone == [{"a": -1, "b": -1, "c": 10}, {"a": -1, "b": 10, "c": -1}]  # b is told on one day, c on the other
    both = told_over({"a": 3, "b": 8, "c": 9}, {"a": 3, "b": 9, "c": 8})
    assert both == [{"a": -1, "b": -1, "c": -1}] * 2
    assert told_over({"a": 3, "b": 8, "c": None}, {"a": 7, "b": 8, "c": 9})[1] == {"a": 5, "b": 10, "c": 10}


@pytest.mark.parametrize("seed", range(20))
def test_no_day_tells_a_small_count_nor_an_exact_one(seed: int) -> None:
    chance = random.Random(seed)
    days = [{str(n): chance.choice([None, 0, 1, 3, 4, 5, 6, 12, 47]) for n in range(6)} for _ in range(5)]
    for exact, shown in zip(days, told_over(*days), strict=True):
        assert all(shown[each] == -1 for each, value in exact.items() if value is not None and 0 < value < FEW)
        assert all(value is None or value == -1 or value % FEW == 0 for value in shown.values())


def test_a_leader_is_told_no_small_count_of_any_day(lived_in: Session) -> None:
    at(lived_in, NEXT)
    crowd(lived_in, "13号/201", 8)
    leader = replace(lived_in, roles=frozenset({"leader"}), ring=None)
    first, then = past(leader, "residents", FIRST), past(leader, "residents", NEXT)
    assert counts(first) == {"12号": None, "13号": None} and first.total is None
    assert all(thing.few for thing in first.things)
    assert counts(then) == {"12号": None, "13号": None} and then.total is None  # 13号 is nine: beside a small one
    assert all(thing.people is None for thing in (*first.things, *then.things))


# ---------------------------------------------------------------- the command line


def test_the_command_writes_the_map_as_it_was(
    lived_in: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(lived_in.folder)
    at(lived_in, NEXT)
    records.change(lived_in, "resident", found(lived_in, "丁"), {"party_member": True})
    workspaces.lock(lived_in)
    (secret := tmp_path / "密码").write_text(PASSWORD, "utf-8")

    def drawn(*more: str) -> tuple[int, Any]:
        asked = [
            "--data", folder, "--account", ACCOUNT, "--password-file", str(secret), "--now", "2020-05-27T09:00", "--json",
            "map", *more, "--colour", "party",
        ]  # fmt: skip
        code = cli.main(asked)
        return code, json.loads(capsys.readouterr().out or "{}")

    out = tmp_path / "图.html"
    code, done = drawn("committee", "--on", "2020-05-25", "--out", str(out))
    assert code == 0 and done["data_until"][:10] == "2020-05-25"
    assert "回看 5月25日 24:00" in out.read_text("utf-8")
    people = {each["label"]: each["count"] for each in done["legend"]}
    assert people["1"] == 1 if "1" in people else people["1 及以上"] == 1
    assert drawn("committee", "--out", str(out))[0] == 0 and "回看" not in out.read_text("utf-8")
    assert drawn("committee", "--on", "2020-06-01", "--out", str(out))[1]["error"]["code"] == "replay-future"
    assert drawn("building", "培花新村/12号", "--on", "2020-05-25", "--out", str(out))[0] == 2
