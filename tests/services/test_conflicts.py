"""Two PCs changed one value, or thousands: the fact is listed with both origins, a person decides, and it can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from app.domain import deciding
from app.domain.findings import UserError
from app.services import conflicts, ledgers, moves, records, rosters, search, undoing, workspaces
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, PASSWORD
from tests.elsewhere import Elsewhere
from tests.street import Street


@pytest.fixture
def person(session: Session, roster: Path, tmp_path: Path) -> str:
    """Somebody whose occupation was changed here and elsewhere at the same time."""
    rosters.apply(session, rosters.preview(session, roster))
    row: str = search.find(session, "王建国")[0]["id"]
    elsewhere = Elsewhere(session, tmp_path)
    records.change(session, "resident", row, {"occupation": "教师"})
    elsewhere.write(lambda writing: writing.change("resident", row, {"occupation": "会计"}))
    elsewhere.send()
    return row


def only(session: Session) -> Values:
    (case,) = conflicts.pending(session)
    return case


def test_a_conflict_says_where_each_value_came_from(session: Session, person: str) -> None:
    case = only(session)
    assert (case["row"], case["field"], case["title"]) == (person, "occupation", "职业")
    assert {(each["value"], each["account"]) for each in case["values"]} == {("教师", "张书记"), ("会计", "someone")}


@pytest.mark.parametrize("kept", ["教师", "会计"])
def test_the_version_that_is_chosen_stands_and_the_other_stays_in_the_history(
    session: Session, person: str, kept: str
) -> None:
    case = only(session)
    chosen = next(each["version"] for each in case["values"] if each["value"] == kept)
    done = conflicts.decide(session, case["id"], chosen)
    assert conflicts.pending(session) == []
    assert records.show(session, "resident", person)["occupation"] == kept
    said = [row["value"] for row in records.history(session, "resident", person, "occupation")]
    assert {"教师", "会计"} <= set(said)
    undoing.undo(session, done.batch)
    assert len(only(session)["values"]) == 2


def test_a_decision_about_nothing_is_refused(session: Session, person: str) -> None:
    with pytest.raises(UserError) as refused:
        conflicts.decide(session, f"{person}:name", "x")
    assert refused.value.code == "conflict-unknown"
    with pytest.raises(UserError) as refused:
        conflicts.decide(session, only(session)["id"], "nonsense")
    assert refused.value.code == "version-unknown"


def test_a_row_deleted_here_and_changed_elsewhere_is_a_conflict(session: Session, roster: Path, tmp_path: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    row: str = search.find(session, "王建国")[0]["id"]
    elsewhere = Elsewhere(session, tmp_path)
    records.remove(session, "resident", row)
    elsewhere.write(lambda writing: writing.change("resident", row, {"occupation": "会计"}))
    elsewhere.send()
    assert [case["row"] for case in conflicts.pending(session)] == [row]


def test_a_sealed_value_of_a_merged_person_opens_in_the_row_that_leads(session: Session, roster: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    rows = sorted(str(each["id"]) for name in ("王建国", "李秀英") for each in search.find(session, name))
    for row, note in zip(rows, ("", "第二人的敏感备注"), strict=True):
        if note:
            records.change(session, "resident", row, {"note_sensitive": note})
    with session.writing("merge") as writing:
        writing.merge_rows(*rows)
    shown = records.show(session, "resident", rows[0], reveal=True)
    assert shown["note_sensitive"] == "第二人的敏感备注"
    assert ledgers.rebuild_check(session)["differences"] == []
    records.change(session, "resident", rows[0], {"note_sensitive": "合并后改的"})
    assert records.show(session, "resident", rows[0], reveal=True)["note_sensitive"] == "合并后改的"
    (case,) = [each for each in conflicts.pending(session) if each["field"] == "name"]
    assert {each["value"] for each in case["values"]} == {"王建国", "李秀英"}


# ---------------------------------------------------------------- who wrote it, in words


@pytest.fixture
def ours(street: Street, roster: Path) -> Session:
    """A committee whose people are at the centre too."""
    made = street.committee()
    rosters.apply(made, rosters.preview(made, roster))
    street.bring(street.centre, street.send(made))
    return made


def resident(session: Session, name: str = "王建国") -> str:
    return str(search.find(session, name)[0]["id"])


def both_change(street: Street, ours: Session, name: str, here: Values, there: Values, source: str = "") -> None:
    """The committee and the centre write something else of one person; the centre's comes home."""
    records.change(street.centre, "resident", resident(street.centre, name), there, source=source)
    records.change(ours, "resident", resident(ours, name), here)


