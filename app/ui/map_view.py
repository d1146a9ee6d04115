"""The map's page in the window: served by our own scheme, talking through one narrow bridge, reaching no network.

`register` must run before the application is made. The page can load nothing but the files of `app.maps.page`: a
policy says so, an interceptor refuses everything else, and what is no `loutu:` address is never opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent, QWindow
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.maps import page as pages
from app.ui.map_pictures import Picture, Pictures

SCHEME = b"loutu"
ADDRESS = "loutu://map/index.html"
HEADERS: Any = {
    QByteArray(b"Content-Security-Policy"): [QByteArray(pages.POLICY.encode())],
    QByteArray(b"X-Content-Type-Options"): [QByteArray(b"nosniff")],
}  # Qt takes several values for a name; its stubs say one
MOST_LOSSES = 3
"""Processes of a page that may die before no further one is started."""
KEEP_FOR = 1_500  # ms after a map is first shown
LONGEST, MOST_IDS = 4 << 20, 5_000
"""Characters of one message from the page; ids in it."""
CALLS = frozenset({"show", "paint", "choose", "focus", "back", "select", "ground", "pick", "draw", "wall"})
"""The only functions of the page that are ever called."""


def register() -> None:
    """Make the scheme known; once, before there is an application."""
    if not QWebEngineUrlScheme.schemeByName(QByteArray(SCHEME)).name().isEmpty():
        return
    scheme = QWebEngineUrlScheme(QByteArray(SCHEME))
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
    QWebEngineUrlScheme.registerScheme(scheme)


def sandbox_is_missing(env: Mapping[str, str] = os.environ, root: bool | None = None) -> bool:
    """The browser's sandbox does not work for root, and a window without it is none we open (tests set the flag)."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0 if root is None else root
    return is_root and "--no-sandbox" not in env.get("QTWEBENGINE_CHROMIUM_FLAGS", "")


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    source = QFile(":/qtwebchannel/qwebchannel.js")
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    return pages.files(bytes(source.readAll().data()))


