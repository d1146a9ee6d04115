"""The schema check of arriving entries: one negative test for every reason, and nothing that the program writes is refused."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.db import devices, ledger, merging, present
from app.domain import clock, isolation, strict
from app.domain.fields import CORE, ENTITIES, FORMAT, Type
from app.services import conflicts, demos, doubtful, ledgers, records, rosters, search, undoing, workspaces
from app.services.session import Session

ROW, OTHER, DEVICE = "01a20eaa-57b2-72da-91fa-67ccc858dc3a", "01a20eaa-5824-738a-bf68-f9b4ce10da20", "8dd1" * 8
SALT = "AAECAwQFBgcICQoLDA0ODw=="
SEALED = "sealed:67ccc858dc3a:" + "A" * 60
CODES = frozenset(re.findall(r"[a-z]+(?:-[a-z]+)+", (strict.problem.__doc__ or "").split("Codes:")[1].split(".")[0]))
tested: set[str] = set()


def part(retention: str, patch: Any, salt: str = SALT) -> tuple[str, str, str, str]:
    text = patch if isinstance(patch, str) else msgspec.json.encode(patch).decode()
    return retention, text, salt, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def said(values: dict[str, Any], retention: str = "base", **more: Any) -> str | None:
    """Of a resident's change."""
    return problem("change", "resident", parts=[part(retention, {"v": values, **more})])


def problem(action: str, entity: str, row: str = ROW, **more: Any) -> str | None:
    given = {"format_": FORMAT, "erases": [], "detail": {}, "parts": [], **more}
    found = strict.problem(action, entity, row, *(given[key] for key in ("format_", "erases", "detail", "parts")))
    tested.add(found or "")
    return found


# ---------------------------------------------------------------- what is fine


@pytest.mark.parametrize(
    ("retention", "values"),
    [
        ("base", {"name": "王建国", "birth_year": 1958, "party_member": True, "note": None}),
        ("base", {"phones": [{"number": "13812345678", "kind": "手机"}], "care_groups": ["独居"]}),
        ("identity", {"birth_date": SEALED, "documents": SEALED}),
        ("identity", {"documents": None}),
        (CORE, {"deleted": False, "household": OTHER}),
        (CORE, {"household": None}),
    ],
)
def test_values_as_people_write_them(retention: str, values: dict[str, Any]) -> None:
    assert said(values, retention) is None


def test_replaced_versions_seen_entries_and_marks() -> None:
    version, far = [2, 17], [3, DEVICE, OTHER, 5]
    assert said({"name": "王"}, r={"name": [version, far]}) is None
    gone = part(CORE, {"v": {"deleted": True}, "r": {"deleted": [version]}, "s": [[4], [DEVICE, OTHER, 9]]})
    assert problem("change", "resident", parts=[gone]) is None
    door = part(CORE, {"v": {"building": OTHER, "room": "302", "unit": ""}, "r": {"path": [version]}})
    assert problem("change", "dwelling", parts=[door]) is None
    marks = part(CORE, {"o": [[[4], ["name", "deleted"], True, {"name": [version]}]]})
    assert problem("undo", "resident", parts=[marks]) is None
    assert problem("undo", "batch") is None
    alias = part(CORE, {"v": {"on": True}, "r": {"on": [version]}})
    assert problem("merge", "alias", f"{ROW}|{OTHER}" if ROW < OTHER else f"{OTHER}|{ROW}", parts=[alias]) is None


def test_an_epoch_an_erase_and_acts() -> None:
    assert problem("epoch", "chain", detail={"parent": None}) is None
    assert problem("epoch", "chain", detail={"parent": [OTHER, 0, "0" * 64]}) is None
    for retention in ("identity", "campaign:2020-05"):
        assert problem("erase", "resident", detail={"class": retention, "erase": OTHER}) is None
    assert problem("login", "account") is None
    assert problem("export", "bundle", DEVICE, parts=[part("trace", {"t": {"purpose": "核对"}})]) is None
    assert problem("export", "street", "") is None


def test_an_erased_part_has_neither_patch_nor_salt() -> None:
    assert problem("change", "resident", parts=[("identity", None, None, "0" * 64)]) is None


