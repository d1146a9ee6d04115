"""A committee's register and an incoming roster with the truth of who is who: everything invented, one seed one set.

Names are drawn from the lists below, so a real person's name can only come up by chance. The roster has the mistakes that
people who copy rosters make, and the people whom a matcher likes to take for one another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from pypinyin import lazy_pinyin

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
WEIGHTS = [72, 70, 68, 54, 46, 32, 24, 22, 21, 20, 17, 16, 15, 14, 14, 13, 13, 12, 11, 10, *[8] * 10, *[5] * 20]
MEN = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊建国志文海峰林龙德福庆祥根荣金生永忠义东旭晨博轩泽睿昊天佑嘉豪"
WOMEN = "芳娜敏静丽艳娟霞秀英兰玲桂珍红梅燕萍莉琳雪琴云莲凤洁琼慧巧美淑香月莺媛瑞凡佳欣怡婷雅诗涵梓萱语桐若曦思彤"
TRADITIONAL = dict(pair for pair in zip(
    "张刘陈杨黄赵吴孙马罗郑谢许韩冯邓蒋叶苏吕伟强军国华飞龙庆荣义东兰红凤莲琼莺丽艳静洁语诗云兴杰泽",
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蔣葉蘇呂偉強軍國華飛龍慶榮義東蘭紅鳳蓮瓊鶯麗艷靜潔語詩雲興傑澤", strict=True,
))  # fmt: skip
SHAPES = (
    "王玉", "刘列", "陈陆", "杨扬", "李季", "何河", "宋朱", "田由", "余佘", "林材", "未末", "天夫", "洁结", "玲铃",
    "晴睛", "辉晖", "娟绢", "萍苹", "洋详", "祥洋", "佳住", "健键", "博傅", "海梅", "涛祷", "芳芬", "燕蒸", "浩皓",
    "轩轧", "泽择", "旭旮", "明朋", "平乎", "永水", "宇字", "鹏朋", "伟纬", "斌武", "峰锋", "雪雷", "怡抬", "婷停",
)  # fmt: skip
BUILDINGS, FLOORS, FLATS = 24, 23, 4
DORMITORY = 80
ROWS_OF_STRANGERS = 0.3
Place = tuple[str, str, str]
"""Building, unit, room."""


@dataclass(frozen=True, slots=True)
class Person:
    """A record of the register, or what a roster says. place: building, unit, room; empty: not said.

    number: whole ID number. birth: ISO date. year: where only that is known.
    """

    id: str
    name: str
    sex: str = ""
    birth: str = ""
    year: int | None = None
    place: Place | None = None
    phone: str = ""
    number: str = ""
    status: str = "在住"


@dataclass(frozen=True, slots=True)
class Truth:
    """register; rows; for every row the id of the person it is, None for somebody new."""

    register: list[Person]
    rows: list[Person]
    answers: list[str | None]


def generate(seed: int, people: int = 5000, rows: int = 3000) -> Truth:
    """The same for the same arguments."""
    street = Street(Random(seed))
    while len(street.people) < people:
        street.household()
    street.crowds()
    register = [street.as_kept(person) for person in street.people]
    street.random.shuffle(register)
    known, clerk = street.random.sample(street.people, int(rows * (1 - ROWS_OF_STRANGERS))), Clerk(street)
    incoming: list[tuple[Person, str | None]] = [(clerk.copied(person), person.id) for person in known]
    incoming += [(clerk.copied(street.stranger()), None) for _ in range(rows - len(known))]
    street.random.shuffle(incoming)
    return Truth(register, [row for row, _ in incoming], [answer for _, answer in incoming])


class Street:
    """Families behind doors."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.people: list[Person] = []
        self.homes: list[Place] = []
        self._n = 0
        self._free = [
            (str(building), "", f"{floor}{flat:02}")
            for building in range(1, BUILDINGS + 1)
            for floor in range(1, FLOORS + 1)
            for flat in range(1, FLATS + 1)
        ]
        random.shuffle(self._free)

    # ---------------------------------------------------------------- one person

    def surname(self) -> str:
        return self.random.choices(SURNAMES[: len(WEIGHTS)], WEIGHTS[: len(SURNAMES)])[0]

    def given(self, sex: str) -> str:
        pool = MEN if sex == "男" else WOMEN
        return "".join(self.random.choice(pool) for _ in range(self.random.choices((1, 2), (2, 8))[0]))

    def born(self, around: int, spread: int = 3) -> str:
        year = min(2021, around + self.random.randint(-spread, spread))
        return f"{year}-{self.random.randint(1, 12):02}-{self.random.randint(1, 28):02}"

    def mobile(self) -> str:
        return self.random.choice(("133", "136", "138", "139", "150", "158", "186", "189")) + "".join(
            self.random.choices("0123456789", k=8)
        )

    def person(self, name: str, sex: str, birth: str, place: Place | None, phone: str) -> Person:
        self._n += 1
        odd = self.random.randint(0, 49) * 2 + (sex == "男")
        number = f"310115{birth.replace('-', '')}{odd:03}{self.random.choice('0123456789X')}"
        return Person(f"p{self._n}", name, sex, birth, int(birth[:4]), place, phone, number)

    # ---------------------------------------------------------------- families

    def household(self) -> None:
        """A couple, alone or with children (twins now and then), their parents, or lodgers."""
        random, place = self.random, self._free.pop()
        self.homes.append(place)
        middle, surname, home = random.randint(1935, 1995), self.surname(), self.mobile()
        shared = random.random() < 0.35
        members = [self._adult("男", surname, middle, place, home)]
        if random.random() < 0.8:
            members.append(self._adult("女", self.surname(), middle, place, home if shared else self.mobile()))
        if random.random() < 0.6:
            members += self.children(members[0], place, home)
        if random.random() < 0.2:
            members.append(self._adult("男", surname, middle - 27, place, home if shared else self.mobile()))
        if random.random() < 0.1:
            members += [
                self._adult("女", self.surname(), random.randint(1975, 2000), place, self.mobile()) for _ in range(2)
            ]
        self.people += members

    def children(self, father: Person, place: Place, phone: str) -> list[Person]:
        random, surname = self.random, father.name[0]
        born = self.born(int(father.birth[:4]) + 27)
        sex = random.choice("男女")
        own = phone if int(born[:4]) > 2005 else self.mobile()
        if sex == "男" and random.random() < 0.05:
            return [self.person(self.sounding(father.name), sex, born, place, own)]
        if random.random() < 0.06:
            return self.twins(surname, sex, born, place, own)
        first = [self.person(surname + self.given(sex), sex, born, place, own)]
        if random.random() < 0.4:
            sex = random.choice("男女")
            name = surname + (first[0].name[1] if random.random() < 0.3 else "") + self.given(sex)[:1]
            first.append(self.person(name, sex, self.born(int(born[:4]) + 3, 2), place, own))
        return first

    def twins(self, surname: str, sex: str, born: str, place: Place, phone: str) -> list[Person]:
        pool = MEN if sex == "男" else WOMEN
        shared, one, other = self.random.sample(pool, 3)
        return [self.person(surname + shared + last, sex, born, place, phone) for last in (one, other)]

    def sounding(self, name: str) -> str:
        """A name that sounds like another, as a son's may."""
        for n in self.random.sample(range(1, len(name)), len(name) - 1):
            others = [each for each in HOMOPHONES.get(lazy_pinyin(name[n])[0], "") if each != name[n]]
            if others:
                return name[:n] + self.random.choice(others) + name[n + 1 :]
        return name

    def crowds(self) -> None:
        """Namesakes all over the estate, and a dormitory with one telephone."""
        for n in range(40):
            name, sex = ("王伟", "男") if n % 2 else ("张敏", "女")
            self.people.append(
                self.person(name, sex, self.born(1975, 20), self.random.choice(self.homes), self.mobile())
            )
        phone, place = self.mobile(), ("99", "", "1")
        for _ in range(DORMITORY):
            sex = self.random.choice("男女")
            self.people.append(self.person(self.surname() + self.given(sex), sex, self.born(1988, 9), place, phone))
        self.people = [
            replace(person, status="去世") if person.birth < "1945" and self.random.random() < 0.25 else person
            for person in self.people
        ]

    def _adult(self, sex: str, surname: str, year: int, place: Place, phone: str) -> Person:
        return self.person(surname + self.given(sex), sex, self.born(year), place, phone)

    # ---------------------------------------------------------------- what is kept, who is new

    def as_kept(self, person: Person) -> Person:
        """The register has gaps of its own."""
        random = self.random
        if random.random() < 0.3:
            person = replace(person, number="")
        if not person.number and random.random() < 0.2:
            person = replace(person, birth="") if random.random() < 0.6 else replace(person, birth="", year=None)
        if random.random() < 0.12:
            person = replace(person, phone="")
        return person

    def stranger(self) -> Person:
        """Somebody who is in no register, the more so as somebody there looks like him."""
        kind = self.random.choices(
            ("family", "spouse", "lodger", "child", "son", "twin", "namesake", "colleague"),
            (30, 12, 25, 10, 6, 4, 8, 5),
        )[0]
        other = self.random.choice(self.people)
        maker: Callable[[Person], Person] = getattr(self, f"_{kind}")
        return maker(other)

    def _anybody(self, place: Place | None, phone: str, around: int, spread: int) -> Person:
        sex = self.random.choice("男女")
        return self.person(self.surname() + self.given(sex), sex, self.born(around, spread), place, phone)

    def _family(self, _: Person) -> Person:
        return self._anybody(self.random.choice(self._free), self.mobile(), 1980, 30)

    def _lodger(self, other: Person) -> Person:
        return self._anybody(other.place, self.mobile(), 1990, 12)

    def _colleague(self, _: Person) -> Person:
        crowd = next(person for person in self.people if person.place == ("99", "", "1"))
        return self._anybody(crowd.place, crowd.phone, 1988, 9)

    def _spouse(self, other: Person) -> Person:
        sex = "女" if other.sex == "男" else "男"
        name = self.surname() + self.given(sex)
        return self.person(name, sex, self.born(int(other.birth[:4])), other.place, other.phone)

    def _child(self, other: Person) -> Person:
        sex = self.random.choice("男女")
        return self.person(other.name[0] + self.given(sex), sex, self.born(2019, 2), other.place, other.phone)

    def _son(self, other: Person) -> Person:
        born = self.born(int(other.birth[:4]) + 27)
        return self.person(self.sounding(other.name), "男", born, other.place, other.phone)

    def _twin(self, other: Person) -> Person:
        pool = [each for each in (MEN if other.sex == "男" else WOMEN) if each != other.name[-1]]
        name = other.name[:-1] + self.random.choice(pool)
        return self.person(name, other.sex, other.birth, other.place, other.phone)

    def _namesake(self, other: Person) -> Person:
        place = self.random.choice(self.homes)
        return self.person(other.name, other.sex, self.born(int(other.birth[:4]), 8), place, self.mobile())


