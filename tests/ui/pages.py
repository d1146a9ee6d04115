"""Looking into a page from a test, and a listener that counts who knocks."""

from __future__ import annotations

import socket
import threading
from typing import Any

from PySide6.QtWebEngineCore import QWebEnginePage
from pytestqt.qtbot import QtBot


class Listener:
    """A server on this machine that answers nobody and counts every connection."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.knocks = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.knocks += 1
            connection.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.server.close()


def asked(qtbot: QtBot, page: QWebEnginePage, script: str) -> Any:
    """The value of an expression in the page."""
    answers: list[Any] = []
    page.runJavaScript(script, 0, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    return answers[0]


def becomes(qtbot: QtBot, page: QWebEnginePage, script: str, wanted: Any) -> None:
    """Wait until an expression in the page has this value."""
    seen: list[Any] = []

    def look() -> bool:
        seen.append(asked(qtbot, page, script))
        return bool(seen[-1] == wanted)

    try:
        qtbot.waitUntil(look, timeout=15_000)
    except Exception as error:
        raise AssertionError(f"{script} is {seen[-1] if seen else None!r}, not {wanted!r}") from error
