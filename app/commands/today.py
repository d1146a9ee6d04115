"""today: everything due, overdue and ending."""

from __future__ import annotations

import argparse
from datetime import date

from app.commands.opening import Result, opened, table
from app.domain.findings import UsageError
from app.services import today
from app.words import say

SAID = ("kind", "entity", "id", "household", "resident", "state", "due", "what")


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = today.items(session, on=_day(chosen.on), mine=chosen.mine)
    items = [
        {key: value for key in SAID if (value := getattr(each, key)) or key in ("id", "due")}
        | {"overdue": each.overdue, "name": each.name, "path": each.path}
        for each in found.items
    ]  # fmt: skip
    said = table(
        [
            ("逾期" if each["overdue"] else "", each["due"][:16].replace("T", " "), each["what"], each["path"])
            for each in items
        ],
        ("", "期限", "事项", "地址"),
    )
    day = found.date.isoformat()
    return (
        {"date": day, "data_until": found.until or None, "items": items},
        said if items else say("today-said-none", date=day),
        0,
    )


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("now-invalid", value=text) from None
