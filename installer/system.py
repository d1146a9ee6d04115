"""What Qt and a Chinese screen need from the operating system, and how to get it.

Standard library only. Everything that touches the machine is an argument, so that the branches of other
systems are tested by injection; not run on Windows.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libnss3.so": "libnss3",
    "libnspr4.so": "libnspr4",
    "libasound.so.2": "libasound2",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXrandr.so.2": "libxrandr2",
    "libXtst.so.6": "libxtst6",
    "libxkbfile.so.1": "libxkbfile1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Shared library that Qt loads -> Debian's package of it (Debian 12 and its family: UOS, Kylin, Ubuntu)."""
FONT_PACKAGES = ("fontconfig", "fonts-noto-cjk")

Run = Callable[[Sequence[str]], int]


def run(command: Sequence[str]) -> int:
    """Run a command with its output on standard error; its exit code, 127 if it is not there."""
    try:
        return subprocess.run(list(command), stdout=2, check=False).returncode
    except OSError:
        return 127


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    try:
        listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, check=False)
    except OSError:
        return False
    return bool(listed.stdout.strip())


def missing_packages(
    os_name: str = os.name,
    *,
    loads: Callable[[str], bool] = loads,
    font: Callable[[], bool] = has_chinese_font,
) -> list[str]:
    """Debian packages that Qt or the screen's Chinese still need; nothing on Windows, which has them."""
    if os_name == "nt":
        return []
    packages = [package for library, package in LIBRARIES.items() if not loads(library)]
    return packages + ([] if font() else list(FONT_PACKAGES))


def install(
    packages: Sequence[str],
    *,
    say: Callable[[str], None],
    run: Run = run,
    which: Callable[[str], str | None] = shutil.which,
    is_root: bool | None = None,
    env: Mapping[str, str] = os.environ,
) -> bool:
    """Install packages when we may (root, or sudo without a password); otherwise say the one command that does."""
    if not packages:
        return True
    root = os.geteuid() == 0 if is_root is None else is_root
    listed = " ".join(packages)
    if not which("apt-get"):
        say(f"缺少系统组件：{listed}（Debian 的包名）。请用本机的软件管理器装上同类的包，再运行一次。")
        return False
    if root:
        prefix = ["env", "DEBIAN_FRONTEND=noninteractive"]
    elif which("sudo") and run(["sudo", "-n", "true"]) == 0:
        prefix = ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    else:
        say(f"缺少系统组件。请让管理员运行这一条命令，再试一次：\n  sudo apt-get install -y {listed}")
        return False
    say(f"正在安装系统组件：{listed}")
    command = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *packages]
    if run(command) == 0 or (run([*prefix, "apt-get", "update"]) == 0 and run(command) == 0):
        return True
    say(f"系统组件没有装上。请让管理员运行这一条命令，再试一次：\n  sudo apt-get install -y {listed}")
    return False
