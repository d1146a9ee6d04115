"""色阶: how figures become colours, chosen in a small window under its button and seen on the map at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.domain.findings import UserError
from app.domain.maps import DAYS, PALETTES, PLAIN, Measure, Shading, palette_of, steps_of
from app.domain.visits import STALE_AFTER
from app.ui import errors, theme
from app.words import say

SWATCH = QSize(60, 14)


class Options(QWidget):
    """A few buttons of which one is down. Emits `chosen` when a person presses another."""

    chosen = Signal()

    def __init__(self, options: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        for key, text in options:
            button = theme.button(text, "tab")
            button.setCheckable(True)
            button.setAccessibleName(f"{name}：{text}")
            button.clicked.connect(lambda _=False: self.chosen.emit())
            self._group.addButton(button)
            self.buttons[key] = button
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP[0])
        for button in self.buttons.values():
            line.addWidget(button)
        line.addStretch(1)

    def current(self) -> str:
        return next((key for key, button in self.buttons.items() if button.isChecked()), "")

    def press(self, key: str) -> None:
        self.buttons[key].setChecked(True)


class ShadingPopup(QFrame):
    """Emits `chosen` with a Shading and days. Esc or a click beside it closes it."""

    chosen = Signal(object, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("panel")
        self._shading, self._measure = PLAIN, Measure("")
        self._build()
        self._connect()

    def _build(self) -> None:
        self.per = Options((("count", "按数量"), ("thousand", "每千人")), "数字")
        self.areas = Options((("committee", "居委会"), ("group", "片区")), "区域")
        self.classes = Options((("quantile", "等量"), ("fixed", "自定义")), "分级")
        self.steps = QLineEdit()
        self.steps.setAccessibleName("分界")
        self.steps.setPlaceholderText("分界，例如 1, 5, 10, 20")
        self.wrong = theme.label("", "wrong", wrap=True)
        self.palette_ = Options((("orange", ""), ("blue", ""), ("purple", "")), "色系")
        for (key, button), name in zip(self.palette_.buttons.items(), ("橙红", "黄蓝", "紫"), strict=True):
            button.setIcon(_swatch(PALETTES[key]))
            button.setIconSize(SWATCH)
            button.setAccessibleName(f"色系：{name}")
            button.setToolTip(name)
        self.days = Options([(str(days), f"{days} 天") for days in DAYS], "久未核实")
        self.plain = theme.button("恢复默认", "link")
        grid = QGridLayout(self)
        grid.setContentsMargins(*(theme.GAP[2],) * 4)
        grid.setHorizontalSpacing(theme.GAP[2])
        grid.setVerticalSpacing(theme.GAP[1])
        self.labels: dict[str, QWidget] = {}
        lines = (("数字", self.per), ("区域", self.areas), ("分级", self.classes), ("", self.steps), ("", self.wrong),
                 ("色系", self.palette_), ("久未核实", self.days), ("", self.plain))  # fmt: skip
        for number, (title, widget) in enumerate(lines):
            if title:
                self.labels[title] = theme.label(title, "soft")
                grid.addWidget(self.labels[title], number, 0)
            grid.addWidget(
                widget, number, 1, Qt.AlignmentFlag.AlignLeft if widget is self.plain else Qt.AlignmentFlag(0)
            )

    def _connect(self) -> None:
        for each in (self.per, self.areas, self.classes, self.palette_, self.days):
            each.chosen.connect(self._say)
        self.steps.textEdited.connect(lambda _: self._say())
        self.plain.clicked.connect(self._reset)

    # ---------------------------------------------------------------- showing

    def show_choice(self, shading: Shading, days: int, measure: Measure, *, street: bool) -> None:
        """What holds now; only what can be chosen here."""
        self._shading, self._measure = shading, measure
        self.per.press(shading.per if measure.rated else "count")
        self.per.setEnabled(measure.rated)
        self.per.setToolTip("" if measure.rated else say("map-not-rated"))
        self.areas.press(shading.areas)
        self.classes.press(shading.classes)
        self.steps.setText(", ".join(f"{step:g}" for step in shading.steps))
        self.palette_.press(next(key for key, each in PALETTES.items() if each == palette_of(measure, shading)))
        self.days.press(str(days if days in DAYS else STALE_AFTER))
        for widget in (self.areas, self.labels["区域"]):
            widget.setVisible(street)
        self._fit("")

    def _fit(self, wrong: str) -> None:
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))
        self.steps.setVisible(self.classes.current() == "fixed")
        self.adjustSize()

    def show_at(self, below: QPoint) -> None:
        """Under its button, inside the screen."""
        room = self.screen().availableGeometry()
        left = max(room.left(), min(below.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(below.y(), room.bottom() - self.height())))
        self.show()
        (self.per if self.per.isEnabled() else self.classes).buttons[
            self.per.current() if self.per.isEnabled() else self.classes.current()
        ].setFocus()

    # ---------------------------------------------------------------- saying

    def _say(self) -> None:
        """Every press is seen at once; limits that cannot be read are said here and change nothing."""
        fixed = self.classes.current() == "fixed"
        steps, wrong = self._shading.steps, ""
        if fixed and self.steps.text().strip():
            try:
                steps = steps_of(self.steps.text())
            except UserError as error:
                wrong = errors.words(error)
        self._fit(wrong)
        if fixed and not self.steps.text().strip():
            self.steps.setFocus()
        if wrong:
            return
        pressed = self.palette_.current()
        own = PALETTES[pressed] == self._measure.palette
        self._shading = replace(
            self._shading, classes="fixed" if fixed else "quantile", steps=steps, palette="" if own else pressed,
            areas="group" if self.areas.current() == "group" else "committee",
            per=self._shading.per if not self.per.isEnabled() else "thousand" if self.per.current() == "thousand" else "count",
        )  # fmt: skip
        self.chosen.emit(self._shading, int(self.days.current()))

    def _reset(self) -> None:
        self.show_choice(PLAIN, STALE_AFTER, self._measure, street=self.areas.isVisibleTo(self))
        self.chosen.emit(PLAIN, STALE_AFTER)


def _swatch(palette: Sequence[str]) -> QIcon:
    """The five shades beside each other."""
    picture = QPixmap(SWATCH * 2)
    picture.setDevicePixelRatio(2)
    painter = QPainter(picture)
    wide = SWATCH.width() // len(palette)
    for number, colour in enumerate(palette):
        painter.fillRect(QRect(number * wide, 0, wide, SWATCH.height()), QColor(colour))
    painter.end()
    return QIcon(picture)
