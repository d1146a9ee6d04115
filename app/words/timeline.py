"""Words about what happened to a person or a household."""

from __future__ import annotations

WORDS: dict[str, str] = {}
