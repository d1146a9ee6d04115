"""What may stand between {{ and }} in a form: fields of a row's unit, and counts with conditions.

A mark is a field's key or title (`name`, `姓名`) or a count: `实有人口`, `实有人口:性别=女,年龄>=60`,
`实有人口:人群分类=独居|孤老`. Whose rows a sheet has is its unit: a person, a household, a building …
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from app.domain.fields import (
    ARRIVAL,
    BUILDING,
    COMMITTEE,
    ENTITIES,
    ESTATE,
    HOUSEHOLD,
    ISOLATION_CASE,
    RESIDENT,
    ROSTER_FIELDS,
    Entity,
    Field,
    Type,
)
from app.domain.findings import UserError
from app.domain.sorting import natural
from app.domain.values import parse as parse_value

OPERATORS = ("!=", "<=", ">=", "=", "<", ">", "含")
ONCE = {
    "count": "人数", "today": "填表日期", "maker": "填表人", "committee.name": "居委会名称", "committee.code": "居委会代码",
    "统计时点": "统计时点", "数据截至": "数据截至", "零报告": "零报告（没有记录时）", "更正": "更正（更正报送时）",
    "index": "序号",
}  # fmt: skip
"""Marks of the whole form; `index` stands in a row and is always there."""
PEOPLE_COUNTS = ("实有人口", "户籍人口", "常住人口", "户数")
CASE_COUNTS = ("昨日在管", "今日新增", "解除", "转出", "今日在管")
ARRIVAL_COUNTS = ("今日抵沪",)
COUNTS = (*PEOPLE_COUNTS, *CASE_COUNTS, *ARRIVAL_COUNTS)
_COUNT_NAMES = {name: name for name in COUNTS} | {
    "新增": "今日新增", "今日解除": "解除", "今日转出": "转出", "实有": "实有人口", "户籍": "户籍人口", "常住": "常住人口",
}  # fmt: skip
DOOR = ("estate", "lane", "building", "unit", "room", "floor", "use", "state", "household_label", "household_kind")
DERIVED = {
    "path": "地址", "age": "年龄", "situation": "人户情况", "class": "人员类别", "elder_alone": "独居老人",
}  # fmt: skip
_NUMBERS = frozenset({
    "age", "persons", "dwellings", "households", "buildings", "estates", "day", "days", "total_day", "total_days",
    "birth_year",
})  # fmt: skip
"""Derived columns that hold numbers."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a unit. level: as the catalogue says; field: of the catalogue, None where it is derived."""

    key: str
    title: str
    level: int = 2
    field: Field | None = None

    @property
    def is_number(self) -> bool:
        if self.field is not None:
            return self.field.type in (Type.INTEGER, Type.YEAR)
        return self.key in _NUMBERS


@dataclass(frozen=True, slots=True)
class Unit:
    """What a sheet has one row of. counting: may count marks stand in its rows?"""

    key: str
    title: str
    columns: Mapping[str, Column]
    counting: bool = False

    def named(self, name: str) -> Column | None:
        """The column of a key or a title."""
        if name in self.columns:
            return self.columns[name]
        return next((each for each in self.columns.values() if each.title == name), None)


