"""Survey sheets of a real encrypted workspace: who is on them, who may print them, and the trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli
from app.domain.access import ACTS, ROLES
from app.domain.findings import Refused, UserError
from app.services import ledgers, records, rosters, search, sheets, workspaces
from app.services.session import Session
from app.services.values import Values
from app.sheets import survey
from app.sheets.survey import Survey
from tests.conftest import ACCOUNT, NAME, PASSWORD
from tests.sheets import reading
from tests.sheets.test_survey import HOSTILE
from tests.street import Street


@pytest.fixture
def known(session: Session, roster: Path) -> Session:
    rosters.apply(session, rosters.preview(session, roster))
    return session


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Survey]:
    """What was handed to the template, by each print."""
    seen: list[Survey] = []
    pdf = survey.pdf
    monkeypatch.setattr(survey, "pdf", lambda made: seen.append(made) or pdf(made))
    return seen


def acts(session: Session, action: str = "print") -> list[Values]:
    return [act for act in ledgers.show(session) if act["action"] == action]


# ---------------------------------------------------------------- what is on them


def test_a_building_s_sheet_shows_its_people_with_masked_phones(known: Session, qapp: object) -> None:
    made = sheets.make(known, buildings=["培花新村/12号"])
    shown = reading.text(made.pdf)
    assert (made.buildings, made.households, made.doors, made.persons) == (1, 2, 0, 3)
    assert all(word in shown for word in ("王建国", "李秀英", "张三", "302室", "401室", "1958", "138****5678", NAME))
    assert shown.index("401室") < shown.index("302室") and "演练" in shown
    assert "赵六" not in shown


def test_no_number_date_group_or_note_of_a_person_is_on_the_paper(known: Session, qapp: object) -> None:
    person = search.find(known, "王建国")[0]["id"]
    hidden = {"note": "本人备注", "note_sensitive": "敏感备注", "care_groups_sensitive": ["低保"], "care_groups": ["独居"],
              "hukou_address": "户籍地址甲", "workplace": "单位甲"}  # fmt: skip
    records.change(known, "resident", person, hidden)
    made = sheets.make(known)
    shown = reading.text(made.pdf)
    secrets = ("310115195803120010", "0312", "03-12", "3.12", "13812345678", "12345678", "58881234", "党员", "身份证")
    assert [
        word for word in (*secrets, "本人备注", "敏感备注", "低保", "独居", "户籍地址甲", "单位甲") if word in shown
    ] == []
    assert b"310115195803120010" not in made.pdf and b"13812345678" not in made.pdf


@pytest.mark.parametrize("status", ["去世", "迁出", "服刑羁押", "住养老院"])
def test_nobody_is_asked_after_who_is_not_there(known: Session, status: str, qapp: object) -> None:
    records.change(known, "resident", search.find(known, "王建国")[0]["id"], {"status": status})
    shown = reading.text(sheets.make(known).pdf)
    assert "王建国" not in shown and status not in shown and "李秀英" in shown


def test_a_door_without_household_has_a_block_too(known: Session, drawn: list[Survey], qapp: object) -> None:
    records.add(known, "dwelling", {"building": "培花新村/12号", "room": "501", "state": "空置"})
    made = sheets.make(known, buildings=["培花新村/12号"])
    assert (made.households, made.doors) == (2, 1)
    first = drawn[0].buildings[0].doors[0]
    assert (first.room, first.household, first.state, first.floor) == ("501", None, "空置", 5)
    shown = reading.text(made.pdf)
    assert "501室" in shown and "无登记户" in shown


def test_two_households_behind_one_door_are_told_apart(known: Session, drawn: list[Survey]) -> None:
    records.add(known, "household", {"dwelling": "培花新村/12号/302", "label": "A间"})
    sheets.make(known, buildings=["培花新村/12号"])
    behind = [door for door in drawn[0].buildings[0].doors if door.room == "302"]
    assert [(door.ordinal, door.label, len(door.people)) for door in behind] == [(1, "", 2), (2, "A间", 0)]
    assert drawn[0].buildings[0].doors[0].ordinal == 0


def test_hostile_names_and_notes_are_text_on_the_sheet(known: Session, drawn: list[Survey], qapp: object) -> None:
    household = drawn_household(known)
    for number, wrong in enumerate(HOSTILE):
        records.add(known, "resident", {"household": household, "name": f"{wrong}{number}"})
    records.change(known, "household", household, {"note": HOSTILE[0] + HOSTILE[1] + HOSTILE[2], "label": HOSTILE[4]})
    shown = reading.text(sheets.make(known, buildings=["培花新村/12号"]).pdf)
    names = [person.name for door in drawn[0].buildings[0].doors for person in door.people]
    assert len(names) == 3 + len(HOSTILE)
    assert all(reading.packed(name) in shown for name in names)
    assert reading.packed(HOSTILE[0] + HOSTILE[1] + HOSTILE[2]) in shown


def drawn_household(session: Session) -> str:
    person = search.find(session, "王建国")[0]["id"]
    return str(records.show(session, "resident", person)["household"])


# ---------------------------------------------------------------- which places


def test_nothing_named_means_the_whole_committee(known: Session, drawn: list[Survey]) -> None:
    assert sheets.make(known).buildings == 2
    assert [building.number for building in drawn[0].buildings] == ["12号", "13号"]


def test_an_estate_means_all_its_buildings(known: Session, drawn: list[Survey]) -> None:
    records.add(known, "dwelling", {"estate": "别的小区", "building": "1号", "room": "101"})
    assert sheets.make(known, estate="培花新村").buildings == 2
    assert sheets.make(known, estate="别的小区").buildings == 1
    assert sheets.make(known, estate="别的小区", buildings=["培花新村/12号", "培花新村/12号"]).buildings == 2


def test_an_unknown_building_is_said(known: Session) -> None:
    with pytest.raises(UserError, match="path-unknown"):
        sheets.make(known, buildings=["培花新村/99号"])


def test_an_ambiguous_building_is_said(known: Session) -> None:
    records.add(known, "dwelling", {"estate": "别的小区", "building": "12号", "room": "101"})
    with pytest.raises(UserError, match="path-ambiguous"):
        sheets.make(known, buildings=["12号"])


def test_an_empty_workspace_has_nothing_to_print(session: Session) -> None:
    with pytest.raises(UserError, match="sheets-nothing"):
        sheets.make(session)


def test_the_centre_prints_a_committee_s_sheet_under_its_name(street: Street, roster: Path, qapp: object) -> None:
    ours = street.committee()
    rosters.apply(ours, rosters.preview(ours, roster))
    street.bring(street.centre, street.send(ours))
    shown = reading.text(sheets.make(street.centre, buildings=["培花新村/12号"]).pdf)
    assert "第1居委会" in shown and "王建国" in shown and "138****5678" in shown


def test_the_centre_must_say_which_place(street: Street) -> None:
    with pytest.raises(UserError, match="sheets-choose"):
        sheets.make(street.centre)


# ---------------------------------------------------------------- rights and traces


@pytest.mark.parametrize("role", sorted(set(ROLES) - ACTS["sheets.print"]))
def test_a_role_without_the_right_prints_nothing(known: Session, role: str) -> None:
    known.roles = frozenset({role})
    with pytest.raises(Refused, match="not-allowed"):
        sheets.make(known)


def test_a_role_without_the_right_saves_nothing(known: Session, tmp_path: Path) -> None:
    made = sheets.make(known)
    known.roles = frozenset({"group_head"})
    with pytest.raises(Refused, match="not-allowed"):
        sheets.save(known, made, tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_a_print_leaves_a_trace_of_what_left(known: Session, drawn: list[Survey]) -> None:
    made = sheets.make(known, buildings=["培花新村/12号"])
    (act,) = acts(known)
    assert (act["entity"], act["id"]) == ("building", drawn[0].buildings[0].id)
    details = act["said"]
    assert (details["code"], details["households"], details["persons"]) == (made.code, 2, 3)
    assert details["fields"] == ["name", "relation", "sex", "birth_year", "residence_kind", "phone"]
    assert len(made.code) == 6 and made.code == drawn[0].code


def test_the_trace_names_estate_or_committee_where_more_is_printed(known: Session) -> None:
    sheets.make(known, estate="培花新村")
    sheets.make(known)
    whole, estate = acts(known)
    assert (whole["entity"], estate["entity"]) == ("committee", "estate")
    assert len(estate["said"]["buildings"]) == 2


def test_a_cancelled_print_leaves_nothing(known: Session) -> None:
    with pytest.raises(UserError, match="cancelled"):
        sheets.make(known, cancelled=lambda: True)
    assert acts(known) == []


def test_printing_cannot_be_undone_by_ctrl_z(known: Session) -> None:
    from app.services import undoing

    before = undoing.last(known)
    sheets.make(known)
    assert undoing.last(known) == before


# ---------------------------------------------------------------- files and the command


def test_a_saved_sheet_is_the_same_pdf_and_leaves_a_trace(known: Session, tmp_path: Path) -> None:
    made = sheets.make(known)
    done = sheets.save(known, made, tmp_path / "登记表.pdf")
    assert (tmp_path / "登记表.pdf").read_bytes() == made.pdf
    assert done == {"out": str(tmp_path / "登记表.pdf"), "pages": made.pages, "households": 3}
    assert acts(known, "export")[0]["said"]["code"] == made.code


def test_another_kind_of_file_is_refused(known: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="sheets-type"):
        sheets.save(known, sheets.make(known), tmp_path / "登记表.docx")


def test_a_place_that_cannot_be_written_is_said(known: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="sheets-unwritable"):
        sheets.save(known, sheets.make(known), tmp_path / "nowhere" / "登记表.pdf")


def command(session: Session, out: Path, *more: str, monkeypatch: pytest.MonkeyPatch) -> int:
    workspaces.lock(session)
    for name, value in (("DATA", str(session.folder)), ("ACCOUNT", ACCOUNT), ("PASSWORD", PASSWORD)):
        monkeypatch.setenv(f"LOUTU_{name}", value)
    return cli.main(["--json", "sheets", "--out", str(out), *more])


def test_the_command_says_where_the_sheets_are(
    known: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.pdf"
    assert (
        command(known, out, "--building", "培花新村/12号", "--building", "培花新村/13号", monkeypatch=monkeypatch) == 0
    )
    assert json.loads(capsys.readouterr().out) == {"out": str(out), "pages": 2, "households": 3}
    assert out.read_bytes().startswith(b"%PDF")


def test_the_command_refuses_another_file_before_it_prints(
    known: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(known, tmp_path / "a.docx", monkeypatch=monkeypatch) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "sheets-type"
    again = workspaces.unlock(known.folder, ACCOUNT, PASSWORD)
    assert acts(again) == []
    workspaces.lock(again)


def test_the_command_needs_no_window_library() -> None:
    code = "import sys, app.commands.sheets; print(any(name.startswith('PySide6') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert done.stdout.strip() == "False"
