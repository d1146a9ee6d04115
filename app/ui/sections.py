"""The sections of the window, in order: key, title, icon, the right it needs, and its desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.ui.coming import coming
from app.ui.decisions_desk import DecisionsDesk
from app.ui.desk import Desk
from app.ui.import_desk import ImportDesk
from app.ui.manage_desk import ManageDesk
from app.ui.report_desk import ReportDesk
from app.ui.residents_desk import ResidentsDesk
from app.ui.today_desk import TodayDesk


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    icon: str
    make: Callable[[Desk], QWidget]
    act: str | None = None
    numbered: bool = True
    """Reached by Ctrl and its number; the two steps of the residents' work are reached from there."""


SECTIONS = (
    Section("today", "今日", "calendar-check-outline", TodayDesk),
    Section("map", "地图", "map-outline", coming("coming-map"), "maps.read"),
    Section("residents", "住户", "home-account", ResidentsDesk, "places.read"),
    Section("import", "导入花名册", "table-arrow-down", ImportDesk, "rosters.preview", numbered=False),
    Section("decisions", "待核", "account-question-outline", DecisionsDesk, "doubtful.read", numbered=False),
    Section("visits", "走访摸排", "clipboard-text-outline", coming("coming-visits"), "visits.read"),
    Section("isolation", "隔离", "shield-home-outline", coming("coming-isolation"), "isolation.read"),
    Section("care", "关爱", "hand-heart-outline", coming("coming-care"), "visits.read"),
    Section("incidents", "事件", "bell-outline", coming("coming-incidents"), "visits.read"),
    Section("reports", "报表", "file-table-outline", ReportDesk, "reports.fill"),
    Section("sync", "同步", "usb-flash-drive-outline", coming("coming-sync"), "bundles.export"),
    Section("warnings", "预警", "chart-timeline-variant", coming("coming-warnings"), "summaries.read"),
    Section("manage", "管理", "cog-outline", ManageDesk),
)
