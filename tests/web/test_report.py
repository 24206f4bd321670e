"""The report of a run, in a real browser."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from evaluator.cli import run_report
from evaluator.web import report_page
from tests.web.conftest import WIDTHS, Open, run_of, sample
from tests.web.hostile_texts import TEXTS

VERDICTS = ["accepted", "wrong_answer", "time_limit_exceeded", "runtime_error", "no_code", "compile_error"]
ANSWER = [
    {"kind": "reasoning", "text": "<think>\nIt is a sum.\n</think>\n", "why": "left out"},
    {"kind": "text", "text": "A first try:\n"},
    {"kind": "block", "text": "```python\nprint(2)\n```", "why": "a later block is as good"},
    {"kind": "text", "text": "\nBetter:\n"},
    {"kind": "program", "text": "```python\nprint(1)\n```", "why": "the last of several that are equal"},
]


def problem(number: int, verdicts: list[str], chance: random.Random) -> dict[str, Any]:
    return {
        "task_id": f"problem-{number:03}",
        "kind": ["easy", "medium", "hard"][number % 3],
        "platform": ["leetcode", "atcoder"][number % 2],
        "prompt": "Read two numbers and print their sum.\n",
        "mode": "stdio",
        "checker": {"kind": "tokens"},
        "limits": {"cpu_s": 6.0, "memory_mb": 1024},
        "suite_id": "sha256:" + "a" * 64,
        "samples": [one(verdict, chance) for verdict in verdicts],
    }


def one(verdict: str, chance: random.Random) -> dict[str, Any]:
    time_s = 6.1 if verdict == "time_limit_exceeded" else 10 ** chance.uniform(-2.7, 0.5)
    tests = [{"index": 0, "verdict": "accepted", "cpu_s": time_s / 3, "wall_s": 0.1, "memory_bytes": 9_000_000, "matched_by": "tokens", "strict": True},
             {"index": 1, "verdict": verdict, "cpu_s": time_s, "reason": None if verdict == "accepted" else "token 7 is '4', expected '5'"}]  # fmt: skip
    report: dict[str, Any] = {"tests": tests, "passed": 3 if verdict == "accepted" else 1, "isolation": "namespaces"}
    if verdict != "accepted":
        lines = [f"{n} {n * n}" for n in range(40)]
        output = [*lines[:20], "20 401 ", *lines[21:]]
        report["first_failure"] = {
            "index": 1, "verdict": verdict, "reason": "token 7 is '4', expected '5'", "input": "1 2\n",
            "expected": "\n".join(lines), "output": "\n".join(output), "stderr": "Traceback (most recent call last):\n",
        }  # fmt: skip
    if verdict == "compile_error":
        report["compile"] = {"ok": False, "log": "SyntaxError: '(' was never closed"}
    program = "import sys\n\nfor line in sys.stdin:\n    print(sum(map(int, line.split())))\n"
    return {**sample(verdict, program, **report), "answer": ANSWER, "why": "one block of 2 that were compared"}


def some_run(seed: int, problems: int = 90, samples: int = 2, **facts: Any) -> dict[str, Any]:
    chance = random.Random(seed)
    weights = [6 + seed, 3, 1, 1, 1, 1]
    made = [problem(n, chance.choices(VERDICTS, weights, k=samples), chance) for n in range(problems)]
    return run_of(
        made,
        model=f"model-{seed}",
        problems_sha256=hashlib.sha256(b"problems").hexdigest(),
        problems_file="problems.jsonl",
        samples_file=f"model-{seed}.jsonl",
        sampling={"n": samples, "temperature": 0.2},
        **facts,
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two runs beside each other."""
    return run_report.write([some_run(0), some_run(3)], tmp_path_factory.mktemp("page") / "report.html").as_uri()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_part_is_there_at_every_width(page: str, visit: Open, pictures: Path, width: int) -> None:
    seen = visit(page, width, dark=width == 1920)
    tab = seen.page
    for heading in ("Leaderboard", "Comparison", "suites", "Score", "Problems", "CPU time", "All problems"):
        tab.get_by_role("heading", name=heading, exact=True).wait_for()
    assert tab.locator(".cell").count() == 90
    tab.locator("table.problems button.id").first.click()
    for name in ("Answer, and what was taken of it", "Judge it again"):
        tab.get_by_text(name).click()
    tab.screenshot(path=pictures / f"report-{width}.png", full_page=True)
    seen.check()
    seen.check_access()


def test_a_row_opens_with_its_first_difference(page: str, visit: Open) -> None:
    seen = visit(page)
    tab = seen.page
    tab.get_by_label("Verdict").select_option("wrong_answer")
    tab.locator("table.problems button.id").first.click()
    tab.get_by_role("button", name="2 WA").or_(tab.get_by_role("button", name="1 WA")).first.click()
    tab.get_by_role("button", name="First difference").click()
    assert "20 401" in tab.evaluate("document.activeElement.shadowRoot.activeElement.textContent")
    assert tab.locator(".cm-highlightSpace").count() > 0, "blanks are visible"
    tab.get_by_text("Judge it again").click()
    command = tab.get_by_role("group", name="command for the first failure").text_content()
    assert command.startswith("curl -s http://127.0.0.1:8000/v1/grade ")
    assert "'END'" in command
    seen.check()


