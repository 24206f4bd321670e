"""slime: ``--custom-rm-path trainer_client.rewards.slime.custom_rm``, for single samples and for batches.

The tests are the sample's ``metadata["suite"]`` or ``["suite_id"]``, else its ``label``; ``metadata["language"]`` is
what the program is written in. The verdict goes to ``metadata["verdict"]``.

A sample that was not judged raises, which stops the rollout. slime can leave a sample out of the loss
(``remove_sample``), though not out of its group's baseline: ``on_error="remove"`` does that, with reward 0.
"""

from __future__ import annotations

from typing import Any, Literal, Unpack, cast

from trainer_client.rewards.judge import GraderOptions, OnError, Outcome, RewardGrader, after_prompt, of_rows
from trainer_client.suites import read_row


class CodeReward:
    """A reward function of slime's, with options: make one in a module of yours and name that."""

    def __init__(self, *, on_error: OnError | Literal["remove"] = "raise", **options: Unpack[GraderOptions]) -> None:
        self._judge = RewardGrader.of(**options)
        self._on_error = on_error

    async def __call__(self, args: Any, sample: Any, **_: Any) -> float | list[float]:
        """The reward in [0, 1] of a sample, or of each of a list of samples.

        Raises:
            EvaluatorError: one was not judged, and ``on_error`` is ``raise``.
            UnknownTests: one has no tests.
        """
        samples = sample if isinstance(sample, list) else [sample]
        tests = of_rows(lambda each: read_row({**(each.metadata or {}), "ground_truth": each.label}), samples)
        outcomes = await self._judge.outcomes_async(
            [after_prompt(each.prompt, each.response) for each in samples], tests
        )
        rewards = [self._settled(each, outcome) for each, outcome in zip(samples, outcomes, strict=True)]
        return rewards if isinstance(sample, list) else rewards[0]

    def _settled(self, sample: Any, outcome: Outcome) -> float:
        sample.metadata = {**(sample.metadata or {}), "verdict": outcome.verdict, "weak_suite": outcome.weak}
        if outcome.reward is None and self._on_error == "remove":
            sample.remove_sample = True
            return 0.0
        return outcome.certain(cast(OnError, self._on_error))


custom_rm = CodeReward()
