"""The console, in a real browser, at a real service with keys that keeps reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator import keys
from evaluator.api.authentication import OF_OPERATORS
from tests.end_to_end.test_openapi import names_what_is_not_there
from tests.forked import local_service
from tests.waiting import until
from tests.web.conftest import WIDTHS, Open, Visit
from tests.web.hostile_texts import TEXTS

SUM = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]}
ECHO = "import sys\ntext = sys.stdin.read()\nsys.stdout.write(text)\nsys.stderr.write(text)\n"
FIRST_PAINT_MS = 1000
MAX_PAGE_BYTES = 300_000


@dataclass
class Site:
    """A service, a key for it, and a client with that key."""

    url: str
    key: str
    client: httpx.Client

    def enter(self, visit: Open, page: str = "playground", width: int = 1280, **options: Any) -> Visit:
        """Open a page of the console with the key."""
        seen = visit(f"{self.url}/#/{page}", width, **options)
        seen.page.get_by_label("Key", exact=True).fill(self.key)
        seen.page.get_by_role("button", name="Enter").click()
        seen.page.get_by_role("button", name="Log out").wait_for()
        seen.troubles.clear()  # the browser notes the 401 before
        return seen


@pytest.fixture(scope="module")
def site(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """None is started where there is no browser."""
    file = tmp_path_factory.mktemp("keys") / "keys.toml"
    secret = keys.add(file, "alice")
    settings = {
        "MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "MICROCODER_KEYS_FILE": str(file),
        "MICROCODER_EXPLORER_REPORTS": "500",
    }
    with local_service(workers=1, settings=settings) as service:
        headers = {"Authorization": f"Bearer {secret}"}
        with httpx.Client(base_url=service.url, headers=headers, timeout=300, trust_env=False) as client:
            yield Site(service.url, secret, client)


@pytest.mark.smoke
def test_a_key_is_asked_for_and_a_wrong_one_refused(site: Site, visit: Open) -> None:
    seen = visit(site.url)
    tab = seen.page
    tab.get_by_label("Key", exact=True).fill("mc_wrong")
    tab.get_by_role("button", name="Enter").click()
    tab.get_by_role("alert").wait_for()
    seen.check_access()
    tab.get_by_label("Key", exact=True).fill(site.key)
    tab.get_by_role("button", name="Enter").click()
    tab.get_by_role("button", name="Grade").wait_for()
    assert site.key not in tab.content()
    tab.get_by_role("button", name="Log out").click()
    tab.get_by_label("Key", exact=True).wait_for()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_program_is_graded_and_its_failure_shown_at_every_width(
    site: Site, visit: Open, pictures: Path, width: int
) -> None:
    seen = site.enter(visit, width=width, dark=width == 1920)
    tab = seen.page
    tab.get_by_role("button", name="Grade").click()
    tab.get_by_text("1 of 2 tests passed").wait_for()
    tab.locator(".diff .cm-editor").first.wait_for()
    tab.screenshot(path=pictures / f"console-playground-{width}.png", full_page=True)
    seen.check()
    seen.check_access()


def test_every_example_is_accepted_but_the_one_that_fails(site: Site, visit: Open) -> None:
    tab = site.enter(visit).page
    said = {}
    for name in tab.get_by_label("Example").locator("option").all_inner_texts()[1:]:
        tab.get_by_label("Example").select_option(name)
        tab.get_by_role("button", name="Grade").click()
        badge = tab.locator("section[aria-busy=false] [role=status] .badge")
        badge.wait_for()
        said[name] = badge.inner_text()
        tab.get_by_label("Example").select_option("")
    assert said.pop("stdin and stdout") == "wrong answer"
    assert set(said.values()) == {"accepted"}, said


def test_extraction_is_shown_while_one_types(site: Site, visit: Open) -> None:
    seen = site.enter(visit)
    tab = seen.page
    tab.get_by_label("Example").select_option("a model's answer")
    tab.get_by_text("taken as the program: ").wait_for()
    assert tab.get_by_text("not taken: ").count() == 2
    editor = tab.get_by_role("textbox", name="Answer")
    editor.click()
    tab.keyboard.press("Control+End")
    tab.keyboard.type("\n```python\nprint(")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("No program")
    tab.get_by_text("there is no fenced block").wait_for()
    seen.check()


def test_what_is_copied_works(site: Site, visit: Open) -> None:
    seen = site.enter(visit, permissions=["clipboard-read", "clipboard-write"])
    tab = seen.page
    for name, holds in (
        ("Copy as curl", "/v1/grade"),
        ("Copy as Python", "EvaluatorClient"),
        ("Copy suite.json", '"mode"'),
    ):
        tab.get_by_role("button", name=name).click()
        tab.get_by_text("copied", exact=True).first.wait_for()
        text = tab.evaluate("navigator.clipboard.readText()")
        assert holds in text
        if name == "Copy suite.json":
            assert json.loads(text)["tests"][0] == {"input": "1 2\n", "output": "3\n"}
        elif name == "Copy as curl":
            body = json.loads(text.split("<<'END'\n")[1].split("\nEND")[0])
            assert site.client.post("/v1/grade", json=body).json()["verdict"] == "wrong_answer"
        else:
            compile(text, name, "exec")
    tab.get_by_label("Checker").select_option("float")
    tab.get_by_label("Its options, as JSON").fill("{")
    tab.get_by_text("Write the checker's options as JSON.").wait_for()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_live_page_shows_jobs_and_cancels_them(site: Site, visit: Open, pictures: Path, width: int) -> None:
    site.client.post("/v1/grade", json={"code": "print(3)", "suite": SUM})
    sleeper = {"code": f"import time  # {width}\ntime.sleep(300)", "suite": {**SUM, "limits": {"cpu_s": 300}}}
    job = site.client.post("/v1/jobs", json={"submissions": [sleeper]}).json()["job_id"]
    seen = site.enter(visit, "live", width, dark=width == 1920)
    tab = seen.page
    tab.get_by_role("row", name="worker 0").get_by_text("grade").wait_for()
    tab.get_by_role("button", name=f"Cancel job {job}").click()
    tab.get_by_role("row", name=job).get_by_text("cancelled", exact=True).wait_for()
    tab.locator(".packages li").first.wait_for()
    tab.screenshot(path=pictures / f"console-live-{width}.png", full_page=True)
    seen.check()
    seen.check_access()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_verdicts_page_shows_what_was_graded_at_every_width(
    site: Site, visit: Open, pictures: Path, width: int
) -> None:
    codes = ["print(3)", "print('3 ')", "print(4)", "import no_such_module", "x = ("]
    submissions = [{"id": f"run-{width}/{number}", "code": code, "suite": SUM} for number, code in enumerate(codes)]
    submissions.append({"id": f"run-{width}/answer", "response": "I do not know.", "suite": SUM})
    site.client.post("/v1/grade/batch", json={"submissions": submissions}).raise_for_status()
    seen = site.enter(visit, "verdicts", width, dark=width == 1920)
    tab = seen.page
    tab.get_by_role("searchbox").fill(f"run-{width}/")
    tab.get_by_role("heading", name="The newest 6").wait_for()
    tab.get_by_role("button", name=f"run-{width}/2").click()
    tab.get_by_text("expected '3'").first.wait_for()
    tab.screenshot(path=pictures / f"console-verdicts-{width}.png", full_page=True)
    seen.check()
    seen.check_access()


@pytest.mark.parametrize(("groups", "size"), [pytest.param(1, 14, marks=pytest.mark.smoke), (4, 42)])
def test_hostile_texts_stay_texts(site: Site, visit: Open, pictures: Path, groups: int, size: int) -> None:
    """A submission has six: fourteen show each once, four times 42 in all frames."""
    texts = iter(TEXTS)
    for group in range(groups):
        name_of_group = f"{groups * size} texts, group {group}"
        submissions = []
        for number in range(size):
            name, given, expected, title, comment, reason = (next(texts, TEXTS[number]) for _ in range(6))
            test = {"input": given, "output": f"{expected} {reason}", "name": title}
            submissions.append(
                {
                    "id": f"{name_of_group} {name}",
                    "code": f"{ECHO}'''{comment}'''\n",
                    "suite": {"mode": "stdio", "tests": [test]},
                }
            )
        reports = site.client.post("/v1/grade/batch", json={"submissions": submissions}).json()["reports"]
        assert {report["verdict"] for report in reports} <= {
            "wrong_answer",
            "compile_error",
            "runtime_error",
            "accepted",
        }
        assert sum(report["verdict"] == "wrong_answer" for report in reports) > size / 2
        seen = site.enter(visit, "verdicts", 380 if group % 2 else 1280)
        _open_all(seen, name_of_group, size)
        if group == 0:
            seen.check_access()
            seen.page.screenshot(path=pictures / f"console-hostile-{size}.png")


def _open_all(seen: Visit, name_of_group: str, size: int) -> None:
    tab = seen.page
    tab.get_by_role("searchbox").fill(name_of_group)
    entries = tab.locator("ul.pairs > li > button.id")
    tab.locator(".tile").get_by_text(str(size), exact=True).wait_for()
    for number in range(size):
        entries.nth(number).click()
    tab.locator("ul.pairs .cm-editor").nth(size - 1).wait_for()
    seen.check()


@pytest.mark.smoke
def test_it_is_painted_within_a_second_and_asks_for_nothing_elsewhere(site: Site, visit: Open) -> None:
    seen = visit(site.url)

    def is_painted_soon() -> bool:
        """Load it once more. A busy machine may delay any paint."""
        seen.page.reload()
        seen.page.get_by_label("Key", exact=True).wait_for()
        paint_ms = seen.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        return bool(paint_ms < FIRST_PAINT_MS)

    until(is_painted_soon, "it is painted within a second")
    sizes = seen.page.evaluate("performance.getEntriesByType('resource').map((each) => each.encodedBodySize)")
    assert sum(sizes) < MAX_PAGE_BYTES
    assert not [each for each in seen.troubles if "asks" in each]


@pytest.mark.parametrize("only", [pytest.param("/v1/grade", marks=pytest.mark.smoke), None])
def test_try_it_out_works_as_it_stands(site: Site, visit: Open, only: str | None) -> None:
    """Of each operation on the page /docs, or of the one that is named."""
    seen = visit(f"{site.url}/docs")
    tab = seen.page
    tab.locator(".scheme-container").get_by_role("button", name="Authorize").click()
    tab.get_by_label("auth-bearer-value").fill(site.key)
    tab.get_by_role("button", name="Apply credentials").click()
    tab.get_by_role("button", name="Close", exact=True).click()
    tried = [_answer(block) for block in tab.locator(".opblock").all() if only in (None, _path(block))]
    documented = site.client.get("/openapi.json").json()["paths"]
    assert len(tried) == (sum(map(len, documented.values())) if only is None else 1)
    wrong = [each for each in tried if "Undocumented" in each or not _is_answer_to_example(*each.split())]
    assert not wrong
    assert not [each for each in seen.troubles if "asks" in each]


def _path(block: Any) -> str:
    return str(block.locator(".opblock-summary-path").get_attribute("data-path"))


def _answer(block: Any) -> str:
    """Try an operation out: its method, its path and the status of the answer."""
    method, path = block.locator(".opblock-summary-method").inner_text(), _path(block)
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute", exact=True).click()
    status = block.locator(".live-responses-table tbody .response-col_status").inner_text()
    block.locator(".opblock-summary-control").click()
    return f"{method} {path} {' '.join(status.split())}"


def _is_answer_to_example(method: str, path: str, status: str) -> bool:
    if path in OF_OPERATORS:
        return status == "403"  # the key is no operator's
    return int(status) < (411 if names_what_is_not_there(method, path) else 400)
