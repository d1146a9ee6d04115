"""Every service and every role: who may is asked first, the table of access.py answers, and a refusal is an entry.

The services are found by looking: whoever writes a new one gives it a right, or says here why it needs none.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

import app.services
from app.db import history
from app.domain import access, clock
from app.domain.findings import Refused, UserError
from app.domain.numbering import Rule
from app.exchange.arrival_lists import ArrivalList
from app.services import (
    arrival_lists,
    atlas,
    care_lists,
    day_sheets,
    handover,
    ledgers,
    map_import,
    maps,
    matrix,
    namelists,
    notices,
    places,
    records,
    reports,
    rosters,
    search,
    sheets,
    summaries,
    undoing,
    volunteer_lists,
)
from app.services.atlas import Asked
from app.services.session import Session
from app.services.values import Values
from tests.street import Street

ROOT = Path(__file__).parents[2]
ROLE_SETS = [*(frozenset({role}) for role in access.ROLES), frozenset[str]()]
NOBODY = "00000000-0000-7000-8000-000000000000"

# ---------------------------------------------------------------- what asks nobody, and why

INSIDE = {
    "demo_work": "writes in the practice workspaces that demos.build makes",
    "arrival_matching": "matches in the connection of arrival_lists, which asks",
    "arrival_rows": "reads in the connection of arrivals and arrival_lists, which ask",
    "incident_rows": "reads in the connection of incidents and incident_links, which ask",
    "values": "between stored and shown, for services that asked already",
    "looking": "the question itself",
    "lookups": "reads in a service's connection",
    "duplicate_homes": "writes in the batch of duplicates.merge",
    "duplicate_telling": "describes in a service's connection",
    "care_register": "reads in a service's connection",
    "committees": "reads in a service's connection",
    "map_known": "reads in the connection of map_import, which asks",
    "map_columns": "remembered columns of map_import, which asks",
    "carrying": "steps of moves.carry after a bundle, which asks; a refusal's in moves.refuse, which asks",
    "due": "reads in a service's connection",
    "doors": "writes in a service's batch",
    "planning": "puts together what is known, in a service's connection",
    "receiving": "a bundle's entries in the transaction of sync.merge",
    "rotation": "steps of unlocking and of changing accounts, which ask",
    "notice_papers": "words of papers, for notices and day_sheets, which ask",
    "notice_numbers": "counts in notices' transaction",
    "handover_office": "what handover shows, which asks",
    "numbers": "the local index after bundles and at unlocking, for whoever holds the ring",
    "erasure_lists": "signed lists within erasing, backups and bundles, which ask",
    "report_plan": "reads a form for reports, which asks",
    "case_rows": "reads cases in a service's connection",
    "report_rows": "reads in reports' connection",
    "report_figures": "counts in reports' connection",
    "report_filling": "reads in reports' connection",
    "report_trace": "what reports shows, which asks",
}
"""Modules of which windows and commands call nothing."""
WITHOUT_SESSION = {
    "demos.build": "makes practice workspaces of its own",
    "enrolment.root_key": "the root key has a password of its own",
    "enrolment.look": "a request's file, before anything is opened",
    "extracts.show": "a file with a password of its own; no workspace is open",
    "today.what": "words of an item at hand",
    "extracts.must_be_extract": "a file's name",
    "errands.brief": "of a row at hand",
    "notices.made_words": "of a print at hand", "day_sheets.due_text": "of a thing at hand", "handover.table": "of rows at hand",
    "forms.choices": "the field catalogue", "forms.how_to_fill": "of a form at hand", "forms.spoken": "the field catalogue", "forms.units": "the field catalogue",
    "forms.told": "of a form at hand", "forms.with_marks": "of a form at hand",
    "ledgers.bare": "takes words away", "looking.named": "shortens a list",
    "mappings.known": "in a service's connection", "mappings.keep": "in a service's transaction",
    "map_import.decided": "of a plan at hand", "map_import.distance": "of a plan at hand", "map_import.is_plain": "of a system at hand",
    "map_import.is_somebodys": "of a layer's name",
    "mapfiles.legend": "of a drawing at hand",
    "replay.on": "of a drawing and a series at hand", "maps.for_outside": "of a drawing at hand", "outlines.next_number": "of numbers at hand",
    "generator.spoken": "of a door at hand", "several_doors.where": "of a row at hand",
    "places.in_walking_order": "sorts", "reports.marks": "the field catalogue", "plans.pairs": "of a layer at hand", "shares.title_of": "the field catalogue",
    "sheets.must_be_pdf": "a file's name", "sheets.write": "a paper that was made, into a file", "disclosures.must_be_pdf": "a file's name",
    "workspaces.exists": "before any account", "workspaces.about": "before any account",
    "workspaces.accounts": "the names at the log-in", "workspaces.create": "makes the first account",
    "workspaces.unlock": "asks for the password", "workspaces.vouch": "asks for the second person's password",
    "workspaces.waiting": "before any account", "workspaces.enter": "asks for the password",
    "reports.fields": "the field catalogue", "reports.units": "the field catalogue",
    "reports.ready_made": "files that come with the program",
    "namelists.figures": "of a list at hand", "namelists.persons": "of a list at hand", "volunteer_lists.figures": "of a list at hand",
    "volunteer_lists.fields": "the field catalogue",
    "recovery.recover": "the street's recovery key and its words, when nobody can log in",
    "restoring.restore": "a backup into an empty folder, with a password of its own account",
    "restoring.is_practice": "a file, without opening it",
    "arrivals.spoken_code": "of a row at hand",
    "incidents.needed": "a text at hand", "incidents.readable_phone": "a text at hand",
    "backups.is_whole": "a file, without opening it",
}  # fmt: skip
STEPS = {
    "care_groups.note_looks": "the entries of looks, for services that asked already",
    "records.history_of": "for services that asked already",
    "health_checks.change_case": "writes for services that asked already",
    "isolation_opening.officers_of": "reads what was typed, for services that asked already",
    "conflict_telling.versions_of": "reads for services that asked already",
    "conflicts.settle_alike": "after a bundle was merged, which asked; without the right it leaves them to others",
    "arrival_lists.at_the_address": "where an address lies, for arrivals.reassign, which asks",
    "health_checks.settle_alerts": "after a bundle was merged, which asked; without the right it leaves them to others",
    "arrival_doubles.end": "after a bundle was merged, which asked; without the right it leaves them to others",
    "stubs.settle": "after a bundle was merged, which asked; without the right it leaves them to others",
    "incidents.written": "what a step of an incident came to, for services that asked already",
    "sync.peers_of": "who is registered, for services that asked already",
    "ground.store": "a layer that was read, for services that asked already",
    "sync.bundle_for": "one bundle of sync.export, which asks", "sync.merge_one": "one file of sync.merge, which asks",
    "backups.clear_restored": "after a bundle was merged, which asked",
}  # fmt: skip
"""Parts of services that stand open for other services and for tests; windows and commands do not call them."""
OPEN = {
    "enrolment.status": "which PCs are registered: nothing of residents",
    "undoing.last": "this account's own last batch, without values",
    "undoing.any_undone": "whether batches stand, by ids that the asker has, without values",
    "undoing.last_undone": "this account's own last batch, without values",
    "backup_places.default": "where the backups lie: a folder's name",
    "workspaces.lock": "anybody may lock",
    "atlas.may_show_doors": "what this account may",
}
NEVER_CALLED = {"workspaces.lock"}
NEEDED: dict[str, str] = {
    "care.due": "care.read", "care.plans": "care.read", "care.plan": "care.write", "care.done": "care.write",
    "care_steps.pause": "care.write", "care_steps.resume": "care.write", "care_steps.end": "care.write",
    "care_steps.prolong": "care.write", "care_steps.find": "care.read",
    "care_groups.groups": "care.read", "care_groups.differences": "care.read", "care_groups.adopt": "care.write",
    "care_groups.need_ring": "care.reveal", "care_person.person": "care.read", "care_person.numbers": "care.read",
    "care_person.last_contacts": "care.read", "care_lists.compare": "care.read",
    "care_lists.export_comparison": "care.write",
    "accounts.admit": "accounts.admit_ring", "accounts.awaiting": "accounts.admit_ring",
    "accounts.refuse_ring": "accounts.admit_ring",
    "arrivals.list_": "arrivals.read", "arrivals.find": "arrivals.read", "arrivals.one": "arrivals.read", "arrivals.add": "arrivals.write",
    "arrivals.step": "arrivals.write", "arrivals.notified": "arrivals.write", "arrivals.match": "arrivals.write",
    "arrivals.register": "arrivals.write", "arrivals.reassign": "arrivals.write", "arrivals.decline": "arrivals.write",
    "arrival_lists.preview": "arrivals.write", "arrival_lists.apply": "arrivals.write",
    "stubs.hear": "arrivals.write", "stubs.waiting": "arrivals.read",
    "incidents.list_": "incidents.read", "incidents.one": "incidents.read", "incidents.where": "incidents.read",
    "incidents.route": "incidents.read", "incidents.add": "incidents.write", "incidents.step": "incidents.write",
    "incidents.notified": "incidents.write", "incidents.withdraw": "incidents.write", "incidents.reopen": "incidents.write",
    "incidents.escalate": "incidents.write", "incidents.change": "incidents.write",
    "incident_links.repeats": "incidents.read", "incident_links.join": "incidents.write",
    "incident_links.separate": "incidents.write", "incident_links.reassign": "incidents.write",
    "incident_figures.figures": "supervision.read", "incident_figures.data_until": "supervision.read",
    "photos.list_": "incidents.read", "photos.add": "incidents.write",
    "photos.open_": "incidents.reveal", "photos.remove": "incidents.write",
    "moves.carry": "bundles.merge", "moves.offer": "moves.offer", "moves.offer_many": "moves.offer",
    "moves.cancel": "moves.offer", "moves.accept": "moves.accept", "moves.accept_many": "moves.accept",
    "moves.refuse": "moves.accept", "moves.pending": "moves.read", "moves.household_of": "moves.read",
    "moves.isolates": "moves.read", "moves.leave_street": "isolation.write",
    "moves.leave_many": "isolation.write", "moving.take_in": "moves.accept",
    "moving.waiting": "moves.read", "moving.told": "moves.read", "timeline.of": "timeline.read",
    "conflicts.pending": "conflicts.read", "conflicts.decide": "conflicts.decide",
    "disclosures.disclose": "disclose",
    "namelists.look": "check.fill", "namelists.fill": "check.fill", "namelists.calls": "check.fill",
    "volunteer_lists.make": "lists.make", "volunteer_lists.read": "lists.read", "volunteer_lists.apply": "lists.read",
    "doubtful.pending": "doubtful.read", "doubtful.decide": "doubtful.decide",
    "duplicates.pending": "duplicates.read", "duplicates.again": "duplicates.read",
    "duplicates.compare": "duplicates.read", "duplicates.merge": "duplicates.decide",
    "duplicates.keep_apart": "duplicates.decide",
    "enrolment.request": "devices.enrol", "enrolment.accept": "devices.enrol",
    "enrolment.approve": "devices.approve", "enrolment.revoke": "devices.revoke",
    "extracts.make": "extracts.make",
    "forms.propose": "forms.learn", "forms.learn": "forms.learn", "forms.saved": "forms.read", "forms.one": "forms.read", "forms.named": "forms.read", "forms.fill": "forms.read",
    "forms.remove": "forms.learn", "forms.export": "forms.read",
    "mappings.remembered": "rosters.preview", "mappings.remember": "rosters.apply",
    **{f"isolation.{act}": "isolation.read" for act in ("list_", "row", "find", "case")},
    **{
        f"isolation.{act}": "isolation.write" for act in ("close", "close_many", "transfer", "step", "reopen", "breach", "assign")
    },
    "isolation_opening.open_": "isolation.write",
    **{
        f"health_checks.{act}": "isolation.write" for act in ("check", "check_many", "result", "alert_done", "escalate")
    },
    "notices.make": "notices.print", "notices.again": "notices.print", "notices.save": "notices.print",
    "notice_register.people": "notices.print", "notice_register.list_": "notices.print",
    "notice_register.handed_over": "isolation.write",
    "paper_settings.read": "notices.print", "paper_settings.change": "settings.change",
    "day_sheets.make": "notices.print", "day_sheets.save": "notices.print",
    "handover.make": "handover.print", "handover.save": "handover.print",
    "isolation_rules.rules": "isolation.read", "isolation_rules.add_rule": "isolation.rules",
    "isolation_rules.end_rule": "isolation.rules", "rounds.round_": "isolation.read", "rounds.save": "isolation.write",
    "errands.list_": "isolation.read", **{f"errands.{act}": "isolation.write" for act in ("add", "done", "done_many", "take", "cancel")},
    "ledgers.verify": "ledger.verify", "ledgers.show": "ledger.show",
    "ledgers.rebuild": "ledger.rebuild", "ledgers.rebuild_check": "ledger.rebuild",
    **{f"map_import.{act}": "maps.change" for act in ("open_file", "preview", "apply", "import_layer")}, "mapfiles.write": "maps.read",
    "mapfiles.payload_of": "maps.read", "atlas.make": "maps.read", "atlas.save": "maps.read",
    **{f"outlines.{act}": "maps.change" for act in ("save", "save_all", "save_split", "create", "clear", "targets")},
    "map_choice.count": "maps.read", "map_choice.committees_of": "maps.read", "map_choice.condition": "places.read",
    "ground.keep": "maps.change", "ground.export": "maps.change", "ground.bring_in": "maps.change", "ground.change": "maps.change", "ground.remove": "maps.change",
    **{f"ground.{act}": "maps.read" for act in ("layers", "one", "shapes", "shown")},
    "backgrounds.look": "maps.change", "backgrounds.keep": "maps.change", "backgrounds.shelf": "maps.read",
    "backgrounds.there": "maps.read", "plans.picture": "places.read",
    **{f"plans.{act}": "maps.change" for act in ("keep", "place", "place_upright")},
    "maps.draw": "maps.read", "maps.above": "maps.read", "matrix.of": "places.read", "replay.series": "maps.read",
    "matrix.incident_of": "incidents.read",
    "generator.preview": "records.add", "generator.beside": "records.add", "generator.known": "records.add", "generator.apply": "records.add",
    "several_doors.visit": "visits.write", "several_doors.set_state": "records.change", "several_doors.people": "places.read",
    "places.estates": "summaries.read", "places.buildings": "places.read", "places.dwellings": "places.read",
    "places.residents": "places.read", "places.path": "places.read", "places.resolve": "places.read",
    "records.show": "records.show", "records.history": "history", "records.add": "records.add",
    "records.change": "records.change", "records.remove": "records.remove",
    "reports.fill": "reports.fill", "reports.ask": "reports.fill", "reports.check": "reports.fill",
    "reports.preview": "reports.fill", "reports.behind": "reports.fill", "reports.sensitive": "reports.fill",
    "reviews.pending": "reviews.read", "reviews.review": "reviews.decide",
    "rosters.preview": "rosters.preview", "rosters.apply": "rosters.apply", "rosters.imports": "rosters.read",
    "search.find": "search", "shares.list_": "shares.read", "shares.write": "shares.write",
    "sheets.make": "sheets.print", "sheets.save": "sheets.print",
    "summaries.status": "status", "summaries.due": "status", "summaries.standing": "status",
    "today.items": "today.read", "today.counts": "status",
    "supervision.figures": "supervision.read",
    "shift.notes": "shift.write", "shift.write": "shift.write", "shift.read": "shift.write",
    "sync.export": "bundles.export", "sync.inspect": "bundles.inspect", "sync.merge": "bundles.merge",
    "sync_state.waiting": "status", "sync_state.registered": "status",
    "undoing.undo": "undo",
    "wall.slides": "maps.read", "wall.slide": "maps.read", "wall.under": "maps.read",
}  # fmt: skip
"""Written out a second time on purpose: which act a service asks for."""


def services() -> dict[str, Callable[..., Any]]:
    found = {}
    for module in pkgutil.iter_modules(app.services.__path__):
        if module.name in ("session", *INSIDE):
            continue
        loaded = importlib.import_module(f"app.services.{module.name}")
        for name, function in vars(loaded).items():
            if inspect.isfunction(function) and function.__module__ == loaded.__name__ and name[0] != "_":
                found[f"{module.name}.{name}"] = function
    return found


def takes(function: Callable[..., Any], *names: str) -> bool:
    return not set(names).isdisjoint(inspect.signature(function).parameters)


SERVICES = services()
INNER = {name for name, function in SERVICES.items() if takes(function, "connection", "writing", "reader")}
"""They run in a connection that only another service has."""
ASKED = sorted(
    name
    for name, function in SERVICES.items()
    if takes(function, "session") and name not in INNER | OPEN.keys() | STEPS.keys()
)


# ---------------------------------------------------------------- a street with data


@dataclass
class World:
    """A committee with people, and a centre that has its data."""

    street: Street
    folder: Path
    centre: Session
    committee: Session
    plan: rosters.Plan
    drawing: Any
    printed: sheets.Sheets
    atlas: atlas.Atlas
    template: Path
    resident: str
    building: str


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("rights")
    street = Street(folder)
    committee, other = street.committee(1), street.committee(2)
    for session, name in ((committee, "王建国"), (other, "李秀英")):
        door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
        home = records.add(session, "household", {"dwelling": door.id})
        records.add(session, "resident", {
            "household": home.id, "name": name, "id_number": "310115195803120010", "phone": "13812345678",
        })  # fmt: skip
        street.bring(street.centre, street.send(session))
    roster, template = folder / "名册.xlsx", folder / "表.xlsx"
    for file, rows in (
        (roster, [["小区", "楼号", "室号", "姓名"], ["培花新村", "13号", "101", "赵六"]]),
        (template, [["姓名", "证件"], ["{{name}}", "{{id_number}}"]]),
    ):  # fmt: skip
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(file)
    resident = search.find(committee, "王建国")[0]
    yield World(
        street, folder, street.centre, committee, rosters.preview(committee, roster), maps.draw(committee, "committee"),
        sheets.make(committee), atlas.make(committee, Asked("committee", buildings=False)), template, resident["id"], resident["building_id"],
    )  # fmt: skip
    street.close()


@pytest.fixture
def become(world: World) -> Iterator[Callable[[Session, frozenset[str]], Session]]:
    """Give an open session other roles, and no ring where the roles carry none; put back at the end."""
    before = [(s, s.roles, s.ring, s.index_key) for s in (world.centre, *world.street.committees)]

    def make(session: Session, roles: frozenset[str]) -> Session:
        _, _, ring, index_key = next(each for each in before if each[0] is session)
        holds = access.holds_ring(roles)
        session.roles, session.ring, session.index_key = roles, ring if holds else None, index_key if holds else None
        session._noted.clear()
        return session

    yield make
    for session, roles, ring, index_key in before:
        session.roles, session.ring, session.index_key, session.purpose, session._given = (
            roles,
            ring,
            index_key,
            None,
            None,
        )


ARGUMENTS: dict[str, Callable[[World], tuple[Any, ...]]] = {
    "accounts.admit": lambda w: ("没有这个人",),
    "accounts.refuse_ring": lambda w: ("没有这个人",),
    "arrivals.add": lambda w: ({},),
    "arrival_lists.preview": lambda w: (w.folder / "没有.xlsx",),
    "arrival_lists.apply": lambda w: (arrival_lists.Plan("", "", (), (), 0, {}, ArrivalList("", "", (), (), 0)),),
    "conflicts.decide": lambda w: (f"{NOBODY}:name", "1.1.x.y"),
    "care_lists.export_comparison": lambda w: (
        care_lists.Compared(w.folder / "名单.xlsx", "表", (), (), (), 0, ()),
        w.folder / "没有.txt",
    ),
    "disclosures.disclose": lambda w: (NOBODY, w.folder / "本人.pdf"),
    "doubtful.decide": lambda w: (NOBODY, "keep"),
    "duplicates.again": lambda w: ([(NOBODY, w.resident)],),
    "duplicates.compare": lambda w: (NOBODY, w.resident),
    "duplicates.merge": lambda w: (NOBODY, w.resident),
    "duplicates.keep_apart": lambda w: (NOBODY, w.resident),
    "enrolment.accept": lambda w: (w.folder / "没有", "一 二"),
    "enrolment.approve": lambda w: (w.folder / "没有", w.folder / "root.key", "x", "一 二", w.folder / "答复"),
    "enrolment.request": lambda w: (w.folder / "申请.json",),
    "enrolment.revoke": lambda w: ("x", 1, w.folder / "root.key", "x"),
    "extracts.make": lambda w: (w.folder / "没有.ltx",),
    "forms.propose": lambda w: (w.template,),
    "forms.learn": lambda w: (w.template, "表"),
    "forms.one": lambda w: ("没有",),
    "forms.named": lambda w: ("没有",),
    "forms.fill": lambda w: ("没有", w.folder / "没有.xlsx"),
    "forms.remove": lambda w: ("没有",),
    "forms.export": lambda w: ("没有", w.folder / "没有.xlsx"),
    "isolation.assign": lambda w: ("x", {}),
    "mappings.remember": lambda w: ({"住户": "name"},),
    "map_import.open_file": lambda w: (w.folder / "没有.geojson",),
    "map_import.preview": lambda w: (map_import.Opened(w.folder, (), (), ()), 0, "没有"),
    "map_import.apply": lambda w: (
        map_import.MapPlan(w.folder, "", "buildings", map_import.System("", ""), 0, {}, {}),
    ),
    "map_import.import_layer": lambda w: (w.folder / "没有.geojson", "buildings"),
    "mapfiles.write": lambda w: (w.drawing, w.folder / "图.html"),
    "mapfiles.payload_of": lambda w: (w.drawing,),
    "atlas.make": lambda w: (Asked("committee", buildings=False),),
    "atlas.save": lambda w: (w.atlas, w.folder / "图册.pdf"),
    "notices.make": lambda w: ("告知书",),
    "notices.again": lambda w: ("没有",),
    "notices.save": lambda w: (notices.Papers("告知书", b"", 0, 0, (), 0, ""), w.folder / "文书.pdf"),
    "notice_register.handed_over": lambda w: ([],),
    "paper_settings.change": lambda w: ({},),
    "day_sheets.save": lambda w: (day_sheets.DaySheets(b"", 0, 0, 0, ()), w.folder / "今日单.pdf"),
    "handover.save": lambda w: (handover.Handover("shift", b"", 0, 0), w.folder / "交接.pdf"),
    "maps.above": lambda w: ("building", NOBODY),
    "maps.draw": lambda w: ("committee",),
    "replay.series": lambda w: ("committee", NOBODY, "party"),
    "map_choice.count": lambda w: ("building", [NOBODY]),
    "map_choice.committees_of": lambda w: ([NOBODY],),
    "map_choice.condition": lambda w: ([NOBODY],),
    "ground.one": lambda w: (NOBODY,),
    "ground.export": lambda w: (w.folder / "没有" / "底图.ltmap",),
    "ground.bring_in": lambda w: (w.folder / "没有.ltmap",),
    "plans.keep": lambda w: ("图", b"", (1, 1)),
    "plans.place_upright": lambda w: (NOBODY, 121.5, 31.2, 121.6, 31.3),
    "matrix.of": lambda w: (w.building,),
    "matrix.incident_of": lambda w: ([],),
    "generator.preview": lambda w: ([w.building], Rule()),
    "generator.beside": lambda w: (w.building,),
    "generator.known": lambda w: (w.building,),
    "generator.apply": lambda w: ([w.building], Rule(last=1)),
    "several_doors.set_state": lambda w: ([], "空置"),
    "namelists.look": lambda w: (w.folder / "没有.xlsx",),
    "namelists.fill": lambda w: (nothing_checked(w), w.folder / "没有.xlsx"),
    "namelists.calls": lambda w: (nothing_checked(w), w.folder / "没有" / "没有.xlsx"),
    "outlines.save": lambda w: ("building", NOBODY, {}),
    "outlines.save_all": lambda w: ("building", {NOBODY: {}}),
    "outlines.save_split": lambda w: (NOBODY, ["12号"], {}),
    "outlines.create": lambda w: ("estate", {}, {}),
    "outlines.clear": lambda w: ("building", [NOBODY]),
    "outlines.targets": lambda w: ("estate", NOBODY),
    "places.buildings": lambda w: (NOBODY,),
    "places.dwellings": lambda w: (w.building,),
    "places.path": lambda w: ("resident", w.resident),
    "places.residents": lambda w: (NOBODY,),
    "places.resolve": lambda w: ("培花新村/12号",),
    "incidents.change": lambda w: (NOBODY, {}),
    "records.add": lambda w: ("estate", {"name": "培花新村"}),
    "records.change": lambda w: ("resident", NOBODY, {"name": "张三"}),
    "records.history": lambda w: ("resident", w.resident),
    "records.remove": lambda w: ("resident", NOBODY),
    "records.show": lambda w: ("resident", w.resident),
    "reports.fill": lambda w: (w.template, w.folder / "填好.xlsx"),
    "reports.ask": lambda w: (w.template,),
    "reports.check": lambda w: (w.template,),
    "reports.preview": lambda w: (w.template,),
    "reports.sensitive": lambda w: (w.template,),
    "reports.behind": lambda w: (w.template, "Sheet", "A1"),
    "reviews.review": lambda w: (NOBODY,),
    "rosters.apply": lambda w: (w.plan,),
    "rosters.preview": lambda w: (w.folder / "没有.xlsx",),
    "search.find": lambda w: ("王建国",),
    "shares.write": lambda w: (w.folder / "台账.xlsx",),
    "sheets.make": lambda w: (),
    "sheets.save": lambda w: (w.printed, w.folder / "登记表.pdf"),
    "sync.export": lambda w: (w.folder / "没有",),
    "sync.inspect": lambda w: (w.folder / "没有.ltb",),
    "sync.merge": lambda w: ([],),
    "undoing.undo": lambda w: (NOBODY,),
    "wall.slide": lambda w: ("isolation",),
    "wall.under": lambda w: ((),),
    "volunteer_lists.make": lambda w: (w.folder / "没有.txt",),
    "volunteer_lists.read": lambda w: (w.folder / "没有.xlsx",),
    "volunteer_lists.apply": lambda w: (
        volunteer_lists.Reading(w.folder, "", "", NOBODY, "", 0, (), (), (), None),  # type: ignore[arg-type]  # nothing to write
    ),
}


def nothing_checked(world: World) -> namelists.Checked:
    return namelists.Checked(
        world.folder / "没有.csv", "表", (), (), frozenset(), (), 0, (), "", None, namelists.Sheet("表", [])
    )


def plausible(world: World, name: str) -> tuple[Any, ...]:
    """Minimal arguments; of a service not listed above, by the kinds it asks for: they only have to reach the check."""
    if name in ARGUMENTS:
        return ARGUMENTS[name](world)
    made: list[Any] = []
    for each in list(inspect.signature(SERVICES[name]).parameters.values())[1:]:
        if each.default is inspect.Parameter.empty and each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            kind = str(each.annotation)
            made.append(
                world.folder / "没有" if kind == "Path" else "x" if kind == "str" else 1 if kind == "int" else []
            )
    return tuple(made)


def named(world: World, name: str) -> dict[str, Any]:
    """The same for arguments that are given by name only."""
    return {
        each.name: date(2020, 5, 25) if str(each.annotation) == "date" else "x"
        for each in inspect.signature(SERVICES[name]).parameters.values()
        if each.default is inspect.Parameter.empty and each.kind is inspect.Parameter.KEYWORD_ONLY
    }  # fmt: skip


def call(world: World, session: Session, name: str) -> Refused | None:
    """The refusal for want of a role, if there was one. Anything else that is wrong with the arguments is no matter."""
    try:
        SERVICES[name](session, *plausible(world, name), **named(world, name))
    except Refused as refused:
        return refused if refused.code == "not-allowed" else None
    except UserError:
        return None
    except Exception:
        if name in NEEDED:
            raise
        return None  # nobody told this table what plausible arguments are: the right was asked, or not
    return None


def refusals(session: Session, newest: int | None = None) -> list[Values]:
    with session.db.reading() as connection:
        return history.acts(connection, session.office, actions=("refused",), limit=newest)


# ---------------------------------------------------------------- the table


def test_every_service_asks_for_a_right_or_says_here_why_not() -> None:
    without = {name for name, function in SERVICES.items() if not takes(function, "session") and name not in INNER}
    assert without <= set(WITHOUT_SESSION), "a service without a session: who may call it?"
    assert set(NEEDED) <= set(ASKED)
    assert set(NEEDED.values()) <= set(access.ACTS)


def test_windows_and_commands_call_nothing_that_does_not_ask() -> None:
    wrong = re.compile(
        rf"from app\.services import .*\b({'|'.join(INSIDE)})\b|from app\.services\.(?!values import Values\n)({'|'.join(INSIDE)}) "
        rf"|\b({'|'.join(map(re.escape, STEPS))})\(|\.db\.(reading|transaction)\(|\.noting\(|\.writing\("
    )
    sources = [*(ROOT / "app/ui").glob("*.py"), *(ROOT / "app/commands").glob("*.py"), ROOT / "app/cli.py"]
    assert [path.name for path in sources if wrong.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("name", ASKED)
def test_whoever_has_no_role_is_refused_everything(
    name: str, world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    session = become(world.committee, frozenset())
    before = refusals(session, 1)
    refused = call(world, session, name)
    assert refused is not None, f"{name} asks for no right"
    assert refused.details["act"] in access.ACTS
    assert refused.details["act"] == NEEDED.get(name, refused.details["act"])
    noted = refusals(session, 2)
    assert noted[1:] == before, "one entry, no more"
    assert (noted[0]["entity"], noted[0]["id"], noted[0]["said"]) == (
        "act", refused.details["act"], {"code": "not-allowed"},
    )  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_each_role_may_what_the_table_says(
    name: str, world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    refused_to_nobody = call(world, become(world.committee, frozenset()), name)
    assert refused_to_nobody is not None
    act = refused_to_nobody.details["act"]
    for roles in ROLE_SETS[:-1]:
        session = become(world.committee, roles)
        refused = call(world, session, name)
        session.purpose = session._given = None
        assert (refused is None) is access.may(roles, act), sorted(roles)
        if refused is not None:
            assert refusals(session, 1)[0]["id"] == act, sorted(roles)


@pytest.mark.parametrize("roles", ROLE_SETS, ids=lambda roles: "-".join(roles) or "none")
@pytest.mark.parametrize("name", sorted(set(OPEN) - NEVER_CALLED))
def test_what_is_open_is_open_to_everybody(
    name: str, roles: frozenset[str], world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    SERVICES[name](become(world.committee, roles))


# ---------------------------------------------------------------- whose data: the centre's accounts have their committees


def give(session: Session, **values: Any) -> None:
    """What a head or an administrator writes of an account."""
    with session.noting("grant") as writing:
        writing.change("account", session.account_id, values)


@pytest.fixture
def limited(world: World, become: Callable[[Session, frozenset[str]], Session]) -> Iterator[Session]:
    """The centre's account, given the first committee only."""
    give(world.centre, committees=[world.committee.committee_id])
    yield become(world.centre, frozenset({"data"}))
    give(world.centre, committees=None)


