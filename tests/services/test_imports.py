"""Imports end to end in a real workspace: once more is nothing, corrected is only the corrections, undone is gone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from app import cli
from app.db import present
from app.domain import clock
from app.domain.findings import UserError
from app.services import doubtful, mappings, places, records, rosters, summaries, undoing, workspaces
from app.services.session import Session
from app.words import say
from tests.conftest import ACCOUNT, PASSWORD

TITLES = ["小区", "楼号", "室号", "姓名", "性别", "联系电话", "备注"]
PEOPLE = [
    ["培花新村", "12号", "302", "王建国", "男", "13812345678", ""],
    ["培花新村", "12号", "302", "李秀英", "女", "58881234", "听力差"],
    ["培花新村", "12号", "401", "张三", "男", "", ""],
    ["培花新村", "13号", "101", "赵六", "男", "", ""],
]
CARD = "11010519491231002X"  # the example of the standard
CHAIN = "#接龙\n1. 12-302 王建国 2人 已返沪5.1\n2. 12-401 张三 1人\n3. 13-101 赵六 从武汉返沪 5月2日\n4.\n"


def book(path: Path, rows: Sequence[Sequence[Any]], titles: Sequence[str] = TITLES) -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "花名册"
    for row in (titles, *rows):
        sheet.append(list(row))
    made.save(path)
    return path


def pasted(rows: Sequence[Sequence[Any]], titles: Sequence[str] = TITLES) -> rosters.Pasted:
    return rosters.Pasted("\r\n".join("\t".join(map(str, row)) for row in (titles, *rows)))


def import_(session: Session, source: rosters.Source, **options: Any) -> dict[str, Any]:
    return rosters.apply(session, rosters.preview(session, source, **options))


def entries(session: Session) -> int:
    return int(summaries.status(session)["entries"])


def residents(session: Session) -> dict[str, dict[str, Any]]:
    with session.db.reading() as connection:
        return {row["name"]: row for row in present.where(connection, session.committee_id, "resident")}


def sources(tmp_path: Path) -> dict[str, rosters.Source]:
    return {"file": book(tmp_path / "册.xlsx", PEOPLE), "pasted": pasted(PEOPLE), "chain": rosters.Chain(CHAIN)}


# ---------------------------------------------------------------- again, corrected, undone, redone


@pytest.mark.parametrize("kind", ["file", "pasted", "chain"])
def test_the_same_once_more_writes_nothing_but_the_act(session: Session, tmp_path: Path, kind: str) -> None:
    source = sources(tmp_path)[kind]
    first = import_(session, source, estate="培花新村")
    assert first["new"] == (3 if kind == "chain" else 4)
    before = entries(session)
    again = import_(session, source, estate="培花新村")
    assert (again["same"], again["new"], again["changed"], again["doubtful"]) == (first["new"], 0, 0, 0)
    assert entries(session) == before + 1


@pytest.mark.parametrize("kind", ["file", "pasted"])
def test_a_corrected_roster_changes_only_the_corrections(session: Session, tmp_path: Path, kind: str) -> None:
    import_(session, sources(tmp_path)[kind])
    before = entries(session)
    corrected = [[*row] for row in PEOPLE]
    corrected[1][6] = "听力差，需大声"
    source = book(tmp_path / "改.xlsx", corrected) if kind == "file" else pasted(corrected)
    done = import_(session, source)
    assert (done["changed"], done["same"], done["new"]) == (1, 3, 0)
    assert entries(session) == before + 2
    assert residents(session)["李秀英"]["note"] == "听力差，需大声"


def test_a_chain_after_a_roster_adds_and_replaces_no_note(session: Session, tmp_path: Path) -> None:
    import_(session, sources(tmp_path)["file"])
    done = import_(session, rosters.Chain("1. 12-302 李秀英 2人 5月1日武汉返沪"))
    assert (done["changed"], done["new"]) == (1, 0)
    found = residents(session)["李秀英"]
    assert found["note"] == "听力差；2人 5月1日武汉返沪"
    assert found["extra"] == {"人数": "2"}
    with session.db.reading() as connection:
        (arrival,) = present.where(connection, session.committee_id, "arrival", resident=found["id"])
    assert (arrival["arrived_on"], arrival["origin"]) == ("2020-05-01", "武汉")


@pytest.mark.parametrize("kind", ["file", "pasted", "chain"])
def test_undo_takes_all_back_and_redo_brings_it_again(session: Session, tmp_path: Path, kind: str) -> None:
    done = import_(session, sources(tmp_path)[kind], estate="培花新村")
    people = residents(session)
    undone = undoing.undo(session, done["batch"])
    assert undone["kept"] == [] and residents(session) == {} and places.estates(session) == []
    undoing.undo(session, undone["batch"])
    assert residents(session) == people


def test_undo_keeps_what_was_written_since_and_says_why(session: Session, tmp_path: Path) -> None:
    done = import_(session, sources(tmp_path)["file"])
    records.change(session, "resident", residents(session)["张三"]["id"], {"note": "已电话核实"})
    undone = undoing.undo(session, done["batch"])
    assert {each["reason"] for each in undone["kept"]}
    assert "张三" in residents(session) and "王建国" not in residents(session)


# ---------------------------------------------------------------- the list of imports


def test_the_list_says_what_each_import_did(session: Session, tmp_path: Path) -> None:
    first = import_(session, sources(tmp_path)["file"])
    second = import_(session, rosters.Chain(CHAIN))
    session.clock = clock.frozen("2020-05-26T08:30")
    undoing.undo(session, second["batch"])
    latest, earliest = rosters.imports(session)
    assert (latest["batch"], latest["file"], latest["sheet"]) == (second["batch"], "接龙", "接龙")
    assert latest["undone"] and latest["undone_by"] == ACCOUNT and latest["undone_at"].startswith("2020-05-26T08:30")
    assert {key: earliest[key] for key in rosters.COUNTS} == {
        "rows": 4, "new": 4, "changed": 0, "same": 0, "doubtful": 0, "rejected": 0,
    }  # fmt: skip
    assert (earliest["batch"], earliest["file"], earliest["undone"], earliest["undone_at"]) == (
        first["batch"], "册.xlsx", False, None,
    )  # fmt: skip


def test_redone_is_not_undone(session: Session, tmp_path: Path) -> None:
    done = import_(session, sources(tmp_path)["file"])
    undone = undoing.undo(session, done["batch"])
    undoing.undo(session, undone["batch"])
    (listed,) = rosters.imports(session)
    assert (listed["undone"], listed["undone_by"]) == (False, None)


# ---------------------------------------------------------------- unknown places


MOVED = [["培花新村", "21号", "302", "孙七", "男", "", ""], ["培花新村", "12幢", "401", "周八", "男", "", ""]]


@pytest.mark.parametrize(
    ("policy", "counts", "codes"),
    [
        ("create", {"new": 2, "rejected": 0}, ["place-taken"]),
        ("near", {"new": 2, "rejected": 0}, ["place-near", "place-taken"]),
        ("reject", {"new": 1, "rejected": 1}, ["place-unknown", "place-taken"]),
    ],
)
def test_unknown_places_as_the_user_says(
    session: Session, tmp_path: Path, policy: str, counts: dict[str, int], codes: list[str]
) -> None:
    import_(session, sources(tmp_path)["file"])
    plan = rosters.preview(session, book(tmp_path / "新.xlsx", MOVED), unknown_places=policy)
    assert {key: plan.counts[key] for key in counts} == counts
    assert plan.rows == sum(plan.counts[key] for key in rosters.COUNTS[1:])
    assert [found.code for found in plan.findings] == codes
    (unknown,) = plan.unknown
    assert (unknown["building"], unknown["near"], unknown["rows"]) == ("21号", "培花新村12号", 1)
    assert plan.unknown_count == 1
    rosters.apply(session, plan)
    with session.db.reading() as connection:
        numbers = [row["number"] for row in present.where(connection, session.committee_id, "building")]
    assert sorted(numbers) == (["12号", "13号", "21号"] if policy == "create" else ["12号", "13号"])


@pytest.mark.parametrize("option", [{"unknown_places": "guess"}, {"on_doubt": "guess"}])
def test_an_option_nobody_knows_is_refused(session: Session, option: dict[str, str]) -> None:
    with pytest.raises(UserError) as refused:
        rosters.preview(session, rosters.Chain(CHAIN), **option)  # type: ignore[arg-type]
    assert refused.value.code == next(iter(option)).replace("_", "-") + "-unknown"


def test_names_without_a_number_go_to_the_only_building(session: Session, tmp_path: Path) -> None:
    import_(session, book(tmp_path / "一.xlsx", [["金鹰大厦", "1号", "1203", "王建国", "男", "", ""]]))
    plan = rosters.preview(session, pasted([["1203", "李秀英"], ["", "张三"]], ["室号", "姓名"]), estate="金鹰大厦")
    assert (plan.new, plan.rejected) == (1, 1)
    assert [found.code for found in plan.findings] == ["row-no-place"]


def test_a_list_of_names_alone_is_no_roster(session: Session) -> None:
    with pytest.raises(UserError) as refused:
        rosters.preview(session, pasted([["王建国", "13812345678"], ["李秀英", ""]], ["姓名", "电话"]))
    assert refused.value.code == "sheet-no-people"


# ---------------------------------------------------------------- remembered mappings


def test_what_was_said_of_a_column_is_remembered_once_it_was_applied(session: Session) -> None:
    titles = ["楼号", "室号", "何人", "何事"]
    rows = [["12号", "302", "王建国", "听力差"]]
    chosen = {"何人": "name", "何事": "note"}
    plan = rosters.preview(session, pasted(rows, titles), mapping=chosen, estate="培花新村")
    assert mappings.remembered(session) == {}
    rosters.apply(session, plan)
    assert mappings.remembered(session) == chosen
    again = rosters.preview(session, pasted(rows, titles), estate="培花新村")
    assert (again.same, again.mapping["何人"]) == (1, "name")
    assert {each.title: each.how for each in again.columns}["何人"] == "remembered"


def test_mappings_are_kept_by_plain_title_and_never_by_letter(session: Session) -> None:
    mappings.remember(session, {"何人：": "name", "C": "note", "旧栏": "没有的字段"})
    mappings.remember(session, {"何人": "", "何 事": "note"})
    assert mappings.remembered(session) == {"何人": "", "何事": "note"}
    assert len({**mappings.remembered(session)}) <= mappings.MOST


def test_the_oldest_mapping_is_forgotten_first(session: Session) -> None:
    mappings.remember(session, {f"栏目{number}": "note" for number in range(mappings.MOST)})
    mappings.remember(session, {"何人": "name"})
    kept = mappings.remembered(session)
    assert len(kept) == mappings.MOST and "栏目0" not in kept and kept["何人"] == "name"


# ---------------------------------------------------------------- doubt, cancelling, several sheets


def test_a_row_put_aside_says_how_alike_and_why(session: Session, tmp_path: Path) -> None:
    import_(session, sources(tmp_path)["file"])
    records.change(session, "resident", residents(session)["王建国"]["id"], {"status": "去世"})
    plan = rosters.preview(session, sources(tmp_path)["file"])
    assert plan.doubtful == 1
    shown = next(each for each in plan.sample if each["state"] == "待核")
    rosters.apply(session, plan)
    (waiting,) = doubtful.pending(session)
    assert waiting["reason"] == "dead"
    assert waiting["why"] == shown["why"] and waiting["score"] == shown["score"] > 50
    assert "same-name" in waiting["why"]


def test_a_near_door_put_aside_is_decided_at_the_door_that_was_meant(session: Session, tmp_path: Path) -> None:
    import_(session, sources(tmp_path)["file"])
    records.change(session, "resident", residents(session)["王建国"]["id"], {"status": "去世"})
    import_(session, pasted([["培花新村", "21号", "302", "王建国", "男", "", ""]]), unknown_places="near")
    (waiting,) = doubtful.pending(session)
    doubtful.decide(session, waiting["id"], "new")
    with session.db.reading() as connection:
        numbers = {row["number"] for row in present.where(connection, session.committee_id, "building")}
    assert numbers == {"12号", "13号"}


def died(session: Session, tmp_path: Path) -> rosters.Source:
    """A roster of which one row, 王建国's, is put aside each time it is read."""
    source = sources(tmp_path)["file"]
    import_(session, source)
    records.change(session, "resident", residents(session)["王建国"]["id"], {"status": "去世"})
    return source


