"""How much speaks for two records being one person, with the reasons that a person reads.

After Fellegi and Sunter (A Theory for Record Linkage, 1969): each field adds the binary logarithm of m/u. m is how
often the field agrees so in two records of one person, u how often by chance in records of two. u comes from
counting: some 25,000 possible birthdays, two thousand doors of a committee, one name in ten thousand. m is an
estimate of how often hand-typed rosters err, not a count of real ones; the sums were checked on seeds 1 to 3 of
`benchmarks/truth.py`, the weights of Latin names and long addresses on FEBRL 4. The fields are not independent
in a family: a phone behind the same door adds little, and siblings' names share characters. Both are in the weights below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from app.domain.differences import phone_key
from app.domain.likeness import name_code, name_key

if TYPE_CHECKING:
    from app.domain.known import Known

GENERATION = 12
"""Years between two people of one name behind one door from which they are surely two people."""

PRIOR = 18.0
"""Bits that must be overcome before "the same" is as likely as "another": one in 250,000."""

WEIGHTS = {
    "same-number": 25.0, "other-number": -9.0,
    "same-name": 13.0, "name-variant": 12.0, "name-order": 11.0, "name-sounds": 6.5, "name-shape": 6.5,
    "name-misspelt": 11.5, "name-near": 8.0, "name-part": 6.0, "name-given": 6.0, "name-one-char": 1.5, "name-one-word": 6.0, "other-name": -8.0,
    "birth": 14.4, "birth-swapped": 9.0, "birth-near": 6.0, "birth-year": 5.5, "other-birth": -4.0, "other-generation": -10.0,
    "same-door": 10.8, "near-door": 5.0, "address-most": 4.0, "address-part": 1.0, "other-door": -2.0,
    "phone": 11.0, "phone-tail": 8.0, "phone-near": 8.0, "other-phone": -1.0,
    "sex": 0.9, "other-sex": -5.0, "twin": -14.0,
}  # fmt: skip
"""Bits for and against, by code."""

SHORT_NAME = -2.5
"""张伟 has more namesakes than 张建国: what an equal name of two characters is worth less."""
KIN = -6.0
"""A family shares a surname: what one equal word of a passport name is worth less without an equal birthday."""
AGAIN = 0.35
"""What is left of a phone's weight behind the same door, where the whole family gives one number."""

ROOM = 6
"""Characters that a room has at most; longer ones are a street and a number."""
STREET = 0.75
"""Likeness of two streets, without their numbers, that may be one."""

AGAINST = frozenset(code for code, bits in WEIGHTS.items() if bits < 0)
NAMES = frozenset(code for code in WEIGHTS if "name" in code and WEIGHTS[code] > 0)
PLAIN_NAME = frozenset(("same-name", "name-variant"))


@dataclass(frozen=True, slots=True)
class Likeness:
    """score: 0 to 1. why, against: codes whose words are `why-<code>`. bits: the sum the score is made of."""

    score: float
    why: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    bits: float = 0.0

    @property
    def codes(self) -> tuple[str, ...]:
        return (*self.why, *self.against)


@dataclass(slots=True)  # not frozen, like Known: one is made per person compared
class Traits:
    """What of a person or a row is compared, in the form it is compared in.

    place: building id, unit, room; tells a slip in the room from another house.
    """

    name: str
    door: str | None
    place: tuple[str, str, str] | None
    year: int | None
    birth: str | None
    sex: str | None
    number: bytes | None
    numbers: tuple[bytes, ...]
    phones: tuple[str, ...]


def traits(person: Known) -> Traits:
    birth = person.birth_date
    return Traits(
        name_key(person.name), person.dwelling, person.place,
        person.birth_year or (int(birth[:4]) if birth else None), birth, person.sex,
        person.id_index, person.further_ids, tuple([phone_trait(number) for number in person.phones]),
    )  # fmt: skip


def compare(one: Known, other: Known) -> Likeness:
    """How alike two people of the workspace are, or a person and a row."""
    return likeness(traits(one), traits(other))


Codes = tuple[str, str, str, str, str, str, bool]
"""How number, name, birth, door, phone and sex agree; whether the equal name has two characters."""


def likeness(one: Traits, other: Traits) -> Likeness:
    return weighed(*codes_of(one, other))


def codes_of(one: Traits, other: Traits) -> Codes:
    name, birth = name_code(one.name, other.name), birth_code(one, other)
    if birth == "birth-near" and name not in PLAIN_NAME and abs((one.year or 0) - (other.year or 0)) >= GENERATION:
        birth = "other-generation"
    return (
        number_code(one, other), name, birth, door_code(one, other), phone_code(one.phones, other.phones),
        sex_code(one, other), name in PLAIN_NAME and len(one.name) == 2,
    )  # fmt: skip


@cache  # a few thousand combinations at most, asked millions of times
def weighed(number: str, name: str, birth: str, door: str, phone: str, sex: str, short: bool) -> Likeness:
    """What the codes of the six fields add up to. short: the equal name has two characters."""
    codes = [code for code in (number, name, birth, door, phone, sex) if code]
    near = door == "same-door" or phone in ("phone", "phone-tail")
    if name == "name-one-char" and birth in ("birth", "birth-year") and near and number != "same-number":
        codes.append("twin")
    bits = sum([WEIGHTS[code] for code in codes]) + (SHORT_NAME if short else 0)
    if name == "name-one-word" and birth != "birth":
        bits += KIN
    if door == "same-door" and phone and phone != "other-phone":
        bits -= WEIGHTS[phone] * (1 - AGAIN)
    return Likeness(
        round(1 / (1 + 2.0 ** (PRIOR - bits)), 4),
        tuple([code for code in codes if code not in AGAINST]),
        tuple([code for code in codes if code in AGAINST]),
        bits,
    )


