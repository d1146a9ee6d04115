"""Words about incidents, their stages and limits."""

from __future__ import annotations

WORDS: dict[str, str] = {}
