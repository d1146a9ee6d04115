"""Words of the wall screen; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
