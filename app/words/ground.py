"""Words of the base map, plans and tiles; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
