"""Every export of a data set, graded through its own reward module: references must be accepted.

``python -m benchmarks.dataset.exports DATASET [--record]``, DATASET being the folder of a data set that
``microcoder dataset run`` wrote. The format ``skyrl`` needs skyrl-gym installed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.dataset.graded import rewards
from benchmarks.dataset.intervals import share
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from trainer_client import EvaluatorClient
from trainer_client.benchmarks import livecodebench
from trainer_client.dataset.export.prompt import language_of, reference_of
from trainer_client.dataset.parts import ProblemFiles
from trainer_client.dataset.row import Problem
from trainer_client.dataset.store import SuiteFiles, push_suites

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--record", action="store_true", help="add the result to benchmarks/dataset/RESULTS.md")
    options = parser.parse_args()
    before = facts()
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url) as client:
        os.environ["MICROCODER_URL"] = service.url
        lines = [*measure(options.dataset, client)]
    print(before, *lines, sep="\n")
    if options.record:
        record("Exports", f"python -m benchmarks.dataset.exports {options.dataset.name}", before, lines, RESULTS)


def measure(dataset: Path, client: EvaluatorClient) -> Iterator[str]:
    """The lines of the result. The reward modules grade Python, their default; other rows are counted apart."""
    problems = {each.id: each for each in ProblemFiles(dataset / "data")}
    python = {name: each for name, each in problems.items() if language_of(each) == "python" and reference_of(each)}
    answers = {name: _answer(each) for name, each in python.items()}
    stored = push_suites(dataset, client)
    yield f"{len(problems)} problems, {len(python)} with a reference in Python; {stored} suites stored at the service."
    yield from ["", "| format | references accepted | refused |", "|---|---|---|"]
    for folder in sorted(each for each in (dataset / "export").iterdir() if each.is_dir()):
        yield _graded(folder, answers, client)
    yield ""
    yield _read_again(dataset, problems)


def _graded(folder: Path, answers: dict[str, str], client: EvaluatorClient) -> str:
    found: dict[str, float] = {}
    try:
        for file in sorted(folder.iterdir()):
            found.update(rewards(folder.name, file, answers, client))
    except ModuleNotFoundError as error:
        return f"| {folder.name} | not graded: {error.name} is not installed | |"
    refused = sorted(name for name, value in found.items() if value != 1.0)
    return f"| {folder.name} | {share(len(found) - len(refused), len(found))} | {', '.join(refused) or 'none'} |"


def _answer(problem: Problem) -> str:
    reference = reference_of(problem)
    assert reference is not None
    return f"Here is my solution.\n\n```python\n{reference.code}\n```\n"


def _read_again(dataset: Path, problems: dict[str, Problem]) -> str:
    """LiveCodeBench's export against the store: tests and function must be equal."""
    store, equal, count = SuiteFiles(dataset / "suites"), 0, 0
    for file in sorted((dataset / "export" / "livecodebench").glob("*.jsonl")):
        for again in livecodebench.read([file]):
            suite = store.get(problems[again.id].suite_id)
            count += 1
            plain = [(test.input, test.output) for test in suite.tests]
            same_tests = [(test.input, test.output) for test in again.suite.tests] == plain
            equal += same_tests and again.function == (suite.function.name if suite.function else None)
    return f"LiveCodeBench's export, read again: {share(equal, count)} with equal tests and function."


if __name__ == "__main__":
    main()