def home(street: Street, ours: Session) -> list[Values]:
    street.bring(ours, street.send(street.centre))
    return conflicts.pending(ours)


def test_somebody_at_another_pc_is_named_by_the_pc_s_registered_name(street: Street, ours: Session) -> None:
    both_change(street, ours, "王建国", {"occupation": "教师"}, {"occupation": "会计"}, "条线名单.xlsx")
    (case,) = home(street, ours)
    said = {each["text"]: (each["account"], each["device"], each["of"], each["source"]) for each in case["values"]}
    assert said["教师"] == (ACCOUNT, "第1居委会", "own", "")
    assert said["会计"] == ("花木街道", "花木街道", "centre", "条线名单.xlsx")
    assert [each["shown"] for each in case["values"]] == [False, True]
    assert case["name"] == "王建国" and case["path"].startswith("培花新村/12号/302")
    street.bring(street.centre, street.send(ours))
    (there,) = conflicts.pending(street.centre)
    assert {each["of"] for each in there["values"]} == {"own", "centre"} and there["committee_name"] == "第1居委会"


def test_lists_groups_and_references_read_as_words(street: Street, ours: Session) -> None:
    landline = {"number": "58881234", "kind": "固话", "owner": "李秀英", "relation": "妻"}
    both_change(
        street, ours, "王建国", {"phones": [{"number": "13812345678"}], "party_member": False},
        {"phones": [{"number": "13900001234"}, landline], "party_member": None},
    )  # fmt: skip
    with ours.db.reading() as connection:
        (door,) = connection.exec_driver_sql("SELECT id FROM dwelling WHERE room = '401'").fetchone() or ("",)
    records.change(street.centre, "dwelling", door, {"room": "402"})
    records.change(ours, "dwelling", door, {"room": "403"})
    said = {case["field"]: [each["text"] for each in case["values"]] for case in home(street, ours)}
    assert set(said["phones"]) == {"13812345678", "13900001234、58881234（李秀英，妻）"}
    assert set(said["party_member"]) == {"（空）", "否"}
    assert set(said["path"]) == {"培花新村 12号 402", "培花新村 12号 403"}


def test_a_group_is_decided_as_a_whole(street: Street, ours: Session) -> None:
    with ours.db.reading() as connection:
        (door,) = connection.exec_driver_sql("SELECT id FROM dwelling WHERE room = '401'").fetchone() or ("",)
    records.change(street.centre, "dwelling", door, {"room": "402"})
    records.change(ours, "dwelling", door, {"room": "403"})
    (case,) = home(street, ours)
    conflicts.decide(ours, case["id"], next(each["version"] for each in case["values"] if "402" in each["text"]))
    assert records.show(ours, "dwelling", door)["room"] == "402" and conflicts.pending(ours) == []


def test_level_3_is_masked_until_it_is_opened_which_is_an_entry(street: Street, ours: Session) -> None:
    both_change(street, ours, "王建国", {"note_sensitive": "需要轮椅"}, {"note_sensitive": "听力不好"})
    (case,) = home(street, ours)
    assert {each["text"] for each in case["values"]} == {"●●●"} and {each["same"] for each in case["values"]} == {0, 1}
    opened = conflicts.reveal(ours, case["id"])
    assert {each["text"] for each in opened["values"]} == {"需要轮椅", "听力不好"}
    looks = [each for each in ledgers.show(ours, entity="resident") if each["id"] == case["row"]]
    assert looks[0]["action"] == "view"


# ---------------------------------------------------------------- deleted, in use, moved, merged


@pytest.fixture
def deleted(session: Session, roster: Path, tmp_path: Path) -> str:
    """Somebody deleted here whose occupation was changed elsewhere."""
    rosters.apply(session, rosters.preview(session, roster))
    row = resident(session)
    elsewhere = Elsewhere(session, tmp_path)
    records.remove(session, "resident", row)
    elsewhere.write(lambda writing: writing.change("resident", row, {"occupation": "会计"}))
    elsewhere.send()
    return row


def test_a_deleted_row_still_says_who_it_is(session: Session, deleted: str) -> None:
    case = only(session)
    assert (case["kind"], case["name"]) == ("deleted", "王建国") and case["path"].startswith("培花新村/12号/302")
    assert [(each["version"], each["shown"], each["account"]) for each in case["values"]] == [
        ("restore", False, "someone"), ("delete", True, ACCOUNT),
    ]  # fmt: skip


