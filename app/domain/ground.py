"""What lies under a map: the kinds of layers that this PC keeps beside the ledger, and whose they are.

Nothing of it speaks of residents; it is in no bundle. The map credits `source` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["roads", "water", "green", "footprints", "facilities", "plan", "tiles"]
FEATURES: tuple[Kind, ...] = ("water", "green", "footprints", "roads", "facilities")
"""Layers of features, in the order in which they are drawn, the lowest first."""
PICTURES: tuple[Kind, ...] = ("plan", "tiles")
"""A scanned plan laid over its estate; an MBTiles or PMTiles background, whose file stays outside the database."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. about: by kind: features: count, box; plan: estate, corners, size, media; tiles: file, format, zooms."""

    id: str
    kind: Kind
    title: str
    source: str = ""
    at: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
