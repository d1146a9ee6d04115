"""Words about people and places: why a row was put aside, isolation, roles; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # why a roster row waits for a person to decide (domain/matching.py)
    "reason-dead": "与一位登记为“去世”的居民相符，请核实后处理，不会新建人员",
    "reason-gone": "与一位登记为“迁出”的居民相符，请核实是否迁回",
    "reason-moved": "此人登记在另一处房屋，请核实是否搬家，或在两处都有住房",
    "reason-same-id-other-name": "证件号码与已登记居民相同，但姓名不同，请核对证件",
    "reason-differs": "同一房屋已有同名居民，但证件号码、出生日期或性别不一致，请核实是否同一人",
    "reason-similar": "同一房屋已有同日出生、姓名同音的居民，请核实是否写了同音字",
    "reason-duplicate": "疑似重复：与一位已登记居民多处相符，但有出入，请核实是否同一人",
    "reason-several": "与不止一位已登记居民相符，请选定是哪一位",
    "reason-moving": "此人正在转出、对方还没有接收：姓名、证件和住址暂不改动，其余可在住户里改；转出办完或撤回后再处理",
    "reason-twice": "此人在同一文件中出现多次，且各行内容不一致，请选定以哪一行为准",
    # isolation (domain/isolation.py)
    "isolation-rule-unknown": "没有名为“{rule}”的隔离规则，可用的规则有：{known}。",
    "isolation-rule-not-valid": "隔离规则“{rule}”在 {date} 未生效，请改选当日有效的规则。",
    "isolation-step": "隔离状态不能由“{state}”改为“{new}”，可以改为：{possible}。{why}",
    "isolation-active": "{name}已有一个未结束的隔离（状态：{state}），请先解除或转出，再新建隔离。",
    "isolation-nobody": "这一户没有可以新建隔离的人：{running} 人已在隔离中，{away} 人不在此居住。",
    "check-in-future": "记录日期 {date} 晚于今天（{today}），请核对日期。",
    "check-before-case": "记录日期 {date} 早于隔离开始日（{start}），请核对日期或隔离对象。",
    # roles and levels (domain/access.py)
    "role-head": "书记/主任",
    "role-worker": "社工",
    "role-group_head": "分社区主任",
    "role-data": "数据组",
    "role-leader": "领导",
    "role-line": "条线",
    "role-administrator": "系统管理员",
    "role-auditor": "审计",
    "level-1": "可查看：统计数字",
    "level-2": "可查看：基本信息",
    "level-3": "可查看：含敏感信息",
}
