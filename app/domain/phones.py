"""Phone numbers as rosters write them: mobile, landline, foreign, several in one cell."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from app.domain.names import fold_width

MOBILE = re.compile(r"1[3-9]\d{9}")
_SEPARATORS = re.compile(r"[/、,，;；\n|]+|\s{2,}|(?<=\d{8})\s+(?=\d{8})|(?<=\d{11})\s+(?=\d)")
_OWNER = re.compile(r"[（(]\s*([^()（）]+?)\s*[)）]")
Phone = dict[str, Any]


def read(raw: Any) -> tuple[list[Phone], list[str]]:
    """Phones in a cell, each {number, kind[, owner]}, and the pieces that are none.

    A piece that cannot be a phone is returned to be shown; nothing is guessed.
    """
    if isinstance(raw, bool) or raw is None:
        return [], []
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
    return _read(text)


@lru_cache(maxsize=16_384)
def _read(text: str) -> tuple[list[Phone], list[str]]:
    phones: list[Phone] = []
    wrong: list[str] = []
    for piece in filter(None, map(str.strip, _SEPARATORS.split(fold_width(text).strip()))):
        owner = _OWNER.search(piece)
        number, kind = normalise(_OWNER.sub("", piece))
        if kind is None:
            if number:
                wrong.append(piece)
            continue
        phone: Phone = {"number": number, "kind": kind}
        if owner and not owner[1].isdigit():
            phone["owner"] = owner[1]
        if phone not in phones:
            phones.append(phone)
    return phones, wrong


def normalise(text: str) -> tuple[str, str | None]:
    """One number's spelling and its kind 手机 / 固话 / 境外; kind None if it is no phone."""
    text = text.strip().removesuffix(".0")
    text = re.sub(r"^(电话|手机|座机|联系电话|tel|TEL|Tel)[:： ]*", "", text)
    foreign = text.startswith(("+", "00")) and not re.match(r"^(\+|00)\s*86", text)
    digits = re.sub(r"\D", "", text)
    if foreign:
        return ("+" + digits.removeprefix("00"), "境外") if 7 <= len(digits) <= 17 else (text, None)
    if re.search(r"[^\d\s\-+()转#xX*.]", text):
        return text, None
    local = re.sub(r"^(0086|86)(?=\d{10,11}$)", "", digits)
    if MOBILE.fullmatch(local):
        return local, "手机"
    extension = re.match(r"^\D*([\d\- ]{7,14}?)\s*(?:转|#|x|X|\*)\s*(\d{1,6})$", text)
    if extension:
        number, kind = normalise(extension[1])
        return (f"{number}转{extension[2]}", kind) if kind == "固话" else (text, None)
    land = re.sub(r"^0?21(?=\d{8}$)", "", local)
    if len(land) == 8 and land[0] in "2345678":
        return land, "固话"
    if re.fullmatch(r"0\d{2,3}[2-9]\d{6,7}", local):
        return local, "固话"
    return text, None


def mask(number: str) -> str:
    """138****1234; a landline keeps its last four."""
    if len(number) >= 11:
        return f"{number[:3]}****{number[-4:]}"
    return f"{'*' * max(len(number) - 4, 0)}{number[-4:]}"