def test_an_account_without_a_list_has_every_committee(world: World) -> None:
    assert world.centre.committees is None
    assert {hit["name"] for hit in search.find(world.centre, "12号")} == {"王建国", "李秀英"}


def test_what_lies_outside_its_committees_is_as_if_not_there(world: World, limited: Session) -> None:
    outside = world.street.committees[1]
    other = search.find(outside, "李秀英")[0]
    assert limited.committees == {world.committee.committee_id}
    assert [hit["name"] for hit in search.find(limited, "12号")] == ["王建国"]
    assert search.find(limited, "李秀英") == []
    assert [row["committee"] for row in places.estates(limited)] == [world.committee.committee_id]
    assert [row["name"] for row in summaries.status(limited)["committees"]] == ["第1居委会"]
    assert len(maps.draw(limited, "street").things) == 1
    for act in (
        lambda: records.show(limited, "resident", other["id"]),
        lambda: records.show(limited, "resident", "培花新村/12号/302/李秀英"),
        lambda: records.history(limited, "resident", other["id"]),
        lambda: records.change(limited, "resident", other["id"], {"note": "改"}),
        lambda: records.remove(limited, "resident", other["id"]),
        lambda: matrix.of(limited, other["building_id"]),
        lambda: sheets.make(limited, buildings=[other["building_id"]]),
        lambda: maps.draw(limited, "committee", outside.code),
        lambda: maps.above(limited, "building", other["building_id"]),
    ):
        with pytest.raises(UserError) as wrong:
            act()
        assert wrong.value.code in ("path-unknown", "committee-unknown")
    assert places.buildings(limited, places.estates(outside)[0]["id"]) == []
    assert places.residents(limited, other["household"]) == []


