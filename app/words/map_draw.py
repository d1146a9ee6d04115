"""Words of drawing on the map; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
