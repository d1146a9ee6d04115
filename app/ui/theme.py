"""The look of ui.md as tokens, once: colours, sizes, the stylesheet, and the few widgets that all desks share."""

from __future__ import annotations

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

SURFACE, PANEL, LINE = "#F6F7F9", "#FFFFFF", "#D9DEE4"
INK, INK_SOFT, INK_FAINT = "#1D2733", "#55616F", "#8A95A1"
ACCENT, ACCENT_SOFT = "#1F6FB2", "#E3F0FA"
OK, ATTENTION, DANGER = "#2E7D4F", "#B86E00", "#B3261E"
BODY, TABLE, TITLE = 12.0, 10.5, 16.0
GAP = (4, 8, 12, 16, 24)
ROW, BUTTON = 30, 32
FONTS = ["Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei"]

STYLE = f"""
* {{ color: {INK}; }}
QMainWindow, QWidget#surface {{ background: {SURFACE}; }}
QFrame#panel {{ background: {PANEL}; border: 1px solid {LINE}; border-radius: 4px; }}
QFrame#bar {{ background: {PANEL}; border: 0; border-bottom: 1px solid {LINE}; }}
QFrame#side {{ background: {PANEL}; border: 0; border-right: 1px solid {LINE}; }}
QFrame#notice {{ background: {ACCENT_SOFT}; border: 1px solid {ACCENT}; border-radius: 4px; }}
QLabel#soft {{ color: {INK_SOFT}; }}
QLabel#title {{ font-size: {TITLE}pt; font-weight: 600; }}
QLabel#rehearsal {{ background: {ATTENTION}; color: white; border-radius: 4px; padding: 2px 8px; font-weight: 600; }}
QLabel#wrong {{ color: {DANGER}; }}
QPushButton, QToolButton {{ background: {PANEL}; border: 1px solid {LINE}; border-radius: 4px; padding: 4px 12px;
  min-height: {BUTTON - 10}px; }}
QPushButton:hover, QToolButton:hover {{ background: {ACCENT_SOFT}; border-color: {ACCENT}; }}
QPushButton:focus, QToolButton:focus, QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QTableView:focus,
QTreeView:focus, QListView:focus {{ border: 2px solid {ACCENT}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {INK_FAINT}; background: {SURFACE}; }}
QPushButton#primary {{ background: {ACCENT}; color: white; border-color: {ACCENT}; font-weight: 600; }}
QPushButton#primary:hover {{ background: #195C94; }}
QPushButton#primary:focus {{ border: 2px solid {INK}; }}
QPushButton#primary:disabled {{ background: {LINE}; border-color: {LINE}; color: {INK_FAINT}; }}
QPushButton#link {{ border: 0; background: transparent; color: {ACCENT}; padding: 2px 4px; min-height: 20px; }}
QPushButton#link:focus {{ border: 2px solid {ACCENT}; }}
QPushButton#section {{ text-align: left; border: 0; border-radius: 4px; padding: 6px 12px; background: transparent; }}
QPushButton#section:hover {{ background: {SURFACE}; }}
QPushButton#section:checked {{ background: {ACCENT_SOFT}; color: {ACCENT}; font-weight: 600; }}
QPushButton#section:focus {{ border: 2px solid {ACCENT}; }}
QLineEdit, QComboBox, QPlainTextEdit, QDateEdit {{ background: {PANEL}; border: 1px solid {LINE}; border-radius: 4px;
  padding: 4px 8px; min-height: {ROW - 12}px; selection-background-color: {ACCENT}; selection-color: white; }}
QLineEdit:read-only {{ background: {SURFACE}; color: {INK_SOFT}; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QTableView, QTreeView, QListView {{ background: {PANEL}; border: 1px solid {LINE}; border-radius: 4px; font-size: {TABLE}pt;
  selection-background-color: {ACCENT_SOFT}; selection-color: {INK}; gridline-color: {LINE}; outline: 0; }}
QTreeView::item, QListView::item {{ height: {ROW}px; }}
QTableView::item {{ padding: 0 6px; }}
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected {{ background: {ACCENT_SOFT}; color: {INK}; }}
QHeaderView::section {{ background: {SURFACE}; color: {INK_SOFT}; border: 0; border-bottom: 1px solid {LINE};
  padding: 4px 6px; font-size: {TABLE}pt; }}
QScrollArea {{ border: 0; background: transparent; }}
QStatusBar {{ background: {PANEL}; border-top: 1px solid {LINE}; color: {INK_SOFT}; font-size: {TABLE}pt; }}
QStatusBar QLabel {{ color: {INK_SOFT}; font-size: {TABLE}pt; }}
QProgressBar {{ border: 1px solid {LINE}; border-radius: 4px; background: {PANEL}; text-align: center; min-height: 18px; }}
QProgressBar::chunk {{ background: {ACCENT_SOFT}; }}
QMenu {{ background: {PANEL}; border: 1px solid {LINE}; }}
QMenu::item {{ padding: 6px 24px; }}
QMenu::item:selected {{ background: {ACCENT_SOFT}; }}
QToolTip {{ background: {INK}; color: white; border: 0; padding: 4px; }}
"""


def apply(app: QApplication) -> None:
    """Fonts, palette and stylesheet for the whole program."""
    font = QFont()
    font.setFamilies([*FONTS, font.family()])
    font.setPointSizeF(BODY)
    app.setFont(font)
    app.setStyle("Fusion")
    palette = app.palette()
    for role, colour in (
        (QPalette.ColorRole.Window, SURFACE), (QPalette.ColorRole.Base, PANEL), (QPalette.ColorRole.Text, INK),
        (QPalette.ColorRole.WindowText, INK), (QPalette.ColorRole.Highlight, ACCENT),
        (QPalette.ColorRole.PlaceholderText, INK_FAINT),
    ):  # fmt: skip
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)
    app.setStyleSheet(STYLE)


def icon(name: str, colour: str = INK_SOFT) -> QIcon:
    """One weight of one set."""
    made: QIcon = qtawesome.icon(f"mdi6.{name}", color=colour)
    return made


def label(text: str = "", kind: str = "") -> QLabel:
    """Plain text, never rich: what residents wrote is shown, not interpreted."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(kind)
    return made


def title(text: str) -> QLabel:
    return label(text, "title")


def soft(text: str = "") -> QLabel:
    made = label(text, "soft")
    made.setWordWrap(True)
    return made


def button(text: str, kind: str = "", icon_name: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(kind)
    made.setAutoDefault(False)
    if icon_name:
        made.setIcon(icon(icon_name, "white" if kind == "primary" else INK_SOFT))
    return made


def primary(text: str) -> QPushButton:
    return button(text, "primary")


def panel(*widgets: QWidget, margin: int = GAP[3]) -> QFrame:
    """A white card with its content below each other."""
    made = QFrame()
    made.setObjectName("panel")
    column = QVBoxLayout(made)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(GAP[1])
    for widget in widgets:
        column.addWidget(widget)
    return made
