"""The sharing ledger, two people for long lists, the head's review, and extracts for a line office."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from pyrage import passphrase

from app import cli
from app.db import history
from app.domain import clock
from app.domain.findings import NotTrusted, Refused, UserError
from app.exchange import signing
from app.services import extracts, mapfiles, maps, matrix, records, reports, reviews, search, shares, sheets, workspaces
from app.services.session import Session
from app.services.values import Values
from tests.conftest import ACCOUNT, NOW, PASSWORD
from tests.street import Street

SECRET = "310115195803120010"
PASSPHRASE = "tiaoxian-2020"


def book(file: Path, *rows: list[Any]) -> Path:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return book(tmp_path / "名册.xlsx", ["姓名"], ["{{name}}"])


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    return book(tmp_path / "证件表.xlsx", ["姓名", "证件"], ["{{name}}", "{{id_number}}"])


def people(session: Session, count: int = 1, name: str = "王建国") -> str:
    """So many people behind one door; the id of the household."""
    door = records.add(session, "dwelling", {"estate": "培花新村", "building": "12号", "room": "302"})
    home = records.add(session, "household", {"dwelling": door.id})
    records.add(session, "resident", {"household": home.id, "name": name, "id_number": SECRET})
    with session.writing("create") as writing:
        writing.create(
            "resident", [(str(records.ids.new_id()), {"household": home.id, "name": f"人{n}"}) for n in range(1, count)]
        )
    return home.id


def another(session: Session, name: str, *roles: str) -> str:
    """A further account's row, as its log-in would find it."""
    row = str(records.ids.new_id())
    with session.noting("grant") as writing:
        writing.create("account", [(row, {"name": name, "roles": list(roles)})])
    return row


def refusals(session: Session) -> list[Values]:
    with session.db.reading() as connection:
        return history.acts(connection, session.office, actions=("refused",))


# ---------------------------------------------------------------- every way out is in it


def test_every_way_out_says_when_who_what_how_many_and_why(
    session: Session, plain: Path, tmp_path: Path, qapp: Any
) -> None:
    people(session, 3)
    building = search.find(session, "王建国")[0]["building_id"]
    session.purpose = "报送街道"
    reports.fill(session, plain, tmp_path / "填好.xlsx", to="花木街道")
    mapfiles.write(session, maps.draw(session, "committee"), tmp_path / "图.html")
    mapfiles.write(session, matrix.of(session, building), tmp_path / "楼.html")
    printed = sheets.make(session, buildings=[building])
    sheets.save(session, printed, tmp_path / "登记表.pdf")
    shares.write(session, tmp_path / "台账.xlsx")
    found = shares.list_(session)
    assert [row["kind"] for row in found] == ["shares", "sheets", "sheets", "map", "map", "report"]
    report = found[-1]
    assert (report["account"], report["to"], report["what"]) == (ACCOUNT, "花木街道", "填好.xlsx")
    assert (report["fields"], report["persons"], report["purpose"]) == (["姓名"], 3, "报送街道")
    assert all(row["purpose"] == "报送街道" and row["at"] and row["to"] for row in found)
    assert [row["persons"] for row in found[1:5]] == [3, 3, 3, 3]
    assert not any(row["sensitive"] for row in found)


def test_a_report_without_a_named_purpose_has_one(session: Session, plain: Path, tmp_path: Path) -> None:
    people(session)
    reports.fill(session, plain, tmp_path / "填好.xlsx")
    assert (shares.list_(session)[0]["purpose_code"], shares.list_(session)[0]["purpose"]) == (
        "report",
        "按上级要求报送",
    )


def test_bundles_are_in_it_with_their_receiver(street: Street) -> None:
    committee = street.committee()
    people(committee)
    street.send(committee)
    (bundle,) = shares.list_(committee)
    assert (bundle["kind"], bundle["to"]) == ("bundle", "花木街道")


def test_the_centre_s_list_shows_what_its_committees_gave_away(street: Street, plain: Path, tmp_path: Path) -> None:
    committee = street.committee()
    people(committee)
    reports.fill(committee, plain, tmp_path / "填好.xlsx")
    street.bring(street.centre, street.send(committee))
    found = [row for row in shares.list_(street.centre) if row["kind"] == "report"]
    assert [(row["account"], row["committee"]) for row in found] == [(ACCOUNT, committee.committee_id)]


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [(None, None, 1), ("2020-05-25", "2020-05-25", 1), ("2020-05-26", None, 0), (None, "2020-05-24", 0)],
)
def test_a_period(session: Session, plain: Path, tmp_path: Path, since: str, until: str, count: int) -> None:
    people(session)
    reports.fill(session, plain, tmp_path / "填好.xlsx")
    assert len(shares.list_(session, since, until)) == count


