"""Papers of isolation: what stands on them and what does not, their numbers, what they leave behind, what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db import history
from app.domain import clock
from app.domain.findings import Refused, UserError
from app.services import (
    backups,
    disclosures,
    isolation,
    notices,
    paper_settings,
    records,
    restoring,
    shares,
    undoing,
    workspaces,
)
from app.services.session import Session
from tests import papers as made
from tests.conftest import ACCOUNT, NAME, NOW, PASSWORD
from tests.sheets import reading
from tests.street import Street

TOLD, DOOR, REQUEST, RECEIPT, RELEASE = (
    notices.notices.TOLD, notices.notices.DOOR, notices.notices.REQUEST, notices.notices.RECEIPT, notices.notices.RELEASE,
)  # fmt: skip


class World:
    """A committee with eight people whose term runs, in four households, and six whose term is over."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.homes = made.houses(session, 12)
        self.far = made.houses(session, 1, building="1288号", estate=made.LONG_PLACE, lane="丁香路901弄")
        self.running = made.cases(session, self.homes[:4], persons=2)
        self.over = made.ended(session, self.homes[4:10])


@pytest.fixture(scope="module")
def world(kept_session: Session) -> World:
    return World(kept_session)


@pytest.fixture(autouse=True)
def as_it_was(world: World) -> Iterator[None]:
    session = world.session
    before = (session.roles, session.ring, session.purpose)
    yield
    session.roles, session.ring, session.purpose = before


def last_print(session: Session) -> dict[str, object]:
    with session.db.reading() as connection:
        return history.acts(connection, session.office, actions=("print",), limit=1)[0]["said"]


# ---------------------------------------------------------------- what stands on them


def test_a_letter_tells_who_where_when_and_whom_to_call(world: World) -> None:
    paper_settings.change(world.session, {"issuer": "花木社区卫生服务中心"})
    paper = notices.make(world.session, TOLD, cases=world.running[:1])
    text = reading.text(paper.pdf)
    for words in (
        "居家隔离健康观察告知书", "王建国", "培花新村12号101室", "2020年5月15日至2020年5月28日", "沈社工", "58881234", "陆警官",
        "周医生", "解除通知由花木社区卫生服务中心开具", "培花新村第九居委会", "2020年5月25日", "演练非真实数据", "第1/1页",
        reading.packed(paper.numbers[0]),
    ):  # fmt: skip
        assert words in text, words
    assert "310115195803120010" not in text and "13812345678" not in text


def test_a_door_sheet_has_no_name_no_room_and_nothing_of_health(world: World) -> None:
    paper = notices.make(world.session, DOOR, cases=world.running[:2])
    (page,) = reading.pages(paper.pdf)
    text = reading.packed(page)
    assert paper.persons == 2 and len(paper.numbers) == 1, "one sheet for the household"
    for words in ("居家健康观察", "2020年5月15日", "2020年5月28日", "请勿打扰", "沈社工", "13900001111", "68880000"):
        assert words in text
    for words in ("王建国", "李秀英", "101", "隔离健康", "体温", "症状"):
        assert words not in text.replace(reading.packed(paper.numbers[0]), "")


def test_several_door_sheets_have_a_list_by_which_they_find_their_doors(world: World) -> None:
    paper = notices.make(world.session, DOOR, building="培花新村/12号")
    first, *sheets = reading.pages(paper.pdf)
    cover = reading.packed(first)
    assert len(sheets) == len(paper.numbers) == 10 and "门贴张贴清单" in cover and "内部工作使用" in cover
    assert all(reading.packed(number) in cover for number in paper.numbers) and "王建国" not in cover
    assert "培花新村12号103室" in cover and "培花新村12号103室" not in reading.packed("".join(sheets))


def test_the_request_masks_document_numbers_unless_somebody_may_and_says_why(world: World) -> None:
    masked = reading.text(notices.make(world.session, REQUEST, cases=world.over).pdf)
    assert (
        "310115********0010" in masked
        and "310115195803120010" not in masked
        and not last_print(world.session)["sensitive"]
    )
    shown = notices.make(world.session, REQUEST, cases=world.over, documents=True)
    assert "310115195803120010" in reading.text(shown.pdf) and last_print(world.session)["sensitive"]
    assert "内部工作使用" in reading.text(shown.pdf) and "2020" in shown.numbers[0]


