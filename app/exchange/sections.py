"""How a sheet is cut into tables: one below the other, side by side; and which of their lines are no rows of data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from app.domain import addresses, dates
from app.domain.fields import ROSTER_FIELDS, Type
from app.domain.names import fold_width
from app.domain.titles import plain as plain_title
from app.exchange.headers import MOST_LINES, NUMBERING, PLACES, Header, Told, meaning, read_at
from app.exchange.tables import Grid, Page

TOTALS = ("合计", "总计", "小计", "共计", "本页合计", "本页小计", "累计")
EXAMPLES = ("示例", "样例", "填写示例", "例:", "例：")
_SIGNED = re.compile(
    r"(?:填表|制表|填报|统计|经办|审核|审批|复核|负责|报送|上报|登记|社区|居委会?|单位|主管|分管|联系)?"
    r"(?:人|日期|时间|单位|负责人|领导|主任|书记|电话|盖章|公章|签字|签名|意见)*(?:\(?(?:签字|签名|盖章|公章)\)?)*[:：].*"
)
_SIGNERS = frozenset(
    ("填表人", "制表人", "填报人", "审核人", "审核", "复核", "经办人", "负责人", "负责人签字", "制表日期", "填表日期", "填报日期", "填表时间",
     "制表时间", "盖章", "签字", "单位盖章", "(盖章)", "单位负责人", "填报单位", "填表单位", "报送日期", "统计人", "制表", "填表", "审批")
)  # fmt: skip
_NOTE = re.compile(r"(?:备?注|附注|说明|填表说明|注意事项?|填报说明|附)(?:\d|[一二三])?[:：.、].*|[※*＊]\S.{5,}")
_ASIDE = frozenset("合总小共本累示样填例制统经审复负报上登社居单主分联盖签备注附说※*＊(（")
"""How lines begin that are no data."""
_LINE_ENDS = frozenset("号楼幢栋座元弄村苑区园单册表账组户日续页)）:：")
"""How lines end that stand alone in their row: 13号楼, 901弄12号居民名单, 居民花名册（续）, 2020年3月1日."""
_HEADLINE = re.compile(
    r"(?:名单|名册|登记表|统计表|情况表|汇总表|一览表|台账)(?:[(（]?(?:续?表?\d{0,2}|第\d{1,4}页(?:共\d{1,4}页)?)[)）]?)$|^续表"
)
_UNIT_LINE = re.compile(r"第?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[甲乙丙丁])单元")
_LIST = re.compile(r"[(（]|居民|住户|业主|人员|花?名[单册]|共\d|楼?组长|情况|登记|名单")
"""What stands behind a building's number where a line is a headline and no door."""
_ESTATES = ("新村", "小区", "花园", "公寓", "家园", "大厦", "苑", "城", "坊", "里")
_LONGEST_LINE = 40
Place = dict[str, str]


@dataclass(slots=True)
class Table:
    """One table of a sheet. blocks: its header, several where it stands side by side with itself. start, end: its body
    as indexes into the grid."""

    page: Page
    blocks: list[Header]
    start: int
    end: int
    above: int = 0
    """The first row that may say what the table is about."""
    skipped: set[int] = field(default_factory=set)
    asides: list[tuple[str, int, str]] = field(default_factory=list)
    """(finding's code, index into the grid, what stood there)"""
    sections: list[tuple[int, Place]] = field(default_factory=list)
    """Lines between rows that say where the people below them live."""

    @property
    def header(self) -> Header:
        return self.blocks[0]

    @property
    def body(self) -> Grid:
        return self.page.grid[self.start : self.end]


def tables_in(page: Page, first: Header, told: Told) -> Iterator[Table]:
    """The tables of a sheet from its first header downwards."""
    header: Header | None = _earliest(page, first, told)
    above = 0
    while header is not None:
        table = Table(page, blocks_of(page, header, told), header.row, len(page.grid), above)
        following = _scan(table, told)
        yield table
        above, header = table.end, following


def _earliest(page: Page, best: Header, told: Told) -> Header:
    """The first table's header: a smaller table may stand above the one with most titles understood."""
    for index in range(best.row - 3):
        header = _other_header(page, index, told)
        if header is not None and any(
            not isinstance(cell, str) or (meaning(cell) is None and any(map(str.isdigit, cell)))
            for row in page.grid[header.row : best.row - 1] if sum(each not in ("", None) for each in row) > 1
            for cell in row
        ):  # fmt: skip
            return header
    return best