def test_a_day_that_is_none_is_said(session: Session) -> None:
    with pytest.raises(UserError, match="day-invalid"):
        shares.list_(session, "昨天")


def test_the_auditor_s_workbook_has_a_row_each_and_no_live_formula(
    session: Session, plain: Path, tmp_path: Path
) -> None:
    people(session)
    session.purpose = '=HYPERLINK("http://x","点我")'
    reports.fill(session, plain, tmp_path / "填好.xlsx", to="＠街道")
    session.purpose = None
    session.roles = frozenset({"auditor"})
    done = shares.write(session, tmp_path / "台账.xlsx")
    assert done["rows"] == 1
    sheet = load_workbook(tmp_path / "台账.xlsx").active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    texts = [str(cell.value) for cell in cells]
    assert any("信息共享台账" in text for text in texts) and any(ACCOUNT in text for text in texts)
    assert '=HYPERLINK("http://x","点我")' in texts and "＠街道" in texts
    assert [cell.value for cell in sheet[5]][:4] == ["序号", "时间", "类别", "经办人"]
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))


def test_making_the_list_is_in_the_next_one(session: Session, tmp_path: Path) -> None:
    assert shares.write(session, tmp_path / "一.xlsx")["rows"] == 0
    assert [row["to"] for row in shares.list_(session)] == ["审计"]


def test_only_a_workbook_s_name(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="shares-type"):
        shares.write(session, tmp_path / "台账.pdf")


