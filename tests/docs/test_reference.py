"""The reference pages say what the code says: settings, fields, errors, commands and verdicts."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import evaluator.api
from evaluator.cli.errors import FAULT, OK, WRONG_INPUT
from evaluator.schema import CheckerSpec, Limits, Report, Suite, Verdict
from evaluator.settings import Settings
from tests.docs.tables import DOCS, ROOT, TABLE, commands, rewritten
from tests.docs.text import fences

PAGES = sorted(DOCS.rglob("*.md"))


def tables(kind: str, page: str) -> list[str]:
    """List what the tables of one kind on a page are about."""
    return [name for found, name, _ in TABLE.findall((DOCS / page).read_text()) if found == kind]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_table_that_follows_from_the_code_is_as_the_code_is(page: Path) -> None:
    text = page.read_text()
    assert text == rewritten(text), "python -m tests.docs.tables writes the tables anew"


@pytest.mark.parametrize("page", ["report.md", "api.md", "suites.md"])
def test_every_field_has_a_meaning(page: str) -> None:
    assert re.findall(r"^\| `(\w+)` \|.*\|  \|$", (DOCS / page).read_text(), re.MULTILINE) == []


def test_every_setting_is_listed_once() -> None:
    names = " ".join(tables("settings", "settings.md")).split()
    assert sorted(names) == sorted(Settings.model_fields)


def test_every_command_is_listed_once() -> None:
    assert sorted(tables("command", "cli.md")) == sorted(words for words, _ in commands())


def test_every_option_is_explained() -> None:
    text = (DOCS / "cli.md").read_text()
    assert re.findall(r"^\| (`-.*?) \|[^|]*\| +\|$", text, re.MULTILINE) == []


def test_the_exit_codes_are_those_of_the_command_line() -> None:
    section = (DOCS / "cli.md").read_text().split("## Exit codes")[1].split("For example:")[0]
    assert [int(code) for code in re.findall(r"^\| (\d) \|", section, re.MULTILINE)] == [OK, WRONG_INPUT, FAULT]


def test_every_verdict_is_explained() -> None:
    section = (DOCS / "report.md").read_text().split("## Verdicts")[1].split("## Report")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(Verdict)
    readme = (ROOT / "README.md").read_text()
    assert [verdict for verdict in Verdict if f"`{verdict}`" not in readme] == []


def test_every_checker_is_explained() -> None:
    kinds = TypeAdapter(CheckerSpec).json_schema()["discriminator"]["mapping"]
    section = (DOCS / "grading.md").read_text().split("## Checkers")[1].split("###")[0]
    assert sorted(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == sorted(kinds)


def test_every_route_is_listed() -> None:
    names = [each.name for each in pkgutil.iter_modules(evaluator.api.__path__, "evaluator.api.") if not each.ispkg]
    modules = [importlib.import_module(name) for name in names]
    routes = [route for module in modules if hasattr(module, "router") for route in module.router.routes]
    served = [f"{method} {route.path}" for route in routes for method in route.methods]
    listed = re.findall(r"^\| `([A-Z]+ /\S+)` \|", (DOCS / "api.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(served)


def test_every_trainer_has_a_page_and_a_row() -> None:
    folder = ROOT / "trainer_client/rewards"
    shared = {"__init__", "judge", "shapes", "unjudged"}
    trainers = {file.stem for file in folder.glob("*.py")} - shared
    rows = re.findall(r"^\| .+? \| \[(\w+)\.md\]", (DOCS / "trainers/README.md").read_text(), re.MULTILINE)
    assert {file.stem for file in (DOCS / "trainers").glob("*.md")} - {"README"} == set(rows) == trainers


def test_the_defaults_of_limits_are_stated() -> None:
    section = (DOCS / "suites.md").read_text().split("## Limits")[1].split("## Fields")[0]
    stated = {name: float(value) for name, value in re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", section, re.MULTILINE)}
    assert stated == {name: value for name, value in Limits().model_dump().items() if value is not None}


def test_the_readme_shows_a_valid_request_and_an_answer_of_known_fields() -> None:
    shown = fences(ROOT / "README.md")
    [request] = [fence.content for fence in shown if fence.language == "sh" and "curl" in fence.content]
    body = json.loads(request[request.index("-d '") + 4 : request.rindex("'")])
    Suite.model_validate(body["suite"])
    [answer] = [fence.content for fence in shown if fence.language == "json"]
    Report.model_validate(json.loads(answer) | {"first_failure": None, "tests": ()})


def test_the_report_shown_is_a_report() -> None:
    [shown] = [fence.content for fence in fences(DOCS / "report.md") if fence.language == "json"]
    report = Report.model_validate_json(shown)
    assert (report.verdict, report.first_failure and report.first_failure.index) == ("wrong_answer", 1)
