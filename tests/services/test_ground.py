"""Layers under the maps, on a real encrypted file: kept, shown, replaced, taken away; plans and tiles with their rights."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import zstandard

from app import cli
from app.db import history
from app.domain.findings import Refused, UserError
from app.domain.geometry import Box
from app.domain.georeference import Pair
from app.services import backgrounds, ground, plans, undoing
from app.services.session import Session
from tests.conftest import ACCOUNT, PASSWORD
from tests.exchange.test_tiles import PNG, mbtiles, picture
from tests.street import Street

MAP = Path("/work/shared/data/map")
ROAD: dict[str, Any] = {
    "geometry": {"type": "LineString", "coordinates": [[121.50, 31.23], [121.51, 31.23], [121.52, 31.24]]},
    "name": "浦东大道", "class": "primary",
}  # fmt: skip
LANE: dict[str, Any] = {
    "geometry": {"type": "MultiLineString", "coordinates": [[[121.6, 31.3], [121.61, 31.3]], [[121.62, 31.3], [121.63, 31.3]]]},
    "name": "", "class": "residential",
}  # fmt: skip
LAKE: dict[str, Any] = {
    "geometry": {"type": "Polygon", "coordinates": [[[121.5, 31.2], [121.53, 31.2], [121.53, 31.23], [121.5, 31.2]]]},
    "name": "世纪湖", "class": "lake",
}  # fmt: skip


def all_acts(session: Session) -> list[dict[str, Any]]:
    with session.db.reading() as connection:
        return history.acts(connection, session.committee_id, actions=("import",))


def test_a_layer_is_kept_and_shown_as_the_page_takes_it(session: Session) -> None:
    kept = ground.keep(session, "roads", "道路", "© OpenStreetMap contributors", [ROAD, LANE], file="路.geojson")
    assert kept.about["count"] == 2 and kept.about["points"] == 7
    assert kept.about["box"] == [121.5, 31.23, 121.63, 31.3]
    assert [each.title for each in ground.layers(session)] == ["道路"]
    shown = ground.shown(session)
    assert shown["source"] == "© OpenStreetMap contributors"
    (layer,) = shown["layers"]
    assert {each["rank"]: len(each["lines"]) for each in layer["sets"]} == {"main": 1, "lane": 2}
    assert [each["text"] for each in layer["names"]] == ["浦东大道"]
    json.dumps(shown)  # only what JSON can say


def test_the_ledger_says_what_came_and_nothing_of_its_shapes(session: Session) -> None:
    before = undoing.last(session)
    kept = ground.keep(session, "roads", "道路", "", [ROAD], file="路.geojson")
    assert all_acts(session)[0]["said"] == {"ground": "roads", "title": "道路", "file": "路.geojson"}
    ground.remove(session, kept.id)
    assert all_acts(session)[0]["said"] == {"ground": "roads", "title": "道路", "removed": True}
    assert undoing.last(session) == before  # nothing that Ctrl+Z would take for the last act


def test_only_what_reaches_into_a_box_is_shown_and_is_cut_there(session: Session) -> None:
    ground.keep(session, "roads", "道路", "", [ROAD, LANE])
    ((_, inside),) = ground.shapes(session, Box(121.49, 31.22, 121.505, 31.25))
    assert [each.name for each in inside] == ["浦东大道"]
    (layer,) = ground.shown(session, Box(121.49, 31.22, 121.505, 31.25))["layers"]
    assert layer["sets"][0]["lines"] == [[121.5, 31.23, 121.505, 31.23]]
    assert ground.shapes(session, Box(10, 10, 11, 11)) == []


def test_the_lowest_layer_comes_first_whatever_came_first(session: Session) -> None:
    for kind, feature in (("roads", ROAD), ("green", LAKE), ("water", LAKE)):
        ground.keep(session, kind, kind, "", [feature])  # type: ignore[arg-type]
    assert [layer.kind for layer, _ in ground.shapes(session)] == ["water", "green", "roads"]


def test_a_newer_file_replaces_the_layer_of_its_kind_and_title(session: Session) -> None:
    first = ground.keep(session, "roads", "道路", "甲", [ROAD])
    ground.change(session, first.id, on=False)
    again = ground.keep(session, "roads", " 道路 ", "乙", [ROAD, LANE])
    assert (again.id, again.source, again.about["count"], again.on) == (first.id, "乙", 2, False)
    assert len(ground.layers(session)) == 1


def test_what_is_switched_off_is_not_drawn_nor_credited(session: Session) -> None:
    kept = ground.keep(session, "water", "水系", "某某公司", [LAKE])
    ground.change(session, kept.id, on=False)
    shown = ground.shown(session)
    assert (shown["layers"], shown["source"]) == ([], "")


def test_a_shape_that_is_none_is_left_out_and_counted(session: Session) -> None:
    wrong = [
        {"geometry": None}, {"geometry": {"type": "LineString", "coordinates": [[1, 2]]}}, {},
        {"geometry": {"type": "LineString", "coordinates": [[500, 2], [1, 1]]}},
        {"geometry": {"type": "GeometryCollection", "geometries": []}},
    ]  # fmt: skip
    kept = ground.keep(session, "roads", "道路", "", [*wrong, ROAD])
    assert (kept.about["count"], kept.about["skipped"]) == (1, 5)
    with pytest.raises(UserError) as refused:
        ground.keep(session, "roads", "别的", "", wrong)
    assert refused.value.code == "ground-nothing"
    assert len(ground.layers(session)) == 1


def test_too_much_is_refused_before_it_is_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.domain.ground.MOST_FEATURES", 3)
    with pytest.raises(UserError) as refused:
        ground.keep(session, "roads", "道路", "", [ROAD] * 4)
    assert refused.value.code == "ground-large"
    monkeypatch.setattr("app.domain.ground.MOST_LAYERS", 1)
    ground.keep(session, "roads", "道路", "", [ROAD])
    with pytest.raises(UserError) as full:
        ground.keep(session, "roads", "道路二", "", [ROAD])
    assert full.value.code == "ground-layers"


@pytest.mark.parametrize(("kind", "title", "code"), [("houses", "房", "ground-kind"), ("roads", "  ", "ground-title")])
def test_a_layer_needs_a_kind_and_a_name(session: Session, kind: Any, title: str, code: str) -> None:
    with pytest.raises(UserError) as refused:
        ground.keep(session, kind, title, "", [ROAD])
    assert refused.value.code == code


def test_the_listeners_hear_of_it(session: Session) -> None:
    heard: list[set[str]] = []
    session.on_change.append(heard.append)
    kept = ground.keep(session, "roads", "道路", "", [ROAD])
    ground.change(session, kept.id, opacity=7)
    ground.remove(session, kept.id)
    assert heard == [{"ground"}] * 3


@pytest.mark.skipif(not MAP.exists(), reason="the shared map data is not here")
@pytest.mark.parametrize(("file", "kind"), [("roads", "roads"), ("water", "water"), ("landuse", "green")])
def test_real_layers_are_kept_whole(session: Session, file: str, kind: Any) -> None:
    features = json.loads((MAP / f"lujiazui_{file}.geojson").read_text("utf-8"))["features"]
    kept = ground.keep(session, kind, file, "© OpenStreetMap contributors", [
        {"geometry": each["geometry"], "name": each["properties"].get("name"), "class": each["properties"].get("kind_detail")}
        for each in features
    ])  # fmt: skip
    assert kept.about["count"] + kept.about["skipped"] == len(features)
    assert kept.about["skipped"] == 0
    (layer,) = ground.shown(session)["layers"]
    assert sum(len(each["lines"]) for each in layer["sets"]) >= kept.about["count"] * 0.9


# ---------------------------------------------------------------- as one file


def test_a_pack_carries_all_layers_to_another_pc(session: Session, street: Street, tmp_path: Path) -> None:
    for kind, feature in (("roads", ROAD), ("water", LAKE)):
        ground.keep(session, kind, kind, "© OpenStreetMap contributors", [feature])  # type: ignore[arg-type]
    plans.keep(session, "图", PNG, (600, 400))
    out = tmp_path / "底图.ltmap"
    assert ground.export(session, out)["layers"] == 2
    made = ground.bring_in(street.centre, out)
    assert [(each.kind, each.title, each.source) for each in made] == [
        (kind, kind, "© OpenStreetMap contributors") for kind in ("roads", "water")
    ]
    theirs, ours = ground.shapes(street.centre), ground.shapes(session)
    assert [shapes for _, shapes in theirs] == [shapes for _, shapes in ours]
    ground.bring_in(street.centre, out)
    assert len(ground.layers(street.centre)) == 2  # a second time nothing is doubled


HEAD = b'{"loutu":"ground","version":1}\n'
LAYER = b'{"layer":"roads","title":"a","source":""}\n'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "pack-broken"),
        (b"words", "pack-broken"),
        (zstandard.compress(b""), "pack-broken"),
        (zstandard.compress(b'{"loutu":"ground","version":2}\n'), "pack-broken"),
        (zstandard.compress(HEAD), "pack-broken"),
        (zstandard.compress(HEAD + b'["","",{}]\n'), "pack-broken"),
        (zstandard.compress(HEAD + LAYER.replace(b"roads", b"plan")), "pack-broken"),
        (zstandard.compress(HEAD + LAYER + b'["","",{"type":"Point","coordinates":[1]}]\n'), "pack-broken"),
        (zstandard.compress(HEAD + LAYER + b'["","",{"a":' + b"[" * 5000 + b"\n"), "pack-broken"),
        (zstandard.compress(HEAD + LAYER + bytes(64 << 20)), "pack-large"),
        (zstandard.compress(HEAD + LAYER.replace(b'"source"', b'"more":1,"source"')), "pack-broken"),
        (zstandard.compress(HEAD + LAYER)[:-3], "pack-broken"),
    ],
    ids=[
        "empty",
        "words",
        "nothing",
        "version",
        "no layer",
        "feature first",
        "kind",
        "geometry",
        "deep",
        "bomb",
        "field",
        "cut",
    ],
)
def test_a_pack_that_is_none_is_refused_whole(session: Session, tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.ltmap").write_bytes(content)
    with pytest.raises(UserError) as refused:
        ground.bring_in(session, tmp_path / "a.ltmap")
    assert refused.value.code == code
    assert ground.layers(session) == []


def test_without_layers_there_is_no_pack(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError) as nothing:
        ground.export(session, tmp_path / "a.ltmap")
    ground.keep(session, "roads", "道路", "", [ROAD])
    with pytest.raises(UserError) as wrong:
        ground.export(session, tmp_path / "a.zip")
    assert (nothing.value.code, wrong.value.code) == ("pack-nothing", "pack-type")
    assert list(tmp_path.glob("a.*")) == []


def test_the_command_line_lists_adds_packs_and_removes(folder: Path, tmp_path: Path, capsys: Any) -> None:
    password = tmp_path / "p"
    password.write_text(PASSWORD, "utf-8")
    with_ = ["--data", str(folder), "--account", ACCOUNT, "--password-file", str(password), "--json"]

    def run(*words: str) -> dict[str, Any]:
        assert cli.main([*words, *with_]) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    added = run("ground", "tiles", str(mbtiles(tmp_path / "影像.mbtiles", {(1, 0, 0): PNG})))
    listed = run("ground", "list")["layers"]
    assert [(each["id"], each["title"], each["zooms"]) for each in listed] == [(added["id"], "影像", [1, 1])]
    assert run("ground", "remove", added["id"]) == {"removed": added["id"]}
    assert run("ground", "list")["layers"] == []


# ---------------------------------------------------------------- plans


def test_a_plan_lies_where_three_clicks_lay_it(session: Session) -> None:
    kept = plans.keep(session, "培花新村平面图", PNG, (600, 400))
    assert ground.shown(session)["plans"] == []  # nowhere yet
    pairs = [Pair(0, 0, 121.53, 31.24), Pair(600, 0, 121.536, 31.24), Pair(0, 400, 121.53, 31.2366)]
    plans.place(session, kept.id, pairs)
    (shown,) = ground.shown(session)["plans"]
    assert shown["corners"][0] == pytest.approx([121.53, 31.24], abs=1e-6)
    assert shown["size"] == [600, 400]
    assert plans.pairs(ground.one(session, kept.id)) == pairs
    assert plans.picture(session, kept.id) == ("image/png", PNG)


def test_a_plan_is_for_those_who_may_read_of_households_and_is_in_no_file(session: Session) -> None:
    kept = plans.keep(session, "图", PNG, (600, 400))
    plans.place_upright(session, kept.id, 121.5, 31.2, 121.51, 31.21)
    assert ground.shown(session, pictures=False)["plans"] == []
    assert len(ground.shown(session)["plans"]) == 1
    session.roles = frozenset({"leader"})
    assert ground.layers(session) == [] and ground.shown(session)["plans"] == []
    for forbidden in (lambda: plans.picture(session, kept.id), lambda: plans.place(session, kept.id, [])):
        with pytest.raises(Refused):
            forbidden()


def test_a_plan_lies_on_no_disk_in_the_open(session: Session) -> None:
    plans.keep(session, "图", PNG, (600, 400))
    files = [file.read_bytes() for file in session.folder.rglob("*") if file.is_file()]
    assert len(files) > 2 and not any(PNG[:60] in each for each in files)


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"%PDF-1.7", PNG[:20]])
def test_what_is_no_picture_is_no_plan(session: Session, content: bytes) -> None:
    with pytest.raises(UserError) as refused:
        plans.keep(session, "图", content, (10, 10))
    assert refused.value.code == "plan-picture"


def test_only_a_plan_can_be_laid(session: Session) -> None:
    kept = ground.keep(session, "roads", "道路", "", [ROAD])
    with pytest.raises(UserError) as refused:
        plans.place_upright(session, kept.id, 121.5, 31.2, 121.51, 31.21)
    assert refused.value.code == "ground-gone"
    assert plans.picture(session, kept.id) is None


# ---------------------------------------------------------------- backgrounds of tiles


def test_a_background_is_copied_beside_the_workspace_and_the_stick_may_go(session: Session, tmp_path: Path) -> None:
    file = mbtiles(tmp_path / "背景.mbtiles", {(1, 0, 0): PNG, (1, 1, 1): PNG}, attribution='<a href="x">© 测绘</a>')
    kept = backgrounds.keep(session, file)
    file.unlink()
    assert (kept.title, kept.source, kept.about["zooms"]) == ("背景", "© 测绘", [1, 1])
    assert backgrounds.there(session) == {kept.id}
    found = backgrounds.shelf(session).tile(kept.id, 1, 1, 1)
    assert found is not None and (found.media, found.content) == ("image/png", PNG)
    assert ground.shown(session)["tiles"][0]["id"] == kept.id
    ground.remove(session, kept.id)
    assert list((session.folder / "tiles").iterdir()) == []
    assert backgrounds.shelf(session).tile(kept.id, 1, 1, 1) is None


@pytest.mark.parametrize("asked", [(0, 0, 0), (2, 0, 0), (1, 2, 0), (1, 0, -1), (-1, 0, 0), (400, 0, 0), (1, 1, 0)])
def test_a_tile_outside_is_no_tile(session: Session, tmp_path: Path, asked: tuple[int, int, int]) -> None:
    kept = backgrounds.keep(session, mbtiles(tmp_path / "a.mbtiles", {(1, 0, 0): PNG}))
    shelf = backgrounds.shelf(session)
    assert shelf.tile(kept.id, 1, 0, 0) is not None
    assert shelf.tile(kept.id, *asked) is None
    assert shelf.tile("../" + kept.id, 1, 0, 0) is None


def test_a_tile_that_is_no_picture_is_not_handed_out(session: Session, tmp_path: Path) -> None:
    tiles = {(1, 0, 0): PNG, (1, 1, 0): b"<svg onload='alert(1)'/>", (1, 0, 1): picture(4000, 10)}
    kept = backgrounds.keep(session, mbtiles(tmp_path / "a.mbtiles", tiles))
    shelf = backgrounds.shelf(session)
    assert shelf.tile(kept.id, 1, 0, 0) is not None
    assert shelf.tile(kept.id, 1, 1, 0) is None
    assert shelf.tile(kept.id, 1, 0, 1) is None


def test_a_cancelled_copy_leaves_nothing(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError) as stopped:
        backgrounds.keep(session, mbtiles(tmp_path / "a.mbtiles", {(1, 0, 0): PNG}), cancelled=lambda: True)
    assert stopped.value.code == "cancelled"
    assert list((session.folder / "tiles").iterdir()) == [] and ground.layers(session) == []


@pytest.mark.parametrize("wrong", ["type", "empty", "text", "no-tables", "missing"])
def test_a_file_that_is_no_background_is_refused(session: Session, tmp_path: Path, wrong: str) -> None:
    file = tmp_path / ("a.zip" if wrong == "type" else "a.mbtiles")
    if wrong == "no-tables":
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE other (a)")
        other.close()
    elif wrong != "missing":
        file.write_bytes(b"" if wrong == "empty" else b"words")
    with pytest.raises(UserError) as refused:
        backgrounds.keep(session, file)
    assert refused.value.code == {"type": "tiles-type", "missing": "file-missing"}.get(wrong, "tiles-broken")
    assert not (session.folder / "tiles").exists()
