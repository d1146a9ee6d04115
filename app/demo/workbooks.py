"""The demo's rosters as committees really keep them: titles, notes, odd spellings, dates as text, phones as floats."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook

from app.demo.street import Committee, Person, Values, a_person

Row = list[Any]
FURTHER = 90


def rosters(committee: Committee, folder: Path, seed: int) -> tuple[list[Path], Path]:
    """Write a committee's rosters and one further that is not imported yet; returns both."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(f"{seed}/rosters/{committee.index}")
    half = len(committee.people) // 2
    while half < len(committee.people) and committee.people[half].values.get("relation") != "户主":
        half += 1
    style = committee.index % 3
    made = [folder / f"{committee.name}人口台账（一）.xlsx"]
    _workbook(made[0], committee, committee.people[:half], STYLES[style], random)
    if style == 2:
        made.append(folder / f"{committee.name}人口台账（二）.csv")
        _text(made[1], committee.people[half:], STYLES[2], random)
    else:
        made.append(folder / f"{committee.name}人口台账（二）.xlsx")
        _workbook(made[1], committee, committee.people[half:], STYLES[style + 1], random, vacant=committee.vacant)
    further = folder / f"{committee.name}返沪人员补充登记.xlsx"
    _further(further, committee, random)
    return made, further


# ---------------------------------------------------------------- how the columns are spelled

Style = list[tuple[str, Callable[[Person, Random], Any]]]


def _phone(person: Person, random: Random) -> Any:
    number = person.values.get("phone", "")
    if not number:
        return ""
    return (
        float(number)
        if random.random() < 0.3
        else f"021-{number}"
        if len(number) == 8 and random.random() < 0.5
        else number
    )


def _born(person: Person, random: Random) -> Any:
    born = person.values.get("birth_date", "")
    if not born:
        return ""
    year, month, day = born.split("-")
    way = random.randrange(5)
    if way == 0:
        return date(int(year), int(month), int(day))
    return (born, f"{year}.{int(month)}.{int(day)}", f"{year}年{int(month)}月{int(day)}日", f"{year}{month}{day}")[
        way - 1
    ]


def _room(person: Person, random: Random) -> Any:
    if not person.room:
        return ""
    return (
        float(person.room)
        if person.room.isdigit() and random.random() < 0.2
        else person.room + random.choice(("", "室"))
    )


def _address(person: Person, random: Random) -> str:
    room = f"{person.room}室" if person.room and random.random() < 0.6 else person.room
    return f"{person.lane}{person.building}{room}"


def _dashed(person: Person, random: Random) -> str:
    number = person.building.removesuffix("号")
    return f"{number}-{person.room}" if person.room.isdigit() else f"{person.building}{person.room}"


def _of(key: str) -> Callable[[Person, Random], Any]:
    return lambda person, random: person.values.get(key, "")


def _party(person: Person, random: Random) -> str:
    return (
        random.choice(("是", "√", "中共党员"))
        if person.values.get("party_member")
        else random.choice(("", "否", "群众"))
    )


_TAIL: Style = [
    ("户籍地址", _of("hukou_address")), ("人员类别", _of("person_class")), ("国籍", _of("nationality")),
    ("党员", _party), ("人群分类", _of("care_groups")), ("人员状态", _of("status")), ("工作单位", _of("workplace")),
    ("户别", _of("household_kind")), ("房屋用途", _of("use")), ("房态", _of("state")),
]  # fmt: skip
STYLES: list[Style] = [
    [("小区名称", lambda p, r: p.estate), ("路弄", lambda p, r: p.lane),
     ("楼号", lambda p, r: p.building if r.random() < 0.5 else p.building.removesuffix("号")), ("室号", _room), ("姓名", _of("name")),
     ("性别", _of("sex")), ("证件类型", _of("id_type")), ("身份证号码", _of("id_number")), ("出生日期", _born), ("联系电话", _phone),
     ("与户主关系", _of("relation")), ("居住类型", _of("residence_kind")), *_TAIL],
    [("姓 名", _of("name")), ("性别", _of("sex")), ("小区", lambda p, r: p.estate), ("现住址", _address), ("证件种类", _of("id_type")),
     ("身份证号", _of("id_number")), ("手机号码", _phone), ("关系", _of("relation")), ("人户情况", _of("residence_kind")), *_TAIL],
    [("小区", lambda p, r: p.estate), ("路名", lambda p, r: p.lane), ("门牌号", _dashed), ("居民姓名", _of("name")), ("性别", _of("sex")),
     ("证件名称", _of("id_type")), ("证件号", _of("id_number")), ("生日", _born), ("电话", _phone), ("与户主的关系", _of("relation")),
     ("居住情况", _of("residence_kind")), *_TAIL],
]  # fmt: skip


