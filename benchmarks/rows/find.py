"""Finding a person while typing among 250,000, beside the bare index query on the same file."""

from __future__ import annotations

import statistics
from random import Random
from typing import Any

from app.db import present
from app.services import search, workspaces
from benchmarks.rows.street import imported, timed

TITLE = "find while typing, 250,000 residents"
HOLD = "≤ 2, 95th percentile < 50 ms"
QUERIES = 400


def run() -> dict[str, Any]:
    opened = workspaces.unlock(imported(), "bench", "bench-password")
    try:
        asked = _queries(opened)
        times, bare = [], []
        for query in [*asked, *asked]:  # the first round warms both; each pair is measured side by side
            bare.append(_bare(opened, query))
            times.append(timed(lambda query=query: search.find(opened, query))[0] * 1000)
        times, bare = times[len(asked) :], bare[len(asked) :]
    finally:
        workspaces.lock(opened)
    times.sort()
    return {
        "against": "the bare FTS query with the columns shown",
        "ratio": round(statistics.median(times) / statistics.median(bare), 2),
        "figures": {
            "median": f"{statistics.median(times):.1f} ms", "p95": f"{times[int(len(times) * 0.95)]:.1f} ms",
            "worst": f"{times[-1]:.1f} ms", "bare median": f"{statistics.median(bare):.1f} ms",
        },
    }  # fmt: skip


def _queries(opened: Any) -> list[str]:
    """Beginnings of names, initials, rooms, phone tails and combinations, as typed."""
    from app.domain.names import pinyin

    random = Random(1)
    with opened.db.reading() as connection:
        people = [row for row, _ in present.people(connection, opened.committee_id)]
    asked = []
    for person in random.sample(people, QUERIES // 8):
        name, phone = person["name"], person.get("phones", [{"number": "13912345678"}])[0]["number"]
        readings = pinyin(name) or (("wang",),)
        initials = "".join(syllable[0] for syllable in readings[0])
        asked += [
            name[0],
            name,
            initials,
            initials[:2],
            "".join(readings[0]),
            phone[-4:],
            f"{name[0]} 302",
            f"12号 {initials[0]}",
        ]
    return asked


def _bare(opened: Any, query: str) -> float:
    from app.db import search as index

    with opened.db.reading() as connection:
        expression = " AND ".join(f"({index.expression_of(connection, word)})" for word in index.words(query))
        sql = f"{index.SHOWN} WHERE words MATCH ? ORDER BY w.rowid LIMIT 20"
        return timed(lambda: connection.exec_driver_sql(sql, (expression,)).fetchall())[0] * 1000
