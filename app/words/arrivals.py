"""Words about people who come back and how they get home."""

from __future__ import annotations

WORDS: dict[str, str] = {}
