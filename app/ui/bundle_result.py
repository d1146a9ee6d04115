"""What is known of bundles, in words: what waits, how old what came is, and after 接收数据 what came of each file."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFrame, QHeaderView, QSizePolicy, QVBoxLayout

from app.domain import moves
from app.domain.findings import UserError
from app.services import enrolment, moving
from app.ui import errors, theme
from app.ui.acts import moment
from app.ui.desk import Desk
from app.ui.tables import Column, Row, Table
from app.words import knows, say

DAY = 24
HEADER, LINE, SHOWN_LINES, LONGEST = 44, 38, 5, 38  # of the table of files: px, px, lines, letters of a name
SILENT = 2  # days without a bundle from which the table says so
LATE = "#9A5B00"
TONES = {"well": theme.OK, "part": LATE, "not": theme.DANGER}


# ---------------------------------------------------------------- moments and ages


def day(iso: str, now: datetime) -> str:
    """A moment to the minute, as one says it: 5月25日16:00, with the year where it is another one."""
    at = datetime.fromisoformat(iso)
    code = "day" if at.year == now.year else "day-of-year"
    return say(code, year=at.year, month=at.month, day=at.day, time=f"{at:%H:%M}")


def hours_since(iso: str | None, now: datetime) -> int | None:
    """Full hours from a moment until now; a clock that runs ahead gives 0."""
    return max(0, int((now - datetime.fromisoformat(iso)).total_seconds() // 3600)) if iso else None


def age(hours: int | None) -> str:
    """How old something is: 不到 1 小时, 5 小时, 3 天."""
    if hours is None:
        return "—"
    if hours < 1:
        return say("age-fresh")
    return say("age-hours", count=hours) if hours < DAY else say("age-days", count=hours // DAY)


# ---------------------------------------------------------------- files taken in


def words_of_file(result: dict[str, Any], role: str, names: dict[str, str] | None = None) -> list[str]:
    """Everything to be said about one file of `sync.merge`; to a committee every bundle is a receipt too.

    names: of the registered PCs, by their ids.
    """
    if result["error"] is not None:
        return [errors.words(result["error"])]
    told = [*result["aside"], *result["notices"]]
    said = [_of_device(each, names or {}) for each in told]
    refused = result["refused"]
    counted = refused if isinstance(refused, dict) else Counter(each["code"] for each in refused)
    said += [_refused(code, count) for code, count in counted.items()]
    if result["rewritten"]:
        said.append(say("came-rewritten", count=result["rewritten"]))
    acts = result["moves"] if isinstance(result["moves"], dict) else Counter(each["act"] for each in result["moves"])
    said += [say(f"came-moves-{act}", count=count) for act, count in acts.items()]
    if result["conflicts"]:
        said.append(say("merged-conflicts", count=result["conflicts"]))
    plain = "merged-well" if result["applied"] else "merged-receipt" if role == "committee" else "merged-nothing"
    return said or [say(plain, name=result["from"])]


def _of_device(said: dict[str, Any], names: dict[str, str]) -> str:
    """A sentence about a PC, which is called by the name under which it is registered rather than by its id."""
    device = str(said.get("device", ""))
    name = names.get(device)
    called = f"“{name}”（{device[:4]}）" if name else device[:8]
    words = say(said["code"], **{**said, "device": called})
    return words if called in words or not called else f"{called}：{words}"


def _refused(code: str, count: int) -> str:
    special = f"refused-{code}"
    return say(special, count=count) if knows(special) else say("came-refused-row", count=count)


def names_of_devices(desk: Desk) -> dict[str, str]:
    return {each["device"]: each["name"] for each in enrolment.status(desk.session)["members"]}


def row_of(result: dict[str, Any], role: str, names: dict[str, str] | None = None) -> Row:
    """One file as a row of the table; `tone` says how it went."""
    failed = result["error"] is not None
    part = any(result[key] for key in ("aside", "refused", "conflicts", "notices", "rewritten"))
    return {
        **{key: "" if failed else result[key] for key in ("applied", "duplicates", "conflicts")},
        "file": Path(result["file"]).name, "words": "\n".join(words_of_file(result, role, names)),
        "tone": "not" if failed else "part" if part else "well",
    }  # fmt: skip


def row_of_came(kept: dict[str, Any], role: str, names: dict[str, str] | None = None) -> Row:
    """The same of a file that was taken in some time ago (`exchanged.came`)."""
    error = kept["error"]
    result = {**kept, "error": UserError(error["code"], **error["details"]) if error else None}
    return {**row_of(result, role, names), "at": kept["at"], "from": kept["from"] or "—"}


def came_table(desk: Desk) -> Table:
    """When, from whom, how many, and what is to be said of it."""
    made = Table([
        Column("at", "时间", 132, moment), Column("from", "来自", 150), Column("applied", "新收", 64),
        Column("conflicts", "冲突", 56), Column("words", "结果", tone=lambda row: TONES[row["tone"]]),
    ], remember=(desk.settings, "came"))  # fmt: skip
    made.setWordWrap(True)
    made.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return made


def shortened(name: str) -> str:
    """A long file name without its middle: who, for whom, and the end stay."""
    return name if len(name) <= LONGEST else f"{name[:27]}…{name[-8:]}"


class BundleResult(QFrame):
    """A card with one row a file; hidden until there is something to show."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("panel")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.title = theme.label("", "strong")
        self.decide = theme.button("去待核")
        self.welcome = theme.button("去接收")
        self.waits = theme.label("", "soft", wrap=True)
        self.close_button = theme.button("知道了", "link")
        self.table = Table([
            Column("file", "文件", 320, shortened), Column("applied", "新收", 64), Column("duplicates", "已有", 64),
            Column("conflicts", "冲突", 56), Column("words", "结果", tone=lambda row: TONES[row["tone"]]),
        ])  # fmt: skip
        self.table.setWordWrap(True)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GAP[2],) * 4)
        column.setSpacing(theme.GAP[1])
        column.addWidget(theme.row(self.title, 1, self.decide, self.welcome, self.close_button))
        column.addWidget(self.table)
        column.addWidget(self.waits)

    def _connect(self) -> None:
        self.decide.clicked.connect(lambda: self.desk.go("decisions", page="conflicts"))
        self.welcome.clicked.connect(lambda: self.desk.go("decisions", page="moves"))
        self.close_button.clicked.connect(self.hide)

    def show_results(self, results: list[dict[str, Any]], *, stopped: bool = False) -> None:
        """What `sync.merge` gave; stopped: the rest was cancelled."""
        applied, conflicts = (sum(each[key] for each in results) for key in ("applied", "conflicts"))
        well = sum(each["error"] is None for each in results)
        taken = say("merged-title", all=len(results), count=well, applied=applied)
        self.title.setText(f"{taken}　{say('merged-stopped')}" if stopped else taken)
        self.decide.setVisible(bool(conflicts) and self.desk.session.may("conflicts.read"))
        names = names_of_devices(self.desk)
        rows = [row_of(each, self.desk.session.role, names) for each in results]
        self._say_who_waits()
        self.table.set_rows(rows)
        lines = sum(1 + row["words"].count("\n") for row in rows)
        self.table.setFixedHeight(HEADER + LINE * min(lines, SHOWN_LINES))
        self.show()

    def _say_who_waits(self) -> None:
        """People whom another committee offers: a bundle is how they come."""
        session = self.desk.session
        asked = session.role == "committee" and session.may("moves.read")
        waits = [each for each in moving.waiting(session) if each["state"] == moves.ARRIVED] if asked else []
        ill = sum(each["isolating"] for each in waits)
        count = len(waits)
        self.waits.setText(
            say("moves-wait", count=count) + (say("moves-wait-isolating", count=ill) if ill else "") if count else ""
        )
        for widget in (self.waits, self.welcome):
            widget.setVisible(bool(count))
