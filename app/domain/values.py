"""From a cell or a typed text to a value by the field's type, once; and from a value to what the screen shows.

`parse` never raises and loses nothing: what it cannot read comes back as a problem with the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from app.domain import clock, dates, documents, names, numerals, phones
from app.domain.fields import RESIDENT, Field, Type
from app.domain.synonyms import known_as

HIDDEN = "●●●"
"""What stands in place of a value that stays sealed."""
EMPTY_WORDS = frozenset(
    ("", "/", "\\", "-", "--", "—", "——", "无", "暂无", "不详", "未知", "没有", "空", "null", "NULL", "None", "N/A", "n/a",
     "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
)  # fmt: skip
"""What people and spreadsheets write where there is nothing to say."""
AS_ABOVE = frozenset(("同上", "〃", "″", "”", '"', "''", "..", "...", "…", "……", "同前"))
"""What a hand-kept list says instead of the same once more."""
SEAL = "sealed:"
"""How a sealed value begins; no text that somebody wrote may pass for one."""
_UNREADABLE = dict.fromkeys([*range(9), *range(14, 32), *range(0x7F, 0xA0)]) | {11: " ", 12: " "}
"""What no other PC takes in a text: control characters; line ends and tabs stay."""
_CONTROL = dict.fromkeys([*range(32), *range(0x7F, 0xA0), 0xFEFF, 0x200B])
_YES = frozenset(
    ("是", "√", "✓", "✔", "☑", "■", "有", "y", "yes", "true", "t", "1", "对", "v", "已", "党员", "党", "中共党员", "预备党员",
     "中共预备党员", "正式党员", "中共正式党员", "中国共产党党员")
)  # fmt: skip
_NO = frozenset(
    ("否", "×", "✗", "✘", "x", "不是", "非", "未", "n", "no", "false", "f", "0", "群众", "共青团员", "团员", "少先队员", "民主党派",
     "无党派", "无党派人士", "无党派民主人士", "非党员", "☐", "□", "民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟")
)  # fmt: skip


class Parsed(NamedTuple):
    """value: canonical, None if nothing was said. problem: a code of `app.words.findings`, or None.

    details: what the text says of other fields, by field key (敏感人群 in a column of 人群分类).
    """

    value: Any
    problem: str | None = None
    details: Mapping[str, Any] | None = None


NOTHING = Parsed(None)


def parse(field: Field, raw: Any, *, today: date | None = None) -> Parsed:
    """The value of a cell (str, number, bool, date, datetime, None) or of a typed text for a field.

    today: what dates without a year are near to, and births are not after; by default the PC's.
    """
    if raw is None or (isinstance(raw, float) and raw != raw):
        return NOTHING
    if isinstance(raw, str):
        raw = raw.translate(_UNREADABLE).replace(SEAL, SEAL.replace(":", " :"))
    if isinstance(raw, str) and field.type is not Type.JSON and (text := raw.strip()) in EMPTY_WORDS:
        if text and text in field.choices:
            return Parsed(text)
        return Parsed(False) if text == "无" and field.type is Type.BOOLEAN else NOTHING
    if field.type is Type.DATE:
        return _date(field, raw, today or clock.now().date())
    return _PARSERS[field.type](field, raw)


def plain(raw: Any) -> str:
    """A cell's text as a person reads it: 302.0 is 302, half-width, single blanks, Excel's _x000D_ gone."""
    if isinstance(raw, str):
        raw = raw.replace(SEAL, SEAL.replace(":", " :"))
        text = " ".join(raw.replace("_x000D_", " ").split() if "_x" in raw else raw.split())
        return text if text.isprintable() else " ".join(text.translate(_CONTROL).split())
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == raw.min.time() else raw.isoformat(" ", "minutes")
    return " ".join(str(raw).split())


def _text(field: Field, raw: Any) -> Parsed:
    return Parsed(plain(raw) or None)


def _integer(field: Field, raw: Any) -> Parsed:
    text = names.fold_width(plain(raw)).upper().removeprefix("第").rstrip("层楼户F个").strip()
    below = text.startswith(("B", "地下", "负"))
    digits = numerals.as_digits(text.removeprefix("B").removeprefix("地下").removeprefix("负"))
    try:
        number = float(digits)
        whole = int(number)
    except (ValueError, OverflowError):
        return Parsed(None, "number-invalid")
    return Parsed(-whole if below else whole) if number == whole else Parsed(None, "number-invalid")


def _year(field: Field, raw: Any) -> Parsed:
    read = dates.read(raw)
    return Parsed(int(read[:4])) if read else Parsed(None, "date-invalid")


def _date(field: Field, raw: Any, today: date) -> Parsed:
    read = dates.read(raw, pivot=today.year)
    if read is None and field.key == "arrived_on":
        read = _lately(raw, today)
    if read is None or (field.key == "birth_date" and read > today.isoformat()):
        return Parsed(None, "date-invalid")
    return Parsed(read)


def _lately(raw: Any, today: date) -> str | None:
    """`3月5日` of an arrival: the last such day there was."""
    read = dates.read(raw, year=today.year)
    return dates.read(raw, year=today.year - 1) if read and read > today.isoformat() else read


def _boolean(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, bool):
        return Parsed(raw)
    word = names.fold_width(plain(raw)).lower()
    if word in _YES:
        return Parsed(True)
    return Parsed(False) if word in _NO else Parsed(None, "boolean-invalid")


def _name(field: Field, raw: Any) -> Parsed:
    name = names.normalise(plain(raw))
    several = isinstance(raw, str) and names.several(raw)
    return Parsed(name or None, "name-several" if several else None)


def _phone(field: Field, raw: Any) -> Parsed:
    found, wrong = phones.read(raw)
    if not found:
        return Parsed(None, "phone-invalid")
    return Parsed(found[0]["number"], "phone-invalid" if wrong else None)


def _id_number(field: Field, raw: Any) -> Parsed:
    if lost_digits(raw):
        return Parsed(None, "id-float-damaged")
    read = documents.read_document(plain(raw))
    return Parsed(read.number or None, read.problem)


def lost_digits(raw: Any) -> bool:
    """Has a spreadsheet taken the number for a quantity, and kept only its first 15 digits?

    3.10115E+17 as a text is for `documents.read_document` to see.
    """
    return isinstance(raw, float) and abs(raw) >= 1e15


_CODED = re.compile(r"^[0-9A-Z]{1,3}[-.、:]\s*")
"""The code that a form's list of choices begins with: 2-女, 01.配偶."""


