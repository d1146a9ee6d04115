"""What a health check may say: a temperature however it was keyed, symptoms in words, or that nobody was reached.

"Normal" is never assumed: whoever was reached has a temperature or a word about symptoms (domain.md, isolation).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain import names
from app.domain.findings import UserError

FEVER = 37.3
"""From this temperature on somebody has to look at once, in degrees Celsius [mem]."""
LOWEST, HIGHEST = 34.0, 43.0
"""What a thermometer may show of a living person; anything else is a slip of the key."""

_TEMPERATURE = re.compile(r"(\d{2})(?:[.度](\d{1,2}))?|(\d{2})(\d)", re.ASCII)
_NORMAL = frozenset((
    "无", "正常", "没有", "良好", "健康", "否", "一切正常", "无症状", "无异常", "无不适", "无其他", "没有症状", "没有异常",
    "没有不适", "身体正常", "身体良好", "体温正常", "状况良好", "未见异常", "均正常", "都正常", "无发热", "无咳嗽", "不发热",
    "不咳嗽", "无发烧", "不发烧", "无腹泻", "无咽痛",
))  # fmt: skip
"""Words that say explicitly that there is nothing; every other word is a symptom, so that none is overheard."""
_PARTS = re.compile(r"[,，、;；。.!！\s]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one case's check says. case: its id; temperature and symptoms as they were keyed; sampled: a sample was taken.

    contact_only: somebody was reached and nothing was said about health: that is kept as not known, never as normal.
    """

    case: str
    reached: bool = True
    temperature: str = ""
    symptoms: str = ""
    sampled: bool = False
    contact_only: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that was read. temperature: as it is kept ("36.5"), "" for none; abnormal: somebody must look."""

    case: str
    reached: bool
    temperature: str
    symptoms: str
    abnormal: bool
    sampled: bool = False


def temperature(text: str) -> str:
    """36.5 however it was keyed: 36．5, ３６.５℃, 36度5, 36。5, 365. "" for nothing.

    Raises UserError("temperature-invalid") for anything that is no body temperature.
    """
    plain = names.fold_width(text).strip().upper()
    plain = re.sub(r"(℃|°C|°|C|摄氏度|度)$", "", plain.replace("。", ".").replace(",", ".").replace(" ", ""))
    if not plain:
        return ""
    found = _TEMPERATURE.fullmatch(plain)
    if found is None:
        raise UserError("temperature-invalid", value=text)
    degrees, part = found[1] or found[3], found[2] or found[4] or "0"
    kept = f"{degrees}.{part.rstrip('0') or '0'}"
    if not LOWEST <= float(kept) <= HIGHEST:
        raise UserError("temperature-invalid", value=text)
    return kept


def is_normal(symptoms: str) -> bool:
    """Do the words say that there is nothing? No words say nothing."""
    parts = [part for part in _PARTS.split(symptoms.strip()) if part]
    return bool(parts) and all(part in _NORMAL for part in parts)


def is_abnormal(degrees: str, symptoms: str) -> bool:
    """Must somebody look at once? degrees: as `temperature` gives it."""
    return bool((degrees and float(degrees) >= FEVER) or (symptoms.strip() and not is_normal(symptoms)))


def said(answer: Answer) -> Said:
    """An answer, read. Raises UserError, each with `case`: temperature-invalid, check-says-nothing, check-not-reached."""
    words = answer.symptoms.strip()
    try:
        degrees = temperature(answer.temperature)
    except UserError as error:
        raise UserError(error.code, **error.details, case=answer.case) from None
    if not answer.reached:
        if degrees or words or answer.sampled:
            raise UserError("check-not-reached", case=answer.case)
        return Said(answer.case, False, "", "", False)
    if not degrees and not words and not answer.contact_only:
        raise UserError("check-says-nothing", case=answer.case)
    return Said(answer.case, True, degrees, words, is_abnormal(degrees, words), answer.sampled)
