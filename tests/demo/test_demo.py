"""The demo street is believable, contains what it must, and comes out the same from the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.cli import main
from app.demo import papers, street, workbooks
from app.demo.street import Committee
from app.domain.documents import read_document


@pytest.fixture(scope="module")
def committees() -> list[Committee]:
    return list(street.committees(3, 6_000, 1))


def share(people: list[street.Person], **equal: str) -> float:
    return sum(all(p.values.get(k) == v for k, v in equal.items()) for p in people) / len(people)


def test_the_same_seed_gives_the_same_people(committees: list[Committee]) -> None:
    again = street.committee(1, 2_000, 1)
    assert [p.values for p in again.people] == [p.values for p in committees[1].people]
    assert [p.values for p in street.committee(1, 2_000, 2).people] != [p.values for p in again.people]


def test_there_are_59_codes_without_the_retired_one() -> None:
    codes = {street.code_of(index) for index in range(59)}
    assert len(codes) == 59 and street.RETIRED not in codes
    assert len({street.name_of(index) for index in range(59)}) == 59


def test_every_id_number_is_valid(committees: list[Committee]) -> None:
    for committee in committees:
        for person in committee.people:
            if person.values.get("id_type") != "护照":
                read = read_document(person.values["id_number"])
                assert (read.problem, read.birth_date, read.sex) == (
                    None,
                    person.values["birth_date"],
                    person.values["sex"],
                )


def test_figures_lie_in_their_bands(committees: list[Committee]) -> None:
    slab, towers = committees[0].people, committees[1].people
    old = [p for p in slab if p.values["birth_date"] < "1960"]
    assert 0.2 < len(old) / len(slab) < 0.42
    assert 0.2 < share(slab, residence_kind="承租") < 0.45
    assert 0.04 < share(towers, person_class="外籍") < 0.25 and share(slab, person_class="外籍") == 0


def test_it_contains_what_it_must(committees: list[Committee]) -> None:
    for committee in committees:
        people = committee.people
        assert any("·" in p.values["name"] for p in people)
        assert any(ord(c) > 0xFFFF for p in people for c in p.values["name"])
        assert any(p.values.get("status") == "去世" for p in people)
        assert any(p.household > 1 for p in people)
        assert any(p.values.get("household_kind") == "集体户" for p in people)
        assert any(len(p.values.get("phone", "")) == 8 for p in people)
        twins = [p.values["birth_date"] for p in people if p.values["name"][1:] in ("子轩", "子涵")]
        assert len(twins) > len(set(twins))
    assert any(p.values["id_number"].startswith("310119") for p in committees[0].people)
    first = committees[1].people[0].estate
    assert len({p.lane for p in committees[1].people if p.estate == first and p.room}) == 3
    assert any(not p.room for p in committees[1].people)


def test_rosters_are_messy_and_the_same_again(committees: list[Committee], tmp_path: Path) -> None:
    made, further = workbooks.rosters(street.committee(0, 300, 1), tmp_path / "a", 1)
    other, _ = workbooks.rosters(street.committee(0, 300, 1), tmp_path / "b", 1)
    cells = [list(load_workbook(path).active.values) for path in (made[0], other[0])]
    assert cells[0] == cells[1]
    assert "台账" in cells[0][0][0] and cells[0][-1][0] == "合计"
    assert any(isinstance(cell, float | int) and cell > 1e10 for row in cells[0] for cell in row)
    assert further.exists()


def test_what_comes_down_is_the_same_again_and_holds_every_case(committees: list[Committee], tmp_path: Path) -> None:
    one, two = (papers.papers(street.committee(1, 2_000, 1), tmp_path / name, 1) for name in ("a", "b"))
    assert one.keys() == two.keys() == {"names_list", "chain", "form"}
    assert one["chain"].read_bytes() == two["chain"].read_bytes()
    for key in ("names_list", "form"):
        cells = [list(load_workbook(each[key]).active.values) for each in (one, two)]
        assert cells[0] == cells[1]
    rows = list(load_workbook(one["names_list"]).active.iter_rows(min_row=4, values_only=True))
    people = committees[1].people
    known = {person.values["name"] for person in people}
    assert len(rows) == 30 and all(cell in (None, "") for row in rows for cell in row[6:])
    assert rows[-1][1] in {row[1] for row in rows[:-1]}
    assert {person.values["name"] for person in people if person.values.get("status") == "去世"} & {
        row[1] for row in rows
    }
    assert {person.values["name"] for person in papers.away(committees[1])} <= {row[1] for row in rows}
    assert sum(row[1] not in known for row in rows) >= 3
    assert "{{" not in "".join(str(cell) for row in load_workbook(one["form"]).active.values for cell in row)


def test_the_demo_command_fills_workspaces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    assert main(["demo", str(tmp_path / "demo"), "--committees", "2", "--residents", "700", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("LOUTU_ACCOUNT", made["account"])
    monkeypatch.setenv("LOUTU_PASSWORD", made["password"])
    for committee in made["committees"]:
        assert main(["status", "--data", committee["data"], "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["persons"] == committee["residents"] > 300
        assert main(["import", "roster", committee["next_roster"], "--data", committee["data"], "--json"]) == 0
        done = json.loads(capsys.readouterr().out)
        assert done["new"] > 80 and done["changed"] and done["doubtful"] and done["findings"]
        check = ["check", committee["names_list"], "--out", str(tmp_path / "back.xlsx")]
        assert main([*check, "--data", committee["data"], "--json"]) == 0
        verdicts = json.loads(capsys.readouterr().out)["verdicts"]
        assert verdicts.keys() >= {"在册实住", "人户分离", "已迁出", "已去世", "查无此人", "重复", "地址不详"}
        assert main(["import", "chain", committee["chain"], "--data", committee["data"], "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["changed"] >= 10 and told["new"] == 0 and told["rejected"] == 0
        assert main(["duplicate", "list", "--data", committee["data"], "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)) >= 3
        assert main(["ledger", "rebuild", "--check", "--data", committee["data"], "--json"]) == 0
        capsys.readouterr()
    assert main(["status", "--data", made["centre"], "--json"]) == 0
