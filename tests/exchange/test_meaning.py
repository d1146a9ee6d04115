"""What columns mean: what was chosen, what was remembered, titles, content, nearness; and what is kept without a field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from app.domain.differences import changes
from app.domain.documents import check_digit
from app.domain.fields import RESIDENT, ROSTER_FIELDS
from app.domain.strict import value_problem
from app.domain.titles import SURE
from app.exchange import meaning, rosters
from app.exchange.rosters import Meant, Roster

Make = Callable[[Sequence[Sequence[Any]]], Path]
NAMES = ["王建国", "李秀英", "张伟", "刘洋", "陈静", "欧阳修文", "赵敏", "黄磊"]
BORN = ["19580312", "19630708", "19910102", "20010415", "19771130", "19850607", "19490910", "20120229"]


def card(first17: str) -> str:
    return first17 + check_digit(first17)


CARDS = [card(f"310115{born}{100 + n}") for n, born in enumerate(BORN)]
PHONES = [f"1380000{1000 + n}" for n in range(8)]
DATES = [f"{b[:4]}-{b[4:6]}-{b[6:]}" for b in BORN]


@pytest.fixture
def book(tmp_path: Path) -> Make:
    def make(rows: Sequence[Sequence[Any]]) -> Path:
        made = Workbook()
        for row in rows:
            made.active.append(row)
        made.save(tmp_path / "花名册.xlsx")
        return tmp_path / "花名册.xlsx"

    return make


def columns(titles: Sequence[Any], *cells: Sequence[Any]) -> list[list[Any]]:
    return [list(titles), *map(list, zip(*cells, strict=True))]


def meant(roster: Roster) -> dict[str, tuple[str, str, str]]:
    return {each.title: (each.key, each.how, each.suggestion) for each in roster.header.columns}


DOORS = [["1"] * 8, [str(100 + n) for n in range(1, 9)]]


# ---------------------------------------------------------------- titles


def test_each_way_has_its_confidence(book: Make) -> None:
    rows = columns(["姓名", "楼号", "室号(必填)", "性名2", "联系方试", "代码", "去哪了", "职业状况", "爱好"],
                   NAMES, *DOORS, ["甲"] * 8, PHONES, ["x"] * 8, ["老家"] * 8, ["工人"] * 8, ["棋", *[""] * 7])  # fmt: skip
    roster = rosters.read(
        book(rows), mapping={"代码": "workplace"}, remembered={"去哪了": "whereabouts", "别的": "没有的字段"}
    )
    found = {each.title: each for each in roster.header.columns}
    assert [found[title].how for title in ("姓名", "室号(必填)", "联系方试", "代码", "去哪了", "爱好")] == [
        "title", "title", "near", "chosen", "remembered", "extra"]  # fmt: skip
    sure = [found[title].confidence for title in ("代码", "姓名", "去哪了", "室号(必填)", "联系方试")]
    assert sure[0] == sure[1] == 1.0 and sure == sorted(sure, reverse=True) and sure[-1] >= SURE
    assert found["性名2"].key == "extra" and found["爱好"].confidence < SURE
    assert roster.rows[0].values["whereabouts"] == "老家" and roster.rows[0].values["workplace"] == "x"
    assert roster.mapping["联系方试"] == "phone" and "爱好" not in roster.mapping


def test_a_file_of_misspelt_titles_only(book: Make) -> None:
    roster = rosters.read(book(columns(["性名", "楼好", "室好", "身分证号"], NAMES, *DOORS, CARDS)))
    assert roster.mapping == {"性名": "name", "楼好": "building", "室好": "room", "身分证号": "id_number"}


def test_what_was_chosen_goes_before_what_was_remembered(book: Make) -> None:
    path = book(columns(["姓名", "楼号", "室号", "情况"], NAMES, *DOORS, ["好"] * 8))
    remembered = {"情况": "note"}
    assert rosters.read(path, remembered=remembered).rows[0].values["note"] == "好"
    assert (
        rosters.read(path, remembered=remembered, mapping={"情况": "whereabouts"}).rows[0].values["whereabouts"] == "好"
    )
    left_out = rosters.read(path, remembered=remembered, mapping={"情况": ""})
    assert not {"note", "extra"} & set(left_out.rows[0].values)
    assert left_out.header.columns[-1] == Meant(3, "情况", "", 1.0, "chosen")


def test_a_column_may_be_chosen_to_stay_without_a_field(book: Make) -> None:
    path = book(columns(["姓名", "楼号", "室号", "学历"], NAMES, *DOORS, ["大学"] * 8))
    assert rosters.read(path, mapping={"学历": "extra_sensitive"}).rows[0].values["extra_sensitive"] == {"学历": "大学"}


# ---------------------------------------------------------------- content


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        (CARDS, "id_number"), (PHONES, "phone"), ([int(each) for each in PHONES], "phone"), (["男", "女"] * 4, "sex"),
        (["户主", "妻", "子", "女儿", "户主", "配偶", "儿子", "母亲"], "relation"), (DATES, "birth_date"),
        ([date.fromisoformat(each) for each in DATES], "birth_date"), (["自住", "出租", "自住", "空关"] * 2, "state"),
    ],
)  # fmt: skip
def test_a_column_without_a_title_is_what_it_holds(book: Make, cells: list[Any], key: str) -> None:
    roster = rosters.read(book(columns(["姓名", "楼号", "室号", None], NAMES, *DOORS, cells)))
    assert roster.header.columns[-1].key == key and roster.header.columns[-1].how == "content"
    assert roster.mapping["D"] == key and roster.header.columns[-1].confidence >= SURE


def test_a_title_that_says_nothing(book: Make) -> None:
    roster = rosters.read(book(columns(["业主信息", "栋", "室", "号码一", "号码二"], NAMES, *DOORS, CARDS, PHONES)))
    assert roster.mapping == {
        "业主信息": "name",
        "栋": "building",
        "室": "room",
        "号码一": "id_number",
        "号码二": "phone",
    }


def test_no_header_at_all(book: Make) -> None:
    roster = rosters.read(book(list(zip(NAMES, [f"12-{100 + n}" for n in range(1, 9)], PHONES, CARDS, strict=True))))
    assert roster.header_row == 0 and len(roster.rows) == 8
    assert roster.mapping == {"A": "name", "B": "room", "C": "phone", "D": "id_number"}
    assert roster.rows[0].row == 1 and roster.rows[0].values["building"] == "12号"


@pytest.mark.parametrize("title", ["房东手机", "民警号码", "母亲身份证", "监护人", "单位负责人"])
def test_somebody_else_is_not_the_person(book: Make, title: str) -> None:
    cells = CARDS if "证" in title else NAMES[::-1] if title.endswith("人") else PHONES
    roster = rosters.read(book(columns(["姓名", "楼号", "室号", title], NAMES, *DOORS, cells)))
    assert roster.header.columns[-1].key in ("extra", "extra_sensitive") and title not in roster.mapping
    assert roster.rows[0].values[roster.header.columns[-1].key][title] == str(cells[0])


@pytest.mark.parametrize("title", ["入住时间", "登记日期"])
def test_a_day_with_another_title_is_no_birthday(book: Make, title: str) -> None:
    roster = rosters.read(book(columns(["姓名", "楼号", "室号", title], NAMES, *DOORS, DATES)))
    assert meant(roster)[title] == ("extra", "extra", "birth_date") and "birth_date" not in roster.rows[0].values


def test_titles_that_their_cells_gainsay(book: Make) -> None:
    roster = rosters.read(book(columns(["姓名", "楼号", "室号", "联系电话", "证件号码"], NAMES, *DOORS, CARDS, PHONES)))
    assert (roster.mapping["联系电话"], roster.mapping["证件号码"]) == ("id_number", "phone")
    assert {each.how for each in roster.header.columns[3:]} == {"content"} and roster.findings == []
    chosen = rosters.read(
        book(columns(["姓名", "楼号", "室号", "联系电话"], NAMES, *DOORS, CARDS)), mapping={"联系电话": "phone"}
    )
    assert chosen.mapping["联系电话"] == "phone" and chosen.findings


def test_a_title_is_not_doubted_for_a_few_bad_cells(book: Make) -> None:
    cells = [*PHONES[:5], CARDS[0], "无", "1381"]
    roster = rosters.read(book(columns(["姓名", "楼号", "室号", "联系电话"], NAMES, *DOORS, cells)))
    assert roster.mapping["联系电话"] == "phone"


@pytest.mark.parametrize("text", ["花木路", "安徽省", "汉族", "高中", "江苏", "张", "王建国等人", "101", "培花新村"])
def test_what_is_no_name(text: str) -> None:
    guess = meaning.of_cells([text] * 8)
    assert guess is None or guess.key != "name"


@given(
    st.lists(st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.dates(), st.booleans()), max_size=12),
    st.text(max_size=8),
)
def test_no_cell_breaks_a_guess(cells: list[Any], title: str) -> None:
    guess = meaning.of_cells(cells, title)
    assert guess is None or (guess.key in ROSTER_FIELDS and 0 < guess.confidence <= 1)
    for key in ("phone", "id_number", "name", "sex", "birth_date"):
        meaning.gainsays(key, cells)
    meaning.is_sensitive(title, cells)


# ---------------------------------------------------------------- columns without a field


def test_columns_without_a_field_stay_with_the_row(book: Make) -> None:
    rows = columns(["序号", "姓名", "楼号", "室号", "宠物", "慢性病", "", "志愿者编码", "documents"], range(1, 9), NAMES, *DOORS,
                   ["狗", "", "/", "无", 2.0, "猫\n狗", None, "鱼"], ["高血压", *[""] * 7], [""] * 8, CARDS, ["x"] * 8)  # fmt: skip
    roster = rosters.read(book(rows), mapping={"志愿者编码": "extra_sensitive"})
    first = roster.rows[0].values
    assert first["extra"] == {"宠物": "狗"}
    assert first["extra_sensitive"] == {"慢性病": "高血压", "志愿者编码": CARDS[0], "documents": "x"}
    assert [row.values.get("extra", {}).get("宠物") for row in roster.rows] == [
        "狗",
        None,
        None,
        "无",
        "2",
        "猫 狗",
        None,
        "鱼",
    ]
    assert [each.title for each in roster.header.columns if each.key.startswith("extra")] == [
        "宠物",
        "慢性病",
        "志愿者编码",
        "documents",
    ]
    for row in roster.rows:
        assert value_problem(RESIDENT["extra"], row.values.get("extra")) is None


def test_two_columns_of_one_title(book: Make) -> None:
    roster = rosters.read(book(columns(["姓名", "楼号", "室号", "次数", "次数"], NAMES, *DOORS, ["a"] * 8, ["b"] * 8)))
    assert roster.rows[0].values["extra"] == {"次数": "a", "次数（E）": "b"}
    path = book(columns(["姓名", "楼号", "室号", "次数", "次数"], NAMES, *DOORS, ["a"] * 8, ["b"] * 8))
    told = rosters.read(path, mapping={"次数（E）": "note"}).rows[0].values
    assert (told["note"], told["extra"]) == ("b", {"次数": "a"})


def test_a_file_read_twice_says_nothing_new(book: Make) -> None:
    path = book(columns(["姓名", "楼号", "室号", "宠物", "慢性病"], NAMES, *DOORS, ["狗"] * 8, ["高血压"] * 8))
    first, again = (rosters.read(path).rows[0].values for _ in range(2))
    assert changes(first, again) == {}
    assert changes({**first, "extra": {"宠物": "狗", "车": "有"}}, {"extra": {"宠物": "猫"}}) == {
        "extra": {"宠物": "猫", "车": "有"}
    }
    assert changes(first, {"extra": {"宠物": "猫", "车": "有"}}, "keep") == {"extra": {"宠物": "狗", "车": "有"}}
    assert changes({}, {"extra_sensitive": {"慢性病": "高血压"}}) == {"extra_sensitive": {"慢性病": "高血压"}}


@pytest.mark.parametrize(
    "value", [["狗"], {"宠物": 1}, {"宠物": {"名": "狗"}}, {"宠物": "狗\x00"}, {"documents": "x"}, "狗"]
)
def test_what_arrives_in_other_columns_is_titles_and_texts(value: Any) -> None:
    assert value_problem(RESIDENT["extra"], value) is not None


OTHERS_PHONES = [f"1390000{1000 + n}" for n in range(8)]


@pytest.mark.parametrize(
    "titles",
    [
        ["户主姓名", "楼号", "室号", "成员1姓名", "成员1身份证", "联系电话", "成员1电话"],
        ["产权人", "楼号", "室号", "承租人", "承租人身份证", "产权人电话", "承租人电话"],
        ["姓名", "楼号", "室号", "业主姓名", "业主身份证号", "手机", "业主电话"],
        ["姓名", "楼号", "室号", "女儿", "女儿身份证号码", "电话", "女儿手机号"],
    ],
)
def test_what_is_another_persons_is_kept_beside_the_row(book: Make, titles: list[str]) -> None:
    others = NAMES[::-1]
    roster = rosters.read(book(columns(titles, NAMES, *DOORS, others, CARDS, PHONES, OTHERS_PHONES)))
    first = roster.rows[0].values
    assert first["name"] == NAMES[0] and "documents" not in first and "sex" not in first
    assert [phone["number"] for phone in first["phones"]] == [PHONES[0]]
    assert first["extra"] == {titles[3]: others[0], titles[6]: OTHERS_PHONES[0]}
    assert first["extra_sensitive"] == {titles[4]: CARDS[0]}


@pytest.mark.parametrize("who", ["户主", "产权人", "承租人"])
def test_whose_the_rows_are_its_columns_are_too(book: Make, who: str) -> None:
    titles = [who, "楼号", "室号", f"{who}身份证号", f"{who}电话", "配偶姓名"]
    roster = rosters.read(book(columns(titles, NAMES, *DOORS, CARDS, PHONES, NAMES[::-1])))
    first = roster.rows[0].values
    assert (first["name"], first["documents"][0]["number"]) == (NAMES[0], CARDS[0])
    assert first["phones"][0]["number"] == PHONES[0] and first["extra"] == {"配偶姓名": NAMES[-1]}


def test_a_title_over_others_makes_them_another_persons(book: Make) -> None:
    rows = [
        ["楼号", "室号", "本人", "", "配偶", "", ""],
        ["", "", "姓名", "电话", "姓名", "关系", "电话"],
        ["12号", "101", NAMES[0], PHONES[0], NAMES[1], "妻", PHONES[1]],
        ["12号", "102", NAMES[2], PHONES[2], NAMES[3], "妻", PHONES[3]],
    ]
    first = rosters.read(book(rows)).rows[0].values
    assert [phone["number"] for phone in first["phones"]] == [PHONES[0]] and "relation" not in first
    assert first["extra"] == {"配偶姓名": NAMES[1], "配偶关系": "妻", "配偶电话": PHONES[1]}


def test_an_owners_phone_alone_is_the_rows(book: Make) -> None:
    first = rosters.read(book(columns(["姓名", "楼号", "室号", "业主电话"], NAMES, *DOORS, PHONES))).rows[0].values
    assert first["phones"][0]["number"] == PHONES[0]


@pytest.mark.parametrize("title", ["目前身体状况", "第一针日期", "接种情况", "体检结果"])
def test_health_is_sealed(title: str) -> None:
    assert meaning.is_sensitive(title, ["正常"])


def test_a_door_in_the_first_row_is_no_title(book: Make) -> None:
    roster = rosters.read(
        book(columns(["12号", "101", "周桂英", "13800001999"], ["12号"] * 8, DOORS[1], NAMES, PHONES))
    )
    assert len(roster.rows) == 9 and not roster.rejected
    assert [roster.rows[0].values[key] for key in ("building", "room", "name")] == ["12号", "101", "周桂英"]


@pytest.mark.parametrize("title", ["户号", "房屋编号", "来源"])
def test_a_title_that_may_mean_anything_names_no_field(book: Make, title: str) -> None:
    doors = [f"12号{room}" for room in DOORS[1]]
    rows = columns(["门牌号", title, "姓名"], doors, [f"A-{n}" for n in range(8)], NAMES)
    first = rosters.read(book(rows)).rows[0].values
    assert (first["building"], first["room"]) == ("12号", "101") and first["extra"] == {title: "A-0"}
