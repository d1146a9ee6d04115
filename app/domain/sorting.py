"""Order as people read it: numbers in a text are numbers, and what says nothing comes last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

Key = tuple[tuple[int, int, str], ...]
_DIGITS = re.compile(r"\d+")


def natural(value: Any) -> Key:
    """A sort key in which 2号 is before 12号, -1 before 1 and numbers before words."""
    if isinstance(value, int) and not isinstance(value, bool):
        return ((0, value, ""),)
    text = "" if value is None else str(value)
    parts: list[tuple[int, int, str]] = []
    end = 0
    for found in _DIGITS.finditer(text):
        if found.start() > end:
            parts.append((1, 0, text[end : found.start()]))
        parts.append((0, int(found[0][:1000]), found[0]))  # Python reads no number of more than some thousand digits
        end = found.end()
    if end < len(text):
        parts.append((1, 0, text[end:]))
    return tuple(parts)


def sorted_rows(rows: Sequence[dict[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Rows by these fields; "-age" falls. What says nothing comes last either way; equals keep their order."""
    result = list(rows)
    for key in reversed(keys):
        name, falling = key.removeprefix("-"), key.startswith("-")
        some = [row for row in result if row.get(name) not in (None, "")]
        none = [row for row in result if row.get(name) in (None, "")]
        some.sort(key=lambda row: natural(row[name]), reverse=falling)
        result = some + none
    return result