# ---------------------------------------------------------------- one attack or mistake each


@pytest.mark.parametrize("format_", [0, -1, FORMAT + 1])
def test_a_format_that_nobody_knows(format_: int) -> None:
    assert problem("login", "account", format_=format_) == "format-unknown"


def test_an_action_that_nobody_knows() -> None:
    assert problem("destroy", "resident") == "unknown-action"
    assert problem("delete", "resident", parts=[part("base", {"v": {"name": "王"}})]) == "unknown-action"


@pytest.mark.parametrize(
    ("action", "entity"),
    [
        ("create", "person"), ("change", "alias"), ("change", "batch"), ("epoch", "resident"), ("merge", "resident"),
        ("undo", "bundle"), ("erase", "alias"), ("view", "chain"), ("view", "person"),
    ],
)  # fmt: skip
def test_a_kind_of_row_that_nobody_knows(action: str, entity: str) -> None:
    assert problem(action, entity) == "unknown-entity"


@pytest.mark.parametrize(
    ("action", "entity", "row"),
    [
        ("create", "resident", "王建国"), ("create", "resident", ROW.upper()), ("create", "resident", ROW + "\n"),
        ("create", "resident", ""), ("merge", "alias", ROW), ("merge", "alias", f"{ROW}|{ROW}"),
        ("merge", "alias", "|".join(sorted((ROW, OTHER), reverse=True))), ("view", "resident", "王 建国"),
        ("view", "bundle", "a" * 81), ("undo", "alias", ROW), ("epoch", "chain", "../../x"),
    ],
)  # fmt: skip
def test_an_id_that_is_none(action: str, entity: str, row: str) -> None:
    assert problem(action, entity, row) == "id-shape"


@pytest.mark.parametrize("erases", [["x"], [ROW] * (strict.MOST_ERASES + 1), [""]])
def test_erases_that_are_no_ids(erases: list[str]) -> None:
    assert problem("login", "account", erases=erases) == "erases-shape"


@pytest.mark.parametrize(
    ("action", "entity", "detail"),
    [
        ("login", "account", {"name": "王建国"}), ("epoch", "chain", {}), ("epoch", "chain", {"parent": [OTHER, 1]}),
        ("epoch", "chain", {"parent": [OTHER, True, "0" * 64]}), ("epoch", "chain", {"parent": [OTHER, 1, "x"]}),
        ("epoch", "chain", {"parent": None, "more": 1}), ("erase", "resident", {}),
        ("erase", "resident", {"class": CORE, "erase": OTHER}), ("erase", "resident", {"class": ["base"], "erase": OTHER}),
        ("erase", "resident", {"class": "base", "erase": "x"}), ("erase", "resident", {"class": "campaign:", "erase": OTHER}),
    ],
)  # fmt: skip
def test_a_detail_that_says_something_else(action: str, entity: str, detail: dict[str, Any]) -> None:
    assert problem(action, entity, detail=detail) == "detail-shape"


@pytest.mark.parametrize(
    "parts",
    [
        [("base", "{}", None, "0" * 64)], [("base", None, SALT, "0" * 64)], [("base", None, None, "0" * 63)],
        [("base", None, None, "G" * 64)], [part("base", {"v": {"name": "王"}}, salt="AAAA")],
        [part("base", {"v": {"name": "王"}}, salt="!" * 22 + "==")], [],
        [part("base", {"v": {"name": "王"}}), part("base", {"v": {"sex": "男"}})],
        [part(CORE, {"v": {"deleted": False}}), part("base", {"v": {"name": "王"}})],
    ],
)  # fmt: skip
def test_parts_that_are_none(parts: list[Any]) -> None:
    assert problem("change", "resident", parts=parts) == "part-shape"


