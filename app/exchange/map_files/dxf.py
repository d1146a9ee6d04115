"""DXF drawings (ezdxf): closed lines and hatches as areas, a layer for each layer of the drawing, texts as names.

Old drawings are in GBK whatever their head says; a damaged one is recovered; what a drawing cannot say in plain lines
(solids, objects of other programs) is counted and told of.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from app.domain.findings import UserError
from app.domain.jobs import check, unless
from app.exchange.map_files import dxf_labels
from app.exchange.map_files.dxf_drawing import Drawn, collect
from app.exchange.map_files.gathering import MOST_FEATURES, MOST_POINTS_TOGETHER, Budget, Gathering
from app.exchange.map_files.raw import RawLayer

LARGEST = 20 << 20
MOST_LINES = 2_500_000
MOST_ENTITIES = 150_000
MOST_LAYERS = 300
_UTF8_SINCE = "AC1021"
_ENTITY = re.compile(rb"[\r\n][ \t]*0[ \t]*\r?\n")
_BINARY = b"AutoCAD Binary DXF"
_BINARY_ENTITY = re.compile(rb"\x00\x00[A-Z][A-Z0-9_]*\x00")
_VERSION = re.compile(rb"\$ACADVER\s+1\s+(AC\d{4})")
_CODEPAGE = re.compile(rb"\$DWGCODEPAGE\s+3\s+([\w.-]{1,30})")
_CACHES = "XDG_CACHE_HOME"
_OTHERS = {"ansi_950": "big5hkscs", "ansi_932": "cp932", "ansi_949": "cp949"}


def read(data: bytes, name: str, budget: Budget) -> list[RawLayer]:
    """Raises UserError: map-file-damaged, map-file-points, map-file-blocks, cancelled."""
    entity = _BINARY_ENTITY if data.startswith(_BINARY) else _ENTITY
    if data.count(b"\n") > MOST_LINES or len(entity.findall(data)) > MOST_ENTITIES:
        raise UserError("map-file-points", features=MOST_FEATURES, points=MOST_POINTS_TOGETHER)
    document = unless(budget.cancelled, lambda: _document(data, name))
    drawn, told = collect(document, budget)
    check(budget.cancelled)
    dxf_labels.name(drawn, told)
    return _layers(drawn, told, budget)


def _layers(drawn: list[Drawn], told: Counter[str], budget: Budget) -> list[RawLayer]:
    layers: dict[str, Gathering] = {}
    for each in drawn:
        if each.geometry is None:
            continue
        title = each.layer if each.layer in layers or len(layers) < MOST_LAYERS else next(iter(layers))
        if title not in layers:
            layers[title] = Gathering(title, budget)
        layers[title].add(each.geometry, {"text": each.text, "layer": each.layer, "block": each.block})
    if not layers and told:
        layers[""] = Gathering("", budget)
    if layers:
        first = next(iter(layers.values()))
        for code, count in sorted(told.items()):
            code, _, kind = code.partition(" ")
            first.find(code, count=count, kind=kind)
    return [each.layer() for each in layers.values()]


# ---------------------------------------------------------------- the document


def _document(data: bytes, name: str) -> Any:
    """ezdxf's document. Raises UserError("map-file-damaged")."""
    ezdxf = _loaded()
    from ezdxf import recover
    from ezdxf.document import Drawing
    from ezdxf.lldxf.tagger import binary_tags_loader

    if data.startswith(_BINARY):
        return _tried(lambda: _whole(Drawing.load(binary_tags_loader(data, errors="ignore"))), name)
    text = data.decode(_encoding(data), "replace").lstrip("\ufeff")
    try:
        return _whole(ezdxf.read(io.StringIO(text)))
    except MemoryError:
        raise UserError("map-file-damaged", file=name) from None
    except Exception:  # what a damaged drawing raises is anything; the slower way decides
        return _tried(lambda: _whole(recover.read(io.BytesIO(_escaped(text)), errors="ignore")[0]), name)


def _loaded() -> Any:
    """ezdxf. At its first import it looks through all fonts of the PC and notes them in the user's home: it is given an empty
    note instead, for we measure no text.
    """
    if "ezdxf" in sys.modules:
        return sys.modules["ezdxf"]
    before = os.environ.get(_CACHES)
    with tempfile.TemporaryDirectory(prefix="loutu-") as folder:
        (notes := Path(folder, "ezdxf")).mkdir()
        (notes / "font_manager_cache.json").write_text('{"version": 2, "font-faces": []}', "utf-8")
        os.environ[_CACHES] = folder
        try:
            import ezdxf
        finally:
            if before is None:
                os.environ.pop(_CACHES)
            else:
                os.environ[_CACHES] = before
    return ezdxf


def _whole(document: Any) -> Any:
    """The document, if it has a model space: one that lost it raises what ezdxf raises there."""
    document.modelspace()
    return document


def _tried(work: Any, name: str) -> Any:
    try:
        return work()
    except Exception:
        raise UserError("map-file-damaged", file=name) from None


def _encoding(data: bytes) -> str:
    """By what the head says, where the bytes agree: drawings of Chinese PCs say ANSI_1252 or nothing, and are GBK."""
    version, page = _VERSION.search(data), _CODEPAGE.search(data)
    said = _OTHERS.get(page[1].decode("ascii", "replace").lower(), "") if page else ""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        whole = version is not None and version[1].decode() >= _UTF8_SINCE and not _fits(data, "gb18030")
        return "utf-8" if whole or error.start > len(data) - 4 else said or "gb18030"
    return "utf-8"


def _fits(data: bytes, encoding: str) -> bool:
    try:
        codecs.decode(data, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _escaped(text: str) -> bytes:
    r"""The text as ASCII, with AutoCAD's own \U+4E2D for the rest: right in whatever encoding the head names."""
    return "".join(
        each if each < "\x80" else f"\\U+{ord(each):04X}" if each <= "\uffff" else "?" for each in text
    ).encode()
