"""Nasty files: other kinds and encodings, locked, cut off, misnamed, and such as would end the process.

Longer than most files: it is a list of cases, one nasty thing each.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tests.exchange.nasty_case import HEAD, nasty, people, save, sheet_of, who
from tests.exchange.rawbooks import HEAD as XML
from tests.exchange.rawbooks import archive_of, old_workbook, ole, package, text_cells

A, B = (1, 101, "张三"), (1, 102, "李四")
BOTH = (who(), who("李四", "102"))
TEXT = "楼号,室号,姓名\n1,101,张三\n1,102,李四\n"
ROWS = "".join(text_cells(number, row) for number, row in enumerate((HEAD, A, B), 1))


# ---------------------------------------------------------------- text


@nasty(".csv", rows=BOTH)
def csv_in_gb18030(path: Path) -> None:
    path.write_bytes(TEXT.encode("gb18030"))


@nasty(".csv", rows=[who("𠮷永"), who("㐂三")])
def csv_in_gb18030_with_rare_characters(path: Path) -> None:
    path.write_bytes("楼号,室号,姓名\n1,101,𠮷永\n1,101,㐂三\n".encode("gb18030"))


@nasty(".csv", rows=BOTH)
def csv_in_utf16(path: Path) -> None:
    path.write_bytes(TEXT.replace(",", "\t").encode("utf-16"))


@nasty(".csv", rows=BOTH)
def csv_with_semicolons(path: Path) -> None:
    path.write_bytes(TEXT.replace(",", ";").encode())


@nasty(".csv", rows=BOTH)
def csv_with_a_byte_order_mark(path: Path) -> None:
    path.write_bytes(TEXT.encode("utf-8-sig"))


@nasty(".csv", rows=[who(note="一 二,三"), who("李四", "102")])
def csv_with_quoted_line_breaks(path: Path) -> None:
    path.write_bytes('楼号,室号,姓名,备注\r\n1,101,张三,"一\r\n二,三"\r\n1,102,李四,\r\n'.encode())


@nasty(".csv", rows=BOTH)
def csv_that_names_its_separator(path: Path) -> None:
    path.write_bytes(b"sep=,\r\n" + TEXT.encode())


@nasty(".csv", rows=BOTH)
def csv_with_old_mac_line_ends(path: Path) -> None:
    path.write_bytes(TEXT.replace("\n", "\r").encode())


@nasty(".csv", rows=BOTH)
def csv_with_formulas_against_excel(path: Path) -> None:
    path.write_bytes(TEXT.replace("101", '="101"').replace("102", '"=""102"""').encode())


@nasty(".csv", rows=[who(note='见<a href="x">'), who("李四", "102")])
def csv_with_an_equals_sign_in_a_note(path: Path) -> None:
    path.write_bytes('楼号,室号,姓名,备注\n1,101,张三,"见<a href=""x"">"\n1,="102",李四,\n'.encode())


# ---------------------------------------------------------------- kinds of workbooks


@nasty(".xls", rows=BOTH)
def old_excel(path: Path) -> None:
    path.write_bytes(ole({"Workbook": old_workbook([HEAD, A, B])}))


@nasty(".et", rows=BOTH)
def wps_in_the_form_of_excel(path: Path) -> None:
    path.write_bytes(ole({"Workbook": old_workbook([HEAD, A, B]), "ETExtData": b"\0" * 64}))


@nasty(".ods", rows=BOTH)
def open_document(path: Path) -> None:
    _open_document(path, "".join(_ods_row(row) for row in (HEAD, A, B)))


@nasty(".ods", rows=[who(), who("李四")])
def open_document_with_covered_cells(path: Path) -> None:
    first = _ods_row(A).replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"', 2)
    second = "<table:table-row>" + "<table:covered-table-cell/>" * 2 + _ods_cell("李四") + "</table:table-row>"
    _open_document(path, _ods_row(HEAD) + first + second)


