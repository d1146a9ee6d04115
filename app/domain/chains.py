"""Lines of a pasted group chat chain (接龙) taken apart: door, names, head count, return to Shanghai, the rest.

`3. 12-302 王某 4人 已返沪3.1`, `4、12号501 李四 2人 在沪`, `5）13/602李阿姨 1大1小 3月5日湖北返回`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain import addresses, dates, numerals, remarks
from app.domain.names import fold_width

_HAN = r"\u4e00-\u9fff"
_LONGEST_LINE = 500
_LONGEST_NOTE = 60
"""Of a line without a number: a longer one is a notice that happens to name a door."""
_NUMBERED = re.compile(r"(?:[(\[【<]\s*)?(\d{1,4})(?:\s*[.、。):：\]】>,，]+(?!\d{1,2}(?:\s|$))|\s+(?=\S))\s*")
_CIRCLED = {chr(0x2460 + n): f"{n + 1}. " for n in range(20)} | {"\ufe0f\u20e3": ". "}
_HEADER = re.compile(r"#|接龙|例[:：\s]|示例")

_LANE = rf"(?:(?:[{_HAN}]{{1,8}}?(?:路|街|大道))?\d{{1,4}}\s*弄\s*(?:\d+支弄\s*)?-?)"
_ESTATE = rf"(?:[{_HAN}]{{1,8}}?(?:花园|新村|小区|公寓|家园|大厦|广场|苑|园|城|湾|坊|里|庭|邸|墅|[一二三四五六七八九十]村)\s*-?)"
_ROOM = r"(?:[A-Za-z]?\d{3,4}[A-Za-z]?(?:\s*(?:室|房(?!产)|户(?!主)))?|底层|底楼|阁楼|亭子间|[一二三四五六七八九]楼|\d{1,2}室)"
_NUMBER = r"[甲乙丙丁]?[A-Za-z]?\d{1,4}[A-Za-z]?[甲乙丙丁]?"
_BUILDING = rf"{_NUMBER}\s*(?:号楼|号门|号|幢|栋|座|#|门|楼)[甲乙丙丁]?"
_UNIT = r"(?:\s*-?\s*(?:\d{1,2}|[甲乙丙丁A-Za-z])\s*单元|\s*-?\s*\d{1,2}\s*-(?=\s*\d{3}))"
_DOOR = re.compile(
    rf"(?P<door>{_ESTATE}?\s*{_LANE}?\s*(?:"
    rf"{_BUILDING}{_UNIT}?\s*[-/,、]?\s*{_ROOM}"
    rf"|(?<![\d.]){_NUMBER}\s*[-/_—–~]\s*(?:\d{{1,2}}\s*[-/_—–~]\s*)?\d{{3,4}}[A-Za-z]?(?:-\d{{1,2}}(?=室|[\s,，、;；]|$))?(?:室|房)?(?![\d-])"
    rf"|(?<![\d.])\d{{1,3}}[.·\s]\d{{3,4}}(?:室)?(?![\d.])"
    rf"|(?<![\d]){_BUILDING}(?!\d)"
    rf"|(?<![\d.])\d{{3,4}}[A-Za-z]?(?:室(?![{_HAN}]?友)|(?=[\s{_HAN}]|$))(?![元岁年分毫斤]))"
    r")"
)
_PLACE_OF_ALL = re.compile(
    rf"{_ESTATE}?{_LANE}?(?<![\d月]){_NUMBER}(?:号楼|号门|幢|栋|号(?=居民|住户|楼组|接龙|统计|群|业主))"
)
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_OWN_PHONE = frozenset(
    ("手机", "电话", "座机", "固话", "家里", "家中", "联系电话", "手机号", "微信", "微信同号", "或者")
)
_CARD = re.compile(r"(?:身份证号?码?|证件号?码?)?[:\s]*(?<!\d)(\d{17}[\dXx])(?![\dXx])")
_PEOPLE = re.compile(rf"([\d{numerals.CHARACTERS}]{{1,3}})\s*(?:个人|口人|人|口)(?![{_HAN}]*?次)")
_BIG_AND_SMALL = re.compile(rf"([\d{numerals.CHARACTERS}]{{1,2}})\s*大\s*(?:([\d{numerals.CHARACTERS}]{{1,2}})\s*小)?")
_DATE = re.compile(r"(?<![\d.\-/])(?:(\d{4})[年./-])?(\d{1,2})[月./-](\d{1,2})(?:日|号)?(?![\d./-])")
_BACK = re.compile(r"(?:返|回|来|到|抵|入)(?:沪|上海)|返回|回来|回家|返程")
_NOT_BACK = re.compile(
    r"(?:未|没|没有|不|暂不|尚未|还没|还未|准备|计划|预计|打算|将|拟|即将)[^，。；\s]{0,6}?(?:返|回|来|到|抵)"
)
_ORIGIN = re.compile(rf"(?:从|自(?!驾)|由)\s*([{_HAN}]{{2,9}}?)\s*(?:返|回|来|到|抵|出发|坐|乘|自驾|开车)")
_ORIGIN_AHEAD = re.compile(rf"(?<![{_HAN}])([{_HAN}]{{2,9}}?)(?:返|回|来|抵)(?:沪|上海|回|来)")
_ORIGIN_BEHIND = re.compile(rf"(?:返|回|来|抵)(?:沪|上海)\s*\(\s*([{_HAN}]{{2,8}})\s*\)")
_LEADING = re.compile(
    r"^(?:日|号|已经|已于|已|刚刚|刚|才|于|全家人|全家|一家人|一家|都|今天|今日|昨天|昨日|前天|本人|人|老家|大|小|口|均|未|没|在|从|自)+"
)
_PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北",
    "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "香港", "澳门", "台湾",
)  # fmt: skip
_NO_NAME = (
    "在沪", "返沪", "回沪", "来沪", "抵沪", "离沪", "未返", "已返", "外地", "老家", "报名", "健康", "正常", "居家", "无异", "已做", "接种",
    "全家", "一家", "在家", "不在", "没有", "收到", "空置", "出租", "自住", "租客", "租户", "业主", "户主", "本人", "人员", "目前", "今天",
    "昨天", "已经", "暂未", "尚未", "均在", "都在", "都好", "无人", "空关", "隔离", "体温", "返回", "回来", "一直", "从未", "准备", "计划",
    "预计", "打算", "姓名", "楼号", "室号", "房号", "例如", "谢谢", "感谢", "多谢", "辛苦", "好的", "知道", "明白", "了解", "居委", "已阅",
)  # fmt: skip
_ANSWER = re.compile(r"(?:@\S+\s*)?(?:已?收到|好的|好嘞|谢谢|感谢|多谢|辛苦|知道了|明白|了解|已阅|OK|ok|👌|👍)[^\d]*")
"""What people answer to a notice; whom they thank has reported nothing."""
_STATES = ((re.compile("空置|空关|空房|空着|无人居住|^空$"), "空置"), (re.compile("出租|已租"), "出租"))
_CUT = re.compile(
    rf"(?<=[{_HAN}]{{2}})(?:已|未|在沪|在家|均|都|返|回|来沪|从|全家|一家|共|健康|正常|无异|居家|目前|"
    rf"{'|'.join(_PROVINCES)}|武汉|户主|业主|租客|家).*"
)
_NAME = rf"(?:[{_HAN}]{{2,4}}(?:·[{_HAN}]{{1,8}})*|[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*)"
_WORD = re.compile(rf"(?:[{_HAN}]+(?:·[{_HAN}]+)*|[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*)")
_REMARK_BEFORE = re.compile(r"(?:[(\[【〔]([^()\[\]【】〔〕]+)[)\]】〕]|([†✝]))\s*$")
_REMARK_BEHIND = re.compile(
    rf"\s*(?:[(\[【〔]([^()\[\]【】〔〕]+)[)\]】〕]|([†✝])|((?:{remarks.DAY})?{remarks.BARE}(?:{remarks.DAY})?)(?=了|[\s,、;.)]|$))"
)
_TOGETHER = re.compile(rf"\s*(?:[、,，/&+]|和(?=[{_HAN}]{{2}})|及(?=[{_HAN}]{{2}}))\s*(?={_NAME})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. row: its number in the text, from 1. door: as written. people: head count. note: what else was said."""

    row: int
    names: tuple[str, ...]
    door: str = ""
    note: str = ""
    people: int | None = None
    phones: tuple[str, ...] = ()
    arrived_on: str | None = None
    origin: str | None = None
    papers: tuple[str, ...] = ()
    """ID numbers: they are no part of an open note."""
    state: str | None = None
    """of the door where nobody is named: 空置 or 出租"""
    about: dict[str, str] = field(default_factory=dict)
    """status and status_since, of the one person named"""


