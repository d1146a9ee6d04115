"""按层数生成房屋: a rule in a few fields, what it makes drawn beside them, and how much is new before anything is written."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QWidget,
)

from app.domain import numbering
from app.domain.findings import UserError
from app.domain.numbering import Rule, Style, Which
from app.maps.matrix import Cell
from app.services import generator
from app.services.generator import Plan
from app.services.values import Values
from app.ui import errors, theme
from app.ui.desk import Desk
from app.ui.dialogs import Dialog
from app.ui.generator_preview import EXTRA, LOOKS, NEW, THERE, GeneratorPreview
from app.words import say

SIZE, PREVIEW, PAUSE, MOST_ROWS = (980, 500), 420, 150, 3
TYPED = (
    ("floors", "层数", "1-6"), ("rooms", "每层户数", "4，或从下往上 2,4"), ("skip", "跳过的层", "如 4,13,14"),
    ("units", "单元数", "1"), ("shops", "底层商铺", "0"), ("shop_name", "商铺怎么叫", "商铺"),
    ("labels", "楼层名", "如 1=底层"), ("merged", "打通的房屋", "如 301-302"),
)  # fmt: skip
"""Key of `numbering.read`, title, hint; in the order of the grid, two beside each other."""
NAMED = 12
DATA = Qt.ItemDataRole.UserRole


class GeneratorDialog(Dialog):
    """For one building, and for those of its estate that are ticked. After it was accepted `done_` is what was written."""

    def __init__(self, parent: QWidget, desk: Desk, building: str) -> None:
        super().__init__(parent, say("generator-title"))
        self.desk, self.building = desk, building
        self.known = generator.known(desk.session, building)
        self.rule: Rule | None = None
        self.plans: list[Plan] = []
        self.done_: Values = {}
        self._build()
        self._connect()
        self._prefill()
        self.look()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        self.fields: dict[str, QLineEdit] = {}
        self.style_, self.which = theme.Choice(), theme.Choice()
        for box, kind, name in ((self.style_, Style, "style"), (self.which, Which, "which")):
            box.setAccessibleName({"style": "编号方式", "which": "单双号"}[name])
            for each in kind:
                box.addItem(say(f"generator-{name}-{each.value}"), each.value)
        self.preview = GeneratorPreview()
        self.seen = QScrollArea()
        self.seen.setWidget(self.preview)
        self.seen.setFrameShape(QScrollArea.Shape.NoFrame)
        self.seen.viewport().setStyleSheet(f"background: {theme.PANEL}")
        self.others = QListWidget()
        self.others.setAccessibleName(say("generator-more"))
        for row in generator.beside(self.desk.session, self.building):
            item = QListWidgetItem(say("generator-building-doors", **row) if row["doors"] else row["name"], self.others)
            item.setData(DATA, row["id"])
            item.setCheckState(Qt.CheckState.Unchecked)
        self.others.setFixedHeight(min(self.others.count(), MOST_ROWS) * theme.ROW + 6)
        self.said, self.beside = theme.label("", "strong", wrap=True), theme.label("", "small", wrap=True)
        self.message = theme.label("", "wrong", wrap=True)
        self.act, self.cancel = theme.primary(say("generator-act-none")), theme.button("返回")
        self.act.setDefault(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._lay_out()

    def _lay_out(self) -> None:
        self.body.addWidget(theme.title(f"{say('generator-title')}　{self.known['name']}"))
        self.body.addWidget(theme.soft(say("generator-about")))
        left = theme.panel(self._grid(), margin=theme.GAP[2])
        inside = left.layout()
        assert inside is not None
        if self.others.count():
            inside.addWidget(theme.label(say("generator-more"), "soft"))
            inside.addWidget(self.others)
        inside.addWidget(self.said)
        inside.addWidget(self.beside)
        inside.addWidget(self.message)
        inside.addItem(QSpacerItem(0, 0, vData=QSizePolicy.Policy.Expanding))
        right = theme.panel(_legend(), self.seen, margin=theme.GAP[2])
        right.setMinimumWidth(PREVIEW)
        both = QHBoxLayout()
        both.setSpacing(theme.GAP[2])
        both.addWidget(left)
        both.addWidget(right, 1)
        self.body.addLayout(both, 1)
        self.body.addWidget(theme.row(1, self.cancel, self.act))
        self.resize(*SIZE)

    def _grid(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP[1])
        grid.setVerticalSpacing(theme.GAP[1])
        for n, (key, title, hint) in enumerate(TYPED):
            box = QLineEdit()
            box.setPlaceholderText(hint)
            box.setAccessibleName(title)
            box.setMinimumWidth(128)
            self.fields[key] = box
            _beside(grid, title, box, n // 2, 2 * (n % 2))
        for column, (title, choice) in enumerate((("编号方式", self.style_), ("单双号", self.which))):
            choice.setMinimumWidth(128)
            _beside(grid, title, choice, len(TYPED) // 2, 2 * column)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return holder

    def _connect(self) -> None:
        for box in self.fields.values():
            box.textEdited.connect(lambda _: self._pause.start())
            box.returnPressed.connect(self.write)
        for choice in (self.style_, self.which):
            choice.currentIndexChanged.connect(lambda _: self.look())
        self.others.itemChanged.connect(lambda _: self._pause.start())
        self._pause.timeout.connect(self.look)
        self.act.clicked.connect(self.write)
        self.cancel.clicked.connect(self.reject)

    def _prefill(self) -> None:
        """What is recorded of the building; else six storeys of four doors."""
        units = int(self.known.get("units") or 1)
        floors = min(int(self.known.get("floors") or 6), numbering.HIGHEST)
        a_floor = max(1, int(self.known.get("rooms_per_floor") or 4 * units) // max(units, 1))
        self.fields["floors"].setText(f"1-{max(floors, 1)}")
        self.fields["rooms"].setText(str(min(a_floor, numbering.MOST_ROOMS)))
        self.fields["units"].setText(str(units))
        self.fields["floors"].setFocus()
        self.fields["floors"].selectAll()

    # ---------------------------------------------------------------- what it would do

    @property
    def buildings(self) -> list[str]:
        """This building, and those that are ticked."""
        items = [self.others.item(n) for n in range(self.others.count())]
        return [self.building, *(item.data(DATA) for item in items if item.checkState() == Qt.CheckState.Checked)]

    def look(self) -> None:
        """Read the rule and draw what it makes; what is wrong is said, and the last drawing stays."""
        self._pause.stop()
        try:
            texts = {key: box.text().strip() for key, box in self.fields.items()}
            self.rule = numbering.read(
                **texts, style=str(self.style_.currentData()), which=str(self.which.currentData())
            )
            self.plans = generator.preview(self.desk.session, self.buildings, self.rule)
        except UserError as error:
            self.rule, self.plans = None, []
            self.message.setText(errors.words(error))
        else:
            self.message.setText("")
            self._draw(self.plans[0])
        self._tell()

    def _draw(self, plan: Plan) -> None:
        there = [
            Cell(row["id"], str(row.get("room", "")), str(row.get("unit", "")), row.get("floor"),
                 str(row.get("floor_label", "")), use=str(row.get("use", "")))
            for row in self.known["doors"]
        ]  # fmt: skip
        new = [
            Cell(f"{door.unit}/{door.room}", door.room, door.unit, door.floor, door.floor_label, use=door.use)
            for door in plan.new
        ]
        looks = {cell.id: EXTRA if generator.spoken(cell.unit, cell.room) in plan.extra else THERE for cell in there}
        self.preview.show_doors([*there, *new], looks | {cell.id: NEW for cell in new})

    def _tell(self) -> None:
        new, existing = sum(len(plan.new) for plan in self.plans), sum(plan.existing for plan in self.plans)
        sets = any(plan.sets for plan in self.plans)
        code = "generator-none-new" if not new else "generator-count-existing" if existing else "generator-count"
        several = say("generator-several", buildings=len(self.plans)) if len(self.plans) > 1 else ""
        self.said.setText(several + say(code, new=new, existing=existing) if self.plans else "")
        extra = [room for plan in self.plans[:1] for room in plan.extra]
        taken = [room for plan in self.plans[:1] for room in plan.taken]
        lines = [say("generator-extra", count=len(extra), rooms=_some(extra))] if extra else []
        lines += [say("generator-taken", rooms=_some(taken))] if taken else []
        self.beside.setText("\n".join(lines))
        self.act.setEnabled(bool(new or sets))
        self.act.setText(
            say("generator-act", count=new) if new else say("generator-act-sets" if sets else "generator-act-none")
        )
        for line in (self.said, self.beside, self.message):
            line.setVisible(bool(line.text()))

    # ---------------------------------------------------------------- writing

    def write(self) -> None:
        """What stands in the fields now, in one batch; the dialog stays until it is written."""
        if self._pause.isActive():
            self.look()
        if self.rule is None or not self.act.isEnabled():
            return
        session, rule, buildings = self.desk.session, self.rule, self.buildings
        self.act.setEnabled(False)
        self.desk.tasks.run(
            lambda progress, cancelled: generator.apply(session, buildings, rule, progress=progress, cancelled=cancelled),
            self._written, lambda _: self._tell(), text=say("generator-writing"),
        )  # fmt: skip

    def _written(self, done: dict[str, Any]) -> None:
        self.done_ = done
        code = "generator-done" if done["new"] else "generator-done-sets"
        self.desk.notify(say(code, **done), done["batch"])
        self.accept()


def _some(rooms: list[str]) -> str:
    named = "、".join(rooms[:NAMED])
    return named if len(rooms) <= NAMED else say("doors-rooms-more", rooms=named)


def _beside(grid: QGridLayout, title: str, box: QWidget, row: int, column: int) -> None:
    name = theme.label(title, "soft")
    name.setBuddy(box)
    grid.addWidget(name, row, column)
    grid.addWidget(box, row, column + 1)


def _legend() -> QWidget:
    """What the three looks of a door mean."""
    made: list[QWidget | int] = []
    for look in (NEW, THERE, EXTRA):
        paper, edge, _ = LOOKS[look]
        swatch = QLabel()
        swatch.setFixedSize(18, 12)
        swatch.setStyleSheet(f"background: {paper}; border: 1px solid {edge}; border-radius: 2px;")
        made += [swatch, theme.label(say(f"generator-look-{look}") + "　", "small")]
    return theme.row(*made, 1)
