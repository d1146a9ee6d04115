"""The look of ui.md in the window: the stylesheet from `app.tokens`, and the few widgets that all desks share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import qtawesome
from PySide6.QtCore import QLibraryInfo, QRect, QSize, Qt, QTranslator
from PySide6.QtGui import QColor, QFont, QIcon, QKeyEvent, QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app.tokens import (
    ACCENT,
    ACCENT_DARK,
    ACCENT_SOFT,
    ATTENTION,
    BODY,
    DANGER,
    FONTS,
    GAP,
    INK,
    INK_FAINT,
    INK_SOFT,
    LINE,
    OK,
    PANEL,
    SURFACE,
    TABLE,
    TITLE,
)  # fmt: skip

__all__ = [
    "ACCENT", "ACCENT_DARK", "ACCENT_SOFT", "ATTENTION", "BODY", "DANGER", "FONTS", "GAP", "INK", "INK_FAINT", "INK_SOFT",
    "LINE", "OK", "PANEL", "SURFACE", "TABLE", "TITLE",
]  # fmt: skip
"""The desks say `theme.GAP`; the values stand in `app.tokens`."""

ROW, BUTTON, ICON = 30, 32, 18


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours a stylesheet is made from; a darker or larger one is another value of this."""

    surface: str = SURFACE
    panel: str = PANEL
    line: str = LINE
    ink: str = INK
    soft: str = INK_SOFT
    faint: str = INK_FAINT
    accent: str = ACCENT
    accent_soft: str = ACCENT_SOFT