@dataclass(frozen=True, slots=True)
class Condition:
    """field: key within a unit; values: one of them must match. Comparisons take the first."""

    field: str
    operator: str
    values: tuple[Any, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A count mark. name: of COUNTS; conditions: of the persons (or cases) that it counts."""

    name: str
    conditions: tuple[Condition, ...] = ()

    @property
    def is_case(self) -> bool:
        return self.name in CASE_COUNTS


# ---------------------------------------------------------------- units


def _of(entity: Entity, but: Collection[str] = ()) -> dict[str, Column]:
    return {
        field.key: Column(field.key, field.title, 3 if field.level >= 3 else field.level, field)
        for field in entity
        if field.type is not Type.REFERENCE and field.key not in but and (field.type is not Type.JSON or field.in_form)
    }


def _derived(titles: Mapping[str, str], level: int = 2) -> dict[str, Column]:
    return {key: Column(key, title, level) for key, title in titles.items()}


def _doors(*keys: str) -> dict[str, Column]:
    return {key: Column(key, ROSTER_FIELDS[key].title, 2, ROSTER_FIELDS[key]) for key in keys or DOOR}


@cache
def units() -> dict[str, Unit]:
    """All units by key; the first one is what a form means that does not say otherwise."""
    person = {
        key: Column(key, RESIDENT[key].title, RESIDENT[key].level, RESIDENT[key])
        for key in (field.key for field in RESIDENT if field.type is not Type.REFERENCE)
    }
    area = _derived({"committee": "居委会"}, 1)
    person |= _doors() | _derived(DERIVED) | area
    household = _derived({"path": "地址", "head": "户主", "head_phone": "户主电话", "persons": "人数"})
    household |= _doors() | _of(HOUSEHOLD, ("kind", "label")) | area
    building = _derived({"path": "地址", "dwellings": "房屋数", "households": "户数", "persons": "人数"}, 1)
    building |= _doors("estate", "lane", "building") | {"name": Column("name", "楼号", 1)}
    building |= _of(BUILDING, ("lane", "number", "geometry")) | area
    estate = _of(ESTATE, ("geometry",)) | _derived(
        {"path": "地址", "buildings": "楼栋数", "dwellings": "房屋数", "households": "户数", "persons": "人数"}, 1
    ) | area  # fmt: skip
    committee = _of(COMMITTEE, ("geometry",)) | _derived(
        {"path": "地址", "group_name": "片区", "data_until": "数据截至", "old": "数据陈旧", "estates": "小区数", "buildings": "楼栋数",
         "dwellings": "房屋数", "households": "户数", "persons": "人数"}, 1,
    )  # fmt: skip
    case = _of(ISOLATION_CASE, ("stages",)) | _derived({
        "end": "期满日期", "day": "第几天", "days": "本阶段天数", "total_day": "累计天数", "total_days": "总天数",
        "measure": "措施", "place": "隔离地点", "stage": "第几阶段",
    })  # fmt: skip
    arrival = _of(ARRIVAL)
    made = (
        Unit("resident", "每人一行", person), Unit("household", "每户一行", household, True),
        Unit("building", "每号一行", building, True), Unit("estate", "每小区一行", estate, True),
        Unit("committee", "每居委会一行", committee, True), Unit("arrival", "每条来沪返沪登记一行", person | arrival),
        Unit("isolation_case", "每条隔离一行", person | case),
    )  # fmt: skip
    return {each.key: each for each in made}


PLAIN = {
    "building": frozenset({
        "path", "name", "estate", "lane", "building", "committee", "dwellings", "households", "persons",
    }),
    "estate": frozenset({"path", "name", "kind", "committee", "buildings", "dwellings", "households", "persons"}),
    "committee": frozenset({
        "name", "path", "code", "group_name", "data_until", "old", "estates", "buildings", "dwellings", "households", "persons",
    }),
}  # fmt: skip
"""Columns that name no person: what a form of totals alone may ask for, by unit."""


def unit_named(key: str) -> Unit:
    """A unit by key or entity title. Raises UserError("unit-unknown")."""
    found = units().get(key) or next((u for u in units().values() if key in (u.title, ENTITIES[u.key].title)), None)
    if found is None:
        raise UserError("unit-unknown", unit=key, known="、".join(units()))
    return found


def guess(rows: Iterable[Set[str]], prefer: str = "building") -> Unit:
    """Whose rows a sheet has, by the marks of each of its lines: a person's, if they can be.

    A line with counts among its fields has a unit that counts are made for; prefer: which of them, where the marks
    leave it open. Marks that belong to no unit at all are left to whoever checks them.
    """
    lines = [({name for name in line if not is_once(name)}, any(parse_or_none(name) for name in line)) for line in rows]
    able = [
        unit for unit in units().values()
        if all(_fits(unit, line, counted) for line, counted in lines)
        and any(unit.named(name) and not parse_or_none(name) for line, _ in lines for name in line)
    ]  # fmt: skip
    if any(counted and not all(map(parse_or_none, line)) for line, counted in lines):
        able.sort(key=lambda unit: (unit.key != prefer, unit.key == "household"))
    return able[0] if able else units()["resident"]


def is_once(name: str) -> bool:
    """Is it filled once, by key or title?"""
    return name in ONCE or name in ONCE.values()


def _fits(unit: Unit, line: Set[str], counted: bool) -> bool:
    names = {name for name in line if parse_or_none(name) is None}
    if any(unit.named(name) is None for name in names):
        return False
    return unit.counting or not (counted and names)


# ---------------------------------------------------------------- reading a mark


def parse(mark: str) -> Count | None:
    """The count that a mark asks for, None if it begins with no count's name.

    Raises UserError: condition-unknown (a field nobody knows), condition-invalid (no comparison, no value).
    """
    text = unicodedata.normalize("NFKC", mark).strip()
    name, _, rest = text.partition(":")
    known = _COUNT_NAMES.get(name.strip())
    if known is None:
        return None
    unit = units()["isolation_case" if known in CASE_COUNTS else "arrival" if known in ARRIVAL_COUNTS else "resident"]
    parts = [part for part in re.split(r"[,;、]", rest) if part.strip()]
    return Count(known, tuple(condition(unit, part, mark) for part in parts))


def parse_or_none(mark: str) -> Count | None:
    """The same, where a count that cannot be read is none."""
    try:
        return parse(mark)
    except UserError:
        return None


_PAIR = re.compile(r"^(.+?)\s*(!=|<=|>=|≠|≤|≥|<>|=|<|>|含)\s*(.+)$")
_SAME = {"≠": "!=", "<>": "!=", "≤": "<=", "≥": ">="}


_ASKED = re.compile(r"\s*(.+?)\s*(!=|<=|>=|≠|≤|≥|<>|[=＝<＜>＞]|含)\s*(.*?)\s*")


def asked(text: str) -> tuple[str, str, str] | None:
    """(field, operator, value) of a condition as people write it: 年龄>=60, 姓名含王, 备注= (says nothing); else None."""
    found = _ASKED.fullmatch(text)
    if not found:
        return None
    operator = unicodedata.normalize("NFKC", found[2])
    return found[1], _SAME.get(operator, operator), found[3]


def condition(unit: Unit, text: str, mark: str = "") -> Condition:
    """`性别=女` of a unit's rows. Raises UserError: condition-invalid, condition-unknown."""
    found = _PAIR.match(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise UserError("condition-invalid", text=text.strip(), mark=mark)
    operator = _SAME.get(found[2], found[2])
    column = unit.named(found[1].strip())
    if column is None:
        raise UserError("condition-unknown", field=found[1].strip(), mark=mark, near=nearest(found[1].strip(), unit))
    return Condition(column.key, operator, values_of(column, operator, found[3]), text.strip())


def values_of(column: Column, operator: str, text: str) -> tuple[Any, ...]:
    """What is compared with, read as the field's values are; alternatives are parted by |."""
    return tuple(_value(column, operator, part.strip()) for part in text.split("|") if part.strip()) or ("",)


def _value(column: Column, operator: str, text: str) -> Any:
    if column.field is None or operator == "含":
        return int(text) if column.is_number and re.fullmatch(r"-?\d+", text) else text
    value = parse_value(column.field, text).value
    return text if value is None else value


def holds(shown: Mapping[str, Any], asked: Condition) -> bool:
    """Does a row's value satisfy a condition? A value that is not there satisfies only "is not"."""
    value = shown.get(asked.field)
    if asked.operator == "!=":
        return not any(_same(value, each) for each in asked.values)
    if asked.operator == "=":
        return any(_same(value, each) for each in asked.values)
    if value is None:
        return False
    if asked.operator == "含":
        text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        return any(str(each) in text for each in asked.values)
    return _compared(value, asked.operator, asked.values[0])


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return wanted in value or (isinstance(wanted, list) and set(map(str, wanted)) <= set(map(str, value)))
    if isinstance(wanted, bool):
        return bool(value) is wanted
    return value == wanted or str(value) == str(wanted)


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _compared(value: Any, operator: str, wanted: Any) -> bool:
    number, other = _number(value), _number(wanted)
    if number is not None and other is not None:
        return _ORDER[operator](number, other)
    return _ORDER[operator](natural(str(value)), natural(str(wanted)))


def _number(value: Any) -> float | None:
    if isinstance(value, date):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def nearest(name: str, unit: Unit) -> str:
    """The key, title or count most like a mark that nobody knows; "" where nothing is near."""
    from rapidfuzz import fuzz, process  # only a wrong form needs it

    known = [*ONCE, *COUNTS, *(text for column in unit.columns.values() for text in (column.key, column.title))]
    found = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=50)
    return str(found[0]) if found else ""
