"""The printed atlas: every map and every door is on it once, with page numbers that are right, and for others no names."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.findings import UserError
from app.services import atlas, maps, matrix, places, shares
from app.services.atlas import Asked
from app.services.session import Session
from tests.services import test_maps
from tests.sheets import reading

pytestmark = pytest.mark.usefixtures("qapp")

lived_in = test_maps.lived_in


def numbered(pages: list[str]) -> list[tuple[int, int]]:
    """The `n / N` at the foot of each page."""
    found = [re.findall(r"(\d+) ?/ ?(\d+)\s*$", page.strip()) for page in pages]
    return [(int(each[-1][0]), int(each[-1][1])) for each in found]


def contents(first: str) -> dict[str, int]:
    """name -> page, as the list of contents says."""
    return {name: int(page) for name, page in re.findall(r"^(\S+?)\s+(\d+)\s*$", first.replace("\r", ""), re.MULTILINE)}


def test_every_map_and_every_door_stands_on_it_and_the_pages_are_numbered(lived_in: Session) -> None:
    made = atlas.make(lived_in, Asked("committee", colour="isolation"))
    pages = reading.pages(made.pdf)
    assert (made.maps, made.buildings, made.empty, made.pages) == (2, 2, 0, len(pages))
    assert numbered(pages) == [(number, len(pages)) for number in range(1, len(pages) + 1)]
    whole = reading.text(made.pdf)
    for words in ("12号", "13号", "内部工作示意图", "用途：居民区日常工作", "2020年5月25日"):
        assert words in whole
    doors = [cell for number in ("12号", "13号") for cell in matrix.of(lived_in, f"培花新村/{number}").cells]
    assert len(doors) == 4
    assert [whole.count(cell.room + "".join(cell.heads)) for cell in doors] == [1] * 4


def test_the_contents_say_the_right_page(lived_in: Session) -> None:
    pages = reading.pages(atlas.make(lived_in, Asked("committee")).pdf)
    listed = contents(pages[0])
    assert {"12号", "13号"} <= set(listed)
    for name, page in listed.items():
        assert name in reading.packed(pages[page - 1])


def test_an_estate_and_a_building_by_themselves(lived_in: Session) -> None:
    estate = atlas.make(lived_in, Asked("estate", "培花新村"))
    assert (estate.maps, estate.buildings) == (1, 2)
    building = atlas.make(lived_in, Asked("building", "培花新村/12号"))
    assert (building.maps, building.buildings, building.persons) == (0, 1, 3)


def test_a3_is_larger_paper_and_another_one_is_refused(lived_in: Session) -> None:
    def wide(sheet: str) -> float:
        found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+)", atlas.make(lived_in, Asked("committee", sheet=sheet)).pdf)
        return max(map(float, found))

    assert wide("a3") == pytest.approx(wide("a4") * 2**0.5, rel=0.01)
    with pytest.raises(UserError, match="atlas-paper"):
        wide("a5")


def test_an_atlas_for_others_has_no_name_and_no_small_number(lived_in: Session) -> None:
    made = atlas.make(lived_in, Asked("committee", "", "residents", buildings=False, outside=True))
    whole = reading.text(made.pdf)
    assert made.buildings == 0
    assert not re.search("[甲乙丁己]", whole)
    assert "少于5" in whole
    assert "实有人口：" not in whole
    with pytest.raises(UserError, match="atlas-doors-outside"):
        atlas.make(lived_in, Asked("committee", outside=True))


def test_who_knows_totals_only_gets_no_doors(lived_in: Session) -> None:
    leader = replace(lived_in, roles=frozenset({"leader"}), ring=None)
    assert not atlas.may_show_doors(leader)
    with pytest.raises(UserError):
        atlas.make(leader, Asked("committee"))
    text = reading.text(atlas.make(leader, Asked("committee", buildings=False)).pdf)
    assert "少于5" in text
    assert not re.search("[甲乙丁己]", text)


def test_an_atlas_leaves_its_trace_before_it_is_seen_and_again_as_a_file(lived_in: Session, tmp_path: Path) -> None:
    made = atlas.make(lived_in, Asked("committee", purpose="夜间巡查"))
    assert [row["kind"] for row in shares.list_(lived_in)] == ["atlas"]
    done = atlas.save(lived_in, made, tmp_path / "图册.pdf")
    assert (tmp_path / "图册.pdf").read_bytes() == made.pdf
    assert done["persons"] == made.persons == 4
    assert [row["kind"] for row in shares.list_(lived_in)] == ["atlas", "atlas"]
    assert "夜间巡查" in reading.text(made.pdf)


def test_too_many_buildings_are_refused_before_anything_is_drawn(
    lived_in: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(atlas, "MOST_BUILDINGS", 1)
    with pytest.raises(UserError, match="atlas-large"):
        atlas.make(lived_in, Asked("committee"))
    assert shares.list_(lived_in) == []


def test_hostile_names_are_printed_as_they_are(lived_in: Session) -> None:
    hostile = "#panic() $x$ *b* ] \\ <script>"
    test_maps.person(lived_in, "12号", "401", hostile, {})
    assert reading.packed(hostile)[:9] in reading.text(atlas.make(lived_in, Asked("committee")).pdf)


def test_cancelling_leaves_nothing_behind(lived_in: Session) -> None:
    with pytest.raises(UserError, match="cancelled"):
        atlas.make(lived_in, Asked("committee"), cancelled=lambda: True)
    assert shares.list_(lived_in) == []
    assert maps.draw(lived_in, "committee").things
    assert places.resolve(lived_in, "培花新村/12号", "building")
