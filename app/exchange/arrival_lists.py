"""A list of people who come (转运名单), read with the readers of rosters: any titles, any file, or what was pasted.

What a roster has no field for (when somebody is expected, which committee is named) is found by its title here; the address
is kept as it was written beside the door that was read from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.domain import addresses, arrival_times
from app.domain.fields import ARRIVAL, ROSTER_FIELDS
from app.domain.findings import Finding
from app.domain.jobs import Cancelled, Progress, never, quiet
from app.domain.titles import plain as plain_title
from app.exchange import rosters
from app.exchange.pasted import Pasted

Values = dict[str, Any]
DOOR = ("estate", "lane", "building", "unit", "room")

EXPECTED = (
    ARRIVAL["expected_at"].title, *ARRIVAL["expected_at"].aliases, "抵沪时间", "来沪时间", "返沪时间", "到沪时间", "航班时间",
    "到港时间", "抵达时间", "预计落地时间", "预计到站时间", "预计到沪时间", "预计抵沪", "预计到达", "时间", "降落时间",
)  # fmt: skip
"""Titles of columns that say when; first what is expected."""
ADDRESSES = (
    "拟住地址", "目的地", "目的地址", "隔离地址", "居家隔离地址", "居家地址", "在沪地址", "在沪住址", "上海地址", "拟居住地址", "本市住址",
    "落脚点", "到达地址", "送达地址", "居住小区及门牌", "地址", *ROSTER_FIELDS["address"].aliases,
)  # fmt: skip
COMMITTEES = (
    "居委",
    "居委会",
    "所属居委",
    "所属居委会",
    "接收居委",
    "接收居委会",
    "居民区",
    "所属居民区",
    "村居",
    "村居委",
)
FURTHER = {
    "航班": "transport_no", "航班车次": "transport_no", "车次航班": "transport_no", "高铁车次": "transport_no", "交通班次": "transport_no",
    "航班车次号": "transport_no", "出发城市": "origin", "出发国家": "origin", "始发地": "origin", "起飞地": "origin", "来源": "origin",
    "来自": "origin", "出发国家地区": "origin", "旅客姓名": "name", "来沪人员": "name", "返沪人员": "name", "入境人员姓名": "name",
    "到沪日期": "arrived_on", "日期": "arrived_on", "抵达日期": "arrived_on", "入境日期": "arrived_on", "境外": "overseas",
}  # fmt: skip
"""Titles that lists of people who come have and rosters have not."""
_ELSEWHERE = {plain_title(title): "extra" for title in (*EXPECTED, *ADDRESSES, *COMMITTEES)}
_WITHOUT = frozenset(("不详", "无", "未知", "待定", "暂无", "没有", "不明", "待核实", "未提供"))
TAKEN = ("origin", "overseas", "arrived_on", "transport", "transport_no", "note")


@dataclass(frozen=True, slots=True)
class Coming:
    """One row. values: fields of an arrival. door: parts of a place, where one was read. told: of the person (documents,
    phones, sex, birth), for finding who it is. committee: as the list names it."""

    row: int
    sheet: str
    values: Values
    door: Values
    told: Values
    committee: str = ""


@dataclass(frozen=True, slots=True)
class ArrivalList:
    """What was read; `rejected` rows have a finding each."""

    file: str
    sheet: str
    rows: tuple[Coming, ...]
    findings: tuple[Finding, ...]
    rejected: int
    mapping: dict[str, str] = field(default_factory=dict)


def read(
    source: Path | Pasted, *, today: date, sheet: str | None = None, mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None, progress: Progress = quiet, cancelled: Cancelled = never,
) -> ArrivalList:  # fmt: skip
    """Read a list of people who come. Raises what `exchange.rosters.read` raises."""
    known = {**(remembered or {}), **FURTHER, **_ELSEWHERE}
    roster = rosters.read(
        source, sheet=sheet, mapping=mapping, remembered=known, today=today, need_place=False, progress=progress,
        cancelled=cancelled,
    )  # fmt: skip
    findings, rows, rejected = list(roster.findings), [], roster.rejected
    for each in roster.rows:
        if each.values.get("name"):
            rows.append(_coming(each, today, findings))
        else:
            rejected += 1
            findings.append(Finding("arrival-no-name", each.row, sheet=each.sheet))
    return ArrivalList(
        roster.path.name, roster.sheet, tuple(rows), tuple(findings), rejected,
        {title: key for title, key in roster.mapping.items() if key != "extra"},
    )  # fmt: skip


def _coming(row: rosters.RosterRow, today: date, findings: list[Finding]) -> Coming:
    said = row.values
    extra = {plain_title(title): str(text).strip() for title, text in (said.get("extra") or {}).items()}
    values = {key: said[key] for key in TAKEN if said.get(key) is not None}
    values["person_name"] = said["name"]
    if phones := said.get("phones"):
        values["person_phone"] = phones[0]["number"]
    written = _first(extra, ADDRESSES)
    door = {key: said[key] for key in DOOR if said.get(key)}
    if written and written not in _WITHOUT:
        values["address"] = written
        if not door.get("building"):
            read_door = addresses.read(written)._asdict()
            door = {**{key: read_door[key] for key in DOOR if read_door[key]}, **door}
    elif door:
        values["address"] = addresses.spoken(addresses.Place(*(door.get(key, "") for key in DOOR)))
    _expect(row, values, _first(extra, EXPECTED), today, findings)
    if said.get("note_sensitive"):
        findings.append(Finding("arrival-note-left", row.row, "备注", row.sheet))
    told: Values = {
        key: said[key] for key in ("name", "documents", "phones", "sex", "birth_date", "birth_year") if key in said
    }
    return Coming(row.row, row.sheet, values, door, told, _first(extra, COMMITTEES))


def _first(extra: Mapping[str, str], titles: tuple[str, ...]) -> str:
    """What the first of these columns says that says anything."""
    return next((text for title in titles if (text := extra.get(plain_title(title)))), "")


def _expect(row: rosters.RosterRow, values: Values, text: str, today: date, findings: list[Finding]) -> None:
    """Day and time of the arrival, from the two columns or from one that says both."""
    on = _day(values.get("arrived_on"))
    if values.get("arrived_on") and on is None:  # a month or a year is no day to be waited for
        values.pop("arrived_on")
    at = arrival_times.read(text, on, today) if text else None
    if on is None and (day := at.date() if at else arrival_times.day_in(text, today) if text else None) is not None:
        values["arrived_on"] = day.isoformat()
    if at is not None:
        values["expected_at"] = at.isoformat(timespec="seconds")
    elif text and text not in _WITHOUT and arrival_times.day_in(text, today) is None:
        findings.append(Finding("arrival-time-unread", row.row, "预计到达时间", row.sheet, text[:40]))
    if not values.get("arrived_on"):
        findings.append(Finding("arrival-no-day", row.row, sheet=row.sheet, value=str(values["person_name"])))


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
