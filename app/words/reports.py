"""Words about filling a superior's form; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "report-filling": "正在填写报表",
    "template-missing": "找不到模板文件“{file}”，请检查路径。",
    "template-type": (
        "“{file}”不是 .xlsx 工作簿（或带有打开密码、宏），请在 Excel 或 WPS 中另存为不加密的 .xlsx 后再试。"
    ),
    "template-damaged": "模板“{file}”已损坏，无法打开。请在 Excel 或 WPS 中打开并另存一份，或请发件单位重发。",
    "template-too-large": "模板“{file}”展开后过大（{size} MB），为安全起见没有打开。请清理空白区域后再试。",
    "template-no-marks": (
        "模板“{file}”中没有 {{{{字段}}}} 标记，不知道往哪里填。"
        "请在要填的单元格写入如 {{{{name}}}} 的双花括号标记（{{字段}} 和 {{.字段}} 是其他软件的标记，请改写）。"
    ),
    "mark-unknown": (
        "工作表“{sheet}”单元格 {cell} 中的标记“{mark}”无法识别，请对照字段表改正，或删去。与它最接近的标记：{near}"
    ),
    "mark-in-formula": (
        "工作表“{sheet}”单元格 {cell} 的公式里有标记“{mark}”，公式里不能填数，请把标记移到单独的单元格。"
    ),
    "report-over-template": "输出文件与模板是同一个文件“{file}”，为保住模板，请换一个文件名。",
    "report-too-long": "记录共 {rows} 条，超出工作表“{sheet}”所能容纳的行数（{limit} 行），请分批填报。",
    "unit-unknown": "没有“{unit}”这种行。每行可以是：{known}。",
    "condition-unknown": "工作表“{sheet}”单元格 {cell} 的标记“{mark}”里没有“{field}”这个字段。与它最接近的是：{near}",
    "condition-invalid": "条件“{text}”看不懂{mark}。请写成 性别=女、年龄>=60、姓名含王 这样的样子。",
    "condition-masked": "条件用到“{fields}”，不选用途就只能比对打码后的内容，查不到人。请先选择用途，或去掉这个条件。",
    "preview-unreadable": "表格“{file}”可以填写，但无法在这里预览。请直接生成文件，用 Excel 或 WPS 查看。",
    "cutoff-invalid": "统计时点“{value}”看不懂，请写成 2020-05-25 16:00 或 16:00。",
    "cell-empty": "工作表“{sheet}”的单元格 {cell} 不是由本程序填写的，没有可以查看的记录。",
    "report-none": "无",
    "form-note-hidden-people": "隐藏的工作表“{about}”里有居民的姓名或号码，学表时会清空；确实要用的，请选择保留。",
    "form-note-hidden-needed": "隐藏的工作表“{about}”里有居民的姓名或号码，但下拉选项要用它，所以保留（号码会清掉），请核对。",
    "form-note-people": "工作表“{sheet}”的 {cells}（共 {about} 格）像是以前填的姓名、证件号码或手机号，学表时会清掉号码和旁边的姓名，请核对。",
    "form-note-comment-people": "工作表“{sheet}”的 {cells} 的批注里有证件号码或手机号，学表时会清空这些批注，请核对。",
    "shares-kind-form": "学过的报表",
    "report-zero": "零报告",
    "report-corrected": "更正",
    "report-old": "数据陈旧",
    "report-no-data": "未收到数据",
    "report-balanced": "昨日在管 {昨日在管} + 新增 {今日新增} − 解除 {解除} − 转出 {转出} = 今日在管 {今日在管}，平衡。",
    "report-unbalanced": (
        "昨日在管 {昨日在管} + 新增 {今日新增} − 解除 {解除} − 转出 {转出} 与今日在管 {今日在管} 不平衡，请核对以下 {count} 人：{names}"
    ),
    "report-cancelling": "数字平衡，但其中 {count} 人一增一减相抵，请核对：{names}",
    "report-breaker": "{name}（{path}）：{reason}",
    "balance-late": "补录，开始日期早于今日",
    "balance-deleted": "昨日在管，今日已删除",
    "balance-start-changed": "开始日期改过",
    "balance-reopened": "已结束后又恢复在管",
    "balance-unseen": "结束前从未列入在管",
    "balance-late-end": "结束日期早于今日，今日才登记",
    "balance-moved-in": "由外居委会迁入",
    "balance-left-out": "昨日符合统计条件，今日资料有变，不再符合",
    "balance-let-in": "昨日不符合统计条件，今日资料有变，符合了",
    "balance-person-removed": "昨日在管，今日居民已从名单中删除",
    "report-double": "以下 {count} 人各有多条在管记录，均按一人计，请核对：{names}",
    "balance-other": "原因不明",
    "report-basis": "口径：{rule}",
    "report-as-known": "按 {at} 前已登记的资料统计，其后新增、修改、删除的不计",
    "report-merged-since": "其后合并或拆分的居民有 {count} 对，按现在的样子计，无法还原",
    "report-erased-since": "其中 {count} 条记录的内容已按规定清除，无法还原",
    "report-was-zero": "本次为零报告。",
    "report-suppressed": "有 {count} 个小于 5 或可由合计推出的数字未显示，其余按 5 取整。",
    "report-old-data": "以下居委会的数据陈旧或未收到：{names}",
    "report-template-missing": "请写上模板文件、随附表的名称或学过的报表名，也可用 --form 指定学过的报表。",
    "report-out-missing": "请用 --out 指定要保存的文件，或用 --preview 只预览。",
    "report-previewed": "共 {rows} 行，预览未保存。",
    "report-unwritable": ("无法写入“{file}”：文件可能正在 Excel 或 WPS 中打开，或所在文件夹不可写。请关闭后再试。"),
}