def stylesheet(theme: Theme) -> str:
    """All rules. A focused widget's border grows inwards by what its padding loses: nothing jumps."""
    t = theme
    return f"""
* {{ color: {t.ink}; }}
QMainWindow, QDialog, QWidget#surface {{ background: {t.surface}; }}
QFrame#panel {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 4px; }}
QFrame#bar {{ background: {t.panel}; border: 0; border-bottom: 1px solid {t.line}; }}
QFrame#side {{ background: {t.panel}; border: 0; border-right: 1px solid {t.line}; }}
QFrame#notice {{ background: {t.accent_soft}; border: 1px solid {t.accent}; border-radius: 4px; }}
QFrame#work {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 4px; }}
QFrame#rule {{ background: {t.line}; border: 0; max-height: 1px; min-height: 1px; }}
QLabel#soft {{ color: {t.soft}; }}
QLabel#small {{ color: {t.soft}; font-size: {TABLE}pt; }}
QLabel#strong {{ font-weight: 600; }}
QLabel#group {{ color: {t.accent}; font-weight: 600; }}
QLabel#title {{ font-size: {TITLE}pt; font-weight: 600; }}
QLabel#figure {{ font-size: 20pt; font-weight: 600; }}
QLabel#rehearsal {{ background: #9A5B00; color: white; border-radius: 4px; padding: 1px 8px; font-weight: 600; }}
QLabel#badge {{ background: {t.accent}; color: white; border-radius: 9px; padding: 0 6px; font-size: {TABLE}pt;
  min-height: 18px; max-height: 18px; }}
QLabel#wrong {{ color: {DANGER}; }}
QLabel#done {{ color: {OK}; font-weight: 600; }}
QPushButton, QToolButton {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 4px; padding: 4px 12px;
  min-height: {BUTTON - 10}px; }}
QPushButton:hover, QToolButton:hover {{ background: {t.accent_soft}; border-color: {t.accent}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {t.accent}; padding: 3px 11px; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.faint}; background: {t.surface}; }}
QPushButton::menu-indicator, QToolButton::menu-indicator {{ subcontrol-position: right center; right: 6px; }}
QPushButton#menu {{ padding-right: 26px; }}
QPushButton#primary {{ background: {t.accent}; color: white; border-color: {t.accent}; font-weight: 600; }}
QPushButton#primary:hover {{ background: {ACCENT_DARK}; }}
QPushButton#primary:focus {{ border: 2px solid {t.ink}; }}
QPushButton#primary:disabled {{ background: {t.line}; border-color: {t.line}; color: {t.soft}; }}
QPushButton#danger {{ color: {DANGER}; }}
QPushButton#link {{ border: 1px solid transparent; background: transparent; color: {t.accent}; padding: 2px 4px;
  min-height: 20px; }}
QPushButton#link:hover {{ background: {t.accent_soft}; }}
QPushButton#link:focus {{ border: 2px solid {t.accent}; padding: 1px 3px; }}
QPushButton#section {{ text-align: left; border: 1px solid transparent; padding: 6px 12px; background: transparent; }}
QPushButton#section:hover {{ background: {t.surface}; }}
QPushButton#section:checked {{ background: {t.accent_soft}; color: {t.accent}; font-weight: 600; }}
QPushButton#section:focus {{ border: 2px solid {t.accent}; padding: 5px 11px; }}
QPushButton#tab {{ border: 1px solid transparent; border-radius: 4px; padding: 4px 12px; background: transparent;
  color: {t.soft}; }}
QPushButton#tab:checked {{ background: {t.accent_soft}; color: {t.accent}; font-weight: 600; }}
QPushButton#tab:focus {{ border: 2px solid {t.accent}; padding: 3px 11px; }}
QPushButton#clock {{ border: 1px solid transparent; background: transparent; padding: 0; min-height: 26px;
  max-height: 26px; min-width: 26px; max-width: 26px; }}
QPushButton#clock:hover {{ background: {t.accent_soft}; }}
QPushButton#clock:focus {{ border: 2px solid {t.accent}; padding: 0; }}
QToolButton#tool {{ border-color: transparent; background: transparent; padding: 2px 5px; font-size: {TABLE}pt; min-width: 40px; }}
QToolButton#tool:hover {{ background: {t.accent_soft}; }}
QToolButton#tool:checked {{ background: {t.accent_soft}; border-color: {t.accent}; }}
QToolButton#tool:focus {{ border: 2px solid {t.accent}; padding: 1px 4px; }}
QLineEdit, QComboBox, QPlainTextEdit, QDateTimeEdit {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 4px;
  padding: 3px 8px; min-height: {ROW - 10}px; selection-background-color: {t.accent}; selection-color: white; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QDateTimeEdit:focus {{ border: 2px solid {t.accent}; padding: 2px 7px; }}
QLineEdit:read-only, QComboBox:disabled, QLineEdit:disabled {{ background: {t.surface}; color: {t.soft}; }}
QLineEdit#wrong, QComboBox#wrong {{ border: 2px solid {DANGER}; padding: 2px 7px; }}
QLineEdit > QToolButton {{ border: 0; background: transparent; padding: 0; min-height: 0; }}
QLineEdit#search {{ padding-left: 4px; }}
QComboBox {{ padding-left: 10px; }}
QComboBox:focus {{ padding-left: 9px; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {t.panel}; border: 1px solid {t.line}; outline: 0;
  selection-background-color: {t.accent_soft}; selection-color: {t.ink}; }}
QTableView, QTreeView, QListView {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 4px;
  font-size: {TABLE}pt; selection-background-color: {t.accent_soft}; selection-color: {t.ink};
  gridline-color: {t.line}; outline: 0; padding: 1px; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ border: 2px solid {t.accent}; padding: 0; }}
QTreeView::item, QListView::item {{ height: {ROW}px; padding-left: 4px; }}
QTableView::item {{ padding: 0 6px; }}
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected {{ background: {t.accent_soft};
  color: {t.ink}; }}
QHeaderView {{ background: {t.surface}; border: 0; }}
QHeaderView::section {{ background: {t.surface}; color: {t.soft}; border: 0; border-bottom: 1px solid {t.line};
  padding: 4px 9px; font-size: {TABLE}pt; font-weight: 400; }}
QScrollArea {{ border: 0; background: transparent; }}
QScrollArea > QWidget > QWidget#fields {{ background: {t.panel}; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: #C3CAD2; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {t.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: transparent; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {t.line}; top: -1px; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{ background: transparent; color: {t.soft}; border: 0; border-bottom: 2px solid transparent;
  padding: 6px 12px; margin-right: 4px; }}
QTabBar::tab:hover {{ color: {t.ink}; }}
QTabBar::tab:selected {{ color: {t.accent}; border-bottom: 2px solid {t.accent}; font-weight: 600; }}
QTabBar::tab:focus {{ background: {t.accent_soft}; }}
QStatusBar {{ background: {t.panel}; border-top: 1px solid {t.line}; }}
QStatusBar::item {{ border: 0; }}
QProgressBar {{ border: 1px solid {t.line}; border-radius: 4px; background: {t.surface}; text-align: center;
  max-height: 14px; min-height: 14px; font-size: 9pt; }}
QProgressBar::chunk {{ background: #9CC6E8; border-radius: 3px; }}
QMenu {{ background: {t.panel}; border: 1px solid {t.line}; padding: 4px 0; }}
QMenu::item {{ padding: 6px 24px; }}
QMenu::item:selected {{ background: {t.accent_soft}; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 0; }}
QToolTip {{ background: {t.panel}; color: {t.ink}; border: 1px solid {t.line}; padding: 4px; }}
"""


