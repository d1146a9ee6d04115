"""The printed atlas: many maps and buildings in one PDF, with a list of what is where and numbered pages.

Small buildings stand side by side and below each other on one sheet, in walking order; a large one has sheets of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app import paper, paths
from app.maps import picture
from app.maps.picture import Payload, Sheet

DOOR = (32.5, 10.2)
"""Width and height of a door with what lies between it and the next, millimetres (doors.typ)."""
AROUND = (14.0, 25.0)
"""What a building needs beside and above its doors: floors, its name, its legend."""
NARROWEST = 84.0
"""Its name and its legend want so much, millimetres."""
BETWEEN = 8.0


@dataclass(frozen=True, slots=True)
class Page:
    """A map or a building of the atlas. depth: 1 for a committee or street, 2 for an estate, 3 for a building."""

    payload: Payload
    depth: int
    name: str


def pdf(
    title: str, said: Sequence[str], stamps: Sequence[str], foot: str, pages: Iterable[Page], sheet: Sheet
) -> bytes:
    """The whole atlas. said: lines under its title; foot: what stands at the bottom of each page, beside its number."""
    files = picture.shared()
    contents: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    shelves = _Shelves(sheet)
    for number, page in enumerate(pages):
        contents.append({"depth": page.depth, "name": page.name})
        if page.payload["kind"] == "matrix":
            shown += shelves.put({**page.payload, "number": number})
            continue
        shown += shelves.full()
        data, drawn = picture.on_sheet(page.payload, sheet, f"map{number}")
        files |= drawn
        shown.append({**data, "kind": "map", "number": number})
    shown += shelves.full()
    data = {
        "title": title, "said": list(said), "stamps": list(stamps), "foot": foot, "contents": contents, "sheets": shown,
        "paper": sheet.paper, "wide": sheet.width, "between": BETWEEN,
    }  # fmt: skip
    return paper.pdf(paths.resources() / "map" / "atlas.typ", data, files=files)


class _Shelves:
    """Buildings put beside each other as long as there is room, then on a next shelf, then on a next sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.width, self.height = sheet.width, sheet.height + 14  # a map's head and legend are theirs, too
        self.shelves: list[list[dict[str, Any]]] = []
        self.right = self.below = self.tallest = 0.0

    def put(self, building: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Gives the sheets that are full with it."""
        wide = max(len(building["columns"]) * DOOR[0] + AROUND[0], NARROWEST)
        high = len(building["floors"]) * DOOR[1] + AROUND[1]
        if wide > self.width or high > self.height:
            yield from self.full()
            yield {**building, "kind": "alone"}
            return
        if not self.shelves or self.right + wide > self.width:
            if self.below + self.tallest + high > self.height:
                yield from self.full()
            self.below, self.right, self.tallest = self.below + self.tallest, 0.0, 0.0
            self.shelves.append([])
        elif self.below + high > self.height:
            yield from self.full()
            self.shelves.append([])
        self.shelves[-1].append({**building, "wide": wide})
        self.right, self.tallest = self.right + wide + BETWEEN, max(self.tallest, high)

    def full(self) -> Iterator[dict[str, Any]]:
        """The sheet as far as it is, if there is anything on it; the next one is empty."""
        shelves, self.shelves = self.shelves, []
        self.right = self.below = self.tallest = 0.0
        if shelves:
            yield {"kind": "doors", "shelves": shelves}
