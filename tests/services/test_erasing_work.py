"""Erasing and telling what work with people leaves: papers, photos, plans, contacts, notes and errands."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.db.seal import is_sealed
from app.domain import clock, retention
from app.services import disclosures, erasures, incidents, records, workspaces
from app.services.session import Session
from app.sheets import disclosure
from app.sheets.disclosure import Disclosure
from tests.rawpages import found
from tests.seconds import SECOND, SECOND_PASSWORD, give_second
from tests.services.bending import lived_in

PICTURE = "/9j/4AAQSkZJRgABAQAAAQABAAD" + "楼道照片" * 400
NOTE, HEARD, ERRAND, FOLLOWED, PAPER = (
    "母亲住院无人照看",
    "说是三楼漏水",
    "降压药两盒",
    "夜里咳得厉害",
    "培九〔2020〕7号",
)


@pytest.fixture
def lived(session: Session) -> Session:
    give_second(session)
    return session


def second(session: Session) -> str:
    return workspaces.vouch(session.folder, SECOND, SECOND_PASSWORD)


def due(session: Session, day: str) -> list[tuple[str, str]]:
    return [(each["entity"], each["row"]) for each in erasures.propose(session, date.fromisoformat(day))]


def work(session: Session) -> dict[str, str]:
    """Everything that may be kept of somebody; ids by entity."""
    made: dict[str, str] = {"resident": lived_in(session)}

    def add(entity: str, **values: Any) -> None:
        made[entity] = records.add(session, entity, values).id

    resident = made["resident"]
    add("arrival", resident=resident, origin="武汉", arrived_on="2020-05-01", picked_up_by="司机老周", state="已到家")
    add("isolation_case", resident=resident, state="已解除", closed_on="2020-05-15", receiver_name="周医生")
    add("isolation_check", isolation_case=made["isolation_case"], on="2020-05-03", slot="am", symptoms=FOLLOWED)
    add(
        "notice",
        isolation_case=made["isolation_case"],
        kind="告知书",
        number=PAPER,
        made_at="2020-05-02T09:00:00+08:00",
    )
    add(
        "incident",
        resident=resident,
        kind="求助",
        what="漏水",
        state="已办结",
        reporter_name="诸葛秀英",
        heard=HEARD,
        heard_by="李社工",
    )
    add("incident_photo", incident=made["incident"], caption="三楼走廊", picture=PICTURE)
    add("care_plan", resident=resident, kind="每周电话", state="已结束", until="2020-05-20")
    add(
        "care_contact", resident=resident, plan=made["care_plan"], on="2020-05-18", result="已完成", note_sensitive=NOTE
    )
    add("task", resident=resident, kind="配药送药", what=ERRAND, state="已完成", done_on="2020-05-10")
    add("shift_note", text="302室夜里咳嗽", at="2020-05-24T20:00:00+08:00", done_at="2020-05-25T08:00:00+08:00")
    return made


FROM = {
    "isolation_case": "2020-11-11", "arrival": "2020-11-11", "shift_note": "2020-11-21", "care_plan": "2021-05-20",
    "task": "2022-05-10", "care_contact": "2022-05-18",
}  # fmt: skip


def test_what_ended_is_proposed_from_its_day_on_and_never_before(lived: Session) -> None:
    made = work(lived)
    for entity, day in FROM.items():
        before = date.fromordinal(date.fromisoformat(day).toordinal() - 1)
        told = [
            (each["entity"], each["row"]) for each in erasures.propose(lived, before)
            if each["class"] == retention.WHOLE[entity]
        ]  # fmt: skip
        assert (entity, made[entity]) in due(lived, day) and (entity, made[entity]) not in told, entity


@pytest.mark.parametrize(("entity", "values"), [
    ("care_plan", {"kind": "每周电话", "state": "执行中", "until": "2015-01-01"}), ("shift_note", {"text": "x", "at": "2015-01-01T08:00:00+08:00"}),
    ("arrival", {"person_name": "李四", "state": "待接", "expected_at": "2015-01-01T08:00:00+08:00"}),
    ("isolation_case", {"state": "在管", "start": "2015-01-01"}),
])  # fmt: skip
def test_what_goes_on_is_not_proposed(lived: Session, entity: str, values: dict[str, Any]) -> None:
    resident = {"resident": lived_in(lived)} if entity in ("care_plan", "isolation_case") else {}
    row = records.add(lived, entity, values | resident).id
    assert (entity, row) not in due(lived, "2040-01-01")


def test_who_never_came_is_proposed_after_it_was_written(lived: Session) -> None:
    row = records.add(lived, "arrival", {"person_name": "李四", "state": "已取消"}).id
    assert ("arrival", row) in due(lived, "2020-11-21") and ("arrival", row) not in due(lived, "2020-11-20")


def test_a_case_takes_its_checks_and_papers_an_incident_its_photos(lived: Session) -> None:
    made = work(lived)
    lived.clock = clock.frozen("2023-06-01T09:00")
    for entity, below in (("isolation_case", ("isolation_check", "notice")), ("incident", ("incident_photo",))):
        done = erasures.confirm(lived, [f"{made[entity]}:{retention.WHOLE[entity]}"], second(lived))
        assert done["state"] == "erased"
        with lived.db.reading() as connection:
            for each in below:
                assert connection.exec_driver_sql(f'SELECT count(*) FROM "{each}"').scalar() == 0, each
                assert connection.exec_driver_sql(f'SELECT count(*) FROM "{entity}"').scalar() == 0


@pytest.mark.parametrize("state", ["已撤销", "已改派"])
def test_a_withdrawn_or_passed_on_incident_is_proposed_like_a_closed_one(lived: Session, state: str) -> None:
    row = records.add(lived, "incident", {"kind": "求助", "what": "漏水", "state": state}).id
    assert ("incident", row) in due(lived, "2023-05-25") and ("incident", row) not in due(lived, "2023-05-23")


def test_a_repeat_goes_with_the_incident_that_stands_for_it(lived: Session) -> None:
    """Alone it would be an incident that nobody has seen to for three years."""
    first = records.add(lived, "incident", {"kind": "求助", "what": "漏水", "state": "已回访"}).id
    records.add(lived, "incident", {"kind": "求助", "what": HEARD, "state": "已接报", "same_as": first})
    lived.clock = clock.frozen("2023-06-01T09:00")
    assert erasures.confirm(lived, [f"{first}:incident"], second(lived))["rows"] == 2
    assert incidents.list_(lived) == []


def sealed_texts(session: Session) -> dict[str, str]:
    """A piece of each sealed value of a photo, a check and a contact, as it lies in the file."""
    with session.db.reading() as connection:
        values = {
            column: connection.exec_driver_sql(f'SELECT "{column}" FROM "{table}"').scalar()
            for table, column in (("incident_photo", "picture"), ("care_contact", "note_sensitive"), ("isolation_check", "symptoms"))
        }  # fmt: skip
    assert all(map(is_sealed, values.values()))
    return {column: str(value)[30:90] for column, value in values.items()}


def hits(session: Session, *texts: str) -> dict[str, int]:
    return {text: count for text, count in found(session.db.path, session.db.key, *texts).items() if count}


def test_what_a_person_asked_to_be_erased_is_nowhere_sealed_or_not(lived: Session) -> None:
    made = work(lived)
    sealed = sealed_texts(lived)
    open_ = (ERRAND, HEARD, PAPER, "三楼走廊", "诸葛秀英", "司机老周")
    lived.db.truncate()
    assert set(hits(lived, *sealed.values(), *open_)) == {*sealed.values(), *open_}, (
        "a probe that finds nothing proves nothing"
    )
    assert hits(lived, NOTE, FOLLOWED, "楼道照片") == {}, "level 3 is sealed while it is kept"
    proposed = erasures.propose_for(lived, made["resident"])
    assert {each["entity"] for each in proposed} == {
        "resident", "arrival", "isolation_case", "incident", "task", "care_plan", "care_contact",
    }  # fmt: skip
    erasures.confirm(lived, [each["id"] for each in proposed], second(lived))
    assert hits(lived, *sealed.values(), *open_) == {}
    with lived.db.reading() as connection:
        for entity in set(made) - {"shift_note"}:
            assert connection.exec_driver_sql(f'SELECT count(*) FROM "{entity}"').scalar() == 0, entity


def test_sensitive_care_words_of_who_left_go_with_the_person_s(lived: Session) -> None:
    made = work(lived)
    note = sealed_texts(lived)["note_sensitive"]
    records.change(
        lived, "resident", made["resident"], {"note_sensitive": "透析", "status": "去世", "status_since": "2019-01-01"}
    )
    (proposal,) = [each for each in erasures.propose(lived) if each["class"] == "care" and each["entity"] == "resident"]
    erasures.confirm(lived, [proposal["id"]], second(lived))
    assert hits(lived, note) == {}
    assert records.show(lived, "care_contact", made["care_contact"])["result"] == "已完成"


# ---------------------------------------------------------------- the resident's own view


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Disclosure]:
    seen: list[Disclosure] = []
    pdf = disclosure.pdf
    monkeypatch.setattr(disclosure, "pdf", lambda made: seen.append(made) or pdf(made))  # type: ignore[func-returns-value]
    return seen


def test_the_person_is_told_of_all_of_it_and_of_no_others(
    lived: Session, drawn: list[Disclosure], tmp_path: Path
) -> None:
    made = work(lived)
    disclosures.disclose(lived, made["resident"], tmp_path / "本人.pdf")
    (paper,) = drawn
    titles = {group.title for group in paper.groups}
    assert {
        "文书",
        "事件照片",
        "关爱计划",
        "关爱记录",
        "任务",
        "事件",
        "来沪返沪登记",
        "居家隔离健康观察",
        "健康观察记录",
    } <= titles
    text = str(paper)
    for word in (PAPER, NOTE, FOLLOWED, ERRAND, HEARD, "照片一张"):
        assert word in text, word
    for word in ("诸葛秀英", "司机老周", "周医生", "/9j/4AAQ", "302室夜里咳嗽"):
        assert word not in text, word
    assert any("其他人" in note for note in paper.notes)
