"""Chinese words for codes: one catalogue that the window and the command line share.

Each area keeps a module with one dict `WORDS: dict[str, str]` of templates with named places
(`{row}`, `{value}`), filled by `.format`. Services and the domain only ever return codes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from string import Formatter
from typing import Any

AREAS = (
    "accounts", "acts", "desks", "duplicates", "exchange_desk", "filling", "findings", "forms", "imports", "keys", "ledger", "lists", "map_files", "maps", "matching", "places", "records", "reports", "rosters", "screen",
    "sharing", "sheets", "sync", "upkeep",
    "arrivals", "care", "errands", "incidents", "isolation", "isolation_desk", "moving", "notices", "supervision", "timeline", "today",
    "atlas", "generator", "ground", "map_draw", "map_import", "matrix_acts", "replay", "wall",
)  # fmt: skip


@cache
def _catalogue() -> dict[str, str]:
    words: dict[str, str] = {}
    for area in AREAS:
        words.update(import_module(f"app.words.{area}").WORDS)
    return words


class _Gaps(Formatter):
    """A missing detail reads as nothing: a message about an error must never fail itself."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key, "") if isinstance(key, str) else ""


def say(code: str, /, **details: Any) -> str:
    """The sentence for a code; an unknown code is a bug that tests catch (`test_words`).

    why: a code of its own (domain/steps.py), said in words within the sentence.
    """
    if (why := details.get("why")) in _catalogue():
        details["why"] = _catalogue()[why]
    return _Gaps().format(_catalogue()[code], **details)


def knows(code: str) -> bool:
    return code in _catalogue()
