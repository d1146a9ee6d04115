"""What a committee's papers say of itself: its heading and number, who issues releases, who is called when a case names
nobody. Remembered on this PC, in its encrypted file; a head changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.db.connection import Connection
from app.db.local import keep_secret, recall
from app.domain import notices
from app.domain.findings import UserError
from app.domain.values import plain
from app.services.session import Session

KEPT = "papers"
LONGEST, LONGEST_MORE = 40, 300


class PaperSettings(msgspec.Struct, frozen=True):
    """heading: who signs. prefix: of numbers. issuer: the health centre that issues releases. phone: of the committee.

    own_notice: this committee may issue a release itself. more: a further line of what people are asked for.
    """

    heading: str = ""
    prefix: str = ""
    issuer: str = ""
    phone: str = ""
    officer_name: str = ""
    officer_phone: str = ""
    police_name: str = ""
    police_phone: str = ""
    doctor_name: str = ""
    doctor_phone: str = ""
    own_notice: bool = False
    more: str = ""


TITLES = {
    "heading": "落款单位", "prefix": "编号字头", "issuer": "解除通知开具单位", "phone": "居委会电话",
    "officer_name": "居委会联系人", "officer_phone": "居委会联系人电话", "police_name": "社区民警", "police_phone": "民警电话",
    "doctor_name": "社区医生", "doctor_phone": "医生电话", "own_notice": "居委会可出具解除通知", "more": "告知书补充要求",
}  # fmt: skip
PHONES = ("phone", "officer_phone", "police_phone", "doctor_phone")


def read(session: Session) -> PaperSettings:
    """As they stand, with the committee's own name where nothing was said."""
    session.require("notices.print")
    with session.db.reading() as connection:
        return of(session, connection)


def of(session: Session, connection: Connection) -> PaperSettings:
    """The same within a service that has asked."""
    found = recall(connection, KEPT)
    kept = msgspec.json.decode(found, type=PaperSettings) if found else PaperSettings()
    return msgspec.structs.replace(
        kept, heading=kept.heading or session.name, prefix=kept.prefix or notices.prefix_of(session.name)
    )


def change(session: Session, values: Mapping[str, Any]) -> PaperSettings:
    """New values of some; the others stay. Raises UserError: field-unknown, notice-phone, notice-too-long; Refused."""
    session.require("settings.change")
    checked = {key: _checked(key, value) for key, value in values.items()}
    with session.noting("grant") as writing:
        kept = recall(writing.connection, KEPT)
        before = msgspec.json.decode(kept, type=PaperSettings) if kept else PaperSettings()
        now = msgspec.structs.replace(before, **checked)
        keep_secret(writing.connection, KEPT, msgspec.json.encode(now))
        different = [key for key in TITLES if getattr(before, key) != getattr(now, key)]
        writing.act("grant", "committee", session.committee_id, {"what": "papers", "fields": different})
    with session.db.reading() as connection:
        return of(session, connection)


def _checked(key: str, value: Any) -> Any:
    if key not in TITLES:
        raise UserError("field-unknown", field=key, entity=notices.TOLD)
    if key == "own_notice":
        return bool(value)
    lines = str(value or "").split("\n") if key == "more" else [str(value or "")]
    text = "\n".join(filter(None, map(plain, lines)))
    longest = LONGEST_MORE if key == "more" else LONGEST
    if len(text) > longest:
        raise UserError("notice-too-long", title=TITLES[key], count=longest)
    if key in PHONES and text and not any(each.isdigit() for each in text):
        raise UserError("notice-phone", title=TITLES[key], value=text)
    return text