@dataclass(frozen=True, slots=True)
class Lines:
    """around: the door that the heading names for all lines. empty: rows of numbers with nothing behind; said: rows
    and text of lines in which nobody could be found."""

    entries: tuple[Entry, ...]
    around: str = ""
    empty: tuple[int, ...] = ()
    said: tuple[tuple[int, str], ...] = ()


def read(text: str, today: date) -> Lines:
    """Take a pasted chain apart. today: `3.1` without a year is the last 1 March."""
    entries: list[Entry] = []
    empty: list[int] = []
    said: list[tuple[int, str]] = []
    around, begun = "", False
    for row, raw in enumerate(re.split(r"\r\n|[\n\r\u2028]", text), 1):
        line = plain(raw)
        number, rest = numbered(line)
        begun = begun or (number is not None and bool(_DOOR.search(rest)))
        if not line or (number is None and _HEADER.match(line)) or (not begun and "接龙" in line):
            around = around or _place_of_all(line)
        elif not rest:
            empty.append(row)
        elif (entry := _entry(row, rest, today, numbered=number is not None)) is not None:
            entries.append(entry)
        elif begun:
            said.append((row, line))
        else:
            around = around or _place_of_all(line)
    return Lines(tuple(entries), around, tuple(empty), tuple(said))


def plain(raw: str) -> str:
    """A line half-width and trimmed; ① and 1️⃣ are numbers."""
    text = raw[:_LONGEST_LINE]
    for sign, digits in _CIRCLED.items():
        text = text.replace(sign, digits)
    text = "".join(character for character in fold_width(text) if character.isprintable())
    return text.replace("．", ".").strip(" \t\u200b\ufeff")