def choice(field: Field, word: str) -> str | None:
    """The catalogue's word for what was written, None if it is none of them."""
    word = names.fold_width(word).strip()
    if word in field.choices:
        return word
    found = known_as(field.key, word) or _CODED.sub("", word)
    return found if found in field.choices else None


def _choice(field: Field, raw: Any) -> Parsed:
    found = choice(field, plain(raw))
    if found:
        return Parsed(found)
    return Parsed("其他", "choice-other") if "其他" in field.choices else Parsed(None, "choice-unknown")


def _choices(field: Field, raw: Any) -> Parsed:
    words = raw if isinstance(raw, list) else _SPLIT.split(names.fold_width(plain(raw)))
    found: list[str] = []
    sensitive: list[str] = []
    unknown = False
    for word in filter(None, (str(word).strip() for word in words)):
        known = word if not field.choices else choice(field, word)
        if known is None and field.key == "care_groups" and (grave := choice(_SENSITIVE, word)):
            sensitive.append(grave)
        elif known is None:
            unknown |= word not in EMPTY_WORDS
        elif known not in found:
            found.append(known)
    details = {_SENSITIVE.key: sensitive} if sensitive else None
    return Parsed(found or None, "choice-unknown" if unknown else None, details)


_SPLIT = re.compile(r"[、,;/+|\s]+")
_SENSITIVE = RESIDENT["care_groups_sensitive"]


