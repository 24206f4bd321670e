"""prime-rl and ``verifiers.v1``: a reward of a task.

    class CodeTask(vf.Task[CodeData]):              # CodeData has a field ``suite: str``
        @vf.reward(weight=1.0)
        async def solved(self, trace) -> float:
            return await grade_trace(trace, self.data.suite)

or, without code, in a task's configuration: ``rewards = {solved = {fn = "trainer_client.rewards.prime_rl:solved"}}``.

What was not judged raises: verifiers records the error on the trace and leaves the reward unscored.
"""

from __future__ import annotations

from typing import Any, Unpack

from trainer_client.rewards.judge import GraderOptions, OnError, RewardGrader
from trainer_client.suites import KNOWN_COLUMNS, read_row


async def grade_trace(
    trace: Any, tests: Any, *, on_error: OnError = "raise", **options: Unpack[GraderOptions]
) -> float:
    """A reward in [0, 1] for the trace's last reply; its verdict goes to ``trace.info["verdict"]``.
    Suites of mode program with fewer than ``min_bits`` count as not judged.

    Raises:
        EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
        UnknownTests: ``tests`` are none.
    """
    [outcome] = await RewardGrader.of(**options).outcomes_async([trace.last_reply], [tests])
    trace.info["verdict"] = outcome.verdict
    return outcome.certain(on_error)


async def solved(task: Any, trace: Any) -> float:
    """A reward to plug in: the tests are the task data's field ``suite``, ``suite_id``, ``ground_truth``, ...

    Raises:
        EvaluatorError: it was not judged.
        UnknownTests: the task has no tests.
    """
    return await grade_trace(trace, read_row({name: getattr(task, name, None) for name in KNOWN_COLUMNS}))