def numbered(line: str) -> tuple[int | None, str]:
    """(3, rest) of `3. rest`; a line that begins with a door has no number."""
    match = _NUMBERED.match(line)
    if match is None:
        only = re.fullmatch(r"[(\[【]?(\d{1,4})[\s.、。):：\]】,，]*", line)
        return (int(only[1]), "") if only else (None, line)
    if match[0].rstrip().isdigit() and not re.match(
        rf"{_LANE}|{_BUILDING}|{_NUMBER}\s*[-/]|[{_HAN}]", line[match.end() :]
    ):
        return None, line  # 12 302 王某
    return int(match[1]), line[match.end() :].strip()


def _place_of_all(line: str) -> str:
    match = _PLACE_OF_ALL.search(line)
    return match[0] if match else ""


def _entry(row: int, rest: str, today: date, *, numbered: bool) -> Entry | None:
    """None where neither somebody nor a door can be found; prose without a number must name both."""
    papers = tuple(number.upper() for number in _CARD.findall(rest))
    bare, phones = _own_phones(_CARD.sub(" ", rest))
    door = _door(bare)
    left = f"{bare[: door.start()]} {bare[door.end() :]}" if door else bare
    if door is None and _ANSWER.fullmatch(left.strip()):
        return None
    names, spans = _names(_DATE.sub(lambda day: " " * len(day[0]), left))
    if not names and not door:
        return None
    note = _without(left, spans)
    said = door["door"].strip(" -") if door else ""
    if not numbered and not (names and addresses.read(said).room and len(note) <= _LONGEST_NOTE):
        return None
    arrived_on, origin = _arrival(note, today)
    state = next((state for words, state in _STATES if words.search(note)), None) if not names else None
    about = _beside(left, spans[0]) if len(names) == 1 else {}
    return Entry(row, names, said, note, _people(note), phones, arrived_on, origin, papers, state, about)


