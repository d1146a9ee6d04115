"""What a column means by what stands in it: what looks like an ID number is one, whatever its title says.

A title goes first; content speaks where it says nothing, and gainsays it where a column of 电话 is full of ID numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.domain import addresses, clock, dates, documents
from app.domain.fields import RESIDENT, ROSTER_FIELDS
from app.domain.phones import MOBILE
from app.domain.values import choice, plain

LOOKED_AT = 400
"""Rows of which the content is judged."""
ENOUGH = 40
"""Cells of a column that are looked at."""
_MOST = 0.8
"""The part of them that must agree."""
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦马苗凤花方俞任袁柳鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵汪祁毛狄贝臧戴谈宋庞熊纪舒屈项祝董梁杜阮蓝闵"
    "席季贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万柯卢莫房解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁甄曲封"
    "芮储靳松段富巫焦山谷车侯班宁仇祖武符刘景詹束龙叶司黎薄印白蒲丛索赖卓屠蒙池乔阴胥苍闻党翟谭劳姬申扶冉宰桑濮牛寿通边"
    "燕尚温庄柴瞿阎连习艾向古易廖耿欧沃利师巩聂敖冷訾辛阚简饶曾沙丰关查游权盖桂付肖闫代仝亓"
)
_LONG = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "长孙",
    "司徒",
    "令狐",
    "端木",
    "南宫",
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_NO_NAME_ENDS = frozenset("路弄号村苑区室楼道镇市省县店街族中层单元户员人")
_ROOM = re.compile(r"[1-9]\d?(?:0[1-9]|[1-3]\d)[A-Za-z]?室?|[1-9]0[1-9]")
_DOOR = re.compile(r"\d{1,4}(?:号楼?|幢|栋|座|#|-|—)+(?:\d{1,2}(?:单元|-))?[A-Za-z]?\d{3,4}[A-Za-z]?(?:室|号房)?")
_BUILDING = re.compile(r"\d{1,4}(?:号楼?|幢|栋|座|#)")
_DIGITS = re.compile(r"\D+")
_ABOUT_PEOPLE = re.compile(r"[名人主员户民老客]")
_PERSONS = (
    ("head", re.compile("户主")),
    ("owner", re.compile("业主|产权")),
    ("tenant", re.compile("承租|租客|租户|房客")),
)
"""Words of a title for somebody who may be the row's person, if the name's column says so too: 承租人姓名, 承租人电话."""
_OTHERS = re.compile(
    r"房东|中介|民警|社工|楼组|组长|医生|单位|父|母|配偶|妻|夫|爱人|监护|紧急|应急|联系人|联络|责任|干部|志愿|经办|填表|登记人|负责|子女|"
    r"儿子|女儿|儿媳|女婿|孙|家属|亲属|亲戚|成员|同住|委托|代理|代办|结对|帮扶|包干|包块|网格|照料|护工|保姆|管家|物业"
)
"""Words of a title that speak of somebody else than the row's person."""
_NAMING = re.compile(r"人?(?:姓名|名字|名称|信息|情况)?")
_SENSITIVE_TITLE = re.compile(
    r"病|症|疾|健康|身体|体检|诊|接种|第[一二三四\d]针|加强针|用药|孕|残疾|低保|低收入|收入|精神|透析|核酸|抗原|体温|检测|疫苗|证件|身份证|护照|证号|银行|卡号|账号|信仰|宗教|犯|矫正|吸毒|"
    r"刑|密码|血|药|过敏|密接|阳性|失独|优抚|救助"
)
_BANK = re.compile(r"\d{16,19}")


class Guess(NamedTuple):
    """key: a field of a roster. confidence: 0 to 1. kind: of what sort the cells are, for doubting a title."""

    key: str
    confidence: float
    kind: str = ""


def sample(rows: Iterable[Sequence[Any]], column: int) -> list[Any]:
    """The first cells of a column that hold something."""
    found: list[Any] = []
    for row in rows:
        if column < len(row) and row[column] not in ("", None):
            found.append(row[column])
            if len(found) >= ENOUGH:
                break
    return found


def whose(title: str) -> str:
    """Of whom a title speaks: "" of the row's person, head, owner or tenant, or the word for anybody else."""
    person = next((key for key, words in _PERSONS if words.search(title)), "")
    other = _OTHERS.search(title)
    return other[0] if other else person


def may_be_one(person: str) -> bool:
    """Is a household's head, a flat's owner or its tenant meant, who may be the row's person?"""
    return any(person == key for key, _ in _PERSONS)


def is_named_by(title: str, person: str) -> bool:
    """Is the title the person's name and no more: 业主, 产权人姓名?"""
    words = dict(_PERSONS).get(person)
    return words is not None and bool(words.search(title)) and bool(_NAMING.fullmatch(words.sub("", title)))


def without(title: str, person: str) -> str:
    """A title without the word for a person: 身份证号 for 户主身份证号."""
    words = dict(_PERSONS).get(person)
    return words.sub("", title).removeprefix("人") if words is not None else title


def of_cells(cells: Sequence[Any], title: str = "", today: date | None = None) -> Guess | None:
    """What a column's cells are, None if they could be anything. title: "" where it has none."""
    if not cells:
        return None
    texts = [plain(cell) for cell in cells]
    others = bool(whose(title))
    if _share(texts, is_card) >= _MOST:
        return None if others else Guess("id_number", 0.85, "card")
    if len(texts) < 2:
        return None
    if _share(texts, is_mobile) >= _MOST:
        return None if others else Guess("phone", 0.8 if not title else 0.7, "mobile")
    guess = _of_words(texts, title) or _of_dates(cells, title, today) or _of_places(texts, title)
    if guess is not None or others:
        return None if others else guess
    if len(set(texts)) * 2 > len(texts) and _share(texts, is_name) >= _MOST:
        sure = 0.7 if not title else 0.62 if _ABOUT_PEOPLE.search(title) else 0.4
        return Guess("name", sure, "name")
    return None


