"""Words of 督查: who is how far behind, compared fairly, and how old each figure is."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "supervision-why-committee": (
        "近 {days} 天：完成率＝做了的健康登记 ÷ 应做的；当日率＝当天登入的 ÷ 已登入的；积压＝现在已逾期的事，每千人按实有人口算。"
        "每行的数字都只算到该居委会的数据截至时间，之后的不算漏。"
    ),
    "supervision-why-building": (
        "近 {days} 天，本居委会各楼号：完成率＝做了的健康登记 ÷ 应做的；积压＝现在已逾期的事，每千人按实有人口算。"
    ),
    "supervision-reading": "正在统计督查数字",
    "supervision-none-committee": "还没有居委会报送数据。收到第一个数据包后，这里按居委会和片区比较。",
    "supervision-none-building": "本居委会没有在管的隔离个案，也没有逾期的事。",
    "supervision-never": "未报",
    "supervision-few": "不足 5",
    "supervision-old": "{until}（{days} 天前）",
    "supervision-whole": "全部　完成率 {completion}　积压 {overdue}　在管 {isolating} 人　最旧数据 {until}",
    "supervision-day": "{day}：{done}/{owed}（{share}）",
    "supervision-day-unknown": "{day}：没有数据",
    "supervision-day-none": "{day}：没有应做的登记",
    "supervision-hatched": "打斜线的行：数据较旧或从未报送，数字不代表今天。",
    "supervision-group-none": "未分片区",
    "supervision-units": "居委会",
    "supervision-groups": "片区",
    "supervision-by-unit": "按居委会",
    "supervision-by-group": "按片区",
}
