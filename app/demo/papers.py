"""What else comes down to a committee and is still to be answered: a superior's list of names, a chain from a group
chat, and the superior's own form."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from app.demo.street import Committee, Person, a_person
from app.files import write_atomic

AWAY = 2
"""People per committee who have moved away and whom the superior's list still names."""
LISTED, CHAINED = 18, 12
TITLES = (
    "序号", "姓名", "性别", "身份证号码", "联系电话", "地址", "是否在沪", "现住址", "核查结果", "核查人", "核查时间", "备注",
)  # fmt: skip
LINES = 6
"""Empty lines of the form; a committee has more buildings than that."""
_THIN = Border(*(Side(style="thin"),) * 4)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)


def papers(committee: Committee, folder: Path, seed: int) -> dict[str, Path]:
    """Write all three; returns them as the `demo` command names them."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(f"{seed}/papers/{committee.index}")
    made = {
        "names_list": folder / "下发名单（核查重点地区来沪人员）.xlsx", "chain": folder / "群接龙（返沪登记）.txt",
        "form": folder / "重点人群情况统计表.xlsx",
    }  # fmt: skip
    _names_list(made["names_list"], committee, random)
    write_atomic(made["chain"], chain(committee, random).encode())
    _form(made["form"])
    return made


def away(committee: Committee) -> list[Person]:
    """The last tenants of the committee: they have moved away since the rosters were made."""
    tenants = [
        person for person in committee.people
        if person.values.get("residence_kind") == "承租" and person.room and _is_plain(person)
    ]  # fmt: skip
    return tenants[-AWAY:]


def _is_plain(person: Person) -> bool:
    """A name of common characters, as a group chat or a letter writes it."""
    name = str(person.values["name"])
    return len(name) <= 3 and all("\u4e00" <= character <= "\u9fff" for character in name)


# ---------------------------------------------------------------- the list that came down


def _names_list(path: Path, committee: Committee, random: Random) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    _title(sheet, "重点地区来沪人员核查名单", len(TITLES))
    sheet.append([f"下发：花木街道（演示）　　接收：{committee.name}　　请核实后于5月25日18时前回报，空格由居委会填写"])
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(TITLES))
    sheet.append(list(TITLES))
    for number, (person, address) in enumerate(listed(committee, random), 1):
        values = person.values
        told = ("name", "sex", "id_number", "phone")
        sheet.append([number, *(values.get(key, "") for key in told), address, *[""] * 6])
    for row in sheet.iter_rows(min_row=3, max_col=len(TITLES)):
        for cell in row:
            cell.border = _THIN
    for letter, wide in zip("ABCDEFGHIJKL", (6, 10, 6, 22, 14, 30, 10, 30, 12, 12, 13, 26), strict=True):
        sheet.column_dimensions[letter].width = wide
    sheet.freeze_panes = "C4"
    _on_one_page(sheet)
    book.save(path)


def listed(committee: Committee, random: Random) -> list[tuple[Person, str]]:
    """About thirty people with the address as the superior has it: most live here, and every other answer occurs."""
    gone = away(committee)
    plain = [
        person for person in committee.people
        if _is_plain(person) and person.room.isdigit() and not any(person is each for each in gone)
    ]  # fmt: skip
    living = [p for p in plain if p.values.get("residence_kind") != "户籍" and p.values.get("status") != "去世"]
    chosen = random.sample(living, min(LISTED, len(living)))
    people = [(_as_listed(person, number), _address(person)) for number, person in enumerate(chosen)]
    people += [(person, _address(person)) for person in plain if person.values.get("residence_kind") == "户籍"][:2]
    people += [(person, _address(person)) for person in gone]
    people += [(person, _address(person)) for person in committee.people if person.values.get("status") == "去世"][:1]
    strangers = [_beside(random, random.choice(living)) for _ in range(4)]
    people += [(person, _address(person)) for person in strangers]
    people += [(_beside(random, random.choice(living)), f"{road}18号301室") for road in ("云山路880弄", "栖山路1500弄")]
    random.shuffle(people)
    return [*people, (chosen[0], _address(chosen[0]))]


def _as_listed(person: Person, number: int) -> Person:
    """What the superior knows of somebody: a few lack the number, a few the telephone."""
    lacking = {0: "id_number", 1: "phone"}.get(number % 5, "")
    values = {key: value for key, value in person.values.items() if key != lacking}
    return Person(person.estate, person.lane, person.building, person.room, person.household, values)


def _beside(random: Random, person: Person) -> Person:
    """Somebody nobody here has heard of, at a door that exists."""
    values = a_person(random, random.randint(1960, 2000), None, local=False)
    return Person(person.estate, person.lane, person.building, person.room, 1, values)


def _address(person: Person) -> str:
    return f"{person.lane}{person.building}{person.room}{'室' if person.room.isdigit() else ''}"


# ---------------------------------------------------------------- the chain


def chain(committee: Committee, random: Random) -> str:
    """Heads of households telling that they are back, as a group chat has it: each writes in a way of his own."""
    gone = away(committee)
    heads = [
        person for person in committee.people
        if person.values.get("relation") == "户主" and _is_plain(person) and person.room.isdigit()
        and person.values.get("status") != "去世" and not any(person is each for each in gone)
    ]  # fmt: skip
    estate = heads[0].estate
    heads = [person for person in heads if person.estate == estate]
    chosen = random.sample(heads, min(CHAINED, len(heads)))
    lines = ["#接龙", f"{estate}返沪人员接龙，请写清门牌、姓名、人数、哪天回来", "例 1-101 张某 2人 已返沪5.3", ""]
    for number, person in enumerate(chosen, 1):
        lines.append(_said(person, number, random))
    lines.append(f"{len(chosen) + 1}. 收到，谢谢居委")
    lines.append(f"{len(chosen) + 2}.")
    return "\n".join(lines) + "\n"


def _said(person: Person, number: int, random: Random) -> str:
    door, name = f"{person.lane}{person.building}{person.room}", person.values["name"]
    people, day = random.randint(1, 4), random.randint(8, 24)
    origin = random.choice(("湖北", "安徽", "江苏", "河南"))
    return (
        f"{number}. {person.lane}{person.building.removesuffix('号')}-{person.room} {name} {people}人 已返沪5.{day}",
        f"{number}、{door}室 {name}，{people}人，5月{day}日{origin}返沪",
        f"{number}. {door} {name} {people}人 在沪",
        f"{number}) {door}室{name} {people}人 暂未返沪",
    )[number % 4]


# ---------------------------------------------------------------- the superior's form


def _form(path: Path) -> None:
    """A form as superiors send it, without marks: title block, header of two lines, categories, total, signature."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "统计表"
    upper = ("序号", "路弄", "楼号", "户数", "实有人口", "", "", "其中", "", "", "楼组长", "备注")
    lower = ("", "", "", "", "合计", "男", "女", "60岁以上", "独居", "残疾", "", "")
    _title(sheet, "重点人群情况统计表", len(upper))
    sheet["A2"], sheet["H2"] = "填报单位：", "统计时点："
    sheet.append(list(upper))
    sheet.append(list(lower))
    for area in ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:G3", "H3:J3", "K3:K4", "L3:L4"):
        sheet.merge_cells(area)
    last = 4 + LINES
    for row in range(5, last + 1):
        sheet.cell(row, 1, row - 4)
    sheet.cell(last + 1, 1, "合计")
    for column in range(4, 11):
        letter = get_column_letter(column)
        sheet.cell(last + 1, column, f"=SUM({letter}5:{letter}{last})")
    for line in sheet.iter_rows(min_row=3, max_row=last + 1, max_col=len(upper)):
        for cell in line:
            cell.border, cell.alignment = _THIN, _CENTRED
    sheet.cell(last + 2, 1, "填表人：")
    sheet.cell(last + 2, 5, "审核人：")
    sheet.cell(last + 2, 9, "填表日期：")
    for column, wide in enumerate((6, 18, 10, 8, 8, 8, 8, 10, 8, 8, 12, 16), 1):
        sheet.column_dimensions[get_column_letter(column)].width = wide
    _on_one_page(sheet)
    book.save(path)


def _title(sheet: Any, text: str, columns: int) -> None:
    """A heading over the whole width."""
    sheet.append([text])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    sheet["A1"].font, sheet["A1"].alignment = Font(size=16, bold=True), _CENTRED
    sheet.row_dimensions[1].height = 30


def _on_one_page(sheet: Any) -> None:
    """Printed across, as wide as the paper."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
