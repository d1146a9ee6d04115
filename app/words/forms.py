"""Words for the superior's forms that are learned once."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "form-name": "请给这张表起个名字（不超过60个字，不含“/”）。",
    "form-nothing": "这份表里没有认出要填的地方。请确认第一行是栏目名称，或在表里写上标记（如 {{{{name}}}}）后再学。",
    "form-too-large": "“{file}”太大（{size} MB），不能作为报表模板保存。请删掉其中的图片或多余的工作表后再试。",
    "form-unknown": "没有叫“{name}”的报表。已保存的有：{known}。",
    "form-cell-invalid": "“{cell}”不是单元格地址，请写成 C5 这样的形式。",
    "form-texts-damaged": "“{file}”不是可用的对应表（JSON：工作表 → 单元格 → 填什么）。",
    "form-learned": "已学会“{name}”：{marks} 处要填。以后用“{name}”就能直接填报。",
    "form-proposed": "“{file}”共 {sheets} 个工作表，认出 {known} 处要填，{unknown} 处没认出（留空）。",
    "form-proposed-slot": "  {sheet} {cell}：{title} → {text}",
    "form-sheet-known": "认出 {known} 处要填（蓝色），{unknown} 处没认出（标“？”，会留空）；表里原有的 {emptied} 格旧内容保存时会清掉。点一处可以改。",
    "form-sheet-nothing": "这个工作表里没有认出要填的地方，会原样保留。",
    "form-remove-ask": "删除学过的报表“{name}”？以前填好的文件不受影响。",
    "report-preview-start": "先预览一遍：看看填出来是什么样子、数字对不对、每个数算了谁，再保存。",
    "report-preview-rows": "共 {rows} 行、{persons} 人",
    "report-preview-places": "共 {rows} 行",
    "report-breakers": "让数字对不上的 {count} 人，请逐个核对。",
    "report-behind-hint": "点表里蓝色的数字或内容，可以查看这一格算了谁（查看会留痕）。",
    "report-behind": "“{mark}”共 {count} 条。{basis}",
    "report-until-hint": "现在；也可写 16:00 或 2020-05-25 16:00",
    "form-keeping": "正在保存报表",
    "form-not-understood": "（没认出，留空）",
    "form-list-line": "{name}（来自 {file}，{by} {learned_at} 学的）",
    "form-none": "还没有学过报表。用 form learn 学一张上级的表，以后一步填好。",
    "form-removed": "已删除报表“{name}”。以前填好的文件不受影响。",
    "form-exported": "已把“{name}”连同标记存到 {out}。",
}
