"""What the words of a superior's form stand for: a column's title, a label, the label of a line.

Pure words to marks (`report_marks`); where they stand in a workbook is found by `exchange.learning`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from app.domain import addresses, report_marks
from app.domain import titles as words
from app.domain.fields import RESIDENT, ROSTER_FIELDS, Type
from app.domain.synonyms import known_as

ONCE = {
    "maker": ("填表人", "制表人", "填报人", "经办人", "报送人", "制表", "填表", "报表人"),
    "today": ("填表日期", "填报日期", "报送日期", "制表日期", "上报日期", "日期", "填表时间", "填报时间", "报送时间"),
    "统计时点": ("统计时点", "统计时间", "截至时间", "截止时间", "数据截至", "数据时间", "截至"),
    "committee.name": ("填报单位", "单位名称", "居委会", "居委", "报送单位", "社区名称", "居民区", "所属居委", "单位", "社区", "填表单位", "居委会名称"),
    "committee.code": ("居委会代码", "区划代码", "单位代码"),
}  # fmt: skip
"""Mark -> labels that ask for it, once on a sheet."""
_PLACES = (
    (re.compile(r"居委|居民区|社区|村居"), "居委会"), (re.compile(r"小区"), "小区"),
    (re.compile(r"楼号|楼栋|门洞|门牌|幢|^号$|^楼$"), "楼号"), (re.compile(r"路弄|弄$|里弄"), "路弄"),
)  # fmt: skip
_AGE = re.compile(
    r"(\d{1,3})(?:周?岁)?(?:[-~至到—](\d{1,3})周?岁|周?岁?(?:及以上|以上|及其以上)|周?岁?(?P<below>以下|及以下)|\+)"
)
_EMPTY = ("老人", "老年人", "人员", "人数", "居民", "人口", "人", "数", "的", "户")
_OF_AN_AGE = ("儿童", "少年儿童", "少儿", "青少年", "幼儿", "婴幼儿", "未成年人", "高龄老人")
"""Words that say with an age what the age says already."""
_OF_COUNTS = ("sex", "residence_kind", "person_class", "status", "care_groups", "education", "ethnicity")


def condition(label: str, title: str = "") -> str | None:
    """`性别=女` for 女, `年龄>=60` for 60岁以上, `楼号=12号` for 12号 in a column 楼号; None if it narrows nothing we know."""
    text = _bare(label)
    for pattern, field in _PLACES:
        if title and pattern.search(title) and text:
            return f"{field}={_place(field, text)}"
    if _count_named(text):
        return None  # 户籍人口 is a count, no condition
    if _HOUSE.fullmatch(text):
        return f"楼号={_place('楼号', text)}"
    found: list[str] = []
    if aged := _AGE.search(text):
        found.append(_aged(aged))
        text = (text[: aged.start()] + text[aged.end() :]).strip("的（）()")
        text = "" if text in _OF_AN_AGE else text
    rest = _stripped(text)
    if not rest:
        return ",".join(found) or None
    word = _word(rest)
    return ",".join([*found, word]) if word else None


_LEADING = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．]|其中[:：]?|[—-]{1,2})+")
"""`（一）`, `1、`, `其中：` before what a line is about."""
_HOUSE = re.compile(r"\d{1,4}号楼?")


def _bare(label: str) -> str:
    return _LEADING.sub("", "".join(label.split())).strip("（）()：:")


def _place(field: str, text: str) -> str:
    if field == "楼号":
        return addresses.building(text)
    return addresses.lane(text) if field == "路弄" else text


def _aged(found: re.Match[str]) -> str:
    low, high = found[1], found[2]
    if high:
        return f"年龄>={low},年龄<={high}"
    if found["below"]:
        return f"年龄<{low}" if found["below"] == "以下" else f"年龄<={low}"
    return f"年龄>={low}"


def _stripped(text: str) -> str:
    for word in _EMPTY:
        text = text.removeprefix(word) if text == word else text
    return "" if text in _EMPTY else text


@cache
def _word(text: str) -> str:
    """`人群分类=独居` for 独居老人: a choice of a field that is counted by."""
    bare = [text, *(text.removesuffix(end) for end in _EMPTY if text.endswith(end) and len(text) > len(end))]
    for each in bare:
        if each in ("党员", "中共党员"):
            return "党员=是"
        for key in _OF_COUNTS:
            field = RESIDENT[key]
            choice = each if each in field.choices else known_as(key, each)
            if choice and choice in field.choices:
                return f"{field.title}={choice}"
    return ""


def label(text: str) -> str | None:
    """The mark that a label asks for, filled once: 填表人 → maker."""
    bare = re.sub(r"[\s（）()：:]", "", text)
    for mark, labels in ONCE.items():
        if bare in labels:
            return mark
    return None


# ---------------------------------------------------------------- several words together: what a cell counts

NEUTRAL = frozenset({
    "", "其中", "小计", "合计", "总计", "计", "共计", "总数", "人数", "数量", "数", "人", "户籍", "项目", "指标", "情况", "类别", "分类", "人口",
    "人员", "居民", "年龄段", "年龄结构", "性别结构", "按性别", "按年龄", "按性别分", "按年龄分", "人口情况", "人员情况", "人员结构", "本期", "人员类别", "人群", "内容", "统计项目", "今日", "当日", "重点人群",
    "特殊人群", "人口构成", "人口结构",
})  # fmt: skip
"""Words around what is counted that narrow nothing."""


def counted(texts: Iterable[str], where: Iterable[str] = ()) -> str | None:
    """The count mark of a cell from all words that stand over and beside it: 60岁以上, 其中：男 → 实有人口:年龄>=60,性别=男.

    where: conditions beside them. None where one of the words is not understood, or none of them counts.
    """
    base, asked = "", list(where)
    for text in texts:
        bare = _bare(text)
        if bare in NEUTRAL or bare in _field_titles():
            continue
        if (name := _count_named(bare)) and not (base and name != base):
            base = name
        elif found := condition(bare):
            asked += [each for each in found.split(",") if each not in asked]
        else:
            return None
    if not base and not asked:
        return None
    return f"{base or BASE}:{','.join(asked)}" if asked else base


@cache
def _field_titles() -> frozenset[str]:
    return frozenset(RESIDENT[key].title for key in _OF_COUNTS) | {"年龄"}


@cache
def _count_named(text: str) -> str | None:
    return next((name for name, others in _COUNTS.items() if text == name or text in others), None)


# ---------------------------------------------------------------- titles of columns

_MORE: dict[str, dict[str, tuple[str, ...]]] = {
    "household": {"head": ("户主姓名", "户主", "联系人"), "persons": ("人数", "家庭人口", "户内人数", "人口数"), "path": ("住址", "详细地址")},
    "building": {"name": ("楼栋", "门牌号", "楼幢", "门洞", "幢号"), "persons": ("人数",), "households": ("居民户数",)},
    "estate": {"name": ("小区", "小区名称"), "persons": ("人数",)},
    "committee": {"name": ("居委会", "居委会名称", "居民区", "居委", "社区", "社区名称", "单位名称"), "persons": ("人数",)},
    "isolation_case": {
        "start": ("隔离开始日期", "开始隔离日期", "隔离起始日期", "起始日期", "观察开始日期"),
        "end": ("隔离结束日期", "预计解除日期", "拟解除日期", "期满日期", "应解除日期"), "closed_on": ("解除日期", "解除时间"),
        "day": ("第几天", "隔离天数", "已隔离天数"), "measure": ("隔离方式", "管控措施"), "place": ("隔离地点",),
    },
}  # fmt: skip
"""What a unit's columns are called beyond their own titles."""
_COUNTS = {
    "实有人口": ("实有人数", "实有人口数", "现有人口", "居住人数", "总人数", "居民人数", "人口总数", "实有人口中", "人口数", "总人口", "总人口数"), "户籍人口": ("户籍人数", "户籍人口数", "户籍人口中"),
    "常住人口": ("常住人数", "常住人口数", "常住人口中"), "户数": ("总户数", "居民户数", "住户数", "户数合计"),
    "昨日在管": ("昨日在管人数", "昨日累计在管", "昨日人数", "上日在管"), "今日新增": ("新增", "新增人数", "今日新增人数", "当日新增", "新增在管"),
    "解除": ("今日解除", "解除人数", "当日解除", "解除隔离人数", "今日解除人数"), "转出": ("今日转出", "转出人数", "转集中"),
    "今日在管": ("在管", "在管人数", "现有在管", "目前在管", "今日在管人数", "居家隔离人数", "正在隔离人数", "在管总数"),
    "今日抵沪": ("今日抵沪人数", "今日到沪", "当日抵沪", "今日返沪人数"),
}  # fmt: skip
"""Count -> what else its column is called."""
_EVERYWHERE = {
    "index": ("序号", "编号", "次序"), "committee.name": ("居委会", "居委会名称", "所属居委", "居民区", "所属居委会"),
    "maker": ("填表人", "登记人", "填报人"), "today": ("填表日期", "填报日期", "登记日期"), "统计时点": ("统计时点",),
}  # fmt: skip
SURE = words.SURE
BASE = "实有人口"
NARROWED = 0.8
"""How sure a column is whose title names only whom it counts: 男, 60岁以上."""


