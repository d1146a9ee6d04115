"""Makes base.json anew: what folium builds of an empty map, in three parts. Run: python resources/map/make.py

The window reads the file and need not load folium to start; a test compares it with what the installed folium makes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from app.maps import page  # noqa: E402 -- the root must be on the path first

if __name__ == "__main__":
    made = json.dumps(page.by_folium(), indent=1)
    (Path(__file__).parent / "base.json").write_text(made + "\n", "utf-8")
