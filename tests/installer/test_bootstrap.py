"""Setting up, with the machine injected: other systems' branches are tested here; not run on Windows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path, PurePath

import pytest

from installer import bootstrap, system


class Machine:
    """Records the commands it is asked to run."""

    def __init__(self, failing: str = "") -> None:
        self.ran: list[list[str]] = []
        self.failing = failing

    def __call__(self, command: Sequence[str]) -> int:
        self.ran.append(list(command))
        if "venv" in command:
            python = bootstrap.python_in(Path(command[-1]))
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        return 1 if self.failing and self.failing in command else 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    where = tmp_path / "项目 with space"
    where.mkdir()
    (where / "pyproject.toml").write_text("[project]\nname='x'\n")
    return where


def make(root: Path, machine: Machine, **options: object) -> Path | None:
    return bootstrap.set_up(root=root, run=machine, system_ready=lambda: True, **{"env": {}, **options})  # type: ignore[arg-type]  # options by name


def test_windows_has_its_python_elsewhere() -> None:
    assert PurePath(bootstrap.python_in(Path("v"), "nt")).as_posix() == "v/Scripts/python.exe"
    assert PurePath(bootstrap.python_in(Path("v"), "posix")).as_posix() == "v/bin/python"


def test_windows_needs_no_packages_of_the_system() -> None:
    assert system.missing_packages("nt", loads=lambda _: False, font=lambda: False) == []


def test_what_is_missing_is_named_by_debians_package() -> None:
    missing = system.missing_packages("posix", loads=lambda name: name != "libEGL.so.1", font=lambda: False)
    assert missing == ["libegl1", "fontconfig", "fonts-noto-cjk"]


def test_a_second_start_runs_nothing(root: Path) -> None:
    first, second = Machine(), Machine()
    assert make(root, first) and first.ran
    assert make(root, second) and second.ran == []


def test_a_changed_pyproject_is_set_up_again(root: Path) -> None:
    make(root, Machine())
    (root / "pyproject.toml").write_text("[project]\nname='y'\n")
    machine = Machine()
    make(root, machine)
    assert "--clear" in machine.ran[0]  # pip would leave the parts of a newer Qt beside an older one


def test_what_the_program_was_set_up_with_is_kept_when_tests_are_added(root: Path) -> None:
    make(root, Machine())
    again = Machine()
    make(root, again, extras="dev")
    assert not any("--clear" in command for command in again.ran)


def test_the_test_environment_serves_the_program_too_but_not_the_other_way(root: Path) -> None:
    make(root, Machine())
    again = Machine()
    make(root, again, extras="dev")
    assert any(argument.endswith("[dev]") for argument in again.ran[-1])
    after = Machine()
    make(root, after)
    assert after.ran == []


def test_wheels_from_a_folder_need_no_index(root: Path) -> None:
    machine = Machine()
    make(root, machine, env={"LOUTU_WHEELS": "轮子"})
    assert all("--no-index" in command for command in machine.ran if "pip" in command)


def test_a_chosen_qt_gets_an_environment_of_its_own(root: Path) -> None:
    machine = Machine()
    python = make(root, machine, qt="6.9")
    assert python is not None and ".venv-qt6.9" in str(python) and "PySide6==6.9.*" in machine.ran[-1]


def test_no_network_names_the_way_out(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert make(root, Machine(failing="pip")) is None
    assert "LOUTU_WHEELS" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("is_root", "tools", "runs", "said"),
    [
        (True, {"apt-get"}, True, ""),
        (False, {"apt-get"}, False, "sudo apt-get install -y libegl1"),
        (False, set(), False, "libegl1"),
    ],
)
def test_packages_are_installed_where_we_may_else_the_command_is_said(
    is_root: bool, tools: set[str], runs: bool, said: str
) -> None:
    heard: list[str] = []
    machine = Machine()
    done = system.install(
        ["libegl1"], say=heard.append, run=machine, which=lambda tool: tool if tool in tools else None, is_root=is_root
    )
    assert (done, bool(machine.ran)) == (runs, runs)
    assert said in "".join(heard)


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    assert bootstrap.main(["run"]) == 1
    assert "3.11" in capsys.readouterr().err


def test_a_display_is_what_decides() -> None:
    assert bootstrap.has_display({"DISPLAY": ":0"}, "posix") and bootstrap.has_display({}, "nt")
    assert not bootstrap.has_display({}, "posix")


@pytest.mark.parametrize("name", ["run", "test", "loutu", "bench"])
def test_the_commands_are_thin(name: str) -> None:
    text = (bootstrap.ROOT / f"{name}.cmd").read_text("utf-8")
    assert len(text.strip().splitlines()) == 1 and "bootstrap.py" in text
