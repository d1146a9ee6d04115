"""What of an arrival needs words: why somebody does not come, who was told, which door, which committee, a code by telephone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.domain import arrival_times, arrivals, clock, contact_codes
from app.domain.findings import UserError
from app.services import arrivals as service
from app.services import stubs
from app.ui import errors, theme
from app.ui.act_dialog import Ask, ask, optional
from app.ui.dialogs import Dialog
from app.ui.moves_dialogs import targets
from app.ui.moves_page import HouseholdChoice
from app.words import say

if TYPE_CHECKING:
    from app.ui.arrivals_page import ArrivalsPage

Row = dict[str, Any]
BACK = "退回街道等候"
UNSURE = "不清楚，请街道核实"
WAIT = "先在街道等候"


class HomeDialog(Dialog):
    """Behind which door somebody will stay."""

    def __init__(self, page: ArrivalsPage, row: Row) -> None:
        super().__init__(page, "对户")
        self.page, self.row = page, row
        self.setFixedWidth(520)
        self.body.setSpacing(theme.GAP[2])
        self.home = HouseholdChoice(page.desk)
        self.home.refresh()
        self.message = theme.label("", "wrong", wrap=True)
        self.message.hide()
        self.act, self.cancel = theme.primary("对到这一户"), theme.button("返回")
        address = say("arrival-match-why", address=row.get("address") or "（没有写）")
        for widget in (
            theme.title(f"{row['name'] or '来人'}住在哪一户"), theme.soft(address), self.home, self.message,
            theme.row(1, self.cancel, self.act),
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.act.clicked.connect(self.write)
        self.cancel.clicked.connect(self.reject)

    def write(self) -> None:
        chosen = self.home.chosen
        try:
            if not chosen:
                raise UserError("arrival-choose-door")
            done = service.match(self.page.desk.session, self.row["id"], next(iter(chosen.values())))
        except UserError as error:
            self.message.setText(errors.words(error))
            self.message.show()
            self.adjustSize()
            return
        self.accept()
        shown = service.one(self.page.desk.session, self.row["id"])
        path = str(shown["path"]).replace("/", " ")
        self.page.written(self.row["id"], say("arrival-matched", name=shown["name"], path=path), done.batch)


class Asking(QObject):
    """Opens the dialog of an act on the page's chosen row."""

    def __init__(self, page: ArrivalsPage) -> None:
        super().__init__(page)
        self.page, self.desk = page, page.desk

    def begin(self, act: str, row: Row) -> None:
        acts: dict[str, Callable[[Row], None]] = {
            "notified": self._notified, "match": self._match, "case": self._case, "missed": partial(self._step, act="missed"),
            "waiting": partial(self._step, act="waiting"), "cancelled": partial(self._step, act="cancelled"),
            "reassign": self._reassign, "decline": self._decline,
        }  # fmt: skip
        acts[act](row)

    def _open(self, title: str, why: str, asks: list[Ask], act: str, run: Any, done: Any) -> None:
        ask(self.page, title, why, asks, act, run, done, self.desk.session.now())

    # ---------------------------------------------------------------- steps with words

    def _step(self, row: Row, act: str) -> None:
        name = row["name"] or "来人"
        asks = [Ask("why", "原因", required=act == "cancelled")]
        if act == "waiting":
            asks.append(Ask("expected", "新的预计时间", required=False, hint="如 5-26 14:30", kind="moment"))
        elif act == "missed":
            asks.append(Ask("at", "查明时间", required=False, hint="默认现在", kind="moment"))
        titles = {"missed": f"登记{name}未到", "cancelled": f"取消接转{name}", "waiting": f"恢复待接{name}"}

        def run(given: Row) -> Any:
            told = optional(given)
            at = clock.moment(told.pop("at", None))
            return service.step(self.desk.session, row["id"], act, at=at, **told)

        def done(change: Any) -> None:
            state = arrivals.NAMES[act]
            self.page.written(row["id"], say("arrival-stepped", name=name, state=state), change.batch)

        self._open(titles[act], say(f"arrival-ask-{act}"), asks, titles[act], run, done)

    def _notified(self, row: Row) -> None:
        session = self.desk.session
        code = contact_codes.spoken(str(row.get("contact_code") or ""))
        asks = [
            Ask("to", "通知了谁"), Ask("by", "通知人", session.account), Ask("at", "时间", required=False, hint="默认现在", kind="moment"),
        ]  # fmt: skip

        def run(given: Row) -> Any:
            told = optional(given)
            return service.notified(
                session, row["id"], to=told["to"], by=told.get("by", ""), at=clock.moment(told.get("at"))
            )

        def done(change: Any) -> None:
            to = service.one(session, row["id"])["notified_to"]
            self.page.written(row["id"], say("arrival-notified", name=row["name"], to=to), change.batch)

        why = say("arrival-ask-notified", committee=row["committee_name"], code=code)
        self._open(f"电话通知：{row['name']}", why, asks, "登记已电话通知", run, done)

    def hear(self) -> None:
        session = self.desk.session
        asks = [
            Ask("code", "联络码", hint="六个字，如 K7M 2QX"), Ask("heard", "电话内容", hint="姓名、航班、几点到、住哪里"),
            Ask("by", "接电话人", session.account, required=False),
        ]  # fmt: skip

        def run(given: Row) -> Any:
            return service_hear(session, given)

        def done(told: tuple[str, str, str]) -> None:
            self.page.written(*told)

        self._open("登记联络码", say("arrival-ask-hear"), asks, "登记", run, done)

    def add(self) -> None:
        session, centre = self.desk.session, self.desk.session.role == "centre"
        names = [WAIT, *(each["name"] for each in targets(self.desk))]
        asks = [
            Ask("person_name", "姓名"), Ask("person_phone", "联系电话", required=False), Ask("origin", "来源地", required=False),
            Ask("transport_no", "航班车次", required=False),
            Ask("arrived_on", "抵沪日期", session.now().date().isoformat(), kind="day"),
            Ask("time", "预计到达", required=False, hint="如 14:30"), Ask("overseas", "境外", "否", ("否", "是")),
            Ask("address", "拟住地址", required=False),
            *([Ask("committee", "派给", WAIT, names)] if centre else []),
        ]  # fmt: skip

        def run(given: Row) -> Any:
            return service.add(session, *_added(given, session.now()))

        def done(change: Any) -> None:
            name = service.one(session, change.id)["name"]
            self.page.written(change.id, say("arrival-added", name=name), change.batch)

        self._open("登记一位来沪返沪人员", "", asks, "登记", run, done)

    # ---------------------------------------------------------------- where to

    def _match(self, row: Row) -> None:
        HomeDialog(self.page, row).open()

    def _case(self, row: Row) -> None:
        """A case needs a person: one who is not on the books is put there first."""
        if not row.get("household"):
            self._match(row)
            return
        if not row.get("resident"):
            done = service.register(self.desk.session, row["id"])
            path = str(row.get("path", "")).replace("/", " ")
            self.page.written(row["id"], say("arrival-registered", name=row["name"], path=path), done.batch)
        self.desk.go("isolation", page="open", arrival=row["id"])

    def _reassign(self, row: Row) -> None:
        session, centre, name = self.desk.session, self.desk.session.role == "centre", row["name"]
        own = row["committee_name"] if centre else ""
        names = [each["name"] for each in targets(self.desk) if each["name"] != own]
        choices = names if row.get("waits") else [*names, BACK] if centre else [UNSURE, *names]
        if not choices:
            self.desk.notify(say("arrival-no-committees"))
            return
        asked = row["reassigned_to"] if row.get("reassigned_to") else ""
        wanted = next((each["name"] for each in targets(self.desk) if each["committee"] == asked), choices[0])
        asks = [Ask("to", "派给", wanted, choices), Ask("why", "原因", required=not centre)]
        title = f"把{name}派给" if row.get("waits") else f"改派{name}" if centre else f"请街道改派{name}"

        def run(given: Row) -> Any:
            to = "" if given["to"] in (BACK, UNSURE) else given["to"]
            return service.reassign(session, row["id"], to, str(given.get("why") or ""))

        def done(told: Row) -> None:
            new = service.one(session, told["id"])
            code = "arrival-asked-done" if not centre else "arrival-back" if new["waits"] else "arrival-reassigned"
            said = say(code, name=name, to=new["committee_name"], code=service.spoken_code(new))
            self.page.written(told["id"], said, told["batches"][0], told["batches"])

        why = say(
            "arrival-ask-reassign" if centre else "arrival-ask-asking", address=row.get("address") or "（没有写）"
        )
        self._open(title, why, asks, title if centre else "请街道改派", run, done)

    def _decline(self, row: Row) -> None:
        def done(change: Any) -> None:
            said = say("arrival-declined", name=row["name"], of=row["committee_name"])
            self.page.written(row["id"], said, change.batch)

        self._open(
            f"{row['name']}不改派", say("arrival-asked", **row), [Ask("why", "理由")], "答复居委会",
            lambda given: service.decline(self.desk.session, row["id"], given["why"]), done,
        )  # fmt: skip


def service_hear(session: Any, given: Row) -> tuple[str, str, str]:
    """Write a stub: (id, words, batch)."""
    done = stubs.hear(session, "arrival", given["code"], heard=given["heard"], by=str(given.get("by") or ""))
    code = contact_codes.spoken(contact_codes.read(given["code"]))
    return done.id, say("arrival-heard" if done.batch else "arrival-heard-already", code=code), done.batch


def _added(given: Row, now: Any) -> tuple[Row, str]:
    """(values, committee) of somebody keyed by hand. Raises UserError("moment-invalid")."""
    values = optional(given)
    committee, time = values.pop("committee", WAIT), values.pop("time", "")
    on = values["arrived_on"]
    values |= {"arrived_on": on.isoformat(), "overseas": values.get("overseas") == "是"}
    if time:
        at = arrival_times.read(time, on, now.date())
        if at is None:
            raise UserError("moment-invalid", value=time)
        values["expected_at"] = clock.written(at)
    return values, "" if committee == WAIT else committee
