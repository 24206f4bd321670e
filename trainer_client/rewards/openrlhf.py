"""OpenRLHF: ``--reward.remote_url`` is this file (``reward_func``), or a URL whose reply ``http_reply`` makes.

The label is the tests: a suite's JSON text, its id, or another shape that ``trainer_client.suites`` knows.

OpenRLHF catches what a reward function raises, writes one line to its log and goes on with reward None for the sample;
there is no way to stop it from here, and no silent 0 either. Look for ``Failed to fetch reward``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluator.schema.thoughts import response_in
from trainer_client.rewards.judge import OnError, Outcome, RewardGrader


def reward_func(
    queries: Sequence[str],
    prompts: Sequence[str],
    labels: Sequence[Any],
    *,
    judge: RewardGrader | None = None,
    on_error: OnError = "raise",
    **_: Any,
) -> dict[str, Any]:
    """``queries`` are prompts with their responses, all of shape (B,). Returns ``rewards`` and ``scores`` in [0, 1] and
    ``extra_logs``: numbers where B is 1, as OpenRLHF asks, else lists of shape (B,).

    Raises:
        EvaluatorError: a program was not judged, and ``on_error`` is ``raise``.
        ValueError: a query does not hold its prompt.
    """
    texts = [response_in(query, prompt) for query, prompt in zip(queries, prompts, strict=True)]
    return http_reply((judge or RewardGrader()).outcomes(texts, labels), on_error=on_error)


def http_reply(outcomes: Sequence[Outcome], *, on_error: OnError = "raise") -> dict[str, Any]:
    """Make the JSON that OpenRLHF expects of ``--reward.remote_url``.

    Raises:
        EvaluatorError: a program was not judged, and ``on_error`` is ``raise``.
    """
    rewards = [outcome.certain(on_error) for outcome in outcomes]
    logs: Mapping[str, list[float]] = {
        "not_judged": [float(outcome.reward is None) for outcome in outcomes],
        "no_code": [float(outcome.verdict == "no_code") for outcome in outcomes],
        "weak_suite": [float(outcome.weak) for outcome in outcomes],
    }
    if len(rewards) == 1:
        return {
            "rewards": rewards[0],
            "scores": rewards[0],
            "extra_logs": {name: values[0] for name, values in logs.items()},
        }
    return {"rewards": rewards, "scores": rewards, "extra_logs": dict(logs)}
