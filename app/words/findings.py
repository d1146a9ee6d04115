"""Words about what is wrong in a cell or a row: what it is, what it means, what stays."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "id-check-digit": "第 {row} 行：{column}末位对不上，可能抄错一位（{value}）。号码照原样保留，可在此修改。",
    "id-length": "第 {row} 行：{column}位数不对（{value}），身份证号应是 18 位或 15 位。照原样保留，可在此修改。",
    "id-letters": "第 {row} 行：{column}里有不该有的字（{value}）。照原样保留，可在此修改。",
    "id-date": "第 {row} 行：{column}里的出生日期不存在（{value}）。照原样保留，可在此修改。",
    "id-float-damaged": "第 {row} 行：{column}被表格软件当成数字，后几位已丢失，没有采用。请按原件补填。",
    "document-unknown": "第 {row} 行：{column}看不出是哪种证件（{value}）。照原样保留。",
    "phone-invalid": "第 {row} 行：{column}不像电话号码（{value}），没有采用。其余内容已保留。",
    "date-invalid": "第 {row} 行：{column}不是一个日期（{value}），没有采用。其余内容已保留。",
    "number-invalid": "第 {row} 行：{column}应是数字（{value}），没有采用。其余内容已保留。",
    "boolean-invalid": "第 {row} 行：{column}看不出是或否（{value}），没有采用。其余内容已保留。",
    "choice-unknown": "第 {row} 行：{column}里的“{value}”不在可选的说法里，没有采用。其余内容已保留。",
    "birth-differs": "第 {row} 行：出生日期与身份证号不一致，先按表里填写的保留，请核对。",
    "sex-differs": "第 {row} 行：性别与身份证号不一致，先按表里填写的保留，请核对。",
    "row-total": "第 {row} 行：是合计行，已跳过。",
    "row-no-name": "第 {row} 行：没有姓名，也没有房屋，无法使用，已退回。",
    "row-no-place": "第 {row} 行：没有写住在哪里（楼号、室号或地址），已退回。",
}
