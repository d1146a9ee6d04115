"""Nasty cells: dates, papers, phones, rooms, names and what programs make of them.

Longer than most files: it is a list of cases, one nasty thing each.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.domain.documents import check_digit
from tests.exchange.nasty_case import GOOD, HEAD, PAPERS, TODAY, born, mobile, nasty, people, save, sheet_of, who
from tests.exchange.rawbooks import package, text_cells

BIRTH = ["出生日期"]
PAPER = ["身份证号"]
PHONE = ["联系电话"]
BORN = born("1958-03-12")
WITH_X = next(n for k in range(1000) if (n := (f := f"31011519580312{k:03d}") + check_digit(f)).endswith("X") and k % 2)


# ---------------------------------------------------------------- dates


@nasty(rows=[who(**BORN)])
def dates_counted_from_1904(path: Path) -> None:
    sheet = sheet_of([[*HEAD, *BIRTH], [1, 101, "张三"]])
    sheet.parent.epoch = CALENDAR_MAC_1904
    sheet["D2"] = date(1958, 3, 12)
    save(sheet, path)


@nasty(rows=[who(**BORN)] * 6)
def dates_as_text(path: Path) -> None:
    people(
        path, BIRTH, *([t] for t in ("1958-3-12", "1958/03/12", "1958.3.12", "19580312", "1958 3 12", "12-Mar-1958"))
    )


@nasty(rows=[who(**BORN)] * 3)
def dates_in_chinese_digits(path: Path) -> None:
    people(path, BIRTH, ["一九五八年三月十二日"], ["一九五八年三月十二"], ["一九五八・三・十二"])


@nasty(rows=[who(**born("1958-03-20")), who(**born("1958-10-31")), who(**born("1958-12-21"))])
def dates_with_chinese_tens(path: Path) -> None:
    people(path, BIRTH, ["一九五八年三月廿日"], ["一九五八年十月卅一日"], ["一九五八年十二月廿一日"])


@nasty(rows=[who(birth_date="1958-03", birth_year=1958)] * 4)
def dates_without_a_day(path: Path) -> None:
    people(path, BIRTH, ["1958年3月"], ["1958.03"], ["195803"], ["一九五八年三月"])


@nasty(rows=[who(birth_date="1958", birth_year=1958)] * 3)
def dates_of_a_year_only(path: Path) -> None:
    people(path, BIRTH, ["1958年"], [1958], ["一九五八年"])


@nasty(rows=[who(**BORN)] * 2)
def dates_as_bare_serials(path: Path) -> None:
    people(path, BIRTH, [21256], ["21256"])


@nasty(rows=[who(**BORN)])
def dates_as_numbers_of_eight_digits(path: Path) -> None:
    people(path, BIRTH, [19580312])


@nasty(rows=[who(**BORN), who(**born("2012-03-05"))])
def dates_with_two_digit_years(path: Path) -> None:
    people(path, BIRTH, ["58.3.12"], ["12年3月5日"])


@nasty(rows=[who(arrived_on="2020-03-05"), who(arrived_on="2019-12-30")])
def arrivals_without_a_year(path: Path) -> None:
    people(path, ["返沪日期"], ["3月5日"], ["12.30"])


@nasty(rows=[who()], findings=["date-invalid"])
def birth_without_a_year(path: Path) -> None:
    people(path, BIRTH, ["3月5日"])


@nasty(rows=[who(**born("1896-07-08")), who(**born("1899-12-31"))])
def births_before_1900(path: Path) -> None:
    people(path, BIRTH, ["1896-7-8"], ["1899年12月31日"])


@nasty(rows=[who()] * 3, findings=["date-invalid"] * 3)
def days_that_never_were(path: Path) -> None:
    people(path, BIRTH, ["1958-2-30"], ["2019年2月29日"], ["1958-13-1"])


@nasty(rows=[who()], findings=["date-invalid"])
def birth_in_the_future(path: Path) -> None:
    people(path, BIRTH, ["2020-05-26"])


@nasty(rows=[who()] * 2, findings=["date-invalid"] * 2)
def births_by_the_lunar_calendar(path: Path) -> None:
    people(path, BIRTH, ["农历1958年正月初三"], ["阴历一九五八年三月十二"])


# ---------------------------------------------------------------- identity papers


@nasty(rows=[who(documents=[{"type": "身份证", "number": "310115580312124"}], **BORN, sex="女")])
def id_number_of_fifteen_digits(path: Path) -> None:
    people(path, PAPER, ["310115580312124"])


@nasty(rows=[who()], findings=["id-float-damaged"])
def id_number_in_scientific_notation_as_text(path: Path) -> None:
    people(path, PAPER, ["3.10115E+17"])


@nasty(rows=[who()], findings=["id-float-damaged"])
def id_number_in_scientific_notation_as_number(path: Path) -> None:
    people(path, PAPER, [3.10115e17])


@nasty(rows=[who(**BORN), who(), who()], findings=["id-float-damaged"] * 3)
def id_number_in_scientific_notation_of_other_programs(path: Path) -> None:
    people(path, PAPER, ["3.10115195803121E17"], ["3.101151958e+17"], ["３．１０１１５Ｅ＋１７"])


@nasty(rows=[who()], findings=["id-float-damaged"])
def id_number_cut_within_the_birth_date(path: Path) -> None:
    people(path, PAPER, ["3.101151958031E+17"])


@nasty(rows=[who(**BORN)], findings=["id-float-damaged"])
def id_number_as_number_of_fifteen_true_digits(path: Path) -> None:
    people(path, PAPER, [310115195803120000])


@nasty(rows=[who(documents=[{"type": "身份证", "number": "310115195803120000"}], **BORN)], findings=["id-rounded"])
def id_number_as_text_with_zeros_at_the_end(path: Path) -> None:
    people(path, PAPER, ["310115195803120000"])


@nasty(rows=[who(**{**PAPERS, "documents": [{"type": "身份证", "number": WITH_X}]})])
def id_number_with_a_small_x(path: Path) -> None:
    people(path, PAPER, [WITH_X.lower()])


@nasty(rows=[who(**PAPERS)] * 2)
def id_number_with_blanks(path: Path) -> None:
    people(path, PAPER, [f" {GOOD[:6]} {GOOD[6:14]} {GOOD[14:]} "], [f"{GOOD}\u00a0\t"])


@nasty(rows=[who(**PAPERS), who(documents=[{"type": "身份证", "number": "310115580312123"}], **BORN, sex="男")])
def id_number_with_a_decimal_behind_it(path: Path) -> None:
    people(path, PAPER, [f"{GOOD}.0"], ["310115580312123.0"])


@nasty(rows=[who(documents=[{"type": "身份证", "number": "310115580312123"}], **BORN, sex="男")])
def id_number_of_fifteen_digits_as_a_number(path: Path) -> None:
    people(path, PAPER, [310115580312123])


@nasty(rows=[who(**PAPERS)])
def id_number_full_width(path: Path) -> None:
    people(path, PAPER, ["".join(chr(ord(c) + 0xFEE0) for c in GOOD)])


@nasty(rows=[who(**PAPERS)] * 2)
def id_number_with_an_apostrophe(path: Path) -> None:
    people(path, PAPER, [f"'{GOOD}"], [f"‘{GOOD}"])


@nasty(rows=[who(**PAPERS)] * 2)
def id_number_with_zero_width_characters(path: Path) -> None:
    people(path, PAPER, [f"\u200b{GOOD}"], [f"{GOOD[:9]}\u202c\ufeff{GOOD[9:]}"])


@nasty(
    rows=[who(documents=[{"type": "身份证", "number": GOOD[:17] + "Y"}])],
    findings=["id-letters"],
)
def id_number_with_a_letter(path: Path) -> None:
    people(path, PAPER, [GOOD[:17] + "Y"])


@nasty(
    rows=[who(documents=[{"type": "身份证", "number": GOOD[:17] + str((int(GOOD[17], 11) + 1) % 10)}], **BORN)],
    findings=["id-check-digit"],
)
def id_number_with_a_wrong_check_digit(path: Path) -> None:
    people(path, PAPER, [GOOD[:17] + str((int(GOOD[17], 11) + 1) % 10)])


@nasty(rows=[who(documents=[{"type": "身份证", "number": GOOD[:17]}])], findings=["id-length"])
def id_number_one_digit_short(path: Path) -> None:
    people(path, PAPER, [GOOD[:17]])


@nasty(rows=[who("SMITH JOHN", documents=[{"type": "护照", "number": "E12345678"}])])
def passport_in_the_column_of_id_numbers(path: Path) -> None:
    save(sheet_of([[*HEAD, *PAPER], [1, 101, "Smith  John", "E12345678"]]), path)


@nasty(rows=[who(**{**PAPERS, "sex": "女"})], findings=["sex-differs"])
def sex_that_contradicts_the_id_number(path: Path) -> None:
    people(path, [*PAPER, "性别"], [GOOD, "女"])


# ---------------------------------------------------------------- phones


@nasty(rows=[who(phones=[mobile()])])
def phone_as_number(path: Path) -> None:
    people(path, PHONE, [13812345678.0])


@nasty(rows=[who(phones=[mobile()])] * 3)
def phone_with_country_code(path: Path) -> None:
    people(path, PHONE, ["+86 138-1234-5678"], ["8613812345678"], ["(+86)13812345678"])


@nasty(rows=[who(phones=[{"number": "58881234转801", "kind": "固话"}])] * 4)
def phone_with_an_extension(path: Path) -> None:
    people(path, PHONE, ["021-58881234-801"], ["58881234转801"], ["58881234 分机801"], ["58881234（转801）"])


@nasty(rows=[who(phones=[mobile(), mobile("13912345678")])] * 4)
def two_phones_in_a_cell(path: Path) -> None:
    both = ("13812345678/13912345678", "13812345678、13912345678", "13812345678\n13912345678", "1381234567813912345678")
    people(path, PHONE, *([text] for text in both))


@nasty(rows=[who(phones=[{"number": "58881234", "kind": "固话"}])] * 2)
def landline_without_area_code(path: Path) -> None:
    people(path, PHONE, [58881234], ["5888-1234"])


@nasty(rows=[who(phones=[mobile()])])
def phone_in_scientific_notation(path: Path) -> None:
    people(path, PHONE, ["1.3812345678E+10"])


@nasty(rows=[who()], findings=["phone-invalid"])
def phone_in_scientific_notation_cut(path: Path) -> None:
    people(path, PHONE, ["1.38123E+10"])


@nasty(rows=[who()], findings=["phone-invalid"])
def phone_one_digit_short(path: Path) -> None:
    people(path, PHONE, ["1381234567"])


@nasty(rows=[who(phones=[mobile()])] * 3)
def phone_with_unseen_characters(path: Path) -> None:
    people(path, PHONE, ["\u202d13812345678\u202c"], ["138\u200b12345678"], ["138\u00a01234\u00a05678"])


@nasty(rows=[who(phones=[mobile(owner="李四", relation="女儿")])])
def phone_of_a_daughter(path: Path) -> None:
    people(path, PHONE, ["13812345678（女儿 李四）"])


# ---------------------------------------------------------------- places


@nasty(rows=[who("李四")], findings=["place-became-date", "row-no-place"])
def room_that_became_a_date(path: Path) -> None:
    sheet = sheet_of([HEAD, [1, 101, "李四"], ["", "", "张三"]])
    sheet["B3"] = date(2020, 3, 2)
    save(sheet, path)


@nasty(".csv", rows=[who("李四")], findings=["place-became-date", "row-no-place"] * 3)
def room_that_became_a_date_in_text(path: Path) -> None:
    path.write_text("楼号,室号,姓名\n1,101,李四\n,2-Mar,张三\n,3月2日,王五\n1,Mar-02,赵六\n", "utf-8-sig")


@nasty(rows=[who(room="302")] * 2)
def room_with_leading_zeros(path: Path) -> None:
    sheet = sheet_of([HEAD, [1, 302, "张三"], [1, "0302", "张三"]])
    sheet["B2"].number_format = "0000"
    save(sheet, path)


@nasty(rows=[who(room="302")] * 2)
def room_in_chinese_digits(path: Path) -> None:
    save(sheet_of([HEAD, ["一号", "三〇二室", "张三"], ["一号", "三零二", "张三"]]), path)


@nasty(rows=[who(room="302", building="12号")])
def door_full_width(path: Path) -> None:
    save(sheet_of([HEAD, ["１２号", "３０２室", "张三"]]), path)


@nasty(rows=[who(room="302")])
def door_with_unseen_characters(path: Path) -> None:
    save(sheet_of([HEAD, ["1\u200b号", "\u00a0302\u00a0\ufeff", "张三"]]), path)


@nasty(rows=[who(floor=-1)] * 3)
def negative_numbers_as_text(path: Path) -> None:
    people(path, ["楼层"], ["-1"], ["－1"], ["负一层"])


# ---------------------------------------------------------------- names


@nasty(rows=[who()] * 3)
def name_with_blanks_that_are_none(path: Path) -> None:
    save(sheet_of([HEAD, [1, 101, "张\u3000三"], [1, 101, "张\u200b三\u00a0"], [1, 101, "\ufeff张三\u200e"]]), path)


@nasty(rows=[who("张\ue863三")])
def name_with_a_private_use_character(path: Path) -> None:
    save(sheet_of([HEAD, [1, 101, "张\ue863三"]]), path)


@nasty(rows=[who("𠮷永𬭩")])
def name_beyond_the_basic_plane(path: Path) -> None:
    save(sheet_of([HEAD, [1, 101, "𠮷永𬭩"]]), path)


@nasty(rows=[who("张三🌸", note="👨‍👩‍👧 三口")])
def emoji(path: Path) -> None:
    save(sheet_of([[*HEAD, "备注"], [1, 101, "张三🌸", "👨‍👩‍👧 三口"]]), path)


@nasty(rows=[who("SMITH, JOHN"), who("O'BRIEN MARY-ANN"), who("MÜLLER")])
def names_as_in_passports(path: Path) -> None:
    save(sheet_of([HEAD, [1, 101, "Smith, John"], [1, 101, "O’Brien  Mary-Ann"], [1, 101, "Müller"]]), path)


@nasty(rows=[who("阿不都·热合曼")] * 6)
def names_with_other_middle_dots(path: Path) -> None:
    save(sheet_of([HEAD, *([1, 101, f"阿不都{dot}热合曼"] for dot in "·•・．⋅᛫")]), path)


@nasty(rows=[who()])
def name_with_an_apostrophe_before_it(path: Path) -> None:
    save(sheet_of([HEAD, [1, 101, "'张三"]]), path)


@nasty(rows=[who("张三"), who("李四")], findings=["name-several"])
def two_names_in_a_cell(path: Path) -> None:
    save(sheet_of([HEAD, [1, 101, "张三、李四"]]), path)


# ---------------------------------------------------------------- yes, no and other words


@nasty(rows=[who(party_member=True), who(party_member=False)])
def booleans_for_the_party(path: Path) -> None:
    people(path, ["是否党员"], [True], [False])


@nasty(rows=[who(sex="男"), who(sex="女"), who(sex="女")])
def sex_as_a_number(path: Path) -> None:
    people(path, ["性别"], [1], [2], ["2-女"])


@nasty(rows=[who()] * 4)
def words_for_nothing(path: Path) -> None:
    people(path, ["备注"], ["/"], ["无"], ["——"], [" - "])


# ---------------------------------------------------------------- what programs make of cells


@nasty(rows=[who(note="一 二")])
def carriage_return_written_out(path: Path) -> None:
    people(path, ["备注"], ["一_x000D_\n二_x000D_"])


@nasty(rows=[who("张三")])
def rich_text(path: Path) -> None:
    sheet = sheet_of([HEAD, [1, 101]])
    sheet["C2"] = CellRichText(TextBlock(InlineFont(b=True), "张"), TextBlock(InlineFont(color="FF0000"), "三"))
    save(sheet, path)


@nasty(rows=[who(phones=[mobile()])])
def text_marked_with_an_apostrophe(path: Path) -> None:
    sheet = sheet_of([[*HEAD, *PHONE], [1, 101, "张三", "13812345678"]])
    for cell in sheet[2]:
        cell.quotePrefix = True  # type: ignore[union-attr]
    save(sheet, path)


@nasty(rows=[who(note="=1+1"), who(note="@王某"), who(note="-5")])
def formulas_as_text(path: Path) -> None:
    people(path, ["备注"], ["=1+1"], ["@王某"], ["-5"])


@nasty(rows=[who(note="长" * 40_000)])
def very_long_cell(path: Path) -> None:
    package(path, text_cells(1, [*HEAD, "备注"]) + text_cells(2, [1, 101, "张三", "长" * 40_000]))


def _with_cell(path: Path, cell: str, **more: str) -> None:
    """D2 is written as it is told, in a column 备注."""
    row = text_cells(2, [1, 101, "张三"]).replace("</row>", f"{cell}</row>")
    package(path, text_cells(1, [*HEAD, "备注"]) + row, **more)  # type: ignore[arg-type]


@nasty(rows=[who(note="王五")])
def value_of_a_formula(path: Path) -> None:
    _with_cell(path, '<c r="D2" t="str"><f>VLOOKUP(C2,A:C,1)</f><v>王五</v></c>')


@nasty(rows=[who()], findings=["formulas-not-calculated"])
def formula_never_calculated(path: Path) -> None:
    _with_cell(path, '<c r="D2"><f>VLOOKUP(C2,A:C,1)</f></c>')


@nasty(rows=[who()], findings=["formulas-not-calculated"])
def formula_with_an_empty_value(path: Path) -> None:
    _with_cell(path, '<c r="D2"><f>VLOOKUP(C2,A:C,1)</f><v></v></c>')


@nasty(rows=[who()], findings=["cells-with-errors"])
def error_cell(path: Path) -> None:
    _with_cell(path, '<c r="D2" t="e"><v>#N/A</v></c>')


@nasty(rows=[who()], findings=["cells-with-errors"])
def formula_that_gave_an_error(path: Path) -> None:
    _with_cell(path, '<c r="D2" t="e"><f>#REF!+1</f><v>#REF!</v></c>')


@nasty(rows=[who()] * 3)
def errors_as_text(path: Path) -> None:
    people(path, ["备注"], ["#N/A"], ["#REF!"], ["#VALUE!"])


@nasty(rows=[who(note="张三")])
def phonetic_guide_of_a_shared_string(path: Path) -> None:
    guide = '<si><r><t>张</t></r><r><t>三</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh><phoneticPr fontId="1"/></si>'
    _with_cell(path, '<c r="D2" t="s"><v>0</v></c>', shared=guide)


@nasty(rows=[who(note="张三")])
def phonetic_guide_of_an_inline_string(path: Path) -> None:
    _with_cell(path, '<c r="D2" t="inlineStr"><is><t>张三</t><rPh sb="0" eb="1"><t>zhang</t></rPh></is></c>')


@nasty(rows=[who(note="一 二")])
def entity_for_a_line_break(path: Path) -> None:
    _with_cell(path, '<c r="D2" t="inlineStr"><is><t>一&#10;二</t></is></c>')


@nasty(rows=[who(note="2020-03-05")])
def date_cell_in_a_text_column(path: Path) -> None:
    _with_cell(path, '<c r="D2" t="d"><v>2020-03-05</v></c>')


assert TODAY.year == 2020  # arrivals_without_a_year counts from it
