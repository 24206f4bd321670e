"""Sizes and first paints of the pages in a browser: the console over loopback, a report from disk.

``python -m benchmarks.pages [--visits 20] [--record]``, after ``make browser``. Each visit is the first of a browser's
profile, so nothing is cached. First and largest contentful paint, layout shifts and blocking time are the browser's own
(https://web.dev/articles/vitals); a task of more than 50 ms blocks for what it takes beyond.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.cli import run_report
from evaluator.local import local_service
from evaluator.web import BUILT
from tests.web.conftest import chromium
from tests.web.test_report import some_run

_WATCH = """
window.seen = {shift: 0, blocked_ms: 0, largest_ms: 0};
const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({type, buffered: true});
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) window.seen.shift += entry.value; });
watch("longtask", (entry) => { window.seen.blocked_ms += entry.duration - 50; });
watch("largest-contentful-paint", (entry) => { window.seen.largest_ms = entry.startTime; });
"""
_VITALS = """() => ({
  ...window.seen,
  first_ms: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  kilobytes: performance.getEntriesByType("resource").reduce((sum, each) => sum + each.encodedBodySize, 0) / 1000,
  requests: performance.getEntriesByType("resource").length,
})"""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=20, help="of each page")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    columns = ("page", "first paint, ms: median", "p90", "most", "largest paint, median", "blocked, ms, median",
               "layout shift, most", "requests", "kB that travel")  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    with (
        tempfile.TemporaryDirectory() as folder,
        local_service(workers=1, settings=RUN_ALL) as service,
        chromium() as browser,
    ):
        for name, url, ready in _pages(service.url, Path(folder)):
            lines.append(_row(name, [_visit(browser, url, ready) for _ in range(options.visits)]))
            print(lines[-1], flush=True)
    lines += ["", f"Scripts as they lie in the wheel, compressed: {_scripts()}."]
    print(before, *lines, sep="\n")
    if options.record:
        record(f"Pages in a browser ({options.visits} first visits)", "python -m benchmarks.pages", before, lines)


def _pages(url: str, folder: Path) -> list[tuple[str, str, str]]:
    """Return names, addresses, and what a page shows once it can be used."""
    small = run_report.write([some_run(0), some_run(3)], folder / "small.html")
    large = run_report.write([some_run(0, 1000, 4)], folder / "large.html")
    return [
        ("console, playground", f"{url}/", "button:has-text('Grade')"),
        ("console, live", f"{url}/#/live", "text=Workers"),
        ("report, 2 runs of 90 problems, 2 samples each", small.as_uri(), "table.problems"),
        (
            f"report, 1,000 problems, 4 samples each ({large.stat().st_size / 1e6:.1f} MB)",
            large.as_uri(),
            "table.problems",
        ),
    ]


def _visit(browser: Browser, url: str, ready: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(url)
    page.locator(ready).first.wait_for()
    vitals: dict[str, float] = page.evaluate(_VITALS)
    context.close()
    return vitals


def _row(name: str, visits: Sequence[Mapping[str, float]]) -> str:
    first = sorted(each["first_ms"] for each in visits)
    largest, blocked = (statistics.median(each[key] for each in visits) for key in ("largest_ms", "blocked_ms"))
    shift, requests, size = (max(each[key] for each in visits) for key in ("shift", "requests", "kilobytes"))
    paints = (statistics.median(first), first[int(0.9 * len(first))], first[-1], largest, blocked)
    return f"| {name} | {' | '.join(f'{ms:.0f}' for ms in paints)} | {shift:.3f} | {requests:.0f} | {size:.0f} |"


def _scripts() -> str:
    files = sorted(BUILT.rglob("*.js"))
    sizes: dict[str, Any] = {
        file.relative_to(BUILT).parts[0]: len(gzip.compress(file.read_bytes(), 9, mtime=0)) / 1000 for file in files
    }
    return ", ".join(f"{name} {size:.0f} kB" for name, size in sizes.items())


if __name__ == "__main__":
    main()
