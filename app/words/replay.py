"""Words of the time slider; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
