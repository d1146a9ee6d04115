"""The bar of drawing tools as one sees it: a row of tools, and a row that says for whom and what to do next."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.map_drawing_parts import CHANGING, DRAWING, TOOLS, Numbers, Targets, tool_button
from app.ui.map_drawing_said import State
from app.words import say


class DrawingTools(QFrame):
    """Only the widgets; `app.ui.map_drawing` makes them work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._build()

    def _build(self) -> None:
        self.tools: dict[str, QToolButton] = {
            each.key: tool_button(each.title, each.icon, say(f"draw-tip-{each.key}"), checkable=True) for each in TOOLS
        }
        self.snap = tool_button("吸附", "magnet", say("draw-tip-snap"), checkable=True)
        self.snap.setChecked(True)
        self.undo = tool_button("撤销", "undo", say("draw-tip-undo"))
        self.redo = tool_button("重做", "redo", say("draw-tip-redo"))
        self.close_button = tool_button("关闭", "close", say("draw-tip-close"))
        self.targets, self.numbers = Targets(), Numbers()
        self.numbers.hide()
        self.status = theme.label("", "soft", wrap=True)
        self.status.setFixedHeight(2 * self.status.fontMetrics().height() + 2)  # the map must not jump under the mouse
        self.ready = theme.primary("完成", "check")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP[1], theme.GAP[0], theme.GAP[1], theme.GAP[0])
        column.setSpacing(theme.GAP[0])
        column.addLayout(self._tools_row())
        column.addLayout(self._next_row())

    def _next_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP[1])
        for widget in (self.targets, self.numbers):
            row.addWidget(widget)
        row.addWidget(self.status, 1)
        row.addWidget(self.ready)
        return row

    def _tools_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for key in DRAWING:
            row.addWidget(self.tools[key])
        row.addSpacing(theme.GAP[1])
        for key in CHANGING:
            row.addWidget(self.tools[key])
        row.addStretch(1)
        for each in (self.snap, self.undo, self.redo, self.close_button):
            row.addWidget(each)
        return row

    def say(self, tool: str, state: State, *, cutting: bool, crossing: bool) -> None:
        """One sentence of what to do next, and what can be done."""
        self.targets.setVisible(not cutting and tool in DRAWING)
        self.numbers.setVisible(cutting)
        self.undo.setEnabled(state.undo)
        self.redo.setEnabled(state.redo)
        enough = state.corners > 2 if tool == "polygon" else tool != "rectangle"
        copying = tool == "copy" and not state.choosing
        self.ready.setEnabled(cutting or copying or (state.undo and not state.crosses and enough))
        size = say("draw-measures", length=state.length, width=state.width, area=int(state.area))
        wrong = crossing or state.crosses
        self.status.setText(say("draw-crosses") if wrong else say(_next(tool, state, cutting=cutting), size=size))


def _next(tool: str, state: State, *, cutting: bool) -> str:
    """The code of what to do next."""
    if cutting:
        return "draw-do-cut"
    if tool == "":
        return "draw-do-nothing"
    if tool == "adopt":
        return "draw-do-adopt" if state.shadows else "draw-do-adopt-none"
    if tool in ("rectangle", "polygon"):
        return f"draw-do-{tool}-{min(state.corners, 3)}"
    return f"draw-do-{tool}" + ("-choose" if state.choosing or tool in ("split", "clear") else "")