@pytest.mark.parametrize(
    ("action", "entity", "retention"),
    [
        ("change", "resident", "isolation"), ("change", "resident", "nonsense"), ("change", "resident", "campaign:x"),
        ("change", "resident", "trace"), ("login", "account", "base"), ("undo", "resident", "base"),
        ("undo", "batch", CORE), ("epoch", "chain", CORE), ("erase", "resident", "base"),
    ],
)  # fmt: skip
def test_a_part_of_a_class_that_the_row_does_not_have(action: str, entity: str, retention: str) -> None:
    detail = {"epoch": {"parent": None}, "erase": {"class": "base", "erase": OTHER}}.get(action, {})
    assert problem(action, entity, detail=detail, parts=[part(retention, {"v": {}})]) == "part-class"


@pytest.mark.parametrize(
    "patch",
    [
        "", "[]", "{", '{"v":{}}', '{"v":[]}', '{"v":{"name":"王"},"x":1}', '{"v": {"name":"王"}}', '{"r":{}}',
        '{"v":{"name":"王","name":"李"}}', '{"v":{"name":"王"},"v":{"name":"李"}}', '{"v":{"name":"\\u738b"}}',
        '{"v":{"name":"王"},"r":{"sex":[[1,2]]}}', '{"v":{"name":"王"},"r":{"name":[[0,2]]}}',
        '{"v":{"name":"王"},"r":{"name":[[1,true]]}}', '{"v":{"name":"王"},"r":{"name":[[1,"x","y",3]]}}',
        '{"v":{"name":"王"},"r":{"name":[[9007199254740993,2]]}}', '{"v":{"name":"王"},"s":[[1]]}',
        '{"v":{"name":"\\ud800"}}', '{"v":' + '{"name":' * 5_000 + "1" + "}" * 5_001, '{"t":{}}', '{"o":[]}',
    ],
)  # fmt: skip
def test_a_patch_that_no_program_writes(patch: str) -> None:
    assert problem("change", "resident", parts=[part("base", patch)]) == "patch-shape"


@pytest.mark.parametrize(
    "marks",
    [
        {}, [[]], [[[1], ["name"], True]], [[[1], [], True, {}]], [[[1], ["nonsense"], True, {}]],
        [[[1], ["name"], 1, {}]], [[[0], ["name"], True, {}]], [[[1], ["name"], True, {"sex": []}]],
        [[[1], [["name"]], True, {}]],
    ],
)  # fmt: skip
def test_marks_that_no_undo_writes(marks: Any) -> None:
    assert problem("undo", "resident", parts=[part(CORE, {"o": marks})]) == "patch-shape"


@pytest.mark.parametrize(
    "patch", [{"v": {"on": 1}}, {"v": {"on": True, "off": 1}}, {"v": {}}, {"v": {"on": True}, "s": []}]
)
def test_an_alias_that_says_more_than_on_or_off(patch: Any) -> None:
    row = "|".join(sorted((ROW, OTHER)))
    assert problem("merge", "alias", row, parts=[part(CORE, patch)]) == "patch-shape"


def test_what_an_act_says_is_one_object_and_not_deep() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    for patch in ({"t": []}, {"t": {}, "v": {}}, {"t": {"a": deep}}, {"v": {"name": "王"}}):
        assert problem("view", "resident", parts=[part("trace", patch)]) == "patch-shape"


def test_values_that_are_too_large() -> None:
    assert said({"note": "x" * (strict.LONGEST_TEXT + 1)}) == "too-large"
    assert said({"note": "x" * strict.LARGEST_PATCH}) == "too-large"
    assert said({"note_sensitive": SEALED + "A" * strict.LONGEST_TEXT * 2}, "care") == "too-large"
    long = part("trace", {"t": {"out": "x" * strict.LARGEST_TRACE}})
    assert problem("export", "committee", parts=[long]) == "too-large"
    assert said({"phones": [{"owner": "x" * (strict.LONGEST_TEXT + 1)}]}) == "too-large"


def test_a_field_that_nobody_knows() -> None:
    assert said({"name": "王", "religion": "x"}) == "unknown-field"
    assert said({"phone": "13812345678"}) == "unknown-field", "a view on a list is no field of its own"
    assert said({"v": 1}) == "unknown-field"


def test_a_field_in_the_class_of_another() -> None:
    assert said({"name": "王"}, CORE) == "field-class", "or nobody could ever erase it"
    assert said({"birth_date": SEALED}) == "field-class"
    assert said({"deleted": True}) == "field-class"