def test_who_is_not_assigned_gets_no_document_numbers(world: World) -> None:
    world.session.roles = frozenset({"worker"})
    with pytest.raises(Refused, match="not-assigned-list"):
        notices.make(world.session, REQUEST, cases=world.over, documents=True)


def test_more_than_two_hundred_document_numbers_need_a_second_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.domain.access.ALONE_UP_TO", 5)
    with pytest.raises(Refused, match="second-needed"):
        notices.make(world.session, REQUEST, cases=world.over, documents=True)


def test_the_request_is_remembered_by_each_case(world: World) -> None:
    notices.make(world.session, REQUEST, cases=world.over[:3])
    rows = {row["id"]: row for row in notices.people(world.session)}
    assert all(rows[case]["notice_asked_at"] == "2020-05-25T09:00:00+08:00" for case in world.over[:3])
    assert all(rows[case]["state"] == "期满待解除" for case in world.over)


def test_rare_characters_long_names_and_formulas_stay_what_they_are(world: World) -> None:
    far = made.cases(world.session, world.far, rule="7+7")
    paper = notices.make(world.session, TOLD, cases=[*world.running, *far])
    text = reading.text(paper.pdf)
    for words in (made.RARE, reading.packed(made.LONG_NAME), "阿依古丽·买买提江", "=1+1", made.LONG_PLACE, "5月19日"):
        assert words in text, words
    assert paper.pages == 9, "one page each"


def test_a_hundred_and_thirty_people_on_one_list_keep_their_order_and_page_numbers(session: Session) -> None:
    cases = made.ended(session, made.houses(session, 130))
    paper = notices.make(session, RECEIPT, cases=cases[::-1])
    pages = [reading.packed(page) for page in reading.pages(paper.pdf)]
    assert paper.persons == 130 and len(paper.numbers) == 1 and len(notices.list_(session)[0]["cases"]) == 130
    assert all(f"第{n}/{len(pages)}页" in page and "解除通知编号" in page for n, page in enumerate(pages, 1))
    assert all("演练非真实数据" in page for page in pages)
    assert "送达日期" in pages[-1] and "130" in pages[-1], "nobody signs a page without names"
    assert pages[0].index("101室") < pages[0].index("102室")


# ---------------------------------------------------------------- who may, of whom


def test_a_release_is_the_health_centres_unless_a_setting_or_the_rule_says_otherwise(session: Session) -> None:
    home, other = made.houses(session, 2)
    (case,), (ruled,) = made.ended(session, [home]), made.ended(session, [other], rule="7")
    with pytest.raises(UserError, match="notice-not-ours"):
        notices.make(session, RELEASE, cases=[case])
    records.add(session, "isolation_rule", {
        "code": "7", "steps": [{"measure": "居家隔离", "days": 7, "place": "居家", "tests": [], "ends": "days"}],
        "own_notice": True,
    })  # fmt: skip
    assert notices.make(session, RELEASE, cases=[ruled]).persons == 1
    paper_settings.change(session, {"own_notice": True})
    paper = notices.make(session, RELEASE, cases=[case])
    row = next(row for row in notices.people(session) if row["id"] == case)
    assert (row["notice_number"], row["notice_issuer"]) == (paper.numbers[0], NAME)
    paper_settings.change(session, {"own_notice": False})
    with pytest.raises(UserError, match="notice-not-ours"):
        notices.again(session, paper.numbers[0])


def test_a_request_for_somebody_whose_term_runs_names_the_person(world: World) -> None:
    with pytest.raises(UserError) as wrong:
        notices.make(world.session, REQUEST, cases=[*world.over, world.running[0]])
    assert wrong.value.code == "notice-state" and wrong.value.details["name"] == "王建国"


