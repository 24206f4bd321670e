"""The results of ``microcoder score``: messages, files, several runs, and what is refused before anything is graded."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from evaluator.schema import Report
from evaluator.web import report_page
from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import lines, score
from tests.scoring.test_livecodebench import ADD, row
from trainer_client.benchmarks import livecodebench
from trainer_client.benchmarks.endpoint import Sampling
from trainer_client.benchmarks.pass_at_k import mean_interval, unpaired_difference
from trainer_client.benchmarks.scoring import score as score_of
from trainer_client.benchmarks.task import Question

__all__ = ["client"]
SUITE = {"mode": "stdio", "tests": [{"input": "1 2", "output": "3"}]}
NOWHERE = ("--server", "http://127.0.0.1:9")
"""Nothing listens there: what gets as far as grading fails with exit code 3."""


def problems(folder: Path, count: int = 4) -> Path:
    rows = ({"task_id": f"p{n}", "suite": SUITE, "kind": "easy", "date": f"2025-0{n + 1}-15"} for n in range(count))
    return lines(folder / "own.jsonl", *rows)


def samples(folder: Path, name: str, *programs: str) -> Path:
    rows = ({"task_id": f"p{n}", "solution": program} for n, program in enumerate(programs))
    return lines(folder / f"{name}.jsonl", *rows)


def test_a_score_says_its_interval_its_files_and_its_failures(tmp_path: Path, client: Client) -> None:
    file = samples(tmp_path, "a", ADD, ADD, "print(4)", "1/0")
    exports = [tmp_path / f"a.table.{kind}" for kind in ("jsonl", "csv", "parquet")]
    options = [word for each in exports for word in ("--export", each)]
    done = score("suites", problems(tmp_path), file, "--server", client.service.url, *options)
    assert done.returncode == 0, done
    assert "pass@1: 95 % between 0.0000 and 1.0000." in done.stdout
    assert "Never right: 2 problems: p2, p3." in done.stdout
    written = [tmp_path / f"a.{kind}" for kind in ("score.json", "run.jsonl", "reports.jsonl")]
    assert f"Written: {', '.join(map(str, written))}" in done.stdout
    assert all(each.exists() for each in written)
    reports = [json.loads(line) for line in written[2].read_text().splitlines()]
    assert [each["task_id"] for each in reports].count("p3") == 1
    content = json.loads(written[0].read_text())
    assert (content["failed"], content["interval_95"]) == (["p2", "p3"], [0.0, 1.0])
    assert content["by_month"]["2025-01"] == {"problems": 1, "pass@1": 1.0}

    rows = [json.loads(line) for line in exports[0].read_text().splitlines()]
    assert [each["verdict"] for each in rows] == ["accepted", "accepted", "wrong_answer", "runtime_error"]
    assert "ZeroDivisionError" in rows[3]["reason"]
    with exports[1].open(newline="") as table:
        assert [each["program"] for each in csv.DictReader(table)] == [ADD, ADD, "print(4)", "1/0"]
    assert pq.read_table(exports[2]).to_pylist() == rows


def test_several_files_are_several_runs(tmp_path: Path, client: Client) -> None:
    one, other = samples(tmp_path, "one", *["print(4)"] * 4), samples(tmp_path, "other", *[ADD] * 4)
    common = ("suites", problems(tmp_path), one, other, "--server", client.service.url)
    done = score(*common, "--report", tmp_path / "both.html", "--compare", tmp_path / "absent.score.json")
    assert (done.returncode, "absent.score.json: No such file" in done.stderr) == (2, True), done
    done = score(*common, "--report", tmp_path / "both.html")
    assert "suites other against suites one: +1.0000 pass@1 over 4 problems" in done.stdout, done
    data = json.loads((tmp_path / "both.html").read_text().split('id="data">')[1].split("</script>")[0])
    assert [run["label"] for run in data["runs"]] == ["suites one", "suites other"]
    told = score(*common, "--json")
    runs = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(run["label"], run["pass@1"]) for run in runs] == [("suites one", 0.0), ("suites other", 1.0)]
    assert str(tmp_path / "one.score.json") in runs[0]["files"]


def test_a_part_of_the_problems_is_scored_where_one_says_so(tmp_path: Path, client: Client) -> None:
    file, some = problems(tmp_path), samples(tmp_path, "some", ADD, "print(4)")
    common = ("suites", file, some, "--server", client.service.url)
    refused = score(*common)
    assert (refused.returncode, "2 of 4 problems; the first is p2; --partial" in refused.stderr) == (2, True), refused
    partial = score(*common, "--partial", "--n", 5)
    assert "Partial: 2 of 4 problems have samples." in partial.stdout, partial
    assert "pass@1 0.5000 over 2 problems" in partial.stdout
    assert "--n 5, but" in partial.stderr
    assert "there is no pass@k above pass@1" in partial.stderr
    limited = score(*common, "--limit", 1)
    assert "pass@1 1.0000 over 1 problems (accepted 1)" in limited.stdout, limited
    assert "between" not in limited.stdout, "one problem has no interval"
    nothing = score("suites", file, lines(tmp_path / "empty.jsonl"), "--partial", *NOWHERE)
    assert (nothing.returncode, "no sample for 4 of 4" in nothing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--report", "/proc/report.html"], "the report /proc/report.html cannot be written"),
        (["--export", "a.xlsx"], "not a known kind of file"),
        (["--export", "/absent/a.csv"], "there is no folder /absent"),
        (["--extra-body", "[]", "--model", "m"], "--extra-body: a JSON object is needed, not []"),
        (["--extra-body", '{"temperature": 1}', "--model", "m"], "--extra-body: temperature cannot be set there"),
        (["a.json"], "would have the same names"),
    ],
)
def test_what_cannot_be_made_is_said_before_grading(tmp_path: Path, options: list[str], said: str) -> None:
    file = samples(tmp_path, "a", *[ADD] * 4)
    done = score(
        "suites",
        problems(tmp_path),
        file,
        *(tmp_path / each if each == "a.json" else each for each in options),
        *NOWHERE,
    )
    assert (done.returncode, said in done.stderr) == (2, True), done


def test_a_report_that_was_there_is_left_where_grading_fails(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text(report_page("old", {}))
    done = score("suites", problems(tmp_path), samples(tmp_path, "a", *[ADD] * 4), "--report", report, *NOWHERE)
    assert done.returncode == 3, done
    assert report.read_text() == report_page("old", {})


def test_releases_months_and_a_cutoff(tmp_path: Path, client: Client) -> None:
    days = ("2025-01-31T23:59:00", "2025-02-01T00:00:00", "2025-02-02T10:00:00")
    file = lines(tmp_path / "test6.jsonl", *(row(f"p{n}", contest_date=day) for n, day in enumerate(days)))
    programs = tmp_path / "model.json"
    programs.write_text(json.dumps([[ADD, ADD], [ADD, "print(3)"], ["print(0)", "print(0)"]]))
    for release, said in (("v9", "unknown release 'v9'"), ("v6", "--release chooses files of a folder")):
        refused = score("livecodebench", file, programs, "--release", release, *NOWHERE)
        assert (refused.returncode, said in refused.stderr) == (2, True), refused
    done = score(
        "livecodebench", file, programs, "--by-month", "--cutoff", "2025-02-01", "--server", client.service.url
    )
    assert done.returncode == 0, done
    assert "avg@2 0.5000: single samples 0.3333 to 0.6667." in done.stdout
    assert [line.split("│")[1:4] for line in done.stdout.splitlines() if "2025-0" in line and "│" in line] == [
        [" 2025-01 ", " 1        ", " 1.0000 "],
        [" 2025-02 ", " 2        ", " 0.2500 "],
    ]
    assert "pass@1 0.7500 over 2 problems up to 2025-02-01, 0.0000 over 1 after it: -0.7500" in done.stdout


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"verdict": "accepted"}, {"verdict": "accepted", "reason": None}),
        (
            {"verdict": "wrong_answer",
             "first_failure": {"index": 0, "verdict": "wrong_answer", "reason": "3 is not 4", "input": "1", "output": "3",
                               "expected": "4"}},
            {"error_code": -2, "error_message": "Wrong Answer", "reason": "3 is not 4", "inputs": "1", "output": "3",
             "expected": "4"},
        ),
        (
            {"verdict": "runtime_error",
             "first_failure": {"index": 0, "verdict": "runtime_error", "reason": "exit code 1",
                               "stderr": "Traceback\nZeroDivisionError: division by zero\n"}},
            {"error_code": -4, "error_message": "Runtime Error", "error": "ZeroDivisionError: division by zero"},
        ),
        (
            {"verdict": "compile_error", "compile": {"ok": False, "log": "SyntaxError: no"}},
            {"error_code": -4, "error": "SyntaxError: no"},
        ),
    ],
)  # fmt: skip
def test_metadata_says_why(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    report = Report.model_validate({"score": 0.0, "passed": 0, "total": 1, "engine": "0", **fields})
    told = livecodebench.remarks(report)
    assert {name: told[name] for name in expected} == expected


def test_a_request_has_the_options_of_sampling() -> None:
    question = Question("Add.")
    plain = Sampling("m").body(question)
    assert not plain.keys() & {"seed", "top_k", "min_p"}, "servers refuse fields that they do not know"
    more = Sampling("m", seed=7, top_k=20, min_p=0.1, extra_body={"reasoning_effort": "low"}).body(question)
    assert more == {**plain, "seed": 7, "top_k": 20, "min_p": 0.1, "reasoning_effort": "low"}


def test_intervals() -> None:
    assert mean_interval([1.0] * 50) is None
    interval = mean_interval([float(n % 2) for n in range(400)])
    assert interval is not None
    assert 0.44 < interval.low < 0.46 < interval.mean < 0.54 < interval.high < 0.56, "two standard errors of 0.025"
    apart = unpaired_difference([1.0] * 90 + [0.0] * 10, [1.0] * 10 + [0.0] * 90)
    assert apart.mean == pytest.approx(0.8)
    assert 0.7 < apart.low < apart.high < 0.9


def test_the_samples_of_a_task_are_told_apart() -> None:
    reports = {
        name: [
            Report.model_validate({"verdict": v, "score": 0.0, "passed": 0, "total": 1, "engine": "0"}) for v in each
        ]
        for name, each in {"a": ["accepted", "wrong_answer"], "b": ["accepted", "accepted"]}.items()
    }
    assert score_of(reports).by_sample == (1.0, 0.5)
    assert score_of({"a": reports["a"], "b": reports["b"][:1]}).by_sample == ()
