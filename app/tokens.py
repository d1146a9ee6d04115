"""The look of ui.md as plain values, for the window and for the pages of the maps alike; no Qt here."""

from __future__ import annotations

SURFACE, PANEL, LINE = "#F6F7F9", "#FFFFFF", "#D9DEE4"
INK, INK_SOFT, INK_FAINT = "#1D2733", "#55616F", "#8A95A1"
ACCENT, ACCENT_SOFT, ACCENT_DARK = "#1F6FB2", "#E3F0FA", "#195C94"
OK, ATTENTION, DANGER = "#2E7D4F", "#B86E00", "#B3261E"
BODY, TABLE, TITLE = 12.0, 10.5, 16.0
"""Type, in points."""
GAP = (4, 8, 12, 16, 24)
FONTS = ["Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei"]


def css() -> str:
    """The same as CSS variables: `--ink`, `--line` …"""
    colours = {
        "surface": SURFACE, "panel": PANEL, "line": LINE, "ink": INK, "soft": INK_SOFT, "faint": INK_FAINT,
        "accent": ACCENT, "accent-soft": ACCENT_SOFT, "ok": OK, "attention": ATTENTION, "danger": DANGER,
    }  # fmt: skip
    fonts = ", ".join(f'"{font}"' for font in FONTS)
    sizes = {"body": f"{BODY}pt", "table": f"{TABLE}pt", "title": f"{TITLE}pt", "fonts": f"{fonts}, sans-serif"}
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in {**colours, **sizes}.items()) + " }\n"