@pytest.mark.parametrize(
    ("kind", "asked", "code"),
    [
        ("证明", {"building": "培花新村/12号"}, "notice-kind"),
        (TOLD, {}, "notice-choose"),
        (TOLD, {"cases": ["x"]}, "case-unknown"),
        (REQUEST, {"household": "培花新村/12号/101"}, "notice-nobody"),
        ("居委通知", {"building": "培花新村/12号", "title": "通知"}, "notice-text"),
        ("居委通知", {"title": "通知", "text": "一"}, "notice-choose"),
        ("居委通知", {"building": "培花新村/12号", "title": "通知", "text": "长" * 1_201}, "notice-text-long"),
    ],
)
def test_what_cannot_be_printed_is_said(world: World, kind: str, asked: dict[str, str], code: str) -> None:
    before = len(notices.list_(world.session))
    with pytest.raises(UserError, match=code):
        notices.make(world.session, kind, **asked)  # type: ignore[arg-type]  # as asked
    assert len(notices.list_(world.session)) == before


def test_a_case_without_readable_days_is_named_and_nothing_is_numbered(session: Session) -> None:
    (case,) = made.cases(session, made.houses(session, 1), stages=None)
    with pytest.raises(UserError, match="notice-course"):
        notices.make(session, TOLD, cases=[case])
    assert notices.list_(session) == []


# ---------------------------------------------------------------- numbers


def test_the_same_paper_again_keeps_its_number_and_says_so(session: Session) -> None:
    cases = made.cases(session, made.houses(session, 2))
    first = notices.make(session, TOLD, cases=cases[:1])
    both = notices.make(session, TOLD, cases=cases)
    assert both.numbers[0] == first.numbers[0] and both.again == 1 and len(set(both.numbers)) == 2
    pages = [reading.packed(page) for page in reading.pages(both.pdf)]
    assert "补打" in pages[0] and "补打" not in pages[1]
    assert notices.again(session, first.numbers[0]).again == 1
    assert len(notices.list_(session)) == 2


def test_other_dates_are_another_paper(session: Session) -> None:
    (case,) = made.cases(session, made.houses(session, 1))
    first = notices.make(session, TOLD, cases=[case])
    isolation.close(session, case, reason="提前", on=clock.day("2020-05-25"), approved_by="街道")
    with pytest.raises(UserError, match="notice-changed"):
        notices.again(session, first.numbers[0])


def test_whoever_moved_in_the_house_is_told_of_the_new_door_on_another_paper(session: Session) -> None:
    home, other = made.houses(session, 2)
    (case,) = made.cases(session, [home])
    first = notices.make(session, TOLD, cases=[case])
    records.change(session, "resident", notices.people(session)[0]["resident"], {"household": other})
    with pytest.raises(UserError, match="notice-changed"):
        notices.again(session, first.numbers[0])
    second = notices.make(session, TOLD, cases=[case])
    assert second.numbers != first.numbers and not second.again and "102室" in reading.text(second.pdf)


def test_a_letter_to_nobody_is_not_printed(session: Session) -> None:
    (case,) = made.cases(session, made.houses(session, 1))
    with session.writing("delete") as writing:
        writing.set_deleted("resident", notices.people(session)[0]["resident"], True)
    with pytest.raises(UserError, match="notice-nameless"):
        notices.make(session, TOLD, cases=[case])


def test_a_number_that_was_undone_is_never_given_again(session: Session) -> None:
    cases = made.cases(session, made.houses(session, 2))
    first = notices.make(session, TOLD, cases=cases[:1])
    undoing.undo(session, first.batch)
    assert notices.list_(session) == []
    assert notices.make(session, TOLD, cases=cases).numbers[0] != first.numbers[0]


def test_two_pcs_of_a_committee_and_one_outside_the_street_never_give_a_number_twice(street: Street) -> None:
    """The second PC joins later and never sees what the first one printed; nobody has a network."""
    first = street.committee(1)
    cases = made.cases(first, made.houses(first, 3))
    given = list(notices.make(first, TOLD, cases=cases).numbers)
    assert all("第00" in number for number in given), "the only PC numbers plainly"
    second = street._open("committee-1b", "committee", "第1居委会", "310115016001", committee_id=first.committee_id)
    street.committees.append(second)
    cases = made.cases(second, made.houses(second, 3))
    given += notices.make(second, TOLD, cases=cases[:1]).numbers
    street.enrol(second)
    given += notices.make(second, TOLD, cases=cases[1:]).numbers
    more = made.cases(first, made.houses(first, 2, building="13号"))
    given += notices.make(first, TOLD, cases=more).numbers
    assert len(set(given)) == len(given) == 8


