"""Words about commands and work under way."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "usage": "命令写得不对：{message}\n{usage}",
    "cancelled": "已取消，没有改动任何内容。",
    "our-fault": "程序出了意外，没有保存这一步。详细情况记在 {log}，不含居民信息，可发给维护人员。",
    "init-done": "已新建工作区“{name}”（{folder}）。",
    "demo-done": "演示街道在 {folder}：{committees} 个居委会，{residents} 人。账号 {account}，密码 {password}。",
    "status-said": (
        "{name}（{code}）\n  小区 {estates}　楼号 {buildings}　房屋 {dwellings}　户 {households}\n"
        "  实有人口 {residents}　名册共 {persons}\n  留痕 {entries} 条　待处理 {due_today} 件　数据截至 {data_until}"
    ),
    "report-done": "已填好 {rows} 行，存为 {out}。",
    "demo-plan": "正在生成演示街道",
    "demo-size": "演示街道最多 {most} 个居委会，每个居委会至少 60 人，总数不超过 30 万。",
    "demo-import": "正在导入演示花名册",
}