@pytest.mark.parametrize(("choice", "found"), [("restore", 1), ("delete", 0)])
def test_a_deleted_row_is_taken_back_or_stays_deleted(session: Session, deleted: str, choice: str, found: int) -> None:
    done = conflicts.decide(session, only(session)["id"], choice)
    assert conflicts.pending(session) == [] and len(search.find(session, "王建国")) == found
    undoing.undo(session, done.batch)
    assert only(session)["kind"] == "deleted"
    assert ledgers.rebuild_check(session)["differences"] == []


def test_a_deleted_place_that_is_used_can_be_taken_back(session: Session, roster: Path, tmp_path: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "901"}).id
    elsewhere = Elsewhere(session, tmp_path)
    records.remove(session, "dwelling", door)
    elsewhere.write(
        lambda writing: writing.change("household", "01900000-0000-7000-8000-000000000001", {"dwelling": door})
    )
    elsewhere.send()
    case = only(session)
    assert (case["kind"], case["path"]) == ("in-use", "培花新村/12号/901")
    assert [each["version"] for each in case["values"]] == ["restore"]
    conflicts.decide(session, case["id"], "restore")
    assert conflicts.pending(session) == [] and records.show(session, "dwelling", door)["room"] == "901"


def test_a_drawing_changed_on_both_sides_is_decided(session: Session, roster: Path, tmp_path: Path) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    with session.db.reading() as connection:
        (building,) = connection.exec_driver_sql("SELECT id FROM building WHERE number = '12号'").fetchone() or ("",)
    elsewhere = Elsewhere(session, tmp_path)
    square = [[121.5, 31.2], [121.6, 31.2], [121.6, 31.3], [121.5, 31.2]]
    records.change(session, "building", building, {"geometry": {"type": "Polygon", "coordinates": [square]}})
    other = {"type": "Polygon", "coordinates": [[*square[:3], [121.5, 31.3], square[0]]]}
    elsewhere.write(lambda writing: writing.change("building", building, {"geometry": other}))
    elsewhere.send()
    case = only(session)
    assert {each["text"] for each in case["values"]} == {"已画轮廓，4 个角点", "已画轮廓，5 个角点"}
    conflicts.decide(session, case["id"], case["values"][0]["version"])
    assert conflicts.pending(session) == []


def test_two_who_were_merged_and_not_merged_are_a_conflict_that_is_decided(
    session: Session, roster: Path, tmp_path: Path
) -> None:
    rosters.apply(session, rosters.preview(session, roster))
    low, high = sorted((resident(session), resident(session, "李秀英")))
    elsewhere = Elsewhere(session, tmp_path)
    with session.writing("merge") as writing:
        writing.merge_rows(low, high)
    elsewhere.write(lambda writing: writing.change("alias", f"{low}|{high}", {"on": False}))
    elsewhere.send()
    case = next(each for each in conflicts.pending(session) if each["kind"] == "merge")
    assert {each["text"] for each in case["values"]} == {"是同一人，合并为一条", "不是同一人，分开"}
    apart = next(each["version"] for each in case["values"] if each["value"] is False)
    conflicts.decide(session, case["id"], apart)
    assert conflicts.pending(session) == [] and len(search.find(session, "李秀英")) == 1


def test_cancelled_here_and_accepted_there_is_said_and_decided(street: Street, ours: Session) -> None:
    other = street.committee(2)
    records.add(other, "dwelling", {"estate": "由由新村", "building": "3号", "room": "101"})
    records.add(other, "household", {"dwelling": "由由新村/3号/101"})

    def down(*sessions: Session) -> None:
        files = street.send(street.centre)
        for session in sessions:
            street.bring(session, [file for file in files if session.code in file.name])

    street.bring(street.centre, street.send(other))
    down(ours)
    row = resident(ours)
    moves.offer(ours, row, other.code)
    street.bring(street.centre, street.send(ours))
    down(other)
    moves.cancel(ours, row)
    moves.accept(other, moves.pending(other)[0]["id"], "由由新村/3号/101")
    for session in (other, ours):
        street.bring(street.centre, street.send(session))
    down(ours)
    (case,) = conflicts.pending(ours)
    assert case["kind"] == "move" and deciding.choices([case], "shown") == {}
    said = {each["text"]: each["version"] for each in case["values"]}
    assert set(said) == {"已撤回，仍住本居委会", "已迁往第2居委会，对方已接收"}
    conflicts.decide(ours, case["id"], said["已迁往第2居委会，对方已接收"])
    gone = records.show(ours, "resident", row)
    assert (gone["status"], gone["whereabouts"]) == ("迁出", "第2居委会") and conflicts.pending(ours) == []


