"""A committee with people in isolation, as the papers, the day's sheet and the hand-over list meet them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.domain import ids, isolation
from app.services.session import Session
from app.services.values import Values, stored

RARE, LONG_NAME, LONG_PLACE = (
    "张𠮷𣇵",
    "MUHAMMAD ABDUL-RAHMAN IBN ABDULLAH AL-HASHIMI",
    "世纪大道新国际博览中心东侧联洋年华国际公寓东区别墅一期",
)
NAMES = ("王建国", "李秀英", RARE, "阿依古丽·买买提江", LONG_NAME, "=1+1", "赵六", "陈七")


def houses(
    session: Session, rooms: int, *, building: str = "12号", estate: str = "培花新村", lane: str = ""
) -> list[str]:
    """A building with so many doors, four a floor, one household behind each; ids of the households from 101 up."""
    estate_id = ids.place_id(session.committee_id, (estate,))
    building_id = ids.place_id(session.committee_id, (estate, lane, building))
    made = []
    with session.writing("create") as writing:
        writing.change("estate", estate_id, {"name": estate})
        writing.change(
            "building", building_id, {"estate": estate_id, "number": building, **({"lane": lane} if lane else {})}
        )
        doors, homes = [], []
        for each in range(rooms):
            room = f"{each // 4 + 1}{each % 4 + 1:02d}"
            dwelling = ids.place_id(session.committee_id, (estate, lane, building, "", room))
            household = str(ids.new_id())
            doors.append((dwelling, {"building": building_id, "room": room, "floor": each // 4 + 1}))
            homes.append((household, {"dwelling": dwelling}))
            made.append(household)
        writing.create("dwelling", doors)
        writing.create("household", homes)
    return made


def cases(
    session: Session, households: Sequence[str], *, rule: str = "14", start: date = date(2020, 5, 15), persons: int = 1,
    state: str = "在管", number: str = "310115195803120010", **more: object,
) -> list[str]:  # fmt: skip
    """A case for each of so many people of each household; ids of the cases, household by household."""
    laid = isolation.open_case(next(each for each in isolation.BUILT_IN if each.code == rule), start)
    made, people, rows = [], [], []
    with session.writing("create") as writing:
        for place, household in enumerate(households):
            for person in range(persons):
                resident, case = str(ids.new_id()), str(ids.new_id())
                name = NAMES[(place * persons + person) % len(NAMES)]
                values: Values = {
                    "household": household, "name": name, "sex": "男" if person % 2 == 0 else "女", "birth_year": 1958 + person,
                    "documents": [{"type": "身份证", "number": number}], "phones": [{"number": "13812345678"}],
                }  # fmt: skip
                people.append((resident, stored(session, "resident", resident, values)))
                rows.append((case, {
                    "resident": resident, "rule": rule, "start": start.isoformat(), "stages": isolation.to_json(laid),
                    "state": state, "officer_name": "沈社工", "officer_phone": "58881234", "police_name": "陆警官",
                    "police_phone": "13900001111", "doctor_name": "周医生", "doctor_phone": "68880000", **more,
                }))  # fmt: skip
                made.append(case)
        writing.create("resident", people)
        writing.create("isolation_case", rows)
    return made


def ended(session: Session, households: Sequence[str], **more: object) -> list[str]:
    """Cases whose term is over and that wait for their release."""
    return cases(session, households, start=date(2020, 5, 25) - timedelta(days=15), **more)  # type: ignore[arg-type]  # as cases takes them
