"""Map files as they come: names by any title, whole addresses, and every fault a finding or a clear refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.findings import UserError
from app.exchange import mappacks

SQUARE = {"type": "Polygon", "coordinates": [[[121.5, 31.2], [121.51, 31.2], [121.51, 31.21], [121.5, 31.2]]]}
SHARED = Path(__file__).parents[3] / "shared" / "data" / "map"


def written(folder: Path, *features: Any, whole: Any = None, head: bytes = b"") -> Path:
    made = {"type": "FeatureCollection", "features": list(features)} if whole is None else whole
    file = folder / "map.geojson"
    file.write_bytes(head + (made if isinstance(made, bytes) else json.dumps(made, ensure_ascii=False).encode()))
    return file


def feature(geometry: Any = SQUARE, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"number": "12"}, ("", "", "12号")), ({"楼号": "12号楼", "小区": "培花新村"}, ("培花新村", "", "12号")),
        ({"addr:housenumber": 12, "addr:street": "丁香路901弄"}, ("", "丁香路901弄", "12号")),
        ({"name": "培花新村12号"}, ("培花新村", "", "12号")), ({"name": "丁香路901弄12号"}, ("", "丁香路901弄", "12号")),
        ({"幢号": "12", "lane": "901"}, ("", "901弄", "12号")),
    ],
)  # fmt: skip
def test_a_building_by_any_of_its_names(tmp_path: Path, properties: dict[str, Any], wanted: tuple[str, ...]) -> None:
    (shape,), findings, count = mappacks.read(written(tmp_path, feature(**properties)), "buildings")
    assert (shape.estate, shape.lane, shape.number) == wanted
    assert (findings, count) == ([], 1)


def test_a_mark_of_order_before_the_text_and_a_single_feature_are_read(tmp_path: Path) -> None:
    file = written(tmp_path, whole=feature(name="培花新村"), head=b"\xef\xbb\xbf")
    (shape,), _, _ = mappacks.read(file, "estates")
    assert shape.name == "培花新村"


def test_features_of_other_layers_are_not_of_this_one(tmp_path: Path) -> None:
    file = written(tmp_path, feature(layer="estates", name="甲苑"), feature(layer="buildings", number="1"))
    assert [shape.name for shape in mappacks.read(file, "estates")[0]] == ["甲苑"]


def test_what_cannot_be_used_is_said_with_its_place_and_the_rest_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, feature(None, number="1"), feature(), 7, feature(number="2"))
    shapes, findings, count = mappacks.read(file, "buildings")
    assert [shape.number for shape in shapes] == ["2号"]
    assert [(f.code, f.row) for f in findings] == [
        ("map-shape-invalid", 1),
        ("map-no-name", 2),
        ("map-shape-invalid", 3),
    ]
    assert count == 4


@pytest.mark.parametrize(
    "whole",
    [b"PK\x03\x04", b"", b"[]", b'{"type":"FeatureCollection"}', b'{"type":"Topology"}', b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_no_geojson_is_refused(tmp_path: Path, whole: bytes) -> None:
    with pytest.raises(UserError) as refused:
        mappacks.read(written(tmp_path, whole=whole), "buildings")
    assert refused.value.code == "map-file-type"


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        mappacks.read(tmp_path / "none.geojson", "buildings")
    assert refused.value.code == "file-missing"


def test_a_file_beyond_all_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mappacks, "LARGEST", 10)
    with pytest.raises(UserError) as refused:
        mappacks.read(written(tmp_path, feature(number="1")), "buildings")
    assert refused.value.code == "map-file-large"


@pytest.mark.skipif(not SHARED.exists(), reason="shared/data/map is not beside the project")
@pytest.mark.parametrize("name", sorted(path.name for path in SHARED.glob("*.geojson")) if SHARED.exists() else [])
def test_real_outlines_are_read_or_said(name: str) -> None:
    shapes, findings, count = mappacks.read(SHARED / name, "buildings")
    assert len(shapes) + len(findings) == count
