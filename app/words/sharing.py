"""Words about rights, purposes, what was shared, reviews, the resident's own view and extracts; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "field-all": "登记的全部内容",
    "not-assigned": (
        "这位居民不在你负责的楼号或隔离个案里，敏感信息没有打开，这次请求已留痕。"
        "确有需要时，请找书记或主任把楼号分给你，或由他们查看。"
    ),
    "not-assigned-list": (
        "名单里有 {count} 人不在你负责的楼号或隔离个案里，敏感信息没有导出，这次请求已留痕。"
        "请缩小人员范围，或请书记、主任导出。"
    ),
    "second-not-allowed": "“{name}”没有导出敏感信息的权限，不能做第二个确认人。请换一位书记、主任或社工。",
    "second-self": "第二个确认人须是另一个账号，由本人输入密码。",
    "second-always": "这份摘录含敏感信息，要交到居委会和街道之外，需要第二个人用自己的密码确认。",
    "looking-for": "用途",
    # what was shared
    "shares-title": "{name} 信息共享台账",
    "shares-period": "期间：{since} 至 {until}",
    "shares-begin": "最初",
    "shares-maker": "制表：{name}　{at}　共 {count} 条",
    "shares-practice": "演练数据，非真实情况",
    "shares-columns": "序号|时间|类别|经办人|第二人|去向|文件|字段|人数|敏感|用途",
    "shares-sensitive": "含敏感",
    "shares-paper": "本机打印",
    "shares-file": "本机文件",
    "shares-auditor": "审计",
    "shares-kind-bundle": "数据包",
    "shares-kind-report": "报表",
    "shares-kind-sheets": "登记表",
    "shares-kind-map": "地图",
    "shares-kind-extract": "摘录",
    "shares-kind-disclosure": "本人查询",
    "shares-kind-shares": "共享台账",
    "shares-kind-file": "文件",
    "shares-type": "共享台账只能存为 .xlsx 文件，“{file}”不是。",
    "shares-done": "共享台账 {rows} 条，存为 {out}。",
    "shares-none": "这段时间没有数据离开本机。",
    "day-invalid": "日期“{value}”看不懂，请写成 2020-05-25 的样子。",
    "field-path": "地址",
    "field-age": "年龄",
    "field-situation": "人户情况",
    "field-class": "人员类别",
    # reviews
    "reviews-heading": "敏感信息导出，待你过目",
    "reviews-hint": "一个人单独导出的含敏感信息的名单，请在 24 小时内看过。觉得不妥，请当面问经办人，并告诉街道。",
    "review-said": "{at}　{account}　{kind}“{what}”　{persons} 人：{fields}　用途：{purpose}",
    "review-own": "这是你自己导出的名单，请另一位书记或主任过目。",
    "review-unknown": "没有这条待过目的导出，可能已经看过了。",
    "review-done": "已阅，并已留痕。",
    "review-overdue": "已超过 24 小时",
    # the resident's own view
    "disclose-button": "本人查询",
    "disclose-save": "本人查询另存为",
    "disclose-title": "个人信息查询结果",
    "disclose-work": "正在汇总这位居民的信息",
    "disclose-done": "已生成 {pages} 页，存为 {out}。交给本人前请核对身份；文件含敏感信息，交付后请删除。",
    "disclose-type": "本人查询只能存为 .pdf 文件，“{file}”不是。",
    "disclose-law": "依据《中华人民共和国个人信息保护法》第四十四条至第四十七条，应本人请求制作。",
    "disclose-no-source": "录入",
    "disclose-am": "上午",
    "disclose-pm": "下午",
    "disclose-before": "{title}原为 {value}",
    "reviews-more": "另有 {count} 条，看过上面的以后显示。",
    "disclose-other": "另有 {count} 行名册内容与您疑似同一人、尚未核实，核实前不列出。",
    "disclose-own": "本人",
    "disclose-mend": (
        "更正：认为内容不准确或不完整的，请向{committee}提出，说明哪一项、应为什么；核实后当场更正，原内容留有记录。"
    ),
    "disclose-erase": (
        "删除：处理目的已经实现、保存期限已满、撤回同意或认为违法处理的，可要求删除。"
        "法律、行政法规规定的保存期限未满的，将停止除保存和必要的安全保护措施之外的处理。"
    ),
    "disclose-answer": "对答复不满意的，可向街道办事处反映，或依法向履行个人信息保护职责的部门投诉、举报。",
    "disclose-third": "其中提到的其他人的姓名、电话已略去。",
    "disclose-bundles": "（数据包，加密传递，{count} 次，最近 {at}）",
    "disclose-all": "全部保存的信息，敏感信息另行加密",
    "disclose-maybe": "可能包含",
    "disclose-certain": "包含",
    # extracts
    "extract-done": "摘录含 {persons} 人、{count} 个字段，有效至 {until}，存为 {out}。签发设备：{fingerprint}。",
    "extract-said": "{purpose}　给 {name}　有效至 {until}　{persons} 人\n签发：{maker}（{fingerprint}）",
    "extract-type": "摘录文件以 .ltx 结尾，“{file}”不是。",
    "extract-centre": "只有街道中心可以制作摘录。",
    "extract-no-purpose": "制作摘录要写明用途（--purpose）。",
    "extract-no-name": "制作摘录要写明交给谁（--for）。",
    "extract-fields": "请至少选一个字段。",
    "extract-ended": "这份摘录有效至 {until}，已经过期，不能再查看。需要时请街道重新签发。",
    "extract-early": "这份摘录签发于 {made}，晚于本机时间，请先校准时间。",
    "extract-past": "截止日期 {until} 已经过去，请写今天或以后的日期。",
    "extract-long": "摘录最长有效 {days} 天，请写早一些的截止日期。",
    "extract-level": "用途“{purpose}”不需要敏感信息，摘录里不能有敏感字段。请去掉敏感字段，或写明疫情防控、关爱服务等用途。",
    "extract-large": "摘录太大，请少选几个居委会或字段，分几份制作。",
    "extract-nobody": "所选居委会没有可以摘录的居民。",
    "extract-password-missing": "请用 --password-file 给出摘录的密码文件。",
    "extract-unreadable": "“{file}”不是摘录文件，或已损坏。",
    "extract-forged": "这份摘录被改动过，或不是签发人所写，没有打开。请向街道重新索取。",
    "extract-password-wrong": "摘录的密码不对，请向签发人核对。",
    "extract-unwritable": "无法写入“{file}”，请检查文件夹是否可写。",
}
