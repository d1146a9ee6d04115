"""条线名单比对: whom the line office's list names and our register does not, the reverse, and why.

Looking writes nothing and nothing of the list enters the register; what is exported leaves an entry.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from app.db.connection import Connection
from app.domain.access import purpose_of
from app.domain.care_groups import RULES, groups_named, wanted_of
from app.domain.fields import CARE_GROUPS, CARE_GROUPS_SENSITIVE
from app.domain.findings import Finding, UserError
from app.domain.jobs import Cancelled, Progress, never, quiet, without_collector
from app.domain.verdicts import Verdict
from app.exchange import care_comparison, rosters, shared_list, tables
from app.exchange.namelist import Sheet
from app.services import looking
from app.services.care_groups import everyone, need_ring, note_looks
from app.services.care_register import Everyone, groups_in, words
from app.services.lookups import Everybody, Row
from app.services.session import Session
from app.services.values import Values
from app.words import say

BOTH, OURS, THEIRS, DOUBT, TWICE = "both", "ours", "theirs", "doubt", "twice"
OUTCOMES = (THEIRS, OURS, DOUBT, TWICE, BOTH)
"""In the order in which a person works through them; `care-outcome-<code>` in words."""
FIELDS = ("name", "sex", "birth_year", "address", "care_groups")
_WHOSE = (
    "老人",
    "对象",
    "服务对象",
    "残疾人",
    "持证人",
    "申请人",
    "低保对象",
    "人员",
    "本人",
    "被服务人",
    "户主",
    "优抚对象",
)
_WHAT = {
    "姓名": "name", "住址": "address", "家庭住址": "address", "居住地址": "address", "地址": "address", "电话": "phone",
    "联系电话": "phone", "手机": "phone", "身份证": "id_number", "身份证号": "id_number", "身份证号码": "id_number",
}  # fmt: skip
TITLES = {whose + what: key for whose in _WHOSE for what, key in _WHAT.items()}
"""Titles that line offices use beside those that rosters have: 老人姓名, 对象住址."""
TOP = 12
"""Rows above which a list's headline stands."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A list beside the register. groups: what it is a list of; rows: outcome, group, resident, household, name, sex,
    birth_year, address, row (of the list), listed (the name there), place, why, state, due."""

    path: Path
    sheet: str
    sheets: tuple[str, ...]
    groups: tuple[str, ...]
    rows: tuple[Values, ...]
    rejected: int
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row["outcome"] for row in self.rows)
        return {outcome: counted[outcome] for outcome in OUTCOMES}

    @property
    def sensitive(self) -> bool:
        return not frozenset(self.groups).isdisjoint(CARE_GROUPS_SENSITIVE)

    @property
    def people(self) -> list[str]:
        """Ids of everybody of ours who stands in it."""
        return list(dict.fromkeys(row["resident"] for row in self.rows if row["resident"]))


def compare(
    session: Session, path: Path, *, group: str = "", sheet: str | None = None, hidden: bool = False,
    progress: Progress = quiet, cancelled: Cancelled = never,
) -> Compared:  # fmt: skip
    """A list of names, addresses, numbers or phones beside the groups of the register.

    group: what it is a list of (独居, or 独居+高龄: both must hold); else as its headline, sheet or file name says, else a
    column of groups row by row. hidden: hidden rows and sheets too, which are named in the findings else. Raises UserError: those of `rosters.read`, care-list-group, care-group-unknown; Refused:
    not-allowed, and of a sensitive group ring-needed, not-assigned-list.
    """
    session.require("care.read")
    if group:
        _must_be_known(wanted_of(group))
    with without_collector():
        roster = _read(session, path, sheet, hidden, progress, cancelled)
        grid = Sheet(roster.sheet, tables.open_book(path).grid(roster.sheet))
        lists = _lists(roster, grid, path, group)
        kinds = tuple(dict.fromkeys(each for groups in lists for each in groups))
        if not frozenset(kinds).isdisjoint(CARE_GROUPS_SENSITIVE):
            _must_see_all(session)
        with session.db.reading() as connection:
            found = Everybody(session, connection, grid.titles(roster.header_row), grid).rows(
                roster, progress, cancelled
            )
            rows = _compared(session, connection, found, lists)
    compared = Compared(
        path, roster.sheet, roster.sheets, kinds, tuple(rows), roster.rejected, tuple(roster.findings)
    )  # fmt: skip
    if compared.sensitive:
        note_looks(session, compared.people)
    return compared


def _read(
    session: Session, path: Path, sheet: str | None, hidden: bool, progress: Progress, cancelled: Cancelled
) -> rosters.Roster:  # fmt: skip
    """The list; where no column was taken for the name, one whose title ends so is."""

    def once(mapping: dict[str, str]) -> rosters.Roster:
        return rosters.read(
            path, sheet=sheet, hidden=hidden, mapping=mapping, remembered=TITLES, today=session.now().date(), need_place=False,
            progress=progress, cancelled=cancelled,
        )  # fmt: skip

    roster = once({})
    if "name" in roster.mapping.values():
        return roster
    titled = next((title for title in roster.titles if title.endswith(("姓名", "名字"))), None)
    return once({titled: "name"}) if titled else roster


def _must_be_known(groups: tuple[str, ...]) -> None:
    for each in groups:
        if each not in (*CARE_GROUPS, *CARE_GROUPS_SENSITIVE):
            raise UserError("care-group-unknown", group=each)


def _must_see_all(session: Session) -> None:
    """A sensitive list is held against everybody's marks: only for whoever reads all of them."""
    need_ring(session)
    if not looking.reads_all(session):
        raise session.refusal("not-assigned-list", "care.reveal", count=say("care-all"))


