"""Words about records, paths and decisions."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "path-unknown": "找不到“{path}”。请写成 小区/楼号/室号 的样子，例如 培花新村/12号/302。",
    "path-ambiguous": "“{path}”不止一处：{candidates}。请写得更完整。",
    "entity-unknown": "没有“{entity}”这种记录。可用的有：{known}。",
    "field-unknown": "{entity}没有“{field}”这个字段。",
    "field-needed": "请填写{field}。",
    "pair-invalid": "“{value}”应写成 字段=值。",
    "already-there": "{entity}“{path}”已经有了，没有重复新增。",
    "in-use": "这个{entity}还有 {count} 条记录在用，不能删除。请先移走或删除它们。",
    "value-refused": "{field}的内容不能保存：太长，或含有程序自己用的标记。请改短或改写后再试。",
    "group-of-street": "片区由街道登记，居委会不能新增。",
    "account-no-record": "账号不能当作记录来改。请到“管理”的“账号”里办理。",
    "added": "已新增{entity}（{id}）。",
    "changed": "已更新：{titles}。批号 {batch}。",
    "nothing-changed": "和原来一样，没有改动。",
    "doubtful-unknown": "没有这条待核行。",
    "doubtful-none": "没有待核行。",
    "already-decided": "这条待核行已经处理过了。",
    "decision-unknown": "只能选择保留原值（keep）、采用新值（take）或作为新人（new）。",
    "candidate-gone": "疑似的那个人已经不在名册里，请选择“作为新人”或“保留原值”。",
    "decided": "已处理。批号 {batch}。",
    "find-none": "没有找到。可以试试姓名、拼音首字母、室号或电话尾号。",
}
