"""The Qt binding itself, where a fault of it would end the program."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 2_000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from 3.12 on None is never counted")
def test_calls_into_qt_do_not_eat_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 drops one with every call that returns nothing: a window of an hour ends in an abort."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        label.setText("x")
    assert abs(sys.getrefcount(None) - before) < CALLS // 10