def blocks_of(page: Page, header: Header, told: Told) -> list[Header]:
    """The same titles again to the right are the same table again: 姓名 室号 | 姓名 室号."""
    named = [(column, plain_title(title)) for column, title in enumerate(header.titles) if title]
    titles = [title for _, title in named]
    for times in range(min(6, len(titles) // 2), 1, -1):
        size, over = divmod(len(titles), times)
        if over > 1 or titles[:size] * times != titles[: size * times]:
            continue
        if not {meaning(title) for title in titles[:size]} & (PLACES | {"name"}) or len(set(titles[:size])) < size:
            continue
        starts = [named[size * time][0] for time in range(times)] + [len(header.titles)]
        starts[0] = 0
        return [read_at(page, header.row - 1, told, range(left, right)) for left, right in pairwise(starts)]
    return [header]


@cache
def _raw_titles() -> frozenset[str]:
    """Titles as they are mostly written: what the first cell of a further header says."""
    known = {
        title for each in ROSTER_FIELDS.values() if each.type is not Type.JSON for title in (each.title, *each.aliases)
    }
    return frozenset(known | NUMBERING)


def _scan(table: Table, told: Told) -> Header | None:
    """Notes which rows of a table's body are no data, and where it ends: at a header that is another, which it returns."""
    page, header = table.page, table.header
    headlines = {cell for row in page.grid[table.above : header.row] for cell in row if isinstance(cell, str) and cell}
    known = headlines | _raw_titles()
    lines = page.grid[max(table.above, header.row - MOST_LINES) : header.row]
    skipped = table.skipped
    at = header.row - 1
    for row in page.grid[header.row :]:
        at += 1
        cell = row[0] if row and row[0] not in ("", None) else next((c for c in row if c not in ("", None)), "")
        if type(cell) is not str:
            if (at == header.row or at - 1 in skipped) and _is_numbering(row):
                skipped.add(at)
        elif cell in known:
            if _is_repeated(row, lines, headlines):
                skipped.add(at)
                if row.count("") >= len(row) - 1 and (place := place_of(cell)):
                    table.sections.append((at, place))
            elif (other := _other_header(page, at, told)) is not None:
                table.end = _before(page.grid, at, header.row)
                return other
        elif cell[:1] in _ASIDE and (code := _aside(cell, row)):
            skipped.add(at)
            table.asides.append((code, at, cell[:20]))
        elif cell[-1:] in _LINE_ENDS and row.count("") >= len(row) - 1 and (code := _line(table, at, cell)):
            skipped.add(at)
            if code != "section":
                table.asides.append((code, at, cell[:20]))
        elif at == header.row and _is_numbering(row):
            skipped.add(at)
    return None


def _line(table: Table, at: int, cell: str) -> str | None:
    """What a text alone in its row is: the place of what follows, a headline, the day of signing; None for any other."""
    if place := place_of(cell):
        table.sections.append((at, place))
        return "section"
    if _UNIT_LINE.fullmatch("".join(fold_width(cell).split())):
        building = table.sections[-1][1] if table.sections else {}
        table.sections.append((at, {**building, "unit": addresses.unit(cell.strip().removeprefix("第"))}))
        return "section"
    if _HEADLINE.search("".join(cell.split())):
        return "section"
    return "row-signature" if cell.endswith("日") and dates.read(cell) else None


def _is_repeated(row: list[Any], lines: Grid, headlines: set[str]) -> bool:
    """The header or the headline once more, on the next printed page. lines: the header's own."""
    said = [(column, cell) for column, cell in enumerate(row) if cell not in ("", None)]
    if len(said) == 1:
        return said[0][1] in headlines
    return all(
        isinstance(cell, str) and any(plain_title(cell) == plain_title(str(line[column])) for line in lines)
        for column, cell in said
    )


def _other_header(page: Page, index: int, told: Told) -> Header | None:
    """The header of another table: most of its cells are titles we know."""
    row = page.grid[index]
    said = [cell for cell in row if cell not in ("", None)]
    known = sum(isinstance(cell, str) and meaning(cell) is not None for cell in said)
    if known < 2 or known * 2 < len(said) or not all(isinstance(cell, str) and len(cell) <= 20 for cell in said):
        return None
    header = read_at(page, index, told)
    return header if len(header.keys) > 1 and header.keys & (PLACES | {"name"}) else None


def _before(grid: Grid, at: int, least: int) -> int:
    """Where a table ends whose successor's header is in row `at`: headlines and blank rows above it are not its own."""
    end = at
    while end > least and sum(cell not in ("", None) for cell in grid[end - 1]) < 2:
        end -= 1
    return end


def place_of(text: str) -> Place | None:
    """Where a line says that people live: `13号楼`, `丁香路901弄13号居民名单`; None for any other line."""
    if len(text) > _LONGEST_LINE:
        return None
    place = addresses.read(text)
    if not place.building or (place.room and not _LIST.match(place.room)):
        return None
    said = {"lane": place.lane, "building": place.building, "unit": place.unit}
    if place.estate.endswith(_ESTATES):
        said["estate"] = place.estate
    return {key: text for key, text in said.items() if text}


def _aside(cell: str, row: list[Any]) -> str | None:
    text = fold_width("".join(cell.split()))
    if text.startswith(TOTALS):
        return "row-total"
    if text.startswith(EXAMPLES):
        return "row-example"
    if _NOTE.fullmatch(text):
        return "row-footnote" if _is_sparse(row) else None
    if text in _SIGNERS or _SIGNED.fullmatch(text):
        return "row-signature"
    return None


def _is_sparse(row: list[Any]) -> bool:
    return sum(cell not in ("", None) for cell in row) <= max(2, len(row) // 3)


_SERIES = ("甲乙丙丁戊己庚辛", "一二三四五六七八九十", "①②③④⑤⑥⑦⑧⑨⑩")


def _is_numbering(row: list[Any]) -> bool:
    """Below the header some forms number their columns: 1 2 3 4 …, (1) (2) (3) …, A B C …, 甲 乙 1 2 …"""
    said = [cell for cell in row if cell not in ("", None)]
    if len(said) < 3:
        return False
    if said == list(range(1, len(said) + 1)):
        return True
    texts = [
        str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip("()（） .栏") for cell in said
    ]
    letters = [chr(65 + number) for number in range(len(texts))] if len(texts) <= 26 else []
    if texts == [str(number) for number in range(1, len(texts) + 1)] or [text.upper() for text in texts] == letters:
        return True
    for series in _SERIES:
        lead = sum(text == sign for text, sign in zip(texts, series, strict=False))
        if lead and texts == [*series[:lead], *(str(number) for number in range(1, len(texts) - lead + 1))]:
            return True
    return False
