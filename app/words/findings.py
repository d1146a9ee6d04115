"""Words about what is wrong in a cell or a row: what it is, what it means, what stays."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # identity papers
    "id-check-digit": "第 {row} 行：{column}末位对不上，可能抄错一位（{value}）。其余内容已保留，可在此修改。",
    "id-rounded": (
        "第 {row} 行：{column}末三位都是 0，多半是表格软件把号码当成了数字（{value}）。号码照原样保留，请按原件改正。"
    ),
    "id-float-damaged": (
        "第 {row} 行：{column}被表格软件当成了数字，末三位已丢失（{value}），没有采用。"
        "请按原件补填；以后可先把这一列设为“文本”格式。"
    ),
    "id-not-whole": "第 {row} 行：{column}不是完整的证件号码（{value}），没有采用。其余内容已保留，可在此补填。",
    "id-length": "第 {row} 行：{column}位数不对（{value}），身份证号应是 18 位或 15 位。号码照原样保留，可在此修改。",
    "id-letters": "第 {row} 行：{column}里有不该有的字（{value}）。号码照原样保留，可在此修改。",
    "id-date": "第 {row} 行：{column}里的出生日期不存在（{value}）。号码照原样保留，可在此修改。",
    "document-unknown": "第 {row} 行：{column}看不出是哪种证件（{value}）。号码照原样保留，可补填证件类型。",
    "birth-differs": "第 {row} 行：出生日期与证件号码里的不一致（{value}）。两处都照原样保留，请核对。",
    "sex-differs": "第 {row} 行：性别（{value}）与证件号码里的不一致。两处都照原样保留，请核对。",
    # cells
    "name-several": "第 {row} 行：姓名里像是不止一个人（{value}）。该行只写了户的内容时按几人分别登记；写有个人内容的已退回，请在原表中拆成几行。",
    "name-is-none": "第 {row} 行：姓名里写的“{value}”不是人名，没有登记人。有室号的只登记房屋，看不出房屋的已退回。",
    "as-above-unclear": "第 {row} 行：{column}里的“{value}”看不出指什么：姓名、证件不能照抄，上一行也须是人。这一格没有采用，请补填。",
    "note-of-nobody": "第 {row} 行：备注里有健康、证件等内容，但该行没有写人，这段备注没有登记。",
    "phone-invalid": "第 {row} 行：{column}不像电话号码（{value}），没有采用。其余内容已保留，可在此修改。",
    "date-invalid": "第 {row} 行：{column}不是一个可能的日期（{value}），没有采用。其余内容已保留，可在此修改。",
    "number-invalid": "第 {row} 行：{column}应是整数（{value}），没有采用。其余内容已保留，可在此修改。",
    "boolean-invalid": "第 {row} 行：{column}看不出是“是”还是“否”（{value}），没有采用。原话记在其他栏目里，可在此修改。",
    "choice-unknown": "第 {row} 行：{column}里的“{value}”不在可选的说法里，没有采用。原话记在其他栏目里，可在此修改。",
    "choice-other": "第 {row} 行：{column}里的“{value}”不在可选的说法里，记为“其他”。原话记在其他栏目里，可在此修改。",
    # places
    "place-became-date": (
        "第 {row} 行：{column}被表格软件改成了日期（{value}），看不出原来的门牌。请按原样改回，例如“3号2室”。"
    ),
    "place-differs": "第 {row} 行：{column}（{value}）与其他列写的门牌不一致，按单独的楼号、室号列登记，请核对。",
    "place-from-above": "第 {row} 行：没有写门牌，是上一行的家人，按上一行的 {value} 登记，请核对。",
    # rows and sheets
    "row-no-name": "第 {row} 行：没有姓名，也看不出是哪一间房屋，无法登记，已退回。",
    "row-no-place": "第 {row} 行：看不出住在哪里（{value}），已退回。请补上楼号、室号或地址后再导入。",
    "row-total": "第 {row} 行：是合计行（{value}），已跳过。",
    "row-example": "第 {row} 行：是填写示例（{value}），已跳过。",
    "row-signature": "第 {row} 行：是填表、审核等落款（{value}），这类行已跳过。",
    "row-footnote": "第 {row} 行：是表下的说明（{value}），这类行已跳过。",
    "text-broken": "文件中有 {count} 行含有损坏的字符（第 {lines} 行），已用“�”代替。请核对这些行后再导入。",
    "rows-hidden": "工作表“{sheet}”有 {count} 行被隐藏（第 {rows} 行），没有导入。需要时请选择“包括隐藏的行和工作表”。",
    "columns-hidden": "工作表“{sheet}”有 {count} 列被隐藏（{columns}），已一并读取，请核对。",
    "sheets-hidden": "隐藏的工作表 {sheets} 也像花名册，没有读。需要时请选择“包括隐藏的行和工作表”。",
    "tables-left-out": "工作表“{sheet}”里另有 {count} 个表（表头在第 {rows} 行），没有读；需要时请另选后再导入。",
    "macros-not-run": "文件里带有宏。这里只读单元格里的内容，宏不会运行。",
    "links-not-followed": "文件里有指向其他文件的链接。这里不去读那些文件，用的是上次保存时的值，可能已经旧了。",
    "formulas-not-calculated": (
        "工作表“{sheet}”有 {count} 个公式还没有算出结果（第一个在 {cell}），按空白读。"
        "请用 Excel 或 WPS 打开、保存一次，再导入。"
    ),
    "cells-with-errors": "工作表“{sheet}”有 {count} 个单元格是出错的值（如 #N/A，第一个在 {cell}），按空白读。请改正后再导入。",
    "sheets-left-out": "这次只读了工作表“{sheet}”。{sheets} 也像花名册，没有读；需要时请另选工作表再导入。",
}