class Served(QWebEngineUrlSchemeHandler):
    """Hands out the page's files, the pictures that lie under the map, and nothing else."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.pictures = Pictures(self)

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        url = job.requestUrl()
        asked = url.host() == "map" and job.requestMethod() == b"GET"
        found = _files().get(url.path().lstrip("/")) if asked else None
        if found is not None:
            _reply(job, f"{found[0]};charset=utf-8", found[1])
        elif not asked or not self.pictures.ask(url.path(), _waiting(job)):
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)


def _waiting(job: QWebEngineUrlRequestJob) -> Callable[[Picture | None], None]:
    """Answers a request, unless the page has given up waiting by then."""
    gone: list[bool] = []
    job.destroyed.connect(lambda *_: gone.append(True))

    def answer(picture: Picture | None) -> None:
        if gone:
            return
        if picture is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        else:
            _reply(job, *picture)

    return answer


def _reply(job: QWebEngineUrlRequestJob, media: str, content: bytes) -> None:
    job.setAdditionalResponseHeaders(HEADERS)
    buffer = QBuffer(parent=job)
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    job.reply(QByteArray(media.encode()), buffer)


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Refuses every request that is not for our own files."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        info.block(info.requestUrl().scheme() != SCHEME.decode())


class Page(QWebEnginePage):
    """One page that never goes anywhere, opens nothing, and reports its own faults as faults of ours."""

    faulted = Signal(str)

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, main: bool) -> bool:
        return QUrl(url).toString() == ADDRESS

    def createWindow(self, kind: QWebEnginePage.WebWindowType) -> QWebEnginePage:
        return None  # type: ignore[return-value]  # Qt's own way to refuse

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        if level == QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel:
            self.faulted.emit(f"{source.rsplit('/', 1)[-1]}:{line}")  # the message may hold what residents wrote


def _said(text: str, shape: Any) -> Any:
    """What the page said, if it has the shape agreed on; None if not: it is not trusted."""
    try:
        return msgspec.json.decode(text[:LONGEST], type=shape)
    except (msgspec.MsgspecError, RecursionError):
        return None


class Bridge(QObject):
    """What the page may say; the only object it sees. Ids are looked up by whoever listens, not trusted."""

    opened_ = Signal(str)
    chosen_ = Signal(str)
    up_ = Signal()
    ready_ = Signal()
    selected_ = Signal(object)
    drawn_ = Signal(object)
    clicked_ = Signal(object)

    @Slot(str)
    def opened(self, id_: str) -> None:
        self.opened_.emit(id_[:64])

    @Slot(str)
    def chosen(self, id_: str) -> None:
        self.chosen_.emit(id_[:64])

    @Slot(str)
    def selected(self, ids: str) -> None:
        """A JSON list of ids."""
        if (found := _said(ids, list[str])) is not None:
            self.selected_.emit([each[:64] for each in found[:MOST_IDS]])

    @Slot(str)
    def drawn(self, made: str) -> None:
        """A JSON object; whoever listens reads its geometry strictly."""
        if (found := _said(made, dict[str, Any])) is not None:
            self.drawn_.emit(found)

    @Slot(str)
    def clicked(self, place: str) -> None:
        """A JSON pair: longitude, latitude."""
        if (found := _said(place, tuple[float, float])) is not None:
            self.clicked_.emit(found)

    @Slot()
    def up(self) -> None:
        self.up_.emit()

    @Slot()
    def ready(self) -> None:
        self.ready_.emit()


class MapView(QWidget):
    """Shows what `call("show", …)` is given. Emits `opened`, `chosen` with an id, `up`, `selected` with ids,
    `drawn` with what was drawn (not yet read), `clicked` with (longitude, latitude), `lost` when its page is gone
    and has to be shown anew, `faulted` with a place for the log."""

    opened = Signal(str)
    chosen = Signal(str)
    up = Signal()
    selected = Signal(object)
    drawn = Signal(object)
    clicked = Signal(object)
    faulted = Signal(str)
    lost = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ready = False
        self._shown = False
        self._losses = 0
        self._waiting: list[tuple[str, str]] = []
        self._build()
        self._connect()
        self.page.load(QUrl(ADDRESS))

    def _build(self) -> None:
        self.profile = QWebEngineProfile()  # without a name: nothing of it is ever written to disk
        self.profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
        self.interceptor = Interceptor(self.profile)
        self.served = Served(self.profile)
        self.profile.setUrlRequestInterceptor(self.interceptor)
        self.profile.installUrlSchemeHandler(QByteArray(SCHEME), self.served)
        self.view = QWebEngineView(self)
        self.page = Page(self.profile, self.view)
        self.view.setPage(self.page)
        self.profile.setParent(self)  # after the page, so that it outlives it: else Qt warns
        self._restrict()
        self.bridge = Bridge(self.page)
        self.channel = QWebChannel(self.page)
        self.channel.registerObject("program", self.bridge)
        self.page.setWebChannel(self.channel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)

    def _restrict(self) -> None:
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        off = QWebEngineSettings.WebAttribute
        for attribute in (
            off.LocalStorageEnabled, off.PluginsEnabled, off.FullScreenSupportEnabled, off.WebGLEnabled,
            off.JavascriptCanOpenWindows, off.JavascriptCanAccessClipboard, off.LocalContentCanAccessRemoteUrls,
            off.LocalContentCanAccessFileUrls, off.HyperlinkAuditingEnabled, off.DnsPrefetchEnabled, off.PdfViewerEnabled,
        ):  # fmt: skip
            self.page.settings().setAttribute(attribute, False)

    def _connect(self) -> None:
        self.bridge.opened_.connect(self.opened)
        self.bridge.chosen_.connect(self.chosen)
        self.bridge.up_.connect(self.up)
        self.bridge.selected_.connect(self.selected)
        self.bridge.drawn_.connect(self.drawn)
        self.bridge.clicked_.connect(self.clicked)
        self.bridge.ready_.connect(self._begin)
        self.page.faulted.connect(self.faulted)
        self.page.renderProcessTerminated.connect(lambda *_: self._ended())

    def showEvent(self, event: QShowEvent) -> None:
        """The first page in a window makes Qt build that window anew, and the keyboard would be gone with the old one."""
        super().showEvent(event)
        if not self._shown and (app := QGuiApplication.instance()) is not None:
            self._shown = True
            app.focusWindowChanged.connect(self._keep_keyboard)  # type: ignore[attr-defined]
            QTimer.singleShot(KEEP_FOR, self, lambda: app.focusWindowChanged.disconnect(self._keep_keyboard))  # type: ignore[attr-defined]

    def _keep_keyboard(self, focused: QWindow | None) -> None:
        if focused is None:
            self.window().activateWindow()

    def _ended(self) -> None:
        """The page's process died: a new one, and whoever listens shows again what was shown; not for ever."""
        self.ready = False
        self._waiting.clear()
        self._losses += 1
        if self._losses > MOST_LOSSES:
            self.faulted.emit("renderer")
            return
        self.page.load(QUrl(ADDRESS))
        self.lost.emit()

    def _begin(self) -> None:
        self.ready = True
        for _, script in self._waiting:
            self.page.runJavaScript(script)
        self._waiting.clear()

    def lay(self, ground: Mapping[str, Any]) -> None:
        """What lies under the map; its pictures come from `served.pictures.source`."""
        self.served.pictures.forget()
        self.call("ground", ground)

    def call(self, name: str, payload: Mapping[str, Any] | list[str] | str = "") -> None:
        """Call one function of the page with JSON. Calls wait until the page is there; a new `show` makes them
        void, but not what lies under the map."""
        assert name in CALLS, name
        text = msgspec.json.encode(payload).decode()
        script = f"loutu.call({json.dumps(name)}, JSON.parse({json.dumps(text, ensure_ascii=False)}));"  # parsed faster than as a script
        if self.ready:
            self.page.runJavaScript(script)
        else:
            still = [each for each in self._waiting if name != "show" or each[0] == "ground"]
            self._waiting = [*still, (name, script)]
