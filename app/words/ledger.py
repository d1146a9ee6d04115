"""Words about the ledger: undo, conflicts, checks."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "batch-unknown": "找不到这批改动（{batch}）。",
    "already-undone": "这批改动已经撤销过了。要恢复，请撤销那次撤销。",
    "undo-nothing": "这批改动里的内容后来都被改过或正被使用，没有可以撤销的。",
    "undo-done": "已撤销 {undone} 处改动。批号 {batch}（再撤销它即恢复）。",
    "kept-edited": "保留：{path} 后来又改过。",
    "kept-in-use": "保留：{path} 还有别的记录在用。",
    "kept-erased": "保留：{path} 的这部分已按期限清除。",
    "conflict-unknown": "没有这个待核冲突，可能已经处理过了。",
    "conflict-none": "没有待核冲突。",
    "version-unknown": "这个冲突里没有这个版本，请重新列出后再选。",
    "ledger-gap": "留痕中间缺了第 {first}–{last} 条，请把它们带来后再接收。",
    "ledger-fork": "同一台电脑写出了两份不同的第 {seq} 条，可能是工作区被整个复制过。这部分先放一边，其余不受影响。",
    "ledger-forged": "第 {seq} 条记录与它的指纹对不上，没有接收。",
    "part-missing": "第 {seq} 条记录少了一部分，又没有清除记录说明原因，没有接收。",
    "ledger-ok": "留痕完整：共 {entries} 条。",
    "ledger-broken": "留痕有 {count} 处对不上，请保留现场并联系街道。",
    "rebuild-same": "数据表与留痕一致。",
    "rebuild-differs": "数据表有 {count} 处与留痕不一致，可用 ledger rebuild 重建。",
    "rebuild-done": "已由留痕重建 {rows} 条记录。",
    "ledger-verify": "正在核对留痕",
    "ledger-compare": "正在比较数据表",
    "ledger-rebuild": "正在重建数据表",
}
