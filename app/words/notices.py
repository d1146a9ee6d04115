"""Words about the papers of isolation and other prints of work with people."""

from __future__ import annotations

WORDS: dict[str, str] = {}