def _records(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, list):
        entries = [{key: value for key, value in entry.items() if value not in (None, "")} for entry in raw]
        return Parsed(entries or None)
    if field.key == "phones":
        found, wrong = phones.read(raw)
        return Parsed(found or None, "phone-invalid" if wrong else None)
    if field.key == "documents":
        if lost_digits(raw):
            return Parsed(None, "id-float-damaged")
        read = documents.read_document(plain(raw))
        if not read.number:
            return Parsed(None, read.problem)
        return Parsed([{"type": read.type or "身份证", "number": read.number}], read.problem)
    return Parsed([{"name": names.normalise(plain(raw))}])


def _as_it_is(field: Field, raw: Any) -> Parsed:
    return Parsed(raw)


_PARSERS: dict[Type, Callable[[Field, Any], Parsed]] = {
    Type.TEXT: _text, Type.INTEGER: _integer, Type.BOOLEAN: _boolean, Type.YEAR: _year,
    Type.NAME: _name, Type.PHONE: _phone, Type.ID_NUMBER: _id_number, Type.CHOICE: _choice, Type.CHOICES: _choices,
    Type.RECORDS: _records, Type.REFERENCE: _as_it_is, Type.JSON: _as_it_is,
}  # fmt: skip


# ---------------------------------------------------------------- what the screen shows


def show(field: Field, value: Any) -> str:
    """A value as people read it; lists joined by 、; the placeholder of a sealed value as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        if field.type is Type.RECORDS:
            return "、".join(_record(field, entry) for entry in value)
        return "、".join(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "；".join(f"{title}：{text}" for title, text in value.items())
    return str(value)


def _record(field: Field, entry: dict[str, Any]) -> str:
    main = _main_part(field.key)
    rest = [
        str(entry[part.key])
        for part in field.parts
        if part.key in entry and part.key != main and part.key not in ("kind", "former")
    ]
    former = "，已停用" if entry.get("former") else ""
    said = str(entry.get(main, ""))
    return f"{said}（{'，'.join(rest)}{former}）" if rest or former else said


@cache
def _main_part(key: str) -> str:
    return {"phones": "number", "documents": "number"}.get(key, "name")


_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{9,11}|(?!(?:19|20)\d{6}(?!\d))[2-8]\d{7}|\d{15}|\d{17}[\dXx])(?!\d)")
"""A phone or an ID number among other words."""


def mask(field: Field, value: Any) -> Any:
    """A value as it is shown to someone who has not opened it: same shape, edges only.

    Level 3: numbers keep their edges, a birth date its year, all else is hidden. Level 2: phones keep
    their edges, the rest is shown.
    """
    if value is None or value == HIDDEN:
        return value
    if field.type is Type.PHONE:
        return phones.mask(str(value))
    if field.key == "phones":
        return [{**entry, "number": phones.mask(str(entry.get("number", "")))} for entry in value]
    if field.key == "emergency_contacts":
        return [{**e, "phone": phones.mask(str(e["phone"]))} if e.get("phone") else e for e in value]
    if field.key == "extra" and isinstance(value, dict):
        return {title: hide_numbers(str(text)) for title, text in value.items()}
    if field.level < 3:
        return value
    if field.type is Type.ID_NUMBER:
        return documents.mask(str(value))
    if field.key == "documents":
        return [{**entry, "number": documents.mask(str(entry.get("number", "")))} for entry in value]
    if field.type is Type.DATE:
        return str(value)[:4] + "-**-**"
    return value if field.key == "id_type" else HIDDEN


def mask_text(field: Field, text: str) -> str:
    """A cell that could not be read, for a finding: enough to find it again, no more than `mask` would show."""
    if field.type is Type.DATE and field.level >= 3:
        kept = 4 if text[:4].isdecimal() else 0
        return text[:kept] + re.sub(r"[\d〇零一二三四五六七八九十]", "*", text[kept:])
    if field.type is Type.PHONE or (field.level >= 3 and field.type is not Type.CHOICE):
        return str(mask(field, text))
    return hide_numbers(text)


def hide_numbers(text: str) -> str:
    """A text whose phone and ID numbers keep their edges: what people wrote stays to be read."""
    return _NUMBER.sub(lambda said: phones.mask(said[0]), text)
