"""Words for the superior's forms that are learned once."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "form-name": "请给这张表起个名字（不超过60个字，不含“/”）。",
    "form-nothing": "这份表里没有认出要填的地方。请确认第一行是栏目名称，或在表里写上标记（如 {{{{name}}}}）后再学。",
    "form-too-large": "“{file}”太大（{size} MB），不能作为报表模板保存。请删掉其中的图片或多余的工作表后再试。",
    "form-unknown": "没有叫“{name}”的报表。已保存的有：{known}。",
    "form-locked": (
        "“{file}”要填的单元格都被保护锁定了（{cells}），本程序不会解除保护。请上级把这些单元格设为可编辑，或发一份未保护的表，再来学。"
    ),
    "form-note-locked": "工作表“{sheet}”要填的单元格被保护锁定（{cells}），不会填写；请上级解除锁定后重新学。",
    "form-note-second-list": (
        "工作表“{sheet}”还有一张名单（{cells}：{about}），一个工作表只能填一张名单，这一张保持原样；请把它移到单独的工作表后再学。"
    ),
    "form-note-sideways": "工作表“{sheet}”的 {cells}（{about}）是向右延伸的名单，无法填写，保持原样。",
    "form-note-page": "工作表“{sheet}”第 {cells} 行是下一页重复的表头和空行，名单从第一页接着往下填，这几行留空，打印前可以删去。",
    "form-note-other-committee": "工作表“{sheet}”是其他居委会的，保持原样。",
    "form-note-list-of-committee": (
        "工作表“{sheet}”是“{about}”的名单，保持原样；一次填报只能有一种人员范围，请把这一页单独存成一张表，再按居委会填。"
    ),
    "form-none-yet": "（还没有）",
    "form-cell-invalid": "“{cell}”不是单元格地址，请写成 C5 这样的形式。",
    "form-texts-damaged": "“{file}”不是可用的对应表（JSON：工作表 → 单元格 → 填什么）。",
    "form-learned": "已学会“{name}”：{marks} 处要填。以后用“{name}”就能直接填报。",
    "form-proposed": "“{file}”共 {sheets} 个工作表，认出 {known} 处要填，{unknown} 处没认出（留空）。",
    "form-proposed-slot": "  {sheet} {cell}：{title} → {text}",
    "form-sheet-known": "认出 {known} 处要填（蓝色），{unknown} 处没认出（标“？”，会留空）。点一处可以改，双击别的格子可以加一处。",
    "form-sheet-emptied": "划掉的 {emptied} 格是以前填的内容，保存时会清掉。",
    "form-sort-usual": "按小区、楼号、室号",
    "form-until-hint": "现在，或 16:00",
    "form-sheet-nothing": "这个工作表里没有认出要填的地方，会原样保留。",
    "form-remove-ask": "删除学过的报表“{name}”？以前填好的文件不受影响。",
    "report-preview-start": "保存之前先预览一遍：\n看看填出来的样子、数字对不对、每个数算了谁。",
    "report-preview-rows": "共 {rows} 行、{persons} 人",
    "report-preview-places": "共 {rows} 行",
    "report-breakers": "让数字对不上的 {count} 人，请逐个核对。",
    "report-behind-hint": "点表里蓝色的数字或内容，可以查看这一格算了谁（查看会留痕）。",
    "report-behind": "“{mark}”共 {count} 条。{basis}",
    "report-behind-row": "“{mark}”取自这一行的记录（{unit}）。",
    "report-behind-once": "“{mark}”整张表填一次，不是数出来的，没有名单。",
    "form-formula": "（公式）",
    "form-emptied": "“{text}”是以前填的内容，保存时会清掉。双击可以改为保留。",
    "form-unrecognised": "没有认出要填什么，会留空",
    "report-until-hint": "现在（也可写 16:00）",
    "form-where": "自带范围：{text}",
    "form-sort": "排序：{text}",
    "form-until": "统计时点：{text}",
    "form-own-mark": "可以写字段名（如 姓名），也可以写带条件的人数（如 实有人口:年龄>=80,性别=女）：",
    "form-keeping": "正在保存报表",
    "form-not-understood": "（没认出，留空）",
    "form-list-line": "{name}（来自 {file}，{by} {learned_at} 学的）",
    "form-none": "还没有学过报表。用 form learn 学一张上级的表，以后一步填好。",
    "form-removed": "已删除报表“{name}”。以前填好的文件不受影响。",
    "form-exported": "已把“{name}”连同标记存到 {out}。",
}
