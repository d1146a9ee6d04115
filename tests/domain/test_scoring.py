"""What speaks for two records being one person, field by field, and the pairs the merge desk is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.candidates import CROWD
from app.domain.duplicates import pairs
from app.domain.findings import UserError
from app.domain.likeness import name_code, name_key, sound_code
from app.domain.matching import Known
from app.domain.scoring import WEIGHTS, compare, phone_code, phone_trait
from app.domain.variants import fold, look_alike, sound_alike
from app.words import knows


def person(**values: Any) -> Known:
    return Known(**{"id": "a", "household": None, "dwelling": None, "name": "王建国", **values})


def test_every_code_has_words() -> None:
    assert all(knows(f"why-{code}") for code in WEIGHTS)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [("王建国", "王建国", "same-name"), ("张荣华", "張榮華", "name-variant"), ("陈喆", "陈哲", "name-variant"),
     ("王建国", "建国王", "name-order"), ("王建国", "王国建", "name-order"), ("王建国", "王健国", "name-sounds"),
     ("陈星", "程鑫", "name-sounds"), ("朱未", "朱末", "name-shape"), ("王建国", "王建军", "name-one-char"),
     ("李建国", "林建国", "name-given"), ("王建国", "王建", "name-one-char"), ("王建国", "王*国", "name-part"),
     ("王建国", "王某某", "name-part"), ("王建国", "王先生", "name-part"), ("艾力", "艾力·买买提", "name-part"),
     ("王建国", "李秀英", "other-name"), ("王伟", "王芳", "other-name"), ("王建国", "WANG JIANGUO", "name-sounds"),
     ("JOHN SMITH", "SMITH JOHN", "same-name"), ("JOHN SMITH", "JOHN SMYTH", "name-misspelt"),
     ("JOHN SMITH", "SMITH", "name-part"), ("JOHN SMITH", "MARY SMITH", "name-one-word"),
     ("JOHN SMITH", "MARY BROWN", "other-name"), ("王建国", "", "")],
)  # fmt: skip
def test_how_names_agree(one: str, other: str, code: str) -> None:
    assert name_code(name_key(one), name_key(other)) == code
    assert name_code(name_key(other), name_key(one)) == code


def test_characters_that_stand_for_one_another() -> None:
    assert fold("陳曉東") == "陈晓东"
    assert look_alike("未", "末")
    assert not look_alike("未", "王")
    assert sound_alike("曾", "增")
    assert not sound_alike("王", "李")


# ---------------------------------------------------------------- the other fields


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [("1958-03-02", "1958-03-02", "birth"), ("1958-03-02", "1958-02-03", "birth-swapped"),
     ("1958-03-02", "1958-03-12", "birth-near"), ("1958-03-02", "1985-03-02", "birth-near"),
     ("1958-03-02", "1958-11-27", "other-birth"), ("1958-03-02", "1990-11-27", "other-generation")],
)  # fmt: skip
def test_how_birthdays_agree(one: str, other: str, code: str) -> None:
    like = compare(person(birth_date=one), person(birth_date=other))
    assert [each for each in (*like.why, *like.against) if "birth" in each or "generation" in each] == [code]


def test_a_slip_of_a_generation_counts_only_with_the_same_name() -> None:
    old, young = person(birth_date="1958-03-02"), person(name="王健国", birth_date="1988-03-02")
    assert "other-generation" in compare(old, young).against
    assert "birth-near" in compare(old, replace(young, name="王建国")).why


def test_a_year_beside_a_date() -> None:
    assert "birth-year" in compare(person(birth_year=1958), person(birth_date="1958-03-02")).why
    assert "other-birth" in compare(person(birth_year=1959), person(birth_date="1958-03-02")).against


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [("13800001234", "+86 138-0000-1234", "phone"), ("13800001234", "138****1234", "phone-tail"),
     ("13800001234", "1234", "phone-tail"), ("13800001234", "13800001243", "phone-near"),
     ("13800001234", "1380001234", "phone-near"), ("13800001234", "13912345678", "other-phone"),
     ("13800001234", "139****1234", "other-phone"), ("13800001234", "34", ""), ("58881234", "021-58881234", "phone")],
)  # fmt: skip
def test_how_phones_agree(one: str, other: str, code: str) -> None:
    assert phone_code((phone_trait(one),), (phone_trait(other),)) == code


def test_the_best_of_several_phones_counts() -> None:
    assert phone_code(("13800001234", "58881234"), ("13912345678", "58881234")) == "phone"


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("302", "302", "same-door"),
        ("302", "303", "near-door"),
        ("302", "32", "near-door"),
        ("302", "1101", "other-door"),
    ],
)
def test_how_doors_agree(one: str, other: str, code: str) -> None:
    like = compare(person(dwelling=one, place=("b", "", one)), person(dwelling=other, place=("b", "", other)))
    assert code in (*like.why, *like.against)


def test_without_places_a_door_is_the_same_or_another() -> None:
    assert "other-door" in compare(person(dwelling="302"), person(dwelling="303")).against


def test_an_old_number_is_the_same_number() -> None:
    assert "same-number" in compare(person(id_index=b"x"), person(id_index=b"y", further_ids=(b"x",))).why
    assert "other-number" in compare(person(id_index=b"x"), person(id_index=b"y")).against


# ---------------------------------------------------------------- what it adds up to

FIELDS = {
    "name": st.sampled_from(["王建国", "王健国", "李秀英", "JOHN SMITH", ""]),
    "dwelling": st.sampled_from([None, "d1", "d2"]), "birth_date": st.sampled_from([None, "1958-03-02", "1958-02-03"]),
    "phones": st.sampled_from([(), ("13800001234",), ("1234",)]), "sex": st.sampled_from([None, "男", "女"]),
    "id_index": st.sampled_from([None, b"x", b"y"]),
}  # fmt: skip


@given(st.fixed_dictionaries(FIELDS), st.fixed_dictionaries(FIELDS))
def test_a_comparison_has_no_direction(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = compare(person(**one), person(**other)), compare(person(**other), person(**one))
    assert there == back
    assert 0 <= there.score <= 1
    assert not set(there.why) & set(there.against)


def test_a_phone_behind_the_same_door_adds_little() -> None:
    here, there = person(dwelling="d1", phones=("13800001234",)), person(dwelling="d1", phones=("13800001234",))
    without = compare(replace(here, phones=()), there).bits
    assert 0 < compare(here, there).bits - without < WEIGHTS["phone"] / 2


def test_names_of_two_characters_have_more_namesakes() -> None:
    assert compare(person(name="王伟"), person(name="王伟")).bits < compare(person(), person()).bits


# ---------------------------------------------------------------- pairs for the merge desk


def test_a_couple_with_one_telephone_is_no_pair() -> None:
    home = {"dwelling": "d1", "phones": ("13800001234",), "birth_date": "1958-03-02"}
    assert pairs([person(sex="男", **home), person(id="b", name="李秀英", sex="女", **home)]) == []


def test_twins_are_no_pair() -> None:
    home = {"dwelling": "d1", "phones": ("13800001234",), "birth_date": "2015-06-01", "sex": "男"}
    assert pairs([person(name="王嘉豪", **home), person(id="b", name="王嘉伟", **home)]) == []


@pytest.mark.parametrize(
    "again",
    [{"id_index": b"x", "name": "王健国"}, {"birth_date": "1958-03-02", "phones": ("13800001243",)},
     {"name": "王健国", "phones": ("13800001234",), "dwelling": "d1"}, {"birth_date": "1958-02-03", "dwelling": "d1"},
     {"name": "國建王", "birth_date": "1958-03-02"}],
)  # fmt: skip
def test_one_person_entered_twice_is_a_pair_with_its_reasons(again: dict[str, Any]) -> None:
    first = person(
        dwelling="d1", phones=("13800001234",), birth_date="1958-03-02", birth_year=1958, id_index=b"x", sex="男"
    )
    (pair,) = pairs([first, person(**{"id": "b", **again})])
    assert (pair.one, pair.other) == ("a", "b")
    assert pair.score >= 0.5
    assert pair.why


def test_least_is_the_score_from_which_a_pair_is_shown() -> None:
    two = [person(dwelling="d1"), person(id="b", name="王健国", dwelling="d1", phones=("1",), sex="男")]
    two[0] = replace(two[0], sex="男")
    assert len(pairs(two, least=0.3)) == 1
    assert pairs(two, least=0.9) == []


def test_a_crowd_behind_one_door_with_one_telephone_is_not_compared_with_itself() -> None:
    """Everybody shares door, telephone and birthday; only the two of one name are compared."""
    crowd = [
        person(id=f"{n:04}", name=chr(0x4E00 + n) + chr(0x6E00 + n), dwelling="d", phones=("13800001234",),
               birth_date="1990-01-01")
        for n in range(CROWD * 20)
    ]  # fmt: skip
    again = replace(crowd[7], id="again")
    assert [(pair.one, pair.other) for pair in pairs([*crowd, again])] == [("0007", "again")]


def test_the_likest_pair_comes_first() -> None:
    people = [
        person(dwelling="d1", birth_date="1958-03-02"), person(id="b", dwelling="d1", birth_date="1958-03-02"),
        person(id="c", name="李秀英", dwelling="d2", sex="女"), person(id="d", name="李秀英", dwelling="d2", sex="男"),
    ]  # fmt: skip
    found = pairs(people, least=0.1)
    assert [(pair.one, pair.other) for pair in found] == [("a", "b"), ("c", "d")]
    assert found[1].against == ("other-sex",)


# ---------------------------------------------------------------- addresses written out, Latin names


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [(("2600", "12 mill road"), ("2600", "12 mill raod"), "near-door"), (("2600", "12 mill road"), ("", "12 mill road"), "near-door"),
     (("2600", "12 mill road"), ("2600", "mill road"), "near-door"), (("2600", "12 mill road"), ("2600", "14 mill road"), "address-most"),
     (("2600", "12 mill road"), ("9311", "12 mill road"), "address-most"), (("2600", "12 mill road"), ("2600", "7 bay street"), "address-part"),
     (("2600", "12 mill road"), ("9311", "7 mill road"), "address-part"), (("2600", "12 mill road"), ("9311", "12 bay street"), "other-door")],
)  # fmt: skip
def test_how_addresses_agree_that_are_written_out(one: tuple[str, str], other: tuple[str, str], code: str) -> None:
    here, there = (person(dwelling="/".join(each), place=(each[0], "", each[1])) for each in (one, other))
    assert {code} <= set(compare(here, there).codes)
    assert compare(here, there) == compare(there, here)


@pytest.mark.parametrize(
    ("one", "other"), [("smith", "smyth"), ("philip", "phillip"), ("kathryn", "katherine"), ("mcdonald", "macdonald")]
)
def test_words_that_sound_alike_have_one_code(one: str, other: str) -> None:
    assert sound_code(one) == sound_code(other)
    assert sound_code(one) != sound_code("brown")


FIRST = ("anna", "bruno", "carla", "dmitri", "elena", "farid", "gustav", "hannah", "ivan", "julia", "kevin", "louise")
LAST = (
    "abbott",
    "bergman",
    "castillo",
    "dupont",
    "eriksen",
    "fischer",
    "garcia",
    "hughes",
    "ivanova",
    "jansen",
    "kowalski",
    "lindgren",
)

CHILDREN = ("quill", "oxhump", "zephyr")


def foreigners(count: int) -> list[Known]:
    """People with Latin names, each at an address of his own."""
    random = Random(4)
    made = []
    for n in range(count):
        name = f"{random.choice(FIRST)}{'aeiou'[n % 5]} {random.choice(LAST)}{'mnrst'[n // 5 % 5]}"
        year, place = random.randint(1940, 2000), (str(2000 + n // 4), "", f"{n % 90 + 1} {random.choice(LAST)} road")
        made.append(person(
            id=f"p{n:04}", name=name, dwelling=f"d{n}", place=place, birth_year=year,
            birth_date=f"{year}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        ))  # fmt: skip
    return made


def renamed(people: list[Known]) -> list[Known]:
    """The same people entered again, every fourth under quite another name."""
    return [
        replace(each, id=f"{each.id}-b", name=f"quincy{n} zulu{n}" if n % 4 == 0 else each.name)
        for n, each in enumerate(people)
    ]  # fmt: skip


def test_what_a_list_shows_to_err_often_weighs_less() -> None:
    """Another name on one birthday behind one door is another person among a few, and the same where names are often wrong."""
    many = foreigners(600)
    twice = renamed(many[:300])
    real = {(each.id.removesuffix("-b"), each.id) for each in twice}
    assert {(pair.one, pair.other) for pair in pairs([*many, *twice])} == real
    few = {(each.id.removesuffix("-b"), each.id) for n, each in enumerate(twice[:20]) if n % 4}
    assert {(pair.one, pair.other) for pair in pairs([*many[:20], *twice[:20]])} == few


def test_families_with_latin_names_are_not_taken_for_duplicates() -> None:
    many = foreigners(500)
    children = [
        replace(
            each, id=f"{each.id}-c{child}", name=f"{CHILDREN[child]}{chr(97 + n % 26)} {each.name.split()[1]}",
            birth_year=2000 + child, birth_date=f"{2000 + child}-{n % 12 + 1:02}-{n % 28 + 1:02}",
        )
        for n, each in enumerate(many)
        for child in range(3)
    ]  # fmt: skip
    again = [replace(each, id=f"{each.id}-b", name=each.name.replace("a", "e", 1)) for each in many[:40]]
    found = {(pair.one, pair.other) for pair in pairs([*many, *children, *again])}
    assert {(each.id.removesuffix("-b"), each.id) for each in again} <= found
    assert not {(one, other) for one, other in found if one[:5] == other[:5] and "-c" in one + other}


@pytest.mark.parametrize("people", [[], foreigners(600)])
def test_the_search_for_pairs_stops_when_asked(people: list[Known]) -> None:
    chinese = [
        person(id=f"{n:05}", name=chr(0x4E00 + n % 300) + chr(0x6E00 + n % 70), dwelling=f"d{n // 50}")
        for n in range(12_000)
    ]
    looks: list[None] = []

    def after(count: int) -> Callable[[], bool]:
        looks.clear()

        def stop() -> bool:
            looks.append(None)
            return len(looks) > count

        return stop

    for count in (0, 5, 40):
        with pytest.raises(UserError) as stopped:
            pairs([*people, *chinese], cancelled=after(count))
        assert stopped.value.code == "cancelled"
        assert len(looks) == count + 1
