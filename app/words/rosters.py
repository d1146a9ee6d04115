"""Words about roster files that cannot be read, and about an import as a whole."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "file-missing": "找不到文件 {file}，可能已被移走或改名。请重新选择。",
    "file-empty": "文件“{file}”是空的，里面没有内容。请确认是否选对了文件。",
    "file-damaged": "文件“{file}”打不开，可能没有保存完整。请用 Excel 或 WPS 打开后另存一份再导入。",
    "file-unreadable": "文件 {file} 读不了：可能正被其他程序占用，或没有读取权限。请关闭后再试。",
    "file-web-page": "文件“{file}”其实是网页，不是真正的表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。",
    "file-encrypted": "文件“{file}”设了打开密码。请在 Excel 或 WPS 里去掉密码、另存一份再导入。",
    "file-too-large": "文件“{file}”展开后大得不正常，没有读取。请把花名册单独另存一份再导入。",
    "sheet-far-cell": "文件“{file}”的工作表一直用到单元格 {cell}，大得读不了，多半是那里有多余的内容。请删去空白处的行列，或分成几个文件再导入。",
    "file-type-unknown": "文件“{file}”不是表格。可以导入 .xlsx、.xls、.ods 和 .csv；其他格式请在 Excel 或 WPS 里另存为 .xlsx。",
    "sheet-unknown": "没有名为“{sheet}”的工作表。这个文件里有：{sheets}。",
    "sheet-empty": "文件“{file}”的工作表（{sheets}）里没有可读的内容。请确认是否选对了文件。",
    "sheet-no-header": "在“{file}”（{sheets}）的前 40 行里没有找到表头。花名册的表头至少要有“姓名”或“室号”，以及楼号、地址等列；列名不同时，可以在对应表里自己指定。",
    "sheet-no-people": "工作表“{sheet}”有表头，但没有一行能看出是谁、住在哪里。花名册要有“姓名”，并有“楼号、室号”或“地址”列，补上后再导入。",
    "mapping-unknown": "列“{title}”对应的字段“{field}”不存在。",
    "mapping-damaged": "列对应表 {file} 读不了，应是 JSON：列名对应字段。",
    "on-doubt-unknown": "拿不准的行只能待核（queue）、保留原值（keep）或采用新值（take）。",
    "plan-stale": "预览之后数据有了变化，结果会不一样。没有写入，请重新预览“{file}”。",
    "import-would": "共 {rows} 行：将新增 {new}、更新 {changed}、相同 {same}、待核 {doubtful}、退回 {rejected}。还没有写入。",
    "import-done": "共 {rows} 行：新增 {new}、更新 {changed}、相同 {same}、待核 {doubtful}、退回 {rejected}。批号 {batch}（可撤销）。",
    "findings-more": "……另有 {count} 个问题。",
    "roster-open": "正在打开文件",
    "roster-read": "正在读取各行",
    "roster-match": "正在与名册比对",
    "roster-write": "正在写入",
}
