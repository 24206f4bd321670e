"""A real browser, where one is there, and what it must never see."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.web.hostile_texts import MARK

WIDTHS = (380, pytest.param(1280, marks=pytest.mark.smoke), 1920)
"""Widths of windows, in pixels. ``make smoke`` tries one."""
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile));
"""
_ELEMENTS = """
() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
  const bad = (each) => /^(iframe|object|embed|img|video|audio|base|marquee|math|template|frame|frameset)$/i.test(each.localName)
    || (each.localName === "link" && each.relList.contains("stylesheet") && new URL(each.href).origin !== location.origin)
    || [...each.attributes].some((one) => one.name.startsWith("on") || /^\\s*javascript:/i.test(one.value));
  return all(document).filter((each) => !each.matches("img.cm-widgetBuffer:not([src])")).filter(bad).map((each) => each.outerHTML.slice(0, 200));
}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the Chromium of this machine, without a window. As root it cannot have its own sandbox."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = {"executable_path": _CHROMIUM, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser for all tests. It reaches 127.0.0.1 alone."""
    pytest.importorskip("playwright.sync_api", reason="`make browser` installs Playwright")
    if _CHROMIUM is None:
        pytest.skip("no Chromium is installed: `make browser` does it")
    with chromium() as started:
        yield started


@dataclass
class Visit:
    """A page that is open, and everything that went wrong in it."""

    page: Any
    own: str
    troubles: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Nothing was executed, refused, or asked for elsewhere; no text has become an element; nothing is too wide."""
        page = self.page
        assert page.evaluate(f"window.{MARK}") is None
        assert page.evaluate(f"Object.prototype.{MARK}") is None
        assert page.evaluate("window.violations") == []
        assert page.evaluate(_ELEMENTS) == []
        assert self.troubles == []
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], f"the page is {wide[0]} wide, the window {wide[1]}"

    def check_access(self) -> None:
        """No rule of axe-core is violated."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="`make browser` installs it")
        results = axe.Axe().run(self.page)
        assert results.violations_count == 0, results.generate_report()


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Opens an address in a context of its own."""
    contexts = []

    def go(url: str, width: int = 1280, dark: bool = False, **options: Any) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", **options
        )
        contexts.append(context)
        context.add_init_script(_NOTE_VIOLATIONS)
        page = context.new_page()
        page.set_default_timeout(60_000)
        seen = Visit(page, url)
        origin = "/".join(url.split("/")[:3])
        page.on("dialog", lambda dialog: (seen.troubles.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: seen.troubles.append(f"error {error}"))
        page.on("console", lambda message: message.type == "error" and seen.troubles.append(message.text))
        page.on(
            "request",
            lambda request: request.url.startswith((origin, "data:")) or seen.troubles.append(f"asks {request.url}"),
        )
        page.goto(url)
        return seen

    yield go
    for each in contexts:
        each.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for pictures of pages: ``MICROCODER_PICTURES`` keeps them."""
    folder = os.environ.get("MICROCODER_PICTURES")
    path = Path(folder) if folder else tmp_path_factory.mktemp("pictures")
    path.mkdir(parents=True, exist_ok=True)
    return path


def sample(verdict: str, program: str = "print(1)\n", **report: Any) -> dict[str, Any]:
    """A sample as a record has it."""
    score = None if verdict == "judge_error" else float(verdict == "accepted")
    whole = {"verdict": verdict, "score": score, "passed": 1, "total": 3, "engine": "0.1.0", **report}
    return {"program": program, "language": "python", "report": whole}


def run_of(problems: list[dict[str, Any]], **facts: Any) -> dict[str, Any]:
    """A record."""
    head = {
        "label": "suites",
        "benchmark": "suites",
        "source": "a test",
        "engines": ["0.1.0"],
        "isolation": ["namespaces"],
    }
    return json.loads(json.dumps({"format": 2, **head, "problems": problems, **facts}))
