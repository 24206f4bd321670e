"""verl: ``custom_reward_function.path`` is ``pkg://trainer_client.rewards.verl`` (or this file), ``name`` one of the
functions below, ``reward_kwargs`` their options.

| verl's reward manager | name |
|---|---|
| naive, dapo, rate_limited (reward loop) | ``compute_score_async`` |
| remote (Ray actors); naive and dapo of older versions | ``compute_score`` |
| batch (older versions) | ``compute_score_batch`` |
| prime (older versions) | ``compute_score`` with ``plain: true`` |

verl has no way to leave a sample out. So a program that was not judged raises, which stops the training step; with
``on_error`` a number of your choice it gets that, and ``verdict: judge_error`` tells it apart. (The older prime manager
turns every exception into 0: give it a number that you can find again, and look.)

The tests come from ``extra_info``'s ``suite`` or ``suite_id``, else from ``ground_truth``. Options of all three:

- ``shape``: ``binary`` (default), ``fraction``, ``weighted``, ``lcb_strict``
- ``on_error``: ``raise`` (default), or a number
- ``plain``: the score alone, instead of ``{"score", "acc", "verdict", "passed", "total", "weak_suite"}``
- ``language``: what the programs are written in
- ``min_bits``: suites of mode program with fewer bits count as not judged (``RewardGrader``)
- ``thought``: the tag with which the chat template opens a thought, such as ``<think>`` (``RewardGrader``)
- ``suite_fields``: fields for every suite that is not given by id, such as ``limits: {cpu_s: 10}``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from evaluator.schema import Verdict
from trainer_client.rewards.judge import GraderOptions, OnError, Outcome, RewardGrader
from trainer_client.suites import read_row

Score = dict[str, Any] | float


def compute_score(
    data_source: str, solution_str: str, ground_truth: Any, extra_info: Mapping[str, Any] | None = None, **options: Any
) -> Score:
    """One sample.

    Raises:
        EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
        UnknownTests: it has no tests.
    """
    chosen = _Options(**options)
    [outcome] = chosen.judge.outcomes([solution_str], [_tests(ground_truth, extra_info)])
    return chosen.score(outcome)


async def compute_score_async(
    data_source: str, solution_str: str, ground_truth: Any, extra_info: Mapping[str, Any] | None = None, **options: Any
) -> Score:
    """Score one sample without blocking the reward loop."""
    chosen = _Options(**options)
    [outcome] = await chosen.judge.outcomes_async([solution_str], [_tests(ground_truth, extra_info)])
    return chosen.score(outcome)


def compute_score_batch(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Sequence[Mapping[str, Any] | None] | None = None,
    **options: Any,
) -> list[Score]:
    """Score a batch; all lists are of shape (B,)."""
    chosen = _Options(**options)
    infos = extra_infos if extra_infos is not None else [None] * len(ground_truths)
    tests = [_tests(truth, info) for truth, info in zip(ground_truths, infos, strict=True)]
    return [chosen.score(outcome) for outcome in chosen.judge.outcomes(solution_strs, tests)]


class _Options:
    # No dataclass: verl may load this file without a place in sys.modules, where dataclasses look for it.

    def __init__(
        self,
        *,
        on_error: OnError = "raise",
        plain: bool = False,
        reward_router_address: Any = None,
        reward_model_tokenizer: Any = None,
        **options: Unpack[GraderOptions],
    ) -> None:
        """Take ``reward_kwargs``; ``reward_...`` are verl's own and mean nothing here. A misspelt one is refused."""
        self.judge = RewardGrader.of(**options)
        self.on_error, self.plain = on_error, plain

    def score(self, outcome: Outcome) -> Score:
        """The values that verl gets for one sample."""
        score = outcome.certain(self.on_error)
        if self.plain:
            return score
        report = outcome.report
        return {  # the same keys for every sample: verl makes columns of them
            "score": score,
            "acc": float(report is not None and report.verdict is Verdict.ACCEPTED),
            "verdict": outcome.verdict,
            "passed": report.passed if report is not None else 0,
            "total": report.total if report is not None else 0,
            "weak_suite": float(outcome.weak),
        }


def _tests(ground_truth: Any, extra_info: Mapping[str, Any] | None) -> Any:
    extra = extra_info or {}
    stored = {name: extra[name] for name in ("suite", "suite_id") if extra.get(name) is not None}
    return read_row({**stored, "ground_truth": ground_truth, "extra_info": extra})
