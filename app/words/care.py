"""Words about care groups, plans and contacts."""

from __future__ import annotations

WORDS: dict[str, str] = {}