def test_a_row_that_waits_is_not_queued_again_and_one_that_was_decided_not_asked_again(
    session: Session, tmp_path: Path
) -> None:
    source = died(session, tmp_path)
    assert import_(session, source)["doubtful"] == 1
    before = entries(session)
    again = import_(session, book(tmp_path / "另存.xlsx", PEOPLE))
    assert (again["doubtful"], again["same"]) == (1, 3)
    assert entries(session) == before + 1
    (waiting,) = doubtful.pending(session)
    decided = doubtful.decide(session, waiting["id"], "keep")
    third = import_(session, source)
    assert (third["doubtful"], third["same"]) == (0, 4) and doubtful.pending(session) == []
    assert third["rows"] == sum(third[key] for key in rosters.COUNTS[1:])
    undoing.undo(session, decided.batch)
    assert rosters.preview(session, source).doubtful == 1


def test_a_corrected_row_waits_anew(session: Session, tmp_path: Path) -> None:
    source = died(session, tmp_path)
    import_(session, source)
    doubtful.decide(session, doubtful.pending(session)[0]["id"], "keep")
    corrected = [[*row] for row in PEOPLE]
    corrected[0][6] = "本人健在"
    assert import_(session, pasted(corrected))["doubtful"] == 1
    (waiting,) = doubtful.pending(session)
    assert waiting["values"]["note"] == "本人健在"


