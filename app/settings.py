"""What this PC remembers for its user: window, columns, last account, last folder. Never a resident's data.

A JSON file in the user's own configuration folder; a damaged or unwritable one is no reason to stop work.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import platformdirs

from app.files import write_atomic

NAME = "settings.json"


def default_path() -> Path:
    """Where the settings lie unless told otherwise."""
    return platformdirs.user_config_path("loutu", appauthor=False) / NAME


class Settings:
    """Named JSON values. With no path they live as long as the program."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values: dict[str, Any] = _read(path) if path else {}

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def put(self, key: str, value: Any) -> None:
        """Keep a value; written at once, because an old PC may be switched off any moment."""
        if self._values.get(key) == value:
            return
        self._values[key] = value
        if self._path is None:
            return
        text = json.dumps(self._values, ensure_ascii=False, indent=1, sort_keys=True)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path, text.encode())
        except OSError:
            self._path = None  # a full or locked disk: remembered until the program ends


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
