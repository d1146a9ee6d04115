"""Words of the maps: measures, classes, what an imported layer found; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
