"""The code on a recovery sheet: typed from paper by somebody in trouble, so that a slip is found and its place told.

Eight groups of four: three letters that are random and one that checks them and their place. 31 letters, none of which
reads like another; 31 is prime, so a wrong letter, two letters or two groups changed about never pass. Random are
24 letters, 118 bits: nobody guesses that, however fast.
"""

from __future__ import annotations

import secrets
import unicodedata

from app.domain.findings import UserError

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
GROUPS, RANDOM = 8, 3
SIZE = RANDOM + 1


def new() -> str:
    """`7KQ2-…`: eight groups with dashes between."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(RANDOM)) for _ in range(GROUPS))
    return "-".join(group + _check(place, group) for place, group in enumerate(groups))


def parse(text: str) -> str:
    """The code as it was made, of what a person typed: small or wide letters, blanks and dashes anywhere.

    Raises UserError: recovery-code-letter (letter), recovery-code-length (count), recovery-code-group (group from 1).
    """
    plain = [each for each in unicodedata.normalize("NFKC", text).upper() if each.isalnum()]
    for letter in plain:
        if letter not in LETTERS:
            raise UserError("recovery-code-letter", letter=letter)
    if len(plain) != GROUPS * SIZE:
        raise UserError("recovery-code-length", count=len(plain), needed=GROUPS * SIZE)
    groups = ["".join(plain[at : at + SIZE]) for at in range(0, len(plain), SIZE)]
    for place, group in enumerate(groups):
        if group[RANDOM] != _check(place, group[:RANDOM]):
            raise UserError("recovery-code-group", group=place + 1, said=group)
    return "-".join(groups)


def _check(place: int, group: str) -> str:
    """Weights that differ, and from that of the check itself (-1): two letters changed about are found."""
    total = sum(weight * LETTERS.index(letter) for weight, letter in enumerate(group, 2)) + 7 * place
    return LETTERS[total % len(LETTERS)]
