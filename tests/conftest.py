"""What tests share: a real encrypted workspace, and a messy roster as committees write them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from app import passwords
from app.domain import clock
from app.services import workspaces
from app.services.session import Session
from app.ui import map_view

if TYPE_CHECKING:
    from tests.street import Street

ACCOUNT, PASSWORD = "张书记", "mima-12345"
NAME, CODE = "培花新村第九居委会", "310115016009"
NOW = clock.frozen("2020-05-25T09:00")


def pytest_configure() -> None:
    """The maps' scheme must be known before any test makes the application; as root its sandbox cannot be had."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")
    map_view.register()


@contextmanager
def quickly() -> Iterator[None]:
    """Deriving a key from a password takes 150 ms on purpose; three thousand tests need not pay for it.

    The real cost stands in tests/db/test_keyslots.py, in every module that is marked `real_passwords`, and in every test
    that starts the program as a process of its own.
    """
    with pytest.MonkeyPatch.context() as patch:  # its own: tests undo theirs
        patch.setattr(passwords, "MEMORY_KIB", 64)
        patch.setattr(passwords, "PASSES", 1)
        yield


@pytest.fixture(scope="module", autouse=True)
def quick_passwords(request: pytest.FixtureRequest) -> Iterator[None]:
    with nullcontext() if request.node.get_closest_marker("real_passwords") else quickly():
        yield


@pytest.fixture(scope="session")
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new practice workspace of a committee, to be copied: making one costs eight times as much."""
    made = tmp_path_factory.mktemp("new") / "workspace"
    with quickly():
        workspaces.create(
            made, role="committee", name=NAME, code=CODE, account=ACCOUNT, password=PASSWORD, rehearsal=True, clock=NOW
        )
    return made


@pytest.fixture
def folder(new_workspace: Path, tmp_path: Path) -> Path:
    """A new practice workspace of a committee."""
    return Path(shutil.copytree(new_workspace, tmp_path / "workspace"))


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    opened = workspaces.unlock(folder, ACCOUNT, PASSWORD, clock=NOW)
    yield opened
    workspaces.lock(opened)


@pytest.fixture(scope="module")
def kept_session(new_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One workspace open for all tests of a module, which put back what they change or do not mind it."""
    folder = shutil.copytree(new_workspace, tmp_path_factory.mktemp("kept") / "工作区")
    opened = workspaces.unlock(Path(folder), ACCOUNT, PASSWORD, clock=NOW)
    yield opened
    workspaces.lock(opened)


@pytest.fixture(scope="session")
def new_centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A street without committees, to be copied."""
    from tests.street import Street

    made = tmp_path_factory.mktemp("new-street")
    with quickly():
        Street(made).close()
    return made


@pytest.fixture
def street(new_centre: Path, tmp_path: Path) -> Iterator[Street]:
    """A centre with its root key; committees join it as a test asks."""
    from tests.street import copy_of

    made = copy_of(new_centre, tmp_path, kept=new_centre / "kept")
    yield made
    made.close()


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Title and note above the header, a float phone, text dates, two spellings of a door, a total below."""
    book = Workbook()
    sheet = book.active
    sheet.title = "花名册"
    for row in (
        ["培花新村居民花名册"],
        ["说明：以户为单位填写"],
        [
            "序号",
            "小区",
            "楼号",
            "室号",
            "姓名",
            "性别",
            "身份证号码",
            "联系电话",
            "与户主关系",
            "是否党员",
            "出生日期",
            "返沪日期",
            "出发地",
        ],
        [
            1,
            "培花新村",
            "12号",
            "302室",
            "王建国",
            "男",
            "310115195803120010",
            13812345678.0,
            "户主",
            "是",
            "1958.3.12",
            "",
            "",
        ],
        [2, "培花新村", "12", "302", "李秀英", "女", "", "58881234", "妻", "", "1960年5月", "2020-03-05", "武汉"],
        [
            3,
            "培花新村",
            "12号",
            "401",
            "张三",
            "男",
            "310115198001011234",
            "1381234",
            "户主",
            "群众",
            "2月30日",
            "",
            "",
        ],
        [4, "培花新村", "13号", "", "赵六", "男", "", "", "户主", "", "", "", ""],
        ["合计", 4],
        [5, "", "", "", "钱七", "男"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:M1")
    path = tmp_path / "花名册.xlsx"
    book.save(path)
    return path
