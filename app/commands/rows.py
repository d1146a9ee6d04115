"""What the commands of work with people share: how a day and a time are read, and how their rows are told in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from app.commands.opening import hint
from app.domain import clock, moments
from app.domain.findings import UsageError, UserError
from app.services.session import Session
from app.words import say


def known(told: Any) -> Any:
    """The same without what is unknown: no null and no "" in any row; false, 0 and empty lists say something and stay."""
    if isinstance(told, Mapping):
        return {key: known(value) for key, value in told.items() if value is not None and value != ""}
    if isinstance(told, list | tuple):
        return [known(each) for each in told if each is not None and each != ""]
    return told


def of_person(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row about somebody, with the path of the person instead of the door's: it can be typed where an ID is asked for."""
    path, name = str(row.get("path") or ""), str(row.get("name") or "")
    if not path or not name or path.endswith(f"/{name}"):
        return dict(row)
    return {**row, "path": f"{path}/{name}"}


# ---------------------------------------------------------------- what was typed

T = TypeVar("T")


def day(session: Session, text: str | None) -> date | None:
    """A day as it was typed, None for nothing. Raises UsageError("day-invalid")."""
    return _read(moments.day, text, session) if text else None


def whole_day(session: Session, text: str | None) -> date:
    """A day that must be told. Raises UsageError("day-invalid")."""
    return _read(moments.day, text or "", session)


def moment(session: Session, text: str | None) -> datetime | None:
    """A time as it was typed, None for nothing. Raises UsageError("moment-invalid")."""
    return _read(moments.read, text, session) if text else None


def deadline(session: Session, text: str | None) -> datetime | None:
    """Until when something must be done, as it was typed; None for nothing. Raises UsageError("moment-invalid")."""
    return _read(moments.deadline, text, session) if text else None


def moment_text(session: Session, text: str | None) -> str:
    """The same as times are stored, with the offset; "" for nothing."""
    at = moment(session, text)
    return clock.written(at) if at else ""


def _read(reader: Callable[[str, datetime], T], text: str, session: Session) -> T:
    try:
        return reader(text, session.now())
    except UserError as error:
        raise UsageError(error.code, **error.details) from None


def revealed(session: Session, *, asked: bool = False) -> bool:
    """Is level 3 shown? With a purpose; who asked for it without one is told so on standard error and sees masks."""
    if asked and not session.purpose_code:
        hint(say("reveal-purpose"))
    return bool(session.purpose_code)