def test_the_list_by_command(session: Session, folder: Path, plain: Path, tmp_path: Path, capsys: Any) -> None:
    people(session)
    reports.fill(session, plain, tmp_path / "填好.xlsx")
    workspaces.lock(session)
    words = tmp_path / "pw"
    words.write_text(PASSWORD)
    who = [
        "--data",
        str(folder),
        "--account",
        ACCOUNT,
        "--password-file",
        str(words),
        "--now",
        "2020-05-25T10:00",
        "--json",
    ]
    assert cli.main([*who, "shares", "--out", str(tmp_path / "台账.xlsx"), "--since", "2020-05-01"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1
    assert cli.main([*who, "shares"]) == 0
    assert [row["kind"] for row in json.loads(capsys.readouterr().out)] == ["shares", "report"]


# ---------------------------------------------------------------- two people


@pytest.fixture
def many(session: Session) -> Session:
    people(session, 201)
    session.purpose = "report"
    return session


def test_more_than_two_hundred_with_level_3_need_a_second_person(many: Session, numbers: Path, tmp_path: Path) -> None:
    out = tmp_path / "填好.xlsx"
    for second, code in (
        (None, "second-needed"), ("", "second-needed"), (many.account_id, "second-self"),
        (another(many, "小李", "auditor"), "second-not-allowed"), ("nobody", "second-not-allowed"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            reports.fill(many, numbers, out, second=second)
        assert refused.value.code == code and not out.exists()
    assert {each["said"]["code"] for each in refusals(many)} == {"second-needed", "second-self", "second-not-allowed"}


def test_both_are_named_in_the_entry(many: Session, numbers: Path, tmp_path: Path) -> None:
    second = another(many, "李社工", "worker")
    assert reports.fill(many, numbers, tmp_path / "填好.xlsx", second=second)["rows"] == 201
    row = shares.list_(many)[0]
    assert (row["by"], row["second"], row["second_name"]) == (many.account_id, second, "李社工")
    assert row["sensitive"] and row["persons"] == 201 and reviews.pending(many) == []


def test_a_removed_account_is_no_second_person(many: Session, numbers: Path, tmp_path: Path) -> None:
    second = another(many, "李社工", "worker")
    with many.noting("revoke") as writing:
        writing.set_deleted("account", second, True)
    with pytest.raises(Refused, match="second-not-allowed"):
        reports.fill(many, numbers, tmp_path / "填好.xlsx", second=second)


def test_level_2_of_many_needs_nobody(many: Session, plain: Path, tmp_path: Path) -> None:
    assert reports.fill(many, plain, tmp_path / "填好.xlsx")["rows"] == 201
    assert reviews.pending(many) == []


def test_one_s_own_name_as_second_does_not_spare_the_review(session: Session, numbers: Path, tmp_path: Path) -> None:
    people(session)
    session.purpose = "report"
    with pytest.raises(Refused, match="second-self"):
        reports.fill(session, numbers, tmp_path / "填好.xlsx", second=session.account_id)


def test_an_export_whose_entry_cannot_be_written_leaves_no_file(
    session: Session, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(session)
    monkeypatch.setattr(Session, "noting", lambda *_, **__: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        reports.fill(session, plain, tmp_path / "填好.xlsx")
    assert not (tmp_path / "填好.xlsx").exists()


# ---------------------------------------------------------------- what the head looks through


@pytest.fixture
def taken(session: Session, numbers: Path, tmp_path: Path) -> Iterator[Session]:
    """A worker with the building took a list of numbers."""
    people(session)
    head, roles = session.account_id, session.roles
    session.account_id, session.roles = another(session, "李社工", "worker"), frozenset({"worker"})
    building = search.find(session, "王建国")[0]["building_id"]
    with session.noting("grant") as writing:
        writing.change("account", session.account_id, {"buildings": [building]})
    session.purpose, session._given = "care", None
    reports.fill(session, numbers, tmp_path / "填好.xlsx")
    session.account_id, session.roles, session.purpose, session._given = head, roles, None, None
    yield session


def test_the_head_sees_what_one_person_took_and_says_so(taken: Session) -> None:
    (row,) = reviews.pending(taken)
    assert (row["account"], row["persons"], row["purpose_code"], row["overdue"], row["own"]) == (
        "李社工", 1, "care", False, False,
    )  # fmt: skip
    assert row["due"].startswith("2020-05-26T09:00")
    reviews.review(taken, row["batch"])
    assert reviews.pending(taken) == []
    with taken.db.reading() as connection:
        (act,) = history.acts(connection, taken.office, actions=("reviewed",))
    assert (act["entity"], act["id"], act["account"]) == ("batch", row["batch"], taken.account_id)


def test_after_a_day_it_is_overdue(taken: Session) -> None:
    taken.clock = clock.frozen("2020-05-26T09:01")
    assert reviews.pending(taken)[0]["overdue"]


def test_what_was_reviewed_cannot_be_reviewed_again(taken: Session) -> None:
    batch = reviews.pending(taken)[0]["batch"]
    reviews.review(taken, batch)
    with pytest.raises(UserError, match="review-unknown"):
        reviews.review(taken, batch)


def test_a_head_reviews_its_own_only_while_alone(session: Session, numbers: Path, tmp_path: Path) -> None:
    people(session)
    session.purpose = "report"
    reports.fill(session, numbers, tmp_path / "一.xlsx")
    another(session, "李社工", "worker")
    reviews.review(session, reviews.pending(session)[0]["batch"])
    reports.fill(session, numbers, tmp_path / "二.xlsx")
    another(session, "王主任", "head")
    (row,) = reviews.pending(session)
    assert row["own"]
    with pytest.raises(Refused, match="review-own"):
        reviews.review(session, row["batch"])
    assert refusals(session)[0]["said"] == {"code": "review-own"}


# ---------------------------------------------------------------- extracts


@pytest.fixture
def centre(street: Street) -> Session:
    """A centre with two committees' people."""
    for number, name in ((1, "王建国"), (2, "李秀英")):
        committee = street.committee(number)
        people(committee, name=name)
        street.bring(street.centre, street.send(committee))
    street.centre.purpose = "isolation"
    street.centre.clock = clock.frozen("2020-05-25T12:00")
    return street.centre


def made(centre: Session, out: Path, **other: Any) -> Values:
    asked = {
        "fields": ["name", "room"], "committees": ["第1居委会"], "until": "2020-06-01", "name": "卫生条线",
        "password": PASSPHRASE, **other,
    }  # fmt: skip
    return extracts.make(centre, out, **asked)


def test_an_extract_holds_the_fields_and_committees_asked_for_and_nothing_else(centre: Session, tmp_path: Path) -> None:
    done = made(centre, tmp_path / "摘录.ltx")
    shown = extracts.show(tmp_path / "摘录.ltx", PASSPHRASE, NOW)
    assert shown["rows"] == [{"name": "王建国", "room": "302"}]
    assert (shown["name"], shown["purpose"], shown["committees"]) == ("卫生条线", "疫情防控与居家隔离", ["第1居委会"])
    assert shown["fingerprint"] == done["fingerprint"] and len(done["fingerprint"].split()) == 8
    assert "李秀英" not in str(shown) and SECRET not in str(shown)
    row = shares.list_(centre)[0]
    assert (row["kind"], row["to"], row["persons"], row["fields"]) == ("extract", "卫生条线", 1, ["姓名", "室号"])


def test_no_plain_word_lies_in_the_file(centre: Session, tmp_path: Path) -> None:
    made(centre, tmp_path / "摘录.ltx")
    assert "王建国".encode() not in (tmp_path / "摘录.ltx").read_bytes()


def test_an_extract_ends(centre: Session, tmp_path: Path) -> None:
    made(centre, tmp_path / "摘录.ltx")
    assert extracts.show(tmp_path / "摘录.ltx", PASSPHRASE, clock.frozen("2020-06-01T23:59"))["persons"] == 1
    with pytest.raises(Refused, match="extract-ended"):
        extracts.show(tmp_path / "摘录.ltx", PASSPHRASE, clock.frozen("2020-06-02T00:01"))


def test_a_clock_set_back_before_it_was_made_opens_nothing(centre: Session, tmp_path: Path) -> None:
    made(centre, tmp_path / "摘录.ltx")
    with pytest.raises(UserError, match="extract-early"):
        extracts.show(tmp_path / "摘录.ltx", PASSPHRASE, clock.frozen("2020-05-20T09:00"))


def test_another_password_opens_nothing(centre: Session, tmp_path: Path) -> None:
    made(centre, tmp_path / "摘录.ltx")
    with pytest.raises(Refused, match="extract-password-wrong"):
        extracts.show(tmp_path / "摘录.ltx", "something-else", NOW)


def test_a_changed_document_is_refused_even_with_the_password(centre: Session, tmp_path: Path) -> None:
    file = tmp_path / "摘录.ltx"
    made(centre, file)
    head = extracts.MAGIC + bytes([extracts.VERSION])
    signed = signing.from_bytes(passphrase.decrypt(file.read_bytes()[len(head) :], PASSPHRASE), "extract")
    forged = signing.Signed("extract", signed.document.replace(b"2020-06-01", b"2029-06-01"), signed.signature)
    file.write_bytes(head + passphrase.encrypt(signing.to_bytes(forged), PASSPHRASE))
    with pytest.raises(NotTrusted, match="extract-forged"):
        extracts.show(file, PASSPHRASE, NOW)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"LOUTX\0\x02abc"])
def test_what_is_no_extract_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "摘录.ltx").write_bytes(data)
    with pytest.raises(NotTrusted, match="extract-unreadable"):
        extracts.show(tmp_path / "摘录.ltx", PASSPHRASE, NOW)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"fields": []}, "extract-fields"), ({"fields": ["religion"]}, "field-unknown"),
        ({"committees": []}, "committee-unknown"), ({"committees": ["第9居委会"]}, "committee-unknown"),
        ({"until": "2020-05-24"}, "extract-past"), ({"until": "2022-05-24"}, "extract-long"),
        ({"until": "明天"}, "day-invalid"), ({"name": " "}, "extract-no-name"), ({"password": "kurz"}, "password-short"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_written(
    centre: Session, tmp_path: Path, wrong: dict[str, Any], code: str
) -> None:
    with pytest.raises(UserError) as said:
        made(centre, tmp_path / "摘录.ltx", **wrong)
    assert said.value.code == code and not (tmp_path / "摘录.ltx").exists()


def test_no_purpose_no_extract(centre: Session, tmp_path: Path) -> None:
    centre.purpose = None
    with pytest.raises(UserError, match="extract-no-purpose"):
        made(centre, tmp_path / "摘录.ltx")


def test_level_3_only_for_a_purpose_that_carries_it_and_with_a_second_person(centre: Session, tmp_path: Path) -> None:
    out = tmp_path / "摘录.ltx"
    with pytest.raises(Refused, match="second-always"):
        made(centre, out, fields=["name", "id_number"])
    centre.purpose = "report"
    second = another(centre, "李主任", "data")
    with pytest.raises(UserError, match="extract-level"):
        made(centre, out, fields=["name", "id_number"], second=second)
    centre.purpose = "isolation"
    made(centre, out, fields=["name", "id_number"], second=second)
    assert extracts.show(out, PASSPHRASE, NOW)["rows"] == [{"name": "王建国", "id_number": SECRET}]
    assert shares.list_(centre)[0]["second_name"] == "李主任"


def test_committees_that_the_account_is_not_given_are_unknown(centre: Session, tmp_path: Path) -> None:
    with centre.db.reading() as connection:
        first = next(c for c in centre.scope(connection) if c == "" or "第1" in str(
            (records.present.one(connection, c, "committee", c) or {}).get("name", "")
        ))  # fmt: skip
    with centre.noting("grant") as writing:
        writing.change("account", centre.account_id, {"committees": [first]})
    assert made(centre, tmp_path / "一.ltx")["persons"] == 1
    with pytest.raises(UserError, match="committee-unknown"):
        made(centre, tmp_path / "二.ltx", committees=["第2居委会"])


def test_a_committee_makes_none(session: Session, tmp_path: Path) -> None:
    session.roles, session.purpose = frozenset({"data"}), "isolation"
    with pytest.raises(UserError, match="extract-centre"):
        made(session, tmp_path / "摘录.ltx")


def test_by_command_without_a_workspace(centre: Session, tmp_path: Path, capsys: Any) -> None:
    made(centre, tmp_path / "摘录.ltx")
    (tmp_path / "pw").write_text(PASSPHRASE)
    asked = ["extract", "show", str(tmp_path / "摘录.ltx"), "--password-file", str(tmp_path / "pw"), "--json"]
    assert cli.main([*asked, "--now", "2020-05-26T09:00"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [{"name": "王建国", "room": "302"}]
    assert cli.main(asked) == 3  # today, years later
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "extract-ended"
