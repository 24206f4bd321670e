"""Do trainers' own clients, as they were released, get from the drop-in endpoints what our own API says?

``python -m benchmarks.compat FILE.jsonl --libraries DIR [--count 50] [--record]``. DIR holds verl and openrlhf, put
there by ``pip install --no-deps --target DIR verl openrlhf``; requests and aiohttp must be importable. The programs are
labelled ones (``benchmarks.accuracy``) of standard input and output.
"""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import itertools
import json
import logging
import sys
import types
from pathlib import Path
from typing import Any

from benchmarks.accuracy.labelled import load
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from evaluator.schema import Submission, Suite, Verdict
from tests.client.released import source, taken
from trainer_client import EvaluatorClient

FUSION = "utils/reward_score/sandbox_fusion/utils.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--libraries", type=Path, required=True)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    sys.path.append(str(options.libraries.resolve()))
    before, submissions = facts(), _spread(options.file, options.count)
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url) as client:
        ours = [report.verdict == Verdict.ACCEPTED for report in client.grade_many(submissions)]
        verl = _by_verl(service.url, submissions)
        openrlhf = asyncio.run(_by_openrlhf(service.url, submissions))
    lines = [f"{len(ours)} programs, {sum(ours)} of them accepted by our own API.", ""]
    lines += ["| client | the same verdict | another |", "|---|---|---|"]
    for name, theirs in (("verl, /run_code", verl), ("OpenRLHF, /get_reward", openrlhf)):
        same = sum(a == b for a, b in zip(ours, theirs, strict=True))
        lines.append(f"| {name} | {same} | {len(ours) - same} |")
    lines.append("")
    for submission, own, by_verl in zip(submissions, ours, verl, strict=True):
        if own != by_verl:
            said = "accepted" if own else "refused"
            lines.append(
                f"- verl's client, which compares by itself, differs on {submission.id}: our own API {said} it."
            )
    print(before, *lines, sep="\n")
    if options.record:
        record(
            "Drop-in endpoints: trainers' own clients",
            f"python -m benchmarks.compat {options.file.name}",
            before,
            lines,
        )


def _spread(file: Path, count: int) -> list[Submission]:
    """Programs from all over the file, right and wrong ones by turns as far as there are."""
    items = [item for item in load(file) if item.language == "python" and item.mode == "stdio"]
    suites = {item.id: Submission.model_validate(item.submission | {"id": item.id}) for item in items}
    right = [suites[item.id] for item in items if item.label == "accepted"]
    wrong = [suites[item.id] for item in items if item.label != "accepted"]
    half = count // 2
    return [*right[:: max(1, len(right) // half)][:half], *wrong[:: max(1, len(wrong) // half)][: count - half]]


def _by_verl(url: str, submissions: list[Submission]) -> list[bool]:
    """verl's check_correctness, against /run_code; a program passes where all its results are True."""
    names = ("call_sandbox_api", "_process_single_case", "check_correctness")
    check = taken("verl", FUSION, *names, **_module_names("verl", FUSION))["check_correctness"]

    def grade(submission: Submission) -> bool:
        suite = _suite(submission)
        tests = {"inputs": [test.input for test in suite.tests], "outputs": [test.output for test in suite.tests]}
        results, _ = check(f"{url}/run_code", tests, submission.code, timeout=int(suite.limits.cpu_s))
        return all(result is True for result in results)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(grade, submissions))


def _module_names(package: str, file: str) -> dict[str, Any]:
    """What a file imports and the constants that it sets, without running its package's ``__init__``."""
    module = types.ModuleType("released")
    exec(compile(source(package, file).read_text(), file, "exec"), module.__dict__)
    return dict(module.__dict__)


async def _by_openrlhf(url: str, submissions: list[Submission]) -> list[bool]:
    """OpenRLHF's own request, one query at a time, as its rollouts send them."""
    import aiohttp

    method = "SingleTurnAgentExecutor._fetch_rewards_via_http"
    around = {"aiohttp": aiohttp, "asyncio": asyncio, "logger": logging.getLogger("openrlhf")}
    fetch = taken("openrlhf", "utils/agent.py", method, **around)["_fetch_rewards_via_http"]
    endpoint = f"{url}/get_reward"
    executor = types.SimpleNamespace(reward_endpoints=[endpoint], _reward_endpoint_cycle=itertools.repeat(endpoint))
    rewards = []
    for submission in submissions:
        text = f"```python\n{submission.code}\n```"
        label = json.dumps(_suite(submission).model_dump(mode="json"))
        [reply] = await fetch(executor, [text], [""], [label])
        rewards.append(reply["rewards"] == 1.0)
    return rewards


def _suite(submission: Submission) -> Suite:
    assert submission.suite is not None
    return submission.suite


if __name__ == "__main__":
    main()
