"""Committees, estates, buildings and the people behind their doors, from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from app.demo import names
from app.domain.documents import check_digit

Values = dict[str, Any]
TODAY = "2020-05-25"
GROUPS = ("培花", "联洋", "牡丹", "由由", "钦洋", "东城")
RETIRED = "310115016024"
PER_COMMITTEE = 4_237
"""250,000 residents over 59 committees."""
REGIONS_LOCAL = ("310115", "310115", "310115", "310105", "310104", "310101", "310110")
REGIONS_OLD = ("310119", "310224", "310115", "310225")  # 川沙 and 南汇, as cards of older residents still say
REGIONS_ELSEWHERE = ("320602", "340104", "330203", "362302", "411525", "422801", "510121", "370102")
PROVINCES = (
    "江苏省南通市",
    "安徽省合肥市",
    "浙江省宁波市",
    "江西省上饶市",
    "河南省信阳市",
    "湖北省恩施州",
    "四川省成都市",
    "山东省济南市",
)
ROADS = (
    "牡丹路",
    "丁香路",
    "梅花路",
    "玉兰路",
    "长柳路",
    "白杨路",
    "芳甸路",
    "锦绣路",
    "东绣路",
    "海桐路",
    "石楠路",
    "合欢路",
)


@dataclass(slots=True)
class Person:
    """One resident, with the door in words. `values`: by roster field."""

    estate: str
    lane: str
    building: str
    room: str
    household: int
    values: Values


@dataclass(slots=True)
class Committee:
    """One committee with all its people, in walking order. `index` counts from 0 over the street."""

    index: int
    code: str
    name: str
    group: str
    people: list[Person] = field(default_factory=list)
    vacant: list[Person] = field(default_factory=list)


def committees(count: int, residents: int, seed: int) -> Iterator[Committee]:
    """The first `count` committees of the street with about `residents` people in all."""
    each = max(60, residents // count)
    for index in range(count):
        yield committee(index, each, seed)


def code_of(index: int) -> str:
    number = index + 1 if index + 1 < 24 else index + 2
    return f"310115016{number:03d}"


def name_of(index: int) -> str:
    group = GROUPS[index % len(GROUPS)]
    ordinal = "一二三四五六七八九十"
    return (
        f"{group}{'新村' if group in ('培花', '牡丹', '由由', '东城') else ''}第{ordinal[index // len(GROUPS)]}居委会"
    )


def committee(index: int, residents: int, seed: int) -> Committee:
    """One committee, the same for the same index, size and seed."""
    random = Random(f"{seed}/{index}/{residents}")
    made = Committee(index, code_of(index), name_of(index), GROUPS[index % len(GROUPS)])
    tall = made.group in ("联洋", "钦洋")
    estate = 0
    while len(made.people) < residents and estate < 9:
        estate += 1
        _estate(made, random, estate, tall, residents)
    _particulars(made, random)
    return made


def _estate(made: Committee, random: Random, number: int, tall: bool, residents: int) -> None:
    """An estate of one lane; the first of 联洋 has three (丁香路901、999、1089弄 as a shape)."""
    name = f"{made.group}{'花园' if tall else '新村'}{'一二三四五六七八九'[number - 1]}{'期' if tall else '小区'}"
    lanes = 3 if tall and number == 1 else 1
    road = ROADS[(made.index * 3 + number) % len(ROADS)]
    first = 100 + made.index * 40 + number * 7
    for lane in range(lanes):
        lane_name = f"{road}{first + lane * 98}弄"
        count = random.randint(4, 8) if tall else random.randint(20, 40)
        share = residents * (lane + 1) // 6 if lanes == 3 else residents
        for building in range(1, count + 1):
            if len(made.people) >= share:
                break
            _building(made, random, name, lane_name, f"{building}号", tall)
    if tall:
        _villas(made, random, name, f"{road}{first + 300}弄", residents)


def _building(made: Committee, random: Random, estate: str, lane: str, number: str, tall: bool) -> None:
    floors = random.choice((11, 18, 33)) if tall else 6  # [mem]
    doors = random.choice((2, 3, 4))
    shop = random.random() < 0.05
    for floor in range(1, floors + 1):
        for door in range(1, doors + 1):
            room = f"{floor}{door:02d}"
            if shop and floor == 1:
                _shop(made, random, estate, lane, number, room)
            elif random.random() < 0.065:  # vacant 5–8 % [mem]
                made.vacant.append(Person(estate, lane, number, room, 0, {"state": "空置"}))
            else:
                _door(made, random, estate, lane, number, room, tall)


def _villas(made: Committee, random: Random, estate: str, lane: str, residents: int) -> None:
    for number in range(1, 13):
        if len(made.people) < residents:
            _door(made, random, estate, lane, f"{number}号", "", True)


def _shop(made: Committee, random: Random, estate: str, lane: str, number: str, room: str) -> None:
    keeper = a_person(random, 1970 + random.randint(0, 25), None, local=False)
    keeper |= {
        "relation": "户主",
        "residence_kind": "工作",
        "occupation": "个体经营",
        "household_kind": "商户",
        "use": "商铺",
    }
    made.people.append(Person(estate, lane, number, room, 1, keeper))


def _door(made: Committee, random: Random, estate: str, lane: str, number: str, room: str, tall: bool) -> None:
    kind = random.random()
    if tall and random.random() < 0.22:  # foreign and 港澳台 15–25 % in 联洋 [mem]
        people = list(_foreign(random))
    elif kind < 0.24:  # a quarter let [mem]
        people = list(_tenants(random))
    elif kind < 0.30:
        people = [*_family(random, tall), *_tenants(random)]
    else:
        people = list(_family(random, tall))
    household = 0
    for person in people:
        if person["relation"] == "户主":
            household += 1
        made.people.append(Person(estate, lane, number, room, household, person))


# ---------------------------------------------------------------- people


def id_number(random: Random, region: str, born: str, sex: str) -> str:
    order = random.randint(1, 499) * 2 + (1 if sex == "男" else 0)
    first = f"{region}{born.replace('-', '')}{order:03d}"
    return first + check_digit(first)


def phone(random: Random, birth_year: int) -> str:
    if birth_year < 1950 and random.random() < 0.5:
        return f"{random.choice(('58', '50', '68'))}{random.randint(100000, 999999)}"
    return f"1{random.choice(('39', '38', '37', '36', '50', '86', '77', '56'))}{random.randint(10000000, 99999999)}"


def a_person(random: Random, birth_year: int, sex: str | None, *, local: bool, surname: str = "") -> Values:
    sex = sex or random.choice(("男", "女"))
    born = f"{birth_year}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    name = names.chinese(random, sex, birth_year)
    if surname:
        name = surname + name[1:]
    old = local and birth_year < 1960 and random.random() < 0.35
    region = random.choice(REGIONS_OLD if old else REGIONS_LOCAL if local else REGIONS_ELSEWHERE)
    values: Values = {
        "name": name, "sex": sex, "birth_date": born, "id_number": id_number(random, region, born, sex),
        "person_class": "户籍居民" if local else "外省市来沪",
    }  # fmt: skip
    if birth_year < 2010:
        values["phone"] = phone(random, birth_year)
    if not local:
        values["hukou_address"] = PROVINCES[REGIONS_ELSEWHERE.index(region)]
    if birth_year < 2000 and random.random() < 0.1:  # party members about 8 % of all [mem]
        values["party_member"] = True
    if random.random() < 0.03:
        values["care_groups"] = "残疾"
    return values


def _family(random: Random, tall: bool) -> Iterator[Values]:
    old = random.random() < (0.2 if tall else 0.5)  # 60+ 10–15 % in towers, 30–38 % in slabs [mem]
    year = random.randint(1932, 1958) if old else random.randint(1962, 1992)
    head = a_person(random, year, "男" if random.random() < 0.7 else "女", local=random.random() < 0.85)
    head |= {"relation": "户主", "residence_kind": "实住"}
    if old and random.random() < 0.12:  # living alone [mem]
        yield head | {"care_groups": "独居"}
        return
    yield head
    partner = a_person(random, year + random.randint(-4, 5), "女" if head["sex"] == "男" else "男",
                      local=head["person_class"] == "户籍居民")  # fmt: skip
    yield partner | {"relation": "配偶", "residence_kind": "实住"}
    for _ in range(random.choice((0, 1, 1, 2))):
        child = a_person(random, year + random.randint(24, 32), None, local=True, surname=head["name"][0])
        away = random.random() < 0.2  # 人户分离 about 20 % [mem]
        yield child | {"relation": "子" if child["sex"] == "男" else "女", "residence_kind": "户籍" if away else "实住"}


def _tenants(random: Random) -> Iterator[Values]:
    for index in range(random.choice((1, 2, 2, 3))):
        tenant = a_person(random, random.randint(1975, 1999), None, local=random.random() < 0.15)
        relation = "户主" if index == 0 else random.choice(("配偶", "合租人"))
        yield tenant | {
            "relation": relation,
            "residence_kind": "承租",
            "workplace": random.choice(("张江科技公司", "陆家嘴餐饮公司", "自由职业")),
        }


def _foreign(random: Random) -> Iterator[Values]:
    for index in range(random.choice((1, 2, 2, 3))):
        name, nationality, sex = random.choice(names.FOREIGN)
        yield {
            "name": name, "sex": sex, "birth_date": f"{random.randint(1965, 1995)}-{random.randint(1, 12):02d}-15",
            "id_type": "护照", "id_number": f"{random.choice('EKMPT')}{random.randint(1000000, 99999999)}",
            "person_class": "外籍", "nationality": nationality, "relation": "户主" if index == 0 else "合租人",
            "residence_kind": "承租", "phone": phone(random, 1980),
        }  # fmt: skip


# ---------------------------------------------------------------- what a believable street must contain


def _particulars(made: Committee, random: Random) -> None:
    """Twins, father and son who sound alike, a · name, a rare character, a shared phone, a dead man, a dormitory."""
    local = [person for person in made.people if person.values.get("person_class") == "户籍居民"]
    heads = [person for person in local if person.values["relation"] == "户主"]
    some = random.sample(heads, min(8, len(heads)))
    if len(some) < 8:
        return
    _twins(made, random, some[0])
    some[1].values["name"] = names.MINORITY[made.index % len(names.MINORITY)]
    some[2].values["name"] = some[2].values["name"][0] + names.RARE
    some[3].values["status"] = "去世"
    beside = [person for person in made.people if _same_door(person, some[4])]
    for person in beside:
        person.values["phone"] = some[4].values.get("phone", "58881234")
    son = a_person(random, 1985, "男", local=True, surname=some[5].values["name"][0])
    some[5].values["name"], son["name"] = some[5].values["name"][0] + "志明", some[5].values["name"][0] + "治明"
    made.people.insert(
        made.people.index(some[5]) + 1, _beside(some[5], son | {"relation": "子", "residence_kind": "实住"})
    )
    for number in range(6):
        worker = a_person(random, 1990 + number, "男", local=False)
        worker |= {"relation": "员工", "residence_kind": "工作", "household_kind": "集体户", "use": "集体宿舍"}
        made.people.append(Person(some[6].estate, some[6].lane, some[6].building, "底层", 1, worker))


def _twins(made: Committee, random: Random, parent: Person) -> None:
    born = f"2012-{random.randint(1, 12):02d}-08"
    for name in ("子轩", "子涵"):
        child = a_person(random, 2012, "男", local=True)
        child |= {
            "name": parent.values["name"][0] + name,
            "birth_date": born,
            "id_number": id_number(random, "310115", born, "男"),
        }
        made.people.insert(
            made.people.index(parent) + 1, _beside(parent, child | {"relation": "子", "residence_kind": "实住"})
        )


def _beside(person: Person, values: Values) -> Person:
    return Person(person.estate, person.lane, person.building, person.room, person.household, values)


def _same_door(one: Person, other: Person) -> bool:
    return (one.lane, one.building, one.room) == (other.lane, other.building, other.room)
