"""联络码: six characters told over the telephone, by which a committee writes of something before its bundle is there.

Neither 0 and O nor 1, I and L, which nobody can tell apart by ear or on paper: 31 characters are left. That is a prime, so
one weighted sum finds every single wrong character and every two changed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.domain import clock
from app.domain.findings import UserError
from app.domain.names import fold_width

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 6
WAITS = timedelta(days=3)  # assumed: a stick comes every day or two
"""How long a stub may wait for its bundle before it stands out."""
TOLD_BY_CENTRE = {"arrival": "person_name", "incident": "what"}
"""entity -> a field that the centre always writes and a stub never does: where it is, the bundle has come."""

_PRIME = len(ALPHABET)
_LAST = pow(LENGTH, -1, _PRIME)


def make(random: Random) -> str:
    """A fresh code. random: of the system (`random.SystemRandom()`), where it must not be guessed."""
    body = "".join(random.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + ALPHABET[-_sum(body) * _LAST % _PRIME]


def read(text: object) -> str:
    """The code as it is stored; case, full-width letters, blanks and dashes are forgiven.

    Raises UserError("contact-code-wrong", said) for one that was misheard or mistyped.
    """
    said = fold_width(str(text or ""))[:40].upper()
    code = "".join(each for each in said if not each.isspace() and each not in "-—–_.,，。、")
    if not is_code(code):
        raise UserError("contact-code-wrong", said=spoken(code[:12]))
    return code


def is_code(text: object) -> bool:
    """Is it one, by its check character?"""
    return (
        isinstance(text, str)
        and len(text) == LENGTH
        and all(each in ALPHABET for each in text)
        and _sum(text) % _PRIME == 0
    )


def spoken(code: str) -> str:
    """In two groups of three, as one reads it out."""
    return f"{code[:3]} {code[3:]}".strip()


def _sum(text: str) -> int:
    return sum(weight * ALPHABET.index(each) for weight, each in enumerate(text, 1))


# ---------------------------------------------------------------- stubs


def is_stub(entity: str, values: Mapping[str, Any]) -> bool:
    """Known by its code only: written down at the telephone, and the centre's bundle has not come."""
    return bool(values.get("heard_at")) and not values.get(TOLD_BY_CENTRE.get(entity, ""))


def waits_since(entity: str, values: Mapping[str, Any]) -> datetime | None:
    """When a stub was written down; None for what is none. A time that is broken is older than all others."""
    if not is_stub(entity, values):
        return None
    return clock.moment(values.get("heard_at")) or datetime.min.replace(tzinfo=clock.SHANGHAI) + timedelta(days=1)


def is_late(entity: str, values: Mapping[str, Any], now: datetime) -> bool:
    """Has a stub waited too long for its bundle?"""
    since = waits_since(entity, values)
    return (
        since is not None and not timedelta(days=-1) < now - since <= WAITS
    )  # one from a day to come: a clock was wrong