def test_a_row_taken_back_with_its_import_waits_when_it_comes_again(session: Session, tmp_path: Path) -> None:
    source = died(session, tmp_path)
    undoing.undo(session, import_(session, source)["batch"])
    assert doubtful.pending(session) == []
    assert import_(session, source)["doubtful"] == 1
    (waiting,) = doubtful.pending(session)
    assert (waiting["reason"], waiting["values"]["name"]) == ("dead", "王建国")


def test_only_with_the_index_key_do_a_rows_values_give_its_id(session: Session, tmp_path: Path) -> None:
    died(session, tmp_path)
    said = pasted([["培花新村", "12号", "302", "王建国", CARD]], ["小区", "楼号", "室号", "姓名", "身份证号"])

    def waiting() -> str:
        ((row, _),) = rosters.preview(session, said).steps.doubtful
        return row

    first = waiting()
    assert waiting() == first
    session.index_key = b"another" * 5
    assert waiting() != first


def test_take_writes_what_is_certain_and_queues_the_rest(session: Session, tmp_path: Path) -> None:
    titles = ["小区", "楼号", "室号", "姓名", "出生日期", "联系电话"]
    first = [["培花新村", "12号", "302", "王建国", "1960-05-01", "13812345678"],
             ["培花新村", "12号", "401", "张三", "1970-05-01", "13812345671"],
             ["培花新村", "12号", "501", "王强", "1980-05-01", "13812345672"]]  # fmt: skip
    import_(session, pasted(first, titles))
    records.change(session, "resident", residents(session)["王建国"]["id"], {"status": "迁出"})
    now = [["培花新村", "12号", "302", "王建国", "1960-05-01", ""], ["培花新村", "15号", "101", "张三", "1970-05-01", ""],
           ["培花新村", "12号", "501", "王墙", "1980-05-01", ""]]  # fmt: skip
    done = import_(session, pasted(now, titles), on_doubt="take")
    assert (done["changed"], done["doubtful"], done["new"]) == (2, 1, 0)
    found = residents(session)
    assert set(found) == {"王建国", "张三", "王强"}
    assert found["王建国"]["status"] == "在住"
    with session.db.reading() as connection:
        path = places.path_of(connection, session.committee_id, "resident", found["张三"]["id"])
    assert "15号" in path and "101" in path
    assert [each["reason"] for each in doubtful.pending(session)] == ["similar"]
    again = import_(session, pasted(now, titles), on_doubt="take")
    assert (again["same"], again["doubtful"]) == (2, 1)
    undoing.undo(session, done["batch"])
    assert residents(session)["王建国"]["status"] == "迁出"


