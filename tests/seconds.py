"""A second account in a workspace, for acts that need two people."""

from __future__ import annotations

from collections.abc import Sequence

from app.services import accounts
from app.services.session import Session

SECOND, SECOND_PASSWORD = "李社工", "mima-67890"


def give_second(session: Session, name: str = SECOND, roles: Sequence[str] = ("worker",)) -> None:
    accounts.add(session, name, SECOND_PASSWORD, roles)
