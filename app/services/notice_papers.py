"""From cases and settings to papers as they are set: which words stand on which paper (words/notices.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain import clock, isolation, notices, walks
from app.domain.isolation import Stage
from app.domain.notices import Kind
from app.services.notice_numbers import Paper
from app.services.paper_settings import PaperSettings
from app.services.values import Values
from app.sheets.notices import Column, Contact, Door, Letter, ListPaper, Print, Slip
from app.words import say

HALF = 330
"""Letters of a slip that fit on half a page."""
_CONTACTS = (("officer", "paper-officer"), ("police", "paper-police"), ("doctor", "paper-doctor"))
_POINTS = ("told-stay", "told-check", "told-room", "told-others", "told-ill", "told-errands")
_PROMISES = ("promise-1", "promise-2", "promise-3", "promise-4", "promise-5")


def day_text(day: date) -> str:
    """`2020年5月12日`."""
    return say("paper-day", year=day.year, month=day.month, day=day.day)


def short_day(value: object) -> str:
    """`5月12日` of a stored day; what is none stays what it is."""
    found = clock.day(str(value)[:10])
    return f"{found.month}月{found.day}日" if found else str(value or "")


def one(kind: Kind, paper: Paper, settings: PaperSettings, on: date, **more: Any) -> Letter | Door | ListPaper:
    """One paper of one kind. more: documents (case -> number as it may be printed), shown."""
    number, again, cases = paper.number, paper.again, paper.of
    if kind.key == notices.DOOR:
        return _door(number, again, cases, settings)
    if kind.key == notices.REQUEST:
        return _request(number, again, cases, settings, on, **more)
    if kind.key == notices.RECEIPT:
        return _receipt(number, again, cases, settings, on)
    make = {notices.TOLD: _told, notices.PROMISE: _promise, notices.RELEASE: _release}[kind.key]
    return make(number, again, cases[0], settings, on)


def printed(kind: Kind, papers: Sequence[Any], practice: bool, cover: ListPaper | None = None) -> Print:
    foot = say("paper-foot-list" if kind.layout == "list" or cover else "paper-foot")
    return Print(kind.layout, practice, foot, tuple(papers), cover, internal=kind.layout == "list" or cover is not None)


# ---------------------------------------------------------------- letters


def _told(number: str, again: bool, case: Values, settings: PaperSettings, on: date) -> Letter:
    stages, term = isolation.stages_of(case), notices.term(case)
    assert term is not None
    twice = any(len(isolation.SLOTS.get(stage.measure, ())) > 1 for stage in stages)
    times = say("told-twice" if twice else "told-once")
    end = say("told-end-own") if settings.own_notice else say("told-end", issuer=issuer_of(settings))
    points = [say(code, times=times) for code in _POINTS] + [end]
    points += [line for line in settings.more.split("\n") if line.strip()]
    tests = _days([day for stage in stages for day in stage.tests])
    facts = [
        (say("told-who"), str(case.get("name", ""))), (say("told-where"), walks.door_text(case)),
        (say("told-how"), "\n".join(_stage(stage) for stage in stages)),
        (say("told-when"), say("paper-span", since=day_text(term[0]), until=day_text(term[1]))),
    ]  # fmt: skip
    return Letter(
        say("told-title"), number, again, str(case.get("name", "")), (say("told-body"),),
        (*facts, *(((say("told-tests"), tests),) if tests else ())), contacts(case, settings), say("told-points"),
        tuple(filter(None, points)), say("told-closing"), _said("told-signed", "told-signed-day", "told-by", "told-by-2"),
        settings.heading, day_text(on),
    )  # fmt: skip


def _promise(number: str, again: bool, case: Values, settings: PaperSettings, on: date) -> Letter:
    term = notices.term(case)
    assert term is not None
    body = say(
        "promise-body", name=case.get("name", ""), address=walks.door_text(case), since=day_text(term[0]),
        until=day_text(term[1]),
    )  # fmt: skip
    return Letter(
        say("promise-title"), number, again, settings.heading, (body,), (), (),
        say("promise-points"), _said(*_PROMISES), say("promise-closing"),
        _said("promise-signed", "promise-signed-day", "promise-guardian", "promise-guardian-day", "promise-witness",
              "promise-witness-2"),
        settings.heading, day_text(on),
    )  # fmt: skip


def _release(number: str, again: bool, case: Values, settings: PaperSettings, on: date) -> Letter:
    term = notices.term(case)
    assert term is not None
    body = say(
        "release-body", since=day_text(term[0]), until=day_text(term[1]), address=walks.door_text(case),
        rule=_rule(case),
    )  # fmt: skip
    return Letter(
        say("release-title"), number, again, str(case.get("name", "")), (body, say("release-body-2")), (),
        contacts(case, settings), "", (), "", _said("release-signed", "release-signed-day", "release-by"),
        settings.heading, day_text(on),
    )  # fmt: skip


def contacts(case: Values, settings: PaperSettings) -> tuple[Contact, ...]:
    """The three of 居委, 社区民警, 社区医生: the case's own, else those of the settings; a line where nobody is known."""
    found = []
    for who, title in _CONTACTS:
        name, phone = (str(case.get(f"{who}_{part}") or "") for part in ("name", "phone"))
        if not name and not phone:
            name, phone = (str(getattr(settings, f"{who}_{part}")) for part in ("name", "phone"))
        found.append(Contact(say(title), name, phone or (settings.phone if who == "officer" else "")))
    return tuple(found)


# ---------------------------------------------------------------- door sheets