def _lists(roster: rosters.Roster, grid: Sheet, path: Path, group: str) -> dict[tuple[str, ...], set[int] | None]:
    """Groups that must hold -> the rows of the list that say so; None: all of them."""
    if group:
        return {wanted_of(group): None}
    above = "".join(str(cell) for line in grid.cells[: min(roster.header_row - 1, TOP)] for cell in line if cell)
    for text in (above, roster.sheet, path.stem):
        if named := groups_named(text):
            return {named: None}
    found: dict[tuple[str, ...], set[int] | None] = {}
    for each in roster.rows:
        for one in groups_in(each.values.get("care_groups")):
            rows = found.setdefault((one,), set())
            if rows is not None:
                rows.add(each.row)
    if not found:
        raise UserError("care-list-group", file=path.name, possible="、".join((*CARE_GROUPS, *CARE_GROUPS_SENSITIVE)))
    return found


def _compared(
    session: Session, connection: Connection, found: list[Row], lists: dict[tuple[str, ...], set[int] | None]
) -> list[Values]:
    all_here = everyone(session, connection)
    where = {row: here for here in all_here for row in here.rows}
    rows: list[Values] = []
    for groups, numbers in lists.items():
        members = {row: (here, whys) for here in all_here for row, whys in here.all_of(groups).items()}
        named: set[str] = set()
        maybe: dict[str, int] = {}
        for row in found:
            if numbers is None or row.row in numbers:
                rows.append(_theirs(row, groups, where.get(row.judged.resident), members, named, maybe))
        for resident, (here, whys) in members.items():
            if resident not in named:
                why = "；".join(map(words, whys))
                why += say("care-list-maybe", row=maybe[resident]) if resident in maybe else ""
                rows.append(_said(OURS, groups, here, resident, why))
    return sorted(rows, key=lambda row: (OUTCOMES.index(row["outcome"]), row["row"] or 0))


