"""本人查询: one paper with everything held on a person, where it came from, who saw it and who was given it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.db import history
from app.domain import access
from app.domain.findings import Refused, UserError
from app.services import (
    disclosures,
    mapfiles,
    maps,
    records,
    reports,
    rosters,
    search,
    shares,
    sheets,
    undoing,
    workspaces,
)
from app.services.session import Session
from app.sheets import disclosure
from app.sheets.disclosure import Disclosure
from tests.conftest import ACCOUNT, PASSWORD
from tests.services.test_shares import another, book, people
from tests.sheets import reading
from tests.street import Street

NUMBER = "310115195803120010"


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    rosters.apply(session, rosters.preview(session, roster))
    return session


@pytest.fixture
def person(known: Session) -> str:
    return str(search.find(known, "王建国")[0]["id"])


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Disclosure]:
    """What was handed to the template."""
    seen: list[Disclosure] = []
    pdf = disclosure.pdf
    monkeypatch.setattr(disclosure, "pdf", lambda made: seen.append(made) or pdf(made))
    return seen


def held(paper: Disclosure) -> dict[str, str]:
    return {each.title: each.value for group in paper.groups for each in group.held}


def test_everything_held_is_on_it_in_full(known: Session, person: str, tmp_path: Path, qapp: object) -> None:
    records.change(
        known, "resident", person, {"note_sensitive": "透析，周三接送", "phone": "13911112222"}, source="电话核实"
    )
    case = records.add(known, "isolation_case", {
        "resident": person, "rule": "14", "start": "2020-05-20", "state": "在管", "officer_name": "李社工",
    })  # fmt: skip
    records.add(
        known, "isolation_check", {"isolation_case": case.id, "on": "2020-05-21", "slot": "am", "temperature": "36.5"}
    )
    done = disclosures.disclose(known, "培花新村/12号/302/户1/王建国", tmp_path / "本人.pdf")
    shown = reading.text((tmp_path / "本人.pdf").read_bytes())
    for word in (
        "王建国", NUMBER, "13911112222", "透析，周三接送", "2020-05-20", "36.5", "李社工", "花名册.xlsx", "电话核实", ACCOUNT,
        "培花新村", "302", "演练", "第四十四条", "更正", "删除",
    ):  # fmt: skip
        assert word in shown, word
    assert "李秀英" not in shown and done["pages"] >= 1 and done["values"] > 8


def test_where_each_value_came_from_and_what_it_was_before(
    known: Session, person: str, tmp_path: Path, drawn: list[Disclosure]
) -> None:
    records.change(known, "resident", person, {"occupation": "教师"}, source="上门登记")
    records.change(known, "resident", person, {"occupation": "退休"}, source="电话核实")
    wrong = records.change(known, "resident", person, {"note": "抄错的备注"})
    undoing.undo(known, wrong.batch)
    disclosures.disclose(known, person, tmp_path / "本人.pdf")
    (resident, *_) = drawn[0].groups
    (now,) = [each for each in resident.held if each.title == "职业"]
    (before,) = [each for each in resident.former if each.title == "职业"]
    assert (now.value, now.source, now.at, now.account) == ("退休", "电话核实", "2020-05-25", ACCOUNT)
    assert (before.value, before.source) == ("教师", "上门登记")
    assert "抄错的备注" not in str(drawn[0])  # undone: nobody holds it as a value of this person


def test_who_saw_it_day_by_day(known: Session, person: str, tmp_path: Path, drawn: list[Disclosure]) -> None:
    records.show(known, "resident", person)
    for _ in range(2):
        records.show(known, "resident", person, reveal=True)
    disclosures.disclose(known, person, tmp_path / "本人.pdf")
    looks = {(look.sensitive, look.purpose): look.times for look in drawn[0].looks}
    assert looks == {(False, ""): 1, (True, "人口信息登记核对"): 2}
    assert {look.account for look in drawn[0].looks} == {ACCOUNT}


def test_a_look_at_a_form_with_several_people_is_a_look_at_each(
    known: Session, person: str, tmp_path: Path, drawn: list[Disclosure]
) -> None:
    form = book(tmp_path / "表.xlsx", ["人数", "{{人数}}"], ["姓名", "证件号"], ["{{name}}", "{{id_number}}"])
    purpose = access.PURPOSES[0]
    men = reports.preview(known, form, where=[("sex", "男")], purpose=purpose.code)
    reports.preview(known, form, where=[("sex", "女")], purpose=purpose.code)
    reports.preview(known, form)  # masked, and no look
    shown = reports.behind(known, form, men.sheets[0]["title"], "B1", where=[("sex", "男")])
    assert {each["name"] for each in shown["records"]} > {"王建国"}
    disclosures.disclose(known, person, tmp_path / "本人.pdf")
    looks = {(look.sensitive, look.purpose, look.account): look.times for look in drawn[0].looks}
    assert looks == {(True, purpose.title, ACCOUNT): 1, (False, "", ACCOUNT): 1}


def test_a_look_at_a_long_form_that_names_nobody_may_have_been_one_at_the_person(
    session: Session, tmp_path: Path, drawn: list[Disclosure]
) -> None:
    people(session, 202)
    form = book(tmp_path / "表.xlsx", ["人数", "{{人数}}"], ["姓名"], ["{{name}}"])
    reports.behind(session, form, reports.preview(session, form).sheets[0]["title"], "B1")
    disclosures.disclose(session, search.find(session, "王建国")[0]["id"], tmp_path / "本人.pdf")
    (look,) = drawn[0].looks
    assert look.purpose == "（202 人的名单，可能包含本人）" and not look.sensitive and look.times == 1


def test_with_whom_it_was_shared(
    known: Session, person: str, tmp_path: Path, drawn: list[Disclosure], qapp: object
) -> None:
    form = book(tmp_path / "表.xlsx", ["姓名"], ["{{name}}"])
    reports.fill(known, form, tmp_path / "有他.xlsx", to="花木街道", where=[("sex", "男")])
    reports.fill(known, form, tmp_path / "没有他.xlsx", to="派出所", where=[("name", "李秀英")])
    sheets.make(known, buildings=["培花新村/12号"])
    sheets.make(known, buildings=["培花新村/13号"])
    mapfiles.write(known, maps.draw(known, "committee"), tmp_path / "图.html")
    disclosures.disclose(known, person, tmp_path / "一.pdf")
    disclosures.disclose(known, person, tmp_path / "二.pdf")
    found = [(share.to, share.sure) for share in drawn[1].shares]
    assert found == [
        ("本人 一.pdf", "包含"), ("本机打印", "包含"), ("花木街道 有他.xlsx", "包含"),
    ]  # fmt: skip


def test_a_long_list_with_a_condition_may_have_held_the_person(
    session: Session, tmp_path: Path, drawn: list[Disclosure]
) -> None:
    people(session, 202)
    form = book(tmp_path / "表.xlsx", ["姓名"], ["{{name}}"])
    reports.fill(session, form, tmp_path / "一.xlsx", where=[("path", "培花新村12号302室")])
    reports.fill(session, form, tmp_path / "二.xlsx")
    disclosures.disclose(session, search.find(session, "王建国")[0]["id"], tmp_path / "本人.pdf")
    assert [(share.to[-6:], share.sure) for share in drawn[0].shares] == [("二.xlsx", "包含"), ("一.xlsx", "可能包含")]


def test_bundles_to_the_street_are_one_line(street: Street, tmp_path: Path, drawn: list[Disclosure]) -> None:
    committee = street.committee()
    people(committee)
    for _ in range(2):
        street.send(committee)
        records.change(committee, "resident", search.find(committee, "王建国")[0]["id"], {"note": str(_)})
    disclosures.disclose(committee, search.find(committee, "王建国")[0]["id"], tmp_path / "本人.pdf")
    (share,) = drawn[0].shares
    assert "花木街道" in share.to and "2 次" in share.to


def test_the_entry_is_there_before_the_file_and_has_its_purpose(known: Session, person: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="report-unwritable"):
        disclosures.disclose(known, person, tmp_path / "没有" / "本人.pdf")
    with known.db.reading() as connection:
        (act,) = history.acts(connection, known.office, actions=("export",), row=person)
    assert (act["purpose"], act["entity"], act["said"]["sensitive"]) == ("request", "resident", True)
    row = shares.list_(known)[0]
    assert (row["kind"], row["to"], row["purpose"]) == ("disclosure", "本人", "居民本人查询、更正、删除")


def test_other_people_in_an_incident_are_left_out_and_that_is_said(
    known: Session, person: str, tmp_path: Path, drawn: list[Disclosure]
) -> None:
    records.add(known, "incident", {
        "resident": person, "kind": "纠纷", "what": "噪音", "reporter_name": "钱邻居", "reporter_phone": "13700000000",
    })  # fmt: skip
    disclosures.disclose(known, person, tmp_path / "本人.pdf")
    assert "噪音" in str(drawn[0]) and "钱邻居" not in str(drawn[0]) and "13700000000" not in str(drawn[0])
    assert any("略去" in note for note in drawn[0].notes)


def test_what_people_wrote_stays_text(known: Session, person: str, tmp_path: Path, qapp: object) -> None:
    hostile = '#panic("x") $x^2$ *_`<b>`_* \u202e' + "A" * 120
    records.change(known, "resident", person, {"note": hostile})
    disclosures.disclose(known, person, tmp_path / "本人.pdf")
    shown = reading.text((tmp_path / "本人.pdf").read_bytes())
    assert '#panic("x")' in shown and "\u202e" not in shown


@pytest.mark.parametrize("role", ["group_head", "leader", "line", "administrator", "auditor"])
def test_no_one_without_the_ring_makes_it(known: Session, person: str, tmp_path: Path, role: str) -> None:
    known.roles, known.ring = frozenset({role}), None
    with pytest.raises(Refused, match="not-allowed"):
        disclosures.disclose(known, person, tmp_path / "本人.pdf")
    assert not (tmp_path / "本人.pdf").exists()


def test_a_worker_makes_it_of_those_assigned_to_it_only(known: Session, person: str, tmp_path: Path) -> None:
    building = search.find(known, "王建国")[0]["building_id"]
    known.account_id, known.roles, known._given = another(known, "李社工", "worker"), frozenset({"worker"}), None
    with pytest.raises(Refused, match="not-assigned"):
        disclosures.disclose(known, person, tmp_path / "本人.pdf")
    with known.noting("grant") as writing:
        writing.change("account", known.account_id, {"buildings": [building]})
    known._given = None
    assert disclosures.disclose(known, person, tmp_path / "本人.pdf")["pages"]


@pytest.mark.parametrize(("resident", "out", "code"), [
    ("培花新村/99号", "本人.pdf", "path-unknown"), ("培花新村/12号", "本人.txt", "disclose-type"),
])  # fmt: skip
def test_a_mistake_is_said(known: Session, tmp_path: Path, resident: str, out: str, code: str) -> None:
    with pytest.raises(UserError) as said:
        disclosures.disclose(known, resident, tmp_path / out)
    assert said.value.code == code


def test_by_command(known: Session, folder: Path, tmp_path: Path, capsys: Any) -> None:
    workspaces.lock(known)
    (tmp_path / "pw").write_text(PASSWORD)
    assert cli.main([
        "--data", str(folder), "--account", ACCOUNT, "--password-file", str(tmp_path / "pw"), "--json",
        "disclose", "培花新村/12号/302/王建国", "--out", str(tmp_path / "本人.pdf"),
    ]) == 0  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["pages"] >= 1 and told["id"] and (tmp_path / "本人.pdf").read_bytes().startswith(b"%PDF")
