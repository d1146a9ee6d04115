"""The sections of the window, in order: key, title, icon, the right it needs, and its desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.ui.care_desk import CareDesk
from app.ui.coming import coming
from app.ui.decisions_desk import DecisionsDesk
from app.ui.desk import Desk, Page
from app.ui.import_desk import ImportDesk
from app.ui.incidents_desk import IncidentsDesk
from app.ui.isolation_desk import IsolationDesk
from app.ui.manage_desk import ManageDesk
from app.ui.map_desk import MapDesk
from app.ui.report_desk import ReportDesk
from app.ui.residents_desk import ResidentsDesk
from app.ui.sheets_desk import SheetsDesk
from app.ui.sync_desk import SyncDesk
from app.ui.today_desk import TodayDesk


@dataclass(frozen=True, slots=True)
class Section:
    """`under`: a desk without a place of its own at the left; that section is marked while it is open."""

    key: str
    title: str
    icon: str
    make: Callable[[Desk], Page]
    act: str | None = None
    under: str = ""


SECTIONS = (
    Section("today", "今日", "calendar-check-outline", TodayDesk),
    Section("map", "地图", "map-outline", MapDesk, "maps.read"),
    Section("residents", "住户", "home-account", ResidentsDesk, "places.read"),
    Section("import", "导入花名册", "table-arrow-down", ImportDesk, "rosters.preview", under="residents"),
    Section("decisions", "待核", "account-question-outline", DecisionsDesk, "doubtful.read", under="residents"),
    Section("visits", "走访摸排", "clipboard-text-outline", SheetsDesk, "visits.read"),
    Section("isolation", "隔离", "shield-home-outline", IsolationDesk, "isolation.read"),
    Section("care", "关爱", "hand-heart-outline", CareDesk, "care.read"),
    Section("incidents", "事件", "bell-outline", IncidentsDesk, "incidents.read"),
    Section("reports", "报表", "file-table-outline", ReportDesk, "reports.totals"),
    Section("sync", "同步", "usb-flash-drive-outline", SyncDesk, "bundles.inspect"),
    Section("warnings", "预警", "chart-timeline-variant", coming("warnings"), "summaries.read"),
    Section("manage", "管理", "cog-outline", ManageDesk),
)
BY_KEY = {section.key: section for section in SECTIONS}
NUMBERED = tuple(section for section in SECTIONS if not section.under)
KEYS = "1234567890-"
"""Ctrl and one of these opens the section of that place, also where a right is missing for one before it."""