def test_a_corrected_arrival_is_changed(session: Session) -> None:
    titles = ["小区", "楼号", "室号", "姓名", "来源地", "抵沪日期"]
    for origin, changed in (("武汉", 0), ("湖北武汉", 1), ("湖北武汉", 0)):
        done = import_(session, pasted([["培花新村", "12号", "302", "王建国", origin, "2020-05-01"]], titles))
        assert done["changed"] == changed
    with session.db.reading() as connection:
        (arrival,) = present.where(connection, session.committee_id, "arrival")
    assert arrival["origin"] == "湖北武汉"


def test_deciding_a_row_corrects_the_arrival_of_that_day(session: Session) -> None:
    titles = ["小区", "楼号", "室号", "姓名", "来源地", "抵沪日期"]
    import_(session, pasted([["培花新村", "12号", "302", "王建国", "武汉", "2020-05-01"]], titles))
    records.change(session, "resident", residents(session)["王建国"]["id"], {"status": "去世"})
    import_(session, pasted([["培花新村", "12号", "302", "王建国", "湖北武汉", "2020-05-01"]], titles))
    doubtful.decide(session, doubtful.pending(session)[0]["id"], "take")
    with session.db.reading() as connection:
        (arrival,) = present.where(connection, session.committee_id, "arrival")
    assert arrival["origin"] == "湖北武汉" and residents(session)["王建国"]["status"] == "在住"


