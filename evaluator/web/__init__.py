"""The pages: a run's report, and the console. They are built from ``web/`` (``make web``) and lie in ``built``."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

BUILT = Path(__file__).with_name("built")
CONSOLE = BUILT / "console"
_HOLE = re.compile("%%([a-z]+)%%")


def report_page(title: str, data: Mapping[str, Any]) -> str:
    """Return a page that shows ``data`` and needs nothing but itself. Whatever texts the data holds, none of them can
    leave its place: as JSON they stand in an element that is not executed, without a ``<``, and the page's policy lets
    no script run but its own."""
    script, style = _built("report.js"), _built("report.css")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    fill = {
        "policy": policy,
        "title": html.escape(title.encode("utf-8", "replace").decode()),  # half of a surrogate pair cannot be written
        "style": style,
        "script": script,
        "data": json_for_html(data),
    }
    return _HOLE.sub(lambda match: fill[match[1]], _built("report.html"))


def json_for_html(data: Mapping[str, Any]) -> str:
    """Return JSON for a ``<script type="application/json">``. It is ASCII, and has neither ``<`` nor ``>`` nor ``&``:
    no text in it can end the element, start a comment or be taken for an entity."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    """The name of an inline script or style in a policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _built(name: str) -> str:
    return (BUILT / "report" / name).read_text(encoding="utf-8").rstrip("\n")


__all__ = ["BUILT", "CONSOLE", "json_for_html", "report_page"]