@pytest.mark.parametrize(
    ("retention", "values"),
    [
        ("base", {"name": 1}), ("base", {"name": ["王"]}), ("base", {"birth_year": "1958"}), ("base", {"birth_year": True}),
        ("base", {"birth_year": 19580}),
        ("base", {"birth_year": 10**400}), ("base", {"birth_year": 1958.5}), ("base", {"party_member": 1}),
        ("base", {"party_member": "是"}), ("base", {"status_since": "昨天"}), ("base", {"status_since": "2020-05-01\n"}),
        ("base", {"care_groups": "独居"}), ("base", {"care_groups": [1]}), ("base", {"phones": {"number": "1"}}),
        ("base", {"phones": [{"no": "1"}]}), ("base", {"phones": [{"number": 1}]}), ("base", {"phones": ["1"]}),
        (CORE, {"household": "培花/12号"}), (CORE, {"household": 1}), (CORE, {"deleted": None}), (CORE, {"deleted": 0}),
        ("base", {"name": "王\x00"}), ("base", {"note": "\x1b[2J"}),
    ],
)  # fmt: skip
def test_a_value_of_another_kind(retention: str, values: dict[str, Any]) -> None:
    assert said(values, retention) == "field-type"


@pytest.mark.parametrize(
    "geometry",
    [{"type": "Polygon", "coordinates": "x"}, {"type": "Line"}, "x", {"type": "Point", "coordinates": [999, 1]},
     {"type": "Polygon", "coordinates": [[[1, 2], [1, 2]]]}],
)  # fmt: skip
def test_an_outline_that_no_map_can_draw(geometry: Any) -> None:
    assert problem("change", "building", parts=[part("base", {"v": {"geometry": geometry}})]) == "field-type"


@pytest.mark.parametrize(
    "value",
    ["1958-03-12", "sealed:", "sealed:67ccc858dc3a:", "sealed:67ccc858dc3a:AAAA", 19580312, ["1958"], SEALED + "\n",
     "sealed:王:" + "A" * 60, ""],
)  # fmt: skip
def test_a_sensitive_value_in_the_open(value: Any) -> None:
    assert said({"birth_date": value}, "identity") == "not-sealed"


def test_every_level_3_field_of_the_catalogue_travels_sealed() -> None:
    for entity in ENTITIES.values():
        for field in entity.stored:
            if field.level < 3:
                continue
            patch = part(field.retention, {"v": {field.key: "x"}})
            assert problem("change", entity.key, parts=[patch]) == "not-sealed", field.key


def test_a_sensitive_value_in_its_open_sister() -> None:
    assert said({"care_groups": ["独居", "精神障碍"]}) == "not-sealed"
    patch = part("base", {"v": {"values": {"name": "王", "documents": [{"number": "310115195803120010"}]}}})
    assert problem("create", "doubtful", parts=[patch]) == "not-sealed"


def test_a_sealed_text_where_nothing_is_sealed() -> None:
    assert said({"note": SEALED}) == "sealed-elsewhere"
    assert said({"phones": [{"owner": SEALED}]}) == "sealed-elsewhere"
    assert said({"note": "sealed: 见附件"}) is None, "people may write the word"


def test_what_others_would_refuse_is_known_before_it_is_written() -> None:
    person = ENTITIES["resident"]
    asked = [("note", SEALED), ("note", "x" * 100_001), ("note", "a\x0bb"), ("note_sensitive", "x" * 100_001)]
    found = [strict.value_problem(person[key], value) for key, value in asked]
    assert found == ["sealed-elsewhere", "too-large", "field-type", "too-large"]
    for key, value in (("note", "一\n二"), ("note_sensitive", "x"), ("documents", [{"number": "1"}]), ("note", None)):
        assert strict.value_problem(person[key], value) is None


def test_every_reason_has_its_test() -> None:
    assert CODES and tested - {""} <= CODES
    assert tested >= CODES


# ---------------------------------------------------------------- from one entry to the next


