"""Words of one area; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
