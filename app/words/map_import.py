"""Words of bringing in map files; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
