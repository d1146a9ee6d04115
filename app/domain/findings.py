"""What can be wrong, said so that a person can mend it: findings in input, errors in an act.

Only codes and values live here; the words for them are in `app.words`, one catalogue for window and
command line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in one cell of input; checking collects these and never stops at the first.

    row, column: as Excel shows them (row from 1; column = the title, or its letter where there is none).
    value: what stood there, already masked if the field is level 3.
    """

    code: str
    row: int | None = None
    column: str | None = None
    sheet: str | None = None
    value: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


class UserError(Exception):
    """Something the user can mend. `code` is stable (a contract), `details` fill the words. Exit 1."""

    exit_code = 1

    def __init__(self, code: str, /, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return f"{self.code} {self.details}" if self.details else self.code


class UsageError(UserError):
    """The command's words are off. Exit 2."""

    exit_code = 2


class Refused(UserError):  # noqa: N818 -- reads as what happened
    """Password or rights say no. Exit 3."""

    exit_code = 3


class NotTrusted(UserError):  # noqa: N818
    """A ledger, bundle or registry that does not prove itself. Exit 4."""

    exit_code = 4
