"""Words of the survey sheets, on paper and on the screen; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
