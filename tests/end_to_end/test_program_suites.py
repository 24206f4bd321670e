"""Suites of mode program through the service: judged in each way, and checked before any submission is seen."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import SUM, Client
from tests.end_to_end.test_cli import Run, microcoder

__all__ = ["microcoder"]

APART: dict[str, Any] = {
    "mode": "program",
    "program": {"test_code": "assert f(2) == 30\nassert f(40) == 410\nassert f(7) == 80\n"},
}
SEALED: dict[str, Any] = {
    "mode": "program",
    "program": {
        "test_code": "import unittest\nfrom solution import Counter\n"
        "class TestCounter(unittest.TestCase):\n"
        "    def test_count(self):\n"
        "        counter = Counter()\n        counter.add('many words')\n        counter.add('many words')\n"
        "        self.assertEqual(counter.counts, {'many words': 2})\n"
        "    def test_total(self):\n"
        "        counter = Counter()\n        for _ in range(1234): counter.add('x')\n"
        "        self.assertEqual(counter.total(), 1234)\n",
        "reference": "class Counter:\n    def __init__(self): self.counts = {}\n"
        "    def add(self, x): self.counts[x] = self.counts.get(x, 0) + 1\n"
        "    def total(self): return sum(self.counts.values())\n",
    },
}
RIGHT_APART = "def f(x): return 10 * (x + 1)"
RIGHT_SEALED = (
    "import collections\nclass Counter:\n    def __init__(self): self.counts = collections.Counter()\n"
    "    def add(self, x): self.counts[x] += 1\n    def total(self): return len(list(self.counts.elements()))\n"
)
CHEAT = (
    "class Any(dict):\n    def __eq__(self, other): return True\n    __hash__ = None\n"
    "class Counter:\n    counts = Any()\n    def add(self, x): pass\n    def total(self): return Any()\n"
)
CASES = [
    (APART, RIGHT_APART, "apart", "accepted"),
    (APART, "def f(x): return 30", "apart", "wrong_answer"),
    (SEALED, RIGHT_SEALED, "sealed", "accepted"),
    (SEALED, CHEAT, "sealed", "wrong_answer"),
]


@pytest.mark.parametrize(("suite", "code", "way", "verdict"), CASES)
def test_each_way_is_judged(client: Client, suite: dict[str, Any], code: str, way: str, verdict: str) -> None:
    report = client.grade(code, suite)
    assert (report["verdict"], report["trust"]["way"]) == (verdict, way), report
    assert report["trust"]["level"] == "strong"


def test_a_failure_has_what_came_and_what_was_expected(client: Client) -> None:
    failure = client.grade("def f(x): return 30", APART)["first_failure"]
    assert failure["reason"] == "assert f(40) == 410: got 30, expected 410"
    assert (failure["output"], failure["expected"]) == ("30", "410")


def test_what_a_model_wrote_without_a_program_has_the_suites_trust(client: Client) -> None:
    response = client.post("/v1/grade", json={"response": "I do not know.", "suite": APART})
    report = response.json()
    assert (report["verdict"], report["trust"]["way"]) == ("no_code", "apart")


def test_other_modes_have_no_trust_and_other_languages_none_of_it(client: Client) -> None:
    assert client.grade("print(3)")["trust"] is None
    if "c" not in {each["name"] for each in client.get("/v1/languages").json()["languages"]}:
        pytest.skip("there is no C compiler")
    suite = {"mode": "program", "program": {"test_code": "#include <assert.h>\nint main() { assert(f() == 1); }"}}
    report = client.grade("int f() { return 1; }", suite, language="c")
    assert (report["verdict"], report["trust"]["way"], report["trust"]["bits"]) == ("accepted", "compiled", 0)


def check(client: Client, suite: Any) -> dict[str, Any]:
    response = client.post("/v1/suites/check", json=suite)
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


def test_a_suite_is_checked_before_any_submission_is_seen(client: Client) -> None:
    report = check(client, SEALED)
    assert report["usable"]
    [test] = report["tests"]
    assert (test["framework"], test["way"]) == ("unittest", "sealed")
    assert [(site["kind"], site["required"], site["test"]) for site in test["sites"]] == [
        ("sealed", True, "TestCounter.test_count"),
        ("sealed", True, "TestCounter.test_total"),
    ]
    assert test["reference"]["accepted"]
    assert test["reference"]["required"] == 2
    assert report["trust"] == client.grade(CHEAT, SEALED)["trust"]


def test_what_is_wrong_with_a_suite_is_said(client: Client) -> None:
    report = check(client, {"mode": "program", "program": {"test_code": "assert f(1) == (", "entry_point": "f"}})
    assert not report["usable"]
    assert report["tests"][0]["reason"]
    wrong = {**SEALED["program"], "reference": "class Counter:\n    def add(self, x): pass\n"}
    report = check(client, {"mode": "program", "program": wrong})
    assert not report["usable"]
    assert "reference does not pass" in report["tests"][0]["reason"]
    assert client.grade(RIGHT_SEALED, {"mode": "program", "program": wrong})["verdict"] == "judge_error"


@pytest.mark.parametrize(("suite", "status"), [(SUM, 422), ({"mode": "program"}, 422), ([], 422)])
def test_what_cannot_be_checked_is_a_problem(client: Client, suite: Any, status: int) -> None:
    response = client.post("/v1/suites/check", json=suite)
    assert response.status_code == status
    assert response.json()["type"] == "/problems/invalid-request"
    assert client.post("/v1/suites/check", content=b"{").json()["type"] == "/problems/malformed-json"


def test_stored_suites_keep_their_names(client: Client) -> None:
    """Names by version 0.1.0, in which a suite that says ``"apart": true`` has that of one that says nothing."""
    name = "eef2afad1c020d016f9a21029f8cc416c098ce1ed09fe75cb6f321239f466704"
    for program in ({}, {"apart": True}):
        suite = {"mode": "program", "program": {"test_code": "assert f(1) == 2", **program}}
        assert client.put(f"/v1/suites/{name}", json=suite).json() == {"suite_id": f"sha256:{name}"}
        report = client.post("/v1/grade", json={"code": "def f(x): return 2", "suite_id": f"sha256:{name}"}).json()
        assert report["verdict"] == "accepted"


def run_check(microcoder: Run, client: Client, directory: Path, suite: Any, *options: str) -> Any:
    (directory / "suite.json").write_text(json.dumps(suite))
    return microcoder("suites", "check", "suite.json", "--server", client.service.url, *options)


def test_the_command_line_shows_what_a_suite_proves(microcoder: Run, client: Client, tmp_path: Path) -> None:
    done: subprocess.CompletedProcess[str] = run_check(microcoder, client, tmp_path, SEALED)
    assert done.returncode == 0, done.stderr
    assert "strong" in done.stdout
    assert "way: sealed" in done.stdout
    assert "self.assertEqual(counter.total(), 1234)" in done.stdout
    done = run_check(microcoder, client, tmp_path, SEALED, "--json")
    assert json.loads(done.stdout)["trust"]["way"] == "sealed"


def test_a_check_says_which_assertion_needs_a_reference(microcoder: Run, client: Client, tmp_path: Path) -> None:
    program = {"test_code": "v = make(1)\nassert v.balance == 170\nassert v == (1, 170)"}
    [test] = check(client, {"mode": "program", "program": program})["tests"]
    assert [site["why"] and site["why"].partition(":")[0] for site in test["sites"]] == [None, "needs a reference"]
    done = run_check(microcoder, client, tmp_path, {"mode": "program", "program": program})
    assert "needs a reference" in " ".join(done.stdout.split())


@pytest.mark.parametrize(("suite", "code"), [(SUM, 2), ({"mode": "program"}, 2)])
def test_the_command_line_refuses_other_files(
    microcoder: Run, client: Client, tmp_path: Path, suite: Any, code: int
) -> None:
    done = run_check(microcoder, client, tmp_path, suite)
    assert done.returncode == code
    assert "error:" in done.stderr


def test_a_suite_that_cannot_be_used_is_an_exit_code(microcoder: Run, client: Client, tmp_path: Path) -> None:
    done = run_check(microcoder, client, tmp_path, {"mode": "program", "program": {"test_code": "x = 1"}})
    assert done.returncode == 2
    assert "cannot be used" in done.stdout
