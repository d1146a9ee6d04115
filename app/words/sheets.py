"""Words of the survey sheets, on paper and on the screen; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "sheets-reading": "正在读取住户",
    "sheets-setting": "正在排版登记表",
    "sheets-sending": "正在送往打印机",
    "sheets-done": "已生成 {households} 户、{pages} 页登记表，存为 {out}。",
    "sheets-made": "已生成登记表 {pages} 页：{households} 户 {persons} 人，编号 {code}。本次打印已留痕。",
    "sheets-made-doors": (
        "已生成登记表 {pages} 页：{households} 户 {persons} 人，另有 {doors} 间没有登记户，编号 {code}。本次打印已留痕。"
    ),
    "sheets-saved": "已存为 {out}。文件里有居民信息，用后请删除。",
    "sheets-printed": "已送往打印机，共 {pages} 页。",
    "sheets-nothing": "所选的地方还没有房屋，没有可印的登记表。请先导入花名册，或在“住户”里新增房屋。",
    "sheets-choose": "请说明要印哪个小区或哪些楼号；街道不能一次印所有居委会的登记表。",
    "sheets-type": "文件名必须是 .pdf，“{file}”不是。请换一个以 .pdf 结尾的文件名。",
    "sheets-unwritable": "无法写入“{file}”：文件可能正在别的软件中打开，或所在文件夹不可写。请关闭后再试，或换个地方存。",
    "sheets-printer": "打印机没有接受这份登记表。请检查打印机是否开机、有纸、已连接，然后再试。",
    "sheets-start": (
        "在左边勾选要走访的楼号，再点“生成登记表”。登记表按楼号分开，从顶楼往下排，每户一个二维码，"
        "电话只印出头尾几位，不印证件号码。"
    ),
    "sheets-no-places": "还没有小区和楼号，印不了登记表。请先导入一份花名册。",
    "sheets-not-allowed": "这个账号可以看走访，不能打印登记表。",
}
