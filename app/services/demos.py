"""The demo street, filled through the services as a committee would: workspaces, rosters, arrivals, isolation, visits."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.db import present
from app.demo import geography, papers, street, under, workbooks
from app.demo.street import Committee
from app.domain import clock, ids, isolation
from app.domain.clock import Clock
from app.domain.findings import UserError
from app.domain.jobs import Cancelled, Progress, check, never, quiet
from app.files import write_atomic
from app.services import demo_work, enrolment, ground, map_import, rosters, workspaces
from app.services.session import Session
from app.services.values import stored
from app.words import say

ACCOUNT, PASSWORD, ROOT_PASSWORD = "演示书记", "yanshi-2020", "genmiyao-2020"
LARGEST = 59
STREET_CODE = "310115016"
TODAY = date.fromisoformat(street.TODAY)
BEGINNING = TODAY - timedelta(days=20)
"""When the rosters came in; what happened since was keyed on its day, so that yesterday's figures are known."""
Values = dict[str, Any]


def build(
    folder: Path,
    *,
    committees: int = 3,
    residents: int = 13_000,
    seed: int = 1,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Values:
    """Practice workspaces of a centre and committees of an invented street, as cli.md's `demo` says.

    People, places and cells derive from the seed; keys and ids do not. Raises UserError: workspace-exists,
    demo-size, cancelled.
    """
    if not 1 <= committees <= LARGEST or not committees * 60 <= residents <= 300_000:
        raise UserError("demo-size", most=LARGEST)
    if folder.exists() and any(folder.iterdir()):
        raise UserError("workspace-exists", folder=str(folder))
    now = clock.frozen(f"{street.TODAY}T09:00")
    folder.mkdir(parents=True, exist_ok=True)
    root_key = folder / "root.key"
    centre = _centre(folder, committees, seed, now, enrolment.root_key(root_key, ROOT_PASSWORD))
    made = []
    for index, committee in enumerate(street.committees(committees, residents, seed)):
        progress(index, committees, "demo-import")
        check(cancelled)
        made.append(_committee(folder, committee, seed, now, committees, crowded=index == min(2, committees - 1)))
    _enrol(folder, centre, [Path(each["data"]) for each in made], root_key, now)
    return {
        "centre": str(centre), "committees": made, "account": ACCOUNT, "password": PASSWORD,
        "root_key": str(root_key), "root_password": ROOT_PASSWORD, "now": f"{street.TODAY}T16:00",
    }  # fmt: skip


def _enrol(folder: Path, centre: Path, committees: list[Path], root_key: Path, now: Clock) -> None:
    """All committees join the street, as by telephone."""
    papers = folder / "登记"
    papers.mkdir()
    at_centre = workspaces.unlock(centre, ACCOUNT, PASSWORD, clock=now)
    try:
        for data in committees:
            session = workspaces.unlock(data, ACCOUNT, PASSWORD, clock=now)
            try:
                asked, answer = papers / f"{session.code}申请.json", papers / f"{session.code}答复.json"
                words = enrolment.request(session, asked)["fingerprint"]
                done = enrolment.approve(at_centre, asked, root_key, ROOT_PASSWORD, words, answer)
                enrolment.accept(session, answer, done["root_words"])
                if data == committees[-1] != committees[0]:
                    demo_work.moving(session, committees[0].name)
            finally:
                workspaces.lock(session)
    finally:
        workspaces.lock(at_centre)


def _committee(folder: Path, committee: Committee, seed: int, now: Clock, committees: int, *, crowded: bool) -> Values:
    data = folder / committee.code
    workspaces.create(
        data, role="committee", name=committee.name, code=committee.code, account=ACCOUNT, password=PASSWORD,
        rehearsal=True, clock=_at(BEGINNING),
    )  # fmt: skip
    files, further = workbooks.rosters(committee, folder / "花名册" / committee.code, seed)
    to_answer = papers.papers(committee, folder / "来件" / committee.code, seed)
    outlines = folder / "地图" / f"{committee.code}.geojson"
    outlines.parent.mkdir(exist_ok=True)
    write_atomic(outlines, json.dumps(geography.of(committee, seed), ensure_ascii=False).encode())
    session = workspaces.unlock(data, ACCOUNT, PASSWORD, clock=_at(BEGINNING))
    try:
        for file in files:
            rosters.apply(session, rosters.preview(session, file))
        for layer in ("boundary", "estates", "buildings"):
            map_import.import_layer(session, outlines, layer)
        _lay_under(session, committees, seed)
        _moved_out(session, papers.away(committee))
        _lived_in(session, Random(f"{seed}/life/{committee.index}"), crowded)
        _twice(session)
        session.clock = now
        with session.db.reading() as connection:
            residents = present.counts(connection, session.committee_id)["persons"]
    finally:
        workspaces.lock(session)
    return {
        "code": committee.code, "name": committee.name, "data": str(data), "residents": residents,
        "rosters": [str(file) for file in files], "next_roster": str(further), "map": str(outlines),
        **{name: str(file) for name, file in to_answer.items()},
    }  # fmt: skip


def _lay_under(session: Session, committees: int, seed: int) -> None:
    """Roads, river and parks, so that the maps look like maps."""
    for kind, features in under.layers(committees, seed).items():
        ground.keep(session, kind, say(f"ground-{kind}"), "", features)  # type: ignore[arg-type]


def _moved_out(session: Session, away: list[street.Person]) -> None:
    """Tenants who left after the rosters were made."""
    left = {(person.values["name"], person.values.get("phone")) for person in away}
    session.clock = _at(BEGINNING, "09:30")
    with session.db.reading() as connection:
        gone = [
            row["id"] for row, _ in present.people(connection, session.committee_id)
            if any((row["name"], phone["number"]) in left for phone in row.get("phones") or ())
        ]  # fmt: skip
    with session.writing("change") as writing:
        for resident in gone:
            writing.change("resident", resident, {"status": "迁出", "status_since": BEGINNING.isoformat()})


def _twice(session: Session) -> None:
    """Three tenants whom somebody keyed anew when they took another flat: the merge desk has something to show."""
    session.clock = _at(TODAY, "08:45")
    with session.db.reading() as connection:
        people = [row for row, _ in present.people(connection, session.committee_id)]
    heads = [
        row for row in people
        if row.get("relation") == "户主" and row.get("residence_kind") == "承租" and row.get("phones")
    ]  # fmt: skip
    kept = ("name", "sex", "birth_year", "phones")
    with session.writing("create") as writing:
        writing.create("resident", [
            (str(ids.new_id()), {
                **{key: row[key] for key in kept if row.get(key)}, "household": other["household"],
                "residence_kind": "承租", "workplace": "自由职业",
            })
            for row, other in zip(heads[:3], heads[5:8], strict=False)
        ])  # fmt: skip


def _lived_in(session: Session, random: Random, crowded: bool) -> None:
    """What no roster carries: returns from elsewhere, isolation with checks, visits, building leaders."""
    with session.db.reading() as connection:
        people = [row for row, _ in present.people(connection, session.committee_id)]
        households = present.where(connection, session.committee_id, "household")
        buildings = present.where(connection, session.committee_id, "building")
    by_household: dict[str, list[Values]] = {}
    for person in people:
        if person.get("status") not in ("去世", "迁出"):
            by_household.setdefault(person.get("household", ""), []).append(person)
    isolating = random.sample(sorted(by_household), min(len(by_household), 112 if crowded else 14))
    session.clock = _at(BEGINNING, "10:00")
    with session.writing("change") as writing:
        for building in buildings[:: max(1, len(buildings) // 20)]:
            leader = random.choice(people)
            phone = next((each["number"] for each in leader.get("phones", ())), None)
            writing.change("building", building["id"], {"leader_name": leader["name"], "leader_phone": phone})
    days: Days = {}
    ended = _isolation(random, [by_household[each] for each in isolating], days)
    free = sorted(by_household.keys() - {*isolating, ""})
    for row, values in _visits(random, [row["id"] for row in households]):
        _keyed(days, date.fromisoformat(values["on"]), "visit", row, values)
    for day, happened in sorted(days.items()):
        session.clock = _at(day, "08:40" if day == TODAY else "20:00")
        with session.writing("create") as writing:
            for entity, rows in happened.items():
                writing.create(entity, [(row, stored(session, entity, row, values)) for row, values in rows])
    session.clock = _at(TODAY, "08:50")
    with session.writing("change") as writing:
        for case, values in ended:
            writing.change("isolation_case", case, values)
    demo_work.lived(session, random, TODAY, [by_household[each] for each in free[:: max(1, len(free) // 12)][:12]])


Rows = list[tuple[str, Values]]
Days = dict[date, dict[str, Rows]]
"""What was keyed on which day: entity -> rows."""


def _at(day: date, time: str = "09:00") -> Clock:
    return clock.frozen(f"{day.isoformat()}T{time}")


def _keyed(days: Days, on: date, entity: str, row: str, values: Values) -> None:
    days.setdefault(max(on, BEGINNING), {}).setdefault(entity, []).append((row, values))


def _isolation(random: Random, households: list[list[Values]], days: Days) -> Rows:
    """Arrivals, cases and checks on their days; what of the cases ended this morning: one moved out, two released."""
    ended: Rows = []
    for number, members in enumerate(households):
        start = TODAY - timedelta(days=14 if number in (5, 6) else random.randint(0, 13))
        rule = isolation.rule_named("14", start)
        overseas = members[0].get("person_class") == "外籍" or number % 5 == 0
        for member in members[:2]:
            case = str(ids.new_id())
            _keyed(days, start, "arrival", str(ids.new_id()), {
                "resident": member["id"], "origin": "英国伦敦" if overseas else "湖北武汉", "overseas": overseas,
                "arrived_on": start.isoformat(), "transport": "飞机" if overseas else "高铁", "state": "已到家",
                "household": member["household"], "person_name": member["name"],
                "home_at": f"{start.isoformat()}T18:00:00+08:00",
            })  # fmt: skip
            _keyed(days, start, "isolation_case", case, {
                "resident": member["id"], "rule": "14", "start": start.isoformat(),
                "stages": isolation.to_json(isolation.open_case(rule, start)), "state": "在管",
            })  # fmt: skip
            for row, values in _checks(case, start, number):
                _keyed(days, date.fromisoformat(values["on"]), "isolation_check", row, values)
            if number == 3:
                ended.append((case, {"state": "转出", "closed_on": TODAY.isoformat()}))
            elif number in (5, 6):
                ended.append((case, {"state": "已解除", "closed_on": TODAY.isoformat(), "close_reason": "期满"}))
    return ended


def _checks(case: str, start: date, number: int) -> Rows:
    """Twice a day until this morning; some households lack one."""
    days = (TODAY - start).days
    lacking = {
        (days, "pm"),
        *([(days, "am")] if number % 6 == 1 else []),
        *([(days - 1, "pm")] if number % 9 == 4 else []),
    }
    return [
        (str(ids.new_id()), {
            "isolation_case": case, "on": (start + timedelta(days=day)).isoformat(), "slot": slot, "mode": "电话",
            "by": demo_work.WORKER, "reached": True, "temperature": f"36.{(day * 3 + number) % 8}", "symptoms": "无",
        })
        for day in range(days + 1) for slot in isolation.SLOTS["居家隔离"] if (day, slot) not in lacking
    ]  # fmt: skip


def _visits(random: Random, households: list[str]) -> Rows:
    """Most households were visited in the last months; 23 May is a day without any."""
    rows: Rows = []
    for household in households:
        if random.random() < 0.7:
            on = TODAY - timedelta(days=random.choice([day for day in range(1, 120) if day != 2]))
            result = "登记" if random.random() < 0.85 else random.choice(("无人", "拒访", "电话不通"))
            rows.append(
                (str(ids.new_id()), {"household": household, "on": on.isoformat(), "mode": "上门", "result": result})
            )
    return rows


def _centre(folder: Path, committees: int, seed: int, now: Clock, root: Ed25519PrivateKey) -> Path:
    """The street centre, knowing its groups and committees, one of which was merged into another."""
    data = folder / "街道中心"
    workspaces.create(
        data, role="centre", name="花木街道（演示）", code=STREET_CODE, account=ACCOUNT, password=PASSWORD, rehearsal=True,
        clock=now, root=root,
    )  # fmt: skip
    session = workspaces.unlock(data, ACCOUNT, PASSWORD, clock=now)
    try:
        with session.writing("create") as writing:
            groups = {name: str(ids.new_id()) for name in street.GROUPS}
            writing.create("group", [(row, {"name": name}) for name, row in groups.items()])
            rows: Rows = [
                (str(ids.committee_id(street.code_of(index))), {
                    "name": street.name_of(index), "code": street.code_of(index),
                    "group": groups[street.GROUPS[index % len(street.GROUPS)]],
                })
                for index in range(committees)
            ]  # fmt: skip
            rows.append((str(ids.committee_id(street.RETIRED)), {
                "name": "培花新村第十一居委会", "code": street.RETIRED, "until": "2019-12-31", "merged_into": rows[0][0],
            }))  # fmt: skip
            writing.create("committee", rows)
        _lay_under(session, committees, seed)
    finally:
        workspaces.lock(session)
    return data
