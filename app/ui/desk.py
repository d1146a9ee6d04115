"""What every desk is handed: the session and the few things the window does for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.services.session import Session
from app.ui.tasks import Tasks

Step = tuple[str, Callable[[], None] | None]


@dataclass(slots=True)
class Desk:
    """notify(text, batch): the bar with 撤销; go(section, **where); error(exc); counts_changed(); path([...])."""

    session: Session
    tasks: Tasks
    notify: Callable[..., None]
    go: Callable[..., None]
    error: Callable[[Exception], None]
    counts_changed: Callable[[], None]
    path: Callable[[list[Step]], None]
    extra: dict[str, Any] = field(default_factory=dict)
