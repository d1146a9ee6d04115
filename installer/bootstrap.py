"""From a fresh clone to a running program: `./run`, `./test`, `./loutu` and `./bench` are thin over this.

Standard library only: virtual environment, packages, the system's libraries for Qt and a Chinese font.
A second start compares one stamp and needs no network. Packages come from pip's configured index or, with
LOUTU_WHEELS=DIR, from that folder. The Windows branches are tested by injection; not run on Windows.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from installer import system  # noqa: E402 -- the root must be on the path first

OLDEST = (3, 11)
STAMP = ".loutu-stamp"
DEMO = ROOT / "demo-output"


def say(text: str) -> None:
    """To the person in front of the machine, not into a command's output."""
    print(text, file=sys.stderr, flush=True)


def python_in(venv: Path, os_name: str = os.name) -> Path:
    """The interpreter of a virtual environment."""
    return venv / "Scripts" / "python.exe" if os_name == "nt" else venv / "bin" / "python"


def stamp_of(extras: str, qt: str | None, pyproject: bytes, version: Sequence[object]) -> str:
    """What the environment was made from; a different stamp means making it again."""
    made_from = repr((extras, qt, tuple(version[:2]))).encode() + pyproject
    return hashlib.sha256(made_from).hexdigest()


def pip_commands(python: Path, root: Path, extras: str, qt: str | None, env: Mapping[str, str]) -> list[list[str]]:
    """The pip calls that fill the environment."""
    base = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    if wheels := env.get("LOUTU_WHEELS"):
        base += ["--no-index", "--find-links", wheels]
    target = f"{root}[{extras}]" if extras else str(root)
    wanted = [f"PySide6=={qt}.*"] if qt else []
    return [[*base, "setuptools>=68", "wheel"], [*base, "--no-build-isolation", "-e", target, *wanted]]


def set_up(
    *,
    extras: str = "",
    qt: str | None = None,
    root: Path = ROOT,
    env: Mapping[str, str] = os.environ,
    os_name: str = os.name,
    run: system.Run = system.run,
    system_ready: Callable[[], bool] | None = None,
) -> Path | None:
    """The interpreter of a ready environment, None if it could not be made (the reason was said)."""
    venv = root / (".venv" if qt is None else f".venv-qt{qt}")
    python, stamp = python_in(venv, os_name), venv / STAMP
    wanted = stamp_of("dev", qt, (root / "pyproject.toml").read_bytes(), sys.version_info)
    without = stamp_of("", qt, (root / "pyproject.toml").read_bytes(), sys.version_info)
    ready = {wanted} if extras else {wanted, without}
    found = stamp.read_text("utf-8").strip() if python.exists() and stamp.exists() else ""
    if found in ready:
        return python
    if not (system_ready or _system_ready)():
        return None
    say("第一次启动：正在准备运行环境，需要几分钟……")
    # made for other packages: from scratch, since pip leaves the parts of a newer Qt beside an older one
    if found != without and run([sys.executable, "-m", "venv", "--clear", str(venv)]) != 0:
        say("没能建立 Python 虚拟环境。Debian 上请先安装 python3-venv，再试一次。")
        return None
    for command in pip_commands(python, root, extras, qt, env):
        if run(command) != 0:
            say("没能装好所需的 Python 包。没有网络时，请把包放进一个文件夹，并设置 LOUTU_WHEELS=该文件夹 再试。")
            return None
    stamp.write_text(wanted if extras else without, "utf-8")
    return python


def _system_ready() -> bool:
    return system.install(system.missing_packages(), say=say)


# ---------------------------------------------------------------- the four commands


def has_display(env: Mapping[str, str] = os.environ, os_name: str = os.name) -> bool:
    return os_name == "nt" or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def is_root(os_name: str = os.name) -> bool:
    return os_name != "nt" and os.geteuid() == 0


def command_run(arguments: Sequence[str]) -> int:
    """The demo street in the window; without a display, or as root, the same work headless."""
    python = set_up()
    if python is None:
        return 1
    if has_display() and is_root():
        say("当前是 root：浏览器组件的安全沙箱不允许以 root 打开窗口，我们也不关闭沙箱，所以改为无窗口运行。")
    if not has_display() or is_root():
        return subprocess.call([str(python), "-m", "installer.headless", str(DEMO)], cwd=ROOT)
    code = subprocess.call([str(python), "-m", "installer.headless", str(DEMO)], cwd=ROOT)
    return code or subprocess.call([str(python), "-m", "app", *_centre(), *arguments], cwd=ROOT)


def _centre() -> list[str]:
    """The options that open the demo's centre on the demo's own day."""
    made = json.loads((DEMO / "demo.json").read_text("utf-8"))
    say(f"演示街道：账号 {made['account']}，密码 {made['password']}；居委会的工作区也在 {DEMO / 'demo'}")
    return ["--data", str(DEMO / made["centre"]), "--now", made["now"]]


def command_loutu(arguments: Sequence[str]) -> int:
    python = set_up()
    return 1 if python is None else subprocess.call([str(python), "-m", "app.cli", *arguments], env=_with_root())


def command_bench(arguments: Sequence[str]) -> int:
    python = set_up(extras="dev")
    return 1 if python is None else subprocess.call([str(python), "-m", "benchmarks.run", *arguments], cwd=ROOT)


def command_test(arguments: Sequence[str]) -> int:
    """Linter, format, types, arrows, tests; every step runs, each says its result in one line."""
    rest = list(arguments)
    everything = "--all" in rest
    if everything:
        rest.remove("--all")
    qt = None
    if "--qt" in rest:
        at = rest.index("--qt")
        qt = rest[at + 1]
        del rest[at : at + 2]
    python = set_up(extras="dev", qt=qt)
    if python is None:
        return 1
    failed = [name for name, command in _steps(python, rest) if not _step(name, command, everything)]
    say("全部通过。" if not failed else f"没有通过：{'、'.join(failed)}")
    return 1 if failed else 0


def _steps(python: Path, pytest_arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    tool = [str(python), "-m"]
    imports = python.with_name("lint-imports" + (".exe" if os.name == "nt" else ""))
    return [
        ("ruff", [*tool, "ruff", "check", "."]),
        ("format", [*tool, "ruff", "format", "--check", "."]),
        ("types", [*tool, "mypy"]),
        ("imports", [str(imports)]),
        ("tests", [*tool, "pytest", *(pytest_arguments or ["-n", "2"])]),
    ]


def _step(name: str, command: Sequence[str], everything: bool) -> bool:
    env = _with_root() | {"QT_QPA_PLATFORM": "offscreen", "PYTHONHASHSEED": "0"}
    if everything:
        env["LOUTU_ALL"] = "1"
    if is_root():
        env["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox --disable-gpu"
    passed = subprocess.call(list(command), cwd=ROOT, env=env) == 0
    say(f"[{'通过' if passed else '失败'}] {name}")
    return passed


def _with_root() -> dict[str, str]:
    inherited = os.environ.get("PYTHONPATH")
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), inherited)))}


COMMANDS = {"run": command_run, "test": command_test, "loutu": command_loutu, "bench": command_bench}


def main(argv: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if sys.version_info < OLDEST:
        say(f"需要 Python {OLDEST[0]}.{OLDEST[1]} 或更新的版本，现在是 {sys.version_info[0]}.{sys.version_info[1]}。")
        return 1
    return COMMANDS[argv[0]](argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
