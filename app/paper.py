"""Paper by Typst: a template of `resources` and data become a PDF, pictures or positions.

The data stands beside the template as JSON and is never part of its source, so whatever people wrote stays text.
All of it is handed over in memory: nothing lies on the disk. Only the packaged Chinese font is used, so that a sheet
looks the same on every PC. Templates import no packages, so nothing asks for a network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import noto_cjk_sans_otc
import typst

FONT = "Noto Sans CJK SC"
DATA = "data.json"
_json = msgspec.json.Encoder()
_COUNT = re.compile(rb"/Type\s*/Pages\b.{0,40}?/Count\s+(\d+)", re.DOTALL)


@cache
def _fonts() -> typst.Fonts:
    folder = str(Path(str(noto_cjk_sans_otc.FONT_PATH)).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _given(template: Path, data: Any, files: Mapping[str, bytes]) -> Any:
    """All files in memory, by name; Typst takes a dict, its stubs do not say so."""
    return {**files, DATA: _json.encode(data), "main.typ": template.read_bytes()}


def compile_(
    template: Path,
    data: Any,
    *,
    format: Literal["pdf", "png", "svg"] = "pdf",
    ppi: float = 144,
    files: Mapping[str, bytes] = {},
) -> list[bytes]:
    """One PDF, or one picture for each page. The template reads `data.json` and, by their names, the `files`.

    A template that Typst cannot set is a fault of ours: typst.TypstError.
    """
    made = typst.compile(
        _given(template, data, files), font_paths=_fonts(), ignore_system_fonts=True, format=format, ppi=ppi,
        pdf_tags=False,
    )  # fmt: skip
    return made if isinstance(made, list) else [made]


def pdf(template: Path, data: Any, *, files: Mapping[str, bytes] = {}) -> bytes:
    """The whole paper as one PDF."""
    return compile_(template, data, files=files)[0]


def query(
    template: Path, data: Any, label: str, *, files: Mapping[str, bytes] = {}, inputs: Mapping[str, str] = {}
) -> Any:
    """The value of the one metadata with this label; `inputs` are what the template finds in `sys.inputs`."""
    found = typst.query(
        _given(template, data, files), f"<{label}>", field="value", one=True, font_paths=_fonts(),
        ignore_system_fonts=True, sys_inputs=dict(inputs),
    )  # fmt: skip
    return msgspec.json.decode(found)


def pages(made: bytes) -> int:
    """How many pages a PDF of ours has."""
    return max(int(count) for count in _COUNT.findall(made))
