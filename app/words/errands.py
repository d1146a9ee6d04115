"""Words about what is done for people who may not go out."""

from __future__ import annotations

WORDS: dict[str, str] = {}
