"""The documents name only what exists: settings, verdicts, and the names of fields, reasons and metrics."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from evaluator.schema import Verdict
from evaluator.settings import Settings
from tests.house.source import ROOT

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
FOLDERS = ("sandbox", "evaluator", "trainer_client", "benchmarks", "docker", "examples")
FILES = ("Makefile", "pyproject.toml", "docker-compose.yml", "hatch_build.py")
OF_OTHERS = frozenset(
    [
        "compute_scores",  # LiveCodeBench's script that reads our files
        "posix_fadvise",  # the C library's function
        "task_func",  # BigCodeBench's name of every function
    ]
)
"""Names that other projects define."""
_NOT_SOURCE = (".md", ".pyc", ".so")
_NAME = re.compile(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`")
_SETTING = re.compile(r"\bMICROCODER_[A-Z0-9_]*[A-Z0-9]")
_VERDICT = re.compile(r'"verdict": "(\w*)"')


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_in_a_page_exists(page: Path) -> None:
    names = set(_NAME.findall(page.read_text())) - OF_OTHERS
    missing = sorted(name for name in names if not _exists(name))
    assert not missing, f"the product has no {', '.join(missing)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_in_a_page_exists(page: Path) -> None:
    missing = sorted(name for name in set(_SETTING.findall(page.read_text())) if not _is_setting(name))
    assert not missing, f"nothing reads {', '.join(missing)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_verdict_in_a_page_is_one(page: Path) -> None:
    unknown = set(_VERDICT.findall(page.read_text())) - set(Verdict)
    assert not unknown, f"no verdict is called {', '.join(sorted(unknown))}"


def _exists(name: str) -> bool:
    # Pages name metrics without their prefix; Prometheus adds the ending of counters.
    return name in _words() or f"microcoder_{name.removesuffix('_total')}" in _words()


def _is_setting(name: str) -> bool:
    """Tell whether the service has such a setting, or a program of ours reads the variable by its whole name."""
    return name in _words() or name.removeprefix("MICROCODER_").lower() in Settings.model_fields


@cache
def _words() -> frozenset[str]:
    """Return all words of the product's text files, code and tables alike."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix not in _NOT_SOURCE]
    paths += [ROOT / name for name in FILES]
    words: set[str] = set()
    for path in paths:
        if path.is_file() and path.stat().st_size < 1 << 20:
            words.update(re.findall(r"\w+", path.read_text(encoding="utf-8", errors="ignore")))
    return frozenset(words)