def _rows(people: Iterable[Person], style: Style, random: Random) -> Iterable[Row]:
    for person in people:
        yield [column(person, random) for _, column in style]


def _workbook(
    path: Path,
    committee: Committee,
    people: list[Person],
    style: Style,
    random: Random,
    vacant: list[Person] | None = None,
) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append([f"{committee.name}实有人口台账"])
    sheet.append(["填表说明：以户为单位填写；空置房屋只填地址。统计时点 2020年5月25日"])
    sheet.append([title for title, _ in style])
    for row in _rows(people, style, random):
        sheet.append(row)
    for row in _rows(vacant or [], style, random):
        sheet.append(row)
    sheet.append(["合计", len(people)])
    book.save(path)


def _text(path: Path, people: list[Person], style: Style, random: Random) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([title for title, _ in style])
        writer.writerows(_rows(people, style, random))


# ---------------------------------------------------------------- the roster that is still to come


def _further(path: Path, committee: Committee, random: Random) -> None:
    """New arrivals, changed phones, a dead man, one who moved, a number with another name, slips of the pen."""
    heads = [person for person in committee.people if person.values.get("relation") == "户主" and person.room]
    chosen = random.sample(heads, min(len(heads), FURTHER + 20))
    people = [_newcomer(random, person, number) for number, person in enumerate(chosen[:FURTHER])]
    people += [_again(random, person) for person in chosen[FURTHER : FURTHER + 10]]
    people += [_changed(person, {}) for person in committee.people if person.values.get("status") == "去世"][:1]
    if len(chosen) > FURTHER + 13:
        one, two, three = chosen[FURTHER + 10 : FURTHER + 13]
        people.append(Person(two.estate, two.lane, two.building, two.room, 1, dict(one.values)))
        people.append(_changed(two, {"name": "另有其人"}))
        wrong = three.values.get("id_number", "")
        people.append(_newcomer(random, three, 7, wrong[:-1] + ("0" if wrong[-1:] != "0" else "1")))
    style: Style = [
        *STYLES[0], ("返沪日期", _of("arrived_on")), ("出发地", _of("origin")), ("交通方式", _of("transport")),
        ("航班号", _of("transport_no")), ("是否境外", _of("overseas")),
    ]  # fmt: skip
    for person in people:
        person.values.pop("status", None)
    _workbook(path, committee, people, style, random)


def _changed(person: Person, values: Values) -> Person:
    return Person(
        person.estate, person.lane, person.building, person.room, person.household, {**person.values, **values}
    )


def _again(random: Random, person: Person) -> Person:
    return _changed(person, {"phone": f"139{random.randint(10000000, 99999999)}"})


def _newcomer(random: Random, beside: Person, number: int, wrong_id: str = "") -> Person:
    values = a_person(random, random.randint(1965, 2001), None, local=False)
    overseas = beside.values.get("person_class") == "外籍" or number % 9 == 0
    values |= {
        "relation": "其他", "residence_kind": "实住", "arrived_on": f"2020年5月{random.randint(8, 24)}日",
        "origin": random.choice(("英国伦敦", "美国纽约", "日本东京")) if overseas else random.choice(("湖北武汉", "黑龙江哈尔滨", "北京")),
        "transport": "飞机" if overseas else "高铁", "overseas": "是" if overseas else "否",
        "transport_no": f"MU{random.randint(200, 799)}" if overseas else f"G{random.randint(10, 1999)}",
    }  # fmt: skip
    if number == 3:
        values["arrived_on"] = "2月30日"
    if number == 5:
        values["phone"] = "1391234"
    if wrong_id:
        values["id_number"] = wrong_id
    return Person(beside.estate, beside.lane, beside.building, beside.room, 1, values)


def big(path: Path, people: Iterable[Person]) -> int:
    """One clean street-size workbook of 13 columns for the benchmark; returns its number of rows."""
    keys = ("name", "sex", "id_number", "phone", "relation", "residence_kind", "hukou_address", "party_member")
    titles = [
        "小区",
        "路弄",
        "楼号",
        "室号",
        "姓名",
        "性别",
        "身份证号",
        "联系电话",
        "与户主关系",
        "居住类型",
        "户籍地址",
        "是否党员",
        "备注",
    ]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("居民")
    sheet.append(titles)
    count = 0
    for person in people:
        values = person.values
        cells = [("是" if values.get(key) else "否") if key == "party_member" else values.get(key, "") for key in keys]
        sheet.append([person.estate, person.lane, person.building, person.room, *cells, ""])
        count += 1
    book.save(path)
    return count