def _share(texts: Sequence[Any], fits: Callable[[Any], bool]) -> float:
    return sum(map(fits, texts)) / len(texts)


def is_card(text: str) -> bool:
    """An ID number whose check digit is right."""
    if len(text) < 18:
        return False
    number = documents.tidy(text[:40])
    return len(number) == 18 and number[:17].isdigit() and documents.read_document(number).problem is None


def is_mobile(text: str) -> bool:
    digits = _DIGITS.sub("", text)
    return len(text) < 20 and MOBILE.fullmatch(digits.removeprefix("86") if len(digits) == 13 else digits) is not None


def is_name(text: str) -> bool:
    """Two to four Chinese characters that begin with a surname, and end as no place does."""
    return (
        _HAN_NAME.fullmatch(text) is not None
        and text[-1] not in _NO_NAME_ENDS
        and (text[0] in _SURNAMES or text.startswith(_LONG))
    )


def _of_words(texts: list[str], title: str) -> Guess | None:
    if _share(texts, RESIDENT["sex"].choices.__contains__) >= 0.9:
        return Guess("sex", 0.85, "sex")
    if len(texts) < 3:
        return None
    for key in ("relation", "status", "residence_kind", "person_class", "state", "use", "household_kind"):
        field = ROSTER_FIELDS[key]
        known = [choice(field, text) if len(text) < 12 else None for text in texts]
        if sum(word not in (None, "其他") for word in known) >= 0.9 * len(texts):
            sure = 0.7 if key == "relation" else 0.62
            return Guess(key, sure if len(set(known)) > 1 else 0.5, "words")
    return None


def _of_dates(cells: Sequence[Any], title: str, today: date | None) -> Guess | None:
    """Days between 1900 and today; that they are birthdays shows in their years, and no other title says what they are."""
    year = (today or clock.now().date()).year
    read = [dates.read(cell, pivot=year) if _like_a_date(cell) else None for cell in cells]
    years = [int(each[:4]) for each in read if each and len(each) == 10 and 1900 <= int(each[:4]) <= year]
    if len(years) < _MOST * len(cells):
        return None
    wide = max(years) - min(years) >= 15 or (len(years) > 2 and max(years) < year - 15)
    named = not title or "生" in title
    return Guess("birth_date", 0.65 if wide and named else 0.4, "date")


def _like_a_date(cell: Any) -> bool:
    return isinstance(cell, date) or (
        isinstance(cell, str) and len(cell) < 30 and any(sign in cell for sign in "-/.年")
    )


def _of_places(texts: list[str], title: str) -> Guess | None:
    """Doors; a title nobody knows before addresses may mean any address (籍贯, 单位地址)."""
    tidied = [addresses.tidy(text) for text in texts]
    if _share(tidied, lambda text: _DOOR.fullmatch(text) is not None) >= _MOST:
        return Guess("room", 0.75, "door")
    if _share(tidied, lambda text: _BUILDING.fullmatch(text) is not None) >= _MOST:
        return Guess("building", 0.65, "building")
    if _share(tidied, lambda text: _ROOM.fullmatch(text) is not None) >= 0.9 and len(set(tidied)) > 1:
        return Guess("room", 0.62 if not title or "室" in title or "房" in title else 0.4, "room")
    if _share(texts, _is_address) >= _MOST:
        return Guess("address", 0.65 if not title or "址" in title or "住" in title else 0.45, "address")
    return None


def _is_address(text: str) -> bool:
    if not 5 <= len(text) <= 60:
        return False
    place = addresses.read(text)
    return bool(place.building and (place.room or place.lane or place.estate))


# ---------------------------------------------------------------- doubting a title

_KIND_OF = {
    "phone": "mobile",
    "emergency_phone": "mobile",
    "id_number": "card",
    "name": "name",
    "sex": "sex",
    "birth_date": "date",
}
_FIT: dict[str, Callable[[str], bool]] = {
    "mobile": lambda text: 7 <= len(_DIGITS.sub("", text)) <= 16 and not is_card(text),
    "card": lambda text: len(text) > 6 and not is_mobile(text) and text[-2:].strip("X").isdigit(),
    "name": lambda text: not any(map(str.isdigit, text)),
    "sex": lambda text: len(text) < 4,
    "date": lambda text: any(map(str.isdigit, text)) and not is_mobile(text) and not is_card(text),
}
_STRONG = frozenset({"card", "mobile", "sex"})
_LEAST_DOUBT = 3


def gainsays(key: str, cells: Sequence[Any]) -> Guess | None:
    """What a column really holds whose title says `key`, if its cells are plainly something else."""
    kind = _KIND_OF.get(key)
    if kind is None or len(cells) < _LEAST_DOUBT:
        return None
    texts = [plain(cell) for cell in cells]
    if _share(texts, _FIT[kind]) > 1 - _MOST:
        return None
    guess = of_cells(cells)
    return guess if guess is not None and guess.kind in _STRONG and guess.kind != kind else None


# ---------------------------------------------------------------- what nobody has a field for


def is_sensitive(title: str, cells: Iterable[Any]) -> bool:
    """Does a column without a field speak of health, papers or the like? Then it is sealed as those are."""
    if _SENSITIVE_TITLE.search(title) or title.lower() in _SEALED_KEYS:
        return True
    return any(is_card(text) or _BANK.fullmatch(text.replace(" ", "")) for text in map(plain, cells))


_SEALED_KEYS = frozenset(field.key for field in RESIDENT if field.level >= 3)
"""No open value goes by such a name (domain.strict)."""