def _ods_cell(value: object) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def _ods_row(row: tuple[object, ...]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _open_document(path: Path, rows: str, manifest: str = "") -> None:
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    archive_of(path, {
        "mimetype": kind,
        "content.xml": f'{XML}<office:document-content{names}><office:body><office:spreadsheet><table:table table:name="花名册">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>{manifest}</manifest:manifest>',
    })  # fmt: skip


@nasty(".xlsm", rows=BOTH, findings=["macros-not-run"])
def macros(path: Path) -> None:
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    package(path, ROWS, kind=kind, extra={"xl/vbaProject.bin": ole({"VBA": b"\0"})})


@nasty(".xls", rows=BOTH, findings=["macros-not-run"])
def macros_in_old_excel(path: Path) -> None:
    path.write_bytes(ole({"Workbook": old_workbook([HEAD, A, B]), "_VBA_PROJECT": b"\xcc\x61"}))


@nasty(rows=BOTH)
def strict_workbook(path: Path) -> None:
    package(path, ROWS, strict=True)


@nasty(rows=BOTH)
def inline_strings(path: Path) -> None:
    package(path, ROWS)


@nasty(".csv", rows=BOTH)
def workbook_misnamed_csv(path: Path) -> None:
    package(path, ROWS)


@nasty(rows=BOTH)
def cells_without_addresses(path: Path) -> None:
    cells = ("".join(f'<c t="str"><v>{cell}</v></c>' for cell in row) for row in (HEAD, A, B))
    package(path, "".join(f"<row>{row}</row>" for row in cells))


@nasty(rows=BOTH)
def size_of_the_sheet_untrue(path: Path) -> None:
    package(path, ROWS)
    _with_sheet(path, "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')


@nasty(rows=BOTH)
def prefixed_elements(path: Path) -> None:
    package(path, ROWS)
    _with_sheet(path, "<worksheet xmlns=", "<worksheet xmlns:x=")
    for element in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
        _with_sheet(path, f"<{element}(?=[ >])", f"<x:{element}")
        _with_sheet(path, f"</{element}>", f"</x:{element}>")


def _with_sheet(path: Path, old: str, new: str) -> None:
    """The sheet's XML changed as text, as only a program would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = re.sub(old, new, parts["xl/worksheets/sheet1.xml"])
    archive_of(path, parts)


@nasty(rows=BOTH)
def parts_named_with_backslashes(path: Path) -> None:
    package(path, ROWS)
    with zipfile.ZipFile(path) as archive:
        parts = {name.replace("/", chr(92)): archive.read(name) for name in archive.namelist()}
    archive_of(path, parts)


@nasty(refused="file-damaged")
def shared_string_that_is_not_there(path: Path) -> None:
    package(path, ROWS + '<row r="4"><c r="C4" t="s"><v>77</v></c></row>')


@nasty(refused="file-damaged")
def sheet_that_breaks_off(path: Path) -> None:
    package(path, ROWS + '<row r="4"><c r="A4"><v>1</v>')


@nasty(rows=BOTH)
def protected_sheet(path: Path) -> None:
    sheet = sheet_of([HEAD, A, B])
    sheet.protection.set_password("x")
    sheet.protection.enable()
    save(sheet, path)


@nasty(rows=[who(note="旧值")], findings=["links-not-followed"])
def link_to_another_workbook(path: Path) -> None:
    cell = '<c r="D2" t="str"><f>[1]Sheet1!A1</f><v>旧值</v></c>'
    link = '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    _noted(path, cell, {"xl/externalLinks/externalLink1.xml": link})


@nasty(rows=[who(note="旧值")], findings=["links-not-followed"])
def dde_formula(path: Path) -> None:
    _noted(
        path,
        '<c r="D2" t="str"><f>cmd|\'/c calc\'!A1</f><v>旧值</v></c>',
        {"xl/externalLinks/externalLink1.xml": "<x/>"},
    )


def _noted(path: Path, cell: str, extra: dict[str, str]) -> None:
    package(
        path, text_cells(1, [*HEAD, "备注"]) + text_cells(2, A).replace("</row>", cell + "</row>"), extra=dict(extra)
    )


@nasty(refused="sheet-empty")
def picture_only(path: Path) -> None:
    package(path, "", extra={"xl/media/image1.png": b"\x89PNG\r\n\x1a\n" + bytes(50)})


# ---------------------------------------------------------------- what is refused


@nasty(".et", refused="file-wps")
def wps_spreadsheet_of_its_own(path: Path) -> None:
    path.write_bytes(ole({"ETExtData": b"\0" * 64}))


@nasty(".wps", refused="file-word-old")
def wps_text(path: Path) -> None:
    path.write_bytes(ole({"WordDocument": b"\xec\xa5" + bytes(64)}))


@nasty(".doc", refused="file-word-old")
def old_word(path: Path) -> None:
    path.write_bytes(ole({"WordDocument": b"\xec\xa5" + bytes(64), "1Table": bytes(64)}))


@nasty(refused="file-encrypted")
def password_on_a_workbook(path: Path) -> None:
    path.write_bytes(ole({"EncryptionInfo": b"\x04\0\x04\0", "EncryptedPackage": bytes(8192)}))


@nasty(".xls", refused="file-encrypted")
def password_on_old_excel(path: Path) -> None:
    path.write_bytes(ole({"Workbook": old_workbook([HEAD, A, B], password=True)}))


@nasty(".ods", refused="file-encrypted")
def password_on_open_document(path: Path) -> None:
    secret = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    _open_document(path, "", secret)


@nasty(refused="file-damaged")
def truncated_archive(path: Path) -> None:
    people(path, ["备注"], *([f"第{n}行"] for n in range(200)))
    path.write_bytes(path.read_bytes()[:-2_000])


@nasty(".xls", refused="file-damaged")
def truncated_old_excel(path: Path) -> None:
    path.write_bytes(ole({"Workbook": old_workbook([HEAD, *[A] * 400])})[:2_600])


@nasty(refused="file-type-unknown")
def pdf_misnamed(path: Path) -> None:
    path.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n")


@nasty(refused="file-archive")
def archive_misnamed(path: Path) -> None:
    archive_of(path, {"花名册.txt": TEXT})


@nasty(".rar", refused="file-archive")
def archive_of_another_kind(path: Path) -> None:
    path.write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(100))


@nasty(".et", refused="file-wps")
def wps_spreadsheet_of_no_known_kind(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 20)


@nasty(refused="file-empty")
def file_of_no_bytes(path: Path) -> None:
    path.write_bytes(b"")


@nasty(refused="file-type-unknown")
def file_of_zeros(path: Path) -> None:
    path.write_bytes(bytes(5_000))


@nasty(".xls", refused="file-web-page")
def web_page_misnamed(path: Path) -> None:
    path.write_text("<html><body><table><tr><td>姓名</td></tr></table></body></html>", "utf-8")


@nasty(".xls", refused="file-web-page")
def web_archive_misnamed(path: Path) -> None:
    path.write_text("MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>", "utf-8")


@nasty(".xls", refused="file-web-page")
def spreadsheet_of_2003_in_xml(path: Path) -> None:
    path.write_text('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>', "utf-8")


@nasty(".xlsb", refused="file-binary-workbook")
def binary_workbook(path: Path) -> None:
    archive_of(
        path, {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": bytes(64), "xl/worksheets/sheet1.bin": bytes(64)}
    )


@nasty(refused="sheet-far-cell")
def cell_at_the_end_of_the_sheet(path: Path) -> None:
    sheet = sheet_of([HEAD, A])
    sheet["XFD1048576"] = "x"
    save(sheet, path)


@nasty(".xls", refused="sheet-far-cell")
def cell_at_the_end_of_an_old_sheet(path: Path) -> None:
    path.write_bytes(ole({"Workbook": old_workbook([HEAD, A], far=(65_536, 256))}))


@nasty(refused="sheet-far-cell")
def stray_cell_far_below(path: Path) -> None:
    package(path, ROWS + '<row r="1000000"><c r="J1000000"><v>1</v></c></row>')


@nasty(".ods", refused="sheet-far-cell")
def stray_cell_far_below_in_open_document(path: Path) -> None:
    blank = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    gap = '<table:table-cell table:number-columns-repeated="1000"/>'
    _open_document(
        path, _ods_row(HEAD) + _ods_row(A) + blank + f"<table:table-row>{gap}{_ods_cell('x')}</table:table-row>"
    )


@nasty(".ods", rows=BOTH)
def blank_rows_repeated_to_the_end_of_open_document(path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    rest = f'<table:table-row table:number-rows-repeated="1048573">{blank}</table:table-row>'
    _open_document(path, "".join(map(_ods_row, (HEAD, A, B))) + rest)


@nasty(rows=BOTH)
def formats_at_the_end_of_the_sheet(path: Path) -> None:
    package(path, ROWS + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')


@nasty(refused="file-too-large")
def zip_bomb(path: Path) -> None:
    package(path, ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.bin", "w") as member:
        for _ in range(100):
            member.write(bytes(1 << 20))


@nasty(refused="file-too-large")
def archive_of_too_many_parts(path: Path) -> None:
    archive_of(path, {"xl/workbook.xml": "<workbook/>", **{f"xl/{number}.xml": "<a/>" for number in range(20_000)}})


@nasty(refused="file-damaged")
def zip_bomb_that_lies_about_its_length(path: Path) -> None:
    package(path, "".join(text_cells(n, A) for n in range(1, 200_000)))
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(path.read_bytes().replace(true.to_bytes(4, "little"), (4_000).to_bytes(4, "little")))


@nasty(".ods", refused="file-too-large")
def rows_repeated_a_million_times(path: Path) -> None:
    many = _ods_row(A).replace("<table:table-row", '<table:table-row table:number-rows-repeated="1000000"', 1)
    _open_document(path, _ods_row(HEAD) + many)


TENFOLD = "".join(f"<!ENTITY {name} '{10 * f'&{part};'}'>" for part, name in zip("abcdefghi", "bcdefghij", strict=True))
LAUGHS = f"<!DOCTYPE lolz [<!ENTITY a 'lol'>{TENFOLD}]>"


@nasty(refused="file-unsafe")
def billion_laughs(path: Path) -> None:
    package(path, ROWS.replace("张三", "&j;"), before=LAUGHS)


@nasty(refused="file-unsafe")
def billion_laughs_among_the_shared_strings(path: Path) -> None:
    package(path, ROWS, extra={"xl/sharedStrings.xml": f"{XML}{LAUGHS}<sst><si><t>&j;</t></si></sst>"})


@nasty(".docx", refused="file-unsafe")
def billion_laughs_in_word(path: Path) -> None:
    archive_of(path, {
        "[Content_Types].xml": "<Types/>", "word/document.xml": f"{XML}{LAUGHS}<document>&j;</document>",
    })  # fmt: skip


@nasty(refused="file-unsafe")
def entity_that_reads_another_file(path: Path) -> None:
    package(path, ROWS.replace("张三", "&x;"), before="<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>")
