"""today: everything due, overdue and ending."""

from __future__ import annotations

import argparse

from app.commands.opening import Result, opened, table
from app.commands.rows import day, of_person
from app.services import today
from app.words import say

SAID = ("kind", "entity", "id", "household", "resident", "state", "due", "what")


def listing(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        found = today.items(session, on=day(session, chosen.on), mine=chosen.mine)
    items = [
        {key: getattr(each, key) for key in SAID} | {"overdue": each.overdue, "name": each.name, "path": each.path}
        for each in found.items
    ]
    said = table(
        [
            ("逾期" if each["overdue"] else "", each["due"][:16].replace("T", " "), each["what"], each["path"])
            for each in items
        ],
        ("", "期限", "事项", "地址"),
    )
    on = found.date.isoformat()
    told = [of_person(each) if each["resident"] else each for each in items]
    return {"date": on, "data_until": found.until, "items": told}, said if items else say("today-said-none", date=on), 0