def unnamed(like: Likeness) -> bool:
    """Does no name speak for it? Then nothing but the ID number makes it one person."""
    return "same-number" not in like.why and not any(code in NAMES for code in like.why)


# ---------------------------------------------------------------- field by field; "" where one side says nothing


def number_code(one: Traits, other: Traits) -> str:
    if one.number is None or other.number is None:
        return ""
    if one.number == other.number or one.number in other.numbers or other.number in one.numbers:
        return "same-number"
    return "other-number"


def birth_code(one: Traits, other: Traits) -> str:
    if one.birth and other.birth:
        if one.birth == other.birth:
            return "birth"
        if one.birth[:4] == other.birth[:4] and one.birth[5:7] == other.birth[8:] and one.birth[8:] == other.birth[5:7]:
            return "birth-swapped"
        if _slip(one.birth, other.birth) or _exchanged(one.birth, other.birth):
            return "birth-near"
    elif one.year is not None and one.year == other.year:
        return "birth-year"
    if one.year is None or other.year is None:
        return ""
    return "other-generation" if abs(one.year - other.year) >= GENERATION else "other-birth"


def door_code(one: Traits, other: Traits) -> str:
    if one.door is None or other.door is None:
        return ""
    if one.door == other.door:
        return "same-door"
    if one.place is None or other.place is None:
        return "other-door"
    if max(len(one.place[2]), len(other.place[2])) > ROOM:
        return _written_out(one.place, other.place)
    return "near-door" if _near_place(one.place, other.place) else "other-door"


def _written_out(one: tuple[str, str, str], other: tuple[str, str, str]) -> str:
    """Addresses of several words: what agrees of building (or postcode), number and street; a part may be left out."""
    from rapidfuzz.distance import OSA  # slow to load

    numbers, streets = zip(street_of(one[2]), street_of(other[2]), strict=True)
    street = bool(streets[0] and streets[1]) and OSA.normalized_similarity(*streets) >= STREET
    building = bool(one[0]) and (one[0] == other[0] or _slip(one[0], other[0]) or _exchanged(one[0], other[0]))
    number = bool(numbers[0]) and numbers[0] == numbers[1]
    gainsaid = [
        bool(streets[0] and streets[1]) and not street, bool(one[0] and other[0]) and not building,
        bool(numbers[0] and numbers[1]) and not number,
    ]  # fmt: skip
    if street + building + number > 1:
        return "address-most" if any(gainsaid) else "near-door"
    return "address-part" if street or building else "other-door"


def street_of(room: str) -> tuple[str, str]:
    """(number, street) of a house's address."""
    street = room.lstrip("0123456789 ")
    return room[: len(room) - len(street)].strip(), street


def _near_place(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """In one building, with a slip in the room or the unit left out."""
    if one[0] != other[0]:
        return False
    return one[2] == other[2] or _slip(one[2], other[2]) or _dropped(one[2], other[2])


def _exchanged(one: str, other: str) -> bool:
    """Any two characters exchanged."""
    wrong = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(wrong) == 2 and len(one) == len(other) and wrong[0] == wrong[1][::-1]


def _slip(one: str, other: str) -> bool:
    """One character wrong, or two neighbours exchanged."""
    if len(one) != len(other):
        return False
    wrong = [n for n, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(wrong) != 2:
        return len(wrong) == 1
    first, second = wrong
    return second - first == 1 and one[first] == other[second] and one[second] == other[first]


def _dropped(one: str, other: str) -> bool:
    """One character left out; of short rooms nothing would be left."""
    short, long = sorted((one, other), key=len)
    return len(short) > 1 and len(long) - len(short) == 1 and any(
        long[:n] + long[n + 1 :] == short for n in range(len(long))
    )  # fmt: skip


def phone_trait(number: str) -> str:
    """A phone's digits; hidden ones (138****1234) are one star."""
    if number.isascii() and number.isdigit() and len(number) == 11 and number[0] == "1":
        return number
    if "*" not in number and "＊" not in number:
        return phone_key(number)
    shown = number.replace("＊", "*")
    return f"{phone_key(shown[: shown.index('*')])}*{phone_key(shown[shown.rindex('*') :])}"


def phone_code(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """The best that any two of the numbers say."""
    best = ""
    for one in mine:
        for other in theirs:
            code = _phones(one, other)
            if code == "phone":
                return code
            if not best or best == "other-phone":
                best = code or best
    return best


def _phones(one: str, other: str) -> str:
    if one == other:
        return "phone" if len(one) >= 7 and "*" not in one else ""
    if "*" in one or "*" in other:
        return _hidden(one, other)
    short, long = sorted((one, other), key=len)
    if 4 <= len(short) < 7:
        return "phone-tail" if long.endswith(short) else "other-phone"
    if len(short) < 7:
        return ""
    if _slip(one, other) or _dropped(one, other):
        return "phone-near"
    return "other-phone"


def _hidden(one: str, other: str) -> str:
    if "*" in one and "*" in other:
        return "phone-tail" if one[-4:] == other[-4:] else ""
    masked, whole = (one, other) if "*" in one else (other, one)
    start, _, end = masked.partition("*")
    if len(end) < 3:
        return ""
    return "phone-tail" if whole.startswith(start) and whole.endswith(end) else "other-phone"


def sex_code(one: Traits, other: Traits) -> str:
    if not one.sex or not other.sex:
        return ""
    return "sex" if one.sex == other.sex else "other-sex"
