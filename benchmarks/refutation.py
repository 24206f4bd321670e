"""CPU seconds until a wrong program is found wrong, by the order in which its tests are run.

``python -m benchmarks.refutation --corpus DIR [--limit-s 3] [--minutes 15] [--results FILE] [--record]``. Every program
of the corpus that comes with all tests of its LiveCodeBench problem runs once on each of them, kept results off. Then
orders are replayed on what was measured: each problem's programs come one after the other, ``--rounds`` times in
random order, and what an order learns it learns from them. The cost of a program is the CPU time of its tests up to the
first that fails, and of their processes: the time limit for a test that it is too slow on. Right programs run all tests
in any order.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.accuracy.labelled import Labelled, load
from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.resumable import Row, add_options, measure
from evaluator.checking.match import Match
from evaluator.grading.order import TestOrder
from evaluator.grading.outcome import TestOutcome
from evaluator.grading.test_runner import MAX_PUT_OFF
from evaluator.local import local_service
from evaluator.schema import Submission, Suite
from sandbox.execution import Execution
from sandbox.store import HashStore
from trainer_client import EvaluatorClient

FILES = ("lcb_full_official", "lcb_full_thirdparty")
TEST_S, PROCESS_S = 20e-6, 1.5e-3
"""CPU time of a further test in a process, and of one more process, without the program's own. A test that fails in a
shared process is run again in its own."""
KINDS = ("wrong", "too slow, and wrong elsewhere", "only too slow", "right")


@dataclass(frozen=True, slots=True)
class _ReplayedOrder:
    """``order_of`` takes what was learnt, a program and its number. With ``puts_off``, tests that take long are stopped
    and run last."""

    order_of: Callable[[TestOrder, Row, int], Sequence[int]]
    puts_off: bool = False


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="a directory of labelled programs")
    parser.add_argument("--limit-s", type=float, default=3.0, help="CPU limit of a test, where the suite's is longer")
    parser.add_argument("--rounds", type=int, default=20)
    add_options(parser, "refutation.jsonl")
    options = parser.parse_args()
    before = facts()
    items = [item for name in FILES for item in load(options.corpus / f"{name}.jsonl") if item.language == "python"]
    settings = RUN_ALL | ({"MICROCODER_PYTHON": options.python} if options.python else {})
    with local_service(settings=settings) as service, EvaluatorClient(service.url) as client:
        rows, left = measure(items, lambda item: item.id, lambda item: _rows(client, item, options.limit_s),
                             options.results, options.minutes, threads=2)  # fmt: skip
    lines = _report(rows, options.rounds, options.limit_s, left)
    print(before, *lines, sep="\n")
    if options.record:
        record("Orders of tests", f"python -m benchmarks.refutation --limit-s {options.limit_s:g}", before, lines)


def _rows(client: EvaluatorClient, item: Labelled, limit_s: float) -> Iterator[Row]:
    """Yield the program's outcome of each test: accepted or not, and CPU seconds."""
    given = Submission.model_validate(item.submission)
    assert given.suite is not None
    limits = given.suite.limits.model_copy(update={"cpu_s": min(limit_s, given.suite.limits.cpu_s)})
    suite = given.suite.model_copy(update={"limits": limits})
    [report] = client.grade_many([given.model_copy(update={"suite": suite, "policy": "all", "detail": "tests"})])
    tests = sorted(report.tests, key=lambda test: test.index)
    if len(tests) == len(suite.tests):
        yield {
            "suite": suite.id,
            "code": given.code,
            "sizes": [_input_bytes(suite, number) for number in range(len(tests))],
            "accepted": [test.verdict == "accepted" for test in tests],
            "too_slow": [test.verdict == "time_limit_exceeded" for test in tests],
            "cpu_s": [test.cpu_s or 0.0 for test in tests],
        }


def _input_bytes(suite: Suite, number: int) -> int:
    test = suite.tests[number]
    return len(test.arguments if suite.mode == "function" else test.stdin)