# ---------------------------------------------------------------- many at once


@pytest.fixture
def many(street: Street, ours: Session) -> list[Values]:
    """Three people about whom the committee and the centre say something else; of one more the centre twice."""
    for name in ("王建国", "李秀英", "张三"):
        both_change(street, ours, name, {"occupation": "教师"}, {"occupation": "会计"}, "条线名单.xlsx")
    both_change(street, ours, "王建国", {"education": "大学"}, {"education": "高中"})
    return home(street, ours)


def occupations(session: Session) -> set[str]:
    return {
        records.show(session, "resident", resident(session, name))["occupation"]
        for name in ("王建国", "李秀英", "张三")
    }


@pytest.mark.parametrize(
    ("rule", "file", "decided", "left", "kept"),
    [
        ("own", "", 4, 0, "教师"),
        ("centre", "", 4, 0, "会计"),
        ("file", "条线名单.xlsx", 3, 1, "会计"),
        ("shown", "", 4, 0, ""),
    ],
)
def test_a_rule_decides_what_it_can_and_leaves_the_rest_in_one_batch(
    ours: Session, many: list[Values], rule: str, file: str, decided: int, left: int, kept: str
) -> None:
    before = occupations(ours)
    versions = deciding.choices(many, rule, file)
    done = conflicts.decide_many(ours, versions)
    assert (done["decided"], len(done["batches"]), done["skipped"]) == (decided, 1, [])
    assert len(conflicts.pending(ours)) == left and occupations(ours) == ({kept} if kept else before)
    assert conflicts.undo_many(ours, done["batches"])["undone"] == decided
    assert len(conflicts.pending(ours)) == 4
    assert ledgers.verify(ours)["ok"] and ledgers.rebuild_check(ours)["ok"]


def test_what_was_decided_meanwhile_is_skipped_and_said(ours: Session, many: list[Values]) -> None:
    versions = deciding.choices(many, "own")
    conflicts.decide(ours, many[0]["id"], many[0]["values"][0]["version"])
    versions[many[1]["id"]] = "1.1.x.y"
    done = conflicts.decide_many(ours, versions)
    assert done["decided"] == 2
    assert {each["code"] for each in done["skipped"]} == {"conflict-unknown", "version-unknown"}


def test_nothing_that_can_be_decided_writes_no_batch(ours: Session, many: list[Values]) -> None:
    before = ledgers.verify(ours)["entries"]
    assert conflicts.decide_many(ours, {"x:y": "1.1.x.y"})["batches"] == []
    assert ledgers.verify(ours)["entries"] == before


def test_a_centre_decides_for_several_committees_with_a_batch_for_each_and_one_undo(
    street: Street, ours: Session, many: list[Values], roster: Path
) -> None:
    other = street.committee(2)
    rosters.apply(other, rosters.preview(other, roster))
    street.bring(street.centre, street.send(other))
    street.bring(street.centre, street.send(ours))
    row = resident(other)
    records.change(street.centre, "resident", row, {"occupation": "会计"})
    records.change(other, "resident", row, {"occupation": "教师"})
    street.bring(street.centre, street.send(other))
    cases = conflicts.pending(street.centre)
    done = conflicts.decide_many(street.centre, deciding.choices(cases, "own"))
    assert (done["decided"], len(done["batches"])) == (5, 2) and conflicts.pending(street.centre) == []
    conflicts.undo_many(street.centre, done["batches"])
    assert len(conflicts.pending(street.centre)) == 5
    assert conflicts.undo_many(street.centre, []) == {"undone": 0, "kept": 0}


def test_two_own_values_that_differ_are_left_to_a_person(ours: Session, many: list[Values]) -> None:
    case = many[0]
    for each in case["values"]:
        each["of"] = "own"
    assert deciding.chosen(case, "own") is None


def test_by_command_all_that_a_rule_can_tell(street: Street, ours: Session, many: list[Values], tmp_path: Path) -> None:
    street.committees.remove(ours)
    workspaces.lock(ours)
    (tmp_path / "password").write_text(PASSWORD, "utf-8")
    shared = ("--data", str(ours.folder), "--account", ACCOUNT, "--password-file", str(tmp_path / "password"))
    assert main(["conflict", "decide-all", "--keep", "own", "--field", "occupation", *shared]) == 0
    again = workspaces.unlock(ours.folder, ACCOUNT, PASSWORD, clock=ours.clock)
    street.committees.append(again)
    assert [case["field"] for case in conflicts.pending(again)] == ["education"] and occupations(again) == {"教师"}
