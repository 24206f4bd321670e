"""Clients beside each other: who gets the workers' time, and that verdicts do not depend on how many there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evaluator import keys
from evaluator.local import LocalService
from evaluator.schema import Submission, Suite
from tests.operations.conftest import RIGHT, SUM
from trainer_client import AsyncEvaluatorClient, EvaluatorClient

LATE_LIMIT_S = 0.2
LATE = f"import time\nwhile time.process_time() < {1.25 * LATE_LIMIT_S}: pass\nprint(3)"
"""Too slow by so little that it runs once more, and has the machine for itself then."""
LATES, LIGHTS = 60, 12
MOST_BEFORE_LIGHTS = 20
"""Late programs that may end before the last light one. Each worker has one or two in hand, and light ones come next, but
a busy machine may keep the second client from asking for a while."""

PROGRAMS = {
    "accepted": RIGHT,
    "wrong_answer": "print(4)",
    "runtime_error": "print(1 / 0)",
    "time_limit_exceeded": "while True: pass",
}
CLIENTS = (1, 10)


def numbered(code: str, count: int, cpu_s: float) -> list[Submission]:
    suite = Suite.model_validate({**SUM, "limits": {"cpu_s": cpu_s}})
    return [Submission(code=f"{code}\n# {number}", suite=suite) for number in range(count)]


def test_a_client_whose_programs_want_the_machine_for_themselves_leaves_others_their_turns(
    keyed: LocalService, keys_file: Path
) -> None:
    slow_key, light_key = keys.add(keys_file, "slow"), keys.add(keys_file, "light")

    async def graded() -> tuple[list[str], set[str], int]:
        async with (
            AsyncEvaluatorClient(keyed.url, api_key=slow_key) as slow,
            AsyncEvaluatorClient(keyed.url, api_key=light_key) as light,
        ):
            late = [asyncio.ensure_future(slow.submit(each)) for each in numbered(LATE, LATES, LATE_LIMIT_S)]
            await asyncio.wait(late, return_when=asyncio.FIRST_COMPLETED)
            reports = await light.grade_many(numbered(RIGHT, LIGHTS, 5.0))
            ended = [each.result().verdict for each in late if each.done()]
            for each in late:
                each.cancel()
            return [str(report.verdict) for report in reports], {str(verdict) for verdict in ended}, len(ended)

    verdicts, of_late, ended = asyncio.run(graded())
    assert verdicts == ["accepted"] * LIGHTS
    assert of_late <= {"time_limit_exceeded", "accepted"}  # by what neighbours cost it, where it could not run alone
    assert ended <= MOST_BEFORE_LIGHTS


def test_verdicts_are_the_same_for_any_number_of_clients(start: Callable[..., LocalService]) -> None:
    service = start(results_mb=0)

    def verdicts(_: int) -> dict[str, str]:
        with EvaluatorClient(service.url) as client:
            reports = client.grade_many([numbered(code, 1, 0.2)[0] for code in PROGRAMS.values()])
        return dict(zip(PROGRAMS, (str(report.verdict) for report in reports), strict=True))

    for clients in CLIENTS:
        with ThreadPoolExecutor(clients) as pool:
            for found in pool.map(verdicts, range(clients)):
                assert found == {verdict: verdict for verdict in PROGRAMS}
