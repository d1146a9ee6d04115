"""The map's page: folium builds the Leaflet map once, in three parts; everything it loads is a file beside it.

In the window the parts are served one by one (`app.ui.map_view`), as one file they stand in the page itself and the
policy names the hash of each script. Neither may load anything from a network. Leaflet comes from the installed
package `js_lib_leaflet`; the residents' data never becomes part of a script.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from app import paths, tokens

OURS = (
    "map.js",
    "labels.js",
    "selection.js",
    "ground.js",
    "shapes.js",
    "steps.js",
    "around.js",
    "sheet.js",
    "grip.js",
    "board.js",
    "draw.js",
    "matrix.js",
    "wall.js",
    "page.js",
)
POLICY = (
    "default-src 'none'; script-src loutu:; style-src loutu: 'unsafe-inline'; img-src loutu: data:; connect-src loutu:;"
    " base-uri 'none'; form-action 'none'"
)
"""For the window: scripts and styles from our own scheme only (`'unsafe-inline'`: Leaflet places things by style)."""
BODY = (
    '<div id="head"></div><div id="stage">{map}<div id="wall" hidden></div><div id="matrix" hidden><div id="floors"></div>'
    '<div id="typed" hidden></div><div id="tip" hidden></div></div><div id="tools"><button id="nearer" type="button" title="放大">＋</button>'
    '<button id="further" type="button" title="缩小">－</button>'
    '<button id="whole" class="whole" type="button" title="看全图">全图</button></div></div><div id="legend"></div>'
)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_LINKED = re.compile(r"<(script|link)\b[^>]*>(</script>)?", re.DOTALL)


def leaflet(name: str) -> bytes:
    """A file of the installed Leaflet; found without running the package."""
    spec = find_spec("js_lib_leaflet")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "static" / "js_lib_leaflet" / name).read_bytes()


def ours(name: str) -> str:
    return (paths.resources() / "map" / name).read_text("utf-8")


@cache
def parts() -> tuple[str, str, str, str]:
    """What folium makes of an empty map: (style, first scripts, the map's element, the script that makes it).

    Made once by resources/map/make.py and kept: loading folium takes longer than drawing five thousand buildings.
    """
    kept = (paths.resources() / "map" / "base.json").read_bytes()
    return msgspec.json.decode(kept, type=tuple[str, str, str, str])


def by_folium() -> tuple[str, str, str, str]:
    """The same, made now."""
    import folium

    made = folium.Map(location=None, tiles=None, prefer_canvas=True, zoom_control=False)
    made._id = "page"  # the script calls the map `map_page`
    made.default_js, made.default_css = [], []
    figure: Any = made.get_root()
    figure.render()
    header = figure.header.render()
    scripts = "\n".join(_SCRIPT.findall(header))
    style = _LINKED.sub("", _SCRIPT.sub("", header))
    return style, scripts, figure.html.render().strip(), figure.script.render()


def _page(head: str, body: str) -> str:
    style, _, element, _ = parts()
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n{style}\n{head}\n</head>\n<body class="on-map">\n'
        f"{BODY.format(map=element)}\n{body}\n</body>\n</html>\n"
    )


# ---------------------------------------------------------------- in the window


def files(channel: bytes) -> dict[str, tuple[str, bytes]]:
    """name -> (media type, content) of all that the window's page consists of; `index.html` comes first.

    channel: Qt's own qwebchannel.js.
    """
    _, first, _, making = parts()
    rest = (channel.decode(), making, *map(ours, OURS))
    scripts = {  # few files: each is a way to and from the browser's process
        "leaflet.js": first.encode() + leaflet("leaflet.js"), "loutu.js": "\n".join(rest).encode(),
    }  # fmt: skip
    styles = {"leaflet.css": leaflet("leaflet.css"), "page.css": (tokens.css() + ours("page.css")).encode()}
    head = "\n".join(f'<link rel="stylesheet" href="{name}">' for name in styles)
    body = "\n".join(f'<script src="{name}"></script>' for name in scripts)
    return {
        "index.html": ("text/html", _page(head, body).encode()),
        **{name: ("text/css", content) for name, content in styles.items()},
        **{name: ("text/javascript", content) for name, content in scripts.items()},
    }


# ---------------------------------------------------------------- as one file


def enclosed(payload: Mapping[str, Any]) -> str:
    """Data as a JSON block that nothing in it can end: no `<`, `>` or `&` is left."""
    text = msgspec.json.encode(payload).decode()
    for character, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, code)
    return f'<script type="application/json" id="drawing">{text}</script>'


def alone(payload: Mapping[str, Any]) -> str:
    """The page of one map or matrix that needs nothing beside it; its policy allows its own scripts by hash only."""
    _, first, _, making = parts()
    scripts = [first, leaflet("leaflet.js").decode(), making, *map(ours, OURS)]
    scripts = [re.sub(r"//# sourceMappingURL=\S+", "", script) for script in scripts]
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts
    )
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    style = leaflet("leaflet.css").decode() + tokens.css() + ours("page.css")
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>{escape(str(payload["title"]))}</title>\n'
        f"<style>{style}</style>"
    )
    body = enclosed(payload) + "".join(f"\n<script>{script}</script>" for script in scripts)
    return _page(head, body)