def test_whoever_comes_back_to_another_door_lives_there(session: Session) -> None:
    titles = ["小区", "楼号", "室号", "姓名", "出生日期"]
    import_(session, pasted([["培花新村", "12号", "302", "王建国", "1960-05-01"]], titles))
    records.change(session, "resident", residents(session)["王建国"]["id"], {"status": "迁出"})
    import_(session, pasted([["培花新村", "15号", "101", "王建国", "1960-05-01"]], titles))
    doubtful.decide(session, doubtful.pending(session)[0]["id"], "take")
    found = residents(session)["王建国"]
    with session.db.reading() as connection:
        path = places.path_of(connection, session.committee_id, "resident", found["id"])
    assert "15号" in path and found["status"] == "在住"


def test_a_card_is_put_beside_the_passport(session: Session) -> None:
    titles = ["小区", "楼号", "室号", "姓名", "证件类型", "证件号码"]
    import_(session, pasted([["培花新村", "12号", "302", "王建国", "护照", "E12345678"]], titles))
    done = import_(session, pasted([["培花新村", "12号", "302", "王建国", "身份证", CARD]], titles))
    assert (done["changed"], done["doubtful"]) == (1, 0)
    again = import_(session, pasted([["培花新村", "12号", "302", "王建国", "护照", "E12345678"]], titles))
    assert again["same"] == 1


def test_a_list_of_leaders_is_written_to_the_buildings_and_undone(session: Session, tmp_path: Path) -> None:
    import_(session, sources(tmp_path)["file"])
    listed = pasted([["12号", "王建国", "13812345678"], ["13号", "赵六", "58881234"]], ["楼号", "楼组长", "电话"])
    done = import_(session, listed, estate="培花新村")
    assert (done["changed"], done["new"], done["findings"]) == (2, 0, [])

    def leaders() -> set[tuple[str, Any, Any]]:
        with session.db.reading() as connection:
            rows = present.where(connection, session.committee_id, "building")
        return {(row["number"], row.get("leader_name"), row.get("leader_phone")) for row in rows}

    assert leaders() == {("12号", "王建国", "13812345678"), ("13号", "赵六", "58881234")}
    before = entries(session)
    assert import_(session, listed, estate="培花新村")["same"] == 2 and entries(session) == before + 1
    undoing.undo(session, done["batch"])
    assert leaders() == {("12号", None, None), ("13号", None, None)}


def test_what_is_left_of_rows_is_told_in_words(session: Session) -> None:
    import_(session, pasted([["联洋花园", "1号", "101", "王建国"]], ["小区", "楼号", "室号", "姓名"]))
    rows = [["栖山路1500弄1号", "302", "李秀英", "", "张三"], ["栖山路1500弄1号", "303", "", "58881234", "李四"]]
    plan = rosters.preview(session, pasted(rows, ["地址", "室号", "姓名", "联系电话", "楼组长"]))
    found = {each.code: each for each in plan.findings}
    assert set(found) == {"place-other-lane", "door-facts-left", "leader-twice"}
    said = {code: say(code, row=each.row, value=each.value, **each.details) for code, each in found.items()}
    assert "栖山路1500弄" in said["place-other-lane"] and "联洋花园" in said["place-other-lane"]
    assert "电话" in said["door-facts-left"] and "李四" in said["leader-twice"] and "张三" in said["leader-twice"]


class Cancelling:
    """Says yes at the n-th question."""

    def __init__(self, at: int) -> None:
        self.at, self.asked = at, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked >= self.at


