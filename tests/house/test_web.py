"""The built pages are those of their sources, and small enough. Needs no Node: the build has noted what it read."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.source import ROOT

WEB, BUILT = ROOT / "web", ROOT / "evaluator" / "web" / "built"
BESIDE = ("build.mjs", "index.html", "package.json", "package-lock.json", "tsconfig.json")
MAX_SCRIPT_BYTES = 300_000
"""Compressed, for each page."""
MAX_FILE_LINES = 400


def sources() -> list[Path]:
    files = [path for path in (WEB / "source").rglob("*") if path.is_file()]
    return sorted([*files, *(WEB / name for name in BESIDE)], key=lambda path: path.relative_to(WEB).as_posix())


def test_what_is_built_is_built_of_these_sources() -> None:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    noted = (BUILT / "sources.sha256").read_text().strip()
    assert noted == digest.hexdigest(), "web/ has changed since: run `make web`, and commit what it builds"


def test_each_page_s_script_is_small() -> None:
    scripts = [BUILT / "report" / "report.js", *(BUILT / "console" / "assets").glob("*.js")]
    assert len(scripts) >= 2
    large = {path.name: size for path in scripts if (size := len(gzip.compress(path.read_bytes()))) > MAX_SCRIPT_BYTES}
    assert large == {}


def test_an_engine_reads_each_page_s_script() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node is installed")
    for script in (BUILT / "report" / "report.js", *(BUILT / "console" / "assets").glob("*.js")):
        with script.open() as file:
            done = subprocess.run(
                [node, "--input-type=module", "--check"], stdin=file, capture_output=True, check=False
            )
        assert done.returncode == 0, done.stderr


def test_what_is_bundled_is_named_with_its_license() -> None:
    dependencies = json.loads((WEB / "package.json").read_text())["dependencies"]
    pages = [(BUILT / page / "licenses.md").read_text() for page in ("console", "report")]
    unnamed = [name for name in dependencies if not any(f"## {name} - " in page for page in pages)]
    assert unnamed == []
    assert all("## preact - " in page for page in pages)


def test_no_source_is_longer_than_one_reads_through() -> None:
    long = [
        path.name
        for path in sources()
        if path.suffix in (".ts", ".tsx") and path.read_text().count("\n") > MAX_FILE_LINES
    ]
    assert long == []


def test_nothing_that_is_built_asks_for_anything_elsewhere() -> None:
    page = (BUILT / "console" / "index.html").read_text()
    assert "http" not in page.replace("http-equiv", "")
    assert "</script" not in (BUILT / "report" / "report.js").read_text().lower()
    assert "</style" not in (BUILT / "report" / "report.css").read_text().lower()
