"""Words about what the centre asks of its committees."""

from __future__ import annotations

WORDS: dict[str, str] = {}
