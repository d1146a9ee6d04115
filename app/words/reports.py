"""Words about filling a superior's form; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "report-filling": "正在填写报表",
    "template-missing": "找不到模板文件“{file}”,请检查路径。",
    "template-type": (
        "“{file}”不是 .xlsx 工作簿(或带有打开密码、宏),请在 Excel 或 WPS 中另存为不加密的 .xlsx 后再试。"
    ),
    "template-damaged": "模板“{file}”已损坏,无法打开。请在 Excel 或 WPS 中打开并另存一份,或请发件单位重发。",
    "template-too-large": "模板“{file}”展开后过大({size} MB),为安全起见没有打开。请清理空白区域后再试。",
    "template-no-marks": (
        "模板“{file}”中没有 {{{{字段}}}} 标记,不知道往哪里填。"
        "请在要填的单元格写入如 {{{{name}}}} 的双花括号标记({{字段}} 和 {{.字段}} 是其他软件的标记,请改写)。"
    ),
    "mark-unknown": "工作表“{sheet}”单元格 {cell} 中的标记“{mark}”无法识别,请对照字段表改正,或删去。",
    "mark-in-formula": (
        "工作表“{sheet}”单元格 {cell} 的公式里有标记“{mark}”,公式里不能填数,请把标记移到单独的单元格。"
    ),
    "report-over-template": "输出文件与模板是同一个文件“{file}”,为保住模板,请换一个文件名。",
    "report-too-long": "记录共 {rows} 条,超出工作表“{sheet}”所能容纳的行数({limit} 行),请分批填报。",
    "report-unwritable": ("无法写入“{file}”:文件可能正在 Excel 或 WPS 中打开,或所在文件夹不可写。请关闭后再试。"),
}
