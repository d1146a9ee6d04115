"""From a cell or a typed text to a value, and from a value to what the screen shows: by the field's type, once.

`parse` never raises and loses nothing: what it cannot read comes back as a problem with the text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from app.domain import dates, documents, names, phones
from app.domain.fields import Field, Type

HIDDEN = "●●●"
EMPTY_WORDS = frozenset(
    {"", "/", "-", "--", "—", "——", "无", "暂无", "不详", "未知", "没有", "空", "null", "NULL", "None", "N/A", "#N/A"}
)
_YES = frozenset({"是", "√", "✓", "✔", "☑", "有", "y", "yes", "true", "1", "对", "v", "党员", "中共党员", "预备党员",
                  "中共预备党员", "正式党员"})  # fmt: skip
_NO = frozenset({"否", "×", "✗", "x", "不是", "n", "no", "false", "0", "群众", "共青团员", "团员", "民主党派", "无党派人士", "非党员",
                 "☐", "□"})  # fmt: skip

SYNONYMS: dict[str, dict[str, str]] = {
    "sex": {"m": "男", "f": "女", "男性": "男", "女性": "女", "1": "男", "2": "女", "male": "男", "female": "女", "先生": "男",
            "女士": "女"},
    "residence_kind": {"人户一致": "实住", "居住": "实住", "常住": "实住", "自住": "实住", "人在户在": "实住", "人在户不在": "实住",
                       "空挂户": "户籍", "空挂": "户籍", "户在人不在": "户籍", "挂户": "户籍", "租客": "承租", "租户": "承租", "租住": "承租",
                       "租赁": "承租", "出租": "承租", "借住": "实住", "业主": "产权", "房东": "产权", "产权人": "产权", "上班": "工作"},
    "relation": {"本人": "户主", "户主本人": "户主", "妻": "配偶", "妻子": "配偶", "丈夫": "配偶", "夫": "配偶", "夫妻": "配偶", "爱人": "配偶",
                 "长子": "子", "次子": "子", "三子": "子", "独生子": "子", "儿子": "子", "长女": "女", "次女": "女", "三女": "女",
                 "独生女": "女", "女儿": "女", "父亲": "父", "母亲": "母", "爸爸": "父", "妈妈": "母", "孙子": "孙辈", "孙女": "孙辈",
                 "外孙": "孙辈", "外孙女": "孙辈", "孙": "孙辈", "媳": "儿媳", "媳妇": "儿媳", "婿": "女婿", "租客": "承租人",
                 "租户": "承租人", "合租": "合租人", "室友": "合租人", "阿姨": "保姆", "住家保姆": "保姆", "职工": "员工"},
    "status": {"死亡": "去世", "已故": "去世", "亡故": "去世", "已去世": "去世", "搬走": "迁出", "搬离": "迁出", "已搬离": "迁出",
               "已迁出": "迁出", "正常": "在住", "居住": "在住", "在": "在住", "外出": "暂离", "临时外出": "暂离", "养老院": "住养老院",
               "出境": "出国", "国外": "出国", "失踪": "失联", "当兵": "参军", "服役": "参军", "服刑": "服刑羁押"},
    "person_class": {"本市": "户籍居民", "本地": "户籍居民", "沪籍": "户籍居民", "户籍": "户籍居民", "本市户籍": "户籍居民", "外来": "外省市来沪",
                     "外地": "外省市来沪", "非沪籍": "外省市来沪", "来沪人员": "外省市来沪", "流动人口": "外省市来沪", "境外": "外籍", "外国人": "外籍",
                     "香港": "港澳台", "澳门": "港澳台", "台湾": "港澳台"},
    "use": {"居住": "住宅", "住房": "住宅", "店铺": "商铺", "商业": "商铺", "门面": "商铺", "写字楼": "办公", "宿舍": "集体宿舍", "车位": "车库"},
    "state": {"自用": "自住", "自有": "自住", "业主自住": "自住", "租": "出租", "出租房": "出租", "已出租": "出租", "租赁": "出租", "空": "空置",
              "空房": "空置", "空关": "空置", "无人居住": "空置", "不详": "未知"},
    "id_type": {"居民身份证": "身份证", "二代身份证": "身份证", "居民身份证(户口簿)": "身份证", "户口簿": "身份证", "台湾居民来往大陆通行证": "台胞证",
                "港澳居民来往内地通行证": "港澳通行证", "回乡证": "港澳通行证", "外国护照": "护照", "中国护照": "护照", "永居证": "外国人永居证",
                "永久居留身份证": "外国人永居证", "港澳台居民居住证": "港澳台居住证"},
    "mode": {"上门走访": "上门", "电话联系": "电话", "打电话": "电话"},
}  # fmt: skip
"""Other words for a choice, by field key."""


class Parsed(NamedTuple):
    """value: canonical, None if nothing was said. problem: a code of `app.words.findings`, or None."""

    value: Any
    problem: str | None = None


NOTHING = Parsed(None)


def parse(field: Field, raw: Any) -> Parsed:
    """The value of a cell (str, number, bool, date, datetime, None) or of a typed text for a field."""
    if raw is None or (isinstance(raw, str) and raw.strip() in EMPTY_WORDS and field.type is not Type.JSON):
        if raw in ("无", "未知") and raw in field.choices:
            return Parsed(raw)
        return Parsed(False) if raw == "无" and field.type is Type.BOOLEAN else NOTHING
    return _PARSERS[field.type](field, raw)


def plain(raw: Any) -> str:
    """A cell's text as a person reads it: 302.0 is 302, half-width, single blanks, Excel's _x000D_ gone."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == raw.min.time() else raw.isoformat(" ", "minutes")
    return " ".join(str(raw).replace("_x000D_", " ").split())