def _theirs(
    row: Row, groups: tuple[str, ...], here: Everyone | None, members: Values, named: set[str], maybe: dict[str, int]
) -> Values:
    """What becomes of one row of the list."""
    resident, verdict = row.judged.resident, row.judged.verdict
    if verdict is Verdict.DOUBTFUL:
        maybe.setdefault(resident, row.row)
        return _said(DOUBT, groups, here, resident, row.reason, row)
    if here is None or not row.judged.matched:
        return _said(THEIRS, groups, None, "", f"{verdict}：{row.reason}", row)
    if resident in named:
        return _said(TWICE, groups, here, resident, row.reason, row)
    named.add(resident)
    if resident in members:
        return _said(BOTH, groups, here, resident, "；".join(map(words, members[resident][1])), row)
    return _said(THEIRS, groups, here, resident, _why_not(here, resident, groups, row), row)


def _why_not(here: Everyone, resident: str, groups: tuple[str, ...], row: Row) -> str:
    if not here.register.people[resident].here:
        return f"{row.judged.verdict}：{row.reason}"
    told = [
        words(here.register.told(resident, group)[1]) if group in RULES else say("care-no-mark", group=group)
        for group in groups if resident not in here.members(group)
    ]  # fmt: skip
    return "；".join(told)


def _said(
    outcome: str, groups: tuple[str, ...], here: Everyone | None, resident: str, why: str, row: Row | None = None
) -> Values:  # fmt: skip
    known = here.said(resident) if here is not None else dict.fromkeys(("id", "resident", "household", "name", "sex", "path", "building", "committee"), "") | {"birth_year": None}  # fmt: skip
    return known | {
        "outcome": outcome, "group": "+".join(groups), "address": here.door(resident) if here is not None else "",
        "row": row.row if row else None, "listed": str(row.said["name"]) if row else "",
        "place": str(row.said["place"]) if row else "", "why": why, "state": outcome, "due": None,
        "here": here is not None and here.register.people[resident].here,
    }  # fmt: skip


# ---------------------------------------------------------------- going back


def export_comparison(
    session: Session, compared: Compared, out: Path, *, to: str = "", second: str | None = None
) -> Values:  # fmt: skip
    """The comparison as a workbook to send back: out, rows, counts. No numbers and no phones are in it.

    A list of a sensitive group needs a purpose, and of many people a second account. Raises UserError: list-type,
    care-purpose, report-unwritable; Refused: not-allowed, ring-needed, second-needed, second-not-allowed.
    """
    session.require("care.write")
    if out.suffix.lower() != ".xlsx":
        raise UserError("list-type", file=out.name)
    if compared.sensitive:
        _must_see_all(session)
        if purpose_of(session.purpose) is None:
            raise UserError("care-purpose")
        with session.db.reading() as connection:
            looking.second_person(session, connection, "care.reveal", len(compared.people), second)
    groups = "、".join(compared.groups)
    made = care_comparison.book(
        say("care-list-title", groups=groups),
        [say("care-list-maker", file=compared.path.name, name=session.name, account=session.account,
             at=session.now().date().isoformat(), **compared.counts)],
        say("care-list-columns").split("|"), [_cells(n, row) for n, row in enumerate(compared.rows, 1)],
        sheet=say("care-list-sheet"), practice=say("shares-practice") if session.rehearsal else "",
    )  # fmt: skip
    shared_list.save(made, out)
    try:
        with session.noting("export", purpose=session.purpose_code or "care") as writing:
            writing.act("export", "committee", session.committee_id, {
                "kind": "care", "file": compared.path.name, "out": out.name, "fields": list(FIELDS),
                "persons": len(compared.people), "people": looking.named(compared.people), "to": to,
                "purpose": session.purpose or "", "sensitive": compared.sensitive, "second": second or "",
            })  # fmt: skip
    except BaseException:
        out.unlink(missing_ok=True)  # nothing leaves without its entry
        raise
    return {"out": str(out), "rows": len(compared.rows), "counts": compared.counts, "groups": list(compared.groups)}


def _cells(number: int, row: Values) -> list[str]:
    return [
        str(number), say(f"care-outcome-{row['outcome']}"), row["name"] or row["listed"], row["sex"],
        str(row["birth_year"] or ""), row["address"], row["group"], str(row["row"] or ""), row["listed"], row["place"],
        row["why"],
    ]  # fmt: skip
