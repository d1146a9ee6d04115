"""Notes of a roster: what they hold of papers and illness is sealed, as a column of its own would be."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from app.domain import documents
from app.domain.documents import Document
from app.domain.values import EMPTY_WORDS, NOTHING, Parsed, plain
from app.exchange.meaning import is_sensitive, whose

_LONG_NUMBER = re.compile(
    r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{15,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?)(?![\dA-Za-z])"
)
"""Numbers of ID cards and of bank cards."""
_SHORTEST = 15
_LABEL = r"(?:(?:居民|二代)?身份证件?(?:号码?)?|证件号?码?|ID)?[\s:：是为]*"
_GRAVE = re.compile(
    r"HIV|AIDS|艾滋|阳性|阳了|羊了|精神|肿瘤|癌|透析|血透|尿毒|乙肝|肝炎|结核|梅毒|吸毒|戒毒|涉毒|矫正|刑满|服刑|痴呆|抑郁|瘫|中风|化疗|流产|自杀|家暴|邪教|上访",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:身体|目前|均|都|很|也)*(?:健康|体温)(?:状况|情况)?(?:良好|正常|码|绿码)*|无(?:任何)?(?:疾病|病史|病症|症状)|药店|健康路"
)
"""Said of everybody, and of nobody's illness."""
_HINTS = re.compile(
    r"[HhAa艾阳羊精肿癌透血尿肝结梅毒矫刑痴抑瘫中化流自家邪上病症疾健身体诊接第加用孕残低收核抗检疫证护银卡账信宗犯密药过失优救]"
)
"""One of these stands in every note that is not open: a quick look at those that are."""


class Noted(NamedTuple):
    """A note with the whole number of an ID card. rest: the note without it; text: all of it."""

    paper: Document
    rest: str
    text: str


def is_usual(raw: str) -> bool:
    """Does a note that needs no tidying hold nothing that is to be sealed?"""
    if len(raw) >= _SHORTEST and _LONG_NUMBER.search(raw) is not None:
        return False
    return _HINTS.search(raw) is None or not is_grave(raw)


def is_grave(text: str) -> bool:
    """Does a text speak of illness, punishment or the like?"""
    said = _HARMLESS.sub("", text)
    return _GRAVE.search(said) is not None or is_sensitive(said, ())


def read(raw: Any) -> Parsed:
    """An open note as it is; else details: `note_sensitive`, or `noted` for the row to decide whose the number is."""
    text = plain(raw)
    if text in EMPTY_WORDS or raw != raw:
        return NOTHING
    numbers = _LONG_NUMBER.findall(text)
    if len(numbers) == 1:
        paper = documents.read_document(numbers[0])
        rest = re.sub(_LABEL + re.escape(numbers[0]), " ", text).strip(" ,，;；、。:：()（）")
        if len(paper.number) == 18 and paper.problem is None and not whose(rest):
            return Parsed(None, None, {"noted": Noted(paper, " ".join(rest.split()), text)})
    if numbers or is_grave(text):
        return Parsed(None, None, {"note_sensitive": text})
    return Parsed(text)


def placed(noted: Noted, paper: Document | None, values: dict[str, Any]) -> tuple[Document | None, dict[str, str]]:
    """The row's paper, and its note by field key: a number that gainsays the row is sealed with the note."""
    found = noted.paper
    same = paper is None or documents.comparable(paper.number) == found.number
    born = str(values.get("birth_date") or values.get("birth_year") or "")
    sex = values.get("sex")
    if not same or not (found.birth_date or "").startswith(born) or (sex and found.sex != sex):
        return paper, {"note_sensitive": noted.text}
    key = "note_sensitive" if is_grave(noted.rest) else "note"
    return paper or found, {key: noted.rest} if noted.rest else {}