def test_a_pc_restored_from_a_backup_never_gives_a_number_again(session: Session, tmp_path: Path) -> None:
    """What was printed after the backup is out on paper, and the backup knows nothing of it."""
    cases = made.cases(session, made.houses(session, 3))
    file = Path(backups.make(session, tmp_path)["file"])
    given = list(notices.make(session, TOLD, cases=cases).numbers)
    folder = session.folder
    workspaces.lock(session)
    restoring.restore(file, folder, ACCOUNT, PASSWORD, clock=NOW)
    back = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    try:
        assert notices.list_(back) == []
        given += notices.make(back, TOLD, cases=cases).numbers
        assert len(set(given)) == 6
    finally:
        workspaces.lock(back)


def test_one_backup_restored_twice_never_gives_a_number_twice(session: Session, tmp_path: Path) -> None:
    cases = made.cases(session, made.houses(session, 2))
    file, folder, given = Path(backups.make(session, tmp_path)["file"]), session.folder, []
    workspaces.lock(session)
    for _ in range(2):
        restoring.restore(file, folder, ACCOUNT, PASSWORD, clock=NOW)
        back = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
        given += notices.make(back, TOLD, cases=cases).numbers
        workspaces.lock(back)
    assert len(set(given)) == 4


def test_what_two_pcs_printed_is_printed_again_under_the_number_that_was_asked(world: World) -> None:
    paper = notices.make(world.session, TOLD, cases=world.running[2:3])
    (row,) = [each for each in notices.list_(world.session) if each["number"] == paper.numbers[0]]
    records.add(world.session, "notice", {
        "kind": TOLD, "isolation_case": world.running[2], "number": "他机第1号", "about": row["about"],
    })  # fmt: skip
    for number in (paper.numbers[0], "他机第1号"):
        assert notices.again(world.session, number).numbers == (number,)


def test_a_paper_that_cannot_be_set_gives_no_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = notices.list_(world.session)

    def fails(_: object) -> bytes:
        raise RuntimeError("a fault of ours")

    home = made.cases(world.session, world.homes[10:11])
    with monkeypatch.context() as patch:
        patch.setattr(notices.setting, "pdf", fails)
        with pytest.raises(RuntimeError):
            notices.make(world.session, TOLD, cases=home)
    assert notices.list_(world.session) == before


# ---------------------------------------------------------------- a committee's own notice


def test_a_buildings_notice_goes_to_every_door_under_one_number(world: World) -> None:
    paper = notices.make(
        world.session, "居委通知", building="培花新村/12号", title="消毒通知", text="明天上午消毒。\n请关好门窗。"
    )
    pages = [reading.packed(page) for page in reading.pages(paper.pdf)]
    assert (paper.persons, paper.doors, len(pages), len(paper.numbers)) == (0, 12, 6, 1)
    assert "培花新村12号101室住户" in pages[0] and "明天上午消毒。" in pages[0] and "王建国" not in "".join(pages)
    again = notices.again(world.session, paper.numbers[0])
    assert again.numbers == paper.numbers and again.pages == 6


def test_a_notice_to_a_door_that_is_gone_says_that_something_changed(session: Session) -> None:
    (home,) = made.houses(session, 1)
    paper = notices.make(session, "居委通知", households=[home], title="通知", text="明天消毒。")
    with session.writing("delete") as writing:
        writing.set_deleted("household", home, True)
    with pytest.raises(UserError, match="notice-changed"):
        notices.again(session, paper.numbers[0])


def test_a_notice_that_goes_on_overleaf_is_marked_as_practice_there_too(world: World) -> None:
    text = "\n".join(["明天上午消毒，请关好门窗。"] * 60)
    paper = notices.make(world.session, "居委通知", households=world.homes[:1], title="通知", text=text)
    pages = [reading.packed(page) for page in reading.pages(paper.pdf)]
    assert len(pages) == 2 and all("演练非真实数据" in page for page in pages)


# ---------------------------------------------------------------- what it leaves behind


