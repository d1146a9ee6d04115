"""Older patches read as today's: one pure step per catalogue format that was ever released.

Field keys are never renamed or re-used, only retired, so a step is needed only where the shape of a value
changed. Entries themselves are never rewritten: their bytes are hashed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.fields import FORMAT
from app.domain.findings import UserError

Patch = dict[str, Any]
Step = Callable[[str, Patch], Patch]

STEPS: dict[int, Step] = {}
"""format -> the step that lifts its patches to the next format. Format 1 is today's."""


def upcast(format_: int, entity: str, patch: Patch, *, steps: Mapping[int, Step] = STEPS, to: int = FORMAT) -> Patch:
    """A patch of an older format in today's shape.

    Raises UserError("format-newer") for one written by a newer program.
    """
    if format_ > to:
        raise UserError("format-newer", format=format_, known=to)
    for step in range(format_, to):
        patch = steps[step](entity, patch)
    return patch