def _door(number: str, again: bool, cases: Sequence[Values], settings: PaperSettings) -> Door:
    since, until = span(cases)
    return Door(
        number, again, say("door-title"), day_text(since), day_text(until), say("door-please"),
        _said("door-line", "door-line-2"), contacts(cases[0], settings), settings.heading,
    )  # fmt: skip


def span(cases: Sequence[Values]) -> tuple[date, date]:
    """From the first day of a household's cases to the last of all of them."""
    terms = [term for case in cases if (term := notices.term(case))]
    return min(first for first, _ in terms), max(last for _, last in terms)


def cover(doors: Sequence[tuple[str, Values, tuple[date, date]]], settings: PaperSettings, on: date) -> ListPaper:
    """By which number which door sheet belongs to which door: (number, door, days)."""
    titles = say("door-columns").split("|")
    widths = ((76, False), (0, False), (34, True), (34, True), (18, True))
    rows = tuple(
        (number, walks.door_text(door), day_text(days[0]), day_text(days[1]), "□") for number, door, days in doors
    )
    return ListPaper(
        say("door-cover"), "", False, "", say("door-cover-body"), _columns(titles, widths), rows, "", (),
        settings.heading, day_text(on),
    )  # fmt: skip


# ---------------------------------------------------------------- lists


def _request(
    number: str, again: bool, cases: Sequence[Values], settings: PaperSettings, on: date,
    documents: dict[str, str], shown: bool,
) -> ListPaper:  # fmt: skip
    titles = say("request-columns").split("|")
    widths = ((11, True), (29, False), (11, True), (11, True), (43, True), (0, False), (15, True), (17, True), (17, True),
              (26, True), (24, True))  # fmt: skip
    rows = tuple(
        (
            str(place), str(case.get("name", "")), str(case.get("sex", "")), _age(case, on), documents.get(case["id"], ""),
            walks.door_text(case), str(case.get("rule", "")), *(short_day(day.isoformat()) for day in span([case])),
            "、".join(short_day(day) for day in case.get("sampled", ())), "",
        )
        for place, case in enumerate(cases, 1)
    )  # fmt: skip
    foot = say("request-foot", documents=say("request-shown" if shown else "request-hidden"))
    return ListPaper(
        say("request-title"), number, again, settings.issuer or say("request-issuer"),
        say("request-body", count=len(cases)), _columns(titles, widths), rows, foot,
        tuple(say("request-signers").split("|")), settings.heading, day_text(on),
    )  # fmt: skip


def _receipt(number: str, again: bool, cases: Sequence[Values], settings: PaperSettings, on: date) -> ListPaper:
    titles = say("receipt-columns").split("|")
    widths = ((11, True), (30, False), (0, False), (36, True), (44, True), (40, False), (26, True), (36, True))
    rows = tuple(
        (
            str(place), str(case.get("name", "")), walks.door_text(case),
            "—".join(short_day(day.isoformat()) for day in span([case])), str(case.get("notice_number", "")),
            str(case.get("notice_issuer", "")), str(case.get("notice_handed_at", ""))[5:16].replace("T", " "),
            str(case.get("notice_handed_to", "")),
        )
        for place, case in enumerate(cases, 1)
    )  # fmt: skip
    issuers = {str(case.get("notice_issuer") or issuer_of(settings)) for case in cases}
    return ListPaper(
        say("receipt-title"), number, again, "", say("receipt-body", count=len(cases), issuer="、".join(sorted(issuers))),
        _columns(titles, widths), rows, "", tuple(say("receipt-signers").split("|")), settings.heading, day_text(on),
        tall=True,
    )  # fmt: skip


# ---------------------------------------------------------------- a committee's own notice


def slips(paper: Paper, title: str, text: str, settings: PaperSettings, on: date, *, practice: bool) -> Print:
    """A slip for each door; two on a page where the words are short."""
    body = tuple(line.strip() for line in text.split("\n") if line.strip())
    phone = settings.phone or settings.officer_phone
    contact = say("general-contact", phone=phone) if phone else ""
    made = tuple(
        Slip(title, paper.number, paper.again, say("general-to", door=walks.door_text(door)), body, contact,
             settings.heading, day_text(on))
        for door in paper.of
    )  # fmt: skip
    return Print("slip", practice, "", made, halves=len(text) + 34 * len(body) <= HALF + 34)


# ---------------------------------------------------------------- words of days and rules


def _said(*codes: str) -> tuple[str, ...]:
    return tuple(say(code) for code in codes)


def _stage(stage: Stage) -> str:
    return say(
        "paper-stage" if stage.place in ("", "居家") else "paper-stage-at", measure=stage.measure, place=stage.place, days=stage.days, since=short_day(stage.start.isoformat()),
        until=short_day(stage.end.isoformat()),
    )  # fmt: skip


def _rule(case: Values) -> str:
    return say("paper-rule", rule=case.get("rule", ""))


def issuer_of(settings: PaperSettings) -> str:
    return settings.issuer or say("request-issuer")


def _days(days: Sequence[date]) -> str:
    return "、".join(short_day(day.isoformat()) for day in days)


def _age(case: Values, on: date) -> str:
    born = str(case.get("birth_year") or "")
    return str(on.year - int(born)) if born.isdecimal() else ""


def _columns(titles: Sequence[str], widths: Sequence[tuple[int, bool]]) -> tuple[Column, ...]:
    return tuple(Column(title, mm, centred) for title, (mm, centred) in zip(titles, widths, strict=True))
