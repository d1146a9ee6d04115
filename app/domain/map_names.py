"""Are two names of an estate or a committee the same place's? 培花四小区 is 培花新村第四居委会; 培花花园 is another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from app.domain import addresses, numerals

_OFFICE = re.compile(r"(?:社区)?(?:居民委员会|居委会|居委|居民区|村委会)$|(?:小区|社区|片区|街区|住宅区|街道)$")
"""Words that say what a thing is and not which."""
_KINDS = re.compile("新村|花园|公寓|家园|大厦|广场|别墅|花苑|新苑|名苑|雅苑|苑")
_VILLAGE = re.compile(r"(?<=\d)村")
_ORDINAL = re.compile(r"第(?=\d)")
_APART = re.compile(r"[/、()（）]")


class Key(NamedTuple):
    """core: the name without what it is; kind: 新村, 花园 …, "" where the name has none; office: did it say 小区, 居委会 …?"""

    core: str
    kind: str
    office: bool = False

    def may_be(self, other: Key) -> bool:
        """The same core, and no kind that gainsays the other's: a bare 联洋 may be more than 联洋花园."""
        return self.core == other.core and (
            self.kind == other.kind or (not self.kind and self.office) or (not other.kind and other.office)
        )


@lru_cache(maxsize=1 << 13)
def keys(name: str) -> frozenset[Key]:
    """A name as it is compared; one with a second name (`金樽花园/金色维也纳`) goes by each."""
    parts = [part for part in _APART.split(addresses.estate(name)) if len(part) > 1] if name else []
    return frozenset(
        key for part in (*parts, *([addresses.estate(name)] if len(parts) > 1 else ())) if (key := _key(part)).core
    )


def _key(name: str) -> Key:
    text = name
    while (shorter := _OFFICE.sub("", text)) != text and shorter:
        text = shorter
    office = text != name
    text = numerals.as_digits(text)
    text = _VILLAGE.sub("", _ORDINAL.sub("", text))
    kinds = _KINDS.findall(text)
    core = _KINDS.sub("", text)
    return Key(core, kinds[0] if kinds else "", office) if len(core) > 1 else Key(text, "", office)


def alike(one: str, other: str) -> bool:
    """May both names be one place's, by any of the names they go by?"""
    return any(a.may_be(b) for a in keys(one) for b in keys(other))