def test_a_print_and_a_file_are_in_the_sharing_ledger(world: World, tmp_path: Path) -> None:
    paper = notices.make(world.session, TOLD, cases=world.running[:2])
    done = notices.save(world.session, paper, tmp_path / "告知书.pdf")
    file, printed = shares.list_(world.session)[:2]
    assert (file["kind"], file["what"], file["persons"], printed["kind"]) == ("notice", "告知书.pdf", 2, "notice")
    assert {"姓名", "居委责任人"} <= set(printed["fields"]) and "证件号码" not in printed["fields"]
    assert (tmp_path / "告知书.pdf").read_bytes() == paper.pdf and done["numbers"] == list(paper.numbers)


def test_whoever_asks_for_the_own_record_is_told_of_the_paper(world: World, tmp_path: Path) -> None:
    notices.make(world.session, "承诺书", cases=world.running[:1])
    resident = next(row["resident"] for row in notices.people(world.session) if row["id"] == world.running[0])
    disclosures.disclose(world.session, resident, tmp_path / "本人.pdf")
    assert "承诺书" in reading.text((tmp_path / "本人.pdf").read_bytes())


# ---------------------------------------------------------------- what came back


def test_what_came_back_is_written_for_several_at_once(session: Session) -> None:
    cases = made.ended(session, made.houses(session, 3))
    number = {cases[0]: "浦卫解〔2020〕7号", cases[1]: "浦卫解〔2020〕8号"}
    done = notices.handed_over(
        session,
        cases,
        number=number,
        issuer="花木社区卫生服务中心",
        at=clock.moment("2020-05-25T08:40"),
        to={cases[0]: "王建国"},
    )
    rows = {row["id"]: row for row in notices.people(session)}
    assert rows[cases[0]]["notice_number"] == "浦卫解〔2020〕7号" and rows[cases[2]]["notice_number"] == ""
    assert {row["notice_handed_at"] for row in rows.values()} == {"2020-05-25T08:40:00+08:00"}
    assert {row["state"] for row in rows.values()} == {"期满待解除"}, "nothing ends by itself"
    text = reading.text(notices.make(session, RECEIPT, cases=cases).pdf)
    assert "浦卫解〔2020〕8号" in text and "05-2508:40" in text
    undoing.undo(session, done.batch)
    assert not any(row["notice_issuer"] for row in notices.people(session))


def test_a_day_is_over_by_the_clock_of_the_committee(session: Session) -> None:
    (case,) = made.ended(session, made.houses(session, 1))
    last = next(row["end"] for row in notices.people(session))
    notices.handed_over(session, [case], at=datetime.fromisoformat(f"{last}T00:30+08:00").astimezone(UTC))
    assert notices.people(session)[0]["notice_handed_at"] == f"{last}T00:30:00+08:00"


@pytest.mark.parametrize(
    ("which", "said", "code"),
    [
        ("over", {"at": "2020-05-25T09:01"}, "notice-future"),
        ("over", {"at": "2020-05-20T09:00"}, "notice-early"),
        ("running", {"at": "2020-05-25T08:00"}, "notice-early"),
        ("over", {}, "notice-hand-nothing"),
        ("over", {"number": "长" * 61}, "notice-too-long"),
    ],
)
def test_what_cannot_have_come_back_is_refused_and_nothing_is_written(
    world: World, which: str, said: dict[str, str], code: str
) -> None:
    at: datetime | None = clock.moment(said.get("at"))
    before = notices.people(world.session)
    with pytest.raises(UserError, match=code):
        notices.handed_over(world.session, getattr(world, which)[:2], at=at, number=said.get("number", ""))
    assert notices.people(world.session) == before


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"phone": "电话"}, "notice-phone"),
        ({"heading": "长" * 41}, "notice-too-long"),
        ({"colour": "红"}, "field-unknown"),
    ],
)
def test_settings_that_make_no_sense_are_refused(world: World, values: dict[str, str], code: str) -> None:
    with pytest.raises(UserError, match=code):
        paper_settings.change(world.session, values)


def test_only_who_may_change_settings_lets_the_committee_issue_releases(world: World) -> None:
    world.session.roles = frozenset({"worker"})
    with pytest.raises(Refused, match="not-allowed"):
        paper_settings.change(world.session, {"own_notice": True})
