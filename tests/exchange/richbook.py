"""A superior's form with everything in it that openpyxl would lose: its parts are put in by hand."""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MS = "http://schemas.microsoft.com/office"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
LINES = 3
"""Empty lines of the form: rows 4 to 6, the first of them marked; the total stands in row 7."""

EXTENSIONS = f"""<extLst>
<ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{MS}/spreadsheetml/2009/9/main">
<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{MS}/excel/2006/main">
<x14:cfRule type="expression" priority="9" id="{{00000000-0001-0000-0000-000000000001}}"><xm:f>$D7&gt;汇总!$A$1</xm:f>
</x14:cfRule><xm:sqref>D4:D7</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>
<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{MS}/spreadsheetml/2009/9/main">
<x14:dataValidations count="1" xmlns:xm="{MS}/excel/2006/main"><x14:dataValidation type="list" allowBlank="1">
<x14:formula1><xm:f>名册!$H$8:$H$9</xm:f></x14:formula1><xm:sqref>C4:C6</xm:sqref></x14:dataValidation>
</x14:dataValidations></ext>
<ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{MS}/spreadsheetml/2009/9/main">
<x14:sparklineGroups xmlns:xm="{MS}/excel/2006/main"><x14:sparklineGroup><x14:sparklines><x14:sparkline>
<xm:f>名册!D7:E7</xm:f><xm:sqref>G7</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>
</x14:sparklineGroups></ext></extLst>"""
CONTROLS = f"""<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
<mc:Choice Requires="x14" xmlns:x14="{MS}/spreadsheetml/2009/9/main"><controls><control shapeId="2049" r:id="rIdControl" name="勾选"
 xmlns:r="{OFFICE}"><controlPr defaultSize="0" linkedCell="$E$7"><anchor moveWithCells="1"><from><xdr:col xmlns:xdr="{XDR}">1</xdr:col>
<xdr:colOff xmlns:xdr="{XDR}">0</xdr:colOff><xdr:row xmlns:xdr="{XDR}">7</xdr:row><xdr:rowOff xmlns:xdr="{XDR}">0</xdr:rowOff></from>
<to><xdr:col xmlns:xdr="{XDR}">2</xdr:col><xdr:colOff xmlns:xdr="{XDR}">0</xdr:colOff><xdr:row xmlns:xdr="{XDR}">8</xdr:row>
<xdr:rowOff xmlns:xdr="{XDR}">0</xdr:rowOff></to></anchor></controlPr></control></controls></mc:Choice></mc:AlternateContent>"""
TEXT_BOX = f"""<xdr:twoCellAnchor xmlns:xdr="{XDR}" xmlns:a="{DRAWING}"><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff>
<xdr:row>9</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>11</xdr:row>
<xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="9" name="文本框"/><xdr:cNvSpPr txBox="1"/>
</xdr:nvSpPr><xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:rPr b="1"/>
<a:t>经办：{{{{ma</a:t></a:r><a:r><a:t>ker}}}}，已核</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor>"""
HEADER_PICTURE = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<v:shape id="CH" type="#_x0000_t75" style="width:10pt;height:10pt"><v:imagedata o:relid="rId1" o:title="徽标"/><br></v:shape></xml>"""
"""As old programs write it: no XML at all, with an open br."""
CONTROL_SHAPE = """<v:shape id="_x0000_s2049" type="#_x0000_t201" xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:x="urn:schemas-microsoft-com:office:excel"><x:ClientData ObjectType="Checkbox"><x:Anchor>1, 0, 7, 0, 2, 0, 8, 0</x:Anchor>
<x:FmlaLink>$E$7</x:FmlaLink></x:ClientData></v:shape></xml>"""
PIVOT = """<pivotTableDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" name="透视" cacheId="7"
 dataCaption="值"><location ref="A3:B9" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/></pivotTableDefinition>"""
CACHE = """<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" recordCount="0">
<cacheSource type="worksheet"><worksheetSource ref="A3:D6" sheet="名册"/></cacheSource><cacheFields count="0"/></pivotCacheDefinition>"""
THREADS = f"""<ThreadedComments xmlns="{MS}/spreadsheetml/2018/threadedcomments"><threadedComment ref="A7" dT="2020-02-01T00:00:00.00"
 personId="{{00000000-0000-0000-0000-000000000001}}" id="{{00000000-0000-0000-0000-000000000002}}"><text>以户籍为准</text>
