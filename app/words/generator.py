"""Words of the building generator; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
