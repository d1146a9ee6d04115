"""The page carries data as data: nothing in it can become script, and its policy names exactly its own scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.maps import page

HOSTILE = "</script><script>fetch('http://127.0.0.1/x')</script><img src=x onerror=alert(1)>&\u2028"


def payload(name: str) -> dict[str, Any]:
    return {"kind": "map", "title": name, "things": [{"name": name}], "legend": {}, "said": [], "stamps": []}


class Found(HTMLParser):
    """Scripts and their kinds, elements that load something, attributes that run something."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.loads: list[str] = []
        self.inside: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.loads += [
            f"{tag} {key}" for key in told if key in ("src", "href", "srcset", "data") or key.startswith("on")
        ]
        self.inside = told if tag == "script" else None

    def handle_endtag(self, tag: str) -> None:
        self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside is not None:
            self.scripts.append((self.inside, data))
            self.inside = None


def policy(text: str) -> str:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert found
    return found[1]


def test_the_policy_allows_the_page_s_own_scripts_and_no_other() -> None:
    text = page.alone(payload("楼"))
    found = Found(text)
    ours = [body for told, body in found.scripts if told.get("type") != "application/json"]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in ours}
    allowed = re.search(r"script-src ([^;]*);", policy(text))
    assert allowed
    assert set(allowed[1].split()) == hashes
    assert "default-src 'none'" in policy(text)
    assert found.loads == []


def test_no_address_of_any_network_is_left_in_the_page_but_names_of_standards() -> None:
    text = re.sub(r"/\*.*?\*/", "", page.alone(payload("楼")), flags=re.DOTALL)
    addresses = set(re.findall(r"https?://[\w.]+", text))
    assert addresses <= {"http://www.w3.org", "https://leafletjs.com"}  # a name space; Leaflet's own credit, taken away


@given(st.text() | st.just(HOSTILE))
def test_whatever_a_name_is_it_stays_one_block_of_data(name: str) -> None:
    block = page.enclosed(payload(name))
    found = Found(block)
    assert len(found.scripts) == 1
    assert json.loads(found.scripts[0][1])["things"][0]["name"] == name


def test_a_hostile_title_is_text_in_the_head_too() -> None:
    text = page.alone(payload(HOSTILE))
    assert "<img" not in text
    assert len([body for told, body in Found(text).scripts if told.get("type") != "application/json"]) == 3 + len(
        page.OURS
    )


def test_leaflet_is_the_released_one() -> None:
    """The digests that its makers publish for 1.9.4."""
    for name, digest in (
        ("leaflet.js", "20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo="),
        ("leaflet.css", "p4NxAoJBhIIN+hmNHrzRCf9tD/miZyoHS5obTRR9BMY="),
    ):
        assert base64.b64encode(hashlib.sha256(page.leaflet(name)).digest()).decode() == digest


def test_what_was_kept_of_folium_is_what_folium_makes() -> None:
    """Else: python resources/map/make.py"""
    assert page.parts() == page.by_folium()


def test_in_the_window_every_script_is_a_file_and_none_stands_in_the_page() -> None:
    files = page.files(b"// channel")
    index = files["index.html"][1].decode()
    found = Found(index)
    assert found.scripts == []
    named = set(re.findall(r'(?:src|href)="([^"]+)"', index))
    assert named == set(files) - {"index.html"}
    assert all("unsafe-inline" not in part for part in page.POLICY.split(";") if "script-src" in part)


def test_the_scripts_never_write_markup() -> None:
    for name in page.OURS:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", page.ours(name)
        )