def test_cancelled_in_the_middle_nothing_is_left(session: Session) -> None:
    rows = [
        ["培花新村", f"{n // 100 + 1}号", f"{n % 100 // 4 + 1:02d}01", f"王{chr(0x4E00 + n)}", "男", "", ""]
        for n in range(5_000)
    ]
    plan = rosters.preview(session, pasted(rows))
    assert plan.new == 5_000
    before, written = entries(session), [0]
    with pytest.raises(UserError) as stopped:
        rosters.apply(
            session, plan, progress=lambda done, total, what: written.append(done),
            cancelled=lambda: written[-1] >= 6_000,
        )  # fmt: skip
    assert stopped.value.code == "cancelled"
    assert 6_000 <= max(written) < plan.steps.size  # people had been written, and more were to come
    assert entries(session) == before
    assert residents(session) == {} and places.estates(session) == [] and rosters.imports(session) == []
    assert rosters.apply(session, plan)["new"] == 5_000


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_preview_can_be_cancelled(session: Session, at: int) -> None:
    rows = [
        ["培花新村", f"{n // 100 + 1}号", f"{n % 100 + 101}", f"王{chr(0x4E00 + n)}", "男", "", ""]
        for n in range(5_000)
    ]
    with pytest.raises(UserError) as stopped:
        rosters.preview(session, pasted(rows), cancelled=Cancelling(at))
    assert stopped.value.code == "cancelled"


def test_all_sheets_at_once_and_each_finding_on_its_own(session: Session, tmp_path: Path) -> None:
    made = Workbook()
    made.remove(made.worksheets[0])
    for number in (12, 13):
        sheet = made.create_sheet(f"{number}号")
        for row in (["室号", "姓名"], ["302", f"王{number}"], ["", "无门牌"]):
            sheet.append(row)
    path = tmp_path / "分号.xlsx"
    made.save(path)
    plan = rosters.preview(session, path, all_sheets=True, estate="培花新村")
    assert (plan.new, plan.rejected) == (2, 2)  # the sheet's name says the number of those with a room
    assert [(found.code, found.sheet) for found in plan.findings] == [
        ("row-no-place", "12号"),
        ("row-no-place", "13号"),
    ]
    assert {each["sheet"] for each in plan.sample} == {"12号", "13号"}
    assert len(plan.tables) == 2


# ---------------------------------------------------------------- the command line


def run(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> tuple[int, Any]:
    code = cli.main(["--data", str(folder), "--account", ACCOUNT, "--json", "--now", "2020-05-25T09:00", *words])
    return code, json.loads(capsys.readouterr().out)


def test_the_commands(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    file = book(tmp_path / "册.xlsx", PEOPLE)
    code, done = run(capsys, folder, "import", "roster", str(file))
    assert (code, done["new"], done["unknown_count"]) == (0, 4, 2)
    assert {"title": "姓名", "key": "name", "confidence": 1.0, "how": "title"} in done["columns"]
    chain = tmp_path / "接龙.txt"
    chain.write_text(CHAIN, "utf-8")
    code, said = run(capsys, folder, "import", "chain", str(chain), "--dry-run", "--unknown-places", "reject")
    assert (code, said["rows"], said["changed"]) == (0, 3, 3)
    assert "batch" not in said and [found["code"] for found in said["findings"]] == ["chain-empty"]
    code, near = run(
        capsys, folder, "import", "roster", str(book(tmp_path / "新.xlsx", MOVED)), "--unknown-places", "near", "--all-sheets",
        "--with-hidden", "--table", "1",
    )  # fmt: skip
    assert (code, near["new"], near["unknown"][0]["near"]) == (0, 2, "培花新村12号")
    code, listed = run(capsys, folder, "import", "list")
    assert (code, [each["file"] for each in listed]) == (0, ["新.xlsx", "册.xlsx"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_chain_from_a_file_of_any_encoding(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    chain = tmp_path / "接龙.txt"
    chain.write_text(CHAIN, encoding)
    assert run(capsys, folder, "import", "chain", str(chain), "--dry-run")[1]["rows"] == 3


def test_a_missing_chain_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUTU_PASSWORD", PASSWORD)
    code, said = run(capsys, folder, "import", "chain", str(tmp_path / "没有.txt"))
    assert (code, said["error"]["code"]) == (1, "file-missing")


@pytest.mark.parametrize("text", [CHAIN, "1. 12-302 王建国"])
def test_words_for_every_finding_of_a_chain(session: Session, text: str) -> None:
    plan = rosters.preview(session, rosters.Chain(text))
    for found in plan.findings:
        assert say(found.code, row=found.row, value=found.value, **found.details)
    assert plan.file == "接龙"


def test_a_roster_that_grew_stale_is_decided_again(folder: Path, session: Session) -> None:
    plan = rosters.preview(session, pasted(PEOPLE))
    import_(session, pasted(PEOPLE))
    with pytest.raises(UserError) as stale:
        rosters.apply(session, plan)
    assert stale.value.code == "plan-stale"
    assert workspaces.about(folder)["rehearsal"]
