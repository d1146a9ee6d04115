"""The demo's work with people: what a committee keyed of arrivals, isolation, care and incidents up to this morning.

Everything goes through the services, each act at its own time, so that 今日 has one of everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from app.domain import clock
from app.services import arrivals, care, errands, incidents, isolation, moves, shift
from app.services.session import Session

Values = dict[str, Any]
WORKER = "李社工"
HOMES = 9
STEPS = ("已通知", "处置中", "已到场", "已办结", "已回访")
HAPPENED = (
    # days ago, time, kind, what, urgency, minutes to each step
    (3, "07:50", "老人跌倒", "老伴来电：在卫生间滑倒，扶不起来", "特急", (2, 3, 9, 50, 240)),
    (1, "19:05", "漏水停电", "厨房漏水，楼下天花板滴水", "紧急", (5, 10, 25, 70)),
    (0, "08:10", "邻里纠纷", "楼上半夜拖家具，住户来访反映", "一般", ()),
)  # fmt: skip


def lived(session: Session, random: Random, today: date, homes: Sequence[Sequence[Values]]) -> None:
    """homes: households without isolation, each the rows of who lives there; a street too small for nine has no such work."""
    if len(homes) < HOMES:
        return
    _cases(session, today, homes[:3])
    _arrivals(session, random, today, homes[3:6])
    _incidents(session, random, today, [people[0]["household"] for people in homes[6:9]])
    _care(session, random, today)
    _at(session, today, "08:52")
    shift.write(session, "昨晚 3 户没联系上，今天上午请先上门；配药的单子在抽屉里。")


def moving(session: Session, to: str) -> None:
    """Somebody moves to another committee (by its code) in the middle of isolation; no stick has gone yet."""
    running = [
        case for case in isolation.list_(session) if case["state"] == "在管" and case["total_day"] in range(4, 10)
    ]
    moves.offer(session, running[0]["resident"], to)


def _at(session: Session, day: date, at: str) -> None:
    session.clock = clock.frozen(f"{day.isoformat()}T{at}")


def _cases(session: Session, today: date, homes: Sequence[Sequence[Values]]) -> None:
    """One whose time is over, one whose result is awaited, one with a fever this morning."""
    starts = (("14", 14), ("7+3", 10), ("14", 4))
    for (rule, ago), people in zip(starts, homes, strict=True):
        start = today - timedelta(days=ago)
        _at(session, start, "11:00")
        case = isolation.open_(
            session, resident=people[0]["id"], rule=rule, start=start, co_residents=False,
            officers={"officer_name": WORKER, "officer_phone": "58880123", "police_name": "陈警官",
                      "police_phone": "58880110", "doctor_name": "沈医生", "doctor_phone": "58880120"},
        )["cases"][0]  # fmt: skip
        _at(session, today, "08:45")
        owed = isolation.row(session, case["id"])["missing"] + [[today.isoformat(), "am"]] * (
            case["end"] >= today.isoformat()
        )
        for on, slot in owed:
            hot = ago == 4 and on == today.isoformat()
            _at(session, date.fromisoformat(on), "08:45" if slot == "am" else "19:40")
            isolation.check(
                session, case["id"], on=date.fromisoformat(on), slot=slot, mode="电话", by=WORKER,
                temperature="37.9" if hot else "36.4", symptoms="咳嗽" if hot else "无",
            )  # fmt: skip
        if rule == "7+3":
            _at(session, today, "08:46")
            isolation.result(session, case["id"], test="awaited", on=today - timedelta(days=1))
    errands.add(
        session, household=homes[2][0]["household"], kind="配药送药", what="降压药一盒，社区卫生中心代配", due=today
    )
    errands.add(session, household=homes[0][0]["household"], kind="买菜购物", what="鸡蛋、青菜、米 5 公斤", due=today)


def _arrivals(session: Session, random: Random, today: date, homes: Sequence[Sequence[Values]]) -> None:
    """Three who come today: one on the way, one handed over and not yet at the door, one at home."""
    for number, people in enumerate(homes):
        _at(session, today, "07:30")
        expected = datetime.combine(today, time(8, 10 + number * 15), clock.SHANGHAI)
        done = arrivals.add(session, {
            "resident": people[0]["id"], "household": people[0]["household"], "person_name": people[0]["name"],
            "origin": random.choice(("英国伦敦", "美国纽约", "黑龙江绥芬河")), "overseas": number < 2, "transport": "飞机",
            "transport_no": f"MU{random.randint(200, 899)}", "arrived_on": today.isoformat(),
            "expected_at": clock.written(expected),
        })  # fmt: skip
        steps = (("已接", "08:20"), ("已交接", "08:35"), ("已到家", "08:48"))
        for state, at in steps[: (0, 2, 3)[number]]:
            _at(session, today, at)
            arrivals.step(session, done.id, state, by="陈师傅", vehicle="沪A·D3021" if state == "已接" else "")


def _incidents(session: Session, random: Random, today: date, households: Sequence[str]) -> None:
    for (ago, at, kind, what, urgency, minutes), household in zip(HAPPENED, households, strict=True):
        _at(session, today - timedelta(days=ago), at)
        began = session.now()
        done = incidents.add(session, kind=kind, place=household, what=what, urgency=urgency)
        for state, after in zip(STEPS, minutes, strict=False):
            session.clock = clock.frozen((began + timedelta(minutes=after)).isoformat())
            incidents.step(session, done["id"], state, by=WORKER)
    _at(session, today, "08:30")
    incidents.add(
        session, kind="环境卫生", place=households[0], what="门口堆放建筑垃圾，已两天", urgency="一般", external_source="12345",
        external_number=f"20200525-{random.randint(100, 999)}",
        external_due_at=clock.written(datetime.combine(today + timedelta(days=1), time(17), clock.SHANGHAI)),
    )  # fmt: skip


def _care(session: Session, random: Random, today: date) -> None:
    """Weekly calls to those who live alone, most of them kept up."""
    first = today - timedelta(days=20)
    _at(session, first, "09:40")
    (alone,) = care.groups(session, only=["独居"])
    people = [each["resident"] for each in alone["members"][:12]]
    plans = care.plan(session, people, kind="每周电话", start=first, worker=WORKER)["ids"] if people else []
    for week in range(3):
        for number, plan in enumerate(plans):
            on = first + timedelta(days=week * 7 + number % 3)
            if random.random() < 0.85:
                _at(session, on, f"15:{number + 10}")
                result = "未联系上" if random.random() < 0.08 else "已完成"
                care.done(session, plan, result=result, on=on, mode="电话", by=WORKER)