</threadedComment></ThreadedComments>"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)


class Parts(dict[str, bytes]):
    """The parts of a package, changed as text."""

    @classmethod
    def of(cls, file: Path) -> Parts:
        with zipfile.ZipFile(file) as archive:
            return cls((name, archive.read(name)) for name in archive.namelist())

    def save(self, file: Path) -> Path:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.items():
                stored = name.endswith((".png", ".bin"))
                archive.writestr(name, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
        return file

    def text(self, part: str) -> str:
        return self[part].decode()

    def change(self, part: str, old: str, new: str) -> None:
        assert old in self.text(part), (part, old)
        self[part] = self.text(part).replace(old, new, 1).encode()

    def add(self, part: str, content: str | bytes, kind: str = "") -> None:
        self[part] = content if isinstance(content, bytes) else content.encode()
        if kind:
            self.change(
                "[Content_Types].xml", "</Types>", f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
            )

    def relate(self, part: str, kind: str, target: str, name: str) -> None:
        folder, file = posixpath.split(part)
        rels = f"{folder}/_rels/{file}.rels"
        self.setdefault(rels, f'<Relationships xmlns="{PACKAGE}"></Relationships>'.encode())
        full = kind if "/" in kind else f"{OFFICE}/{kind}"
        self.change(
            rels, "</Relationships>", f'<Relationship Id="{name}" Type="{full}" Target="{target}"/></Relationships>'
        )


def base(file: Path) -> Path:
    """The form as openpyxl writes it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名册"
    line = Border(*[Side(style="thin")] * 4)
    sheet["A1"], sheet["A9"] = "{{committee}}花名册", "填表人：{{maker}}"
    for column, title in enumerate(["序号", "姓名", "电话", "字数"], 1):
        sheet.cell(3, column, title).font = Font(bold=True)
    for row in range(4, 4 + LINES):
        for column, value in enumerate([row - 3, None, None, f"=LEN(B{row})"], 1):
            sheet.cell(row, column, value).border = line
        sheet.row_dimensions[row].height = 24
    sheet["B4"], sheet["C4"] = "{{name}}", "{{phone}}"
    sheet["A7"], sheet["D7"], sheet["E7"] = "合计", "=SUM(D4:D6)", "=D7*2"
    sheet["A7"].comment = Comment("以户籍为准", "街道")
    sheet["H8"], sheet["H9"] = "是", "否"
    sheet["A10"].hyperlink, sheet["A10"].value = Hyperlink(ref="A10", location="名册!A7"), "见合计"
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A9:D9")
    sheet.print_area = "A1:D9"
    sheet.row_breaks.append(Break(id=7))
    sheet.oddFooter.center.text = "第&P页 {{maker}}"
    check = DataValidation(type="list", formula1="$H$8:$H$9")
    check.add("B4:B6")
    sheet.add_data_validation(check)
    sheet.conditional_formatting.add("B4:B6", FormulaRule(formula=["$D4>$D$7"], font=Font(bold=True)))
    chart = BarChart()
    chart.title = "{{committee}}人数"
    chart.add_data(Reference(sheet, min_col=4, min_row=4, max_row=6))
    sheet.add_chart(chart, "F12")
    sums = book.create_sheet("汇总")
    sums["A1"], sums["A2"] = "=名册!D7", "=SUM(名册!D4:D6)"
    notes = book.create_sheet("说明")
    notes["B2"], notes["B2"].fill = "填表说明", PatternFill("solid", fgColor="FFFF0000")
    notes["A4"], notes["B4"] = "项", "值"
    notes.add_table(Table(displayName="说明表", ref="A4:B5"))
    notes.protection.sheet = True
    notes["A6"].protection = Protection(locked=False)
    book.defined_names["合计"] = DefinedName("合计", attr_text="名册!$D$7")
    book.save(file)
    return file


def rich(file: Path) -> Path:
    """The form with all parts."""
    parts = Parts.of(base(file))
    main = "application/vnd.openxmlformats-officedocument"
    parts.change(
        "[Content_Types].xml", "</Types>", '<Default Extension="bin" ContentType="application/octet-stream"/></Types>'
    )
    if 'Extension="png"' not in parts.text("[Content_Types].xml"):
        parts.change("[Content_Types].xml", "</Types>", '<Default Extension="png" ContentType="image/png"/></Types>')
    parts.change(
        SHEET, "<worksheet ", f'<worksheet xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" '
        f'xmlns:x14ac="{MS}/spreadsheetml/2009/9/ac" xmlns:r="{OFFICE}" ',
    )  # fmt: skip
    parts.change(SHEET, '<row r="4"', '<row x14ac:dyDescent="0.25" r="4"')
    parts.change(SHEET, "<legacyDrawing ", '<legacyDrawing xmlns:kept="urn:kept" kept:me="1" ')
    parts.change(SHEET, "</worksheet>", f'<legacyDrawingHF r:id="rIdHeader"/>{CONTROLS}{EXTENSIONS}</worksheet>')
    parts.add("xl/drawings/vmlHeader.vml", HEADER_PICTURE)
    parts.relate(SHEET, "vmlDrawing", "../drawings/vmlHeader.vml", "rIdHeader")
    parts.add("xl/media/logo.png", PIXEL)
    parts.relate("xl/drawings/vmlHeader.vml", "image", "../media/logo.png", "rId1")
    parts.add("xl/ctrlProps/ctrlProp1.xml", f'<formControlPr xmlns="{MS}/spreadsheetml/2009/9/main" objectType="CheckBox" fmlaLink="$E$7"/>',
              "application/vnd.ms-excel.controlproperties+xml")  # fmt: skip
    parts.relate(SHEET, "ctrlProp", "../ctrlProps/ctrlProp1.xml", "rIdControl")
    parts.change("xl/drawings/commentsDrawing1.vml", "</xml>", CONTROL_SHAPE)
    parts.add("xl/printerSettings/printerSettings1.bin", b"\x00printer\x01")
    parts.relate(SHEET, "printerSettings", "../printerSettings/printerSettings1.bin", "rIdPrinter")
    parts.add("xl/threadedComments/threadedComment1.xml", THREADS, "application/vnd.ms-excel.threadedcomments+xml")
    parts.relate(SHEET, f"{MS}/2017/10/relationships/threadedComment",
                 "../threadedComments/threadedComment1.xml", "rIdThread")  # fmt: skip
    parts.change("xl/drawings/drawing1.xml", "</wsDr>", f"{TEXT_BOX}</wsDr>")
    parts.add("xl/pivotCache/pivotCacheDefinition1.xml", CACHE, f"{main}.spreadsheetml.pivotCacheDefinition+xml")
    parts.relate("xl/workbook.xml", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml", "rIdCache")
    parts.change(
        "xl/workbook.xml",
        "</workbook>",
        f'<pivotCaches><pivotCache xmlns:r="{OFFICE}" cacheId="7" r:id="rIdCache"/></pivotCaches></workbook>',
    )
    parts.add("xl/pivotTables/pivotTable1.xml", PIVOT, f"{main}.spreadsheetml.pivotTable+xml")
    parts.relate("xl/worksheets/sheet3.xml", "pivotTable", "../pivotTables/pivotTable1.xml", "rIdPivot")
    parts.relate(
        "xl/pivotTables/pivotTable1.xml", "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml", "rId1"
    )
    parts.add("xl/externalLinks/externalLink1.xml", '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
              f"{main}.spreadsheetml.externalLink+xml")  # fmt: skip
    parts.relate("xl/workbook.xml", "externalLink", "externalLinks/externalLink1.xml", "rIdOther")
    parts.add("xl/calcChain.xml", '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="D7" i="1"/></calcChain>',
              f"{main}.spreadsheetml.calcChain+xml")  # fmt: skip
    parts.relate("xl/workbook.xml", "calcChain", "calcChain.xml", "rIdChain")
    parts.add("customXml/item1.xml", "<b:Sources xmlns:b='urn:b' SelectedStyle=''/>")
    parts.add("xl/theme/theme1.xml", parts["xl/theme/theme1.xml"].replace(b"</a:theme>", b"<!-- ours --></a:theme>"))
    return parts.save(file)
