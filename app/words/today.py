"""Words about what is due today, shift notes and hand-over."""

from __future__ import annotations

WORDS: dict[str, str] = {}