def heads(*said: tuple[int, str, str]) -> list[str | None]:
    """What is said of entries (seq, batch, action) of one chain."""
    asked = strict.Heads(OTHER)
    return [
        asked.problem(seq, "2020-05-25T09:00:00+08:00", ROW, "", batch, FORMAT, action, OTHER)
        for seq, batch, action in said
    ]


A, B = "01a20eaa-0000-7000-8000-00000000000a", "01a20eaa-0000-7000-8000-00000000000b"


def test_a_chain_begins_with_its_epoch_and_with_no_second_one() -> None:
    assert heads((1, A, "epoch"), (2, B, "login")) == [None, None]
    assert heads((1, A, "login")) == ["epoch-place"]
    assert heads((7, A, "epoch")) == ["epoch-place"]
    other = strict.Heads(ROW).problem(1, "2020-05-25T09:00:00+08:00", ROW, "", A, FORMAT, "epoch", OTHER)
    assert other == "epoch-place"


def test_a_batch_lies_in_one_piece() -> None:
    assert heads((5, A, "change"), (6, A, "change"), (7, B, "change"), (8, A, "change"))[-1] == "batch-split"


@pytest.mark.parametrize(
    "changed", [{"at": "2020-05-25T09:00:01+08:00"}, {"account": OTHER}, {"purpose": "care"}, {"format_": 2}]
)
def test_a_batch_says_the_same_time_account_and_purpose_throughout(changed: dict[str, Any]) -> None:
    first = {"at": "2020-05-25T09:00:00+08:00", "account": ROW, "purpose": "", "batch": A, "format_": FORMAT}
    asked = strict.Heads(OTHER)
    assert asked.problem(5, action="change", row=ROW, **first) is None  # type: ignore[arg-type]
    assert asked.problem(6, action="change", row=ROW, **{**first, **changed}) == "batch-differs"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [{"at": "gestern"}, {"account": "王"}, {"purpose": "因为 他 病了"}, {"batch": "b1"}, {"at": "2020-05-25"}],
)
def test_heads_hold_codes_and_ids_only(changed: dict[str, str]) -> None:
    first = {"at": "2020-05-25T09:00:00+08:00", "account": ROW, "purpose": "", "batch": A}
    asked = strict.Heads(OTHER)
    assert asked.problem(5, format_=FORMAT, action="change", row=ROW, **{**first, **changed}) == "head-shape"


# ---------------------------------------------------------------- nothing that the program writes is refused


def refusals(session: Session) -> list[tuple[str, Any]]:
    """What the check says of everything that lies in a workspace."""
    found = []
    with session.db.reading() as connection:
        for chain in devices.chains(connection):
            asked = strict.Heads(chain.epoch)
            for record in merging.records(connection, chain.n):
                reason = strict.problem(
                    record["action"], record["entity"], record["id"], record["format"], record["erases"],
                    record["detail"], record["parts"],
                ) or asked.problem(
                    record["seq"], record["at"], record["account"], record["purpose"], record["batch"],
                    record["format"], record["action"], record["id"],
                )  # fmt: skip
                if reason:
                    found.append((reason, record))
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Session]]:
    made = demos.build(tmp_path_factory.mktemp("demo") / "street", committees=2, residents=300)
    where = [Path(made["centre"]), *(Path(each["data"]) for each in made["committees"])]
    opened = [
        workspaces.unlock(each, demos.ACCOUNT, demos.PASSWORD, clock=clock.frozen("2020-05-25T16:00")) for each in where
    ]
    yield opened
    for session in opened:
        workspaces.lock(session)


def test_nothing_that_a_demo_street_writes_is_refused(demo: list[Session]) -> None:
    for session in demo:
        assert refusals(session) == []
        with session.db.reading() as connection:
            assert sum(chain.seq for chain in devices.chains(connection)) > 1