def _text(field: Field, raw: Any) -> Parsed:
    return Parsed(plain(raw) or None)


def _integer(field: Field, raw: Any) -> Parsed:
    text = names.fold_width(plain(raw)).removesuffix("层").removesuffix("楼").removesuffix("户").strip()
    if text.upper().startswith("B") and text[1:].isdigit():
        return Parsed(-int(text[1:]))
    try:
        return Parsed(int(float(text)))
    except (ValueError, OverflowError):
        return Parsed(None, "number-invalid")


def _year(field: Field, raw: Any) -> Parsed:
    read = dates.read(raw)
    return Parsed(int(read[:4])) if read else Parsed(None, "date-invalid")


def _date(field: Field, raw: Any) -> Parsed:
    read = dates.read(raw)
    return Parsed(read) if read else Parsed(None, "date-invalid")


def _boolean(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, bool):
        return Parsed(raw)
    word = names.fold_width(plain(raw)).lower()
    if word in _YES:
        return Parsed(True)
    return Parsed(False) if word in _NO else Parsed(None, "boolean-invalid")


def _name(field: Field, raw: Any) -> Parsed:
    return Parsed(names.normalise(plain(raw)) or None)


def _phone(field: Field, raw: Any) -> Parsed:
    found, _ = phones.read(raw)
    return Parsed(found[0]["number"]) if found else Parsed(None, "phone-invalid")


def _id_number(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, float) and raw >= 1e15:
        return Parsed(None, "id-float-damaged")
    text = plain(raw)
    if "E+" in text.upper() and text[:1].isdigit():
        return Parsed(None, "id-float-damaged")
    read = documents.read_document(text)
    return Parsed(read.number or None, read.problem)


def choice(field: Field, word: str) -> str | None:
    """The catalogue's word for what was written, None if it is none of them."""
    word = names.fold_width(word).strip()
    if word in field.choices:
        return word
    known = SYNONYMS.get(field.key if field.key != "kind" else "residence_kind", {})
    return known.get(word) or known.get(word.lower())


def _choice(field: Field, raw: Any) -> Parsed:
    found = choice(field, plain(raw))
    return Parsed(found) if found else Parsed(None, "choice-unknown")


def _choices(field: Field, raw: Any) -> Parsed:
    words = (
        raw if isinstance(raw, list) else names.fold_width(plain(raw)).replace("、", ",").replace(";", ",").split(",")
    )
    found: list[str] = []
    unknown = False
    for word in filter(None, (str(word).strip() for word in words)):
        known = word if not field.choices else choice(field, word)
        unknown |= known is None
        if known and known not in found:
            found.append(known)
    return Parsed(found or None, "choice-unknown" if unknown else None)


def _records(field: Field, raw: Any) -> Parsed:
    if isinstance(raw, list):
        return Parsed(
            [{key: value for key, value in entry.items() if value not in (None, "")} for entry in raw] or None
        )
    if field.key == "phones":
        found, wrong = phones.read(raw)
        return Parsed(found or None, "phone-invalid" if wrong else None)
    if field.key == "documents":
        read = documents.read_document(plain(raw))
        return Parsed([{"type": read.type or "身份证", "number": read.number}], read.problem)
    return Parsed([{"name": names.normalise(plain(raw))}])


def _as_it_is(field: Field, raw: Any) -> Parsed:
    return Parsed(raw)


_PARSERS: dict[Type, Callable[[Field, Any], Parsed]] = {
    Type.TEXT: _text, Type.INTEGER: _integer, Type.BOOLEAN: _boolean, Type.DATE: _date, Type.YEAR: _year,
    Type.NAME: _name, Type.PHONE: _phone, Type.ID_NUMBER: _id_number, Type.CHOICE: _choice, Type.CHOICES: _choices,
    Type.RECORDS: _records, Type.REFERENCE: _as_it_is, Type.JSON: _as_it_is,
}  # fmt: skip


# ---------------------------------------------------------------- what the screen shows


def show(field: Field, value: Any) -> str:
    """A value as people read it; lists joined by 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type is Type.RECORDS:
        return "、".join(_record(field, entry) for entry in value)
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _record(field: Field, entry: dict[str, Any]) -> str:
    main = _main_part(field.key)
    rest = [str(entry[part.key]) for part in field.parts
            if part.key in entry and part.key != main and part.key not in ("kind", "former")]  # fmt: skip
    former = "，已停用" if entry.get("former") else ""
    said = str(entry.get(main, ""))
    return f"{said}（{'，'.join(rest)}{former}）" if rest or former else said


@cache
def _main_part(key: str) -> str:
    return {"phones": "number", "documents": "number"}.get(key, "name")


def mask(field: Field, value: Any) -> Any:
    """A value as it is shown to someone who has not opened it: same shape, edges only.

    Level 3: numbers keep their edges, a birth date its year, all else is hidden. Level 2: phones keep
    their edges, the rest is shown.
    """
    if value is None:
        return None
    if field.type is Type.PHONE:
        return phones.mask(str(value))
    if field.key == "phones":
        return [{**entry, "number": phones.mask(str(entry.get("number", "")))} for entry in value]
    if field.key == "emergency_contacts":
        return [{**e, "phone": phones.mask(str(e["phone"]))} if e.get("phone") else e for e in value]
    if field.level < 3:
        return value
    if field.type is Type.ID_NUMBER:
        return documents.mask(str(value))
    if field.key == "documents":
        return [{**entry, "number": documents.mask(str(entry.get("number", "")))} for entry in value]
    if field.type is Type.DATE:
        return f"{str(value)[:4]}-**-**" if str(value)[:4].isdigit() else HIDDEN
    return value if field.key == "id_type" else HIDDEN
