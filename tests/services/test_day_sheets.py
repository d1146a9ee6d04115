"""今日单 and 交接清单: whose they are, that nobody is left out, and that the order is the one of the round."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.domain import clock
from app.domain.findings import Refused, UserError
from app.services import (
    day_sheets,
    errands,
    handover,
    incidents,
    isolation,
    paper_settings,
    rounds,
    shares,
    shift,
)
from app.services.session import Session
from tests import papers as made
from tests.conftest import ACCOUNT
from tests.sheets import reading

EVENING = clock.frozen("2020-05-25T18:00")


class World:
    """Two buildings, one of them given to this account; people who isolate, one whose term is over, other things due."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.near, self.far = made.houses(session, 8), made.houses(session, 4, building="3号")
        self.cases = made.cases(session, self.near[:6], persons=2) + made.cases(session, self.far[:2])
        self.over = made.ended(session, self.far[3:])
        errands.add(session, household=self.near[0], kind="买菜购物", what="=青菜两斤")
        incidents.add(session, place="培花新村/3号", what="楼道里跌倒")
        shift.write(session, "12号电梯坏了，走楼梯")
        building = next(
            row.building for row in rounds.round_(session, date(2020, 5, 25), "am").rows if "12号" in row.path
        )
        with session.noting("grant") as writing:
            writing.change("account", session.account_id, {"buildings": [building]})


@pytest.fixture(scope="module")
def world(kept_session: Session) -> World:
    kept_session.clock = EVENING
    return World(kept_session)


def test_each_worker_gets_the_own_buildings_and_nobody_is_left_out(world: World) -> None:
    made_ = day_sheets.make(world.session)
    assert made_.workers == (ACCOUNT, "沈社工", "")
    assert made_.households == 8 and made_.persons == 15
    own = day_sheets.make(world.session, worker=ACCOUNT)
    text = reading.text(own.pdf)
    assert own.households == 6 and "培花新村12号6户12人" in text and "3号" not in text.replace("13号", "")


def test_the_doors_lie_in_the_order_of_the_round(world: World) -> None:
    text = reading.text(day_sheets.make(world.session, worker=ACCOUNT).pdf)
    rooms = [row.room for row in rounds.round_(world.session, date(2020, 5, 25), "pm").rows if "12号" in row.path]
    places = [
        text.index(f"{room}" + name)
        for room, name in zip(rooms, ("王建国", made.RARE, made.LONG_NAME[:5]), strict=False)
    ]
    assert places == sorted(places) and len(places) == 3


def test_what_is_done_is_not_asked_again_and_what_is_not_known_is_left_to_be_ticked(world: World) -> None:
    text = reading.text(day_sheets.make(world.session, worker=ACCOUNT).pdf)
    boxes = text.count("□未联系上")
    isolation.check(world.session, world.cases[0], on=date(2020, 5, 25), slot="am", mode="电话", temperature="36.5")
    text = reading.text(day_sheets.make(world.session, worker=ACCOUNT).pdf)
    assert text.count("□未联系上") == boxes - 1 and text.count("已登记") == 1 and "36.5" not in text
    assert "连漏两次" in text and "演练非真实数据" in text and "内部工作使用" in text


def test_other_things_due_stand_on_it_with_their_boxes(world: World) -> None:
    text = reading.text(day_sheets.make(world.session).pdf)
    for words in ("=青菜两斤", "期满待解除", "□已送达□未遇", "12号电梯坏了"):
        assert words in text, words


def test_a_worker_who_has_nothing_is_told_who_has(world: World) -> None:
    with pytest.raises(UserError) as wrong:
        day_sheets.make(world.session, worker="没有这个人")
    assert wrong.value.code == "day-sheet-worker" and "沈社工" in wrong.value.details["workers"]


def test_a_day_without_work_prints_nothing(session: Session) -> None:
    with pytest.raises(UserError, match="day-sheet-nothing"):
        day_sheets.make(session)


def test_the_shift_hands_over_everything_that_is_open(world: World) -> None:
    paper_settings.change(world.session, {"doctor_name": "夜班医生", "doctor_phone": "120"})
    made_ = handover.make(world.session, "shift")
    text = reading.text(made_.pdf)
    for words in ("交班清单", "12号电梯坏了", "未结个案15", "楼道里跌倒", "=青菜两斤", "周医生", "夜班医生", "交班人", "接班人",
                  "没有在途的人", "期满待解除"):  # fmt: skip
        assert words in text, words
    assert "账号和权限" not in text and made_.persons == 15


def test_an_office_is_handed_over_with_accounts_backups_and_keys(world: World, tmp_path: Path) -> None:
    made_ = handover.make(world.session, "office")
    text = reading.text(made_.pdf)
    for words in (
        "账号和权限",
        ACCOUNT,
        "书记/主任",
        "恢复卡",
        "街道根密钥",
        "还没有备份",
        "待核冲突",
        "移交人",
        "监交人",
        "未结个案15",
    ):
        assert words in text, words
    done = handover.save(world.session, made_, tmp_path / "交接.pdf")
    assert done["pages"] == made_.pages and shares.list_(world.session)[0]["kind"] == "handover"


def test_an_office_is_not_handed_over_by_who_may_not_see_its_accounts(world: World) -> None:
    before, world.session.roles = world.session.roles, frozenset({"worker"})
    try:
        with pytest.raises(Refused, match="not-allowed"):
            handover.make(world.session, "office")
    finally:
        world.session.roles = before
