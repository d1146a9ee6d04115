"""What each count of a report counts, said once: which population, whom, by which rule.

Every statistic says 户籍, 常住 or 实有 (domain.md, People); `实有人口` is the `residents` of `status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.domain.people import is_home, lives_here, registered_here, usual_resident

BASIS = {
    "实有人口": "实有人口：状态为在住或暂离，且实住或承租在此，不论户籍",
    "户籍人口": "户籍人口：户籍在本居委会，不论是否住在此（不含迁出、去世）",
    "常住人口": "常住人口：住在此，且户籍在此或已住满半年（港澳台、外籍另计）",
    "户数": "户数：有符合条件的实有人口居住的户",
    "昨日在管": "截至前一日同一时点已知的在管（在管、待结果、期满待解除，不含待接）",
    "今日新增": "今日开始并已登记的在管，和今日由待接转入的",
    "解除": "今日已解除的",
    "转出": "今日转集中、转院或转出的",
    "今日在管": "截至统计时点已知的在管（在管、待结果、期满待解除，不含待接）",
    "今日抵沪": "抵沪日期为统计时点当日的来沪返沪登记",
}
"""Count -> its rule, as it is told beside the figure."""
POPULATIONS = ("实有人口", "户籍人口", "常住人口")
ELDERLY = 60
"""Years from which somebody living alone is elderly."""
ALONE = ("独居", "孤老")
"""Care groups of somebody who lives alone."""


def belongs(name: str, resident: Mapping[str, Any], residences: Iterable[Mapping[str, Any]], on: date) -> bool:
    """Is a person one of this population on a day? name: of POPULATIONS, or 户数: the households of 实有人口.

    resident: its values with those of its door, where a hukou address is to be compared with it.
    """
    rows = tuple(residences)
    if name == "户籍人口":
        return registered_here(resident, rows, _hukou_at_home(resident))
    if name == "常住人口":
        return usual_resident(resident, on, rows, _hukou_at_home(resident))
    return lives_here(resident, rows)


def elderly_alone(resident: Mapping[str, Any], on: date) -> bool:
    """独居老人, as the map counts them: living here, alone, and not known to be younger than ELDERLY."""
    born, groups = resident.get("birth_year"), resident.get("care_groups") or ()
    alone = any(group in groups for group in ALONE) and (born is None or on.year - int(born) >= ELDERLY)
    return alone and lives_here(resident)


def _hukou_at_home(resident: Mapping[str, Any]) -> bool | None:
    """Does the hukou address mean the person's own door? None where either is not on record."""
    address = resident.get("hukou_address")
    if not address or not resident.get("building"):
        return None
    door = {key: str(resident.get(key) or "") for key in ("estate", "lane", "building", "room")}
    return is_home(str(address), **door)


def of(name: str, conditions: Iterable[str] = ()) -> str:
    """The rule of a count with the conditions that its mark adds."""
    added = "，".join(conditions)
    return BASIS[name] + (f"；条件：{added}" if added else "")
