"""The bar at the top: whose workspace this is, the one search box, and the account with what it can do here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QPushButton

from app.services.session import Session
from app.ui import theme

NAME_WIDTH = 320
SWITCHED = 12
"""Accounts in the menu; the log-in has them all."""


class TopBar(QFrame):
    """Emits `switch` with the account that is to come ("": lock), `password`, `curtain` and `about`.

    others: accounts of this PC beside the one that works, each one click and one password away.
    """

    switch = Signal(str)
    password = Signal()
    curtain = Signal()
    about = Signal()

    def __init__(self, session: Session, others: Sequence[str] = ()) -> None:
        super().__init__()
        self._others = others
        self.setObjectName("bar")
        self._build(session)

    def _build(self, session: Session) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GAP[3], theme.GAP[1], theme.GAP[3], theme.GAP[1])
        line.setSpacing(theme.GAP[1])
        line.addWidget(theme.title("楼图"))
        name = theme.label(session.name)
        name.setToolTip(f"{session.name}（{session.code}）")
        name.setMaximumWidth(NAME_WIDTH)
        line.addWidget(name)
        self.rehearsal = theme.label("演练", "rehearsal")
        self.rehearsal.setToolTip("演练工作区：与真实数据分开，放心练习。")
        self.rehearsal.setFixedHeight(26)
        theme.only_if(session.rehearsal, self.rehearsal)
        line.addWidget(self.rehearsal)
        line.addStretch(1)
        line.addWidget(self._search(), 3)
        line.addStretch(1)
        line.addWidget(self._account(session))

    def _search(self) -> QLineEdit:
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText("姓名 / 拼音 / 室号 / 电话尾号　Ctrl+K")
        self.search.setAccessibleName("找人")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(320)
        self.search.setMaximumWidth(560)
        self.search.setFixedHeight(36)
        self.search.addAction(theme.icon("magnify"), QLineEdit.ActionPosition.LeadingPosition)
        return self.search

    def _account(self, session: Session) -> QPushButton:
        self.account = theme.button(session.account, "menu", "account-outline")
        self.account.setAccessibleName(f"账号 {session.account}")
        menu = QMenu(self.account)
        for name in self._others[:SWITCHED]:
            menu.addAction(f"切换到 {name}", partial(self.switch.emit, name))
        if self._others:
            menu.addSeparator()
        menu.addAction("锁定\tCtrl+L", lambda: self.switch.emit(""))
        menu.addAction("改密码…", self.password.emit)
        menu.addAction("来访遮挡\tF9", self.curtain.emit)
        menu.addAction("关于楼图…", self.about.emit)
        self.account.setMenu(menu)
        return self.account
