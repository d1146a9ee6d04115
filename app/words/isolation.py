"""Words about isolation cases, checks and rules."""

from __future__ import annotations

WORDS: dict[str, str] = {}