@cache
def titles(unit: str) -> dict[str, tuple[str, ...]]:
    """{mark: its titles, its own first} of everything that may stand in a row of a unit."""
    of = report_marks.units()[unit]
    more = _MORE.get(unit, {})
    known = {name: (name, *others) for name, others in _COUNTS.items()} if of.counting else {}
    known |= {
        column.key: (column.title, *more.get(column.key, ()), *(column.field.aliases if column.field else ()))
        for column in of.columns.values()
        if column.field is None or column.field.type is not Type.RECORDS
    }
    known["path"] = (*known.get("path", ()), *ROSTER_FIELDS["address"].aliases)
    for name, others in _EVERYWHERE.items():
        known.setdefault(name, others)
    return known


@cache
def _all_titles() -> frozenset[str]:
    return frozenset(
        words.plain(title) for unit in report_marks.units() for several in titles(unit).values() for title in several
    )


def is_title(text: str) -> bool:
    """Is it a title as it stands, of whatever unit? Cheap: it is asked of every cell of a long list."""
    return any(spelling in _all_titles() for spelling in words.spellings(text))


_COMPARED = re.compile(r"[%％]|占比|比例|百分比|同比|环比|比上|较上|较昨|增长|增幅|上周|上月|上年|去年|应[报登]|率$")
_SAME = words.ALIAS
"""Below this a title with such a word (同比, 占比) is not one of ours: it is left alone."""


@cache
def column(title: str, unit: str) -> tuple[str, float] | None:
    """(mark, confidence) of a column's title in rows of a unit; None for words that ask for nothing we have."""
    found = words.nearest(title, titles(unit))
    if _COMPARED.search(title) and (found is None or found[1] < _SAME):
        return None
    sure = found is not None and found[1] >= words.SURE
    if not sure and report_marks.units()[unit].counting and (narrowed := counted([title])):
        return narrowed, NARROWED
    return found[:2] if found else None