def test_a_report_holds_only_people_of_its_committees(world: World, limited: Session) -> None:
    assert reports.fill(limited, world.template, world.folder / "一.xlsx")["rows"] == 1


def test_nobody_writes_into_a_committee_it_is_not_given(world: World, limited: Session) -> None:
    outside = world.street.committees[1].committee_id
    with pytest.raises(UserError, match="committee-unknown"), limited.writing("change", outside):
        pass


def test_a_batch_outside_its_committees_cannot_be_undone(world: World, limited: Session) -> None:
    outside = world.street.committees[1]
    with limited.db.reading() as connection:
        batch = history.batches(connection, [outside.committee_id], ("create",), 1)[0]["batch"]
    with pytest.raises(UserError, match="batch-unknown"):
        undoing.undo(limited, batch)


def test_the_acts_of_other_committees_are_not_told(world: World, limited: Session) -> None:
    outside = world.street.committees[1].committee_id
    assert outside not in {act["committee"] for act in ledgers.show(limited)}
    assert len(ledgers.show(limited, limit=2)) == 2


def test_an_account_whose_own_row_is_gone_is_given_nothing(world: World) -> None:
    before, world.centre.account_id, world.centre._given = world.centre.account_id, NOBODY, None
    try:
        assert world.centre.committees == frozenset() and world.centre.buildings == frozenset()
        assert search.find(world.centre, "12号") == []
    finally:
        world.centre.account_id, world.centre._given = before, None


