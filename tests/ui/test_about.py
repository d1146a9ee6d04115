"""关于楼图 names whose work the program stands on, from what is installed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import licences
from app.ui.about_dialog import AboutDialog


def test_every_library_has_a_licence_and_what_it_carries_is_named() -> None:
    found = {each.name: each for each in licences.libraries()}
    assert {"PySide6", "folium", "shapely", "typst"} <= set(found)
    assert [name for name, each in found.items() if not each.licence and not each.text()] == []
    assert "LGPL" in found["PySide6"].licence
    assert found["django-js-lib-leaflet"].carries == "Leaflet"
    assert "Redistribution" in found["shapely"].text()


def test_the_words_of_a_licence_stand_beside_its_library(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    dialog = AboutDialog(over)
    dialog.table.choose("key", "shapely")
    assert "Redistribution" in dialog.text.toPlainText()
    dialog.table.choose("key", "PySide6")
    assert "LGPL" in dialog.text.toPlainText()
