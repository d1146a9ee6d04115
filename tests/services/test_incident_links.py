"""Incidents between centre and committee: 联络码 and telephone first, then the bundle; passed on; photos that travel."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.db import history
from app.domain import clock, contact_codes
from app.domain.findings import Refused, UserError
from app.services import (
    incident_figures,
    incident_links,
    incidents,
    ledgers,
    photos,
    records,
    stubs,
    summaries,
    sync,
    undoing,
)
from app.services.session import Session
from tests.domain.test_pictures import TINY, segment, with_
from tests.street import Street


def to(street: Street, session: Session) -> None:
    """The centre's bundle reaches one committee."""
    (made,) = sync.export(street.centre, street.stick(), to=(session.code,))
    street.bring(session, [Path(made["file"])])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A centre that has the data of two committees."""
    made = Street(tmp_path_factory.mktemp("street"))
    for number in (1, 2):
        session = made.committee(number)
        door = records.add(session, "dwelling", {"estate": f"小区{number}", "building": "12号", "room": "302"})
        home = records.add(session, "household", {"dwelling": door.id})
        records.add(session, "resident", {"household": home.id, "name": f"王{number}"})
        made.bring(made.centre, made.send(session))
    for session in made.committees:
        to(made, session)
    yield made
    made.close()


def state(session: Session, row: str) -> str:
    return str(next(each for each in incidents.list_(session, open_only=False) if each["id"] == row)["state"])


def test_told_by_telephone_it_is_under_way_before_the_stick_comes(whole: Street) -> None:
    centre, committee = whole.centre, whole.committees[0]
    centre.clock = committee.clock = clock.frozen("2020-05-25T15:00")
    made = incidents.add(
        centre, kind="老人跌倒", place="小区1/12号/302", reporter_name="女儿", reporter_phone="13912345678"
    )
    assert contact_codes.is_code(made["contact_code"]) and made["committee"] == committee.committee_id
    assert incidents.list_(centre)[0]["next"] == "已通知"
    incidents.notified(centre, made["id"], to="居委 张书记", at=centre.now())
    heard = stubs.hear(committee, "incident", made["contact_code"].lower(), heard="12号302老人跌倒")
    assert heard.id == made["id"]
    (stub,) = incidents.list_(committee)
    assert stub["stub"] and stub["next"] == "处置中" and stub["kind"] == "其他" and stub["urgency"] == "紧急"
    committee.clock = clock.frozen("2020-05-25T15:04")
    incidents.step(committee, made["id"], "处置中")
    to(whole, committee)
    (joined,) = incidents.list_(committee)
    assert not joined["stub"] and joined["kind"] == "老人跌倒" and joined["state"] == "处置中"
    assert incidents.one(committee, made["id"])["reporter_phone"] == "13912345678"
    whole.bring(centre, whole.send(committee))
    assert state(centre, made["id"]) == "处置中"
    assert summaries.due(centre)["conflicts"] == summaries.due(committee)["conflicts"] == 0
    assert [(each["state"], (each["at"] or "")[11:16]) for each in incidents.one(centre, made["id"])["steps"]][:3] == [
        ("已接报", "15:00"), ("已通知", "15:00"), ("处置中", "15:04"),
    ]  # fmt: skip
    incidents.withdraw(centre, made["id"], why="清场")


def test_a_place_in_words_needs_a_committee(whole: Street) -> None:
    with pytest.raises(UserError, match="incident-committee-needed"):
        incidents.add(whole.centre, kind="求助", place="花木路口")
    made = incidents.add(whole.centre, kind="求助", place="花木路口", committee=whole.committees[1].committee_id)
    assert made["committee"] == whole.committees[1].committee_id
    incidents.withdraw(whole.centre, made["id"], why="清场")


def test_a_committee_that_is_none_is_refused(whole: Street) -> None:
    with pytest.raises(UserError, match="committee-unknown"):
        incidents.add(whole.centre, kind="求助", committee="00000000-0000-7000-8000-000000000000")


def test_passed_on_it_is_open_there_under_a_new_code_and_here_no_more(whole: Street) -> None:
    centre, (one, two) = whole.centre, whole.committees
    made = incidents.add(centre, kind="走失", place="小区1/12号", reporter_name="李")
    photos.add(centre, made["id"], with_(segment(0xE1, b"Exif\0\0GPS")), caption="照片")
    done = incident_links.reassign(centre, made["id"], two.committee_id, why="人在二居委")
    assert done["photos_left"] == 0
    (here,) = incidents.list_(centre)
    assert here["id"] == done["id"] and here["committee"] == two.committee_id and here["where"] == "小区1 12号"
    assert done["contact_code"] != made["contact_code"] and state(centre, made["id"]) == "已改派"
    to(whole, two)
    (arrived,) = incidents.list_(two)
    assert arrived["id"] == done["id"] and arrived["next"] == "已通知" and arrived["reported_at"] == here["reported_at"]
    (photo,) = photos.list_(two, done["id"])
    assert photos.open_(two, photo["id"]) == TINY and photo["caption"] == "照片"
    with pytest.raises(UserError, match="incident-only-centre"):
        incident_links.reassign(two, done["id"], one.committee_id, why="不对")
    undoing.undo(centre, done["batch"])
    assert {row["id"] for row in incidents.list_(centre)} == {made["id"], done["id"]}  # at both rather than at none
    for row in incidents.list_(centre):
        incidents.withdraw(centre, row["id"], why="清场")


def test_a_photo_that_could_not_go_along_is_said_and_stays(whole: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    centre, (_, two) = whole.centre, whole.committees
    made = incidents.add(centre, kind="走失", place="小区1/12号")
    photos.add(centre, made["id"], TINY)
    theirs = {name: ring for name, ring in centre.rings.items() if ring.committee != two.committee_id}
    monkeypatch.setattr(centre, "rings", theirs)
    done = incident_links.reassign(centre, made["id"], two.committee_id, why="人在二居委")
    assert done["photos_left"] == 1 and photos.list_(centre, done["id"]) == []
    assert len(photos.list_(centre, made["id"])) == 1
    incidents.withdraw(centre, done["id"], why="清场")


def test_passing_on_what_is_closed_is_refused(whole: Street) -> None:
    committee = whole.committees[0]
    made = incidents.add(whole.centre, kind="求助", committee=committee.committee_id)
    for step in ("处置中", "已办结"):
        incidents.step(whole.centre, made["id"], step)
    with pytest.raises(UserError, match="incident-step"):
        incident_links.reassign(whole.centre, made["id"], whole.committees[1].committee_id, why="不对")


def test_the_centre_sees_each_committee_with_the_age_of_its_data(whole: Street) -> None:
    told = incident_figures.figures(whole.centre)
    assert [each["name"] for each in told["committees"]] == ["第1居委会", "第2居委会"]
    assert all(each["data_until"] for each in told["committees"])
    assert told["data_until"] == min(each["data_until"] for each in told["committees"])


# ---------------------------------------------------------------- photos


def test_a_photo_lies_sealed_travels_and_each_look_is_an_entry(whole: Street) -> None:
    centre, committee = whole.centre, whole.committees[0]
    row = incidents.add(committee, kind="消防隐患", place="小区1/12号")["id"]
    taken = committee.now() - timedelta(hours=1)
    done = photos.add(committee, row, with_(segment(0xE1, b"Exif\0\0GPS")), caption="楼道堆物", taken_at=taken)
    with committee.db.reading() as connection:
        stored = connection.exec_driver_sql("SELECT picture FROM incident_photo WHERE id = ?", (done.id,)).scalar()
    assert str(stored).startswith("sealed:") and base64.b64encode(TINY).decode() not in str(stored)
    whole.bring(centre, whole.send(committee))
    assert photos.open_(centre, done.id) == TINY
    with centre.db.reading() as connection:
        looks = history.acts(connection, centre.office, actions=("view",), entity="incident_photo")
    assert looks[0]["id"] == done.id and looks[0]["purpose"]
    assert ledgers.verify(centre)["ok"]
    photos.remove(committee, done.id)
    assert photos.list_(committee, row) == []
    with pytest.raises(UserError, match="photo-unknown"):
        photos.open_(committee, done.id)


def test_who_has_no_key_sees_that_there_is_one_and_not_what(whole: Street) -> None:
    committee = whole.committees[0]
    row = incidents.add(committee, kind="消防隐患")["id"]
    photo = photos.add(committee, row, TINY).id
    ring, committee.ring = committee.ring, None
    try:
        with pytest.raises(Refused, match="ring-needed"):
            photos.open_(committee, photo)
        assert photos.list_(committee, row)[0]["id"] == photo
    finally:
        committee.ring = ring


def test_a_worker_opens_the_photos_of_its_own_incidents_only(whole: Street) -> None:
    committee = whole.committees[0]
    row = incidents.add(committee, kind="消防隐患")["id"]
    photo = photos.add(committee, row, TINY, by="志愿者").id
    roles, committee.roles = committee.roles, frozenset({"worker"})
    try:
        with pytest.raises(Refused, match="not-assigned"):
            photos.open_(committee, photo)
        incidents.step(committee, row, "处置中")
        assert photos.open_(committee, photo) == TINY
    finally:
        committee.roles = roles


def test_what_is_no_picture_is_refused_before_anything_is_written(whole: Street) -> None:
    row = incidents.add(whole.committees[0], kind="求助")["id"]
    with pytest.raises(UserError, match="photo-not-jpeg"):
        photos.add(whole.committees[0], row, b"MZ\x90\x00")
    assert photos.list_(whole.committees[0], row) == []