def test_what_an_account_is_given_holds_at_once(world: World) -> None:
    assert world.committee.buildings == frozenset()
    give(world.committee, buildings=[world.building])
    assert world.committee.buildings == {world.building}
    give(world.committee, buildings=None)


# ---------------------------------------------------------------- a worker reads level 3 of those assigned to it


@pytest.fixture
def worker(world: World, become: Callable[[Session, frozenset[str]], Session]) -> Iterator[Session]:
    yield become(world.committee, frozenset({"worker"}))
    give(world.committee, buildings=None)


def test_a_worker_is_refused_level_3_of_somebody_who_is_not_assigned(world: World, worker: Session) -> None:
    before = len(refusals(worker))
    for act in (
        lambda: records.show(worker, "resident", world.resident, reveal=True),
        lambda: records.history(worker, "resident", world.resident, "documents", reveal=True),
    ):
        with pytest.raises(Refused, match="not-assigned"):
            act()
    assert [each["said"]["code"] for each in refusals(worker)[: len(refusals(worker)) - before]] == ["not-assigned"] * 2
    assert records.show(worker, "resident", world.resident)["id_number"] == "310115********0010"


def test_a_worker_with_the_building_reads_it_and_the_look_is_traced(world: World, worker: Session) -> None:
    give(worker, buildings=[world.building])
    shown = records.show(worker, "resident", world.resident, reveal=True)
    assert shown["id_number"] == "310115195803120010"
    with worker.db.reading() as connection:
        look = history.acts(connection, worker.office, actions=("view",), row=world.resident, limit=1)[0]
    assert (look["account"], look["purpose"], look["said"]["sensitive"]) == (worker.account_id, "registration", True)


