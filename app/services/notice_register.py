"""Which papers were made of whom, who still needs one, and when the release notices that came back were handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.db import isolating, papers, present
from app.db.connection import Connection
from app.domain import clock, isolation, notices, walks
from app.domain.fields import ENTITIES
from app.domain.findings import UserError
from app.domain.values import plain
from app.services.records import Change
from app.services.session import Session
from app.services.values import Values

LONGEST = 60
PRINTED, HANDED = "已印", "已送达"


def people(session: Session, *, ended: bool = False) -> list[Values]:
    """Cases in walking order, of whom papers are made: id, resident, household, building, building_name, name, door, short_door,
    rule, start, end (ISO, inclusive), state (of today), ends_today, papers (kinds that were printed as the case stands
    now), notice_asked_at, notice_number, notice_issuer, notice_handed_at, notice_handed_to. ended: released ones too."""
    session.require("notices.print")
    with session.db.reading() as connection:
        rows = isolating.cases(connection, session.committee_id, ended=ended)
        cases = sorted(with_state(session, connection, rows), key=walks.key)
        made: dict[str, list[Values]] = {}
        for row in present.where(connection, session.committee_id, "notice"):
            made.setdefault(str(row.get("isolation_case")), []).append(row)
    states = (*isolation.ACTIVE, "已解除")
    return [_person(case, made.get(case["id"], ()), session.now()) for case in cases if case["state"] in states]


def _person(case: Values, made: Sequence[Values], now: datetime) -> Values:
    term = notices.term(case)
    kept = ("notice_asked_at", "notice_number", "notice_issuer", "notice_handed_at", "notice_handed_to")
    said = notices.said(case)
    printed = [
        str(row.get("kind")) for row in made
        if str(row.get("kind")) not in notices.OF or notices.OF[str(row["kind"])].together != "person"
        or row.get("about") == said
    ]  # fmt: skip
    return {
        **{key: case.get(key) for key in ("id", "resident", "household", "building", "name", "rule", "state")},
        "building_name": walks.building_text(case), "door": walks.door_text(case),
        "short_door": walks.short_text(case),
        "start": term[0].isoformat() if term else "", "end": term[1].isoformat() if term else "",
        "ends_today": bool(term and term[1] == now.date()), "papers": sorted(set(printed)),
        **{key: case.get(key) or "" for key in kept},
    }  # fmt: skip


def list_(session: Session, *, case: str = "", kind: str = "") -> list[Values]:
    """Papers made, newest first: id (of its first row), household and resident (where it speaks of one), state (已印, or
    已送达: its people have their release notice), number, kind, about, title, made_at, made_by, cases (ids), households, names, doors
    (in words), handed (how many of its cases have their release notice handed over)."""
    session.require("notices.print")
    with session.db.reading() as connection:
        committee = session.committee_id
        by_number: dict[str, list[Values]] = {}
        for row in present.where(connection, committee, "notice", **({"kind": kind} if kind else {})):
            by_number.setdefault(str(row.get("number") or row["id"]), []).append(row)
        known = {each["id"]: each for each in isolating.cases(connection, committee, ended=True)}
        homes = _homes(connection, committee, [row for rows in by_number.values() for row in rows])
    found = [_paper(number, rows, known, homes) for number, rows in by_number.items()]
    found = [each for each in found if not case or case in each["cases"]]
    return sorted(found, key=lambda each: (each["made_at"], each["number"]), reverse=True)


def _homes(connection: Connection, committee: str, rows: Sequence[Values]) -> dict[str, str]:
    """household or building -> where it is, in words."""
    households = list({str(row["household"]) for row in rows if row.get("household")})
    buildings = list({str(row["building"]) for row in rows if row.get("building")})
    found = {each["household"]: walks.door_text(each) for each in papers.homes(connection, committee, households)}
    return found | {
        each["building"]: walks.building_text(each) for each in papers.places(connection, committee, buildings)
    }


def _paper(number: str, rows: Sequence[Values], known: Mapping[str, Values], homes: Mapping[str, str]) -> Values:
    cases = [known[str(row["isolation_case"])] for row in rows if str(row.get("isolation_case")) in known]
    elsewhere = [homes.get(str(row.get("household") or row.get("building")), "") for row in rows]
    doors = [walks.door_text(case) for case in cases] + [each for each in elsewhere if each]
    homes_of = [str(each["household"]) for each in (*cases, *rows) if each.get("household")]
    people, handed = (
        [str(case["resident"]) for case in cases if case.get("resident")],
        sum(bool(case.get("notice_handed_at")) for case in cases),
    )
    return {
        "id": rows[0]["id"], "household": _only(homes_of), "resident": _only(people),
        "state": HANDED if cases and handed == len(cases) else PRINTED, "due": None,
        "number": number, **{key: str(rows[0].get(key) or "") for key in ("kind", "about", "title", "made_at", "made_by")},
        "cases": [case["id"] for case in cases], "names": [str(case.get("name") or "") for case in cases],
        "doors": list(dict.fromkeys(doors)), "handed": handed,
    }  # fmt: skip


def _only(found: Sequence[str]) -> str | None:
    """What a paper speaks of, if it is one alone."""
    return found[0] if len(set(found)) == 1 else None


# ---------------------------------------------------------------- what came back


def handed_over(
    session: Session, cases: Sequence[str], *, number: str | Mapping[str, str] = "", issuer: str = "",
    at: datetime | None = None, to: str | Mapping[str, str] = "",
) -> Change:  # fmt: skip
    """The release notices of some cases: their number, who issued them, when and to whom they were handed over.

    number, to: one for all, or by case. What is not said stays as it was; the case itself stays open until somebody ends
    it. Raises UserError: case-unknown, notice-choose, notice-hand-nothing, notice-early, notice-future, notice-before,
    notice-too-long; Refused.
    """
    session.require("isolation.write")
    session.require("notices.print")
    wanted = list(dict.fromkeys(each.strip() for each in cases))
    if not wanted:
        raise UserError("notice-choose")
    moment = clock.written(at) if at else ""
    if at is not None and at > session.now():
        raise UserError("notice-future", at=moment[:16].replace("T", " "))
    with session.db.reading() as connection:
        found = {case["id"]: case for case in isolating.cases_named(connection, session.committee_id, wanted)}
        if missing := [each for each in wanted if each not in found]:
            raise UserError("case-unknown", id=missing[0])
        rows = with_state(session, connection, list(found.values()))
    changes = {}
    for case in rows:
        said = _handed(case["id"], number, issuer, moment, to)
        if at is not None:
            notices.must_be_over(case, case["state"], at.astimezone(clock.SHANGHAI).date())
        if different := {key: value for key, value in said.items() if found[case["id"]].get(key) != value}:
            changes[case["id"]] = different
    if not changes:
        return Change("", (), "")
    with session.writing("change") as writing:
        for row, values in changes.items():
            writing.change("isolation_case", row, values)
    return Change(next(iter(changes)), tuple(changes), writing.batch)


def _handed(
    case: str, number: str | Mapping[str, str], issuer: str, moment: str, to: str | Mapping[str, str]
) -> Values:
    """The fields that were said of one case."""
    each: dict[str, Any] = {
        "notice_number": number if isinstance(number, str) else number.get(case, ""), "notice_issuer": issuer,
        "notice_handed_to": to if isinstance(to, str) else to.get(case, ""),
    }  # fmt: skip
    said = {key: plain(value) for key, value in each.items() if plain(value)}
    for key, value in said.items():
        if len(value) > LONGEST:
            raise UserError("notice-too-long", title=ENTITIES["isolation_case"][key].title, count=LONGEST)
    said |= {"notice_handed_at": moment} if moment else {}
    if not said:
        raise UserError("notice-hand-nothing")
    return said


# ---------------------------------------------------------------- for services


def with_state(session: Session, connection: Connection, cases: list[Values]) -> list[Values]:
    """With the state of today, the days of samples and what a paper says of the person."""
    on, named = session.now().date(), [case["id"] for case in cases]
    checks = isolating.checks_of(connection, session.committee_id, named)
    people = papers.people(connection, session.committee_id, [str(case.get("resident") or "") for case in cases])
    found = []
    for case in cases:
        done, stages = checks.get(case["id"], []), isolation.stages_of(case)
        state = str(case.get("state") or "")
        taken = sorted({str(each["on"]) for each in done if each["sampled"] or each["result_in"]})
        found.append({
            **case, **_plainly(people.get(str(case.get("resident")), {})), "sampled": taken,
            "state": isolation.state_on(stages, state, done, on) if stages else state,
        })  # fmt: skip
    return found


def _plainly(person: Values) -> Values:
    return {key: person[key] for key in ("sex", "birth_year") if key in person}
