"""Words about people who move while they isolate."""

from __future__ import annotations

WORDS: dict[str, str] = {}