@pytest.mark.parametrize(("state", "reads"), [("在管", True), ("已解除", False)])
def test_a_worker_reads_the_cases_that_carry_its_name_while_they_last(
    world: World, worker: Session, state: str, reads: bool
) -> None:
    values = {"resident": world.resident, "officer_name": worker.account, "state": state, "start": "2020-05-20"}
    case = records.add(worker, "isolation_case", values)
    check = records.add(
        worker, "isolation_check", {"isolation_case": case.id, "on": "2020-05-21", "temperature": "36.5"}
    )
    try:
        for entity, row in (("resident", world.resident), ("isolation_check", check.id)):
            if reads:
                assert records.show(worker, entity, row, reveal=True)["id"] == row
            else:
                with pytest.raises(Refused, match="not-assigned"):
                    records.show(worker, entity, row, reveal=True)
    finally:
        undoing.undo(worker, check.batch)
        undoing.undo(worker, case.batch)


def test_a_worker_writes_what_it_may_not_read(world: World, worker: Session) -> None:
    done = records.change(worker, "resident", world.resident, {"note_sensitive": "需要送药"})
    assert done.changed == ("note_sensitive",)
    with pytest.raises(Refused, match="not-assigned"):
        records.show(worker, "resident", world.resident, reveal=True)
    undoing.undo(worker, done.batch)