class Clerk:
    """Copies people into a roster as clerks do."""

    def __init__(self, street: Street) -> None:
        self.street, self.random = street, street.random
        self.slips: tuple[tuple[Callable[[Person], Person], float], ...] = (
            (self.name, 0.16), (self.birth, 0.12), (self.phone, 0.25), (self.place, 0.16), (self.number, 0.04),
        )  # fmt: skip

    def copied(self, person: Person) -> Person:
        row = replace(person, id="", status="")
        row = self.gaps(row)
        for slip, share in self.slips:
            if self.random.random() < share:
                row = slip(row)
        return row

    def gaps(self, row: Person) -> Person:
        """Columns that the list does not have or nobody filled; something besides the name is always left."""
        random = self.random
        if random.random() < 0.55:
            row = replace(row, number="")
        if random.random() < 0.25:
            row = replace(row, birth="") if row.number or random.random() < 0.5 else replace(row, birth="", year=None)
        if random.random() < 0.2:
            row = replace(row, phone="")
        if random.random() < 0.3:
            row = replace(row, sex="")
        if random.random() < 0.1 and (row.birth or row.number):
            row = replace(row, place=None)
        return row

    def name(self, row: Person) -> Person:
        kind = self.random.choices(("sound", "variant", "shape", "order", "other"), (40, 22, 20, 12, 6))[0]
        return replace(row, name=getattr(self, f"_{kind}")(row.name))

    def _sound(self, name: str) -> str:
        return self.street.sounding(name)

    def _variant(self, name: str) -> str:
        return "".join(TRADITIONAL.get(character, character) for character in name)

    def _shape(self, name: str) -> str:
        pairs = [(n, pair) for n, character in enumerate(name) for pair in SHAPES if character in pair]
        if not pairs:
            return self._variant(name)
        n, pair = self.random.choice(pairs)
        return name[:n] + pair.replace(name[n], "", 1) + name[n + 1 :]

    def _order(self, name: str) -> str:
        return name[1:] + name[0] if self.random.random() < 0.5 or len(name) < 3 else name[0] + name[2] + name[1]

    def _other(self, name: str) -> str:
        return name[:-1] + self.random.choice(MEN + WOMEN) if len(name) > 2 else self._sound(name)

    def birth(self, row: Person) -> Person:
        if not row.birth:
            return row
        year, month, day = row.birth.split("-")
        kind = self.random.choice(("digit", "swap", "swap", "neighbours", "year"))
        if kind == "year":
            return replace(row, birth="", number="")
        if kind == "swap" and int(day) <= 12 and day != month:
            month, day = day, month
        elif kind == "neighbours" and year[2] != year[3]:
            year = year[:2] + year[3] + year[2]
        else:
            day = f"{(int(day) + self.random.choice((1, 2, 10)) - 1) % 28 + 1:02}"
        birth = f"{year}-{month}-{day}"
        return replace(row, birth=birth, year=int(year))

    def phone(self, row: Person) -> Person:
        kind = self.random.choice(("new", "new", "digit", "tail", "masked"))
        if kind == "new" or not row.phone:
            return replace(row, phone=self.street.mobile())
        if kind == "tail":
            return replace(row, phone=row.phone[-4:])
        if kind == "masked":
            return replace(row, phone=f"{row.phone[:3]}****{row.phone[-4:]}")
        return replace(row, phone=self._digit(row.phone, self.random.randrange(3, 11)))

    def place(self, row: Person) -> Person:
        if row.place is None:
            return row
        if self.random.random() < 0.5:
            return replace(row, place=self.random.choice(self.street.homes))
        building, unit, room = row.place
        return replace(row, place=(building, unit, self._digit(room, self.random.randrange(len(room)))))

    def number(self, row: Person) -> Person:
        return replace(row, number=self._digit(row.number, 15)) if row.number else row

    def _digit(self, text: str, at: int) -> str:
        return text[:at] + self.random.choice([each for each in "123456789" if each != text[at]]) + text[at + 1 :]


def _homophones() -> dict[str, str]:
    groups: dict[str, str] = {}
    for character in dict.fromkeys(SURNAMES + MEN + WOMEN + "玮炜卫霏菲强蔷蕾雷珺均俊君骏健建涛滔鹏朋燕雁艳静婧靖敬娜呐秀绣英莹瑛鹰兰岚玲琳灵珍贞梅玫媚萍平洁杰捷敏民岷慧惠会辉晖徽佳嘉家欣新昕心怡仪宜婷亭廷雅娅涵晗寒子梓紫轩宣萱瑄睿瑞锐昊浩皓博勃波泽则晨辰宸宇羽雨语志智治国果文雯海"):  # fmt: skip
        sound = lazy_pinyin(character)[0]
        groups[sound] = groups.get(sound, "") + character
    return groups


HOMOPHONES = _homophones()
