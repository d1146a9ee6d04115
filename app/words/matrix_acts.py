"""Words of acts on several doors or buildings; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {}