def _report(rows: Sequence[Row], rounds: int, limit_s: float, left: int) -> list[str]:
    wrong = [row for row in rows if not all(row["accepted"])]
    both = [row for row in wrong if _kind(row) == KINDS[1]]
    orders = {
        "the suite's": _ReplayedOrder(lambda _, row, __: range(len(row["cpu_s"]))),
        "at random": _ReplayedOrder(lambda _, row, number: _at_random(row, number)),
        "by inputs alone, nothing learnt": _ReplayedOrder(lambda order, row, _: _of(order, row | {"suite": None})),
        "learnt": _ReplayedOrder(lambda order, row, _: _of(order, row)),
        "learnt, and put off what takes long: as graded": _ReplayedOrder(lambda order, row, _: _of(order, row), True),
        "the cheapest that fails first (no order is better)": _ReplayedOrder(lambda _, row, __: _best(row)),
    }
    spent = {name: _replay(rows, order, rounds) for name, order in orders.items()}
    return [
        f"{len(rows)} programs of {len({row['suite'] for row in rows})} problems with all tests ({left} left out); "
        f"limit {limit_s:g} s. {len(wrong)} are wrong, {sum(any(row['too_slow']) for row in wrong)} of them too slow "
        f"on a test, {len(both)} of these also wrong elsewhere. CPU seconds, means of {rounds} rounds.",
        "",
        f"| order | {' | '.join(KINDS)} | wrong ones that their first test fails |",
        "|---" * 6 + "|",
        *(
            f"| {name} | {' | '.join(f'{seconds / rounds:.2f}' for seconds in costs.values())} "
            f"| {first / rounds / len(wrong):.0%} |"
            for name, (costs, first) in spent.items()
        ),
    ]


def _replay(rows: Sequence[Row], replayed: _ReplayedOrder, rounds: int) -> tuple[dict[str, float], int]:
    """CPU seconds of all programs by kind, and the number of wrong ones whose first test fails."""
    costs, first = dict.fromkeys(KINDS, 0.0), 0
    for number in range(rounds):
        mixed = list(rows)
        random.Random(number).shuffle(mixed)
        with tempfile.TemporaryDirectory() as directory:
            order = TestOrder(HashStore(Path(directory), max_bytes=1 << 20))
            for place, row in enumerate(mixed):
                chosen = replayed.order_of(order, row, number * len(rows) + place)
                patience_s = partial(order.patience_s, row["suite"]) if replayed.puts_off else lambda _: math.inf
                run, spent_s = _run(row, chosen, patience_s)
                order.learn(row["suite"], {test: _outcome(row, test) for test in run})
                costs[_kind(row)] += spent_s
                first += len(run) == 1 and not row["accepted"][run[0]]
    return costs, first


def _run(row: Row, chosen: Sequence[int], patience_s: Callable[[int], float]) -> tuple[list[int], float]:
    """Return the tests that are run to their end, up to the first that fails, and the CPU seconds of all."""
    run: list[int] = []
    put_off: list[int] = []
    spent_s = PROCESS_S
    for test in chosen:
        if row["cpu_s"][test] > patience_s(test) and len(put_off) < MAX_PUT_OFF:
            put_off.append(test)
            spent_s += patience_s(test) + PROCESS_S
            continue
        run.append(test)
        if not row["accepted"][test]:
            break
    else:
        run += put_off[: _until_failure(row, put_off)]
        spent_s += PROCESS_S * len(put_off)
    if len(run) > 1 and not row["accepted"][run[-1]]:
        spent_s += PROCESS_S
    return run, spent_s + sum(row["cpu_s"][test] + TEST_S for test in run)


def _kind(row: Row) -> str:
    """One of ``KINDS``."""
    if all(row["accepted"]):
        return KINDS[3]
    if not any(row["too_slow"]):
        return KINDS[0]
    return KINDS[2] if all(map(max, row["accepted"], row["too_slow"])) else KINDS[1]


def _until_failure(row: Row, order: Sequence[int]) -> int:
    return next((place for place, test in enumerate(order, 1) if not row["accepted"][test]), len(order))


def _outcome(row: Row, test: int) -> TestOutcome:
    execution = Execution(0, None, row["cpu_s"][test] + TEST_S, 0.0, 0.0, 0, b"", b"")
    return TestOutcome.compared(execution, b"", Match(accepted=row["accepted"][test]), strict=True)


def _of(order: TestOrder, row: Row) -> list[int]:
    sizes: list[int] = row["sizes"]
    return order.of(row["suite"], len(sizes), row["code"].encode(), input_bytes=sizes.__getitem__)


def _at_random(row: Row, number: int) -> Sequence[int]:
    tests: list[Any] = list(range(len(row["cpu_s"])))
    random.Random(number).shuffle(tests)
    return tests


def _best(row: Row) -> Sequence[int]:
    return sorted(range(len(row["cpu_s"])), key=lambda test: (row["accepted"][test], row["cpu_s"][test]))


if __name__ == "__main__":
    main()
