"""Chinese numerals, because house numbers and dates are written with them: 十二号, 二〇二〇年三月五日."""

from __future__ import annotations

import re

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_TENS = {"十": 10, "百": 100}
_SHORT = {"廿": "二十", "卅": "三十"}
CHARACTERS = "".join((*DIGITS, *_TENS, *_SHORT))
_RUN = re.compile(f"[{CHARACTERS}]+")


def number(text: str) -> int:
    """十二 is 12, 一百零三 is 103, 三〇二 is 302, 廿一 is 21. Only characters of `CHARACTERS`."""
    for short, whole in _SHORT.items():
        text = text.replace(short, whole)
    if not any(character in _TENS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    total = digit = 0
    for character in text:
        if character in _TENS:
            total += (digit or 1) * _TENS[character]
            digit = 0
        else:
            digit = DIGITS[character]
    return total + digit


def as_digits(text: str) -> str:
    """A text with its Chinese numerals written as digits."""
    return _RUN.sub(lambda run: _digits(run[0]), text)


def _digits(run: str) -> str:
    plain = all(character in DIGITS for character in run)
    return "".join(str(DIGITS[character]) for character in run) if plain else str(number(run))
