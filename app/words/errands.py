"""Words about what is done for people who may not go out."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "errand-step": "代办不能由“{state}”改为“{new}”，可以改为：{possible}。{why}",
    "errand-ended-why": "已经办结或取消；还要办请另记一件。",
    "errand-kind": "没有“{value}”这类代办，可以用：{known}。",
    "errand-whom": "请写明为哪一户代办。",
    "errand-due": "期限 {date} 早于今天（{today}），请核对。",
    "errand-future": "完成日期 {date} 晚于今天（{today}），请核对。",
    "errand-unknown": "没有找到这件代办（{id}），可能已被撤销，请刷新后再试。",
    "errand-done-many": "“{what}”不能登记办好，所选 {count} 件都没有登记。{why}",
    "errands-apart": "这些代办属于不同的居委会，请按居委会分别登记。",
    "errand-added": "已记下代办：{what}。",
    "errand-stepped": "代办已改为“{state}”。",
    "errand-none": "没有待办的代办事项。",
}