def _beside(text: str, span: tuple[int, int]) -> dict[str, str]:
    """What a remark right before or behind the one name says of its owner: (故)赵六, 王阿婆已去世."""
    before, behind = _REMARK_BEFORE.search(text[: span[0]]), _REMARK_BEHIND.match(text[span[1] :])
    for remark in (before, behind):
        if remark and (said := remarks.said(next(filter(None, remark.groups())))):
            return {key: text for key, text in said.items() if key != "note"}
    return {}


def _own_phones(text: str) -> tuple[str, tuple[str, ...]]:
    """(the text without them, the first phones): one behind a further name is another's and stays in the text."""
    phones: list[str] = []
    bare, at = "", 0
    for match in _PHONE.finditer(text):
        between = text[at : match.start()]
        if phones and any(word not in _OWN_PHONE for word in re.findall(rf"[{_HAN}]{{2,}}", between)):
            break
        phones.append(match[0])
        bare += between + " "
        at = match.end()
    return bare + text[at:], tuple(phones)


def _door(text: str) -> re.Match[str] | None:
    """The first door that is no date: 3月5号, 2020-03-05."""
    for match in _DOOR.finditer(text):
        before = text[: match.start()].rstrip()[-1:]
        if before not in ("月", ".", "年") and not re.match(r"\s*月", text[match.end() :]):
            return match
    return None


def _names(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """The first name, and those joined to it by 、 or 和; with where they stand."""
    names: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    while match := _WORD.search(text, at):
        word = match[0]
        end = match.start() + len(word)
        if "·" not in word and word[0] >= "\u4e00":
            word = _CUT.sub("", word)
            if len(word) > 4 and "和" in word[2:-1]:
                word = word[: word.index("和", 2)]
            word = remarks.read(word).name
            end = match.start() + len(word)
        if not _is_name(word):
            if names:
                break
            at = match.end()
            continue
        names.append(word)
        spans.append((match.start(), end))
        joint = _TOGETHER.match(text, end)
        if joint is None:
            break
        at = joint.end()
    return tuple(names), spans


def _is_name(word: str) -> bool:
    if word[0] < "\u4e00":
        return len(word) > 2
    if word.endswith("家") and len(word) == 2:  # 陈家: a household, nobody's name
        return False
    return (2 <= len(word) <= 4 or "·" in word) and not word.startswith((*_NO_NAME, *_PROVINCES))


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    if spans:
        text = f"{text[: spans[0][0]]} {text[spans[-1][1] :]}"
    return re.sub(r"\s+", " ", text).strip(" ,，、.。;；:：-")


def _people(note: str) -> int | None:
    """4人, 三口, 1大1小."""
    if match := _PEOPLE.search(note):
        return _count(match[1])
    match = _BIG_AND_SMALL.search(note)
    return _count(match[1]) + (_count(match[2]) if match[2] else 0) if match else None


def _count(text: str) -> int:
    digits = numerals.as_digits(text)
    return int(digits) if digits.isdigit() else 0


def _arrival(note: str, today: date) -> tuple[str | None, str | None]:
    """(day of arrival, where from), where a return is told that has happened."""
    if not _BACK.search(note) or _NOT_BACK.search(note):
        return None, None
    day = next((day for each in _DATE.finditer(note) if (day := _day(each, today)) is not None), None)
    return day, _origin(note)


def _day(match: re.Match[str], today: date) -> str | None:
    """A day without a year is the last one of that name; up to a week ahead it is a plan, no arrival."""
    read_ = dates.read(f"{match[1] or today.year}-{match[2]}-{match[3]}")
    if read_ is None or len(read_) != 10:
        return None
    day = date.fromisoformat(read_)
    if day <= today:
        return read_
    if match[1] or day <= today + timedelta(days=60):
        return None
    earlier = dates.read(f"{today.year - 1}-{match[2]}-{match[3]}")
    return earlier if earlier is not None and len(earlier) == 10 else None


def _origin(note: str) -> str | None:
    for pattern in (_ORIGIN, _ORIGIN_BEHIND, _ORIGIN_AHEAD):
        for match in pattern.finditer(note):
            place = _LEADING.sub("", match[1])
            if len(place) >= 2 and place not in ("上海", "外地", "今天"):
                return place
    return None
