"""Whose work the program stands on: each library that it asks for, its version, licence and the licence's text, read from
what is installed, so that the list cannot be out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

OURS = "loutu"
CARRIES = {
    "django-js-lib-leaflet": "Leaflet",
    "noto-cjk-sans-otc": "Noto Sans CJK SC",
    "QtAwesome": "Material Design Icons",
}
"""Packages that are known for what they carry: the map's script, the font of all paper, the icons."""
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_TEXT = re.compile(r"(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Library:
    """name, version, licence in its short form; carries: what of somebody else is in it, "" if nothing is."""

    name: str
    version: str
    licence: str
    carries: str = ""

    def text(self) -> str:
        """The licence's own words; "" where the package brings none."""
        files = metadata.distribution(self.name).files or []
        found = [file.read_text() for file in files if _TEXT.search(str(file)) and not str(file).endswith(".py")]
        return "\n\n".join(filter(None, found)).strip()


def libraries() -> list[Library]:
    """Everything that the installed program asks for, by name."""
    return sorted(_asked_for(), key=lambda each: each.name.lower())


def _asked_for() -> Iterator[Library]:
    seen = set()
    for wanted in metadata.requires(OURS) or ():
        found = _NAME.match(wanted)
        name = found[0] if found else ""
        if "extra ==" in wanted or name in seen:
            continue
        seen.add(name)
        about = metadata.metadata(name)
        yield Library(name, about["Version"] or "", _short(about), CARRIES.get(name, ""))


def _short(about: metadata.PackageMetadata) -> str:
    """As the package says it: an expression, a line, or the last words of a classifier."""
    told = about.json
    said = [str(told.get("license_expression") or ""), *str(told.get("license") or "").splitlines()[:1]]
    said += [
        line.rsplit("::", 1)[-1].strip() for line in about.get_all("Classifier") or () if line.startswith("License")
    ]
    return next((words for words in said if words and len(words) < 80), "")