def test_nothing_that_the_services_write_is_refused(session: Session, roster: Path) -> None:
    """One of everything: edits, views, deletes, merges, undo and redo, doubtful rows, conflicts, erasing."""
    plan = rosters.preview(session, roster)
    rosters.apply(session, plan)
    rosters.apply(session, rosters.preview(session, roster))
    first, second = (str(search.find(session, name)[0]["id"]) for name in ("王建国", "李秀英"))
    records.show(session, "resident", first, history=True, reveal=True)
    search.find(session, "310115195803120010")
    change = records.change(
        session, "resident", first, {"occupation": "教师", "note": "sealed: 见\n附件"}, source="电话"
    )
    undone = undoing.undo(session, change.batch)
    undoing.undo(session, undone["batch"])
    records.change(session, "resident", first, {"phone": "13900000000", "id_number": "310115195803120029"})
    records.change(session, "resident", first, {"birth_date": "1958-03-12", "note_sensitive": "x", "phones": None})
    for row in doubtful.pending(session):
        doubtful.decide(session, row["id"], "new")
    with session.writing("merge") as writing:
        writing.merge_rows(second, str(search.find(session, "赵六")[0]["id"]))
    undoing.undo(session, writing.batch)
    records.change(session, "resident", second, {"workplace": "学校"})
    with session.writing("erase") as writing:
        ledger.erase(writing, "resident", first, "identity")
    records.change(session, "resident", first, {"birth_date": "1958-03-12"})
    with session.db.reading() as connection:
        household = present.where(connection, session.committee_id, "household")[0]["id"]
    visit = records.add(session, "visit", {"household": household, "on": "2020-05-25", "mode": "上门"}).id
    records.remove(session, "visit", visit)
    assert conflicts.pending(session) == []
    assert ledgers.verify(session)["ok"]
    assert refusals(session) == []
    with session.db.reading() as connection:
        erased = [
            record for chain in devices.chains(connection) for record in merging.records(connection, chain.n)
            if any(patch is None for _, patch, _, _ in record["parts"]) or record["erases"]
        ]  # fmt: skip
    assert len(erased) >= 2


APP = Path(strict.__file__).parents[1]


def acts() -> Iterator[tuple[str, str, str | None]]:
    """(where, action, entity or None where it is no constant) of every `….act(…)` and `….append("…", …)` in the sources."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in ("act", "append") or len(node.args) < 3:
                continue
            action, entity = (each.value if isinstance(each, ast.Constant) else None for each in node.args[:2])
            yield f"{path.name}:{node.lineno}", str(action), None if entity is None else str(entity)


def test_every_act_in_the_sources_is_known() -> None:
    """A new act is added to `strict.ACTS` (or what it speaks of to SPOKEN_OF) where it is written first."""
    found = list(acts())
    assert len(found) > 10
    known = strict.ACTS | strict.WRITES | {"epoch", "erase", "merge", "undo"}
    assert [each for each in found if each[1] not in known and each[1] != "None"] == []
    spoken = strict.SPOKEN_OF | set(ENTITIES) | {"chain"}
    assert [each for each in found if each[2] is not None and each[2] not in spoken] == []


def test_the_catalogue_has_a_decoder_for_every_field() -> None:
    """Also for fields that come: one good value of each kind passes the short way."""
    good = {
        Type.INTEGER: 3, Type.YEAR: 1958, Type.BOOLEAN: True, Type.DATE: "2020-05", Type.REFERENCE: OTHER,
        Type.CHOICES: [], Type.RECORDS: [], Type.JSON: {},
    }  # fmt: skip
    for entity in ENTITIES.values():
        for field in entity.stored:
            value = SEALED if field.sealed else good.get(field.type, "文字")
            if field.key == "geometry":
                value = {"type": "Point", "coordinates": [121.5, 31.2]}
            if field.key == "why":
                value = ["same-name"]
            if field.key == "move":
                value = {"offer": OTHER, "state": "offered", "to": OTHER}
            if field.key in ("stages", "steps"):
                rule = isolation.BUILT_IN[0]
                value = {
                    "stages": isolation.to_json(isolation.open_case(rule, date(2020, 2, 29))),
                    "steps": [{"measure": "居家隔离", "days": 7, "place": "居家", "tests": [5], "ends": "days"}],
                }[field.key]
            patch = part(field.retention, {"v": {field.key: value}})
            assert problem("create", entity.key, parts=[patch]) is None, (entity.key, field.key)
