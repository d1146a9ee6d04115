"""Rules of isolation as settings: read from rows and from what a person types, layered over the built-in ones.

Policy changes overnight, so a rule is data with dates. The committee's own stands over the street's, and that over
what comes with the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain import clock, names
from app.domain.fields import MEASURES
from app.domain.findings import UserError
from app.domain.isolation import BUILT_IN, LONGEST_STAGE, MOST_STAGES, CountFrom, ReleaseAt, Rule, Step, is_steps

LONGEST_CODE = 20
_STEP = re.compile(r"(\D+?)(\d{1,3})天?(?:@([\d@]+))?(?:@?(出结果))?")


def steps_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The value of a rule's field `steps`."""
    return [
        {"measure": step.measure, "days": step.days, "place": step.place, "tests": [*step.test_days], "ends": step.ends}
        for step in steps
    ]


def rule_of(values: Mapping[str, Any]) -> Rule | None:
    """The rule of a row; None if an entry from elsewhere made one that cannot be read."""
    code, steps = values.get("code"), values.get("steps")
    if not isinstance(code, str) or not code or not is_steps(steps):
        return None
    assert isinstance(steps, list)
    try:
        counted = CountFrom(str(values.get("count_from") or CountFrom.START_DAY))
        released = ReleaseAt(str(values.get("release_at") or ReleaseAt.MIDNIGHT))
    except ValueError:
        return None
    dates = {key: clock.day(values.get(key)) for key in ("valid_from", "valid_until")}
    if any(values.get(key) and dates[key] is None for key in dates):
        return None
    return Rule(
        code, tuple(Step(s["measure"], s["days"], s["place"], tuple(s["tests"]), s["ends"]) for s in steps),
        counted, released, dates["valid_from"], dates["valid_until"], values.get("co_residents") is True,
        values.get("own_notice") is True, str(values.get("note") or ""),
    )  # fmt: skip


def layered(own: Iterable[Rule], street: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules in the order in which they hold; among equals the one that begins last."""
    newest = [sorted(layer, key=lambda rule: rule.valid_from or date.min, reverse=True) for layer in (own, street)]
    return (*newest[0], *newest[1], *BUILT_IN)


def read_steps(text: str) -> tuple[Step, ...]:
    """Stages as a person types them: `集中隔离7@5 + 居家隔离7`; after @ the test days, 出结果 where a result ends it.

    Raises UserError("rule-steps").
    """
    found = []
    for part in re.split(r"[+,，;；、\s]+", names.fold_width(text).strip()):
        step = _STEP.fullmatch(part)
        if step is None or step[1] not in MEASURES or not 1 <= int(step[2]) <= LONGEST_STAGE:
            raise UserError("rule-steps", value=text, known="、".join(MEASURES))
        days, tests = int(step[2]), tuple(int(day) for day in (step[3] or "").split("@") if day)
        if any(not 1 <= day <= days for day in tests):
            raise UserError("rule-steps", value=text, known="、".join(MEASURES))
        place = "集中点" if step[1] == "集中隔离" else "居家"
        found.append(Step(step[1], days, place, tests, "result" if step[4] else "days"))
    if not 1 <= len(found) <= MOST_STAGES:
        raise UserError("rule-steps", value=text, known="、".join(MEASURES))
    return tuple(found)


def read_step(number: int, measure: str, days: str, tests: str) -> Step:
    """One stage from a form's row: its days, and on which of them somebody is tested (`5`, `1，7`, empty for none).

    Raises UserError("rule-stage-wrong") with the row's number.
    """
    length = names.fold_width(days).strip().removesuffix("天").strip()
    tested = re.findall(r"\d+", names.fold_width(tests))
    if measure not in MEASURES or not re.fullmatch(r"\d{1,3}", length) or not 1 <= int(length) <= LONGEST_STAGE:
        raise UserError("rule-stage-wrong", number=number, most=LONGEST_STAGE)
    if re.search(r"[^\d\s,，、;；第天@+]", tests) or any(
        len(day) > 3 or not 1 <= int(day) <= int(length) for day in tested
    ):
        raise UserError("rule-tests-wrong", number=number, days=int(length))
    place = "集中点" if measure == "集中隔离" else "居家"
    return Step(measure, int(length), place, tuple(sorted({int(day) for day in tested})))


def spoken(steps: Sequence[Step]) -> str:
    """Stages in the words that `read_steps` takes."""
    return " + ".join(
        f"{step.measure}{step.days}{''.join(f'@{day}' for day in step.test_days)}"
        f"{'出结果' if step.ends == 'result' else ''}"
        for step in steps
    )  # fmt: skip


def require_valid(rule: Rule, others: Iterable[Rule]) -> None:
    """Before a rule is written beside others of its layer. Raises UserError: rule-code, rule-dates, rule-overlap."""
    if not rule.code or len(rule.code) > LONGEST_CODE or any(c.isspace() or ord(c) < 32 for c in rule.code):
        raise UserError("rule-code", rule=rule.code)
    first, last = rule.valid_from or date.min, rule.valid_until or date.max
    if first > last:
        raise UserError("rule-dates", rule=rule.code)
    for each in others:
        if each.code == rule.code and first <= (each.valid_until or date.max) and (each.valid_from or date.min) <= last:
            raise UserError(
                "rule-overlap", rule=rule.code, since=str(each.valid_from or "—"), until=str(each.valid_until or "—")
            )