def test_a_worker_s_list_with_level_3_holds_only_people_assigned_to_it(world: World, worker: Session) -> None:
    worker.purpose = "report"
    out = world.folder / "社工.xlsx"
    with pytest.raises(Refused, match="not-assigned-list"):
        reports.fill(worker, world.template, out)
    assert not out.exists() and refusals(worker)[0]["id"] == "reports.reveal"
    give(worker, buildings=[world.building])
    assert reports.fill(worker, world.template, out, where=[("name", "王建国")])["rows"] == 1


def test_a_head_without_the_keys_is_told_so(world: World, become: Callable[[Session, frozenset[str]], Session]) -> None:
    session = become(world.committee, frozenset({"head"}))
    session.ring = None
    with pytest.raises(Refused, match="ring-needed"):
        records.show(session, "resident", world.resident, reveal=True)
    assert refusals(session)[0]["said"] == {"code": "ring-needed"}


def test_a_value_that_cannot_be_sealed_is_refused_and_the_refusal_outlives_the_transaction(
    world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    session = become(world.committee, frozenset({"head"}))
    session.ring, session.rings = None, {}
    household = search.find(session, "王建国")[0]["household"]
    with pytest.raises(Refused, match="ring-needed"):
        records.add(session, "resident", {"household": household, "name": "张三", "note_sensitive": "一"})
    assert search.find(session, "张三") == [] and refusals(session)[0]["said"] == {"code": "ring-needed"}


# ---------------------------------------------------------------- refusals


def test_a_loop_does_not_fill_the_ledger(world: World, become: Callable[[Session, frozenset[str]], Session]) -> None:
    session = become(world.committee, frozenset({"auditor"}))
    session.clock = clock.frozen("2020-05-26T10:00")
    before = len(refusals(session))
    for _ in range(20):
        with pytest.raises(Refused):
            search.find(session, "王")
    assert len(refusals(session)) == before + 1
    session.clock = clock.frozen("2020-05-26T10:01")
    with pytest.raises(Refused):
        search.find(session, "王")
    assert len(refusals(session)) == before + 2


def test_refusals_make_no_bundle_and_no_data_newer(
    world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    session = become(world.committee, frozenset({"head"}))
    world.street.bring(world.centre, world.street.send(session))
    world.street.bring(session, [file for file in world.street.send(world.centre) if session.code in file.name])
    before = summaries.status(session)["data_until"]
    session = become(session, frozenset({"auditor"}))
    session.clock = clock.frozen("2020-05-30T10:00")
    with pytest.raises(Refused):
        search.find(session, "王")
    session = become(session, frozenset({"head"}))
    assert summaries.status(session)["data_until"] == before and world.street.send(session) == []


# ---------------------------------------------------------------- what roles without level 2 are told


def test_an_auditor_sees_acts_and_no_words(world: World, become: Callable[[Session, frozenset[str]], Session]) -> None:
    session = become(world.committee, frozenset({"head"}))
    reports.fill(session, world.template, world.folder / "条件.xlsx", where=[("name", "王建国")])
    session = become(session, frozenset({"auditor"}))
    found = ledgers.show(session)
    assert found[0]["action"] == "export" and found[0]["said"]["rows"] == 1
    assert "王建国" not in str(found) and "条件.xlsx" not in str(found)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_no_figure_of_people_for_those_who_keep_the_program(
    role: str, world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    told = summaries.status(become(world.centre, frozenset({role})))
    assert not {"residents", "persons", "households"} & set(told)
    assert {each["residents"] for each in told["committees"]} == {None} and told["due_today"] == 0


def test_a_leader_is_told_no_small_count(world: World, become: Callable[[Session, frozenset[str]], Session]) -> None:
    session = become(world.committee, frozenset({"leader"}))
    assert summaries.status(session)["residents"] is None
    assert [row["residents"] for row in places.estates(session)] == [None]


def test_a_group_head_reads_level_2_and_never_3(
    world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    session = become(world.committee, frozenset({"group_head"}))
    shown = records.show(session, "resident", world.resident)
    assert shown["name"] == "王建国" and "310115195803120010" not in str(shown)
    with pytest.raises(Refused, match="not-allowed"):
        records.show(session, "resident", world.resident, reveal=True)


def test_what_waits_for_others_does_not_wait_for_it(
    world: World, become: Callable[[Session, frozenset[str]], Session]
) -> None:
    assert summaries.due(become(world.committee, frozenset({"leader"})))["today"] == 0
