"""State machines as tables: which step may follow which state, and why another one may not.

Each kind of work has one table (domain/isolation.py, arrivals.py, incidents.py, care.py, errands.py); a refused step
names what is possible instead, so that nobody has to guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.findings import UserError


@dataclass(frozen=True, slots=True)
class Steps:
    """allowed: state -> the states that may follow; one that none follows has ended. code: of the refusal's words.

    why: state -> code of a sentence that says why nothing (else) follows it.
    """

    code: str
    allowed: Mapping[str, tuple[str, ...]]
    why: Mapping[str, str] = field(default_factory=dict)

    def possible(self, state: str) -> tuple[str, ...]:
        return self.allowed.get(state, ())

    def ended(self, state: str) -> bool:
        return not self.possible(state)

    def to(self, state: str, new: str) -> str:
        """The new state, if the step is allowed. Raises UserError(code) with state, new, possible and why (a code)."""
        if new not in self.possible(state):
            raise UserError(
                self.code, state=state, new=new, possible="、".join(self.possible(state)) or "无",
                why=self.why.get(state, ""),
            )  # fmt: skip
        return new
