"""Odd outcomes by the thousand, through a service: is each a verdict, and does each worker live?

``python -m benchmarks.fuzz [--outcomes 20000] [--seed 1] [--record]``. The programs are those of ``tests/fuzz``: Python
in all modes, at random; and all odd results in C++, Java, JavaScript and TypeScript.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from tests.fuzz import native
from tests.fuzz.outcomes import submissions

_BATCH = 200
_LANGUAGES = ("javascript", "typescript", "cpp", "cpp17", "java")


def requests(count: int, seed: int, languages: set[str]) -> Iterator[dict[str, Any]]:
    """All of them."""
    yield from submissions(seed, count)
    for language in languages.intersection(_LANGUAGES):
        yield from native.requests(language)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outcomes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    before = facts()
    verdicts: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    started = time.monotonic()
    with local_service(settings=RUN_ALL) as service, httpx.Client(base_url=service.url, timeout=None) as client:
        offered = {each["name"] for each in client.get("/v1/languages").json()["languages"]}
        waiting = requests(asked.outcomes, asked.seed, offered)
        while batch := list(itertools.islice(waiting, _BATCH)):
            response = client.post("/v1/grade/batch", content=json.dumps({"submissions": batch}))
            statuses[response.status_code] += 1
            if response.status_code != 200:
                print(response.text[:1000])
                continue
            for request, report in zip(batch, response.json()["reports"], strict=True):
                verdicts[report["verdict"]] += 1
                if report["verdict"] == "judge_error":
                    print(report["reason"], request)
        ready = client.get("/readyz").json()
    lines = [
        f"{verdicts.total()} outcomes in {time.monotonic() - started:.0f} s: "
        + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()),
        "",
        f"{verdicts['judge_error']} judge_error, {ready['workers_lost']} workers lost, {ready['slots_discarded']} "
        f"slots discarded, {statuses.total() - statuses[200]} of {statuses.total()} batches not answered by 200; kept "
        "reports off",
    ]
    print(*lines, sep="\n")
    if asked.record:
        command = f"python -m benchmarks.fuzz --outcomes {asked.outcomes} --seed {asked.seed}"
        record("Fuzz: odd outcomes", command, before, lines)


if __name__ == "__main__":
    main()
