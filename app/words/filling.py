"""Words about writing into a workbook that stays as it came; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "report-signed": "“{file}”带有数字签名，一改签名就失效，所以没有填写。请发件单位另发一份未签名的表。",
    "report-protected-rows": (
        "工作表“{sheet}”设有保护，不允许插入行，而记录比表里的空行多。请上级解除保护，或改用行数足够的表。"
    ),
    "report-pivot-moves": "工作表“{sheet}”的数据透视表“{name}”与要填的行重叠，插入行会把它弄坏。请把它移到别处或别的工作表。",
    "cell-locked": "工作表“{sheet}”的单元格 {cell} 已被锁定，不能填写。请上级解除保护，或换一列填写。",
    "cell-formula": "工作表“{sheet}”的单元格 {cell} 是公式，没有改动它。请换一列填写。",
    "cell-merged": "工作表“{sheet}”的单元格 {cell} 被合并在 {area} 里，填了也看不见。请先取消合并，或换一列填写。",
}