def test_the_table_sorts_and_filters_and_keys_reach_all(page: str, visit: Open) -> None:
    seen = visit(page)
    tab = seen.page
    first = tab.locator("table.problems button.id").first
    assert "problem-000" in first.text_content()
    tab.get_by_role("button", name="problem", exact=True).click()
    assert "problem-089" in first.text_content()
    tab.get_by_role("searchbox").fill("problem-01")
    tab.get_by_text("10 of 90 problems").wait_for()
    first.focus()
    tab.keyboard.press("Enter")
    assert first.get_attribute("aria-expanded") == "true"
    tab.locator(".cell").first.focus()
    tab.keyboard.press("ArrowRight")
    assert "problem-001" in tab.evaluate("document.activeElement.getAttribute('aria-label')")


def test_runs_are_compared_problem_by_problem(page: str, visit: Open) -> None:
    seen = visit(page)
    tab = seen.page
    counts = [
        int(each.text_content().split()[-1])
        for each in tab.get_by_role("group", name="Groups of problems").get_by_role("button").all()
    ]
    assert sum(counts) == 90
    tab.get_by_role("button", name="lost").click()
    tab.locator("ul.pairs button").first.click()
    tab.locator("ul.pairs .cm-mergeView").wait_for()
    seen.check()


def test_scores_are_those_of_the_command_line(visit: Open, tmp_path: Path) -> None:
    problems = [problem(n, ["accepted"] * n + ["wrong_answer"] * (4 - n), random.Random(n)) for n in range(5)]
    seen = visit(run_report.write([run_of(problems)], tmp_path / "report.html").as_uri())
    rows = seen.page.get_by_role("group", name="pass@k").locator("tbody tr")
    assert rows.last.text_content().startswith("all550.0 %66.7 %")  # pass@1 and pass@2 of 0, 1, 2, 3 and 4 of 4


def test_it_prints_light_and_whole(page: str, visit: Open) -> None:
    seen = visit(page, dark=True)
    seen.page.locator("table.problems button.id").first.click()
    assert len(seen.page.pdf()) > 20_000
    seen.page.emulate_media(media="print")
    assert not seen.page.get_by_role("searchbox").is_visible()


@pytest.mark.parametrize("rows", [pytest.param(10, marks=pytest.mark.smoke), 100])
def test_hostile_texts_stay_texts(visit: Open, tmp_path: Path, rows: int) -> None:
    """A row has ten: the first eight rows show each once, a hundred rows in all frames."""
    texts = iter(TEXTS)
    problems = []
    for _ in range(rows):
        name, prompt, before, program, given, expected, output, stderr, log, reason = (next(texts) for _ in range(10))
        failure = {
            "index": 0,
            "verdict": "wrong_answer",
            "reason": reason,
            "input": given,
            "expected": expected,
            "output": output,
            "stderr": stderr,
        }
        hostile = sample("wrong_answer", program, reason=reason, first_failure=failure, compile={"ok": False, "log": log},
                         tests=[{"index": 0, "name": name, "verdict": "wrong_answer", "reason": reason}])  # fmt: skip
        parts = [{"kind": "text", "text": before}, {"kind": "block", "text": program, "why": reason}]
        problems.append(
            {
                "task_id": name,
                "kind": prompt,
                "platform": before,
                "prompt": prompt,
                "mode": "stdio",
                "samples": [{**hostile, "answer": parts, "why": reason}],
            }
        )
    facts = dict(zip(("label", "model", "problems_file", "samples_file", "note"), TEXTS[5:10], strict=True))
    path = run_report.write([run_of(problems, **facts), run_of(problems)], tmp_path / "report.html")
    seen = visit(path.as_uri(), 1280)
    tab = seen.page
    buttons = tab.locator("table.problems button.id")
    for number in range(buttons.count()):
        buttons.nth(number).click()
        tab.locator("td.details .cm-editor").first.wait_for()
        for summary in tab.locator("td.details summary").all():
            if summary.evaluate("each => !each.parentElement.open"):
                summary.click()
        seen.check()
    assert buttons.count() == rows
    tab.set_viewport_size({"width": 380, "height": 900})
    seen.check()


def test_data_cannot_leave_its_place() -> None:
    page = report_page("</title><script>x", {"texts": TEXTS})
    assert page.count("<script") == 2
    data = page.split('id="data">')[1].split("</script>")[0]
    assert "<" not in data
    assert data.isascii()
    assert "</title><script>x" not in page
