"""Words of the printed atlas and of a map as a file; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
