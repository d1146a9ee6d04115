"""The survey sheet as paper: order, what is on it and what never is, codes read back, boxes where they were printed."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app import paper, paths
from app.sheets import codes, survey
from app.sheets.survey import Box, Building, Door, Person, Survey
from tests.sheets import reading

HOSTILE = (
    '#import "x": *', "$a$", "<script>alert(1)</script>", "*bold* _it_", "] } )", "\\", "=1+1", "#eval(1)", "@label",
    "`raw`", "// no comment", "{{name}}", "= Heading",
)  # fmt: skip
A4 = (595.276, 841.890)


def people(count: int, name: str = "王建国") -> tuple[Person, ...]:
    return tuple(
        Person(str(uuid4()), f"{name}{n}", "合租人", "男", "1958", "承租", "138****5678") for n in range(count)
    )


def door(room: str = "302", count: int = 2, **more: object) -> Door:
    given = {"dwelling": str(uuid4()), "household": str(uuid4()), "people": people(count)}
    return Door(room=room, floor=survey.floor_of(None, room), **given | more)  # type: ignore[arg-type]  # as given


def building(*doors: Door, **place: str) -> Building:
    given = {"estate": "培花新村", "lane": "281弄", "number": "12号"} | place
    return Building("b", "培花新村第九居委会", doors=survey.walking_order(doors), **given)


def printed(*buildings: Building) -> Survey:
    return Survey("7KQM2X", "2020-05-25", True, buildings)


# ---------------------------------------------------------------- order


def test_the_walk_goes_from_the_top_floor_down_and_along_the_rooms() -> None:
    rooms = ("101", "1203", "302", "B1", "1201", "301", "302")
    walked = survey.walking_order(door(room, ordinal=n) for n, room in enumerate(rooms))
    assert [each.room for each in walked] == ["1201", "1203", "301", "302", "302", "101", "B1"]
    assert [each.ordinal for each in walked if each.room == "302"] == [2, 6]


def test_one_stair_is_walked_before_the_next() -> None:
    walked = survey.walking_order([door("201", unit="2"), door("101", unit="1"), door("301", unit="1")])
    assert [(each.unit, each.room) for each in walked] == [("1", "301"), ("1", "101"), ("2", "201")]


def test_a_door_is_named_as_people_name_it() -> None:
    named = (door("302"), door("302", unit="2"), door("底层"), Door("d"), Door("d", floor_label="夹层"))
    assert [survey.room_text(each) for each in named] == ["302室", "2-302室", "底层", "整栋", "夹层"]
    assert survey.beside_text(door("302", ordinal=2, label="A间", kind="合租")) == "3层 户2 A间 合租"
    assert survey.beside_text(door("302", kind="家庭户")) == "3层"
    assert survey.beside_text(Door("d", room="B1", floor=-1)) == "地下1层 无登记户"


# ---------------------------------------------------------------- the paper


def test_every_household_has_a_code_that_reads_back_in_order(qapp: object) -> None:
    doors = [door(room) for room in ("401", "402", "301", "302", "201", "202", "101")]
    doors.append(Door("6" * 8, room="102", floor=1))
    house = building(*doors)
    pictures = survey.pictures(printed(house), 110)
    found = [code for picture in pictures for code in reading.codes(picture)]
    assert found == [
        f"LT1:H:{each.household}:7KQM2X" if each.household else f"LT1:D:{each.dwelling}:7KQM2X" for each in house.doors
    ]


@settings(max_examples=40, deadline=None)
@given(st.uuids(), st.text("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=6, max_size=6))
def test_a_code_is_what_segno_draws(row: UUID, code: str) -> None:
    words = f"LT1:H:{row}:{code}"
    drawn = segno.make_qr(words.encode(), version=4, error="m", boost_error=False, mask=3, mode="byte")
    bits = "".join("1" if dark else "0" for line in drawn.matrix for dark in line)
    assert codes.modules(words) == int(bits, 2)


def test_a_code_can_be_read_at_every_mask_of_data(qapp: object) -> None:
    doors = [door(f"{floor}0{room}", 1) for floor in range(1, 16) for room in (1, 2, 3)]
    house = building(*doors)
    found = [code for picture in survey.pictures(printed(house), 110) for code in reading.codes(picture)]
    assert len(found) == len(set(found)) == len(house.doors)


def test_each_building_begins_a_page_and_counts_its_own(qapp: object) -> None:
    one = building(*(door(f"{n}01", 4) for n in range(1, 8)))
    pages = reading.pages(survey.pdf(printed(one, building(door(), number="13号"))))
    assert len(pages) == 3
    assert [("12号" in page, "13号" in page) for page in pages] == [(True, False), (True, False), (False, True)]
    counted = [re.search(r"第(\d)/(\d)页", reading.packed(page)) for page in pages]
    assert [each.groups() for each in counted if each] == [("1", "2"), ("2", "2"), ("1", "1")]
    for page in map(reading.packed, pages):
        assert "内部工作使用" in page and "演练" in page and "走访日期" in page and "走访人" in page
        assert "7KQM2X" in page and "2020-05-25" in page and "培花新村第九居委会" in page


def test_a_real_workspace_is_not_called_practice(qapp: object) -> None:
    assert "演练" not in reading.text(survey.pdf(Survey("7KQM2X", "2020-05-25", False, (building(door()),))))


def test_what_people_wrote_is_shown_as_text(qapp: object) -> None:
    names = tuple(Person(str(n), name, name, name, name, name, name) for n, name in enumerate(HOSTILE))
    doors = [door("302", people=names, note=HOSTILE[0], label=HOSTILE[1]), door("301", 1, note="".join(HOSTILE)[:60])]
    doors += [door(wrong[:14], 0) for wrong in HOSTILE]
    place = {"estate": HOSTILE[0], "lane": HOSTILE[3], "number": HOSTILE[6]}
    shown = reading.text(survey.pdf(printed(building(*doors, **place))))
    for wrong in (*HOSTILE, "".join(HOSTILE)[:60]):
        assert reading.packed(wrong) in shown, wrong


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=90), min_size=1, max_size=6), st.text(max_size=200), st.text(max_size=60))
def test_any_text_makes_a_sheet_with_all_its_boxes(names: list[str], note: str, place: str) -> None:
    some = tuple(Person(str(n), name, name, name, name, name, name) for n, name in enumerate(names))
    house = building(door(place, people=some, note=note, label=place, state=place), estate=place, lane=note)
    assert len(survey.boxes(printed(house))) == expected(house)


def test_long_foreign_and_rare_names_are_whole_on_the_paper(qapp: object) -> None:
    names = ("阿卜杜热依木·买买提吐尔逊", "ALEXANDRA MARIA FERNANDEZ-GONZALEZ DE LA CRUZ", "𠮷田𬭎", "A" * 60)
    some = tuple(Person(str(n), name) for n, name in enumerate(names))
    shown = reading.text(survey.pdf(printed(building(door(people=some)))))
    assert all(reading.packed(name) in shown for name in names)


def test_direction_marks_do_not_turn_a_line_around(qapp: object) -> None:
    shown = reading.text(survey.pdf(printed(building(door(people=(Person("1", "王\u202e建\u0007国"),))))))
    assert "王建国" in shown


def test_the_packaged_font_is_embedded_and_the_only_one() -> None:
    made = survey.pdf(printed(building(door(people=(Person("1", "王Aé Ω \U0001f600 \ue863"),)))))
    assert reading.fonts(made) == {"NotoSansCJKsc-Regular"} and b"/FontFile3" in made


def test_pages_are_counted_as_a_reader_counts_them(qapp: object) -> None:
    made = survey.pdf(printed(*(building(door(), number=f"{n}号") for n in range(60))))
    assert paper.pages(made) == len(reading.pages(made)) == 60


@pytest.mark.parametrize("template", sorted((paths.resources() / "sheets").glob("*.typ")), ids=lambda path: path.name)
def test_a_template_fetches_nothing_and_runs_no_text(template: object) -> None:
    source = template.read_text("utf-8")  # type: ignore[attr-defined]  # a path
    assert not re.search(r"@preview|@local|#import(?! \"frame\.typ\": \*)|#include|\beval\(|\bplugin\(", source)


# ---------------------------------------------------------------- tick boxes


def expected(house: Building) -> int:
    """Boxes of a building: three a person, and result, arrival, overseas and state a door."""
    each_door = len(survey.RESULTS) + len(survey.ARRIVAL) + len(survey.OVERSEAS) + len(survey.STATES)
    return sum(3 * len(each.people) + each_door for each in house.doors)


def test_every_box_says_what_it_means() -> None:
    first, vacant = door("302", 1), Door("d", room="301", floor=3)
    found = survey.boxes(printed(building(first, vacant)))
    assert len(found) == expected(building(first, vacant))
    of_door = [(box.field, box.value) for box in found if box.dwelling == "d"]
    assert of_door == [
        *(("result", value) for value in ("登记", "无人", "拒访", "非本户", "已搬离", "空置")),
        ("arrival", "无"), ("arrival", "有"), ("overseas", "境外"),
        *(("state", value) for value in ("自住", "出租", "空置")),
    ]  # fmt: skip
    of_person = [box for box in found if box.resident]
    assert [(box.field, box.value) for box in of_person] == [("stay", "在住"), ("stay", "不住"), ("phone", "电话变更")]
    assert {(box.resident, box.household) for box in of_person} == {(first.people[0].id, first.household)}
    assert len({(box.household, box.dwelling, box.resident, box.field, box.value) for box in found}) == len(found)


def test_a_box_is_drawn_where_it_is_said_to_be() -> None:
    made, ppi = printed(building(*(door(f"{n}0{k}", 3) for n in range(1, 7) for k in (1, 2)))), 288
    pictures = [reading.grey(picture) for picture in survey.pictures(made, ppi)]
    for box in survey.boxes(made):
        image, dots = pictures[box.page - 1], ppi / 72
        left, top, size = box.x * dots, box.y * dots, box.size * dots
        inside = [image.pixelColor(round(left + size * x), round(top + size * y)).lightness()
                  for x in (0.25, 0.5, 0.75) for y in (0.25, 0.5, 0.75)]  # fmt: skip
        edges = [image.pixelColor(round(left + size / 2), round(top + y)).lightness() for y in (0, size)]
        edges += [image.pixelColor(round(left + x), round(top + size / 2)).lightness() for x in (0, size)]
        assert min(inside) > 240 and max(edges) < 140, box


def on_paper(found: tuple[Box, ...]) -> bool:
    return all(0 < box.x < A4[0] - box.size and 0 < box.y < A4[1] - box.size for box in found)


def test_no_household_is_split_between_pages() -> None:
    doors = [door(f"{floor}01", count) for floor, count in enumerate((12, 1, 24, 3, 12, 2, 5, 0, 12), 1)]
    found = survey.boxes(printed(building(*doors)))
    assert on_paper(found) and max(box.page for box in found) > 3
    for each in doors:
        assert len({box.page for box in found if box.household == each.household}) == 1


def test_long_names_make_a_household_longer_than_a_page_and_none_is_lost() -> None:
    crowd = door("201", people=people(24, "ALEXANDRA MARIA FERNANDEZ-GONZALEZ DE LA CRUZ "))
    found = survey.boxes(printed(building(door("301"), crowd)))
    assert on_paper(found) and len({box.page for box in found if box.household == crowd.household}) > 1


def test_a_dormitory_goes_on_over_the_page_with_its_room_above(qapp: object) -> None:
    crowd = door("201", 70)
    house = building(crowd)
    found = survey.boxes(printed(house))
    assert on_paper(found) and len(found) == expected(house)
    pages = [reading.packed(page) for page in reading.pages(survey.pdf(printed(house)))]
    assert len(pages) == 2 and all("201室" in page for page in pages)


def test_four_to_six_ordinary_households_fit_on_a_page() -> None:
    doors = [door(f"{floor}0{room}", 2) for floor in range(1, 7) for room in (1, 2, 3)]
    found = survey.boxes(printed(building(*doors)))
    first = {box.household for box in found if box.page == 1}
    assert 4 <= len(first) <= 6


def test_nothing_is_written_to_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: object, qtbot: QtBot) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert survey.pdf(printed(building(door())))
    assert not list(tmp_path.iterdir())  # type: ignore[attr-defined]  # a path