def _speak_chinese(app: QApplication) -> None:
    """Qt's own windows (files, printing) in Chinese too; the words come with Qt."""
    for name in ("qtbase_zh_CN", "qt_zh_CN"):
        words = QTranslator(app)
        if words.load(name, QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(words)


def apply(app: QApplication) -> None:
    """Fonts, palette, stylesheet and Qt's own words for the whole program; a second time there is nothing to do."""
    rules = stylesheet(Theme())
    if app.styleSheet() == rules:
        return
    _speak_chinese(app)
    font = QFont()
    font.setFamilies([*FONTS, font.family()])
    font.setPointSizeF(BODY)
    app.setFont(font)
    app.setStyle("Fusion")
    palette = app.palette()
    for role, colour in (
        (QPalette.ColorRole.Window, SURFACE), (QPalette.ColorRole.Base, PANEL), (QPalette.ColorRole.Text, INK),
        (QPalette.ColorRole.WindowText, INK), (QPalette.ColorRole.Highlight, ACCENT), (QPalette.ColorRole.Button, PANEL),
        (QPalette.ColorRole.ButtonText, INK), (QPalette.ColorRole.PlaceholderText, INK_FAINT),
        (QPalette.ColorRole.AlternateBase, SURFACE),
    ):  # fmt: skip
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)
    app.setStyleSheet(rules)


# ---------------------------------------------------------------- small constructors


def icon(name: str, colour: str = INK_SOFT) -> QIcon:
    """One weight of one set."""
    made: QIcon = qtawesome.icon(f"mdi6.{name}", color=colour, color_disabled=INK_FAINT, scale_factor=1.15)
    return made


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Plain text, never rich: what residents wrote is shown, not interpreted."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(kind)
    made.setWordWrap(wrap)
    return made


def tip(text: str) -> str:
    """A tooltip of what people wrote: Qt would take `<img …>` in it for markup."""
    return f"<p>{escape(text)}</p>" if "<" in text else text


def title(text: str) -> QLabel:
    return label(text, "title")


def soft(text: str = "") -> QLabel:
    return label(text, "soft", wrap=True)


class Button(QPushButton):
    """A button that Enter presses as well as the space bar: nobody should have to know which."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click() if self.menu() is None else self.showMenu()
            return
        super().keyPressEvent(event)


def button(text: str, kind: str = "", icon_name: str = "") -> QPushButton:
    made = Button(text)
    made.setObjectName(kind)
    made.setAutoDefault(False)
    if icon_name:
        made.setIcon(icon(icon_name, "white" if kind == "primary" else INK_SOFT))
        made.setIconSize(QSize(ICON, ICON))
    return made


def primary(text: str, icon_name: str = "") -> QPushButton:
    return button(text, "primary", icon_name)


class Choice(QComboBox):
    """A combo that the wheel does not change in passing: scrolling a form must never alter a person."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(16)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stylesheet takes the arrow away with the old-fashioned button around it; one of our icons instead."""
        super().paintEvent(event)
        place = QRect(self.width() - ICON - 6, (self.height() - ICON) // 2, ICON, ICON)
        icon("chevron-down", INK_SOFT if self.isEnabled() else LINE).paint(QPainter(self), place)


def only_if(wanted: bool, *widgets: QWidget) -> None:
    """Hide widgets that are not wanted, as long as they lie nowhere yet. `setVisible(True)` on one without a parent would
    open a window of its own for a moment, which takes the keyboard from this one."""
    for widget in widgets:
        if not wanted:
            widget.hide()


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


def scrolled(widget: QWidget) -> QScrollArea:
    """A card that a small or enlarged screen may cut: then it scrolls, and the window keeps its foot."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setMinimumWidth(widget.minimumSizeHint().width())
    made.setWidget(widget)
    return made


def row(*widgets: QWidget | int, margin: int = 0) -> QWidget:
    """Widgets beside each other; a number is a stretch."""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(margin, margin, margin, margin)
    line.setSpacing(GAP[1])
    for widget in widgets:
        if isinstance(widget, int):
            line.addStretch(widget)
        else:
            line.addWidget(widget)
    return made


def split(*widgets: QWidget, sizes: Sequence[int]) -> QSplitter:
    """Panes beside each other with the usual gap; the last one takes what is over."""
    made = QSplitter()
    made.setChildrenCollapsible(False)
    made.setHandleWidth(GAP[2])
    for widget in widgets:
        made.addWidget(widget)
    made.setSizes(list(sizes))
    made.setStretchFactor(made.count() - 1, 1)
    return made


def rule() -> QFrame:
    """A thin line between two parts of a card."""
    made = QFrame()
    made.setObjectName("rule")
    return made
